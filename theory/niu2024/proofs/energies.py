"""Section 4: the distance expanded, Propositions 1 to 3, and the closeness of E and E_MCHN for beta = 1 and 2."""
from __future__ import annotations

from theory.kernel import Theorem
from theory.lemmas.euclid import cauchy_schwarz, sum_nonneg
from theory.lemmas.explog import abs_le, divide, exp_pos, le_abs, log_le, log_product, scale
from theory.lemmas.logsumexp import log_nonneg, lse, lse_constant, lse_le_max, max_le_lse, shift, sum_exp_pos
from theory.niu2024.definitions import (BETA, D, N, RHO, X, Y, distance, dot, energy, largest_norm, mchn, nearest, pattern_norm, smallest_norm,
                                        spread, square_norm)
from theory.tactics import (apply, assume, be, both, index_facts, lin, linsum, max_least, multiply, product, ring, same_function,
                            square, sum_eq, sum_le, under_max)
from theory.terms import ONE, ZERO, Term, abs_, eq, exp, fam, fresh, le, log, lt, max_, nat, num, sum_

TWO = num(2)


def positive_d() -> Theorem:
    return lin(lt(ZERO, D), assume(le(ONE, D)))


def natural_d() -> Theorem:
    return assume(nat(D))


def minus_distance(i: Term) -> Term:
    return -distance(X, i)


def expand(i: Term) -> Theorem:
    """||x - rho_i||^2 = ||x||^2 - 2 rho_i^T x + ||rho_i||^2"""
    return linsum(eq(distance(X, i), square_norm(X) - 2 * dot(i, X) + pattern_norm(i)))


def distance_nonneg(i: Term) -> Theorem:
    k = fresh("k")
    body = X(fam(k)) - RHO(i, fam(k))
    return sum_nonneg(be(square(body), le(ZERO, body ** 2)), k, N)


def norm_at_most(i: str) -> Theorem:
    """||rho_i||^2 <= max ||rho||^2"""
    return apply("max_bound", *index_facts(i, D), i=i, n=D, f=pattern_norm(fam(i)))


def norm_at_least(i: str) -> Theorem:
    """min ||rho||^2 <= ||rho_i||^2"""
    top = apply("max_bound", *index_facts(i, D), i=i, n=D, f=-pattern_norm(fam(i)))
    return lin(le(smallest_norm(), pattern_norm(fam(i))), top)


def spread_nonneg() -> Theorem:
    """0 <= max ||rho||^2 - min ||rho||^2, by the pattern 0"""
    zero = apply("nat_literal", k=0)
    at = [apply("instance", t, mapping=(("i0", (), ZERO),)) for t in (norm_at_most("i0"), norm_at_least("i0"))]
    facts = [apply("cut", positive_d(), apply("cut", zero, t)) for t in at]
    return lin(le(ZERO, spread()), *facts)


# ---------------------------------------------------------------- Proposition 1

def prop1_lower() -> Theorem:
    """g - log d <= E"""
    return lin(le(nearest(X) - log(D), energy(X)), lse_le_max(positive_d(), natural_d(), D, minus_distance))


def prop1_upper() -> Theorem:
    """E <= g"""
    return lin(le(energy(X), nearest(X)), max_le_lse(positive_d(), D, minus_distance))


def prop1() -> Theorem:
    return both(prop1_lower(), prop1_upper())


def order_from_gap() -> Theorem:
    """g(x) + log d < g(y) gives E(x) < E(y)"""
    at_y = apply("instance", prop1_lower(), mapping=(("x", ("k",), Y(fam("k"))),))
    return lin(lt(energy(X), energy(Y)), prop1_upper(), at_y, assume(lt(nearest(X) + log(D), nearest(Y))))


# ---------------------------------------------------------------- Proposition 2

def dots(c: int):
    return lambda i: c * dot(i, X)


def mchn2() -> Term:
    return 2 * mchn(TWO, X)


def twice() -> Theorem:
    """2 E_MCHN^2 = -log sum exp(2 rho^T x) + log d + ||x||^2 + max ||rho||^2 (first display of B.1)"""
    return ring(mchn2(), -lse(D, dots(2)) + log(D) + square_norm(X) + largest_norm())


def energy_below() -> Theorem:
    """E <= 2 E_MCHN^2 - log d"""
    def bound(i):
        return lin(le(dots(2)(fam(i)), minus_distance(fam(i)) + (square_norm(X) + largest_norm())), expand(fam(i)), norm_at_most(i))
    moved = shift(positive_d(), D, dots(2), minus_distance, square_norm(X) + largest_norm(), bound)
    return lin(le(energy(X), mchn2() - log(D)), moved, twice())


def energy_above() -> Theorem:
    """2 E_MCHN^2 - log d - (max - min) <= E"""
    def bound(i):
        return lin(le(minus_distance(fam(i)), dots(2)(fam(i)) + (-square_norm(X) - smallest_norm())), expand(fam(i)), norm_at_least(i))
    moved = shift(positive_d(), D, minus_distance, dots(2), -square_norm(X) - smallest_norm(), bound)
    return lin(le(mchn2() - log(D) - spread(), energy(X)), moved, twice())


def prop2() -> Theorem:
    difference = energy(X) - (mchn2() - log(D))
    return abs_le(lin(le(difference, spread()), energy_below(), spread_nonneg()), lin(le(-difference, spread()), energy_above()))


def prop2_one_sided() -> Theorem:
    return both(energy_above(), energy_below())


# ---------------------------------------------------------------- Proposition 3

def prop3_lower_true() -> Theorem:
    """min - max - log d <= g - 2 E_MCHN^2"""
    return lin(le(-spread() - log(D), nearest(X) - mchn2()), energy_above(), prop1_upper())


def prop3_upper_sharp() -> Theorem:
    """g - 2 E_MCHN^2 <= 0"""
    return lin(le(nearest(X) - mchn2(), ZERO), energy_below(), prop1_lower())


def log_d_nonneg() -> Theorem:
    return log_nonneg(assume(le(ONE, D)))


def prop3_upper() -> Theorem:
    """g - 2 E_MCHN^2 <= max - min + log d"""
    goal = le(nearest(X) - mchn2(), spread() + log(D))
    return lin(goal, prop3_upper_sharp(), spread_nonneg(), log_d_nonneg())


# ---------------------------------------------------------------- the displays of B.1

def centred(i: Term) -> Term:
    """||rho_i||^2 - xi^2 - ||rho_i - x||^2"""
    return pattern_norm(i) - largest_norm() - sum_(N, lambda k: (RHO(i, k) - X(k)) ** 2)


def shifted(i: Term) -> Term:
    """2 rho_i^T x - xi^2 - ||x||^2"""
    return 2 * dot(i, X) - largest_norm() - square_norm(X)


def displays() -> tuple[Term, ...]:
    """The four displays of B.1 as formulas, in order; the last one in its three parts."""
    difference = energy(X) - (mchn2() - log(D))
    return (
        eq(mchn2(), -lse(D, dots(2)) + log(D) + square_norm(X) + largest_norm()),
        eq(mchn2(), -lse(D, dots(2)) - log(exp(-(square_norm(X) + largest_norm()))) + log(D)),
        eq(mchn2() - log(D), -lse(D, shifted)),
        eq(-lse(D, shifted), -lse(D, centred)),
        eq(abs_(difference), abs_(lse(D, centred) - lse(D, minus_distance))),
        le(abs_(lse(D, centred) - lse(D, minus_distance)), max_(D, lambda i: abs_(pattern_norm(i) - largest_norm()))),
        eq(max_(D, lambda i: abs_(pattern_norm(i) - largest_norm())), spread()),
    )


def _lse_equal(f, g, equation: Theorem, i: str) -> Theorem:
    """f(i) = g(i) gives lse f = lse g"""
    return same_function(sum_eq(same_function(equation, exp), i, D), log)


def prove_displays() -> Theorem:
    goals = displays()
    first = twice()
    second = lin(goals[1], first, apply("log_exp", a=-(square_norm(X) + largest_norm())))
    # third: pull the constant out of the sum
    c = -largest_norm() - square_norm(X)
    i = fresh("i")
    split = sum_eq(ring(exp(shifted(fam(i))), exp(c) * exp(dots(2)(fam(i)))), i, D)
    scaled = apply("sum_scale", i=i, n=D, c=exp(c), f=exp(dots(2)(fam(i))))
    logs = same_function(lin(eq(split.concl.args[0], exp(c) * sum_(D, lambda j: exp(dots(2)(j)))), split, scaled), log)
    pulled = log_product(exp_pos(c), sum_exp_pos(positive_d(), D, dots(2)))
    third = lin(goals[2], first, logs, pulled, apply("log_exp", a=c))
    termwise = linsum(eq(shifted(fam(i)), centred(fam(i))))
    equal = _lse_equal(shifted, centred, termwise, i)
    fourth = lin(goals[3], equal)
    difference = energy(X) - (mchn2() - log(D))
    fifth = same_function(lin(eq(difference, lse(D, centred) - lse(D, minus_distance)), third, fourth), abs_)
    # sixth: Lemma 4 termwise
    top = max_(D, lambda j: abs_(pattern_norm(j) - largest_norm()))
    sides = []
    for f, g, sign in ((centred, minus_distance, 0), (minus_distance, centred, 1)):
        def bound(j, f=f, g=g, sign=sign):
            at = fam(j)
            gap = linsum(eq(centred(at), minus_distance(at) + (pattern_norm(at) - largest_norm())))
            cap = apply("max_bound", *index_facts(j, D), i=j, n=D, f=abs_(pattern_norm(at) - largest_norm()))
            return lin(le(f(at), g(at) + top), gap, cap, le_abs(pattern_norm(at) - largest_norm())[sign])
        sides.append(shift(positive_d(), D, f, g, top, bound))
    gap = lse(D, centred) - lse(D, minus_distance)
    sixth = abs_le(lin(le(gap, top), sides[0]), lin(le(-gap, top), sides[1]))
    # seventh: |norm_i - xi^2| = xi^2 - norm_i, and the maximum of that is the spread
    j = fresh("i")
    at = pattern_norm(fam(j))
    absolute = apply("absolute", lin(le(at - largest_norm(), ZERO), norm_at_most(j)))
    termwise = lin(eq(abs_(at - largest_norm()), -at + largest_norm()), absolute)
    maxes = under_max(positive_d(), termwise, j, D)
    moved = max_shift(lambda k: -pattern_norm(k), largest_norm())
    seventh = lin(goals[6], maxes, moved)
    return both(first, second, third, fourth, fifth, sixth, seventh)


def max_shift(f, c: Term) -> Theorem:
    """max (f + c) = max f + c over i < d"""
    i = fresh("i")
    whole, plain = max_(D, lambda k: f(k) + c), max_(D, f)
    up = apply("max_bound", *index_facts(i, D), i=i, n=D, f=f(fam(i)))
    one = max_least(positive_d(), lin(le(f(fam(i)) + c, plain + c), up), i, D)
    down = apply("max_bound", *index_facts(i, D), i=i, n=D, f=f(fam(i)) + c)
    two = max_least(positive_d(), lin(le(f(fam(i)), whole - c), down), i, D)
    return apply("antisymmetric", one, lin(le(plain + c, whole), two))


# ---------------------------------------------------------------- the MCHN energy

def mchn_above_g() -> Theorem:
    """g(x)/2 <= E_MCHN^beta(x) for beta > 0"""
    beta = assume(lt(ZERO, BETA))
    level = (square_norm(X) + largest_norm() - nearest(X)) / 2

    def bound(i):
        own = apply("max_bound", *index_facts(i, D), i=i, n=D, f=minus_distance(fam(i)))
        half = lin(le(dot(fam(i), X), level), expand(fam(i)), norm_at_most(i), own)
        return lin(le(BETA * dot(fam(i), X), ZERO + BETA * level), scale(beta, half))
    moved = shift(positive_d(), D, lambda i: BETA * dot(i, X), lambda i: ZERO, BETA * level, bound)
    total = lin(le(lse(D, lambda i: BETA * dot(i, X)), BETA * level + log(D)), moved, lse_constant(positive_d(), natural_d(), D, ZERO))
    divided = divide(beta, total)
    return lin(le(nearest(X) / 2, mchn(BETA, X)), divided, multiply(apply("inverse", beta), level))


def close_at_beta_one() -> Theorem:
    """-(max - min) - log d <= E - (2 E_MCHN^1 - log d) <= 0, for every pattern set"""
    z = dots(1)
    S, Q = sum_(D, lambda i: exp(1 * dot(i, X))), sum_(D, lambda i: exp(dots(2)(i)))
    i = fresh("i")
    at = fam(i)
    pos = sum_exp_pos(positive_d(), D, z)
    q_pos = sum_exp_pos(positive_d(), D, dots(2))
    square_body = sum_eq(ring(exp(z(at)) * exp(z(at)), exp(dots(2)(at))), i, D)
    # S^2 <= d Q
    ones = apply("sum_constant", natural_d(), c=ONE * ONE)
    same_s = sum_eq(ring(exp(z(at)) * ONE, exp(z(at))), i, D)
    cs = cauchy_schwarz(D, lambda k: exp(z(k)), lambda k: ONE)
    C = cs.concl.args[0].args[0]
    upper_s = lin(le(S * S, D * Q), cs, multiply(same_s, S), multiply(same_s, C), multiply(square_body, ones.concl.args[0]), multiply(ones, Q))
    # Q <= S^2: exp(z_i)^2 <= exp(z_i) S
    below = apply("sum_term", exp_pos(z(at)), *index_facts(i, D), i=i, n=D, j=at)
    step = lin(le(exp(dots(2)(at)), S * exp(z(at))), product(lin(le(ZERO, S - exp(z(at))), below), exp_pos(z(at))))
    lower_s = lin(le(Q, S * S), sum_le(step, i, D), apply("sum_scale", i=i, n=D, c=S, f=exp(z(at))))
    logs_up = lin(le(2 * log(S), log(D) + log(Q)), log_le(product(pos, pos), upper_s), log_product(pos, pos), log_product(positive_d(), q_pos))
    logs_low = lin(le(log(Q), 2 * log(S)), log_le(q_pos, lower_s), log_product(pos, pos))
    one = num(1)
    m1 = same_function(sum_eq(ring(exp(one * dot(at, X)), exp(z(at))), i, D), log)
    difference = energy(X) - (2 * mchn(one, X) - log(D))
    goal = (le(-spread() - log(D), difference), le(difference, ZERO))
    return both(lin(goal[0], energy_above(), logs_low, twice(), m1), lin(goal[1], energy_below(), logs_up, twice(), m1))


