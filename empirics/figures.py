"""The figures of each paper that a report shows: what draws them, and a caption. Drawing is done elsewhere, and only when asked for."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Callable


@dataclass(frozen=True)
class Figure:
    """name: of the SVG file. draw: writes NAME.svg (and its numbers as NAME.json) into a folder; module: whose code it depends on."""

    name: str
    title: str
    caption: str
    module: str
    draw: Callable[[Path], object]


def _figure1(out: Path) -> None:
    from empirics import figure1
    figure1.write(out)


def _asymptotics(out: Path) -> None:
    from empirics import asymptotics
    asymptotics.write(out)


FIGURES: dict[str, list[Figure]] = {
    "niu2024": [
        Figure("figure1", "Figure 1, with every critical point certified",
               "The four panels and the one-dimensional panel. Minima and saddles are enclosed by interval Newton; every other part of the "
               "plotted box is excluded, so the counts are proved. The proposed energy keeps a minimum at each pattern where E_MCHN with "
               "beta = 1 has lost one.", "empirics.figure1", _figure1),
        Figure("asymptotics", "The data size at which Z_t = 1, against the dimension",
               "log d at which d balls of radius sqrt(n/(2 pi e)) reach Z_t = 1: the exact value and its proved bracket grow like n/(2 pi e); "
               "the printed bracket of Eq. (13) leaves it from n = 21 on.", "empirics.asymptotics", _asymptotics),
    ],
}
