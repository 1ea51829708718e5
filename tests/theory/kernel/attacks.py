"""Attacks on the object that a theorem is, and on what may be handed to a rule: not on any rule's mathematics.

Each function gets a kernel (the package, or a mutated copy of it) and must be refused by the named condition.
"""
from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace
from typing import Callable, NamedTuple

from tests.theory.kernel.steps import F, a, b, c, n, x
from theory.terms import (ONE, ZERO, Term, and_, conj, eq, exists, fam, forall, fresh, imp, in_range, le, log, lt, max_, num,
                          replace,
                          sum_)

FALSE = lt(ZERO, ZERO)
LOOSE = Term("bv", (), 0)


class Attack(NamedTuple):
    condition: str
    run: Callable

    @property
    def name(self) -> str:
        return self.run.__name__


ATTACKS: list[Attack] = []


def attack(condition: str):
    def register(f):
        ATTACKS.append(Attack(condition, f))
        return f
    return register


class Liar(str):
    """A name that equals everything, or nothing, as it likes."""
    calls = 0

    def __eq__(self, other):
        Liar.calls += 1
        return Liar.calls % 2 == 0

    __hash__ = str.__hash__


class Agreeable:
    """Equal to whatever it is compared with; shaped like a sequent and like a term."""
    hyps, concl = frozenset(), and_(FALSE, FALSE)
    op, args, data, kind, loose, free = "lt", (ZERO, ZERO), None, "prop", 0, frozenset()

    def __eq__(self, other):
        return True

    def __hash__(self):
        return hash(ZERO)


class Small(int):
    pass


class Positive(Fraction):
    def __ge__(self, other):
        return True


# ------------------------------------------------------------ theorems that are none
@attack("theorem.made_by_rule")
def a_theorem_by_hand(K):
    K.Theorem(frozenset(), FALSE)


@attack("theorem.final")
def a_subclass(K):
    type("Mine", (K.Theorem,), {"concl": FALSE, "hyps": frozenset()})


@attack("apply.genuine_premise")
def an_object_made_without_init(K):
    fake = object.__new__(K.Theorem)
    object.__setattr__(fake, "rule", "assume")
    K.apply("imp_intro", fake, phi=FALSE)


@attack("apply.genuine_premise")
def an_object_that_looks_like_a_theorem(K):
    K.apply("and_elim", SimpleNamespace(hyps=frozenset(), concl=and_(FALSE, FALSE)), side=0)


@attack("apply.genuine_premise")
def a_sequent_for_a_theorem(K):
    K.apply("and_elim", K.Sequent(frozenset(), and_(FALSE, FALSE)), side=0)


@attack("apply.genuine_premise")
def a_copy(K):
    p, twin = K.apply("assume", phi=FALSE), object.__new__(K.Theorem)
    for slot in ("rule", "premises", "arguments"):
        object.__setattr__(twin, slot, getattr(p, slot))
    K.apply("imp_intro", twin, phi=FALSE)


@attack("apply.genuine_premise")
def an_object_equal_to_a_theorem(K):
    """The kernel's table finds it, since it has the hash of a genuine theorem and says that it is equal."""
    p = K.apply("assume", phi=FALSE)
    twin = type("Twin", (), {"__hash__": lambda self: hash(p), "__eq__": lambda self, other: True})()
    K.apply("imp_intro", twin, phi=FALSE)


@attack("apply.genuine_premise")
def a_term_for_a_theorem(K):
    K.apply("imp_intro", FALSE, phi=FALSE)


@attack("apply.genuine_premise")
def an_unhashable_premise(K):
    K.apply("imp_intro", [], phi=FALSE)


@attack("apply.genuine_premise")
def a_formula_as_positional_argument(K):
    K.apply("assume", FALSE)


@attack("apply.known_rule")
def a_rule_of_ones_own(K):
    K.apply("trust_me", phi=FALSE)


# ------------------------------------------------------------ arguments that are none
def argument(name: str, rule: str, *premises: Term, **arguments) -> None:
    def run(K):
        made = {k: v() if callable(v) else v for k, v in arguments.items()}
        K.apply(rule, *(K.apply("assume", phi=p) for p in premises), **made)
    run.__name__ = name
    ATTACKS.append(Attack("apply.argument_type", run))


argument("a premise by keyword", "and_elim", p=Agreeable(), side=0)
argument("a name that lies about equality", "instance", le(ZERO, x), mapping=((Liar("x"), (), num(-1)),))
argument("a parameter that lies", "instance", le(F(x), x), mapping=(("F", (Liar("x"),), num(-1)),))
argument("a variable that lies", "forall_intro", le(ZERO, x), x=Liar("x"))
argument("an operator that lies", "nat_closed", op=Liar("add"))
argument("True as a side", "and_elim", and_(FALSE, FALSE), side=True)
argument("1.0 as a side", "and_elim", and_(FALSE, FALSE), side=1.0)
argument("a float as a literal", "square", a=0.1)
argument("a float in a tuple", "linear", le(a, b), multipliers=(0.5,), goal=le(a, b))
argument("True as a natural", "nat_literal", k=True)
argument("a subclass of int", "nat_literal", k=Small(3))
argument("a multiplier that says it is positive", "linear", le(a, b), multipliers=(Positive(-1),), goal=le(b, a))
argument("nothing for a term", "square", a=None)
argument("a thing equal to every term", "rewrite", eq(a, b), lt(a, c), x="x", phi=Agreeable())
argument("a set of multipliers", "linear", le(a, b), multipliers={Fraction(1)}, goal=le(a, b))
argument("a mapping for a mapping", "instance", le(a, b), mapping={"a": b})
argument("a generator for a mapping", "instance", le(a, b), mapping=lambda: (row for row in [("a", (), b)]))
argument("a string of bytes", "forall_intro", le(ZERO, ZERO), x=b"x")
argument("an operator instead of a term", "square", a=lambda: Term)


@attack("apply.closed_argument")
def a_loose_variable(K):
    K.apply("exp_positive", a=LOOSE)


@attack("apply.closed_argument")
def a_loose_variable_in_a_mapping(K):
    K.apply("instance", K.apply("assume", phi=exists(lambda v: lt(v, x))), mapping=(("x", (), LOOSE),))


@attack("apply.closed_argument")
def a_loose_variable_in_a_formula(K):
    K.apply("assume", phi=lt(LOOSE, ONE))


@attack("apply.closed_argument")
def a_body_for_a_term(K):
    K.apply("sum_constant", K.apply("nat_literal", k=2), c=Term("sum", (n, Term("bv", (), 1))))


def with_rule(K, result):
    """A rule that breaks the kernel's own discipline; `apply` checks the result all the same."""
    K.RULES["broken"] = lambda: (frozenset(), result)
    try:
        K.apply("broken")
    finally:
        del K.RULES["broken"]


@attack("apply.closed_conclusion")
def a_rule_that_returns_a_loose_formula(K):
    with_rule(K, lt(LOOSE, ONE))


@attack("apply.closed_conclusion")
def a_rule_that_returns_a_real(K):
    with_rule(K, ONE)


# ------------------------------------------------------------ names and bound variables: right results, not refusals
CHECKS: list[Callable] = []


def check(f):
    CHECKS.append(f)
    return f


def coming(t: Term) -> Term:
    """t with its parameter p replaced by a sum of symbols named as the next opened binders would be."""
    now = int(fresh().split("#")[1])
    return replace(t, "p", Term("add", tuple(fam(f"v#{now + q}") for q in range(1, 60))))


P_ = fam("p")


@check
def a_parameter_named_as_the_next_fresh_variable_is_not_captured_by_a_derivative(K):
    both = coming(sum_(n, lambda v: x * P_) + sum_(n, lambda v: Term("add", (ONE * P_, a * ZERO))))
    f, wanted = both.args
    assert K.apply("differentiate", x="x", f=f, at=a).concl.args[2] == wanted


@check
def a_range_named_as_the_next_fresh_variable_is_not_captured_by_a_condition(K):
    f = max_(P_, lambda v: log(x * v))
    condition = forall(lambda w: forall(lambda v: imp(in_range(v, P_), lt(ZERO, w * v))))
    premises = [forall(lambda w: le(ZERO, replace(f, "x", w))), forall(lambda w: le(replace(f, "x", w), ONE)), condition]
    whole = coming(conj(*premises, lt(ZERO, P_)))
    made = []
    for _ in premises:
        first, whole = whole.args
        made.append(K.apply("forall_elim", K.apply("assume", phi=first), t=x))
    sign, bound, positive = made
    K.apply("integrable_dominated", sign, bound, K.apply("assume", phi=Term("integrable", (a, b, ONE))), positive,
            K.apply("assume", phi=whole), x="x")


@check
def substitution_under_a_binder_captures_nothing(K):
    p = K.apply("assume", phi=exists(lambda v: lt(v, x)))
    made = K.apply("instance", p, mapping=(("x", (), coming(P_)),))
    assert made.concl == coming_into(made)
    swapped = K.apply("instance", K.apply("assume", phi=lt(a, b)), mapping=(("a", (), b), ("b", (), a)))
    assert swapped.concl == lt(b, a)
    twice = K.apply("assume", phi=le(sum_(n, lambda v: F(F(v))), x))
    nested = K.apply("instance", twice, mapping=(("F", ("x",), x + a), ("x", (), c)))
    assert nested.concl == le(sum_(n, lambda v: v + a + a), c)


def coming_into(made) -> Term:
    """There is v: v < the sum, with all 59 symbols of the sum still free."""
    assert len(made.concl.free) == 59
    return Term("exists", (lt(LOOSE, made.concl.args[0].args[1]),))


@check
def only_the_named_arity_is_replaced(K):
    p = K.apply("assume", phi=lt(fam("x"), fam("x", a)))
    assert K.apply("instance", p, mapping=(("x", (), ONE),)).concl == lt(ONE, fam("x", a))
    assert K.apply("instance", p, mapping=(("x", ("i",), fam("i") + 1),)).concl == lt(fam("x"), a + 1)


@check
def a_theorem_cannot_be_written_to(K):
    p = K.apply("assume", phi=FALSE)
    try:
        p.rule = "ring"
    except AttributeError:
        return
    raise AssertionError("an attribute of a theorem was set without a word")


@check
def undischarged_cases_stay(K):
    """by_order and or_elim discharge only their own case."""
    p, q = K.apply("assume", phi=le(a, b)), K.apply("weaken", K.apply("assume", phi=le(a, b)), phi=lt(c, a))
    assert K.apply("by_order", p, q, a=a, b=b).hyps == {le(a, b), lt(c, a)}
    assert K.apply("imp_intro", p, phi=lt(a, b)).hyps == {le(a, b)}
