"""Slow and plain: the reference of `numerics.neighbors.pairs` for all pairs, and the truth in fractions."""
from __future__ import annotations

import math
from fractions import Fraction

import numpy as np


def squares(x: np.ndarray, i: int) -> np.ndarray:
    """D (m,) from vector i to all: float64 differences, squares, sums by halving"""
    with np.errstate(over="ignore", under="ignore"):
        d = (np.asarray(x, dtype=np.float64) - np.asarray(x[i], dtype=np.float64)) ** 2
        while d.shape[1] > 1:
            half = 1
            while 2 * half < d.shape[1]:
                half *= 2
            tail = d.shape[1] - half
            d = np.concatenate([d[:, :tail] + d[:, half:], d[:, tail:half]], axis=1)
        return d[:, 0]


def brute(x) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(distance, index, ties) by the reference, where nothing over- or underflows"""
    m = len(x)
    distance, index, ties = np.empty(m), np.empty(m, dtype=np.int64), np.empty(m, dtype=np.int64)
    for i in range(m):
        d = squares(x, i)
        d[i] = np.inf
        distance[i], index[i] = np.sqrt(d.min()), d.argmin()
        ties[i] = (d == d.min()).sum()
    return distance, index, ties


def root(q: Fraction) -> float:
    """sqrt of a rational, to 1e-15"""
    e = 0
    while q and q < 1:
        q, e = q * 4 ** 40, e - 40
    while q > 4 ** 40:
        q, e = q / 4 ** 40, e + 40
    return math.ldexp(math.sqrt(q), e)


def truth(x) -> tuple[list[float], list[int], list[int]]:
    """(distance, index, ties) in rational arithmetic: no rounding decides anything"""
    rows = [[Fraction(float(v)) for v in row] for row in x]
    distance, index, ties = [], [], []
    for i, a in enumerate(rows):
        d = [sum((p - q) ** 2 for p, q in zip(a, b)) if j != i else None for j, b in enumerate(rows)]
        least = min(v for v in d if v is not None)
        distance.append(root(least))
        index.append(d.index(least))
        ties.append(d.count(least))
    return distance, index, ties
