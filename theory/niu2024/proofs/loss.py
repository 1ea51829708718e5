"""Section 5 and Appendix C.1: the cross-entropy of the model, step by step, and what bounds it.

The setting that the paper's assumptions force (niu2024.constant_offset): identical layers, c = 0, E_global = E_t - log l, patterns with
disjoint balls of radius r. Then L = log Y + 1/Z with Z = d int exp(-|x|^2) and Y = d int exp(-exp(-|x|^2)/Z) over one ball.
"""
from __future__ import annotations

from fractions import Fraction

from theory.kernel import Theorem
from theory.lemmas.balls import Ball
from theory.lemmas.explog import (exp_le, exp_pos, exp_strict_tangent, inv_pos, inverse, log_inverse, log_le, log_one, log_product, power_pos,
                                  scale)
from theory.lemmas.logsumexp import sum_exp_pos
from theory.niu2024.definitions import D, N, RADIUS, ball_integral, volume
from theory.niu2024.proofs.balls import as_volume, ball_at_least, ball_at_most_volume
from theory.tactics import (apply, assume, be, both, each_elim, each_intro, ground, index_facts, lin, multiply, product, ring,
                            same_function, sum_eq, trans)
from theory.terms import ONE, PI, ZERO, Symbol, Term, ball, conj, each, eq, exp, fam, inv, le, log, lt, nat, num, sum_

L, C, COUNT = fam("l"), fam("c"), fam("m")
Z = D * ball_integral()                                               # Z_t, Eq. (12)
Z_T = fam("Z")


def boltzmann_factor(z: Term) -> Term:
    """int over one ball of exp(-E_t), E_t = exp(-g_t)/z"""
    return ball(N, RADIUS, lambda t: exp(-(inv(z) * exp(-(t * t)))))


Y = D * boltzmann_factor(Z)
LOSS = log(Y) + inv(Z)
# the same for any normaliser z > 0, Z_t among them: what is proved does not use which one it is
ANY_Y = D * boltzmann_factor(Z_T)
ANY_LOSS = log(ANY_Y) + inv(Z_T)
W = D * volume()                                                      # the volume of Omega


def positive_radius() -> Theorem:
    return assume(lt(ZERO, RADIUS))


class _Loss:
    """The facts about z, Y, W that all bounds below need."""

    def __init__(self):
        self.r = positive_radius()
        self.d = lin(lt(ZERO, D), assume(le(ONE, D)))
        self.ball = Ball(assume(nat(N)), assume(le(ONE, N)), lin(le(ZERO, RADIUS), self.r))
        self.v = product(product(power_pos(ground(0, PI), N / 2), power_pos(self.r, N)),
                         inv_pos(apply("gamma_positive", lin(lt(ZERO, 1 + N / 2), assume(le(ONE, N))))))
        self.inv_z = inv_pos(assume(lt(ZERO, Z_T)))

    def boltzmann(self) -> tuple[Theorem, Theorem]:
        """exp(-1/z) V_n(r) < int over the ball of exp(-E_t) < V_n(r)"""
        b, t = self.ball, "t#loss"
        at = fam(t)
        shell = b.shell(at)
        f = exp(-(inv(Z_T) * exp(-(at * at))))
        inside = assume(lt(ZERO, at))
        positive = be(product(product(b.positive, b.vol_pos), power_pos(inside, N - 1)), lt(ZERO, shell))
        inner = product(self.inv_z, exp_pos(-(at * at)))
        below_one = exp_le(lin(lt(-(inv(Z_T) * exp(-(at * at))), ZERO), inner))
        upper = lin(lt(f * shell, shell), product(below_one, positive))
        plain = b.plain()
        sign = be(product(exp_pos(-(inv(Z_T) * exp(-(at * at)))), positive), lt(ZERO, f * shell))
        open_ = apply("and_intro", lin(le(ZERO, at), inside), lin(le(ZERO, N - 1), assume(le(ONE, N))))
        integrable = apply("integrable_dominated", sign, upper, apply("and_elim", plain, side=0), open_, x=t)
        polar = apply("ball_polar", b.is_nat, b.one, b.r_nonneg, integrable, t=t, f=f)
        high = apply("integral_strict", upper, integrable, apply("and_elim", plain, side=0), self.r, x=t)
        small = exp_le(lin(lt(-(at * at), ZERO), product(inside, inside)))
        least = exp_le(lin(lt(-inv(Z_T), -(inv(Z_T) * exp(-(at * at)))), scale(self.inv_z, small)))
        c = exp(-inv(Z_T))
        scaled = apply("integral_linear", apply("and_elim", plain, side=0), apply("and_elim", plain, side=0), x=t, c=c, f=shell, d=ZERO, g=shell)
        lower = lin(lt(c * shell + ZERO * shell, f * shell), product(least, positive))
        low = apply("integral_strict", lower, apply("and_elim", scaled, side=0), integrable, self.r, x=t)
        value = apply("and_elim", plain, side=1)
        one = boltzmann_factor(Z_T)
        return (lin(lt(c * volume(), one), low, polar, apply("and_elim", scaled, side=1), multiply(value, c), multiply(as_volume(), c)),
                lin(lt(one, volume()), high, polar, value, as_volume()))

    def log_y(self) -> tuple[Theorem, Theorem]:
        """log W - 1/z < log Y < log W"""
        low, high = self.boltzmann()
        y1 = lin(lt(ZERO, boltzmann_factor(Z_T)), low, product(exp_pos(-inv(Z_T)), self.v))
        split = [log_product(self.d, y1), log_product(self.d, self.v), log_product(exp_pos(-inv(Z_T)), self.v), apply("log_exp", a=-inv(Z_T))]
        below = log_le(product(exp_pos(-inv(Z_T)), self.v), low)
        above = log_le(y1, high)
        return lin(lt(log(W) - inv(Z_T), log(ANY_Y)), below, *split), lin(lt(log(ANY_Y), log(W)), above, *split)


def loss_above_volume() -> Theorem:
    """log W < L"""
    low, _ = _Loss().log_y()
    return lin(lt(log(W), ANY_LOSS), low)


def loss_below_volume() -> Theorem:
    """L < log W + 1/z"""
    _, high = _Loss().log_y()
    return lin(lt(ANY_LOSS, log(W) + inv(Z_T)), high)


def partition_bracket() -> Theorem:
    """log W - 1/z < log Y < log W"""
    return both(*_Loss().log_y())


def loss_bracket() -> Theorem:
    """log W < L < log W + 1/z"""
    return both(loss_above_volume(), loss_below_volume())


# ---------------------------------------------------------------- the other consistent reading: E_t = g_t, so that exp(-E_t) integrates to Z_t

JENSEN = N * (RADIUS * RADIUS) * inv(N + 2)


def chain_with_g() -> Theorem:
    """log((l/e^c) Z_t) + (0 - log l + c) = log Z_t: with E_t = g_t the loss is log Z_t"""
    l_pos, z_pos = lin(lt(ZERO, L), assume(le(ONE, L))), assume(lt(ZERO, Z_T))
    split = [log_product(product(l_pos, exp_pos(-C)), z_pos), log_product(l_pos, exp_pos(-C)), apply("log_exp", a=-C)]
    return lin(eq(log(L * exp(-C) * Z_T) + (C - log(L)), log(Z_T)), *split)


def partition_in_volume() -> Theorem:
    """exp(-n r^2/(n + 2)) W <= Z_t <= W for r >= 0"""
    d = lin(lt(ZERO, D), assume(le(ONE, D)))
    low, high = scale(d, ball_at_least()), scale(d, ball_at_most_volume())
    return both(lin(le(exp(-JENSEN) * W, Z), low), lin(le(Z, W), high))


# ---------------------------------------------------------------- C.1 step by step, on its own symbols

Z_THETA = fam("Ztheta")
ENERGY, POINTS = Symbol("E"), fam("m")
AT_PATTERNS = inv(Z_T) - log(L) + C             # the mean of E_global over the patterns by Eq. (10): g = 0 there, so E_t = 1/Z_t
NORMALISER = L * exp(-C) * Z_T                  # Z_theta by the last display of C.1, with int exp(-E_t) = Z_t


G = Symbol("g")
ON_PATTERNS = each(POINTS, lambda i: eq(G(i), 0))                     # g_t vanishes at the d' test patterns
# the mean over the test patterns of E_global = E_t - log l + c, E_t = exp(-g_t)/Z_t: Eq. (10)
MEAN_ENERGY = inv(POINTS) * sum_(POINTS, lambda i: inv(Z_T) * exp(-G(i)) - log(L) + C)


def step_a() -> Theorem:
    """log Z_theta + mean E_global(rho) = log Z_theta + 1/Z_t - log l + c"""
    i = "i#mean"
    zero = each_elim(assume(ON_PATTERNS), fam(i), *index_facts(i, POINTS))
    value = inv(Z_T) - log(L) + C
    energy = lin(eq(inv(Z_T) * exp(-G(fam(i))) - log(L) + C, value), multiply(same_function(zero, lambda g: exp(-g)), inv(Z_T)))
    total = trans(sum_eq(energy, i, POINTS), apply("sum_constant", assume(nat(POINTS)), c=value))
    unit = inverse(lin(lt(ZERO, POINTS), assume(le(ONE, POINTS))))
    return lin(eq(log(Z_THETA) + MEAN_ENERGY, log(Z_THETA) + inv(Z_T) - log(L) + C), multiply(total, inv(POINTS)), multiply(unit, value))


def chain() -> Theorem:
    """log Z_theta + mean E_global(rho) = log Z_t + 1/Z_t: l and c cancel"""
    l_pos, z_pos = lin(lt(ZERO, L), assume(le(ONE, L))), assume(lt(ZERO, Z_T))
    split = [log_product(product(l_pos, exp_pos(-C)), z_pos), log_product(l_pos, exp_pos(-C)), apply("log_exp", a=-C)]
    return lin(eq(log(NORMALISER) + AT_PATTERNS, log(Z_T) + inv(Z_T)), *split)


def normaliser_identity() -> Theorem:
    """exp(-(E_t - log l + c)) = (l/e^c) exp(-E_t) at every point"""
    e = fam("e")
    back = apply("exp_log", lin(lt(ZERO, L), assume(le(ONE, L))))
    unit = inverse(exp_pos(C))
    flip = lin(eq(inv(exp(C)), exp(-C)), multiply(unit, exp(-C)))
    return lin(eq(exp(-(e - log(L) + C)), L * inv(exp(C)) * exp(-e)), multiply(back, exp(-e - C)), multiply(flip, L * exp(-e)),
               ring(exp(-(e - log(L) + C)), exp(log(L)) * exp(-e - C)))


def likelihood(i: Term) -> Term:
    """log p_theta at the i-th test pattern"""
    return log(exp(-ENERGY(i)) * inv(Z_THETA))


def cross_entropy() -> Theorem:
    """-(1/d') sum log p_theta = log Z_theta + (1/d') sum E"""
    z_pos, i = assume(lt(ZERO, Z_THETA)), "i#ce"
    at = fam(i)
    each_one = lin(eq(likelihood(at), -ENERGY(at) - log(Z_THETA)), log_product(exp_pos(-ENERGY(at)), inv_pos(z_pos)),
                   apply("log_exp", a=-ENERGY(at)), log_inverse(z_pos))
    total = sum_eq(each_one, i, POINTS)
    parts = [apply("sum_add", i=i, n=POINTS, f=-ENERGY(at), g=-log(Z_THETA)), apply("sum_scale", i=i, n=POINTS, c=num(-1), f=ENERGY(at)),
             apply("sum_constant", assume(nat(POINTS)), c=-log(Z_THETA))]
    unit = inverse(lin(lt(ZERO, POINTS), assume(le(ONE, POINTS))))
    mean = lin(eq(sum_(POINTS, likelihood), -sum_(POINTS, ENERGY) - POINTS * log(Z_THETA)), total, *parts)
    return lin(eq(-(inv(POINTS) * sum_(POINTS, likelihood)), log(Z_THETA) + inv(POINTS) * sum_(POINTS, ENERGY)), multiply(mean, inv(POINTS)),
               multiply(unit, log(Z_THETA)))


# ---------------------------------------------------------------- log z + 1/z

def floor_of_loss() -> Theorem:
    """1 <= log z + 1/z for z > 0, with equality only at z = 1"""
    z = fam("z")
    pos = assume(lt(ZERO, z))
    w = log(z)
    flip = [log_inverse(pos), apply("exp_log", inv_pos(pos))]
    same = same_function(flip[0], exp)                                 # exp(log(1/z)) = exp(-log z)
    weak = lin(le(ONE, w + inv(z)), apply("exp_tangent", a=-w), flip[1], same)
    strict = []
    for hyp in (lt(ONE, z), lt(z, ONE)):
        side = assume(hyp)
        logs = log_le(ground(0, 1), side) if hyp.args[0] == ONE else log_le(pos, side)
        nonzero = lin(lt(-w, ZERO), logs, log_one()) if hyp.args[0] == ONE else lin(lt(ZERO, -w), logs, log_one())
        strict.append(apply("imp_intro", lin(lt(ONE, w + inv(z)), exp_strict_tangent(-w, nonzero), flip[1], same), phi=hyp))
    return both(weak, *strict)


# ---------------------------------------------------------------- distributions

def softmax_in_simplex() -> Theorem:
    """softmax(x)_i = exp(x_i - LSE(x)), and these sum to 1"""
    f = Symbol("x")
    pos = lin(lt(ZERO, N), assume(le(ONE, N)))
    total = sum_exp_pos(pos, N, f)
    s = total.concl.args[1]
    i = "i#soft"
    flip = [same_function(log_inverse(total), exp), apply("exp_log", inv_pos(total))]
    entry = exp(f(fam(i)))
    positive = each_intro(lin(eq(entry * inv(s), exp(f(fam(i)) - log(s))), *(multiply(e, entry) for e in flip)), i, N)
    same = sum_eq(ring(exp(f(fam(i))) * inv(s), inv(s) * exp(f(fam(i)))), i, N)
    scaled = apply("sum_scale", i=i, n=N, c=inv(s), f=exp(f(fam(i))))
    return both(positive, lin(eq(sum_(N, lambda k: exp(f(k)) * inv(s)), ONE), same, scaled, inverse(total)))


def uniform_mass() -> Theorem:
    """sum of d masses 1/d is 1"""
    total = apply("sum_constant", assume(nat(D)), c=inv(D))
    return trans(total, inverse(lin(lt(ZERO, D), assume(le(ONE, D)))))


PM, QM = Symbol("p"), Symbol("q")
POSITIVE_P, POSITIVE_Q = each(D, lambda i: lt(0, PM(i))), each(D, lambda i: lt(0, QM(i)))


def entropy_split() -> Theorem:
    """-sum p log q = sum p log(p/q) - sum p log p, for positive p and q"""
    i = "i#kl"
    at = fam(i)
    p_pos, q_pos = (each_elim(assume(h), at, *index_facts(i, D)) for h in (POSITIVE_P, POSITIVE_Q))
    ratio = lin(eq(log(PM(at) * inv(QM(at))), log(PM(at)) - log(QM(at))), log_product(p_pos, inv_pos(q_pos)), log_inverse(q_pos))
    a, b, c = PM(at) * log(PM(at) * inv(QM(at))), PM(at) * log(PM(at)), PM(at) * log(QM(at))
    termwise = sum_eq(lin(eq(a, b + -1 * c), multiply(ratio, PM(at))), i, D)
    parts = [apply("sum_add", i=i, n=D, f=b, g=-1 * c), apply("sum_scale", i=i, n=D, c=num(-1), f=c)]
    goal = eq(-sum_(D, lambda k: PM(k) * log(QM(k))),
              sum_(D, lambda k: PM(k) * log(PM(k) * inv(QM(k)))) + -sum_(D, lambda k: PM(k) * log(PM(k))))
    return lin(goal, termwise, *parts)


def all_below() -> Theorem:
    """d' <= d: every i < d' is an index of a pattern"""
    i = "i#sym"
    return each_intro(lin(lt(fam(i), D), assume(lt(fam(i), COUNT)), assume(le(COUNT, D))), i, COUNT)




def value_at(z: Fraction) -> Term:
    return log(num(z)) + inv(num(z))


FITTED = num(Fraction(161, 100))
TWO_SOLUTIONS = conj(lt(1, FITTED), lt(FITTED, value_at(Fraction(39, 100))), lt(value_at(Fraction(2, 5)), FITTED),
                     lt(value_at(Fraction(19, 5)), FITTED), lt(FITTED, value_at(Fraction(39, 10))))


def two_solutions() -> Theorem:
    """log Z + 1/Z crosses 1.61 between 0.39 and 0.40 and between 3.8 and 3.9"""
    parts = []
    rest = TWO_SOLUTIONS
    while rest.op == "and":
        parts.append(apply("ground", goal=rest.args[0]))
        rest = rest.args[1]
    return both(*parts, apply("ground", goal=rest))
