"""Section 6: the figures quoted, as terms. Sections 4 and 5 in passing: MM, stationary points of E_MCHN, auxiliary losses."""
from __future__ import annotations

from fractions import Fraction

from theory.kernel import Theorem
from theory.lemmas.explog import exp_le, exp_pos, inv_pos, inverse, log_inverse, log_le, log_one, square_positive
from theory.niu2024.definitions import volume
from theory.niu2024.proofs.counts import gpt2, rho_at, within
from theory.tactics import apply, assume, be, both, ground, lin, multiply, product, square
from theory.terms import ONE, ZERO, Term, abs_, conj, eq, exp, fam, inv, le, log, lt, num, or_, power

F = Fraction
RHO = rho_at(1024)                                  # 7.7431...
SMALL_SIZE = gpt2(12, 768)
OWT_TOKENS = 9 * power(num(10), 9)
DOCUMENTS = num(8_013_769)


def million(k) -> Term:
    return num(k) * power(num(10), 6)


# ---------------------------------------------------------------- the radius

VOLUME_AT_TEN = volume(num(1024), num(10))
LOG_VOLUME, LOG_TOLERANCE = F(257_888, 1000), F(1, 2000)           # of V_1024(10)

LOG_VOLUME_CLAIM = lt(abs_(log(VOLUME_AT_TEN) - num(LOG_VOLUME)), LOG_TOLERANCE)


def log_volume_at_ten() -> Theorem:
    return lin(LOG_VOLUME_CLAIM, within(log(VOLUME_AT_TEN), LOG_VOLUME, F(37, 100_000)))


# two disjoint closed balls whose centres are 20 apart
R_I, R_J = fam("r_i"), fam("r_j")
DISJOINT = lt(R_I + R_J, 20)


def mean_radius() -> Theorem:
    return lin(lt((R_I + R_J) / 2, 10), assume(DISJOINT))


# ---------------------------------------------------------------- auxiliary loss terms (Remark 3)

Z, LAMBDA = fam("z"), fam("k")
PLAIN = log(Z) + inv(Z)
WITH_ZLOSS = PLAIN + LAMBDA * log(Z) ** 2
NOT_ONE = or_(lt(Z, 1), lt(1, Z))


RAISED = lt(PLAIN, WITH_ZLOSS)


def log_nonzero() -> Theorem:
    """0 < z and z /= 1 give 0 < log(z)^2"""
    z_pos = assume(lt(ZERO, Z))
    goal = lt(ZERO, log(Z) * log(Z))
    one = log_one()
    low = square_positive(lin(lt(log(Z), ZERO), log_le(z_pos, assume(lt(Z, ONE))), one))
    high = square_positive(lin(lt(ZERO, log(Z)), log_le(ground(0, 1), assume(lt(ONE, Z))), one))
    return apply("or_elim", assume(NOT_ONE), be(low, goal), be(high, goal))


def zloss_raises() -> Theorem:
    """0 < k, z /= 1: the loss with the z-loss is above the loss without"""
    return lin(RAISED, product(assume(lt(ZERO, LAMBDA)), log_nonzero()))


def floor_kept() -> Theorem:
    """1 <= log z + 1/z + k log(z)^2, with equality at z = 1"""
    z_pos = assume(lt(ZERO, Z))
    tangent = apply("exp_tangent", a=log(inv(Z)))
    facts = [tangent, apply("exp_log", inv_pos(z_pos)), log_inverse(z_pos)]
    penalty = product(lin(le(ZERO, LAMBDA), assume(lt(ZERO, LAMBDA))), be(square(log(Z)), le(ZERO, log(Z) ** 2)))
    one = log_one()
    return both(lin(FLOOR_KEPT.args[0], *facts, penalty), lin(FLOOR_KEPT.args[1], one, multiply(one, LAMBDA * log(ONE))))


FLOOR_KEPT = conj(le(1, WITH_ZLOSS), eq(log(num(1)) + inv(num(1)) + LAMBDA * log(num(1)) ** 2, 1))



# ---------------------------------------------------------------- surrogates (Section 4.1)

A, B, AT_Y, P, Q = (fam(name) for name in ("a", "b", "y", "p", "q"))


def surrogate(x: Term) -> Term:
    """u(x) = a x^2 + b (x - y)^2: it lies above f(x) = a x^2 and touches it at y, for every b >= 0"""
    return A * x ** 2 + B * (x - AT_Y) ** 2


CONVEX = le(surrogate((P + Q) / 2), (surrogate(P) + surrogate(Q)) / 2)
STRONG = le(0, A + B)


def convex_surrogate() -> Theorem:
    """0 <= a + b: the chord exceeds the midpoint by (a + b)(p - q)^2/4"""
    return lin(CONVEX, product(assume(STRONG), be(square(P - Q), le(ZERO, (P - Q) ** 2))))


# ---------------------------------------------------------------- two patterns a, -a: stationary points of E_MCHN (n = 1)

SIDE, BETA = fam("a"), fam("beta")


def mchn_slope(x: Term) -> Term:
    """E'(x) = x - sum of softmax(beta rho x)_i rho_i for the patterns a, -a"""
    up, down = exp(BETA * SIDE * x), exp(-(BETA * SIDE * x))
    return x - SIDE * (up - down) * inv(up + down)


NEAR_MINIMUM = lt(mchn_slope(SIDE / 2), 0)
FAR_ENOUGH = lt(log(num(3)), BETA * SIDE * SIDE)


def stationary_near_pattern() -> Theorem:
    """log 3 < beta a^2 gives E'(a/2) < 0: up = exp(s/2) > 3 exp(-s/2) = 3 down with s = beta a^2"""
    a_pos, x = assume(lt(ZERO, SIDE)), SIDE / 2
    up, down = exp_pos(BETA * SIDE * x), exp_pos(-(BETA * SIDE * x))
    total = lin(lt(ZERO, up.concl.args[1] + down.concl.args[1]), up, down)
    big = exp_le(assume(FAR_ENOUGH))
    three = apply("exp_log", ground(0, num(3)))
    more = product(lin(lt(ZERO, exp(BETA * SIDE * SIDE) - 3), big, three), down)        # 0 < (exp(s) - 3) exp(-s/2) = up - 3 down
    gain = product(product(more, inv_pos(total)), a_pos)
    return lin(NEAR_MINIMUM, gain, multiply(inverse(total), SIDE))
