"""Ground inequalities: certified, refused where nothing is certain, and never by a value outside the domain of an operator."""
from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
from flint import ctx

from tests.theory.kernel.randoms import node
from theory import checker, ground
from theory.terms import PI, ZERO, Term, abs_, exp, fam, gamma, inv, log, max_, num, power, sqrt, sum_, vol

THIRD, HALF, ONE, TWO = Fraction(1, 3), Fraction(1, 2), num(1), num(2)
HUGE = exp(exp(exp(exp(num(100)))))
TRUE = [
    (ZERO, ONE), (num(-THIRD), num(Fraction(-33, 100))), (num(3), PI), (PI, num(Fraction(22, 7))), (exp(ONE), num(3)),
    (log(TWO), num(Fraction(7, 10))), (sqrt(TWO), num(Fraction(3, 2))), (gamma(num(HALF)), sqrt(PI) + Fraction(1, 10 ** 30)),
    (abs_(num(-2)), num(3)), (inv(num(-2)), ZERO), (power(TWO, -1), ONE), (exp(PI * sqrt(num(163))), num(640320 ** 3 + 744)),
    (ZERO, exp(num(-10 ** 6))), (ZERO, exp(ONE) ** 2 - power(exp(ONE), Fraction(199, 100))),
]
UNCERTAIN = [
    (ONE, ZERO), (ONE, ONE), (sqrt(TWO) * sqrt(TWO), TWO), (fam("a"), fam("a") + 1), (ZERO, inv(ZERO)), (inv(ZERO), ZERO),
    (log(ZERO), ZERO), (log(num(-1)), num(100)), (gamma(ZERO), ONE), (gamma(num(-1)), ONE), (power(num(-8), THIRD), ZERO),
    (power(ZERO, ZERO), TWO), (power(ZERO, ONE), ONE), (sum_(TWO, lambda i: i), num(9)), (max_(TWO, lambda i: i), num(9)),
    (vol(TWO), num(9)), (Term("bv", (), 0), ONE), (ZERO, HUGE), (HUGE, ZERO), (inv(log(ONE)), ONE), (fam("F", ONE), ONE),
    (Term("int", (ZERO, ONE, ONE)), TWO),
]


@pytest.mark.parametrize("pair", TRUE, ids=str)
def test_certified(pair):
    assert ground.certainly_less(*pair) and checker.algebra.certainly_less(*map(node, pair))
    assert not ground.certainly_less(*pair[::-1]) and not checker.algebra.certainly_less(*map(node, pair[::-1]))


@pytest.mark.parametrize("pair", UNCERTAIN, ids=str)
def test_not_certified(pair):
    assert not ground.certainly_less(*pair) and not checker.algebra.certainly_less(*map(node, pair))


def test_the_precision_is_left_as_it_was():
    before = ctx.prec
    for pair in TRUE + UNCERTAIN:
        ground.certainly_less(*pair)
        checker.algebra.certainly_less(*map(node, pair))
    assert ctx.prec == before


def test_an_enclosure_contains_what_mpmath_computes():
    with mpmath.workdps(60):
        cases = [(gamma(num(THIRD)), mpmath.gamma(mpmath.mpf(1) / 3)), (power(num(3), HALF), mpmath.sqrt(3)),
                 (exp(-PI) * log(num(5)), mpmath.exp(-mpmath.pi) * mpmath.log(5))]
        for t, value in cases:
            ball = ground.enclose(t)
            assert abs(mpmath.mpf(ball.mid().str(40, radius=False)) - value) < mpmath.mpf(10) ** -14
