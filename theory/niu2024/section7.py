"""Section 7: what the conclusion says about losses and about the energy."""
from __future__ import annotations

from fractions import Fraction
from itertools import combinations

from theory.claim import Claim, scalar
from theory.niu2024.definitions import published, PATTERNS, SIZE_D, SIZE_N, VECTOR_X, VECTOR_Y, X, Y, nearest
from theory.niu2024.proofs import retrieval
from theory.niu2024.proofs.counts import by_arithmetic
from theory.niu2024.table2 import LOSSES
from theory.terms import Term, abs_, conj, le, log, lt, num, or_

F = Fraction

AT_22 = tuple(le(abs_(num(loss) - F(22, 10)), F(1, 10)) for loss in LOSSES)
FOUR_OF_FIVE = conj(*(f for row,
    loss in enumerate(LOSSES) if row != 1 for f in (le(F(23, 10), num(loss)), le(num(loss), F(25, 10)))))


def most(conditions: tuple) -> Term:
    """At least three of five"""
    *rest, last = [conj(*three) for three in combinations(conditions, 3)]
    for option in reversed(rest):
        last = or_(option, last)
    return last


ORDERED = (lt(nearest(X), nearest(Y)),)
PAIR = (SIZE_N, SIZE_D, PATTERNS, VECTOR_X, VECTOR_Y, scalar("Z", 0, strict=True))
CONCLUSION_CLAIMS = [
    Claim(id="niu2024.conclusion.loss", location="Section 7, second paragraph; Table 2", covers=("X18",),
          rests_on=("niu2024.table2.values",),
          printed=r"\text{the majority of transformer models tend to achieve a cross-entropy loss of approximately }2.2",
          variables=(), conclusion=most(AT_22),
          notes="On the models that the paper lists: within 0.1 of 2.2 lie two of the five losses of Table 2 (2.2 and 2.3)."),
    Claim(id="niu2024.conclusion.loss.amended", location="Section 7, second paragraph; Table 2", amends="niu2024.conclusion.loss",
          covers=("X18",), printed=r"|L-2.4|\le0.1\text{ for four of the five}", variables=(), conclusion=FOUR_OF_FIVE,
          proof=by_arithmetic(*(f for row,
              loss in enumerate(LOSSES) if row != 1 for f in (le(F(23, 10), num(loss)), le(num(loss), F(25, 10))))),
          notes="All but Chinchilla. The median of the table is 2.4, the mean 2.36."),
    Claim(id="niu2024.conclusion.energy", location="Section 7, first paragraph", covers=("L6",),
          rests_on=("niu2024.energy_goal",),
          printed=r"\text{a new energy function in Eq. 5, which does not rely on additional regularization terms \ldots "
                  r"corresponds to a nearest neighbor search}",
          variables=PAIR, hypotheses=ORDERED, conclusion=lt(retrieval.eq5(X), retrieval.eq5(Y)),
          points=({"n": 1, "d": 1, "rho": [[0]], "x": [0], "y": [1], "Z": 1},),
          notes="Eq. (5) is exp(-g)/Z, a density; Section 4.1 does take this expression as the layer's energy. As an energy it "
                "is largest at the patterns: what lies nearer to a pattern has the higher energy, so minimising it leads away."),
    Claim(id="niu2024.conclusion.energy.amended", location="Section 7, first paragraph", amends="niu2024.conclusion.energy",
          covers=("L6",), printed=r"-\log p(x)=g(x)+\log Z:\quad g(x)<g(y)\Rightarrow-\log p(x)<-\log p(y)", variables=PAIR,
          hypotheses=ORDERED, conclusion=lt(-log(retrieval.eq5(X)), -log(retrieval.eq5(Y))), proof=retrieval.minus_log_eq5_orders,
          points=({"n": 1, "d": 1, "rho": [[0]], "x": [0], "y": [1], "Z": 1},),
          notes="With energy minus log-density, as in Section 2, the search is the nearest-neighbour search."),
]

CLAIMS = published(CONCLUSION_CLAIMS)
