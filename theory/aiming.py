"""Moving a proposed point towards the hypotheses of a claim: x(k) = y(k) for all k, sum p = 1, a <= b, and what combines them.

Only a proposal: whoever draws points certifies the premises afterwards.
"""
from __future__ import annotations

from fractions import Fraction
from typing import Any, Iterator

from theory.claim import Claim
from theory.evaluate import exact_value
from theory.points import flatten, rebuild
from theory.terms import Term

MOST = 24               # indices of one range that are looked at


def _atoms(h: Term, binders: tuple = ()) -> Iterator[tuple[Term, tuple]]:
    """The atomic hypotheses with the ranges of the `each` quantifiers around them."""
    if h.op == "and":
        for a in h.args:
            yield from _atoms(a, binders)
    elif h.op == "forall" and h.args[0].op == "imp" and h.args[0].args[0].op == "and" and h.args[0].args[0].args[1].op == "lt":
        yield from _atoms(h.args[0].args[1], binders + (h.args[0].args[0].args[1].args[1],))
    elif h.op in ("eq", "le", "lt"):
        yield h, binders


def repair(claim: Claim, values: dict[str, Any]) -> dict[str, Any]:
    """The values, moved towards the hypotheses; naturals stay as they are."""
    fixed = {v.name for v in claim.variables if v.natural}
    for rank in ("le lt", "eq"):
        for h in claim.hypotheses:
            for atom, binders in _atoms(h):
                if atom.op in rank:
                    values = _aim(atom, binders, values, fixed)
    return values


def _aim(atom: Term, binders: tuple, values: dict, fixed: set) -> dict:
    left, right = atom.args
    if atom.op == "eq" and not binders:
        for total, goal in ((left, right), (right, left)):
            if total.op == "sum" and total.args[1].op == "fam" and total.args[1].args == (Term("bv", (), 0),):
                return _scale(total.args[1].data, exact_value(goal, values), values)
    for stack in _stacks(binders, values):
        a, b = exact_value(left, values, stack), exact_value(right, values, stack)
        if a is None and b is None or (a is not None and b is not None and (a == b if atom.op == "eq" else a < b)):
            continue
        for target, source, up in ((left, b, False), (right, a, True)):
            if target.op == "fam" and target.data not in fixed and source is not None:
                old = a if target is left else b
                if atom.op == "eq" or old is None:
                    new = source
                else:       # reflect at the bound, which keeps the scale of the value
                    new = 2 * source - old if old != source else (source + 1 if up else source - 1) if atom.op == "lt" else source
                values = _put(target, new, values, stack)
                break
    return values


def _stacks(binders: tuple, values: dict, stack: tuple = ()) -> list[tuple]:
    if len(stack) == len(binders):
        return [stack]
    n = exact_value(binders[len(stack)], values, stack + (0,))
    if n is None:
        return []
    return [s for i in range(min(int(n), MOST)) for s in _stacks(binders, values, stack + (i,))]


def _put(target: Term, new: Fraction, values: dict, stack: tuple) -> dict:
    indices = [exact_value(a, values, stack) for a in target.args]
    if None in indices:
        return values
    def place(value, path):
        if not path:
            return new
        i = int(path[0])
        return value[:i] + (place(value[i], path[1:]),) + value[i + 1:] if 0 <= i < len(value) else value
    return {**values, target.data: place(values[target.data], indices)} if target.data in values else values


def _scale(name: str, goal: Fraction | None, values: dict) -> dict:
    old = values.get(name)
    if goal is None or not isinstance(old, tuple) or not old:
        return values
    entries = list(flatten(old))
    total = sum(entries)
    entries = [e * goal / total for e in entries] if total else [goal / len(entries)] * len(entries)
    return {**values, name: rebuild(old, iter(entries))}
