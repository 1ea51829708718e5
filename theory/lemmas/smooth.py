"""log-sum-exp is smooth: along a direction c with L <= c_i <= U its second derivative, a variance, is at most (U - L)^2 / 4.

This is Hoeffding's lemma for symbolic families, by the kernel's derivative rule (twice), with no chord and no division by U - L.
"""
from __future__ import annotations

from typing import Callable

from theory.kernel import Theorem
from theory.lemmas.euclid import sum_nonneg
from theory.lemmas.explog import exp_pos, inv_pos, inverse
from theory.lemmas.logsumexp import Family, lse, sum_exp_pos
from theory.tactics import (apply, assume, be, discharge, index_facts, lin, linsum, multiply, product, ring, same_function,
                            square, sum_eq, use_attained)
from theory.terms import ZERO, Term, eq, exp, fam, fresh, inv, le, log, lt, max_, sum_

Bound = Callable[[str], Theorem]


class _Line:
    """psi(s) = log sum exp(m_i + s c_i), its derivative q = N / S, for L <= c_i <= U."""

    def __init__(self, positive: Theorem, n: Term, m: Family, c: Family, low: Term, high: Term, below: Bound, above: Bound):
        self.positive, self.n, self.m, self.c = positive, n, m, c
        self.low, self.high, self.below, self.above = low, high, below, above
        self.spread = (high - low) * (high - low)

    def weight(self, i: Term, s: Term) -> Term:
        return exp(self.m(i) + s * self.c(i))

    def total(self, s: Term) -> Term:
        return sum_(self.n, lambda i: self.weight(i, s))

    def moment(self, s: Term) -> Term:
        return sum_(self.n, lambda i: self.c(i) * self.weight(i, s))

    def second(self, s: Term) -> Term:
        return sum_(self.n, lambda i: self.c(i) * self.c(i) * self.weight(i, s))

    def slope(self, s: Term) -> Term:
        return self.moment(s) * inv(self.total(s))

    def total_positive(self, s: Term) -> Theorem:
        return sum_exp_pos(self.positive, self.n, lambda i: self.m(i) + s * self.c(i))

    def variance(self, s: Term) -> Theorem:
        """second / S - (N / S)^2 <= (U - L)^2 / 4, from 0 <= (c - L)(U - c)"""
        i = fresh("i")
        inside = product(product(self.below(i), self.above(i)), exp_pos(self.m(fam(i)) + s * self.c(fam(i))))
        summed = sum_nonneg(inside, i, self.n)
        S, N, Q = self.total(s), self.moment(s), self.second(s)
        pos = self.total_positive(s)
        r = inv(S)
        plain = linsum(le(ZERO, (self.low + self.high) * N - Q - self.low * self.high * S), summed)
        divided = product(plain, inv_pos(pos))
        middle = square(N * r - (self.low + self.high) / 2)
        return lin(le(Q * r - (N * r) * (N * r), self.spread / 4), divided, multiply(inverse(pos), self.low * self.high), middle)

    def slope_bound(self, v: Term, nonneg: Theorem) -> Theorem:
        """q(v) <= q(0) + v (U - L)^2 / 4 for 0 <= v"""
        u = fresh("u")
        at = fam(u)
        f = at * (self.spread / 4) - self.slope(at)
        S, r = self.total(at), inv(self.total(at))
        derivative = self.spread / 4 - (self.second(at) * r - (self.moment(at) * r) * (self.moment(at) * r))
        sign = lin(le(ZERO, derivative), self.variance(at))
        pos = self.total_positive(at)
        nonzero = be(product(pos, pos), lt(ZERO, S * S))
        grown = apply("increasing", nonneg, sign, nonzero, x=u, a=ZERO, b=v, f=f)
        return lin(le(self.slope(v), self.slope(ZERO) + v * self.spread / 4), grown)

    def taylor(self, s: Term, nonneg: Theorem) -> Theorem:
        """psi(s) <= psi(0) + s q(0) + s^2 (U - L)^2 / 8 for 0 <= s"""
        v = fresh("u")
        at = fam(v)
        f = at * self.slope(ZERO) + at * at * self.spread / 8 - log(self.total(at))
        bound = self.slope_bound(at, assume(le(ZERO, at)))
        sign = lin(le(ZERO, self.slope(ZERO) + at * self.spread / 4 - self.moment(at) * inv(self.total(at))), bound)
        grown = apply("increasing", nonneg, sign, self.total_positive(at), x=v, a=ZERO, b=s, f=f)
        return lin(le(log(self.total(s)), log(self.total(ZERO)) + s * self.slope(ZERO) + s * s * self.spread / 8), grown)


def mixture(positive: Theorem, t_low: Theorem, t_high: Theorem, n: Term, a: Family, b: Family, low: Term, high: Term, below: Bound,
            above: Bound) -> Theorem:
    """L <= a_i - b_i <= U gives t lse a + (1 - t) lse b <= lse(t a + (1 - t) b) + t (1 - t) (U - L)^2 / 8 for 0 <= t <= 1."""
    t = t_low.concl.args[1]
    m: Family = lambda i: t * a(i) + (1 - t) * b(i)
    c: Family = lambda i: a(i) - b(i)
    rest = lin(le(ZERO, 1 - t), t_high)
    forward = _Line(positive, n, m, c, low, high, below, above)
    backward = _Line(positive, n, m, lambda i: -c(i), -high, -low, lambda i: lin(le(-high, -c(fam(i))), above(i)),
                     lambda i: lin(le(-c(fam(i)), -low), below(i)))
    up, down = forward.taylor(1 - t, rest), backward.taylor(t, t_low)
    # the slopes at 0 are opposite, and psi(0), psi(1 - t), psi(-t) are lse(m), lse(a), lse(b)
    i = fresh("i")
    at = fam(i)
    opposite = []
    for line, sign in ((forward, 1), (backward, -1)):
        body = line.c(at) * line.weight(at, ZERO)
        opposite.append(_sum_as(n, i, body, sign, c(at) * exp(m(at))))
    S0 = sum_(n, lambda k: exp(m(k)))
    same = []
    for line, s, target in ((forward, ZERO, m), (backward, ZERO, m), (forward, 1 - t, a), (backward, t, b)):
        same.append(sum_eq(ring(line.weight(at, s), exp(target(at))), i, n))
    logs = [same_function(e, log) for e in same]
    q = sum_(n, lambda k: c(k) * exp(m(k))) * inv(S0)
    slopes = []
    for line, total, moment, sign in ((forward, same[0], opposite[0], 1), (backward, same[1], opposite[1], -1)):
        inverse_total = same_function(total, inv)
        first = multiply(moment, inv(line.total(ZERO)))
        second = multiply(inverse_total, sign * sum_(n, lambda k: c(k) * exp(m(k))))
        slopes.append(lin(eq(line.slope(ZERO), sign * q), first, second))
    one = product(t_low, lin(le(log(forward.total(1 - t)), log(forward.total(ZERO)) + (1 - t) * (1 * q) +
                                (1 - t) * (1 - t) * forward.spread / 8), up, multiply(slopes[0], 1 - t)))
    two = product(rest, lin(le(log(backward.total(t)), log(backward.total(ZERO)) + t * (-1 * q) + t * t * forward.spread / 8),
                            down, multiply(slopes[1], t)))
    goal = le(t * lse(n, a) + (1 - t) * lse(n, b), lse(n, m) + t * (1 - t) * forward.spread / 8)
    scaled = [multiply(logs[0], t), multiply(logs[1], 1 - t), multiply(logs[2], t), multiply(logs[3], 1 - t)]
    return lin(goal, one, two, *scaled)


def _sum_as(n: Term, i: str, body: Term, sign: int, plain: Term) -> Theorem:
    """sum body = sign * sum plain, when body = sign * plain by ring"""
    termwise = sum_eq(ring(body, sign * plain), i, n)
    scaled = apply("sum_scale", i=i, n=n, c=ZERO + sign, f=plain)
    return lin(eq(termwise.concl.args[0], sign * scaled.concl.args[1].args[1]), termwise, be(scaled, scaled.concl))


def range_bound(positive: Theorem, n: Term, c: Family, w: Term, pairwise: Callable[[str, str], Theorem]) -> tuple[Term, Term, Bound, Bound, Theorem]:
    """(c_i - c_j)^2 <= w for all i, j < n gives L = min c, U = max c with L <= c_i <= U and (U - L)^2 <= w."""
    high, negated = max_(n, c), max_(n, lambda i: -c(i))
    low = -negated

    def above(i):
        return apply("max_bound", *index_facts(i, n), i=i, n=n, f=c(fam(i)))

    def below(i):
        return lin(le(low, c(fam(i))), apply("max_bound", *index_facts(i, n), i=i, n=n, f=-c(fam(i))))
    i, j = fresh("i"), fresh("j")
    goal = le((high - low) * (high - low), w)

    def first(i_nat, i_inside, top):
        def second(j_nat, j_inside, bottom):
            pair = discharge(pairwise(i, j), i_nat, i_inside, j_nat, j_inside)
            gap = lin(eq(high - low, c(fam(i)) - c(fam(j))), top, bottom)
            squared = lin(eq((high - low) * (high - low), (c(fam(i)) - c(fam(j))) * (c(fam(i)) - c(fam(j)))),
                          multiply(gap, high - low), multiply(gap, c(fam(i)) - c(fam(j))))
            return lin(goal, pair, squared)
        return use_attained(positive, negated, j, second)
    return low, high, below, above, use_attained(positive, high, i, first)


