"""Real powers, integrals of powers, and the Gamma function at half-integers."""
from __future__ import annotations

from fractions import Fraction

from theory.kernel import Theorem
from theory.lemmas.explog import inverse, log_one, log_product, power_of, power_pos
from theory.tactics import apply, assume, be, cases, ground, lin, multiply, product, ring, same_function, trans
from theory.terms import ONE, PI, ZERO, Term, eq, exp, fam, gamma, integral, inv, le, log, lt, num, power

HALF = Fraction(1, 2)


def power_one(e: Term) -> Theorem:
    """1^e = 1"""
    written = power_of(ground(0, 1), e)
    zero = same_function(multiply(log_one(), e), exp)
    return lin(eq(power(ONE, e), ONE), written, zero, ring(exp(e * ZERO), ONE))


def power_add(p: Theorem, e: Term, f: Term) -> Theorem:
    """0 < a gives a^(e + f) = a^e a^f"""
    a = p.concl.args[1]
    ea, fa, both = power_of(p, e), power_of(p, f), power_of(p, e + f)
    return lin(eq(power(a, e + f), power(a, e) * power(a, f)), both, multiply(ea, power(a, f)), multiply(fa, exp(e * log(a))))


def log_power(p: Theorem, e: Term) -> Theorem:
    """0 < a gives log(a^e) = e log a"""
    a = p.concl.args[1]
    return trans(same_function(power_of(p, e), log), apply("log_exp", a=e * log(a)))


def log_square(p: Theorem) -> Theorem:
    """0 < a gives log(a a) = 2 log a"""
    a = p.concl.args[1]
    return lin(eq(log(a * a), 2 * log(a)), log_product(p, p))


def power_as_exp(p: Theorem) -> Theorem:
    """0 < a gives a = exp(log a)"""
    a = p.concl.args[1]
    return lin(eq(a, exp(log(a))), apply("exp_log", p))


def equal_squares(pa: Theorem, pb: Theorem, squares: Theorem) -> Theorem:
    """0 < a, 0 < b and a a = b b give a = b"""
    a, b = pa.concl.args[1], pb.concl.args[1]
    out = []
    for u, v in ((a, b), (b, a)):
        hyp = assume(lt(v, u))
        gap = product(hyp, lin(lt(ZERO, u + v), pa, pb))
        clash = lin(lt(ZERO, ZERO), gap, squares)
        goal = le(u, v)
        out.append(cases(u, v, assume(goal), apply("absurd", clash, phi=goal)))
    return apply("antisymmetric", *out)


# ------------------------------------------------------------ integrals of powers

def inside(x: str, r: Term) -> tuple[Theorem, Theorem]:
    """0 < x and x < r, as assumptions"""
    return assume(lt(ZERO, fam(x))), assume(lt(fam(x), r))


def power_integral(positive_s: Theorem, r_nonneg: Theorem, s: Term, r: Term, c: Term = ONE, c_nonneg: Theorem | None = None) -> Theorem:
    """0 < s, 0 <= r, 0 <= c: c t^(s-1) is integrable on [0, r], and its integral is c r^s / s"""
    x = "t#power"
    at = fam(x)
    pos = assume(lt(ZERO, at))
    f = c * (power(at, s) * inv(s))
    g = c * power(at, s - 1)
    slope = c * (inv(s) * (s * power(at, s - 1)))
    unit = inverse(positive_s)
    equation = lin(eq(slope, g), multiply(unit, c * power(at, s - 1)))
    closed = apply("and_intro", assume(le(ZERO, at)), lin(le(ZERO, s), positive_s))
    weight = c_nonneg if c_nonneg is not None else lin(le(ZERO, ONE))
    sign = be(product(weight, power_pos(pos, s - 1)), le(ZERO, g))
    both = apply("fundamental", r_nonneg, equation, pos, closed, sign, x=x, a=ZERO, b=r, f=f, g=g)
    at_zero = apply("power_of_zero", positive_s)
    value = lin(eq(integral(ZERO, r, lambda t: c * power(t, s - 1)), c * (power(r, s) * inv(s))),
                apply("and_elim", both, side=1), multiply(at_zero, c * inv(s)))
    return apply("and_intro", apply("and_elim", both, side=0), value)


# ------------------------------------------------------------ Gamma

def gamma_half_is_root_pi() -> Theorem:
    """Gamma(1/2) = pi^(1/2)"""
    pos = apply("gamma_positive", ground(0, HALF))
    pi_pos = ground(0, PI)
    root = power(PI, HALF)
    written = power_of(pi_pos, HALF)
    squares = lin(eq(root * root, PI), multiply(written, root), multiply(written, exp(num(HALF) * log(PI))), apply("exp_log", pi_pos))
    return equal_squares(pos, power_pos(pi_pos, HALF), lin(eq(gamma(num(HALF)) * gamma(num(HALF)), root * root), apply("gamma_half"), squares))


def gamma_next(p: Theorem) -> Theorem:
    """0 < s gives Gamma(s + 1) = s Gamma(s)"""
    return apply("gamma_step", p)


