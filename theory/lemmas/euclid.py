"""Sums of squares over a symbolic dimension: nonnegativity, definiteness, Cauchy-Schwarz."""
from __future__ import annotations

from theory.kernel import Theorem
from theory.lemmas.explog import inverse, inv_pos
from theory.lemmas.logsumexp import Family, body_name
from theory.tactics import apply, assume, cases, lin, linsum, multiply, product, ring, square, sum_le, trans
from theory.terms import ONE, ZERO, Term, le, lt, sum_


def sum_zero(i: str, n: Term) -> Theorem:
    """sum over i < n of 0 is 0"""
    scaled = apply("sum_scale", i=i, n=n, c=ZERO, f=ONE)
    same = apply("sum_termwise", ring(ZERO, ZERO * ONE), i=i, n=n)
    return trans(same, scaled, ring(ZERO * Term("sum", (n, ONE)), 0))


def sum_nonneg(theorem: Theorem, i: str, n: Term) -> Theorem:
    """0 <= f(i) for all i < n gives 0 <= sum f"""
    summed = sum_le(theorem, i, n)
    return lin(le(ZERO, summed.concl.args[1]), summed, sum_zero(i, n))


def squares_nonneg(n: Term, f: Family) -> Theorem:
    """0 <= sum f(k)^2, written with products"""
    k, body = body_name(f)
    return sum_nonneg(square(body), k, n)


def inner(n: Term, u: Family, v: Family) -> Term:
    return sum_(n, lambda k: u(k) * v(k))


def cauchy_schwarz(n: Term, u: Family, v: Family) -> Theorem:
    """(sum u v)^2 <= (sum u^2)(sum v^2)"""
    a, b, c = inner(n, u, u), inner(n, v, v), inner(n, u, v)
    goal = le(c * c, a * b)
    pa, pb = squares_nonneg(n, u), squares_nonneg(n, v)

    def positive(big: Term, first: Family, second: Family) -> Theorem:
        """With big = sum second^2 > 0: 0 <= sum (first big - second c)^2 = big (a b - c^2)."""
        k, body = body_name(lambda i: first(i) * big - second(i) * c)
        total = sum_nonneg(square(body), k, n)
        other = a if big is b else b
        whole = linsum(le(ZERO, big * (other * big - c * c)), total)
        hyp = assume(lt(ZERO, big))
        divided = product(whole, inv_pos(hyp))
        return lin(goal, divided, multiply(inverse(hyp), other * big), multiply(inverse(hyp), c * c))

    def both_zero() -> Theorem:
        """a <= 0 and b <= 0: 0 <= sum (u - v)^2 and 0 <= sum (u + v)^2 leave c = 0."""
        za, zb = assume(le(a, ZERO)), assume(le(b, ZERO))
        bounds = []
        for sign in (1, -1):
            k, body = body_name(lambda i, sign=sign: u(i) + sign * v(i))
            total = sum_nonneg(square(body), k, n)
            bounds.append(linsum(le(ZERO, sign * c), total, za, zb))
        zero = apply("antisymmetric", lin(le(c, ZERO), bounds[1]), lin(le(ZERO, c), bounds[0]))
        return lin(goal, multiply(zero, c), product(pa, pb))

    inner_case = cases(a, ZERO, both_zero(), positive(a, v, u))
    return cases(b, ZERO, inner_case, positive(b, u, v))


def zero_square(p: Theorem) -> Theorem:
    """a * a <= 0 gives a = 0"""
    a = p.concl.args[0].args[0]
    out = []
    for value in (a, -a):
        # were 0 < value, value * value > 0
        hyp = assume(lt(ZERO, value))
        clash = lin(lt(ZERO, ZERO), product(hyp, hyp), p)
        goal = le(value, ZERO)
        out.append(cases(value, ZERO, assume(goal), apply("absurd", clash, phi=goal)))
    return apply("antisymmetric", out[0], lin(le(ZERO, a), out[1]))


