"""Figures 3 and 4 from the CPU-scale record, with the predictions drawn in. Equal records give equal bytes."""
from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from empirics import experiment as base
from empirics.training import TrainingError, offline, printed

TRAIN, HELD, ENTROPY, PRINTED = "#1f77b4", "#ff7f0e", "#2ca02c", "#d62728"
COLOURS = ("#1f77b4", "#9467bd", "#8c564b", "#17becf")
DATA_SIZES = {"100 %": 9_000_000_000, "1 %": 90_000_000, "0.1 %": 9_000_000}        # tokens, Section 6.2
SMALL_SIZE = 124_439_808


def raw_of(folder: Path = base.RECORDS) -> Mapping[str, Any]:
    path = folder / f"{offline.NAME}.json"
    if not path.exists():
        raise TrainingError(f"there is no record of {offline.NAME}; run `python -m empirics.training --rerun`")
    return base.read(path)["raw"]


def scaling_law() -> dict[str, float]:
    """Eq. (2) with the printed constants, for GPT-2 small at the three data sizes."""
    from theory.evaluate import relations
    from theory.niu2024.table2 import predicted
    from theory.points import Assignment
    from theory.terms import ZERO, le, num
    return {name: round(float(relations(le(predicted(num(SMALL_SIZE), num(tokens)), ZERO), Assignment({}), 128)[1][0].left.mid()),
                        4)
            for name, tokens in DATA_SIZES.items()}


def reported() -> dict[str, float]:
    """Table 2's losses."""
    from theory.niu2024.table2 import ROWS
    return {name: float(loss) for name, *_, loss in ROWS}


def _panel(ax: Any, title: str) -> None:
    ax.set_title(title, fontsize=8)
    ax.set_xlabel("step")
    ax.grid(True, alpha=0.25)
    ax.axhline(1, color=PRINTED, linestyle="--", linewidth=1, label="Proposition 4: 1")


def _band(ax: Any, layers: tuple[int, ...]) -> None:
    """(1, 1 + log l], one over the other."""
    for k in sorted(layers, reverse=True):
        ax.axhspan(*printed.unit(k).as_json(), color=PRINTED, alpha=0.1, linewidth=0)
    of, up = (" and ".join(said) for said in zip(*((str(k), f"{printed.unit(k).high:.2f}") for k in layers)))
    ax.fill_between([], [], color=PRINTED, alpha=0.15, label=f"printed, Z_t = 1, {of} layers:\n(1, {up}]")


def _columns(run: Mapping[str, Any]) -> dict[str, list[float]]:
    return dict(zip(("step", "tokens", "train", "seen", "held_out"), map(list, zip(*run["curve"]))))


def figure3(figure: Any, raw: Mapping[str, Any]) -> None:
    """Three ratios of parameters to tokens, and beside them what is said about the paper's own scale."""
    axes = figure.subplots(1, 4, width_ratios=(3, 3, 3, 2))
    share = {"0.0138": "100 %", "1.38": "1 %", "13.8": "0.1 %"}
    for ax, ratio in zip(axes, share):
        run, h = raw["runs"][f"ratio {ratio}"], raw["predicted"][f"ratio {ratio}"]
        c = _columns(run)
        _panel(ax, f"{ratio} parameters a token (the ratio of {share[ratio]}):\n{run['parameters']:,} parameters, "
                   f"{run['tokens']:,} characters")
        ax.plot(c["step"], c["held_out"], color=HELD, label="held out")
        ax.plot(c["step"], c["seen"], color=TRAIN, label="training")
        if h is not None:
            ax.axhline(h, color=ENTROPY, linestyle=":", label="entropy of the training text, learnt by heart")
        typical = offline.TYPICAL * run["tokens"] * c["step"][0] / c["tokens"][0]
        ax.axvline(typical, color="grey", linewidth=1, label=f"typical time ({offline.TYPICAL:.1f} epochs)")
        ax.set_ylim(0, 8 if ratio == "13.8" else 3.6)
    axes[0].set_ylabel("nats a character")
    ax = axes[3]
    ax.set_title("the paper's scale:\nnats a BPE token", fontsize=8)
    ax.axhline(1, color=PRINTED, linestyle="--", linewidth=1)
    _band(ax, (12,))
    law, table = scaling_law(), reported()
    ax.plot(range(3), law.values(), "k^", label="Eq. (2), GPT-2 small")
    ax.plot([3] * len(table), table.values(), "k_", label="Table 2")
    ax.plot(range(2), [2, 2], marker=r"$\uparrow$", color=PRINTED, linestyle="", markersize=11,
            label="printed: above 2, vanishing")
    ax.plot([2], [0], marker=r"$\downarrow$", color=PRINTED, linestyle="", markersize=11)
    ax.set_xticks(range(4), [*law, "Table 2"], fontsize=7)
    ax.set_xlim(-0.5, 3.5)
    ax.set_ylim(-0.4, 8)
    ax.grid(True, alpha=0.25)
    _legend(figure, axes)


def figure4(figure: Any, raw: Mapping[str, Any]) -> None:
    """Question-Formation: the published grammar, grammars tuned in entropy, lists learnt by heart."""
    axes = figure.subplots(1, 3)
    runs, h = raw["runs"], raw["predicted"]
    groups = (("published grammar, training loss", [n for n in runs if n.startswith("figure 4")]),
              ("grammars of other entropy, training loss", [n for n in runs if n.startswith("tuned") and n.endswith("seed 1")]),
              ("few lines, learnt by heart", [n for n in runs if n.startswith("list")]))
    for ax, (title, names) in zip(axes, groups):
        _panel(ax, title)
        if names[0].startswith("figure 4"):
            _band(ax, (6, 10))
        drawn = set()
        for colour, name in zip(COLOURS, sorted(names)):
            c = _columns(runs[name])
            by_heart = name.startswith("list")
            label = {"figure": name.removeprefix("figure 4, "), "tuned": f"{h[name]:.2f} nats",
                     "list": f"{name[5:]} lines"}[name.split()[0]]
            ax.plot(c["step"], c["seen"] if by_heart else c["train"], color=colour, label=label)
            if by_heart:
                ax.plot(c["step"], c["held_out"], color=colour, alpha=0.4, label=f"{label}, held out")
            if h[name] not in drawn:
                ax.axhline(h[name], color=ENTROPY, linestyle=":", label=None if drawn
                           else "entropy of the " + ("list" if by_heart else "grammar"))
                drawn.add(h[name])
        ax.set_ylim(0, 8 if names[0].startswith("list") else 6)
        ax.legend(fontsize=7, loc="upper right")
    axes[0].set_ylabel("nats a token")


def _legend(figure: Any, axes: Any) -> None:
    found = {label: handle for ax in axes for handle, label in zip(*ax.get_legend_handles_labels())}
    figure.legend(found.values(), found.keys(), loc="outside lower center", ncols=4, fontsize=7)


DRAWN = {"figure3": (figure3, (11, 4.0)), "figure4": (figure4, (10.5, 3.4))}


def write(out: Path, name: str, folder: Path = base.RECORDS) -> None:
    """NAME.svg, and NAME.json with the table's rows and the numbers drawn beside."""
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError as error:
        raise TrainingError("drawing needs matplotlib: install the extra `empirics`") from error
    from empirics.training.table import of_record
    raw = raw_of(folder)
    found = of_record(raw)
    draw, size = DRAWN[name]
    with matplotlib.rc_context({"svg.hashsalt": "wellposed", "svg.fonttype": "none", "font.size": 8}):
        figure = Figure(figsize=size, layout="constrained")
        draw(figure, raw)
        out.mkdir(parents=True, exist_ok=True)
        figure.savefig(out / f"{name}.svg", format="svg", metadata={"Date": None})
    numbers = {"rows": [r.as_json() for r in found], "eq2": scaling_law(), "table2": reported(),
               "printed": [p.as_json() for p in printed.at_the_papers_sizes()]}
    (out / f"{name}.json").write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
