"""Section 5: what Z_t = 1 asks of n and d, with explicit two-sided bounds; and the kink of c(x)."""
from __future__ import annotations

from fractions import Fraction

from theory.kernel import Theorem
from theory.lemmas.balls import Ball
from theory.lemmas.explog import exp_le, exp_pos, inv_pos, inverse, log_inverse, log_le, log_one, log_product, power_of, power_pos
from theory.lemmas.powers import log_power, power_as_exp, power_integral
from theory.niu2024.definitions import D, N, RADIUS, ball_integral, critical_radius, volume
from theory.niu2024.proofs.balls import as_volume, ball_at_least, positive_n
from theory.niu2024.proofs.stirling import E
from theory.niu2024.proofs.volumes import critical_positive, partition_function, partition_upper, radius_relation
from theory.tactics import (apply, assume, be, both, discharge, ground, lin, multiply, nat_of, nonneg, product, ring, same_function)
from theory.terms import ONE, PI, ZERO, Term, and_, eq, exists, exp, fam, forall, imp, inv, le, log, lt, nat, negate, num, open_, power, vol

RHO = critical_radius()
HALF = Fraction(1, 2)
EXCESS = N - 2 * (RADIUS * RADIUS)          # n - 2 r^2


def power_bound() -> Theorem:
    """2 r^2 < n: int over the ball of exp(-|x|^2) <= exp(-r^2) V_n(r) n/(n - 2 r^2), since exp(-t^2) <= exp(-r^2)(r/t)^(2 r^2)"""
    r_pos, room = assume(lt(ZERO, RADIUS)), assume(lt(ZERO, EXCESS))
    b = Ball(assume(nat(N)), assume(le(ONE, N)), lin(le(ZERO, RADIUS), r_pos))
    t = "t#gauss"
    at = fam(t)
    pos = assume(lt(ZERO, at))
    q = RADIUS * RADIUS
    # r^2 - t^2 <= 2 r^2 (log r - log t): log(t^2/r^2) <= t^2/r^2 - 1, times r^2
    ratio_pos = product(pos, inv_pos(r_pos))
    ratio = at * inv(RADIUS)
    twice = product(ratio_pos, ratio_pos)
    tangent = apply("exp_tangent", a=log(ratio * ratio))
    back = apply("exp_log", twice)
    logs = [log_product(ratio_pos, ratio_pos), log_product(pos, inv_pos(r_pos)), log_inverse(r_pos)]
    unit = inverse(r_pos)
    low = lin(le(1 + 2 * (log(at) - log(RADIUS)), ratio * ratio), tangent, back, *logs)
    scaled = product(low, product(r_pos, r_pos))
    square_unit = lin(eq(ratio * ratio * q, at * at), multiply(unit, at * at * inv(RADIUS) * RADIUS), multiply(unit, at * at))
    # exp(-t^2) t^(n-1) <= K t^(e-1), K = exp(-r^2 + 2 r^2 log r), e = n - 2 r^2
    e = EXCESS
    exponent = lin(le(-(at * at) + (N - 1) * log(at), -q + 2 * q * log(RADIUS) + (e - 1) * log(at)), scaled, square_unit)
    k = exp(-q + 2 * q * log(RADIUS))
    left, right = power_of(pos, N - 1), power_of(pos, e - 1)
    pointwise = lin(le(exp(-(at * at)) * power(at, N - 1), k * power(at, e - 1)), exp_le(exponent), multiply(left, exp(-(at * at))),
                    multiply(right, k))
    c = N * vol(N) * k
    c_nonneg = lin(le(ZERO, c), product(product(b.positive, b.vol_pos), exp_pos(-q + 2 * q * log(RADIUS))))
    both_ = power_integral(room, b.r_nonneg, e, RADIUS, c, c_nonneg)
    shell = b.shell(at)
    bound = lin(le(exp(-(at * at)) * shell, c * power(at, e - 1)), product(pointwise, product(b.positive, b.vol_pos)))
    gauss = b.gaussian()
    less = apply("integral_monotone", bound, apply("and_elim", gauss, side=0), apply("and_elim", both_, side=0), b.r_nonneg, x=t)
    # K r^e = exp(-r^2) r^n
    whole, tail = power_of(r_pos, N), power_of(r_pos, e)
    name = lin(eq(k * power(RADIUS, e), exp(-q) * power(RADIUS, N)), multiply(tail, k), multiply(whole, exp(-q)),
               ring(k * exp(e * log(RADIUS)), exp(-q) * exp(N * log(RADIUS))))
    return lin(le(ball_integral(), exp(-q) * volume() * N * inv(e)), less, apply("and_elim", gauss, side=1), apply("and_elim", both_, side=1),
               multiply(name, N * vol(N) * inv(e)), multiply(as_volume(), exp(-q) * N * inv(e)))


# ---------------------------------------------------------------- at r = rho

def critical_volume() -> Theorem:
    """0 <= -log V_n(rho) - log(pi n)/2 <= 1/(6 n)"""
    rho = critical_positive()
    relation = discharge(apply("instance", radius_relation(), mapping=(("r", (), RHO),)), rho)
    one = same_function(inverse(rho), log)
    facts = [multiply(one, N), multiply(log_one(), N)]
    low, high = (apply("and_elim", relation, side=k) for k in (0, 1))
    v = log(volume(N, RHO))
    return both(lin(le(ZERO, -v - log(PI * N) / 2), low, *facts), lin(le(-v - log(PI * N) / 2, inv(6 * N)), high, *facts))


def critical_square() -> Theorem:
    """rho^2 = n/(2 pi e)"""
    rho = critical_positive()
    base = product(positive_n(), inv_pos(product(product(ground(0, 2), ground(0, PI)), exp_pos(1))))
    logs = lin(eq(log(RHO) + log(RHO), log(base.concl.args[1])), multiply(log_power(base, num(1) / 2), num(2)))
    return lin(eq(RHO * RHO, base.concl.args[1]), same_function(logs, exp), multiply(power_as_exp(rho), RHO), multiply(
        power_as_exp(rho), exp(log(RHO))), power_as_exp(base))


RATE = N * inv(2 * PI * E)
BRACKET = and_(le(RATE + log(PI * N) / 2 + log(1 - inv(PI * E)), -log(ball_integral(N, RHO))),
               le(-log(ball_integral(N, RHO)), RATE * (N * inv(N + 2)) + log(PI * N) / 2 + inv(6 * N)))


def threshold_bracket() -> Theorem:
    """n/(2 pi e) + log(pi n)/2 + log(1 - 1/(pi e)) <= -log I_n(rho) <= n^2/(2 pi e (n + 2)) + log(pi n)/2 + 1/(6 n)"""
    rho = critical_positive()
    at = lambda theorem: apply("instance", theorem, mapping=(("r", (), RHO),))
    rho2 = critical_square()
    pe = product(ground(0, PI), exp_pos(1))
    unit = inverse(pe)
    two_pe = inverse(product(product(ground(0, 2), ground(0, PI)), exp_pos(1)))
    half = lin(eq(inv(2 * PI * E), inv(PI * E) / 2), multiply(two_pe, inv(PI * E) / 2), multiply(unit, inv(2 * PI * E)))
    room_value = lin(eq(N - 2 * (RHO * RHO), N * (1 - inv(PI * E))), rho2, multiply(half, N))
    slim = lin(lt(ZERO, 1 - inv(PI * E)), ground(inv(PI * E), 1))
    room_pos = product(positive_n(), slim)
    room = lin(lt(ZERO, N - 2 * (RHO * RHO)), room_value, room_pos)
    upper = discharge(at(power_bound()), rho, room)
    # n/(n - 2 rho^2) = 1/(1 - 1/(pi e))
    i1, i2 = inverse(room), inverse(slim)
    quotient = lin(eq(N * inv(N - 2 * (RHO * RHO)), inv(1 - inv(PI * E))), multiply(i1, inv(1 - inv(PI * E))), multiply(i2, N * inv(
        N - 2 * (RHO * RHO))), multiply(room_value, inv(N - 2 * (RHO * RHO)) * inv(1 - inv(PI * E))))
    v, integral = volume(N, RHO), ball_integral(N, RHO)
    v_pos = product(product(power_pos(ground(0, PI), N / 2), power_pos(rho, N)),
                    inv_pos(apply("gamma_positive", lin(lt(ZERO, 1 + N / 2), assume(le(ONE, N))))))
    low_bound = discharge(at(ball_at_least()), lin(le(ZERO, RHO), rho))
    weight = low_bound.concl.args[0].args[0].args[0]
    i_pos = lin(lt(ZERO, integral), low_bound, product(exp_pos(weight), v_pos))
    above = log_le(i_pos, lin(le(integral, exp(-(RHO * RHO)) * v * inv(1 - inv(PI * E))), upper, multiply(quotient, exp(-(RHO * RHO)) * v)))
    split = [log_product(product(exp_pos(-(RHO * RHO)), v_pos), inv_pos(slim)), log_product(exp_pos(-(RHO * RHO)), v_pos),
             apply("log_exp", a=-(RHO * RHO)), log_inverse(slim)]
    volumes = critical_volume()
    v_low, v_high = (apply("and_elim", volumes, side=k) for k in (0, 1))
    first = lin(BRACKET.args[0], above, *split, v_low, rho2)
    below = log_le(product(exp_pos(weight), v_pos), low_bound)
    second = lin(BRACKET.args[1], below, log_product(exp_pos(weight), v_pos), apply("log_exp", a=weight), v_high, multiply(rho2, N * inv(N + 2)))
    return both(first, second)


INTEGRAL = ball_integral(N, RHO)
DECAY = D * exp(-RATE) * inv(power(PI * N, HALF)) * inv(1 - inv(PI * E))


def partition_decays() -> Theorem:
    """Z_t <= d e^(-n/(2 pi e)) / (sqrt(pi n) (1 - 1/(pi e)))"""
    low = apply("and_elim", threshold_bracket(), side=0)
    i_pos = integral_positive()
    pn, slim = product(ground(0, PI), positive_n()), lin(lt(ZERO, 1 - inv(PI * E)), ground(inv(PI * E), 1))
    root = power_pos(pn, HALF)
    bound = product(product(exp_pos(-RATE), inv_pos(root)), inv_pos(slim))
    logs = [log_product(product(exp_pos(-RATE), inv_pos(root)), inv_pos(slim)), log_product(exp_pos(-RATE), inv_pos(root)),
            apply("log_exp", a=-RATE), log_inverse(root), log_inverse(slim), log_power(pn, num(HALF))]
    less = exp_le(lin(le(log(INTEGRAL), log(bound.concl.args[1])), low, *logs))
    plain = lin(le(INTEGRAL, bound.concl.args[1]), less, apply("exp_log", i_pos), apply("exp_log", bound))
    total = apply("sum_constant", assume(nat(D)), c=INTEGRAL)
    return lin(le(partition_function(), DECAY), total, product(nonneg(assume(nat(D))), plain))


# ---------------------------------------------------------------- Z_t = 1 and N against D

A, LAYERS, T_MAX, D_EMB = fam("A"), fam("l"), fam("T"), fam("demb")
PARAMETERS = A * LAYERS * D_EMB * inv(T_MAX) * N             # N ~ (A l d_emb/T_max) n
TOKENS = T_MAX * D


def n_at_most_d_squared() -> Theorem:
    """1 <= Z_t gives (A l d_emb/T) n <= A l d_emb/(pi T^3) (T d)^2"""
    reach = assume(le(ONE, partition_function()))
    upper = partition_upper()
    volumes = apply("and_elim", critical_volume(), side=0)
    d_pos, n_pos = lin(lt(ZERO, D), assume(le(ONE, D))), positive_n()
    rho = critical_positive()
    v_pos = product(product(power_pos(ground(0, PI), N / 2), power_pos(rho, N)),
                    inv_pos(apply("gamma_positive", lin(lt(ZERO, 1 + N / 2), assume(le(ONE, N))))))
    logs = log_le(ground(0, 1), lin(le(ONE, D * volume(N, RHO)), reach, upper))
    pn = product(ground(0, PI), n_pos)
    twice = lin(le(log(PI * N), log(D) + log(D)), logs, log_product(d_pos, v_pos), volumes, log_one())
    grown = lin(le(PI * N, D * D), exp_le(twice), apply("exp_log", pn), multiply(power_as_exp(d_pos), D), multiply(power_as_exp(d_pos), exp(log(D))))
    weights = [assume(lt(ZERO, v)) for v in (A, LAYERS, D_EMB, T_MAX)]
    a, l, e, t = weights
    pi_unit, t_unit = inverse(ground(0, PI)), inverse(t)
    it = inv(T_MAX)
    factor = product(product(product(a, l), e), product(inv_pos(t), inv_pos(ground(0, PI))))
    scaled = product(grown, factor)
    c = A * LAYERS * D_EMB
    return lin(le(PARAMETERS, c * inv(PI) * (it * it * it) * (TOKENS * TOKENS)), scaled, multiply(pi_unit, c * it * N),
               multiply(t_unit, c * inv(PI) * it * D * D * (1 + T_MAX * it)))


# n = d^2 (so n = O(d^2)), A = l = T = 1: d_emb = n, N = d_emb^2 = d^4, D = d; some C with N <= C D^2 for all d?
ORDER_D_SQUARED = exists(lambda c: and_(nat(c), forall(lambda d: imp(nat(d), le((d * d) * (d * d), c * (d * d))))))


def beyond_order(c: Term) -> Term:
    """d = C + 1: N = d^4 exceeds C D^2"""
    d = c + 1
    return lt(c * (d * d), (d * d) * (d * d))


def order_fails() -> Theorem:
    c = fam("C")
    c_nat = assume(nat(c))
    d = c + 1
    d_nat = apply("nat_closed", c_nat, nat_of(1), op="add")
    d_pos = lin(lt(ZERO, d), nonneg(c_nat))
    d2 = product(d_pos, d_pos)
    wide = lin(lt(ZERO, d * d - c), product(nonneg(c_nat), nonneg(c_nat)), nonneg(c_nat))
    fails = be(product(wide, d2), beyond_order(c))
    denial = negate(ORDER_D_SQUARED)
    at_c = open_(denial.args[0], c).args[1]
    x = "d#order"
    made = apply("exists_intro", both(d_nat, fails), x=x, phi=open_(at_c.args[0], fam(x)), t=d)
    return apply("forall_intro", apply("imp_intro", made, phi=nat(c)), x="C")


def order_four() -> Theorem:
    """T d_emb <= c d^2 gives A l d_emb^2 <= A l c^2 T^-6 (T d)^4"""
    a, l, t, e = (assume(lt(ZERO, v)) for v in (A, LAYERS, T_MAX, D_EMB))
    grows = assume(DIMENSION_GROWS)
    c = fam("c")
    it = inv(T_MAX)
    unit = inverse(t)
    small = lin(le(D_EMB, c * D * D * it), product(grows, inv_pos(t)), multiply(unit, D_EMB))
    sum_pos = lin(lt(ZERO, c * D * D * it + D_EMB), small, e)
    squares = product(small, sum_pos)
    weighted = product(squares, product(a, l))
    chain = [multiply(unit, A * LAYERS * c * c * D * D * D * D * it * it * k) for k in (
        ONE, T_MAX * it, T_MAX * it * T_MAX * it, T_MAX * it * T_MAX * it * T_MAX * it)]
    return lin(ORDER_FOUR, weighted, *chain)


DIMENSION_GROWS = le(T_MAX * D_EMB, fam("c") * D * D)
ORDER_FOUR = le(A * LAYERS * D_EMB ** 2, A * LAYERS * fam("c") ** 2 * inv(T_MAX) ** 6 * TOKENS ** 4)



# ---------------------------------------------------------------- at given sizes, such as GPT-2 small's on OpenWebText

def partition_at(n: int, d: int) -> Term:
    """Z_t = d I_n(rho), Eq. (12), at the radius of Eq. (13)"""
    return num(d) * ball_integral(num(n), critical_radius(num(n)))


GPT2_N, GPT2_D = 1024 * 768, 8_789_062        # n = T_max d_emb; d = 9 * 10^9 / T_max sequences
GPT2_Z = partition_at(GPT2_N, GPT2_D)


def log_partition(n: int, d: int, low: Fraction, high: Fraction) -> tuple[Theorem, Theorem, Theorem]:
    """0 < Z_t; low < -log Z_t; -log Z_t < high: by the bracket at n and ground numbers"""
    facts = apply("instance", threshold_bracket(), mapping=(("n", (), num(n)),))
    natural, positive = nat_of(n), lin(le(ONE, num(n)))
    facts = discharge(facts, natural, positive)
    below, above = (apply("and_elim", facts, side=k) for k in (0, 1))
    i_pos = discharge(apply("instance", integral_positive(), mapping=(("n", (), num(n)),)), natural, positive)
    d_pos = ground(0, num(d))
    z, split = partition_at(n, d), log_product(d_pos, i_pos)
    return (product(d_pos, i_pos),
            lin(lt(num(low), -log(z)), below, split, ground(num(low) + log(num(d)), below.concl.args[0])),
            lin(lt(-log(z), num(high)), above, split, ground(above.concl.args[1] - log(num(d)), num(high))))


def gpt2_partition() -> Theorem:
    """Z_t < 1/2 for GPT-2 small"""
    z_pos, small, _ = log_partition(GPT2_N, GPT2_D, Fraction(46_000), Fraction(46_100))
    return lin(lt(GPT2_Z, HALF), exp_le(lin(lt(log(GPT2_Z), log(num(HALF))), small, ground(-46_000, log(num(HALF))))),
               apply("exp_log", z_pos), apply("exp_log", ground(0, num(HALF))))


def integral_positive() -> Theorem:
    """0 < I_n(rho)"""
    rho = critical_positive()
    low = discharge(apply("instance", ball_at_least(), mapping=(("r", (), RHO),)), lin(le(ZERO, RHO), rho))
    v_pos = product(product(power_pos(ground(0, PI), N / 2), power_pos(rho, N)),
                    inv_pos(apply("gamma_positive", lin(lt(ZERO, 1 + N / 2), assume(le(ONE, N))))))
    return lin(lt(ZERO, ball_integral(N, RHO)), low, product(exp_pos(low.concl.args[0].args[0].args[0]), v_pos))
