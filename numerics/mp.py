"""mpmath as the independent second evaluator: its own functions, quadrature and recursions, nothing shared with Arb.

Where Arb uses closed forms this module does not: V_n comes from the slicing recursion V_{n+2} = 2 pi V_n / (n + 2), integrals
from tanh-sinh quadrature, the ball integral for n = 1, 2 from Cartesian slices, derivatives from finite differences.
"""
from __future__ import annotations

import operator
from fractions import Fraction
from functools import lru_cache
from math import lcm

import mpmath

from numerics import Undefined, power_sign

DIGITS = 50
SLICES = (28, 36)       # Gauss-Legendre orders of the Cartesian slices; their difference is the error estimate


@lru_cache(maxsize=8)
def context(digits: int):
    """An mpmath context of its own, so that nobody else's precision is touched."""
    own = mpmath.MPContext()
    own.dps = digits
    return own


@lru_cache(maxsize=8)
def legendre_nodes(order: int, digits: int) -> tuple:
    """Nodes and weights of Gauss-Legendre quadrature on [-1, 1], by Newton's method on the three-term recurrence."""
    c = context(digits)
    out = []
    for i in range(order):
        x = c.cos(c.pi * (i + c.mpf(3) / 4) / (order + c.mpf(1) / 2))
        for _ in range(12):
            before, value = c.mpf(1), x
            for k in range(2, order + 1):
                before, value = value, ((2 * k - 1) * x * value - (k - 1) * before) / k
            slope = order * (x * value - before) / (x * x - 1)
            step = value / slope
            x -= step
            if abs(step) < c.eps:
                break
        out.append((x, 2 / ((1 - x * x) * slope ** 2)))
    return tuple(out)


class Mp:
    """The backend of mpmath numbers."""

    name = "mpmath"
    plus, times = staticmethod(operator.add), staticmethod(operator.mul)

    def __init__(self, digits: int = DIGITS):
        self.c = context(digits)
        self.digits = digits
        # ties: differences below this, relative to the operands, count as equality
        self.tie = self.c.mpf(10) ** -(digits * 4 // 5)
        self.exp = self.c.exp
        self.reference = None

    def literal(self, q):
        return self.c.mpf(int(q)) if q.denominator == 1 else self.c.mpf(q.numerator) / q.denominator

    def pi(self):
        return +self.c.pi

    def add(self, xs):
        return self.c.fsum(xs)

    def mul(self, xs):
        return self.c.fprod(xs)

    def inv(self, a):
        if not a:
            raise Undefined("1/0")
        return 1 / a

    def log(self, a):
        if not a > 0:
            raise Undefined("log of a number that is not positive")
        return self.c.log(a)

    def gamma(self, a):
        if a <= 0 and a == int(a):
            raise Undefined("a pole of the gamma function")
        return self.c.gamma(a)

    def abs(self, a):
        return abs(a)

    def power(self, a, e, q: Fraction | None):
        if q is None:
            if not a > 0:
                raise Undefined("a real power of a number that is not positive")
            return a ** e
        kind = power_sign(q, not a, a > 0)
        if kind == "zero":
            return self.c.mpf(0)
        return a ** int(q) if kind == "integer" else self.c.sqrt(a) if q == Fraction(1, 2) else a ** self.literal(q)

    def vol(self, n: int):
        v = self.c.mpf(2 if n % 2 else 1)
        for k in range(2 + n % 2, n + 1, 2):
            v = 2 * self.c.pi * v / k
        return v

    def maximum(self, xs):
        return max(xs)

    def integral(self, a, b, pieces, f):
        if a > b:
            raise Undefined("an integral whose bounds are not ordered")
        if a == b:
            return self.c.mpf(0)
        if a == 0 and pieces is not None and any(p.k <= -1 for p in pieces):
            raise Undefined("the integral does not exist at 0")
        if a == 0 and pieces is not None and (q := lcm(*(p.k.denominator for p in pieces))) > 1:
            # a root at 0 costs tanh-sinh half its digits: t = u^q makes the integrand smooth
            return self.integral(a, self.c.root(b, q), None, lambda u: q * u ** (q - 1) * f(u ** q))
        for cells in (2, 16):
            value, error = self.c.quad(f, self.c.linspace(a, b, cells + 1), error=True)
            if self.c.isfinite(value) and error <= abs(value) * self.tie:
                return value
        raise Undefined("the quadrature did not converge")

    def ball(self, n: int, r, pieces, f):
        if r < 0:
            raise Undefined("a ball of negative radius")
        if n == 1:
            return 2 * self.integral(self.c.mpf(0), r, None, f)
        if n == 2 and r:
            coarse, fine = (self._slices(r, f, order) for order in SLICES)
            if abs(coarse - fine) <= abs(fine) * self.c.mpf(10) ** -(self.digits - 14):
                return fine
        return n * self.vol(n) * self.integral(self.c.mpf(0), r, None, lambda t: t ** (n - 1) * f(t))

    def _slices(self, r, f, order: int):
        """The disc in Cartesian slices x = r sin(u), |y| <= r cos(u); by symmetry over one quadrant."""
        c = self.c
        nodes = [((1 + x) / 2, w / 2) for x, w in legendre_nodes(order, self.digits)]
        total = c.mpf(0)
        for u, w in nodes:
            angle = u * c.pi / 2
            x, height = r * c.sin(angle), r * c.cos(angle)
            inner = c.fsum(v * f(c.sqrt(x * x + (height * y) ** 2)) for y, v in nodes) * height
            total += w * inner * height
        return 4 * total * c.pi / 2

    def slope(self, f, x):
        """The derivative of f at x by finite differences at raised precision."""
        try:
            return self.c.diff(f, x)
        except (ValueError, ZeroDivisionError, OverflowError) as error:
            raise Undefined(f"no derivative: {error}") from None

    # A tie is equality as far as this evaluator can see: it satisfies <= and =, and leaves < open (None).
    def tied(self, a, b) -> bool:
        gap = b - a
        if abs(gap) <= self.tie * (abs(a) + abs(b)):
            return True
        if self.reference is None:
            return False
        # the same gap at fewer digits: a gap that changes with the digits is rounding noise
        return abs(next(self.reference, gap) - gap) > abs(gap) / 2

    def lt(self, a, b):
        return None if self.tied(a, b) else a < b

    def le(self, a, b):
        return True if self.tied(a, b) else a < b

    def eq(self, a, b):
        return self.tied(a, b)
