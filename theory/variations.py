"""One change at a time: every way in which a statement is mutated, as a walk over its term."""
from __future__ import annotations

from fractions import Fraction
from typing import Iterator

from theory.claim import Claim
from theory.terms import BINDS, Term, fam, num


class Scope:
    """What a variable may be replaced by: families of the same shape, indices of the same range."""

    def __init__(self, claim: Claim, ranges: tuple = ()):
        self.claim, self.ranges = claim, ranges

    def inside(self, n: Term | None) -> "Scope":
        return Scope(self.claim, self.ranges + (n,))

    def others(self, name: str) -> list[str]:
        own = next((v for v in self.claim.variables if v.name == name), None)
        return [] if own is None else [v.name for v in self.claim.variables if v.name != name and v.shape == own.shape
                                       and v.natural == own.natural and not (own.natural and own.below != v.below)]


def variants(t: Term, scope: Scope) -> Iterator[tuple[str, Term]]:
    """(kind, the term with one change) for every place in a term or formula."""
    op, a = t.op, t.args
    if op in ("le", "lt", "eq"):
        if op == "le":
            yield "strictness", Term("lt", a)
        if op != "eq":
            yield "direction", Term(op, (a[1], a[0]))
        for k in (0, 1):
            for factor in (Fraction(1, 2), Fraction(2)):
                if a[k].op != "add" and a[k] != num(0):
                    side = num(factor) * a[k]
                    yield "coefficient", Term(op, (side, a[1]) if k == 0 else (a[0], side))
    elif op == "imp":
        yield "hypothesis", a[1]
    elif op in ("forall", "exists"):
        guarded, n = a[0], a[0].args[0].args[1].args[1] if _bounded(t) else None
        if n is not None:       # the range of the index stays: only what is said about it changes
            for kind, new in variants(guarded.args[1], scope.inside(n)):
                yield kind, Term(op, (Term(guarded.op, (guarded.args[0], new)),))
        return
    elif op == "num":
        for c in (t.data + 1, t.data / 2, t.data * 2, t.data - 1):
            if c != t.data and c != 0:
                yield "constant", num(c)
        return
    elif op == "add":
        for k, x in enumerate(a):
            rest = a[:k] + a[k + 1:]
            yield "sign", Term(op, a[:k] + (-x,) + a[k + 1:])
            yield "summand", rest[0] if len(rest) == 1 else Term(op, rest)
            for factor in (Fraction(1, 2), Fraction(2)):
                yield "coefficient", Term(op, a[:k] + (num(factor) * x,) + a[k + 1:])
    elif op == "max":
        yield "max for min", -Term("max", (a[0], -a[1]))
        yield "range", Term(op, (a[0] - 1, a[1]))
    elif op == "sum":
        yield "range", Term(op, (a[0] - 1, a[1]))
    elif op == "exp":
        yield "sign", Term(op, (-a[0],))
        yield "coefficient", Term(op, (2 * a[0],))
    elif op == "fam":
        for name in scope.others(t.data):
            yield "variable", Term(op, a, name)
        for k, index in enumerate(a):
            for other in _indices(index, scope):
                yield "index", Term(op, a[:k] + (other,) + a[k + 1:], t.data)
        return
    elif op in ("nat", "bv", "pi"):
        return
    binder = BINDS.get(op)
    for k, x in enumerate(a):
        if (op == "deriv" and k == 1) or (op == "mul" and x == num(-1)) or (op in ("sum", "max", "ball") and k == 0):
            continue
        inner = scope.inside(a[0] if op in ("sum", "max") else None) if k == binder else scope
        for kind, new in variants(x, inner):
            if op == "pow" and k == 1 and kind == "constant":
                kind = "exponent"
            yield kind, Term(op, a[:k] + (new,) + a[k + 1:], t.data)


def _bounded(t: Term) -> bool:
    inner = t.args[0]
    return inner.op == ("imp" if t.op == "forall" else "and") and inner.args[0].op == "and" and inner.args[0].args[1].op == "lt"


def _indices(index: Term, scope: Scope) -> Iterator[Term]:
    """Other indices of the same range: bound ones and declared ones."""
    depth = len(scope.ranges)
    own = None
    if index.op == "bv" and index.data < depth:
        own = _range(scope, index.data)
    elif index.op == "fam" and not index.args:
        own = next((fam(v.below) for v in scope.claim.variables if v.name == index.data and v.below), None)
    if own is None:
        return
    for k in range(depth):
        if Term("bv", (), k) != index and _range(scope, k) == own:
            yield Term("bv", (), k)
    for v in scope.claim.variables:
        if v.below is not None and fam(v.below) == own and fam(v.name) != index:
            yield fam(v.name)


def _range(scope: Scope, k: int) -> Term | None:
    n = scope.ranges[-1 - k]
    return n if n is not None and n.loose == 0 else None
