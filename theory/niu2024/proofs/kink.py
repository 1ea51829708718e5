"""Section 5, Eq. (10): c(x) is not differentiable where two patterns of a layer are equally near.

Two layers on a line with Z_1 = Z_2 = 1: patterns {-1, 1} and {0}. c(x) = E_global - E_1 + log 2 is even, so a derivative at 0 would be 0.
"""
from __future__ import annotations

from fractions import Fraction

from theory.kernel import Theorem
from theory.lemmas.explog import exp_le, exp_pos, inv_pos, inverse, log_inverse, log_product
from theory.tactics import apply, assume, both, discharge, ground, lin, multiply, product, ring, same_function
from theory.terms import ONE, ZERO, Term, abs_, and_, eq, exists, exp, fam, forall, imp, inv, le, log, lt, negate, num, open_

HALF = num(Fraction(1, 2))
SLOPE = num(Fraction(1, 24))


def first_layer(x: Term) -> Term:
    """exp(-g_1(x)): the nearer of -1 and 1 is at distance ||x| - 1|"""
    return exp(-((abs_(x) - 1) ** 2))


def second_layer(x: Term) -> Term:
    return exp(-(x ** 2))


def c_of(x: Term) -> Term:
    """E_global(x) - E_1(x) + log 2"""
    e1, e2 = first_layer(x), second_layer(x)
    return -log(exp(-e1) + exp(-e2)) - e1 + log(2)


# what differentiability at 0 implies for an even function: for every kappa > 0 some 0 < h <= 1/2 with c(0) - c(h) < kappa h
SMOOTH_AT_ZERO = forall(lambda k: imp(lt(0, k), exists(lambda h: and_(and_(lt(0, h), le(h, HALF)), lt(c_of(num(0)) - c_of(h), k * h)))))


def drop(h: Term) -> Term:
    """h/24 <= c(0) - c(h)"""
    return le(SLOPE * h, c_of(num(0)) - c_of(h))


def _gap(x: Term) -> Term:
    """E_1 - E_2 for x >= 0"""
    return exp(-((x - 1) ** 2)) - exp(-(x ** 2))


def steep() -> Theorem:
    """0 < h <= 1/2 gives h/3 <= gap(h) - gap(0)"""
    h, x = fam("h"), "x#kink"
    at = fam(x)
    low, high = assume(le(ZERO, at)), assume(le(at, h))
    small = lin(le(at, HALF), high, assume(le(h, HALF)))
    near = exp_le(lin(le(-ONE, -((at - 1) ** 2)), product(low, lin(le(ZERO, 2 - at), small))))
    first = product(lin(le(ZERO, HALF - at), small), exp_pos(-((at - 1) ** 2)))
    second = product(low, exp_pos(-(at ** 2)))
    third = ground(Fraction(1, 3), exp(-1))
    slope = 2 * (1 - at) * exp(-((at - 1) ** 2)) + 2 * at * exp(-(at ** 2)) - Fraction(1, 3)
    sign = lin(le(ZERO, slope), near, first, second, third)
    grown = apply("increasing", lin(le(ZERO, h), assume(lt(ZERO, h))), sign, x=x, a=ZERO, b=h, f=_gap(at) - at * Fraction(1, 3))
    return lin(le(h / 3, _gap(h) - _gap(ZERO)), grown)


def _unfold(x: Term, plain: Term, absolute: Theorem) -> Theorem:
    """c(x) = log 2 - log(1 + exp(gap))"""
    e1 = exp(-((plain - 1) ** 2))
    gap = _gap(plain)
    inner = lin(lt(ZERO, 1 + exp(gap)), exp_pos(gap))
    same = same_function(ring(exp(-e1) + exp(-exp(-(plain ** 2))), exp(-e1) * (1 + exp(gap))), log)
    value = lin(eq(-log(exp(-e1) + exp(-exp(-(plain ** 2)))) - e1 + log(2), log(2) - log(1 + exp(gap))), same,
                log_product(exp_pos(-e1), inner), apply("log_exp", a=-e1))
    renamed = same_function(absolute, lambda a: -log(exp(-exp(-((a - 1) ** 2))) + exp(-exp(-(x ** 2)))) - exp(-((a - 1) ** 2)) + log(2))
    return lin(eq(c_of(x), log(2) - log(1 + exp(gap))), renamed, value)


def prove_drop() -> Theorem:
    h = fam("h")
    positive = assume(lt(ZERO, h))
    at_h = _unfold(h, h, apply("absolute", lin(le(ZERO, h), positive)))
    at_0 = _unfold(num(0), ZERO, apply("absolute", lin(le(ZERO, ZERO))))
    g0, gh = _gap(ZERO), _gap(h)
    a, b = 1 + exp(g0), 1 + exp(gh)
    a_pos, b_pos = lin(lt(ZERO, a), exp_pos(g0)), lin(lt(ZERO, b), exp_pos(gh))
    quotient = product(a_pos, inv_pos(b_pos))
    tangent = [apply("exp_tangent", a=log(a * inv(b))), apply("exp_log", quotient), log_product(a_pos, inv_pos(b_pos)), log_inverse(b_pos)]
    logs = lin(le(1 - a * inv(b), log(b) - log(a)), *tangent)
    # b - a >= exp(g0) h/3 >= h/6, and b <= 4
    grow = product(apply("exp_tangent", a=gh - g0), exp_pos(g0))
    size = ground(HALF, exp(exp(-1) - 1))
    difference = lin(le(h / 6, b - a), grow, product(lin(le(ZERO, gh - g0 - h / 3), steep()), exp_pos(g0)), product(
        lin(lt(ZERO, exp(exp(-1) - 1) - HALF), size), positive), same_function(ring(g0, exp(-1) - 1), exp))
    top = exp_le(lin(le(gh, ONE), exp_le(lin(le(-((h - 1) ** 2), ZERO), apply("square", a=h - 1))), exp_pos(-(h ** 2))))
    small = lin(le(b, num(4)), top, ground(exp(1), 3))
    ratio = product(difference, inv_pos(b_pos))
    unit = inverse(b_pos)
    bounded = product(lin(le(ZERO, 4 - b), small), product(positive, inv_pos(b_pos)))
    return lin(drop(h), logs, at_h, at_0, ratio, unit, bounded, multiply(unit, h))


def not_smooth() -> Theorem:
    """The denial of SMOOTH_AT_ZERO, with kappa = 1/24"""
    denial = negate(SMOOTH_AT_ZERO)
    h = "h"
    body = open_(denial.args[0], SLOPE).args[1]                        # for all h: guard => ...
    guard = open_(body.args[0], fam(h)).args[0]
    held = assume(guard)
    fact = discharge(prove_drop(), apply("and_elim", held, side=0), apply("and_elim", held, side=1))
    for_all = apply("forall_intro", apply("imp_intro", fact, phi=guard), x=h)
    x = "kappa"
    phi = open_(denial.args[0], fam(x))
    return apply("exists_intro", both(ground(0, SLOPE), for_all), x=x, phi=phi, t=SLOPE)
