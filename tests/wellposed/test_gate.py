"""The gate names what changed, replays what is stored, and leaves the lock alone."""
from __future__ import annotations

import json

import pytest

from tests.wellposed.samples import entry
from tests.wellposed.test_cli import complaint
from theory.claim import ClaimError
from theory.registry import validate
from wellposed import gate


def test_it_passes_on_what_was_locked_and_twice(toy):
    before = toy.lock.read_bytes()
    for _ in range(2):
        done = toy.run("gate")
        assert done.returncode == 0 and "0 differences" in done.stdout and "passed" in done.stdout, done.stdout + done.stderr
    assert toy.lock.read_bytes() == before


def test_a_constant_changed_in_a_printed_statement_is_named(toy):
    toy.edit("section2.py", r'r"n \le 2n - 1"', r'r"n \le 3n - 1"')
    done = toy.run("gate")
    assert done.returncode == 1
    named = [x for x in done.stdout.splitlines() if x.startswith("differs")]
    assert len(named) == 1 and "toy.follows: its statement changed, digest" in named[0]
    assert "FAILED" in done.stdout


def test_a_constant_changed_in_a_formal_statement_is_named(toy):
    toy.edit("section2.py", "le(n, 2 * n - 1), covers", "le(2 * n - 1, n), covers")
    done = toy.run("gate")
    assert done.returncode == 1 and "differs from claims.lock: toy.follows: its statement changed" in done.stdout


def test_new_and_missing_claims_are_named(toy):
    toy.edit("section1.py", '"toy.double"', '"toy.twice"')
    out = toy.run("gate").stdout
    assert "toy.twice: is not in the lock; it is proved now" in out
    assert "toy.double: is in the lock as proved, and no claim has that id now" in out


@pytest.mark.parametrize("text", ["", "garbage\n", "<<<<<<< HEAD\n"])
def test_a_corrupt_lock_is_one_line_and_stays(toy, text):
    toy.lock.write_text(text)
    for command in ("gate", "verify", "report", "list", "lock"):
        assert "claims.lock is corrupt" in complaint(toy.run(command))
    assert toy.lock.read_text() == text


def test_no_lock(toy):
    toy.lock.unlink()
    assert "`wellposed lock` writes it" in complaint(toy.run("gate"))
    assert toy.run("verify").returncode == 0


@pytest.mark.parametrize("text", ["", "{", '{"schema": 1}', "[]", "\x00"])
def test_a_corrupt_certificate_is_named_and_stays(toy, text):
    path = sorted((toy.build / "certificates").glob("toy.double.*.json"))[0]
    path.write_text(text)
    assert path.name in complaint(toy.run("gate"))
    assert path.read_text() == text


def test_a_corrupt_certificate_is_replaced_on_request(toy):
    path = toy.build / "certificates" / "toy.double.proof.json"
    path.write_text("{")
    assert toy.run("verify", "--fresh", "toy.double").returncode == 0 and toy.run("gate").returncode == 0


def _forge(toy, path, change) -> None:
    """Change a certificate, and the cache so that it agrees: only the gate's own checks are left to notice."""
    import hashlib

    raw = json.loads(path.read_text())
    change(raw)
    path.write_text(json.dumps(raw))
    entry_path = toy.entry(raw["claim"])
    kept = json.loads(entry_path.read_text())
    for item in kept["finding"]["evidence"]:
        if item["artefact"] and item["artefact"]["file"] == f"certificates/{path.name}":
            item["artefact"]["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    entry_path.write_text(json.dumps(kept))


def test_a_certificate_of_another_statement_is_refused(toy):
    path = toy.build / "certificates" / "toy.follows.proof.json"
    _forge(toy, path, lambda raw: raw.update(conclusion=["le", None, ["num", "0"], ["num", "1"]]))
    assert "is not about toy.follows as it stands" in complaint(toy.run("gate"))


def test_a_certificate_of_another_outcome_is_refused(toy):
    path = toy.build / "certificates" / "toy.follows.proof.json"
    _forge(toy, path, lambda raw: raw.update(outcome="fails"))
    assert "is not about toy.follows as it stands" in complaint(toy.run("gate"))
    _forge(toy, path, lambda raw: raw.update(of="denial"))
    assert "which cannot show that it holds" in complaint(toy.run("gate"))


def test_a_forged_proof_is_not_confirmed(toy):
    other = json.loads((toy.build / "certificates" / "toy.double.proof.json").read_text())["payload"]
    _forge(toy, toy.build / "certificates" / "toy.follows.proof.json", lambda raw: raw.update(payload=other))
    done = toy.run("gate")
    assert done.returncode == 1 and "not confirmed" in done.stdout and "toy.follows.proof" in done.stdout, (
        done.stdout + done.stderr
    )


def test_a_missing_certificate_is_made_again(toy):
    path = toy.build / "certificates" / "toy.double.proof.json"
    before = path.read_bytes()
    path.unlink()
    assert toy.run("gate").returncode == 0 and path.read_bytes() == before


def test_the_lock_says_what_it_changed(new):
    assert "4 claims locked, 4 changed" in new.run("lock").stdout
    assert "4 claims locked, 0 changed" in new.run("lock").stdout


def test_rows_in_demand():
    rows = {"toy": {"A1": ("", "")}}
    with pytest.raises(ClaimError, match="toy: no claim covers A1"):
        gate.require_rows(validate([], rows, {"toy": ("A1",)}))
    gate.require_rows(validate([], rows, {"toy": ()}))
    gate.require_rows(validate([], rows | {"other": {}}, {"toy": ("A1",)}, ["other"]))


def test_codes_of_a_result():
    assert gate.Result([], [], [], ["toy.open"], 3).code == 0
    assert (
        gate.Result(["x"], [], [], [], 0).code
        == gate.Result([], ["x"], [], [], 0).code
        == gate.Result([], [], ["x"], [], 0).code
        == 1
    )
    assert gate.Result([], [], [], ["toy.open"], 3).lines() == ["waits for a record: toy.open"]
    assert entry("toy.a")["verdict"] == "proved"
