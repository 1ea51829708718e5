"""Documents, one at a time: from local text, or from OpenWebText through `datasets`.

A local text is plain or .xz; documents are separated by lines `<|endoftext|>`. `documents` is the only place that may use a
network.
"""
from __future__ import annotations

import lzma
import random
from collections.abc import Iterable, Iterator
from pathlib import Path

from empirics.training import TrainingError

DATA = Path(__file__).resolve().parents[1] / "data"
NOVELS = DATA / "novels_small.txt.xz"
SEPARATOR = "<|endoftext|>"
OPENWEBTEXT = "openwebtext"


def documents(source: str | Path) -> Iterator[str]:
    """source: a path, or `openwebtext` (streamed by the `datasets` package: about 13.5 GB)."""
    if str(source) == OPENWEBTEXT:
        yield from _hub("Skylion007/openwebtext")
    else:
        yield from _local(Path(source))


def pieces(documents: Iterable[str], least: int = 2000, seed: int = 0) -> Iterator[str]:
    """Pieces of at least so many characters, cut at ends of lines, in an order drawn by the seed: documents such that what is
    held out is of the same kind as what is trained on. The novels themselves are six documents by six authors."""
    found: list[str] = []
    for text in documents:
        piece, size = [], 0
        for line in text.split("\n"):
            piece.append(line)
            size += len(line) + 1
            if size > least:
                found.append("\n".join(piece))
                piece, size = [], 0
        if piece:
            found.append("\n".join(piece))
    random.Random(seed).shuffle(found)
    yield from found


def _local(path: Path) -> Iterator[str]:
    try:
        with lzma.open(path, "rt", encoding="utf-8") if path.suffix == ".xz" else open(path, encoding="utf-8") as file:
            lines: list[str] = []
            for line in file:
                if line.strip() == SEPARATOR:
                    yield "".join(lines).strip("\n")
                    lines = []
                else:
                    lines.append(line)
            if lines:
                yield "".join(lines).strip("\n")
    except (OSError, UnicodeDecodeError, lzma.LZMAError, EOFError) as error:
        why = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise TrainingError(f"cannot read the text {path} ({why})") from error


def _hub(name: str) -> Iterator[str]:
    try:
        import datasets
    except ImportError as error:
        raise TrainingError("OpenWebText is read by the package `datasets`: pip install datasets, "
                            "or give --source a local text") from error
    try:
        for row in datasets.load_dataset(name, split="train", streaming=True):
            yield row["text"]
    except (OSError, ValueError, KeyError) as error:
        raise TrainingError(f"cannot read {name} ({str(error).splitlines()[0][:100]}); is there a network? Or give --source a "
                            f"local text") \
            from error
