"""Table 1: what is proved, what fails, and that the formal statements are about the running code's energies."""
from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from numerics.hopfield import Demircigil, Hopfield, Krotov
from theory.claim import Outcome
from theory.decide import decide
from theory.evaluate import exact_value, truth
from theory.niu2024 import appendix_a
from theory.niu2024.proofs import associative as proofs
from theory.niu2024.definitions import D, N, X
from theory.points import Assignment

CLAIMS = {c.id.removeprefix("niu2024.table1."): c for c in appendix_a.CLAIMS}
PROVED = ["hopfield_energy", "descent", "descent.parallel", "krotov_energy.amended", "krotov_capacity.linear", "rows",
          "demircigil_energy.amended"]
FAILING = ["krotov_energy", "demircigil_energy"]
POINT = {"n": 3, "d": 4, "rho": ((1, -1, 1), (1, 1, -1), (-1, 1, 1), (1, 1, 1)), "x": (1, -1, -1), "y": (-1, 1, 1),
         "b": (2, 0, -1),
         "r": 3}


def test_all_rows_of_the_table_are_covered_once():
    rows = [r for c in CLAIMS.values() if c.amends is None for r in c.covers]
    assert sorted(rows) == ["T1a", "T1b", "T1c", "T1d", "T1e", "T1f"]


@pytest.mark.parametrize("name", PROVED)
def test_proved_by_two_routes_and_no_mutant_survives(name):
    found = decide(CLAIMS[name], {})
    outcomes = {e.route: e.outcome for e in found.evidence}
    assert found.error is None and outcomes["proof"] is Outcome.HOLDS
    assert Outcome.HOLDS in (outcomes["enclosure"], outcomes["crosscheck"]) and Outcome.FAILS not in outcomes.values()
    assert found.mutants["survivors"] == [] and found.mutants["total"] >= 3


@pytest.mark.parametrize("name", FAILING)
def test_two_routes_refute_and_an_amendment_stands(name):
    found = decide(CLAIMS[name], {})
    assert sum(e.outcome is Outcome.FAILS for e in found.evidence) >= 2 and found.counterexample
    assert f"{name}.amended" in PROVED


def value(term) -> float:
    return float(exact_value(term, POINT))


def test_the_statements_are_about_the_energies_that_run():
    rho, x, b = (np.array(POINT[k], dtype=float) for k in ("rho", "x", "b"))
    assert value(proofs.hopfield(X)) == Hopfield(rho, b).energy(x)
    assert value(-(proofs.quadratic(X) / 2)) == Hopfield(rho).energy(x)
    assert value(appendix_a.polynomial(D)) == Krotov(rho, 3).energy(x)
    assert value(appendix_a.polynomial(N)) == Krotov(rho[:3], 3).energy(x)
    assert value(-proofs.squared_overlaps()) == Krotov(rho, 2).energy(x) == 2 * Hopfield(rho).energy(x)
    smaller = proofs.same_order()[1].args[0]
    point = Assignment({k: POINT[k] for k in ("n", "d", "rho", "x", "y")})
    below = Demircigil(rho).energy(x) < Demircigil(rho).energy(np.array(POINT["y"], dtype=float))
    assert (truth(smaller, point).outcome is Outcome.HOLDS) == bool(below)


def test_descent_needs_the_diagonal():
    """With W(m, m) < 0 a step along the field can raise the energy: the hypothesis is no decoration."""
    point = Assignment({"n": 1, "m": 0, "W": ((Fraction(-1),),), "b": (Fraction(1),), "x": (Fraction(0),), "y": (Fraction(4),)})
    c = CLAIMS["descent"]
    assert truth(c.conclusion, point).outcome is Outcome.FAILS
    assert truth(proofs.ALONG_FIELD, point).outcome is Outcome.HOLDS and truth(proofs.DIAGONAL, point).outcome is Outcome.FAILS


def test_swapped_sums_are_equal_for_every_size():
    theorem = proofs.swap_sums(proofs.natural_d(), N, lambda i, k: proofs.RHO(i, k) * X(k))
    assert theorem.hyps == {proofs.natural_d().concl}
    assert exact_value(theorem.concl.args[0], POINT) == exact_value(theorem.concl.args[1], POINT)
