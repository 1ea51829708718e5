"""Softmax in place of hardmax: how far the softmax mean of ids lies below the largest, and when the whole sum stays exact to 1.

One layer t: ids a_k, the largest m attained at place j, every other equal to it or at most m - 2. With g = m - a the error of
the mean is sum of exp(-lambda g) g over sum of exp(-lambda g).
"""
from __future__ import annotations

from theory.kernel import Theorem
from theory.kim2023.proofs.ramps import pair
from theory.lemmas.euclid import sum_nonneg
from theory.lemmas.explog import exp_le, exp_pos, inv_pos, inverse, le_abs, log_le
from theory.lemmas.indices import compare, hit, hit_apart, hit_same, only_one
from theory.lemmas.logsumexp import sum_exp_pos
from theory.tactics import (apply, assume, be, both, each_elim, each_intro, ground, index_facts, lin, multiply, product, ring,
                            same_function, sum_eq, sum_le)
from theory.terms import ONE, ZERO, Symbol, Term, abs_, and_, each, eq, exp, fam, fresh, inv, le, log, lt, nat, num, or_, sum_

LENGTH, LAYERS, TEMPERATURE = fam("n"), fam("T"), fam("lambda")
ID, TOP, PLACE, WEIGHT = Symbol("a"), Symbol("m"), Symbol("k"), Symbol("u")


def mass(t: Term) -> Term:
    return sum_(LENGTH, lambda k: exp(TEMPERATURE * ID(t, k)))


def mean(t: Term) -> Term:
    """what a softmax head with scores lambda a_k and values a_k returns"""
    return sum_(LENGTH, lambda k: exp(TEMPERATURE * ID(t, k)) * ID(t, k)) * inv(mass(t))


def error(t: Term) -> Term:
    return TOP(t) - mean(t)


GAPS = each(LAYERS, lambda t: each(LENGTH, lambda k: or_(eq(ID(t, k), TOP(t)), le(ID(t, k), TOP(t) - 2))))
ATTAINED = each(LAYERS, lambda t: and_(nat(PLACE(t)), and_(lt(PLACE(t), LENGTH), eq(ID(t, PLACE(t)), TOP(t)))))
TOTAL = fam("U")
WEIGHTS = le(sum_(LAYERS, lambda t: abs_(WEIGHT(t))), TOTAL)
WARMEST = le(log(num(2)), 2 * TEMPERATURE)
COLD = lt(log(2 * (LENGTH - 1) * TOTAL), 2 * TEMPERATURE)
EXACT = lt(sum_(LAYERS, lambda t: WEIGHT(t) * TOP(t)), sum_(LAYERS, lambda t: WEIGHT(t) * mean(t)) + 1)
MOST = 2 * (LENGTH - 1) * exp(-(2 * TEMPERATURE))
SMALL = each(LAYERS, lambda t: and_(le(0, error(t)), le(error(t), MOST)))


# ---------------------------------------------------------------- h e^l <= e^(h l) + 1 for h >= 1, l >= log 2

def bernoulli(h_one: Theorem, l_low: Theorem) -> Theorem:
    """1 <= h and 0 <= l give 1 + h (e^l - 1) <= e^(h l)"""
    h, l = h_one.concl.args[1], l_low.concl.args[1]
    extra = apply("exp_tangent", a=(h - 1) * l)
    scaled = product(extra, exp_pos(l))                                             # e^l (1 + (h - 1) l) <= e^(h l)
    falling = product(apply("exp_tangent", a=-l), exp_pos(l))                       # e^l (1 - l) <= 1
    more = product(lin(le(ZERO, h - 1), h_one), falling)
    return lin(le(1 + h * (exp(l) - 1), exp(h * l)), scaled, more)


def doubled(h: Term) -> Theorem:
    """2 h <= 2^h + 1: the tangent of 2^h with slope 2"""
    two = log(num(2))
    top = 2 * inv(two)
    two_pos = ground(0, two)
    top_pos = lin(lt(ZERO, top), inv_pos(two_pos))
    touch = apply("exp_tangent", a=h * two - log(top))
    scaled = product(touch, exp_pos(log(top)))
    value = apply("exp_log", top_pos)
    return lin(le(2 * h, exp(h * two) + 1), scaled, multiply(value, 1 + h * two - log(top)), multiply(inverse(two_pos), 2 * h),
               ground(-1, top * (1 - log(top))))


def steep(h_one: Theorem, l_low: Theorem) -> Theorem:
    """1 <= h and log 2 <= l give h e^l <= e^(h l) + 1"""
    h, l = h_one.concl.args[1], l_low.concl.args[1]
    two = log(num(2))
    rest = bernoulli(h_one, lin(le(ZERO, l - two), l_low))
    base = exp(h * two)
    least = exp_le(be(product(lin(le(ZERO, h - 1), h_one), ground(0, two)), le(two, h * two)))      # e^(log 2) <= 2^h
    value = apply("exp_log", ground(0, 2))
    scaled = product(rest,
                     exp_pos(h * two))                                        # 2^h (1 + h (y - 1)) <= e^(h l), y = e^(l - log 2)
    grown = lin(le(ZERO, exp(l - two) - 1), apply("exp_tangent", a=l - two), l_low)
    h_low = lin(le(ZERO, h), h_one)
    more = product(product(lin(le(ZERO, base - 2), least, value), h_low), grown)
    return lin(le(h * exp(l), exp(h * l) + 1), scaled, more, doubled(h), multiply(value, h * exp(l - two)))


# ---------------------------------------------------------------- one layer

def combined(k: str, body: Term, *parts: tuple[Term, Term]) -> Theorem:
    """sum over k < n of body = c sum f + c' sum f', where body = c f + c' f' and c, c' are free of k"""
    (c, f), (other, g) = parts
    split = sum_eq(ring(body, c * f + other * g), k, LENGTH)
    added = apply("sum_add", i=k, n=LENGTH, f=c * f, g=other * g)
    first, second = apply("sum_scale", i=k, n=LENGTH, c=c, f=f), apply("sum_scale", i=k, n=LENGTH, c=other, f=g)
    return lin(eq(split.concl.args[0], first.concl.args[1] + second.concl.args[1]), split, added, first, second)


def small_error(t: Term, t_facts, warm: Theorem) -> Theorem:
    """log 2 <= 2 lambda gives 0 <= error and error <= 2 (n - 1) exp(-2 lambda)"""
    n_nat = assume(nat(LENGTH))
    n_one = assume(le(ONE, LENGTH))
    j_nat, rest = pair(each_elim(assume(ATTAINED), t, *t_facts))
    j_inside, attained = pair(rest)
    j, m = PLACE(t), TOP(t)
    k = fresh("k")
    at = fam(k)
    facts = index_facts(k, LENGTH)
    g = m - ID(t, at)
    e = exp(-(TEMPERATURE * g))
    unit = exp(-(2 * TEMPERATURE))
    unit_pos = exp_pos(-(2 * TEMPERATURE))
    bound = MOST
    b_low = be(product(lin(le(ZERO, 2 * (LENGTH - 1)), n_one), unit_pos), le(ZERO, bound))
    wanted = le(e * (g - bound), 2 * unit * (1 - hit(at, j)) - bound * hit(at, j))

    def same(equal: Theorem) -> Theorem:
        here = lin(eq(g, ZERO), attained, same_function(equal, lambda a: ID(t, a)))
        flat = same_function(lin(eq(-(TEMPERATURE * g), ZERO), multiply(here, TEMPERATURE)), exp)
        one = hit_same(equal)
        return lin(wanted, multiply(flat, g - bound), here, multiply(one, bound + 2 * unit))

    def other(order: Theorem, gap: Theorem) -> Theorem:
        two = lin(le(2, LENGTH), gap, *(apply("nat_gap", x, n_nat, y) for x, y in ((facts[0], facts[1]), (j_nat, j_inside))),
                  apply("nat_nonnegative", facts[0]), apply("nat_nonnegative", j_nat))
        off = multiply(hit_apart(gap, at, j), bound + 2 * unit)
        state = each_elim(each_elim(assume(GAPS), t, *t_facts), at, *facts)
        level, lower = (assume(s) for s in state.concl.args)
        zero = lin(eq(g, ZERO), level)
        flat = same_function(lin(eq(-(TEMPERATURE * g), ZERO), multiply(zero, TEMPERATURE)), exp)
        first = lin(wanted, multiply(flat, g - bound), zero, off, b_low, unit_pos)
        # g >= 2: g e^(2 lambda)/2 <= e^(lambda g) + 1
        wide = steep(lin(le(ONE, g / 2), lower), warm)
        scaled = product(product(wide, exp_pos(-(TEMPERATURE * g))), unit_pos)
        decay = product(product(unit_pos, exp_pos(-(TEMPERATURE * g))), lin(le(ZERO, LENGTH - 2), two))
        second = lin(wanted, scaled, decay, off)
        return apply("or_elim", state, first, second)
    total = sum_le(compare(facts[0], j_nat, same, other), k, LENGTH)
    one = only_one(n_nat, j_nat, j_inside, lambda a: hit(a, j), lambda a, a_nat, _, apart: hit_apart(
        apply("nat_gap", a_nat, j_nat, apart) if apart.concl.args[0] == a else apply("nat_gap", j_nat, a_nat, apart), a, j))
    spread = sum_(LENGTH, lambda a: exp(-(TEMPERATURE * (m - ID(t, a)))) * (m - ID(t, a)))
    shares = sum_(LENGTH, lambda a: exp(-(TEMPERATURE * (m - ID(t, a)))))
    left = combined(k, e * (g - bound), (ONE, e * g), (-bound, e))
    right = combined(k, wanted.args[1], (2 * unit, ONE), (-(2 * unit + bound), hit(at, j)))
    ones = apply("sum_constant", n_nat, c=ONE)
    counted = lin(eq(sum_(LENGTH, lambda a: hit(a, j)), ONE), one, hit_same(lin(eq(j, j))))
    summed = lin(le(spread - bound * shares, ZERO), total, left, right, multiply(ones, 2 * unit), multiply(counted, 2 * unit
        + bound))
    # error mass = sum exp(lambda a)(m - a) = exp(lambda m) sum exp(-lambda g) g
    pos = sum_exp_pos(lin(lt(ZERO, LENGTH), n_one), LENGTH, lambda a: TEMPERATURE * ID(t, a))
    unit_mass, share = inverse(pos), inv_pos(pos)
    scale = exp(TEMPERATURE * m)
    w = exp(TEMPERATURE * ID(t, at))
    moved = sum_eq(lin(eq(w, scale * e)), k, LENGTH)
    moved_mass = lin(eq(mass(t), scale * shares), moved, apply("sum_scale", i=k, n=LENGTH, c=scale, f=e))
    values = sum_(LENGTH, lambda a: exp(TEMPERATURE * ID(t, a)) * ID(t, a))
    moved_mean = lin(eq(values, scale * m * shares - scale * spread), combined(k, w * ID(t, at), (scale * m, e), (-scale, e * g)))
    high = product(product(lin(le(ZERO, bound * shares - spread), summed), exp_pos(TEMPERATURE * m)), share)
    upper = lin(le(error(t), bound), high, multiply(moved_mean, inv(mass(t))), *(multiply(unit_mass, f) for f in (m, bound)),
                *(multiply(moved_mass, f * inv(mass(t))) for f in (m, bound)))
    state = each_elim(each_elim(assume(GAPS), t, *t_facts), at, *facts)
    below = lin(le(ZERO, g), apply("or_elim", state, *(lin(le(ZERO, g), assume(s)) for s in state.concl.args)))
    positive = sum_nonneg(be(product(exp_pos(TEMPERATURE * ID(t, at)), below), le(ZERO, w * g)), k, LENGTH)
    low = lin(le(ZERO, m * mass(t) - values), positive, combined(k, w * g, (m, w), (-ONE, w * ID(t, at))))
    lower = lin(le(0, error(t)), product(low, share), multiply(unit_mass, m))
    return both(lower, upper)


def small() -> Theorem:
    """At every temperature lambda >= log(2)/2 each layer's error is at most 2 (n - 1) exp(-2 lambda)"""
    t = fresh("t")
    return each_intro(small_error(fam(t), index_facts(t, LAYERS), assume(WARMEST)), t, LAYERS)


def exact() -> Theorem:
    """lambda > log(2 (n - 1) U)/2, n >= 2, U >= 1, sum |u| <= U: the weighted errors add up to less than 1"""
    t = fresh("t")
    at = fam(t)
    facts = index_facts(t, LAYERS)
    two, one = assume(le(2, LENGTH)), assume(le(1, TOTAL))
    inside = 2 * (LENGTH - 1) * TOTAL
    room = product(lin(le(ZERO, LENGTH - 2), two), lin(le(ZERO, TOTAL - 1), one))
    least = lin(le(2, inside), room, two, one)
    warm = lin(WARMEST, log_le(ground(0, 2), least), assume(COLD))
    bound = small_error(at, facts, warm)
    for fact in (lin(le(ONE, LENGTH), two),):
        if fact.concl in bound.hyps:
            bound = apply("cut", fact, bound)
    low, upper = pair(bound)
    size, _ = le_abs(WEIGHT(at))
    length = lin(le(ZERO, abs_(WEIGHT(at))), *le_abs(WEIGHT(at)))
    weighted = [product(lin(le(ZERO, abs_(WEIGHT(at)) - WEIGHT(at)), size), low), product(length, lin(le(ZERO,
        MOST - error(at)), upper))]
    total = sum_le(lin(le(WEIGHT(at) * error(at), MOST * abs_(WEIGHT(at))), *weighted), t, LAYERS)
    scaled = apply("sum_scale", i=t, n=LAYERS, c=MOST, f=abs_(WEIGHT(at)))
    most_low = be(product(lin(le(ZERO, 2 * (LENGTH - 1)), two), exp_pos(-(2 * TEMPERATURE))), le(ZERO, MOST))
    few = product(most_low, assume(WEIGHTS))
    # 2 (n - 1) U < e^(2 lambda)
    pos = lin(lt(ZERO, inside), least)
    grown = exp_le(assume(COLD))
    value = apply("exp_log", pos)
    below = product(lin(lt(ZERO, exp(2 * TEMPERATURE) - inside), grown, value), exp_pos(-(2 * TEMPERATURE)))
    whole = apply("sum_add", i=t, n=LAYERS, f=WEIGHT(at) * error(at), g=WEIGHT(at) * mean(at))
    parts = sum_eq(ring(WEIGHT(at) * TOP(at), WEIGHT(at) * error(at) + WEIGHT(at) * mean(at)), t, LAYERS)
    return lin(EXACT, total, scaled, few, below, whole, parts)
