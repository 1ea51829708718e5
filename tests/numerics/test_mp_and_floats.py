"""The second opinion uses other formulas and gets the same numbers; the float filter is never surer than it may be."""
from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb

from numerics import Piece, Undefined
from numerics.arb import Arb, precision, rational
from numerics.dual import D, Dual
from numerics.floats import Floats, lower_gamma
from numerics.mp import Mp

F = Fraction
M, B, FL = Mp(50), Arb(), Floats()


@pytest.mark.parametrize("n", [0, 1, 2, 3, 8, 21])
def test_volumes_by_recursion_and_by_gamma(n):
    with precision(200):
        assert abs(float(M.vol(n)) - float(B.vol(n).mid())) <= 1e-14 * float(M.vol(n))
    assert abs(FL.vol(n) - float(M.vol(n))) <= 1e-12 * float(M.vol(n))


@pytest.mark.parametrize("n", [1, 2, 3])
def test_ball_integral_in_cartesian_slices(n):
    """The disc is integrated without polar coordinates and agrees with the radial formula to 30 digits."""
    r = F(3, 4)
    ours = M.ball(n, M.literal(r), None, lambda t: M.c.exp(-t * t))
    with precision(200):
        radial = B.ball(n, rational(r), [Piece(arb(1), F(0), arb(1), F(2))], None)
        assert abs(M.c.mpf(radial.str(45, radius=False)) - ours) < M.c.mpf(10) ** -30


def test_a_root_at_zero_does_not_cost_half_the_digits():
    value = M.integral(M.literal(F(0)), M.literal(F(1)), [Piece(M.literal(F(1)), F(-1, 2))], lambda t: 1 / M.c.sqrt(t))
    assert abs(value - 2) < M.c.mpf(10) ** -40
    with pytest.raises(Undefined):
        M.integral(M.literal(F(0)), M.literal(F(1)), [Piece(M.literal(F(1)), F(-1))], lambda t: 1 / t)


def test_ties():
    a = M.literal(F(1, 3))
    b = a + M.c.mpf(10) ** -45
    assert M.lt(a, b) is None and M.le(b, a) is True and M.eq(a, b) is True
    assert M.lt(a, a + M.c.mpf(10) ** -30) is True and M.eq(a, a + M.c.mpf(10) ** -30) is False
    assert M.lt(M.c.nan, a) is not True and M.le(M.c.nan, a) is not True


@pytest.mark.parametrize("s", [0.5, 1.0, 3.5, 20.0])
@pytest.mark.parametrize("x", [0.01, 1.0, 5.0, 40.0])
def test_float_incomplete_gamma(s, x):
    exact = float(M.c.gammainc(s, 0, x))
    assert abs(lower_gamma(s, x) - exact) <= 1e-11 * exact


def test_floats_overflow_into_undefined_and_noise_is_open():
    for call in (lambda: FL.exp(1000.0), lambda: FL.log(0.0), lambda: FL.inv(
        0.0), lambda: FL.gamma(500.0), lambda: FL.power(-2.0, None, F(1, 2))):
        with pytest.raises(Undefined):
            call()
    assert FL.lt(1.0, 1.0 + 1e-12) is None and FL.eq(1.0, 1.0) is None and FL.lt(1.0, 2.0) is True
    assert FL.lt(float("inf"), 1.0) is None and FL.lt(float("nan"), 1.0) is None


def test_derivatives_by_the_chain_rule_and_by_differences():
    d = Dual(B)
    with precision(128):
        at = D(rational(F(1, 3)), arb(1))
        value = d.log(d.add([d.exp(d.mul([arb(2), at])), d.inv(d.power(at, None, F(3)))]))
        slope = M.slope(lambda t: M.c.log(M.c.exp(2 * t) + 1 / t ** 3), M.literal(F(1, 3)))
        assert abs(float(value.slope.mid()) - float(slope)) < 1e-12
        for kink in (lambda: d.abs(D(arb(0), arb(1))), lambda: d.maximum([D(arb(1), arb(1)), D(arb(1), arb(2))]),
                     lambda: d.power(D(arb(0), arb(1)), None, F(3, 2))):
            with pytest.raises(Undefined):
                kink()
