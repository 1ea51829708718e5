"""The exact values by other formulas, the brackets with right and wrong constants, and what Z_t = 1 asks of n."""
from __future__ import annotations

import mpmath
import pytest
from flint import arb, fmpq

from numerics import Undefined, asymptotics
from numerics.arb import Arb, precision, unit_ball_volume
from numerics.asymptotics import (BRACKETS, Bracket, asymptote, first_outside, half_log, inside, largest_dimension, mean_square,
                                  rate, slim)

PROVED = [name for name, b in BRACKETS.items() if b.proved]
PRINTED = next(name for name, b in BRACKETS.items() if not b.proved)


@pytest.mark.parametrize("n", [1, 2, 3, 10, 101, 1024])
def test_values_agree_with_other_formulas(n):
    with precision(asymptotics.BITS):
        assert asymptotics.log_volume(n).overlaps(unit_ball_volume(n).log())
        assert asymptotics.log_critical_volume(n).overlaps((unit_ball_volume(n) * rate(n).sqrt() ** n).log())
        whole = arb.pi() ** arb(fmpq(n, 2)) / arb.gamma_fmpq(fmpq(n, 2))
        value = asymptotics.log_ball_integral(n)
        assert value.overlaps((whole * rate(n).gamma_lower(arb(fmpq(n, 2)))).log())
        assert value.rad() < arb(2) ** -100 and asymptotics.log_critical(n).overlaps(-value)


def test_the_integral_by_quadrature():
    for n, r in ((1, 0.5), (5, 1.0), (40, 2.0)):
        with mpmath.workdps(30):
            shell = n * mpmath.pi ** (mpmath.mpf(n) / 2) / mpmath.gamma(1 + mpmath.mpf(n) / 2)
            value = mpmath.log(shell * mpmath.quad(lambda t: t ** (n - 1) * mpmath.exp(-t * t), [0, r]))
        assert abs(float(asymptotics.log_ball_integral(n, arb(r * r))) - float(value)) < 1e-12


def test_the_series_refuses_what_its_tail_bound_does_not_cover():
    with pytest.raises(Undefined):
        asymptotics.series(2, arb(2))


def test_every_proved_bracket_holds_at_every_row():
    ns = asymptotics.dimensions()
    assert {1, 1024, 786432, 10 ** 6} <= set(ns) and 55 <= len(ns) <= 65 and max(b / a for a, b in zip(ns[8:], ns[9:])) < 1.5
    for row in asymptotics.table(ns):
        assert {name for name, b in row["brackets"].items() if b["inside"] is True} >= set(PROVED)
        assert row["brackets"][PRINTED]["inside"] is (row["n"] <= 20)


WRONG = {
    "1/(6n) too small": Bracket(lambda n: asymptote(n) - arb(1) / (7 * n), asymptotics.log_volume, asymptote),
    "no correction below": Bracket(asymptote, asymptotics.log_volume, lambda n: asymptote(n) + 1),
    "pi n without the root": Bracket(lambda n: -2 * half_log(n), asymptotics.log_critical_volume,
                                    lambda n: -2 * half_log(n) + arb(1) / 6),
    "constant dropped": Bracket(lambda n: rate(n) + half_log(n), asymptotics.log_critical, lambda n: rate(n) + half_log(n) + 1),
    "constant 0.1 % off": Bracket(lambda n: rate(n) + half_log(n) + slim() * arb("0.999"), asymptotics.log_critical,
                                  lambda n: rate(n) + half_log(n) + 1),
    "n + 3 for n + 2": Bracket(lambda n: rate(n), asymptotics.log_critical,
                              lambda n: rate(n) * n / (n + 3) + half_log(n) + arb(1) / (6 * n)),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_constant_is_caught(name):
    row = asymptotics.row(786432, {name: WRONG[name]})
    assert row["brackets"][name]["inside"] is False


def test_balls_that_overlap_settle_nothing():
    value = asymptotics.log_volume
    assert inside(Bracket(value, value, value), 7) is None
    assert inside(Bracket(lambda n: value(n) + 1, value, value), 7) is False


def test_where_the_printed_bracket_fails():
    assert first_outside(PRINTED) == 21
    with precision(asymptotics.BITS):
        gap = rate(1024) - rate(1024).sqrt()         # e^52 at GPT-2 medium's n
        assert 52 < gap < 53
        assert Arb().lt(mean_square(1024) + half_log(1024), asymptotics.log_critical(1024) + 1)


@pytest.mark.parametrize("d", [5, 25, 10 ** 6, 10 ** 30])
def test_the_largest_dimension(d):
    n = largest_dimension(d)
    with precision(asymptotics.BITS):
        goal = arb(d).log()
        assert asymptotics.log_critical(n) <= goal and all(asymptotics.log_critical(n + k) > goal for k in range(1, 30))


def test_n_against_d():
    """Squaring d adds a factor near 2 to n, not 4; the printed n is d^2/pi. With one pattern no dimension has Z_t = 1."""
    few, many = asymptotics.scaling(10 ** 15), asymptotics.scaling(10 ** 30)
    assert 1.9 < many["exact"]["n"] / few["exact"]["n"] < 2.2
    assert many["printed"]["n"] / few["printed"]["n"] == pytest.approx(1e30)
    assert many["printed"]["N"] / few["printed"]["N"] == pytest.approx((many["D"] / few["D"]) ** 4)
    with pytest.raises(Undefined):
        largest_dimension(2)
