"""Section 1: contextual mapping in n layers, sparse attention, function approximation, precision, equivariance."""
from __future__ import annotations

from fractions import Fraction

from theory.claim import Claim, Denial, family, scalar, size
from theory.kim2023 import examples
from theory.kim2023.abstract import BITS, CONTEXTS, LENGTH, ORDER, SEQUENCES, published, run
from theory.kim2023.proofs import attention, contexts, counts, layers, masks, precision, separation
from theory.terms import eq, fam, le, power

F = Fraction
GRID = (LENGTH, size("K"), size("d"), family("p", "n"))
OCCURRENCES = (size("R"), family("a", "R"), family("b", "R"))

MAPPING_CLAIMS = [
    Claim(id="kim2023.contextual.layers", location="Section 1",
          printed=r"\text{efficient contextual mapping, which requires only }n\text{ self-attention layers}",
          variables=(LENGTH, size("T"), size("R"), family("z", "n"), family("x", "T", "n")),
          hypotheses=(eq(fam("T"), fam("n") + 1), contexts.NATURAL_IDS, contexts.RUN), conclusion=contexts.EXTRACTED,
          covers=("K5",), proof=contexts.extracted, points=tuple(map(examples.extraction, examples.IDS)),
          notes="Each layer finds the largest remaining id (hardmax attention) and takes out the tokens that carry it (x is "
                "what remains). After n layers every id has been found, whatever the n ids are, repeated or not: the n maxima "
                "determine the set of tokens. How often a token occurs they do not (kim2023.contextual.sets). One uniform "
                "layer does without extraction (kim2023.construction.digits), so n is not needed either."),
    Claim(id="kim2023.contextual.sets", location="Section 1", reading_of="kim2023.contextual.layers", printed=None,
          reconstruction=True,
          variables=OCCURRENCES,
          hypotheses=(separation.COUNTED, separation.SAME_SET, separation.SAME_LENGTH, separation.SAME_SUM),
          conclusion=separation.SAME_MULTISET, points=({"R": 4, "a": [0, 2, 1, 2], "b": [0, 1, 3, 1]},),
          notes="Read for sequences with repeated tokens, without a head that counts: equal sets of ids, equal lengths and "
                "equal sums of ids would have to mean that every id t occurs equally often, a(t) = b(t). The sequences x x z z "
                "y and x z y y y with x + z = 2 y collide (ids 1, 2, 3)."),
    Claim(id="kim2023.contextual.sets.amended", location="Section 1", amends="kim2023.contextual.sets", reconstruction=True,
          printed=r"\text{no token occurs twice in a sequence}", variables=OCCURRENCES,
          hypotheses=(separation.SAME_SET, separation.NO_REPEATS), conclusion=separation.SAME_MULTISET,
          proof=separation.same_multiset,
          points=tuple({"R": len(a), "a": a, "b": a} for a in examples.ONCE),
          notes="Then lengths and sums are not needed either. Positional encodings see to it (kim2023.abstract.positions); "
                "without them one more layer and a second head count the tokens."),
    Claim(id="kim2023.sparse", location="Section 1",
          printed=r"\text{Our contextual mapping also applies to sparse-attention Transformers making fewer assumptions on "
                  r"sparsity patterns than Yun et al. (2020b) and Zaheer et al. (2020)}",
          variables=(LENGTH, size("T"), family("e", "n", "n"), family("c", "T", "n"), family("q", "T")),
          hypotheses=(masks.NETWORK, masks.FROM_THERE),
          conclusion=masks.FLOODED, covers=("K10",), rests_on=("kim2023.contextual.layers",), proof=masks.flooded,
          points=examples.FLOODS,
          notes="One masked layer of the extraction becomes T - 1 = D masked maxima (c floods over the mask e, absent ids are "
                "0): whatever token a walk of D edges reaches from the largest id then knows it. In a strongly connected mask "
                "with self loops every token is reached in D = diameter steps: n D layers, and no Hamiltonian path is asked "
                "for, which a star does not have (kim2023.sparse.star). The assumptions of Yun et al. (2020b) are quoted from "
                "memory."),
    run("kim2023.sparse.run", "Section 1", "sparse", "kim2023.sparse",
        "of labels that networks over star, ring and random masks get wrong"),
    Claim(id="kim2023.sparse.star", location="Section 1", reading_of="kim2023.sparse", printed=None, reconstruction=True,
          variables=(LENGTH, family("x", "n")), hypotheses=(le(4, fam("n")), masks.ORDER), conclusion=masks.STAR_LEAVES,
          proof=masks.star,
          points=tuple({"n": len(x), "x": x} for x in examples.STAR_ORDERS),
          notes="A star of three or more leaves around token 0 is strongly connected and has no Hamiltonian path: in any order "
                "x of its n >= 4 nodes two neighbours, among the first four, are leaves."),
]

FINE_GRIDS = ((1, 1, 1, 1), (2, 20, 1, 10), (3, 30, 2, 10), (1, 5, 1, 5), (4, 10, 1, F(5, 2)), (2, 2, 3, 1), (1, 1, 4, F(1, 2)),
              (7, 7, 1, 1))
SHIFT_CLAIMS = [
    Claim(id="kim2023.shift.layers", location="Section 1",
          printed=r"\text{extends to sparse attention settings and improves the function approximation results}",
          variables=GRID, hypotheses=(layers.ON_GRID,), conclusion=layers.FEWER_LAYERS, covers=("K11",),
          rests_on=("kim2023.contextual.layers",),
          proof=layers.fewer_layers, companions=layers.GROWS, points=examples.cells(),
          notes="n layers against the delta^-d + 1 of the selective shift (Yun et al. 2020a, Lemma 6, as restated in a later "
                "paper), K = 1/delta: that map is for n distinct columns on the grid of K^d cells (p numbers the cell), so n "
                "<= K^d. The saving may be one layer."),
    Claim(id="kim2023.shift.layers.any", location="Section 1", reading_of="kim2023.shift.layers", printed=None,
          reconstruction=True,
          variables=GRID[:3], conclusion=layers.FEWER_LAYERS, points=({"n": 2, "K": 1, "d": 1},),
          notes="Read for sequences of any length: with n > delta^-d tokens n layers are no fewer than delta^-d + 1 (and the "
                "selective shift no longer applies: some column repeats)."),
    Claim(id="kim2023.shift.layers.any.amended", location="Section 1", amends="kim2023.shift.layers.any",
          printed=r"n\le\delta^{-d}",
          reconstruction=True, variables=GRID[:3], hypotheses=(le(fam("n"), power(layers.CELLS, counts.DIM)),),
          conclusion=layers.FEWER_LAYERS, proof=layers.fewer_when_short, companions=layers.GROWS,
          points=tuple({k: p[k] for k in ("n", "K", "d")} for p in examples.cells()), notes="Exactly then."),
    Claim(id="kim2023.shift.vastly", location="Section 1",
          printed=r"\text{vastly improving the parameter efficiency of attention layers compared to the "
                  r"selective-shifting-based contextual mapping in Yun et al. (2020a)}",
          variables=(LENGTH, size("K"), size("d"), scalar("F", 0)), hypotheses=(le(layers.TIMES * fam("n"), layers.CELLS),),
          conclusion=layers.VASTLY, covers=("K12",), rests_on=("kim2023.shift.layers",), proof=layers.vastly,
          points=tuple(dict(zip(("n", "K", "d", "F"), row)) for row in FINE_GRIDS),
          notes="In function approximation n and d are fixed and the grid grows finer: from delta <= 1/(F n) on, n layers are "
                "fewer than a fraction 1/F of delta^-d + 1, for every factor F. Parameters per attention layer are constant in "
                "both."),
    Claim(id="kim2023.shift.vastly.uniform", location="Section 1", reading_of="kim2023.shift.vastly", printed=None,
          reconstruction=True,
          variables=GRID, hypotheses=(layers.ON_GRID,), conclusion=le(2 * fam("n"), layers.SHIFTS),
          points=({"n": 2, "K": 2, "d": 1, "p": [0, 1]},),
          notes="Read as at least a factor 2 on every grid: two tokens on a grid of two cells need 2 layers against 3."),
    Claim(id="kim2023.shift.vastly.uniform.amended", location="Section 1", amends="kim2023.shift.vastly.uniform",
          reconstruction=True,
          printed=r"\delta^{-d}+1-n\ge1", variables=GRID, hypotheses=(layers.ON_GRID,), conclusion=layers.SAVED,
          proof=layers.saved, companions=layers.GROWS,
          points=examples.cells(), notes="What holds on every grid: one layer is saved. Sharp when the tokens fill the grid."),
]

WEIGHTS = (scalar("a", 0, strict=True), scalar("W", 0))
PRECISION_CLAIMS = [
    Claim(id="kim2023.intro.precision", location="Section 1",
          printed=r"\text{How large should the size and precision of the Transformer architecture be}",
          variables=(LENGTH, SEQUENCES, CONTEXTS, *BITS, size("B"), scalar("w", 0)),
          hypotheses=(counts.BEST, le(counts.CONTEXTS, counts.LABELS), precision.IN_WORD), conclusion=precision.PRECISION,
          covers=("K16",),
          rests_on=("kim2023.abstract.rate",), proof=precision.enough, companions=(precision.linear,),
          points=tuple({**{k: p[k] for k in ("n", "N", "M", "rho", "c", "B")}, "w": 2 ** (p["B"] * p["rho"]) - 1}
                       for p in examples.blocks() if p["B"] * p["rho"] < 60),
          notes="A finite precision suffices for each size: the largest weights, 4 w + 2 for a word w of B ids of rho bits, "
                "have B rho + 2 bits, at most rho + 2 + rho sqrt(8 nN/g). It grows like sqrt(nN), and must "
                "(kim2023.intro.precision.fixed)."),
    Claim(id="kim2023.intro.precision.fixed", location="Section 1", reading_of="kim2023.intro.precision", printed=None,
          reconstruction=True,
          variables=(), conclusion=precision.ONE_PRECISION, refutation=precision.no_precision,
          denial=Denial((size("c", 0),), precision.BEYOND, points=tuple({"c": k} for k in range(12))),
          notes="Read as one precision for all sizes: with b bits per weight and a sqrt(M) weights, two classes, c = a b would "
                "have to be at least sqrt(M) for every M (kim2023.information). (c + 1)^2 labels exceed it."),
    Claim(id="kim2023.intro.precision.fixed.amended", location="Section 1", amends="kim2023.intro.precision.fixed",
          reconstruction=True,
          printed=r"b\ge\frac{\sqrt M\log_2C}a\text{ bits per weight, for }a\sqrt M\text{ weights}",
          variables=(CONTEXTS, size("C"), size("b", 0), *WEIGHTS), hypotheses=(precision.ENOUGH, precision.ROOT_MANY),
          conclusion=precision.GROWING, proof=precision.growing,
          points=tuple({"M": m, "C": c, "b": b, "a": a, "W": w} for m, c, b, a, w in ((1, 2, 1, 1, 1), (4, 2, 2, 1, 2), (9, 4,
              6, 1, 3), (16, 2, 2, 2, 8),
                                                                                   (25, 8, 15, 1, 5), (4, 1, 0, 1, 1), (100, 2,
                                                                                       10, 1, 10),
                                                                                   (36, 2, 3, 2, 12))),
          notes="From the information bound. Sharp: 4 labels of one bit in 2 weights of 2 bits. Float64 ends where B rho "
                "passes 51 bits."),
    Claim(id="kim2023.intro.turing", location="Section 1",
          printed=r"\text{Transformers are Turing complete only with infinite precision (Pérez et al., 2019), but not with "
                  r"finite (Dehghani et al., 2019)}",
          variables=(), conclusion=le(1, 1), cited="The two papers would check it."),
    Claim(id="kim2023.intro.equivariance", location="Section 1",
          printed=r"\text{the parameter sharing and simple token interaction impose constraints on the function space of "
                  r"Transformers}",
          variables=(LENGTH, family("s", "n", "n"), family("v", "n"), *ORDER), hypotheses=(attention.PERMUTATION,),
          conclusion=attention.EQUIVARIANT, covers=("K20",), proof=attention.equivariant, points=examples.scored(),
          notes="The constraint: a softmax head whose scores s(k, l) and values v(l) depend on the tokens alone returns its "
                "outputs in the order p of its inputs (q undoes p). Layers that act on each token alone keep the order; so "
                "does every Transformer without positions."),
    Claim(id="kim2023.intro.double_descent", location="Section 1",
          printed=r"\text{generalization performance exhibits a bias-variance tradeoff until the memorization is possible and "
                  r"then improves monotonically after-ward}",
          variables=(), conclusion=le(1, 1), covers=("K21",),
          cited="Belkin et al. (2019) and Nakkiran et al. (2021) report it for several models; training one family of "
                "Transformers across the interpolation threshold, with label noise and several seeds, would check it."),
]

CLAIMS = published([*MAPPING_CLAIMS, *SHIFT_CLAIMS, *PRECISION_CLAIMS])
