"""The sizes of a small encoder and how many numbers it has; no torch is needed to count."""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """The sizes of a model. sequence: one label per sequence instead of one per token."""

    width: int
    length: int = 8
    vocabulary: int = 32
    classes: int = 4
    sequence: bool = False
    layers: int = 2
    heads: int = 2

    def __post_init__(self):
        if min(self.width, self.length, self.vocabulary, self.classes, self.layers, self.heads) < 1 or self.width % self.heads:
            raise ValueError(f"a width of {self.width} cannot be split among {self.heads} heads: take a multiple, and sizes of "
                             f"at least 1")

    def tensors(self) -> dict[str, tuple[int, int]]:
        """Name -> (rows, columns) of every weight; biases are one column, and gains (which start at 1) are called gain."""
        m = self.width
        out = {"embedding": (m, self.vocabulary), "position": (m, self.length)}
        for k in range(self.layers):
            out |= {f"{k}.attention.gain": (m, 1), f"{k}.qkv": (3 * m, m), f"{k}.mix": (m, m), f"{k}.feed.gain": (m, 1),
                    f"{k}.up": (4 * m, m), f"{k}.up.bias": (4 * m, 1), f"{k}.down": (m, 4 * m), f"{k}.down.bias": (m, 1)}
        return out | {"gain": (m, 1), "readout": (self.classes, m), "readout.bias": (self.classes, 1)}

    def parameters(self) -> int:
        """How many numbers a model has."""
        return sum(rows * columns for rows, columns in self.tensors().values())
