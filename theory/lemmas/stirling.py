"""Stirling's formula with explicit error: Gamma(z + 1) = sqrt(2 pi z) (z/e)^z e^mu with 0 <= mu <= 1/(12 z).

mu(z) = log Gamma(z + 1) - (z + 1/2) log z + z - log(2 pi)/2. Its steps mu(z) - mu(z + 1) are a logarithm's error (derivative rule);
that mu vanishes at infinity comes from the duplication of Gamma at half-integers and from log-convexity. No limit is exchanged.
"""
from __future__ import annotations

from fractions import Fraction

from theory.kernel import Theorem
from theory.lemmas.explog import inv_le, inv_pos, inverse, log_one, log_product
from theory.lemmas.powers import gamma_half_is_root_pi, gamma_next, log_power
from theory.tactics import apply, assume, be, both, ground, lin, multiply, nat_of, nonneg, product, ring, same_function, square
from theory.terms import ONE, PI, ZERO, Term, and_, eq, fam, gamma, inv, le, log, lt, nat, num

HALF = num(Fraction(1, 2))
TWELFTH = Fraction(1, 12)


def mu(z: Term) -> Term:
    return log(gamma(z + 1)) - (z + HALF) * log(z) + z - HALF * log(2 * PI)


# ------------------------------------------------------------ one step: (z + 1/2) log(1 + 1/z) - 1

def _pq(y: Term, below: Theorem, above: Theorem) -> tuple[Term, Term, list[Theorem]]:
    """p = 1/(1 + y), q = 1/(1 - y): p + q = 2 p q, q - p = 2 y p q, p q (1 - y^2) = 1, and 0 < p q, for 0 <= y < 1"""
    plus, minus = lin(lt(ZERO, 1 + y), below), lin(lt(ZERO, 1 - y), above)
    p, q = inv(1 + y), inv(1 - y)
    ep, eq_ = inverse(plus), inverse(minus)
    one, two = multiply(ep, q), multiply(eq_, p)
    total = lin(eq(p + q, 2 * (p * q)), one, two)
    gap = lin(eq(q - p, 2 * y * (p * q)), one, two)
    unit = lin(eq(p * q * (1 - y * y), ONE), multiply(ep, q * (1 - y)), eq_)
    return p, q, [total, gap, unit, product(inv_pos(plus), inv_pos(minus))]


def log_ratio_bounds(y: Term, nonneg_y: Theorem, above: Theorem) -> tuple[Theorem, Theorem]:
    """2 y <= log(1 + y) - log(1 - y) <= 2 y + (2/3) y^3 / (1 - y^2), for 0 <= y < 1"""
    x = "y#ratio"
    at = fam(x)
    low, top = assume(le(ZERO, at)), lin(lt(at, ONE), assume(le(at, y)), above)
    p, q, (total, gap, unit, pos) = _pq(at, low, top)
    pq = p * q
    conditions = [lin(lt(ZERO, 1 + at), low), lin(lt(ZERO, 1 - at), top)]
    first = product(pos, square(at))                                       # 0 <= p q y^2
    sign = lin(le(ZERO, p + q - 2), first, total, unit)
    f = log(1 + at) - log(1 - at) - 2 * at
    lower = apply("increasing", nonneg_y, sign, *conditions, x=x, a=ZERO, b=y, f=f)
    third = Fraction(2, 3)
    g = 2 * at + third * (at * at * at) * (p * q) - log(1 + at) + log(1 - at)
    second = product(square(pq), product(square(at), square(at)))          # 0 <= (p q)^2 y^4
    derivative = 2 + third * (3 * at * at * pq + at * at * at * (p * q * q - p * p * q)) - p - q
    sign = lin(le(ZERO, derivative), second, total, unit, multiply(gap, pq * at * at * at))
    nonzero = [lin(lt(ZERO, (1 + at) * (1 + at)), product(conditions[0], conditions[0])),
               lin(lt(ZERO, (1 - at) * (1 - at)), product(conditions[1], conditions[1]))]
    upper = apply("increasing", nonneg_y, sign, *conditions, *nonzero, x=x, a=ZERO, b=y, f=g)
    p, q = inv(1 + y), inv(1 - y)
    logs = log(1 + y) - log(1 - y)
    zero = [same_function(ring(a, ONE), log) for a in (1 + ZERO, 1 - ZERO)]
    return (lin(le(2 * y, logs), lower, *zero), lin(le(logs, 2 * y + third * (y * y * y) * (p * q)), upper, *zero))


def step_bounds(pos: Theorem) -> tuple[Theorem, Theorem]:
    """1 <= (z + 1/2)(log(z + 1) - log z) <= 1 + (1/z - 1/(z + 1))/12, for z > 0"""
    z = pos.concl.args[1]
    m = 2 * z + 1
    m_pos = lin(lt(ZERO, m), pos)
    y = inv(m)
    y_pos, unit = inv_pos(m_pos), inverse(m_pos)
    below = lin(le(ZERO, y), y_pos)
    above = lin(lt(y, ONE), unit, product(pos, y_pos))
    low, high = log_ratio_bounds(y, below, above)
    # 1 + y = 2 (z + 1) y and 1 - y = 2 z y
    two = ground(0, 2)
    next_pos = lin(lt(ZERO, z + 1), pos)
    plus, minus = lin(eq(1 + y, 2 * (z + 1) * y), unit), lin(eq(1 - y, 2 * z * y), unit)
    split = []
    for e, factor in ((plus, next_pos), (minus, pos)):
        outer = log_product(product(two, factor), y_pos)
        inner = log_product(two, factor)
        split.append(lin(eq(log(e.concl.args[0]), log(2) + log(factor.concl.args[1]) + log(y)), same_function(e, log), outer, inner))
    ratio = log(z + 1) - log(z)
    lower = lin(le(2 * y, ratio), low, *split)
    p, q, (_, _, pq_unit, _) = _pq(y, below, above)
    cube = Fraction(2, 3) * (y * y * y) * (p * q)
    upper = lin(le(ratio, 2 * y + cube), high, *split)
    half = lin(lt(ZERO, z + HALF), pos)
    first = lin(le(ONE, (z + HALF) * ratio), product(half, lin(le(ZERO, ratio - 2 * y), lower)), unit)
    # (z + 1/2) cube = y^2 p q / 3 and 4 z (z + 1) y^2 p q = 1
    w = y * y * (p * q)
    quarter = lin(eq(4 * z * (z + 1) * w, ONE), pq_unit, multiply(unit, p * q * (1 + y)), multiply(unit, p * q * y * m), multiply(unit, p * q))
    uz, un = inverse(pos), inverse(next_pos)
    apart = lin(eq(inv(z) - inv(z + 1), inv(z) * inv(z + 1)), multiply(uz, inv(z + 1)), multiply(un, inv(z)))
    small = lin(eq(4 * w, inv(z) * inv(z + 1)), multiply(quarter, inv(z) * inv(z + 1)), multiply(uz, 4 * w * (z + 1) * inv(z + 1)),
                multiply(un, 4 * w))
    scaled = product(half, lin(le(ZERO, 2 * y + cube - ratio), upper))
    second = lin(le((z + HALF) * ratio, 1 + TWELFTH * (inv(z) - inv(z + 1))), scaled, unit, multiply(unit, y * y * (p * q)), small, apart)
    return first, second


def mu_step(pos: Theorem) -> tuple[Theorem, Theorem]:
    """mu(z + 1) <= mu(z) and mu(z) - mu(z + 1) <= (1/z - 1/(z + 1))/12"""
    z = pos.concl.args[1]
    next_pos = lin(lt(ZERO, z + 1), pos)
    logs = same_function(gamma_next(next_pos), log)
    split = log_product(next_pos, apply("gamma_positive", next_pos))
    low, high = step_bounds(pos)
    return (lin(le(mu(z + 1), mu(z)), low, logs, split), lin(le(mu(z) - mu(z + 1), TWELFTH * (inv(z) - inv(z + 1))), high, logs, split))


def telescope(pos: Theorem, is_nat: Theorem) -> tuple[Theorem, Theorem]:
    """mu(z + k) <= mu(z) and mu(z) - mu(z + k) <= (1/z - 1/(z + k))/12 for a natural k"""
    z, k = pos.concl.args[1], "k#tele"
    at = fam(k)
    low = lambda j: le(mu(z + j), mu(z))
    high = lambda j: le(mu(z) - mu(z + j), TWELFTH * (inv(z) - inv(z + j)))
    phi = and_(low(at), high(at))
    base = both(lin(low(ZERO)), lin(high(ZERO)))
    hyp, natural = assume(phi), assume(nat(at))
    shifted = lin(lt(ZERO, z + at), pos, nonneg(natural))
    down, small = mu_step(shifted)
    left, right = apply("and_elim", hyp, side=0), apply("and_elim", hyp, side=1)
    step = both(lin(low(at + 1), left, down), lin(high(at + 1), right, small))
    done = apply("induction", base, step, is_nat, k=k, phi=phi)
    return apply("and_elim", done, side=0), apply("and_elim", done, side=1)


# ------------------------------------------------------------ mu vanishes along the naturals

def duplication(is_nat: Theorem) -> Theorem:
    """Gamma(n/2 + 1) Gamma(n/2 + 1/2) 2^n = pi^(1/2) Gamma(n + 1), in logarithms"""
    k = "k#dup"
    at = fam(k)
    claim = lambda j: eq(log(gamma(j / 2 + 1)) + log(gamma(j / 2 + HALF)) + j * log(2), HALF * log(PI) + log(gamma(j + 1)))
    root = same_function(gamma_half_is_root_pi(), log)
    base = lin(claim(ZERO), root, log_power(ground(0, PI), HALF))
    natural, hyp = assume(nat(at)), assume(claim(at))
    s_pos, n_pos = lin(lt(ZERO, at / 2 + HALF), nonneg(natural)), lin(lt(ZERO, at + 1), nonneg(natural))
    pieces = []
    for p in (s_pos, n_pos):
        g = gamma_next(p)
        pieces += [same_function(g, log), log_product(p, apply("gamma_positive", p))]
    halves = log_product(n_pos, ground(0, HALF))                          # log((k + 1)/2)
    two = log_product(ground(0, 2), ground(0, HALF))
    step = lin(claim(at + 1), hyp, *pieces, halves, two, log_one(), same_function(ring(num(2) * HALF, ONE), log))
    return apply("induction", base, step, is_nat, k=k, phi=claim(at))


def half_step(one: Theorem, is_nat: Theorem) -> tuple[Theorem, Theorem]:
    """0 <= 2 mu(n/2) - mu(n) and 2 mu(n/2) - mu(n) <= 1/(2 n), for a natural n >= 1"""
    n = is_nat.concl.args[0]
    pos = lin(lt(ZERO, n), one)
    s = n / 2
    zero, unit = lin(le(ZERO, HALF)), lin(le(HALF, ONE))
    half_pos = [lin(lt(ZERO, s + c), one) for c in (ZERO, HALF, ONE, HALF + 1)]
    # log-convexity at (n/2, n/2 + 1) and at (n/2 + 1/2, n/2 + 3/2)
    conv1 = apply("gamma_logconvex", half_pos[0], half_pos[2], zero, unit)
    conv2 = apply("gamma_logconvex", half_pos[1], half_pos[3], zero, unit)
    steps = []
    for p in (half_pos[0], half_pos[1]):
        steps += [same_function(gamma_next(p), log), log_product(p, apply("gamma_positive", p))]
    two, half_log = ground(0, 2), log_product(ground(0, 2), ground(0, HALF))
    one_log = [log_one(), same_function(ring(num(2) * HALF, ONE), log)]
    s_log = log_product(pos, ground(0, HALF))                             # log(n/2) as log(n * 1/2)
    next_pos = lin(lt(ZERO, n + 1), one)
    s1_log = log_product(next_pos, ground(0, HALF))
    pi_log = log_product(two, ground(0, PI))
    dup = duplication(is_nat)
    scaled = [multiply(e, n) for e in (s_log, half_log, *one_log)]
    facts = [*scaled, conv1, conv2, *steps, half_log, *one_log, s_log, s1_log, pi_log, dup]
    low = lin(le(ZERO, 2 * mu(s) - mu(n)), *facts)
    # log(n + 1) - log n <= 1/n
    ratio = lin(eq(n + 1, n * (1 + inv(n))), inverse(pos))
    wide = lin(lt(ZERO, 1 + inv(n)), inv_pos(pos))
    gap = [same_function(ratio, log), log_product(pos, wide), apply("exp_tangent", a=log(1 + inv(n))), apply("exp_log", wide)]
    high = lin(le(2 * mu(s) - mu(n), inv(n) / 2), *facts, *gap)
    return low, high


def rough(one: Theorem, is_nat: Theorem) -> tuple[Theorem, Theorem]:
    """-1/p <= mu(p) and mu(p) <= 1/p for a natural p >= 1 (from mu(2p) against mu(p))"""
    p = is_nat.concl.args[0]
    pos = lin(lt(ZERO, p), one)
    n_nat = apply("nat_closed", nat_of(2), is_nat, op="mul")
    n_one = lin(le(ONE, 2 * p), one)
    low, high = half_step(n_one, n_nat)                                   # 2 mu(p) against mu(2 p)
    down, small = telescope(pos, is_nat)                                  # mu(p + p) against mu(p)
    inverse_half = inverse_of_double(pos)
    rename_half = [same_function(ring(2 * p / 2, p), log)]
    upper = lin(le(mu(p), inv(p)), high, down, inverse_half, inv_pos(pos), *rename_half)
    lower = lin(le(-inv(p), mu(p)), low, small, inverse_half, inv_pos(pos), *rename_half)
    return lower, upper


def inverse_of_double(pos: Theorem) -> Theorem:
    """inv(2 p) = inv(p)/2"""
    p = pos.concl.args[1]
    double = inverse(lin(lt(ZERO, 2 * p), pos))
    single = inverse(pos)
    return lin(eq(inv(2 * p), inv(p) / 2), multiply(double, inv(p) / 2), multiply(single, inv(2 * p)))


def to_the_limit(pos: Theorem, rough_at) -> tuple[Theorem, Theorem]:
    """-c/(k + 1) <= mu(z + k + 1) <= c/(k + 1) for every natural k (by `rough_at`) gives 0 <= mu(z) and mu(z) <= 1/(12 z)."""
    z, k = pos.concl.args[1], "k#limit"
    at = fam(k)
    natural = assume(nat(at))
    following = apply("nat_closed", natural, nat_of(1), op="add")
    lower, upper, c = rough_at(at, natural)
    down, small = telescope(pos, following)
    shifted = inv_pos(lin(lt(ZERO, z + (at + 1)), pos, nonneg(natural)))
    first = lin(le(ZERO, mu(z) + c * inv(at + 1)), down, lower)
    second = lin(le(mu(z), TWELFTH * inv(z) + c * inv(at + 1)), small, upper, shifted)
    return apply("archimedes", first, k=k), apply("archimedes", second, k=k)


def half_integer(one: Theorem, is_nat: Theorem) -> tuple[Theorem, Theorem]:
    """0 <= mu(n/2) and mu(n/2) <= 1/(6 n), for a natural n >= 1"""
    n = is_nat.concl.args[0]
    pos = lin(lt(ZERO, n / 2), one)

    def rough_at(k, natural):
        """mu(n/2 + k + 1) by half of mu(m), m = n + 2 (k + 1), which is at most 1/m in size"""
        m = n + 2 * (k + 1)
        double = apply("nat_closed", nat_of(2), apply("nat_closed", natural, nat_of(1), op="add"), op="mul")
        m_nat = apply("nat_closed", is_nat, double, op="add")
        m_one = lin(le(ONE, m), one, nonneg(natural))
        low, high = half_step(m_one, m_nat)
        below, above = rough(m_one, m_nat)
        k_pos = lin(lt(ZERO, k + 1), nonneg(natural))
        shrink = inv_le(k_pos, lin(le(k + 1, m), one, nonneg(natural)))
        names = [same_function(ring(m / 2, n / 2 + (k + 1)), log)]
        lower = lin(le(-inv(k + 1), mu(n / 2 + (k + 1))), low, below, shrink, inv_pos(k_pos), *names)
        upper = lin(le(mu(n / 2 + (k + 1)), inv(k + 1)), high, above, shrink, inv_pos(k_pos), *names)
        return lower, upper, ONE
    low, high = to_the_limit(pos, rough_at)
    n_pos = lin(lt(ZERO, n), one)
    double, half = inverse(n_pos), inverse(pos)
    inverse_half = lin(eq(inv(n / 2), 2 * inv(n)), multiply(half, 2 * inv(n)), multiply(double, inv(n / 2)))
    return low, lin(le(mu(n / 2), inv(n) / 6), high, inverse_half)


# ------------------------------------------------------------ every real z > 0, written k + theta

def between(p_one: Theorem, p_nat: Theorem, low: Theorem, high: Theorem) -> tuple[Theorem, Theorem]:
    """-(5/2)/p <= mu(p + theta) <= (5/2)/p for a natural p >= 1 and 0 <= theta <= 1, by log-convexity of Gamma on both sides"""
    p, theta = p_nat.concl.args[0], low.concl.args[1]
    pos = lin(lt(ZERO, p), p_one)
    z_pos = lin(lt(ZERO, p + theta), pos, low)
    steps = [same_function(gamma_next(pos), log), log_product(pos, apply("gamma_positive", pos))]
    next_pos = lin(lt(ZERO, p + 1), pos)
    steps += [same_function(gamma_next(next_pos), log), log_product(next_pos, apply("gamma_positive", next_pos))]
    above = apply("gamma_logconvex", lin(lt(ZERO, p + 2), pos), next_pos, low, high)
    # p + 1 = w p + (1 - w)(p + 1 + theta) with w = theta/(1 + theta)
    wide = lin(lt(ZERO, 1 + theta), low)
    unit, u_pos = inverse(wide), inv_pos(wide)
    w = theta * inv(1 + theta)
    w_low = be(product(low, u_pos), le(ZERO, w))
    w_high = lin(le(w, ONE), unit, u_pos)
    below = apply("gamma_logconvex", pos, lin(lt(ZERO, p + 1 + theta), z_pos), w_low, w_high)
    place = lin(eq(w * p + (1 - w) * (p + 1 + theta), p + 1), multiply(unit, 1 + theta), multiply(unit, theta), unit)
    renamed = same_function(place, lambda a: log(gamma(a)))
    scaled = product(lin(le(ZERO, w * log(gamma(p)) + (1 - w) * log(gamma(p + 1 + theta)) - log(gamma(p + 1))), below, renamed), wide)
    parts = [multiply(unit, theta * log(gamma(p))), multiply(unit, theta * log(gamma(p + 1 + theta)))]
    under = lin(le(log(gamma(p + 1)) + theta * log(p), log(gamma(p + theta + 1))), scaled, *parts, *steps, multiply(steps[0], theta),
                multiply(steps[1], theta))
    # log(p + theta) - log p lies between theta/(p + theta) and theta/p
    up, down = inverse(pos), inverse(z_pos)
    ratio = lin(eq(p + theta, p * (1 + theta * inv(p))), multiply(up, theta))
    r_pos = lin(lt(ZERO, 1 + theta * inv(p)), product(low, inv_pos(pos)))
    rise = lin(le(log(p + theta) - log(p), theta * inv(p)), same_function(ratio, log), log_product(pos, r_pos),
               apply("exp_tangent", a=log(1 + theta * inv(p))), apply("exp_log", r_pos))
    back = lin(eq(p, (p + theta) * (1 - theta * inv(p + theta))), multiply(down, theta))
    b = 1 - theta * inv(p + theta)
    b_pos = lin(lt(ZERO, b), product(pos, inv_pos(z_pos)), down)
    fall = lin(le(theta * inv(p + theta), log(p + theta) - log(p)), same_function(back, log), log_product(z_pos, b_pos),
               apply("exp_tangent", a=log(b)), apply("exp_log", b_pos))
    next_ratio = lin(eq(p + 1, p * (1 + inv(p))), up)
    n_pos = lin(lt(ZERO, 1 + inv(p)), inv_pos(pos))
    next_rise = lin(le(log(p + 1) - log(p), inv(p)), same_function(next_ratio, log), log_product(pos, n_pos),
                    apply("exp_tangent", a=log(1 + inv(p))), apply("exp_log", n_pos))
    rough_low, rough_high = rough(p_one, p_nat)
    factor = lin(lt(ZERO, p + theta + HALF), z_pos)
    ip, iz = inv_pos(pos), inv_pos(z_pos)
    cap = lin(le(ZERO, 1 - theta), high)
    upper = lin(le(mu(p + theta), Fraction(5, 2) * inv(p)), above, *steps, multiply(steps[2], theta), multiply(steps[3], theta),
                product(factor, fall), product(low, next_rise), down, multiply(down, theta), product(low, iz), product(cap, ip), ip, rough_high)
    lower = lin(le(-Fraction(5, 2) * inv(p), mu(p + theta)), under, product(factor, rise), up, multiply(up, theta), multiply(up, theta * theta),
                product(cap, ip), product(product(low, cap), ip), ip, rough_low)
    return lower, upper


def real_argument(k_nat: Theorem, low: Theorem, high: Theorem, pos: Theorem) -> tuple[Theorem, Theorem]:
    """0 <= mu(z) and mu(z) <= 1/(12 z) for z = k + theta > 0, k natural, 0 <= theta <= 1 (every real z > 0 is of this form)"""
    k, theta = k_nat.concl.args[0], low.concl.args[1]

    def rough_at(j, natural):
        p = k + (j + 1)
        following = apply("nat_closed", natural, nat_of(1), op="add")
        p_one = lin(le(ONE, p), nonneg(natural), nonneg(k_nat))
        below, above = between(p_one, apply("nat_closed", k_nat, following, op="add"), low, high)
        shrink = inv_le(lin(lt(ZERO, j + 1), nonneg(natural)), lin(le(j + 1, p), nonneg(k_nat)))
        c = num(Fraction(5, 2))
        at = (k + theta) + (j + 1)
        return lin(le(-c * inv(j + 1), mu(at)), below, shrink), lin(le(mu(at), c * inv(j + 1)), above, shrink), c
    return to_the_limit(pos, rough_at)
