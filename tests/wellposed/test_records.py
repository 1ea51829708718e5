"""Claims of experiments: their evidence is their record; without one they are undecided and wait, and the gate reads records anew."""
from __future__ import annotations

from dataclasses import replace

import pytest

from theory.claim import Claim, Evidence, Outcome, StoreError, scalar
from theory.decide import Finding
from theory.terms import fam, le, num
from theory.verdict import rule
from wellposed import records
from wellposed.cache import Cache
from wellposed.files import Home
from wellposed.pool import decide_one

CLAIM = Claim("toy.measured", "Sec.1", None, (scalar("q"),), le(fam("q"), num(1)), experiment="toy", module="theory.terms")
FOUND = Evidence("experiment", Outcome.HOLDS, "q = 0.5: inside", {"kind": "record", "summary": {"digest": "ab"}, "payload": {"digest": "ab"}}, seed=1)


@pytest.fixture
def record(monkeypatch):
    """What the floor below would say, in a list that a test may change."""
    from empirics import registry

    said = [FOUND, "ab"]
    monkeypatch.setattr(registry, "evidence_for", lambda claim: said[0] if claim.experiment else None)
    monkeypatch.setattr(registry, "record_digest", lambda name: said[1])
    return said


def test_a_record_decides_its_claim_and_is_no_certificate(record, tmp_path):
    raw = decide_one(CLAIM, {CLAIM.id: CLAIM}, Home(tmp_path))
    (item,) = raw["evidence"]
    assert item["artefact"] == {"kind": "record", "summary": {"digest": "ab"}, "file": None, "sha256": None} and item["seconds"] is not None
    assert rule({CLAIM.id: CLAIM}, {CLAIM.id: Finding.from_json(raw)})[CLAIM.id].verdict == "supported"
    assert not list(tmp_path.rglob("*.json"))


def test_without_a_record_it_waits(record, tmp_path):
    record[:] = [None, None]
    raw = decide_one(CLAIM, {CLAIM.id: CLAIM}, Home(tmp_path))
    ruling = rule({CLAIM.id: CLAIM}, {CLAIM.id: Finding.from_json(raw)})[CLAIM.id]
    assert ruling.verdict == "undecided" and ruling.reason.startswith("no record")


def test_a_stale_record_is_a_reason_and_not_a_verdict(record, tmp_path, monkeypatch):
    def stale(claim):
        raise StoreError("the record of toy is stale: run the experiment again")

    from empirics import registry
    monkeypatch.setattr(registry, "evidence_for", stale)
    raw = decide_one(CLAIM, {CLAIM.id: CLAIM}, Home(tmp_path))
    assert "is stale" in raw["error"] and rule({CLAIM.id: CLAIM}, {CLAIM.id: Finding.from_json(raw)})[CLAIM.id].verdict == "undecided"


def test_a_new_record_is_a_new_key_and_other_claims_do_not_care(record, tmp_path):
    cache = Cache(Home(tmp_path))
    plain = replace(CLAIM, experiment=None)
    before, other = cache.key(CLAIM, {}), cache.key(plain, {})
    record[1] = "cd"
    assert cache.key(CLAIM, {}) != before and cache.key(plain, {}) == other


def test_the_gate_notices_a_record_that_says_something_else_now(record):
    shown = [records.evidence(CLAIM)[0].as_json()]
    assert records.differences(CLAIM, shown) == [] and records.differences(replace(CLAIM, experiment=None), []) == []
    record[0] = replace(FOUND, outcome=Outcome.FAILS)
    assert "toy.measured: the record of toy says" in records.differences(CLAIM, shown)[0]
    record[0] = None
    assert "says nothing" in records.differences(CLAIM, shown)[0]
