"""From the raw figures of a radius run to measured intervals, and to the table of explanations: pure functions of the record."""
from __future__ import annotations

from math import hypot, log
from typing import Any, Iterator, Mapping, Sequence

from empirics.radius import retrieval
from empirics.radius.statistics import SHARES, Summary, interval, of_medians, ratios, slopes

Raw = Mapping[str, Any]
PRINTED = 20.0          # Figure 2's mean and median
NEAR = log(1.2)         # "approximately": within 20 percent, as niu2024.radius.twice reads it

OPEN = {"value": 0.0, "low": -999.0, "high": 999.0}     # of squared logs: nothing is excluded


def largest(curve: Mapping[str, Summary]) -> Summary:
    return curve[max(curve, key=int)]


def share(curve: Mapping[str, Summary], percent: int) -> Summary:
    """The summary of 25, 50, 75 or 100 % of the vectors."""
    m = max(map(int, curve))
    return curve[str(max(2, m * percent // 100))]


# ---------------------------------------------------------------- quantities of claims

def analyse_paper(raw: Raw) -> dict[str, Any]:
    """off: the larger distance of mean and median from 20, of all vectors; worst: of all four shares; lift: see `lift`."""
    out = {}
    for name, percents in (("off", (100,)), ("worst", SHARES)):
        out[name] = {kind: _off([share(curve, p) for p in percents])
                     for kind, curve in (("measured", raw["real"]["after"]), ("control", raw["predicted"]["shuffled"]["after"]))}
    return {**out, "lift": lift(raw)}


def _off(samples: list[Summary]) -> dict[str, float]:
    s, what = max(((s, what) for s in samples for what in ("mean", "median")), key=lambda pair: abs(pair[0][pair[1]] - PRINTED))
    return interval(abs(s[what] - PRINTED), [abs(x - PRINTED) for x in s["groups"][what]])


def analyse_offline(raw: Raw) -> dict[str, Any]:
    """ratio: the median distance over 2 sqrt(n/2 pi e). score: mean squared log error of the printed formula less that of the
    Gaussian, see `score`. beaten: less that of `words`. shares: the larger of the mean's and the median's ratios at 25 and 100 %.
    fall: minus the slope of log distance against log m. lift: see `lift`."""
    rule, after, made = raw["predicted"]["from sizes"]["printed"], raw["real"]["after"], raw["controls"]
    return {
        "ratio": {"measured": of_medians(largest(after), lambda x: x / rule),
                  "control": of_medians(largest(raw["predicted"]["shuffled"]["after"]), lambda x: x / rule)},
        "score": {"measured": score(raw["real"], raw["predicted"]["draws"]["gaussian"], rule),
                  "control": score({"made up": made["revisited"]}, {"made up": made["revisited draws"]["gaussian"]}, rule)},
        "beaten": {"measured": score(raw["real"], raw["predicted"]["draws"]["words"], rule),
                   "control": score({"made up": made["revisited"]}, {"made up": made["revisited draws"]["words"]}, rule)},
        "shares": {"measured": _shrink(after), "control": _shrink(made["surface"])},
        "fall": {"measured": _minus(slopes(after)), "control": _minus(slopes(made["revisited"]))},
        "lift": lift(raw),
    }


def score(real: Mapping[str, Any], draws: Mapping[str, Sequence[float]], rule: float) -> dict[str, float]:
    """Mean over the views that can tell of log(median/printed)^2 - log(median/rival's)^2: positive where the rival is nearer.

    draws: view -> medians of several draws of the rival. A view can tell if the two predictions, within 20 percent each, lie
    apart (known before the measurement). Where none can, the interval leaves everything open. Views with a median of 0 (layer 0
    is the word alone: mostly duplicates) are left out, which no explanation here predicts. The error is that of the
    measured medians over groups of vectors and that of the rival's median over its draws, together.

    Changed after the first record: it had taken |log| errors over all views. Where the median lies below both predictions, as in
    all of them, that difference is log(printed/rival) whatever was measured, and it had no error; and it called the formula the
    better one in views of which none could tell.
    """
    views = [v for v in real if min(largest(real[v])["groups"]["median"]) > 0 and min(draws[v]) > 0]
    views = [v for v in views if abs(log(rule) - sum(map(log, draws[v])) / len(draws[v])) > 2 * NEAR]
    if not views:
        return dict(OPEN)
    of_rival = [[log(draws[v][k]) for v in views] for k in range(len(draws[views[0]]))]
    centre = [sum(column) / len(of_rival) for column in zip(*of_rival)]

    def at(medians: Sequence[float], said: Sequence[float] = centre) -> float:
        return sum((log(m) - log(rule)) ** 2 - (log(m) - g) ** 2 for m, g in zip(medians, said)) / len(views)
    median = [largest(real[v])["median"] for v in views]
    value = at(median)
    groups = [at(medians) for medians in zip(*(largest(real[v])["groups"]["median"] for v in views))]
    error = hypot(*(interval(value, rows)["high"] - value for rows in (groups, [at(median, said) for said in of_rival])))
    return {"value": round(value, 6), "low": round(value - error, 6), "high": round(value + error, 6)}


def _shrink(curve: Mapping[str, Summary]) -> dict[str, float]:
    return max((ratios(share(curve, 25), share(curve, 100), what) for what in ("mean", "median")), key=lambda i: i["value"])


def _minus(i: Mapping[str, float]) -> dict[str, float]:
    return {"value": -i["value"], "low": -i["high"], "high": -i["low"]}


def lift(raw: Raw) -> dict[str, Any]:
    """Hits of the trained block over those of the shuffled one, in the block where that is least ("each block"); and with the
    store of the wrong context. The control is the same block's. Errors over groups of contexts, left out one at a time. Blocks at
    which twice as often is impossible say nothing; where all are such, the interval leaves everything open."""
    every = retrieval.chosen(raw["retrieval"])
    rows = [row for row in every if retrieval.can_tell(row)]
    if not rows:
        open_ = {"value": 1.0, "low": 0.0, "high": float(every[0]["contexts"])}
        return {"measured": open_, "control": open_}
    worst = min(rows, key=lambda row: _lift(row, "trained")["value"])
    return {"measured": _lift(worst, "trained"), "control": _lift(worst, "wrong")}


def _lift(row: Mapping[str, Any], what: str) -> dict[str, float]:
    up, down = row[what], row["shuffled"]
    def at(a, b):
        return a / max(b, 1)
    value, k = at(sum(up), sum(down)), len(up)
    left_out = [at(sum(up) - a, sum(down) - b) for a, b in zip(up, down)]
    return interval(value, [k * value - (k - 1) * x for x in left_out])     # pseudo-values of the jackknife


# ---------------------------------------------------------------- which explanation predicted better, and could this have told?

def comparison(raw: Raw) -> list[dict[str, Any]]:
    """One row per view and share: measured median, each explanation's prediction and its |log| error, the best, and the
    explanations that this measurement could have told from the printed one: those whose range, within 20 percent, lies apart from
    its own."""
    rows = []
    for view, percent, s in _cells(raw):
        predicted = _predicted(raw, view, percent)
        errors = {name: 0.0 if s["median"] == p else round(abs(log(s["median"] / p)), 4) for name, p in predicted.items()
                  if s["median"] == p or min(s["median"], p) > 0}       # 0 against something else: infinitely wrong, left out
        apart = [name for name, p in predicted.items() if p == 0 or abs(log(predicted["printed"] / p)) > 2 * NEAR]
        rows.append({"view": view, "share": percent, "vectors": s["count"], "mean": s["mean"], "median": s["median"],
                     "duplicates": s["duplicates"], "per norm": round(s["mean"] / raw["predicted"]["norms"][view]["mean"], 6),
                     "predicted": {name: round(p, 6) for name, p in predicted.items()}, "errors": errors,
                     "best": min(errors, key=errors.get) if errors else None, "could tell from printed": apart})
    return rows


def overall(rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Mean |log| error of the explanations that say something in every row, best first; rows of duplicates (median 0) are left
    out."""
    rows = [r for r in rows if r["median"] > 0]
    names = [n for n in rows[0]["errors"] if all(n in r["errors"] for r in rows)] if rows else []
    return dict(sorted(((n, round(sum(r["errors"][n] for r in rows) / len(rows), 4)) for n in names), key=lambda pair: pair[1]))


def _cells(raw: Raw) -> Iterator[tuple[str, int, Summary]]:
    for view, curve in raw["real"].items():
        for percent in SHARES if view in ("after", "before") else (25, 100):
            yield view, percent, share(curve, percent)


def _predicted(raw: Raw, view: str, percent: int) -> dict[str, float]:
    p = raw["predicted"]
    out = {**p["from sizes"], "gaussian": share(p["gaussian"][view], percent)["median"],
           "words": share(p["words"][view], percent)["median"]}
    if view in p["shuffled"]:
        out["shuffled"] = share(p["shuffled"][view], percent)["median"]
        if percent == 25:
            out["untrained"] = largest(p["untrained"][view])["median"]
    return out
