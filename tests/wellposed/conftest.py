"""A small paper outside the repository, decided once per session; every test works on a copy of its own."""
from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

INVENTORY = """id,location,statement
T1,Sec.1,twice a number is it and itself
T2,Sec.1,every number is at most one
T3,Sec.1,whatever follows from that
"""
HEAD = """from theory.claim import Claim, scalar, size
from theory.tactics import assume, lin
from theory.terms import fam, le, num

n, x = fam("n"), fam("x")
"""
SECTION1 = HEAD + """
CLAIMS = [
    Claim("toy.double", "Sec.1", r"2n \\le n + n", (size("n"),), le(2 * n, n + n), covers=("T1",),
          proof=lambda: lin(le(2 * n, n + n))),
    Claim("toy.small", "Sec.1", r"x \\le 1 \\text{ <always>}", (scalar("x"),), le(x, num(1)), covers=("T2",)),
    Claim("toy.small.amended", "Sec.1", None, (scalar("x"),), le(x, num(1)), hypotheses=(le(x, num(1)),), amends="toy.small",
          proof=lambda: assume(le(x, num(1)))),
]
"""
SECTION2 = HEAD + """
CLAIMS = [
    Claim("toy.follows", "Sec.2", r"n \\le 2n - 1", (size("n"),), le(n, 2 * n - 1), covers=("T3",), rests_on=("toy.small",),
          proof=lambda: lin(le(n, 2 * n - 1), assume(le(num(1), n)))),
]
"""


class Place:
    """A folder with the paper `toy`, its lock and its build."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.paper = folder / "toy"
        self.lock = folder / "claims.lock"
        self.build = folder / "build"

    def write(self) -> "Place":
        self.paper.mkdir(parents=True)
        for name, text in (("inventory.csv", INVENTORY), ("__init__.py", 'DECIDED_ROWS = ["T1:T3"]\n'), ("section1.py", SECTION1),
                           ("section2.py", SECTION2)):
            (self.paper / name).write_text(text)
        return self

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.paper / name).read_text()
        assert old in text
        (self.paper / name).write_text(text.replace(old, new))

    def run(self, *arguments: str, python: tuple[str, ...] = (), **environment: str) -> subprocess.CompletedProcess:
        """`wellposed ARGUMENTS --papers HERE` as a user would run it."""
        command = [sys.executable, *python, "-m", "wellposed", *arguments, "--papers", str(self.folder)]
        clean = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "WELLPOSED_HOME", "PYTHONOPTIMIZE")}
        return subprocess.run(command, cwd=ROOT, env=clean | environment, text=True, capture_output=True, timeout=600)

    def verify(self, *arguments: str, **options) -> dict[str, dict]:
        """The claims of a run's JSON, by id."""
        out = self.folder / "out.json"
        out.unlink(missing_ok=True)
        done = self.run("verify", *arguments, "--json", str(out), **options)
        assert out.exists(), done.stderr
        return {c["id"]: c for c in json.loads(out.read_text())["claims"]}

    def entry(self, name: str) -> Path:
        return self.build / "cache" / f"{name}.json"


@pytest.fixture(scope="session")
def decided(tmp_path_factory) -> Place:
    """Decided and locked; not to be touched: take `toy`."""
    place = Place(tmp_path_factory.mktemp("papers") / "place").write()
    done = place.run("lock")
    assert done.returncode == 0, done.stderr
    return place


@pytest.fixture
def toy(decided, tmp_path) -> Place:
    """A copy of the decided paper, cache and lock included."""
    shutil.copytree(decided.folder, tmp_path / "place")
    return Place(tmp_path / "place")


@pytest.fixture
def new(tmp_path) -> Place:
    """The paper before anything was run."""
    return Place(tmp_path / "place").write()
