"""Token projection R^d -> Z: one integer per distinct token (specification, Section 3.1).

v is drawn from {0, .., Q - 1}^d, Q growing from 2 by halves, six draws each, until all distinct tokens have distinct values: for
distinct integer tokens a and b, P(v.a = v.b) <= 1/Q, so that Q >= T^2/2 works with positive probability for T tokens.
"""
from __future__ import annotations

from typing import Iterator

import numpy as np

from numerics.memorizer.data import PLACED, Data
from numerics.memorizer.layers import Embedding

DRAWS = 6


def growing(rng: np.random.Generator, size: int, start: int = 2) -> Iterator[list[int]]:
    """Vectors of `size` integers below Q, six for each Q = start, 3/2 start, 9/4 start, .."""
    q = start
    while True:
        for _ in range(DRAWS):
            yield [int(v) for v in rng.integers(0, q, size=size)] if q < 2 ** 62 else [
                int.from_bytes(rng.bytes(q.bit_length() // 8 + 1), "little") % q for _ in range(size)]
        q += (q + 1) // 2


def dot(features: np.ndarray, v: list[int]) -> np.ndarray:
    """features @ v exactly: (rows, columns) integers; int64 where nothing can overflow, else Python integers."""
    if features.dtype != object:
        peak = int(np.abs(features).max(initial=0)) * max(1, max(v, default=1)) * max(1, len(v))
        if peak < 2 ** 62:
            return features @ np.array(v, dtype=np.int64)
        features = features.astype(object)
    total = np.zeros(len(features), dtype=object)
    for column, w in zip(features.T, v, strict=True):
        total = total + column * w
    return total


def different(ids: np.ndarray, gap: int = 1) -> bool:
    """No two entries are nearer than `gap`."""
    ordered = np.sort(ids)
    return len(ids) < 2 or bool((ordered[1:] - ordered[:-1]).min() >= gap)


def project(data: Data, rng: np.random.Generator, gap: int = 1) -> tuple[Embedding, int]:
    """An embedding that separates the data's tokens by `gap`, and R: all ids lie in {1, .., R - 1}.

    With positional encodings X + E, E_k = step (k + 1) 1_d, the ids at different positions do not overlap.
    """
    length, d = data.grid.shape[1:]
    v = next(v for v in growing(rng, d) if different(dot(data.tokens, v), gap))
    ids = dot(data.tokens, v)
    low, high = int(ids.min()), int(ids.max())
    step, span = 0, high - low
    if data.setting in PLACED:
        if not any(v):                      # one token only, projected to 0: positions still need a direction
            v[0], low, span = 1, int(data.tokens[0, 0]), 0
        total = sum(v)
        step = (span + gap) // (total * data.scale) + 1
        low += step * total * data.scale
        span += step * total * data.scale * (length - 1)
    return Embedding(tuple(v), gap - low, data.scale, step), gap + span + 1
