"""Figure 1 as an SVG, from the record of certified critical points. Needs matplotlib, which the extra `empirics` installs.

Equal records give equal bytes. The dashed curves that separate basins are followed in floating point from the certified saddles:
they are drawn, not proved.
"""
from __future__ import annotations

import io
from fractions import Fraction
from typing import Any, Mapping

import numpy as np

from theory.claim import WellposedError

GRID = 81
LEVELS = 14
STEP = 0.02             # length of one step along a separating curve
MARKS = {"minimum": ("o", "#d62728"), "saddle": ("D", "#ff9f1c"), "maximum": ("^", "#9467bd"),
         "maximum (a kink)": ("v", "#9467bd")}
PANELS = (("-LSE", "(a) $-\\mathrm{LSE}$, $\\beta=1$"), ("regularisers", "(b) regularisers"),
          ("E_MCHN^1", "(c) $E^1_{\\mathrm{MCHN}}$"), ("E", "(d) proposed $E$"))
CURVES = {"E": ("$E$", "#d62728"), "g": ("$g$", "#7f7f7f"), "2E_MCHN^2-log d": ("$2E^2_{\\mathrm{MCHN}}-\\log d$", "#2ca02c"),
          "E_MCHN^1": ("$E^1_{\\mathrm{MCHN}}$", "#1f77b4")}


def draw(record: Mapping[str, Any], plane: Mapping[str, Any], line: Mapping[str, Any]) -> str:
    """The SVG. plane, line: the landscapes by the names that the record uses."""
    try:
        import matplotlib
        from matplotlib.figure import Figure
        from matplotlib.lines import Line2D
    except ImportError as error:
        raise WellposedError("drawing Figure 1 needs matplotlib: install the extra `empirics`") from error
    low, high = (float(Fraction(e)) for e in record["box"])
    with matplotlib.rc_context({"svg.hashsalt": "figure1", "font.size": 8}):
        figure = Figure(figsize=(12, 6.4), layout="constrained")
        left, right = figure.subfigures(1, 2, width_ratios=[1.15, 1])
        for axes, (name, title) in zip(left.subplots(2, 2).flat, PANELS):
            held = record["plane"]["landscapes"][name]
            _panel(axes, plane[name], held, record["plane"]["patterns"], low, high)
            axes.set_title(f"{title}: {_count(held)}")
        _line(right.subplots(), record["line"], line, low, high)
        handles = [Line2D([], [], ls="", marker="x", color="black", label="pattern"),
                   *(Line2D([], [], ls="", marker=m, color=c, markeredgecolor="black", label=f"{k}, certified")
                     for k, (m, c) in MARKS.items() if k in ("minimum", "saddle", "maximum")),
                   Line2D([], [], color="#e85d04", ls="--", label="edge of a basin (floating point)")]
        figure.legend(handles=handles, loc="outside lower center", ncols=5)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()


def _count(held: Mapping[str, Any]) -> str:
    words = [f"{n} {kind if n == 1 else {'minimum': 'minima', 'saddle': 'saddles', 'maximum': 'maxima'}[kind]}"
             for kind, n in held["counts"].items() if n]
    return ", ".join(words) or "no critical point"


def _middle(sides: Any) -> list[float]:
    """Of enclosures [low, high], or of exact numbers."""
    return [float(Fraction(s)) if isinstance(s, str) else (float(s[0]) + float(s[1])) / 2 for s in sides]


def _panel(axes: Any, f: Any, held: Mapping[str, Any], patterns: list, low: float, high: float) -> None:
    ticks = np.linspace(low, high, GRID)
    values = f.floats(np.stack(np.meshgrid(ticks, ticks), -1))
    # colours by rank and levels by quantile: the shallow valleys stay visible beside steep walls
    ranks = values.ravel().argsort().argsort().reshape(values.shape)
    axes.imshow(ranks, origin="lower", extent=(low, high, low, high), cmap="Blues_r", interpolation="bilinear")
    levels = np.quantile(values, np.arange(1, LEVELS) / LEVELS)
    axes.contour(ticks, ticks, values, levels=levels, colors="white", linewidths=0.4, linestyles="solid")
    axes.plot(*zip(*(_middle(p) for p in patterns)), "x", color="black", ms=5, zorder=4)
    for p in held["points"]:
        x, (marker, colour) = _middle(p["x"]), MARKS[p["kind"]]
        size = 9 if p["kind"] == "minimum" else 6       # a minimum beside its pattern stays visible under the cross
        axes.plot(*x, marker, color=colour, markeredgecolor="black", markeredgewidth=0.6, ms=size, zorder=3)
        if p["kind"] == "saddle":
            for path in separating(f, np.array(x), low, high):
                axes.plot(*path.T, color="#e85d04", lw=1.4, ls="--", zorder=2)
    axes.set_xlim(low, high)
    axes.set_ylim(low, high)
    axes.set_aspect("equal")


def _line(axes: Any, record: Mapping[str, Any], line: Mapping[str, Any], low: float, high: float) -> None:
    x = np.linspace(low, high, 601)
    patterns = np.array([_middle(p)[0] for p in record["patterns"]])
    for name, (label, colour) in CURVES.items():
        y = ((x[:, None] - patterns) ** 2).min(-1) if name == "g" else line[name].floats(x[:, None])
        points = record["landscapes"][name]["points"]
        low_points = sum(p["kind"] == "minimum" for p in points)
        axes.plot(x, y, color=colour, lw=1.3, label=f"{label}: {low_points} {'minimum' if low_points == 1 else 'minima'}")
        for p in points:
            axes.plot(_middle(p["x"]), _middle([p["value"]]), MARKS[p["kind"]][0], color=colour, markeredgecolor="black", ms=5)
    axes.plot(patterns, np.full(len(patterns), -1.4), "x", color="black", ms=7)
    axes.set_ylim(-1.6, 5)
    axes.set_xlim(low, high)
    axes.grid(alpha=0.3)
    axes.set_title("patterns $-2, 0, 1$ on the line")
    axes.legend(loc="upper center")


def separating(f: Any, saddle: np.ndarray, low: float, high: float) -> list[np.ndarray]:
    """From a saddle of the plane uphill both ways, along the direction in which it curves upwards, to the edge of the box."""
    h = 1e-3
    shifts = h * np.eye(2)
    def slope(x: np.ndarray) -> np.ndarray:
        g = np.array([f.floats(x + e) - f.floats(x - e) for e in shifts])
        return g / (np.linalg.norm(g) or 1.0)
    bend = np.array([[f.floats(saddle + a + b) - f.floats(saddle + a - b) - f.floats(saddle - a + b) + f.floats(saddle - a - b)
                      for a in shifts] for b in shifts])
    upward = np.linalg.eigh(bend)[1][:, -1]
    out = []
    for sign in (1, -1):
        path = [saddle, saddle + sign * STEP * upward]
        while (np.abs(path[-1] - (low + high) / 2) < (high - low) / 2).all() and len(path) < 2000:
            x = path[-1]
            path.append(x + STEP * slope(x + STEP / 2 * slope(x)))
        out.append(np.array(path))
    return out
