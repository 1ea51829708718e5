"""Progress: one rewritten line on a terminal, plain lines elsewhere, an estimate from what claims took before."""
from __future__ import annotations

import io

from wellposed.progress import Progress


def drive(progress: Progress) -> str:
    progress.start(total=5, todo=2, expected={"toy.a": 3.0}, jobs=1)
    for name in ("toy.a", "toy.b"):
        progress.began(name)
        progress.done(name, 3.0)
    progress.finish()
    return progress.stream.getvalue()


def test_plain_lines_without_a_terminal():
    out = drive(Progress(io.StringIO()))
    assert out == "5/5 claims\n"


def test_one_rewritten_line_on_a_terminal():
    out = drive(Progress(io.StringIO(), rewrite=True))
    assert "\n" not in out and out.endswith("\r\x1b[K") and "3/5 claims, 6 s left  toy.a" in out and "4/5 claims, 3 s left" in out
    assert all(len(part) < 80 for part in out.split("\r\x1b[K"))


def test_no_line_when_all_is_cached_and_none_when_silent():
    for progress in (Progress(io.StringIO()), Progress(io.StringIO(), rewrite=True)):
        progress.start(5, 0, {}, 0)
        progress.finish()
        assert progress.stream.getvalue() == ""
    silent = Progress.silent()
    silent.stream = io.StringIO()
    assert drive(silent) == ""


def test_nothing_is_estimated_from_nothing():
    progress = Progress(io.StringIO())
    progress.start(4, 4, {}, 2)
    assert progress.left() is None
    progress.began("toy.a")
    progress.done("toy.a", 4.0)
    assert progress.left() == 6.0
