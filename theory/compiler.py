"""Real terms as functions of an environment, in any of the number systems of `numerics`.

A term is compiled once per number system into nested Python functions; what has no value raises `Undefined`. Indices, sizes
and exponents are computed in exact rational arithmetic on the side. How numbers add, overflow or fail to compare is the
business of `numerics`; this module only walks.
"""
from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Callable

from numerics import Undefined
from numerics.arb import Acb, Integrand
from numerics.dual import Dual
from theory.integrands import pieces_of
from theory.terms import Term, walk

MAX_RANGE = 4096        # no sum, maximum or quantifier runs further
KEEP = {"sum", "max", "int", "ball", "exp", "log", "gamma", "pow", "vol"}      # closed subterms worth remembering
RATIONAL = {"num", "bv", "fam", "add", "mul", "inv", "pow", "abs", "sum", "max"}
_serial = itertools.count()


class Env:
    """Where a term is evaluated. exact: rationals by name; values: the same as backend numbers; stack: the bound variables."""

    __slots__ = ("exact", "values", "stack", "memo", "trace")

    def __init__(self, exact: dict, values: dict):
        self.exact, self.values = exact, values
        self.stack: list = []
        self.memo: dict = {}
        self.trace: list | None = None


class RealCompiler:
    """Terms to functions of an `Env`, for one backend."""

    def __init__(self, backend):
        self.b = backend
        self.reals: dict[Term, Callable] = {}
        self.rationals: dict[Term, Callable | None] = {}
        self.acb = RealCompiler(Acb()) if backend.name == "arb" else None
        self._dual: RealCompiler | None = None

    @property
    def dual(self) -> "RealCompiler":
        if self._dual is None:
            self._dual = RealCompiler(Dual(self.b))
        return self._dual

    # exact rationals: indices, sizes, exponents
    def rational(self, t: Term) -> Callable | None:
        """A function Env -> int | Fraction (or Undefined), or None if this term is no rational expression."""
        if t not in self.rationals:
            self.rationals[t] = self._rational(t)
        return self.rationals[t]

    def _rational(self, t: Term) -> Callable | None:
        if t.op not in RATIONAL:
            return None
        if t.op == "num":
            value = int(t.data) if t.data.denominator == 1 else t.data
            return lambda env: value
        if t.op == "bv":
            return _bound_index(-1 - t.data)
        parts = [self.rational(a) for a in t.args]
        if None in parts:
            return None
        if t.op == "fam":
            return _entry(t.data, parts, exact=True)
        if t.op == "add":
            return lambda env: sum(p(env) for p in parts)
        if t.op == "mul":
            return lambda env: math.prod(p(env) for p in parts)
        if t.op == "abs":
            return lambda env: abs(parts[0](env))
        if t.op == "inv":
            return lambda env: _rational_power(parts[0](env), -1)
        if t.op == "pow":
            return lambda env: _rational_power(parts[0](env), parts[1](env))
        def ranged(env, n=parts[0], body=parts[1], fold=sum if t.op == "sum" else max):
            items = _run(env, count(n(env)), body)
            if not items and fold is max:
                raise Undefined("max over no index")
            return fold(items)
        return ranged

    # reals
    def real(self, t: Term) -> Callable:
        """A function Env -> backend number, or Undefined."""
        f = self.reals.get(t)
        if f is None:
            f = getattr(self, "_" + t.op, None)
            f = f(t) if f else self._unary(t)
            if not t.loose and t.op in KEEP:
                f = _remember(f)
            self.reals[t] = f
        return f

    def _num(self, t):
        literal, value, key = self.b.literal, t.data, next(_serial)
        if self.b.name == "float":
            constant = literal(value)
            return lambda env: constant
        def number(env):      # the precision may change between calls, so the literal is made afresh in each environment
            kept = env.memo.get(key)
            if kept is None:
                kept = env.memo[key] = literal(value)
            return kept
        return number

    def _bv(self, t):
        literal, k = self.b.literal, -1 - t.data
        def bound(env):
            value = env.stack[k]
            return literal(value) if type(value) is int else value
        return bound

    def _fam(self, t):
        indices = [self.rational(a) for a in t.args]
        if None in indices:
            raise Undefined("an index that is no rational expression")
        return _entry(t.data, indices, exact=False)

    def _pi(self, t):
        return lambda env: self.b.pi()

    def _add(self, t):
        parts, add = [self.real(a) for a in t.args], self.b.add
        if len(parts) == 2 and (plus := getattr(self.b, "plus", None)) is not None:
            left, right = parts
            return lambda env: plus(left(env), right(env))
        return lambda env: add([p(env) for p in parts])

    def _mul(self, t):
        parts, mul = [self.real(a) for a in t.args], self.b.mul
        if len(parts) == 2 and (times := getattr(self.b, "times", None)) is not None:
            left, right = parts
            return lambda env: times(left(env), right(env))
        return lambda env: mul([p(env) for p in parts])

    def _unary(self, t):
        inner, f = self.real(t.args[0]), getattr(self.b, t.op)
        return lambda env: f(inner(env))

    def _pow(self, t):
        base, exponent, power = self.real(t.args[0]), self.real(t.args[1]), self.b.power
        if t.args[1].op == "num":
            literal = t.args[1].data
            return lambda env: power(base(env), None, literal)
        exact = self.rational(t.args[1])
        def go(env):
            q = attempt(exact, env)
            return power(base(env), exponent(env) if q is None else None, None if q is None else Fraction(q))
        return go

    def _vol(self, t):
        n, vol = self.rational(t.args[0]), self.b.vol
        if n is None:
            raise Undefined("a dimension that is no rational expression")
        return lambda env: vol(_dimension(n(env), 0))

    def _sum(self, t):
        n, body = self._range(t)
        def go(env):
            items = _run(env, count(n(env)), body)
            return self.b.add(items) if items else self.b.literal(Fraction(0))
        return go

    def _max(self, t):
        n, body = self._range(t)
        def go(env):
            items = _run(env, count(n(env)), body)
            if not items:
                raise Undefined("max over no index")
            return self.b.maximum(items)
        return go

    def _range(self, t):
        n = self.rational(t.args[0])
        if n is None:
            raise Undefined("a range that is no rational expression")
        return n, self.real(t.args[1])

    def _int(self, t):
        a, b = self.real(t.args[0]), self.real(t.args[1])
        pieces, f = self._integrand(t.args[2])
        return lambda env: self.b.integral(a(env), b(env), pieces(env), f(env))

    def _ball(self, t):
        n, r = self.rational(t.args[0]), self.real(t.args[1])
        if n is None:
            raise Undefined("a dimension that is no rational expression")
        pieces, f = self._integrand(t.args[2])
        return lambda env: self.b.ball(_dimension(n(env), 1), r(env), pieces(env), f(env))

    def _integrand(self, body: Term):
        """(Env -> pieces or None, Env -> function)."""
        split = pieces_of(self, body)
        if self.b.name in ("exact", "acb", "columns") or isinstance(self.b, Dual):
            return split, lambda env: None      # these integrate pieces only
        if self.acb is None:
            inner = self.real(body)
            return split, lambda env: (lambda t: with_bound(env, inner, t))
        for part in walk(body):      # an integral inside that does not hold the variable is a constant here: a real ball
            if part.op in ("int", "ball") and not part.loose:
                self.acb.reals[part] = self.real(part)
        inner = self.acb.real(body)
        return split, lambda env: Integrand(lambda t: with_bound(env, inner, t), self.acb.b)


def attempt(exact, env):
    if exact is None:
        return None
    try:
        return exact(env)
    except Undefined:
        return None


def _remember(f):
    key = next(_serial)
    def go(env):
        kept = env.memo.get(key)
        if kept is None:
            try:
                kept = f(env)
            except Undefined as error:
                kept = error
            env.memo[key] = kept
        if type(kept) is Undefined:
            raise Undefined(*kept.args)
        return kept
    return go


def _bound_index(k):
    def go(env):
        value = env.stack[k]
        if type(value) is not int:
            raise Undefined("a real variable where an exact number is needed")
        return value
    go.position = k
    return go


def _entry(name, indices, exact):
    def general(env):
        try:
            value = (env.exact if exact else env.values)[name]
            for index in indices:
                i = index(env)
                if i < 0 or i >= len(value) or i != int(i):
                    raise Undefined(f"{name} has no entry {i}")
                value = value[int(i)]
        except (KeyError, TypeError):
            raise Undefined(f"{name} has no value here") from None
        return value

    positions = [getattr(index, "position", None) for index in indices]
    if None in positions:
        return general

    def bound(env):     # every index is a bound variable: the common case, without the checks that its range makes needless
        try:
            value, stack = (env.exact if exact else env.values)[name], env.stack
            for k in positions:
                value = value[stack[k]]
        except (KeyError, TypeError, IndexError):
            raise Undefined(f"{name} has no such entry") from None
        return value
    return bound


def _rational_power(base, e):
    if e != int(e) or abs(e) > MAX_RANGE or (base == 0 and e < 0):
        raise Undefined("no rational power")
    return Fraction(base) ** int(e) if e < 0 else base ** int(e)


def count(n) -> int:
    """How many naturals are below n."""
    count = max(0, math.ceil(n))
    if count > MAX_RANGE:
        raise Undefined(f"a range of {count}")
    return count


def _dimension(n, low: int) -> int:
    if n != int(n) or n < low:
        raise Undefined(f"no dimension: {n}")
    return int(n)


def _run(env, count, body) -> list:
    out, stack = [], env.stack
    depth = len(stack)
    stack.append(0)
    try:
        for i in range(count):
            stack[depth] = i
            out.append(body(env))
    finally:
        del stack[depth:]
    return out


def with_bound(env, body, value):
    stack = env.stack
    stack.append(value)
    try:
        return body(env)
    finally:
        stack.pop()
