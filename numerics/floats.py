"""Plain floats: a fast filter that certifies nothing. A comparison inside the rounding noise is None, overflow is Undefined."""
from __future__ import annotations

import math
import operator
from fractions import Fraction

import numpy as np

from numerics import Piece, Undefined, power_sign

NOISE = 1e-9        # relative to the operands
PANELS, NODES = 4, list(zip(*(column.tolist() for column in np.polynomial.legendre.leggauss(20))))
TERMS = 400         # of the series and the continued fraction of the incomplete gamma function


def guard(f):
    """Python's arithmetic errors, and results that are not finite, mean that there is no value."""
    def guarded(*args):
        try:
            value = f(*args)
        except (OverflowError, ValueError, ZeroDivisionError) as error:
            raise Undefined(str(error)) from None
        if isinstance(value, complex) or not math.isfinite(value):
            raise Undefined("overflow")
        return value
    return guarded


def lower_gamma(s: float, x: float) -> float:
    """gamma(s, x): the series below s + 1, the continued fraction (Lentz) above."""
    if x <= 0:
        if x < 0 or s <= 0:
            raise Undefined("incomplete gamma outside its domain")
        return 0.0
    front = math.exp(s * math.log(x) - x)
    if x < s + 1:
        term = total = 1 / s
        for k in range(1, TERMS):
            term *= x / (s + k)
            total += term
            if term < total * 1e-16:
                return front * total
        raise Undefined("the series did not converge")
    b = x + 1 - s
    c, d = 1e300, 1 / b
    h = d
    for i in range(1, TERMS):
        a = -i * (i - s)
        b += 2
        d = 1 / (a * d + b)
        c = b + a / c
        h *= c * d
        if abs(c * d - 1) < 1e-15:
            return math.gamma(s) - front * h
    raise Undefined("the continued fraction did not converge")


class Floats:
    """The backend of floats."""

    name = "float"
    plus, times = staticmethod(operator.add), staticmethod(operator.mul)
    literal = staticmethod(guard(float))
    exp = staticmethod(guard(math.exp))
    log = staticmethod(guard(math.log))
    gamma = staticmethod(guard(math.gamma))
    abs = staticmethod(abs)
    inv = staticmethod(guard(lambda a: 1 / a))
    vol = staticmethod(guard(lambda n: math.exp(n / 2 * math.log(math.pi) - math.lgamma(1 + n / 2))))

    def pi(self):
        return math.pi

    def add(self, xs):
        return math.fsum(xs) if len(xs) > 2 else xs[0] + xs[-1] if len(xs) == 2 else xs[0]

    def mul(self, xs):
        out = xs[0]
        for x in xs[1:]:
            out *= x
        return out

    def power(self, a, e, q: Fraction | None):
        if q is None:
            if a <= 0:
                raise Undefined("a real power of a number that is not positive")
            return self._pow(a, e)
        kind = power_sign(q, a == 0, a > 0)
        return 0.0 if kind == "zero" else self._pow(a, int(q) if kind == "integer" else float(q))

    _pow = staticmethod(guard(lambda a, e: a ** e))

    def maximum(self, xs):
        return max(xs)

    def integral(self, a, b, pieces, f):
        if a > b:
            raise Undefined("an integral whose bounds are not ordered")
        if pieces is None or a < 0:
            return self._quadrature(a, b, f)
        return math.fsum(self._piece(a, b, p) for p in pieces)

    @staticmethod
    def _quadrature(a: float, b: float, f):
        """Gauss-Legendre on a few panels: a hint for smooth integrands, which certification then checks."""
        if f is None:
            raise Undefined("no integrand")
        width = (b - a) / PANELS
        return math.fsum(w * width / 2 * f(a + width * (k + (x + 1) / 2)) for k in range(PANELS) for x, w in NODES)

    @staticmethod
    @guard
    def _piece(a: float, b: float, p: Piece):
        k, m = float(p.k), float(p.m)
        if p.rate is None:
            return p.coef * (math.log(b / a) if k == -1 else (b ** (k + 1) - a ** (k + 1)) / (k + 1))
        s = (k + 1) / m
        if p.rate <= 0 or s <= 0:
            raise Undefined("not a decaying exponential")
        return p.coef * (lower_gamma(s, p.rate * b ** m) - lower_gamma(s, p.rate * a ** m)) / m / p.rate ** s

    def ball(self, n: int, r, pieces, f):
        if pieces is None:
            if r < 0 or f is None:
                raise Undefined("a ball of negative radius, or no integrand")
            return n * self.vol(n) * self._quadrature(0.0, r, lambda t: t ** (n - 1) * f(t))
        pieces = [Piece(p.coef, p.k + n - 1, p.rate, p.m) for p in pieces]
        return n * self.vol(n) * self.integral(0.0, r, pieces, f)

    def lt(self, a, b):
        gap = b - a
        if not math.isfinite(gap):
            return None
        noise = NOISE * (abs(a) + abs(b)) + 1e-300
        return True if gap > noise else False if gap < -noise else None

    le = lt

    def eq(self, a, b):
        return False if self.lt(a, b) is not None else None
