"""Fallacious derivations: each makes its premises honestly and returns the last step, which must be refused, and by what.

Here those of one step; `derivations.py` has those of several. Where that can be had the premises are theorems without
hypotheses, so that the last step alone would make the kernel inconsistent.
"""
from __future__ import annotations

from fractions import Fraction
from typing import Callable, NamedTuple

from tests.theory.kernel.steps import (F, G, HALF, a, b, c, d, e, i, integrable_, n, seq, shell, t, x, y)
from tests.theory.kernel.steps import theorem as theorem_
from theory.terms import (ONE, ZERO, Term, abs_, eq, exists, exp, fam, gamma, imp, inv, le, log, lt, max_, nat, num,
                          or_, power, sqrt, sum_)


class Last(NamedTuple):
    rule: str
    premises: tuple
    arguments: dict


class Fallacy(NamedTuple):
    condition: str
    make: Callable      # make(K) -> Last; K has `apply`

    @property
    def name(self) -> str:
        return self.make.__name__


FALLACIES: list[Fallacy] = []
HALF_, ONE_ = Fraction(1, 2), Fraction(1)
FALSE = lt(ZERO, ZERO)
PLUS = (le(ZERO, x), le(x, ONE), lt(ZERO, x), lt(x, ONE))      # the interval (0, 1)
AROUND = (le(num(-1), x), le(x, ONE), lt(num(-1), x), lt(x, ONE))


def fallacy(condition: str):
    def register(f):
        FALLACIES.append(Fallacy(condition, f))
        return f
    return register


def last(rule: str, *premises, **arguments) -> Last:
    return Last(rule, premises, arguments)


def true(K, formula: Term):
    """An inequality or equation between closed sums of literals, or any that is a ring identity up to a constant."""
    return K.apply("linear", multipliers=(), goal=formula)


def given(K, concl: Term, *hyps: Term):
    return theorem_(seq(concl, *hyps), K.apply)


def assume(K, phi: Term):
    return K.apply("assume", phi=phi)


def one_liners() -> None:
    """Fallacies whose premises are assumptions, or that have none: (name, condition, rule, premises, arguments)."""
    low, above = lt(num(-1), a), fam("v")
    rows = [
        ("an inequality times -1 keeps its sense", "linear.nonnegative", "linear", [le(a, b)], dict(multipliers=(Fraction(-1),),
                                                                                                    goal=le(b, a))),
        ("a <= b, so b <= a", "linear.identity", "linear", [le(a, b)], dict(multipliers=(ONE_,), goal=le(b, a))),
        ("a <= b, so a = b", "linear.equation_from_equations", "linear", [le(a, b)], dict(multipliers=(ONE_,), goal=eq(a, b))),
        ("a <= b, so a < b", "linear.strict", "linear", [le(a, b)], dict(multipliers=(ONE_,), goal=lt(a, b))),
        ("a strict premise that does not count", "linear.strict", "linear", [lt(c, d), le(a, b)],
         dict(multipliers=(Fraction(0), ONE_), goal=lt(a, b))),
        ("1 < 0", "linear.constant", "linear", [], dict(multipliers=(), goal=lt(ONE, ZERO))),
        ("0 < 0", "linear.strict", "linear", [], dict(multipliers=(), goal=FALSE)),
        ("0 = 1", "linear.constant", "linear", [], dict(multipliers=(), goal=eq(ZERO, ONE))),
        ("ab = ac, so b = c", "linear.identity", "linear", [eq(a * b, a * c)], dict(multipliers=(inv(a),), goal=eq(b, c))),
        ("squares have one root", "linear.identity", "linear", [eq(a * a, b * b)], dict(multipliers=(ONE,), goal=eq(a, b))),
        ("an inequality times an unknown", "linear.nonnegative", "linear", [le(a, b)], dict(multipliers=(c,),
                                                                                            goal=le(c * a, c * b))),
        ("x / x = 1", "ring.normal_form", "ring", [], dict(a=x / x, b=ONE)),
        ("0 / 0 = 1", "ring.normal_form", "ring", [], dict(a=ZERO * inv(ZERO), b=ONE)),
        ("1 / 0 = 0", "ring.normal_form", "ring", [], dict(a=inv(ZERO), b=ZERO)),
        ("z z^-2 z = 1", "ring.normal_form", "ring", [], dict(a=x * power(x, -2) * x, b=ONE)),
        ("inv(inv(x)) = x", "ring.normal_form", "ring", [], dict(a=inv(inv(x)), b=x)),
        ("sqrt(x^2) = x", "ring.normal_form", "ring", [], dict(a=sqrt(x * x), b=x)),
        ("sqrt(x)^2 = x", "ring.normal_form", "ring", [], dict(a=sqrt(x) * sqrt(x), b=x)),
        ("|x| = x", "ring.normal_form", "ring", [], dict(a=abs_(x), b=x)),
        ("exp(log x) = x for all x", "ring.normal_form", "ring", [], dict(a=exp(log(x)), b=x)),
        ("exp(a + log b) = exp(a) b", "ring.normal_form", "ring", [], dict(a=exp(a + log(b)), b=exp(a) * b)),
        ("log(ab) = log a + log b for all", "ring.normal_form", "ring", [], dict(a=log(a * b), b=log(a) + log(b))),
        ("exp(a) exp(b) = exp(ab)", "ring.normal_form", "ring", [], dict(a=exp(a) * exp(b), b=exp(a * b))),
        ("exp(a) exp(a) = exp(a)", "ring.normal_form", "ring", [], dict(a=exp(a) * exp(a), b=exp(a))),
        ("x^(1/2) x^(1/2) = x^1", "ring.normal_form", "ring", [], dict(a=power(x, HALF) * power(x, HALF), b=power(x, ONE))),
        ("x^(b + c) = x^b x^c for all x", "ring.normal_form", "ring", [], dict(a=power(x, b + c), b=power(x, b) * power(x, c))),
        ("(x^2)^(1/2) = x", "ring.normal_form", "ring", [], dict(a=power(x ** 2, HALF), b=x)),
        ("x^(b + 2) = x^2", "ring.normal_form", "ring", [], dict(a=power(x, b + 2), b=x * x)),
        ("x^(1/2) = 1, by counting factors", "ring.normal_form", "ring", [], dict(a=power(x, HALF), b=ONE)),
        ("x^(3/2) = x, by counting factors", "ring.normal_form", "ring", [], dict(a=power(x, Fraction(3, 2)), b=x)),
        ("x^-2 = 1, by counting factors", "ring.normal_form", "ring", [], dict(a=power(x, -2), b=ONE)),
        ("x^b = 1, by counting factors", "ring.normal_form", "ring", [], dict(a=power(x, b), b=ONE)),
        ("0^0 = 0", "ring.normal_form", "ring", [], dict(a=power(ZERO, ZERO), b=ZERO)),
        ("a bound and a free index are one", "ring.normal_form", "ring", [], dict(a=sum_(n, lambda v: F(v) * v),
                                                                                  b=sum_(n, lambda v: F(v) * i))),
        ("two nested indices swapped", "ring.normal_form", "ring", [],
         dict(a=sum_(n, lambda v: sum_(n, lambda w: F(v, w))), b=sum_(n, lambda v: sum_(n, lambda w: F(w, v))))),
        ("x/x = 1 under a sum", "ring.normal_form", "ring", [], dict(a=sum_(n, lambda v: v / v), b=sum_(n, lambda v: ONE))),
        ("an empty sum of ones by ring", "ring.normal_form", "ring", [], dict(a=sum_(num(-3), lambda v: ONE), b=num(-3))),
        ("an index leaves its maximum", "ring.normal_form", "ring", [], dict(a=max_(n, lambda v: v * c),
                                                                             b=max_(n, lambda v: v) * c)),
        ("divided by what may be zero", "inverse.strict", "inverse", [le(ZERO, a)], {}),
        ("divided by what is above -1", "inverse.nonzero", "inverse", [low], {}),
        ("1/a > 0 for a >= 0", "inverse_positive.strict", "inverse_positive", [le(ZERO, a)], {}),
        ("|a| = a for a > -1", "absolute.zero", "absolute", [le(num(-1), a)], {}),
        ("a product of numbers above -1", "product.from_zero", "product", [le(num(-1), a), le(ZERO, b)], {}),
        ("ex falso from a <= a", "absurd.strict", "absurd", [le(a, a)], dict(phi=FALSE)),
        ("ex falso from a < b", "absurd.same", "absurd", [lt(a, b)], dict(phi=FALSE)),
        ("exp(log a) = a for a >= 0", "exp_log.strict", "exp_log", [le(ZERO, a)], {}),
        ("exp(log a) = a for a > -1", "exp_log.positive", "exp_log", [low], {}),
        ("a^e by logarithms for a > -1", "power_exp.positive", "power_exp", [low], dict(e=e)),
        ("log of a negative number", "ground.certain", "ground", [], dict(goal=lt(log(num(-1)), ONE))),
        ("log 0 is very small", "ground.certain", "ground", [], dict(goal=lt(log(ZERO), num(-100)))),
        ("1/0 is large", "ground.certain", "ground", [], dict(goal=lt(num(100), inv(ZERO)))),
        ("1/(1 - 1) is not zero", "ground.certain", "ground", [], dict(goal=lt(ZERO, inv(exp(ZERO) - 1)))),
        ("equal numbers, strictly", "ground.certain", "ground", [], dict(goal=lt(sqrt(num(2)) * sqrt(num(2)), num(2)))),
        ("(-8)^(1/3) is a number", "ground.certain", "ground", [], dict(goal=lt(power(num(-8), Fraction(1, 3)), ZERO))),
        ("Gamma at a pole", "ground.certain", "ground", [], dict(goal=lt(gamma(num(-1)), gamma(num(-1)) + 1))),
        ("a ground inequality with a symbol", "ground.certain", "ground", [], dict(goal=lt(ZERO, exp(a)))),
        ("a ground inequality that is not strict", "ground.strict", "ground", [], dict(goal=le(ONE, ZERO))),
        ("-1 is natural", "nat_literal.natural", "nat_literal", [], dict(k=-1)),
        ("1/2 is natural", "nat_literal.natural", "nat_literal", [], dict(k=HALF_)),
        ("affirming the consequent", "imp_elim.antecedent", "imp_elim", [imp(lt(a, b), le(a, b)), le(a, b)], {}),
        ("from or to one side", "and_elim.conjunction", "and_elim", [or_(lt(a, b), le(b, a))], dict(side=0)),
        ("cutting what is not used", "cut.hypothesis", "cut", [lt(a, b), lt(c, d)], {}),
        ("some is all", "forall_elim.quantifier", "forall_elim", [exists(lambda v: lt(v, a))], dict(t=a)),
        ("there is x with x + 1 = x", "exists_intro.instance", "exists_intro", [eq(a, a)], dict(x="x", phi=eq(x + 1, x), t=a)),
        ("rewriting along an inequality", "rewrite.equation", "rewrite", [le(a, b), lt(a, c)], dict(x="x", phi=lt(x, c))),
        ("an equal derivative at another value", "deriv_value.same", "deriv_value",
         [Term("deriv", (above * 0 + 1, a, b)), eq(c, d)], {}),
        ("one symbol, two values", "instance.once", "instance", [lt(a, b)], dict(mapping=(("a", (), c), ("a", (), d)))),
        ("the sum times its index", "sum_scale.fresh", "sum_scale", [], dict(i="i", n=n, c=i, f=F(i))),
        ("the largest of no numbers", "max_attained.strict", "max_attained", [le(ZERO, n)], dict(i="i", f=F(i))),
        ("the largest of fewer than no numbers", "max_attained.nonempty", "max_attained", [lt(num(-1), n)], dict(i="i", f=F(i))),
        ("max at the end of the range", "max_bound.inside", "max_bound", [nat(n), le(n, n)], dict(i="i", n=n, f=F(i))),
        ("max at half an index", "max_bound.natural", "max_bound", [le(ZERO, HALF), lt(HALF, ONE)], dict(i="i", n=ONE, f=F(i))),
        ("d log at 0", "differentiate.condition", "differentiate", [le(ZERO, ZERO)], dict(x="x", f=log(x), at=ZERO)),
        ("d (1/x) at 0", "differentiate.condition", "differentiate", [], dict(x="x", f=inv(x), at=ZERO)),
        ("d sqrt at 0", "differentiate.condition", "differentiate", [le(ZERO, ZERO)], dict(x="x", f=sqrt(x), at=ZERO)),
        ("d |x| at 0", "differentiate.terms", "differentiate", [], dict(x="x", f=abs_(x), at=ZERO)),
        ("d x^x by the power rule", "differentiate.terms", "differentiate", [lt(ZERO, a)], dict(x="x", f=power(x, x), at=a)),
        ("d of an unknown function is 0", "differentiate.terms", "differentiate", [], dict(x="x", f=F(x), at=a)),
        ("d of a sum over a moving range", "differentiate.terms", "differentiate", [], dict(x="x", f=sum_(x, lambda v: v), at=a)),
        ("d of an integral by its bound", "differentiate.terms", "differentiate", [], dict(x="x", f=Term("int", (ZERO, x, F(y))),
                                                                                           at=a)),
        ("Gamma(1) = 0 Gamma(0)", "gamma_step.strict", "gamma_step", [le(ZERO, ZERO)], {}),
        ("Gamma(0) = -1 Gamma(-1)", "gamma_step.positive", "gamma_step", [lt(num(-2), num(-1))], {}),
        ("Gamma is positive at -1/2", "gamma_positive.positive", "gamma_positive", [lt(num(-1), num(-HALF_))], {}),
        ("Gamma is log-convex across 0", "gamma_logconvex.positive", "gamma_logconvex",
         [lt(num(-1), num(-HALF_)), lt(ZERO, b), le(ZERO, HALF), le(HALF, ONE)], {}),
        ("Gamma is log-convex beyond its ends", "gamma_logconvex.weight_to_one", "gamma_logconvex",
         [lt(ZERO, a), lt(ZERO, b), le(ZERO, num(2)), le(num(2), num(2))], {}),
        ("the ball in half a dimension", "vol_slices.natural", "vol_slices", [le(ZERO, HALF)], dict(s="x")),
        ("the slice variable is the dimension", "vol_slices.fresh", "vol_slices", [nat(n)], dict(s="n")),
        ("x leaves its integral", "integral_linear.fresh", "integral_linear", [integrable_(a, b, F(x)), integrable_(a, b, G(x))],
         dict(x="x", c=x, f=F(x), d=ONE, g=G(x))),
        ("polar coordinates in dimension 0", "ball_polar.dimension", "ball_polar",
         [nat(n), le(ZERO, n), le(ZERO, b), integrable_(ZERO, b, shell(F(t)), "t")], dict(t="t", f=F(t))),
        ("a ball of negative radius", "ball_polar.radius", "ball_polar",
         [nat(n), le(ONE, n), le(num(-1), b), integrable_(ZERO, b, shell(F(t)), "t")], dict(t="t", f=F(t))),
        ("the radius captured by the integral", "ball_polar.fresh", "ball_polar",
         [nat(n), le(ONE, n), le(ZERO, t), integrable_(ZERO, t, shell(F(t)), "t")], dict(t="t", f=F(t))),
        ("polar coordinates without t^(n - 1)", "ball_polar.integrable", "ball_polar",
         [nat(n), le(ONE, n), le(ZERO, b), integrable_(ZERO, b, F(t), "t")], dict(t="t", f=F(t))),
    ]
    for name, condition, rule, premises, arguments in rows:
        def make(K, rule=rule, premises=premises, arguments=arguments) -> Last:
            return Last(rule, tuple(given(K, p) for p in premises), arguments)
        make.__name__ = name
        FALLACIES.append(Fallacy(condition, make))


one_liners()
