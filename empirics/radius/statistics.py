"""Distances -> the raw figures that a record keeps: histogram, quantiles, means by group, and what is computed from them.

Vectors are dealt into groups by their place in the random order. Errors are those of a mean over groups; distances of one run are
not independent (two vectors can be each other's neighbour), so three of them are taken on either side.
"""
from __future__ import annotations

from math import sqrt
from typing import Any, Callable, Mapping, Sequence

import numpy as np

GROUPS = 16
QUANTILES = tuple(k / 20 for k in range(21))
BINS = 60
ERRORS = 3
SHARES = (25, 50, 75, 100)
Summary = Mapping[str, Any]


def sizes(m: int) -> list[int]:
    """Prefixes that are measured: the four shares of Figure 2, and smaller ones for the slope, none below 2 per group where m
    allows."""
    least = min(2 * GROUPS, m)
    wanted = {max(2, m * share // 100) for share in SHARES} | {max(least, m // k) for k in (8, 16)}
    return sorted(s for s in wanted if s <= m)


def summary(distance: np.ndarray, edges: np.ndarray | None = None) -> dict[str, Any]:
    """Of the nearest-neighbour distances of a sample, in its random order. `log` leaves duplicates (distance 0) out.

    edges: of a histogram, whose counts then include all distances (those outside are put into the end bins).
    """
    if len(distance) < 2:
        raise ValueError("a nearest neighbour needs two vectors")
    by_group = [distance[g::GROUPS] for g in range(min(GROUPS, len(distance)))]
    positive = [d[d > 0] for d in by_group]
    found = {"count": len(distance), "duplicates": int((distance == 0).sum()), "mean": _short(distance.mean()),
             "median": _short(np.median(distance)), "quantiles": [_short(q) for q in np.quantile(distance, QUANTILES)],
             "groups": {"mean": [_short(d.mean()) for d in by_group], "median": [_short(np.median(d)) for d in by_group],
                        "log": [_short(np.log(d).mean()) if len(d) else None for d in positive]}}
    if edges is not None:
        inside = np.clip(distance, edges[0], edges[-1])
        found["histogram"] = {"edges": [_short(x) for x in edges], "counts": np.histogram(inside, edges)[0].tolist()}
    return found


def bins(samples: Sequence[np.ndarray]) -> np.ndarray:
    """The edges of a histogram that shows all distances of all samples."""
    low, high = min(float(d.min()) for d in samples), max(float(d.max()) for d in samples)
    return np.linspace(low, high if high > low else low + 1, BINS + 1)


def norms(x: np.ndarray) -> dict[str, float]:
    length = np.linalg.norm(x.astype(np.float64), axis=1)
    spread = np.linalg.norm(x.astype(np.float64) - x.mean(0, dtype=np.float64), axis=1)
    return {"mean": _short(length.mean()), "about the mean": _short(np.sqrt((spread ** 2).mean())), "least": _short(length.min()),
            "largest": _short(length.max())}


def _short(x: float) -> float:
    return float(f"{float(x):.9g}")


# ---------------------------------------------------------------- from raw figures to intervals

def interval(value: float, by_group: Sequence[float]) -> dict[str, float]:
    """value, and three standard errors of the mean over groups on either side."""
    rows = np.array(by_group, float)
    error = ERRORS * float(rows.std(ddof=1)) / sqrt(len(rows)) if len(rows) > 1 else 0.0
    return {"value": round(float(value), 6), "low": round(float(value) - error, 6), "high": round(float(value) + error, 6)}


def of_medians(s: Summary, f: Callable[[float], float]) -> dict[str, float]:
    """f(median), with the error that the groups' medians show."""
    return interval(f(s["median"]), [f(x) for x in s["groups"]["median"]])


def ratios(a: Summary, b: Summary, what: str) -> dict[str, float]:
    """a's mean (or median) over b's."""
    return interval(a[what] / b[what], [x / y for x, y in zip(a["groups"][what], b["groups"][what])])


def slopes(curve: Mapping[str, Summary]) -> dict[str, float]:
    """d log distance / d log m over the samples of a curve {m: summary}, by least squares, from the mean log distances."""
    x = np.log([float(m) for m in curve])
    rows = np.array([s["groups"]["log"] for s in curve.values()], float)        # (samples, groups); nan: nothing but duplicates
    rows = rows[:, np.isfinite(rows).all(0)]
    if rows.shape[1] < 2 or len(x) < 2:
        raise ValueError("a slope needs two samples, and two groups that are not all duplicates")
    centred = x - x.mean()
    by_group = centred @ rows / (centred @ centred)
    return interval(float(by_group.mean()), by_group)
