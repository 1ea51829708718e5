"""The abstract: memorisation, its rate, permutations, positions, and what the experiments are said to verify."""
from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from theory.claim import Claim, Denial, family, scalar, size
from theory.kim2023 import examples
from theory.kim2023.proofs import attention, counts, ramps
from theory.terms import abs_, and_, eq, fam, le, lt

F = Fraction
SEQUENCES, LENGTH, CONTEXTS = size("N"), size("n"), size("M")
BETA, FEATURES, LABELS = scalar("beta"), family("a", "N", "n"), family("y", "N", "n")
NUMBERED = (SEQUENCES, LENGTH, CONTEXTS, FEATURES, family("s", "M"), family("v", "M"), family("c", "N", "n"), LABELS)
LAYER = (size("h"), scalar("b_0"), family("w", "h"), family("b", "h"), family("o", "h"))
ORDER = (family("p", "n"), family("q", "n"))
BITS = (size("rho"), size("c", 0))
SIZES = (size("d"), LENGTH, SEQUENCES, CONTEXTS, *BITS, size("B"), size("A"))
O = fam("o")


GLOSSARY = (("g", "g", counts.SLOT),)


def published(claims: list[Claim]) -> list[Claim]:
    """The claims with the abbreviations that reports use attached."""
    return [replace(c, glossary=GLOSSARY) for c in claims]


def run(name: str, location: str, quantity: str, reading_of: str, shown: str) -> Claim:
    """What an exact run of the construction must show: no label differs"""
    return Claim(id=name, location=location, printed=None, reconstruction=True, reading_of=reading_of,
                 variables=(scalar(quantity, 0, 1),),
                 conclusion=le(fam(quantity), 0), experiment="memorizer.exact",
                 notes=f"What a record must show: over all its configurations the share ({quantity}) {shown} is 0, and the "
                       f"control's is not.")


MEMORISE_CLAIMS = [
    Claim(id="kim2023.abstract.first", location="Abstract; Section 1.1",
          printed=r"\text{the first study of the memorization capacity of the Transformer architecture}", variables=(),
          conclusion=le(1, 1),
          cited="A search of the literature up to 2023 would check it; a paper on universal approximation by interpolation "
                "(Yun et al. 2020a) is the nearest that the authors name."),
    Claim(id="kim2023.abstract.memorise", location="Abstract; Section 3, Theorem 3.1",
          printed=r"\text{Transformers are capable of memorizing }N\text{ sequence-to-sequence mappings of length }n\text{ "
                  r"with }d\text{-dimensional input tokens}",
          variables=(*NUMBERED, BETA), hypotheses=(ramps.APART, ramps.token_table(ramps.context)),
          conclusion=ramps.token_labels(ramps.context), covers=("K1",), rests_on=("kim2023.contextual.layers",),
          proof=lambda: ramps.memorised(ramps.context), points=examples.tables("token"),
          notes="For all N, n, M. One uniform head (the sum over l) and the residual give a token of feature a the context id "
                "beta a + sum a; a layer of 2(M - 1) neurons labels every id exactly. What is assumed: the M context ids s are "
                "at least 1 apart, which base-D digits achieve (kim2023.construction.digits), and the label is a function v of "
                "the context (see kim2023.abstract.memorise.any). How few parameters suffice is kim2023.abstract.rate."),
    run("kim2023.abstract.memorise.run", "Abstract; Section 3, Theorem 3.1", "wrong", "kim2023.abstract.memorise",
        "of labels that the built network gets wrong"),
    Claim(id="kim2023.abstract.memorise.any", location="Section 1", reading_of="kim2023.abstract.memorise",
          printed=r"\text{memorization of any given number of input-output sequence pairs}",
          variables=(), conclusion=attention.ONE_OUTPUT, refutation=attention.no_output,
          denial=Denial((scalar("o"),), le(1, abs_(O) + abs_(O - 1)), points=tuple({"o": F(k, 4)} for k in range(-4, 9))),
          notes="Read without a condition on the labels: two equal tokens of a sequence may carry the labels 0 and 1 (the "
                "smallest case: n = 2, N = 1). Without positions both have one output o. With positions, two pairs with the "
                "same input and different outputs do it."),
    Claim(id="kim2023.abstract.memorise.any.amended", location="Section 1", amends="kim2023.abstract.memorise.any",
          printed=r"z_k=z_l\ \Rightarrow\ |\hat y_k-y_k|+|\hat y_l-y_l|\ge|y_k-y_l|",
          variables=(*LAYER, scalar("z"), scalar("z_1"), scalar("y_0"), scalar("y_1")), hypotheses=(eq(fam("z"), fam("z_1")),),
          conclusion=attention.TWO_ERRORS, proof=attention.two_errors,
          points=examples.EQUAL_CONTEXTS,
          notes="For every feed-forward layer: at equal contexts the two errors add up to at least the difference of the "
                "labels. Equal contexts must carry equal labels, and then (kim2023.abstract.memorise) all can be memorised."),
]

CROSSOVERS = ((7968, 24, 2), (7969, 24, 2), (768, 1, 0), (769, 1, 0), (1, 1, 0), (1056, 1, 1), (1057, 1, 1), (20000, 3, 4))
RATE_CLAIMS = [
    Claim(id="kim2023.abstract.rate", location="Abstract; Section 1",
          printed=r"\text{using }\tilde O(d+n+\sqrt{nN})\text{ parameters}",
          variables=SIZES, hypotheses=(counts.WHOLE_GROUPS, counts.BEST, le(counts.CONTEXTS, counts.LABELS)),
          conclusion=counts.rate(counts.LABELS), covers=("K3",), rests_on=("kim2023.abstract.memorise",),
          proof=lambda: counts.optimised(counts.LABELS), points=examples.blocks(),
          notes="Explicit, for the reconstruction's count (kim2023.construction.count) with B = ceil sqrt(8 M/g) ids per "
                "group, A = ceil(M/B) groups, M <= nN contexts, g = 9(rho + c) + 15: nonzero < d + 18 n + 32 + 2 sqrt(8 g n N) "
                "+ g/B. rho and c, the bits of an id and of a label, are what the tilde hides; rho grows with log(r/delta) too "
                "(kim2023.construction.range)."),
    Claim(id="kim2023.abstract.rate.measured", location="Abstract; Section 1", reading_of="kim2023.abstract.rate", printed=None,
          reconstruction=True, variables=(scalar("slope", 0),),
          conclusion=and_(le(F(2, 5), fam("slope")), le(fam("slope"), F(3, 5))), experiment="memorizer.exact",
          notes="What a record must show: the slope of log(nonzero parameters) against log(number of contexts M), at fixed n "
                "and d, is from 0.4 to 0.6; the rival, one parameter per label, predicts 1."),
    Claim(id="kim2023.abstract.rate.fewer", location="Abstract", reading_of="kim2023.abstract.rate", printed=None,
          reconstruction=True,
          variables=(CONTEXTS, *BITS), conclusion=lt(2 * counts.sqrt(8 * counts.SLOT * counts.CONTEXTS), counts.CONTEXTS),
          points=({"M": 1, "rho": 1, "c": 0}, {"M": 7968, "rho": 24, "c": 2}),
          notes="Read as a promise of fewer parameters than labels, at every size: the square-root term alone exceeds M for "
                "small M."),
    Claim(id="kim2023.abstract.rate.fewer.amended", location="Abstract", amends="kim2023.abstract.rate.fewer",
          printed=r"M>32\,g\Rightarrow2\sqrt{8gM}<M,\quad M<32\,g\Rightarrow2\sqrt{8gM}>M", reconstruction=True,
          variables=(CONTEXTS, *BITS), conclusion=counts.CHEAPER,
          proof=counts.crossover, points=tuple({"M": m, "rho": rho, "c": c} for m, rho, c in CROSSOVERS),
          notes="Exact: with rho + c = 26 bits the construction has fewer parameters (in that term) than labels from M = 7,969 "
                "on."),
]

# tokens of one coordinate, their bound, and a step beyond twice the bound
STEPS = (([1, -1], 1, F(9, 4)), ([1, -1, 1], 1, F(201, 100)), ([0, 0], 0, F(1, 100)),
         ([F(1, 2), F(-1, 2), F(1, 2), F(-1, 2)], F(1, 2), F(101, 100)), ([-2, 2, -2], 2, 5), ([3], 3, 7), ([-1, -1], 1, 3),
         ([2, 1, 0], 2, F(17, 4)))
ORDER_CLAIMS = [
    Claim(id="kim2023.abstract.permutations", location="Abstract; Section 1",
          printed=r"\text{permutation equivariant Transformers that can memorize all permutations of }N\text{ input sequences}",
          variables=(SEQUENCES, LENGTH, *LAYER, FEATURES, LABELS, BETA, *ORDER),
          hypotheses=(attention.PERMUTATION, attention.FITS), conclusion=attention.FITS_PERMUTED, covers=("K2",),
          rests_on=("kim2023.abstract.memorise",), proof=attention.fits_permuted, points=examples.ordered_sequences(),
          notes="A network with one uniform head and any hidden layer that labels every token of N sequences exactly labels "
                "them in every order p of the tokens (q undoes p): the k-th output becomes the p(k)-th label. For softmax "
                "heads see kim2023.intro.equivariance."),
    run("kim2023.abstract.permutations.run", "Abstract; Section 1", "moved", "kim2023.abstract.permutations",
        "of labels that the built network gets wrong on random permutations of its inputs"),
    Claim(id="kim2023.abstract.positions", location="Abstract; Section 1",
          printed=r"\text{We extend this construction to the memorization without permutation equivariance by adding "
                  r"positional encodings.}",
          variables=(LENGTH, family("x", "n"), scalar("r", 0), scalar("t")),
          hypotheses=(attention.BOUNDED, lt(2 * attention.BOUND, attention.STEP)), conclusion=attention.IN_ORDER, covers=("K7",),
          rests_on=("kim2023.abstract.permutations",), proof=attention.in_order,
          points=tuple({"n": len(x), "x": x, "r": r, "t": t} for x, r, t in STEPS),
          notes="With E_k = t k in one coordinate, |x| <= r and t > 2r, that coordinate grows with the position whatever the "
                "tokens are: no token repeats, the set of tokens is the sequence, and labels need no consistency within a "
                "sequence. Sharp: at t = 2r the tokens r, -r collide."),
    run("kim2023.abstract.positions.run", "Abstract; Section 1", "placed", "kim2023.abstract.positions",
        "of labels that a network with positional encodings gets wrong, labels drawn per position"),
    Claim(id="kim2023.abstract.experiments", location="Abstract; Section 1",
          printed=r"\text{To verify these theoretical findings, we conduct experiments analyzing the memorization capacity of "
                  r"Transformers}",
          variables=(scalar("exponent", 0),), conclusion=and_(le(F(2, 5), fam("exponent")), le(fam("exponent"), F(3, 5))),
          covers=("K19",), rests_on=("kim2023.abstract.rate",), experiment="memorizer.trained",
          notes="What a record must show: the parameters that trained Transformers need grow like (number of labels)^exponent "
                "with an exponent near the theory's 1/2. The rival, a fixed number of bits per parameter, predicts one near 1. "
                "An exponent near 1 leaves it open whether fewer parameters suffice: it does not contradict the theorem, and "
                "does not verify its rate. Measured on our own small encoders, not the paper's runs. For the weaker reading, "
                "that trained networks stay within the bound, see kim2023.abstract.experiments.within."),
    Claim(id="kim2023.abstract.experiments.within", location="Abstract; Section 1", reading_of="kim2023.abstract.experiments",
          printed=None, reconstruction=True, variables=(scalar("within", 0),), conclusion=le(fam("within"), 1),
          experiment="memorizer.trained",
          notes="Read as consistency at the sizes tried: trained networks memorise with no more parameters (within is the "
                "quotient) than the reconstruction's bound allows for as many labels."),
    Claim(id="kim2023.abstract.experiments.amended", location="Abstract; Section 1", amends="kim2023.abstract.experiments",
          printed=r"P\propto(\text{labels})^{e},\ 0.7\le e\le1.1", reconstruction=True, variables=(scalar("exponent", 0),),
          conclusion=and_(le(F(7, 10), fam("exponent")), le(fam("exponent"), F(11, 10))), experiment="memorizer.trained",
          notes="What a fixed number of bits per trained parameter predicts; the construction's square root is the rival."),
]

CLAIMS = published([*MEMORISE_CLAIMS, *RATE_CLAIMS, *ORDER_CLAIMS])
