"""Exact Euclidean nearest neighbours of every vector of a set among the others.

    nearest(x)                     -> Neighbours of all m vectors
    nearest_within(x, sizes)       -> {size: Neighbours} of the prefixes x[:size], in one pass over all pairs

The answer is that of the float64 reference defined in `pairs` (differences, squares, sums by halving), ties included, bit for
bit: the same for every method, block size, device and number of threads or processes. Cheap arithmetic only decides which pairs
cannot matter, by proved bounds (`screens`):
  int8      exact products of quantised vectors, with residual norms as error bounds; then float32, float64 for what is left
  float32   matrix products with the any-order rounding bound; for processors without int8 instructions
  float64   the same in float64; for few or short vectors
"""
from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Callable, Iterator, Sequence

import numpy as np
import torch

from numerics.neighbors.points import NeighbourError, Points, check_sizes, checked
from numerics.neighbors.screens import WIDEST, FloatScreen, Int8Screen, Rotation
from numerics.neighbors.search import Alone, Search, answers, split
from numerics.neighbors.threads import Threads

__all__ = ["METHODS", "NeighbourError", "Neighbours", "nearest", "nearest_within"]

METHODS = ("auto", "int8", "float32", "float64")
BLOCK = {"cpu": 1536, "cuda": 16384}
FEW, SHORT = 2048, 64           # below these sizes float64 costs nothing
LONGEST = 160_000               # dimensions for which n 2^-24 <= 0.01, as the float32 bound needs
FASTER = 1.3                    # int8 is worth its candidates if its products are faster than float32 by this factor


@dataclass(frozen=True)
class Neighbours:
    """Of each vector i: `distance` (m,) float64 to the nearest other vector, sqrt of the reference's square; `index` (m,) int64,
    the least j != i at that distance; `ties` (m,) int64, how many j != i are at exactly that distance (1: only `index`).
    `stats`: what it took."""

    distance: np.ndarray
    index: np.ndarray
    ties: np.ndarray
    stats: dict = field(default_factory=dict, compare=False)

    def __repr__(self) -> str:
        d = self.distance
        return f"Neighbours({len(d)} vectors, distances {d.min():.6g} to {d.max():.6g}, {int((d == 0).sum())} with a duplicate)"


def _seconds(f: Callable, device: str) -> float:
    """The best of a few; on a CPU the seconds that this thread really had a core."""
    best, clock = float("inf"), time.thread_time if device == "cpu" else time.perf_counter
    for _ in range(6):
        start = clock()
        f()
        if device != "cpu":
            torch.cuda.synchronize()
        best = min(best, clock() - start)
    return best


def int8_gain(device: str = "cpu") -> float:
    """How many times faster a product of int8 matrices is here than one of float32. On a CPU: with torch's threading set to 1. On
    a GPU the matrices are large, since small ones time the launch alone."""
    kind = torch.device(device).type
    size = 512 if kind == "cpu" else 8192
    a, b = torch.ones((size, size), device=device), torch.ones((size, size), dtype=torch.int8, device=device)
    return _seconds(lambda: a @ a.T, kind) / max(1e-9, _seconds(lambda: torch._int_mm(b, b.T), kind))


@contextmanager
def full_precision() -> Iterator[None]:
    """float32 matrix products in float32, as their bound assumes: no TF32 and no bfloat16, and subnormal numbers kept, whatever
    the program has set. (Threads begun inside have this thread's treatment of subnormal numbers.)"""
    before, flushed = torch.get_float32_matmul_precision(), not float(torch.tensor(2.0 ** -1060, dtype=torch.float64) * 1)
    torch.set_float32_matmul_precision("highest")
    torch.set_flush_denormal(False)
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before)
        torch.set_flush_denormal(flushed)


def choose(m: int, n: int, device: str) -> str:
    if m < FEW or n < SHORT or n > LONGEST:
        return "float64"
    return "int8" if n * 2 <= WIDEST and int8_gain(device) > FASTER else "float32"


def nearest_within(x, sizes: Sequence[int], *, device: str = "cpu", block: int | None = None, method: str = "auto",
                   progress: Callable[[int, int], None] | None = None, share=None) -> dict[int, Neighbours]:
    """The nearest neighbours inside each prefix x[:s]; x (m, n) float16, float32 or float64, NumPy or torch.

    `progress(done, total)` is called after every block of pairs. `share` splits the blocks over processes (`sharded`). Memory
    beyond x: 5 bytes a number for int8 (4 for float32, 8 for float64), and per thread about 30 bytes a pair of one block;
    measured in all, 0.55 GB for 80,000 x 1,024 by int8 with two threads."""
    if method not in METHODS:
        raise NeighbourError(f"unknown method {method!r}: one of {', '.join(METHODS)}")
    if block is not None and block < 1:
        raise NeighbourError(f"a block of {block} vectors holds no pair: give a positive number")
    start = time.perf_counter()
    kind = str(device).split(":")[0]
    if kind not in BLOCK or kind == "cuda" and not torch.cuda.is_available():
        raise NeighbourError(f"no device {device!r} here: use device 'cpu'")
    share = share or Alone()
    with full_precision(), Threads(kind == "cpu") as threads, torch.no_grad():
        x = checked(x, device, threads)
        share.same("vectors", x)
        sizes, n = check_sizes(sizes, len(x)), x.shape[1]
        used = METHODS[share.agreed(METHODS.index(choose(*x.shape, device) if method == "auto" else method))]
        if used == "int8" and n * 2 > WIDEST or used == "float32" and n > LONGEST:
            raise NeighbourError(f"method {used!r} cannot hold sums over {n} components: use method 'auto'")
        turn = Rotation(n, x.device) if used == "int8" else None
        points = Points(x, sizes, threads, turn and turn.largest)
        blocks = split(points, block or BLOCK[kind])
        share.same("order of vectors", points.row)
        screen = Int8Screen(points, blocks, turn) if turn else FloatScreen(points, blocks, getattr(torch, used))
        prepared = time.perf_counter() - start
        search = Search(points, blocks, screen, share, progress)
        found = zip(sizes, search.run())
        out = {size: Neighbours(*answers(points, one, level, size), search.stats) for level, (size, one) in enumerate(found)}
    search.stats.update({"method": used, "distinct vectors": len(points), "seconds preparing": prepared,
                         "share evaluated": search.stats["evaluated"] / max(1, search.stats["pairs"])})
    return out


def nearest(x, *, device: str = "cpu", block: int | None = None, method: str = "auto",
            progress: Callable[[int, int], None] | None = None, share=None) -> Neighbours:
    """The nearest neighbour of every vector of x (m, n) among the others; see `nearest_within`."""
    m = len(x) if hasattr(x, "__len__") and np.ndim(x) else 0
    return nearest_within(x, (max(m, 2),), device=device, block=block, method=method, progress=progress, share=share)[max(m, 2)]
