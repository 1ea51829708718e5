"""What is refused, with the pair that proves it, and how tokens become integers."""
from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from numerics.memorizer import MemorizationError, Memorizer
from numerics.memorizer.data import contexts, distinct, integer_grid, prepare

NAN = float("nan")


@pytest.mark.parametrize("x, y, setting, pair", [
    ([[1, 2], [2, 1]], [[0, 1], [0, 1]], "equivariant", ((0, 1), (1, 0))),         # the same context in another order
    ([[1, 1]], [[0, 1]], "equivariant", ((0, 0), (0, 1))),                         # equal tokens in one sequence
    ([[1, 2], [2, 1]], [0, 1], "sequence", ((0, 0), (1, 0))),
    ([[1, 2], [1, 3]], [[0, 1], [1, 1]], "causal", ((0, 0), (1, 0))),              # an inconsistent prefix
    ([[1, 2], [1, 2]], [[0, 1], [0, 0]], "positional", ((0, 1), (1, 1))),
    ([[1, 2], [1, 2]], [[None, 1], [0, 0]], "masked", ((0, 1), (1, 1)))])
def test_equal_contexts_with_different_labels_are_refused_with_the_pair(x, y, setting, pair):
    with pytest.raises(MemorizationError, match="labels") as caught:
        Memorizer.fit(x, y, setting=setting)
    assert caught.value.pair == pair and "\n" not in str(caught.value)


@pytest.mark.parametrize("x, y, options, words", [
    ([[1, 2, 3], [1, 2]], [[0, 0, 0], [0, 0]], {}, "differ in length"),
    ([[1.0, NAN]], [[0, 1]], {}, "token 1 of sequence 0 is nan"),
    ([[1.0, float("inf")]], [[0, 1]], {}, "must be finite"),
    ([[1, 2]], [[0, NAN]], {}, "a label is nan"),
    ([], [], {}, "shape"), ([["a"]], [[0]], {}, "must be numbers"), ([[1, None]], [[0, 1]], {}, "no finite number"),
    ([[1, 2]], [[0]], {}, "needs 2 labels"), ([[1, 2]], [[0, 1], [0, 1]], {}, "1 sequences and 2 labels"),
    ([[1, 2]], [[0, 1]], {"setting": "sequence"}, "one label per sequence"),
    ([[1, 2]], [[None, None]], {"setting": "masked"}, "no place has a label"),
    ([[1, 2]], [[0, 1]], {"setting": "other"}, "no setting 'other'"),
    ([[1, 2]], [[0, 1]], {"method": "other"}, "method one of"),
    ([[1, 2]], [[0, 1]], {"setting": "sparse"}, "needs mask"), ([[1, 2]], [[0, 1]], {"mask": [[1, 1], [1, 1]]}, "needs mask"),
    ([[1, 2]], [[0, 1]], {"setting": "sparse", "mask": [[1]]}, "shape"),
    ([[1, 2]], [[0, 1]], {"setting": "sparse", "mask": [[1, 0], [1, 1]]}, "no path"),
    ([[1, 2]], [[0, 1]], {"slack": True}, "method='strings'"),
    ([[1, 2]], [[0, 1]], {"setting": "causal", "attention": "extraction"}, "averaging"),
    ([[10 ** 30, 2]], [[0, 1]], {"max_bits": 20}, "20 bits"), ([[1, 2]], [[0, 1]], {"max_bits": "53"}, "whole number or None"),
    ([[1, 2]], None, {}, "one .row. per sequence"), ([[1, 2]], [[{}, 1]], {}, "cannot be told from others"),
    ([[1, 2]], [[0, 1]], {"seed": -1}, "seed"),
    ([[1, 2]], [[0, 1]], {"setting": "sparse", "mask": [[1], [1, 1]]}, "differ in length")])
def test_bad_requests_get_one_line(x, y, options, words):
    with pytest.raises(MemorizationError, match=words) as caught:
        Memorizer.fit(x, y, **options)
    assert "\n" not in str(caught.value)


def test_rational_tokens_are_scaled_exactly():
    grid, scale = integer_grid([[Fraction(1, 3), Fraction(1, 2)]])
    assert scale == 6 and grid.reshape(-1).tolist() == [2, 3]
    grid, scale = integer_grid(np.array([[0.1, 0.25]]))
    assert [Fraction(int(v), scale) for v in grid.reshape(-1)] == [Fraction(0.1), Fraction(1, 4)]
    assert integer_grid(np.array([[3.0, -2.0]]))[1] == 1


def test_tokens_beyond_int64_are_told_apart():
    data = prepare([[2 ** 70, 2 ** 70 + 1]], [[0, 1]], "equivariant")
    assert data.token[0, 0] != data.token[0, 1] and data.grid.dtype == object


@pytest.mark.parametrize("setting, classes", [("equivariant", [[0, 1, 0], [0, 0, 1], [2, 3, 3]]),
                                              ("sequence", [[0] * 3, [0] * 3, [1] * 3]),
                                              ("causal", [[0, 1, 2], [0, 3, 4], [0, 1, 5]]),
                                              ("positional", [[0, 1, 2], [3, 4, 5], [6, 7, 8]])])
def test_contexts_are_what_a_label_may_depend_on(setting, classes):
    token = distinct(np.array([[5, 7, 5], [5, 5, 7], [5, 7, 7]])[:, :, None])[1]
    got, want = contexts(token, setting).reshape(-1), np.array(classes).reshape(-1)
    assert ((got[:, None] == got[None]) == (want[:, None] == want[None])).all()
