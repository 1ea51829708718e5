"""Known functions: exactly the right zeros, each once; whatever is not isolated is undecided and then nothing is counted."""
from __future__ import annotations

from fractions import Fraction as F

import pytest
from flint import arb

from numerics import Undefined
from numerics.arb import Arb, precision
from numerics.critical import critical_points, negative_eigenvalues

NONE = {"minimum": 0, "saddle": 0, "maximum": 0}


def one(slope, bend, lo, hi, **options):
    """A function of one variable by its first two derivatives."""
    return critical_points(lambda x: [slope(x[0])], lambda x: [[bend(x[0])]], [(lo, hi)], **options)


def pits(lo, hi, **options):
    """(x^2 - 1)^2 / 4 + (y^2 - 1)^2 / 4: 4 minima, 4 saddles, 1 maximum"""
    return critical_points(lambda p: [v ** 3 - v for v in p],
                           lambda p: [[3 * p[0] ** 2 - 1, arb(0)], [arb(0), 3 * p[1] ** 2 - 1]], [(lo, hi)] * 2, **options)


def test_cosine_has_its_zeros_at_the_multiples_of_pi():
    census = one(lambda x: -x.sin(), lambda x: -x.cos(), -7, 8)
    assert census.counts() == {"minimum": 2, "saddle": 0, "maximum": 3}
    assert [p.kind for p in census.points] == ["maximum", "minimum"] * 2 + ["maximum"]
    with precision(128):
        for k, p in zip(range(-2, 3), census.points):
            (lo, hi), = p.inside
            assert hi - lo < F(1, 10 ** 20)
            assert arb(lo.numerator) / lo.denominator <= k * arb.pi() <= arb(hi.numerator) / hi.denominator or k == 0


@pytest.mark.parametrize("lo, hi", [(-2, 2), (F(-3), F(5, 2)), (F(-17, 10), F(19, 10))])
def test_a_lattice_of_pits_is_counted_whichever_way_the_cuts_fall(lo, hi):
    """With (-2, 2) all zeros lie on faces and corners of subboxes: each is still counted once."""
    census = pits(lo, hi)
    assert census.counts() == {"minimum": 4, "saddle": 4, "maximum": 1}
    for p in census.points:
        centre = [round(float(a + b) / 2) for a, b in p.inside]
        assert all(a <= c <= b and b - a < F(1, 10 ** 20) for c, (a, b) in zip(centre, p.inside))
        assert p.negative == centre.count(0)


def test_only_what_is_in_the_domain_is_counted():
    assert pits(F(1, 2), 2).counts() == {**NONE, "minimum": 1}
    assert pits(F(11, 10), 2).counts() == NONE
    assert one(lambda x: 2 * x, lambda x: arb(2), F(1, 10 ** 6), 1).counts() == NONE


@pytest.mark.parametrize("k", range(1, 40))
def test_a_zero_just_outside_is_not_counted(k):
    """It may be found on the way: boxes are looked at with a margin."""
    edge = F(k, 100)
    assert one(lambda x: x * x - x, lambda x: 2 * x - 1, 1 + edge / 20, 1 + edge / 20 + edge).counts() == NONE
    assert one(lambda x: x ** 3 - x, lambda x: 3 * x ** 2 - 1, 1 + edge, 4).counts() == NONE
    assert one(lambda x: x.exp() - 1, lambda x: x.exp(), edge, 2).counts() == NONE
    assert one(lambda x: x.exp() - 1, lambda x: x.exp(), -2, -edge).counts() == NONE
    assert one(lambda x: x.exp() - 1, lambda x: x.exp(), -1, edge).counts() == {**NONE, "minimum": 1}


def test_close_zeros_are_told_apart():
    gap = F(1, 1000)
    census = one(lambda x: x ** 2 - arb(1) / 10 ** 6, lambda x: 2 * x, -1, 2)
    assert census.counts() == {"minimum": 1, "saddle": 0, "maximum": 1}
    assert [round(float(p.inside[0][0]), 9) for p in census.points] == [float(-gap), float(gap)]


@pytest.mark.parametrize("slope, bend", [(lambda x: 4 * x ** 3, lambda x: 12 * x ** 2), (lambda x: x ** 2, lambda x: 2 * x)])
def test_a_degenerate_zero_is_undecided(slope, bend):
    census = one(slope, bend, -1, F(3, 2))
    assert not census.points and any(lo <= 0 <= hi for (lo, hi), in census.undecided) and not census.complete
    with pytest.raises(Undefined, match="nothing is counted"):
        census.counts()


def test_a_line_of_zeros_is_undecided_and_ends():
    """(x + y)^2"""
    census = critical_points(lambda p: [2 * (p[0] + p[1])] * 2, lambda p: [[arb(2)] * 2] * 2, [(-1, 2)] * 2, most=500)
    assert not census.points and census.tested == 500 and len(census.undecided) > 100
    with pytest.raises(Undefined):
        census.counts()


def test_a_zero_on_the_edge_is_undecided_unless_it_is_known_exactly():
    census = one(lambda x: 3 * x - 1, lambda x: arb(3), F(1, 3), 1)
    assert not census.points and any(lo == F(1, 3) for (lo, _), in census.undecided)
    assert one(lambda x: 2 * x, lambda x: arb(2), 0, 1).counts() == {**NONE, "minimum": 1}


def test_undefined_places_are_undecided():
    """log x + 1 / x has its minimum at 1 and no value at 0."""
    def inverse(x):
        return Arb().inv(x)
    slope, bend = lambda x: inverse(x) - inverse(x * x), lambda x: 2 * inverse(x) ** 3 - inverse(x) ** 2
    assert one(slope, bend, F(1, 4), 3).counts() == {**NONE, "minimum": 1}
    rough = one(slope, bend, -1, 3)
    assert len(rough.points) == 1 and any(lo <= 0 <= hi for (lo, hi), in rough.undecided)


def test_few_boxes_never_give_a_smaller_count():
    for most in range(1, 30):
        census = pits(F(-9, 5), 2, most=most)
        assert not census.complete or len(census.points) == 9
    assert not pits(F(-9, 5), 2, most=3).complete


def test_a_hessian_of_another_function_is_noticed():
    with pytest.raises(ArithmeticError, match="contradict"):
        one(lambda x: x * x + 1, lambda x: arb(1), -2, 2)


def test_inertia():
    assert negative_eigenvalues([[arb(0), arb(1)], [arb(1), arb(0)]]) == 1
    assert negative_eigenvalues([[arb(2), arb(1)], [arb(1), arb(2)]]) == 0
    assert negative_eigenvalues([[arb(-2), arb(1), arb(0)], [arb(1), arb(-2), arb(0)], [arb(0), arb(0), arb(-1)]]) == 3
    assert negative_eigenvalues([[arb(1), arb(1)], [arb(1), arb(1)]]) is None
    assert negative_eigenvalues([[arb(1, 2), arb(0)], [arb(0), arb(1)]]) is None
    assert negative_eigenvalues([[arb("nan")]]) is None
    for sign in (1, -1):
        assert negative_eigenvalues([[arb(sign), arb(0, 2)], [arb(0, 2), arb(sign)]]) is None


def test_an_empty_domain_is_refused():
    with pytest.raises(ValueError, match="interior"):
        pits(1, 1)
