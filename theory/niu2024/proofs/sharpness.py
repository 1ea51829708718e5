"""Section 4: thresholds and margins are sharp, by two patterns +a and -a on a line."""
from __future__ import annotations

from theory.kernel import Theorem
from theory.lemmas.explog import exp_le, exp_pos, exp_strict_tangent, inv_pos, inverse, log_inverse, log_le, log_one, log_product, scale
from theory.tactics import apply, assume, be, both, cases, ground, lin, multiply, product, ring, same_function, square
from theory.terms import ONE, ZERO, Term, and_, eq, exp, fam, fresh, inv, le, log, lt, num

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



# ---------------------------------------------------------------- limits in which a bound is approached

def log_one_plus(positive: Theorem) -> Theorem:
    """0 < u gives log(1 + u) < u"""
    u = positive.concl.args[1]
    wide = lin(lt(ZERO, 1 + u), positive)
    grows = lin(lt(ZERO, log(1 + u)), log_le(ground(0, 1), lin(lt(ONE, 1 + u), positive)), log_one())
    return lin(lt(log(1 + u), u), exp_strict_tangent(log(1 + u), grows), apply("exp_log", wide))


def lost_log_two() -> Theorem:
    """At x = a: g - 2 E_MCHN^2 < -log 2 + e^(-4 a^2), while max ||rho||^2 - min ||rho||^2 = 0"""
    u = 2 * (A * A)
    core = exp(2 * (A * A)) + exp(2 * (-A * A))
    same = same_function(ring(core, exp(u) * (1 + exp(-4 * (A * A)))), log)
    small = exp_pos(-4 * (A * A))
    inner = lin(lt(ZERO, 1 + exp(-4 * (A * A))), small)
    return lin(LOST_LOG_TWO, same, log_product(exp_pos(u), inner), apply("log_exp", a=u), log_one_plus(small))


def twice_pair_mchn(z: Term) -> Term:
    """2 E_MCHN^2(z) for the patterns {a, -a}"""
    return -log(exp(2 * (A * z)) + exp(2 * (-A * z))) + log(2) + z * z + A * A


LOST_LOG_TWO = lt((A - A) ** 2 - twice_pair_mchn(A), -log(2) + exp(-4 * (A * A)))

# x = a + h outside the pattern a, y = 0 between the two: g(x) = h^2 < a^2 = g(y), by almost log 2, and yet E(y) < E(x)
MARGIN = (lt(H * H, A * A), lt(A * A - H * H, log(2) - exp(-4 * (A * A))))


def margin_is_log_two() -> Theorem:
    near, gap = map(assume, MARGIN)
    a_pos, h_nonneg = assume(lt(ZERO, A)), assume(le(ZERO, H))
    x = A + H
    far = exp(-((x + A) ** 2))
    total = exp(-((x - A) ** 2)) + far
    extra = exp(-((x + A) ** 2) + H * H)
    same = same_function(ring(total, exp(-(H * H)) * (1 + extra)), log)
    inner = lin(lt(ZERO, 1 + extra), exp_pos(-((x + A) ** 2) + H * H))
    small = exp_le(lin(le(-((x + A) ** 2) + H * H, -4 * (A * A)), product(a_pos, h_nonneg)))
    tangent = [apply("exp_tangent", a=log(1 + extra)), apply("exp_log", inner)]
    high = lin(le(H * H - exp(-4 * (A * A)), pair_energy(x)), same, log_product(exp_pos(-(H * H)), inner), apply("log_exp", a=-(H * H)), *tangent,
               small)
    middle = exp(-((ZERO - A) ** 2)) + exp(-((ZERO + A) ** 2))
    centre = lin(eq(log(middle), log(2) - A * A), same_function(ring(middle, 2 * exp(-(A * A))), log),
                 log_product(ground(0, 2), exp_pos(-(A * A))), apply("log_exp", a=-(A * A)))
    return both(lin(lt((x - A) ** 2, (ZERO - A) ** 2), near), lin(lt(pair_energy(ZERO), pair_energy(x)), high, centre, gap))


MARGIN_CONCLUSION = and_(lt((A + H - A) ** 2, (ZERO - A) ** 2), lt(pair_energy(ZERO), pair_energy(A + H)))
