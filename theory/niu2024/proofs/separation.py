"""End of Section 4 and Eq. (12): disjoint balls, the density of a layer, and when E may be replaced by g."""
from __future__ import annotations

from theory.kernel import Theorem
from theory.lemmas.euclid import sum_nonneg
from theory.lemmas.explog import exp_le, exp_pos, inv_pos, inverse, power_pos
from theory.niu2024.definitions import D, N, RADIUS, RHO, X, Y, ball_integral, distance, energy, nearest, pattern_distance
from theory.niu2024.proofs.balls import ball_at_least
from theory.niu2024.proofs.energies import prop1_lower, prop1_upper
from theory.tactics import (apply, assume, both, cases, discharge, each_elim, ground, index_facts, lin, linsum, max_least, multiply, product,
                            same_function, square, trans)
from theory.terms import ONE, PI, ZERO, Symbol, Term, and_, each, eq, exp, fam, fresh, imp, inv, le, log, lt, nat, sum_

S = Symbol("s")                 # Euclidean radii
I, J = fam("i"), fam("j")


def parallelogram(i: Term, j: Term) -> Theorem:
    """||rho_i - rho_j||^2 <= 2 ||x - rho_i||^2 + 2 ||x - rho_j||^2"""
    k = fresh("k")
    body = 2 * X(fam(k)) - RHO(i, fam(k)) - RHO(j, fam(k))
    total = sum_nonneg(square(body), k, N)
    return linsum(le(pattern_distance(i, j), 2 * distance(X, i) + 2 * distance(X, j)), total)


# ---------------------------------------------------------------- disjoint balls of squared radius r about a = rho(0), b = rho(1)

A, B = Symbol("a"), Symbol("b")


def gap(u, v) -> Term:
    return sum_(N, lambda k: (u(k) - v(k)) ** 2)


def midpoint(k: Term) -> Term:
    return (A(k) + B(k)) / 2


APART = lt(4 * RADIUS, gap(A, B))


def disjoint_balls() -> Theorem:
    """(d(x, a) <= r and d(x, b) <= r imply ||a - b||^2 <= 4 r), and ||a - b||^2 <= 4 r puts the midpoint into both balls"""
    inside = [le(gap(X, A), RADIUS), le(gap(X, B), RADIUS)]
    k = fresh("k")
    total = sum_nonneg(square(2 * X(fam(k)) - A(fam(k)) - B(fam(k))), k, N)
    first = linsum(le(gap(A, B), 4 * RADIUS), total, *map(assume, inside))
    one = apply("imp_intro", apply("imp_intro", first, phi=inside[1]), phi=inside[0])
    close = assume(le(gap(A, B), 4 * RADIUS))
    both_in = both(*(linsum(le(gap(midpoint, c), RADIUS), close) for c in (A, B)))
    return both(one, apply("imp_intro", both_in, phi=close.concl))


def disjoint_statement() -> Term:
    first = imp(le(gap(X, A), RADIUS), imp(le(gap(X, B), RADIUS), le(gap(A, B), 4 * RADIUS)))
    return and_(first, imp(le(gap(A, B), 4 * RADIUS), and_(le(gap(midpoint, A), RADIUS), le(gap(midpoint, B), RADIUS))))


# ---------------------------------------------------------------- a point in B_i has rho_i as its nearest pattern, for equal radii

WELL_SEPARATED = each(D, lambda i: each(D, lambda j: imp(lt(i, j), lt((S(i) + S(j)) ** 2, pattern_distance(i, j)))))
NONNEGATIVE = each(D, lambda i: le(0, S(i)))
INSIDE = le(distance(X, I), S(I) ** 2)
EQUAL_RADII = each(D, lambda i: each(D, lambda j: le(S(i), S(j))))


def nearest_is_own() -> Theorem:
    """Equal radii: x in B_i gives g(x) = ||x - rho_i||^2"""
    i_nat, i_in = assume(nat(I)), assume(lt(I, D))
    inside = assume(INSIDE)
    j = "j1"
    at = fam(j)
    j_nat, j_in = index_facts(j, D)
    equal = [each_elim(each_elim(assume(EQUAL_RADII), u, *fu), v, *fv) for u, fu, v, fv in
             ((I, (i_nat, i_in), at, (j_nat, j_in)), (at, (j_nat, j_in), I, (i_nat, i_in)))]
    same = apply("antisymmetric", *equal)
    goal = le(distance(X, I), distance(X, at))
    closer = assume(lt(distance(X, at), distance(X, I)))
    clashes = []
    for u, fu, v, fv in ((I, (i_nat, i_in), at, (j_nat, j_in)), (at, (j_nat, j_in), I, (i_nat, i_in))):
        apart = each_elim(each_elim(assume(WELL_SEPARATED), u, *fu), v, *fv)
        far = apply("imp_elim", apart, assume(lt(u, v)))
        wide = parallelogram(u, v)
        clash = lin(lt(ZERO, ZERO), far, wide, closer, inside, multiply(same, S(I)), multiply(same, S(at)))
        clashes.append(apply("absurd", clash, phi=goal))
    # i < j, j < i, or i = j
    low, high = assume(le(I, at)), assume(le(at, I))
    equal_index = apply("antisymmetric", low, high)
    here = lin(goal, same_function(equal_index, lambda t: distance(X, t)))
    inner = cases(I, at, _with(here, low), clashes[1])          # at < I, or I <= at and at <= I
    settled = cases(at, I, inner, clashes[0])
    decided = cases(distance(X, I), distance(X, at), assume(goal), settled)
    least = max_least(lin(lt(ZERO, D), assume(le(ONE, D))), lin(le(-distance(X, at), -distance(X, I)), decided), j, D)
    own = apply("max_bound", i_nat, i_in, i=j, n=D, f=-distance(X, at))
    return apply("antisymmetric", lin(le(nearest(X), distance(X, I)), own), lin(le(distance(X, I), nearest(X)), least))


def _with(theorem: Theorem, fact: Theorem) -> Theorem:
    return theorem if fact.concl in theorem.hyps else apply("weaken", theorem, phi=fact.concl)


# ---------------------------------------------------------------- Z > 0

def positive_normaliser(lower: Term, scale_: Theorem) -> Theorem:
    """scale * I_n(r) <= Z gives 0 < Z when r > 0"""
    r_pos = assume(lt(ZERO, RADIUS))
    v_pos = product(product(power_pos(ground(0, PI), N / 2), power_pos(r_pos, N)),
                    inv_pos(apply("gamma_positive", lin(lt(ZERO, 1 + N / 2), assume(le(ONE, N))))))
    integral = discharge(ball_at_least(), lin(le(ZERO, RADIUS), r_pos))
    weight = integral.concl.args[0].args[0].args[0]
    i_pos = lin(lt(ZERO, ball_integral()), integral, product(exp_pos(weight), v_pos))
    bound = assume(le(lower, fam("Z")))
    return lin(lt(ZERO, fam("Z")), bound, product(scale_, i_pos))


def layer_density() -> Theorem:
    return positive_normaliser(ball_integral(), lin(lt(ZERO, ONE)))



def global_density() -> Theorem:
    weight = exp_pos(-fam("M"))
    return positive_normaliser(weight.concl.args[1] * ball_integral(), weight)


# ---------------------------------------------------------------- short facts

def density_bounds() -> Theorem:
    """exp(-g) <= exp(-E) <= d exp(-g), Proposition 1 exponentiated"""
    g, e = nearest(X), energy(X)
    upper = exp_le(lin(le(-e, log(D) - g), prop1_lower()))
    value = apply("exp_log", lin(lt(ZERO, D), assume(le(ONE, D))))
    return both(exp_le(lin(le(-g, -e), prop1_upper())), lin(le(exp(-e), D * exp(-g)), upper, multiply(value, exp(-g))))


def equal_shares() -> Theorem:
    """l (d/l) = d"""
    l = fam("l")
    total = apply("sum_constant", assume(nat(l)), c=D * inv(l))
    return lin(eq(total.concl.args[0], D), total, multiply(inverse(lin(lt(ZERO, l), assume(le(ONE, l)))), D))


def energy_follows_g() -> Theorem:
    closer = assume(le(nearest(X), nearest(Y)))
    return lin(le(nearest(X) + log(fam("Z")), nearest(Y) + log(fam("Z"))), closer)


def nearest_minimises() -> Theorem:
    a, x = fam("a"), fam("x")
    return lin(le((a - a) ** 2, (x - a) ** 2), square(x - a))


def mm_descent() -> Theorem:
    fx, fp, ux, up = (fam(v) for v in ("fx", "fp", "ux", "up"))
    return trans(assume(le(fx, ux)), assume(le(ux, up)), assume(le(up, fp)))
