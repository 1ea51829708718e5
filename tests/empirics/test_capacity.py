"""The capacity experiments at a small scale, their fits on made-up counts, and the committed records."""
from __future__ import annotations

import numpy as np
import pytest

from empirics import capacity, registry, simulate
from empirics.curves import capacities, crossing, growth, hull, interval, loglog, probit
from numerics.hopfield import Demircigil, Krotov
from theory.claim import Claim, StoreError
from theory.niu2024 import appendix_a

CLAIMS = {c.id: c for c in appendix_a.CLAIMS}
DECIDED = {c.id: c for c in CLAIMS.values() if c.experiment}
OUTCOMES = {"hopfield": "holds", "krotov_capacity": "fails", "krotov_capacity.amended": "holds",
            "krotov_capacity.perfect": "holds",
            "demircigil_capacity": "fails", "demircigil_capacity.amended": "holds", "demircigil_capacity.exponent": "holds",
            "mchn_capacity": "holds", "mchn_capacity.constant": "holds"}
SMALL = {"capacity.hopfield": {"n": [24, 48], "n control": [10, 16], "groups": 4, "repeats": 1},
         "capacity.krotov": {"n": {"2": [32, 64], "3": [24, 40]}, "n control": [32, 48], "groups": 4, "bits": 40000},
         "capacity.demircigil": {"n": [8, 12], "n control": [6, 8], "groups": 6, "draws": 300},
         "capacity.mchn": {"n": [6, 9, 12], "n control": [8, 12], "groups": 4, "bits": 20000}}


def test_blocks_count_what_the_energy_says():
    """The streamed count is the count of negative flip energies, for every prefix of the patterns."""
    n, tested, sizes = 12, 4, [4, 9, 30]
    for order in (1, 2, 3, 4):
        bits, patterns = simulate.unstable_bits(np.random.default_rng(order), n, order, sizes, tested)
        rng = np.random.default_rng(order)
        stored = simulate.signs(rng, tested, n)
        for k, size in enumerate(sizes):
            if size > len(stored):
                stored = np.concatenate([stored, simulate.signs(rng, size - len(stored), n)])
            wrong = Krotov(stored.astype(float), order).flips(stored[:tested].astype(float)) < 0
            assert (bits[k], patterns[k]) == (wrong.sum(), wrong.any(1).sum())


def test_two_patterns_one_bit_apart_are_never_both_stored():
    rng = np.random.default_rng(3)
    for _ in range(20):
        stored = simulate.signs(rng, 12, 10).astype(float)
        stored[1] = stored[0] * np.where(np.arange(10) == 4, -1, 1)
        unstable = (Demircigil(stored).flips(stored[:2]) < 0).any(1)
        assert unstable.any()


def test_signs_are_fair_or_biased():
    rng = np.random.default_rng(0)
    fair, biased = simulate.signs(rng, 4000, 13), simulate.signs(rng, 4000, 13, 0.75)
    assert set(np.unique(fair)) == {-1.0, 1.0} and abs(fair.mean()) < 0.02 and abs(biased.mean() - 0.5) < 0.02
    assert abs(np.corrcoef(fair[:, 0], fair[:, 1])[0, 1]) < 0.06


def test_the_crossing_of_exact_shares_is_found():
    sizes = [20, 40, 60, 90]
    gaussian = [1 - capacity_share(0.2 * 60 / s) for s in sizes]
    assert np.exp(crossing(sizes, gaussian, 1 - capacity_share(1.0), probit)) == pytest.approx(12, rel=1e-6)
    pairs = [1 - 2.0 ** -((s / 50) ** 2) for s in sizes]
    assert np.exp(crossing(sizes, pairs, 0.5, loglog)) == pytest.approx(50, rel=1e-6)
    assert np.isnan(crossing(sizes, [0, 0, 0, 1], 0.5, loglog))


def capacity_share(ratio: float) -> float:
    """The normal distribution function at sqrt(ratio)."""
    from statistics import NormalDist
    return NormalDist().cdf(ratio ** 0.5)


def test_an_interval_holds_the_exponent_that_made_the_counts():
    rng = np.random.default_rng(11)
    curves = []
    for n in (10, 20, 40):
        sizes = [round(0.3 * n ** 2 * f) for f in (0.6, 0.8, 1, 1.3, 1.7)]
        shares = [1 - 0.5 ** ((s / (0.3 * n ** 2)) ** 2) for s in sizes]
        curves.append({"n": n, "sizes": sizes, "trials": 200, "failed": [rng.binomial(200, shares).tolist() for _ in range(10)]})
    values = capacities(curves, 0.5, loglog, np.random.default_rng(1))
    found = interval(growth(values, np.log([10, 20, 40])))
    assert found["low"] < 2 < found["high"] and found["high"] - found["low"] < 0.2
    again = interval(growth(capacities(curves, 0.5, loglog, np.random.default_rng(1)), np.log([10, 20, 40])))
    assert found == again
    assert hull([found, {"value": 0.0, "low": -1.0, "high": 1.0}])["low"] == -1.0
    with pytest.raises(ValueError, match="do not cross"):
        interval(np.full(201, np.nan))


@pytest.mark.parametrize("name", list(SMALL))
def test_every_experiment_runs_small_and_gives_all_its_quantities(name):
    e = registry.find(name)
    raw = e.measure({**e.configuration, **SMALL[name]}, 5)
    found = e.analyse(raw)
    assert set(found) == set(e.controls)
    for q in found.values():
        assert q["measured"]["low"] < q["measured"]["value"] < q["measured"]["high"]
    assert raw == e.measure({**e.configuration, **SMALL[name]}, 5)


def test_every_capacity_claim_has_an_experiment_that_speaks_of_it():
    assert set(DECIDED) == {f"niu2024.table1.{k}" for k in OUTCOMES}
    assert {c.experiment for c in DECIDED.values()} == {e.name for e in capacity.EXPERIMENTS} <= set(registry.experiments())
    for c in DECIDED.values():
        e = registry.find(c.experiment)
        predicted, rival = e.predicted(c), e.rival(c)
        assert predicted.high is not None and predicted != rival


@pytest.mark.parametrize("name", list(OUTCOMES))
def test_the_committed_records_decide_the_printed_capacities(name):
    found = registry.evidence_for(DECIDED[f"niu2024.table1.{name}"])
    assert found is not None and found.outcome.value == OUTCOMES[name], found


def test_records_and_their_digests(tmp_path):
    kept = {name: record for name, record in registry.records().items() if name.startswith("capacity.")}
    assert set(kept) == {e.name for e in capacity.EXPERIMENTS}
    for name, record in kept.items():
        assert registry.record_digest(name) == record["digest"] and record["name"] == name
        assert record["seconds"] < 60
    assert registry.record_digest("capacity.krotov", tmp_path) is None
    claim = DECIDED["niu2024.table1.krotov_capacity"]
    assert registry.evidence_for(claim, tmp_path) is None
    waiting = Claim("niu2024.x", "", None, (), claim.conclusion, experiment="unwritten")
    assert registry.evidence_for(waiting, tmp_path) is None
    assert registry.evidence_for(CLAIMS["niu2024.table1.rows"]) is None
    (tmp_path / "unwritten.json").write_text("{}")
    with pytest.raises(StoreError, match="no experiment here"):
        registry.evidence_for(waiting, tmp_path)


def test_the_measured_growth_is_the_one_that_theory_predicts_for_demircigil():
    """(2 log 2)^(1/2) 2^(n/2) n^(-1/2), up to a few per cent, at every n of the record."""
    for curve in registry.records()["capacity.demircigil"]["raw"]["every"]:
        failed = np.array(curve["failed"]).sum(0) / (len(curve["failed"]) * curve["trials"])
        found = crossing(curve["sizes"], failed, 0.5, loglog)
        assert found == pytest.approx(0.5 * np.log(2 * np.log(2) * 2 ** curve["n"] / curve["n"]), abs=0.1)
