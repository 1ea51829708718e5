"""Arb on whole columns: one pass over a statement evaluates it at many points.

A number is an `arb` (the same at every point) or a list with one `arb` per point. What has no value at a point is nan there,
which every operation passes on and which no comparison settles. Incomplete gammas are shared: gamma(s, z) for falling s and
the same z costs one step of gamma(s, z) = (gamma(s + 1, z) + z^s e^-z) / s, a sum of positive terms, so that no digits are
lost on the way down.
"""
from __future__ import annotations

from fractions import Fraction

from flint import arb

from numerics import Piece, Undefined
from numerics.arb import Arb, lower_gamma, rational

NAN = arb("nan")
STEPS = 4               # an order further above than this is not worth walking down from
_arb = Arb()


def each(f, *columns):
    """f at every point; Undefined becomes nan. Constants stay constants."""
    length = next((len(c) for c in columns if type(c) is list), None)
    if length is None:
        return _guarded(f, *columns)
    return [_guarded(f, *entries) for entries in zip(*(c if type(c) is list else [c] * length for c in columns))]


def _guarded(f, *entries):
    try:
        return f(*entries)
    except Undefined:
        return NAN


def plus(a, b):
    if type(a) is list:
        return [x + y for x, y in zip(a, b)] if type(b) is list else [x + b for x in a]
    return [a + y for y in b] if type(b) is list else a + b


def times(a, b):
    if type(a) is list:
        return [x * y for x, y in zip(a, b)] if type(b) is list else [x * b for x in a]
    return [a * y for y in b] if type(b) is list else a * b


class Columns:
    """The backend of columns. One instance serves several sizes at one precision: it keeps the table of incomplete gammas."""

    name = "columns"
    plus, times = staticmethod(plus), staticmethod(times)
    literal, pi = staticmethod(rational), staticmethod(arb.pi)

    def __init__(self):
        self.table: dict[tuple, dict] = {}

    def add(self, xs):
        out = xs[0]
        for x in xs[1:]:
            out = plus(out, x)
        return out

    def mul(self, xs):
        out = xs[0]
        for x in xs[1:]:
            out = times(out, x)
        return out

    def inv(self, a):
        return each(_arb.inv, a)

    def exp(self, a):
        return [x.exp() for x in a] if type(a) is list else a.exp()

    def log(self, a):
        return each(_arb.log, a)

    def gamma(self, a):
        return each(_arb.gamma, a)

    def abs(self, a):
        return [abs(x) for x in a] if type(a) is list else abs(a)

    def power(self, a, e, q: Fraction | None):
        if q is None:
            return each(lambda x, y: _arb.power(x, y, None), a, e)
        if type(a) is not list or q <= 0:
            return each(lambda x: _arb.power(x, None, q) if x.is_finite() else NAN, a)
        exponent = rational(q)
        return [x ** exponent if x > 0 else _guarded(_arb.power, x, None, q) if x.is_finite() else NAN for x in a]

    def vol(self, n: int):
        return _arb.vol(n)

    def maximum(self, xs):
        out = xs[0]
        for x in xs[1:]:
            out = each(_larger, out, x)
        return out

    def integral(self, a, b, pieces, f):
        if pieces is None or any(p.k <= -1 for p in pieces):
            raise Undefined("a column integrates sums of t^k exp(-c t^m) only")
        total = self.add([times(p.coef, self._piece(a, b, p)) for p in pieces])
        if not _zero(a):
            return each(lambda lo, hi, value: value if lo >= 0 and lo <= hi else NAN, a, b, total)
        return each(lambda hi, value: value if hi >= 0 else NAN, b, total)

    def ball(self, n: int, r, pieces, f):
        if pieces is None:
            raise Undefined("a column integrates sums of t^k exp(-c t^m) only")
        pieces = [p._replace(k=p.k + n - 1) for p in pieces]
        return times(n * _arb.vol(n), self.integral(arb(0), r, pieces, None))

    def _piece(self, a, b, p: Piece):
        """int_a^b t^k exp(-rate t^m) dt for 0 <= a <= b, without the coefficient."""
        s = (p.k + 1) / p.m
        if p.rate is None:
            ends = [times(self.power(x, None, s), 1 / rational(s)) for x in (b, a)]
        else:
            ends = [self._lower(s, self._argument(x, p)) for x in ((b,) if _zero(a) else (b, a))]
        out = ends[0] if _zero(a) else plus(ends[0], times(arb(-1), ends[1]))
        if p.rate is not None and not _one(p.rate):
            out = times(out, self.inv(self.power(p.rate, None, s)))
        return out if p.m == 1 or p.rate is None else times(out, 1 / rational(p.m))

    def _argument(self, x, p: Piece):
        x = x if p.m == 1 else self.power(x, None, p.m)
        return x if _one(p.rate) else each(lambda z, rate: z * rate if rate > 0 else NAN, x, p.rate)

    def _lower(self, s: Fraction, zs):
        """gamma(s, z) down a column, by recurrence from the last order of the table where that is near above."""
        if type(zs) is not list:
            return self._lower(s, [zs])[0]
        whole, part = divmod(s, 1)
        part = str(part)
        orders = [rational(s + j) for j in range(STEPS)]
        out = []
        for z in zs:
            if not z > 0:
                out.append(_guarded(lower_gamma, s, z))
                continue
            place = (z.mid().man_exp(), z.rad().man_exp(), part)
            known = self.table.get(place)
            if known is None or not 0 <= known[0] - whole <= STEPS:
                value = _guarded(lower_gamma, s, z)
                decay = (-z).exp() if known is None else known[2]
            else:
                above, value, decay = known
                for j in range(above - whole - 1, -1, -1):
                    value = (value + z ** orders[j] * decay) / orders[j]
            self.table[place] = whole, value, decay
            out.append(value)
        return out


def _larger(x: arb, y: arb) -> arb:
    if x >= y:
        return x
    if y >= x:
        return y
    return x.max(y) if x.is_finite() and y.is_finite() else NAN


def _zero(x) -> bool:
    return type(x) is not list and x.is_zero()


def _one(x) -> bool:
    return type(x) is not list and bool(x == 1)
