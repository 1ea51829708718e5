"""Batches as functions of (seed, step), what is counted, and the entropy of what is learnt by heart."""
from __future__ import annotations

import math

import numpy as np
import pytest

from empirics.training import TrainingError
from empirics.training.data import NOT_COUNTED, WHOLE, Lines, Stream, crop_entropy
from empirics.training.schedule import rate_at


def lines(m=10, vocabulary=9) -> Lines:
    rng = np.random.default_rng(0)
    lengths = rng.integers(3, 8, m)
    array = np.zeros((m, 8), dtype=np.int64)
    for row, n in zip(array, lengths):
        row[:n] = rng.integers(1, vocabulary, n)
    return Lines("lines", array, lengths, vocabulary)


def test_a_crop_and_its_targets_are_one_place_apart():
    data = Stream("s", np.arange(100), 100, 7)
    x, y = data.batch(3, 5, 4)
    assert x.shape == y.shape == (4, 7) and (y == x + 1).all() and (x[:, 1:] == x[:, :-1] + 1).all()
    again, _ = data.batch(3, 5, 4)
    assert (again == x).all() and not (data.batch(3, 6, 4)[0] == x).all() and not (data.batch(4, 5, 4)[0] == x).all()


def test_every_crop_can_come_the_first_and_the_last_too():
    data = Stream("s", np.arange(12), 12, 7)
    starts = {int(x[0]) for step in range(40) for x in data.batch(0, step, 4)[0]}
    assert starts == set(range(5))
    assert {int(x[0]) for x in data.sweep(100, 0)[0]} == set(range(5))


def test_padding_is_not_counted_and_the_first_token_is_no_target():
    data = lines()
    x, y = data.sweep(100, 0)
    assert (y != NOT_COUNTED).sum() == data.tokens == (data.lengths - 1).sum()
    for row in range(10):
        n = data.lengths[row]
        assert (x[row, :n - 1] == data.lines[row, :n - 1]).all() and (y[row, :n - 1] == data.lines[row, 1:n]).all()
        assert (y[row, n - 1:] == NOT_COUNTED).all()


def test_an_epoch_takes_every_line_once_and_runs_into_the_next():
    data = lines(10)
    data.lines[:, 1] = np.arange(10) % 9
    data.lines[:, 0] = np.arange(10) // 9
    seen = np.concatenate([data.batch(1, step, 4)[0][:, :2] for step in range(5)])      # 20 lines: two epochs
    codes = seen[:, 0] * 9 + seen[:, 1]
    assert sorted(codes[:10]) == sorted(codes[10:]) == list(range(10)) and list(codes[:10]) != list(codes[10:])


def test_the_digest_says_what_the_data_are():
    a, b = Stream("a", np.arange(100), 100, 7), Stream("other name", np.arange(100), 100, 7)
    assert a.digest() == b.digest() != Stream("a", np.arange(100)[::-1].copy(), 100, 7).digest()
    assert lines().digest() == lines().digest()


@pytest.mark.parametrize("make, words", [
    (lambda: Stream("s", np.arange(7), 9, 7), "7 tokens are too few"),
    (lambda: Stream("s", np.arange(20), 19, 7), "token 19 does not fit a vocabulary of 19"),
    (lambda: Lines("l", np.zeros((0, 4), int), np.zeros(0, int), 5), "no line in this split"),
    (lambda: Lines("l", np.ones((2, 4), int), np.array([4, 1]), 5), "a line is empty"),
    (lambda: Lines("l", np.full((2, 4), 7), np.array([4, 3]), 5), "token 7 does not fit a vocabulary of 5")])
def test_data_that_do_not_fit_are_one_line(make, words):
    with pytest.raises(TrainingError, match=words) as caught:
        make()
    assert "\n" not in str(caught.value)


def test_a_long_stream_is_looked_at_as_it_is_drawn():
    """It is not read whole at the start: here a crop with the bad token is refused, and others are not."""
    long = np.zeros(WHOLE + 1, dtype=np.uint16)
    long[-1] = 9
    data = Stream("long", long, 9, 7)
    assert data._crops(np.array([0, WHOLE - 8]))[1].max() == 0
    with pytest.raises(TrainingError, match="long: token 9 does not fit a vocabulary of 9"):
        data._crops(np.array([0, WHOLE - 7]))
    with pytest.raises(TrainingError, match="token 9 does not fit"):
        Stream("short", long[1:], 9, 7)


def test_the_entropy_of_a_crop_by_counting():
    """All places equally likely; the first token is given."""
    stream, length = np.array([0, 1, 0, 1, 1, 0, 2, 0, 1, 0]), 3
    places = len(stream) - length
    blocks = [tuple(stream[k: k + length + 1]) for k in range(places)]
    def entropy(items):
        return -sum(items.count(x) / len(items) * math.log(items.count(x) / len(items)) for x in set(items))
    assert crop_entropy(stream, length) == pytest.approx((entropy(blocks) - entropy([b[0] for b in blocks])) / length, abs=1e-12)
    assert crop_entropy(np.zeros(50, int), 8) == pytest.approx(0, abs=1e-12)
    assert crop_entropy(np.arange(50), 8) == pytest.approx(0, abs=1e-12)        # every first token tells the place


def test_schedules_rise_and_fall_where_they_should():
    common = {"peak": 1.0, "least": 0.1, "warmup": 4, "steps": 20}
    assert [rate_at(k, kind="linear", **common) for k in range(5)] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    assert rate_at(19, kind="linear", **common) == pytest.approx(0.1) == rate_at(19, kind="cosine", **common)
    assert rate_at(19, kind="constant", **common) == 1.0
    halfway = {"peak": 1.0, "least": 0.0, "warmup": 0, "steps": 21}
    assert rate_at(10, kind="cosine", **halfway) == pytest.approx(0.5) and rate_at(5, kind="cosine", **halfway) > 0.8
    with pytest.raises(TrainingError, match="no schedule"):
        rate_at(0, kind="steps", **common)
