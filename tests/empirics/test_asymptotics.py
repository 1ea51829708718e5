"""The record and the figure of the asymptotic claims, at a small scale."""
from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from empirics import asymptotics
from numerics.asymptotics import BRACKETS, Bracket, log_volume

SMALL = (1, 17, 21, 1024, 786432)


def test_both_files_are_written_and_stable(tmp_path):
    """The same numbers give the same bytes; the figure is a well-formed SVG that names both relations."""
    pytest.importorskip("matplotlib")
    record = asymptotics.write(tmp_path / "a", SMALL, (25,))
    asymptotics.write(tmp_path / "b", SMALL, (25,))
    assert json.loads((tmp_path / "a" / "asymptotics.json").read_text()) == record
    for name in ("asymptotics.json", "asymptotics.svg"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    svg = (tmp_path / "a" / "asymptotics.svg").read_text()
    assert ElementTree.fromstring(svg).tag.endswith("svg") and "printed bracket, Eq. (13)" in svg and "exact" in svg


def test_the_record():
    record = asymptotics.build(SMALL, (25, 8_789_062))
    assert record["counts"][asymptotics.PRINTED] == {"inside": 2, "outside": 3, "undecided": 0}
    assert all(c["inside"] == len(SMALL) for name, c in record["counts"].items() if name != asymptotics.PRINTED)
    assert record["printed_fails_from"] == 21
    assert [s["exact"]["n"] for s in record["scaling"]] == [20, 219]
    gpt2 = record["rows"][-1]
    assert gpt2["printed_log_d"]["high"] < 222 < 46052 < gpt2["exact_log_d"] < 46053


def test_main_fails_when_a_proved_bracket_does(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(asymptotics, "draw", lambda record, path: None)
    monkeypatch.setattr(asymptotics.asymptotics, "dimensions", lambda: list(SMALL))
    assert asymptotics.main(["--out", str(tmp_path)]) == 0
    assert "the printed bracket fails from n = 21" in capsys.readouterr().out
    monkeypatch.setitem(BRACKETS, "wrong", Bracket(lambda n: log_volume(n) + 1, log_volume, lambda n: log_volume(n) + 2))
    assert asymptotics.main(["--out", str(tmp_path)]) == 1
