"""The replayer confirms what the routes certify, and nothing that was tampered with."""
from __future__ import annotations

import copy
import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from theory.claim import Claim, family, scalar, size
from theory.replayer import NotConfirmed, Unreadable, main, replay
from theory.routes import crosscheck, enclosure, search
from theory.terms import Symbol, dump, eq, exp, fam, le, log, lt, max_, num, power, sum_

N, X, R = fam("n"), Symbol("x"), fam("r")
LSE = log(sum_(N, lambda i: exp(X(i))))
ROW = (size("n"), family("x", "n"))


def claim(name, conclusion, *variables, hypotheses=()):
    return Claim(id=f"test.{name}", location="", printed=None, variables=variables, conclusion=conclusion, hypotheses=hypotheses)


def certificate(c, route):
    e = route.run(c, 0)
    def bound(q):
        return None if q is None else str(q)
    body = {"schema": 1, "claim": c.id, "digest": c.digest, "route": e.route, "outcome": e.outcome.value,
            "kind": e.artefact["kind"], "payload": e.artefact["payload"], "premises": [dump(p) for p in c.premises],
            "conclusion": dump(c.conclusion),
            "variables": [[v.name, v.shape, v.natural, bound(v.low), bound(v.high), v.strict, v.below] for v in c.variables]}
    return json.loads(json.dumps(body))


UPPER = claim("upper", le(LSE, max_(N, X) + log(N)), *ROW)
SHARP = claim("sharp", lt(max_(N, X), LSE), *ROW, hypotheses=(le(2, N),))
STRICT = claim("strict", lt(max_(N, X), LSE), *ROW)
SQUARE = claim("square", eq(exp(R) * exp(R), exp(2 * R)), scalar("r", 0))
ROOTS = claim("roots", eq(R + power(3 + 2 * power(num(2), Fraction(1, 2)), Fraction(1, 2)),
              R + 1 + power(num(2), Fraction(1, 2))), scalar("r", 0))


@pytest.fixture(scope="module")
def partition():
    return certificate(UPPER, enclosure)


@pytest.mark.parametrize("c, route, kind", [
    (UPPER, enclosure, "partition"), (SHARP, enclosure, "partition"), (SQUARE, enclosure, "points"),
    (UPPER, crosscheck, "points"), (ROOTS, crosscheck, "points"),
    (STRICT, enclosure, "point"), (STRICT, search, "point"), (STRICT, crosscheck, "point")])
def test_what_the_routes_find_is_confirmed(c, route, kind):
    body = certificate(c, route)
    assert body["kind"] == kind and body["claim"] in replay(body)


def edit(body, f):
    changed = copy.deepcopy(body)
    f(changed)
    return changed


def boxed(body):
    """The box with the most cells."""
    return max(body["payload"]["boxes"], key=lambda b: len(b["cells"]))


def test_the_partition_has_cells_to_tamper_with(partition):
    assert len(boxed(partition)["cells"]) > 1


def shift(pair, which, by):
    pair[which] = str(Fraction(pair[which]) + by)


@pytest.mark.parametrize("tamper, reason", [
    (lambda b: boxed(b)["cells"].pop(), "do not fill"),
    (lambda b: boxed(b)["cells"].append(copy.deepcopy(boxed(b)["cells"][0])), "overlap"),
    (lambda b: shift(boxed(b)["cells"][0][0], 0, Fraction(-1, 10 ** 9)), "sticks out|overlap|fill"),
    (lambda b: shift(boxed(b)["cells"][0][0], 1, Fraction(-1, 10 ** 9)), "do not fill"),
    (lambda b: boxed(b)["sides"]["x"][0].__setitem__(1, "10"), "do not fill"),
    (lambda b: boxed(b)["cells"][0][0].reverse(), "sticks out"),
    (lambda b: boxed(b)["cells"][0].append(["0", "1"]), "another dimension"),
    (lambda b: b["payload"].__setitem__("boxes", []), "without a box"),
    (lambda b: b["payload"]["points"].append(b["payload"]["points"][0]), "twice"),
    (lambda b: b.__setitem__("conclusion", dump(le(LSE, max_(N, X)))), "not certified"),
    (lambda b: b["premises"].append(dump(lt(N, num(2)))), "premise"),
    (lambda b: b.__setitem__("outcome", "fails"), "cannot show"),
])
def test_tampered_partitions_are_not_confirmed(partition, tamper, reason):
    with pytest.raises(NotConfirmed, match=reason):
        replay(edit(partition, tamper))


def test_a_wide_cell_is_not_believed(partition):
    """A tiling of cells too coarse to be certified."""
    def coarsen(b):
        n = int(b["payload"]["boxes"][0]["sizes"]["n"])
        b["payload"]["boxes"] = [{"sizes": {"n": str(n)}, "sides": {"x": [["-50", "50"]] * n}, "cells": [[["-50", "50"]] * n]}]
    with pytest.raises(NotConfirmed, match="not certified on the cell"):
        replay(edit(partition, coarsen))


@pytest.mark.parametrize("tamper", [
    lambda b: b["payload"]["values"].update(n="2", x=["0", "0"]),
    lambda b: b.__setitem__("premises", [*b["premises"], dump(le(num(2), N))]),
    lambda b: b.__setitem__("conclusion", dump(le(max_(N, X), LSE))),
    lambda b: b.__setitem__("outcome", "holds"),
])
def test_tampered_counterexamples_are_not_confirmed(tamper):
    body = certificate(STRICT, enclosure)
    replay(body)
    with pytest.raises(NotConfirmed):
        replay(edit(body, tamper))


def test_points_must_be_many_and_true():
    body = certificate(SQUARE, enclosure)
    with pytest.raises(NotConfirmed, match="too few"):
        replay(edit(body, lambda b: b["payload"].__setitem__("points", b["payload"]["points"][:7])))
    with pytest.raises(NotConfirmed, match="not certified"):
        replay(edit(body, lambda b: b.__setitem__("conclusion", dump(eq(exp(R), exp(2 * R))))))


def test_agreement_is_confirmed_only_where_it_is_claimed():
    body = certificate(ROOTS, crosscheck)
    with pytest.raises(NotConfirmed, match="not certified"):
        replay(edit(body, lambda b: b["payload"].__setitem__("mode", "certified")))
    with pytest.raises(NotConfirmed):
        replay(edit(body, lambda b: b["payload"].__setitem__("bits", 3)))


@pytest.mark.parametrize("body", [None, [], {}, {"schema": 2}, {"schema": 1, "claim": "x"}])
def test_what_is_no_certificate_is_unreadable(body):
    with pytest.raises(Unreadable):
        replay(body)


def test_more_that_is_unreadable(partition):
    for tamper in (lambda b: b.__setitem__("kind", "poem"), lambda b: b.__setitem__("conclusion", ["le", None]),
                   lambda b: b["payload"].pop("points"),
                   lambda b: b.__setitem__("variables", [["n"]]), lambda b: b.__setitem__("outcome", "undecided")):
        with pytest.raises(Unreadable):
            replay(edit(partition, tamper))


def test_exit_codes_and_lines(tmp_path, capsys, partition):
    good, bad, broken = (tmp_path / name for name in ("good.json", "bad.json", "broken.json"))
    good.write_text(json.dumps(partition))
    bad.write_text(json.dumps(edit(partition, lambda b: boxed(b)["cells"].pop())))
    broken.write_text("{")
    assert main([str(good)]) == 0 and main([str(good), str(bad)]) == 1 and main(
        [str(bad), str(broken), str(good)]) == 2 and main([]) == 2
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("confirmed") and lines[2].startswith("NOT CONFIRMED") and "Traceback" not in "".join(lines)
    assert main([str(tmp_path / "missing.json")]) == 2


def test_a_fresh_process_without_asserts_says_the_same(tmp_path, partition):
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps(edit(partition, lambda b: boxed(b)["cells"].pop())))
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-O", "-m", "theory.replayer", str(bad)], cwd=root, capture_output=True, text=True)
    assert done.returncode == 1 and "do not fill" in done.stdout and not done.stderr


def test_a_rejected_proof_is_not_confirmed():
    body = certificate(SQUARE, enclosure)
    with pytest.raises(NotConfirmed, match="rejected"):
        replay(
    edit(
        body,
        lambda b: b.update(
            kind="proof",
            payload={
                "schema": 1,
                "terms": [],
                "steps": [],
                "hyps": [],
                 "concl": 0})))
