"""Contextual mapping: ids distinct per context, the number of layers, what fails when a part is missing."""
from __future__ import annotations

import itertools

import numpy as np
import pytest

from numerics.memorizer import MemorizationError, contextual, exact, selective_shift
from numerics.memorizer.data import prepare
from numerics.memorizer.layers import ID, Attention, Network
from numerics.memorizer.tokens import different, dot, growing, project

WAYS = {"extraction": contextual.extraction, "averaging": contextual.averaging}


def _ids(x, setting, way, mask=None, seed=0):
    x = np.asarray(x)
    labels = np.zeros(len(x), dtype=int) if setting == "sequence" else np.zeros(x.shape[:2], dtype=int)
    data, rng = prepare(x, labels, setting), np.random.default_rng(seed)
    embedding, size = project(data, rng)
    mapping = (contextual.flooding(data, embedding, size, rng, mask) if mask is not None
               else WAYS[way](data, embedding, size, rng))
    causal = tuple(tuple(k <= q for q in range(x.shape[1])) for k in range(x.shape[1])) if setting == "causal" else mask
    network = Network(embedding, mapping.layers, ID, causal)
    return data, network, exact.run(network, data.grid)


def _one_id_per_context(data, ids):
    pairs = {(int(c), int(z)) for c, z in zip(data.context.reshape(-1), ids.reshape(-1))}
    assert len(pairs) == len({c for c, _ in pairs}) == len({z for _, z in pairs})


@pytest.mark.parametrize("setting, way", [(s, w) for s in ("equivariant", "sequence", "positional", "masked") for w in WAYS]
                         + [("causal", "averaging")])
@pytest.mark.parametrize("length", [1, 2, 4])
def test_ids_are_distinct_exactly_where_contexts_are(setting, way, length):
    """All sequences over three tokens: every multiset, every set."""
    x = np.array(list(itertools.product(range(3), repeat=length)))
    data, network, ids = _ids(x, setting, way)
    _one_id_per_context(data, ids)


def test_extraction_takes_one_layer_per_distinct_token_and_one_more_to_count():
    distinct = np.array(list(itertools.permutations(range(5), 4)))
    assert _ids(distinct, "equivariant", "extraction")[1].attention_layers == 4
    repeated = np.array([[0, 0, 1, 2], [0, 1, 1, 2], [0, 1, 2, 2], [3, 1, 2, 0]])
    assert _ids(repeated, "equivariant", "extraction")[1].attention_layers == 5
    assert _ids(np.array([[0, 0, 1, 1], [2, 2, 1, 1]]), "equivariant", "extraction")[1].attention_layers == 2


def test_averaging_takes_one_layer_however_long_the_sequence_is():
    assert _ids(np.random.default_rng(0).integers(0, 9, size=(50, 24)), "equivariant", "averaging")[1].attention_layers == 1


def test_without_the_count_head_equal_token_sets_collide():
    """(a, a, c, c, b) and (a, c, b, b, b) with a + c = 2b: the specification's example."""
    data, network, ids = _ids([[1, 1, 5, 5, 3], [1, 5, 3, 3, 3]], "sequence", "extraction")
    assert ids[0, 0] != ids[1, 0]
    def keep(item):
        return Attention(tuple(h for h in item.heads if "mark" not in h.value)) if isinstance(item, Attention) else item
    broken = exact.run(Network(network.embedding, tuple(map(keep, network.layers)), ID), data.grid)
    assert broken[0, 0] == broken[1, 0]


RING = tuple(tuple(bool(v) for v in row) for row in np.eye(5, dtype=bool) | np.roll(np.eye(5, dtype=bool), 1, axis=1))


def test_flooding_needs_as_many_layers_as_the_mask_is_wide():
    x = np.random.default_rng(1).integers(0, 3, size=(20, 5))
    data, network, ids = _ids(x, "sparse", None, RING)
    _one_id_per_context(data, ids)
    assert contextual.diameter(np.array(RING)) == 4 and network.attention_layers == 5 * 4


@pytest.mark.parametrize("mask, words", [(np.eye(3), "no path"), (np.ones((3, 3)) - np.eye(3), "self loops"),
                                         (np.triu(np.ones((3, 3))), "no path"), (np.ones((2, 3)), "shape")])
def test_masks_that_never_join_two_positions_are_refused_with_the_pair(mask, words):
    with pytest.raises(MemorizationError, match=words):
        contextual.diameter(mask.astype(bool))


@pytest.mark.parametrize("levels, d, length", [(2, 1, 2), (3, 1, 2), (2, 2, 3), (3, 2, 2)])
def test_selective_shift_is_a_contextual_mapping_of_g_to_the_d_plus_one_layers(levels, d, length):
    tokens = list(itertools.product(range(levels), repeat=d))
    x = np.array(list(itertools.permutations(tokens, length)))
    network = selective_shift.network(levels, d, length)
    ids = exact.run(network, x)
    contexts = prepare(x, np.zeros(x.shape[:2], dtype=int), "equivariant").context
    pairs = {(int(c), int(z)) for c, z in zip(contexts.reshape(-1), ids.reshape(-1))}
    assert len(pairs) == len({c for c, _ in pairs}) == len({z for _, z in pairs})
    assert network.attention_layers == levels ** d + 1


def test_selective_shift_fails_where_a_token_repeats():
    x = np.array([[[0], [0]], [[1], [1]], [[0], [1]]])
    ids = exact.run(selective_shift.network(2, 1, 2), x)
    assert len({tuple(r) for r in ids.tolist()}) < 3 or ids[0, 0] == ids[0, 1]


def test_projection_separates_and_its_weights_are_small():
    rng = np.random.default_rng(0)
    data = prepare(rng.integers(-7, 8, size=(40, 6, 5)), np.zeros((40, 6), dtype=int), "positional")
    embedding, size = project(data, rng, gap=2)
    ids = exact.run(Network(embedding, (), ID), data.grid)
    assert different(np.unique(ids), 2) and ids.min() >= 2 and ids.max() < size
    for k in range(5):
        assert ids[:, k].max() < ids[:, k + 1].min()


def test_weights_grow_without_end_and_products_are_exact():
    drawn = growing(np.random.default_rng(0), 3, start=2 ** 61)
    big = [next(drawn) for _ in range(40)][-1]
    features = np.array([[10 ** 9, 1, 2], [3, 4, 5]])
    assert dot(features, big).tolist() == [sum(int(f) * w for f, w in zip(row, big)) for row in features]
    assert max(big) > 2 ** 62
