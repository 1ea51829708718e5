"""Steps that exactly one side condition refuses: an accepted step with one thing changed, and the name of that condition.

`test_side_conditions.py` runs them on the kernel, `test_deletion.py` on kernels from which one condition was removed.
"""
from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from tests.theory.kernel.steps import (CHANGE, CONTINUOUS_DENSITY, CONTINUOUS_SQRT, F, FUNDAMENTAL, G, HALF, INDEX, LINEAR, NEXT,
                                       OPEN, PHI, POLAR, SLOPE, SQRT, Step, a, b, c, d, e, example, i, integrable_, j, k, m, n, r,
                                       s,
                                       seq, shell, step, t, u, x, y)
from theory.terms import (ONE, ZERO, Term, abs_, deriv, eq, exists, exp, fam, forall, gamma, imp, inv, le, log, lt, max_, nat,
                          num,
                          or_, power, replace, sum_)


class Negative(NamedTuple):
    condition: str
    step: Step


NEGATIVE: list[Negative] = []


def no(condition: str, refused: Step) -> None:
    NEGATIVE.append(Negative(condition, refused))


def no_kinds(rule: str, which: int = 0, real: str = "", prop: str = "", variable: str = "") -> None:
    """Arguments of the wrong kind: a formula for a real, a real for a formula, the empty name (or a term) for a variable."""
    base = example(rule, which)
    for name in real.split():
        no(f"{rule}.real", base.but(**{name: lt(a, b)}))
    for name in prop.split():
        no(f"{rule}.prop", base.but(**{name: a}))
    for name in variable.split():
        no(f"{rule}.variable", base.but(**{name: ""}))
        no(f"{rule}.variable", base.but(**{name: fam("x")}))


GOOD = lt(a, b)
STRAY = lt(x, c)        # a hypothesis about the variable that is not discharged
# ------------------------------------------------------------ logic
no_kinds("assume", prop="phi")
no("assume.prop", step("assume", phi="a < b"))
no_kinds("weaken", prop="phi")
no("cut.hypothesis", example("cut").but((0, seq(lt(a, c)))))
no("instance.real", example("instance").but(mapping=(("F", ("u",), lt(a, b)),)))
no("instance.distinct_parameters", step("instance", lt(F(a, b), c), mapping=(("F", ("u", "u"), u),)))
no("instance.table", step("instance", lt(a, b), mapping="a"))
no("instance.parameters", step("instance", lt(F(a), c), mapping=(("F", "u", u),)))
no("instance.once", step("instance", lt(a, b), mapping=(("a", (), c), ("a", (), d))))
no_kinds("imp_intro", prop="phi")
no("imp_elim.implication", example("imp_elim").but((0, seq(or_(GOOD, le(c, d))))))
no("imp_elim.antecedent", example("imp_elim").but((1, seq(le(a, b)))))
no("and_elim.conjunction", example("and_elim").but((0, seq(or_(GOOD, le(c, d))))))
no("and_elim.side", example("and_elim").but(side=2))
no("and_elim.side", example("and_elim").but(side=-1))
no("and_elim.side", example("and_elim").but(side=Fraction(1)))
no("or_intro.side", example("or_intro").but(side=2))
no("or_intro.side", example("or_intro").but(side=Fraction(1)))
no_kinds("or_intro", prop="other")
no("or_elim.disjunction", example("or_elim").but((0, seq(imp(lt(a, b), le(b, a))))))
no("or_elim.same_conclusion", example("or_elim").but((2, seq(le(d, c), le(b, a)))))
no_kinds("forall_intro", variable="x")
no("forall_intro.fresh", example("forall_intro").but((0, seq(lt(a, F(x)), STRAY))))
no("forall_elim.quantifier", example("forall_elim").but((0, seq(exists(lambda v: lt(a, F(v)))))))
no_kinds("forall_elim", real="t")
no_kinds("exists_intro", variable="x", prop="phi", real="t")
no("exists_intro.instance", example("exists_intro").but((0, seq(lt(a, F(c))))))
no("exists_elim.quantifier", example("exists_elim").but((0, seq(forall(lambda v: lt(a, F(v)))))))
no_kinds("exists_elim", variable="x")
no("exists_elim.quantified.fresh", step("exists_elim", exists(lambda v: eq(v, x + 1)), seq(lt(c, d), eq(x, x + 1)), x="x"))
no("exists_elim.fresh", example("exists_elim").but((1, seq(lt(c, d), lt(a, F(x)), STRAY))))
no("exists_elim.fresh", example("exists_elim").but((1, seq(lt(a, F(x)), lt(a, F(x))))))
no("by_order.same_conclusion", example("by_order").but((1, seq(lt(d, c), lt(b, a)))))
no_kinds("by_order", real="a b")
no("absurd.strict", example("absurd").but((0, seq(le(a, a)))))
no("absurd.same", example("absurd").but((0, seq(lt(a, b)))))
no_kinds("absurd", prop="phi")

# ------------------------------------------------------------ order
no("ring.normal_form", example("ring").but(b=a * a + b * b))
no("ring.normal_form", step("ring", a=a * inv(a), b=ONE))
no("rewrite.equation", example("rewrite").but((0, seq(le(a, b)))))
no_kinds("rewrite", variable="x", prop="phi")
no("rewrite.template", example("rewrite").but((1, seq(lt(a, c)))))
no("antisymmetric.order", example("antisymmetric").but((0, seq(lt(a, b)))))
no("antisymmetric.reverse", example("antisymmetric").but((1, seq(le(b, c)))))
no_kinds("linear", prop="goal")
no("linear.goal", step("linear", multipliers=(), goal=deriv(lambda v: v, a, b)))
no("linear.goal", step("linear", multipliers=(), goal=or_(lt(a, b), le(b, a))))
no("linear.one_multiplier_each", step("linear", le(a, b), multipliers=(Fraction(1), Fraction(1)), goal=le(a, b)))
no("linear.one_multiplier_each", step("linear", le(a, b), le(c, d), multipliers=(Fraction(1),), goal=le(a, b)))
no("linear.one_multiplier_each", step("linear", multipliers="", goal=lt(ZERO, ONE)))
no("linear.relation", step("linear", nat(a), multipliers=(Fraction(0),), goal=lt(ZERO, ONE)))
no("linear.relation", step("linear", deriv(lambda v: v, a, b), multipliers=(Fraction(0),), goal=lt(ZERO, ONE)))
no("linear.factor.real", step("linear", eq(a, b), multipliers=(Fraction(1),), goal=eq(a, b)))
no("linear.factor.real", step("linear", eq(a, b), multipliers=(lt(a, b),), goal=eq(a, b)))
no("linear.nonnegative", step("linear", le(a, b), multipliers=(Fraction(-1),), goal=le(b, a)))
no("linear.nonnegative", step("linear", le(a, b), multipliers=(1,), goal=le(a, b)))
no("linear.equation_from_equations", step("linear", le(a, b), multipliers=(Fraction(1),), goal=eq(a, b)))
no("linear.identity", LINEAR.but(goal=lt(a, d)))
no("linear.constant", step("linear", le(a, b), multipliers=(Fraction(1),), goal=le(a + 1, b)))
no("linear.constant", step("linear", eq(a, b), multipliers=(ONE,), goal=eq(a, b + 1)))
no("linear.strict", step("linear", le(a, b), multipliers=(Fraction(1),), goal=lt(a, b)))
no("linear.strict", step("linear", lt(a, b), le(c, d), multipliers=(Fraction(0), Fraction(1)), goal=lt(c, d)))
no("linear.strict", step("linear", eq(a, b), multipliers=(ONE,), goal=lt(a, b)))
no("product.first", example("product").but((0, seq(eq(ZERO, a)))))
no("product.second", example("product").but((1, seq(eq(ZERO, b)))))
no("product.from_zero", example("product").but((0, seq(le(num(-1), a)))))
no("product.from_zero", example("product").but((1, seq(le(num(-1), b)))))
no_kinds("square", real="a")
no("inverse.strict", example("inverse").but((0, seq(le(ZERO, a)))))
no("inverse.nonzero", example("inverse").but((0, seq(lt(num(-1), a)))))
no("inverse_positive.strict", example("inverse_positive").but((0, seq(le(ZERO, a)))))
no("inverse_positive.positive", example("inverse_positive").but((0, seq(lt(num(-1), a)))))
no("absolute.order", example("absolute").but((0, seq(eq(ZERO, a)))))
no("absolute.zero", example("absolute").but((0, seq(le(num(-1), a)))))
no_kinds("ground", prop="goal")
no("ground.strict", step("ground", goal=le(ZERO, ONE)))
no("ground.strict", step("ground", goal=eq(ZERO, ONE)))
no("ground.certain", step("ground", goal=lt(ONE, ZERO)))
no("ground.certain", step("ground", goal=lt(log(ZERO), num(10 ** 9))))
no("ground.certain", step("ground", goal=lt(a, a + 1)))
no("ground.certain", step("ground", goal=lt(gamma(-HALF), ZERO)))     # true, but Gamma is evaluated at positive numbers only
no("ground.certain", step("ground", goal=lt(ZERO, inv(log(ONE)))))

# ------------------------------------------------------------ exp, log, powers, naturals, Gamma
for rule in ("exp_tangent", "exp_positive", "log_exp"):
    no_kinds(rule, real="a")
for rule, positive in (("exp_log", a), ("power_exp", a), ("power_of_zero", e), ("gamma_step", s), ("gamma_positive", s)):
    no(f"{rule}.strict", example(rule).but((0, seq(le(ZERO, positive)))))
    no(f"{rule}.positive", example(rule).but((0, seq(lt(num(-1), positive)))))
no_kinds("power_exp", real="e")
no_kinds("power_step", real="a")
no("power_step.natural", example("power_step").but((0, seq(le(ZERO, k)))))
no("power_step.natural", example("power_step").but((0, seq(deriv(lambda v: v, k, a)))))
no("nat_literal.natural", step("nat_literal", k=-1))
no("nat_literal.natural", step("nat_literal", k=Fraction(1, 2)))
no("nat_literal.natural", step("nat_literal", k=num(2)))
no("nat_closed.natural", example("nat_closed").but((0, seq(le(ZERO, j)))))
no("nat_closed.natural", example("nat_closed").but((1, seq(le(ZERO, k)))))
for rule in ("nat_closed", "nat_gap", "nat_difference"):
    no(f"{rule}.natural", example(rule).but((0, seq(le(j, ZERO))), (1, seq(le(k, ZERO)))))
no("nat_closed.operation", example("nat_closed").but(op="pow"))
no("nat_closed.operation", example("nat_closed").but(op="le"))
no("nat_nonnegative.natural", example("nat_nonnegative").but((0, seq(le(k, j)))))
for rule in ("nat_gap", "nat_difference"):
    no(f"{rule}.natural", example(rule).but((0, seq(le(j, k)))))
    no(f"{rule}.natural", example(rule).but((1, seq(le(k, j)))))
no("nat_gap.less", example("nat_gap").but((2, seq(le(j, k)))))
no("nat_difference.order", example("nat_difference").but((2, seq(le(j, k)))))
INDUCTION = example("induction")
no_kinds("induction", variable="k", prop="phi")
no("induction.base", INDUCTION.but((0, seq(replace(PHI, "k", ONE)))))
no("induction.step", INDUCTION.but((1, seq(replace(PHI, "k", k + 2), nat(k), PHI))))
no("induction.fresh", INDUCTION.but((1, seq(replace(PHI, "k", k + 1), nat(k), PHI, lt(k, c)))))
no("induction.natural", INDUCTION.but((2, seq(le(ZERO, m)))))
ARCHIMEDES = example("archimedes")
no("archimedes.order", ARCHIMEDES.but((0, seq(lt(a, b + c * NEXT), nat(k)))))
no_kinds("archimedes", variable="k")
for shape in (b * (c * NEXT), Term("add", (b, c * NEXT, d)), b + (c + NEXT), b + Term("mul", (c, NEXT, d)), b + c * inv(k + 2)):
    no("archimedes.shape", ARCHIMEDES.but((0, seq(le(a, shape), nat(k)))))
no("archimedes.fresh", ARCHIMEDES.but((0, seq(le(a, b + c * NEXT), nat(k), lt(k, d)))))
for place in ("a", "b", "c"):
    no("archimedes.fresh", ARCHIMEDES.but((0, seq(replace(le(a, b + c * NEXT), place, k * d), nat(k)))))
POLES = example("gamma_step_negative")
no("gamma_step_negative.natural", POLES.but((0, seq(le(ZERO, m)))))
no("gamma_step_negative.strict", POLES.but((1, seq(le(-m - 1, s)))))
no("gamma_step_negative.above_pole", POLES.but((1, seq(lt(-m - 2, s)))))
no("gamma_step_negative.below_pole", POLES.but((2, seq(le(s, -m)))))

CONVEX = example("gamma_logconvex")
no("gamma_logconvex.first_strict", CONVEX.but((0, seq(le(ZERO, a)))))
no("gamma_logconvex.second_strict", CONVEX.but((1, seq(le(ZERO, b)))))
no("gamma_logconvex.positive", CONVEX.but((0, seq(lt(num(-1), a)))))
no("gamma_logconvex.positive", CONVEX.but((1, seq(lt(num(-1), b)))))
no("gamma_logconvex.weight", CONVEX.but((2, seq(eq(ZERO, t)))))
no("gamma_logconvex.weight_from_zero", CONVEX.but((2, seq(le(num(-1), t)))))
no("gamma_logconvex.weight_to_one", CONVEX.but((3, seq(le(t, num(2))))))

# ------------------------------------------------------------ sums and maxima
STRICT, TERM, TERMWISE = example("sum_strict"), example("sum_term"), example("sum_termwise")
LATE = lt(i, c)
no("sum_termwise.relation", TERMWISE.but((0, seq(nat(F(i)), *INDEX))))
no("sum_termwise.relation", TERMWISE.but((0, seq(imp(lt(a, b), lt(a, b)), *INDEX))))
no("sum_strict.relation", STRICT.but((0, seq(lt(F(i), G(i)), *INDEX))))
no("sum_term.relation", TERM.but((0, seq(eq(ZERO, F(i)), *INDEX))))
no("sum_term.nonnegative", TERM.but((0, seq(le(num(-1), F(i)), *INDEX))))
for base in (TERMWISE, STRICT, TERM):
    p = base.premises[0]
    no(f"{base.rule}.fresh", base.but((0, seq(p.concl, *INDEX, LATE))))
    below = {index: seq(*(replace(h, "n", i + c) for h in (q.concl, *q.hyps))) for index, q in enumerate(base.premises)}
    no(f"{base.rule}.fresh", base.but(*below.items(), n=i + c))
    no_kinds(base.rule, variable="i")
no("sum_strict.witness", STRICT.but((1, seq(le(F(j), G(j))))))
for base, first in ((STRICT, 2), (TERM, 1)):
    no(f"{base.rule}.natural", base.but((first, seq(le(ZERO, j)))))
    no(f"{base.rule}.inside", base.but((first + 1, seq(le(j, n)))))
no_kinds("sum_add", variable="i", real="f g")
no("sum_add.fresh", example("sum_add").but(n=i))
no_kinds("sum_scale", variable="i", real="c f")
no("sum_scale.fresh", example("sum_scale").but(n=i + 1))
no("sum_scale.fresh", example("sum_scale").but(c=i * d))
no("sum_constant.natural", example("sum_constant").but((0, seq(le(ZERO, n)))))
no_kinds("sum_constant", real="c")
no_kinds("sum_empty", variable="i", real="f")
no("sum_step.natural", example("sum_step").but((0, seq(le(ZERO, n)))))
no_kinds("sum_step", variable="i", real="f")
no("max_bound.natural", example("max_bound").but((0, seq(le(ZERO, j)))))
no("max_bound.inside", example("max_bound").but((1, seq(le(j, n)))))
no_kinds("max_bound", variable="i", real="f")
no("max_attained.strict", example("max_attained").but((0, seq(le(ZERO, n)))))
no("max_attained.nonempty", example("max_attained").but((0, seq(lt(num(-1), n)))))
no("max_attained.fresh", step("max_attained", lt(ZERO, i), i="i", f=F(i)))
no_kinds("max_attained", variable="i", real="f")

# ------------------------------------------------------------ derivatives
no_kinds("differentiate", variable="x", real="f at")
for f, condition, weaker in ((log(x), lt(ZERO, y), le(ZERO, y)), (inv(x), lt(ZERO, y * y), le(ZERO, y * y)),
                             (power(x, e), lt(ZERO, y), le(ZERO, y)), (power(x, num(-1)), lt(ZERO, y), lt(y, ZERO)),
                             (x * exp(log(x) + 1), lt(ZERO, y), le(ZERO, y)), (inv(log(x)), lt(ZERO, log(y) * log(y)),
                                                                               lt(ZERO, y)),
                             (inv(log(x)), lt(ZERO, y), lt(ZERO, log(y) * log(y))),
                             (sum_(n, lambda v: log(x + v)), None, lt(ZERO, y))):
    kept = (seq(weaker),)
    no("differentiate.condition", step("differentiate", *kept, x="x", f=f, at=y))
no("deriv_value.derivative", step("deriv_value", integrable_(a, b, F(x)), eq(b, c)))
no("deriv_value.equation", example("deriv_value").but((1, seq(le(b, c)))))
no("deriv_value.same", example("deriv_value").but((1, seq(eq(d, c)))))
INCREASING = example("increasing")
SIGN, MORE = lt(ZERO, SLOPE), (*OPEN, STRAY)
no("increasing.order", INCREASING.but((0, seq(eq(a, b)))))
no("increasing.interval", INCREASING.but((0, seq(le(b, a)))))
no("increasing.sign", INCREASING.but((1, seq(eq(ZERO, SLOPE), *OPEN))))
no_kinds("increasing", variable="x", real="f")
no("increasing.derivative", INCREASING.but((1, seq(le(num(-1), SLOPE), *OPEN))))
no("increasing.derivative", INCREASING.but((1, seq(le(ZERO, x), *OPEN))))
no("increasing.inside.fresh", INCREASING.but((1, seq(le(ZERO, SLOPE), *MORE))))
no("increasing.differentiable", INCREASING.but(drop=(2,)))
no("increasing.differentiable", INCREASING.but((2, seq(lt(ZERO, x), *MORE))))
no("increasing.differentiable", INCREASING.but((2, seq(le(ZERO, x), *OPEN))))
no("increasing.continuous", INCREASING.but(drop=(3,)))
no("increasing.continuous", INCREASING.but((3, seq(CONTINUOUS_SQRT.concl, *OPEN))))      # not at the ends


def elsewhere(base: Step, which: str = "b") -> Step:
    """The same step on an interval one end of which is written with x."""
    end = x + c
    premises = [(index, seq(replace(p.concl, which, end) if not p.hyps else p.concl, *(replace(h, which, end) for h in p.hyps)))
                for index, p in enumerate(base.premises)]
    return base.but(*premises, **({which: end} if which in base.arguments else {}))


for base in (INCREASING, FUNDAMENTAL, CHANGE, example("integral_monotone"), example("integral_strict"), example("integrable_dominated")):
    for end in ("a", "b"):
        no(f"{base.rule}.inside.fresh", elsewhere(base, end))
# ------------------------------------------------------------ integrals
DENSITY = HALF * inv(SQRT)
no("fundamental.order", FUNDAMENTAL.but((0, seq(le(b, a)))))
no("fundamental.order", FUNDAMENTAL.but((0, seq(lt(a, b)))))
no_kinds("fundamental", variable="x", real="f")
no("fundamental.equation", FUNDAMENTAL.but((1, seq(le(SLOPE, DENSITY), *OPEN))))
no("fundamental.derivative", FUNDAMENTAL.but((1, seq(eq(x, DENSITY), *OPEN))))
no("fundamental.derivative", FUNDAMENTAL.but((1, seq(eq(SLOPE, 2 * DENSITY), *OPEN))))
no("fundamental.inside.fresh", FUNDAMENTAL.but((1, seq(eq(SLOPE, DENSITY), *MORE))))
no("fundamental.differentiable", FUNDAMENTAL.but(drop=(2,)))
no("fundamental.continuous", FUNDAMENTAL.but(drop=(3,)))
no("fundamental.continuous", FUNDAMENTAL.but((3, seq(CONTINUOUS_SQRT.concl, *OPEN))))
no("fundamental.sign.fresh", FUNDAMENTAL.but((4, seq(le(ZERO, DENSITY), *MORE))))
no("fundamental.integrable", FUNDAMENTAL.but(drop=(4,)))
no("fundamental.integrable", FUNDAMENTAL.but((4, seq(CONTINUOUS_DENSITY.concl, *OPEN))))
no("fundamental.integrable", FUNDAMENTAL.but((4, seq(le(num(-1), DENSITY), *OPEN))))
STRICT = example("integral_strict")
no("integral_strict.relation", STRICT.but((0, seq(le(F(x), G(x)), *OPEN))))
no("integral_strict.relation", STRICT.but((0, seq(eq(F(x), G(x)), *OPEN))))
no_kinds("integral_strict", variable="x")
no("integral_strict.order", STRICT.but((3, seq(le(a, b)))))
no("integral_strict.first_integrable", STRICT.but((1, seq(integrable_(a, b, G(x))))))
no("integral_strict.second_integrable", STRICT.but((2, seq(integrable_(a, c, G(x))))))
no("integral_strict.inside.fresh", STRICT.but((0, seq(lt(F(x), G(x)), *MORE))))
MONOTONE = example("integral_monotone")
no("integral_monotone.relation", MONOTONE.but((0, seq(imp(lt(F(x), G(x)), le(F(x), G(x))), *OPEN))))
no("integral_monotone.relation", MONOTONE.but((0, seq(nat(F(x)), *OPEN))))
no_kinds("integral_monotone", variable="x")
no("integral_monotone.order", MONOTONE.but((3, seq(lt(a, b)))))
no("integral_monotone.order", MONOTONE.but((3, seq(eq(a, b)))))
no("integral_monotone.first_integrable", MONOTONE.but((1, seq(integrable_(a, b, G(x))))))
no("integral_monotone.second_integrable", MONOTONE.but((2, seq(integrable_(a, c, G(x))))))
no("integral_monotone.inside.fresh", MONOTONE.but((0, seq(le(F(x), G(x)), *MORE))))
DOMINATED = example("integrable_dominated")
no("integrable_dominated.sign", DOMINATED.but((0, seq(eq(ZERO, inv(x)), *OPEN))))
no("integrable_dominated.nonnegative", DOMINATED.but((0, seq(le(num(-1), inv(x)), *OPEN))))
no("integrable_dominated.bound", DOMINATED.but((1, seq(imp(lt(inv(x), G(x)), le(inv(x), G(x))), *OPEN))))
no("integrable_dominated.bound", DOMINATED.but((1, seq(deriv(lambda v: v, a, x), *OPEN))))
no("integrable_dominated.same", DOMINATED.but((1, seq(le(x, G(x)), *OPEN))))
no_kinds("integrable_dominated", variable="x")
no("integrable_dominated.integrable", DOMINATED.but((2, seq(deriv(lambda v: v, a, b)))))
no("integrable_dominated.dominating", DOMINATED.but((2, seq(integrable_(a, b, F(x))))))
no("integrable_dominated.inside.fresh", DOMINATED.but((0, seq(le(ZERO, inv(x)), *MORE))))
no("integrable_dominated.inside.fresh", DOMINATED.but((1, seq(le(inv(x), G(x)), *MORE))))
no("integrable_dominated.continuous", DOMINATED.but(drop=(3,)))
no("integrable_dominated.continuous", DOMINATED.but((3, seq(lt(ZERO, x * x), *MORE))))
SPLIT = example("integral_linear")
no_kinds("integral_linear", variable="x", real="c d")
no("integral_linear.fresh", SPLIT.but(c=x * c))
no("integral_linear.fresh", SPLIT.but(d=x + d))
no("integral_linear.integrable", SPLIT.but((0, seq(deriv(lambda v: F(v), a, b)))))
no("integral_linear.first", SPLIT.but((0, seq(integrable_(a, b, G(x))))))
no("integral_linear.second", SPLIT.but((1, seq(integrable_(a, c, G(x))))))
no("change_of_variables.order", CHANGE.but((0, seq(le(b, a)))))
no_kinds("change_of_variables", variable="x u", real="f phi")
no("change_of_variables.two_variables", CHANGE.but((2, seq(eq(inv(x), F(x)), *OPEN)), u="x", f=F(x)))
no("change_of_variables.old_variable.fresh", CHANGE.but((2, seq(eq(inv(x), F(SQRT, x) * SLOPE), *OPEN)), f=F(u, x)))
no("change_of_variables.sign", CHANGE.but((1, seq(le(ZERO, SLOPE), *OPEN))))
no("change_of_variables.positive_derivative", CHANGE.but((1, seq(lt(num(-1), SLOPE), *OPEN))))
no("change_of_variables.positive_derivative", CHANGE.but((1, seq(lt(ZERO, x), *OPEN))))
no("change_of_variables.equation", CHANGE.but((2, seq(le(inv(x), F(SQRT) * SLOPE), *OPEN))))
no("change_of_variables.integrand", CHANGE.but((2, seq(eq(x, F(SQRT) * SLOPE), *OPEN))))
no("change_of_variables.integrand", CHANGE.but((2, seq(eq(inv(x), F(SQRT)), *OPEN))))
no("change_of_variables.inside.fresh", CHANGE.but((1, seq(lt(ZERO, SLOPE), *MORE))))
no("change_of_variables.inside.fresh", CHANGE.but((2, seq(eq(inv(x), F(SQRT) * SLOPE), *MORE))))
no("change_of_variables.differentiable", CHANGE.but(drop=(3,)))
no("change_of_variables.continuous", CHANGE.but(drop=(4,)))
no("change_of_variables.continuous", CHANGE.but((4, seq(CONTINUOUS_SQRT.concl, *OPEN))))
no("change_of_variables.integrable", CHANGE.but(drop=(5,)))
no("change_of_variables.integrable", CHANGE.but((5, seq(lt(ZERO, x * x), *OPEN))))
MOVED = x + u       # with a = 0 and b = 1 the new variable would be bound in its own limits
no("change_of_variables.new_variable.fresh", step("change_of_variables", le(a, b), seq(lt(ZERO, ONE + 0 * x), *OPEN),
                                                  seq(eq(exp(x), F(MOVED)), *OPEN), x="x", a=a, b=b, phi=MOVED, u="u", f=F(u),
                                                  g=exp(x)))
no("ball_polar.natural", POLAR.but((0, seq(le(ZERO, n)))))
no("ball_polar.dimension", POLAR.but((1, seq(le(ZERO, n)))))
no("ball_polar.order", POLAR.but((2, seq(lt(ZERO, r)))))
no("ball_polar.radius", POLAR.but((2, seq(le(num(-1), r))), (3, seq(integrable_(ZERO, r, shell(F(t)), "t")))))
no_kinds("ball_polar", variable="t", real="f")
no("ball_polar.fresh", step("ball_polar", nat(t), le(ONE, t), le(ZERO, r), integrable_(ZERO, r, shell(F(t), t), "t"), t="t",
                            f=F(t)))
no("ball_polar.fresh", step("ball_polar", nat(n), le(ONE, n), le(ZERO, t), integrable_(ZERO, t, shell(F(t)), "t"), t="t", f=F(t)))
no("ball_polar.integrable", POLAR.but((3, seq(integrable_(ZERO, r, F(t), "t")))))
no("vol_slices.natural", example("vol_slices").but((0, seq(le(ZERO, n)))))
no_kinds("vol_slices", variable="s")
no("vol_slices.fresh", step("vol_slices", nat(s), s="s"))
# ------------------------------------------------------------ every rule: malformed terms, unknown calculus
no("ring.terms", step("ring", a=lt(a, b), b=a))
no("differentiate.terms", step("differentiate", x="x", f=gamma(x), at=a))
for f in (abs_(x), max_(n, lambda v: x * v), power(x, x), power(a, x), F(x), sum_(x, lambda v: v)):
    no("differentiate.terms", step("differentiate", x="x", f=f, at=a))
POINTLESS = seq(le(ZERO, ZERO), *OPEN)
for f in (gamma(x), power(x, x), F(x), sum_(x, lambda v: v), max_(x, lambda v: v)):
    no("integrable_dominated.terms", DOMINATED.but((0, seq(le(ZERO, f), *OPEN)), (1, seq(le(f, G(x)), *OPEN))))
