"""The three memorisers of (id, label) pairs: exhaustively on small sets, their registers, their counts, their lemmas."""
from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest

from numerics.memorizer import counting, exact, retrieval, strings
from numerics.memorizer.layers import ID, Embedding, Network, fold, layer, remainder

IDS = Embedding((1,), 0)


def run(layers, z, readout="y"):
    return exact.run(Network(IDS, tuple(layers), readout), np.array(z, dtype=object).reshape(1, -1, 1))[0].tolist()


def _retrieval(z, y, c, slots, seed=0):
    p = retrieval.plan(len(z), max(z), c, slots, np.random.default_rng(seed))
    return retrieval.memorise(p, retrieval.groups(p, np.array(z, dtype=object), np.array(y)), max(z))


@pytest.mark.parametrize("group", [1, 2, 3])
@pytest.mark.parametrize("slack", [False, True])
def test_strings_memorise_all_labelings_of_all_triples(group, slack):
    for z in itertools.combinations(range(1, 8), 3):
        if slack and min(np.diff(z)) < 2:
            continue
        for y in itertools.product(range(3), repeat=3):
            assert run(strings.memorise(z, y, 2, group, slack), z) == list(y)


@pytest.mark.parametrize("slots", [1, 2, 3])
def test_retrieval_memorises_all_labelings_of_all_triples(slots):
    for z in itertools.combinations(range(0, 7), 3):
        for y in itertools.product(range(3), repeat=3):
            assert run(_retrieval(z, y, 2, slots, seed=sum(y)), z) == list(y)


def test_steps_memorise_all_labelings_of_all_triples():
    for z in itertools.combinations(range(0, 6), 3):
        for y in itertools.product(range(3), repeat=3):
            assert run(strings.steps(z, y), z) == list(y)


@pytest.mark.parametrize("error", [1, -1])
def test_slack_survives_an_error_of_a_quarter_in_every_id(error):
    z, y = (3, 5, 9, 14, 20), (2, 0, 1, 3, 1)
    layers = strings.memorise(z, y, 2, 2, slack=True)
    noisy = np.array([[v + Fraction(error, 4)] for v in z], dtype=object)[None]
    state = exact.trace(Network(IDS, tuple(layers), "y"), noisy)
    assert state["y"].values[0].tolist() == list(y)


def test_registers_are_cleared_on_exit():
    z, y = (2, 3, 7, 9), (1, 0, 3, 2)
    state = exact.trace(Network(IDS, tuple(strings.memorise(z, y, 2, 2)), "y"), np.array(z).reshape(1, -1, 1))
    for name in ("slot_id", "slot_label", "far"):
        assert not state[name].values.any()


@pytest.mark.parametrize("rho, c, group", [(5, 1, 3), (4, 4, 2), (3, 6, 2), (9, 2, 7)])
def test_parameters_of_the_strings_are_those_of_theorem_r(rho, c, group):
    rng = np.random.default_rng(rho)
    least = 2 ** (rho - 1) if rho > 4 else 1
    z = np.sort(rng.choice(np.arange(least, 2 ** rho), size=6, replace=False)).tolist()
    z[-1] = 2 ** rho - 1
    layers = strings.memorise(z, rng.integers(0, 2 ** c, size=len(z)).tolist(), c, group)
    count = counting.parameters(Network(Embedding((), 0), tuple(layers), "y")).nonzero - 2      # less `one` and the readout
    assert count <= 8 * -(-len(z) // group) + group * (9 * (rho + c) + 15) + 1


def test_retrieval_costs_three_a_group_and_7c_plus_8_a_slot():
    rng = np.random.default_rng(1)
    z, y, c = np.sort(rng.choice(10 ** 6, size=600, replace=False)), rng.integers(0, 4, size=600), 2
    def cost(slots, groups):
        p = retrieval.plan(600, int(z.max()), c, slots, np.random.default_rng(2))
        found = retrieval.groups(p, z, y)[:groups]
        return counting.parameters(Network(Embedding((), 0), tuple(retrieval.memorise(p, found, 10 ** 6)), "y")).nonzero
    assert cost(20, 16) - cost(20, 8) == pytest.approx(3 * 8, abs=8)        # a bias may be 0, the high bits may be one more
    assert cost(40, 4) - cost(20, 4) == pytest.approx(20 * (7 * c + 8), abs=24)


def test_words_are_filled_to_the_last_slot_but_one_on_average():
    rng = np.random.default_rng(3)
    z = np.sort(rng.choice(10 ** 7, size=3000, replace=False))
    p = retrieval.plan(3000, 10 ** 7, 2, 24, rng)
    assert 3000 / len(retrieval.groups(p, z, rng.integers(0, 4, size=3000))) > 23


def test_consecutive_ids_and_equal_hash_rows_still_fit_one_by_one():
    z, y = list(range(64)), [k % 5 for k in range(64)]
    assert run(_retrieval(z, y, 3, 2), z) == y


def test_elimination_solves_what_it_accepts_and_nothing_else():
    rng = np.random.default_rng(0)
    for _ in range(200):
        system = retrieval.Independent()
        rows = [int(rng.integers(1, 64)) for _ in range(10)]
        kept = [r for r in rows if system.add(r)]
        span = {0}
        for r in kept:
            assert r not in span
            span |= {s ^ r for s in span}
        assert all(r in span for r in rows)
        y = rng.integers(0, 8, size=len(kept)).tolist()
        a = system.solve(y, 3, 6)
        assert [sum(a[k] for k in range(6) if r >> k & 1) % 8 for r in kept] == y


@pytest.mark.parametrize("top", [1, 2, 8])
def test_the_fold_is_the_integer_tent_map(top):
    x = list(range(2 * top))
    assert run([layer(fold(ID, top))], x, ID) == [min(v, 2 * top - 1 - v) for v in x]


def test_the_remainder_is_one_step_of_long_division():
    assert run([remainder(ID, 5)], list(range(10)), ID) == [v % 5 for v in range(10)]
    assert run(strings.compress(7, 100), list(range(101)), ID) == [v % 7 for v in range(101)]


def test_triangle_waves_read_every_bit_of_every_word():
    """The lemma of 3.4: after i folds of 4w + 2 and 4w + 1 the registers differ by +1 iff the i-th most significant bit is 1."""
    for k in (1, 2, 3, 6):
        for w in range(2 ** k):
            a, b = 4 * w + 2, 4 * w + 1
            for i in range(1, k + 1):
                top = 2 ** (k + 2 - i)
                a, b = (t - 2 * max(0, t - top) for t in (a, b))
                assert b - a == (1 if w >> (k - i) & 1 else -1)
