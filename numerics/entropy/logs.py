"""Exact numbers of the form q_1 log a_1 + ... + q_k log a_k: rational q, whole a > 1. Every entropy of rational weights is one.

Equality is decided, not approximated: written over pairwise coprime a, such a sum is 0 only if every q is 0.
"""
from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from math import gcd
from typing import Mapping

import mpmath

DIGITS = 50                                                                         # of the floating-point value
PRIMES = [p for p in range(2, 1000) if all(p % q for q in range(2, int(p ** 0.5) + 1))]


@lru_cache(maxsize=100_000)
def factors(n: int) -> tuple[tuple[int, int], ...]:
    """(a, e) with n = prod a^e, for n >= 1: the primes below 1000, and what they leave as one factor (which may be composite)."""
    out = []
    for p in PRIMES:
        if p * p > n:
            break
        e = 0
        while n % p == 0:
            n, e = n // p, e + 1
        if e:
            out.append((p, e))
    return tuple(out + [(n, 1)] if n > 1 else out)


class Logs:
    """sum of terms[a] * log(a). Immutable by convention; `==` is exact, float() correctly rounded up to the last digit or so."""

    __slots__ = ("terms",)

    def __init__(self, terms: Mapping[int, Fraction] | None = None):
        self.terms = {a: q for a, q in (terms or {}).items() if q}

    @classmethod
    def log(cls, q: Fraction | int) -> "Logs":
        """log q of a positive rational."""
        q = Fraction(q)
        if q <= 0:
            raise ValueError(f"log of {q}: entropies need positive probabilities")
        terms = {a: Fraction(e) for a, e in factors(q.numerator)}
        for a, e in factors(q.denominator):
            terms[a] = terms.get(a, Fraction(0)) - e
        return cls(terms)

    def __add__(self, other: "Logs") -> "Logs":
        out = dict(self.terms)
        for a, q in other.terms.items():
            out[a] = out.get(a, 0) + q
        return Logs(out)

    def __sub__(self, other: "Logs") -> "Logs":
        return self + other * -1

    def __mul__(self, q: Fraction | int) -> "Logs":
        return Logs({a: c * q for a, c in self.terms.items()} if q else None)

    __rmul__ = __mul__

    def __truediv__(self, q: Fraction | int) -> "Logs":
        return self * (1 / Fraction(q))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Logs) and (self - other).is_zero()

    __hash__ = None

    def is_zero(self) -> bool:
        if all(a < PRIMES[-1] ** 2 for a in self.terms):        # then every a is a prime, and logs of primes are independent
            return not self.terms
        base = coprime_base(self.terms)
        return all(sum(q * exponent(a, b) for a, q in self.terms.items()) == 0 for b in base)

    def __float__(self) -> float:
        with mpmath.workdps(DIGITS):
            return float(mpmath.fsum(mpmath.mpf(q.numerator) / q.denominator * mpmath.log(a) for a, q in self.terms.items()))

    def ball(self):
        """The value as an Arb ball at the current precision (needs python-flint)."""
        from flint import arb, fmpq
        return sum((arb(fmpq(q.numerator, q.denominator)) * arb(a).log() for a, q in self.terms.items()), arb(0))

    def sympy(self):
        """The same sum as a SymPy expression."""
        from sympy import Add, Integer, Rational, log
        return Add(*(Rational(q.numerator, q.denominator) * log(Integer(a), evaluate=False)
                     for a, q in sorted(self.terms.items())))

    def __repr__(self) -> str:
        parts = [f"{'' if q == 1 else f'{q} '}log {a}" for a, q in sorted(self.terms.items())]
        return " + ".join(parts).replace("+ -", "- ") or "0"


def exponent(a: int, b: int) -> int:
    """The largest e with b^e dividing a."""
    e = 0
    while a % b == 0:
        a, e = a // b, e + 1
    return e


def coprime_base(numbers) -> list[int]:
    """Pairwise coprime whole numbers > 1 of which each of `numbers` is a product of powers (factor refinement by gcds)."""
    base: list[int] = []
    todo = sorted(set(numbers))
    while todo:
        a = todo.pop()
        if a == 1:
            continue
        for k, b in enumerate(base):
            g = gcd(a, b)
            if g > 1:
                del base[k]
                todo += [a // g, b // g, g] if a != b else [a]
                break
        else:
            base.append(a)
    return base


@dataclass(frozen=True)
class Exact:
    """An exact number in nats and its nearest float."""

    expression: Logs

    @cached_property
    def value(self) -> float:
        return float(self.expression)

    def __float__(self) -> float:
        return self.value

    def __repr__(self) -> str:
        text = repr(self.expression)
        return f"{text if len(text) <= 200 else f'a sum of {len(self.expression.terms)} logarithms'} = {self.value:.12g}"
