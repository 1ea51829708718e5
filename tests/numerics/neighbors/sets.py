"""Sets of vectors that are hard for a search, small enough for brute force. Each a function of a generator of random numbers."""
from __future__ import annotations

import numpy as np


def near_duplicates(r):
    x = np.repeat(r.standard_normal((70, 96)), 3, axis=0)
    return (x + 1e-6 * r.standard_normal(x.shape)).astype(np.float32)[r.permutation(210)]


def clusters(r):
    """Few clusters, far tighter than any low precision can see."""
    return r.standard_normal((8, 128))[r.integers(0, 8, 250)] + 1e-7 * r.standard_normal((250, 128))


def power_law(r):
    return (r.standard_normal((250, 160)) * np.arange(1, 161) ** -1.5 @ np.linalg.qr(r.standard_normal((160, 160)))[0]
            ).astype(np.float32)


def outlier_dimensions(r):
    """As in the states of language models: two coordinates a thousand times the others."""
    x = r.standard_normal((250, 96))
    x[:, [7, 50]] *= 1000
    return x.astype(np.float32)


def beside_whole(scale):
    """Vectors next to nothing beside whole numbers: their float32 squares and products underflow."""
    def make(r):
        whole, tiny = r.integers(-3, 4, (40, 96)).astype(float), scale * r.standard_normal((90, 96))
        return np.concatenate([whole, -whole, tiny, -tiny]).astype(np.float32)
    return make


SETS = {
    "gaussian": lambda r: r.standard_normal((300, 100)).astype(np.float32),
    "float64": lambda r: r.standard_normal((250, 70)),
    "float16": lambda r: r.standard_normal((250, 70)).astype(np.float16),
    "near duplicates": near_duplicates,
    "duplicates": lambda r: r.standard_normal((90, 80)).astype(np.float32)[r.integers(0, 90, 250)],
    "clusters": clusters,
    "one cluster": lambda r: (5 + 1e-4 * r.standard_normal((250, 90))).astype(np.float32),
    "huge offset": lambda r: (1e6 + r.standard_normal((250, 70))).astype(np.float32),
    "huge offset, float64": lambda r: 1e12 + r.standard_normal((250, 70)),
    "power law": power_law,
    "outlier dimensions": outlier_dimensions,
    "norms over many sizes": lambda r: (r.standard_normal((250, 96)) * np.exp(3 * r.standard_normal((250, 1)))).astype("f4"),
    "lattice": lambda r: r.integers(0, 3, (250, 6)).astype(np.float32),
    "unit vectors": lambda r: np.eye(140, dtype=np.float32),
    "unit vectors off the grid": lambda r: np.eye(140) * 0.1,
    "arithmetic progression": lambda r: np.linspace(0, 1, 300, dtype=np.float32)[:, None],
    "one dimension": lambda r: r.standard_normal((300, 1)).astype(np.float32),
    "all equal": lambda r: np.full((130, 7), 0.1, dtype=np.float32),
    "two": lambda r: r.standard_normal((2, 5)).astype(np.float32),
    "plus and minus zero": lambda r: np.array([[0.0, 1.0], [-0.0, 1.0], [3.0, -0.0], [3.0, 0.0], [9.0, 0.0]], dtype=np.float32),
    "subnormal": lambda r: (r.integers(0, 40, (200, 80)) * np.float32(1e-45)).astype(np.float32),
    "1e-19 beside whole numbers": beside_whole(1e-19),
    "1e-22 beside whole numbers": beside_whole(1e-22),
    "1e-24 beside whole numbers": beside_whole(1e-24),
    "large": lambda r: (r.standard_normal((200, 80)) * 1e37).astype(np.float32),
    "largest": lambda r: (r.choice([-1, 1], (200, 64)) * np.float32(3.4e38) * r.uniform(0.5, 1, (200, 64))).astype(np.float32),
}
