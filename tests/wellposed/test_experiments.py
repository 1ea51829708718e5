"""The experiments' part of every report: prediction, rival, control and measurement side by side; what waits says for what."""
from __future__ import annotations

import pytest

from tests.wellposed.samples import NASTY, entry, evidence
from wellposed.report import experiments, markdown, page, terminal


def measured(name: str = "toy.slope", words: str = "one per weight", **changes) -> dict:
    summary = {"record": "toy.json", "digest": "ab", "quantity": "slope", "measured": {"low": 0.4, "high": 0.5, "value": 0.45},
               "control": {"low": 1.0, "high": 1.0, "value": 1.0, "what": words}, "predicted": [0.4, None],
               "rival": {"range": [None, 0.2], "words": words}, "device": "cpu"}
    artefact = {"kind": "record", "summary": summary, "file": None, "sha256": None}
    return entry(name, "supported", experiment="toy", evidence=[evidence("experiment", artefact=artefact)], **changes)


def waiting() -> dict:
    return entry("toy.large", "undecided", experiment="toy.gpu", evidence=[], counterexample=None, reason="no record: the experiment toy.gpu has not been run")


def test_a_line_tells_ranges_as_words():
    line, other = experiments.lines([waiting(), measured(), entry("toy.plain")])[::-1]
    assert line.cells() == ("toy.slope", "slope = 0.45 (0.4 to 0.5)", "at least 0.4", "at most 0.2", "1", "supported")
    assert other.waits.startswith("no record") and not other.measured


@pytest.mark.parametrize("given, said", [([None, None], "anything"), ([0, 1], "0 to 1"), ([0.123456, None], "at least 0.1235")])
def test_bounds(given, said):
    assert experiments.bounds(given) == said


def test_claims_of_one_experiment_stand_together():
    results = [measured("toy.a"), waiting(), measured("toy.b")]
    assert [x.claim for x in experiments.lines(results)] == ["toy.a", "toy.b", "toy.large"]


def test_every_report_shows_them_and_only_where_there_are_any():
    results = [measured(), waiting()]
    shown = terminal.report(results, terminal.Paint(False))
    assert "Experiment toy  (cpu)" in shown and "    predicted   at least 0.4" in shown and "    waits       no record" in shown
    assert "| `toy.large` | no record" in markdown.page(results)
    assert "| `toy.slope` | slope = 0.45" in markdown.page(results) and 'id="experiments"' in page.page(results)
    for text in (terminal.report([entry("toy.a")], terminal.Paint(False)), markdown.page([entry("toy.a")]), page.page([entry("toy.a")])):
        assert "xperiments" not in text.replace("an experiment's record", "")


def test_words_are_no_markup_and_fit_80_columns():
    results = [measured(words=NASTY * 3)]
    html = page.page(results)
    assert "<script>" not in html and "&lt;script&gt;" in html
    lines = terminal.report(results, terminal.Paint(False)).splitlines()
    assert max(map(len, lines)) <= 80 and not any("\x1b" in x or "\x07" in x for x in lines)
