"""Equality by normal form, ordered-field rules, absolute values, and ground numbers."""
from __future__ import annotations

from fractions import Fraction

from theory.kernel.core import Sequent, is_, prop_, real_, relation_, require, rule, same, variable_
from theory.ground import certainly_less
from theory.normal import accumulate, difference, poly
from theory.terms import ONE, ZERO, abs_, eq, inv, le, lt, replace


@rule
def ring(a, b):
    """a = b, when both have the same ring normal form."""
    require(same(a, b), "ring.normal_form", f"{a!r} and {b!r} have different normal forms")
    return (), eq(a, b)


@rule
def rewrite(p, q, x, phi):
    """G |- a = b;  D |- phi[x := a]   gives   G, D |- phi[x := b]"""
    a, b = relation_(p, ("eq",), "rewrite.equation")
    variable_(x, "rewrite")
    is_(q, replace(prop_(phi, "rewrite"), x, a), "rewrite.template")
    return p.hyps | q.hyps, replace(phi, x, b)


@rule
def antisymmetric(p, q):
    a, b = relation_(p, ("le",), "antisymmetric.order")
    is_(q, le(b, a), "antisymmetric.reverse")
    return p.hyps | q.hyps, eq(a, b)


@rule
def linear(*premises, multipliers, goal):
    """goal a <= b, a < b or a = b from premises (relations) with multipliers: nonnegative rationals for inequalities, terms for
    equations; b - a = sum of multiplier * (right - left) + c with a constant c >= 0. Strict needs c > 0 or a strict premise that counts."""
    a, b = relation_(Sequent(frozenset(), prop_(goal, "linear")), ("le", "lt", "eq"), "linear.goal")
    require(type(multipliers) is tuple and len(multipliers) == len(premises), "linear.one_multiplier_each")
    rest, strict = dict(difference(b, a)), False
    for p, m in zip(premises, multipliers):
        left, right = relation_(p, ("le", "lt", "eq"), "linear.relation")
        if p.concl.op == "eq":
            accumulate(rest, poly(real_(m, "linear.factor") * (right - left)), Fraction(-1))
            continue
        require(type(m) is Fraction and m >= 0, "linear.nonnegative", f"an inequality may not be multiplied by {m}")
        require(goal.op != "eq", "linear.equation_from_equations", "an inequality proves no equation")
        accumulate(rest, difference(right, left), -m)
        strict |= p.concl.op == "lt" and m > 0
    constant = rest.pop((), Fraction(0))
    require(not rest, "linear.identity", "the certificate does not add up")
    require(constant >= 0 and (goal.op != "eq" or constant == 0), "linear.constant", f"the constant {constant} has the wrong sign")
    require(goal.op != "lt" or strict or constant > 0, "linear.strict", "no strict premise counts")
    return frozenset().union(*(p.hyps for p in premises)), goal


@rule
def product(p, q):
    """0 <= a, 0 <= b give 0 <= ab; strict when both are."""
    za, a = relation_(p, ("le", "lt"), "product.first")
    zb, b = relation_(q, ("le", "lt"), "product.second")
    require(za == ZERO and zb == ZERO, "product.from_zero", "premises must read 0 <= a")
    return p.hyps | q.hyps, (lt if p.concl.op == q.concl.op == "lt" else le)(ZERO, a * b)


@rule
def square(a):
    return (), le(ZERO, real_(a, "square") * a)


@rule
def inverse(p):
    """0 < a or a < 0 gives a * inv(a) = 1"""
    left, right = relation_(p, ("lt",), "inverse.strict")
    require(ZERO in (left, right), "inverse.nonzero", "the premise must be 0 < a or a < 0")
    a = right if left == ZERO else left
    return p.hyps, eq(a * inv(a), ONE)


@rule
def inverse_positive(p):
    zero, a = relation_(p, ("lt",), "inverse_positive.strict")
    require(zero == ZERO, "inverse_positive.positive")
    return p.hyps, lt(ZERO, inv(a))


@rule
def absolute(p):
    """0 <= a gives |a| = a;  a <= 0 gives |a| = -a"""
    left, right = relation_(p, ("le",), "absolute.order")
    require(ZERO in (left, right), "absolute.zero", "the premise must compare with 0")
    return p.hyps, (eq(abs_(right), right) if left == ZERO else eq(abs_(left), -left))


@rule
def ground(goal):
    """A strict inequality between numbers (no free symbol, no binder), decided by Arb."""
    a, b = relation_(Sequent(frozenset(), prop_(goal, "ground")), ("lt",), "ground.strict")
    require(certainly_less(a, b), "ground.certain", f"Arb does not certify {goal!r}")
    return (), goal
