"""The terms of the claims against plain arithmetic and against the running network."""
from __future__ import annotations

import itertools
import math
from fractions import Fraction

import pytest

from theory.claim import Outcome
from theory.evaluate import exact_value, relations, truth
from theory.ground import enclose
from theory.kernel import KernelError
from theory.kim2023 import examples
from theory.kim2023.proofs import attention, contexts, counts, ramps, ranges, separation, softmax
from theory.lemmas.indices import distinct, hit, permutation, pigeonhole, placed, reindexed, relu
from theory.points import Assignment
from theory.tactics import assume
from theory.terms import Symbol, exp, fam, le, nat, num

F = Fraction


def value(term, **point):
    return exact_value(term, point)


def test_relu_and_hit():
    for t in (F(-3), F(-1, 2), F(0), F(1, 3), F(5)):
        assert value(relu(num(t))) == max(t, 0)
    assert [value(hit(num(3), num(k))) for k in (2, 3, 4, 9)] == [0, 1, 0, 0]


def test_ramps_are_steps_between_integers_and_label_every_id():
    for z, s in itertools.product(range(-3, 4), repeat=2):
        assert value(ramps.ramp(num(z), num(s))) == (z >= s)
    for p in examples.tables("token"):
        for place, label in zip(p["s"], p["v"]):
            assert value(ramps.labelled(num(place)), **p) == label


@pytest.mark.parametrize("ids", [list(ids) for n in (1, 2, 3) for ids in itertools.product((1, 2, 4), repeat=n)])
def test_extraction_finds_all_ids(ids):
    run = examples.extraction(ids)
    tops = [value(contexts.top(num(t)), **{**run, "x": tuple(map(tuple, run["x"]))}) for t in range(len(ids))]
    assert sorted(set(ids), reverse=True) == tops[:len(set(ids))] and all(t < 0 for t in tops[len(set(ids)):])


def test_context_ids_at_their_limits():
    p = examples.ranges(False)[3]
    assert value(ranges.context_id(), **p) == 2 * 20 + 2 * 2 + 20 == 64 and p["rho"] == 7


@pytest.mark.parametrize("b", [1, 2, 5, 13])
def test_the_count_is_theorem_r_as_the_running_code_states_it(b):
    bounds = pytest.importorskip("numerics.memorizer.bounds")
    d, n, m, rho, c, j = 16, 8, 1000, 25, 2, 3
    point = {"d": d, "n": n, "M": m, "rho": rho, "c": c, "B": b, "A": -(-m // b), "J": j, "rest": 22}
    assert value(counts.printed_bound() + 6 * counts.STEPS, **point) == bounds.theorem_r(d, n, m, rho, c, b, j)
    assert value(counts.counted(), **point) == bounds.theorem_r(d, n, m, rho, c, b, j)


def test_the_best_block_of_the_running_code_is_within_the_proved_rate():
    bounds = pytest.importorskip("numerics.memorizer.bounds")
    for d, n, m, rho, c in ((16, 8, 8192, 25, 2), (4, 4, 64, 9, 1), (1, 1, 1, 1, 0), (8, 16, 100_000, 31, 5)):
        g = 9 * (rho + c) + 15
        assert bounds.theorem_r(d, n, m, rho, c) < d + 18 * n + 32 + 2 * math.sqrt(8 * g * m) + g


def test_a_network_of_the_running_code_has_no_more_parameters_than_the_claim_counts():
    memorizer = pytest.importorskip("numerics.memorizer")
    import numpy as np
    rng = np.random.default_rng(5)
    x = rng.integers(0, 5, size=(12, 3, 2))
    y = np.empty((12, 3), dtype=int)
    labels: dict = {}
    for i, row in enumerate(x.tolist()):
        for k, token in enumerate(row):
            y[i, k] = labels.setdefault((tuple(sorted(map(tuple, row))), tuple(token)), len(labels) % 3)
    made = memorizer.Memorizer.fit(x, y, seed=1)
    f = made.facts
    assert f["contexts"] == len(labels) and (made.predict(x) == y).all()
    b = max(1, math.isqrt(8 * f["contexts"] // (9 * (f["rho"] + f["classes_bits"]) + 15)))
    point = {"d": 2, "n": 3, "rho": f["rho"], "c": f["classes_bits"], "B": b, "A": -(-f["contexts"] // b), "J": f["modulus_bits"]}
    assert made.parameters().nonzero <= value(counts.printed_bound() + 6 * counts.STEPS, **point)


def test_layers_after_the_last_id_count_again():
    """The reason why K6 needs n <= R: n equal tokens are counted in every one of n layers."""
    layers = pytest.importorskip("numerics.memorizer.layers")
    import numpy as np
    from numerics.memorizer import contextual, exact
    embedding = layers.Embedding((1,), 1)
    named = [lambda t: {f"m{t}": 1}, lambda t: {f"c{t}": 1}]
    stack = contextual.extraction_layers(4, 4, 100, *named)
    state = exact.trace(layers.Network(embedding, tuple(stack), layers.ID, None), np.full((1, 4, 1), 2))
    assert [int(state[f"c{t}"].values.reshape(-1)[0]) for t in range(4)] == [4, 4, 4, 4]


def test_softmax_error_is_the_softmax_error():
    p = examples.attention([[6, 4, 1], [5, 5, 0]], F(1, 2), [1, 2])
    point = Assignment({**p, "a": tuple(map(tuple, p["a"])), "m": tuple(p["m"]), "k": tuple(p["k"]), "u": tuple(p["u"])})
    for t, row in enumerate(p["a"]):
        weights = [math.exp(a / 2) for a in row]
        plain = max(row) - sum(w * a for w, a in zip(weights, row)) / sum(weights)
        _, found = relations(le(softmax.error(num(t)), 0), point, 128)
        assert float(found[0].left.mid()) == pytest.approx(plain) and plain <= 2 * 2 * math.exp(-1)


def test_the_tangent_constant():
    """2 h <= 2^h + 1 leaves room: at its closest the gap is about 0.83"""
    gap = min(2 ** (k / 100) + 1 - 2 * k / 100 for k in range(100, 400))
    assert 0.82 < gap < 0.84 and float(enclose(exp(num(1))).mid()) == pytest.approx(math.e)


def test_orders_are_permutations():
    for p in examples.scored():
        point = {"n": p["n"], "p": tuple(p["p"]), "q": tuple(p["q"])}
        assert sorted(p["p"]) == list(range(p["n"])) and [p["q"][k] for k in p["p"]] == list(range(p["n"]))
        assert truth(attention.PERMUTATION, Assignment(point)).outcome is Outcome.HOLDS
    assert truth(attention.PERMUTATION, Assignment({"n": 2, "p": (0, 0), "q": (0, 0)})).outcome is Outcome.FAILS


def test_reindexed_and_pigeonhole_need_their_hypotheses():
    n, p, q, f = fam("n"), Symbol("p"), Symbol("q"), Symbol("f")
    given = assume(permutation(n, p, q))
    theorem = reindexed(assume(nat(n)), given, p, q, f)
    assert theorem.hyps == {nat(n), given.concl}
    with pytest.raises(KernelError):
        reindexed(assume(nat(n)), assume(permutation(n, p, p)), p, q, f)
    holes = (assume(nat(n)), assume(nat(fam("L"))), assume(placed(n, fam("L"), p)), assume(distinct(n, p)))
    assert pigeonhole(*holes, p).hyps == {h.concl for h in holes}
    with pytest.raises(KernelError):
        pigeonhole(holes[0], holes[1], assume(placed(n, n, p)), holes[3], p)


def test_the_collision_of_token_sets():
    a, b = [1, 1, 3, 3, 2], [1, 3, 2, 2, 2]
    assert set(a) == set(b) and sum(a) == sum(b) and sorted(a) != sorted(b)
    occurs = lambda ids: tuple(ids.count(t) for t in range(4))
    point = Assignment({"R": 4, "a": occurs(a), "b": occurs(b)})
    assert truth(separation.SAME_SUM, point).outcome is Outcome.HOLDS
    assert truth(separation.SAME_MULTISET, point).outcome is Outcome.FAILS
