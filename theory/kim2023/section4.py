"""Section 4, reconstructed from Section 1: sequence classification (Theorem 4.1) and language modelling."""
from __future__ import annotations

from fractions import Fraction

from theory.claim import Claim, Denial, family, index, scalar
from theory.kim2023 import examples
from theory.kim2023.abstract import CONTEXTS, LAYER, LENGTH, NUMBERED, SEQUENCES, SIZES, published, run
from theory.kim2023.proofs import attention, counts, positions, ramps
from theory.terms import abs_, eq, fam, le, lt

F = Fraction
SETTINGS = (r"\text{We analyze the memorization capacity in other standard task settings, such as sequence classification and "
            r"language modeling.}")
POOLED = (SEQUENCES, LENGTH, CONTEXTS, family("a", "N", "n"), family("s", "M"), family("v", "M"), family("c", "N"),
          family("y", "N"))
PLACES = ((1, 0, 1, 1, 2), (2, 0, 1, 3, 4), (2, 1, 3, 3, F(7, 2)), (3, 1, 2, 5, 6), (3, 2, 5, 5, 9), (4, 0, 4, 7, 8),
          (4, 3, 1, 2, F(21, 10)), (3, 0, 3, 3, F(31, 10)), (4, 2, F(3, 2), 2, 3))
O = fam("o")

CLAIMS = published([
    Claim(id="kim2023.classification.memorise", location="Section 1; Section 4, Theorem 4.1", printed=SETTINGS, variables=POOLED,
          hypotheses=(ramps.APART, ramps.SEQUENCE_TABLE), conclusion=ramps.SEQUENCE_LABELS,
          rests_on=("kim2023.contextual.layers",),
          proof=ramps.classified, points=examples.tables("pooled"),
          notes="One label per sequence: the id is the sum of the features, the same at every token, so that there are M <= N "
                "ids."),
    Claim(id="kim2023.classification.rate", location="Section 1; Section 4, Theorem 4.1", printed=None, reconstruction=True,
          variables=SIZES,
          hypotheses=(counts.WHOLE_GROUPS, counts.BEST, le(counts.CONTEXTS, counts.SEQUENCES)),
          conclusion=counts.rate(counts.SEQUENCES),
          covers=("K8",), rests_on=("kim2023.classification.memorise",), proof=lambda: counts.optimised(counts.SEQUENCES),
          points=tuple({**p, "N": p["M"]} for p in examples.blocks()),
          notes="With at most N ids the square root is of N, not nN: nonzero < d + 18 n + 32 + 2 sqrt(8 g N) + g/B."),
    run("kim2023.classification.run", "Section 1; Section 4, Theorem 4.1", "classified", "kim2023.classification.rate",
        "of sequences that the built network classifies wrongly"),
    Claim(id="kim2023.language", location="Section 1", printed=None, reconstruction=True, variables=NUMBERED,
          hypotheses=(ramps.APART, ramps.token_table(ramps.prefix)), conclusion=ramps.token_labels(ramps.prefix), covers=("K9",),
          rests_on=("kim2023.contextual.layers",), proof=lambda: ramps.memorised(ramps.prefix), points=examples.tables("prefix"),
          notes="Causal next token: the id at position k is the sum of the features up to k (a causal uniform head gives the "
                "mean; the position multiplies it), the label a function v of that id. Every next token of every sequence is "
                "exact. A masked language model is token classification (kim2023.abstract.memorise) with the mask as one more "
                "token. That features exist which tell prefixes apart: kim2023.language.positions with "
                "kim2023.construction.digits."),
    run("kim2023.language.run", "Section 1", "continued", "kim2023.language", "of next tokens that the built network gets wrong"),
    Claim(id="kim2023.language.positions", location="Section 1", printed=None, reconstruction=True, reading_of="kim2023.language",
          variables=(LENGTH, index("k", "n"), scalar("x", 1), scalar("R"), scalar("t"), family("u", "n")),
          hypotheses=(le(positions.TOKEN, positions.WIDTH), lt(positions.WIDTH, positions.STEP)), conclusion=positions.POSITIONED,
          proof=positions.position_feature,
          points=tuple({"n": n, "k": k, "x": x, "R": r, "t": t, "u": [F(3 * i * i + 1, i + 1) for i in range(n)]}
                       for n, k, x, r, t in PLACES),
          notes="The feature of token x (an id from 1 to R) at position k, read off x + t k, t > R, by clipping: u_k x plus R "
                "times the sum of the earlier u, a constant of the position. So each position has a weight of its own."),
    Claim(id="kim2023.language.any", location="Section 1", printed=SETTINGS, reading_of="kim2023.language", variables=(),
          conclusion=attention.ONE_OUTPUT, refutation=attention.no_output,
          denial=Denial((scalar("o"),), le(1, abs_(O) + abs_(O - 1)), points=tuple({"o": F(k, 4)} for k in range(-4, 9))),
          notes="Read for any N sequences: two sequences may share a prefix and go on with tokens 0 and 1. The model has one "
                "output there."),
    Claim(id="kim2023.language.any.amended", location="Section 1", amends="kim2023.language.any", reconstruction=True,
          printed=r"z=z_1\ \Rightarrow\ |\hat y-y_0|+|\hat y_1-y_1|\ge|y_0-y_1|",
          variables=(*LAYER, scalar("z"), scalar("z_1"), scalar("y_0"), scalar("y_1")), hypotheses=(eq(fam("z"), fam("z_1")),),
          conclusion=attention.TWO_ERRORS, proof=attention.two_errors,
          points=examples.EQUAL_CONTEXTS,
          notes="At equal prefixes the two errors add up to at least the difference of the next tokens: equal prefixes must go "
                "on alike."),
])
