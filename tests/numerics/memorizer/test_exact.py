"""The fast evaluator against the independent one on random networks, and the widths of numbers."""
from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from numerics.memorizer import exact, referee
from numerics.memorizer.layers import ID, ONE, Attention, Embedding, FeedForward, Head, Network, Neuron

NAMES = [ONE, ID, "a", "b", "c"]


def _vector(rng, size, low, high):
    return {str(n): int(w) for n, w in zip(rng.choice(NAMES, size=size, replace=False), rng.integers(low, high, size=size)) if w}


def _network(rng, big, n):
    layers = []
    for _ in range(6):
        if rng.random() < 0.4:
            uniform = rng.random() < 0.3
            layers.append(Attention(tuple(Head({} if uniform else _vector(rng, 2, -3, 4), _vector(rng, 2, -3, 4),
                                               _vector(rng, 2, -3, 4), {"a": 1, "b": 2}) for _ in range(2))))
        else:
            layers.append(FeedForward(tuple(Neuron(_vector(rng, 2, -big, big), int(rng.integers(-big, big)),
                                                   _vector(rng, 2, -3, 4)) for _ in range(3))))
    open_ = (rng.random((n, n)) < 0.6) | np.eye(n, dtype=bool)
    mask = tuple(tuple(bool(v) for v in row) for row in open_) if rng.random() < 0.5 else None
    return Network(Embedding((2, -1), 5, 1, int(rng.integers(0, 3))), tuple(layers), "a", mask)


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("big", [5, 10 ** 12])
def test_both_evaluators_agree_on_random_networks(seed, big):
    rng = np.random.default_rng(seed)
    x = rng.integers(-4, 5, size=(3, 4, 2))
    network = _network(rng, big, 4)
    got = exact.run(network, x)
    for row, sequence in zip(got.tolist(), x.tolist()):
        assert [Fraction(v) for v in row] == referee.evaluate(network, sequence)


def test_int64_gives_way_to_integers_of_any_size_and_back():
    n = exact.Numbers.of(np.array([[3, -4]]))
    wide = n.times(10 ** 30)
    assert wide.values.dtype == object and wide.values.tolist() == [[3 * 10 ** 30, -4 * 10 ** 30]]
    back = exact.Numbers.of(wide.plus(exact.Numbers.of(np.array([[-3 * 10 ** 30, 4 * 10 ** 30]], dtype=object))).values)
    assert back.values.dtype == np.int64 and back.bound == 0


@pytest.mark.parametrize("value", [2 ** 61, 2 ** 62 - 1, 2 ** 62, 2 ** 63 - 1, -2 ** 62])
def test_sums_near_the_limit_are_exact(value):
    array = np.array([[value]], dtype=object)
    n = exact.Numbers.of(array)
    assert n.plus(n).values.tolist() == [[2 * value]]
    assert n.plus(value).plus(n).values.tolist() == [[3 * value]]
    assert n.times(3).relu().values.tolist() == [[max(0, 3 * value)]]


def test_a_mean_that_is_no_integer_is_a_fraction():
    network = Network(Embedding((1,), 0), (Attention((Head({}, {}, {ID: 1}, {"a": 1}),)),), "a")
    assert exact.run(network, np.array([[[1], [2]]])).tolist() == [[Fraction(3, 2)] * 2]


def test_ties_of_the_arg_max_are_averaged_over_the_allowed_keys():
    head = Head({ONE: 1}, {ID: 1}, {"a": 1}, {"b": 1})
    layers = (FeedForward((Neuron({ID: 1}, -1, {"a": 1}),)), Attention((head,)))
    mask = ((True, False, True), (False, True, True), (False, False, True))
    out = exact.run(Network(Embedding((1,), 0), layers, "b", mask), np.array([[[5], [3], [5]]]))
    assert out.tolist() == [[4, 2, 4]]


def test_reach_bounds_every_partial_sum_of_a_run():
    neurons = Neuron({ID: 10 ** 6}, -7, {"a": 3}), Neuron({ID: 10 ** 6}, 0, {"a": -3})
    network = Network(Embedding((1,), 0), (FeedForward(neurons),), "a")
    assert exact.reach(network, np.array([[[5]]])) == 3 * (5 * 10 ** 6 - 7) + 3 * 5 * 10 ** 6


def test_chunks_do_not_change_the_result():
    rng = np.random.default_rng(0)
    network, x, seen = _network(rng, 50, 4), rng.integers(-4, 5, size=(11, 4, 2)), []
    assert (exact.run(network, x, tokens=8, progress=lambda *a: seen.append(a)) == exact.run(network, x)).all()
    assert seen[-1] == (11, 11) and len(seen) == 6
