"""Section 4: the convexity thresholds are sharp, by two patterns +a and -a on a line."""
from __future__ import annotations

from theory.kernel import Theorem
from theory.lemmas.explog import exp_pos, inv_pos, inverse, log_inverse, log_le, log_product, scale
from theory.tactics import apply, assume, be, cases, ground, lin, multiply, product, ring, same_function, square
from theory.terms import ONE, ZERO, Term, eq, exp, fam, fresh, inv, le, log, lt, num

A, H, BETA = fam("a"), fam("h"), fam("beta")


def pair_energy(z: Term) -> Term:
    """E(z) for the patterns {a, -a} in one dimension"""
    return -log(exp(-((z - A) ** 2)) + exp(-((z + A) ** 2)))


def pair_mchn(z: Term) -> Term:
    """E_MCHN^beta(z) for the patterns {a, -a} in one dimension"""
    return -(inv(BETA) * log(exp(BETA * (A * z)) + exp(BETA * (-A * z)))) + z * z / 2 + inv(BETA) * log(2) + A * A / 2


def bump(f) -> Term:
    """f(0) lies above the chord from -h to h"""
    return lt(f(H) / 2 + f(-H) / 2, f(ZERO))


ENERGY_TOO_FAR = lt(ONE, 2 * A * A * (1 - H * H))
MCHN_TOO_FAR = lt(ONE, BETA * A * A * (1 - BETA * H * H / 2))


def cosh_bound(u: Term) -> Theorem:
    """2 + u^2 <= exp u + exp(-u): the derivative of the difference is increasing, since exp v + exp(-v) - 2 is a square"""
    def at(w: Term, nonneg: Theorem) -> Theorem:
        v = fresh("v")
        x = fam(v)
        inner = fresh("s")
        y = fam(inner)
        sign = lin(le(ZERO, exp(y) + exp(-y) - 2), square(exp(y / 2) - exp(-y / 2)))
        first = apply("increasing", assume(le(ZERO, x)), sign, x=inner, a=ZERO, b=x, f=exp(y) - exp(-y) - 2 * y)
        positive = lin(le(ZERO, exp(x) - exp(-x) - 2 * x), first)
        grown = apply("increasing", nonneg, positive, x=v, a=ZERO, b=w, f=exp(x) + exp(-x) - x * x)
        return lin(le(2 + w * w, exp(w) + exp(-w)), grown)
    goal = le(2 + u * u, exp(u) + exp(-u))
    negative = assume(lt(u, ZERO))
    return cases(ZERO, u, at(u, assume(le(ZERO, u))), lin(goal, at(-u, lin(le(ZERO, -u), negative))))


def log_above(u: Term, level: Term, small: Theorem) -> Theorem:
    """level (1 + u^2/2) < u^2/2 gives log 2 + level < log(exp u + exp(-u)), by log y >= 1 - 1/y"""
    two = ground(0, 2)
    y = 1 + u * u / 2
    pos_y = lin(lt(ZERO, y), square(u))
    wide = be(scale(two, lin(le(y, (exp(u) + exp(-u)) / 2), cosh_bound(u))), le(2 * y, exp(u) + exp(-u)))
    logs = log_le(product(two, pos_y), wide)
    split = log_product(two, pos_y)
    tangent = apply("exp_tangent", a=log(inv(y)))
    back = apply("exp_log", inv_pos(pos_y))
    divided = product(small, inv_pos(pos_y))
    unit = inverse(pos_y)
    return lin(lt(log(2) + level, log(exp(u) + exp(-u))), logs, split, tangent, back, log_inverse(pos_y), divided, unit, multiply(unit, level))


def _pull(factor: Term, u: Term, total: Term) -> Theorem:
    """total = exp(factor) (exp u + exp(-u)) gives log total = factor + log(exp u + exp(-u))"""
    core = exp(u) + exp(-u)
    core_pos = lin(lt(ZERO, core), exp_pos(u), exp_pos(-u))
    same = same_function(ring(total, exp(factor) * core), log)
    return lin(eq(log(total), factor + log(core)), same, log_product(exp_pos(factor), core_pos), apply("log_exp", a=factor))


def energy_threshold() -> Theorem:
    """1 < 2 a^2 (1 - h^2), 0 < h: E(0) lies above the chord from -h to h"""
    far, positive = assume(ENERGY_TOO_FAR), assume(lt(ZERO, H))
    u = 2 * A * H
    small = be(product(far, product(positive, positive)), lt(H * H * (1 + u * u / 2), u * u / 2))
    high = log_above(u, H * H, small)
    pieces = []
    for z, w in ((H, u), (-H, -u), (ZERO, ZERO)):
        total = exp(-((z - A) ** 2)) + exp(-((z + A) ** 2))
        pieces.append(_pull(-(z * z) - A * A, w, total))
    flip = same_function(ring(exp(-u) + exp(u), exp(u) + exp(-u)), log)
    flip = lin(eq(log(exp(-u) + exp(-(-u))), log(exp(u) + exp(-u))), flip, same_function(ring(exp(-u) + exp(-(-u)), exp(-u) + exp(u)), log))
    zero = same_function(ring(exp(ZERO) + exp(-ZERO), num(2)), log)
    return lin(bump(pair_energy), high, *pieces, flip, zero)


def mchn_threshold() -> Theorem:
    """1 < beta a^2 (1 - beta h^2 / 2), 0 < h, 0 < beta: E_MCHN^beta(0) lies above the chord from -h to h"""
    far, positive, beta = assume(MCHN_TOO_FAR), assume(lt(ZERO, H)), assume(lt(ZERO, BETA))
    u = BETA * A * H
    level = BETA * H * H / 2
    small = be(product(far, product(beta, product(positive, positive))), lt(BETA * H * H * (1 + u * u / 2), u * u))
    high = log_above(u, level, lin(lt(level * (1 + u * u / 2), u * u / 2), small))
    divided = product(lin(lt(ZERO, log(exp(u) + exp(-u)) - log(2) - level), high), inv_pos(beta))
    pieces = []
    for z, w in ((H, u), (-H, u), (ZERO, ZERO)):
        total = exp(BETA * (A * z)) + exp(BETA * (-A * z))
        same = same_function(ring(total, exp(w) + exp(-w)), log)
        pieces.append(multiply(same, inv(BETA)))
    zero = multiply(same_function(ring(exp(ZERO) + exp(-ZERO), num(2)), log), inv(BETA))
    return lin(bump(pair_mchn), divided, *pieces, zero, multiply(inverse(beta), H * H / 2))

