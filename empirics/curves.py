"""From counts of failures to the capacity at each n, its growth with n, and an interval for it.

A curve is {"n", "sizes", "trials", "failed"}: for each group of independent draws (a row of `failed`) and each number of stored
patterns, how many of `trials` failed. The capacity is where the share of failures crosses the target. Intervals come from
redrawing groups.
"""
from __future__ import annotations

from statistics import NormalDist
from typing import Any, Callable, Mapping, Sequence

import numpy as np

Curve = Mapping[str, Any]
DRAWS = 200             # of the bootstrap
ERRORS = 3              # standard errors on either side of a measured value


def probit(p: float) -> float:
    """log of the squared normal quantile: linear in the logarithm of the number of patterns where the noise is Gaussian"""
    return float(np.log(NormalDist().inv_cdf(1 - p) ** 2))


def loglog(p: float) -> float:
    """log(-log(1 - p)): linear in the logarithm of the number of patterns where failures are rare and independent"""
    return float(np.log(-np.log1p(-p)))


def crossing(sizes: Sequence[int], shares: Sequence[float], target: float, scale: Callable[[float], float]) -> float:
    """log of the size at which the share of failures is the target, by a weighted straight line; nan without two points"""
    xs, ys, weights = [], [], []
    for size, p in zip(sizes, shares):
        if 0 < p < 1 and p != 0.5 or (p == 0.5 and scale is loglog):
            h = min(p, 1 - p) / 100
            slope = (scale(p + h) - scale(p - h)) / (2 * h)
            xs.append(np.log(size))
            ys.append(scale(p))
            weights.append(1 / (abs(slope) * np.sqrt(p * (1 - p))))
    if len(xs) < 2:
        return float("nan")
    b, a = np.polyfit(xs, ys, 1, w=weights)
    return float((scale(target) - a) / b)


def capacities(curves: Sequence[Curve], target: float, scale: Callable[[float], float], rng: np.random.Generator) -> np.ndarray:
    """log capacity, of shape (1 + DRAWS, curves): first as measured, then for groups drawn anew."""
    out = np.empty((1 + DRAWS, len(curves)))
    for k, curve in enumerate(curves):
        failed = np.array(curve["failed"], dtype=float)
        groups = len(failed)
        for draw in range(1 + DRAWS):
            rows = failed if draw == 0 else failed[rng.integers(0, groups, groups)]
            out[draw, k] = crossing(curve["sizes"], rows.sum(0) / (groups * curve["trials"]), target, scale)
    return out


def growth(values: np.ndarray, at: Sequence[float]) -> np.ndarray:
    """The least-squares slope of each row against `at`."""
    x = np.array(at) - np.mean(at)
    return values @ x / (x @ x)


def interval(rows: np.ndarray) -> dict[str, float]:
    """The first row as the value, and as many standard errors of the others on either side."""
    good = rows[1:][np.isfinite(rows[1:])]
    if not np.isfinite(rows[0]) or len(good) < DRAWS // 2:
        raise ValueError("the counts do not cross the target: measure other sizes")
    error = ERRORS * float(np.std(good, ddof=1))
    return {"value": _short(rows[0]), "low": _short(rows[0] - error), "high": _short(rows[0] + error)}


def hull(intervals: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The smallest interval that holds all of them; its value is their mean."""
    return {"value": _short(sum(i["value"] for i in intervals) / len(intervals)), "low": min(i["low"] for i in intervals),
            "high": max(i["high"] for i in intervals)}


def _short(x: float) -> float:
    return round(float(x), 6)
