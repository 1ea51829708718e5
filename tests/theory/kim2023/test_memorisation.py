"""Which rows are covered and how they are decided; that proofs prove the statements, and fail when a statement is changed."""
from __future__ import annotations

import dataclasses
import importlib
import pytest

from theory.claim import ClaimError, Outcome
from theory.decide import decide
from theory.domain import admissible
from theory.evaluate import truth
from theory.kim2023.proofs import counts
from theory.points import Assignment
from theory.registry import load
from theory.routes.proof import run as prove
from theory.verdict import rule

MODULES = ("abstract", "section1", "section1_1", "section3", "section4")
CLAIMS = {c.id: c for m in MODULES for c in importlib.import_module(f"theory.kim2023.{m}").CLAIMS}
PROVED = {"K1": "abstract.memorise", "K2": "abstract.permutations", "K3": "abstract.rate", "K4": "construction.count",
          "K5": "contextual.layers", "K7": "abstract.positions", "K8": "classification.rate", "K9": "language", "K10": "sparse",
          "K11": "shift.layers", "K12": "shift.vastly", "K15": "information", "K16": "intro.precision",
          "K17": "related.separation", "K18": "softmax", "K20": "intro.equivariance"}
REFUTED = {"K6": "construction.range"}
CITED = {"K13": "related.vc", "K14": "related.bounds", "K21": "intro.double_descent"}
EMPIRICAL = {"K19": "abstract.experiments"}
QUANTITIES = {"memorizer.exact": {"wrong", "moved", "placed", "classified", "continued", "sparse", "slope"},
              "memorizer.trained": {"within", "exponent"}}
DECIDED = [c for c in CLAIMS.values() if c.cited is None and c.experiment is None]
FAILING = [c for c in DECIDED if c.proof is None]
QUICK = ["construction.count", "construction.count.slack",
         "construction.count.slack.amended", "information.each", "related.exponents", "shift.layers.any",
         "abstract.rate.fewer", "abstract.rate.fewer.amended", "intro.precision.fixed", "intro.precision.fixed.amended",
         "contextual.sets", "contextual.sets.amended", "shift.vastly", "language.positions"]


def test_every_row_has_one_literal_claim():
    literal = {row: c.id.removeprefix("kim2023.") for c in CLAIMS.values() if c.amends is None for row in c.covers}
    assert literal == {**PROVED, **REFUTED, **CITED, **EMPIRICAL} and len(literal) == 21
    assert sum(len(c.covers) for c in CLAIMS.values() if c.amends is None) == 21


def test_kinds_of_claims():
    for rows, has in ((PROVED, "proof"), (CITED, "cited"), (EMPIRICAL, "experiment")):
        assert all(getattr(CLAIMS[f"kim2023.{name}"], has) for name in rows.values()), has
    for c in CLAIMS.values():
        assert c.printed is not None or c.reconstruction, c.id
        assert c.reading_of is None or not c.covers, c.id


def test_failing_claims_have_proved_amendments():
    amended = {c.amends: c for c in CLAIMS.values() if c.amends}
    for c in FAILING:
        assert amended[c.id].proof is not None and CLAIMS[c.id].amends is None, c.id


@pytest.mark.parametrize("name", [c.id for c in DECIDED if c.proof or c.refutation])
def test_proofs_prove_the_statements_and_both_checkers_accept_them(name):
    c = CLAIMS[name]
    found = prove(c, 1)                 # refuses another conclusion, further hypotheses, and a log that the second checker rejects
    assert found.outcome is (Outcome.HOLDS if c.proof else Outcome.FAILS)
    assert set(found.artefact["summary"]["axioms"]) <= {"exp_log", "exp_positive", "exp_tangent", "log_exp"}
    assert found.artefact["summary"]["witness"] is not None


@pytest.mark.parametrize("name", [c.id for c in DECIDED if c.points])
def test_points_are_in_the_domain_and_the_statement_is_as_decided_there(name):
    c = CLAIMS[name]
    points = [Assignment.of(c.variables, raw) for raw in c.points]
    assert all(admissible(c, p, quick=False) is Outcome.HOLDS for p in points)
    outcomes = [truth(c.conclusion, p).outcome for p in points]
    if c.proof is not None:
        assert set(outcomes) <= {Outcome.HOLDS, Outcome.UNDECIDED} and outcomes.count(Outcome.HOLDS) >= 4
    else:
        assert Outcome.FAILS in outcomes


@pytest.mark.parametrize("name", QUICK)
def test_decided_by_two_routes_and_no_mutant_survives(name):
    found = decide(CLAIMS[f"kim2023.{name}"], CLAIMS)
    outcomes = [e.outcome for e in found.evidence]
    expected = Outcome.HOLDS if CLAIMS[f"kim2023.{name}"].proof else Outcome.FAILS
    assert found.error is None and outcomes.count(expected) >= 2
    assert not {Outcome.HOLDS, Outcome.FAILS} <= set(outcomes)
    assert found.mutants is None or (found.mutants["survivors"] == [] and found.mutants["total"] >= 3)


@pytest.mark.slow
def test_all_verdicts():
    findings = {name: decide(c, CLAIMS) for name, c in CLAIMS.items()}
    rulings = rule(CLAIMS, findings)
    for rows, verdict in ((PROVED, "proved"), (REFUTED, "refuted"), (CITED, "cited")):
        for row, name in rows.items():
            assert rulings[f"kim2023.{name}"].verdict == verdict, row
    for c in DECIDED:
        r = rulings[c.id]
        assert r.verdict == ("proved" if c.proof else "conditional" if c.id in CONDITIONAL else "refuted"), (c.id, r.reason)
        assert r.verdict == "proved" or rulings[r.amendment].verdict == "proved", c.id
        assert findings[c.id].mutants is None or findings[c.id].mutants["survivors"] == [], c.id


CONDITIONAL = {"kim2023.shift.layers.any", "kim2023.related.separation.converse"}


def test_experiments_state_a_range_for_a_quantity_that_is_measured():
    for c in CLAIMS.values():
        if c.experiment is not None:
            (variable,) = c.variables
            assert variable.name in QUANTITIES[c.experiment] and {(variable.name, 0)} == set(c.conclusion.free), c.id


def test_the_paper_is_found_and_complete():
    registry = load()
    assert len(registry.rows["kim2023"]) == 21 and "kim2023" not in registry.uncovered()
    assert {name for name in registry.claims if name.startswith("kim2023.")} == set(CLAIMS)


def test_a_changed_statement_is_not_proved():
    """The proof of the rate proves 32, not 31: the proof route refuses another conclusion."""
    c = CLAIMS["kim2023.abstract.rate"]
    left, right = c.conclusion.args
    with pytest.raises(ClaimError, match="its proof proves"):
        prove(dataclasses.replace(c, conclusion=counts.lt(left, right - 1)), 1)
    with pytest.raises(ClaimError, match="assumes"):
        prove(dataclasses.replace(c, hypotheses=c.hypotheses[:2]), 1)
