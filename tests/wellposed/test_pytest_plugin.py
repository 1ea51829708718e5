"""Under pytest a claim passes if it is decided as the lock says, is skipped if undecided, and fails otherwise."""
from __future__ import annotations

import os
import subprocess
import sys
import xml.etree.ElementTree as Xml

import pytest

from tests.wellposed.conftest import ROOT


def pytest_run(toy, *arguments) -> tuple[int, dict[str, str], str]:
    """(exit code, claim id -> passed, skipped or failed, output) of `pytest toy`."""
    report = toy.folder / "junit.xml"
    command = [
        sys.executable,
        "-m",
        "pytest",
        str(toy.paper),
        f"--junitxml={report}",
        "-q",
        "-p",
        "no:cacheprovider",
        f"--rootdir={toy.folder}",
        "-c",
        os.devnull,
        *arguments,
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    outcome = {}
    if report.exists():
        for case in Xml.parse(report).iter("testcase"):
            outcome[case.get("name")] = next((c.tag for c in case if c.tag in ("skipped", "failure", "error")), "passed")
    return done.returncode, outcome, done.stdout + done.stderr


def test_every_claim_is_an_item_and_passes_as_locked(toy):
    code, outcome, _ = pytest_run(toy)
    assert code == 0
    assert outcome == dict.fromkeys(["toy.double", "toy.small", "toy.small.amended", "toy.follows"], "passed")


def test_one_claim_by_its_id(toy):
    code, outcome, _ = pytest_run(toy, "-k", "toy.double")
    assert code == 0 and outcome == {"toy.double": "passed"}


@pytest.mark.slow
def test_under_xdist(toy):
    code, outcome, text = pytest_run(toy, "-n", "2")
    assert code == 0 and len(outcome) == 4, text


def test_a_changed_statement_fails_readably(toy):
    toy.edit("section2.py", r'r"n \le 2n - 1"', r'r"n \le 3n - 1"')
    code, outcome, text = pytest_run(toy)
    assert code == 1 and outcome["toy.follows"] == "failure" and outcome["toy.double"] == "passed"
    assert "toy.follows: its statement changed, digest" in text and "Traceback" not in text


def test_what_no_route_decides_any_more_fails_and_an_open_claim_is_skipped(toy):
    toy.edit("section2.py", "proof=lambda: lin(le(n, 2 * n - 1), assume(le(num(1), n)))", "proof=lambda: 1 / 0")
    code, outcome, text = pytest_run(toy)
    assert code == 1 and outcome["toy.follows"] == "failure" and "verdict proved -> undecided" in text
    assert toy.run("lock").returncode == 0
    code, outcome, text = pytest_run(toy, "-rs")
    assert code == 0 and outcome["toy.follows"] == "skipped" and "ZeroDivisionError" in text


def test_not_in_the_lock_fails(toy):
    toy.lock.write_text("".join(x for x in toy.lock.read_text().splitlines(True) if not x.startswith("toy.double")))
    code, outcome, text = pytest_run(toy)
    assert code == 1 and outcome["toy.double"] == "failure" and "toy.double is not in claims.lock" in text


def test_as_printed(toy):
    code, outcome, text = pytest_run(toy, "--as-printed")
    assert code == 1 and outcome["toy.small"] == "failure" and outcome["toy.small.amended"] == "passed"
    assert "toy.small does not hold as printed: it is conditional" in text and "fails " in text


def test_bad_claims_are_a_collection_error_in_one_line(toy):
    toy.edit("section2.py", 'rests_on=("toy.small",)', 'rests_on=("toy.none",)')
    code, _, text = pytest_run(toy)
    assert code == 2 and "rests_on names toy.none, which is no claim" in text and "Traceback" not in text


def test_ordinary_tests_collect_no_claims(toy):
    (toy.folder / "test_plain.py").write_text("def test_plain():\n    assert True\n")
    code, outcome, _ = pytest_run(toy, str(toy.folder / "test_plain.py"))
    assert code == 0 and "test_plain" in outcome
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "tests/wellposed/test_lock.py", "--collect-only", "-q"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert "niu2024." not in done.stdout and done.returncode == 0


def test_the_plugin_is_light():
    heavy = {"flint", "sympy", "mpmath", "hypothesis", "z3", "theory.kernel"}
    code = f"import sys, wellposed.pytest_plugin; print(sorted(set(sys.modules) & {heavy}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
