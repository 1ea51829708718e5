"""The cache: nothing runs twice, an edit runs again what depends on it and nothing else, a broken entry costs one claim."""
from __future__ import annotations

import json
from pathlib import Path

import pytest

from theory.claim import ClaimError
from wellposed.sources import Sources


def ran(toy, *arguments) -> set[str]:
    """Which claims a run decides anew, seen from which cache entries it writes."""
    before = {p: p.stat().st_mtime_ns for p in (toy.build / "cache").glob("*.json")}
    done = toy.run("verify", *arguments)
    assert "Traceback" not in done.stderr, done.stderr
    return {p.stem for p in (toy.build / "cache").glob("*.json") if before.get(p) != p.stat().st_mtime_ns}


def test_nothing_runs_twice(toy):
    assert ran(toy) == set()
    assert ran(toy, "--fresh", "toy.double") == {"toy.double"}


def test_an_edit_runs_what_imports_it(toy):
    toy.edit("section2.py", "CLAIMS = [", "# a remark\nCLAIMS = [")
    assert ran(toy) == {"toy.follows"}
    (toy.paper / "shared.py").write_text("K = 1\n")
    toy.edit("section1.py", 'n, x = fam("n"), fam("x")', 'n, x = fam("n"), fam("x")\nfrom toy.shared import K')
    assert ran(toy) == {"toy.double", "toy.small", "toy.small.amended"}
    (toy.paper / "shared.py").write_text("K = 2\n")
    assert ran(toy) == {"toy.double", "toy.small", "toy.small.amended"}
    assert ran(toy) == set()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"schema": 1, "claim": "toy.double"}',
        '{"schema": 1, "claim": "toy.double", "key": 1, "finding": 3}',
        "\xff",
        '{"schema": 99}',
    ],
)
def test_a_corrupt_entry_is_a_warning_and_one_run(toy, text):
    toy.entry("toy.double").write_text(text)
    done = toy.run("verify")
    warnings = [x for x in done.stderr.splitlines() if "warning" in x]
    assert (
        done.returncode == 0 and len(warnings) == 1 and "toy.double runs again" in warnings[0] and "Traceback" not in done.stderr
    )
    assert json.loads(toy.entry("toy.double").read_text())["claim"] == "toy.double"
    assert ran(toy) == set()


def test_evidence_inside_an_entry_that_makes_no_sense_is_corrupt_too(toy):
    raw = json.loads(toy.entry("toy.double").read_text())
    raw["finding"]["evidence"][0]["outcome"] = "certainly"
    toy.entry("toy.double").write_text(json.dumps(raw))
    done = toy.run("verify")
    assert done.returncode == 0 and "toy.double runs again" in done.stderr and "Traceback" not in done.stderr


def test_no_half_written_files_are_left(toy):
    toy.run("verify", "--fresh")
    assert not [p for p in toy.build.rglob("*") if p.name.endswith(".tmp")]


# which sources count

@pytest.fixture
def project(tmp_path) -> Path:
    for name, text in {
        "theory/__init__.py": "",
        "theory/terms.py": "A = 1\n",
        "theory/decide.py": "from numerics.deep import balls\nfrom theory.kernel import rules\n",
        "theory/kernel/__init__.py": "",
        "theory/kernel/rules.py": "B = 1\n",
        "theory/lemmas/__init__.py": "",
        "theory/lemmas/lse.py": "C = 1\n",
        "theory/niu/__init__.py": "",
        "theory/niu/definitions.py": "from ..lemmas import lse\n",
        "theory/niu/section4.py": "def late():\n    from theory.niu import definitions\n",
        "theory/niu/section5.py": "import math\n",
        "numerics/__init__.py": "",
        "numerics/deep/__init__.py": "",
        "numerics/deep/balls.py": "D = 1\n",
        "numerics/deep/table.py": "T = 1\n",
        "wellposed/__init__.py": "",
        "wellposed/report.py": "E = 1\n",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def snapshot(root: Path) -> tuple[str, str, str]:
    sources = Sources(root=root)
    return sources.engine, sources.of("theory.niu.section4"), sources.of("theory.niu.section5")


@pytest.mark.parametrize(
    "edited, changes",
    [
        ("theory/terms.py", (True, False, False)),
        ("theory/kernel/rules.py", (True, False, False)),
        ("numerics/deep/balls.py", (True, False, False)),
        ("numerics/deep/table.py", (False, False, False)),
        ("theory/niu/section4.py", (False, True, False)),
        ("theory/niu/section5.py", (False, False, True)),
        ("theory/niu/definitions.py", (False, True, False)),
        ("theory/lemmas/lse.py", (False, True, False)),
        ("theory/niu/__init__.py", (False, True, True)),
        ("wellposed/report.py", (False, False, False)),
    ],
)
def test_an_edit_changes_the_digests_of_what_depends_on_it(project, edited, changes):
    before = snapshot(project)
    (project / edited).write_text((project / edited).read_text() + "# edited\n")
    assert tuple(a != b for a, b in zip(before, snapshot(project))) == changes


def test_sources_that_are_not_at_hand_or_no_python(project):
    with pytest.raises(ClaimError, match="the source of nowhere.section is not at hand"):
        Sources(root=project).of("nowhere.section")
    (project / "theory" / "bad.py").write_text("def (")
    with pytest.raises(ClaimError, match="bad.py is no Python source"):
        Sources(root=project)
