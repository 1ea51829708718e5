"""What a run reads: a stream of tokens cut at random places, or padded lines in shuffled epochs.

A batch is a function of (seed, step) alone, so that a resumed run and every process of a distributed one see the same data
without any state. Targets are the tokens one place later; -100 marks what does not count (padding), as in torch's cross-entropy.
"""
from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from empirics.training import TrainingError

NOT_COUNTED = -100
WHOLE = 1 << 24             # tokens
Batch = tuple[np.ndarray, np.ndarray]       # inputs and targets, int64 (batch, length)


class Data(Protocol):
    """name: for messages. tokens: how many are predicted in one pass. batch(seed, step, size): a training batch. sweep(most,
    seed): at most so many sequences for an evaluation, the same for the same seed."""

    name: str
    vocabulary: int
    length: int
    tokens: int

    def batch(self, seed: int, step: int, size: int) -> Batch: ...
    def sweep(self, most: int, seed: int) -> Batch: ...
    def digest(self) -> str: ...


@dataclass
class Stream:
    """stream: one-dimensional, any integer type, may be memory-mapped; crops of `length` tokens start anywhere, with equal
    chances. Whether the tokens fit the vocabulary is seen at once up to WHOLE of them. A longer stream would take minutes to read
    at each start, so its crops are looked at as they are drawn, before a device sees them: thousandths of a step's time."""

    name: str
    stream: np.ndarray
    vocabulary: int
    length: int

    def __post_init__(self):
        if self.stream.ndim != 1 or len(self.stream) <= self.length:
            raise TrainingError(f"{self.name}: {self.stream.size} tokens are too few for one sequence of {self.length} and its "
                                "targets; "
                                "give more text or a shorter length")
        self.seen = len(self.stream) <= WHOLE
        if self.seen:
            _fits(self.name, self.stream, self.vocabulary)

    @property
    def tokens(self) -> int:
        return len(self.stream)

    @property
    def starts(self) -> int:
        return len(self.stream) - self.length

    def _crops(self, starts: np.ndarray) -> Batch:
        cut = np.stack([self.stream[s: s + self.length + 1] for s in starts])
        if not self.seen:
            _fits(self.name, cut, self.vocabulary)
        cut = cut.astype(np.int64)
        return cut[:, :-1], cut[:, 1:]

    def batch(self, seed: int, step: int, size: int) -> Batch:
        return self._crops(np.random.default_rng((seed, 1, step)).integers(0, self.starts, size))

    def sweep(self, most: int, seed: int) -> Batch:
        """Crops at random places without repetition: of the same distribution as those in training."""
        rng = np.random.default_rng((seed, 2))
        return self._crops(np.sort(rng.choice(self.starts, min(most, self.starts), replace=False)))

    def digest(self) -> str:
        """Of a sample where the file is long: its length and 2^20 tokens."""
        part = self.stream if len(self.stream) <= 1 << 22 else self.stream[:: len(self.stream) >> 20]
        return _digest(np.asarray(part), len(self.stream), self.length)


@dataclass
class Lines:
    """lines: int64 (m, width), each `first w1 .. wn last` and padding; lengths: (m,), without padding. The first token is no
    target.

    An epoch is a permutation of the lines; the last batch of an epoch runs into the next.
    """

    name: str
    lines: np.ndarray
    lengths: np.ndarray
    vocabulary: int

    def __post_init__(self):
        if len(self.lines) == 0:
            raise TrainingError(f"{self.name}: there is no line in this split")
        if self.lengths.min() < 2:
            raise TrainingError(f"{self.name}: a line is empty")
        real = np.arange(self.lines.shape[1]) < self.lengths[:, None]
        _fits(self.name, self.lines[real], self.vocabulary)

    @property
    def length(self) -> int:
        return self.lines.shape[1] - 1

    @property
    def tokens(self) -> int:
        return int((self.lengths - 1).sum())

    def _take(self, rows: np.ndarray) -> Batch:
        longest = int(self.lengths[rows].max())
        cut = self.lines[rows, :longest]
        counted = np.arange(1, longest) < self.lengths[rows, None]
        given = np.arange(longest - 1) < self.lengths[rows, None]
        return np.where(given, cut[:, :-1], 0), np.where(counted, cut[:, 1:], NOT_COUNTED)

    def batch(self, seed: int, step: int, size: int) -> Batch:
        places = np.arange(step * size, (step + 1) * size)
        rows = np.concatenate([self._epoch(seed, e)[places[places // len(self.lines) == e] % len(self.lines)]
                               for e in range(places[0] // len(self.lines), places[-1] // len(self.lines) + 1)])
        return self._take(rows)

    def _epoch(self, seed: int, epoch: int) -> np.ndarray:
        kept = getattr(self, "_kept", None)
        if kept is None or kept[0] != (seed, epoch):
            kept = self._kept = ((seed, epoch), np.random.default_rng((seed, 1, epoch)).permutation(len(self.lines)))
        return kept[1]

    def sweep(self, most: int, seed: int) -> Batch:
        rng = np.random.default_rng((seed, 2))
        return self._take(np.sort(rng.choice(len(self.lines), min(most, len(self.lines)), replace=False)))

    def digest(self) -> str:
        return _digest(self.lines, len(self.lines), self.length)


def _fits(name: str, tokens: np.ndarray, vocabulary: int) -> None:
    low, high = int(tokens.min()), int(tokens.max())
    if low < 0 or high >= vocabulary:
        raise TrainingError(f"{name}: token {high if high >= vocabulary else low} does not fit a vocabulary of {vocabulary}; "
                            "use the tokenizer that the model was made for")


def _digest(array: np.ndarray, *more: int) -> str:
    return hashlib.sha256(np.ascontiguousarray(array).tobytes() + repr((array.dtype.str, *more)).encode()).hexdigest()


# ---------------------------------------------------------------- what a model that has memorised the data still pays

def crop_entropy(stream: np.ndarray, length: int) -> float:
    """Nats per predicted token of a crop of `length` tokens whose place in the stream is not known: the least training loss.

    The chain rule over the crop: (H(length + 1 tokens) - H(first token)) / length, of the empirical distribution over all places.
    """
    places = len(stream) - length
    counts = _counts(stream, length + 1, places)
    first = _counts(stream, 1, places)
    return (_entropy(counts) - _entropy(first)) / length


def _counts(stream: np.ndarray, width: int, places: int) -> np.ndarray:
    """How often each distinct block of `width` tokens occurs among the first `places` ones: names of shorter blocks are
    joined."""
    size, name = 1, np.unique(stream, return_inverse=True)[1].astype(np.int64)
    while size < width:
        step = min(size, width - size)
        pair = name[:-step] * (int(name.max()) + 1) + name[step:]
        name, size = np.unique(pair, return_inverse=True)[1].astype(np.int64), size + step
    return np.bincount(name[:places])


def _entropy(counts: np.ndarray) -> float:
    p = counts[counts > 0] / counts.sum()
    return float(-math.fsum(p * np.log(p)))
