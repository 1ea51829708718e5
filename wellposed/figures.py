"""The report's figures: drawn by floor 3, kept in build/figures, drawn again only when the code or the records behind them change."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from theory.claim import WellposedError
from wellposed.files import Home, write_text
from wellposed.sources import Sources


@dataclass(frozen=True)
class Drawn:
    name: str
    title: str
    caption: str
    svg: str


def drawn(home: Home, papers: Iterable[str], warn: Callable[[str], None]) -> list[Drawn]:
    """The figures of these papers as SVG text. One that cannot be drawn gives one line on stderr and is left out, never invented."""
    from empirics.figures import FIGURES
    from empirics.registry import record_digest

    folder, sources, out = home.build / "figures", Sources(), []
    for figure in (f for paper in papers for f in FIGURES.get(paper, [])):
        picture, mark = folder / f"{figure.name}.svg", folder / f"{figure.name}.key"
        try:
            key = " ".join([sources.of(figure.module), *(record_digest(name) or "none" for name in figure.records)])
            if not (picture.exists() and mark.exists() and mark.read_text(encoding="utf-8").strip() == key):
                folder.mkdir(parents=True, exist_ok=True)
                figure.draw(folder)
                write_text(mark, key + "\n")
            out.append(Drawn(figure.name, figure.title, figure.caption, _inline(picture)))
        except (WellposedError, ImportError, OSError) as error:
            warn(f"the figure {figure.name} was not drawn: {error}")
    return out


def _inline(path: Path) -> str:
    """The <svg> element alone: no XML declaration, no document type, no comments around it."""
    text = path.read_text(encoding="utf-8")
    start = text.find("<svg")
    if start < 0:
        raise WellposedError(f"{path.name} holds no picture; remove it and run again")
    return text[start:]
