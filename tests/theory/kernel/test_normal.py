"""The ring normal form: what it identifies, what it keeps apart, where it refuses, and that two implementations agree."""
from __future__ import annotations

import random
from fractions import Fraction

import pytest

from tests.theory.kernel.randoms import node, random_real
from tests.theory.kernel.steps import EQUALITIES
from theory import checker
from theory.normal import MAX_EXPONENT, accumulate, difference, normal, poly, term
from theory.terms import ONE, ZERO, Term, TermError, exp, fam, inv, log, lt, num, power, sum_

a, b, c, x, n = map(fam, "abcxn")


@pytest.mark.parametrize("step", EQUALITIES, ids=str)
def test_equal(step):
    left, right = step.arguments["a"], step.arguments["b"]
    assert normal(left) == normal(right) and difference(left, right) == {}
    assert checker.algebra.same(node(left), node(right))


def test_the_normal_form_is_canonical_and_two_implementations_agree_on_what_is_equal():
    r, equal = random.Random(1), 0
    for _ in range(300):
        p, q = random_real(r, 3), random_real(r, 2)
        t = normal(p)
        assert normal(t) == t and term(poly(p)) == t
        for left, right in ((p, t), (p + q, q + p), (p * q - q * p, ZERO), (p, q), (exp(p) * exp(-p), ONE), (p * inv(p), ONE)):
            same = not difference(left, right)
            equal += same
            assert checker.algebra.same(node(left), node(right)) is same
    assert 1000 < equal < 1700


def test_the_same_result_whatever_the_order_of_the_parts():
    r = random.Random(2)
    for _ in range(60):
        parts = [random_real(r, 2) for _ in range(4)]
        shuffled = r.sample(parts, 4)
        for op in ("add", "mul"):
            assert normal(Term(op, parts)) == normal(Term(op, shuffled))


def test_an_exponent_beyond_the_limit_stays_an_atom():
    assert difference(power(x, MAX_EXPONENT), x ** (MAX_EXPONENT - 1) * x) == {}
    assert list(poly(power(x, MAX_EXPONENT + 1))) == [((power(x, MAX_EXPONENT + 1), 1),)]


def test_zero_is_nothing_divided_by_and_nothing_dividing():
    assert list(poly(inv(ZERO))) == list(poly(inv(a - a))) == [((inv(ZERO), 1),)]
    assert poly(ZERO * inv(ZERO)) == {} and poly(inv(num(Fraction(-2, 3)))) == {(): Fraction(-3, 2)}


def test_exponentials_meet_in_one_atom():
    [(monomial, coefficient)] = poly(2 * exp(a) * b * exp(b) * exp(a)).items()
    assert coefficient == 2 and dict(monomial) == {b: 1, exp(normal(2 * a + b)): 1}
    assert poly(exp(log(a))) == {((exp(log(a)), 1),): 1}


def test_formulas_have_no_polynomial_and_too_large_ones_none_either():
    with pytest.raises(TermError):
        poly(lt(a, b))
    wide = Term("add", tuple(fam(f"x{k}") for k in range(1100)))
    with pytest.raises(TermError):
        poly(wide * wide)
    with pytest.raises(checker.nodes.Bad):
        checker.algebra.poly(node(wide * wide))


def test_accumulate_drops_what_cancels():
    out = dict(poly(a + b))
    accumulate(out, poly(a), Fraction(-1))
    assert out == poly(b)


def test_bound_variables_are_atoms():
    assert difference(sum_(n, lambda i: (i + 1) * (i - 1)), sum_(n, lambda i: i * i - 1)) == {}
    assert difference(sum_(n, lambda i: i), sum_(n, lambda i: c)) != {}
