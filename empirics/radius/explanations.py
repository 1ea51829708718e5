"""What each explanation predicts for nearest-neighbour distances, before any is measured.

    printed                2 sqrt(n/(2 pi e)), twice Section 5's radius, for n = d_emb as Section 6.1 computes it
    printed, n = T d_emb   the same for n = T_max d_emb, as Section 3 defines n
    Z_t = 1                2r for the radius r at which d I_n(r) = 1, the condition that Section 5 starts from, solved exactly
    V_n = 1                2r for the ball of volume 1: the radius that Section 5's condition V_n(r) = O(1) gives by the proved
                           relation of r and V_n(r) (niu2024.critical_radius.amended)
    unit density           points scattered at one per unit volume (Poisson), without any model or data
    gaussian               points drawn from the Gaussian with the vectors' own mean and covariance
    words                  the same with two covariances, between and within chunks that end in the same word: each word has a
                           centre, drawn once, and each of its chunks lies around it. (Added after a pilot run, whose chunks the
                           record leaves out.)
    shuffled               the vectors' own coordinates, each permuted over the vectors: their histograms without any relation
    untrained              the same architecture with random weights on the same chunks

The first five know only sizes. The last four know the vectors' scale and use it, which is what a rival does: it says that nothing
more than scale, shape or architecture is needed. Beside them stands what is proved of any vectors at all, which is an order and a
bound instead of a number (`fewer_is_farther`, `disjoint_balls`): a measurement that breaks one is wrong.
"""
from __future__ import annotations

from math import e, exp, inf, isfinite, lgamma, log, pi, sqrt
from typing import Callable, Mapping

import numpy as np


Draw = Callable[[np.random.Generator], np.ndarray]


def radius(n: float) -> float:
    """sqrt(n/(2 pi e)), Eq. (13) of niu2024"""
    return sqrt(n / (2 * pi * e))


def log_volume(n: float, r: float = 1.0) -> float:
    """log V_n(r)"""
    return n / 2 * log(pi) - lgamma(n / 2 + 1) + n * log(r)


def log_ball_integral(n: float, r: float) -> float:
    """log I_n(r) = log V_n(r) - r^2 + log 1F1(1; 1 + n/2; r^2): the integral of exp(-|x|^2) over the n-ball of radius r.

    The series has positive terms; it is summed until they no longer count, for r^2 < 1 + n/2 where they fall from the start.
    """
    z, total, term, k = r * r, 1.0, 1.0, 0
    if not 0 < z < 1 + n / 2:
        raise ValueError("the series is summed for 0 < r^2 < 1 + n/2 only")
    while term > 1e-17 * total:
        k += 1
        term *= z / (n / 2 + k)
        total += term
    return log_volume(n, r) - z + log(total)


def partition_radius(n: int, d: float) -> float:
    """The radius r at which Z_t = d I_n(r) = 1, by bisection; inf where d I_n(r) < 1 for all r in the series' range."""
    low, high = 1e-9, sqrt(1 + n / 2) * (1 - 1e-12)
    if log(d) + log_ball_integral(n, high) < 0:
        return inf
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if log(d) + log_ball_integral(n, middle) < 0 else (low, middle)
    return low


def unit_density(n: int) -> dict[str, float]:
    """Mean and median nearest-neighbour distance of a Poisson process of density 1: P(distance > r) = exp(-V_n(r))."""
    scale = exp(-log_volume(n) / n)
    return {"mean": scale * exp(lgamma(1 + 1 / n)), "median": scale * log(2) ** (1 / n)}


def from_sizes(n: int, length: int, d: int) -> dict[str, float]:
    """The predicted median distance of the explanations that know only sizes: width n, chunk length, number d of vectors."""
    found = {"printed": 2 * radius(n), "printed, n = T d_emb": 2 * radius(n * length), "Z_t = 1": 2 * partition_radius(n, d),
             "V_n = 1": 2 * exp(-log_volume(n) / n), "unit density": unit_density(n)["median"]}
    return {name: value for name, value in found.items() if isfinite(value)}


def gaussian(x: np.ndarray) -> Draw:
    """As many draws from the Gaussian with the same mean and covariance; float32 of the same shape."""
    mean = x.mean(0, dtype=np.float64)
    centred = x - mean
    spread = _spread(centred.T @ centred / (len(x) - 1))
    return lambda rng: (mean + _draw(spread, len(x), rng)).astype(np.float32)


def _spread(covariance: np.ndarray) -> np.ndarray:
    """A root of the covariance; what rounding or subtraction makes negative counts as 0."""
    values, basis = np.linalg.eigh(covariance)
    return np.sqrt(np.clip(values, 0, None))[:, None] * basis.T


def _draw(spread: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    return rng.standard_normal((count, len(spread))) @ spread


def by_word(x: np.ndarray, words: np.ndarray) -> Draw:
    """Draws with the covariances between and within words estimated by analysis of variance, and the same words; where no word
    comes twice, or there is only one, as `gaussian`."""
    kinds, which, counts = np.unique(words, return_inverse=True, return_counts=True)
    m, k = len(x), len(kinds)
    if not 1 < k < m:
        return gaussian(x)
    mean = x.mean(0, dtype=np.float64)
    centres = np.zeros((k, x.shape[1]))
    np.add.at(centres, which, x - mean)
    centres /= counts[:, None]
    rest = x - mean - centres[which]
    within = rest.T @ rest / (m - k)
    per_word = (m - (counts ** 2).sum() / m) / (k - 1)
    between = ((centres * counts[:, None]).T @ centres / (k - 1) - within) / per_word
    roots = _spread(between), _spread(within)
    return lambda rng: (mean + _draw(roots[0], k, rng)[which] + _draw(roots[1], m, rng)).astype(np.float32)


def shuffled(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Every coordinate permuted over the vectors, each by itself."""
    return rng.permuted(x, axis=0)


def participation(x: np.ndarray) -> float:
    """(sum of the covariance's eigenvalues)^2 / sum of their squares: how many directions the variance is spread over."""
    centred = x.astype(np.float64) - x.mean(0, dtype=np.float64)
    covariance = centred.T @ centred
    return float(np.trace(covariance) ** 2 / (covariance ** 2).sum())


# ---------------------------------------------------------------- what is proved of any vectors

def fewer_is_farther(distances: Mapping[int, np.ndarray]) -> dict[str, int]:
    """size -> distances of the first so many vectors. The nearest of fewer vectors is never nearer (niu2024.radius.subsample):
    how many pairs of samples and vectors were compared, and how many break it."""
    order = sorted(distances)
    pairs = [(distances[a], distances[b][:a]) for a, b in zip(order, order[1:])]
    return {"compared": sum(len(near) for near, _ in pairs), "broken": int(sum((few < more).sum() for few, more in pairs))}


def disjoint_balls(distance: np.ndarray, r: float) -> dict[str, float]:
    """Disjoint balls around two vectors have radii whose sum is below their distance (niu2024.radius.typical.amended). So a
    radius that all of them share is below half the least distance; r: the share of balls of this radius that meet another."""
    return {"common radius below": float(distance.min()) / 2,
            "balls of the printed radius that meet": round(float((distance <= 2 * r).mean()), 6)}


# ---------------------------------------------------------------- made-up vectors of which the answer is known (controls)

def revisited(m: int, n: int, patterns: int, rng: np.random.Generator) -> np.ndarray:
    """The paper's picture: each vector lies in the ball of radius sqrt(n/(2 pi e)) around one of a few stored patterns, far
    apart."""
    centres = rng.standard_normal((patterns, n)) * 10
    direction = rng.standard_normal((m, n))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    depth = radius(n) * rng.random((m, 1)) ** (1 / n)
    return (centres[rng.integers(0, patterns, m)] + depth * direction).astype(np.float32)


def surface(m: int, n: int, dimension: int, rng: np.random.Generator) -> np.ndarray:
    """Points scattered over a flat piece of few dimensions, in n of them."""
    basis = np.linalg.qr(rng.standard_normal((n, dimension)))[0]
    return (rng.random((m, dimension)) @ basis.T * 10).astype(np.float32)


def rotated(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The same vectors in other coordinates: no distance changes."""
    turn = np.linalg.qr(rng.standard_normal((x.shape[1], x.shape[1])))[0]
    return (x.astype(np.float64) @ turn).astype(np.float32)
