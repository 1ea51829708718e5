"""What the encoders memorise: distinct contexts of n symbols, random or from real text; labels are random or follow a rule.

Real text: the shipped novels, lower-cased, every run of white space one blank. The vocabulary is the v - 1 most frequent
characters and one symbol for all others (0.3 % of the text at v = 32). A context is n consecutive symbols from a random place.
Contexts that repeat are merged: the first is kept with its label and later ones are passed over, so that no context asks for two
labels.

Both kinds are nested: with the same seed, the first N contexts and labels of a longer list are those of a shorter one.
"""
from __future__ import annotations

import lzma
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from theory.claim import StoreError

HERE = Path(__file__).resolve().parent.parent
PLACES = (HERE / "data" / "novels_small.txt.xz", HERE / "data" / "novels_small.txt",
          HERE.parent.parent / "shared" / "data" / "corpus" / "novels_small.txt")
TEXTS = ("novels", "random")     # real text first: a run that is stopped has that
RULES = ("random", "simple")


@dataclass(frozen=True)
class Data:
    """What one model memorises: tokens (N, n); labels (N, n), or (N,) where a sequence has one."""

    tokens: np.ndarray
    labels: np.ndarray


@lru_cache(maxsize=2)
def symbols(vocabulary: int) -> np.ndarray:
    """The novels as symbols below `vocabulary`, 0 the most frequent character, vocabulary - 1 all rare ones."""
    found = next((p for p in PLACES if p.exists()), None)
    if found is None:
        raise StoreError(f"the novels are missing: put novels_small.txt.xz into {PLACES[0].parent}, or measure on random tokens")
    text = (lzma.open(found, "rt", encoding="utf-8") if found.suffix == ".xz" else found.open(encoding="utf-8"))
    with text as stream:
        return encode(stream.read(), vocabulary)


def encode(text: str, vocabulary: int) -> np.ndarray:
    """A text as symbols by frequency; equally frequent characters in the order of their code points."""
    plain = re.sub(r"\s+", " ", text.lower())
    ranked = sorted(Counter(plain).items(), key=lambda item: (-item[1], item[0]))
    table = {character: k for k, (character, _) in enumerate(ranked[:vocabulary - 1])}
    return np.array([table.get(character, vocabulary - 1) for character in plain], dtype=np.int64)


def contexts(text: str, count: int, length: int, vocabulary: int, seed: int) -> np.ndarray:
    """`count` distinct contexts (count, length) in the order in which they were met."""
    rng = np.random.default_rng((seed, int(text == "novels")))
    if text == "random":
        drawn = rng.integers(0, vocabulary, (2 * count + 16, length))       # row by row: nested
    else:
        stream = symbols(vocabulary)
        starts = rng.permutation(len(stream) - length + 1)[:8 * count + 64]
        drawn = stream[starts[:, None] + np.arange(length)]
    _, first = np.unique(drawn, axis=0, return_index=True)
    if len(first) < count:
        raise StoreError(f"only {len(first)} distinct contexts of {length} symbols were met, and {count} are asked for: take "
                         f"longer contexts or a larger vocabulary")
    return drawn[np.sort(first)[:count]]


def data(text: str, rule: str, sequence: bool, count: int, length: int, vocabulary: int, classes: int, seed: int) -> Data:
    """`count` contexts with their labels. rule `simple`: a token's symbol modulo `classes`, for a sequence its first one's."""
    tokens = contexts(text, count, length, vocabulary, seed)
    if rule == "simple":
        labels = tokens % classes
        return Data(tokens, labels[:, 0] if sequence else labels)
    rng = np.random.default_rng((seed, len(TEXTS), int(sequence)))
    return Data(tokens, rng.integers(0, classes, (count,) if sequence else (count, length)))
