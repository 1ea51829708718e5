"""How every command line of the experiments ends: its status, one line, no traceback."""
from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from empirics.command import ended
from theory.claim import StoreError

ROOT = Path(__file__).resolve().parents[2]


def raising(error: BaseException):
    def work() -> int:
        raise error
    return work


@pytest.mark.parametrize("error, status, line", [
    (StoreError("the record is stale"), 2, "toy: the record is stale"),
    (PermissionError(13, "Permission denied", "x"), 2, "toy: [Errno 13] Permission denied: 'x'"),
    (KeyboardInterrupt(), 130, "toy: stopped; what was finished is kept")])
def test_errors_are_one_line_and_a_status(error, status, line, capsys):
    assert ended("toy", raising(error)) == status
    assert capsys.readouterr().err == line + "\n"


def test_a_status_is_passed_on():
    assert ended("toy", lambda: 2) == 2 and ended("toy", lambda: None) == 0


def test_other_errors_are_not_hidden():
    with pytest.raises(ZeroDivisionError):
        ended("toy", raising(ZeroDivisionError()))


def test_a_closed_pipe_is_no_error():
    done = subprocess.run(f"{sys.executable} -m empirics | true", shell=True, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.stderr == ""
