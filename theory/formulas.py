"""Formulas as functions of an environment: three-valued, and as distances from the edge of truth.

True, False or None throughout (`theory.evaluate` turns them into outcomes): whatever is undefined, infinite or not settled is
None and never counts as true. Only quantifiers over an index range, as `each` and `some` build them, are evaluated.
"""
from __future__ import annotations

from fractions import Fraction
from typing import Callable

from numerics import Undefined
from numerics.dual import D
from theory.compiler import RealCompiler, attempt, count, with_bound
from theory.integrands import uses
from theory.terms import Term


class Compiler(RealCompiler):
    """Terms and formulas to functions of an `Env`, for one backend."""

    def __init__(self, backend):
        super().__init__(backend)
        self.props: dict[Term, Callable] = {}
        self.distances: dict[Term, Callable] = {}

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
            q = attempt(exact, env)
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
            for i in range(count(n(env, None))):
                out = _and(out, with_bound(env, body, i))
                if out is False and env.trace is None:
                    return False
            return out
        return _safely(go)

    def _is_exists(self, t):
        n, body = self._bounded(t, "and")
        def go(env):
            out = False
            for i in range(count(n(env, None))):
                out = _not(_and(_not(out), _not(with_bound(env, body, i))))
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
                    return (lambda env, filler: with_bound(env, n, filler)), self.prop(inner.args[1])
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
                slope = self.b.slope(lambda u: with_bound(env, body, u), x)
            else:
                result = with_bound(env, body, D(x, self.b.literal(Fraction(1))))
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
                found = [with_bound(env, body, i) for i in range(count(n(env, None)))]
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


def _indices(env) -> tuple:
    return tuple(v for v in env.stack if type(v) is int)
