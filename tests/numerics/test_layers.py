"""Eq. (6) raises E_global, with printed and with amended energies; the softmax surrogate never does."""
from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb
from hypothesis import given, settings, strategies as st

from numerics import Undefined, layers
from numerics.arb import precision
from numerics.layers import SETS, eq6_step, layered, line, point, softmax_step, surrogate

REPORT = layers.report()
TWO = SETS["two patterns"]
COORDINATE = st.integers(-12, 12).map(lambda k: Fraction(k, 4))
ONE_LINE = st.lists(st.lists(st.tuples(COORDINATE), min_size=1, max_size=3), min_size=1, max_size=3)
IN_PLANE = st.lists(st.lists(st.tuples(COORDINATE, COORDINATE), min_size=1, max_size=3), min_size=1, max_size=4)


def total(s, x) -> arb:
    with precision(layers.BITS):
        return s.total(point(*x))


def test_eq6_with_printed_energies_raises_e_global_on_the_certified_example():
    """x = 1, patterns 0 and 2, Z = 1: the first step of Eq. (6) goes to 2, the far end."""
    patterns, z, start, reach = TWO
    s = layered(patterns, z, "printed")
    assert eq6_step(s, 0, start, reach) == point(2)
    before, after = total(s, (1,)), total(s, (2,))
    assert before < after and before < arb("-0.325") and after > arb("-0.300")
    trace = REPORT["two patterns", "printed", "eq6"]
    assert trace.points[:2] == [point(1), point(2)] and trace.descends.fails == 3 and trace.surrogate_descends.fails == 0


def test_energies_as_defined():
    s = layered([[[0], [3]], [[1]]], [2, 5], "printed")
    with precision(layers.BITS):
        assert s.energy(0, point(2)).overlaps(arb(-1).exp() / 2)
        assert layered([[[0], [3]], [[1]]], [2, 5], "amended").energy(0, point(2)).overlaps(1 + arb(2).log())
        e = s.energies(point(2))
        assert s.total(point(2)).overlaps(-((-e[0]).exp() + (-e[1]).exp()).log())


@pytest.mark.parametrize("key", REPORT, ids=" / ".join)
def test_counts(key):
    """Eq. (6): majorises, never touches, raises E_global. With the touching constant: the reverse. Softmax: all three, always.

    In one set Eq. (6) with printed energies descends on its way to infinity, where E_global has its infimum -log l."""
    name, kind, scheme = key
    t = REPORT[key]
    assert t.majorises.unsettled == t.touches.unsettled == t.descends.unsettled == t.surrogate_descends.unsettled == 0
    assert t.surrogate_descends.fails == 0
    if scheme == "softmax":
        assert t.majorises.fails == t.touches.fails == t.descends.fails == 0 < t.majorises.holds
        assert t.descends.holds >= (0 if name == "two patterns" else 2)
    else:
        away = name == "two patterns, off centre" and kind == "printed"
        assert (t.descends.fails == 0) is away and (t.points[-1] > point(5)) is away
        assert (t.majorises.fails == 0) is (scheme == "eq6") and (t.touches.fails == 0) is (scheme == "shifted")


def test_every_set_is_covered():
    assert {(name, kind) for name, kind, _ in REPORT} == {(n, k) for n in SETS for k in layers.KINDS} - {("plane", "printed")}


@settings(max_examples=40)
@given(ONE_LINE, COORDINATE, st.sampled_from(layers.KINDS), st.integers(1, 8))
def test_eq6_step_beats_the_grid(patterns, start, kind, quarters):
    s = layered(patterns, [1] * len(patterns), kind)
    p, reach = point(start), Fraction(quarters, 4)
    y = eq6_step(s, 0, p, reach)
    assert abs(y[0] - p[0]) <= reach
    sign = -1 if kind == "printed" else 1                   # E_t falls or rises with g_t
    assert sign * s.g(0, y) <= min(sign * s.g(0, x) for x in line(p, reach))


@settings(max_examples=40)
@given(IN_PLANE, st.tuples(COORDINATE, COORDINATE), st.integers(1, 8))
def test_eq6_step_in_the_plane_stays_in_the_ball_and_descends(patterns, start, quarters):
    s, reach = layered(patterns, [1] * len(patterns), "amended"), Fraction(quarters, 4)
    y = eq6_step(s, 0, point(*start), reach)
    assert layers.squared(y, start) <= reach ** 2 and s.g(0, y) <= s.g(0, start)
    if s.g(0, start) <= reach ** 2:
        assert s.g(0, y) == 0


@settings(max_examples=40)
@given(IN_PLANE, st.tuples(COORDINATE, COORDINATE), st.data())
def test_softmax_never_raises_e_global(patterns, start, data):
    z = data.draw(st.lists(st.integers(1, 9), min_size=len(patterns), max_size=len(patterns)))
    t = layers.run(layered(patterns, z, "amended"), "softmax", point(*start), Fraction(1), 2)
    assert t.descends.fails == t.majorises.fails == t.touches.fails == 0


@settings(max_examples=4)
@given(ONE_LINE, COORDINATE)
def test_softmax_never_raises_e_global_with_printed_energies(patterns, start):
    t = layers.run(layered(patterns, [1] * len(patterns), "printed"), "softmax", point(start), Fraction(1), 1)
    assert t.descends.fails == t.majorises.fails == t.touches.fails == 0


def test_the_two_forms_of_the_softmax_surrogate_agree():
    patterns, z, start, _ = SETS["three layers"]
    s = layered(patterns, z, "amended")
    with precision(layers.BITS):
        w, y = layers.weights(s, start), point(2)
        gibbs = sum((a * (e + a.log()) for a, e in zip(w, s.energies(y))), arb(0))
        assert gibbs.overlaps(surrogate(s, "softmax", 0, start)(y)) and sum(w, arb(0)).overlaps(arb(1))


def test_wrong_weights_are_caught(monkeypatch):
    """Equal weights keep the value at p but not the tangent: majorisation fails."""
    patterns, z, start, reach = SETS["three layers"]
    monkeypatch.setattr(layers, "weights", lambda s, p: [arb(1) / len(s.z)] * len(s.z))
    t = layers.run(layered(patterns, z, "amended"), "softmax", start, reach)
    assert t.majorises.fails > 0 and t.touches.fails == 0


def test_softmax_fixed_points_are_stationary():
    """It ends where a small move along the line changes E_global by second order only."""
    patterns, z, start, reach = SETS["three layers"]
    s = layered(patterns, z, "amended")
    end = layers.run(s, "softmax", start, reach, 12).points[-1]
    h = Fraction(1, 1000)
    slope = (total(s, (end[0] + h,)) - total(s, (end[0] - h,))) / (2 * arb("0.001"))
    assert abs(slope) < arb("1e-6") and abs(softmax_step(s, end, reach)[0] - end[0]) < Fraction(1, 10 ** 6)


def test_refusals():
    with pytest.raises(Undefined):
        layered([[[0]]], [0], "printed")
    with pytest.raises(Undefined):
        layered([[[0]]], [1], "other")
    plane = layered([[[0, 0]]], [1], "printed")
    for step in (lambda: eq6_step(plane, 0, point(1, 1), Fraction(1)), lambda: softmax_step(plane, point(1, 1), Fraction(1)),
                 lambda: surrogate(plane, "none", 0, point(1, 1))):
        with pytest.raises(Undefined):
            step()
