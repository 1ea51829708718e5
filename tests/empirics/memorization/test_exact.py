"""memorizer.exact: its predictions, controls and record; the instances; the scaling figure's numbers."""
from __future__ import annotations

import copy

import numpy as np
import pytest

from empirics import experiment as base, registry
from empirics.memorization import exact, instances, scaling
from numerics.memorizer import MemorizationError, Memorizer, retrieval
from numerics.memorizer.data import contexts, distinct
from theory.claim import Outcome, StoreError
from theory.registry import load

SMALL = {"sizes": [[16, 4, 4], [24, 6, 3]], "N settings": [12], "instances": 14, "N scaling": [16, 32], "n scaling": [2, 4],
         "d scaling": [2, 4], "N at most": {}}
CLAIMS = {name: c for name, c in load().claims.items() if c.experiment == "memorizer.exact"}
EXPERIMENT = exact.EXPERIMENTS[0]


@pytest.fixture(scope="module")
def raw():
    return exact.measure(SMALL, 5)


def test_every_claim_of_the_experiment_has_a_rival_and_a_quantity():
    assert set(CLAIMS) == set(exact.DECIDES)
    for name, c in CLAIMS.items():
        assert EXPERIMENT.quantity(c) == exact.DECIDES[name]


def test_no_label_is_wrong_and_every_control_is(raw):
    rows = raw["rows"] + raw["instances"]
    assert {r["setting"] for r in rows} >= {"equivariant", "positional", "sequence", "causal", "masked", "sparse"}
    assert all(r["wrong"] == 0 and r["moved"] in (0, None) and r["nonzero"] <= r["bound"] for r in rows)
    assert all(min(values) > 0 for values in raw["controls"].values())


def test_a_single_wrong_label_turns_the_outcome(raw):
    bad = copy.deepcopy(raw)
    bad["scaling"] = registry.records()["memorizer.exact"]["raw"]["scaling"]
    bad["rows"][0]["wrong"] = 1 / 64
    found = exact.analyse(bad)["wrong"]["measured"]
    claim = CLAIMS["kim2023.abstract.memorise.run"]
    assert not EXPERIMENT.predicted(claim).contains(found) and found["high"] == 1 / 64


def test_a_bug_in_the_construction_shows_in_the_figure(monkeypatch):
    """Words off by one: building must not refuse before wrong labels are counted, or the figure could only ever be 0."""
    real = retrieval.word
    monkeypatch.setattr(retrieval, "word", lambda p, a: real(p, a) ^ 1)
    monkeypatch.setattr(exact, "LARGE", 64)         # a slope of the small sizes, so that all is analysed
    tiny = {"sizes": [[40, 4, 4]], "N settings": [60], "instances": 7, "N scaling": [16, 32], "n scaling": [4], "d scaling": [4]}
    record = base.run(EXPERIMENT, CLAIMS, tiny, 5)
    for claim in CLAIMS.values():
        q = EXPERIMENT.quantity(claim)
        if q != "slope":
            assert record["measured"][q]["low"] > 0, q
            assert EXPERIMENT.predicted(claim).misses(record["measured"][q])
            assert base.evidence(EXPERIMENT, claim, record).outcome is not Outcome.HOLDS
    with pytest.raises(MemorizationError, match="does not give back its labels"):
        Memorizer.fit([[1, 2], [3, 4]], [[0, 1], [1, 0]], method="retrieval")


def test_the_record_supports_what_it_is_about():
    record = registry.records()["memorizer.exact"]
    for claim in CLAIMS.values():
        assert base.evidence(EXPERIMENT, claim, record).outcome is Outcome.HOLDS


def test_the_record_covers_what_was_asked_for():
    raw = registry.records()["memorizer.exact"]["raw"]
    sizes = {(r["N"], r["n"], r["d"]) for r in raw["rows"] if r["setting"] == "equivariant"}
    most = [max(s[k] for s in sizes) for k in range(3)]
    assert len(sizes) >= 18 and most[0] >= 1024 and most[1:] == [32, 64]
    assert len(raw["instances"]) >= 200 and {r["kind"] for r in raw["instances"]} == {"random", *instances.ADVERSARIES}
    everything = raw["rows"] + raw["instances"]
    assert all(r["nonzero"] <= r["bound"] for r in everything)
    assert all(r["total_bits"] >= r["labels_bits"] for r in everything)
    assert max(r["M"] for r in raw["scaling"]["auto"]) > 100_000


def test_labels_depend_on_the_context_alone():
    rng = np.random.default_rng(0)
    x = rng.integers(0, 2, size=(30, 4, 1))
    for setting in ("equivariant", "sequence", "causal", "positional"):
        y = instances.labels(x, 50, setting, rng)
        context = contexts(distinct(x)[1], setting)
        y = np.repeat(y[:, None], 4, axis=1) if y.ndim == 1 else y
        assert len({(int(c), int(v)) for c, v in zip(context.reshape(-1), y.reshape(-1))}) == len(np.unique(context))


def test_some_places_may_be_left_out():
    rng = np.random.default_rng(1)
    y = instances.labels(rng.integers(0, 9, size=(30, 4, 1)), 3, "masked", rng, 0.2)
    left = np.array([v is None for v in y.reshape(-1)])
    assert 0.5 < left.mean() < 1


@pytest.mark.parametrize("mask", [instances.ring(7), instances.star(5),
                                  instances.strongly_connected(9, np.random.default_rng(3))])
def test_masks_are_strongly_connected(mask):
    from numerics.memorizer.contextual import diameter
    assert 1 <= diameter(mask) < len(mask)


def test_permuted_labels_follow_their_tokens():
    rng = np.random.default_rng(2)
    x = rng.integers(0, 100, size=(5, 6, 1))
    moved, labels = instances.permuted(x, x[:, :, 0], rng)
    assert (moved[:, :, 0] == labels).all() and (np.sort(moved, axis=1) == np.sort(x, axis=1)).all() and (moved != x).any()


# ---------------------------------------------------------------- the figure

def test_slopes_and_crossovers_are_those_of_the_points():
    rows = [{"M": m, "nonzero": round(100 * m ** 0.5)} for m in (1000, 4000, 16000, 64000)]
    found = scaling.slope(rows, "M")
    assert found["value"] == pytest.approx(0.5, abs=1e-3) and found["low"] <= 0.5 <= found["high"]
    assert scaling.crossover(rows, [r["M"] for r in rows]) == pytest.approx(10_000, rel=1e-2)
    assert scaling.crossover(rows, [1] * 4) is None and scaling.crossover(rows, [1e9] * 4) == pytest.approx(1000)


def test_slopes_in_length_and_dimension_have_intervals_and_are_shown(tmp_path):
    """n (a layer per token): rows of a square root and of a constant plus a line, planted in the record."""
    record = copy.deepcopy(registry.records()["memorizer.exact"])
    rows = record["raw"]["scaling"]
    rows["length"] = [{**r, "nonzero": round(200 * r["n"] ** 0.5)} for r in rows["length"]]
    rows["dimension"] = [{**r, "nonzero": 500 + r["d"]} for r in rows["dimension"]]
    found = scaling.numbers(record)
    n, d = found["slope in n"], found["slope in d"]
    assert n["low"] <= 0.5 <= n["high"] < 0.51 and n["high"] - n["low"] < 0.01
    assert 0 < d["low"] < d["value"] < d["high"] < 0.25 and d["high"] - d["low"] > 0.05     # no power law: a wide interval
    assert found["added per dimension"] == pytest.approx(1)
    scaling.draw(record, tmp_path / "x.svg")
    drawn = (tmp_path / "x.svg").read_text()
    assert all(f"slope {s['value']:.3f} in [{s['low']:.3f}, {s['high']:.3f}]" in drawn for s in (n, d, found["slope in M"]))


def test_the_figure_is_drawn_from_the_record_and_says_so_without_one(tmp_path, monkeypatch):
    path = scaling.write(tmp_path)
    first = path.read_bytes()
    assert first.startswith(b"<?xml") and scaling.write(tmp_path).read_bytes() == first
    monkeypatch.setattr(registry, "path", lambda name: tmp_path / "none.json")
    with pytest.raises(StoreError, match="no record of memorizer.exact"):
        scaling.write(tmp_path)
