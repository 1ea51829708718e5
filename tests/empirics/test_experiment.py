"""Ranges read off claims, the three outcomes, and records that refuse to be stale or touched."""
from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path

import pytest

from empirics import experiment as base
from empirics.experiment import Experiment, Range, Rival, digest, evidence, read, run, write
from theory.claim import Claim, Outcome, StoreError, scalar, size
from theory.terms import and_, eq, fam, inv, le, log, num

N0, Q = fam("n0"), fam("q")


def claim(low=1 - inv(log(N0)), high=num(1), **changes) -> Claim:
    fields = {"variables": (size("n0", 2), scalar("q")), "conclusion": and_(le(low, Q), le(Q, high)), "experiment": "toy.growth"}
    return Claim("toy.claim", "Sec.1", "q", **(fields | changes))


def toy(value=0.9, error=0.01, control=3.0) -> Experiment:
    def analyse(raw):
        v, e, c = raw
        return {"q": {"measured": {"value": v, "low": v - e, "high": v + e},
                      "control": {"value": c, "low": c - e, "high": c + e}}}
    return Experiment("toy.growth", lambda configuration, seed: [value, error, control], analyse, {"q": "nothing stored"},
                      {"toy.claim": Rival("twice as fast", num(2) - inv(log(N0)), num(2))}, {"draws": 1}, {"n0": 32})


def outcome(e: Experiment, c: Claim | None = None):
    c = c or claim()
    found = evidence(e, c, run(e, {c.id: c}))
    assert found.route == "experiment" and found.coverage and found.artefact["kind"] == "record"
    return found.outcome


def test_the_predicted_range_is_the_statement_at_the_configuration():
    assert toy().predicted(claim()) == Range(pytest.approx(1 - 1 / 3.4657359, rel=1e-7), 1.0)
    assert toy().predicted(claim(conclusion=le(Q, num(2) * N0))) == Range(None, 64.0)
    assert toy().rival(claim()).high == 2.0


def test_the_three_outcomes():
    assert outcome(toy(0.9)) is Outcome.HOLDS
    assert outcome(toy(1.9)) is Outcome.FAILS
    assert outcome(toy(5.0)) is Outcome.FAILS               # outside both: the prediction fails all the same
    assert outcome(toy(1.0, 0.05)) is Outcome.UNDECIDED     # across the edge
    assert outcome(toy(1.4, 1.0, 9.0)) is Outcome.UNDECIDED  # across both ranges


def test_a_control_that_comes_out_the_same_decides_nothing():
    assert outcome(toy(0.9, control=0.91)) is Outcome.UNDECIDED
    assert outcome(toy(1.9, control=1.91)) is Outcome.UNDECIDED


def test_a_measurement_inside_the_rivals_range_too_is_undecided():
    wide = claim(high=num(3))
    assert outcome(toy(1.9), wide) is Outcome.UNDECIDED and outcome(toy(1.2), wide) is Outcome.HOLDS


def test_ranges_are_computed_before_anything_is_measured():
    seen = []
    e = toy()
    late = Experiment(e.name, lambda c, s: seen.append("measured") or [0.9, 0.01, 3.0], e.analyse, e.controls, e.rivals,
                      e.configuration, e.numbers)
    with pytest.raises(StoreError, match="no range can be read off"):
        run(late, {"toy.claim": claim(conclusion=eq(Q, num(1)))})
    with pytest.raises(StoreError, match="states no rival"):
        other = Claim("toy.other", "Sec.1", "q", (size("n0", 2), scalar("q")), le(Q, num(1)), experiment="toy.growth")
        run(late, {"toy.other": other})
    with pytest.raises(StoreError, match="no claim is decided"):
        run(late, {})
    assert seen == []


def test_a_statement_about_something_that_is_not_measured():
    with pytest.raises(StoreError, match="measures q"):
        toy().predicted(claim(variables=(size("n0", 2), scalar("z")), conclusion=le(fam("z"), num(1))))


def test_a_record_says_everything_and_survives_the_disk(tmp_path):
    record = run(toy(), {"toy.claim": claim()})
    assert {"name", "configuration", "seeds", "versions", "device", "revision", "predicted", "rival", "control", "measured",
            "raw",
            "digest"} <= set(record)
    path = write(record, tmp_path)
    assert path.name == "toy.growth.json" and read(path) == record
    assert evidence(toy(), claim(), read(path)).outcome is Outcome.HOLDS
    assert path.read_bytes() == write(record, tmp_path).read_bytes()


@pytest.mark.parametrize("key, value", [("raw", [1.9, 0.01, 3.0]), ("predicted", {"toy.claim": [0, 5]}), ("numbers", {"n0": 4}),
                                        ("measured", {"q": {"value": 1.9, "low": 1.8, "high": 2.0}}), ("control", {}),
                                        ("rival", {})])
def test_whoever_changes_a_record_is_found_out(tmp_path, key, value):
    changed = {**run(toy(1.9), {"toy.claim": claim()}), key: value}
    if changed == run(toy(1.9), {"toy.claim": claim()}):
        changed["raw"] = [0.9, 0.01, 3.0]
    with pytest.raises(StoreError, match="was changed: its digest does not fit"):
        read(write(changed, tmp_path))
    changed["raw"] = [0.9, 0.01, 3.0] if key == "raw" else changed["raw"]
    changed["digest"] = digest(changed)                      # even with a digest made to fit
    with pytest.raises(StoreError) as caught:
        evidence(toy(), claim(), read(write(changed, tmp_path)))
    assert "run the experiment again" in str(caught.value) and "\n" not in str(caught.value)


def test_a_claim_that_says_something_else_now_makes_the_record_stale():
    record = run(toy(), {"toy.claim": claim()})
    with pytest.raises(StoreError, match="theory predicts .* for toy.claim"):
        evidence(toy(), claim(high=num(2)), record)


def test_unreadable_records_are_one_clear_line(tmp_path):
    for text in ("{", "[]", '{"schema": 1}'):
        path = tmp_path / "toy.growth.json"
        path.write_text(text)
        with pytest.raises(StoreError) as caught:
            read(path)
        assert "\n" not in str(caught.value)
    with pytest.raises(StoreError, match="cannot read the record"):
        read(tmp_path / "none.json")


def test_numbers_recomputed_elsewhere_may_differ_in_the_last_digits():
    record = copy.deepcopy(run(toy(), {"toy.claim": claim()}))
    record["measured"]["q"]["value"] += 1e-9
    record["digest"] = digest(record)
    assert evidence(toy(), claim(), record).outcome is Outcome.HOLDS


def test_importing_experiments_needs_neither_flint_nor_torch():
    code = ("import sys; sys.modules['flint'] = None; sys.modules['torch'] = None; "
            "import empirics.experiment, empirics.registry, empirics.capacity; print(list(empirics.registry.experiments()))")
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(base.__file__).resolve().parents[1], capture_output=True,
                          text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "capacity.krotov" in done.stdout


def test_json_holds_no_infinity():
    with pytest.raises(ValueError):
        digest({"raw": float("inf")})
    assert json.loads(json.dumps(Range(None, 1.0).as_json())) == [None, 1.0]
