"""From trials to capacities, to the exponent of parameters against labels, and to bits per parameter, with intervals.

The capacity of a width and seed lies between two sizes, the largest memorised and the next that was not. The exponent of a task
and text is one over the least-squares slope of log labels against log parameters, over the widths. Intervals redraw the seeds of
each width and the place between the two sizes, three standard errors to either side (`empirics.curves`); with few seeds they are
rough.
"""
from __future__ import annotations

from math import log, log2
from typing import Any, Mapping, Sequence

import numpy as np

from empirics.curves import DRAWS, growth, hull, interval
from empirics.memorization.measuring import TASKS, Trial, passed, select
from empirics.memorization.search import bracket
from numerics.memorizer.bounds import theorem_r
from theory.claim import StoreError

Interval = dict[str, float]
NARROW = "the narrowest model that memorises them"


def chosen(trials: Sequence[Trial]) -> float:
    """The learning rate that a cell's search went on with: the only one tried off the first guess, whose mistakes were fewest."""
    rates = {t["rate"] for t in trials if t["k"]} or {t["rate"] for t in trials}
    return min(rates, key=lambda rate: (sum(t["wrong"] for t in select(trials, rate=rate, k=0)), rate))


def brackets(trials: Sequence[Trial], error: float) -> list[tuple[int, int]]:
    """Of one cell: for each seed, labels of the largest size memorised and of the next that was not."""
    rate, out = chosen(trials), []
    for seed in sorted({t["seed"] for t in trials}):
        mine = {t["k"]: t for t in select(trials, seed=seed, rate=rate)}
        low, high = bracket({k: passed(t, error) for k, t in mine.items()})
        out.append((mine[low]["labels"], mine[high]["labels"]))
    return out


def curve(raw: Mapping[str, Any], task: str, text: str, error: float | None = None) -> list[dict[str, Any]]:
    """Per width: {"width", "parameters", "brackets"}. error: another share of wrong labels than the record's; a width whose
    trials do not bracket that is left out."""
    out = []
    mine = select(raw["trials"], task=task, text=text, rule="random")
    for width in sorted({t["width"] for t in mine}):
        cell = select(mine, width=width)
        try:
            found = brackets(cell, raw["error"] if error is None else error)
        except ValueError:
            if error is None:
                raise
            continue
        out.append({"width": width, "parameters": cell[0]["parameters"], "brackets": found})
    return out


def redrawn(cells: Sequence[Mapping[str, Any]], rng: np.random.Generator) -> np.ndarray:
    """log labels, mean over seeds, (1 + DRAWS, widths): first the middles of the brackets, then seeds and places between their
    ends drawn anew."""
    out = np.empty((1 + DRAWS, len(cells)))
    for w, cell in enumerate(cells):
        ends = np.log(np.array(cell["brackets"], dtype=float))
        out[0, w] = ends.mean()
        for draw in range(1, 1 + DRAWS):
            low, high = ends[rng.integers(0, len(ends), len(ends))].T
            out[draw, w] = (low + (high - low) * rng.random()).mean()      # one place for all seeds: they share a grid of sizes
    return out


def slope(log_labels: np.ndarray, parameters: Sequence[int]) -> np.ndarray:
    """d log parameters / d log labels, for each row of (rows, widths): one over the slope of labels against parameters, since it
    is the labels that are uncertain."""
    return 1 / growth(log_labels, np.log(np.array(parameters, dtype=float)))


def exponent(raw: Mapping[str, Any], task: str, text: str, widths: Sequence[int] | None = None) -> Interval:
    """Of labels drawn at random. widths: only these."""
    cells = [c for c in curve(raw, task, text) if widths is None or c["width"] in widths]
    return interval(slope(redrawn(cells, np.random.default_rng(7)), [c["parameters"] for c in cells]))


def ruled(raw: Mapping[str, Any], task: str, text: str) -> list[tuple[int, list[int]]]:
    """Of labels that follow a rule: for each number of labels offered, the parameters of the narrowest model of each seed that
    memorised them; a seed that no model did is left out."""
    mine = select(raw["trials"], task=task, text=text, rule="simple")
    out = []
    for labels in sorted({t["labels"] for t in mine}):
        here = select(mine, labels=labels)
        best = [min((t["parameters"] for t in select(here, seed=s) if passed(t, raw["error"])), default=None)
                for s in sorted({t["seed"] for t in here})]
        out.append((labels, [b for b in best if b is not None]))
    return [(labels, found) for labels, found in out if found]


def control(raw: Mapping[str, Any], task: str, text: str) -> Interval:
    """The exponent of labels that follow a rule."""
    found = ruled(raw, task, text)
    if len(found) < 2:
        raise StoreError(f"{task}, {text}: labels that follow a rule were memorised at {len(found)} sizes and two are needed: "
                         f"take more steps")
    x = np.log([labels for labels, _ in found])
    rng, rows = np.random.default_rng(11), []
    for draw in range(1 + DRAWS):
        y = np.array([np.log(p if draw == 0 else rng.choice(p, len(p))).mean() for _, p in found])
        rows.append((x - x.mean()) @ (y - y.mean()) / ((x - x.mean()) ** 2).sum())
    return interval(np.array(rows))


def information(labels: float, classes: int, error: float) -> float:
    """Bits that `labels` random labels hold, known up to this share of wrong ones (the rate-distortion function)."""
    wrong = 0.0 if error == 0 else -error * log2(error) - (1 - error) * log2(1 - error) + error * log2(classes - 1)
    return labels * (log2(classes) - wrong)


def bits(raw: Mapping[str, Any], task: str, text: str) -> list[Interval]:
    """Per parameter, for each width."""
    cells = curve(raw, task, text)
    rows = redrawn(cells, np.random.default_rng(13))
    return [interval(information(1.0, raw["classes"], raw["error"]) * np.exp(rows[:, w]) / cell["parameters"])
            for w, cell in enumerate(cells)]


def allowed(raw: Mapping[str, Any], labels: float) -> int:
    """Parameters that the theory says suffice for so many labels: Theorem R of the reconstruction, d = 1, one context per label.
    Ids have log2((2n + 1) R M^2) + 1 bits, R - 1 the number of symbols."""
    m = round(labels)
    rho = int(log2((2 * raw["length"] + 1) * (raw["vocabulary"] + 1) * m * m) + 1)
    return theorem_r(1, raw["length"], m, rho, max(1, (raw["classes"] - 1).bit_length()))


def used(raw: Mapping[str, Any], task: str, text: str) -> list[Interval]:
    """Parameters over those that suffice, for each width."""
    cells = curve(raw, task, text)
    rows = redrawn(cells, np.random.default_rng(17))
    return [interval(np.array([cell["parameters"] / allowed(raw, float(np.exp(x))) for x in rows[:, w]]))
            for w, cell in enumerate(cells)]


def pairs(raw: Mapping[str, Any], text: str) -> list[tuple[str, str]]:
    """(task, text) that were measured on this text."""
    return [(task, text) for task in TASKS if select(raw["trials"], task=task, text=text)]


def analyse(raw: Mapping[str, Any]) -> dict[str, dict[str, Interval]]:
    """exponent: a label per token, real text. sequence: a label per sequence, real text. synthetic: hull over the tasks, random
    tokens. bits: per parameter, hull over tasks and widths, real text. within: parameters over those that the theory says
    suffice, likewise. What the trials do not give (fewer than two widths) is left out."""
    found = {p: {"measured": exponent(raw, *p), "control": control(raw, *p)} for text in ("novels", "random")
             for p in pairs(raw, text) if len(curve(raw, *p)) > 1}
    out = {name: found[task, "novels"] for name, task in (("exponent", "token"), ("sequence", "sequence"))
           if (task, "novels") in found}
    if random := [f for (_, text), f in found.items() if text == "random"]:
        out["synthetic"] = {kind: hull([f[kind] for f in random]) for kind in ("measured", "control")}
    if pairs(raw, "novels"):
        whole = information(1.0, raw["classes"], raw["error"])
        least = [_point(whole * labels / max(held)) for p in pairs(raw, "novels") for labels, held in ruled(raw, *p)[-1:]]
        few = [_point(min(held) / allowed(raw, labels)) for p in pairs(raw, "novels") for labels, held in ruled(raw, *p)[-1:]]
        out["within"] = {"measured": hull([u for p in pairs(raw, "novels") for u in used(raw, *p)]), "control": hull(few)}
        out["bits"] = {"measured": hull([b for p in pairs(raw, "novels") for b in bits(raw, *p)]), "control": hull(least)}
    return out


def _point(x: float) -> Interval:
    return dict.fromkeys(("value", "low", "high"), round(x, 6))


def local(raw: Mapping[str, Any], task: str, text: str) -> list[Interval]:
    """The exponent between neighbouring widths: narrow models pay a fixed cost, and it fades."""
    widths = [c["width"] for c in curve(raw, task, text)]
    return [exponent(raw, task, text, pair) for pair in zip(widths, widths[1:])]


def constructed(raw: Mapping[str, Any], task: str, text: str, count: str = "nonzero") -> float:
    """The same slope for the construction's parameters; nan where it was built at fewer than two sizes."""
    rows = select(raw["constructed"], task=task, text=text)
    if len({r["labels"] for r in rows}) < 2:
        return float("nan")
    x, y = np.array([[log(r["labels"]), log(r[count])] for r in rows]).T
    return float(np.polyfit(x, y, 1)[0])


def table(raw: Mapping[str, Any]) -> list[str]:
    """Lines of at most 80 columns: what each width held, per seed, and between which sizes it made no mistake."""
    out = [f"{'task':<9}{'text':<8}{'width':>5}{'parameters':>11}  {'labels held, by seed':<24}{'no mistake':<14}{'bits':>5}"]
    for text in ("novels", "random"):
        for task, _ in pairs(raw, text):
            clean = {c["width"]: c["brackets"] for c in curve(raw, task, text, 0.0)}
            for cell, b in zip(curve(raw, task, text), bits(raw, task, text)):
                zero = clean.get(cell["width"])
                held = " ".join(str(low) for low, _ in cell["brackets"])
                shown = f"{min(low for low, _ in zero)}-{max(high for _, high in zero)}" if zero else "not bracketed"
                out.append(f"{task:<9}{text:<8}{cell['width']:>5}{cell['parameters']:>11}  {held:<24}{shown:<14}"
                           f"{b['value']:>5.2f}")
    return out
