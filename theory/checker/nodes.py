"""The checker's own terms: interned nodes with de Bruijn indices, and substitution by shifting.

Two nodes with the same content are the same object, so equality is identity. Nothing is shared with `theory.terms`.
"""
from __future__ import annotations

from fractions import Fraction
from weakref import WeakValueDictionary

# operator -> (kinds of the arguments: r real, p formula, * any number of reals; kind of the result)
SIGNATURE = {
    "num": ("", "r"), "bv": ("", "r"), "pi": ("", "r"), "fam": ("*", "r"), "add": ("*", "r"), "mul": ("*", "r"),
    "inv": ("r", "r"), "exp": ("r", "r"), "log": ("r", "r"), "gamma": ("r", "r"), "abs": ("r", "r"), "vol": ("r", "r"),
    "pow": ("rr", "r"), "sum": ("rr", "r"), "max": ("rr", "r"), "int": ("rrr", "r"), "ball": ("rrr", "r"),
    "le": ("rr", "p"), "lt": ("rr", "p"), "eq": ("rr", "p"), "nat": ("r", "p"),
    "and": ("pp", "p"), "or": ("pp", "p"), "imp": ("pp", "p"), "forall": ("p", "p"), "exists": ("p", "p"),
    "integrable": ("rrr", "p"), "deriv": ("rrr", "p"),
}
BINDER = {"sum": 1, "max": 1, "int": 2, "ball": 2, "forall": 0, "exists": 0, "integrable": 2, "deriv": 0}
MAX_SIZE = 200_000      # symbols in one term, counted as a tree


class Bad(ValueError):
    """Not a term, or a step that the checker cannot follow; the message is the reason for the rejection."""


class Node:
    """Made by `node` only. `loose`: how many binders around it are still missing; `free`: {(name, arity)}."""

    __slots__ = ("op", "data", "args", "loose", "free", "size", "__weakref__")


_bank: WeakValueDictionary = WeakValueDictionary()


def node(op: str, *args: Node, data=None) -> Node:
    key = (op, data, args)
    found = _bank.get(key)
    if found is not None:
        return found
    if op not in SIGNATURE:
        raise Bad(f"unknown operator {op!r}")
    kinds, got = SIGNATURE[op][0], "".join(kind(a) for a in args)
    if kinds == "*":
        if "p" in got or (op != "fam" and len(args) < 2):
            raise Bad(f"{op} takes reals, got {got!r}")
    elif kinds != got:
        raise Bad(f"{op} takes {kinds!r}, got {got!r}")
    if type(data) is not {"num": Fraction, "bv": int, "fam": str}.get(op, type(None)) or (op == "bv" and data < 0) or data == "":
        raise Bad(f"{op} cannot carry {data!r}")
    t = Node()
    t.op, t.data, t.args = op, data, args
    t.size = 1 + sum(a.size for a in args)
    if t.size > MAX_SIZE:
        raise Bad(f"a term has more than {MAX_SIZE} symbols")
    t.free = frozenset([(data, len(args))] if op == "fam" else []).union(*(a.free for a in args))
    t.loose = max([data + 1 if op == "bv" else 0] + [a.loose - (i == BINDER.get(op)) for i, a in enumerate(args)])
    _bank[key] = t
    return t


def kind(t: Node) -> str:
    return SIGNATURE[t.op][1]


def num(value) -> Node:
    return node("num", data=Fraction(value))


def var(name: str) -> Node:
    return node("fam", data=name)


def rebuilt(t: Node, f) -> Node:
    """t with f(argument, 1 if t binds a variable in it else 0) in place of each argument."""
    binder = BINDER.get(t.op)
    return node(t.op, *(f(a, int(i == binder)) for i, a in enumerate(t.args)), data=t.data)


def shift(t: Node, by: int, above: int = 0) -> Node:
    """t put under `by` more binders: indices from `above` on go up."""
    if t.loose <= above:
        return t
    if t.op == "bv":
        return node("bv", data=t.data + by)
    return rebuilt(t, lambda a, inside: shift(a, by, above + inside))


def beta(body: Node, value: Node, depth: int = 0) -> Node:
    """The body of a binder with `value` for its variable."""
    if body.loose <= depth:
        return body
    if body.op == "bv":
        return shift(value, depth) if body.data == depth else node("bv", data=body.data - 1)
    return rebuilt(body, lambda a, inside: beta(a, value, depth + inside))


def abstract(t: Node, name: str, depth: int = 0) -> Node:
    """The body of a binder for the free real `name`."""
    if (name, 0) not in t.free:
        return shift(t, 1, depth)
    if t.op == "fam" and not t.args:
        return node("bv", data=depth)
    return rebuilt(t, lambda a, inside: abstract(a, name, depth + inside))


def put(t: Node, table: dict, depth: int = 0) -> Node:
    """Families replaced at once: table[name, arity] = (parameters, body); bodies are shifted under the binders passed."""
    if t.free.isdisjoint(table):
        return t
    t = rebuilt(t, lambda a, inside: put(a, table, depth + inside)) if t.args else t
    if t.op != "fam" or (t.data, len(t.args)) not in table:
        return t
    parameters, body = table[t.data, len(t.args)]
    return put(body, {(p, 0): ((), a) for p, a in zip(parameters, t.args)}) if parameters else shift(body, depth)


def dump(t: Node) -> list:
    """Nested lists, ready for JSON: [op, data or null, arguments...]."""
    return [t.op, str(t.data) if t.op == "num" else t.data, *map(dump, t.args)]


def show(t: Node) -> str:
    head = f"#{t.data}" if t.op == "bv" else str(t.data) if t.op == "num" else t.data if t.op == "fam" else t.op
    return f"({' '.join([head, *map(show, t.args)])})" if t.args else head
