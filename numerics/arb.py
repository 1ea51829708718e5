"""Rigorous balls. Every result encloses the true value; a comparison that the balls do not settle is None.

Values may be wide (a box): then the result encloses the whole range. Wide balls explode inside incomplete gammas and no precision
helps, so those are evaluated at the end points, between which they are monotone.
"""
from __future__ import annotations

import operator
from contextlib import contextmanager
from fractions import Fraction

from flint import acb, arb, ctx, fmpq

from numerics import Piece, Undefined, power_sign

EVAL_LIMIT = 3000      # integrand evaluations that one numeric integral may cost


@contextmanager
def precision(bits: int):
    """Work with `bits` bits of Arb precision, and restore what was set before."""
    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before


def rational(q) -> arb:
    """The ball of a rational at the current precision."""
    return arb(int(q)) if q.denominator == 1 else arb(fmpq(q.numerator, q.denominator))


def hull(lo: Fraction, hi: Fraction) -> arb:
    """A ball that contains the interval [lo, hi]."""
    return rational(lo) if lo == hi else rational(lo).union(rational(hi))


def finite(x: arb) -> arb:
    if not x.is_finite():
        raise Undefined("no finite enclosure")
    return x


def integer_power(x, k: int):
    """x^k by squaring, for any ball: even powers through |x|, so that a ball around 0 stays useful."""
    if k < 0:
        if x.contains(0):
            raise Undefined("a negative power of zero")
        return 1 / integer_power(x, -k)
    if k and k % 2 == 0 and isinstance(x, arb):
        x = abs(x)
    out = None
    while k:
        if k & 1:
            out = x if out is None else out * x
        k >>= 1
        if k:
            x = x * x
    return arb(1) if out is None else out


def unit_ball_volume(n: int) -> arb:
    """V_n(1) = pi^(n/2) / Gamma(1 + n/2)."""
    half = fmpq(n, 2)
    return arb.pi() ** arb(half) / arb.gamma_fmpq(half + 1)


def lower_gamma(s: Fraction, z: arb) -> arb:
    """gamma(s, z) for s > 0 and z >= 0, increasing in z: a wide z is evaluated at its end points."""
    order = rational(s)
    if z.is_exact() or z.rel_accuracy_bits() > ctx.prec // 2:
        return finite(z.gamma_lower(order))
    low, high = z.lower(), z.upper()
    low = low if low > 0 else arb(0)
    return finite(low.gamma_lower(order)).union(finite(high.gamma_lower(order)))


class Integrand:
    """A function of complex balls, and the `Acb` backend that it computes with (which must learn the analytic flag)."""

    def __init__(self, call, backend: "Acb"):
        self.call, self.backend = call, backend

    def __call__(self, z):
        return self.call(z)


class Arb:
    """The backend of rigorous balls at the precision of the moment."""

    name = "arb"
    plus, times = staticmethod(operator.add), staticmethod(operator.mul)
    literal = staticmethod(rational)
    pi = staticmethod(arb.pi)

    def add(self, xs):
        out = xs[0]
        for x in xs[1:]:
            out = out + x
        return out

    def mul(self, xs):
        out = xs[0]
        for x in xs[1:]:
            out = out * x
        return out

    def inv(self, a):
        if a.contains(0):
            raise Undefined("1/0")
        return 1 / a

    def exp(self, a):
        return finite(a.exp())

    def log(self, a):
        if not a > 0:
            raise Undefined("log of a number not known to be positive")
        return a.log()

    def gamma(self, a):
        return finite(a.gamma())

    def abs(self, a):
        return abs(a)

    def power(self, a, e, q: Fraction | None):
        if q is None:
            if not a > 0:
                raise Undefined("a real power of a number not known to be positive")
            return finite((a.log() * e).exp())
        kind = power_sign(q, a.is_zero(), bool(a > 0))
        if kind == "zero":
            return arb(0)
        if kind == "integer":
            return integer_power(a, int(q))
        return a.sqrt() if q == Fraction(1, 2) else finite(a ** rational(q))

    def vol(self, n: int):
        return unit_ball_volume(n)

    def maximum(self, xs):
        out = xs[0]
        for x in xs[1:]:
            out = out.max(x)
        return out

    def integral(self, a, b, pieces, f):
        if not a <= b:
            raise Undefined("an integral whose bounds are not ordered")
        if pieces is not None and a >= 0:
            if not a > 0 and any(p.k <= -1 for p in pieces):
                raise Undefined("the integral does not exist at 0")
            try:
                return self.add([_piece_integral(a, b, p) for p in pieces])
            except Undefined:
                pass        # a growing exponential or a wide coefficient: the general method below
        return _integrate(a, b, f)

    def ball(self, n: int, r, pieces, f):
        if not r >= 0:
            raise Undefined("a ball of negative radius")
        if pieces is not None:
            pieces = [Piece(p.coef, p.k + n - 1, p.rate, p.m) for p in pieces]
        radial = f and Integrand(lambda t: integer_power(t, n - 1) * f(t), f.backend)
        return n * unit_ball_volume(n) * self.integral(arb(0), r, pieces, radial)

    # True, False or None: balls that overlap decide nothing, and neither does a ball that is not finite
    def lt(self, a, b):
        if not (a.is_finite() and b.is_finite()):
            return None
        return True if a < b else False if a >= b else None

    def le(self, a, b):
        if not (a.is_finite() and b.is_finite()):
            return None
        return True if a <= b else False if a > b else None

    def eq(self, a, b):
        if not (a.is_finite() and b.is_finite()):
            return None
        if a.is_exact() and b.is_exact():
            return bool(a == b)
        return False if a < b or a > b else None


def _piece_integral(a: arb, b: arb, p: Piece) -> arb:
    """coef * int_a^b t^k exp(-rate t^m) dt for 0 <= a <= b: powers, or a difference of incomplete gammas."""
    if p.rate is None:
        if p.k == -1:
            return p.coef * (b.log() - a.log())
        grow = Arb().power
        return p.coef * (grow(b, None, p.k + 1) - grow(a, None, p.k + 1)) / rational(p.k + 1)
    s = (p.k + 1) / p.m
    if not p.rate > 0 or s <= 0:
        raise Undefined("not a decaying exponential")
    primitive = [lower_gamma(s, p.rate * Arb().power(x, None, p.m)) for x in (a, b)]
    return p.coef * (primitive[1] - primitive[0]) / rational(p.m) / Arb().power(p.rate, None, s)


def _integrate(a: arb, b: arb, f) -> arb:
    """Rigorous quadrature; `f` takes a complex ball and the analytic flag through `Acb`."""
    if f is None:
        raise Undefined("only sums of t^k exp(-c t^m) are integrated here")
    def integrand(z, analytic):
        f.backend.analytic = analytic
        try:
            value = f(z)
        except Undefined:
            return acb("nan")
        return value if isinstance(value, acb) else acb(value)
    value = acb.integral(integrand, acb(a), acb(b), eval_limit=EVAL_LIMIT)
    if not value.is_finite() or not value.imag.contains(0):
        raise Undefined("the integral was not enclosed")
    return value.real


class Acb(Arb):
    """Complex balls for `acb.integral`. On request of the `analytic` flag a function that is not analytic on its argument is nan.

    Logarithms and real powers are taken only where the real part is positive: there the principal branch is analytic, and on the
    real line the function has a value.
    """

    name = "acb"

    def __init__(self):
        self.analytic = False

    def inv(self, a):
        return 1 / a

    def exp(self, a):
        return a.exp()

    def log(self, a):
        if not acb(a).real > 0:
            raise Undefined("log off the right half plane")
        return a.log()

    def gamma(self, a):
        return a.gamma()

    def abs(self, a):
        return acb(a).real_abs(analytic=self.analytic)

    def power(self, a, e, q):
        a = acb(a)
        if q is not None and q.denominator == 1:
            return integer_power(a, int(q)) if q >= 0 else 1 / integer_power(a, -int(q))
        return (self.log(a) * (rational(q) if q is not None else e)).exp()

    def maximum(self, xs):
        out = acb(xs[0])
        for x in xs[1:]:
            out = out.real_max(acb(x), analytic=self.analytic)
        return out

    def integral(self, a, b, pieces, f):
        raise Undefined("an integral whose integrand holds another integral")

    ball = integral

    def lt(self, a, b):
        return None

    le = eq = lt
