"""Computing: rigorous balls, an independent second evaluator, exact ground values. Knows nothing of claims or terms.

Five kinds of numbers share one small interface, so that one statement can be evaluated in each of them:
  arb     rigorous balls (python-flint); comparisons are three-valued
  mp      mpmath at 50 digits, with other formulas and quadrature: the second opinion
  floats  plain Python floats, a fast filter that certifies nothing
  exact   polynomials over Q in atoms such as e, pi, log 2: certifies equality, which balls never can
  dual    value and derivative over any of them

Interface: literal(q), pi(), add(xs), mul(xs), inv(a), power(a, e, q), exp, log, gamma, abs, vol(n), maximum(xs),
integral(a, b, pieces, f), ball(n, r, pieces, f) and the comparisons lt, le, eq, which answer True, False or None (unknown).
`pieces` is the integrand written as a sum of `Piece`s where that is possible, otherwise None; `f` the integrand as a function.
Whatever has no value (log of a negative number, max over nothing) or whose value cannot be enclosed raises `Undefined`.
"""
from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple


class Undefined(Exception):
    """This expression has no value here, or this kind of number cannot hold it: the statement stays undecided."""


class Piece(NamedTuple):
    """coef * t^k * exp(-rate * t^m), with exact exponents; rate None: no exponential factor."""

    coef: Any
    k: Fraction
    rate: Any = None
    m: Fraction = Fraction(1)


def power_sign(q: Fraction, base_is_zero: bool, base_positive: bool) -> str:
    """How base^q is to be read: 'integer', 'zero' (0 to a positive power) or 'real' (a positive base); otherwise Undefined."""
    if q.denominator == 1 and not (base_is_zero and q < 0):
        return "integer"
    if base_is_zero and q > 0:
        return "zero"
    if base_positive:
        return "real"
    raise Undefined(f"base of a power {q} that is not positive")
