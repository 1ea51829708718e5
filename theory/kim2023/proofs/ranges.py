"""The range of the context ids: polynomial in n, M and the largest token id, if n does not exceed that id."""
from __future__ import annotations

from theory.kernel import Theorem
from theory.kim2023.proofs.counts import CONTEXTS, LENGTH, RHO
from theory.kim2023.proofs.ramps import pair
from theory.lemmas.explog import log_le, power_pos
from theory.lemmas.powers import log_power
from theory.tactics import apply, assume, each_elim, ground, index_facts, lin, product, square, sum_le
from theory.terms import ONE, ZERO, Symbol, Term, and_, each, fam, fresh, le, log, nat, num, power, sum_

U, V, TOP, COUNT_OF = Symbol("u"), Symbol("v"), Symbol("m"), Symbol("k")
BETA, TOKEN, RANGE = fam("beta"), fam("z"), fam("R")
WEIGHT = CONTEXTS * CONTEXTS


def context_id() -> Term:
    """sum of u_t m_t + sum of v_t k_t + beta z"""
    return sum_(LENGTH, lambda t: U(t) * TOP(t)) + sum_(LENGTH, lambda t: V(t) * COUNT_OF(t)) + BETA * TOKEN


def between(x: Term, high: Term) -> Term:
    return and_(le(0, x), le(x, high))


WEIGHTS = and_(each(LENGTH, lambda t: and_(between(U(t), WEIGHT), between(V(t), WEIGHT))), between(BETA, WEIGHT))
IDS = and_(each(LENGTH, lambda t: between(TOP(t), RANGE)), between(TOKEN, RANGE))
COUNTS = each(LENGTH, lambda t: between(COUNT_OF(t), LENGTH))
ONCE = and_(each(LENGTH, lambda t: le(0, COUNT_OF(t))), le(sum_(LENGTH, COUNT_OF), LENGTH))
IN_BITS = le(power(num(2), RHO - 1), context_id())
POLYNOMIAL = le((RHO - 1) * log(num(2)), log((2 * LENGTH + 1) * RANGE * WEIGHT))


def _below(f_low: Theorem, f_high: Theorem, g_low: Theorem, g_high: Theorem) -> Theorem:
    """0 <= f <= F and 0 <= g <= G give f g <= F G"""
    f, top = f_high.concl.args
    g, most = g_high.concl.args
    return lin(le(f * g, top * most), product(lin(le(ZERO, top - f), f_high), g_low), product(lin(le(ZERO, top), f_low, f_high),
        g_high))


def _whole() -> tuple[Theorem, ...]:
    """The sum over the ids and the token's own share, each at most its largest"""
    t = fresh("t")
    facts = index_facts(t, LENGTH)
    weights, last = pair(assume(WEIGHTS))
    (u_low, u_high), _ = map(pair, pair(each_elim(weights, fam(t), *facts)))
    tops, token = pair(assume(IDS))
    first = sum_le(_below(u_low, u_high, *pair(each_elim(tops, fam(t), *facts))), t, LENGTH)
    return first, apply("sum_constant", assume(nat(LENGTH)), c=WEIGHT * RANGE), _below(*pair(last), *pair(token))


def _logs(top: Term, *facts: Theorem) -> Theorem:
    """2^(rho - 1) <= z <= top in logarithms"""
    two = ground(0, 2)
    held = lin(le(power(num(2), RHO - 1), top), assume(IN_BITS), lin(le(context_id(), top), *facts))
    return lin(le((RHO - 1) * log(num(2)), log(top)), log_le(power_pos(two, RHO - 1), held), log_power(two, RHO - 1))


def _counted(t: str) -> tuple[Theorem, Theorem]:
    """0 <= v_t and v_t <= M^2"""
    weights, _ = pair(assume(WEIGHTS))
    return pair(pair(each_elim(weights, fam(t), *index_facts(t, LENGTH)))[1])


WITH_COUNTS = le((RHO - 1) * log(num(2)), log((LENGTH * RANGE + LENGTH * LENGTH + RANGE) * WEIGHT))


def with_counts() -> Theorem:
    """Counts at most n each: z <= (n R + n^2 + R) M^2"""
    t = fresh("t")
    counts = pair(each_elim(assume(COUNTS), fam(t), *index_facts(t, LENGTH)))
    second = sum_le(_below(*_counted(t), *counts), t, LENGTH)
    return _logs(WITH_COUNTS.args[1].args[0], *_whole(), second, apply("sum_constant", assume(nat(LENGTH)), c=WEIGHT * LENGTH))


def once() -> Theorem:
    """Counts that add up to n at most: z <= (2 n + 1) R M^2"""
    t = fresh("t")
    each_count, total = pair(assume(ONCE))
    low = each_elim(each_count, fam(t), *index_facts(t, LENGTH))
    _, high = _counted(t)
    second = sum_le(lin(le(V(fam(t)) * COUNT_OF(fam(t)), WEIGHT * COUNT_OF(fam(t))), product(lin(le(ZERO, WEIGHT - V(fam(t))),
        high), low)),
                    t, LENGTH)
    n_low = lin(le(ZERO, LENGTH), assume(le(ONE, LENGTH)))
    room = [product(square(CONTEXTS), lin(le(ZERO, LENGTH - sum_(LENGTH, COUNT_OF)), total)),
            product(product(square(CONTEXTS), n_low), lin(le(ZERO, RANGE - 1), assume(le(ONE, RANGE))))]
    return _logs(POLYNOMIAL.args[1].args[0], *_whole(), second, apply("sum_scale", i=t, n=LENGTH, c=WEIGHT, f=COUNT_OF(fam(t))),
                 *room)
