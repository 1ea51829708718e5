"""Theorem C.1: Stirling with explicit error on the positive axis, and its failure on the negative one."""
from __future__ import annotations

from fractions import Fraction

from theory.kernel import Theorem
from theory.lemmas import stirling
from theory.lemmas.explog import (abs_le, exp_le, exp_pos, inv_pos, inverse, le_abs, log_inverse, log_le, log_one, log_product,
                                  power_pos)
from theory.lemmas.powers import gamma_next, log_power
from theory.tactics import discharge, apply, assume, both, ground, lin, multiply, nat_of, nonneg, product, ring, same_function
from theory.terms import (negate, open_, replace, ONE, PI, ZERO, Term, abs_, and_, eq, exists, exp, fam, forall, gamma, imp, inv, le, log, lt, nat, num,
                          power)


HALF = Fraction(1, 2)


# ---------------------------------------------------------------- Stirling

E = exp(1)


def stirling_next(z: Term) -> Term:
    """sqrt(2 pi z) (z/e)^z"""
    return power(2 * PI * z, HALF) * power(z * inv(E), z)


def stirling_here(z: Term) -> Term:
    """sqrt(2 pi/z) (z/e)^z"""
    return power(2 * PI * inv(z), HALF) * power(z * inv(E), z)


def _log_over_e(pos: Theorem) -> Theorem:
    """log(z/e) = log z - 1"""
    z = pos.concl.args[1]
    return lin(eq(log(z * inv(E)), log(z) - 1), log_product(pos, inv_pos(exp_pos(1))), log_inverse(exp_pos(1)), apply("log_exp", a=ONE))


def log_stirling_next(pos: Theorem) -> Theorem:
    """log of sqrt(2 pi z)(z/e)^z = (z + 1/2) log z - z + log(2 pi)/2"""
    z = pos.concl.args[1]
    two_pi = product(ground(0, 2), ground(0, PI))
    whole = product(two_pi, pos)
    base = product(pos, inv_pos(exp_pos(1)))
    roots, powers = log_power(whole, num(HALF)), log_power(base, z)
    split = log_product(power_pos(whole, HALF), power_pos(base, z))
    return lin(eq(log(stirling_next(z)), (z + HALF) * log(z) - z + log(2 * PI) / 2), split, roots, powers, log_product(two_pi, pos),
               multiply(_log_over_e(pos), z))


def log_stirling_here(pos: Theorem) -> Theorem:
    """log of sqrt(2 pi/z)(z/e)^z = (z - 1/2) log z - z + log(2 pi)/2"""
    z = pos.concl.args[1]
    two_pi = product(ground(0, 2), ground(0, PI))
    whole = product(two_pi, inv_pos(pos))
    base = product(pos, inv_pos(exp_pos(1)))
    roots, powers = log_power(whole, num(HALF)), log_power(base, z)
    split = log_product(power_pos(whole, HALF), power_pos(base, z))
    return lin(eq(log(stirling_here(z)), (z - HALF) * log(z) - z + log(2 * PI) / 2), split, roots, powers, log_product(two_pi, inv_pos(pos)),
               log_inverse(pos), multiply(_log_over_e(pos), z))


def from_logs(pos_a: Theorem, pos_b: Theorem, p: Theorem) -> Theorem:
    """0 < a, 0 < b, log a <= log b + c gives a <= b exp(c)"""
    a, b = pos_a.concl.args[1], pos_b.concl.args[1]
    c = p.concl.args[1].args[1]
    grown = exp_le(p)
    ea, eb = apply("exp_log", pos_a), apply("exp_log", pos_b)
    return lin(le(a, b * exp(c)), grown, ea, multiply(eb, exp(c)))


def stirling_two_sided(shift: int) -> Theorem:
    """S(z) <= Gamma(z + shift) <= S(z) exp(1/(12 z)) for z = k + theta > 0: S is sqrt(2 pi z)(z/e)^z (shift 1) or sqrt(2 pi/z)(z/e)^z"""
    k, theta = fam("k"), fam("theta")
    z = k + theta
    pos = assume(lt(ZERO, z))
    low, high = stirling.real_argument(assume(nat(k)), assume(le(ZERO, theta)), assume(le(theta, ONE)), pos)
    next_pos = lin(lt(ZERO, z + 1), pos)
    extra = [same_function(gamma_next(pos), log), log_product(pos, apply("gamma_positive", pos))]
    value = gamma(z + 1) if shift else gamma(z)
    g_pos = apply("gamma_positive", next_pos if shift else pos)
    formula = log_stirling_next(pos) if shift else log_stirling_here(pos)
    s = stirling_next(z) if shift else stirling_here(z)
    two_pi = product(ground(0, 2), ground(0, PI))
    root = power_pos(product(two_pi, pos if shift else inv_pos(pos)), HALF)
    s_pos = product(root, power_pos(product(pos, inv_pos(exp_pos(1))), z))
    below = from_logs(s_pos, g_pos, lin(le(log(s), log(value) + ZERO), low, formula, *extra))
    above = from_logs(g_pos, s_pos, lin(le(log(value), log(s) + inv(12 * z)), high, formula, *extra, _twelfth(pos)))
    return both(lin(le(s, value), below), above)


def _twelfth(pos: Theorem) -> Theorem:
    """1/(12 z) = (1/12)(1/z)"""
    z = pos.concl.args[1]
    whole = inverse(lin(lt(ZERO, 12 * z), pos))
    single = inverse(pos)
    return lin(eq(inv(12 * z), Fraction(1, 12) * inv(z)), multiply(whole, Fraction(1, 12) * inv(z)), multiply(single, inv(12 * z)))


# ---------------------------------------------------------------- Stirling fails on the negative axis

C, M = fam("C"), fam("m")


def modulus_stirling(w: Term) -> Term:
    """|sqrt(2 pi/z)(z/e)^z| at z = -w, w > 0"""
    return power(2 * PI * inv(w), HALF) * power(w * inv(E), -w)


def near_pole() -> Term:
    """the distance from the pole -m: 1/(2 (1 + C) e^(m+2) Gamma(m + 2))"""
    return inv(2 * (1 + C) * (exp(M + 2) * gamma(M + 2)))


def beyond(m: Term, e: Term, c: Term) -> Term:
    """|Gamma(-(m + e))| exceeds the modulus of Stirling's formula times 1 + C/|z|"""
    w = m + e
    return lt(modulus_stirling(w) * (1 + c * inv(w)), abs_(gamma(-w)))


def gamma_above_one(e: Term, low: Theorem, high: Theorem) -> Theorem:
    """1 <= Gamma(1 - e) for 0 < e < 1, by log-convexity between 1 - e and 2"""
    a_pos, wide = lin(lt(ZERO, 1 - e), high), lin(lt(ZERO, 1 + e), low)
    t, unit = inv(1 + e), inverse(wide)
    t_low = lin(le(ZERO, t), inv_pos(wide))
    t_high = lin(le(t, ONE), unit, product(low, inv_pos(wide)))
    convex = apply("gamma_logconvex", a_pos, ground(0, 2), t_low, t_high)
    place = lin(eq(t * (1 - e) + (1 - t) * 2, ONE), unit)
    renamed = same_function(place, lambda a: log(gamma(a)))
    one = same_function(apply("gamma_one"), log)
    two = same_function(lin(eq(gamma(num(2)), ONE), gamma_next(ground(0, 1)), apply("gamma_one")), log)
    scaled = product(lin(le(ZERO, t * log(gamma(1 - e))), convex, renamed, one, log_one(), multiply(two, 1 - t), multiply(log_one(), 1 - t)), wide)
    g_pos = apply("gamma_positive", a_pos)
    logs = lin(le(ZERO, log(gamma(1 - e))), scaled, multiply(unit, log(gamma(1 - e))))
    return lin(le(ONE, gamma(1 - e)), exp_le(logs), apply("exp_log", g_pos))


def gamma_near_poles(e: Term, low: Theorem, high: Theorem, m_nat: Theorem) -> Theorem:
    """1 <= |Gamma(-(m + e))| e Gamma(m + 2) for 0 < e < 1 and a natural m, by induction on m"""
    k = "k#pole"
    at = fam(k)
    claim = lambda j: le(ONE, abs_(gamma(-(j + e))) * (e * gamma(j + 2)))
    two = lin(eq(gamma(num(2)), ONE), gamma_next(ground(0, 1)), apply("gamma_one"))
    s0 = -(ZERO + e)
    step0 = apply("gamma_step_negative", nat_of(0), lin(lt(-ZERO - 1, s0), high), lin(lt(s0, -ZERO), low))
    base = lin(claim(ZERO), gamma_above_one(e, low, high), step0, product(low, lin(le(ZERO, abs_(gamma(s0)) + gamma(s0)), le_abs(gamma(s0))[1])),
               multiply(two, e * abs_(gamma(s0))))
    natural, hyp = assume(nat(at)), assume(claim(at))
    following = apply("nat_closed", natural, nat_of(1), op="add")
    s = -(at + 1 + e)
    below = apply("gamma_step_negative", following, lin(lt(-(at + 1) - 1, s), high), lin(lt(s, -(at + 1)), low))
    up, down = le_abs(gamma(s))
    width = lin(lt(ZERO, at + 1 + e), nonneg(natural), low)
    slack = lin(le(ZERO, 1 - e), high)
    nonneg_abs = lin(le(ZERO, abs_(gamma(s))), up, down)
    whole = (at + 2) * abs_(gamma(s))
    spare = product(slack, nonneg_abs)
    upper = lin(le(gamma(s + 1), whole), below, product(width, down), spare)
    lower = lin(le(-gamma(s + 1), whole), below, product(width, up), spare)
    bound = abs_le(upper, lower)
    g_pos = apply("gamma_positive", lin(lt(ZERO, at + 2), nonneg(natural)))
    grown = product(bound, product(low, g_pos))
    value = gamma_next(lin(lt(ZERO, at + 2), nonneg(natural)))
    rename = same_function(ring(s + 1, -(at + e)), lambda a: abs_(gamma(a)))
    step = lin(claim(at + 1), hyp, grown, multiply(value, e * abs_(gamma(s))), multiply(rename, e * gamma(at + 2)))
    return apply("induction", base, step, m_nat, k=k, phi=claim(at))


def pole_distance() -> tuple[Theorem, Theorem]:
    """0 < near_pole and near_pole < 1"""
    c_pos, m_nat, m_one = assume(lt(ZERO, C)), assume(nat(M)), assume(le(ONE, M))
    g_pos = apply("gamma_positive", lin(lt(ZERO, M + 2), m_one))
    big = exp(M + 2) * gamma(M + 2)
    big_pos = product(exp_pos(M + 2), g_pos)
    denominator = product(lin(lt(ZERO, 2 * (1 + C)), c_pos), big_pos)
    e_pos, unit = inv_pos(denominator), inverse(denominator)
    one_le_exp = lin(le(ONE, exp(M + 2)), apply("exp_tangent", a=M + 2), m_one)
    product_one = lin(le(ONE, big), product(lin(le(ZERO, exp(M + 2) - 1), one_le_exp), g_pos), factorial_at_least_one(m_nat))
    large = lin(lt(ONE, 2 * (1 + C) * big), product(c_pos, big_pos), product_one, big_pos)
    return e_pos, lin(lt(near_pole(), ONE), product(lin(lt(ZERO, 2 * (1 + C) * big - 1), large), e_pos), unit)


def stirling_fails() -> Theorem:
    """0 < C, m >= 1: at z = -(m + near_pole) the modulus of Gamma exceeds Stirling's formula times 1 + C/|z|"""
    c_pos, m_nat, m_one = assume(lt(ZERO, C)), assume(nat(M)), assume(le(ONE, M))
    c1 = lin(lt(ZERO, 2 * (1 + C)), c_pos)
    g_pos = apply("gamma_positive", lin(lt(ZERO, M + 2), m_one))
    e = near_pole()
    e_pos, e_small = pole_distance()
    unit = inverse(product(c1, product(exp_pos(M + 2), g_pos)))
    pole = gamma_near_poles(e, e_pos, e_small, m_nat)
    # Stirling's modulus is at most exp(m + 2)
    w = M + e
    w_pos, w_one = lin(lt(ZERO, w), m_one, e_pos), lin(le(ONE, w), m_one, e_pos)
    two_pi = product(ground(0, 2), ground(0, PI))
    base, root_base = product(w_pos, inv_pos(exp_pos(1))), product(two_pi, inv_pos(w_pos))
    s = modulus_stirling(w)
    s_pos = product(power_pos(root_base, HALF), power_pos(base, -w))
    log_w = log_le(ground(0, 1), w_one)
    small_pi = lin(le(log(2 * PI), num(2)), ground(log(2 * PI), 2))
    exponent = product(w_pos, lin(le(ZERO, log(w)), log_w, log_one()))
    log_s = lin(le(log(s), M + 2), log_product(power_pos(root_base, HALF), power_pos(base, -w)), log_power(root_base, num(HALF)),
                log_power(base, -w), log_product(two_pi, inv_pos(w_pos)), log_inverse(w_pos), multiply(_log_over_e(w_pos), w), exponent,
                log_w, log_one(), small_pi, e_small)
    s_bound = lin(le(s, exp(M + 2)), exp_le(log_s), apply("exp_log", s_pos))
    # s (1 + C/w) <= exp(m + 2)(1 + C) = 1/(2 e Gamma(m + 2)) < |Gamma|
    w_inv = lin(le(inv(w), ONE), inverse(w_pos), product(lin(le(ZERO, w - 1), w_one), inv_pos(w_pos)))
    ratio = lin(le(1 + C * inv(w), 1 + C), product(c_pos, lin(le(ZERO, 1 - inv(w)), w_inv)))
    c_one = lin(lt(ZERO, 1 + C), c_pos)
    rhs = lin(le(s * (1 + C * inv(w)), exp(M + 2) * (1 + C)), product(s_pos, lin(le(ZERO, 1 + C - (1 + C * inv(w))), ratio)),
              product(lin(le(ZERO, exp(M + 2) - s), s_bound), c_one))
    # multiply the pole bound by 2 (1 + C) exp(m + 2) > 0: e Gamma(m + 2) 2 (1 + C) exp(m + 2) = 1
    scaled = product(lin(le(ZERO, abs_(gamma(-w)) * (e * gamma(M + 2)) - 1), pole), product(c1, exp_pos(M + 2)))
    return lin(beyond(M, e, C), rhs, scaled, multiply(unit, abs_(gamma(-w))), product(c_one, exp_pos(M + 2)))


def factorial_at_least_one(m_nat: Theorem) -> Theorem:
    """1 <= Gamma(m + 2) for a natural m"""
    k = "k#fact"
    at = fam(k)
    claim = lambda j: le(ONE, gamma(j + 2))
    two = lin(eq(gamma(num(2)), ONE), gamma_next(ground(0, 1)), apply("gamma_one"))
    natural, hyp = assume(nat(at)), assume(claim(at))
    grow = gamma_next(lin(lt(ZERO, at + 2), nonneg(natural)))
    step = lin(claim(at + 1), hyp, grow, product(lin(le(ZERO, at + 1), nonneg(natural)), lin(le(ZERO, gamma(at + 2) - 1), hyp)), nonneg(natural))
    return apply("induction", lin(claim(ZERO), two), step, m_nat, k=k, phi=claim(at))


# the printed O(1/z) on the negative axis, with its quantifiers: some C and M serve all m >= M and all 0 < e < 1
STIRLING_ON_NEGATIVE_AXIS = exists(lambda c: and_(lt(0, c), exists(lambda big: and_(nat(big), forall(lambda m: imp(
    and_(nat(m), le(big, m)), forall(lambda e: imp(and_(lt(0, e), lt(e, 1)),
                                                   le(abs_(gamma(-(m + e))), modulus_stirling(m + e) * (1 + c * inv(m + e)))))))))))


def fails_beyond_every_bound() -> Theorem:
    """The denial of STIRLING_ON_NEGATIVE_AXIS: for every C > 0 and M, m = M + 1 and e = near_pole"""
    c, big = "C", "M#pole"
    m = fam(big) + 1
    c_pos, big_nat = assume(lt(ZERO, C)), assume(nat(fam(big)))
    m_nat = apply("nat_closed", big_nat, nat_of(1), op="add")
    m_one = lin(le(ONE, m), nonneg(big_nat))
    at = lambda t: discharge(apply("instance", t, mapping=(("m", (), m),)), m_nat, m_one)
    distance = replace(near_pole(), "m", m)
    facts = [at(stirling_fails()), *map(at, pole_distance())]
    denial = negate(STIRLING_ON_NEGATIVE_AXIS)
    at_c = open_(denial.args[0], C).args[1]                               # for all M: nat M => ...
    at_big = open_(at_c.args[0], fam(big)).args[1]                        # there is m: ...
    at_m = open_(at_big.args[0], m).args[1]                               # there is e: ...
    x, y = "e#pole", "m#pole"
    inner = both(both(facts[1], facts[2]), facts[0])
    there_is_e = apply("exists_intro", inner, x=x, phi=open_(at_m.args[0], fam(x)), t=distance)
    guarded = both(both(m_nat, lin(le(fam(big), m))), there_is_e)
    there_is_m = apply("exists_intro", guarded, x=y, phi=open_(at_big.args[0], fam(y)), t=m)
    for_big = apply("forall_intro", apply("imp_intro", there_is_m, phi=nat(fam(big))), x=big)
    return apply("forall_intro", apply("imp_intro", for_big, phi=c_pos.concl), x=c)
