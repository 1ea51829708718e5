"""The trained counterpart (K19): the pipeline finds the law that a stand-in for training obeys; stopped runs go on; a record."""
from __future__ import annotations

import ast
import json

import numpy as np
import pytest

from empirics import experiment as base
from empirics import registry
from empirics.memorization import __main__ as cli
from empirics.memorization import analysis, data, drawing, keeping
from empirics.memorization.experiment import CONFIGURATION, SMALL, TRAINED, built, measured
from empirics.memorization.keeping import Kept, OutOfTime
from empirics.memorization.measuring import measure, passed, select
from empirics.memorization.shape import Shape
from theory.claim import Outcome, StoreError
from theory.kim2023 import abstract

CLAIMS = {c.id: c for c in abstract.CLAIMS if c.experiment == "memorizer.trained"}
RECORD = base.RECORDS / "memorizer.trained.json"
C = {**CONFIGURATION, "constructed": []}
recorded = pytest.mark.skipif(not RECORD.exists(), reason="there is no record yet: run `python -m empirics.memorization`")


def law(power, scale=1.0, noise=0.1, rule=0.0):
    """A stand-in for training: `scale` * parameters^power labels are memorised, with a factor of seed and luck; labels that
    follow a rule always are (or, with `rule`, by parameters^rule)."""
    def run(request):
        sequence = request["task"] == "sequence"
        p = Shape(request["width"], request["length"], request["vocabulary"], request["classes"], sequence).parameters()
        out = []
        for seed, n, rate in request["models"]:
            labels = n if sequence else n * request["length"]
            luck = np.random.default_rng((seed, request["width"], sequence)).normal(0, noise)
            holds = scale * p ** power * np.exp(luck) * (1.0 if rate == 0.04 else 0.5)
            if request["rule"] == "simple":
                holds = p ** rule if rule else np.inf
            out.append({"wrong": 0 if labels <= holds else int(labels - holds) // 2 + 1, "labels": labels, "step": 7})
        return out
    return run


def raw(*how, **more):
    return json.loads(json.dumps({**measure(C, 1, law(*how, **more)), "constructed": []}))


@pytest.mark.parametrize("power, scale, exponent", ((1.0, 0.8, 1.0), (2.0, 4e-4, 0.5), (1.25, 0.15, 0.8)))
def test_the_law_behind_the_trials_is_found(power, scale, exponent):
    found = TRAINED.analyse(raw(power, scale))
    for q in ("exponent", "sequence", "synthetic"):
        i = found[q]["measured"]
        assert i["low"] < exponent < i["high"] and i["value"] == pytest.approx(exponent, rel=0.15)
        assert found[q]["control"] == {"value": 0.0, "low": 0.0, "high": 0.0}
    assert set(found) == set(TRAINED.controls)


def test_bits_per_parameter_are_counted_up_to_the_wrong_labels_allowed():
    assert analysis.information(10, 4, 0.0) == 20 and analysis.information(1, 4, 0.75) == pytest.approx(0)
    assert analysis.information(1, 2, 0.11) == pytest.approx(0.5, abs=0.001)        # 1 - h(0.11)
    found = TRAINED.analyse(raw(1.0, 0.8, noise=0.0))["bits"]
    whole = analysis.information(0.8, 4, 0.005)
    assert found["measured"]["low"] <= whole <= found["measured"]["high"] and whole < 1.6
    assert found["control"]["low"] > found["measured"]["high"]


def test_a_control_that_needs_parameters_too_shows():
    found = TRAINED.analyse(raw(1.0, 0.8, rule=1.0))
    assert found["exponent"]["control"]["value"] > 0.5


def test_the_learning_rate_of_fewest_mistakes_is_kept_and_the_search_uses_it_alone():
    trials = raw(1.0, 0.8)["trials"]
    wide = select(trials, task="token", text="novels", width=12, rule="random")
    assert {t["rate"] for t in wide} == {0.04}                      # tuned at widths up to 6
    cell = select(trials, task="token", text="novels", width=6, rule="random")
    assert analysis.chosen(cell) == 0.04 and {t["rate"] for t in cell if t["k"]} == {0.04}
    assert {t["rate"] for t in cell if not t["k"]} == set(C["rates"]) and len({t["seed"] for t in cell}) == 3
    for low, high in analysis.brackets(cell, 0.005):
        assert low < high <= 1.2 ** 1.3 * low
    assert len(analysis.curve(raw(1.0, 0.8), "token", "novels")) == len(C["widths"]["token"]["novels"])


def test_success_is_a_share_of_wrong_labels():
    assert passed({"wrong": 5, "labels": 1000}, 0.005) and not passed({"wrong": 6, "labels": 1000}, 0.005)


def test_a_model_that_learns_nothing_is_one_line():
    with pytest.raises(StoreError, match="does not memorise 2 contexts in 4500 steps"):
        measure(C, 1, law(1.0, 1e-9))


# ---------------------------------------------------------------- runs that stop

def test_a_stopped_run_goes_on_and_ends_the_same(tmp_path, monkeypatch):
    made = []
    def counted(request, device):
        made.append(request)
        return law(1.0, 0.8)(request)
    monkeypatch.setattr(keeping, "train", counted)
    whole = measure(C, 1, Kept(tmp_path / "whole.jsonl"))
    total, log = len(made), tmp_path / "log.jsonl"
    class Stop(Exception):
        pass
    for stop in (3, 9, 1):
        made.clear()
        def until(line):
            if len(made) == stop:
                raise Stop
        with pytest.raises(Stop):
            measure(C, 1, Kept(log, say=until))
    with log.open("a") as file:
        file.write('{"found": [{"torn')
    made.clear()
    kept = Kept(log)
    assert measure(C, 1, kept) == whole and len(made) == total - 13
    made.clear()
    assert measure(C, 1, Kept(log)) == whole and not made           # the torn line was closed: the file reads well


def test_somebody_elses_file_is_refused_as_it_is(tmp_path):
    other = tmp_path / "notes.txt"
    other.write_text("remember the milk")
    with pytest.raises(StoreError, match="no batch"):
        Kept(other)
    assert other.read_text() == "remember the milk"


def test_time_that_is_used_up_stops_before_the_next_batch(tmp_path):
    with pytest.raises(OutOfTime, match="0 models are trained"):
        measure(C, 1, Kept(tmp_path / "log.jsonl", seconds=-1.0))


def test_a_damaged_line_is_refused(tmp_path):
    (tmp_path / "log.jsonl").write_text('{"request": 1}\n')
    with pytest.raises(StoreError, match="line 1, is no finished batch"):
        Kept(tmp_path / "log.jsonl")


def test_bad_requests_of_the_command_exit_2(tmp_path, capsys):
    (tmp_path / "log.jsonl").write_text("nonsense\n")
    assert cli.main(["--small"]) == 2 and "would overwrite the record" in capsys.readouterr().err
    assert cli.main(["--log", str(tmp_path / "log.jsonl"), "--out", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "remove the line" in said
    assert cli.main(["--seconds", "-1", "--log", str(tmp_path / "new.jsonl"), "--out", str(tmp_path)]) == 0
    assert "run again to go on" in capsys.readouterr().out and not list(tmp_path.glob("*.json"))


# ---------------------------------------------------------------- what makes the record stale

def _imported(path, seen):
    """The modules of these floors that a file reaches by its import statements."""
    if path in seen:
        return
    seen.add(path)
    for node in ast.walk(ast.parse((base.ROOT / path).read_text())):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module, *(f"{node.module}.{a.name}" for a in node.names)]
        for name in names:
            file = name.replace(".", "/") + ".py"
            if name.split(".")[0] in ("empirics", "numerics") and (base.ROOT / file).exists():
                _imported(file, seen)


def test_the_sources_are_the_files_that_the_figures_depend_on():
    reached: set[str] = set()
    _imported("empirics/memorization/experiment.py", reached)
    _imported("numerics/memorizer/memorizer.py", reached)       # which the package hands on
    reached.discard("empirics/experiment.py")                   # what all experiments share
    named = {s for s in TRAINED.sources if s.endswith(".py")}
    inside = {f for f in reached if f.startswith("numerics/memorizer/")}
    assert "empirics/memorization/training.py" in reached and reached - inside == named and inside
    assert "numerics/memorizer" in TRAINED.sources and not any(name in s for name in ("exact", "scaling") for s in named)
    assert data.PLACES[0] == base.ROOT / next(s for s in TRAINED.sources if s.endswith(".xz"))


# ---------------------------------------------------------------- the real thing

def test_the_construction_is_counted_on_the_same_contexts():
    rows = built({**C, "widths": {"token": {"random": [4]}, "sequence": {"novels": [4]}}, "constructed": [8, 16]}, 1)
    assert [(r["task"], r["labels"]) for r in rows][:2] == [("sequence", 8), ("sequence", 16)]
    assert all(0 < r["nonzero"] < r["dense"] for r in rows) and rows[-1]["labels"] == 128


@pytest.mark.slow
def test_a_small_run_trains_searches_and_gives_every_quantity(tmp_path):
    pytest.importorskip("torch").set_num_threads(1)
    log, c = tmp_path / "log.jsonl", {**CONFIGURATION, **SMALL}
    raw = measured(c, 5, Kept(log))
    found = TRAINED.analyse(json.loads(json.dumps(raw)))
    assert set(found) == {"exponent", "bits", "within"} and found["exponent"]["measured"]["value"] > 0.1
    assert measure(c, 5, Kept(log, seconds=-1.0))["trials"] == raw["trials"]
    line = json.loads(log.read_text().splitlines()[0])
    assert keeping.train(line["request"]) == line["found"]                          # trained anew: the same


def test_every_claim_of_the_experiment_has_a_range_and_a_rival():
    assert CLAIMS
    for claim in CLAIMS.values():
        predicted, rival = TRAINED.predicted(claim), TRAINED.rival(claim)
        assert predicted.high is not None
        assert predicted.high <= rival.low or rival.high < predicted.low


@recorded
def test_the_committed_record_decides_the_claims_and_draws():
    record = base.read(RECORD)
    for claim in CLAIMS.values():
        found = registry.evidence_for(claim)
        assert found is not None and found.outcome is not Outcome.UNDECIDED, found
    i = record["measured"]["exponent"]
    assert record["control"]["exponent"]["high"] < i["low"]
    assert len({t["seed"] for t in record["raw"]["trials"]}) >= 3 and len({t["rate"] for t in record["raw"]["trials"]}) >= 3


@recorded
def test_the_figure_is_drawn_from_the_record_alone_and_the_same_twice(tmp_path):
    pytest.importorskip("matplotlib")
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        drawing.write(tmp_path / name)
    one, two = ((tmp_path / name / f"{drawing.NAME}.svg").read_bytes() for name in ("one", "two"))
    assert one == two and b"<svg" in one and b"one parameter per label" in one
    shown = json.loads((tmp_path / "one" / f"{drawing.NAME}.json").read_text())
    for p in shown["token"]["trained"]["novels"]["points"]:
        assert p["low"] < p["labels"] < p["high"]
    with pytest.raises(StoreError, match="there is no record"):
        drawing.write(tmp_path, tmp_path)


def test_the_bound_that_trained_networks_are_held_against_is_theorem_r():
    """d = 1, n = 8, 33 ids of tokens, c = 2: rho = 30 bits at 1,000 contexts."""
    from empirics.memorization.analysis import allowed
    from numerics.memorizer.bounds import theorem_r
    raw = {"length": 8, "vocabulary": 32, "classes": 4}
    assert allowed(raw, 1000.2) == theorem_r(1, 8, 1000, 30, 2) > allowed(raw, 500)
