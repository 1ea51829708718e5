"""Section 5: V_n(1) in high dimension, the critical radius, and Eq. (13)."""
from __future__ import annotations

from fractions import Fraction

from theory.kernel import Theorem
from theory.lemmas import stirling
from theory.lemmas.balls import formula_positive, formula_recursion, vol_formula_of
from theory.lemmas.explog import exp_le, le_abs, log_le, exp_pos, inv_le, inv_pos, inverse, log_inverse, log_one, log_product, power_pos, scale
from theory.lemmas.powers import log_power, power_one
from theory.niu2024.definitions import D, N, RADIUS, ball_integral, critical_radius, pi_half, printed_ball_integral, volume
from theory.tactics import discharge, apply, assume, both, ground, lin, multiply, nat_of, nonneg, product, ring, same_function
from theory.terms import abs_, exists, forall, imp, negate, open_, ONE, PI, ZERO, Term, and_, eq, exp, fam, gamma, inv, le, log, lt, nat, num, power, sum_
from theory.niu2024.proofs.balls import ball_at_least, ball_at_most_volume, jensen, positive_n, printed_between
from theory.niu2024.proofs.stirling import E, from_logs


HALF = Fraction(1, 2)


# ---------------------------------------------------------------- V_n(1) in high dimension

def unit_volume(n: Term) -> Term:
    return volume(n, ONE)


def unit_recursion(is_nat: Theorem) -> Theorem:
    """V_{n+2}(1) (n + 2) = 2 pi V_n(1)"""
    n = is_nat.concl.args[0]
    ones = [power_one(n), power_one(n + 2)]
    return lin(eq(unit_volume(n + 2) * (n + 2), 2 * PI * unit_volume(n)), formula_recursion(is_nat),
               multiply(ones[0], 2 * PI * vol_formula_of(n)), multiply(ones[1], (n + 2) * vol_formula_of(n + 2)))


def unit_positive(is_nat: Theorem) -> Theorem:
    n = is_nat.concl.args[0]
    return lin(lt(ZERO, unit_volume(n)), formula_positive(is_nat), multiply(power_one(n), vol_formula_of(n)))


DECREASE = and_(lt(unit_volume(N + 1), unit_volume(N)), eq(unit_volume(N + 2), 2 * PI * inv(N + 2) * unit_volume(N)))


def decreasing_from_five() -> Theorem:
    """V_{n+1}(1) < V_n(1) for n >= 5, and V_{n+2}(1) = 2 pi/(n + 2) V_n(1)"""
    k = "k#vol"
    at = fam(k)
    drop = lambda j: lt(unit_volume(j + 6), unit_volume(j + 5))
    phi = and_(drop(at), drop(at + 1))
    base = both(ground(unit_volume(ZERO + 6), unit_volume(ZERO + 5)), ground(unit_volume(ZERO + 1 + 6), unit_volume(ZERO + 1 + 5)))
    natural, hyp = assume(nat(at)), assume(phi)
    five = apply("nat_closed", natural, nat_of(5), op="add")
    six = apply("nat_closed", natural, nat_of(6), op="add")
    low, high = unit_recursion(five), unit_recursion(six)                 # V_{k+7} (k+7), V_{k+8} (k+8)
    seven, eight = lin(lt(ZERO, at + 7), nonneg(natural)), lin(lt(ZERO, at + 8), nonneg(natural))
    shrink = inv_le(seven, lin(lt(at + 7, at + 8)))
    one = product(apply("and_elim", hyp, side=0), product(inv_pos(eight), product(ground(0, 2), ground(0, PI))))
    two = product(shrink, product(unit_positive(five), product(ground(0, 2), ground(0, PI))))
    values = [multiply(low, inv(at + 7)), multiply(inverse(seven), unit_volume(at + 5 + 2)), multiply(high, inv(at + 8)),
              multiply(inverse(eight), unit_volume(at + 6 + 2))]
    last = lin(drop(at + 1 + 1), one, two, *values)
    step = both(apply("and_elim", hyp, side=1), last)
    index = apply("nat_difference", assume(nat(N)), nat_of(5), assume(le(num(5), N)))
    at_n = apply("and_elim", apply("induction", base, step, index, k=k, phi=phi), side=0)
    first = lin(lt(unit_volume(N + 1), unit_volume(N)), at_n)
    positive = lin(lt(ZERO, N + 2), nonneg(assume(nat(N))))
    second = lin(eq(unit_volume(N + 2), 2 * PI * inv(N + 2) * unit_volume(N)), multiply(unit_recursion(assume(nat(N))), inv(N + 2)),
                 multiply(inverse(positive), unit_volume(N + 2)))
    return both(first, second)


# ---------------------------------------------------------------- V_n(1) and the critical radius

def volume_asymptote(n: Term = N) -> Term:
    """(1/sqrt(n pi)) (2 pi e/n)^(n/2)"""
    return inv(power(n * PI, HALF)) * power(2 * PI * E * inv(n), n / 2)


def _logs_of_n() -> dict[str, Theorem]:
    n_pos = positive_n()
    pi_pos, two = ground(0, PI), ground(0, 2)
    half = log_product(n_pos, ground(0, HALF))                            # log(n/2)
    halves = log_product(two, ground(0, HALF))
    one = same_function(ring(num(2) * HALF, ONE), log)
    two_pi = log_product(two, pi_pos)
    return {"half": half, "halves": halves, "one": one, "log_one": log_one(), "two_pi": two_pi}


def log_unit_volume() -> Theorem:
    """log V_n(1) = (n/2) log pi - log Gamma(n/2 + 1)"""
    n_nat = assume(nat(N))
    s_pos = lin(lt(ZERO, 1 + N / 2), nonneg(n_nat))
    g_pos = apply("gamma_positive", s_pos)
    p_pos = power_pos(ground(0, PI), N / 2)
    one_power = power_one(N)
    plain = same_function(lin(eq(unit_volume(N), pi_half() * inv(gamma(1 + N / 2))), multiply(one_power, vol_formula_of(N))), log)
    return lin(eq(log(unit_volume(N)), N / 2 * log(PI) - log(gamma(1 + N / 2))), plain, log_product(p_pos, inv_pos(g_pos)), log_inverse(g_pos),
               log_power(ground(0, PI), N / 2))


def log_asymptote() -> Theorem:
    """log of the asymptote = -log(n pi)/2 + (n/2)(log(2 pi) + 1 - log n)"""
    n_pos = positive_n()
    root_base = product(n_pos, ground(0, PI))
    root = power_pos(root_base, HALF)
    two_pi = product(ground(0, 2), ground(0, PI))
    two_pi_e = product(two_pi, exp_pos(1))
    base = product(two_pi_e, inv_pos(n_pos))
    powers = power_pos(base, N / 2)
    parts = [log_product(inv_pos(root), powers), log_inverse(root), log_power(root_base, num(HALF)), log_power(base, N / 2)]
    inner = lin(eq(log(base.concl.args[1]), log(2 * PI) + 1 - log(N)), log_product(two_pi_e, inv_pos(n_pos)), log_product(two_pi, exp_pos(1)),
                apply("log_exp", a=ONE), log_inverse(n_pos))
    return lin(eq(log(volume_asymptote()), -log(N * PI) / 2 + N / 2 * (log(2 * PI) + 1 - log(N))), *parts, multiply(inner, N / 2))


def asymptote_positive() -> Theorem:
    n_pos = positive_n()
    root = power_pos(product(n_pos, ground(0, PI)), HALF)
    base = product(product(product(ground(0, 2), ground(0, PI)), exp_pos(1)), inv_pos(n_pos))
    return product(inv_pos(root), power_pos(base, N / 2))


def volume_against_asymptote() -> tuple[Theorem, Theorem]:
    """log V_n(1) <= log of the asymptote, and at least that minus 1/(6 n)"""
    low, high = stirling.half_integer(assume(le(ONE, N)), assume(nat(N)))
    facts = _logs_of_n()
    n_pi = log_product(positive_n(), ground(0, PI))
    scaled = [multiply(facts[k], N) for k in ("half", "halves", "one", "log_one", "two_pi")]
    everything = [log_unit_volume(), log_asymptote(), n_pi, *facts.values(), *scaled]
    v, s = log(unit_volume(N)), log(volume_asymptote())
    return lin(le(v, s), low, *everything), lin(le(s, v + inv(N) / 6), high, *everything)


def asymptote_two_sided() -> Theorem:
    """asymptote exp(-1/(6 n)) <= V_n(1) <= asymptote"""
    up, down = volume_against_asymptote()
    v_pos, s_pos = unit_positive(assume(nat(N))), asymptote_positive()
    above = from_logs(v_pos, s_pos, lin(le(up.concl.args[0], up.concl.args[1] + ZERO), up))
    sixth = _inverse_of_multiple(6)
    below = from_logs(s_pos, v_pos, lin(le(log(volume_asymptote()), log(unit_volume(N)) + inv(6 * N)), down, sixth))
    cancel = product(lin(le(ZERO, unit_volume(N) * exp(inv(6 * N)) - volume_asymptote()), below), exp_pos(-inv(6 * N)))
    return both(lin(le(volume_asymptote() * exp(-inv(6 * N)), unit_volume(N)), cancel), lin(le(unit_volume(N), volume_asymptote()), above))


def _inverse_of_multiple(c: int) -> Theorem:
    """1/(c n) = (1/c)(1/n)"""
    n_pos = positive_n()
    whole, single = inverse(lin(lt(ZERO, c * N), n_pos)), inverse(n_pos)
    return lin(eq(inv(c * N), Fraction(1, c) * inv(N)), multiply(whole, Fraction(1, c) * inv(N)), multiply(single, inv(c * N)))


def critical_positive() -> Theorem:
    base = product(positive_n(), inv_pos(product(product(ground(0, 2), ground(0, PI)), exp_pos(1))))
    return power_pos(base, HALF)


def log_critical() -> Theorem:
    """log sqrt(n/(2 pi e)) = (log n - log(2 pi) - 1)/2"""
    two_pi = product(ground(0, 2), ground(0, PI))
    two_pi_e = product(two_pi, exp_pos(1))
    base = product(positive_n(), inv_pos(two_pi_e))
    return lin(eq(log(critical_radius()), (log(N) - log(2 * PI) - 1) / 2), log_power(base, num(HALF)),
               log_product(positive_n(), inv_pos(two_pi_e)), log_inverse(two_pi_e), log_product(two_pi, exp_pos(1)), apply("log_exp", a=ONE))


def radius_relation() -> Theorem:
    """0 <= n log(r/rho) - log V_n(r) - log(pi n)/2 <= 1/(6 n), rho = sqrt(n/(2 pi e)), for every r > 0"""
    r_pos = assume(lt(ZERO, RADIUS))
    rho_pos = critical_positive()
    up, down = volume_against_asymptote()
    # log V_n(r) = n log r + log V_n(1)
    n_nat = assume(nat(N))
    p_pos = power_pos(r_pos, N)
    plain = lin(eq(volume(), unit_volume(N) * power(RADIUS, N)), multiply(power_one(N), vol_formula_of(N) * power(RADIUS, N)))
    logs = lin(eq(log(volume()), log(unit_volume(N)) + N * log(RADIUS)), same_function(plain, log), log_product(unit_positive(n_nat), p_pos),
               log_power(r_pos, N))
    ratio = lin(eq(log(RADIUS * inv(critical_radius())), log(RADIUS) - log(critical_radius())), log_product(r_pos, inv_pos(rho_pos)),
                log_inverse(rho_pos))
    middle = N * log(RADIUS * inv(critical_radius())) - log(volume()) - log(PI * N) / 2
    swap_pi = same_function(ring(PI * N, N * PI), log)
    facts = [logs, multiply(ratio, N), multiply(log_critical(), N), log_asymptote(), swap_pi]
    return both(lin(le(ZERO, middle), up, *facts), lin(le(middle, inv(6 * N)), down, _inverse_of_multiple(6), *facts))


# ---------------------------------------------------------------- Eq. (13)

def partition_function(n: Term = N, d: Term = D) -> Term:
    """Z_t = sum over the d patterns of the integral over a ball of radius sqrt(n/(2 pi e)), Eq. (12) third expression"""
    return sum_(d, lambda i: ball_integral(n, critical_radius(n)))


def _at_critical(theorem: Theorem) -> Theorem:
    moved = apply("instance", theorem, mapping=(("r", (), critical_radius()),))
    return apply("cut", lin(le(ZERO, critical_radius()), critical_positive()), moved)


def partition_upper() -> Theorem:
    """Z_t <= d V_n(r)"""
    bound = _at_critical(ball_at_most_volume())
    total = apply("sum_constant", assume(nat(D)), c=ball_integral(N, critical_radius()))
    scaled = scale(nonneg(assume(nat(D))), bound)
    return lin(le(partition_function(), D * volume(N, critical_radius())), total, scaled)


def partition_lower() -> Theorem:
    """d V_n(r) exp(-n r^2/(n + 2)) <= Z_t"""
    bound = _at_critical(ball_at_least())
    total = apply("sum_constant", assume(nat(D)), c=ball_integral(N, critical_radius()))
    scaled = scale(nonneg(assume(nat(D))), bound)
    r = critical_radius()
    return lin(le(D * volume(N, r) * exp(-jensen(r)), partition_function()), total, scaled)


def printed_partition(n: Term = N, d: Term = D) -> Term:
    """Z_t by the last expression of Eq. (12): 2 sum pi^(n/2) gamma(n, r)/Gamma(n/2)"""
    return sum_(d, lambda i: printed_ball_integral(n, critical_radius(n)))


def printed_partition_bounds() -> Theorem:
    bounds = _at_critical(printed_between())
    total = apply("sum_constant", assume(nat(D)), c=printed_ball_integral(N, critical_radius()))
    low, high = (scale(nonneg(assume(nat(D))), apply("and_elim", bounds, side=k)) for k in (0, 1))
    r = critical_radius()
    e_pos = exp_pos(r)
    unit = inverse(e_pos)
    flip = lin(eq(inv(exp(r)), exp(-r)), multiply(unit, exp(-r)))
    return both(lin(le(D * volume(N, r) * inv(exp(r)), printed_partition()), total, low, multiply(flip, D * volume(N, r))),
                lin(le(printed_partition(), D * volume(N, r)), total, high))


# ---------------------------------------------------------------- the printed step "V_n(r) = O(1), so r must be about rho"

RATIO = Fraction(1, 4)


def quarter_radius(n: Term = N) -> Term:
    """sqrt(n/(2 pi e))/4"""
    return num(RATIO) * critical_radius(n)


def bounded_but_far(n: Term = N) -> Term:
    """V_n(rho/4) <= 1 although |r/rho - 1| > 1/2 at r = rho/4"""
    r = quarter_radius(n)
    return and_(le(volume(n, r), 1), lt(HALF, abs_(r * inv(critical_radius(n)) - 1)))


def quarter_is_bounded() -> Theorem:
    rho_pos = critical_positive()
    r = quarter_radius()
    r_pos = product(ground(0, RATIO), rho_pos)
    relation = apply("cut", r_pos, apply("instance", radius_relation(), mapping=(("r", (), r),)))
    low = apply("and_elim", relation, side=0)
    ratio = lin(eq(r * inv(critical_radius()), num(RATIO)), multiply(inverse(rho_pos), RATIO))
    logs = same_function(ratio, log)
    quarter = product(positive_n(), lin(lt(ZERO, -log(num(RATIO))), ground(log(num(RATIO)), 0)))
    pi_n = log_le(ground(0, 1), lin(le(ONE, PI * N), product(lin(lt(ZERO, PI - 1), ground(1, PI)), positive_n()), assume(le(ONE, N))))
    v_pos = product(product(power_pos(ground(0, PI), N / 2), power_pos(r_pos, N)),
                    inv_pos(apply("gamma_positive", lin(lt(ZERO, 1 + N / 2), assume(le(ONE, N))))))
    small = lin(le(log(volume(N, r)), ZERO), low, multiply(logs, N), quarter, pi_n, log_one())
    bounded = lin(le(volume(N, r), 1), exp_le(small), apply("exp_log", v_pos))
    far = lin(lt(num(HALF), abs_(r * inv(critical_radius()) - 1)), le_abs(r * inv(critical_radius()) - 1)[1], ratio)
    return both(bounded, far)


# some M serves all n >= M and all r > 0: V_n(r) <= 1 forces |r/rho - 1| <= 1/2
RADIUS_FORCED = exists(lambda big: and_(nat(big), forall(lambda n: imp(and_(nat(n), and_(le(1, n), le(big, n))), forall(lambda r: imp(
    and_(lt(0, r), le(volume(n, r), 1)), le(abs_(r * inv(critical_radius(n)) - 1), num(HALF))))))))


def radius_not_forced() -> Theorem:
    """The denial of RADIUS_FORCED: n = M + 1 and r = rho/4, for every M"""
    big = "M#forced"
    m = fam(big)
    m_nat = assume(nat(m))
    n = m + 1
    n_nat = apply("nat_closed", m_nat, nat_of(1), op="add")
    n_one = lin(le(ONE, n), nonneg(m_nat))
    facts = apply("instance", quarter_is_bounded(), mapping=(("n", (), n),))
    facts = discharge(facts, n_nat, n_one)
    rho = apply("instance", critical_positive(), mapping=(("n", (), n),))
    r_pos = product(ground(0, RATIO), discharge(rho, n_nat, n_one))
    denial = negate(RADIUS_FORCED)
    at_big = open_(denial.args[0], m).args[1]                             # there is n: ...
    at_n = open_(at_big.args[0], n).args[1]                               # there is r: ...
    x = "r#forced"
    phi = open_(at_n.args[0], fam(x))
    inner = both(both(r_pos, apply("and_elim", facts, side=0)), apply("and_elim", facts, side=1))
    there_is_r = apply("exists_intro", inner, x=x, phi=phi, t=quarter_radius(n))
    y = "n#forced"
    guarded = both(both(n_nat, both(n_one, lin(le(m, n)))), there_is_r)
    there_is_n = apply("exists_intro", guarded, x=y, phi=open_(at_big.args[0], fam(y)), t=n)
    return apply("forall_intro", apply("imp_intro", there_is_n, phi=nat(m)), x=big)
