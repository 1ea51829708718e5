"""Truth at a point: three-valued, certified, and undecided wherever something has no value."""
from __future__ import annotations

from fractions import Fraction

import pytest

from theory.claim import ClaimError, Outcome, family, index, scalar, size
from theory.evaluate import LADDER, agreement, filtered, over, relations, robustness, second_opinion, truth
from theory.points import Assignment, Box
from theory.terms import (PI, Symbol, abs_, and_, ball, deriv, each, eq, exists, exp, fam, forall, gamma, imp, integrable,
                          integral, le, log, lt, max_, nat, num, or_, power, some, sqrt, sum_, vol)

N, X, Y, R = fam("n"), Symbol("x"), Symbol("y"), fam("r")
ROW = (size("n", 0), family("x", "n"))
LSE = log(sum_(N, lambda i: exp(X(i))))
HOLDS, FAILS, UNDECIDED = Outcome.HOLDS, Outcome.FAILS, Outcome.UNDECIDED


def at(variables, **raw):
    return Assignment.of(variables, raw)


def row(*entries):
    return at(ROW, n=len(entries), x=list(entries))


def test_max_below_lse_is_refuted_at_one_entry_by_exact_forms():
    strict = lt(max_(N, X), LSE)
    judged = truth(strict, row("1/3"))
    assert judged.outcome is FAILS and judged.by == "exact normal form"
    assert truth(strict, row("1/3", 0)).outcome is HOLDS
    assert truth(strict, row("1/3"), (64, 128, 512, 2048)).outcome is UNDECIDED, "balls alone never see a tie"


def test_equality_of_all_entries_attains_the_upper_bound():
    upper = le(LSE, max_(N, X) + log(N))
    assert truth(upper, row(7, 7, 7)) == (HOLDS, "exact normal form")
    assert truth(lt(LSE, max_(N, X) + log(N)), row(7, 7, 7)).outcome is FAILS


def test_far_apart_entries_need_precision():
    assert truth(lt(max_(N, X), LSE), row(1000, 0)) == (HOLDS, "arb 2048 bits")


@pytest.mark.parametrize("formula", [
    le(max_(N, X), 0), lt(0, max_(N, X)), eq(max_(N, X), max_(N, X)), lt(
        log(sum_(N, X)), 1), le(1 / sum_(N, X), 1), eq(sum_(N, X) / sum_(N, X), 1),
    le(gamma(sum_(N, X)), 1), le(sqrt(sum_(N, X) - 1), 1), le(power(sum_(N, X), -1), 1), le(X(N), X(N)),
    le(X(num(Fraction(1, 2))), 0),
])
def test_undefined_is_undecided_not_a_pass(formula):
    empty = row()
    assert truth(formula, empty).outcome is UNDECIDED
    assert filtered(formula, empty) is None and second_opinion(formula, empty)[0] is None


def test_sums_over_nothing_are_zero_and_powers_of_zero():
    assert truth(eq(sum_(N, X), 0), row()).outcome is HOLDS
    assert truth(eq(power(sum_(N, X), 0), 1), row()).outcome is HOLDS and truth(
        eq(power(sum_(N, X), 3), 0), row()).outcome is HOLDS
    assert truth(eq(power(-num(2), 3), -num(8)), row()).outcome is HOLDS
    assert truth(eq(power(-num(2), Fraction(1, 2)), 1), row()).outcome is UNDECIDED


def test_kleene_logic():
    bad = le(1 / sum_(N, X), 1)
    yes, no, p = eq(num(1), num(1)), eq(num(1), num(2)), row()
    for formula, expected in ((and_(no, bad), FAILS), (and_(bad, no), FAILS), (and_(yes, bad), UNDECIDED), (or_(yes, bad), HOLDS),
                              (or_(bad, yes), HOLDS), (or_(no, bad), UNDECIDED), (imp(no, bad), HOLDS), (imp(bad, yes), HOLDS),
                              (imp(bad, no), UNDECIDED), (imp(yes, bad), UNDECIDED)):
        assert truth(formula, p).outcome is expected


def test_quantifiers_over_indices_and_no_others():
    p = row(1, 2, 3)
    assert truth(each(N, lambda i: le(X(i), 3)), p).outcome is HOLDS and truth(each(N, lambda i: lt(X(i), 3)), p).outcome is FAILS
    assert truth(some(N, lambda i: lt(2, X(i))), p).outcome is HOLDS and truth(some(N, lambda i: lt(3, X(i))), p).outcome is FAILS
    assert truth(each(N, lambda i: some(N, lambda j: eq(X(i), 4 - X(j)))), p).outcome is HOLDS
    assert truth(
    each(
        N,
        lambda i: le(
            1,
            0)),
            row()).outcome is HOLDS and truth(
                some(
                    N,
                    lambda i: le(
                        0,
                        1)),
                         row()).outcome is FAILS
    for formula in (forall(lambda t: le(0, t * t)), exists(lambda t: le(t, 0)),
                    integrable(0, 1, lambda t: t), forall(lambda t: imp(nat(t), le(0, t)))):
        assert truth(formula, p).outcome is UNDECIDED


def test_naturals():
    p = at((scalar("r"),), r="5/2")
    assert truth(nat(2 * R), p).outcome is HOLDS and truth(nat(R), p).outcome is FAILS and truth(nat(-2 * R), p).outcome is FAILS
    assert truth(nat(PI), p).outcome is UNDECIDED


def test_integrals_and_balls():
    v = (size("n"), scalar("r", 0))
    gaussian = ball(N, R, lambda t: exp(-(t ** 2)))
    true = power(PI, N / 2) / gamma(N / 2) * integral(0, R ** 2, lambda t: power(t, N / 2 - 1) * exp(-t))
    printed = 2 * power(PI, N / 2) / gamma(N / 2) * integral(0, R, lambda t: power(t, N - 1) * exp(-t))
    for n, r in ((1, "1/2"), (2, 3), (7, "5/2"), (1024, "15/2")):
        p = at(v, n=n, r=r)
        assert truth(eq(gaussian, true), p).outcome is HOLDS and truth(eq(gaussian, printed), p).outcome is FAILS
        assert second_opinion(eq(gaussian, true), p)[0] is True and second_opinion(eq(gaussian, printed), p)[0] is False
    edge = at(v, n=3, r=0)
    assert truth(eq(gaussian, 0), edge).outcome is HOLDS
    assert truth(eq(ball(0 * N, R, lambda t: num(1)), 1), edge).outcome is UNDECIDED
    # 1/(1+t) is no sum of powers: rigorous quadrature
    assert truth(lt(integral(0, 1, lambda t: 1 / (1 + t)), Fraction(7, 10)), edge).outcome is HOLDS
    assert truth(lt(integral(0, 1, lambda t: 1 / t), 10), edge).outcome is UNDECIDED
    assert truth(lt(integral(1, 0, lambda t: t), 10), edge).outcome is UNDECIDED


def test_volume_is_not_read_from_the_formula_it_is_compared_with():
    p = at((size("n"),), n=5)
    assert truth(eq(vol(N), power(PI, N / 2) / gamma(1 + N / 2)), p).outcome is HOLDS
    holds, found = second_opinion(eq(vol(N), power(PI, N / 2) / gamma(1 + N / 2)), p)
    assert holds is True and abs(found[0].left - found[0].right) < found[0].left * 10 ** -45


def test_derivatives():
    v = (size("n"), family("x", "n"), family("y", "n"), scalar("t"))
    t = fam("t")
    weights = sum_(N, lambda i: exp(X(i) + t * Y(i)))
    right = deriv(lambda u: log(sum_(N, lambda i: exp(X(i) + u * Y(i)))), t,
                  sum_(N, lambda k: Y(k) * exp(X(k) + t * Y(k))) / weights)
    wrong = deriv(lambda u: log(sum_(N, lambda i: exp(X(i) + u * Y(i)))), t, sum_(N, lambda k: exp(X(k) + t * Y(k))) / weights)
    p = at(v, n=3, x=[1, 2, "1/3"], y=[0, 1, -1], t="1/7")
    assert truth(right, p) == (HOLDS, "exact normal form") and truth(wrong, p).outcome is FAILS
    assert second_opinion(right, p)[0] is True and second_opinion(wrong, p)[0] is False
    assert truth(deriv(lambda u: abs_(u), 0 * t, 0), p).outcome is UNDECIDED


def test_boxes_certify_or_stay_open():
    p = row(1, 2)
    upper, strict = le(LSE, max_(N, X) + log(N)), lt(max_(N, X), LSE)
    small = Box.around(p, [(Fraction(1), Fraction(17, 16)), (Fraction(2), Fraction(33, 16))])
    wide = Box.around(p, [(Fraction(-9), Fraction(9)), (Fraction(-9), Fraction(9))])
    assert over(upper, small) is True and over(strict, small) is True and over(upper, wide) is None
    assert over(lt(LSE, max_(N, X)), small) is False
    left, right = wide.split()
    assert left.sides[0] == (Fraction(-9), 0) and right.sides[0] == (0, Fraction(9)) and left.sides[1] == wide.sides[1]


def test_agreement_is_not_equality():
    close = eq(exp(num(1)), num(Fraction(2718281828459045235360287471352662497757, 10 ** 39)))
    assert truth(close, row()).outcome is FAILS and not agreement(close, row(), 200)
    root = eq(sqrt(3 + 2 * sqrt(num(2))), 1 + sqrt(num(2)))
    assert truth(root, row()).outcome is UNDECIDED and agreement(root, row(), 300)


def test_second_opinion_sees_through_cancellation():
    tiny = le(0, exp(num(Fraction(1, 3))) * exp(num(Fraction(-1, 3))) - 1)
    assert second_opinion(tiny, row())[0] is True, "rounding noise around 0 is a tie, whatever its sign"
    assert second_opinion(lt(exp(num(-500)), 0), row())[0] is False


def test_relations_report_indices_and_sides():
    holds, found = relations(each(N, lambda i: lt(X(i), 2)), row(1, 5), 64)
    assert holds is False and [(r.indices, r.holds) for r in found] == [((0,), True), ((1,), False)]


def test_robustness_has_the_sign_of_the_truth():
    assert robustness(lt(max_(N, X), LSE), row(1, 2)) > 0 > robustness(lt(LSE, max_(N, X)), row(1, 2))
    assert robustness(some(N, lambda i: lt(X(i), 0)), row(1, -3)) == 3.0
    assert robustness(le(max_(N, X), 0), row()) is None


def test_points_are_checked():
    for raw in ({"n": 2}, {"n": 2, "x": [1]}, {"n": "1/2", "x": []}, {"n": 1, "x": [0.1]},
                {"n": 1, "x": ["a"]}, {"n": 1, "x": [1], "z": 1}, {"n": -1, "x": []}):
        with pytest.raises(ClaimError):
            Assignment.of(ROW, raw)
    p = at((size("d"), size("n"), index("k", "n"), family("rho", "d", "n")), d=2, n=1, k=0, rho=[["1/2"], [3]])
    assert Assignment.of((size("d"), size("n"), index("k", "n"), family("rho", "d", "n")), p.as_json()) == p


def test_the_ladder_decides_what_it_says():
    assert LADDER[0] == 64 and truth(eq(num(1), num(1)), row()).by == "arb 64 bits"
