"""Appendix C.2 and Section 5: Lemma 5, the integral of exp(-|x|^2) over a ball, and its true bounds."""
from __future__ import annotations

from fractions import Fraction

from theory.kernel import Theorem
from theory.lemmas.balls import Ball, formula_positive, vol_formula
from theory.lemmas.explog import exp_le, exp_pos, inv_pos, inverse, power_pos, scale
from theory.lemmas.powers import gamma_next, power_integral, power_of
from theory.niu2024.definitions import N, RADIUS, ball_integral, lower_gamma, pi_half, printed_ball_integral, volume
from theory.tactics import apply, assume, be, both, cases, discharge, ground, lin, multiply, product, same_function, trans
from theory.terms import ONE, PI, ZERO, Term, eq, exp, fam, gamma, inv, le, log, lt, nat, num, power, vol


HALF = Fraction(1, 2)


# ---------------------------------------------------------------- Lemma 5, and the printed formula between the printed bounds

def dimension() -> tuple[Theorem, Theorem]:
    return assume(nat(N)), assume(le(ONE, N))


def positive_n() -> Theorem:
    return lin(lt(ZERO, N), assume(le(ONE, N)))


def radius() -> Theorem:
    return assume(le(ZERO, RADIUS))


def the_ball() -> Ball:
    return Ball(*dimension(), radius())


def as_volume(r: Term = RADIUS) -> Theorem:
    """vol(n) r^n = V_n(r), the printed formula"""
    return lin(eq(vol(N) * power(r, N), volume(N, r)), multiply(vol_formula(assume(nat(N))), power(r, N)))


def lemma5(s_one: Theorem, r_nonneg: Theorem) -> Theorem:
    """exp(-r) r^s / s <= gamma(s, r) <= r^s / s for real s >= 1, r >= 0"""
    s, r = s_one.concl.args[1], r_nonneg.concl.args[1]
    s_positive = lin(lt(ZERO, s), s_one)
    u = "u#lower"
    at = fam(u)
    pos = assume(lt(ZERO, at))
    core = power(at, s - 1) * exp(-at)
    powers = power_pos(pos, s - 1)
    plain = power_integral(s_positive, r_nonneg, s, r)
    small = exp_le(lin(le(-at, ZERO), pos))
    upper = lin(le(core, ONE * power(at, s - 1)), product(small, powers))
    continuous = apply("and_intro", lin(le(ZERO, at), pos), lin(le(ZERO, s - 1), s_one))
    integrable = apply("integrable_dominated", be(product(powers, exp_pos(-at)), lt(ZERO, core)), upper, apply("and_elim", plain, side=0),
                       continuous, x=u)
    high = apply("integral_monotone", upper, integrable, apply("and_elim", plain, side=0), r_nonneg, x=u)
    below = power_integral(s_positive, r_nonneg, s, r, exp(-r), lin(le(ZERO, exp(-r)), exp_pos(-r)))
    large = exp_le(lin(le(-r, -at), assume(lt(at, r))))
    lower = lin(le(exp(-r) * power(at, s - 1), core), product(large, powers))
    low = apply("integral_monotone", lower, apply("and_elim", below, side=0), integrable, r_nonneg, x=u)
    whole = lower_gamma(s, r)
    return both(lin(le(exp(-r) * (power(r, s) * inv(s)), whole), low, apply("and_elim", below, side=1)),
                lin(le(whole, power(r, s) * inv(s)), high, apply("and_elim", plain, side=1)))


def prove_lemma5() -> Theorem:
    return lemma5(assume(le(ONE, N)), radius())


def printed_between() -> Theorem:
    """exp(-r) V_n(r) <= 2 pi^(n/2) gamma(n, r)/Gamma(n/2) <= V_n(r)"""
    bounds = prove_lemma5()
    half_pos = lin(lt(ZERO, N / 2), assume(le(ONE, N)))
    small = apply("gamma_positive", half_pos)
    weight = product(product(ground(0, 2), power_pos(ground(0, PI), N / 2)), inv_pos(small))
    factor = weight.concl.args[1]
    low, high = (scale(weight, apply("and_elim", bounds, side=k)) for k in (0, 1))
    name = lin(eq(factor * (power(RADIUS, N) * inv(N)), volume()), multiply(half_gamma(), 2 * pi_half() * power(RADIUS, N) * inv(N)),
               multiply(inverse(positive_n()), pi_half() * power(RADIUS, N) * inv(gamma(1 + N / 2))))
    return both(lin(le(exp(-RADIUS) * volume(), printed_ball_integral()), low, multiply(name, exp(-RADIUS))),
                lin(le(printed_ball_integral(), volume()), high, name))


def half_gamma() -> Theorem:
    """1/Gamma(n/2) = (n/2) / Gamma(1 + n/2)"""
    half = lin(lt(ZERO, N / 2), assume(le(ONE, N)))
    step = gamma_next(half)
    small, big = gamma(N / 2), gamma(1 + N / 2)
    unit_s, unit_b = inverse(apply("gamma_positive", half)), inverse(apply("gamma_positive", lin(lt(ZERO, 1 + N / 2), assume(le(ONE, N)))))
    return lin(eq(inv(small), N / 2 * inv(big)), multiply(unit_b, inv(small)), multiply(step, inv(big) * inv(small)),
               multiply(unit_s, N / 2 * inv(big)))


# ---------------------------------------------------------------- the true ball integral and its bounds

def radial_decomposition() -> Theorem:
    """n vol(n) = 2 pi^(n/2)/Gamma(n/2), and the radial form of the integral with that constant"""
    b = the_ball()
    area = b.area()
    factor = area.concl.args[1]
    return both(area, lin(eq(ball_integral(), factor * b.gauss), b.radial(), multiply(area, b.gauss)))


def true_closed_form() -> Theorem:
    done = the_ball().closed_form()
    return be(done, eq(ball_integral(), pi_half() * lower_gamma(N / 2, RADIUS * RADIUS) * inv(gamma(N / 2))))


def ball_at_most_volume() -> Theorem:
    return lin(le(ball_integral(), volume()), the_ball().upper(), as_volume())


def jensen(r: Term) -> Term:
    """n r^2 / (n + 2), the mean of |x|^2 over the ball"""
    return N * (r * r) * inv(N + 2)


def ball_at_least() -> Theorem:
    """exp(-n r^2/(n + 2)) V_n(r) <= int over the ball"""
    return lin(le(exp(-jensen(RADIUS)) * volume(), ball_integral()), the_ball().lower(), multiply(as_volume(), exp(-jensen(RADIUS))))


SMALL_RADIUS = le(N * RADIUS, N + 2)


def volume_nonneg(r_nonneg: Theorem) -> Theorem:
    """0 <= V_n(r): r^n is 0 at r = 0 and positive above"""
    r = r_nonneg.concl.args[1]
    zero_case = apply("antisymmetric", assume(le(r, ZERO)), r_nonneg)
    at_zero = trans(same_function(zero_case, lambda a: power(a, N)), apply("power_of_zero", positive_n()))
    goal = le(ZERO, power(r, N))
    nonneg_power = cases(r, ZERO, lin(goal, at_zero), lin(goal, power_pos(assume(lt(ZERO, r)), N)))
    return lin(le(ZERO, volume(N, r)), product(formula_positive(assume(nat(N))), nonneg_power))


def small_radius_lower() -> Theorem:
    """n r <= n + 2 gives exp(-r) V_n(r) <= int over the ball"""
    near, r = assume(SMALL_RADIUS), radius()
    m_pos = lin(lt(ZERO, N + 2), assume(le(ONE, N)))
    room = product(product(r, lin(le(ZERO, N + 2 - N * RADIUS), near)), inv_pos(m_pos))
    exponent = lin(le(-RADIUS, -jensen(RADIUS)), room, multiply(inverse(m_pos), RADIUS))
    weights = product(exp_le(exponent), volume_nonneg(r))
    return lin(le(exp(-RADIUS) * volume(), ball_integral()), weights, ball_at_least())


def is_the_volume() -> Theorem:
    """V_n(r) is the volume of the n-ball of radius r"""
    done = the_ball().volume()
    return lin(eq(done.concl.args[0], volume()), done, as_volume())


# ---------------------------------------------------------------- the squared distance as the radius

def squared_radius() -> Theorem:
    """exp(-r) V_n(sqrt r) <= int over the ball of radius sqrt r <= V_n(sqrt r)"""
    root = power(RADIUS, HALF)
    r = radius()
    zero = apply("antisymmetric", assume(le(RADIUS, ZERO)), r)
    at_zero = trans(same_function(zero, lambda a: power(a, HALF)), apply("power_of_zero", ground(0, HALF)))
    pos = assume(lt(ZERO, RADIUS))
    written = power_of(pos, HALF)
    goals = le(ZERO, root), eq(root * root, RADIUS)
    nonneg_root = cases(RADIUS, ZERO, lin(goals[0], at_zero), lin(goals[0], power_pos(pos, HALF)))
    small = lin(goals[1], multiply(at_zero, root), zero)
    large = lin(goals[1], multiply(written, root), multiply(written, exp(num(HALF) * log(RADIUS))), apply("exp_log", pos))
    square_root = cases(RADIUS, ZERO, small, large)
    low, high = (apply("cut", nonneg_root, apply("instance", t, mapping=(("r", (), root),))) for t in (ball_at_least(), ball_at_most_volume()))
    m_pos = lin(lt(ZERO, N + 2), assume(le(ONE, N)))
    # n/(n + 2) r <= r
    shrink = lin(le(-RADIUS, -jensen(root)), multiply(square_root, N * inv(N + 2)), product(r, inv_pos(m_pos)), multiply(inverse(m_pos), RADIUS))
    v = volume(N, root)
    weighted = product(exp_le(shrink), volume_nonneg(nonneg_root))
    return both(lin(le(exp(-RADIUS) * v, ball_integral(N, root)), weighted, low), high)


# ---------------------------------------------------------------- from above: the chord, and how sharp r <= 1 + 2/n is

CHORD = 1 - N * inv(N + 2) * (1 - exp(-(RADIUS * RADIUS)))


def chord_upper() -> Theorem:
    """int over the ball <= V_n(r) (1 - n/(n + 2)(1 - exp(-r^2))) for r > 0"""
    r_pos = assume(lt(ZERO, RADIUS))
    done = discharge(Ball(*dimension(), radius()).chord(r_pos), lin(le(ZERO, RADIUS), r_pos))
    return lin(le(ball_integral(), volume() * CHORD), done, multiply(as_volume(), CHORD))


# in dimension n > 2/(exp(-r) - exp(-r^2)), for any r > 1
LARGE_DIMENSION = (lt(ONE, RADIUS), lt(2, (N + 2) * (exp(-RADIUS) - exp(-(RADIUS * RADIUS)))))


def fails_beyond_one() -> Theorem:
    """r > 1 and n large: int over the ball < exp(-r) V_n(r)"""
    large, far = map(assume, LARGE_DIMENSION)
    r_pos = lin(lt(ZERO, RADIUS), large)
    m_pos = lin(lt(ZERO, N + 2), assume(le(ONE, N)))
    unit = inverse(m_pos)
    bound = discharge(chord_upper(), r_pos)
    v_pos = product(product(power_pos(ground(0, PI), N / 2), power_pos(r_pos, N)),
                    inv_pos(apply("gamma_positive", lin(lt(ZERO, 1 + N / 2), assume(le(ONE, N))))))
    # 1 - n/(n+2) (1 - q) = q + 2 (1 - q)/(n+2) < q + (exp(-r) - q)
    q = exp(-(RADIUS * RADIUS))
    small = lin(lt(2 * inv(N + 2), exp(-RADIUS) - q), product(far, inv_pos(m_pos)), multiply(unit, exp(-RADIUS) - q))
    less = product(lin(lt(CHORD, exp(-RADIUS)), small, product(exp_pos(-(RADIUS * RADIUS)), inv_pos(m_pos)), multiply(unit, 1 - q)), v_pos)
    return lin(lt(ball_integral(), exp(-RADIUS) * volume()), bound, less)
