"""The report's figures: drawn once, drawn again when their code changes, left out (with a line) when they cannot be drawn."""
from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from empirics import registry
from empirics.figures import FIGURES, Figure
from theory.claim import WellposedError
from wellposed import figures
from wellposed.files import Home
from wellposed.report import page

SVG = '<?xml version="1.0"?>\n<!DOCTYPE svg>\n<svg xmlns="http://www.w3.org/2000/svg"><text>curve</text></svg>\n'


@pytest.fixture
def toy(monkeypatch, tmp_path):
    calls: list[Path] = []

    def draw(out: Path) -> None:
        calls.append(out)
        (out / "curve.svg").write_text(SVG)
    monkeypatch.setitem(FIGURES, "toy", [Figure("curve", "A <curve>", "what it shows & why", "empirics.asymptotics", draw)])
    return Home(tmp_path), calls


def test_a_figure_is_drawn_once_and_kept_while_its_code_stays(toy):
    home, calls = toy
    first, second = (figures.drawn(home, ["toy"], pytest.fail) for _ in range(2))
    assert len(calls) == 1
    assert first == second and first[0].svg.startswith("<svg ")


def test_another_key_draws_it_again(toy):
    home, calls = toy
    figures.drawn(home, ["toy"], pytest.fail)
    (home.build / "figures" / "curve.key").write_text("older code\n")
    figures.drawn(home, ["toy"], pytest.fail)
    assert len(calls) == 2


@pytest.mark.parametrize("error", [WellposedError("matplotlib is missing"), ImportError("no matplotlib")])
def test_a_figure_that_cannot_be_drawn_is_left_out_with_one_line(monkeypatch, tmp_path, error):
    def draw(out):
        raise error
    monkeypatch.setitem(FIGURES, "toy", [Figure("curve", "t", "c", "empirics.asymptotics", draw)])
    lines: list[str] = []
    assert figures.drawn(Home(tmp_path), ["toy"], lines.append) == []
    assert len(lines) == 1 and "curve" in lines[0] and "\n" not in lines[0]


def test_the_page_holds_the_picture_and_escapes_what_is_said_about_it(toy):
    home, _ = toy
    html = page.page([], figures=figures.drawn(home, ["toy"], pytest.fail))
    assert "<text>curve</text>" in html and "A &lt;curve&gt;" in html and "what it shows &amp; why" in html
    assert 'id="figures"' not in page.page([])


def test_the_figures_of_the_papers_name_modules_that_exist():
    known = registry.experiments()
    for figure in (f for listed in FIGURES.values() for f in listed):
        assert callable(importlib.import_module(figure.module).write), figure.name
        assert set(figure.records) <= set(known), figure.name


def test_a_figure_is_drawn_again_when_its_record_changes(tmp_path, monkeypatch):
    drawn: list[int] = []
    monkeypatch.setitem(FIGURES, "toy", [Figure("curve", "A curve", "what it shows", "empirics.asymptotics",
                                                lambda out: drawn.append((out / "curve.svg").write_text("<svg></svg>")), ("toy.record",))])
    state = {"digest": "a"}
    monkeypatch.setattr(registry, "record_digest", lambda name: state["digest"])
    for digest, times in (("a", 1), ("a", 1), ("b", 2), (None, 3)):
        state["digest"] = digest
        figures.drawn(Home(tmp_path), ["toy"], print)
        assert len(drawn) == times
