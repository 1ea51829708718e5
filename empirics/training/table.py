"""The table: experiment, printed prediction, entropy prediction, measured with interval, who was right. From records only."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from empirics import experiment as base
from empirics.experiment import Interval, Range
from empirics.training import intervals, offline, paper

NEAR_ONE, NEAR_ENTROPY = 0.2, 0.1       # "around 1" as niu2024.losses_near_one reads it; around an entropy as pilots fixed it
VANISHES = Range(None, 0.1)             # as niu2024.overfit reads it


@dataclass(frozen=True)
class Row:
    """printed, entropy: ranges of the loss in nats a token, or None where nothing is predicted for this run. exact: the entropy
    itself. measured: None where the run was not made. right: printed, entropy, both, neither, or a dash."""

    experiment: str
    what: str
    printed: Range | None
    entropy: Range | None
    exact: float | None
    measured: Interval | None

    @property
    def right(self) -> str:
        if self.measured is None:
            return "not run"
        told = {name: r.contains(self.measured) for name, r in (("printed", self.printed), ("entropy", self.entropy))
                if r is not None}
        said = [name for name, inside in told.items() if inside]
        undecided = [r for r in (self.printed, self.entropy) if r is not None and not r.contains(self.measured)
                     and not r.misses(self.measured)]
        if not told or undecided:
            return "-" if not told else "undecided"
        return "both" if len(said) == 2 else said[0] if said else "neither"

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "printed": self.printed and self.printed.as_json(), "entropy": self.entropy
                and self.entropy.as_json(),
                "right": self.right}


def _about(centre: float, tolerance: float) -> Range:
    return Range(round(centre - tolerance, 6), round(centre + tolerance, 6))


def of_runs(raw: Mapping[str, Any]) -> list[Row]:
    """The rows of the CPU-scale record: one for every run, and the difference of losses at the ratio 1.38."""
    out = []
    for name, run in raw["runs"].items():
        h = raw["predicted"][name]
        printed = _about(1, NEAR_ONE)
        if name.startswith("ratio"):
            # "above 2" is about GPT-2's tokens; nothing is printed about characters
            printed = VANISHES if name == "ratio 13.8" else None
        kind = "lines learnt by heart" if name.startswith("list") else "training loss"
        out.append(Row(name, kind, printed, None if h is None else _about(h, NEAR_ENTROPY), h, intervals.of(run["train"])))
    apart = offline.analyse(raw)["apart"]["measured"]
    out.append(Row("ratio 1.38", "held-out minus training loss", Range(None, 0.1), Range(0.2, None), None, apart))
    return out


def of_paper(folder: Path) -> list[Row]:
    """The rows of the paper's scale; without a record they are `not run`."""
    from empirics.training.experiments import claims
    out: list[Row] = []
    for e in paper.EXPERIMENTS:
        path = folder / f"{e.name}.json"
        record = base.read(path) if path.exists() else None
        for claim in (c for c in claims().values() if c.experiment == e.name):
            q = e.quantity(claim)
            rival = e.rival(claim)
            out.append(Row(e.name, claim.id.removeprefix("niu2024."), e.predicted(claim), rival, None, record
                           and record["measured"][q]))
    return out


def rows(folder: Path = base.RECORDS) -> list[Row]:
    path = folder / f"{offline.NAME}.json"
    return (of_runs(base.read(path)["raw"]) if path.exists() else []) + of_paper(folder)


def text(found: list[Row]) -> str:
    """At most 80 columns."""
    def interval(r: Range | None, exact: float | None = None) -> str:
        if r is None:
            return "-"
        if exact is not None:
            return f"{exact:.3f}"
        if r.low is None or r.high is None:
            return f">= {r.low:.2f}" if r.high is None else f"<= {r.high:.2f}"
        return f"{r.low:.2f}..{r.high:.2f}"
    lines = [f"{'experiment':<20}{'printed':>11}{'entropy':>11}{'measured':>9} {'from':>7}{'to':>7}  right"]
    for r in found:
        m = r.measured
        said = f"{m['value']:>9.3f} {m['low']:>7.3f}{m['high']:>7.3f}" if m else f"{'-':>9} {'-':>7}{'-':>7}"
        name = r.experiment if r.what in ("training loss", "lines learnt by heart") else r.what
        if r.what == "held-out minus training loss":
            name = "1.38, gap of losses"
        lines.append(f"{name:<20}{interval(r.printed):>11}{interval(r.entropy, r.exact):>11}{said}  {r.right}")
    lines += ["", "Nats a token; from, to: three standard errors. printed: Proposition 4's 1",
              "within 0.2, a vanishing loss (13.8), agreeing losses (1.38). entropy: the exact",
              "entropy of the data, judged within 0.1; at the paper's scale the rival's range.",
              "-: nothing is predicted."]
    return "\n".join(lines)
