"""The core of the kernel: what a Theorem is and the one function that issues it."""
from __future__ import annotations

import weakref
from fractions import Fraction
from typing import Callable, NamedTuple

from theory.calculus import CalculusError
from theory.normal import difference
from theory.terms import P, R, Term, TermError, fam, lt, nat


class KernelError(Exception):
    """A step that the kernel refuses. `condition` names the side condition that refused."""

    def __init__(self, condition: str, message: str):
        super().__init__(f"{condition}: {message}")
        self.condition = condition


class Sequent(NamedTuple):
    hyps: frozenset
    concl: Term


def require(holds: bool, condition: str, message: str = "does not hold") -> None:
    if holds is not True:
        raise KernelError(condition, message)


RULES: dict[str, Callable] = {}
AXIOMS: set[str] = set()


def rule(f: Callable) -> Callable:
    RULES[f.__name__] = f
    return f


def axiom(f: Callable) -> Callable:
    """A rule that assumes a fact of analysis or geometry by name; every trace lists the axioms it used."""
    AXIOMS.add(f.__name__)
    return rule(f)


class Theorem:
    """hyps |- concl. Issued by `apply` alone: rules accept only objects that it issued, whatever else looks like one.

    The sequent is not stored in the object but in the kernel's own table, so that writing to a theorem changes nothing.
    """

    __slots__ = ("rule", "premises", "arguments", "__weakref__")

    def __init__(self, *_, **__):
        raise KernelError("theorem.made_by_rule", "a Theorem is made by kernel.apply, not by hand")

    def __init_subclass__(cls, **_):
        raise KernelError("theorem.final", "Theorem cannot be subclassed")

    def __setattr__(self, *_):
        raise AttributeError("theorems are immutable")

    @property
    def hyps(self) -> frozenset:
        return sequent(self).hyps

    @property
    def concl(self) -> Term:
        return sequent(self).concl

    def __repr__(self) -> str:
        return f"{', '.join(sorted(map(repr, self.hyps)))} |- {self.concl!r}"


_issued: "weakref.WeakKeyDictionary[Theorem, Sequent]" = weakref.WeakKeyDictionary()


def sequent(theorem: Theorem) -> Sequent:
    """The sequent under which a theorem was issued; refuses anything that the kernel did not issue."""
    require(type(theorem) is Theorem and theorem in _issued, "apply.genuine_premise", "not a theorem that the kernel issued")
    return _issued[theorem]


def apply(rule_name: str, *premises: Theorem, **arguments) -> Theorem:
    """Apply a rule. Raises KernelError, naming the side condition, when the step is not allowed."""
    require(rule_name in RULES, "apply.known_rule", f"no rule {rule_name!r}")
    sequents = [sequent(p) for p in premises]
    arguments = {name: _frozen(a) for name, a in arguments.items()}
    try:
        hyps, concl = RULES[rule_name](*sequents, **arguments)
    except (TermError, CalculusError) as error:
        raise KernelError(f"{rule_name}.terms", str(error)) from error
    require(concl.loose == 0 and concl.kind == P, "apply.closed_conclusion", "the conclusion is not a closed formula")
    theorem = object.__new__(Theorem)
    for name, value in (("rule", rule_name), ("premises", premises), ("arguments", arguments)):
        object.__setattr__(theorem, name, value)
    _issued[theorem] = Sequent(frozenset(hyps), concl)
    return theorem


def _frozen(a):
    """Arguments are terms without loose variables, names, rationals, or tuples of these: exact types, so that nothing can lie."""
    if type(a) in (tuple, list):
        return tuple(map(_frozen, a))
    require(type(a) in (Term, Fraction, str, int), "apply.argument_type", f"{type(a).__name__} is no argument of a rule")
    require(type(a) is not Term or a.loose == 0, "apply.closed_argument", f"{a!r} has a loose bound variable")
    return a


# helpers of the rules (they make no theorem)

def real_(t, where: str) -> Term:
    require(type(t) is Term and t.kind == R, f"{where}.real", "a real term is needed")
    return t


def prop_(t, where: str) -> Term:
    require(type(t) is Term and t.kind == P, f"{where}.prop", "a formula is needed")
    return t


def variable_(name, where: str) -> Term:
    require(type(name) is str and name != "", f"{where}.variable", "a variable is a name")
    return fam(name)


def fresh_(name: str, formulas, where: str) -> None:
    require(all((name, 0) not in f.free for f in formulas), f"{where}.fresh", f"{name} is free in a hypothesis or in the result")


def is_(p: Sequent, wanted: Term, condition: str) -> None:
    require(p.concl == wanted, condition, f"a premise should say {wanted!r}, it says {p.concl!r}")


def relation_(p: Sequent, ops: tuple, condition: str) -> tuple[Term, Term]:
    require(p.concl.op in ops, condition, f"a premise should be one of {ops}, it is {p.concl!r}")
    return p.concl.args


def index_(i: str, n: Term) -> set:
    """The hypotheses that say that i runs over the naturals below n."""
    return {nat(fam(i)), lt(fam(i), n)}


def same(a: Term, b: Term) -> bool:
    return not difference(a, b)
