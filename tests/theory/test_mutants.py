"""Mutants: one change each, most of them false, and none forgiven."""
from __future__ import annotations

import sys
import types
from dataclasses import replace

import pytest

from theory import mutants as m
from theory.claim import Claim, Outcome, family, scalar, size
from theory.evaluate import truth
from theory.terms import Symbol, abs_, and_, each, eq, exp, fam, le, log, lt, max_, num, power, some, sum_

N, X, Y, R, T = fam("n"), Symbol("x"), Symbol("y"), fam("r"), fam("t")


def lse(f):
    return log(sum_(N, lambda i: exp(f(i))))


def claim(name, conclusion, *variables, hypotheses=()):
    return Claim(id=f"test.{name}", location="", printed=None, variables=variables, conclusion=conclusion, hypotheses=hypotheses)


ROW, PAIR = (size("n"), family("x", "n")), (size("n"), family("x", "n"), family("y", "n"))
TRUE = [claim("upper", le(lse(X), max_(N, X) + log(N)), *ROW),
        claim("lower", lt(max_(N, X), lse(X)), *ROW, hypotheses=(le(2, N),)),
        claim("lipschitz", le(abs_(lse(X) - lse(Y)), max_(N, lambda i: abs_(X(i) - Y(i)))), *PAIR),
        claim("convex", le(lse(lambda i: T * X(i) + (1 - T) * Y(i)), T * lse(X) + (1 - T) * lse(Y)), *PAIR, scalar("t", 0, 1)),
        claim("square", eq(power(R + 1, 2), R * R + 2 * R + 1), scalar("r"))]


@pytest.mark.parametrize("c", TRUE, ids=lambda c: c.id)
def test_no_mutant_of_a_sharp_statement_survives(c):
    figures = m.run(c, 0)
    assert figures["total"] >= 5 and figures["survivors"] == [] and figures["killed"] >= 4
    assert figures["total"] == figures["killed"] + figures["true"] + figures["equivalent"]
    assert m.run(c, 0) == figures


@pytest.mark.parametrize("c", TRUE, ids=lambda c: c.id)
def test_mutants_are_distinct_capped_and_one_change_each(c):
    found = m.mutants(c)
    assert len(found) <= m.CAP and len({(x.premises, x.conclusion) for x in found}) == len(found)
    assert all((x.conclusion != c.conclusion) != (x.premises != c.premises) for x in found)


def test_a_kill_is_certified():
    c = TRUE[0]
    for x in m.mutants(c):
        point = m.counterexample(replace(c, hypotheses=x.hypotheses), x.conclusion)
        assert point is not None and truth(x.conclusion, point).outcome is Outcome.FAILS
        assert all(truth(p, point).outcome is Outcome.HOLDS for p in x.premises)


def test_the_named_operators_are_there():
    kinds = {x.description.split(":")[0] for c in TRUE for x in m.mutants(c)}
    assert {"strictness", "sign", "constant", "summand", "variable", "max for min", "range", "direction"} <= kinds
    assert any(x.description == "without the hypothesis 2 <= n" for x in m.mutants(TRUE[1]))


def test_dropping_a_hypothesis_is_killed_where_it_was_needed():
    c = TRUE[1]
    dropped = next(x for x in m.mutants(c) if x.description.startswith("without"))
    assert le(num(2), N) not in dropped.premises and m.kill(c, dropped) == "killed"


def test_a_weak_check_has_survivors():
    """0 <= x^2 for x in [1, 2] is loose: a stronger true statement lives, and is named."""
    loose = claim("loose", le(0, R * R), scalar("r", 1, 2))
    figures = m.run(loose, 0)
    assert figures["survivors"], figures


def test_a_survivor_that_the_proof_route_proves_is_true(monkeypatch):
    proof = types.ModuleType("theory.routes.proof")
    proof.prove_true = lambda c, x: "1" in x.description
    monkeypatch.setitem(sys.modules, "theory.routes.proof", proof)
    loose = claim("loose", le(0, R * R), scalar("r", 1, 2))
    assert m.run(loose, 0)["true"] >= 1


def test_equivalent_statements_are_recognised():
    assert m.equivalent(le(R, 2 * R + 1), le(num(-1) - R, num(0) * R)) and m.equivalent(eq(R, 1), eq(2 * R, 2))
    assert not m.equivalent(le(R, 1), le(1, R)) and not m.equivalent(le(R, 1), lt(R, 1)) and not m.equivalent(eq(R, 1), eq(R, 2))
    a, b = each(N, lambda i: le(X(i), 1)), each(N, lambda i: le(X(i) * 2, 2))
    assert m.equivalent(a, b) and not m.equivalent(a, some(N, lambda i: le(X(i), 1)))
    c = claim("equivalent", le(R, R + 1), scalar("r"))
    assert m.kill(c, m.Mutant("the same", c.premises, le(2 * R, 2 * R + 2), ())) == "equivalent"


def test_loosening_tests_nothing():
    c = TRUE[0]
    sample = m.bank(c, 100, 0)[:40]
    assert not m.demanding(c.conclusion, le(lse(X), max_(N, X) + log(N) + 1), sample)
    assert m.demanding(c.conclusion, le(lse(X), max_(N, X)), sample)
    both = and_(c.conclusion, c.conclusion)
    assert not m.demanding(both, and_(c.conclusion, le(lse(X), max_(N, X) + 2 * log(N))), sample)


def test_a_meaningless_mutant_is_no_mutant():
    c = claim("power", le(0, power(R, 2)), scalar("r"))
    assert not m.demanding(c.conclusion, le(0, log(-power(R, 2) - 1)), m.bank(c, 100, 0)[:40])
