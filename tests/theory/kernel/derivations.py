"""Fallacious derivations of several steps. Importing this registers them in FALLACIES."""
from __future__ import annotations

from fractions import Fraction

from tests.theory.kernel.fallacies import AROUND, FALLACIES, FALSE, HALF_, ONE_, PLUS, assume, fallacy, given, last, true
from tests.theory.kernel.steps import F, G, HALF, INDEX, NEXT, OPEN, a, b, c, d, i, integrable_, k, m, n, u, x, y
from theory.terms import (ONE, ZERO, Term, and_, eq, exists, exp, fam, forall, inv, le, log, lt, max_, nat, num, or_, power,
                          replace, sum_)

__all__ = ["FALLACIES"]


# ------------------------------------------------------------ quantifiers and variables
@fallacy("forall_intro.fresh")
def what_holds_of_one_holds_of_all(K):
    return last("forall_intro", assume(K, eq(x, ZERO)), x="x")


@fallacy("forall_intro.fresh")
def a_hypothesis_kept_by_a_sum_of_two(K):
    p = K.apply("and_intro", assume(K, lt(ZERO, x)), assume(K, lt(ZERO, y)))
    return last("forall_intro", K.apply("and_elim", p, side=1), x="x")      # the unused conjunct still speaks of x


@fallacy("exists_elim.fresh")
def the_witness_leaks_into_the_conclusion(K):
    some = K.apply("exists_intro", true(K, eq(ONE, ONE)), x="x", phi=eq(x, ONE), t=ONE)
    return last("exists_elim", some, assume(K, eq(x, ONE)), x="x")


@fallacy("exists_elim.fresh")
def one_witness_for_two_facts(K):
    some = K.apply("exists_intro", true(K, eq(ONE, ONE)), x="x", phi=eq(x, ONE), t=ONE)
    clash = K.apply("linear", assume(K, eq(x, ONE)), assume(K, eq(x, ZERO)), multipliers=(num(-1), ONE), goal=eq(ONE, ZERO))
    return last("exists_elim", some, clash, x="x")


@fallacy("exists_elim.quantified.fresh")
def the_witness_is_in_the_quantified_formula(K):
    """There is v with v = x + 1; were x that v, x = x + 1."""
    some = K.apply("exists_intro", true(K, eq(x + 1, x + 1)), x="v", phi=eq(fam("v"), x + 1), t=x + 1)
    clash = K.apply("linear", assume(K, eq(x, x + 1)), multipliers=(num(-1),), goal=le(ONE, ZERO))
    return last("exists_elim", some, clash, x="x")


@fallacy("exists_elim.quantifier")
def all_taken_for_some(K):
    return last("exists_elim", assume(K, forall(lambda v: lt(v, a))), given(K, lt(c, d), lt(x, a)), x="x")


@fallacy("exists_intro.instance")
def a_bound_variable_captures_the_witness(K):
    """From: for all v there is w > v. The witness of the outer quantifier may not be the inner variable."""
    inner = exists(lambda w: lt(fam("v"), w))
    return last("exists_intro", given(K, exists(lambda w: lt(w, w))), x="v", phi=inner, t=a)


@fallacy("or_elim.same_conclusion")
def two_cases_two_conclusions(K):
    both = assume(K, or_(lt(a, b), le(b, a)))
    return last("or_elim", both, assume(K, lt(a, b)), assume(K, le(b, a)))


@fallacy("by_order.same_conclusion")
def by_order_to_two_conclusions(K):
    return last("by_order", assume(K, le(a, b)), assume(K, lt(b, a)), a=a, b=b)


@fallacy("rewrite.template")
def rewriting_a_bound_variable(K):
    """x = 0 says nothing about the x that a sum binds."""
    p = given(K, lt(sum_(n, lambda v: v), c))
    return last("rewrite", assume(K, eq(x, ZERO)), p, x="y", phi=lt(Term("sum", (n, y)), c))


# ------------------------------------------------------------ order
@fallacy("linear.strict")
def a_square_is_positive(K):
    return last("linear", K.apply("square", a=a), multipliers=(ONE_,), goal=lt(ZERO, a * a))


@fallacy("linear.strict")
def half_strict_factors_give_a_strict_product(K):
    p = K.apply("product", assume(K, lt(ZERO, a)), assume(K, le(ZERO, b)))
    return last("linear", p, multipliers=(ONE_,), goal=lt(ZERO, a * b))


@fallacy("inverse.strict")
def zero_has_an_inverse(K):
    return last("inverse", true(K, le(ZERO, ZERO)))


@fallacy("antisymmetric.reverse")
def one_order_twice(K):
    p = true(K, le(ZERO, ONE))
    return last("antisymmetric", p, p)


@fallacy("linear.factor.real")
def an_equation_times_a_formula(K):
    return last("linear", true(K, eq(ONE, ONE)), multipliers=(FALSE,), goal=eq(ZERO, ONE))


@fallacy("absurd.same")
def x_over_x_below_one(K):
    return last("absurd", assume(K, lt(x / x, ONE)), phi=FALSE)


# ------------------------------------------------------------ powers and naturals
@fallacy("power_of_zero.strict")
def zero_to_the_zero_is_zero(K):
    """With 0^0 = 1 (ring) this would give 0 = 1."""
    return last("power_of_zero", true(K, le(ZERO, ZERO)))


@fallacy("power_of_zero.positive")
def zero_to_the_zero_is_zero_since_0_is_above_minus_one(K):
    return last("power_of_zero", true(K, lt(num(-1), ZERO)))


@fallacy("power_exp.strict")
def zero_to_the_zero_by_logarithms(K):
    return last("power_exp", true(K, le(ZERO, ZERO)), e=ONE)


@fallacy("power_step.natural")
def the_power_step_at_minus_one(K):
    """0^0 = 0^(-1) 0 would be 1 = 0."""
    return last("power_step", true(K, le(num(-1), ZERO)), a=ZERO)


@fallacy("nat_gap.less")
def the_gap_between_equals(K):
    zero = K.apply("nat_literal", k=0)
    return last("nat_gap", zero, zero, true(K, le(ZERO, ZERO)))


@fallacy("nat_gap.natural")
def the_gap_between_reals(K):
    return last("nat_gap", K.apply("nat_literal", k=0), true(K, le(ZERO, HALF)), true(K, lt(ZERO, HALF)))


@fallacy("nat_difference.order")
def zero_minus_one_is_natural(K):
    zero, one = K.apply("nat_literal", k=0), K.apply("nat_literal", k=1)
    return last("nat_difference", zero, one, true(K, le(ZERO, ONE)))


@fallacy("nat_closed.operation")
def naturals_are_closed_under_powers_of_any_kind(K):
    two = K.apply("nat_literal", k=2)
    return last("nat_closed", two, two, op="max")


@fallacy("induction.natural")
def induction_reaches_one_half(K):
    zero, one = K.apply("nat_literal", k=0), K.apply("nat_literal", k=1)
    grow = K.apply("nat_closed", assume(K, nat(k)), one, op="add")
    return last("induction", zero, grow, true(K, le(ZERO, HALF)), k="k", phi=nat(k))


@fallacy("induction.fresh")
def induction_with_the_variable_in_a_hypothesis(K):
    p = K.apply("linear", assume(K, eq(k, ZERO)), multipliers=(ONE,), goal=le(k + 1, ONE))
    return last("induction", true(K, le(ZERO, ONE)), p, assume(K, nat(m)), k="k", phi=le(k, ONE))


@fallacy("induction.base")
def induction_from_one(K):
    step_ = given(K, lt(ZERO, k + 1), nat(k), lt(ZERO, k))
    return last("induction", true(K, lt(ZERO, ONE)), step_, K.apply("nat_literal", k=0), k="k", phi=lt(ZERO, k))


@fallacy("induction.step")
def induction_by_twos(K):
    step_ = given(K, replace(lt(F(k), c), "k", k + 2), nat(k), lt(F(k), c))
    return last("induction", given(K, lt(F(ZERO), c)), step_, assume(K, nat(m)), k="k", phi=lt(F(k), c))


def next_is_invertible(K):
    """k in N |- (k + 1) inv(k + 1) = 1"""
    low = K.apply("nat_nonnegative", assume(K, nat(k)))
    return K.apply("inverse", K.apply("linear", low, multipliers=(ONE_,), goal=lt(ZERO, k + 1)))


@fallacy("archimedes.fresh")
def a_limit_whose_constant_grows(K):
    """1 <= 0 + (k + 1) / (k + 1), so 1 <= 0"""
    p = K.apply("linear", next_is_invertible(K), multipliers=(num(-1),), goal=le(ONE, ZERO + (k + 1) * NEXT))
    return last("archimedes", p, k="k")


@fallacy("archimedes.fresh")
def a_limit_of_the_left_side(K):
    """1/(k + 1) <= 0 + 1/(k + 1), so 1/(k + 1) <= 0"""
    p = K.apply("weaken", true(K, le(NEXT, ZERO + ONE * NEXT)), phi=nat(k))
    return last("archimedes", p, k="k")


@fallacy("archimedes.fresh")
def a_limit_of_the_middle(K):
    p = K.apply("weaken", true(K, le(ZERO, -NEXT + ONE * NEXT)), phi=nat(k))
    return last("archimedes", p, k="k")


@fallacy("archimedes.fresh")
def a_limit_under_a_hypothesis_about_the_index(K):
    p = given(K, le(ONE, ZERO + ONE * NEXT), nat(k), eq(k, ZERO))
    return last("archimedes", p, k="k")


@fallacy("archimedes.fresh")
def a_limit_over_the_reals_above_zero(K):
    return last("archimedes", given(K, le(ONE, ZERO + ONE * NEXT), le(ZERO, k)), k="k")


@fallacy("archimedes.shape")
def a_limit_that_does_not_vanish(K):
    return last("archimedes", true(K, le(ONE, Term("add", (ZERO, num(0) * NEXT, ONE)))), k="k")


@fallacy("archimedes.order")
def a_strict_limit_stays_strict(K):
    return last("archimedes", given(K, lt(ZERO, ZERO + ONE * NEXT), nat(k)), k="k")


# ------------------------------------------------------------ sums
@fallacy("sum_termwise.fresh")
def the_sum_of_indices_is_zero(K):
    p = K.apply("linear", assume(K, eq(i, ZERO)), multipliers=(ONE,), goal=le(i, ZERO))
    return last("sum_termwise", p, i="i", n=n)


@fallacy("sum_termwise.fresh")
def the_index_bounds_itself(K):
    """i < i is false, so under it anything holds of the terms"""
    p = K.apply("absurd", assume(K, lt(i, i)), phi=le(ONE, ZERO))
    return last("sum_termwise", p, i="i", n=i)


@fallacy("sum_strict.relation")
def strict_terms_make_an_empty_sum_strict(K):
    below = true(K, lt(ZERO, ONE))
    return last("sum_strict", below, below, K.apply("nat_literal", k=0), true(K, le(ZERO, ZERO)), i="i", n=ZERO, j=ZERO)


@fallacy("sum_strict.inside")
def the_strict_term_is_outside(K):
    low, below = true(K, le(ZERO, ONE)), true(K, lt(ZERO, ONE))
    return last("sum_strict", low, below, K.apply("nat_literal", k=0), true(K, le(ZERO, ZERO)), i="i", n=ZERO, j=ZERO)


@fallacy("sum_strict.natural")
def the_strict_term_is_at_half(K):
    """Terms i (1 - i) are 0 at the only index 0, and 1/4 at 1/2"""
    low = given(K, le(ZERO, i * (1 - i)), *INDEX)
    below = true(K, lt(ZERO, HALF * (1 - HALF)))
    return last("sum_strict", low, below, true(K, le(ZERO, HALF)), given(K, lt(HALF, n)), i="i", n=n, j=HALF)


@fallacy("sum_term.nonnegative")
def a_negative_term_is_above_the_sum(K):
    return last("sum_term", given(K, le(num(-1), F(i)), *INDEX), K.apply("nat_literal", k=0), assume(K, lt(ZERO, n)), i="i", n=n,
                j=ZERO)


@fallacy("sum_term.inside")
def a_term_of_the_empty_sum(K):
    """1 <= the sum over i < 0 of 1"""
    return last("sum_term", true(K, le(ZERO, ONE)), K.apply("nat_literal", k=0), true(K, le(ZERO, ZERO)), i="i", n=ZERO, j=ZERO)


@fallacy("sum_constant.natural")
def half_a_term(K):
    """The sum over i < 1/2 of 1 is 1"""
    return last("sum_constant", true(K, le(ZERO, HALF)), c=ONE)


@fallacy("sum_step.natural")
def a_step_from_minus_one_half(K):
    """The sum over i < 1/2 is f(0), not f(-1/2)"""
    return last("sum_step", true(K, le(num(-HALF_), ZERO)), i="i", f=F(i))


# ------------------------------------------------------------ calculus
def square_of_inverse(K):
    """0 <= the derivative of -1/x as it is computed"""
    p = K.apply("square", a=inv(x))
    return K.apply("linear", p, multipliers=(ONE_,), goal=le(ZERO, inv(x) * inv(x)))


def nonzero(K, *hyps):
    """0 < x |- 0 < x x, with more hypotheses"""
    positive = assume(K, lt(ZERO, x))
    p = K.apply("product", positive, positive)
    for h in hyps:
        p = K.apply("weaken", p, phi=h)
    return p


@fallacy("increasing.continuous")
def minus_one_over_x_from_zero(K):
    """-1/x increases on (0, 1), so -1/0 <= -1"""
    return last("increasing", true(K, le(ZERO, ONE)), square_of_inverse(K), nonzero(K, *PLUS), x="x", a=ZERO, b=ONE, f=-inv(x))


@fallacy("increasing.differentiable")
def minus_one_over_x_across_zero(K):
    """-1/x increases on both sides of 0, so 1 <= -1"""
    return last("increasing", true(K, le(num(-1), ONE)), square_of_inverse(K), nonzero(K, *AROUND), x="x", a=num(-1), b=ONE,
                f=-inv(x))


@fallacy("increasing.inside.fresh")
def the_sign_of_the_derivative_outside_the_interval(K):
    """x^2 increases where 0 <= x, so (-1)^2 <= 0^2"""
    slope = K.apply("linear", assume(K, le(ZERO, x)), multipliers=(Fraction(2),), goal=le(ZERO, x * ONE + ONE * x))
    return last("increasing", true(K, le(num(-1), ZERO)), slope, x="x", a=num(-1), b=ZERO, f=x * x)


@fallacy("increasing.interval")
def increasing_from_right_to_left(K):
    return last("increasing", true(K, le(ZERO, ONE)), true(K, le(ZERO, ONE)), x="x", a=ONE, b=ZERO, f=x)


@fallacy("increasing.inside.fresh")
def an_interval_that_moves_with_x(K):
    """On (x, x + 1) nothing can be said for the x of the interval"""
    return last("increasing", true(K, le(x, x + 1)), true(K, le(ZERO, ONE)), x="x", a=x, b=x + 1, f=x)


@fallacy("increasing.derivative")
def the_derivative_of_another_function(K):
    return last("increasing", true(K, le(ZERO, ONE)), true(K, le(ZERO, ONE)), x="x", a=ZERO, b=ONE, f=-x)


@fallacy("linear.strict")
def a_nonnegative_derivative_increases_strictly(K):
    p = K.apply("increasing", true(K, lt(ZERO, ONE)), true(K, le(ZERO, ZERO * x)), x="x", a=ZERO, b=ONE, f=a + 0 * x)
    return last("linear", p, multipliers=(ONE_,), goal=lt(a + 0 * ZERO, a + 0 * ONE))


@fallacy("integrable_dominated.continuous")
def a_maximum_over_nothing_is_continuous(K):
    f = max_(n, lambda v: x * v)
    return last("integrable_dominated", given(K, le(ZERO, f)), given(K, le(f, G(x))), given(K, integrable_(a, b, G(x))), x="x")


@fallacy("fundamental.continuous")
def the_logarithm_from_zero(K):
    """int_0^1 1/x dx = log 1 - log 0"""
    ring = K.apply("ring", a=ONE * inv(x), b=inv(x))
    inside = assume(K, lt(ZERO, x))
    for h in PLUS:
        inside = K.apply("weaken", inside, phi=h)
    sign = K.apply("linear", K.apply("inverse_positive", assume(K, lt(ZERO, x))), multipliers=(ONE_,), goal=le(ZERO, inv(x)))
    return last("fundamental", true(K, le(ZERO, ONE)), ring, inside, sign, x="x", a=ZERO, b=ONE, f=log(x), g=inv(x))


@fallacy("fundamental.differentiable")
def one_over_x_squared_across_zero(K):
    """int_{-1}^1 x^-2 dx = -2"""
    square = K.apply("ring", a=-(-(ONE * inv(x) * inv(x))), b=inv(x) * inv(x))
    return last("fundamental", true(K, le(num(-1), ONE)), square, nonzero(K, *AROUND), K.apply("square", a=inv(x)), x="x",
                a=num(-1),
                b=ONE, f=-inv(x), g=inv(x) * inv(x))


@fallacy("fundamental.order")
def an_integral_with_its_bounds_swapped(K):
    """The integral over an empty interval is 0, not f(b) - f(a)"""
    return last("fundamental", true(K, le(ZERO, ONE)), K.apply("ring", a=ONE, b=ONE), x="x", a=ONE, b=ZERO, f=x, g=ONE)


@fallacy("fundamental.derivative")
def the_integral_of_another_function(K):
    return last("fundamental", true(K, le(ZERO, ONE)), K.apply("ring", a=x, b=x), x="x", a=ZERO, b=ONE, f=x, g=x)


@fallacy("fundamental.integrable")
def a_derivative_that_is_not_integrable(K):
    """Neither sign nor continuity of g: x^(3/2) as f, its slope shown only inside"""
    f = power(x, Fraction(3, 2))
    slope = num(Fraction(3, 2)) * power(x, num(Fraction(3, 2)) - 1) * ONE
    ends = given(K, and_(le(ZERO, x), le(ZERO, num(Fraction(3, 2)))), le(ZERO, x), le(x, ONE))
    return last("fundamental", true(K, le(ZERO, ONE)), K.apply("ring", a=slope, b=slope), given(K, lt(ZERO, x), *PLUS), ends,
                x="x", a=ZERO, b=ONE, f=f, g=slope)


@fallacy("integrable_dominated.dominating")
def dominated_by_what_is_not_integrable(K):
    sign, bound = given(K, le(ZERO, exp(x))), given(K, le(exp(x), G(x)))
    return last("integrable_dominated", sign, bound, given(K, integrable_(a, b, ONE)), x="x")


@fallacy("integrable_dominated.nonnegative")
def dominated_from_one_side(K):
    """-1/x <= 1 on (0, 1)"""
    return last("integrable_dominated", given(K, le(num(-1), exp(x))), given(K, le(exp(x), ONE)), given(K,
                                                                                                        integrable_(a, b, ONE)),
                                                                                                        x="x")


@fallacy("integrable_dominated.inside.fresh")
def dominated_on_half_of_the_interval(K):
    return last("integrable_dominated", given(K, le(ZERO, exp(x))), given(K, le(exp(x), ONE), le(x, ZERO)),
                given(K, integrable_(a, b, ONE)),
                x="x")


@fallacy("integrable_dominated.same")
def the_bound_of_another_function(K):
    return last("integrable_dominated", given(K, le(ZERO, exp(x))), given(K, le(x, ONE)), given(K, integrable_(a, b, ONE)), x="x")


@fallacy("integrable_dominated.continuous")
def dominated_but_not_measurable(K):
    """An f whose continuity is not shown on the interval"""
    return last("integrable_dominated", given(K, le(ZERO, inv(x))), given(K, le(inv(x), ONE)), given(K, integrable_(a, b, ONE)),
                x="x")


@fallacy("integral_monotone.first_integrable")
def monotone_without_integrability(K):
    whole = given(K, integrable_(a, b, ONE))
    return last("integral_monotone", given(K, le(F(x), ONE)), whole, whole, assume(K, le(a, b)), x="x")


@fallacy("integral_monotone.inside.fresh")
def monotone_on_part_of_the_interval(K):
    return last("integral_monotone", given(K, le(F(x), G(x)), *OPEN, lt(x, c)), given(K, integrable_(a, b, F(x))),
                given(K, integrable_(a, b, G(x))), assume(K, le(a, b)), x="x")


@fallacy("change_of_variables.positive_derivative")
def a_decreasing_change_of_variables(K):
    """u = -x would turn the integral around without a sign"""
    return last("change_of_variables", true(K, le(ZERO, ONE)), true(K, lt(ZERO, ONE)), K.apply("ring", a=x * ONE, b=x * ONE),
                x="x", a=ZERO, b=ONE, phi=-x, u="u", f=u, g=x * ONE)


@fallacy("change_of_variables.inside.fresh")
def a_change_of_variables_that_turns_back(K):
    """u = x^2 on (-1, 1) has positive slope only on one half"""
    slope = x * ONE + ONE * x
    p = K.apply("linear", assume(K, lt(ZERO, x)), multipliers=(Fraction(2),), goal=lt(ZERO, slope))
    return last("change_of_variables", true(K, le(num(-1), ONE)), p, K.apply("ring", a=2 * x, b=slope), x="x", a=num(-1), b=ONE,
                phi=x * x, u="u", f=ONE, g=2 * x)


@fallacy("change_of_variables.sign")
def a_constant_change_of_variables(K):
    return last("change_of_variables", true(K, le(ZERO, ONE)), true(K, le(ZERO, ZERO * x)), K.apply("ring", a=ZERO, b=ZERO * x),
                x="x",
                a=ZERO, b=ONE, phi=c + 0 * x, u="u", f=ONE, g=ZERO)


@fallacy("change_of_variables.integrand")
def the_factor_forgotten(K):
    """du = 2 dx"""
    return last("change_of_variables", true(K, le(ZERO, ONE)), true(K, lt(ZERO, num(2))), K.apply("ring", a=ONE, b=ONE), x="x",
                a=ZERO,
                b=ONE, phi=2 * x, u="u", f=ONE, g=ONE)


@fallacy("change_of_variables.old_variable.fresh")
def the_old_variable_stays_in_the_new_integrand(K):
    return last("change_of_variables", true(K, le(ZERO, ONE)), true(K, lt(ZERO, ONE)), K.apply("ring", a=x * x, b=x * x), x="x",
                a=ZERO,
                b=ONE, phi=x, u="u", f=u * x, g=x * x)


@fallacy("change_of_variables.new_variable.fresh")
def the_new_variable_in_its_own_limits(K):
    return last("change_of_variables", true(K, le(ZERO, ONE)), true(K, lt(ZERO, ONE)), K.apply("ring", a=x + u, b=x + u), x="x",
                a=ZERO,
                b=ONE, phi=x + u, u="u", f=u, g=x + u)


# ------------------------------------------------------------ Gamma
@fallacy("gamma_step_negative.natural")
def between_poles_that_are_not_poles(K):
    """m = 1/2: s = -1 lies between -3/2 and -1/2, and is a pole"""
    return last("gamma_step_negative", true(K, le(ZERO, HALF)), true(K, lt(-HALF - 1, num(-1))), true(K, lt(num(-1), -HALF)))


@fallacy("gamma_step_negative.strict")
def on_the_lower_pole(K):
    zero = K.apply("nat_literal", k=0)
    return last("gamma_step_negative", zero, true(K, le(-ZERO - 1, num(-1))), true(K, lt(num(-1), -ZERO)))


@fallacy("gamma_step_negative.below_pole")
def on_the_upper_pole(K):
    zero = K.apply("nat_literal", k=0)
    return last("gamma_step_negative", zero, true(K, lt(-ZERO - 1, ZERO)), true(K, le(ZERO, -ZERO)))
