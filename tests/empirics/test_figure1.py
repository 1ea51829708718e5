"""Figure 1: certified counts, the formulas against the paper's terms and the running models; no unproved count gets out."""
from __future__ import annotations

import builtins
import json
from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
from flint import arb

from empirics import figure1, figure1_drawing
from numerics.arb import precision
from numerics.hopfield import MCHN, Proposed
from theory.claim import Outcome, WellposedError
from theory.evaluate import truth
from theory.niu2024.definitions import (FIGURE1_1D, FIGURE1_2D, PATTERNS, SIZE_D, SIZE_N, VECTOR_X, D, X, energy, lse_patterns,
                                        mchn, regulariser)
from theory.points import Assignment
from theory.terms import le, log, num

TERMS = {"-LSE": -lse_patterns(num(1), X), "regularisers": regulariser(num(1), X), "E_MCHN^1": mchn(num(1), X),
         "2E_MCHN^2-log d": 2 * mchn(num(2), X) - log(D), "E": energy(X)}
COUNTS = {("plane", "-LSE"): (0, 0, 1), ("plane", "regularisers"): (1, 0, 0), ("plane", "E_MCHN^1"): (2, 1, 0),
          ("plane", "E"): (3, 2, 0), ("line", "E"): (2, 0, 1), ("line", "2E_MCHN^2-log d"): (2, 0, 1),
          ("line", "E_MCHN^1"): (1, 0, 0)}
MINIMA = {("plane", "E"): [(-1.98, -0.5), (0.19, -0.29), (1.49, 1.49)], ("plane", "E_MCHN^1"): [(-1.97, -0.5), (1.49, 1.48)],
          ("line", "E"): [(-1.957,), (0.4936,)], ("line", "E_MCHN^1"): [(-1.952,)]}


@pytest.fixture(scope="module")
def record():
    return figure1.compute()


def points(record, part, name, kind):
    return [p for p in record[part]["landscapes"][name]["points"] if p["kind"] == kind]


def test_counts_of_every_landscape(record):
    """Counts are of all of space for the energies: their critical points are means of patterns."""
    found = {(part, name): tuple(held["counts"][kind] for kind in ("minimum", "saddle", "maximum")) for part in ("plane", "line")
             for name, held in record[part]["landscapes"].items() if name != "g"}
    assert found == COUNTS
    for part, name in COUNTS:
        assert record[part]["landscapes"][name]["all of space"] == (name != "-LSE")


@pytest.mark.parametrize("part, name", MINIMA)
def test_minima_are_where_they_are_known_to_be(record, part, name):
    held = points(record, part, name, "minimum")
    assert len(held) == len(MINIMA[part, name])
    for p, known in zip(held, MINIMA[part, name]):
        assert all(F(hi) - F(lo) <= F(2, 10 ** figure1.DIGITS) for lo, hi in [*p["x"], p["value"]])
        assert [float(lo) for lo, _ in p["x"]] == pytest.approx(known, abs=0.008)


def test_the_middle_pattern_has_a_valley_only_in_the_proposed_energy(record):
    def near(name):
        return [p for p in points(record, "plane", name, "minimum")
                if abs(float(p["x"][0][0]) - 0.2) < 0.5 and abs(float(p["x"][1][0]) + 0.3) < 0.5]
    assert len(near("E")) == 1 and not near("E_MCHN^1")


def test_g_turns_at_patterns_and_half_way(record):
    held = record["line"]["landscapes"]["g"]["points"]
    assert [(p["kind"][:3], p["x"][0], p["value"]) for p in held] == [
        ("min", "-2", "0"), ("max", "-1", "1"), ("min", "0", "0"), ("max", "1/2", "1/4"), ("min", "1", "0")]


def test_basins_on_the_line_are_cut_by_the_maximum(record):
    low, high = record["line"]["landscapes"]["E"]["basins"]
    (cut,) = points(record, "line", "E", "maximum")
    assert low["between"] == [None, cut["x"][0]] and high["between"] == [cut["x"][0], None]
    assert F(low["minimum"][1]) < F(cut["x"][0][0]) < F(high["minimum"][0])


@pytest.mark.parametrize("instance", [FIGURE1_1D, FIGURE1_2D], ids=["line", "plane"])
@pytest.mark.parametrize("name", TERMS)
def test_values_are_those_of_the_paper_s_terms(instance, name):
    f = figure1.landscapes(instance)[name]
    for x in ([F(-3, 2), F(1, 3)], [F(2, 5), F(-7, 4)]):
        x = x[:instance["n"]]
        with precision(128):
            ball = f.value([arb(a.numerator) / a.denominator for a in x])
        low, high = (F(round(float(ball) * 10 ** 12) + s, 10 ** 12) for s in (-2, 2))
        where = Assignment.of((SIZE_N, SIZE_D, PATTERNS, VECTOR_X), {**instance, "x": x})
        for claim in (le(num(low), TERMS[name]), le(TERMS[name], num(high))):
            assert truth(claim, where).outcome is Outcome.HOLDS
        assert float(ball) == pytest.approx(float(f.floats(np.array(x, dtype=float))), abs=1e-12)


@pytest.mark.parametrize("name", TERMS)
def test_gradient_and_hessian_are_the_derivatives(name):
    f, h = figure1.landscapes(FIGURE1_2D)[name], 1e-4
    for x in np.random.default_rng(3).uniform(-2, 2, (5, 2)):
        balls, steps = [arb(v) for v in x], h * np.eye(2)
        slope = [(f.floats(x + e) - f.floats(x - e)) / (2 * h) for e in steps]
        assert [float(v) for v in f.gradient(balls)] == pytest.approx(slope, abs=1e-6)
        bend = [[(f.floats(x + a + b) - f.floats(x + a - b) - f.floats(x - a + b) + f.floats(x - a - b)) / (4 * h * h)
                 for b in steps] for a in steps]
        assert np.array([[float(v) for v in row] for row in f.hessian(balls)]) == pytest.approx(np.array(bend), abs=1e-5)


def test_the_running_models_are_at_rest_at_the_certified_points(record):
    patterns = np.array(FIGURE1_2D["rho"], dtype=float)
    for name, model in (("E", Proposed(patterns)), ("E_MCHN^1", MCHN(patterns, 1.0))):
        for p in record["plane"]["landscapes"][name]["points"]:
            x = np.array([float(lo) for lo, _ in p["x"]])
            assert np.abs(model.gradient(x)).max() < 1e-10
            assert (np.linalg.eigvalsh(model.hessian(x)) < 0).sum() == {"minimum": 0, "saddle": 1, "maximum": 2}[p["kind"]]


def test_what_is_not_isolated_is_refused():
    """Two patterns on the line at the distance where the valley is about to split: the zero between them is degenerate."""
    far = replace(figure1.LINE["E_MCHN^1"], patterns=((F(-1),), (F(1),)))
    with pytest.raises(WellposedError, match="nothing is counted"):
        figure1.census(far)


def test_a_count_that_contradicts_topology_is_refused(monkeypatch):
    real = figure1.critical_points
    def losing(*args, **options):
        found = real(*args, **options)
        return replace(found, points=found.points[1:])
    monkeypatch.setattr(figure1, "critical_points", losing)
    with pytest.raises(WellposedError, match="sum to 0 instead of 1"):
        figure1.census(figure1.PLANE["E"])


def test_decimals_are_rounded_outward():
    assert figure1._outward(F(-1, 3), F(1, 3)) == ["-0.333333333334", "0.333333333334"]
    assert figure1._outward(F(-1, 10 ** 20), F(0)) == ["-0.000000000001", "0.000000000000"]


def test_the_command_writes_both_files(tmp_path, capsys):
    pytest.importorskip("matplotlib")
    assert figure1.main(["--out", str(tmp_path)]) == 0
    assert "plane E: minimum (-1.9820, -0.4984); saddle (-0.9003, -0.3998)" in capsys.readouterr().out
    assert json.loads((tmp_path / "figure1.json").read_text())["box"] == ["-3", "3"]
    svg = (tmp_path / "figure1.svg").read_text()
    assert "<svg" in svg and "/home" not in svg and sorted(p.name for p in tmp_path.iterdir()) == ["figure1.json", "figure1.svg"]


def test_without_matplotlib_one_line_says_so(record, monkeypatch):
    real = builtins.__import__
    def without(name, *rest):
        if name.split(".")[0] == "matplotlib":
            raise ImportError(name)
        return real(name, *rest)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(WellposedError, match="needs matplotlib"):
        figure1_drawing.draw(record, figure1.PLANE, figure1.LINE)
