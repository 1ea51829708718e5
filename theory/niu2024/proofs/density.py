"""When exp(-E)/Z is a density, and the cross-entropy of a density on small balls: Section 2 and the abstract's floor."""
from __future__ import annotations

from fractions import Fraction

from theory.kernel import Theorem
from theory.lemmas.balls import Ball, vol_formula
from theory.lemmas.explog import exp_le, exp_pos, inv_pos, inverse, le_abs, log_inverse, log_le, log_product
from theory.lemmas.powers import gamma_next
from theory.niu2024.definitions import N, RADIUS, ball_integral
from theory.tactics import apply, assume, be, both, discharge, ground, lin, multiply, nat_of, product, ring, same_function
from theory.terms import (ONE, PI, ZERO, Term, abs_, ball, eq, exists, exp, fam, forall, gamma, imp, integral, inv, le, log, lt,
                          nat, negate, num, open_, power, vol)

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

    def lower(self) -> Theorem:
        """exp(-w) vol(n) r^n <= Z: the energy is greatest at the centre"""
        w = self.weight
        small = exp_le(lin(le(-(AT * AT), ZERO), apply("square", a=AT)))
        energy = lin(le(-w, -bump(w, AT)), product(self.sign, lin(le(ZERO, 1 - exp(-(AT * AT))), small)))
        low = lin(le(exp(-w) * self.shell + ZERO * self.shell, boltzmann(w, AT) * self.shell),
            product(exp_le(energy), self.shell_sign))
        flat = apply("and_elim", self.plain, side=0)
        scaled = apply("integral_linear", flat, flat, x=T, c=exp(-w), f=self.shell, d=ZERO, g=self.shell)
        integrable = self.integrable()
        grown = apply("integral_monotone", low, apply("and_elim", scaled, side=0), integrable, self.r_nonneg, x=T)
        return lin(le(exp(-w) * self.volume, mass(w, N, self.r)), grown, apply("and_elim", scaled, side=1),
                   self.polar(boltzmann(w, AT), integrable), multiply(apply("and_elim", self.plain, side=1), exp(-w)))

    def upper(self) -> Theorem:
        """Z <= exp(-w exp(-r^2)) vol(n) r^n: the energy is least at the boundary"""
        w, edge = self.weight, exp(-(self.r * self.r))
        pos, below = assume(lt(ZERO, AT)), assume(lt(AT, self.r))
        nearer = lin(le(-(self.r * self.r), -(AT * AT)),
            product(lin(lt(ZERO, self.r - AT), below), lin(lt(ZERO, self.r + AT), pos, below)))
        energy = lin(le(-bump(w, AT), -(w * edge)), product(self.sign, lin(le(ZERO, exp(-(AT * AT)) - edge), exp_le(nearer))))
        high = lin(le(boltzmann(w, AT) * self.shell, exp(-(w * edge)) * self.shell + ZERO * self.shell),
            product(exp_le(energy), self.shell_sign))
        flat = apply("and_elim", self.plain, side=0)
        scaled = apply("integral_linear", flat, flat, x=T, c=exp(-(w * edge)), f=self.shell, d=ZERO, g=self.shell)
        integrable = self.integrable()
        grown = apply("integral_monotone", high, integrable, apply("and_elim", scaled, side=0), self.r_nonneg, x=T)
        return lin(le(mass(w, N, self.r), exp(-(w * edge)) * self.volume), grown, apply("and_elim", scaled, side=1),
                   self.polar(boltzmann(w, AT), integrable), multiply(apply("and_elim", self.plain, side=1), exp(-(w * edge))))


GAUSSIAN = eq(ball(2, RADIUS, lambda t: exp(-(THETA * (t * t)))), PI * inv(THETA) * (1 - exp(-(THETA * (RADIUS * RADIUS)))))


def plane_gaussian() -> Theorem:
    """For theta > 0 and n = 2, the integral of exp(-theta |x|^2) over |x| <= r is (pi/theta)(1 - exp(-theta r^2))"""
    w_pos, r_nonneg = assume(lt(ZERO, THETA)), assume(le(ZERO, RADIUS))
    two = nat_of(2)
    f = exp(-(THETA * (AT * AT)))
    area = vol_formula(two)                                                     # vol(2) = pi^(2/2)/Gamma(1 + 2/2)
    gamma_two = gamma_next(ground(0, 1))
    unit_gamma = inverse(apply("gamma_positive", ground(0, num(2))))
    same = same_function(ring(num(2), ONE + 1), gamma)
    value = lin(eq(vol(num(2)), PI), area, multiply(unit_gamma, PI),
        multiply(lin(eq(gamma(num(2)), ONE), same, gamma_two, apply("gamma_one")),
                                                                              PI * inv(gamma(num(2)))))
    unit = inverse(w_pos)
    primitive = -(PI * inv(THETA)) * f
    slope = PI * inv(THETA) * (2 * THETA * AT) * f
    body = f * (num(2) * vol(num(2)) * power(AT, num(2) - 1))
    equation = lin(eq(slope, body), multiply(unit, 2 * PI * AT * f), multiply(value, 2 * AT * f))
    closed = both(assume(le(ZERO, AT)), lin(le(ZERO, num(2) - 1)))
    found = apply("fundamental", r_nonneg, equation, closed, x=T, a=ZERO, b=RADIUS, f=primitive, g=body)
    polar = apply("ball_polar", two, lin(le(ONE, num(2))), r_nonneg, apply("and_elim", found, side=0), t=T, f=f)
    return lin(GAUSSIAN, polar, apply("and_elim", found, side=1))


# ---------------------------------------------------------------- the loss of the model of Sections 4.1 and 5, layers alike


def loss(weight: Term, n: Term, r: Term) -> Term:
    """log int exp(-E_t) + E_t(rho) over one ball: the exact loss when all layers share one pattern and weight = 1/Z_t"""
    return log(mass(weight, n, r)) + weight


TINY = Fraction(1, 10)
FLOOR = forall(lambda r: imp(lt(0, r), le(Fraction(1, 2), loss(inv(ball_integral(ONE, r)), ONE, r))))
WEIGHTS = (Fraction(5), Fraction(506, 100))         # 1/Z_t lies between them at n = 1, r = 1/10
LOW_LOSS = lt(loss(fam("w"), ONE, num(TINY)), Fraction(1, 2))


def below_the_floor() -> Theorem:
    """The denial of FLOOR at r = 1/10: the loss is at most log(2 r) + (1 - exp(-r^2))/Z_t < 1/2"""
    w, tiny = "w#floor", num(TINY)
    positive = ground(0, tiny)
    setting = OnBall(assume(le(ZERO, fam(w))), assume(le(ZERO, RADIUS)))
    z = ball_integral(ONE, tiny)
    facts = [nat_of(1), lin(le(ONE, ONE)), lin(le(ZERO, tiny))]
    width = lin(eq(vol(ONE) * power(tiny, ONE), Fraction(1, 5)), multiply(apply("vol_one"), tiny))
    gauss = discharge(apply("instance", Ball(assume(nat(N)), assume(le(ONE, N)), assume(le(ZERO, RADIUS))).lower(),
                            mapping=(("n", (), ONE), ("r", (), tiny))), *facts)
    shrink = gauss.concl.args[0].args[0]                                       # exp(-1/300), exp(-n r^2/(n + 2))
    z_low = lin(le(Fraction(1, 6), z), gauss, multiply(width, shrink), ground(Fraction(5, 6), shrink))
    z_pos = lin(lt(ZERO, z), z_low)
    own = inv(z)
    weight = inv_pos(z_pos)
    at = (("n", (), ONE), ("r", (), tiny), (w, (), own))
    facts.append(lin(le(ZERO, own), weight))
    high, low = (discharge(apply("instance", t, mapping=at), *facts) for t in (setting.upper(), setting.lower()))
    edge = exp(-(tiny * tiny))
    e = exp(-(own * edge))
    m_pos = lin(lt(ZERO, mass(own, ONE, tiny)), low, multiply(width, exp(-own)), exp_pos(-own))
    e_pos = exp_pos(-(own * edge))
    above = lin(le(mass(own, ONE, tiny), e * Fraction(1, 5)), high, multiply(width, e))
    logs = log_le(m_pos, above)
    split = log_product(e_pos, ground(0, Fraction(1, 5)))
    # (1 - edge)/Z <= 6 (1 - edge) <= 6/100
    most = product(lin(le(ZERO, z - Fraction(1, 6)), z_low), weight)
    unit = inverse(z_pos)
    w_high = lin(le(own, 6), most, unit)
    gap = lin(le(ZERO, 1 - edge), exp_le(lin(le(-(tiny * tiny), ZERO))))
    small = product(lin(le(ZERO, 6 - own), w_high), gap)
    near = apply("exp_tangent", a=-(tiny * tiny))
    five = ground(log(num(Fraction(1, 5))), num(Fraction(-3, 2)))
    less = lin(lt(loss(own, ONE, tiny), Fraction(1, 2)), logs, split, apply("log_exp", a=-(own * edge)), small, near, five)
    r = "r#floor"
    denial = negate(FLOOR)
    return apply("exists_intro", both(positive, less), x=r, phi=open_(denial.args[0], fam(r)), t=tiny)


VOLUME, MASS = fam("mu"), fam("Z")
ENERGY_AT_MOST = le(exp(-THETA) * VOLUME, MASS)
AMENDED_FLOOR = le(log(VOLUME), log(MASS) + THETA)


def loss_at_least_log_volume() -> Theorem:
    """exp(-w) mu <= Z gives log mu <= log Z + w"""
    low = product(exp_pos(-THETA), assume(lt(ZERO, VOLUME)))
    logs = log_le(low, assume(ENERGY_AT_MOST))
    return lin(AMENDED_FLOOR, logs, log_product(exp_pos(-THETA), assume(lt(ZERO, VOLUME))), apply("log_exp", a=-THETA))


# ---------------------------------------------------------------- the printed formula of Proposition 4

Z, L, C = fam("z"), fam("l"), fam("c")
FORMULA = lt(1, log(Z) + inv(Z) + log(L) - C)


def formula_above_one() -> Theorem:
    """0 < z and c < log l give 1 < log z + 1/z + log l - c: 1 + log(1/z) <= 1/z"""
    z_pos = assume(lt(ZERO, Z))
    tangent = apply("exp_tangent", a=log(inv(Z)))
    back = apply("exp_log", inv_pos(z_pos))
    return lin(FORMULA, tangent, back, log_inverse(z_pos), assume(lt(C, log(L))))
