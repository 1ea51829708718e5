"""Sums of logarithms: exact equality, values against Arb and SymPy."""
from __future__ import annotations

import math
from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numerics.entropy import Exact, Logs
from numerics.entropy.logs import coprime_base, exponent, factors

RATIONALS = st.fractions(min_value=F(1, 10 ** 6), max_value=10 ** 9, max_denominator=10 ** 6)
P, Q = 1_000_003, 998_244_353                                       # primes beyond those that are tried
SUMS = st.lists(st.tuples(RATIONALS, st.fractions(-3, 3, max_denominator=50)), max_size=6)


def total(pairs):
    return sum((Logs.log(a) * q for a, q in pairs), Logs())


def test_laws_of_logarithms_are_equalities():
    assert Logs.log(8) == Logs.log(2) * 3 and Logs.log(F(9, 4)) == (Logs.log(3) - Logs.log(2)) * 2
    assert Logs.log(1).is_zero() and Logs.log(6) - Logs.log(2) - Logs.log(3) == Logs()
    assert Logs.log(2) != Logs.log(3) and Logs.log(2) != 0


def test_equality_does_not_need_prime_factors():
    assert Logs.log(P * Q) == Logs.log(P) + Logs.log(Q)
    assert Logs.log(P * P) == Logs.log(P) * 2
    assert Logs.log(P * Q) != Logs.log(P) + Logs.log(Q + 2)
    near = Logs.log(F(P * Q + 1, P * Q))                            # about 1e-15, and not 0
    assert not near.is_zero() and 0 < float(near) < 1e-14


@given(RATIONALS, RATIONALS)
def test_product_is_sum(a, b):
    assert Logs.log(a * b) == Logs.log(a) + Logs.log(b)


@given(SUMS)
def test_value_against_arb(pairs):
    pytest.importorskip("flint")
    from numerics.arb import precision
    with precision(128):
        ball = total(pairs).ball()
        assert abs(ball - float(total(pairs))) <= 2 ** -52 * abs(ball) + 2 ** -60


@given(SUMS)
def test_value_against_floats_and_sympy(pairs):
    value = float(total(pairs))
    assert value == pytest.approx(sum(float(q) * math.log(a) for a, q in pairs), abs=1e-9)
    assert value == pytest.approx(float(total(pairs).sympy()), abs=1e-12)


@given(st.lists(st.integers(2, 10 ** 12), min_size=1, max_size=6))
def test_coprime_base(numbers):
    base = coprime_base(numbers)
    assert all(math.gcd(a, b) == 1 for i, a in enumerate(base) for b in base[:i])
    for n in numbers:
        assert math.prod(b ** exponent(n, b) for b in base) == n


@given(st.integers(1, 10 ** 15))
def test_factors_multiply_back(n):
    assert math.prod(a ** e for a, e in factors(n)) == n


def test_how_they_read():
    assert repr(Logs({2: F(61, 128), 13: F(-7, 64)})) == "61/128 log 2 - 7/64 log 13"
    assert repr(Logs()) == "0" and repr(Exact(Logs.log(2))) == "log 2 = 0.69314718056"


def test_only_positive_numbers_have_logarithms():
    for q in (0, F(-1, 2)):
        with pytest.raises(ValueError, match="positive"):
            Logs.log(q)
