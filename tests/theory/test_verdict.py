"""The table of verdicts, line by line: one route is never enough, and routes that contradict each other are an error."""
from __future__ import annotations

from dataclasses import replace

import pytest

from theory.claim import Claim, ClaimError, Evidence, EvidenceConflict, Outcome, size
from theory.decide import Finding
from theory.routes import proof
from theory.tactics import assume
from theory.terms import fam, le, num
from theory.verdict import rule

N = fam("n")
CLAIM = Claim(id="toy.a", location="", printed="", variables=(size("n"),), conclusion=le(2, N))
MEND = replace(CLAIM, id="toy.a.amended", amends="toy.a", hypotheses=(le(num(2), N),), proof=lambda: assume(le(num(2), N)))


def found(**outcomes) -> Finding:
    return Finding(tuple(Evidence(route, Outcome(o), "somewhere") for route, o in outcomes.items()))


def verdict(claim: Claim, finding: Finding, *others) -> str:
    claims = {claim.id: claim} | {c.id: c for c, _ in others}
    return rule(claims, {claim.id: finding} | {c.id: f for c, f in others})[claim.id].verdict


PROVED = found(proof="holds", enclosure="holds")


@pytest.mark.parametrize("outcomes, want", [
    ({"proof": "holds"}, "undecided"), ({"proof": "holds", "search": "undecided"}, "undecided"), ({"proof": "holds", "crosscheck": "holds"}, "proved"),
    ({"enclosure": "holds", "crosscheck": "holds"}, "undecided"), ({"search": "fails"}, "undecided"), ({"proof": "fails"}, "undecided"),
    ({"search": "fails", "crosscheck": "fails"}, "refuted"), ({"search": "undecided"}, "undecided"), ({}, "undecided"),
    ({"experiment": "holds"}, "supported"), ({"experiment": "fails"}, "contradicted"), ({"experiment": "undecided"}, "undecided"),
])
def test_what_each_verdict_needs(outcomes, want):
    assert verdict(CLAIM, found(**outcomes)) == want


def test_conditional_needs_a_proved_amendment_that_only_adds_hypotheses():
    fails = found(search="fails", crosscheck="fails")
    assert verdict(CLAIM, fails, (MEND, PROVED)) == "conditional"
    assert verdict(CLAIM, fails, (MEND, found(proof="holds"))) == "refuted"
    assert verdict(CLAIM, fails, (replace(MEND, conclusion=le(1, N)), PROVED)) == "refuted"
    assert verdict(replace(CLAIM, ill_posed="n has two meanings"), fails, (MEND, PROVED)) == "ill-posed"


def test_routes_that_disagree_are_an_error_and_no_vote():
    with pytest.raises(EvidenceConflict):
        verdict(CLAIM, found(proof="holds", enclosure="holds", search="fails"))


def test_what_rests_on_a_failing_claim_is_unsupported():
    above = replace(CLAIM, id="toy.b", rests_on=("toy.a",))
    rulings = rule({c.id: c for c in (CLAIM, above)}, {"toy.a": found(search="fails", crosscheck="fails"), "toy.b": PROVED})
    assert (rulings["toy.b"].verdict, rulings["toy.b"].effective) == ("proved", "unsupported")


def test_a_proof_of_something_else_or_from_more_is_refused():
    assert proof.run(MEND, 1).outcome is Outcome.HOLDS
    with pytest.raises(ClaimError, match="proves"):
        proof.run(replace(MEND, conclusion=le(3, N)), 1)
    with pytest.raises(ClaimError, match="assumes"):
        proof.run(replace(MEND, hypotheses=()), 1)
