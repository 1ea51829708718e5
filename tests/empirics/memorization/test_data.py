"""Contexts are distinct, nested and what the text says; the search finds a threshold and says between which sizes."""
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from empirics.memorization import data as module
from empirics.memorization.data import contexts, data, encode, symbols
from empirics.memorization.search import LEAST, bracket, following, size
from theory.claim import StoreError


def test_symbols_are_ranked_by_frequency_and_the_rest_share_one():
    assert encode("Aa b\n\nAc", 3).tolist() == [0, 0, 1, 2, 1, 0, 2]
    assert encode("aabb", 2).tolist() == [0, 0, 1, 1]               # equally frequent: by code point


@pytest.mark.parametrize("text", ("random", "novels"))
def test_contexts_are_distinct_nested_and_reproducible(text):
    many, few = contexts(text, 300, 4, 16, 5), contexts(text, 40, 4, 16, 5)
    assert many.shape == (300, 4) and len(np.unique(many, axis=0)) == 300 and 0 <= many.min() and many.max() < 16
    assert np.array_equal(many[:40], few) and np.array_equal(many, contexts(text, 300, 4, 16, 5))
    assert not np.array_equal(many, contexts(text, 300, 4, 16, 6))


def test_contexts_of_the_novels_stand_in_the_novels():
    stream = symbols(16)
    for row in contexts("novels", 5, 6, 16, 1):
        at = np.flatnonzero((np.lib.stride_tricks.sliding_window_view(stream, 6) == row).all(1))
        assert len(at) >= 1
    assert np.bincount(stream, minlength=16)[:15].tolist() == sorted(np.bincount(stream)[:15], reverse=True)
    assert len(stream) > 2_000_000


def test_too_many_contexts_are_refused():
    with pytest.raises(StoreError, match="only 16 distinct contexts of 4 symbols"):
        contexts("random", 17, 4, 2, 1)


def test_without_the_text_one_line_says_where_it_belongs(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "PLACES", (tmp_path / "novels_small.txt.xz",))
    symbols.cache_clear()
    with pytest.raises(StoreError, match="put novels_small.txt.xz into"):
        contexts("novels", 4, 4, 16, 1)
    assert contexts("random", 4, 4, 16, 1).shape == (4, 4)
    symbols.cache_clear()


def test_labels_are_random_or_follow_the_rule():
    free, ruled = (data("random", rule, False, 500, 4, 16, 4, 3) for rule in ("random", "simple"))
    assert np.array_equal(free.tokens, ruled.tokens) and np.array_equal(ruled.labels, ruled.tokens % 4)
    assert abs(np.bincount(free.labels.reshape(-1)) - 500).max() < 80 and free.labels.shape == (500, 4)
    assert abs((free.labels == ruled.labels).mean() - 0.25) < 0.04
    one = data("random", "simple", True, 50, 4, 16, 4, 3)
    assert np.array_equal(one.labels, one.tokens[:, 0] % 4)
    few, many = (data("random", "random", True, count, 4, 16, 4, 3).labels for count in (50, 90))
    assert np.array_equal(few, many[:50])


@given(st.integers(min_value=20, max_value=2000), st.integers(min_value=20, max_value=2000))
def test_the_search_brackets_a_threshold(guess, capacity):
    found = {}
    while (k := following(found)) is not None:
        assert k not in found
        found[k] = size(guess, k) <= capacity
    low, high = bracket(found)
    assert high == low + 1 and size(guess, low) <= capacity < size(guess, high)
    assert len(found) <= 12 and size(guess, -10 ** 3) == LEAST


def test_a_lucky_success_above_a_failure_does_not_count():
    assert following({0: True, 1: False, 2: True}) is None and bracket({0: True, 1: False, 2: True}) == (0, 1)
    assert following({0: False, 1: True}) == -2
