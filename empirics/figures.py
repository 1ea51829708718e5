"""The figures of each paper that a report shows: what draws them, and a caption. Drawn elsewhere, and only when asked for."""
from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Callable


@dataclass(frozen=True)
class Figure:
    """name: of the SVG file. draw: writes NAME.svg (and its numbers as NAME.json) into a folder; module: whose code it depends
    on; records: the experiments whose records it shows."""

    name: str
    title: str
    caption: str
    module: str
    draw: Callable[[Path], object]
    records: tuple[str, ...] = ()


def drawn_by(module: str, *arguments: str) -> Callable[[Path], object]:
    """The module's `write(folder, *arguments)`, imported when it is called for."""
    return lambda out: importlib.import_module(module).write(out, *arguments)


def _one(name: str, title: str, caption: str, module: str, *records: str) -> Figure:
    """A module that draws one figure."""
    return Figure(name, title, caption, module, drawn_by(module), records)


def _several(name: str, title: str, caption: str, module: str, *records: str) -> Figure:
    """A module that draws several, by name."""
    return Figure(name, title, caption, module, drawn_by(module, name), records)


FIGURES: dict[str, list[Figure]] = {
    "niu2024": [
        _one("figure1", "Figure 1, with every critical point certified",
             "The four panels and the one-dimensional panel. Minima and saddles are enclosed by interval Newton; every other "
             "part of the plotted box is excluded, so the counts are proved. The proposed energy keeps a minimum at each pattern "
             "where E_MCHN with beta = 1 has lost one.", "empirics.figure1"),
        _one("asymptotics", "The data size at which Z_t = 1, against the dimension",
             "log d at which d balls of radius sqrt(n/(2 pi e)) reach Z_t = 1: the exact value and its proved bracket grow like "
             "n/(2 pi e); the printed bracket of Eq. (13) leaves it from n = 21 on.", "empirics.asymptotics"),
        _several("radius_histograms", "Figure 2, on a packaged encoder and real text",
                 "Nearest-neighbour distances of one vector per chunk, using 25 to 100 % of them, after the last layer norm and "
                 "before it. Lines: the medians that each explanation predicts, computed before any distance.",
                 "empirics.radius.drawing", "radius.offline"),
        _several("radius_size", "Distance against the number of vectors",
                 "A radius of stored patterns would not depend on how many vectors are drawn; a distribution of local dimension "
                 "k gives the slope -1/k.", "empirics.radius.drawing", "radius.offline"),
        _several("radius_layer", "Distance against layer",
                 "n is the same in all layers, and so is what the printed formula says; the distance follows each layer's scale.",
                 "empirics.radius.drawing", "radius.offline"),
        _several("figure3", "Figure 3 at CPU scale: three ratios of parameters to tokens",
                 "Small GPT-2s on pieces of novels, trained past the typical time; at 0.0138 a sibling of 2,728 parameters. Where "
                 "parameters outnumber tokens the training loss falls to the entropy of the text learnt by heart, and at the "
                 "ratio of 1 % the losses part once the run goes on. Beside, in other units: what is printed, Proposition 4's "
                 "range, Eq. (2) and Table 2 for GPT-2 small.",
                 "empirics.training.drawing", "training.offline"),
        _several("figure4", "Figure 4 at CPU scale: Question-Formation, and what the plateau follows",
                 "Small vanilla Transformers settle at the entropy of their grammar, whatever it is; the published grammar's "
                 "happens to be close to Proposition 4's 1. Lists learnt by heart settle at the entropy of the list.",
                 "empirics.training.drawing", "training.offline"),
    ],
    "kim2023": [
        _one("memorizer_scaling", "Parameters and bits of the construction, against contexts, length and dimension",
             "Every point is a network that was built and run exactly. The default reads a word by linear retrieval; the paper's "
             "string matching stores the ids; a ramp per label is the plain alternative.",
             "empirics.memorization.scaling", "memorizer.exact"),
        _one("memorizer_trained", "Parameters against labels: trained Transformers and the construction",
             "Small encoders (2 layers, 2 heads) trained on random labels until at most 0.5 % are wrong; bars are "
             "three standard errors over seeds. The construction memorises the same contexts exactly. Training shows what "
             "Adam reaches, an upper bound of what is needed.", "empirics.memorization.drawing", "memorizer.trained"),
    ],
}
