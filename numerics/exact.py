"""Exact ground values: ratios of polynomials over Q in atoms. What balls never settle, equality, is settled here or left open.

Atoms are names with a ball each: `e` and `pi` (with rational exponents), `p2`, `p3`, ... (primes to fractional powers), `log
p`, `log{P}`, `exp{P}`, `pow{P}` (a polynomial P in canonical form), `Gamma(s)` and `gamma(s, x)`. The laws used: e^a e^b =
e^(a+b), log(c e^q p^r) = log c + q + r log p, exp(k log P) = P^k, Gamma(s+1) = s Gamma(s), gamma(s+1, x) = s gamma(s, x) -
x^s e^-x, Gamma(1/2) = pi^(1/2). Two numbers are equal if they have the same normal form; otherwise they are compared by
balls, and if those overlap nothing is known.
"""
from __future__ import annotations

from fractions import Fraction
from math import floor

from flint import arb

from numerics import Piece, Undefined, power_sign
from numerics.arb import Arb, lower_gamma, precision, rational
from numerics.polynomials import MAX_STEPS, ONE, Poly, Polynomials, key

MAX_BITS = 12_000       # of a rational that is factored
PRIMES = [p for p in range(2, 2000) if all(p % q for q in range(2, int(p ** 0.5) + 1))]


class Number:
    """num / den, both polynomials; `den` is nonzero. Immutable by convention."""

    __slots__ = ("num", "den", "_ball")

    def __init__(self, num: Poly, den: Poly):
        self.num, self.den = num, den
        self._ball = None


class Exact(Polynomials):
    """The backend of exact numbers."""

    name = "exact"

    def enclose(self, x: Number) -> arb:
        if x._ball is None:
            with precision(self.bits):
                top = self.poly_ball(x.num)
                x._ball = top if x.den == {ONE: 1} else Arb().inv(self.poly_ball(x.den)) * top
        return x._ball

    def _make(self, num: Poly, den: Poly) -> Number:
        """num / den with a denominator of one term folded into the numerator."""
        if not num:
            return Number({}, {ONE: Fraction(1)})
        if len(den) == 1:
            (m, c), = den.items()
            if m or c != 1:
                inverse = self.settle({a: -e for a, e in m})
                num, den = self.poly_mul(num, {w: d / c for w, d in inverse.items()}), {ONE: Fraction(1)}
        return Number(num, den)

    # the interface
    def literal(self, q) -> Number:
        return Number({ONE: Fraction(q)} if q else {}, {ONE: Fraction(1)})

    def _of(self, *powers) -> Number:
        return Number(self.settle({a: Fraction(e) for a, e in powers if e}), {ONE: Fraction(1)})

    def pi(self) -> Number:
        return self._of(("pi", 1))

    def add(self, xs) -> Number:
        num, den = xs[0].num, xs[0].den
        for x in xs[1:]:
            if x.den == den:
                num = self.poly_add(num, x.num)
            else:
                num = self.poly_add(self.poly_mul(num, x.den), self.poly_mul(x.num, den))
                den = self.poly_mul(den, x.den)
        return self._make(num, den)

    def mul(self, xs) -> Number:
        out = xs[0]
        for x in xs[1:]:
            if out.num == x.den:            # cancel before multiplying: denominators are never zero
                out = self._make(x.num, out.den)
            elif x.num == out.den:
                out = self._make(out.num, x.den)
            else:
                out = self._make(self.poly_mul(out.num, x.num), self.poly_mul(out.den, x.den))
        return out

    def inv(self, a: Number) -> Number:
        if not a.num or self.poly_ball(a.num).contains(0):
            raise Undefined("1/0")
        return self._make(a.den, a.num)

    def abs(self, a: Number) -> Number:
        if not a.num:
            return a
        ball = self.enclose(a)
        if ball > 0:
            return a
        if ball < 0:
            return self.mul([self.literal(-1), a])
        raise Undefined("a sign that is not known")

    def maximum(self, xs) -> Number:
        out = xs[0]
        for x in xs[1:]:
            less = self.le(out, x)
            if less is None:
                raise Undefined("an order that is not known")
            out = x if less else out
        return out

    def exp(self, a: Number) -> Number:
        if a.den != {ONE: 1}:
            raise Undefined("exp of a fraction")
        powers: dict[str, Fraction] = {}
        rest, factors = {}, []
        for m, c in a.num.items():
            atom = m[0][0] if len(m) == 1 and m[0][1] == 1 else None
            if not m:
                powers["e"] = c
            elif atom is not None and atom.startswith("log p"):        # log p2, log pi
                powers[atom[4:]] = c
            elif atom is not None and atom.startswith("log{") and c.denominator == 1:
                factors.append((self.inside[atom], int(c)))
            else:
                rest[m] = c
        if rest:
            lead = rest[min(rest)]
            monic = {m: c / lead for m, c in rest.items()}
            with precision(self.bits):
                powers[self.atom(f"exp{{{key(monic)}}}", self.poly_ball(monic).exp(), monic)] = lead
        for atom in powers:
            if atom.startswith("p") and atom not in self.balls:
                self.atom(atom, arb(int(atom[1:])))
        out = Number(self.settle(powers), {ONE: Fraction(1)})
        for p, k in factors:
            power = Number(self.poly_power(p, abs(k)), {ONE: Fraction(1)})
            out = self.mul([out, power if k > 0 else self.inv(power)])
        return out

    def log(self, a: Number) -> Number:
        if not self.enclose(a) > 0:
            raise Undefined("log of a number not known to be positive")
        if a.den != {ONE: 1}:
            if not self.poly_ball(a.den) > 0:
                a = Number({m: -c for m, c in a.num.items()}, {m: -c for m, c in a.den.items()})
            return self.add([self._log(a.num), self.mul([self.literal(-1), self._log(a.den)])])
        return self._log(a.num)

    def _log(self, p: Poly) -> Number:
        lead, monic = self._lead(p)
        out: Poly = {}
        if lead is not None:
            mono, c = lead
            for atom, e in [*mono, *_factors(c)]:
                if atom == "e":
                    out = self.poly_add(out, {ONE: e})
                elif atom.startswith("exp{"):
                    out = self.poly_add(out, {m: d * e for m, d in self.inside[atom].items()})
                else:
                    out = self.poly_add(out, {((self._log_atom(atom), Fraction(1)),): Fraction(e)})
        if monic is not None:
            with precision(self.bits):
                name = self.atom(f"log{{{key(monic)}}}", Arb().log(self.poly_ball(monic)), monic)
            out = self.poly_add(out, {((name, Fraction(1)),): Fraction(1)})
        return Number(out, {ONE: Fraction(1)})

    def _log_atom(self, atom: str) -> str:
        with precision(self.bits):
            ball = self.balls[atom] if atom in self.balls else arb(int(atom[1:]))
            return self.atom(f"log {atom}", ball.log())

    def _lead(self, p: Poly):
        """p = lead * monic with lead a positive monomial and its coefficient, where there is one; a lone term leaves no monic."""
        atoms = sorted({a for m in p for a, _ in m})       # this order of monomials does not change when all are shifted
        mono = min(p, key=lambda m: tuple(dict(m).get(a, 0) for a in atoms))
        c = p[mono]
        if not self.positive(mono) or c < 0:
            return None, p
        if len(p) == 1:
            return (mono, c), None
        shift = self.settle({a: -e for a, e in mono})
        return (mono, c), {m: d / c for m, d in self.poly_mul(p, shift).items()}

    def power(self, a: Number, e, q: Fraction | None) -> Number:
        if q is None:
            return self.exp(self.mul([self.log(a), e]))
        kind = power_sign(q, not a.num, bool(a.num) and (q.denominator == 1 or self.enclose(a) > 0))
        if kind == "zero":
            return self.literal(0)
        if kind == "integer":
            if q < 0:
                return self.power(self.inv(a), None, -q)
            return self._make(self.poly_power(a.num, int(q)), self.poly_power(a.den, int(q)))
        if a.den != {ONE: 1}:
            if not self.poly_ball(a.den) > 0:
                a = Number({m: -c for m, c in a.num.items()}, {m: -c for m, c in a.den.items()})
            return self.mul([self._root(a.num, q), self.inv(self._root(a.den, q))])
        return self._root(a.num, q)

    def _root(self, p: Poly, q: Fraction) -> Number:
        lead, monic = self._lead(p)
        powers: dict[str, Fraction] = {}
        for atom, e in ([*lead[0], *_factors(lead[1])] if lead is not None else []):
            if atom not in self.balls:
                self.atom(atom, arb(int(atom[1:])))
            powers[atom] = powers.get(atom, 0) + e * q
        if monic is not None:
            powers[self.atom(f"pow{{{key(monic)}}}", self.poly_ball(monic), monic)] = q
        return Number(self.settle(powers), {ONE: Fraction(1)})

    def gamma(self, a: Number) -> Number:
        if set(a.num) - {ONE} or a.den != {ONE: 1}:
            raise Undefined("Gamma of a number that is not rational")
        return self._gamma(a.num.get(ONE, Fraction(0)))

    def _gamma(self, s: Fraction) -> Number:
        if (s <= 0 and s.denominator == 1) or abs(s) > MAX_STEPS:
            raise Undefined("a pole of Gamma, or too far out")
        factor = Fraction(1)
        while s > 1:
            s -= 1
            factor *= s
        while s <= 0:
            factor /= s
            s += 1
        if s == 1:
            return self.literal(factor)
        if s == Fraction(1, 2):
            return self.mul([self.literal(factor), self._of(("pi", s))])
        with precision(self.bits):
            return self.mul([self.literal(factor), self._of((self.atom(f"Gamma({s})", rational(s).gamma()), 1))])

    def vol(self, n: int) -> Number:
        return self.mul([self._of(("pi", Fraction(n, 2))), self.inv(self._gamma(1 + Fraction(n, 2)))])

    def _lower_gamma(self, s: Fraction, x: Number) -> Number:
        """gamma(s, x) by recurrence down to s in (0, 1]; x^s for s not an integer stays a power."""
        if s > MAX_STEPS:
            raise Undefined("too many steps")
        if not x.num:
            return self.literal(0)
        decay = self.exp(self.mul([self.literal(-1), x]))
        low = s - floor(s) or Fraction(1)
        if low == 1:
            out = self.add([self.literal(1), self.mul([self.literal(-1), decay])])
        else:
            with precision(self.bits):
                name = f"gamma({low}, {key(x.num)} / {key(x.den)})"
                out = self._of((self.atom(name, lower_gamma(low, self.enclose(x))), 1))
        power = self.power(x, None, low)
        while low < s:
            out = self.add([self.mul([self.literal(low), out]), self.mul([self.literal(-1), power, decay])])
            power = self.mul([power, x])
            low += 1
        return out

    def integral(self, a, b, pieces, f) -> Number:
        if pieces is None or self.le(self.literal(0), a) is not True or self.le(a, b) is not True:
            raise Undefined("no closed form")
        if not pieces:
            return self.literal(0)
        return self.add([self._piece(a, b, p) for p in pieces])

    def _piece(self, a: Number, b: Number, p: Piece) -> Number:
        if p.k <= -1:
            raise Undefined("no closed form")
        s = p.k + 1
        minus = self.literal(-1)
        if p.rate is None:
            ends = [self.power(x, None, s) for x in (b, a)]
            return self.mul([p.coef, self.literal(1 / s), self.add([ends[0], self.mul([minus, ends[1]])])])
        if self.lt(self.literal(0), p.rate) is not True:
            raise Undefined("not a decaying exponential")
        ends = [self._lower_gamma(s / p.m, self.mul([p.rate, self.power(x, None, p.m)])) for x in (b, a)]
        scale = self.power(p.rate, None, -s / p.m)
        return self.mul([p.coef, self.literal(1 / p.m), scale, self.add([ends[0], self.mul([minus, ends[1]])])])

    def ball(self, n: int, r: Number, pieces, f) -> Number:
        if pieces is None:
            raise Undefined("no closed form")
        pieces = [Piece(p.coef, p.k + n - 1, p.rate, p.m) for p in pieces]
        return self.mul([self.literal(n), self.vol(n), self.integral(self.literal(0), r, pieces, None)])

    # comparisons
    def identical(self, a: Number, b: Number) -> bool:
        if a.den == b.den:
            return a.num == b.num
        return self.poly_mul(a.num, b.den) == self.poly_mul(b.num, a.den)

    def _order(self, a: Number, b: Number) -> int | None:
        """-1, 0, 1, or None where neither the normal forms nor the balls tell."""
        if self.identical(a, b):
            return 0
        x, y = self.enclose(a), self.enclose(b)
        if not (x.is_finite() and y.is_finite()):
            return None
        return -1 if x < y else 1 if x > y else None

    def lt(self, a, b):
        order = self._order(a, b)
        return None if order is None else order < 0

    def le(self, a, b):
        order = self._order(a, b)
        return None if order is None else order <= 0

    def eq(self, a, b):
        order = self._order(a, b)
        return None if order is None else order == 0


def _factors(c: Fraction) -> list[tuple[str, Fraction]]:
    """The prime factors of a positive rational; a factor without small primes stays whole (log then only misses ties)."""
    if max(c.numerator.bit_length(), c.denominator.bit_length()) > MAX_BITS:
        raise Undefined("a rational too large to be named by its factors")
    out = []
    for n, sign in ((c.numerator, 1), (c.denominator, -1)):
        for p in PRIMES:
            if p * p > n:
                break
            k = 0
            while n % p == 0:
                n //= p
                k += 1
            if k:
                out.append((f"p{p}", Fraction(sign * k)))
        if n > 1:
            out.append((f"p{n}", Fraction(sign)))
    return out
