"""Terms and formulas: immutable trees that never evaluate themselves.

Every statement, goal and proof step is a `Term`. Reals and propositions share one class; `SIGNATURE` says which operator
takes what. Bound variables are de Bruijn indices, so alpha-equality is `==`; free symbols are families `x`, `x(i)`, `rho(i, k)`
identified by name *and* arity. Building with `+ - * / **` builds, it never simplifies: `x/x` stays `x/x`.

Semantics (trusted, see README): every operator is a total function on the reals. `inv(0)`, `log` of a non-positive number, `pow`
of a negative base with a non-integer exponent, `max` over no index and an integral that does not exist are unspecified constants,
so no rule may use them without a premise. `sum(n, f)` and `max(n, f)` run over the naturals i with i < n, for any real n.
"""
from __future__ import annotations

from fractions import Fraction
from typing import Iterable, Iterator

R, P = "real", "prop"
# operator -> (kinds of the arguments, kind of the result); None: any number of reals.
SIGNATURE: dict[str, tuple[tuple[str, ...] | None, str]] = {
    "num": ((), R), "bv": ((), R), "pi": ((), R), "fam": (None, R),
    "add": (None, R), "mul": (None, R), "inv": ((R,), R), "pow": ((R, R), R),
    "exp": ((R,), R), "log": ((R,), R), "gamma": ((R,), R), "abs": ((R,), R), "vol": ((R,), R),
    "sum": ((R, R), R), "max": ((R, R), R), "int": ((R, R, R), R), "ball": ((R, R, R), R),
    "le": ((R, R), P), "lt": ((R, R), P), "eq": ((R, R), P), "nat": ((R,), P),
    "and": ((P, P), P), "or": ((P, P), P), "imp": ((P, P), P), "forall": ((P,), P), "exists": ((P,), P),
    "integrable": ((R, R, R), P), "deriv": ((R, R, R), P),
}
# operators that bind one variable, and the argument in which they bind it
BINDS = {"sum": 1, "max": 1, "int": 2, "ball": 2, "forall": 0, "exists": 0, "integrable": 2, "deriv": 0}


class TermError(ValueError):
    """A term that does not type, or a substitution that makes no sense."""


class Term:
    """An operator applied to terms. `data` is a Fraction (num), an index (bv) or a name (fam); otherwise None."""

    __slots__ = ("op", "args", "data", "_hash", "loose", "free", "__weakref__")
    op: str
    args: tuple["Term", ...]
    data: Fraction | int | str | None
    loose: int          # how many binders around it this term still needs (0: locally closed)
    free: frozenset     # {(name, arity)} of the free families

    def __init__(self, op: str, args: Iterable["Term"] = (), data=None):
        args = tuple(args)
        if type(op) is not str or op not in SIGNATURE:
            raise TermError(f"unknown operator {op!r}")
        kinds, _ = SIGNATURE[op]
        if any(type(a) is not Term for a in args):
            raise TermError(f"{op}: arguments must be terms, got {[type(a).__name__ for a in args]}")
        got = tuple(a.kind for a in args)
        if kinds is None:
            if any(k != R for k in got) or (op != "fam" and len(args) < 2):
                raise TermError(f"{op}: needs real arguments, got {got}")
        elif kinds != got:
            raise TermError(f"{op}: needs {kinds}, got {got}")
        wanted = {"num": Fraction, "bv": int, "fam": str}.get(op, type(None))
        if type(data) is not wanted or (op == "bv" and data < 0) or (op == "fam" and not data):
            raise TermError(f"{op}: bad data {data!r}")
        set_ = object.__setattr__
        set_(self, "op", op)
        set_(self, "args", args)
        set_(self, "data", data)
        set_(self, "_hash", hash((op, args, "" if data is None else data)))  # hash(None) is an address before Python 3.12
        binder = BINDS.get(op)
        loose = data + 1 if op == "bv" else 0
        free = frozenset([(data, len(args))]) if op == "fam" else frozenset()
        for position, a in enumerate(args):
            loose = max(loose, a.loose - (position == binder))
            free |= a.free
        set_(self, "loose", loose)
        set_(self, "free", free)

    def __init_subclass__(cls, **kwargs):
        raise TypeError("Term is final: a subclass could lie about equality")

    def __setattr__(self, *_):
        raise AttributeError("terms are immutable")

    __delattr__ = __setattr__

    @property
    def kind(self) -> str:
        return SIGNATURE[self.op][1]

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other) -> bool:
        if self is other:
            return True
        if type(other) is not Term or self._hash != other._hash:
            return False
        return self.op == other.op and self.data == other.data and self.args == other.args

    def __reduce__(self):
        return (Term, (self.op, self.args, self.data))

    # building
    def __add__(self, other): return Term("add", (self, real(other)))
    def __radd__(self, other): return Term("add", (real(other), self))
    def __sub__(self, other): return Term("add", (self, -real(other)))
    def __rsub__(self, other): return Term("add", (real(other), -self))
    def __neg__(self): return Term("mul", (num(-1), self))
    def __mul__(self, other): return Term("mul", (self, real(other)))
    def __rmul__(self, other): return Term("mul", (real(other), self))
    def __truediv__(self, other): return Term("mul", (self, inv(real(other))))
    def __rtruediv__(self, other): return Term("mul", (real(other), inv(self)))
    def __pow__(self, other): return Term("pow", (self, real(other)))

    def __repr__(self) -> str:
        from theory.printing import text
        return text(self)


def num(value) -> Term:
    """A rational literal. Floats are refused: 0.1 is not a tenth."""
    if isinstance(value, bool) or not isinstance(value, (int, Fraction)):
        raise TermError(f"a literal must be an int or a Fraction, not {value!r}")
    return Term("num", (), Fraction(value))


def real(value) -> Term:
    """The term itself, or a literal made of an int or Fraction."""
    return value if type(value) is Term else num(value)


def fam(name: str, *indices) -> Term:
    """A free symbol: `fam("r")` a real, `fam("x", i)` an entry of a family."""
    return Term("fam", map(real, indices), name)


def symbol(name: str) -> "Symbol":
    return Symbol(name)


class Symbol:
    """A family to be applied: `x = Symbol("x"); x(i)`."""

    def __init__(self, name: str):
        self.name = name

    def __call__(self, *indices) -> Term:
        return fam(self.name, *indices)


PI = Term("pi")
ZERO, ONE = num(0), num(1)


def inv(a) -> Term: return Term("inv", (real(a),))
def exp(a) -> Term: return Term("exp", (real(a),))
def log(a) -> Term: return Term("log", (real(a),))
def gamma(a) -> Term: return Term("gamma", (real(a),))
def abs_(a) -> Term: return Term("abs", (real(a),))
def vol(n) -> Term: return Term("vol", (real(n),))
def power(a, e) -> Term: return Term("pow", (real(a), real(e)))
def sqrt(a) -> Term: return power(a, Fraction(1, 2))
def le(a, b) -> Term: return Term("le", (real(a), real(b)))
def lt(a, b) -> Term: return Term("lt", (real(a), real(b)))
def eq(a, b) -> Term: return Term("eq", (real(a), real(b)))
def nat(a) -> Term: return Term("nat", (real(a),))
def and_(a: Term, b: Term) -> Term: return Term("and", (a, b))
def or_(a: Term, b: Term) -> Term: return Term("or", (a, b))
def imp(a: Term, b: Term) -> Term: return Term("imp", (a, b))


def conj(*formulas: Term) -> Term:
    """Right-nested conjunction of one or more formulas."""
    *rest, last = formulas
    for f in reversed(rest):
        last = and_(f, last)
    return last


# binders: the body is given as a Python function of the bound variable
_counter = 0


def fresh(prefix: str = "v") -> str:
    """A name that no parsed or printed statement uses (it holds a '#')."""
    global _counter
    _counter += 1
    return f"{prefix}#{_counter}"


def bind(body) -> Term:
    """Turn a Python function Term -> Term into a body with one loose bound variable."""
    name = fresh()
    return close(real(body(fam(name))), name)


def sum_(n, body) -> Term: return Term("sum", (real(n), bind(body)))
def max_(n, body) -> Term: return Term("max", (real(n), bind(body)))
def min_(n, body) -> Term: return -max_(n, lambda i: -body(i))
def integral(a, b, body) -> Term: return Term("int", (real(a), real(b), bind(body)))
def integrable(a, b, body) -> Term: return Term("integrable", (real(a), real(b), bind(body)))
def ball(n, r, body) -> Term: return Term("ball", (real(n), real(r), bind(body)))
def deriv(body, at, value) -> Term: return Term("deriv", (bind(body), real(at), real(value)))
def forall(body) -> Term: return Term("forall", (bind(body),))
def exists(body) -> Term: return Term("exists", (bind(body),))
def in_range(i, n) -> Term: return and_(nat(i), lt(i, n))
def each(n, body) -> Term: return forall(lambda i: imp(in_range(i, n), body(i)))
def some(n, body) -> Term: return exists(lambda i: and_(in_range(i, n), body(i)))


def close(t: Term, name: str, depth: int = 0) -> Term:
    """Bind the free real `name`: each occurrence becomes the bound variable of a binder to be put around the result."""
    if (name, 0) not in t.free and t.loose <= depth:
        return t
    if t.op == "fam" and t.data == name and not t.args:
        return Term("bv", (), depth)
    if t.op == "bv":
        return t if t.data < depth else Term("bv", (), t.data + 1)
    return _map(t, lambda a, inside: close(a, name, depth + inside))


def open_(body: Term, value: Term, depth: int = 0) -> Term:
    """Replace the loose bound variable of `body` by a locally closed real term."""
    if body.loose <= depth:
        return body
    if body.op == "bv":
        return value if body.data == depth else (body if body.data < depth else Term("bv", (), body.data - 1))
    return _map(body, lambda a, inside: open_(a, value, depth + inside))


def _map(t: Term, f) -> Term:
    binder = BINDS.get(t.op)
    return Term(t.op, (f(a, int(i == binder)) for i, a in enumerate(t.args)), t.data)


def substitute(t: Term, mapping: dict[tuple[str, int], tuple[tuple[str, ...], Term]]) -> Term:
    """Simultaneous, capture-free replacement of free families.

    `mapping[(name, arity)] = (parameters, body)`: an entry name(a1, ..) becomes body with its parameters replaced by a1, ...
    Binders on the way are opened with fresh names, so nothing is ever captured.
    """
    if not any(key in mapping for key in t.free):
        return t
    binder = BINDS.get(t.op)
    args = []
    for i, a in enumerate(t.args):
        if i == binder:
            name = fresh()
            while any((name, 0) in body.free for _, body in mapping.values()) or (name, 0) in a.free or (name, 0) in mapping:
                name = fresh()
            args.append(close(substitute(open_(a, fam(name)), mapping), name))
        else:
            args.append(substitute(a, mapping))
    if t.op == "fam" and (t.data, len(args)) in mapping:
        parameters, body = mapping[t.data, len(args)]
        return substitute(body, {(p, 0): ((), a) for p, a in zip(parameters, args)}) if args else body
    return Term(t.op, args, t.data)


def replace(t: Term, name: str, value) -> Term:
    """`t` with the free real `name` replaced by a locally closed term."""
    return substitute(t, {(name, 0): ((), real(value))})


def negate(phi: Term) -> Term:
    """The classical negation of a formula, pushed to the atoms (naturals excepted: only as hypotheses of a quantifier)."""
    op, a = phi.op, phi.args
    if op == "le": return lt(a[1], a[0])
    if op == "lt": return le(a[1], a[0])
    if op == "eq": return or_(lt(a[0], a[1]), lt(a[1], a[0]))
    if op == "and": return or_(negate(a[0]), negate(a[1]))
    if op == "or": return and_(negate(a[0]), negate(a[1]))
    if op == "imp": return and_(a[0], negate(a[1]))
    if op in ("forall", "exists"):
        return Term("exists" if op == "forall" else "forall", (negate(a[0]),)) if not _guarded(phi) else _flip(phi)
    raise TermError(f"no negation is defined for {op}")


def _guarded(phi: Term) -> bool:
    return phi.args[0].op == ("imp" if phi.op == "forall" else "and")


def _flip(phi: Term) -> Term:
    guard, body = phi.args[0].args
    if phi.op == "forall":
        return Term("exists", (and_(guard, negate(body)),))
    return Term("forall", (imp(guard, negate(body)),))


def walk(t: Term) -> Iterator[Term]:
    """Every subterm, outermost first."""
    yield t
    for a in t.args:
        yield from walk(a)


# a canonical text form: what the lock file pins and the proof log stores
def dump(t: Term) -> list:
    """Nested lists, ready for JSON: [op, data or null, arg, ...]."""
    data = str(t.data) if t.op == "num" else t.data
    return [t.op, data, *map(dump, t.args)]


def load(raw) -> Term:
    """The inverse of `dump`; raises TermError on anything else."""
    try:
        op, data, *args = raw
        return Term(op, map(load, args), Fraction(data) if op == "num" else data)
    except (TypeError, ValueError, KeyError, ZeroDivisionError) as error:
        raise TermError(f"not a term: {str(raw)[:80]}") from error
