"""The table: experiment, printed prediction, entropy prediction, measured with interval, who was right. From records only."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from empirics import experiment as base
from empirics.experiment import Interval, Range
from empirics.training import TrainingError, intervals, offline, paper, printed, settling

NEAR_ENTROPY = 0.1          # around an entropy as pilots fixed it
AROUND_ONE = Range(0.8, 1.2)        # "around 1" as niu2024.losses_near_one reads it
WIDTH = 20


@dataclass(frozen=True)
class Row:
    """printed, entropy: ranges of the loss in nats a token, or None where nothing is predicted for this run; printed is that of
    Proposition 4's formula for as many layers. exact: the entropy itself. measured: None where the run was not made. judged: what
    decides, wider than `measured` where a run still falls. about: sizes of the run, its epochs, and what it fell in the last
    quarter of its steps."""

    experiment: str
    what: str
    printed: Range | None
    entropy: Range | None
    exact: float | None
    measured: Interval | None
    judged: Interval | None = None
    about: Mapping[str, Any] | None = None

    @property
    def right(self) -> str:
        """printed, entropy, both, neither; undecided where the interval, with what the loss may still fall, is neither inside a
        range nor outside it; a dash where nothing is predicted."""
        if self.measured is None:
            return "not run"
        seen = self.judged or self.measured
        told = {name: r for name, r in (("printed", self.printed), ("entropy", self.entropy)) if r is not None}
        if not told or any(not r.contains(seen) and not r.misses(seen) for r in told.values()):
            return "undecided" if told else "-"
        said = [name for name, r in told.items() if r.contains(seen)]
        return "both" if len(said) == 2 else said[0] if said else "neither"

    @property
    def near(self) -> str:
        """The other printed reading: whether the loss is around 1, within 0.2."""
        seen = self.judged or self.measured
        if seen is None or self.printed is None or self.about is None:
            return ""
        return "yes" if AROUND_ONE.contains(seen) else "no" if AROUND_ONE.misses(seen) else "?"

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "printed": self.printed and self.printed.as_json(), "around 1": self.near or None,
                "entropy": self.entropy and self.entropy.as_json(), "right": self.right}


def of_runs(raw: Mapping[str, Any]) -> list[Row]:
    """The rows of the CPU-scale record: one for every run, one for the seeds of a grammar together, and the difference of losses
    at the ratio 1.38. Nothing is printed about running text that is not learnt by heart, by a model that is not GPT-2."""
    layers = {job["name"]: job["model"]["layers"] for job in raw["jobs"]}
    out = []
    for name, run in raw["runs"].items():
        h, loss = raw["predicted"][name], intervals.of(run["train"])
        about = {**{k: run.get(k) for k in ("parameters", "tokens", "epochs")}, "fall": settling.fall(run)}
        by_heart = h is not None and name.startswith(("list", "ratio"))
        out.append(Row(name, "training loss, by heart" if by_heart else "training loss",
                       None if h is None else printed.unit(layers[name]), None if h is None else _around(h), h, loss,
                       settling.to_come(loss, run), about))
    for target in dict.fromkeys(r.experiment.split(",")[0] for r in out if r.experiment.startswith("tuned")):
        out.append(_together(target, [r for r in out if r.experiment.startswith(f"{target},")]))
    apart = offline.analyse(raw)["apart"]["measured"]
    out.append(Row(f"ratio {offline.MIDDLE}, gap", "held-out minus training loss", None, None, None, apart))
    return out


def _around(h: float) -> Range:
    return Range(round(h - NEAR_ENTROPY, 6), round(h + NEAR_ENTROPY, 6))


def _together(name: str, seeds: list[Row]) -> Row:
    """The mean over seeds, between the least and the greatest of their losses; judged is what covers all of them."""
    values = [r.measured["value"] for r in seeds]
    spread = {"value": round(sum(values) / len(values), 6), "low": min(values), "high": max(values)}
    judged = intervals.hull(r.judged for r in seeds)
    one = seeds[0]
    return Row(f"{name}, {len(seeds)} seeds", "mean of seeds, their spread", one.printed, one.entropy, one.exact, spread, judged,
               {"seeds": len(seeds)})


def of_paper(folder: Path) -> list[Row]:
    """The rows of the paper's scale; without a record they are `not run`."""
    from empirics.training.experiments import claims
    out: list[Row] = []
    for e in paper.EXPERIMENTS:
        path = folder / f"{e.name}.json"
        record = base.read(path) if path.exists() else None
        for claim in (c for c in claims().values() if c.experiment == e.name):
            if record is not None:
                base.check(e, claim, record)        # one of another configuration decides nothing here either
            q = e.quantity(claim)
            out.append(Row(e.name, claim.id.removeprefix("niu2024."), e.predicted(claim), e.rival(claim), None, record
                           and record["measured"][q]))
    return out


def rows(folder: Path = base.RECORDS) -> list[Row]:
    path = folder / f"{offline.NAME}.json"
    return (of_record(base.read(path)["raw"]) if path.exists() else []) + of_paper(folder)


def of_record(raw: Mapping[str, Any]) -> list[Row]:
    """The rows of a record that may have been made by other code than what stands here."""
    try:
        return of_runs(raw)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise TrainingError(f"the record of {offline.NAME} is stale ({type(error).__name__} {error}): run "
                            f"`python -m empirics run {offline.NAME}`") from error


def _range(r: Range | None, row: Row) -> str:
    if r is None:
        return "-"
    if r.low is None or r.high is None:
        return f">= {r.low:.2f}" if r.high is None else f"<= {r.high:.2f}"
    return f"({r.low:.0f},{r.high:.2f}]" if row.about is not None else f"{r.low:.2f}..{r.high:.2f}"


def text(found: list[Row]) -> str:
    """At most 80 columns."""
    lines = [f"{'experiment':<{WIDTH}}{'printed':>9}{'entropy':>11}{'measured':>9}{'from':>8}{'to':>7}  ~1   right"]
    for r in found:
        m = r.measured
        said = f"{m['value']:>9.3f}{m['low']:>8.3f}{m['high']:>7.3f}" if m else f"{'-':>9}{'-':>8}{'-':>7}"
        name = r.experiment if not r.experiment.startswith("training.") else r.what
        entropy = f"{r.exact:.3f}" if r.exact is not None else _range(r.entropy, r)
        lines.append(f"{name:<{WIDTH}}{_range(r.printed, r):>9}{entropy:>11}{said}  {r.near:<4} {r.right}".rstrip())
    lines += ["", "Nats a token. printed: Proposition 4's formula with Z_t = 1 and as many layers",
              "(1 itself is not in it); ~1: the other printed reading, within 0.2 of 1.",
              "entropy: the exact entropy of the data, judged within 0.1. At the paper's scale:",
              "the range of the claim, and its rival's. -: nothing is predicted. from, to:",
              "three standard errors of the evaluation of one model; of seeds together, the",
              "least and the greatest of their losses (spread of seeds). A run that still falls",
              "is judged with what it fell in the last quarter of its steps subtracted.", ""]
    runs = [r for r in found if r.about is not None and "epochs" in r.about]
    if runs:
        lines.append(f"{'run':<{WIDTH}}{'parameters':>11}{'tokens':>10}{'epochs':>9}{'fell':>8}   settled: < {settling.SETTLED}")
    for r in runs:
        a = r.about
        lines.append(f"{r.experiment:<{WIDTH}}{a['parameters']:>11,}{a['tokens']:>10,}{a['epochs'] or 0:>9,.1f}{a['fall']:>8.4f}"
                     f"   {'yes' if a['fall'] < settling.SETTLED else 'no'}")
    return "\n".join([*lines, *[""] * bool(runs), *printed.text()])
