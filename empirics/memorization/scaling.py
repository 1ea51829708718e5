"""The figure: parameters and weight bits of the construction against contexts, length, dimension, from `memorizer.exact`.

Equal records give equal bytes.
"""
from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Mapping, Sequence

import numpy as np

from empirics import experiment as base, registry
from theory.claim import StoreError

NAME = "memorizer_scaling"
STYLES = {"auto": ("o", "#2ca02c", "built here"), "paper": ("s", "#d62728", "the paper's string matching"),
          "steps": ("^", "#7f7f7f", "a ramp per label")}


def slope(rows: Sequence[Mapping[str, Any]], x: str, y: str = "nonzero", least: int = 0) -> dict[str, float]:
    """d log y / d log x by least squares over the rows with x >= least, with two standard errors of the fit."""
    a, b = (np.log([r[k] for r in rows if r[x] >= least]) for k in (x, y))
    (found, _), covariance = np.polyfit(a, b, 1, cov=True) if len(a) > 3 else (np.polyfit(a, b, 1), np.zeros((2, 2)))
    error = 2 * float(np.sqrt(covariance[0, 0]))
    return {"value": float(found), "low": float(found) - error, "high": float(found) + error}


def crossover(rows: Sequence[Mapping[str, Any]], against: Sequence[float]) -> float | None:
    """The number of contexts from which on a row has fewer parameters than `against`, log-log between neighbours; None: never."""
    gap = np.log([r["nonzero"] for r in rows]) - np.log(against)
    x = np.log([r["M"] for r in rows])
    for k in range(len(gap) - 1):
        if gap[k] > 0 >= gap[k + 1]:
            return float(np.exp(x[k] + (x[k + 1] - x[k]) * gap[k] / (gap[k] - gap[k + 1])))
    return None if gap[-1] > 0 else float(np.exp(x[0]))


def numbers(record: Mapping[str, Any]) -> dict[str, Any]:
    """Slopes with intervals, crossovers, bits over the information bound."""
    rows = record["raw"]["scaling"]
    auto, paper = rows["auto"], rows["paper"]

    def per(axis: str, curve: str) -> float:
        points = rows[curve]
        return float(np.polyfit([r[axis] for r in points], [r["nonzero"] for r in points], 1)[0])
    return {"slope in M": slope(auto, "M", least=4096), "slope in M of the paper's": slope(paper, "M", least=1000),
            "slope in M of a ramp per label": slope(rows["steps"], "M"),
            "slope of the largest weight's bits": slope(auto, "M", "max_bits", 4096),
            "slope in n": slope(rows["length"], "n"), "slope in d": slope(rows["dimension"], "d"),
            "added per token of length": per("n", "length"), "added per dimension": per("d", "dimension"),
            "fewer than labels from M": crossover(auto, [r["M"] for r in auto]),
            "the paper's, fewer than labels from M": crossover(paper, [r["M"] for r in paper]),
            "bits over M log2 C": [r["total_bits"] / (2 * r["M"]) for r in auto], "points": rows}


def draw(record: Mapping[str, Any], path: Path) -> None:
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot as plt
    found = numbers(record)
    rows = found["points"]
    with plt.rc_context({"svg.hashsalt": NAME, "svg.fonttype": "none", "font.size": 9}):
        figure, (left, middle, right) = plt.subplots(1, 3, figsize=(13, 4.4), layout="constrained")
        for name, (mark, colour, words) in STYLES.items():
            at = [r["M"] for r in rows[name]]
            left.plot(at, [r["nonzero"] for r in rows[name]], mark, ls="-", color=colour, ms=4, label=words)
            middle.plot(at, [r["max_bits"] for r in rows[name]], mark, ls="-", color=colour, ms=4, label=words)
        auto = rows["auto"]
        labels = [r["M"] for r in auto]
        left.plot(labels, [r["bound"] for r in auto], ":", color="black", lw=1, label="bound of Theorem R")
        left.plot(labels, labels, "-", color="black", lw=0.7, label="one parameter per label")
        left.set(xscale="log", yscale="log", xlabel="contexts M", ylabel="nonzero parameters",
                 title=f"(a) slope {_shown(found['slope in M'])} from M = 4,096 on")
        middle.plot(labels, [r["total_bits"] / (2 * r["M"]) for r in auto], "--", color=STYLES["auto"][1], lw=1,
                    label="all bits over M log2 C")
        middle.axhline(53, color="black", lw=0.7)
        middle.text(labels[0], 55, "float64", fontsize=8)
        middle.set(xscale="log", yscale="log", xlabel="contexts M", ylabel="bits", title="(b) bits of the largest weight")
        for axis, words, mark in (("n", "length n, a layer per token", "o"), ("d", "dimension d", "s")):
            points = rows["length" if axis == "n" else "dimension"]
            right.plot([r[axis] for r in points], [r["nonzero"] for r in points], mark + "-", ms=4,
                       label=f"{words}: slope {_shown(found[f'slope in {axis}'])}")
        right.set(xscale="log", yscale="log", xlabel="n (d = 8) or d (n = 8), N = 64", ylabel="nonzero parameters",
                  title="(c) length and dimension")
        for axes in (left, middle, right):
            axes.grid(True, which="major", alpha=0.3)
            axes.legend(fontsize=7.5)
        figure.savefig(path, format="svg", metadata={"Date": None})
        plt.close(figure)


def _shown(s: Mapping[str, float]) -> str:
    return f"{s['value']:.3f} in [{s['low']:.3f}, {s['high']:.3f}]"


def write(out: Path) -> Path:
    """NAME.svg and its numbers as NAME.json; a StoreError where there is no record."""
    path = registry.path("memorizer.exact")
    if not path.exists():
        raise StoreError("there is no record of memorizer.exact; run `python -m empirics run memorizer.exact`")
    record = base.read(path)
    draw(record, out / f"{NAME}.svg")
    (out / f"{NAME}.json").write_text(json.dumps(numbers(record), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return out / f"{NAME}.svg"
