"""Columns say what single points say: the same truths, balls that overlap, nothing where there is no value."""
from __future__ import annotations

from fractions import Fraction

import pytest

from theory.batch import sides, truths
from theory.claim import Claim, family, scalar, size
from theory.domain import bank
from theory.evaluate import relations, truth
from theory.terms import (PI, Symbol, abs_, and_, ball, each, eq, exp, fam, gamma,
                          integral, le, log, lt, max_, num, power, sqrt, sum_, vol)

N, X, R = fam("n"), Symbol("x"), fam("r")
ROW, RADIAL = (size("n", 0), family("x", "n")), (size("n"), scalar("r", 0))
LSE = log(sum_(N, lambda i: exp(X(i))))
STATEMENTS = [
    (ROW, le(LSE, max_(N, X) + log(N))), (ROW, lt(max_(N, X), LSE)), (ROW,
     le(abs_(sum_(N, X)), sqrt(sum_(N, lambda i: X(i) ** 2)) * 3)),
    (ROW, le(1 / sum_(N, X), power(sum_(N, X), -1))), (ROW,
     each(N, lambda i: le(X(i), max_(N, X)))), (ROW, le(power(sum_(N, X), Fraction(1, 2)), 5)),
    (ROW, eq(power(log(sum_(N, X)), 0), 1)),
    (RADIAL, and_(le(exp(-R) * R ** N / N, integral(0, R, lambda t: power(t, N - 1) * exp(-t))), le(vol(N), 6))),
    (RADIAL, le(ball(N, R, lambda t: exp(-(t * t))), power(PI, N / 2) * R ** N / gamma(1 + N / 2))),
    (RADIAL, le(integral(R / 2, R, lambda t: 3 * power(t, N / 2) * exp(-2 * t ** 2) + t), R ** 2 + R)),
    (RADIAL, le(integral(0, R, lambda t: power(t, -N) * exp(-t)), 1)), (RADIAL, lt(integral(R, 0 * R, lambda t: t), 1)),
]


@pytest.mark.parametrize("variables, formula", STATEMENTS, ids=[str(k) for k in range(len(STATEMENTS))])
def test_columns_agree_with_single_points(variables, formula):
    c = Claim(id="test.batch", location="", printed=None, variables=variables, conclusion=formula)
    points = bank(c, 80, 0)
    assert [j.outcome for j in truths(formula, points)] == [truth(formula, p).outcome for p in points]
    for relation in (formula.args if formula.op == "and" else (formula,) if formula.op in ("le", "lt", "eq") else ()):
        for p, (left, right) in zip(points, sides(relation, points, 113)):
            _, found = relations(relation, p, 113)
            if found and not isinstance(found[0].left, (int, Fraction)):
                assert not left.is_finite() or left.overlaps(found[0].left)
                assert not right.is_finite() or right.overlaps(found[0].right)
                assert left.is_finite() and right.is_finite()
            elif not found:
                assert not (left.is_finite() and right.is_finite())


def test_incomplete_gammas_lose_no_digits_on_the_way_down():
    formula = le(integral(0, R, lambda t: power(t, N - 1) * exp(-t)), num(1))
    c = Claim(id="test.batch", location="", printed=None, variables=RADIAL, conclusion=formula)
    points = [p for p in (type(bank(c, 1, 0)[0])({"n": n, "r": r}) for n in range(1, 41)
                          for r in (Fraction(1, 7), Fraction(5, 2), Fraction(40)))]
    for left, _ in sides(formula, points, 128):
        assert left.rel_accuracy_bits() > 110
