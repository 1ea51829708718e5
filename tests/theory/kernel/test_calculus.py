"""Derivatives and continuity: the conditions that each operator asks for, and two implementations that agree."""
from __future__ import annotations

import random
from fractions import Fraction

import pytest

from tests.theory.kernel.randoms import node, random_real
from theory import checker
from theory.calculus import CalculusError, continuous, derivative
from theory.terms import (ONE, ZERO, Term, abs_, and_, each, exp, fam, fresh, gamma, integral, inv, le, log, lt, max_, num, power,
                          sqrt, sum_, vol)

a, b, e, n, x, y = map(fam, "abenxy")
F = lambda *i: fam("F", *i)     # noqa: E731

CONTINUOUS = [
    (a * b + F(a), []), (x, []), (x * x + exp(x) - abs_(x), []), (power(x, 3), []), (power(x, 0), []),
    (inv(x), [lt(ZERO, x * x)]), (log(x), [lt(ZERO, x)]), (log(log(x)), [lt(ZERO, x), lt(ZERO, log(x))]),
    (sqrt(x), [and_(le(ZERO, x), le(ZERO, num(Fraction(1, 2))))]),
    (power(x, e), [and_(le(ZERO, x), le(ZERO, e))]), (power(x, -1), [and_(le(ZERO, x), le(ZERO, num(-1)))]),
    (inv(x - a), [lt(ZERO, (x - a) * (x - a))]), (sum_(n, lambda i: x * i), []), (max_(n, lambda i: x * i), [lt(ZERO, n)]),
    (sum_(n, lambda i: log(x * i)), [each(n, lambda i: lt(ZERO, x * i))]),
    (sum_(n, lambda i: sum_(n + i, lambda j: inv(x + i * j))),
     [each(n, lambda i: each(n + i, lambda j: lt(ZERO, (x + i * j) * (x + i * j))))]),
]
DIFFERENTIABLE = [
    (a * b, ZERO, []), (x, ONE, []), (a + x, Term("add", (ZERO, ONE)), []), (a * x, ZERO * x + a * ONE, []),
    (exp(x), ONE * exp(x), []), (log(x), ONE * inv(x), [lt(ZERO, x)]), (inv(x), -(ONE * inv(x) * inv(x)), [lt(ZERO, x * x)]),
    (power(x, 3), num(3) * power(x, 2) * ONE, []),
    (power(x, 0), ZERO * power(x, 0) * ONE, []), (power(x, e), e * power(x, e - 1) * ONE, [lt(ZERO, x)]),
    (power(x, -1), num(-1) * power(x, num(-1) - 1) * ONE, [lt(ZERO, x)]),
    (sum_(n, lambda i: F(i) * x), sum_(n, lambda i: ZERO * x + F(i) * ONE), []),
    (sum_(n, lambda i: log(x + i)), sum_(n, lambda i: (ONE + ZERO) * inv(x + i)), [each(n, lambda i: lt(ZERO, x + i))]),
]
UNKNOWN = [gamma(x), vol(x), F(x), F(a, x), power(a, x), power(x, x), sum_(x, lambda i: i), max_(x, lambda i: i),
           integral(a, x, lambda v: v), integral(a, b, lambda v: v * x), sum_(n, lambda i: F(x, i)), exp(gamma(x))]


@pytest.mark.parametrize("f,conditions", CONTINUOUS, ids=lambda v: str(v) if isinstance(v, Term) else "")
def test_continuity_asks_for(f, conditions):
    assert set(continuous(f, "x")) == set(conditions)
    assert checker.algebra.continuous(node(f), "x") == [node(c) for c in continuous(f, "x")]


@pytest.mark.parametrize("f,slope,conditions", DIFFERENTIABLE, ids=lambda v: str(v) if isinstance(v, Term) else "")
def test_the_derivative_is(f, slope, conditions):
    assert derivative(f, "x") == (slope, conditions)
    assert checker.algebra.derivative(node(f), "x") == (node(slope), [node(c) for c in conditions])


@pytest.mark.parametrize("f", UNKNOWN, ids=str)
def test_what_is_not_understood_is_refused(f):
    for rule, other in ((derivative, checker.algebra.derivative), (continuous, checker.algebra.continuous)):
        with pytest.raises(CalculusError):
            rule(f, "x")
        with pytest.raises(checker.nodes.Bad):
            other(node(f), "x")


@pytest.mark.parametrize("f", [abs_(x), max_(n, lambda i: x)], ids=str)
def test_continuous_but_not_differentiated(f):
    continuous(f, "x")
    with pytest.raises(CalculusError):
        derivative(f, "x")


def test_two_implementations_agree_on_random_functions():
    r, known = random.Random(1), 0
    for _ in range(800):
        f = random_real(r, 3, "axn")
        for rule, other in ((derivative, checker.algebra.derivative), (continuous, checker.algebra.continuous)):
            try:
                result = rule(f, "x")
            except CalculusError:
                with pytest.raises(checker.nodes.Bad):
                    other(node(f), "x")
                continue
            known += 1
            if rule is derivative:
                assert other(node(f), "x") == (node(result[0]), [node(c) for c in result[1]])
            else:
                assert other(node(f), "x") == [node(c) for c in result]
    assert known > 500


def test_fresh_names_do_not_meet_the_symbols_of_the_function():
    coming = int(fresh().split("#")[1])
    parameter = fam(f"v#{coming + 2}")                     # sum_ takes one name, the derivative the next
    slope, _ = derivative(sum_(n, lambda i: x * parameter), "x")
    assert (parameter.data, 0) in slope.free
    coming = int(fresh().split("#")[1])
    variable = f"v#{coming + 2}"
    assert derivative(sum_(n, lambda i: fam(variable) * i), variable)[0] == sum_(n, lambda i: ONE * i + fam(variable) * ZERO)


def test_conditions_under_a_sum_speak_of_its_indices_only():
    [condition] = continuous(sum_(n, lambda i: log(x - i)), "x")
    assert condition.op == "forall" and condition.args[0].op == "imp"
    assert condition.free == {("x", 0), ("n", 0)}
