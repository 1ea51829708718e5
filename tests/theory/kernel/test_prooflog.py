"""Logs of proofs: complete, in order, each step once, the same in every process, and honest about axioms."""
from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import theory
from tests.theory.kernel.steps import POSITIVE
from theory import checker, prooflog
from theory.kernel import AXIOMS, RULES, apply
from theory.terms import ONE, ZERO, exp, fam, le, lt

a, b = fam("a"), fam("b")


def diamond():
    """One theorem used twice: 0 < exp(a), so 0 < exp(a) exp(a)."""
    p = prooflog.named("positive", apply("exp_positive", a=a))
    return p, apply("product", p, p)


def test_every_step_once_and_premises_first():
    p, made = diamond()
    assert prooflog.steps(made) == [p, made]
    log = prooflog.log(made)
    assert [s[0] for s in log["steps"]] == ["exp_positive", "product"] and log["steps"][1][1] == [0, 0]
    assert all(q < k for k, s in enumerate(log["steps"]) for q in s[1])
    assert all(type(q) is not int or q < k for k, row in enumerate(log["terms"]) for q in row[2:])


def test_a_deep_proof_does_not_exhaust_the_stack():
    p = apply("assume", phi=le(ZERO, a))
    for _ in range(3000):
        p = apply("linear", p, multipliers=(Fraction(1),), goal=le(ZERO, a))
    log = prooflog.log(p)
    assert len(log["steps"]) == 3001 and len(log["terms"]) < 10
    checker.check(log)


def test_a_log_is_json_and_comes_back_unchanged():
    for step in POSITIVE:
        log = prooflog.log(step.run())
        assert json.loads(json.dumps(log)) == log
        assert set(log) == {"schema", "terms", "steps", "hyps", "concl"}


def test_the_same_proof_gives_the_same_log_in_every_process():
    code = ("import json; from theory import prooflog; from theory.kernel import apply; from theory.terms import *;"
            "a, b = fam('a'), fam('b');"
            "q = apply('weaken', apply('square', a=a), phi=lt(sum_(a, lambda i: i), b));"
            "p = apply('and_intro', apply('assume', phi=lt(a, b)), q);"
            "print(json.dumps(prooflog.log(p)))")
    root = Path(theory.__file__).parent.parent
    out = {subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root,
                          env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(root)}).stdout for seed in ("1", "2", "3")}
    assert len(out) == 1


def test_axioms_are_named():
    assert AXIOMS <= set(RULES)
    p, made = diamond()
    assert prooflog.axioms(made) == ["exp_positive"]
    assert prooflog.axioms(apply("square", a=a)) == []
    assert prooflog.axioms(apply("cut", apply("exp_tangent", a=a), apply("assume", phi=le(ONE + a, exp(a))))) == ["exp_tangent"]


def test_the_trace_shows_labels_and_what_was_used():
    _, made = diamond()
    lines = prooflog.trace(made)
    assert len(lines) == 2 and lines[0].startswith("1. positive: ") and "uses 1" in lines[1] and "goal" in lines[1]
    assert len(prooflog.trace(apply("weaken", made, phi=lt(a, b)), full=True)) == 3
