"""Terms and formulas at an assignment, in any of the number systems of `numerics`.

A term is compiled once per number system into nested Python functions. Formulas are three-valued throughout (True, False, None;
`theory.evaluate` turns them into outcomes): whatever is undefined, infinite or not settled is None and never counts as true. Indices, sizes and exponents
are computed in exact rational arithmetic on the side. How numbers add, overflow or fail to compare is the business of `numerics`;
this module only walks.
"""
from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Callable

from numerics import Undefined
from numerics.arb import Acb, Integrand
from numerics.dual import D, Dual
from theory.integrands import pieces_of, uses
from theory.terms import Term

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


class Compiler:
    """Terms to functions of an `Env`, for one backend."""

    def __init__(self, backend):
        self.b = backend
        self.reals: dict[Term, Callable] = {}
        self.props: dict[Term, Callable] = {}
        self.rationals: dict[Term, Callable | None] = {}
        self.distances: dict[Term, Callable] = {}
        self.acb = Compiler(Acb()) if backend.name == "arb" else None
        self._dual: Compiler | None = None

    @property
    def dual(self) -> "Compiler":
        if self._dual is None:
            self._dual = Compiler(Dual(self.b))
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
            items = _run(env, _count(n(env)), body)
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
            q = _try(exact, env)
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
            items = _run(env, _count(n(env)), body)
            return self.b.add(items) if items else self.b.literal(Fraction(0))
        return go

    def _max(self, t):
        n, body = self._range(t)
        def go(env):
            items = _run(env, _count(n(env)), body)
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
            return split, lambda env: (lambda t: _at(env, inner, t))
        inner = self.acb.real(body)
        return split, lambda env: Integrand(lambda t: _at(env, inner, t), self.acb.b)

    # formulas: True, False or None
    def prop(self, t: Term) -> Callable:
        """A function Env -> True, False or None. What cannot be evaluated is None."""
        f = self.props.get(t)
        if f is None:
            try:
                f = getattr(self, "_is_" + t.op, _unknown)(t)
            except Undefined:
                f = _unknown(t)
            self.props[t] = f
        return f

    def _relation(self, t):
        left, right = self.rational(t.args[0]), self.rational(t.args[1])
        exact = left is not None and right is not None and self.b.name != "mpmath"       # the second opinion computes for itself
        compare = _RATIONAL_RELATIONS[t.op]
        numbers = self._numeric_relation(t)
        def go(env):
            if exact:
                try:
                    x, y = left(env), right(env)
                except Undefined:
                    return numbers(env)
                holds = compare(x, y)
                if env.trace is not None:
                    env.trace.append((t, _indices(env), x, y, holds))
                return holds
            return numbers(env)
        return go

    _is_le = _is_lt = _is_eq = _relation

    def _numeric_relation(self, t):
        left, right, compare = self.real(t.args[0]), self.real(t.args[1]), getattr(self.b, t.op)
        def go(env):
            try:
                x, y = left(env), right(env)
                holds = compare(x, y)
            except Undefined:
                return None
            if env.trace is not None:
                env.trace.append((t, _indices(env), x, y, holds))
            return holds
        return go

    def _is_nat(self, t):
        exact = self.rational(t.args[0])
        def go(env):
            q = _try(exact, env)
            return None if q is None else (q >= 0 and Fraction(q).denominator == 1)
        return go

    def _is_and(self, t):
        a, b = map(self.prop, t.args)
        def go(env):
            x = a(env)
            if x is False and env.trace is None:
                return False
            return _and(x, b(env))
        return go

    def _is_or(self, t):
        a, b = map(self.prop, t.args)
        return lambda env: _not(_and(_not(a(env)), _not(b(env))))

    def _is_imp(self, t):
        a, b = map(self.prop, t.args)
        def go(env):
            x = a(env)
            return True if x is False else _not(_and(x, _not(b(env))))
        return go

    def _is_forall(self, t):
        n, body = self._bounded(t, "imp")
        def go(env):
            out = True
            for i in range(_count(n(env, None))):
                out = _and(out, _at(env, body, i))
                if out is False and env.trace is None:
                    return False
            return out
        return _safely(go)

    def _is_exists(self, t):
        n, body = self._bounded(t, "and")
        def go(env):
            out = False
            for i in range(_count(n(env, None))):
                out = _not(_and(_not(out), _not(_at(env, body, i))))
            return out
        return _safely(go)

    def _bounded(self, t, op):
        """The bound and the body of a quantifier over i < n, as `each` and `some` build it."""
        inner = t.args[0]
        if inner.op == op and inner.args[0].op == "and":
            (nat, less), index = inner.args[0].args, Term("bv", (), 0)
            if nat == Term("nat", (index,)) and less.op == "lt" and less.args[0] == index and not uses(less.args[1]):
                n = self.rational(less.args[1])
                if n is not None:
                    return (lambda env, filler: _at(env, n, filler)), self.prop(inner.args[1])
        raise Undefined("a quantifier without a bound")

    def _is_deriv(self, t):
        sides, compare = self._slopes(t), self.b.eq
        def go(env):
            slope, stated = sides(env)
            holds = compare(slope, stated)
            if env.trace is not None:
                env.trace.append((t, _indices(env), slope, stated, holds))
            return holds
        return _safely(go)

    def _slopes(self, t):
        """Env -> (the derivative, the value stated for it)."""
        at, value = self.real(t.args[1]), self.real(t.args[2])
        body = self.real(t.args[0]) if self.b.name == "mpmath" else self.dual.real(t.args[0])
        def go(env):
            x = at(env)
            if self.b.name == "mpmath":
                slope = self.b.slope(lambda u: _at(env, body, u), x)
            else:
                result = _at(env, body, D(x, self.b.literal(Fraction(1))))
                slope = result.slope if type(result) is D else self.b.literal(Fraction(0))
            return slope, value(env)
        return go

    # formulas as distances (floats only): see `theory.evaluate.robustness`
    def distance(self, t: Term) -> Callable:
        """A function Env -> float: positive where the formula holds with room, negative where it fails."""
        f = self.distances.get(t)
        if f is None:
            f = self.distances[t] = self._distance(t)
        return f

    def _distance(self, t: Term) -> Callable:
        if t.op in ("le", "lt", "eq", "deriv"):
            sides = self._slopes(t) if t.op == "deriv" else None
            left, right = (None, None) if sides else map(self.real, t.args)
            def gap(env):
                x, y = sides(env) if sides else (left(env), right(env))
                return y - x if t.op in ("le", "lt") else -abs(y - x)
            return gap
        if t.op in ("and", "or", "imp"):
            a, b = map(self.distance, t.args)
            if t.op == "imp":
                return lambda env: max(-a(env), b(env))
            pick = min if t.op == "and" else max
            return lambda env: pick(a(env), b(env))
        if t.op in ("forall", "exists"):
            op, pick = ("imp", min) if t.op == "forall" else ("and", max)
            n, _ = self._bounded(t, op)
            body = self.distance(t.args[0].args[1])
            def over_range(env):
                found = [_at(env, body, i) for i in range(_count(n(env, None)))]
                return pick(found) if found else (1.0 if op == "imp" else -1.0)
            return over_range
        raise Undefined(f"no distance for {t.op}")

_RATIONAL_RELATIONS = {"le": lambda x, y: x <= y, "lt": lambda x, y: x < y, "eq": lambda x, y: x == y}


def _unknown(t):
    return lambda env: None


def _not(x):
    return None if x is None else not x


def _and(x, y):
    if x is False or y is False:
        return False
    return None if x is None or y is None else True


def _safely(f):
    def go(env):
        try:
            return f(env)
        except Undefined:
            return None
    return go


def _try(exact, env):
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


def _count(n) -> int:
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


def _at(env, body, value):
    stack = env.stack
    stack.append(value)
    try:
        return body(env)
    finally:
        stack.pop()


def _indices(env) -> tuple:
    return tuple(v for v in env.stack if type(v) is int)
