"""Symbolic derivative and continuity, with the conditions under which they hold. Trusted: the kernel's calculus rules use it.

`derivative(f, x)` is the derivative of f in the free real x at every point where all returned conditions hold; `continuous(f, x)`
returns conditions under which f is continuous *on the set where they hold*. Anything not understood is refused, never guessed.
"""
from __future__ import annotations

from theory.terms import ONE, ZERO, Term, and_, close, fam, fresh, imp, in_range, inv, le, lt, num, open_, power

Conditions = list[Term]


class CalculusError(ValueError):
    """An operator whose derivative or continuity is not known here."""


def _constant(t: Term, x: str) -> bool:
    return (x, 0) not in t.free


def _natural_literal(e: Term) -> bool:
    return e.op == "num" and e.data.denominator == 1 and e.data >= 0


def _under(body: Term, n: Term, x: str, rule) -> tuple[Term, Conditions]:
    """Apply `rule` to the body of a sum or max over i < n, and quantify its conditions over i."""
    name = fresh()
    while (name, 0) in body.free | n.free or name == x:
        name = fresh()
    value, conditions = rule(open_(body, fam(name)))
    return close(value, name), [Term("forall", (close(imp(in_range(fam(name), n), c), name),)) for c in conditions]


def derivative(t: Term, x: str) -> tuple[Term, Conditions]:
    """(d t / d x, conditions). Sums over a symbolic range are differentiated term by term (finitely many terms)."""
    if _constant(t, x):
        return ZERO, []
    op, args = t.op, t.args
    if op == "fam" and not args:
        return ONE, []
    if op == "sum" and _constant(args[0], x):
        body, conditions = _under(args[1], args[0], x, lambda f: derivative(f, x))
        return Term("sum", (args[0], body)), conditions
    if op not in ("add", "mul", "inv", "exp", "log", "pow"):
        raise CalculusError(f"no derivative is known for {op} of {x}")
    if op == "pow" and not _constant(args[1], x):
        raise CalculusError("no derivative is known for a power with a varying exponent")
    parts = [derivative(a, x) for a in args]
    conditions = [c for _, cs in parts for c in cs]
    d = [p for p, _ in parts]
    if op == "add":
        return Term("add", d), conditions
    if op == "mul":
        products = [Term("mul", (*args[:i], d[i], *args[i + 1:])) for i in range(len(args))]
        return Term("add", products), conditions
    u = args[0]
    if op == "inv":
        return -(d[0] * inv(u) * inv(u)), conditions + [lt(0, u * u)]
    if op == "exp":
        return d[0] * t, conditions
    if op == "log":
        return d[0] * inv(u), conditions + [lt(0, u)]
    e = args[1]
    slope = e * power(u, e - 1 if not _natural_literal(e) else num(max(e.data - 1, 0))) * d[0]
    return slope, conditions + ([] if _natural_literal(e) else [lt(0, u)])


def continuous(t: Term, x: str) -> Conditions:
    """Conditions under which t is continuous in the free real x."""
    if _constant(t, x):
        return []
    op, args = t.op, t.args
    if op == "fam" and not args:
        return []
    if op in ("sum", "max") and _constant(args[0], x):
        own: Conditions = [lt(0, args[0])] if op == "max" else []
        return _under(args[1], args[0], x, lambda f: (ZERO, continuous(f, x)))[1] + own
    if op not in ("add", "mul", "inv", "exp", "log", "abs", "pow"):
        raise CalculusError(f"continuity of {op} in {x} is not known")
    if op == "pow" and not _constant(args[1], x):
        raise CalculusError("continuity of a power with a varying exponent is not known")
    conditions = [c for a in args for c in continuous(a, x)]
    u = args[0]
    if op == "inv":
        return conditions + [lt(0, u * u)]
    if op == "log":
        return conditions + [lt(0, u)]
    if op == "pow" and not _natural_literal(args[1]):
        # u^e on u >= 0: continuous for e >= 0 (e = 0 gives the constant 1, also at 0)
        return conditions + [and_(le(0, u), le(0, args[1]))]
    return conditions
