"""Polynomials over Q in named positive or signed atoms, with a ball for each atom: the arithmetic under `numerics.exact`.

A monomial carries rational exponents. `settle` keeps the one normal form: integer powers of primes become coefficients, and
integer powers of an atom pow{P} become the polynomial P.
"""
from __future__ import annotations

from fractions import Fraction
from math import floor

from flint import arb

from numerics import Undefined
from numerics.arb import Arb, precision, rational

Mono = tuple        # sorted ((atom, exponent), ...), exponents nonzero Fractions
Poly = dict         # Mono -> Fraction, no zero coefficients
ONE: Mono = ()
MAX_TERMS = 1500
MAX_STEPS = 2000    # of a recurrence, and the largest integer power


def key(p: Poly) -> str:
    """The canonical text of a polynomial."""
    return " + ".join(f"{c}" + "".join(f"*{a}^{e}" for a, e in m) for m, c in sorted(p.items()))


class Polynomials:
    """The arithmetic; it keeps the balls of the atoms it has met, at `bits` of precision."""

    def __init__(self, bits: int = 320):
        self.bits = bits
        self.balls: dict[str, arb] = {}
        self.inside: dict[str, Poly] = {}       # of the atoms log{P}, exp{P} and pow{P}
        with precision(bits):
            self.atom("e", arb(1).exp())
            self.atom("pi", arb.pi())

    def atom(self, name: str, ball: arb, inside: Poly | None = None) -> str:
        if name not in self.balls:
            if not ball.is_finite():
                raise Undefined("an atom without a finite ball")
            self.balls[name] = ball
            if inside is not None:
                self.inside[name] = inside
        return name

    def positive(self, m: Mono) -> bool:
        return all(self.balls[a] > 0 for a, _ in m)

    def poly_ball(self, p: Poly) -> arb:
        with precision(self.bits):
            total = arb(0)
            for m, c in p.items():
                term = rational(c)
                for a, e in m:
                    term = term * Arb().power(self.balls[a], None, e)
                total = total + term
            return total

    def poly_add(self, p: Poly, q: Poly) -> Poly:
        out = dict(p)
        for m, c in q.items():
            total = out.get(m, 0) + c
            if total:
                out[m] = total
            else:
                out.pop(m, None)
        return _bounded(out)

    def poly_mul(self, p: Poly, q: Poly) -> Poly:
        if len(p) * len(q) > 4 * MAX_TERMS:
            raise Undefined("a product too large for exact arithmetic")
        out: Poly = {}
        for m, c in p.items():
            for w, d in q.items():
                for mono, coefficient in self._join(m, w).items():
                    total = out.get(mono, 0) + c * d * coefficient
                    if total:
                        out[mono] = total
                    else:
                        out.pop(mono, None)
        return _bounded(out)

    def _join(self, m: Mono, w: Mono) -> Poly:
        powers = dict(m)
        for a, e in w:
            powers[a] = powers.get(a, 0) + e
        return self.settle(powers)

    def settle(self, powers: dict[str, Fraction]) -> Poly:
        """Integer powers of primes become coefficients; integer powers of pow{P} become polynomials."""
        coefficient, unfolded = Fraction(1), []
        for a in list(powers):
            e = powers[a]
            if a.startswith("p") and a[1:].isdigit():
                whole = floor(e)
                if abs(whole) > MAX_STEPS:
                    raise Undefined("an exponent too large")
                coefficient *= Fraction(int(a[1:])) ** whole
                powers[a] = e - whole
            elif a.startswith("pow{") and e >= 1:
                unfolded.append((self.inside[a], floor(e)))
                powers[a] = e - floor(e)
        out = {tuple(sorted((a, e) for a, e in powers.items() if e)): coefficient}
        for p, k in unfolded:
            out = self.poly_mul(out, self.poly_power(p, k))
        return out

    def poly_power(self, p: Poly, k: int) -> Poly:
        if k > MAX_STEPS:
            raise Undefined("an exponent too large")
        if len(p) == 1:
            (m, c), = p.items()
            out = self.settle({a: e * k for a, e in m})
            return {w: d * c ** k for w, d in out.items()}
        out: Poly = {ONE: Fraction(1)}
        for _ in range(k):
            out = self.poly_mul(out, p)
        return out


def _bounded(p: Poly) -> Poly:
    if len(p) > MAX_TERMS:
        raise Undefined("a polynomial too large for exact arithmetic")
    return p
