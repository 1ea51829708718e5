"""The second checker: independent of the kernel, exact about what was proved, and never confused by a malformed or edited log."""
from __future__ import annotations

import ast
import copy
import json
import random
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import pytest

import theory.checker
from tests.theory.kernel.steps import POSITIVE
from theory import checker, prooflog
from theory.checker import Rejected, check
from theory.kernel import apply
from theory.terms import ONE, ZERO, Term, dump, eq, exp, fam, forall, le, lt, nat, num, sum_

FOLDER = Path(theory.checker.__file__).parent
a, b, x, n = fam("a"), fam("b"), fam("x"), fam("n")


def log_of(made) -> dict:
    return json.loads(json.dumps(prooflog.log(made)))


def chain(length: int):
    """A proof of many different steps."""
    p = apply("assume", phi=le(ZERO, a))
    for k in range(length):
        step = apply("linear", p, multipliers=(Fraction(1),), goal=le(ZERO, p.concl.args[1] + k))
        p = apply("linear", step, multipliers=(Fraction(1),), goal=le(ZERO, a + Fraction(k * (k + 1), 2)))
    return p


LOGS = [log_of(p.run()) for p in POSITIVE]
SMALL = log_of(apply("cut", apply("square", a=a), apply("weaken", apply("exp_tangent", a=b), phi=le(ZERO, a * a))))


def test_it_shares_no_code_with_the_kernel():
    imported = set()
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                imported.add(node.module)
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
    assert not {m for m in imported if m.startswith("theory") and not m.startswith("theory.checker")}
    code = "import sys, theory.checker; print(sorted(m for m in sys.modules if m.startswith('theory')))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                            cwd=FOLDER.parent.parent).stdout
    assert not {"theory.kernel", "theory.terms", "theory.normal", "theory.calculus",
                "theory.ground"} & set(ast.literal_eval(loaded))


def test_it_is_shorter_than_what_it_checks():
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in FOLDER.parent.rglob("*.py")}
    own = sum(count for path, count in lines.items() if path.parent == FOLDER)
    kernel = sum(count for path, count in lines.items()
                 if path.parent.name == "kernel" or path.name in ("terms.py", "normal.py", "calculus.py", "ground.py"))
    assert own < kernel


def test_it_returns_the_sequent_of_the_last_step():
    made = apply("imp_elim", apply("imp_intro", apply("square", a=a), phi=lt(a, b)), apply("assume", phi=lt(a, b)))
    assert check(log_of(made)) == ([dump(lt(a, b))], dump(le(ZERO, a * a)))


def test_five_thousand_steps_in_two_seconds():
    log = log_of(chain(2500))
    assert len(log["steps"]) > 5000
    start = time.process_time()
    check(log)
    assert time.process_time() - start < 2


@pytest.mark.parametrize("change", [
    lambda g: g.update(concl=g["hyps"][0] if g["hyps"] else 0), lambda g: g["hyps"].append(g["concl"]),
    lambda g: g.update(hyps=[]),
    lambda g: g["steps"].pop(), lambda g: g["steps"][-1].__setitem__(0, "and_intro"), lambda g: g["steps"][-1][1].reverse(),
])
def test_a_log_that_proves_something_else_is_rejected(change):
    made = apply("cut", apply("weaken", apply("exp_tangent", a=a), phi=le(ZERO, a)), apply("assume", phi=le(ONE + a, exp(a))))
    log = log_of(made)
    check(log)
    change(log)
    with pytest.raises(Rejected):
        check(log)


def without(key):
    return lambda g: g.pop(key)


def put(*path_and_value):
    *path, key, value = path_and_value

    def change(g):
        for p in path:
            g = g[p]
        g[key] = value
    return change


MALFORMED = {
    "no schema": without("schema"), "no terms": without("terms"), "no steps": without("steps"), "no hyps": without("hyps"),
    "no conclusion": without("concl"), "another schema": put("schema", 2), "schema as a float": put("schema", 1.0),
    "schema true": put("schema", True), "an unknown key": put("extra", 1), "terms a mapping": put("terms", {}),
    "steps a string": put("steps", "x"),
    "no step": put("steps", []), "hyps a number": put("hyps", 3), "hyps of strings": put("hyps", ["0"]),
    "hyps true": put("hyps", [True]),
    "conclusion out of range": put("concl", 10 ** 9), "conclusion negative": put("concl", -1),
    "conclusion a float": put("concl", 0.0),
    "conclusion null": put("concl", None), "a term is null": put("terms", 0, None), "a term is empty": put("terms", 0, []),
    "an operator is a list": put("terms", 0, [[], None]), "an operator is unknown": put("terms", 0, ["sin", None]),
    "a term refers to itself": put("terms", 0, ["exp", None, 0]), "a term refers forward": put("terms", 0, ["exp", None, 1]),
    "a term refers to true": put("terms", 1, ["exp", None, True]), "a term refers to -1": put("terms", 1, ["exp", None, -1]),
    "a float literal": put("terms", 0, ["num", 0.1]), "a literal in words": put("terms", 0, ["num", "one"]),
    "an infinite literal": put("terms", 0, ["num", "inf"]), "a scientific literal": put("terms", 0, ["num", "1e400000000"]),
    "a literal over 0": put("terms", 0, ["num", "1/0"]), "a literal with spaces": put("terms", 0, ["num", " 1 "]),
    "a literal of a million digits": put("terms", 0, ["num", "9" * 10 ** 6]), "other digits": put("terms", 0, ["num", "١"]),
    "a negative index": put("terms", 0, ["bv", -1]), "an index in a string": put("terms", 0, ["bv", "0"]),
    "a true index": put("terms", 0, ["bv", True]),
    "a nameless family": put("terms", 0, ["fam", ""]), "a family of numbers": put("terms", 0, ["fam", 3]),
    "data where none belongs": put("terms", 0, ["pi", "x"]),
    "a sum of one": put("terms", 1, ["add", None, 0]), "two arguments of exp": put("terms", 1, ["exp", None, 0, 0]),
    "a step is null": put("steps", 0, None), "a step is short": put("steps", 0, ["square", []]),
    "a rule is a number": put("steps", 0, 0, 7),
    "a rule is unknown": put("steps", 0, 0, "trust_me"), "a rule is a list": put("steps", 0, 0, []),
    "premises a number": put("steps", 0, 1, 0),
    "a step uses itself": put("steps", 0, 1, [0]), "a step uses a later one": put("steps", 0, 1, [2]),
    "a step uses -1": put("steps", 0, 1, [-1]),
    "a step uses true": put("steps", 1, 1, [False]), "a step uses a float": put("steps", 1, 1, [0.0]),
    "arguments a list": put("steps", 0, 2, []),
    "an argument is missing": put("steps", 0, 2, {}), "an argument too many": put("steps", 0, 2, "also", 1),
    "an argument null": put("steps", 0, 2, "a", None), "an argument true": put("steps", 0, 2, "a", True),
    "an argument a float": put("steps", 0, 2, "a", 0.5), "an argument a bare number": put("steps", 0, 2, "a", 0),
    "an argument of two kinds": put("steps", 0, 2, "a", {"t": 0, "q": "1"}),
    "an argument of no kind": put("steps", 0, 2, "a", {}),
    "an argument out of range": put("steps", 0, 2, "a", {"t": 10 ** 9}), "an argument t null": put("steps", 0, 2, "a",
                                                                                                   {"t": None}),
    "an argument q 1/0": put("steps", 0, 2, "a", {"q": "1/0"}), "an argument a list": put("steps", 0, 2, "a", [{"t": 0}]),
    "a formula for a real": lambda g: g["steps"][0][2].update(a={"t": g["concl"]}),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_log_is_rejected(name):
    log = copy.deepcopy(SMALL)
    check(log)
    MALFORMED[name](log)
    with pytest.raises(Rejected):
        check(log)


@pytest.mark.parametrize("log", [None, 0, "x", [], {}, [1], {"schema": 1}, True, float("nan")])
def test_what_is_no_log_is_rejected(log):
    with pytest.raises(Rejected):
        check(log)


def test_a_deep_term_and_an_exponential_term_are_rejected_and_not_a_crash():
    deep = [["fam", "a"]] + [["exp", None, k] for k in range(5000)]
    wide = [["fam", "a"]] + [["add", None, k, k] for k in range(200)]
    for terms in (deep, wide):
        last = len(terms) - 1
        log = {"schema": 1, "terms": terms + [["le", None, last, last]], "steps": [["ring", [], {"a": {"t": last},
                                                                                                 "b": {"t": last}}]],
               "hyps": [], "concl": last + 1}
        with pytest.raises(Rejected):
            check(log)


def test_powers_of_powers_do_not_fill_the_memory():
    terms = [["num", "3"], ["num", "64"]] + [["pow", None, 0 if k == 0 else k + 1, 1] for k in range(6)]
    last = len(terms) - 1
    with pytest.raises(Rejected):
        check({"schema": 1, "terms": terms, "steps": [["ring", [], {"a": {"t": last}, "b": {"t": last}}]], "hyps": [],
               "concl": 0})


def test_a_loose_variable_is_no_argument():
    log = {"schema": 1, "terms": [["bv", 0]], "steps": [["exp_positive", [], {"a": {"t": 0}}]], "hyps": [], "concl": 0}
    with pytest.raises(Rejected) as caught:
        check(log)
    assert caught.value.step == 0 and "loose" in caught.value.reason


def places(value, path=()):
    """Every path in a JSON value."""
    yield path
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(inner, (*path, key))


JUNK = [None, True, False, 0, 1, -1, 2, 7, 10 ** 30, 0.5, "", "x", "0", "1/2", "le", "num", [], {}, [0], {"t": 0}, {"t": 1},
        {"q": "1"}, [[]], {"t": []}]


@pytest.mark.parametrize("seed", range(8))
def test_fuzzed_logs_are_rejected_or_prove_what_the_kernel_would(seed):
    """One place of a log replaced by junk: Rejected, or a sequent that holds as well (an unused term changed, a renamed
    variable)."""
    random_ = random.Random(seed)
    for _ in range(400):
        original = random_.choice(LOGS)
        log = copy.deepcopy(original)
        spots = [p for p in places(log) if p]
        *path, key = random_.choice(spots)
        target = log
        for p in path:
            target = target[p]
        junk = copy.deepcopy(random_.choice(JUNK))
        target[key] = junk
        try:
            result = check(log)
        except Rejected:
            continue
        assert result == check(original) or again(log) == result


def again(log):
    """The same log, followed by the kernel."""
    terms = []
    for op, data, *args in log["terms"]:
        terms.append(Term(op, [terms[k] for k in args], Fraction(data) if op == "num" else data))

    def value(v):
        if isinstance(v, list):
            return tuple(map(value, v))
        if isinstance(v, dict):
            return terms[v["t"]] if "t" in v else Fraction(v["q"])
        return v

    done = []
    for rule, premises, arguments in log["steps"]:
        done.append(apply(rule, *(done[k] for k in premises), **{k: value(v) for k, v in arguments.items()}))
    return check(log_of(done[-1]))


def run(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", "theory.checker", *arguments], capture_output=True, text=True,
                          cwd=FOLDER.parent.parent)


def test_the_command(tmp_path):
    good, bad, garbage = tmp_path / "good.json", tmp_path / "bad.json", tmp_path / "garbage.json"
    good.write_text(json.dumps(SMALL))
    bad.write_text(json.dumps({**SMALL, "concl": SMALL["steps"][0][2]["a"]["t"]}))
    garbage.write_text("{")
    result = run(str(good))
    assert result.returncode == 0 and result.stdout == "|- (le (add 1 b) (exp b))\n"
    result = run(str(bad))
    assert result.returncode == 1 and "rejected" in result.stdout
    assert run(str(garbage)).returncode == run(str(tmp_path / "none.json")).returncode == run().returncode == 2
    garbage.write_text("[" * 100_000)
    assert run(str(garbage)).returncode == 2


# ------------------------------------------------------------ its own substitution and normal form
def node(t: Term):
    return checker.nodes.node(t.op, *map(node, t.args), data=t.data)


def test_substitution_shifts_what_passes_a_binder():
    nodes = checker.nodes
    t = node(forall(lambda v: lt(v, sum_(n, lambda w: w * x))))
    moved = nodes.put(t, {("x", 0): ((), node(sum_(a, lambda w: w)))})
    assert moved is node(forall(lambda v: lt(v, sum_(n, lambda w: w * sum_(a, lambda u: u)))))
    body = node(forall(lambda v: forall(lambda w: lt(v, w)))).args[0]
    assert nodes.beta(body, node(x)) is node(forall(lambda w: lt(x, w)))
    assert nodes.abstract(node(forall(lambda w: lt(x, w))), "x") is body
    family = nodes.put(node(forall(lambda v: lt(fam("F", v), v))), {("F", 1): (("u",), node(sum_(n, lambda w: w * fam("u"))))})
    assert family is node(forall(lambda v: lt(sum_(n, lambda w: w * v), v)))


def test_equal_terms_are_one_object_and_unequal_ones_are_not():
    assert node(a + b) is node(a + b)
    assert node(num(1)) is not node(num(2)) and node(fam("a")) is not node(fam("a", ONE))
    assert node(eq(a, b)) is not node(eq(b, a)) and node(nat(a)) is not node(nat(b))
