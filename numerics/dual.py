"""Value and derivative over any other kind of number: rigorous derivatives by the chain rule, not by differences.

A number is a `D` or, when it does not depend on the variable, a plain number of the inner backend.
"""
from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

from numerics import Piece, Undefined


class D(NamedTuple):
    value: Any
    slope: Any


class Dual:
    """The backend of dual numbers. Where a function has a kink (a tie of a maximum, |0|) it is Undefined."""

    def __init__(self, inner):
        self.inner = inner
        self.name = f"dual {inner.name}"
        self.literal, self.pi, self.vol = inner.literal, inner.pi, inner.vol
        self.zero, self.one = inner.literal(Fraction(0)), inner.literal(Fraction(1))

    @staticmethod
    def value(x):
        return x.value if type(x) is D else x

    def slope(self, x):
        return x.slope if type(x) is D else self.zero

    def add(self, xs):
        total = self.inner.add([self.value(x) for x in xs])
        slopes = [x.slope for x in xs if type(x) is D]
        return D(total, self.inner.add(slopes)) if slopes else total

    def mul(self, xs):
        out = xs[0]
        times = self.inner.mul
        for x in xs[1:]:
            value = times([self.value(out), self.value(x)])
            slopes = []
            if type(out) is D:
                slopes.append(times([out.slope, self.value(x)]))
            if type(x) is D:
                slopes.append(times([self.value(out), x.slope]))
            out = D(value, self.inner.add(slopes)) if slopes else value
        return out

    def _chain(self, a, value, slope):
        return D(value, self.inner.mul([slope(), a.slope])) if type(a) is D else value

    def inv(self, a):
        value = self.inner.inv(self.value(a))
        return self._chain(a, value, lambda: self.inner.mul([self.inner.literal(Fraction(-1)), value, value]))

    def exp(self, a):
        value = self.inner.exp(self.value(a))
        return self._chain(a, value, lambda: value)

    def log(self, a):
        return self._chain(a, self.inner.log(self.value(a)), lambda: self.inner.inv(a.value))

    def gamma(self, a):
        if type(a) is D:
            raise Undefined("the derivative of the gamma function")
        return self.inner.gamma(a)

    def abs(self, a):
        if type(a) is not D:
            return self.inner.abs(a)
        if self.inner.lt(self.zero, a.value) is True:
            return a
        if self.inner.lt(a.value, self.zero) is True:
            return self.mul([self.inner.literal(Fraction(-1)), a])
        raise Undefined("|.| has a kink at 0")

    def power(self, a, e, q: Fraction | None):
        if type(e) is D or (q is None and type(a) is D):
            return self.exp(self.mul([self.log(a), e]))
        value = self.inner.power(self.value(a), e, q)
        if type(a) is not D:
            return value
        if q == 0:
            return D(value, self.zero)
        if q.denominator != 1 and self.inner.lt(self.zero, a.value) is not True:
            raise Undefined("a root has no derivative at 0")
        return self._chain(a, value, lambda: self.inner.mul(
            [self.inner.literal(q), self.inner.power(a.value, self.inner.literal(q - 1), q - 1)]))

    def maximum(self, xs):
        if not any(type(x) is D for x in xs):
            return self.inner.maximum(xs)
        for x in xs:
            if all(y is x or self.inner.lt(self.value(y), self.value(x)) is True for y in xs):
                return x
        raise Undefined("a maximum that may be attained twice")

    def _at(self, pieces, t):
        """The value of the integrand at t, from its pieces."""
        i = self.inner
        total = []
        for p in pieces:
            factors = [p.coef, i.power(t, i.literal(p.k), p.k)]
            if p.rate is not None:
                factors.append(i.exp(i.mul([i.literal(Fraction(-1)), p.rate, i.power(t, i.literal(p.m), p.m)])))
            total.append(i.mul(factors))
        return i.add(total)

    def integral(self, a, b, pieces, f):
        if pieces is None or any(type(x) is D for p in pieces for x in (p.coef, p.rate)):
            raise Undefined("the derivative of an integral with respect to its integrand")
        i = self.inner
        value = i.integral(self.value(a), self.value(b), pieces, f)
        if i.lt(self.value(a), self.value(b)) is not True or (type(a) is D and i.lt(self.zero, a.value) is not True):
            raise Undefined("the bounds of the integral are not in the interior")
        slopes = [i.mul([self._at(pieces, x.value), x.slope, i.literal(Fraction(sign))])
                  for x, sign in ((b, 1), (a, -1)) if type(x) is D]
        return D(value, i.add(slopes)) if slopes else value

    def ball(self, n: int, r, pieces, f):
        if pieces is None:
            raise Undefined("not a sum of t^k exp(-c t^m)")
        pieces = [Piece(p.coef, p.k + n - 1, p.rate, p.m) for p in pieces]
        return self.mul([self.literal(Fraction(n)), self.vol(n), self.integral(self.zero, r, pieces, f)])

    def lt(self, a, b):
        return None

    le = eq = lt
