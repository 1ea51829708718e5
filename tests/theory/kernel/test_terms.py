"""Terms: typed, immutable, equal up to bound names; substitution captures nothing, and means what it should."""
from __future__ import annotations

import json
import pickle
import random
from fractions import Fraction

import pytest

from tests.theory.kernel import numbers
from tests.theory.kernel.randoms import node, random_formula, random_real
from theory import checker
from theory.terms import (BINDS, ONE, SIGNATURE, ZERO, Term, TermError, and_, close, deriv, dump, each, eq, exists, exp, fam,
                          forall, fresh, imp, in_range, integral, inv, le, load, log, lt, max_, min_, nat, negate, num, open_,
                          or_, power,
                          real, replace, some, substitute, sum_, walk)

a, b, n, x, y = map(fam, "abnxy")


class Name(str):
    pass


class Half(Fraction):
    pass


@pytest.mark.parametrize("build", [
    lambda: Term("sin", (a,)), lambda: Term("exp", (a, b)), lambda: Term("exp", (lt(a, b),)), lambda: Term("and", (a, b)),
    lambda: Term("add", (a,)), lambda: Term("add", ()), lambda: Term("num", (), 1), lambda: Term("num", (), 0.5),
    lambda: Term("num", (), True), lambda: Term("bv", (), -1), lambda: Term("bv", (), True), lambda: Term("bv", (), Fraction(0)),
    lambda: Term("fam", (), ""), lambda: Term("fam", (), 3), lambda: Term("fam", (lt(a, b),), "x"), lambda: Term("pi", (), "x"),
    lambda: Term("add", (a, 1)), lambda: Term("add", (a, "b")), lambda: Term(Name("add"), (a, b)), lambda: Term(["add"], (a, b)),
    lambda: Term("fam", (), Name("x")), lambda: Term("num", (), Half(1, 2)), lambda: num(0.1), lambda: num(True),
    lambda: num("1/2"), lambda: real(None), lambda: a + 0.5, lambda: a * "x", lambda: sum_(n, lambda i: lt(i, n)),
    lambda: forall(lambda i: i),
    lambda: le(a, lt(a, b)),
])
def test_what_does_not_type_is_no_term(build):
    with pytest.raises(TermError):
        build()


def test_terms_are_final_and_immutable():
    with pytest.raises(TypeError):
        type("Mine", (Term,), {"__eq__": lambda self, other: True})
    for name in ("op", "args", "data", "free", "loose", "other"):
        with pytest.raises(AttributeError):
            setattr(a, name, None)
        with pytest.raises(AttributeError):
            delattr(a, name)


def test_building_never_simplifies():
    for t in (x / x, x - x, x + 0, 1 * x, x ** 1, exp(ZERO), num(2) + 2, ZERO * x, power(ZERO, 0)):
        assert t.op in ("add", "mul", "pow", "exp") and t != x


def test_equality_is_up_to_bound_names_and_tells_the_rest_apart():
    assert sum_(n, lambda i: fam("F", i)) == sum_(n, lambda j: fam("F", j))
    assert len({lt(a, b), lt(b, a), le(a, b), eq(a, b), lt(a, a), nat(a)}) == 6
    assert fam("x") != fam("x", a) and num(1) != num(2) and a != "a" and (a == b) is False
    assert hash(fam("x", a + b)) == hash(fam("x", a + b))


def test_the_free_symbols_and_loose_variables_are_those_that_a_walk_finds():
    r = random.Random(1)
    for _ in range(300):
        t = random_formula(r) if r.random() < 0.5 else random_real(r)
        assert t.free == {(s.data, len(s.args)) for s in walk(t) if s.op == "fam"}
        assert t.loose == max(0, _loose(t)) == 0


def _loose(t: Term) -> int:
    own = t.data + 1 if t.op == "bv" else 0
    return max([own] + [_loose(q) - (position == BINDS.get(t.op)) for position, q in enumerate(t.args)])


def test_close_and_open_undo_each_other_and_agree_with_the_checker():
    r = random.Random(2)
    for _ in range(300):
        t, value = random_formula(r), random_real(r, 2)
        body = close(t, "x")
        assert open_(body, x) == t and body.loose <= 1 and ("x", 0) not in body.free
        assert open_(body, value) == replace(t, "x", value)
        assert checker.nodes.abstract(node(t), "x") is node(body)
        assert checker.nodes.beta(node(body), node(value)) is node(open_(body, value))


def random_mapping(r: random.Random) -> dict:
    table = {(name, 0): ((), random_real(r, 2)) for name in "abcxyn" if r.random() < 0.4}
    if r.random() < 0.6:
        table["F", 1] = (("x",), random_real(r, 2))
    if r.random() < 0.6:
        table["G", 2] = (("y", "a"), random_real(r, 2))
    return table


def test_two_substitutions_agree():
    """The kernel opens binders with fresh names, the checker shifts indices."""
    r, changed = random.Random(3), 0
    for _ in range(500):
        t, table = random_formula(r), random_mapping(r)
        got = substitute(t, table)
        changed += got != t
        assert checker.nodes.put(node(t), {k: (p, node(body)) for k, (p, body) in table.items()}) is node(got)
    assert changed > 300


def test_substitution_is_evaluation_in_a_changed_environment():
    """The substitution lemma, for terms whose values are certain."""
    r, compared = random.Random(4), 0
    for _ in range(600):
        t, table = random_real(r, 3), random_mapping(r)
        env = {(name, 0): numbers.literal(Fraction(r.randrange(-2, 4))) for name in "abcxyn"}
        env["F", 1], env["G", 2] = lambda u: u * u + 1, lambda u, v: u - v
        inner = dict(env)
        for (name, arity), (parameters, body) in table.items():
            if arity:
                inner[name, arity] = lambda *v, p=parameters, q=body: numbers.real(q, env | {(s, 0): w for s, w in zip(p, v)})
            else:
                inner[name, 0] = numbers.real(body, env)
        u, v = numbers.at_precision(lambda: (numbers.real(substitute(t, table), env), numbers.real(t, inner)))
        if u.is_finite() and v.is_finite():
            compared += 1
            assert bool(u.overlaps(v)), (t, table)
    assert compared > 200


def test_nothing_is_captured():
    assert replace(sum_(n, lambda i: i * x), "x", fam("i")) == sum_(n, lambda j: j * fam("i"))
    assert replace(exists(lambda v: lt(x, v)), "x", y) == exists(lambda v: lt(y, v))
    assert substitute(lt(x, y), {("x", 0): ((), y), ("y", 0): ((), x)}) == lt(y, x)
    t = sum_(n, lambda i: sum_(n, lambda j: fam("F", i, j)))
    assert substitute(t, {("F", 2): (("u", "v"), fam("v"))}) == sum_(n, lambda i: sum_(n, lambda j: j))
    assert substitute(t, {("F", 2): (("u", "v"), sum_(fam("u"), lambda k: k * fam("v")))}) == sum_(
        n, lambda i: sum_(n, lambda j: sum_(i, lambda k: k * j)))
    assert replace(fam("x", x), "x", a) == fam("x", a)      # the family x(.) is another symbol than x
    assert replace(t, "n", sum_(a, lambda i: i)).free == {("a", 0), ("F", 2)}


def test_a_symbol_named_as_the_next_fresh_variable_is_not_captured():
    t = sum_(n, lambda i: i * x)
    coming = int(fresh().split("#")[1])
    value = Term("add", tuple(fam(f"v#{coming + k}") for k in range(1, 30)))
    assert len(replace(t, "x", value).free) == 30           # 29 and n
    assert replace(t, "x", value).args[1].args[1] == value


def test_dump_and_load_and_pickle_give_the_term_back():
    r = random.Random(5)
    for _ in range(200):
        t = random_formula(r)
        assert load(json.loads(json.dumps(dump(t)))) == t
        assert pickle.loads(pickle.dumps(t)) == t
        assert checker.nodes.dump(node(t)) == dump(t)


@pytest.mark.parametrize("raw", [
    None, 3, "x", [], ["num"], ["num", "x"], ["num", None], ["num", "1/0"], ["bv", -1], ["bv", "0"], ["sin", None], ["exp", None],
    ["exp", None, None], ["add", None, ["pi", None]], [["num"], "1"], {"op": "pi"}, ["fam", None],
    ["lt", None, ["pi", None], ["lt", None, ["pi", None], ["pi", None]]],
])
def test_what_is_no_dump_is_refused(raw):
    with pytest.raises((TermError, ZeroDivisionError)):
        load(raw)


def test_a_negation_is_false_exactly_where_the_formula_is_true():
    r, decided = random.Random(6), 0
    formulas = [lt(a, b), le(a, b), eq(a, b), and_(lt(a, b), le(b, x)), or_(eq(a, b), lt(x, a)), imp(lt(a, b), le(b, x)),
                each(n, lambda i: lt(i * a, b)), some(n, lambda i: lt(b, i * a)
                     ), each(n, lambda i: some(n, lambda j: eq(i + j, n - 1))),
                imp(and_(nat(x), lt(x, n)), lt(x, a)), forall(lambda v: lt(a, b)), exists(lambda v: le(a, b))]
    for _ in range(40):
        env = {(name, 0): numbers.literal(Fraction(r.randrange(-2, 4))) for name in "abxn"}
        for phi in formulas:
            p, q = numbers.formula(phi, env), numbers.formula(negate(phi), env)
            assert p is None or q is None or p is not q
            decided += p is not None and q is not None
    assert decided > 400
    for phi in (nat(a), deriv(lambda v: v, a, b)):
        with pytest.raises(TermError):
            negate(phi)


def test_the_builders_of_statements():
    assert min_(n, lambda i: fam("F", i)) == -max_(n, lambda i: -fam("F", i))
    assert each(n, lambda i: lt(i, a)) == forall(lambda i: imp(and_(nat(i), lt(i, n)), lt(i, a)))
    assert some(n, lambda i: lt(i, a)) == exists(lambda i: and_(in_range(i, n), lt(i, a)))
    assert integral(a, b, lambda v: v * x).args[2].loose == 1
    assert set(BINDS) <= set(SIGNATURE) and inv(a).kind == "real" and log(a).op == "log" and lt(a, b).kind == "prop"
    assert ONE.data == 1
