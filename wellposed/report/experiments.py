"""What the experiments say, as lines for every kind of report: prediction, rival, control and measurement side by side."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

HEADS = ("claim", "measured", "predicted", "rival", "control", "verdict")


@dataclass(frozen=True)
class Line:
    """One claim. measured, predicted, rival, control: ranges as text, empty where there is no record; `waits` then says for what."""

    claim: str
    experiment: str
    verdict: str
    measured: str
    predicted: str
    rival: str
    control: str
    rival_words: str = ""
    control_words: str = ""
    device: str = ""
    waits: str = ""

    def cells(self) -> tuple[str, ...]:
        return self.claim, self.measured, self.predicted, self.rival, self.control, self.verdict


def lines(results: Sequence[Mapping[str, Any]]) -> list[Line]:
    """The claims that an experiment decides, by experiment, then as they stand in the paper."""
    about = [r for r in results if r.get("experiment")]
    order = list(dict.fromkeys(r["experiment"] for r in about))
    return [_line(r) for name in order for r in about if r["experiment"] == name]


def _line(r: Mapping[str, Any]) -> Line:
    found = next((e["artefact"]["summary"] for e in r["evidence"] if e["route"] == "experiment"), None)
    if found is None:
        return Line(r["id"], r["experiment"], r["verdict"], "", "", "", "", waits=r["reason"] or "")
    rival, control = found["rival"], found["control"]
    return Line(r["id"], r["experiment"], r["verdict"], f"{found['quantity']} = {interval(found['measured'])}", bounds(found["predicted"]),
                bounds(rival["range"]), interval(control), rival["words"], control["what"], found["device"])


def interval(i: Mapping[str, float]) -> str:
    """`0.798 (0.715 to 0.880)`, or the value alone where the interval is a point."""
    value = f"{i['value']:.4g}"
    return value if i["low"] == i["high"] else f"{value} ({i['low']:.4g} to {i['high']:.4g})"


def bounds(r: Sequence[float | None]) -> str:
    low, high = r
    if low is None and high is None:
        return "anything"
    if low is None or high is None:
        return f"at most {high:.4g}" if low is None else f"at least {low:.4g}"
    return f"{low:.4g} to {high:.4g}"
