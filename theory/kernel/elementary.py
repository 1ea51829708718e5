"""exp, log and powers; natural numbers; the Gamma function."""
from __future__ import annotations

from fractions import Fraction

from theory.kernel.core import axiom, fresh_, is_, prop_, real_, relation_, require, rule, variable_
from theory.terms import ONE, PI, ZERO, Term, eq, exp, gamma, inv, le, log, lt, nat, num, power, replace


@axiom
def exp_tangent(a):
    return (), le(ONE + real_(a, "exp_tangent"), exp(a))


@axiom
def exp_positive(a):
    return (), lt(ZERO, exp(real_(a, "exp_positive")))


@axiom
def exp_log(p):
    zero, a = relation_(p, ("lt",), "exp_log.strict")
    require(zero == ZERO, "exp_log.positive")
    return p.hyps, eq(exp(log(a)), a)


@axiom
def log_exp(a):
    return (), eq(log(exp(real_(a, "log_exp"))), a)


@rule
def power_exp(p, e):
    """a^e = exp(e log a) for a > 0 (the definition of a real power)"""
    zero, a = relation_(p, ("lt",), "power_exp.strict")
    require(zero == ZERO, "power_exp.positive")
    return p.hyps, eq(power(a, real_(e, "power_exp")), exp(e * log(a)))


@rule
def power_of_zero(p):
    zero, e = relation_(p, ("lt",), "power_of_zero.strict")
    require(zero == ZERO, "power_of_zero.positive")
    return p.hyps, eq(power(ZERO, e), ZERO)


@rule
def power_step(p, a):
    """a^(k + 1) = a^k a for a natural k and any a"""
    require(p.concl.op == "nat", "power_step.natural")
    k = p.concl.args[0]
    return p.hyps, eq(power(real_(a, "power_step"), k + 1), power(a, k) * a)


@rule
def nat_literal(k):
    require(type(k) is int and k >= 0, "nat_literal.natural")
    return (), nat(num(k))


@rule
def nat_closed(p, q, op):
    """Naturals are closed under + and *"""
    require(p.concl.op == q.concl.op == "nat", "nat_closed.natural")
    require(op in ("add", "mul"), "nat_closed.operation")
    return p.hyps | q.hyps, nat(Term(op, (p.concl.args[0], q.concl.args[0])))


@rule
def nat_nonnegative(p):
    require(p.concl.op == "nat", "nat_nonnegative.natural")
    return p.hyps, le(ZERO, p.concl.args[0])


@rule
def nat_gap(p, q, r):
    """a < b for naturals gives a + 1 <= b"""
    require(p.concl.op == q.concl.op == "nat", "nat_gap.natural")
    a, b = p.concl.args[0], q.concl.args[0]
    is_(r, lt(a, b), "nat_gap.less")
    return p.hyps | q.hyps | r.hyps, le(a + 1, b)


@rule
def nat_difference(p, q, r):
    """b <= a for naturals gives a - b natural"""
    require(p.concl.op == q.concl.op == "nat", "nat_difference.natural")
    a, b = p.concl.args[0], q.concl.args[0]
    is_(r, le(b, a), "nat_difference.order")
    return p.hyps | q.hyps | r.hyps, nat(a - b)


@rule
def induction(p, q, r, k, phi):
    """phi[k := 0];  D, k in N, phi |- phi[k := k + 1], k not free in D;  t in N   give   phi[k := t]"""
    variable = variable_(k, "induction")
    is_(p, replace(prop_(phi, "induction"), k, ZERO), "induction.base")
    is_(q, replace(phi, k, variable + 1), "induction.step")
    rest = q.hyps - {nat(variable), phi}
    fresh_(k, rest, "induction")
    require(r.concl.op == "nat", "induction.natural")
    return p.hyps | rest | r.hyps, replace(phi, k, r.concl.args[0])


@rule
def archimedes(p, k):
    """k in N |- a <= b + c inv(k + 1), k not free elsewhere   gives   a <= b"""
    a, right = relation_(p, ("le",), "archimedes.order")
    variable = variable_(k, "archimedes")
    require(right.op == "add" and len(right.args) == 2 and right.args[1].op == "mul" and len(right.args[1].args) == 2
            and right.args[1].args[1] == inv(variable + 1), "archimedes.shape", "the right side must read b + c * inv(k + 1)")
    b, c = right.args[0], right.args[1].args[0]
    rest = p.hyps - {nat(variable)}
    fresh_(k, rest | {le(a, b), le(c, c)}, "archimedes")
    return rest, le(a, b)


@axiom
def gamma_step(p):
    zero, s = relation_(p, ("lt",), "gamma_step.strict")
    require(zero == ZERO, "gamma_step.positive")
    return p.hyps, eq(gamma(s + 1), s * gamma(s))


@axiom
def gamma_step_negative(p, q, r):
    """Gamma(s + 1) = s Gamma(s) also between two poles: -m - 1 < s < -m for a natural m"""
    require(p.concl.op == "nat", "gamma_step_negative.natural")
    m = p.concl.args[0]
    s = relation_(q, ("lt",), "gamma_step_negative.strict")[1]
    is_(q, lt(-m - 1, s), "gamma_step_negative.above_pole")
    is_(r, lt(s, -m), "gamma_step_negative.below_pole")
    return p.hyps | q.hyps | r.hyps, eq(gamma(s + 1), s * gamma(s))


@axiom
def gamma_positive(p):
    zero, s = relation_(p, ("lt",), "gamma_positive.strict")
    require(zero == ZERO, "gamma_positive.positive")
    return p.hyps, lt(ZERO, gamma(s))


@axiom
def gamma_one():
    return (), eq(gamma(ONE), ONE)


@axiom
def gamma_half():
    return (), eq(gamma(num(Fraction(1, 2))) * gamma(num(Fraction(1, 2))), PI)


@axiom
def gamma_logconvex(p, q, r, s):
    """0 < a, 0 < b, 0 <= t, t <= 1 give log Gamma(t a + (1 - t) b) <= t log Gamma(a) + (1 - t) log Gamma(b) (Bohr and Mollerup)"""
    zero_a, a = relation_(p, ("lt",), "gamma_logconvex.first_strict")
    zero_b, b = relation_(q, ("lt",), "gamma_logconvex.second_strict")
    zero_t, t = relation_(r, ("le",), "gamma_logconvex.weight")
    require(zero_a == ZERO and zero_b == ZERO, "gamma_logconvex.positive")
    require(zero_t == ZERO, "gamma_logconvex.weight_from_zero")
    is_(s, le(t, ONE), "gamma_logconvex.weight_to_one")
    hyps = p.hyps | q.hyps | r.hyps | s.hyps
    return hyps, le(log(gamma(t * a + (1 - t) * b)), t * log(gamma(a)) + (1 - t) * log(gamma(b)))
