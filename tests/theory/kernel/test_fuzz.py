"""Every rule in every strict/non-strict combination, on random instances, against rigorous numbers.

An instance: an accepted example whose relations are exchanged in every way that the rule still accepts, whose symbols are
replaced by random terms, and (for calculus) whose functions are random. Its premises are assumptions, so the resulting sequent
says everything that is assumed; it is evaluated at random points. Where the hypotheses certainly hold the conclusion must not
be certainly false.
"""
from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product as combinations

import pytest
from flint import arb

from tests.theory.kernel import numbers
from tests.theory.kernel.steps import (CLOSED, OPEN, POSITIVE, RELATIONS, F, Seq, Step, a, b, e, integrable_, n, seq, shell, step,
                                       t, u, x, y)
from theory.calculus import continuous, derivative
from theory.kernel import KernelError, RULES, apply
from theory.normal import normal
from theory.terms import (ZERO, Term, abs_, close, eq, exp, fam, gamma, imp, inv, le, log, lt, max_, num, power, replace,
                          substitute,
                          sum_)

# rules whose conclusions the evaluator cannot judge, with the reason; all others must be evaluated at least once
NOT_EVALUATED = {"absurd": "its premise is false: every instance is vacuous"}
# the example's equation holds for no polynomial F on an interval; the rule is evaluated on random functions instead
ONLY_RANDOM = {"change_of_variables"}
VALUES = [Fraction(v) for v in (-2, -1, 0, 1, 2, 3)] + [Fraction(v, 4) for v in (-10, -7, -6, -3, -2, -1, 1, 2, 3, 5, 6)]
SMALL = ("a", "b", "c", "d", "e", "r", "y", "z", "p", "q")


@dataclass
class Count:
    held: int = 0           # hypotheses hold, conclusion confirmed
    vacuous: int = 0        # a hypothesis fails
    unknown: int = 0        # hypotheses or conclusion not decided
    false: list = field(default_factory=list)


def local(p: Seq, variables: list[str]):
    """A theorem of this sequent: its implication, closed over the variables of the rule only, is assumed and taken apart."""
    formula = p.concl
    for h in reversed(p.hyps):
        formula = imp(h, formula)
    names = [v for v in variables if (v, 0) in formula.free]
    for v in names:
        formula = Term("forall", (close(formula, v),))
    out = apply("assume", phi=formula)
    for v in reversed(names):
        out = apply("forall_elim", out, t=fam(v))
    for h in p.hyps:
        out = apply("imp_elim", out, apply("assume", phi=h))
    return out


def variables(s: Step) -> list[str]:
    return [v for k, v in s.arguments.items() if type(v) is str and k != "op"]


def made(s: Step):
    return apply(s.rule, *(local(p, variables(s)) for p in s.premises), **s.arguments)


def relations_exchanged(s: Step) -> list[Step]:
    """The step with every relation among its premises (and its goal) put as <=, < and =: all combinations that the rule
    accepts."""
    spots = [k for k, p in enumerate(s.premises) if p.concl.op in ("le", "lt", "eq")]
    goals = [{}] if "goal" not in s.arguments else [{"goal": make(*s.arguments["goal"].args)} for make in RELATIONS]
    out = []
    for makes in combinations(RELATIONS, repeat=min(len(spots), 4)):
        for goal in goals:
            changed = s.but(*((k, Seq(make(*s.premises[k].concl.args), s.premises[k].hyps)) for k, make in zip(spots, makes)),
                            **goal)
            try:
                made(changed)
            except KernelError:
                continue
            out.append(changed)
    return out


def random_term(r: random.Random, depth: int = 2) -> Term:
    kind = r.choice("nnvvv" if depth == 0 else "nvvv+*-e|")
    if kind == "n":
        return num(r.choice(VALUES))
    if kind == "v":
        return fam(r.choice("abcdpq"))
    parts = random_term(r, depth - 1), random_term(r, depth - 1)
    return {"+": lambda: parts[0] + parts[1], "*": lambda: parts[0] * parts[1], "-": lambda: -parts[0],
            "e": lambda: exp(parts[0]), "|": lambda: abs_(parts[0])}[kind]()


def dressed(s: Step, r: random.Random) -> Step:
    """The step with random terms for its real symbols and with another body for its families (the rule's variables stay)."""
    kept = {*variables(s), "n", "k", "m", "j", "i", "s", "t", "u", "x"}
    names = sorted({name for q in s.premises for f in (q.concl, *q.hyps) for name, arity in f.free if arity == 0} - kept)
    table = {(name, 0): ((), random_term(r)) for name in names if r.random() < 0.4}

    def move(v):
        if type(v) is Term:
            return substitute(v, table)
        return tuple(map(move, v)) if type(v) is tuple else v
    premises = tuple(Seq(move(q.concl), tuple(map(move, q.hyps))) for q in s.premises)
    return Step(s.rule, premises, {k: move(v) for k, v in s.arguments.items()})


class Environment(dict):
    """Random values: reals from a few dyadic numbers (so that equalities occur), naturals for n, k, m, j, polynomials for
    families."""

    def __init__(self, r: random.Random, natural: float = 0.8):
        super().__init__()
        self.r, self.natural = r, natural

    def __missing__(self, key):
        name, arity = key
        if arity == 0:
            earlier = [v for (_, arity), v in self.items() if arity == 0]
            if earlier and self.r.random() < 0.25:              # coincidences: a = b, c = d
                self[key] = self.r.choice(earlier)
                return self[key]
            index = name in ("n", "k", "m", "j", "i") and self.r.random() < self.natural
            self[key] = numbers.literal(Fraction(self.r.choice((0, 1, 1, 2, 3))) if index else self.r.choice(VALUES))
        else:
            c = [self.r.choice(VALUES) if q == 0 or self.r.random() < 0.5 else 0 for q in range(arity + 2)]

            def value(*args, c=c):
                total = numbers.literal(c[0])
                for weight, v in zip(c[1:], (*args, args[0] * args[0])):
                    total = total + v * numbers.literal(weight) if weight else total
                return total
            self[key] = value
        return self[key]


def judge(theorem, env, count: Count) -> None:
    held = [numbers.formula(h, env) for h in theorem.hyps]
    if False in held:
        count.vacuous += 1
    elif None in held:
        count.unknown += 1
    else:
        truth = numbers.formula(theorem.concl, env)
        if truth is False:
            count.false.append((repr(theorem), {k: str(v) for k, v in env.items()}))
        elif truth is True or numbers.agrees(theorem.concl, env):
            count.held += 1
        else:
            count.unknown += 1


def fuzz(s: Step, r: random.Random, points: int) -> Count:
    """The step at random points, until its conclusion was confirmed three times under true hypotheses."""
    count, theorem = Count(), made(s)
    for _ in range(points):
        numbers.at_precision(lambda: judge(theorem, Environment(r), count))
        if count.false or count.held >= 3:
            break
    return count


# ------------------------------------------------------------ random functions for calculus
def random_function(r: random.Random, v: Term = x, depth: int = 2) -> Term:
    kind = r.choice("nv" if depth == 0 else "vv+*-elp/scS")
    if kind in "nv":
        return v if kind == "v" else num(r.choice(VALUES))
    f, g = random_function(r, v, depth - 1), random_function(r, v, depth - 1)
    return {"+": lambda: f + g, "*": lambda: f * g, "-": lambda: -f, "e": lambda: exp(f), "l": lambda: log(f),
            "p": lambda: power(f, r.choice([2, 3, Fraction(1, 2), Fraction(3, 2), -1, 0, e])), "/": lambda: inv(f),
            "s": lambda: g - f,
            "c": lambda: f + fam("c"), "S": lambda: sum_(n, lambda i: f * (i + 1))}[kind]()


def shown(conditions, hyps: tuple) -> tuple[Seq, ...]:
    return tuple(Seq(c, hyps) for c in conditions)


def random_calculus(rule: str, r: random.Random) -> Step:
    """A step of a calculus rule about random functions; the conditions that the rule asks for are assumed."""
    f, g = random_function(r), random_function(r)
    order, sign = (r.choice((le, lt)) for _ in range(2))
    slope, needed = derivative(f, "x")
    smooth = shown(needed, OPEN) + shown(continuous(f, "x"), CLOSED)
    if rule == "differentiate":
        return step(rule, *(Seq(replace(c, "x", y)) for c in needed), x="x", f=f, at=y)
    if rule == "increasing":
        return step(rule, order(a, b), seq(sign(ZERO, slope), *OPEN), *smooth, x="x", a=a, b=b, f=f)
    if rule == "fundamental":
        g = r.choice([slope, normal(slope)])
        last = r.choice([(seq(sign(ZERO, g), *OPEN),), shown(continuous(g, "x"), CLOSED)])
        return step(rule, le(a, b), seq(eq(slope, g), *OPEN), *smooth, *last, x="x", a=a, b=b, f=f, g=g)
    if rule == "integral_monotone":
        f, g = r.choice([(f, g), (f, f + g * g), (f * g, g * f)])
        relation = r.choice(RELATIONS)
        return step(rule, seq(relation(f, g), *OPEN), integrable_(a, b, f), integrable_(a, b, g), le(a, b), x="x")
    if rule == "integral_strict":
        f, g = r.choice([(f, g), (f, f + exp(g)), (f, f + g * g + 1)])
        return step(rule, seq(lt(f, g), *OPEN), integrable_(a, b, f), integrable_(a, b, g), lt(a, b), x="x")
    if rule == "integrable_dominated":
        f = r.choice([f, f * f, exp(f)])
        g = f + g * g
        return step(rule, seq(sign(ZERO, f), *OPEN), seq(r.choice(RELATIONS)(f, g), *OPEN), integrable_(a, b, g),
                    *shown(continuous(f, "x"), OPEN), x="x")
    if rule == "integral_linear":
        return step(rule, integrable_(a, b, f), integrable_(a, b, g), x="x", c=fam("c"), f=f, d=fam("d"), g=g)
    inner = random_function(r, u, 1)
    g = replace(inner, "u", f) * slope
    return step(rule, le(a, b), seq(lt(ZERO, slope), *OPEN), seq(eq(g, replace(inner, "u", f) * slope), *OPEN), *smooth,
                *shown(continuous(g, "x"), CLOSED), x="x", a=a, b=b, phi=f, u="u", f=inner, g=g)


CALCULUS = ("differentiate", "increasing", "fundamental", "integral_monotone", "integral_strict", "integrable_dominated", "integral_linear",
            "change_of_variables")


def random_steps(rule: str, number: int) -> list[Step]:
    r, out = random.Random(rule), []
    while len(out) < number:
        try:
            s = random_calculus(rule, r)
            made(s)
        except (KernelError,
                ValueError):       # an operator that the calculus does not know, or a hypothesis that the two conditions share
            continue
        out.append(s)
    return out


def polar(r: random.Random) -> Step:
    f = r.choice([exp(-t), t * t, fam("c") + 0 * t, exp(t) * fam("d")])
    return step("ball_polar", Seq(Term("nat", (n,))), le(num(1), n), le(ZERO, fam("r")), integrable_(ZERO, fam("r"), shell(f),
                                                                                                     "t"), t="t", f=f)


def dressings(steps: list[Step], r: random.Random) -> list[Step]:
    out = []
    for s in steps * 4:
        d = dressed(s, r)
        try:
            made(d)
        except KernelError:                     # dressing may identify what has to differ
            continue
        out.append(d)
    return out


@pytest.mark.parametrize("rule", sorted(RULES))
def test_no_instance_is_certainly_false_and_every_combination_is_confirmed(rule, record_property):
    r = random.Random(rule)
    plain = [q for p in POSITIVE if p.rule == rule for q in relations_exchanged(p)]
    total = Count()
    special = random_steps(rule, 60) if rule in CALCULUS else [polar(r) for _ in range(12)] if rule == "ball_polar" else []
    for s in plain + dressings(plain, r) + special:
        count = fuzz(s, r, 2000 if s in plain and rule not in NOT_EVALUATED else 4)
        assert not count.false, count.false[0]
        if s in plain and rule not in NOT_EVALUATED and rule not in ONLY_RANDOM:
            assert count.held, f"never evaluated with true hypotheses: {s} {count}"
        total = Count(total.held + count.held, total.vacuous + count.vacuous, total.unknown + count.unknown)
    record_property("counts", str(total))
    assert (total.held > 0) is (rule not in NOT_EVALUATED), total


def test_the_combinations_that_a_rule_accepts_are_many():
    assert {len(relations_exchanged(p)) for p in POSITIVE if p.rule == "product"} == {4}
    assert {len(relations_exchanged(p)) for p in POSITIVE if p.rule == "increasing"} == {4}
    assert len(relations_exchanged(next(p for p in POSITIVE if p.rule == "linear"))) == 7      # 4 with <=, 3 with <


# ------------------------------------------------------------ certificates and normal forms
def random_certificate(r: random.Random) -> Step:
    """Premises, multipliers and a goal; every third one is spoiled a little, and then mostly refused."""
    goal, left, right = r.choice(RELATIONS), random_term(r, 1), random_term(r, 1)
    premises, multipliers, total = [], [], right - right + left
    for _ in range(r.randrange(4)):
        relation, p, q = r.choice(RELATIONS), random_term(r, 1), random_term(r, 1)
        m = random_term(r, 1) if relation is eq else Fraction(r.randrange(4), r.randrange(1, 3))
        premises.append(Seq(relation(p, q)))
        multipliers.append(m)
        total = total + (m if relation is eq else num(m)) * (q - p)
    total = total + r.choice((0, 0, 0, 1, Fraction(1, 2), -1))
    return Step("linear", tuple(premises), dict(multipliers=tuple(multipliers), goal=goal(left, total)))


def test_linear_certificates():
    r, count, accepted = random.Random("linear"), Count(), 0
    for _ in range(800):
        s = random_certificate(r)
        try:
            theorem = made(s)
        except KernelError:
            continue
        accepted += 1
        for _ in range(6):
            numbers.at_precision(lambda: judge(theorem, Environment(r), count))
    assert accepted > 200 and count.held > 200 and not count.false, count.false[:1]


def wild_term(r: random.Random, depth: int = 3) -> Term:
    kind = r.choice("nvv" if depth == 0 else "vn++**-eelpp/|sSmMf")
    if kind in "nv":
        return num(r.choice(VALUES)) if kind == "n" else fam(r.choice("abc"))
    p, q = wild_term(r, depth - 1), wild_term(r, depth - 1)
    name = fam("bound")
    body = Term("add", (p * name, q))
    return {"+": lambda: p + q, "*": lambda: p * q, "-": lambda: p - q, "e": lambda: exp(p), "l": lambda: log(p),
            "p": lambda: power(p, r.choice([0, 1, 2, 3, Fraction(1, 2), -1, -2, q, ZERO + 2])), "/": lambda: inv(p),
            "|": lambda: abs_(p),
            "s": lambda: exp(p) * exp(q), "S": lambda: Term("sum", (n, close(body, "bound"))), "f": lambda: F(p),
            "m": lambda: max_(n, lambda i: p * i + q), "M": lambda: gamma(p) * q}[kind]()


def test_a_term_equals_its_normal_form_everywhere():
    """Where both have a value; where one of them has none (1/0, log of 0) the other has none either, or Arb could not tell."""
    r, compared = random.Random("normal"), 0
    for _ in range(1500):
        left = wild_term(r)
        right = normal(left)
        env = Environment(r)
        u, v = numbers.at_precision(lambda: (numbers.real(left, env), numbers.real(right, env)))
        if u.is_finite() and v.is_finite():
            compared += 1
            assert bool(u.overlaps(v)), (left, right, env)
        assert normal(right) == right
    assert compared > 500


def test_unequal_values_have_unequal_normal_forms():
    """Pairs of random terms that the kernel calls equal are equal at random points."""
    r, equal = random.Random("pairs"), 0
    pool = [wild_term(r, 1) for _ in range(400)]
    by_form: dict = defaultdict(list)
    for p in pool:
        by_form[normal(p)].append(p)
    for terms in by_form.values():
        for p, q in zip(terms, terms[1:]):
            equal += p != q
            env = Environment(r)
            u, v = numbers.at_precision(lambda: (numbers.real(p, env), numbers.real(q, env)))
            assert not (u.is_finite() and v.is_finite()) or bool(u.overlaps(v)), (p, q)
    assert equal > 5


# ------------------------------------------------------------ the judge itself
def test_the_judge_sees_a_false_theorem():
    """A rule with a strict sign too many, or a lost hypothesis, is found by the same search."""
    from types import SimpleNamespace
    wrong = [(frozenset([le(a, b)]), lt(a, b)), (frozenset(), le(ZERO, a)), (frozenset([le(ZERO, a)]),
                                                                             eq(exp(log(a)) * 0 + a, abs_(a) + 1)),
             (frozenset([lt(ZERO, n)]), lt(sum_(n, lambda i: F(i)), sum_(n, lambda i: F(i) + i)))]
    for hyps, concl in wrong:
        r, count = random.Random("judge"), Count()
        for _ in range(60):
            numbers.at_precision(lambda: judge(SimpleNamespace(hyps=hyps, concl=concl), Environment(r), count))
        assert count.false, concl


def test_the_evaluator_leaves_the_unspecified_unspecified():
    env = Environment(random.Random(0))
    for t_ in (inv(ZERO), log(ZERO), log(num(-1)), power(num(-2), Fraction(1, 2)), max_(ZERO, lambda i: i), power(ZERO, -1)):
        assert numbers.real(t_, env).is_nan() or not numbers.real(t_, env).is_finite()
    assert numbers.formula(eq(inv(ZERO), ZERO), env) is None
    assert numbers.real(power(ZERO, 0), env) == 1 and numbers.real(power(ZERO, Fraction(1, 2)), env) == 0
    assert numbers.real(power(num(-2), 3), env) == -8
    assert bool(abs(numbers.real(Term("int", (ZERO, num(1), Term("bv", (), 0))), env) - arb("0.5")) < arb("0.02"))
