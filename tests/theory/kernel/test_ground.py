"""Ground inequalities: certified, refused where nothing is certain, and never by a value outside the domain of an operator."""
from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
from flint import ctx

from tests.theory.kernel.randoms import node
from theory import checker, ground
from theory.terms import PI, ZERO, Term, abs_, exp, fam, gamma, inv, log, max_, num, power, sqrt, sum_, vol

TRUE = [(num(0), num(1)), (num(Fraction(-1, 3)), num(Fraction(-33, 100))), (num(3), PI), (PI, num(Fraction(22, 7))),
        (exp(num(1)), num(3)),
        (log(num(2)), num(Fraction(7, 10))), (sqrt(num(2)), num(Fraction(3, 2))
         ), (gamma(num(Fraction(1, 2))), sqrt(PI) + Fraction(1, 10 ** 30)),
        (abs_(num(-2)), num(3)), (inv(num(-2)), ZERO), (power(num(2), -1), num(1)), (exp(PI * sqrt(num(163))),
                                                                                     num(640320 ** 3 + 744)),
        (num(0), exp(num(-10 ** 6))), (num(0), exp(num(1)) ** 2 - power(exp(num(1)), Fraction(199, 100)))]
UNCERTAIN = [(num(1), num(0)), (num(1), num(1)), (sqrt(num(2)) * sqrt(num(2)), num(2)), (fam("a"), fam("a") + 1),
             (ZERO, inv(ZERO)), (inv(ZERO), ZERO),
             (log(ZERO), ZERO), (log(num(-1)), num(100)), (gamma(ZERO), num(1)
              ), (gamma(num(-1)), num(1)), (power(num(-8), Fraction(1, 3)), ZERO),
             (power(ZERO, ZERO), num(2)), (power(ZERO, num(1)), num(1)), (sum_(
                 num(2), lambda i: i), num(9)), (max_(num(2), lambda i: i), num(9)),
             (vol(num(2)), num(9)), (Term("bv", (), 0), num(1)), (ZERO, exp(
                 exp(exp(exp(num(100)))))), (exp(exp(exp(exp(num(100))))), ZERO),
             (inv(log(num(1))), num(1)), (fam("F", num(1)), num(1)), (Term("int", (ZERO, num(1), num(1))), num(2))]


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
        for t, value in ((gamma(num(Fraction(1, 3))), mpmath.gamma(mpmath.mpf(1) / 3)), (power(num(3), Fraction(2, 7)),
                                                                                         mpmath.mpf(3) ** (mpmath.mpf(2) / 7)),
                         (exp(-PI) * log(num(5)), mpmath.exp(-mpmath.pi) * mpmath.log(5))):
            ball = ground.enclose(t)
            assert abs(mpmath.mpf(ball.mid().str(40, radius=False)) - value) < mpmath.mpf(10) ** -14
