"""Three figures from a radius record: Figure 2's histograms with the predictions drawn in, distance against m, distance against
layer.

Equal records give equal bytes. Without matplotlib, or without a record, one clear line and no picture.
"""
from __future__ import annotations

import io
from pathlib import Path
from typing import Any, Mapping

import numpy as np

from empirics import experiment as base
from empirics.radius.analysis import largest, share
from empirics.radius.settings import RadiusError
from empirics.radius.statistics import ERRORS, SHARES, slopes
from theory.claim import WellposedError

COLOURS = {"measured": "#1f77b4", "printed": "#d62728", "unit density": "#9467bd", "Z_t = 1": "#8c564b", "V_n = 1": "#e377c2",
           "printed, n = T d_emb": "#bcbd22", "gaussian": "#2ca02c",
           "words": "#17becf",
           "shuffled": "#ff7f0e", "untrained": "#7f7f7f"}
LABELS = {"printed": "printed 2√(n/2πe)", "printed, n = T d_emb": "printed, n = T d_emb", "Z_t = 1": "2r with Z = 1",
          "V_n = 1": "2r with V_n(r) = 1", "unit density": "one point per unit volume",
          "gaussian": "Gaussian, same mean and covariance", "words": "Gaussian around each last word",
          "shuffled": "coordinates permuted", "untrained": "untrained model"}
DASHES = {"printed": "-", "printed, n = T d_emb": "-", "V_n = 1": (0, (3, 1, 1, 1, 1, 1)), "Z_t = 1": ":",
          "unit density": "-.", "gaussian": "--", "words": (0, (6, 2)),
          "shuffled": (0, (4, 2, 1, 2)), "untrained": (0, (1, 1))}


def raw_of(name: str = "radius.offline", folder: Path = base.RECORDS) -> Mapping[str, Any]:
    """The raw figures of a record, or one line."""
    path = folder / f"{name}.json"
    if not path.exists():
        raise RadiusError(f"there is no record of {name}; run `python -m empirics.radius`")
    return base.read(path)["raw"]


def _canvas(width: float, height: float):
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError as error:
        raise WellposedError("drawing needs matplotlib: install the extra `empirics`") from error
    settings = matplotlib.rc_context({"svg.hashsalt": "radius", "svg.fonttype": "none", "font.size": 8})
    return settings, Figure(figsize=(width, height), layout="constrained")


def _svg(figure: Any) -> str:
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()


def _title(raw: Mapping[str, Any]) -> str:
    model, text = raw["model"], raw["text"]
    return (f"{model['name']} ({model['layers']} layers, n = {model['width']}), {text['chunks']:,} chunks of {text['length']} "
            "tokens")


def _legend(figure: Any, axes: Any, columns: int) -> None:
    """One legend for all panels, each label once."""
    found = {label: handle for ax in axes for handle, label in zip(*ax.get_legend_handles_labels())}
    figure.legend(found.values(), found.keys(), loc="outside lower center", ncols=columns)


# ---------------------------------------------------------------- Figure 2

def histograms(raw: Mapping[str, Any]) -> str:
    """Four shares, after the last layer norm (above) and before it (below); lines are what each explanation predicts for the
    median."""
    context, figure = _canvas(12, 5.6)
    with context:
        axes = figure.subplots(2, 4, sharex="row", sharey="row")
        for row, view in zip(axes, ("after", "before")):
            for ax, percent in zip(row, SHARES):
                _histogram(ax, raw, view, percent)
            row[0].set_ylabel(f"{view} the last layer norm\nshare of vectors")
        for ax in axes[1]:
            ax.set_xlabel("distance to the nearest neighbour")
        figure.suptitle(_title(raw))
        _legend(figure, axes.flat, 4)
        return _svg(figure)


def _histogram(ax: Any, raw: Mapping[str, Any], view: str, percent: int) -> None:
    s = share(raw["real"][view], percent)
    edges, counts = np.array(s["histogram"]["edges"]), np.array(s["histogram"]["counts"])
    ax.stairs(counts / s["count"], edges, fill=True, color=COLOURS["measured"], alpha=0.55, label="measured")
    row = next(r for r in raw["comparison"] if r["view"] == view and r["share"] == percent)
    for name in LABELS:
        if name in row["predicted"]:
            _line(ax.axvline, row["predicted"][name], name, 2 * edges[-1])
    least = s["quantiles"][0]
    if percent == 100:          # the bound is of all vectors
        ax.axvline(least, color="black", ls=":", lw=1, label="proved: radii of disjoint balls sum to less than the least")
    ax.axvline(s["median"], color="black", lw=0.8, label="measured median")
    ax.set_title(f"{percent} %: mean {s['mean']:.2f}, median {s['median']:.2f}", fontsize=8)


def _line(draw: Any, at: float, name: str, most: float) -> None:
    """A prediction as a line; beyond `most`, where it would squeeze everything else, in the legend alone, with its number."""
    if at <= most:
        draw(at, color=COLOURS[name], ls=DASHES[name], lw=1.3, label=LABELS[name])
    else:
        draw(np.nan, color=COLOURS[name], ls=DASHES[name], lw=1.3, label=f"{LABELS[name]}: {at:.4g}, off scale")


# ---------------------------------------------------------------- distance against m

def against_size(raw: Mapping[str, Any]) -> str:
    """Geometric mean distance of m vectors, log-log, with the slope of each curve; k = -1/slope is a local dimension."""
    context, figure = _canvas(11, 5)
    with context:
        axes = figure.subplots(1, 2)
        for ax, view in zip(axes, ("after", "before")):
            curves = {"measured": raw["real"][view], **{k: raw["predicted"][k][view] for k in ("gaussian", "words", "shuffled")}}
            for name, curve in curves.items():
                _curve(ax, curve, LABELS.get(name, name), COLOURS[name])
            rule = raw["predicted"]["from sizes"]["printed"]
            ax.axhline(rule, color=COLOURS["printed"], lw=1.3, label=f"{LABELS['printed']} = {rule:.2f}: slope 0")
            ax.set(xscale="log", yscale="log", xlabel="number of vectors $m$", title=f"{view} the last layer norm")
            ax.minorticks_off()
            _plain_ticks(ax, sorted(map(int, curves["measured"])))
            ax.grid(alpha=0.3)
            ax.legend(fontsize=7, loc="upper center", bbox_to_anchor=(0.5, -0.13))
        axes[0].set_ylabel("distance to the nearest neighbour (geometric mean)")
        checked = raw["proved"].values()
        figure.suptitle(f"{_title(raw)}\nproved: the nearest of fewer vectors is never nearer; broken by "
                        f"{sum(c['broken'] for c in checked)} of {sum(c['compared'] for c in checked):,} distances")
        return _svg(figure)


def _curve(ax: Any, curve: Mapping[str, Any], label: str, colour: str) -> None:
    order = sorted(curve, key=int)
    m = np.array([float(k) for k in order])
    groups = np.array([curve[k]["groups"]["log"] for k in order], float)
    groups = groups[:, np.isfinite(groups).all(0)]
    middle, error = groups.mean(1), ERRORS * groups.std(1, ddof=1) / np.sqrt(groups.shape[1])
    i = slopes(curve)
    k = f", k = {-1 / i['value']:.0f}" if i["high"] < 0 else ""
    around = [np.exp(middle) - np.exp(middle - error), np.exp(middle + error) - np.exp(middle)]
    ax.errorbar(m, np.exp(middle), around, fmt="o-", ms=3, lw=1, capsize=2, color=colour,
                label=f"{label}: slope {i['value']:.3f} ± {i['high'] - i['value']:.3f}{k}")


def _plain_ticks(ax: Any, sizes: list[int]) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator
    ax.set_xticks(sizes, [f"{s:,}" for s in sizes])
    ax.yaxis.set_major_locator(MaxNLocator(6))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:g}"))


# ---------------------------------------------------------------- distance against layer

def against_layer(raw: Mapping[str, Any]) -> str:
    """Median distance per layer with its quartiles, beside the predictions that are made for every layer."""
    context, figure = _canvas(8, 4.2)
    with context:
        ax = figure.subplots()
        layers = (v for v in raw["real"] if v.startswith("layer."))
        views = [*sorted(layers, key=lambda v: int(v.split(".")[1])), "before", "after"]
        at = np.arange(len(views))
        rows = [largest(raw["real"][v]) for v in views]
        median = np.array([s["median"] for s in rows])
        low, high = (np.array([s["quantiles"][k] for s in rows]) for k in (5, 15))
        ax.errorbar(at, median, [median - low, high - median], fmt="o", capsize=3, color=COLOURS["measured"],
                    label="measured median and quartiles")
        for name, mark in (("gaussian", "s"), ("words", "D")):
            said = [largest(raw["predicted"][name][v])["median"] for v in views]
            ax.plot(at, said, mark, ms=5, mfc="none", color=COLOURS[name], label=LABELS[name])
        sizes = raw["predicted"]["from sizes"]
        for name in (name for name in LABELS if name in sizes):
            _line(ax.axhline, sizes[name], name, 2 * max(high))
        names = {"before": "before last\nlayer norm", "after": "after last\nlayer norm"}
        ax.set_xticks(at, [names.get(v, v.replace(".", " ")) for v in views])
        ax.set_ylim(bottom=0)
        ax.set_ylabel("distance to the nearest neighbour")
        ax.set_title(_title(raw), fontsize=9)
        ax.grid(axis="y", alpha=0.3)
        ax.legend(fontsize=7, loc="center left", bbox_to_anchor=(1.01, 0.5))
        return _svg(figure)


FIGURES = {"radius_histograms": histograms, "radius_size": against_size, "radius_layer": against_layer}


def write(out: Path, name: str, folder: Path = base.RECORDS) -> None:
    """NAME.svg into a folder."""
    raw = raw_of(folder=folder)
    try:
        picture = FIGURES[name](raw)
    except KeyError as error:
        raise RadiusError(f"the record of radius.offline lacks {error}, which this code shows; run `python -m "
                          "empirics.radius`") from error
    (out / f"{name}.svg").write_text(picture, encoding="utf-8")
