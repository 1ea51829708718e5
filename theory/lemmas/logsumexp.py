"""log-sum-exp over a family f(i), i < n, for symbolic n: bounds by the maximum, Lipschitz constant, convexity.

A family is given as a Python function from an index term to a term. `positive` is a theorem 0 < n.
"""
from __future__ import annotations

from typing import Callable

from theory.kernel import Theorem
from theory.lemmas.explog import exp_le, exp_pos, log_le, log_one, log_product, scale
from theory.tactics import (apply, assume, be, cases, index_facts, lin, max_least, multiply, nat_of, product, ring, same_function,
                            sum_eq, sum_le, swap, trans, use_attained)
from theory.terms import ONE, ZERO, Term, close, eq, exp, fam, fresh, le, log, lt, max_, sum_

Family = Callable[[Term], Term]


def lse(n: Term, f: Family) -> Term:
    """log sum over i < n of exp f(i)"""
    return log(sum_(n, lambda i: exp(f(i))))


def body_name(f: Family) -> tuple[str, Term]:
    i = fresh("i")
    return i, f(fam(i))


def sum_positive(positive: Theorem, n: Term, g: Family, terms: Callable[[Term], Theorem]) -> Theorem:
    """0 < g(i) for every i (by `terms`) gives 0 < sum g, for n > 0."""
    i = fresh("i")
    first = apply("sum_term", terms(fam(i)), nat_of(0), positive, i=i, n=n, j=ZERO)
    return lin(lt(ZERO, sum_(n, g)), first, terms(ZERO))


def sum_exp_pos(positive: Theorem, n: Term, f: Family) -> Theorem:
    """0 < sum exp f(i)"""
    return sum_positive(positive, n, lambda i: exp(f(i)), lambda i: exp_pos(f(i)))


def term_below_sum(is_nat: Theorem, inside: Theorem, n: Term, f: Family) -> Theorem:
    """exp f(j) <= sum exp f, for j in N, j < n"""
    i = fresh("i")
    return apply("sum_term", exp_pos(f(fam(i))), is_nat, inside, i=i, n=n, j=is_nat.concl.args[0])


def term_le_lse(is_nat: Theorem, inside: Theorem, n: Term, f: Family) -> Theorem:
    """f(j) <= lse f"""
    j = is_nat.concl.args[0]
    up = log_le(exp_pos(f(j)), term_below_sum(is_nat, inside, n, f))
    return lin(le(f(j), lse(n, f)), up, apply("log_exp", a=f(j)))


def max_le_lse(positive: Theorem, n: Term, f: Family) -> Theorem:
    """max f <= lse f"""
    i = fresh("i")
    return max_least(positive, term_le_lse(*index_facts(i, n), n, f), i, n)


def shift(positive: Theorem, n: Term, f: Family, g: Family, c: Term, bound: Callable[[str], Theorem]) -> Theorem:
    """f(i) <= g(i) + c for all i < n (a theorem about the index name it is given) gives lse f <= lse g + c."""
    i = fresh("i")
    fact = be(bound(i), le(f(fam(i)), c + g(fam(i))))
    termwise = be(exp_le(fact), le(exp(f(fam(i))), exp(c) * exp(g(fam(i)))))
    summed = sum_le(termwise, i, n)
    scaled = apply("sum_scale", i=i, n=n, c=exp(c), f=exp(g(fam(i))))
    total = sum_(n, lambda j: exp(g(j)))
    logs = log_le(sum_exp_pos(positive, n, f), lin(le(summed.concl.args[0], exp(c) * total), summed, scaled))
    split = log_product(exp_pos(c), sum_exp_pos(positive, n, g))
    return lin(le(lse(n, f), lse(n, g) + c), logs, split, apply("log_exp", a=c))


def lse_constant(positive: Theorem, is_nat: Theorem, n: Term, c: Term) -> Theorem:
    """lse of the constant c is c + log n"""
    total = apply("sum_constant", is_nat, c=exp(c))
    logs = same_function(total, log)
    return trans(logs, log_product(positive, exp_pos(c)), lin(eq(log(n) + log(exp(c)), c + log(n)), apply("log_exp", a=c)))


def lse_le_max(positive: Theorem, is_nat: Theorem, n: Term, f: Family) -> Theorem:
    """lse f <= max f + log n"""
    top = max_(n, f)

    def bound(i):
        return lin(le(f(fam(i)), ZERO + top), apply("max_bound", *index_facts(i, n), i=i, n=n, f=f(fam(i))))
    moved = shift(positive, n, f, lambda i: ZERO, top, bound)
    return lin(le(lse(n, f), top + log(n)), moved, lse_constant(positive, is_nat, n, ZERO))


def max_lt_lse(is_nat: Theorem, two: Theorem, n: Term, f: Family) -> Theorem:
    """max f < lse f when 2 <= n: split the last index off, and one more term is left over wherever the maximum sits."""
    one = apply("nat_difference", is_nat, nat_of(1), lin(le(ONE, n), two))       # m = n - 1 in N
    m = n - 1
    positive = lin(lt(ZERO, n), two)
    i, fi = body_name(f)
    grow = apply("sum_step", one, i=i, f=exp(fi))
    whole = sum_(n, lambda j: exp(f(j)))
    index = ring(m + 1, n)
    total = trans(swap(same_function(index, lambda s: Term("sum", (s, close(exp(fi), i))))), grow)   # sum over n = sum over m + exp f(m)
    part_pos = sum_exp_pos(lin(lt(ZERO, m), two), m, f)
    goal = lt(max_(n, f), lse(n, f))
    j = fresh("i")

    def consequence(j_nat, j_inside, attained):
        at = fam(j)
        # j < m: exp f(j) <= part < whole
        inner = assume(lt(at, m))
        low = lin(lt(exp(f(at)), whole), term_below_sum(j_nat, inner, m, f), exp_pos(f(m)), total)
        # m <= j: then j = m
        outer = assume(le(m, at))
        gap = apply("nat_gap", j_nat, is_nat, j_inside)
        equal = apply("antisymmetric", outer, lin(le(at, m), gap))
        here = same_function(equal, lambda s: exp(f(s)))
        high = lin(lt(exp(f(at)), whole), here, part_pos, total)
        strict = cases(m, at, high, low)
        logs = log_le(exp_pos(f(at)), strict)
        return lin(goal, logs, apply("log_exp", a=f(at)), attained)
    return use_attained(positive, max_(n, f), j, consequence)


def exp_convex(t: Theorem, s: Theorem, a: Term, b: Term) -> Theorem:
    """0 <= t and 0 <= 1 - t (as u <= v) give exp(t a + (1 - t) b) <= t exp a + (1 - t) exp b, by the tangent at the mean."""
    w = t.concl.args[1]
    mean = w * a + (1 - w) * b
    ends = []
    for weight, x in ((t, a), (s, b)):
        tangent = apply("exp_tangent", a=x - mean)
        scaled = be(product(tangent, exp_pos(mean)), le(exp(mean) * (1 + (x - mean)), exp(x)))
        ends.append(product(weight, scaled))
    return lin(le(exp(mean), w * exp(a) + (1 - w) * exp(b)), *ends)


def normalised(positive: Theorem, n: Term, f: Family) -> Theorem:
    """sum exp(f(i) - lse f) = 1"""
    total = sum_(n, lambda i: exp(f(i)))
    pos = sum_exp_pos(positive, n, f)
    a = lse(n, f)
    i, fi = body_name(f)
    split = sum_eq(ring(exp(fi - a), exp(-a) * exp(fi)), i, n)
    scaled = apply("sum_scale", i=i, n=n, c=exp(-a), f=exp(fi))
    back = apply("exp_log", pos)                                   # exp(lse) = total
    one = multiply(back, exp(-a))                                  # exp(-a) exp(a) = exp(-a) total
    return lin(eq(sum_(n, lambda k: exp(f(k) - a)), ONE), split, scaled, one, ring(exp(-a) * exp(a), ONE), ring(total, total))


def lse_convex(positive: Theorem, t_low: Theorem, t_high: Theorem, n: Term, f: Family, g: Family) -> Theorem:
    """lse(t f + (1 - t) g) <= t lse f + (1 - t) lse g for 0 <= t <= 1 (Hoelder)."""
    t = t_low.concl.args[1]
    a, b = lse(n, f), lse(n, g)
    mix: Family = lambda i: t * f(i) + (1 - t) * g(i)
    c = t * a + (1 - t) * b
    i = fresh("i")
    termwise = exp_convex(t_low, lin(le(ZERO, 1 - t), t_high), f(fam(i)) - a, g(fam(i)) - b)
    u, v = exp(f(fam(i)) - a), exp(g(fam(i)) - b)
    left = exp(-c) * exp(mix(fam(i)))
    summed = sum_le(lin(le(left, t * u + (1 - t) * v), termwise), i, n)
    parts = (apply("sum_scale", i=i, n=n, c=exp(-c), f=exp(mix(fam(i)))), apply("sum_add", i=i, n=n, f=t * u, g=(1 - t) * v),
             apply("sum_scale", i=i, n=n, c=t, f=u), apply("sum_scale", i=i, n=n, c=1 - t, f=v))
    ones = multiply(normalised(positive, n, f), t), multiply(normalised(positive, n, g), 1 - t)
    total = sum_(n, lambda k: exp(mix(k)))
    small = lin(le(exp(-c) * total, ONE), summed, *parts, *ones)
    bounded = be(scale(exp_pos(c), small), le(total, exp(c)))
    logs = log_le(sum_exp_pos(positive, n, mix), bounded)
    return lin(le(lse(n, mix), c), logs, apply("log_exp", a=c))


def log_nonneg(one: Theorem) -> Theorem:
    """1 <= n gives 0 <= log n"""
    n = one.concl.args[1]
    return lin(le(ZERO, log(n)), log_le(lin(lt(ZERO, ONE)), one), log_one())


