"""The figure: parameters against labels memorised, trained and constructed, drawn from the record alone. Needs matplotlib.

Equal records give equal bytes.
"""
from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Mapping

import numpy as np

from empirics import experiment as base
from empirics.memorization.analysis import constructed, control, curve, exponent, local, redrawn
from empirics.memorization.measuring import TASKS, select
from theory.claim import StoreError

NAME = "memorizer_trained"
TITLES = {"token": "(a) a label per token", "sequence": "(b) a label per sequence"}
TRAINED = {"novels": ("o", "-", "#d62728", "trained, text of novels"), "random": ("s", "--", "#1f77b4", "trained, random tokens")}
BUILT = {"nonzero": ("-", "weights that are not 0"), "dense": (":", "all entries of its blocks")}
GREEN = "#2ca02c"


def numbers(record: Mapping[str, Any]) -> dict[str, Any]:
    """What is drawn: per task and text the trained points (labels, with three standard errors) and the exponent; the constructed
    points."""
    raw, out = record["raw"], {}
    for task in TASKS:
        here: dict[str, Any] = {"trained": {}, "constructed": [r for r in raw["constructed"] if r["task"] == task]}
        for text in TRAINED:
            if not select(raw["trials"], task=task, text=text):
                continue
            cells = curve(raw, task, text)
            rows = redrawn(cells, np.random.default_rng(7))
            error = 3 * np.std(rows[1:], axis=0, ddof=1)
            here["trained"][text] = {
                "points": [{"width": c["width"], "parameters": c["parameters"], "labels": float(np.exp(x)),
                            "low": float(np.exp(x - e)), "high": float(np.exp(x + e)), "brackets": c["brackets"]}
                           for c, x, e in zip(cells, rows[0], error)],
                "exponent": exponent(raw, task, text) if len(cells) > 1 else None, "local": local(raw, task, text),
                "control": control(raw, task, text),
                "constructed": {count: constructed(raw, task, text, count) for count in BUILT}}
        out[task] = here
    return out


def draw(shown: Mapping[str, Any], path: Path) -> None:
    """Two panels, log-log, with one parameter per label as a thin line."""
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot as plt
    with plt.rc_context({"svg.hashsalt": NAME, "svg.fonttype": "none", "font.size": 9}):     # the same file for the same numbers
        figure, panels = plt.subplots(1, 2, figsize=(10.5, 4.8), layout="constrained", sharey=True)
        for axes, task in zip(panels, TASKS):
            _panel(axes, shown[task])
            axes.set(xscale="log", yscale="log", xlabel="labels memorised", title=TITLES[task])
            axes.grid(True, which="major", alpha=0.3)
            axes.legend(loc="upper left", fontsize=7.5)
        panels[0].set_ylabel("parameters")
        panels[0].set_ylim(top=panels[0].get_ylim()[1] * 8)        # room for the legends
        figure.savefig(path, format="svg", metadata={"Date": None})
        plt.close(figure)


def _panel(axes: Any, shown: Mapping[str, Any]) -> None:
    texts = list(shown["trained"])
    for text in texts:
        marker, line, colour, words = TRAINED[text]
        points, e = shown["trained"][text]["points"], shown["trained"][text]["exponent"]
        x = np.array([p["labels"] for p in points])
        low, high = (np.array([p[k] for p in points]) for k in ("low", "high"))
        said = f": exponent {e['value']:.2f} in [{e['low']:.2f}, {e['high']:.2f}]" if e else ""
        axes.errorbar(x, [p["parameters"] for p in points], xerr=[x - low, high - x], marker=marker, ls=line, color=colour,
                      capsize=2, ms=5, label=words + said)
    if texts:
        rows = [r for r in shown["constructed"] if r["text"] == texts[0]]
        for count, (line, words) in BUILT.items():
            slope = shown["trained"][texts[0]]["constructed"][count]
            axes.plot([r["labels"] for r in rows], [r[count] for r in rows], ls=line, marker="^", ms=3, color=GREEN,
                      label=f"constructed, {words}: exponent {slope:.2f}")
    found = [r["labels"] for r in shown["constructed"]] + [p["labels"] for t in texts for p in shown["trained"][t]["points"]]
    ends = [min(found), max(found)]
    axes.plot(ends, ends, color="#7f7f7f", lw=0.8, label="one parameter per label")


def write(out: Path, folder: Path | None = None) -> None:
    """NAME.svg and NAME.json into `out`, from the record in `folder`."""
    place = (folder or base.RECORDS) / "memorizer.trained.json"
    if not place.exists():
        raise StoreError(f"there is no record {place.name} to draw: run `python -m empirics.memorization`")
    shown = numbers(base.read(place))
    (out / f"{NAME}.json").write_text(json.dumps(shown, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    draw(shown, out / f"{NAME}.svg")
