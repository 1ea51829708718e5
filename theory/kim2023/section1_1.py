"""Section 1.1, related work: what separation the construction assumes, and the bounds that are quoted."""
from __future__ import annotations

from fractions import Fraction

from theory.claim import Claim, family, index, scalar, size
from theory.kim2023.proofs import precision, separation
from theory.terms import eq, fam, le, lt

F = Fraction
TOKENS = (size("n"), size("d"), family("x", "n", "d"), family("y", "n", "d"), index("j", "n"), scalar("delta", 0))
# length, the place where two sequences differ, and by how much
DIFFERENCES = ((1, 0, 1), (2, 0, 1), (2, 1, F(1, 2)), (3, 1, 2), (3, 2, 0), (4, 0, 3), (1, 0, 0), (4, 3, F(1, 3)))
SINGLE = ((0, 1, 1), (0, 2, 1), (F(1, 2), 0, F(1, 2)), (1, 2, 1), (2, 4, 2), (-1, -2, 1), (5, 0, 5), (3, 4, 0), (4, 8, 4),
          (1, -1, 2))


def one_differs(n: int, j: int, gap) -> dict:
    """Sequences of zeros, but for the j-th token of the second; its id is 3 where the others' are 2"""
    second = [[0]] * j + [[gap]] + [[0]] * (n - 1 - j)
    return {"n": n, "d": 1, "x": [[0]] * n, "y": second, "j": j, "delta": gap, "a": [2] * n,
            "b": [2] * j + [3] + [2] * (n - 1 - j)}


CLAIMS = [
    Claim(id="kim2023.related.separation", location="Section 1.1",
          printed=r"\text{our construction assumes a similar separation, but it is between pairs of distinct tokens, not the "
                  r"whole sequence pairs}",
          variables=(*TOKENS, family("a", "n"), family("b", "n")),
          hypotheses=(separation.SEPARATED, separation.ELSEWHERE_EQUAL, separation.ID_GAP), conclusion=separation.ONE_TOKEN,
          covers=("K17",),
          proof=separation.one_token, companions=(lambda: separation.crossed(True), lambda: separation.crossed(False)),
          points=tuple(map(one_differs, *zip(*DIFFERENCES))),
          notes="That it suffices: sequences that differ in one token only, by delta there, have sums of ids (a, b) at least 1 "
                "apart, and are delta apart themselves. Tokens delta apart are given ids by kim2023.construction.projection. "
                "Of finitely many data some delta > 0 always holds; it enters the logarithm of the range "
                "(kim2023.construction.range)."),
    Claim(id="kim2023.related.separation.converse", location="Section 1.1", reading_of="kim2023.related.separation", printed=None,
          reconstruction=True, variables=TOKENS,
          hypotheses=(separation.SEQUENCES_APART, lt(0, separation.token_gap(separation.AT))), conclusion=separation.SEPARATED,
          points=({"n": 2, "d": 1, "x": [[0], [0]], "y": [[1], [F(1, 2)]], "j": 1, "delta": 1},),
          notes="Read as a weaker assumption than separated sequences: it is the stronger one. Sequences delta apart may hold "
                "distinct tokens that are closer; tokens delta apart make distinct sequences delta apart."),
    Claim(id="kim2023.related.separation.converse.amended", location="Section 1.1", amends="kim2023.related.separation.converse",
          reconstruction=True, printed=r"n=1", variables=TOKENS,
          hypotheses=(separation.SEQUENCES_APART, lt(0, separation.token_gap(separation.AT)), eq(fam("n"), 1)),
          conclusion=separation.SEPARATED,
          proof=separation.single_token,
          points=tuple({"n": 1, "d": 1, "x": [[x]], "y": [[y]], "j": 0, "delta": e}
                       for x, y, e in SINGLE),
          notes="For sequences of one token both are the same."),
    Claim(id="kim2023.related.vc", location="Section 1.1",
          printed=r"\text{They also prove the matching lower bound of }\Omega(N^{1/2})\text{ through the VC-dimension analysis.}",
          variables=(), conclusion=le(1, 1), covers=("K13",),
          cited="Vardi et al. (2022), from the VC bound O(W^2) of Goldberg and Jerrum (1995) for W real weights. A count of "
                "the sign patterns of polynomials (Warren's theorem), which the kernel lacks, would prove it; for weights of b "
                "bits the information bound (kim2023.information) gives M log C/b. It matches their upper bound up to "
                "logarithms; for sequences nothing is claimed."),
    Claim(id="kim2023.related.bounds", location="Section 1.1",
          printed=r"\text{Park et al.: }O(N^{2/3})\text{; they bypass the }\Omega(N)\text{ lower bound in Sontag (1997) by "
                  r"assuming a simple separation; Hardt and Ma, Nguyen and Hein: }O(N)\text{ hidden neurons}",
          variables=(), conclusion=le(1, 1), covers=("K14",),
          cited="The four papers would check it. Sontag's bound is for all data sets in general position, so that one network "
                "shape for a separated set does not contradict it; the order of the exponents is kim2023.related.exponents."),
    Claim(id="kim2023.related.exponents", location="Section 1.1", reading_of="kim2023.related.bounds",
          printed=r"\text{Vardi et al. (2022) improve further, showing that }\tilde O(N^{1/2})\text{ parameters are sufficient}",
          variables=(size("N", 2),), conclusion=precision.EXPONENTS, proof=precision.exponents,
          notes="N^(1/2) < N^(2/3) < N from N = 2 on: as rates, each bound is below the one before."),
]
