"""Terms as SymPy: every claim converts, and at exact points both sides of its relations are the numbers that Arb finds."""
from __future__ import annotations

from fractions import Fraction

import pytest
import sympy

from theory.claim import Claim
from theory.evaluate import relations
from theory.points import Assignment
from theory.registry import load
from theory.terms import (PI, abs_, ball, deriv, each, exists, exp, fam, gamma, integrable, integral, inv, le, log, lt, max_, min_, nat, num, sqrt,
                          sum_, vol)
from theory.to_sympy import Exists, ForAll, Integrable, MaxOver, at, convert, statement

n, d, r, x = fam("n"), fam("d"), fam("r"), fam("x")
VALUES = {"n": 3, "d": 2, "r": Fraction(3, 2), "x": Fraction(-1, 3), "v": [Fraction(1, 2), -1, 2],
          "rho": [[1, 0, Fraction(-1, 2)], [2, Fraction(1, 3), 0]]}


def v(i):
    return fam("v", i)


def rho(i, k):
    return fam("rho", i, k)


def arb_value(t):
    """t by Arb, as the left side of t <= 0."""
    _, found = relations(le(t, num(0)), Assignment.of(sizes(), VALUES), 128)
    return sympy.Float(found[0].left.mid().str(30, radius=False), 30) if hasattr(found[0].left, "mid") else sympy.Rational(str(found[0].left))


def sizes():
    from theory.claim import family, scalar, size
    return [size("n"), size("d"), scalar("r"), scalar("x"), family("v", "n"), family("rho", "d", "n")]


def same(a, b) -> bool:
    return abs(sympy.N(a, 25) - sympy.N(b, 25)) < sympy.Float("1e-12") * (1 + abs(sympy.N(b, 25)))


@pytest.mark.parametrize("term", [
    x + 2 * x * x - num(Fraction(1, 7)), inv(r) - x / r, exp(x) * log(r), sqrt(r) + abs_(x), gamma(n / 2) * PI, vol(n) * r ** n,
    sum_(n, lambda i: v(i) * v(i)), sum_(n, lambda i: v(i) ** 2 + i), max_(n, v), min_(n, v), max_(d, lambda i: sum_(n, lambda k: rho(i, k) * v(k))),
    -log(sum_(d, lambda i: exp(-sum_(n, lambda k: (v(k) - rho(i, k)) ** 2)))), sum_(n, lambda i: max_(d, lambda j: rho(j, i))),
    integral(0, r, lambda t: t * t * exp(-t)), ball(n, r, lambda t: exp(-(t * t))), sum_(num(4), lambda i: i * i),
], ids=repr)
def test_the_value_is_the_one_that_arb_finds(term):
    assert same(at(convert(term, tuple(sizes())), VALUES), arb_value(term))


def test_what_stays_uninterpreted():
    found = convert(max_(n, v), tuple(sizes()))
    assert isinstance(found, MaxOver) and found.doit() == found and {str(s) for s in found.free_symbols} >= {"n", "v"}
    assert "i" not in {str(s) for s in found.free_symbols}
    assert isinstance(convert(each(n, lambda i: le(v(i), 1))), ForAll) and isinstance(convert(exists(lambda t: lt(t, x))), Exists)
    assert isinstance(convert(integrable(0, 1, lambda t: t)), Integrable)
    assert convert(nat(n)) == sympy.Contains(sympy.Symbol("n", real=True), sympy.S.Naturals0, evaluate=False)
    assert isinstance(convert(sum_(n, v)), sympy.Sum) and isinstance(convert(integral(0, r, exp)), sympy.Integral)
    assert convert(deriv(lambda t: t * t, x, 2 * x)).doit() is sympy.true


def test_bound_names_capture_nothing():
    i = fam("i")
    found = at(convert(sum_(n, lambda k: i * v(k) + sum_(d, lambda j: j * k * i)), tuple(sizes())), VALUES | {"i": 5})
    assert found == sum(5 * sympy.Rational(VALUES["v"][k]) + sum(j * k * 5 for j in range(2)) for k in range(3))


CLAIMS = list(load().claims.values())


@pytest.mark.parametrize("claim", CLAIMS, ids=[c.id for c in CLAIMS])
def test_every_claim_converts_and_is_written_out(claim: Claim):
    for label, formula in statement(claim):
        assert label in ("if", "then") and sympy.srepr(formula)
