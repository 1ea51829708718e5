"""`python -m empirics`: which records are fresh, and running those that are not."""
from __future__ import annotations

import json
from dataclasses import replace

import pytest

from empirics import __main__ as face, experiment as base, registry
from tests.empirics.test_experiment import claim, toy


@pytest.fixture
def one(tmp_path, monkeypatch):
    """A workplace with one experiment that depends on one source file, and its claim."""
    (tmp_path / "source.py").write_text("x = 1\n")
    found = replace(toy(), sources=("source.py",))
    monkeypatch.setattr(base, "ROOT", tmp_path)
    monkeypatch.setattr(registry, "experiments", lambda: {found.name: found})
    monkeypatch.setattr(registry, "path", lambda name: tmp_path / f"{name}.json")
    monkeypatch.setattr(face, "write", lambda record: base.write(record, tmp_path))
    monkeypatch.setattr("theory.registry.load", lambda: type("R", (), {"claims": {"toy.claim": claim()}})())
    return found, tmp_path


def test_a_record_is_made_once_and_again_when_the_code_changes(one, capsys):
    found, folder = one
    file = folder / f"{found.name}.json"
    assert face.main([]) == 0 and "no record" in capsys.readouterr().out
    assert face.main(["run"]) == 0
    first = file.read_bytes()
    assert face.main(["run"]) == 0 and file.read_bytes() == first
    assert face.main(["list"]) == 0 and "fresh" in capsys.readouterr().out
    (folder / "source.py").write_text("x = 2\n")
    assert face.main(["list"]) == 0 and "stale" in capsys.readouterr().out
    assert face.main(["run"]) == 0 and json.loads(file.read_text())["code"] == found.code() != json.loads(first)["code"]


def test_again_measures_what_is_fresh(one, capsys):
    found, folder = one
    assert face.main(["run"]) == 0
    capsys.readouterr()
    assert face.main(["run"]) == 0 and not capsys.readouterr().out
    assert face.main(["run", "--again"]) == 0 and found.name in capsys.readouterr().out


def test_unknown_names_and_gpu_experiments_are_one_line(one, capsys, monkeypatch):
    found, _ = one
    assert face.main(["run", "none"]) == 2
    assert capsys.readouterr().err == f"empirics: there is no experiment none; there are {found.name}\n"
    monkeypatch.setattr(registry, "experiments", lambda: {found.name: replace(found, offline=False)})
    assert face.main(["run", found.name]) == 2
    assert "hour-long run" in capsys.readouterr().err
    assert face.main(["run"]) == 0 and face.main([]) == 0 and "hour-long run" in capsys.readouterr().out


def test_every_experiment_names_its_sources():
    for name, found in registry.experiments().items():
        assert found.sources, name
        for source in found.sources:
            assert (base.ROOT / source).exists(), f"{name}: {source}"
