"""Balls: enclosures hold, undefined is never a value, comparisons are three-valued."""
from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
from flint import acb, arb

from numerics import Piece, Undefined
from numerics.arb import Acb, Arb, Integrand, hull, integer_power, lower_gamma, precision, rational

B = Arb()


def test_nan_and_infinity_compare_to_nothing():
    for bad in (arb("nan"), arb("inf"), arb(0) / 0):
        for compare in (B.lt, B.le, B.eq):
            assert compare(bad, arb(1)) is None and compare(arb(1), bad) is None and compare(bad, bad) is None


def test_overlap_is_neither_less_nor_not_less():
    a, b = arb(1, 0.5), arb(1.25, 0.5)
    assert not (a >= b), "the pitfall: this reads like a < b"
    assert B.lt(a, b) is None and B.le(a, b) is None and B.eq(a, b) is None


def test_only_exact_balls_are_equal():
    third = rational(Fraction(1, 3))
    assert B.eq(third, third) is None and B.le(third, third) is None
    assert B.eq(arb(2), arb(2)) is True and B.lt(arb(2), arb(2)) is False and B.eq(arb(2), arb(3)) is False


@pytest.mark.parametrize("call", [
    lambda: B.inv(arb(0)), lambda: B.inv(arb(0, 1)), lambda: B.log(arb(0)), lambda: B.log(arb(0.5, 1)), lambda: B.gamma(arb(-1)),
    lambda: B.power(arb(-2), None, Fraction(1, 2)), lambda: B.power(arb(0), None, Fraction(-1)),
    lambda: B.power(arb(0, 1), None, Fraction(1, 2)), lambda: B.integral(arb(1), arb(0), None, None)])
def test_what_has_no_value_is_undefined(call):
    with pytest.raises(Undefined):
        call()


def test_powers():
    assert B.power(arb(0), None, Fraction(0)) == 1 and B.power(arb(0), None, Fraction(5, 2)) == 0
    assert B.power(arb(-2), None, Fraction(3)) == -8 and B.power(arb(-2), None, Fraction(-2)) == 0.25
    square = integer_power(arb(0, 1), 2)
    assert square.is_finite() and square.contains(0) and square.contains(1)


def test_a_hull_contains_both_ends():
    lo, hi = Fraction(1, 3), Fraction(2, 3)
    box = hull(lo, hi)
    assert all((box - rational(q)).contains(0) for q in (lo, hi, Fraction(1, 2)))
    assert hull(lo, lo).rad() < 1e-15


@pytest.mark.parametrize("s", [Fraction(1, 2), Fraction(1), Fraction(7, 2), Fraction(512)])
def test_incomplete_gamma_of_a_wide_ball_encloses_both_ends(s):
    with precision(128):
        wide = lower_gamma(s, hull(Fraction(1), Fraction(2)))
        for q in (1, Fraction(3, 2), 2):
            inner = lower_gamma(s, rational(Fraction(q)))
            assert wide.lower() <= inner.lower() and inner.upper() <= wide.upper()
        touching = lower_gamma(s, hull(Fraction(0), Fraction(1)))
        assert touching.is_finite() and touching.contains(0)


def test_integral_by_pieces_agrees_with_rigorous_quadrature():
    """int_1^2 3 t^2 exp(-2 t) dt both ways."""
    piece = Piece(arb(3), Fraction(2), arb(2), Fraction(1))
    back = Acb()
    by_gamma = B.integral(arb(1), arb(2), [piece], None)
    by_quadrature = B.integral(arb(1), arb(2), None, Integrand(lambda z: 3 * z * z * (-2 * z).exp(), back))
    assert by_gamma.overlaps(by_quadrature) and by_quadrature.rad() < 1e-10


def test_quadrature_respects_the_analytic_flag():
    """int_1^4 sqrt(t) dt = 14/3; without the flag acb.integral is silently wrong."""
    back = Acb()
    value = B.integral(arb(1), arb(4), None, Integrand(lambda z: back.power(z, None, Fraction(1, 2)), back))
    assert (value * 3 - 14).contains(0)
    with pytest.raises(Undefined):     # a logarithm of negative numbers has no value
        B.integral(arb(-2), arb(-1), None, Integrand(lambda z: back.log(z), back))
    assert not acb.integral(lambda z, _: z.sqrt(), 1, 4).real.contains(
        arb(14) / 3), "flint has mended this: the flag may be reconsidered"


def test_an_integral_that_does_not_exist_is_undefined():
    with pytest.raises(Undefined):
        B.integral(arb(0), arb(1), [Piece(arb(1), Fraction(-1))], None)


@pytest.mark.parametrize("n", [1, 2, 3, 10])
@pytest.mark.parametrize("r", [Fraction(1, 2), Fraction(3)])
def test_ball_integral_of_the_gaussian(n, r):
    with precision(128), mpmath.workdps(30):
        value = B.ball(n, rational(r), [Piece(arb(1), Fraction(0), arb(1), Fraction(2))], None)
        half, z = mpmath.mpf(n) / 2, mpmath.mpf(r.numerator) ** 2 / r.denominator ** 2
        expected = mpmath.pi ** half * mpmath.gammainc(half, 0, z, regularized=True)
        assert abs(float(value.mid()) - float(expected)) < 1e-12 * float(expected)
    with pytest.raises(Undefined):
        B.ball(n, arb(-1), None, None)


def test_precision_is_restored_even_after_an_error():
    from flint import ctx
    before = ctx.prec
    with pytest.raises(ZeroDivisionError), precision(333):
        raise ZeroDivisionError
    assert ctx.prec == before
