"""The command line end to end: exit codes, one clear line for what a user can cause, nothing written over."""
from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from theory.claim import EvidenceConflict
from wellposed import cli

PROOF = "proof=lambda: lin(le(n, 2 * n - 1), assume(le(num(1), n)))"

CLAIM_KEYS = {
    "id",
    "paper",
    "location",
    "printed",
    "statement",
    "covers",
    "rests_on",
    "verdict",
    "effective",
    "reason",
    "reconstruction",
    "amends",
    "amendment",
    "no_amendment",
    "evidence",
    "mutants",
    "counterexample",
}
EVIDENCE_KEYS = {"route", "outcome", "coverage", "seed", "seconds", "artefact"}


def complaint(done: subprocess.CompletedProcess, code: int = 2) -> str:
    """The one line on stderr."""
    assert done.returncode == code, done.stdout + done.stderr
    lines = [x for x in done.stderr.splitlines() if not re.match(r"\d+/\d+ claims", x)]
    assert len(lines) == 1 and "Traceback" not in done.stderr, done.stderr
    return lines[0]


def test_verdicts_of_the_toy_paper(toy):
    got = toy.verify()
    assert {k: (c["verdict"], c["effective"]) for k, c in got.items()} == {
        "toy.double": ("proved", "proved"),
        "toy.small": ("conditional", "conditional"),
        "toy.small.amended": ("proved", "proved"),
        "toy.follows": ("proved", "unsupported"),
    }
    assert got["toy.small"]["amendment"] == "toy.small.amended" and got["toy.small"]["falls"] == ["toy.follows"]
    assert got["toy.small"]["counterexample"] and got["toy.double"]["counterexample"] is None


def test_the_json_contract(toy):
    raw = json.loads((toy.folder / "out.json").read_text()) if toy.verify() else {}
    assert raw["schema"] == 1
    for claim in raw["claims"]:
        assert CLAIM_KEYS <= claim.keys()
        assert claim["evidence"] and all(EVIDENCE_KEYS <= e.keys() for e in claim["evidence"])
        for item in claim["evidence"]:
            held = item["artefact"]
            if held and held["file"]:
                assert not os.path.isabs(held["file"]) and (toy.folder / held["file"]).is_file()
    assert str(toy.folder) not in (toy.folder / "out.json").read_text()


def test_report_writes_all_three_and_the_paths_in_it_are_relative_to_it(toy):
    done = toy.run("report")
    assert done.returncode == 0, done.stderr
    for name in ("report.json", "report.md", "report.html"):
        assert "toy.small.amended" in (toy.build / name).read_text()
    held = [e["artefact"] for c in json.loads((toy.build / "report.json").read_text())["claims"] for e in c["evidence"]]
    assert all((toy.build / a["file"]).is_file() for a in held if a and a["file"]) and any(held)


def without_seconds(text: str) -> str:
    return re.sub(r'"seconds": [0-9.e-]+', '"seconds": 0', text)


def test_two_runs_give_the_same_bytes_but_for_seconds(toy):
    first = (toy.verify("--fresh", "--jobs", "1"), (toy.folder / "out.json").read_text())[1]
    before = {p.name: p.read_bytes() for p in (toy.build / "certificates").iterdir()}
    second = (toy.verify("--fresh", "--jobs", "2"), (toy.folder / "out.json").read_text())[1]
    warm = (toy.verify(), (toy.folder / "out.json").read_text())[1]
    assert without_seconds(first) == without_seconds(second)
    assert second == warm
    assert before == {p.name: p.read_bytes() for p in (toy.build / "certificates").iterdir()}


def test_python_dash_o_changes_no_outcome(toy):
    plain = (toy.verify("--fresh"), (toy.folder / "out.json").read_text())[1]
    optimised = (toy.verify("--fresh", python=("-O",)), (toy.folder / "out.json").read_text())[1]
    assert without_seconds(plain) == without_seconds(optimised)


def test_an_unknown_id_names_close_ones(toy):
    assert "there is no claim toy.smal; close to it: toy.small" in complaint(toy.run("verify", "toy.smal"))
    assert "see `wellposed list`" in complaint(toy.run("show", "zzzzzz"))
    assert "there is no paper nix" in complaint(toy.run("verify", "--paper", "nix"))


def test_patterns_choose_and_what_they_need_is_run_but_not_shown(toy):
    assert set(toy.verify("toy.sm*")) == {"toy.small", "toy.small.amended"}
    follows = toy.verify("toy.follows")
    assert set(follows) == {"toy.follows"} and follows["toy.follows"]["effective"] == "unsupported"


@pytest.mark.parametrize("old, new, words", [
    ('rests_on=("toy.small",)', 'rests_on=("toy.none",)', "toy.follows: rests_on names toy.none, which is no claim"),
    ('rests_on=("toy.small",)', 'rests_on=("toy.follows",)', "rests_on names the claim itself"),
    ('covers=("T3",)', 'covers=("T9",)', "toy.follows: covers T9, which is no row of toy/inventory.csv"),
    ('"toy.follows"', '"toy.double"', "two claims have the id toy.double"),
    ("le(n, 2 * n - 1), covers", "le(n, 2 * fam('m')), covers", "toy.follows: the statement uses m, which is not declared"),
    ("CLAIMS = [", "CLAIMS = [1 / 0,", "ZeroDivisionError: division by zero at line 7 of section2.py"),
])
def test_bad_claims_are_one_line_and_nothing_is_written(toy, old, new, words):
    toy.edit("section2.py", old, new)
    before = {p: p.read_bytes() for p in toy.folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts}
    for command in ("verify", "gate", "lock", "report", "list"):
        assert words in complaint(toy.run(command))
    assert before == {p: p.read_bytes() for p in toy.folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts}


def test_a_required_row_that_nobody_covers(toy):
    toy.edit("section2.py", 'covers=("T3",)', "covers=()")
    for command in ("gate", "lock", "report"):
        assert complaint(toy.run(command)) == "wellposed: toy: no claim covers T3"
    toy.edit("__init__.py", '"T1:T3"', '"T1:T2"')
    assert "digest" in toy.run("gate").stdout


def test_a_claim_whose_code_raises_is_undecided_and_the_rest_goes_on(toy):
    toy.edit("section2.py", PROOF, "proof=lambda: 1 / 0")
    got = toy.verify()
    assert got["toy.follows"]["verdict"] == "undecided" and "ZeroDivisionError" in got["toy.follows"]["reason"]
    assert got["toy.double"]["verdict"] == "proved"
    done = toy.run("verify")
    assert done.returncode == 1 and "differs from claims.lock: toy.follows: verdict proved -> undecided" in done.stderr


def test_a_worker_that_dies_takes_one_claim_with_it(toy):
    toy.edit("section2.py", PROOF, "proof=lambda: __import__('os')._exit(7)")
    got = toy.verify("--fresh", "--jobs", "1")
    assert got["toy.follows"]["verdict"] == "undecided" and "its process died (exit code 7)" in got["toy.follows"]["reason"]
    assert got["toy.double"]["verdict"] == "proved" and got["toy.small"]["verdict"] == "conditional"
    assert json.loads(toy.entry("toy.follows").read_text())["finding"]["error"] is None, "a death is not remembered"


def test_engines_that_contradict_each_other_exit_1_and_are_not_remembered(toy):
    before = toy.entry("toy.follows").read_bytes()
    toy.edit("section2.py", "n, x = ", "from theory.claim import EvidenceConflict\nn, x = ")
    toy.edit("section2.py", PROOF, "proof=lambda: (_ for _ in ()).throw(EvidenceConflict('Arb and mpmath disagree'))")
    for command in ("verify", "gate", "lock"):
        assert complaint(toy.run(command), 1) == "wellposed: toy.follows: Arb and mpmath disagree"
    assert toy.entry("toy.follows").read_bytes() == before


def test_routes_that_contradict_each_other_exit_1(toy, monkeypatch, capsys):
    def rule(claims, findings):
        raise EvidenceConflict(f"{sorted(claims)[0]}: proof holds where search fails")

    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr("theory.verdict.rule", rule)
    try:
        assert cli.main(["lock", "--papers", str(toy.folder)]) == 1
    finally:
        for name in [n for n in sys.modules if n.split(".")[0] == "toy"]:
            del sys.modules[name]
    assert capsys.readouterr().err.splitlines()[-1] == "wellposed: toy.double: proof holds where search fails"


def test_as_printed(toy):
    done = toy.run("verify", "--as-printed")
    assert done.returncode == 1 and "does not hold as printed: toy.small (conditional)" in done.stderr
    assert "toy.small.amended" not in done.stderr
    assert toy.run("verify", "--as-printed", "toy.double").returncode == 0


def test_no_color_and_color(toy):
    assert "\x1b" not in toy.run("verify").stdout
    assert "\x1b[32m" in toy.run("verify", "--color", "always").stdout
    assert "\x1b" not in toy.run("verify", "--color", "never").stdout


@pytest.mark.parametrize("command", [("verify",), ("list",), ("show", "toy.*"), ("gate",)])
def test_80_columns(toy, command):
    done = toy.run(*command)
    assert done.returncode == 0 and done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_show_and_list(toy):
    shown = toy.run("show", "toy.small").stdout
    for words in ("as printed", "verdict: conditional", "counterexample", "mended by toy.small.amended (proved)",
                  "falls with it: toy.follows", "wellposed verify --fresh toy.small"):
        assert words in shown
    proof = toy.run("show", "toy.follows").stdout
    assert "effective: unsupported" in proof and "rests on: toy.small (conditional)" in proof and "linear" in proof
    assert [x.split()[:2] for x in toy.run("list").stdout.splitlines()] == [
        ["toy.double", "proved"], ["toy.small", "conditional"], ["toy.small.amended", "proved"], ["toy.follows", "proved"]]


def test_mutants_are_listed(toy):
    done = toy.run("mutants", "toy.double")
    lines = done.stdout.splitlines()
    assert done.returncode == 0 and lines[0] == "toy.double", done.stderr
    assert len(lines) > 3 and {x.split()[0] for x in lines[1:]} <= {"killed", "equivalent", "true"}


def test_bad_options_exit_2(toy):
    for arguments in (("verify", "--jobs", "0"), ("verify", "--nix"), ("nix",), ()):
        done = toy.run(*arguments)
        assert done.returncode == 2 and "Traceback" not in done.stderr
    assert "is no folder" in complaint(toy.run("verify", "--home", str(toy.folder / "nowhere")))


def test_a_place_that_cannot_be_written_is_one_line(toy):
    (toy.folder / "file").write_text("")
    assert "cannot write" in complaint(toy.run("verify", "--json", str(toy.folder / "file" / "out.json")))


def test_output_that_nobody_reads_is_no_error(toy):
    command = [sys.executable, "-m", "wellposed", "show", "toy.*", "--papers", str(toy.folder)]
    done = subprocess.run(
        ["bash", "-c", '"$@" | head -n 1; exit ${PIPESTATUS[0]}', "_", *command], capture_output=True, text=True
    )
    assert "Traceback" not in done.stderr and "Error" not in done.stderr and done.returncode == 0


def test_replay_confirms_what_is_stored(toy):
    done = toy.run("replay")
    assert done.returncode == 0 and len(done.stdout.splitlines()) == len(list((toy.build / "certificates").iterdir())) > 3
    one = next((toy.build / "certificates").glob("toy.double.*.json"))
    assert len(toy.run("replay", str(one)).stdout.splitlines()) == 1
    own = len(list((toy.build / "certificates").glob("toy.small.*.json"))) - len(
        list((toy.build / "certificates").glob("toy.small.am*"))
    )
    assert len(toy.run("replay", "toy.small").stdout.splitlines()) == own
    one.write_text('{"schema": 1}')
    assert complaint(toy.run("replay", str(one))).startswith("unreadable ")
    one.write_text("{")
    assert "is corrupt" in complaint(toy.run("replay", str(one)))
    shutil.rmtree(toy.build)
    assert "run `wellposed verify` first" in complaint(toy.run("replay"))


def test_graph_and_impact(toy):
    text = toy.run("graph").stdout.splitlines()
    assert "toy.small [conditional]" in text and "  rests on  toy.small [conditional]" in text and "  mended by toy.small.amended [proved]" in text
    assert toy.run("graph", "--dot").stdout.startswith("digraph wellposed {")
    picture = toy.folder / "graph.svg"
    assert toy.run("graph", "--svg", str(picture)).returncode == 0 and picture.read_text().startswith("<svg")
    assert toy.run("graph", "--dot", "--text").returncode == 2
    fallen = toy.run("impact", "toy.small").stdout
    assert "falls the paper's argument for 1 claim, rows T3" in fallen and "restores toy.follows" in " ".join(fallen.split())
    assert "No claim's argument in the paper rests on it" in toy.run("impact", "toy.follows").stdout
    assert "there is no claim toy.smal" in complaint(toy.run("impact", "toy.smal")) and "needs the id" in complaint(toy.run("impact"))


def test_findings_are_written_and_are_the_same_bytes_again(toy):
    page = toy.folder / "docs" / "findings.md"
    assert toy.run("findings").returncode == 0
    first = page.read_bytes()
    assert b"is false as printed, and true once a hypothesis is added" in first
    assert toy.run("report", "--fresh").returncode == 0 and page.read_bytes() == first


def test_show_sympy(toy):
    done = toy.run("show", "toy.double", "--sympy")
    assert done.returncode == 0 and "then" in done.stdout and "LessThan(" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
