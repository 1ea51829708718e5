"""The first share of a token stream to train on, and what follows it to hold out (Section 6.2: 100, 1 and 0.1 %)."""
from __future__ import annotations

import numpy as np

from empirics.training import TrainingError
from empirics.training.data import Stream


FAR = 1 << 22       # tokens looked through at a time


def first(name: str, stream: np.ndarray, vocabulary: int, length: int, tokens: int, held_out: int,
          separator: int | None = None) -> tuple[Stream, Stream]:
    """The first `tokens` tokens, and `held_out` later ones. Where the `separator` of documents is given, these start with a new
    document: the rest of the one that the training part ends in is left out, so that no document is in both."""
    if tokens <= length or held_out <= length:
        raise TrainingError(f"{name}: the split is empty: {tokens} tokens to train on and {held_out} held out, "
                            f"for sequences of {length}; give more text or shorter sequences")
    if tokens + held_out > len(stream):
        raise TrainingError(f"{name}: {tokens} tokens and {held_out} held out are more than the {len(stream)} that there are")
    start = tokens if separator is None else _next(stream, tokens, separator)
    if start is None or start + held_out > len(stream):
        raise TrainingError(f"{name}: no document starts behind the first {tokens} tokens that has {held_out} to hold out; put "
                            "lines <|endoftext|> between the documents of the text, give more text, or ask for fewer tokens")
    return (Stream(f"{name}, first {tokens} tokens", stream[:tokens], vocabulary, length),
            Stream(f"{name}, {held_out} tokens from {start} on", stream[start: start + held_out], vocabulary, length))


def _next(stream: np.ndarray, place: int, separator: int) -> int | None:
    """Where the first document starts at `place` or behind it."""
    for low in range(place - 1, len(stream), FAR):
        ends = np.flatnonzero(np.asarray(stream[low: low + FAR]) == separator)
        if len(ends):
            return low + int(ends[0]) + 1
    return None


def share(name: str, stream: np.ndarray, vocabulary: int, length: int, part: float, test: float = 0.005,
          separator: int | None = None) -> tuple[Stream, Stream]:
    """The first `part` (0 to 1) of the tokens; of these a share `test` is held out (nanoGPT's is 0.05 %): whole documents where
    the separator is given, so that the training part ends with the last document that leaves so much."""
    if not 0 < part <= 1 or not 0 < test < 1:
        raise TrainingError(f"{name}: a split needs shares between 0 and 1, not {part} and {test}")
    whole = int(len(stream) * part)
    held = max(int(whole * test), min(length + 1, whole // 2))
    tokens = whole - held
    if separator is not None:
        ends = np.flatnonzero(np.asarray(stream[:tokens]) == separator)
        tokens = int(ends[-1]) + 1 if len(ends) else tokens
    return first(name, stream[:whole], vocabulary, length, tokens, held, separator)
