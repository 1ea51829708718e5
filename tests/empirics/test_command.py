"""How every command line of the experiments ends: its status, one line, no traceback."""
from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from empirics.command import command, ended
from theory.claim import StoreError

ROOT = Path(__file__).resolve().parents[2]


def raising(error: BaseException):
    def work() -> int:
        raise error
    return work


@pytest.mark.parametrize("error, status, line", [
    (StoreError("the record is stale"), 2, "toy: the record is stale"),
    (PermissionError(13, "Permission denied", "x"), 2, "toy: [Errno 13] Permission denied: 'x'"),
    (ModuleNotFoundError("No module", name="torch.nn"), 2, "toy: torch.nn is missing: install the extra `empirics`"),
    (KeyboardInterrupt(), 130, "toy: stopped; what was finished is kept")])
def test_errors_are_one_line_and_a_status(error, status, line, capsys):
    assert ended("toy", raising(error)) == status
    assert capsys.readouterr().err == line + "\n"


def test_a_status_is_passed_on():
    assert ended("toy", lambda: 2) == 2 and ended("toy", lambda: None) == 0


@pytest.mark.parametrize("error", [ZeroDivisionError(), ValueError("a bug"), ModuleNotFoundError("", name="empirics.lost"),
                                   ModuleNotFoundError("no name")])
def test_other_errors_are_not_hidden(error):
    with pytest.raises(type(error)):
        ended("toy", raising(error))


def test_a_decorated_main_ends_so_whoever_calls_it(capsys):
    @command("toy", kept="the same command goes on")
    def main(argv=None, *, hard=False):
        """Its own words."""
        if hard:
            raise KeyboardInterrupt
        if argv:
            raise StoreError(f"no {argv[0]}\nhere")
    assert main() == 0 and main(["x"]) == 2 and main(hard=True) == 130
    assert capsys.readouterr().err == "toy: no x here\ntoy: stopped; the same command goes on\n"
    assert main.__doc__ == "Its own words." and main.__name__ == "main"
    assert ended("outer", lambda: main(["y"])) == 2 and capsys.readouterr().err == "toy: no y here\n"     # said once


def test_a_closed_pipe_is_no_error():
    done = subprocess.run(f"{sys.executable} -m empirics | true", shell=True, cwd=ROOT, capture_output=True, text=True,
                          timeout=120)
    assert done.stderr == ""


@pytest.mark.parametrize("name", ["empirics", "figure1", "memorization", "radius"])
def test_every_command_ends_by_it(name, monkeypatch, capsys):
    """Ctrl-C at the first thing a command does: no traceback, from `main` itself."""
    import argparse
    place = {"empirics": "empirics.__main__", "figure1": "empirics.figure1"}.get(name, f"empirics.{name}.__main__")
    main = importlib.import_module(place).main
    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", lambda *_: raising(KeyboardInterrupt())())
    assert main([]) == 130
    said = capsys.readouterr().err
    assert said.startswith(f"{name}: stopped; ") and said.count("\n") == 1
