"""The data to memorise: exact integer tokens, contexts, and what must be refused.

A *context* is what a label may depend on in a setting:
  equivariant  (multiset of the sequence's tokens, token)     sequence  the multiset alone, one label per sequence
  positional, masked, sparse   (sequence, position)           causal    (prefix up to the position)
Two places with one context and two labels prove that the data cannot be memorised. In every setting a label may be None: its
place is not asked about (masked language modelling labels the masked positions only).
"""
from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Hashable, Sequence

import numpy as np

from numerics.memorizer.layers import MemorizationError

SETTINGS = ("equivariant", "positional", "sequence", "causal", "masked", "sparse")
PLACED = ("positional", "causal", "masked", "sparse")       # settings with positional encodings
ANY = -1                                                    # the label number of a place that is not asked about


@dataclass(frozen=True)
class Data:
    """N sequences of n tokens in Z^d after multiplication by `scale`.

    grid (N, n, d) integers; token (N, n) number of the distinct token; context (N, n) number of the context; label (N, n) in
    {-1, 0, .., classes - 1}, constant along a sequence in the setting `sequence`.
    """

    setting: str
    grid: np.ndarray
    scale: int
    token: np.ndarray
    tokens: np.ndarray          # (T, d) the distinct ones
    context: np.ndarray
    label: np.ndarray
    classes: tuple[Hashable, ...]

    @property
    def places(self) -> tuple[np.ndarray, np.ndarray]:
        """One place (flat index) and the label number of every context that is asked about."""
        flat, label = self.context.reshape(-1), self.label.reshape(-1)
        asked = np.flatnonzero(label != ANY)
        _, first = np.unique(flat[asked], return_index=True)
        return asked[first], label[asked[first]]


def prepare(sequences: Any, labels: Any, setting: str) -> Data:
    if setting not in SETTINGS:
        raise MemorizationError(f"no setting {setting!r}; there are {', '.join(SETTINGS)}")
    grid, scale = integer_grid(sequences)
    label, classes = number(labels, grid.shape[:2], setting)
    tokens, token = distinct(grid)
    context = contexts(token, setting)
    data = Data(setting, grid, scale, token, tokens, context, label, classes)
    refuse_conflicts(data)
    return data


def integer_grid(sequences: Any) -> tuple[np.ndarray, int]:
    """Tokens as integers of shape (N, n, d), int64 where they fit, and the scale that made them so.

    Floats and Fractions are exact rationals: they are multiplied by their common denominator. (N, n) is read as d = 1.
    """
    try:
        raw = np.asarray(sequences)
    except ValueError as error:
        raise MemorizationError("the sequences differ in length or dimension; pad them to one shape (N, n, d)") from error
    if raw.dtype.kind not in "iufbO" or raw.ndim not in (2, 3) or raw.size == 0:
        raise MemorizationError(f"sequences must be numbers of shape (N, n) or (N, n, d), none of them 0; these are {raw.dtype} "
                                f"of shape {raw.shape}: ragged, empty or no numbers")
    raw = raw[:, :, None] if raw.ndim == 2 else raw
    if raw.dtype.kind in "ib" or (raw.dtype.kind == "u" and raw.itemsize < 8):
        return raw.astype(np.int64), 1
    flat = raw.reshape(-1)
    if raw.dtype.kind == "f":
        bad = np.flatnonzero(~np.isfinite(flat))
        if bad.size:
            raise MemorizationError(f"token {_place(bad[0], raw.shape)} is {flat[bad[0]]}; remove it: tokens must be finite")
        if (flat == np.rint(flat)).all() and np.abs(flat).max() < 2 ** 53:
            return raw.astype(np.int64), 1
    try:
        exact = [Fraction(v) if not isinstance(v, np.generic) else Fraction(v.item()) for v in flat]
    except (TypeError, ValueError, OverflowError) as error:
        raise MemorizationError(f"a token is no finite number ({error}); tokens must be integers, floats or Fractions") from error
    scale = math.lcm(*{v.denominator for v in exact})
    whole = [int(v * scale) for v in exact]
    small = max(map(abs, whole)) < 2 ** 62
    out = np.empty(len(whole), dtype=np.int64 if small else object)
    out[:] = whole
    return out.reshape(raw.shape), scale


def _place(flat: int, shape: Sequence[int]) -> str:
    i, k, *_ = np.unravel_index(int(flat), shape)
    return f"{int(k)} of sequence {int(i)}"


def number(labels: Any, shape: tuple[int, int], setting: str) -> tuple[np.ndarray, tuple[Hashable, ...]]:
    """Labels as numbers of their sorted distinct values, -1 for None; one label per sequence is spread over its tokens."""
    if not np.iterable(labels) or isinstance(labels, str):
        raise MemorizationError(f"labels must be one (row) per sequence, not {labels!r}")
    rows = list(labels)
    if len(rows) != shape[0]:
        raise MemorizationError(f"{shape[0]} sequences and {len(rows)} labels; give one (row) of labels per sequence")
    if setting == "sequence":
        if any(np.ndim(r) for r in rows):
            raise MemorizationError("sequence classification takes one label per sequence, not a row of them")
        flat = [_plain(r) for r in rows]
    else:
        if any(np.ndim(r) != 1 or len(r) != shape[1] for r in rows):
            raise MemorizationError(f"every sequence needs {shape[1]} labels, one per token; these are ragged or too few")
        flat = [_plain(v) for r in rows for v in r]
    if any(v != v for v in flat):
        raise MemorizationError("a label is nan; labels must equal themselves (None marks a place that is not asked about)")
    odd = [v for v in flat if not isinstance(v, Hashable)]
    if odd:
        raise MemorizationError(f"the label {odd[0]!r} cannot be told from others: labels are numbers, strings or tuples")
    values = {v for v in flat if v is not None}
    if not values:
        raise MemorizationError("no place has a label; give at least one that is not None")
    try:
        classes = tuple(sorted(values))
    except TypeError:
        classes = tuple(sorted(values, key=lambda v: (type(v).__name__, repr(v))))
    code = {v: i for i, v in enumerate(classes)} | {None: ANY}
    array = np.array([code[v] for v in flat], dtype=np.int64)
    return (np.repeat(array[:, None], shape[1], axis=1) if setting == "sequence" else array.reshape(shape)), classes


def _plain(v: Any) -> Hashable:
    return v.item() if isinstance(v, np.generic) else v


def distinct(grid: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distinct tokens (T, d), and the number of each token (N, n)."""
    rows = grid.reshape(-1, grid.shape[2])
    if rows.dtype == object:
        seen: dict[tuple, int] = {}
        numbers = np.array([seen.setdefault(tuple(r), len(seen)) for r in rows], dtype=np.int64)
        tokens = np.empty((len(seen), grid.shape[2]), dtype=object)
        tokens[:] = [list(t) for t in seen]
        return tokens, numbers.reshape(grid.shape[:2])
    tokens, numbers = np.unique(rows, axis=0, return_inverse=True)
    return tokens, numbers.reshape(grid.shape[:2]).astype(np.int64)


def _rows(array: np.ndarray) -> np.ndarray:
    return np.unique(array, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _pairs(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The number of each distinct pair (a, b); the shape of a."""
    return np.unique(a * (int(b.max()) + 1) + b, return_inverse=True)[1].reshape(a.shape).astype(np.int64)


def contexts(token: np.ndarray, setting: str) -> np.ndarray:
    """The number of the context of each place, (N, n)."""
    count, length = token.shape
    if setting == "equivariant":
        return _pairs(np.repeat(_rows(np.sort(token, axis=1))[:, None], length, axis=1), token)
    if setting == "sequence":
        return np.repeat(_rows(np.sort(token, axis=1))[:, None], length, axis=1)
    place = np.broadcast_to(np.arange(length), token.shape)
    if setting == "causal":
        out = np.empty_like(token)
        prefix = np.zeros(count, dtype=np.int64)
        for k in range(length):
            prefix = out[:, k] = _pairs(prefix, token[:, k])
        return _pairs(out, place)
    return _pairs(np.repeat(_rows(token)[:, None], length, axis=1), place)


WHAT = {"equivariant": "the same token in the same multiset of tokens", "sequence": "the same multiset of tokens",
        "causal": "the same prefix", "positional": "the same sequence and position", "masked": "the same sequence and position",
        "sparse": "the same sequence and position"}


def refuse_conflicts(data: Data) -> None:
    """One context with two labels: no such Transformer exists; the first such pair is named."""
    flat, label = data.context.reshape(-1), data.label.reshape(-1)
    asked = np.flatnonzero(label != ANY)
    found, first, back = np.unique(flat[asked], return_index=True, return_inverse=True)
    bad = np.flatnonzero(label[asked] != label[asked[first]][back])
    if not bad.size:
        return
    j = int(asked[bad[0]])
    i = int(asked[first[back[bad[0]]]])
    length = data.label.shape[1]
    pair = (divmod(i, length), divmod(j, length))
    names = [f"position {k} of sequence {s}" if data.setting != "sequence" else f"sequence {s}" for s, k in pair]
    a, b = (data.classes[label[k]] for k in (i, j))
    raise MemorizationError(f"{names[0]} and {names[1]} have {WHAT[data.setting]} but the labels {a!r} and {b!r}; no network "
                            f"of this setting can tell them apart: change one of the labels, or the setting", pair)
