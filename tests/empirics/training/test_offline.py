"""The CPU-scale experiment: its predictions, its analysis, its record, and what that decides."""
from __future__ import annotations

import copy
import json
import math
from pathlib import Path

import pytest

from empirics import registry
from empirics.experiment import RECORDS, digest, read
from empirics.training import drawing, intervals, offline, settling, table
from empirics.training.experiments import EXPERIMENTS, claims
from theory.claim import StoreError
from theory.registry import load

RECORD = RECORDS / "training.offline.json"
OUTCOMES = {"abstract.floor.trained": "fails", "remark1": "holds", "remark2.floor": "holds", "memorise.few_tokens": "holds",
            "memorise.many_tokens": "fails", "assumption1.few_tokens": "holds", "assumption1.many_tokens": "fails",
            "losses_agree.longer": "fails", "losses_near_one.every_data": "fails", "losses_near_one.entropy": "holds"}
WAITING = {"training.overfit": {"overfit"}, "training.gpt2": {"losses_above_two", "losses_agree", "memorise", "assumption1"},
           "training.question": {"losses_near_one"}, "training.offline": set(OUTCOMES)}


@pytest.fixture(scope="module")
def record():
    return read(RECORD)


def test_every_claim_has_its_experiment_its_range_and_its_rival():
    found = {e.name: {n.removeprefix("niu2024.") for n, c in claims().items() if c.experiment == e.name} for e in EXPERIMENTS}
    assert found == WAITING
    for c in claims().values():
        e = registry.find(c.experiment)
        predicted, rival = e.predicted(c), e.rival(c)
        assert predicted != rival and (predicted.low, predicted.high) != (None, None)


def test_the_registry_lists_them():
    assert {e.name for e in EXPERIMENTS} <= set(registry.experiments())


@pytest.mark.parametrize("name", list(OUTCOMES))
def test_the_committed_record_decides(name):
    found = registry.evidence_for(claims()[f"niu2024.{name}"])
    assert found is not None and found.outcome.value == OUTCOMES[name], found


def test_the_record_is_of_the_configuration_that_stands_here(record):
    """Whether the code is the same too is what `python -m empirics` says."""
    e = registry.find("training.offline")
    assert record["configuration"] == json.loads(json.dumps(dict(e.configuration))), "run `empirics run training.offline`"
    assert all((registry.base.ROOT / s).exists() for x in EXPERIMENTS for s in x.sources)


def test_without_a_gpu_record_the_papers_scale_is_not_decided(tmp_path):
    for c in claims().values():
        assert registry.evidence_for(c, tmp_path) is None


def test_what_is_about_gpt2_small_is_not_decided_by_a_small_model():
    """A row of the inventory that names a model of the paper waits for that model."""
    decided_here = {row for c in claims().values() if c.experiment == "training.offline" for row in c.covers}
    assert decided_here == {"M10", "P8"}
    found = load().claims
    reached = {row for c in claims().values() if c.experiment == "training.offline" and c.reading_of
               for row in found[c.reading_of].covers}
    assert reached == {"A1", "S5", "S6", "L5", "X17"}       # as readings: these rows are decided by their literal claims


def test_entropies_are_computed_before_training_and_again_by_the_reader(record):
    h = record["raw"]["predicted"]
    assert h["figure 4, 2 layers"] == pytest.approx(0.988517, abs=1e-5)
    for target in ("0.5", "1.0", "1.5"):
        assert h[f"tuned {target}, seed 1"] == h[f"tuned {target}, seed 2"] == pytest.approx(float(target), abs=0.01)
    assert h["list 100"] < h["list 300"] < 0.3 and h["ratio 13.8"] < 0.1 and h["ratio 13.8, sibling"] < 0.1
    assert h["ratio 1.38"] is h["ratio 0.0138"] is None
    changed = copy.deepcopy(record)
    changed["raw"]["predicted"]["tuned 0.5, seed 1"] = 1.0
    changed["digest"] = digest(changed)
    with pytest.raises(StoreError, match="run the experiment again .*the entropy of tuned 0.5"):
        registry.base.evidence(registry.find("training.offline"), claims()["niu2024.losses_near_one.entropy"], changed)


def test_the_ratios_are_the_papers_and_all_runs_went_past_the_typical_time(record):
    """Also at 0.0138: else the ratio would be mixed up with a run too short to learn anything by heart."""
    assert offline.TYPICAL == pytest.approx(3.277, abs=1e-3)
    for ratio, tokens in offline.RATIOS.items():
        run = record["raw"]["runs"][f"ratio {ratio}"]
        assert run["tokens"] == tokens and run["source"] == "pieces of novels"
        assert run["parameters"] / run["tokens"] == pytest.approx(float(ratio.split(",")[0]), rel=2e-3)
        assert run["epochs"] > 5 * offline.TYPICAL
        assert run["epochs"] == pytest.approx(run["curve"][-1][1] / run["tokens"], rel=1e-3)       # what was really read
    sibling = {r: record["raw"]["runs"][f"ratio {r}"] for r in (offline.MANY, offline.CONTROL)}
    assert {r["parameters"] for r in sibling.values()} == {offline.SIBLING} != {offline.PARAMETERS}
    exact = {r: run["recalled"]["train"]["exact"] for r, run in sibling.items()}
    assert exact[offline.CONTROL] > 115 and exact[offline.MANY] < 13
    assert record["seconds"] < 300


def test_what_was_learnt_by_heart_has_settled(record):
    """Else who was right would depend on when the run was stopped. What may still come is no more than the last quarter's fall,
    and no more than the way to the entropy of the list, which no model of it goes below."""
    runs, h = record["raw"]["runs"], record["raw"]["predicted"]
    left = {n: min(settling.fall(runs[n]), runs[n]["train"]["value"] - h[n]) for n in ("ratio 13.8", "list 100", "list 300")}
    assert {n: x for n, x in left.items() if not x < settling.SETTLED} == {}


def test_the_plateaus_lie_in_the_predicted_intervals(record):
    for row in table.of_runs(record["raw"]):
        if row.exact is not None and not row.experiment.startswith(("list", "ratio")):
            assert row.entropy.contains(row.measured), row


def test_no_model_goes_below_what_its_data_allow(record):
    """Training loss below the entropy of the grammar would be learning by heart: not on 24,000 lines; and never below a list's
    entropy."""
    for name, run in record["raw"]["runs"].items():
        h = record["raw"]["predicted"][name]
        if h is not None:
            assert all(run[k]["value"] + 3 * run[k]["error"] > h for k in ("train", "held_out")), name


def test_the_analysis_of_made_up_runs():
    """A record in which every loss is 1, whatever the data: then it is the paper's constant that was right."""
    raw = copy.deepcopy(read(RECORD)["raw"])
    for run in raw["runs"].values():
        run["train"] = {"value": 1.0, "error": 0.001}
        run["curve"] = [[*row[:3], 1.0, *row[4:]] for row in run["curve"]]          # settled there
    found = offline.analyse(raw)
    assert found["farthest"]["measured"]["high"] < 0.01 and found["least"]["measured"]["low"] > 0.99
    assert found["excess"]["measured"]["value"] == pytest.approx(0.506448, abs=1e-5)
    shortest = min(h for h in raw["predicted"].values() if h is not None)
    assert found["below"]["measured"]["value"] == 0 and found["gap"]["measured"]["value"] == pytest.approx(1 - shortest, abs=1e-5)
    for ratio in offline.RATIOS:
        changed = copy.deepcopy(raw)
        changed["runs"][f"ratio {ratio}"]["parameters"] += 1
        with pytest.raises(ValueError, match="parameters"):
            offline.analyse(changed)


def test_intervals():
    i = intervals.around(2.0, 0.1)
    assert i == {"value": 2.0, "low": 1.7, "high": 2.3}
    assert intervals.off(i, 1) == intervals.off(i, 3) == {"value": 1.0, "low": 0.7, "high": 1.3}
    assert intervals.off(i, 2) == {"value": 0.0, "low": 0.0, "high": 0.3}
    assert intervals.shifted(i, 1, -1) == {"value": -1.0, "low": -1.3, "high": -0.7}
    ratio = intervals.over({"value": 1.0, "error": 0.03}, {"value": 2.0, "error": 0.08})
    assert ratio["high"] - ratio["value"] == pytest.approx(3 * 0.5 * math.hypot(0.03, 0.04), abs=1e-6)
    assert intervals.minus({"value": 1, "error": 0.3}, {"value": 2, "error": 0.4}) == {"value": -1.0, "low": -2.5, "high": 0.5}
    assert intervals.greatest([i, intervals.around(1.9, 0.2)]) == {"value": 2.0, "low": 1.7, "high": 2.5}
    assert intervals.hull([i, intervals.around(-3, 0.1)]) == {"value": -3.0, "low": -3.3, "high": 2.3}
    all_, none = intervals.share(128, 128), intervals.share(0, 128)
    assert all_["high"] == 1 and all_["low"] == pytest.approx(128 / 137, abs=1e-6)
    assert none == {"value": 0.0, "low": 0.0, "high": pytest.approx(9 / 137, abs=1e-6)}


def test_who_was_right():
    def row(value, printed=table.Range(0.8, 1.2), entropy=table.Range(0.4, 0.6)):
        return table.Row("x", "training loss", printed, entropy, 0.5, None if value is None
                         else intervals.around(value, 0.01)).right
    assert [row(v) for v in (1.0, 0.5, 0.1, 0.79, None)] == ["printed", "entropy", "neither", "undecided", "not run"]
    assert row(1.0, entropy=table.Range(0.9, 1.1)) == "both" and row(1.0, None, None) == "-" and row(0.5, None) == "entropy"


def made(name: str, curve: list[float], h: float, layers: int = 2) -> table.Row:
    """The row of a run whose training loss went so."""
    run = {"parameters": 1, "tokens": 1, "epochs": 9.0, "train": {"value": curve[-1], "error": 0.001},
           "curve": [[k, k, v, v, v, 0.001, 0.001] for k, v in enumerate(curve, 1)]}
    raw = {"jobs": [{"name": name, "model": {"layers": layers}}], "runs": {name: run}, "predicted": {name: h}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(offline, "analyse", lambda _: {"apart": {"measured": intervals.around(0.5, 0.01)}})
        return table.of_runs(raw)[0]


def test_a_run_that_still_falls_decides_only_what_its_fall_cannot_change():
    flat, falling = [2.0, *[0.55] * 7], [2.0, 1.6, 1.3, 1.1, 1.0, 0.9, 0.75, 0.55]
    assert made("tuned 0.5, seed 1", flat, 0.5).right == "entropy"
    assert made("tuned 0.5, seed 1", falling, 0.5).right == "undecided"         # 0.2 may come off yet: 0.35
    assert made("tuned 0.5, seed 1", falling, 0.4).right == "undecided"         # the other way round: may reach it, did not
    steep = made("list 100", [3.0, 2.0, 1.5, 1.3, 1.2, 1.1, 1.06, 1.02], 0.9)
    assert (steep.right, steep.near, steep.measured["low"], steep.judged["low"]) == ("undecided", "yes", 1.017, 0.937)
    run = {"curve": [[k, 0, 0, v, 0] for k, v in enumerate((1.0, 0.5, 0.2, 0.104, 0.1), 1)]}
    assert settling.fall(run) == 0.004 and settling.settled(run) and not settling.settled({"curve": run["curve"][:4]})
    assert settling.to_come(intervals.around(0.1, 0.01), run) == intervals.around(0.1, 0.01)
    assert settling.fall({"curve": [[1, 0, 0, 0.1, 0], [2, 0, 0, 0.3, 0]]}) == 0.0


def test_printed_is_the_printed_formula_of_as_many_layers():
    """0.995 is around 1, and not in (1, 1 + log l], which Proposition 4 prints."""
    rows = {layers: made("figure 4, x", [0.9946] * 8, 0.988517, layers) for layers in (2, 3)}
    assert [r.right for r in rows.values()] == ["entropy"] * 2 and {r.near for r in rows.values()} == {"yes"}
    assert [r.printed.high for r in rows.values()] == pytest.approx([1 + math.log(2), 1 + math.log(3)])
    assert made("figure 4, x", [1.02] * 8, 0.988517).right == "both" and made("figure 4, x", [1.3] * 8, 0.5).right == "printed"
    above = made("tuned 1.5, seed 1", [1.52] * 8, 1.506)
    assert (above.right, above.near) == ("both", "no")
    assert made("ratio 0.0138", [2.4] * 8, None).right == "-"           # nothing is printed about characters


def test_the_table_says_who_was_right(record):
    right = {r.experiment: r for r in table.of_runs(record["raw"])}
    assert {right[f"tuned 0.5, {s}"].right for s in ("seed 1", "seed 2", "2 seeds")} == {"entropy"}
    assert {right[f"tuned 1.5, {s}"].right for s in ("seed 1", "seed 2", "2 seeds")} == {"both"}         # in (1, 1 + log 2] too,
    assert {right[f"tuned 1.5, {s}"].near for s in ("seed 1", "seed 2", "2 seeds")} == {"no"}            # and not around 1
    assert {right[n].near for n in right if n.startswith("figure 4")} == {"yes"}        # 0.99: these data cannot tell
    assert {right[n].right for n in ("list 100", "list 300", "ratio 13.8", "ratio 13.8, sibling")} == {"entropy"}
    assert {right[n].right for n in ("ratio 1.38", "ratio 0.0138", "ratio 1.38, gap")} == {"-"}


def test_seeds_together_show_their_spread_and_not_one_models_error(record):
    runs, rows = record["raw"]["runs"], {r.experiment: r for r in table.of_runs(record["raw"])}
    for target in ("0.5", "1.0", "1.5"):
        values = [runs[f"tuned {target}, seed {k}"]["train"]["value"] for k in (1, 2)]
        m = rows[f"tuned {target}, 2 seeds"].measured
        assert m == {"value": pytest.approx(sum(values) / 2, abs=1e-6), "low": min(values), "high": max(values)}
    said = table.text(list(rows.values()))
    assert "evaluation of one model" in said and "spread of seeds" in said and "settled" in said and max(map(
        len, said.splitlines())) <= 80
    assert f"{'ratio 0.0138':<20}{offline.SIBLING:>11,}" in said


def test_a_record_of_other_code_is_one_line(tmp_path, capsys, record):
    from empirics.training import __main__ as command
    old = copy.deepcopy(record)
    del old["raw"]["runs"]["ratio 13.8, sibling"]
    registry.base.write({**old, "digest": digest(old)}, tmp_path)
    assert command.main(["--records", str(tmp_path), "table"]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1 and "training: the record of training.offline is stale" in err


@pytest.mark.parametrize("name", ["figure3", "figure4"])
def test_figures_are_drawn_from_the_record_alone(tmp_path, name):
    pytest.importorskip("matplotlib")
    drawing.write(tmp_path / "a", name)
    drawing.write(tmp_path / "b", name)
    svg = (tmp_path / "a" / f"{name}.svg").read_text()
    assert svg == (tmp_path / "b" / f"{name}.svg").read_text() and "Proposition 4: 1" in svg
    numbers = json.loads((tmp_path / "a" / f"{name}.json").read_text())
    assert numbers["rows"] and numbers["eq2"]["100 %"] == pytest.approx(1.61 + 406.4 / 124_439_808 ** 0.34 + 410.7 / 9e9 ** 0.28,
                                                                        abs=1e-3)
    assert numbers["table2"]["Chinchilla"] == 2.2 and [p["layers"] for p in numbers["printed"]] == [6, 10, 12, 12, 12]
    assert ("(1, 3.48]" if name == "figure3" else "(1, 2.79 and 3.30]") in svg


def test_without_a_record_there_is_no_figure(tmp_path):
    with pytest.raises(offline.jobs.TrainingError, match="no record of training.offline"):
        drawing.write(tmp_path, "figure3", tmp_path)


@pytest.mark.slow
def test_a_small_run_gives_every_quantity_and_repeats_itself():
    pytest.importorskip("torch", reason="training needs torch: install the extra `empirics`")
    few = {"ratios": dict.fromkeys(offline.RATIOS, 6), "held_out": 400, "depths": {"1": 6}, "fitted": 6,
           "tuned": {"0.5": 6, "1.5": 6},
           "seeds": 1, "lists": {"30": 6},
           "lines": 60, "tokens": {**offline.RATIOS, "0.0138": 20_000}}
    e = registry.find("training.offline")
    raw = [json.loads(json.dumps(e.measure({**e.configuration, **few, "processes": p}, 7))) for p in (1, 2)]
    for r in raw:
        for run in r["runs"].values():
            run.pop("seconds")
    assert raw[0] == raw[1]
    found = e.analyse(raw[0])
    assert set(found) == set(e.controls) and all(i["low"] <= i["value"] <= i["high"] for q in found.values() for i in q.values())


FILES = Path(__file__).resolve().parents[4] / "shared" / "data" / "question_formation"


@pytest.mark.slow
@pytest.mark.skipif(not (FILES / "question.train.first20000.xz").exists(), reason="the original Question-Formation files are "
                                                                                  "not here")
def test_on_the_original_files_the_plateau_is_their_estimated_entropy():
    """2 layers, 20,000 training lines, held out the last 2,000 of them: between the estimate's lower end and 0.1 above it."""
    torch = pytest.importorskip("torch", reason="training needs torch: install the extra `empirics`")
    from empirics import question_formation as q
    from empirics.training.data import Lines
    from empirics.training.loop import Plan, evaluate, train
    from empirics.training.model import vanilla
    from numerics.entropy import estimate
    lines = q.read_lines(FILES / "question.train.first20000.xz")
    predicted = estimate([line.split("\t")[0].split() for line in lines], q.PUBLISHED)
    words = q.vocabulary(q.PUBLISHED)
    size = len(words) + len(q.SPECIALS)
    data, held = (Lines(n, *q.encode(part, words), size) for n, part in (("files", lines[:-2000]), ("held out", lines[-2000:])))
    torch.set_num_threads(1)
    plan = Plan(**offline._lines(900, 100), seed=1)
    run = train(vanilla(size, max(data.length, held.length), 2, 64, 4, dropout=0.0), plan, data, held)
    found = [evaluate(run.model, d, 2000, 1) for d in (data, held)]
    assert predicted.high - predicted.low < 0.05
    for m in found:
        assert predicted.low - 3 * m.error < m.value < predicted.high + 0.1, (predicted, found)
