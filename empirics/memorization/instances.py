"""Data sets to memorise: random ones of every size, and adversarial ones; labels random per context, thus consistent."""
from __future__ import annotations

from typing import Any, Callable

import numpy as np

from numerics.memorizer.data import contexts, distinct

GRID = 7            # tokens lie in {-7, .., 7}^d, as in the specification


def labels(sequences: np.ndarray, classes: int, setting: str, rng: np.random.Generator, asked: float = 1.0) -> np.ndarray:
    """A random label for every context, the same wherever it occurs; a share 1 - asked of the contexts has None."""
    context = contexts(distinct(sequences)[1], setting)
    values = rng.integers(0, classes, size=int(context.max()) + 1)
    out = values[context[:, 0]] if setting == "sequence" else values[context]
    if asked < 1:
        wanted = rng.random(len(values)) < asked
        wanted[int(rng.integers(len(values)))] = True
        out = np.where(wanted[context], out, None)
    return out


def uniform(rng: np.random.Generator, count: int, length: int, d: int) -> np.ndarray:
    return rng.integers(-GRID, GRID + 1, size=(count, length, d))


def _repeated(rng, count, length, d):
    """Three tokens in all: multiplicities tell most sequences apart."""
    return uniform(rng, 1, 3, d)[0][rng.integers(0, 3, size=(count, length))]


def _equal_sets(rng, count, length, d):
    """(a, a, c, c, b) and (a, c, b, b, b) with a + c = 2b: the same token set, the same sum, the same length."""
    b, step = uniform(rng, 1, 1, d)[0, 0], np.maximum(1, np.abs(uniform(rng, 1, 1, d)[0, 0]))
    a, c = b - step, b + step
    rows = [[a, a, c, c, b], [a, c, b, b, b], [a, a, a, c, b], [a, c, c, c, b], [a, a, c, b, b], [a, c, c, b, b], [a, b, b, b, b]]
    return np.array(rows)


def _neighbours(rng, count, length, d):
    """One sequence, and copies that differ from it in one coordinate of one token by 1."""
    base = uniform(rng, 1, length, d)[0]
    out = [base]
    for i in range(count - 1):
        near = base.copy()
        near[i % length, (i // length) % d] += 1 if i % 2 else -1
        out.append(near)
    return np.array(out)


def _progression(rng, count, length, d):
    """Tokens k (1, .., 1) along a line: all sums collide often."""
    return np.repeat(rng.integers(0, 2 * length, size=(count, length))[:, :, None], d, axis=2)


def _close_floats(rng, count, length, d):
    """Real tokens 10^-9 apart."""
    return 1.0 + 1e-9 * rng.integers(0, 5, size=(count, length, d))


def _far(rng, count, length, d):
    """Tokens around 10^9."""
    return uniform(rng, count, length, d) + 10 ** 9


ADVERSARIES: dict[str, Callable[..., np.ndarray]] = {
    "repeated tokens": _repeated, "equal token sets": _equal_sets, "one coordinate apart": _neighbours, "on a line": _progression,
    "10^-9 apart": _close_floats, "far away": _far}


def ring(length: int) -> np.ndarray:
    """allowed[key][query]: each position sees itself and the one before, around."""
    return np.eye(length, dtype=bool) | np.roll(np.eye(length, dtype=bool), 1, axis=1)


def star(length: int) -> np.ndarray:
    """Position 0 sees and is seen by all; the others see 0 and themselves."""
    out = np.eye(length, dtype=bool)
    out[0, :] = out[:, 0] = True
    return out


def strongly_connected(length: int, rng: np.random.Generator) -> np.ndarray:
    """A random cycle through all positions, self loops, and some further pairs: in general with no Hamiltonian path in order."""
    order = rng.permutation(length)
    out = np.eye(length, dtype=bool) | (rng.random((length, length)) < 0.1)
    out[order, np.roll(order, 1)] = True
    return out


def permuted(sequences: np.ndarray, values: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Every sequence in an order of its own, its labels moved along (labels of a whole sequence stay)."""
    order = np.argsort(rng.random(sequences.shape[:2]), axis=1)
    moved = np.take_along_axis(sequences, order[:, :, None], axis=1)
    return moved, values if values.ndim == 1 else np.take_along_axis(values, order, axis=1)


def draw(rng: np.random.Generator, kind: str) -> tuple[np.ndarray, dict[str, Any]]:
    """A small instance of an adversarial kind, or of the kind `random`; and its setting for Memorizer.fit."""
    count, length, d = (int(rng.integers(1, top)) for top in (24, 9, 6))
    sequences = (uniform if kind == "random" else ADVERSARIES[kind])(rng, count, length, d)
    setting = str(rng.choice(["equivariant", "positional", "sequence", "causal", "masked"]))
    return sequences, {"setting": setting}
