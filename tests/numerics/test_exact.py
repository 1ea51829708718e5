"""Exact ground values: what is called equal is equal, and what is not recognised stays open."""
from __future__ import annotations

import random
from fractions import Fraction

import pytest
from flint import arb

from numerics import Piece, Undefined
from numerics.arb import Arb, precision, rational
from numerics.exact import Exact

F = Fraction
E = Exact()


def q(x):
    return E.literal(F(x))


def test_exp_and_log_laws():
    lse = E.log(E.add([E.exp(q("1/3"))] * 4))
    assert E.eq(lse, E.add([q("1/3"), E.mul([q(2), E.log(q(2))])])) is True
    assert E.lt(lse, E.add([q("1/3"), E.log(q(4))])) is False and E.le(lse, E.add([q("1/3"), E.log(q(4))])) is True
    assert E.eq(E.mul([E.exp(q(2)), E.exp(q(-2))]), q(1)) is True
    assert E.eq(E.exp(E.mul([q(3), E.log(q(2))])), q(8)) is True
    assert E.eq(E.log(q(1)), q(0)) is True and E.eq(E.exp(E.log(E.pi())), E.pi()) is True


def test_log_sum_exp_shifts():
    terms = [F(0), F(1), F(-5, 2)]
    plain = E.log(E.add([E.exp(q(t)) for t in terms]))
    shifted = E.log(E.add([E.exp(q(t + F(7, 3))) for t in terms]))
    assert E.eq(shifted, E.add([plain, q(F(7, 3))])) is True
    assert E.eq(E.exp(plain), E.add([E.exp(q(t)) for t in terms])) is True


def test_different_numbers_are_told_apart_and_close_ones_too():
    assert E.lt(E.exp(q(1)), E.pi()) is True and E.eq(E.pi(), q("22/7")) is False
    assert E.eq(E.log(q(6)), E.add([E.log(q(2)), E.log(q(3))])) is True and E.eq(E.log(q(6)), E.log(q(7))) is False


def test_what_is_not_recognised_is_unknown_never_equal():
    """sqrt(3 + 2 sqrt 2) = 1 + sqrt 2 is true, but no law here knows it."""
    root2 = E.power(q(2), None, F(1, 2))
    left, right = E.power(E.add([q(3), E.mul([q(2), root2])]), None, F(1, 2)), E.add([q(1), root2])
    assert E.eq(left, right) is None and E.lt(left, right) is None


def test_powers_and_gamma():
    assert E.eq(E.power(q(F(9, 4)), None, F(1, 2)), q(F(3, 2))) is True
    assert E.eq(E.gamma(q(F(5, 2))), E.mul([q(F(3, 4)), E.power(E.pi(), None, F(1, 2))])) is True
    assert E.eq(E.vol(2), E.pi()) is True and E.eq(E.vol(3), E.mul([q(F(4, 3)), E.pi()])) is True
    assert E.eq(E.power(q(0), None, F(0)), q(1)) is True
    for call in (lambda: E.power(q(0), None, F(-1)), lambda: E.inv(q(0)), lambda: E.log(q(0)), lambda: E.log(q(-1)),
                 lambda: E.gamma(q(0)), lambda: E.power(q(-1), None, F(1, 2))):
        with pytest.raises(Undefined):
            call()


def test_incomplete_gamma_recurrence_is_exact():
    """gamma(3, 2) = 2 - 10 e^-2, and gamma(n/2, r^2) by recurrence is the radial integral of the Gaussian."""
    value = E.integral(q(0), q(2), [Piece(q(1), F(2), q(1), F(1))], None)
    assert E.eq(value, E.add([q(2), E.mul([q(-10), E.exp(q(-2))])])) is True
    for n in (1, 2, 5):
        ball = E.ball(n, q(F(3, 2)), [Piece(q(1), F(0), q(1), F(2))], None)
        other = E.mul([E.power(E.pi(), None, F(n, 2)), E.inv(E.gamma(q(F(n, 2)))),
                       E.integral(q(0), q(F(9, 4)), [Piece(q(1), F(n, 2) - 1, q(1), F(1))], None)])
        assert E.eq(ball, other) is True


def _random(rng, depth, exact, balls):
    """The same random expression in exact numbers and in balls."""
    if depth == 0:
        value = F(rng.randrange(-6, 7), rng.choice([1, 2, 3]))
        return exact.literal(value), rational(value)
    kind = rng.choice(["add", "mul", "exp", "log", "inv", "pow", "max"])
    x, u = _random(rng, depth - 1, exact, balls)
    if kind in ("add", "mul", "max"):
        y, v = _random(rng, depth - 1, exact, balls)
        name = {"max": "maximum"}.get(kind, kind)
        return getattr(exact, name)([x, y]), getattr(balls, name)([u, v])
    if kind == "pow":
        e = rng.choice([F(2), F(3), F(1, 2), F(-1, 2), F(-2)])
        return exact.power(x, None, e), balls.power(u, None, e)
    return getattr(exact, kind)(x), getattr(balls, kind)(u)


def test_random_expressions_are_what_the_balls_say():
    rng, seen = random.Random(5), 0
    for _ in range(400):
        own = Exact()
        with precision(256):
            try:
                number, ball = _random(rng, rng.choice([1, 2, 3]), own, Arb())
            except Undefined:
                continue
        seen += 1
        assert own.enclose(number).overlaps(ball) and own.enclose(number).is_finite()
    assert seen > 150


def test_balls_of_exact_numbers_are_narrow():
    value = E.add([E.exp(q(1)), E.pi(), E.log(q(7))])
    with precision(320):
        assert E.enclose(value).rad() < arb(2) ** -290
