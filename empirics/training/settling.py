"""Has a run settled? A run that is stopped while its loss falls says nothing of where the loss would go.

`fall` is what the training loss lost over the last quarter of the steps, on a sample of the training data without dropout. A run
has settled where that is below SETTLED nats a token. Where it has not, what it measured is an upper end: `to_come` widens the
interval downwards by as much again, and whatever is then not inside a range, or outside it, is undecided. (As much again is what
a fall could still bring that at least halves from quarter to quarter; the schedules here end at small rates, which stop a fall
sooner.)
"""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from empirics.training.intervals import Interval

SETTLED = 0.005
TRAINING, HELD_OUT = 3, 4       # columns of a curve's rows


def fall(run: Mapping[str, Any], column: int = TRAINING) -> float:
    """Nats a token, from the row nearest to three quarters of the steps to the last; 0 where the loss rose."""
    rows = run["curve"]
    quarter = min(rows, key=lambda row: abs(row[0] - 0.75 * rows[-1][0]))
    return round(max(0.0, quarter[column] - rows[-1][column]), 6)


def settled(run: Mapping[str, Any]) -> bool:
    return fall(run) < SETTLED


def to_come(measured: Interval, run: Mapping[str, Any], column: int = TRAINING) -> Interval:
    """The interval of where the loss may end: itself where the run has settled."""
    f = fall(run, column)
    return {**measured, "low": round(measured["low"] - f, 6)} if f >= SETTLED else dict(measured)
