"""Volumes of balls and the integral of exp(-|x|^2) over a ball, for symbolic dimension n >= 1 and radius r >= 0."""
from __future__ import annotations

from theory.kernel import Theorem
from theory.lemmas.explog import exp_le, exp_pos, inv_pos, inverse, power_of, power_pos
from theory.lemmas.logsumexp import exp_convex
from theory.lemmas.powers import gamma_half_is_root_pi, gamma_next, log_square, power_add, power_as_exp, power_integral, power_one
from theory.tactics import apply, assume, be, ground, lin, multiply, nat_of, nonneg, product, ring, same_function
from theory.terms import ONE, PI, ZERO, Term, and_, ball, eq, exp, fam, gamma, integral, inv, le, log, lt, nat, num, power, replace, vol


def vol_formula_of(n: Term) -> Term:
    """pi^(n/2) / Gamma(1 + n/2)"""
    return power(PI, n / 2) * inv(gamma(1 + n / 2))


def vol_recursion(is_nat: Theorem) -> Theorem:
    """vol(n + 2) (n + 2) = 2 pi vol(n): the integral over the slices by the fundamental theorem"""
    n = is_nat.concl.args[0]
    s = "s#slice"
    x = fam(s)
    slices = apply("vol_slices", is_nat, s=s)
    g = 2 * PI * x * (vol(n) * power(1 - x * x, n / 2))
    m = n + 2
    m_pos = lin(lt(ZERO, m), nonneg(is_nat))
    c = 2 * PI * vol(n) * inv(m)
    e = n / 2 + 1
    f = -(c * power(1 - x * x, e))
    low, high = assume(lt(ZERO, x)), assume(lt(x, ONE))
    interior = lin(lt(ZERO, 1 - x * x), product(low, high), high)
    slope = c * (e * power(1 - x * x, n / 2) * (2 * x))
    equation = lin(eq(slope, g), multiply(inverse(m_pos), 2 * PI * vol(n) * x * power(1 - x * x, n / 2)))
    zero_le, le_one = assume(le(ZERO, x)), assume(le(x, ONE))
    edge = lin(le(ZERO, 1 - x * x), product(zero_le, le_one), le_one)
    conditions = [apply("and_intro", edge, lin(le(ZERO, e), nonneg(is_nat))), apply("and_intro", edge, lin(le(ZERO, n / 2), nonneg(is_nat)))]
    both = apply("fundamental", lin(le(ZERO, ONE)), equation, interior, *conditions, x=s, a=ZERO, b=ONE, f=f, g=g)
    at_one = apply("power_of_zero", lin(lt(ZERO, e), nonneg(is_nat)))
    value = lin(eq(vol(m), c), slices, apply("and_elim", both, side=1), multiply(at_one, c), multiply(power_one(e), c))
    return lin(eq(vol(m) * m, 2 * PI * vol(n)), multiply(value, m), multiply(inverse(m_pos), 2 * PI * vol(n)))


def formula_recursion(is_nat: Theorem) -> Theorem:
    """The same recursion for the formula pi^(n/2) / Gamma(1 + n/2)"""
    n = is_nat.concl.args[0]
    s = 1 + n / 2
    s_pos = lin(lt(ZERO, s), nonneg(is_nat))
    step = gamma_next(s_pos)
    g_pos = apply("gamma_positive", s_pos)
    next_pos = apply("gamma_positive", lin(lt(ZERO, 1 + (n + 2) / 2), nonneg(is_nat)))
    pi_pos = ground(0, PI)
    powers = power_add(pi_pos, n / 2, ONE)
    big, small = gamma(1 + (n + 2) / 2), gamma(s)
    # inv(small) = s inv(big), as big = s small
    unit_b, unit_s = inverse(next_pos), inverse(g_pos)
    flip = lin(eq(inv(small), s * inv(big)), multiply(unit_b, inv(small)), multiply(step, inv(big) * inv(small)), multiply(unit_s, s * inv(big)))
    return lin(eq(vol_formula_of(n + 2) * (n + 2), 2 * PI * vol_formula_of(n)), multiply(powers, (n + 2) * inv(big)),
               multiply(flip, 2 * PI * power(PI, n / 2)))


def formula_positive(is_nat: Theorem) -> Theorem:
    n = is_nat.concl.args[0]
    return product(power_pos(ground(0, PI), n / 2), inv_pos(apply("gamma_positive", lin(lt(ZERO, 1 + n / 2), nonneg(is_nat)))))


def vol_formula(is_nat: Theorem) -> Theorem:
    """vol(n) = pi^(n/2) / Gamma(1 + n/2) for every natural n, by induction in steps of two"""
    k = "k#vol"
    at = fam(k)
    claim = lambda m: eq(vol(m), vol_formula_of(m))
    phi = and_(claim(at), claim(at + 1))
    gamma_one = apply("gamma_one")
    one = inverse(apply("gamma_positive", ground(0, ONE)))
    base0 = lin(claim(ZERO), apply("vol_zero"), one, multiply(gamma_one, inv(gamma(ONE))))
    half = num(1) / 2
    root = gamma_half_is_root_pi()
    three_halves = gamma_next(ground(0, half))
    big = gamma(half + 1)
    unit = inverse(apply("gamma_positive", ground(0, half + 1)))
    base1 = lin(claim(ZERO + 1), apply("vol_one"), multiply(unit, num(2)), multiply(three_halves, 2 * inv(big)), multiply(root, inv(big)))
    base = apply("and_intro", base0, base1)
    hyp, natural = assume(phi), assume(nat(at))
    left, right = apply("and_elim", hyp, side=0), apply("and_elim", hyp, side=1)
    grow, same = vol_recursion(natural), formula_recursion(natural)
    two = inverse(lin(lt(ZERO, at + 2), nonneg(natural)))
    scaled = [multiply(t, inv(at + 2)) for t in (grow, same)]
    stepped = lin(claim(at + 1 + 1), *scaled, multiply(left, 2 * PI * inv(at + 2)), multiply(two, vol(at + 2)),
                  multiply(two, vol_formula_of(at + 2)))
    step = apply("and_intro", right, stepped)
    return apply("and_elim", apply("induction", base, step, is_nat, k=k, phi=phi), side=0)


class Ball:
    """The setting of the lemmas below: n in N, 1 <= n, 0 <= r, as theorems."""

    def __init__(self, is_nat: Theorem, at_least_one: Theorem, r_nonneg: Theorem):
        self.is_nat, self.one, self.r_nonneg = is_nat, at_least_one, r_nonneg
        self.n, self.r = is_nat.concl.args[0], r_nonneg.concl.args[1]
        n = self.n
        self.positive = lin(lt(ZERO, n), at_least_one)
        self.below = apply("nat_difference", is_nat, nat_of(1), at_least_one)        # n - 1 in N
        self.formula = vol_formula(is_nat)
        self.vol_pos = lin(lt(ZERO, vol(n)), self.formula, formula_positive(is_nat))
        self.weight = lin(le(ZERO, n * vol(n)), product(self.positive, self.vol_pos))
        self.gauss = integral(0, self.r, lambda t: power(t, n - 1) * exp(-(t * t)))

    def shell(self, t: Term) -> Term:
        """n vol(n) t^(n-1): the area of the sphere of radius t"""
        return self.n * vol(self.n) * power(t, self.n - 1)

    def plain(self) -> Theorem:
        """n vol(n) t^(n-1) is integrable on [0, r] with integral vol(n) r^n"""
        both = power_integral(self.positive, self.r_nonneg, self.n, self.r, self.n * vol(self.n), self.weight)
        value = lin(eq(integral(0, self.r, self.shell), vol(self.n) * power(self.r, self.n)), apply("and_elim", both, side=1),
                    multiply(inverse(self.positive), vol(self.n) * power(self.r, self.n)))
        return apply("and_intro", apply("and_elim", both, side=0), value)

    def volume(self) -> Theorem:
        """The volume of the ball of radius r is vol(n) r^n"""
        both = self.plain()
        t = "t#vol"
        at = fam(t)
        # the polar rule wants f(t) * (n vol t^(n-1)) with f = 1
        body = ONE * self.shell(at)
        same = ring(self.shell(at), body)
        upper = self._integrable_as(apply("and_elim", both, side=0), body, t)
        polar = apply("ball_polar", self.is_nat, self.one, self.r_nonneg, upper, t=t, f=ONE)
        equal = apply("integral_monotone", same, apply("and_elim", both, side=0), upper, self.r_nonneg, x=t)
        return lin(eq(ball(self.n, self.r, lambda _: ONE), vol(self.n) * power(self.r, self.n)), polar, equal, apply("and_elim", both, side=1))

    def _shell_nonneg(self, at: Term) -> Theorem:
        return be(product(self.weight, power_pos(assume(lt(ZERO, at)), self.n - 1)), le(ZERO, self.shell(at)))

    def _closed(self, at: Term) -> Theorem:
        """the condition under which t^(n-1) is continuous: 0 <= t and 0 <= n - 1"""
        return apply("and_intro", assume(le(ZERO, at)), lin(le(ZERO, self.n - 1), self.one))

    def _open(self, at: Term) -> Theorem:
        return apply("and_intro", lin(le(ZERO, at), assume(lt(ZERO, at))), lin(le(ZERO, self.n - 1), self.one))

    def _integrable_as(self, integrable: Theorem, body: Term, t: str) -> Theorem:
        """`body` is integrable on [0, r] when 0 <= body <= the shell there"""
        at = fam(t)
        shell = self.shell(at)
        sign = self._body_sign(body, at)
        bound = self._body_bound(body, shell, at)
        return apply("integrable_dominated", sign, bound, integrable, self._open(at), x=t)

    def _body_sign(self, body: Term, at: Term) -> Theorem:
        if body == ONE * self.shell(at):
            return be(self._shell_nonneg(at), le(ZERO, body))
        return be(product(exp_pos(-(at * at)), self._shell_nonneg(at)), le(ZERO, body))

    def _body_bound(self, body: Term, shell: Term, at: Term) -> Theorem:
        if body == ONE * self.shell(at):
            return lin(le(body, shell), ring(shell, shell))
        small = exp_le(lin(le(-(at * at), ZERO), apply("square", a=at)))       # exp(-t^2) <= exp(0) = 1
        return lin(le(body, shell), product(small, self._shell_nonneg(at)))

    def gaussian(self) -> Theorem:
        """int over the ball of exp(-|x|^2) = int_0^r exp(-t^2) n vol(n) t^(n-1) dt; and the integrand is integrable"""
        t = "t#gauss"
        at = fam(t)
        body = exp(-(at * at)) * self.shell(at)
        integrable = self._integrable_as(apply("and_elim", self.plain(), side=0), body, t)
        return apply("and_intro", integrable, apply("ball_polar", self.is_nat, self.one, self.r_nonneg, integrable, t=t, f=exp(-(at * at))))

    def radial(self) -> Theorem:
        """int over the ball of exp(-|x|^2) = n vol(n) int_0^r t^(n-1) exp(-t^2) dt"""
        both = self.gaussian()
        t = "t#gauss"
        at = fam(t)
        core = power(at, self.n - 1) * exp(-(at * at))
        integrable = self._core_integrable(t)
        scaled = apply("integral_linear", integrable, integrable, x=t, c=self.n * vol(self.n), f=core, d=ZERO, g=core)
        same = ring(exp(-(at * at)) * self.shell(at), self.n * vol(self.n) * core + ZERO * core)
        equal = apply("integral_monotone", same, apply("and_elim", both, side=0), apply("and_elim", scaled, side=0), self.r_nonneg, x=t)
        return lin(eq(ball(self.n, self.r, lambda s: exp(-(s * s))), self.n * vol(self.n) * self.gauss), apply("and_elim", both, side=1), equal,
                   apply("and_elim", scaled, side=1))

    def substituted(self) -> Theorem:
        """int_0^{r^2} u^(n/2-1) e^-u du = 2 int_0^r t^(n-1) exp(-t^2) dt, by u = t^2"""
        n, t, u = self.n, "t#sub", "u#sub"
        at = fam(t)
        f = power(fam(u), n / 2 - 1) * exp(-fam(u))
        g = 2 * (power(at, n - 1) * exp(-(at * at)))
        pos = assume(lt(ZERO, at))
        square_pos = product(pos, pos)
        slope_sign = lin(lt(ZERO, 2 * at), pos)
        inner = power_of(square_pos, n / 2 - 1)                                  # (t t)^(n/2-1) = exp((n/2-1) log(t t))
        logs = same_function(multiply(log_square(pos), n / 2 - 1), exp)
        outer = power_of(pos, n - 1)
        itself = power_as_exp(pos)
        left = lin(eq(power(at * at, n / 2 - 1), exp((n - 2) * log(at))), inner, logs)
        whole = lin(eq(power(at * at, n / 2 - 1) * at, power(at, n - 1)), multiply(left, at), multiply(itself, exp((n - 2) * log(at))), outer)
        equation = lin(eq(g, replace(f, u, at * at) * (2 * at)), multiply(whole, 2 * exp(-(at * at))))
        changed = apply("change_of_variables", self.r_nonneg, slope_sign, equation, self._closed(at), x=t, a=ZERO, b=self.r, phi=at * at, u=u,
                        f=f, g=g)
        core = power(at, n - 1) * exp(-(at * at))
        integrable = self._core_integrable(t)
        scaled = apply("integral_linear", integrable, integrable, x=t, c=num(2), f=core, d=ZERO, g=core)
        same = ring(g, 2 * core + ZERO * core)
        integrable_g = self._core_integrable(t, 2)
        equal = apply("integral_monotone", same, integrable_g, apply("and_elim", scaled, side=0), self.r_nonneg, x=t)
        gamma_integral = integral(0, self.r * self.r, lambda v: power(v, n / 2 - 1) * exp(-v))
        return lin(eq(gamma_integral, 2 * self.gauss), apply("and_elim", changed, side=1), equal, apply("and_elim", scaled, side=1))

    def _core_integrable(self, t: str, factor: int = 1) -> Theorem:
        """factor t^(n-1) exp(-t^2) is integrable on [0, r]"""
        at = fam(t)
        core = power(at, self.n - 1) * exp(-(at * at))
        body = core if factor == 1 else factor * core
        pos = power_pos(assume(lt(ZERO, at)), self.n - 1)
        sign = be(product(pos, product(lin(lt(ZERO, num(factor))), exp_pos(-(at * at)))), lt(ZERO, body))
        small = exp_le(lin(le(-(at * at), ZERO), apply("square", a=at)))
        c = num(factor)
        upper = power_integral(self.positive, self.r_nonneg, self.n, self.r, c, lin(le(ZERO, c)))
        bound = lin(le(body, c * power(at, self.n - 1)), product(small, pos))
        return apply("integrable_dominated", sign, bound, apply("and_elim", upper, side=0), self._open(at), x=t)

    def closed_form(self) -> Theorem:
        """int over the ball of exp(-|x|^2) = pi^(n/2) gamma(n/2, r^2) / Gamma(n/2)"""
        n = self.n
        area = self.area()
        gamma_integral = self.substituted()
        return lin(eq(ball(n, self.r, lambda s: exp(-(s * s))), power(PI, n / 2) * gamma_integral.concl.args[0] * inv(gamma(n / 2))),
                   self.radial(), multiply(area, self.gauss), multiply(gamma_integral, power(PI, n / 2) * inv(gamma(n / 2))))

    def area(self) -> Theorem:
        """n vol(n) = 2 pi^(n/2) / Gamma(n/2)"""
        n = self.n
        half = lin(lt(ZERO, n / 2), self.one)
        step = gamma_next(half)
        small, big = gamma(n / 2), gamma(1 + n / 2)
        unit_s, unit_b = inverse(apply("gamma_positive", half)), inverse(apply("gamma_positive", lin(lt(ZERO, 1 + n / 2), self.one)))
        # inv(small) = (n/2) inv(big)
        flip = lin(eq(inv(small), n / 2 * inv(big)), multiply(unit_b, inv(small)), multiply(step, inv(big) * inv(small)),
                   multiply(unit_s, n / 2 * inv(big)))
        return lin(eq(n * vol(n), 2 * power(PI, n / 2) * inv(small)), multiply(self.formula, n), multiply(flip, 2 * power(PI, n / 2)))

    def upper(self) -> Theorem:
        """int over the ball of exp(-|x|^2) <= vol(n) r^n"""
        both, plain = self.gaussian(), self.plain()
        t = "t#gauss"
        at = fam(t)
        bound = self._body_bound(exp(-(at * at)) * self.shell(at), self.shell(at), at)
        less = apply("integral_monotone", bound, apply("and_elim", both, side=0), apply("and_elim", plain, side=0), self.r_nonneg, x=t)
        return lin(le(ball(self.n, self.r, lambda s: exp(-(s * s))), vol(self.n) * power(self.r, self.n)), apply("and_elim", both, side=1), less,
                   apply("and_elim", plain, side=1))

    def lower(self) -> Theorem:
        """exp(-n r^2 / (n + 2)) vol(n) r^n <= int over the ball of exp(-|x|^2): Jensen, by the tangent of exp at the mean of -|x|^2"""
        n, r, t = self.n, self.r, "t#gauss"
        at = fam(t)
        both = self.gaussian()
        m_pos = lin(lt(ZERO, n + 2), self.one)
        a = n * (r * r) * inv(n + 2)
        shell = self.shell(at)
        g = exp(-a) * ((1 + a - at * at) * shell)
        tangent = apply("exp_tangent", a=a - at * at)
        pos = assume(lt(ZERO, at))
        bound = lin(le(g, exp(-(at * at)) * shell), product(product(tangent, self._shell_nonneg(at)), exp_pos(-a)))
        c = exp(-a) * vol(n)
        f = c * ((1 + a) * power(at, n) - n * inv(n + 2) * (power(at, n) * (at * at)))
        # f' = g on (0, r): t^n = t^(n-1) t
        one_more = apply("power_step", self.below, a=at)                        # t^((n-1)+1) = t^(n-1) t
        unit = inverse(m_pos)
        slope = c * ((1 + a) * (n * power(at, n - 1)) - n * inv(n + 2) * (n * power(at, n - 1) * (at * at) + power(at, n) * (2 * at)))
        equation = lin(eq(slope, g), multiply(one_more, c * n * inv(n + 2) * 2 * at), multiply(unit, c * n * power(at, n - 1) * at * at))
        conditions = [pos, apply("and_intro", assume(le(ZERO, at)), lin(le(ZERO, n), self.one)), self._closed(at)]
        value = apply("fundamental", self.r_nonneg, equation, *conditions, x=t, a=ZERO, b=r, f=f, g=g)
        less = apply("integral_monotone", bound, apply("and_elim", value, side=0), apply("and_elim", both, side=0), self.r_nonneg, x=t)
        at_zero = apply("power_of_zero", self.positive)
        return lin(le(exp(-a) * (vol(n) * power(r, n)), ball(n, r, lambda s: exp(-(s * s)))), less, apply("and_elim", both, side=1),
                   apply("and_elim", value, side=1), multiply(at_zero, c * (1 + a)))



    def chord(self, r_pos: Theorem) -> Theorem:
        """int over the ball of exp(-|x|^2) <= vol(n) r^n (1 - n/(n + 2)(1 - exp(-r^2))): exp lies below its chord on [-r^2, 0]"""
        n, r, t = self.n, self.r, "t#gauss"
        at = fam(t)
        both = self.gaussian()
        square_pos = product(r_pos, r_pos)
        c = (1 - exp(-(r * r))) * inv(r * r)
        shell = self.shell(at)
        g = (1 - c * (at * at)) * shell
        # t^2 / r^2 =: w in [0, 1]; exp(-t^2) = exp(w (-r^2) + (1 - w) 0) <= w exp(-r^2) + (1 - w)
        pos, below = assume(lt(ZERO, at)), assume(lt(at, r))
        w = at * at * inv(r * r)
        unit = inverse(square_pos)
        w_low = product(product(pos, pos), inv_pos(square_pos))
        smaller = lin(lt(at * at, r * r), product(lin(lt(ZERO, r - at), below), lin(lt(ZERO, r + at), pos, r_pos)))
        w_high = lin(le(ZERO, 1 - w), product(smaller, inv_pos(square_pos)), unit)
        convex = exp_convex(lin(le(ZERO, w), w_low), w_high, -(r * r), ZERO)
        same = same_function(lin(eq(w * (-(r * r)) + (1 - w) * ZERO, -(at * at)), multiply(unit, at * at)), exp)
        chord = lin(le(exp(-(at * at)), 1 - c * (at * at)), convex, same)
        bound = lin(le(exp(-(at * at)) * shell, g), product(chord, self._shell_nonneg(at)))
        m_pos = lin(lt(ZERO, n + 2), self.one)
        f = vol(n) * (power(at, n) - c * n * inv(n + 2) * (power(at, n) * (at * at)))
        one_more = apply("power_step", self.below, a=at)
        slope = vol(n) * (n * power(at, n - 1) - c * n * inv(n + 2) * (n * power(at, n - 1) * (at * at) + power(at, n) * (2 * at)))
        equation = lin(eq(slope, g), multiply(one_more, vol(n) * c * n * inv(n + 2) * 2 * at), multiply(inverse(m_pos), vol(n) * c * n * power(
            at, n - 1) * at * at))
        conditions = [pos, apply("and_intro", assume(le(ZERO, at)), lin(le(ZERO, n), self.one)), self._closed(at)]
        value = apply("fundamental", self.r_nonneg, equation, *conditions, x=t, a=ZERO, b=r, f=f, g=g)
        less = apply("integral_monotone", bound, apply("and_elim", both, side=0), apply("and_elim", value, side=0), self.r_nonneg, x=t)
        at_zero = apply("power_of_zero", self.positive)
        v = vol(n) * power(r, n)
        return lin(le(ball(n, r, lambda s: exp(-(s * s))), v * (1 - n * inv(n + 2) * (1 - exp(-(r * r))))), less, apply("and_elim", both, side=1),
                   apply("and_elim", value, side=1), multiply(at_zero, vol(n)), multiply(unit, v * n * inv(n + 2) * (1 - exp(-(r * r)))))
