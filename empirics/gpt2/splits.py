"""The first share of a token stream to train on, and what follows it to hold out (Section 6.2: 100, 1 and 0.1 %)."""
from __future__ import annotations

import numpy as np

from empirics.training import TrainingError
from empirics.training.data import Stream


def first(name: str, stream: np.ndarray, vocabulary: int, length: int, tokens: int, held_out: int,
          separator: int | None = None) -> tuple[Stream, Stream]:
    """The first `tokens` tokens, and the next `held_out`. Where the `separator` of documents is given, the training part is cut
    after the last document that ends in its last tenth, so that a document is not in both; else at the token."""
    if tokens <= length or held_out <= length:
        raise TrainingError(f"{name}: the split is empty: {tokens} tokens to train on and {held_out} held out, "
                            f"for sequences of {length}; give more text or shorter sequences")
    if tokens + held_out > len(stream):
        raise TrainingError(f"{name}: {tokens} tokens and {held_out} held out are more than the {len(stream)} that there are")
    cut = tokens
    if separator is not None:
        ends = np.flatnonzero(np.asarray(stream[tokens - tokens // 10: tokens]) == separator)
        cut = tokens - tokens // 10 + int(ends[-1]) + 1 if len(ends) else tokens
    return (Stream(f"{name}, first {cut} tokens", stream[:cut], vocabulary, length),
            Stream(f"{name}, next {held_out} tokens", stream[cut: cut + held_out], vocabulary, length))


def share(name: str, stream: np.ndarray, vocabulary: int, length: int, part: float, test: float = 0.005,
          separator: int | None = None) -> tuple[Stream, Stream]:
    """The first `part` (0 to 1) of the tokens; of these a share `test` is held out (nanoGPT's is 0.05 %)."""
    if not 0 < part <= 1 or not 0 < test < 1:
        raise TrainingError(f"{name}: a split needs shares between 0 and 1, not {part} and {test}")
    whole = int(len(stream) * part)
    held = max(int(whole * test), min(length + 1, whole // 2))
    return first(name, stream, vocabulary, length, whole - held, held, separator)
