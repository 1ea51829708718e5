"""When exp(-E)/Z is a density, and what a density on small balls does to the cross-entropy: Section 2 and the abstract's floor."""
from __future__ import annotations

from theory.kernel import Theorem
from theory.lemmas.balls import Ball
from theory.lemmas.explog import exp_le, exp_pos, inv_le, inv_pos, inverse, log_inverse, log_le, log_product, power_pos
from theory.niu2024.definitions import D, N, RADIUS, ball_integral, volume
from theory.niu2024.proofs.balls import as_volume, ball_at_most_volume
from theory.tactics import apply, assume, be, both, discharge, ground, lin, multiply, product, ring, trans
from theory.terms import (ONE, ZERO, Term, abs_, and_, ball, eq, exists, exp, fam, forall, imp, integral, inv, le, log, lt, nat, negate, num, open_,
                          power, vol)

THETA = fam("theta")
T = "t#density"
AT = fam(T)


def bump(weight: Term, t: Term) -> Term:
    """The paper's layer energy for one pattern at 0: weight * exp(-|x|^2), weight = 1/Z_t"""
    return weight * exp(-(t * t))


def boltzmann(weight: Term, t: Term) -> Term:
    """exp(-E)"""
    return exp(-bump(weight, t))


def mass(weight: Term, n: Term = N, r: Term = RADIUS) -> Term:
    """Z over the ball of radius r"""
    return ball(n, r, lambda t: boltzmann(weight, t))


# ---------------------------------------------------------------- on all of R^n: infinite

def on_interval(theta: Term, r: Term) -> Term:
    return integral(-r, r, lambda t: boltzmann(theta, t))


# every energy theta exp(-x^2), theta >= 0, has a finite Z on R: the integrals over [-r, r] stay below some C
FINITE = forall(lambda theta: imp(le(0, theta), exists(lambda c: forall(lambda r: imp(le(0, r), le(on_interval(theta, r), c))))))


def wide(c: Term) -> Term:
    return 2 * abs_(c) + 1


def exceeds(c: Term) -> Term:
    """theta = 1: the integral over [-r, r] exceeds C at r = 2|C| + 1"""
    return lt(c, on_interval(ONE, wide(c)))


def _exceeds(c: Term) -> Theorem:
    """exp(-exp(-x^2)) >= exp(-1) > 1/3 on an interval of length 4|C| + 2"""
    from theory.lemmas.explog import le_abs
    r = wide(c)
    size = lin(le(ZERO, abs_(c)), *le_abs(c))
    order = lin(le(-r, r), size)
    small = exp_le(lin(le(-(AT * AT), ZERO), apply("square", a=AT)))                   # exp(-t^2) <= 1
    energy = lin(le(-ONE, -bump(ONE, AT)), small)
    floor = lin(le(num(1) / 3, boltzmann(ONE, AT)), exp_le(energy), ground(num(1) / 3, exp(-ONE)))
    third = num(1) / 3
    slope = apply("fundamental", order, ring(third * ONE, third), x=T, a=-r, b=r, f=third * AT, g=third)
    ceiling = lin(le(boltzmann(ONE, AT), ONE), exp_le(lin(le(-bump(ONE, AT), ZERO), exp_pos(-(AT * AT)))))
    one = apply("fundamental", order, ring(ONE, ONE), x=T, a=-r, b=r, f=AT, g=ONE)
    integrable = apply("integrable_dominated", exp_pos(-bump(ONE, AT)), ceiling, apply("and_elim", one, side=0), x=T)
    above = apply("integral_monotone", floor, apply("and_elim", slope, side=0), integrable, order, x=T)
    return lin(exceeds(c), above, apply("and_elim", slope, side=1), *le_abs(c), size)


def infinite_somewhere() -> Theorem:
    """The negation of FINITE: theta = 1, and for every C some r"""
    from theory.lemmas.explog import le_abs
    denial = negate(FINITE)
    at_one = open_(denial.args[0], ONE)                                               # 0 <= 1 and for all C ...
    c, r = "C#density", "r#density"
    within = open_(at_one.args[1].args[0], fam(c))                                    # there is r: 0 <= r and C < ...
    width = lin(le(ZERO, wide(fam(c))), *le_abs(fam(c)))
    found = apply("exists_intro", both(width, _exceeds(fam(c))), x=r, phi=open_(within.args[0], fam(r)), t=wide(fam(c)))
    every = apply("forall_intro", found, x=c)
    name = "theta#density"
    return apply("exists_intro", both(lin(le(ZERO, ONE)), every), x=name, phi=open_(denial.args[0], fam(name)), t=ONE)


# ---------------------------------------------------------------- on a ball: finite and positive

class OnBall:
    """exp(-w exp(-|x|^2)) on the ball of radius r in R^n, w >= 0 (a theorem 0 <= w)."""

    def __init__(self, weight_nonneg: Theorem, r_nonneg: Theorem):
        self.weight = weight_nonneg.concl.args[1]
        self.b = Ball(assume(nat(N)), assume(le(ONE, N)), r_nonneg)
        self.r, self.r_nonneg = r_nonneg.concl.args[1], r_nonneg
        self.sign = weight_nonneg
        self.shell = self.b.shell(AT)
        self.shell_sign = self.b._shell_nonneg(AT)
        self.plain = self.b.plain()
        self.volume = vol(N) * power(self.r, N)

    def integrable(self) -> Theorem:
        """exp(-E) times the shell is integrable, as 0 <= exp(-E) <= 1"""
        f = boltzmann(self.weight, AT)
        lower = be(product(exp_pos(-bump(self.weight, AT)), self.shell_sign), le(ZERO, f * self.shell))
        below = exp_le(lin(le(-bump(self.weight, AT), ZERO), product(self.sign, exp_pos(-(AT * AT)))))
        upper = lin(le(f * self.shell, self.shell), product(below, self.shell_sign))
        return apply("integrable_dominated", lower, upper, apply("and_elim", self.plain, side=0), self.b._open(AT), x=T)

    def polar(self, f: Term, integrable: Theorem) -> Theorem:
        return apply("ball_polar", self.b.is_nat, self.b.one, self.r_nonneg, integrable, t=T, f=f)

    def positive(self, r_pos: Theorem) -> Theorem:
        """0 < Z: exp(-E) >= exp(-w)"""
        w = self.weight
        small = exp_le(lin(le(-(AT * AT), ZERO), apply("square", a=AT)))
        energy = lin(le(-w, -bump(w, AT)), product(self.sign, lin(le(ZERO, 1 - exp(-(AT * AT))), small)))
        low = lin(le(exp(-w) * self.shell + ZERO * self.shell, boltzmann(w, AT) * self.shell), product(exp_le(energy), self.shell_sign))
        flat = apply("and_elim", self.plain, side=0)
        scaled = apply("integral_linear", flat, flat, x=T, c=exp(-w), f=self.shell, d=ZERO, g=self.shell)
        integrable = self.integrable()
        grown = apply("integral_monotone", low, apply("and_elim", scaled, side=0), integrable, self.r_nonneg, x=T)
        size = product(exp_pos(-w), product(self.b.vol_pos, power_pos(r_pos, N)))
        return lin(lt(ZERO, mass(w, N, self.r)), grown, apply("and_elim", scaled, side=1), self.polar(boltzmann(w, AT), integrable), size,
                   multiply(apply("and_elim", self.plain, side=1), exp(-w)))

    def normalised(self, r_pos: Theorem) -> Theorem:
        """The integral of exp(-E)/Z is 1"""
        z = mass(self.weight, N, self.r)
        z_pos = self.positive(r_pos)
        f = boltzmann(self.weight, AT)
        integrable = self.integrable()
        scaled = apply("integral_linear", integrable, integrable, x=T, c=inv(z), f=f * self.shell, d=ZERO, g=f * self.shell)
        p = f * inv(z)
        total = inv(z) * (f * self.shell) + ZERO * (f * self.shell)
        same = ring(p * self.shell, total)
        lower = be(product(inv_pos(z_pos), product(exp_pos(-bump(self.weight, AT)), self.shell_sign)), le(ZERO, p * self.shell))
        own = apply("integrable_dominated", lower, lin(le(p * self.shell, total), same), apply("and_elim", scaled, side=0), self.b._open(AT), x=T)
        equal = apply("integral_monotone", same, own, apply("and_elim", scaled, side=0), self.r_nonneg, x=T)
        unit = inverse(z_pos)
        return lin(eq(ball(N, self.r, lambda t: boltzmann(self.weight, t) * inv(z)), ONE), self.polar(p, own), equal,
                   apply("and_elim", scaled, side=1), multiply(self.polar(f, integrable), inv(z)), unit)

    def by_jensen(self, mean: Term, gauss_integral: Theorem) -> Theorem:
        """Z >= exp(-m)((1 + m) V - w I) for any m, I the integral of exp(-|x|^2): the tangent of exp at -m"""
        w, f = self.weight, boltzmann(self.weight, AT)
        tangent = apply("exp_tangent", a=mean - bump(w, AT))
        gauss = exp(-(AT * AT)) * self.shell
        c, d = exp(-mean) * (1 + mean), -(exp(-mean) * w)
        low = lin(le(c * self.shell + d * gauss, f * self.shell), product(product(tangent, self.shell_sign), exp_pos(-mean)))
        gaussian = gauss_integral
        small = exp_le(lin(le(-(AT * AT), ZERO), apply("square", a=AT)))
        gauss_integrable = apply("integrable_dominated", be(product(exp_pos(-(AT * AT)), self.shell_sign), le(ZERO, gauss)),
                                 lin(le(gauss, self.shell), product(small, self.shell_sign)), apply("and_elim", self.plain, side=0),
                                 self.b._open(AT), x=T)
        scaled = apply("integral_linear", apply("and_elim", self.plain, side=0), gauss_integrable, x=T, c=c, f=self.shell, d=d, g=gauss)
        integrable = self.integrable()
        grown = apply("integral_monotone", low, apply("and_elim", scaled, side=0), integrable, self.r_nonneg, x=T)
        polar = self.polar(exp(-(AT * AT)), gauss_integrable)
        return lin(le(c * self.volume + d * gaussian, mass(w, N, self.r)), grown, apply("and_elim", scaled, side=1),
                   self.polar(f, integrable), multiply(apply("and_elim", self.plain, side=1), c), multiply(polar, d))


ON_BALL = and_(lt(0, mass(THETA)), eq(ball(N, RADIUS, lambda t: boltzmann(THETA, t) * inv(mass(THETA))), 1))


def density_on_ball() -> Theorem:
    r_pos = assume(lt(ZERO, RADIUS))
    setting = OnBall(assume(le(ZERO, THETA)), lin(le(ZERO, RADIUS), r_pos))
    return both(setting.positive(r_pos), setting.normalised(r_pos))


# ---------------------------------------------------------------- the loss of the model of Sections 4.1 and 5, layers alike

WEIGHT = inv(D * ball_integral())                   # 1/Z_t for d disjoint balls of radius r


def model_loss() -> Term:
    """log int exp(-E_t) + E_t(rho) over d disjoint balls of radius r: the exact loss when all layers share their patterns"""
    return log(D * mass(WEIGHT)) + WEIGHT


def loss_at_least_log_volume() -> Theorem:
    """log(d V_n(r)) <= the loss, for r > 0"""
    r_pos = assume(lt(ZERO, RADIUS))
    r_nonneg = lin(le(ZERO, RADIUS), r_pos)
    d_pos = lin(lt(ZERO, D), assume(le(ONE, D)))
    plain_ball = Ball(assume(nat(N)), assume(le(ONE, N)), r_nonneg)
    v, z = volume(), ball_integral()
    v_raw = product(plain_ball.vol_pos, power_pos(r_pos, N))
    named = as_volume()
    v_pos = lin(lt(ZERO, v), v_raw, named)
    z_pos = lin(lt(ZERO, z), product(exp_pos(-_jensen()), v_pos), discharge(_ball_at_least(), r_nonneg))
    most = discharge(ball_at_most_volume(), r_nonneg)
    dz, dv = product(d_pos, z_pos), product(d_pos, v_pos)
    mean = inv(D * v)
    setting = OnBall(lin(le(ZERO, WEIGHT), inv_pos(dz)), r_nonneg)
    bound = setting.by_jensen(mean, z)
    # d((1 + m) V - Z/(d Z)) = d V
    unit_v, unit_z = inverse(dv), inverse(dz)
    e = exp(-mean)
    floor = lin(le(e * (D * v), D * mass(WEIGHT)), _times(d_pos, bound), multiply(named, D * e * (1 + mean)), multiply(unit_v, e), multiply(unit_z, e))
    low = product(exp_pos(-mean), dv)
    logs = log_le(low, floor)
    split = log_product(exp_pos(-mean), dv)
    inverses = inv_le(dz, lin(le(D * z, D * v), product(most, d_pos)))
    return lin(le(log(D * v), model_loss()), logs, split, apply("log_exp", a=-mean), inverses)


def _times(p: Theorem, q: Theorem) -> Theorem:
    from theory.lemmas.explog import scale
    return scale(p, q)


def _jensen() -> Term:
    from theory.niu2024.proofs.balls import jensen
    return jensen(RADIUS)


def _ball_at_least() -> Theorem:
    from theory.niu2024.proofs.balls import ball_at_least
    return ball_at_least()


# ---------------------------------------------------------------- the printed formula of Proposition 4

Z, L, C = fam("z"), fam("l"), fam("c")
FORMULA = lt(1, log(Z) + inv(Z) + log(L) - C)


def formula_above_one() -> Theorem:
    """0 < z and c < log l give 1 < log z + 1/z + log l - c: 1 + log(1/z) <= 1/z"""
    z_pos = assume(lt(ZERO, Z))
    tangent = apply("exp_tangent", a=log(inv(Z)))
    back = apply("exp_log", inv_pos(z_pos))
    return lin(FORMULA, tangent, back, log_inverse(z_pos), assume(lt(C, log(L))))
