"""Counting what random patterns survive in the models of `numerics.hopfield`: raw figures for the capacity experiments.

Every function returns how many of `trials` failed, for each number of stored patterns in `sizes` (ascending), from one draw: the
patterns of a smaller size are the first ones of a larger. They are uniform on {-1, +1}^n, or on the sphere of radius sqrt(n - 1).
"""
from __future__ import annotations

from typing import Callable, Sequence

import numpy as np

from numerics.hopfield import MCHN, Demircigil, asynchronous, softmax_update
from numerics.hopfield.energies import whole_power

BLOCK = 1 << 14         # patterns drawn and multiplied at a time


def signs(rng: np.random.Generator, d: int, n: int, plus: float = 0.5) -> np.ndarray:
    """d patterns of n bits, each +1 (with probability `plus`) or -1."""
    if plus != 0.5:
        return np.where(rng.random((d, n)) < plus, np.float32(1), np.float32(-1))
    bits = np.unpackbits(np.frombuffer(rng.bytes(d * ((n + 7) // 8)), dtype=np.uint8).reshape(d, -1), axis=1)[:, :n]
    return bits * np.float32(2) - np.float32(1)


def unstable_bits(rng: np.random.Generator, n: int, order: int, sizes: Sequence[int], tested: int,
                  plus: float = 0.5) -> tuple[list[int], list[int]]:
    """F(z) = z^order: of the first `tested` patterns, how many bits would flip at once, and how many patterns have such a bit.

    The flip energies are those of `Krotov.flips`, summed over the patterns block by block, so that all sizes cost one pass.
    """
    probe = signs(rng, tested, n, plus)
    even, odd = np.zeros((tested, 1)), np.zeros((tested, n))
    bits, patterns, done = [], [], 0
    for size in sizes:
        while done < size:
            block = probe if done == 0 else signs(rng, min(BLOCK, size - done), n, plus)
            m = (probe @ block.T).astype(np.float64)
            down, up = whole_power(m - 2, order), whole_power(m + 2, order)
            even += (whole_power(m, order) - (down + up) / 2).sum(1, keepdims=True)
            odd += ((down - up) / 2) @ block.astype(np.float64)
            done += len(block)
        wrong = even - probe * odd < 0
        bits.append(int(wrong.sum()))
        patterns.append(int(wrong.any(1).sum()))
    return bits, patterns


def unretrieved(rng: np.random.Generator, n: int, sizes: Sequence[int], tested: int, model: Callable, noise: float, sweeps: int,
                overlap: float) -> list[int]:
    """How many of `tested` patterns, each with a share `noise` of its bits flipped, do not come back to an overlap of at least
    `overlap`."""
    stored = signs(rng, max(sizes), n).astype(np.float64)
    start = stored[:tested] * np.where(rng.random((tested, n)) < noise, -1.0, 1.0)
    out = []
    for size in sizes:
        memory, x = model(stored[:size]), start
        for _ in range(sweeps):
            new = asynchronous(memory, x, rng.permutation(n))
            if np.array_equal(new, x):
                break
            x = new
        out.append(int(((x * stored[:tested]).mean(1) < overlap).sum()))
    return out


def exponential_unstable(rng: np.random.Generator, n: int, sizes: Sequence[int]) -> list[int]:
    """Demircigil's energy: how many of all the stored patterns have a bit that would flip at once."""
    stored = signs(rng, max(sizes), n).astype(np.float64)
    return [int((Demircigil(stored[:size]).flips(stored[:size]) < 0).any(1).sum()) for size in sizes]


def unsettled(rng: np.random.Generator, n: int, sizes: Sequence[int], tested: int, beta: float, steps: int,
              near: float) -> list[int]:
    """MCHN on the sphere of radius sqrt(n - 1): of `tested` patterns, how many does the softmax update carry away by more than
    `near` times the radius."""
    radius = np.sqrt(n - 1.0)
    stored = rng.standard_normal((max(sizes), n))
    stored *= radius / np.linalg.norm(stored, axis=1, keepdims=True)
    out = []
    for size in sizes:
        memory = MCHN(stored[:size], beta)
        x = stored[:tested]
        for _ in range(steps):
            new = softmax_update(memory, x)
            moved = abs(new - x).max()
            x = new
            if moved < 1e-6 * radius:
                break
        out.append(int((np.linalg.norm(x - stored[:tested], axis=1) > near * radius).sum()))
    return out
