"""Running a network exactly, all sequences at once: int64 arrays where the numbers fit, Python integers where they do not.

The state is one array of shape (sequences, length) per coordinate. Nothing branches on the data: a layer is the same sums,
products, maxima and means for every token; only the *representation* of an array (int64 or unbounded) depends on how large its
entries are, and never its values. Means that are no integers become Fractions.
"""
from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Callable, Sequence

import numpy as np

from numerics.memorizer.layers import ID, ONE, Attention, Embedding, FeedForward, Head, Network, Vector

LIMIT = 2 ** 62         # below it in magnitude, int64 sums of two are exact
TOKENS = 16_384         # tokens per chunk
Progress = Callable[[int, int], None]


@dataclass
class Numbers:
    """An integer array with a bound on its magnitude; int64 as long as the bound allows."""

    values: np.ndarray
    bound: int

    @staticmethod
    def of(values: np.ndarray) -> Numbers:
        """The tightest bound; the smallest representation."""
        if values.dtype != object:
            values = values.astype(np.int64, copy=False)
            return Numbers(values, int(np.abs(values).max(initial=0)))
        sample = values.reshape(-1)[:: max(1, values.size // 32)]
        if any(isinstance(v, Fraction) or not -LIMIT < v < LIMIT for v in sample):
            return Numbers(values, LIMIT)
        bound = max((abs(v) for v in values.reshape(-1)), default=0)
        if bound >= LIMIT or any(isinstance(v, Fraction) for v in values.reshape(-1)):
            return Numbers(values, LIMIT)
        return Numbers(values.astype(np.int64), int(bound))

    def wide(self) -> np.ndarray:
        return self.values if self.values.dtype == object else self.values.astype(object)

    def times(self, w: int) -> Numbers:
        if w == 1:
            return self
        small = self.values.dtype != object and self.bound * abs(w) < LIMIT
        return Numbers((self.values if small else self.wide()) * w, self.bound * abs(w))

    def plus(self, other: Numbers | int) -> Numbers:
        if isinstance(other, int):
            if other == 0:
                return self
            small = self.values.dtype != object and self.bound + abs(other) < LIMIT
            return Numbers((self.values if small else self.wide()) + other, self.bound + abs(other))
        bound = self.bound + other.bound
        small = bound < LIMIT and self.values.dtype != object and other.values.dtype != object
        return Numbers(self.values + other.values if small else self.wide() + other.wide(), bound)

    def relu(self) -> Numbers:
        if self.values.dtype != object:
            return Numbers(np.maximum(self.values, 0), self.bound)
        return Numbers(np.where(self.values > 0, self.values, 0), self.bound)


State = dict[str, Numbers]


def embed(embedding: Embedding, grid: np.ndarray) -> State:
    """grid: tokens times the embedding's scale, integers of shape (sequences, length, d)."""
    count, length, d = grid.shape
    z = Numbers(np.zeros((count, length), dtype=np.int64), 0)
    for i, p in enumerate(embedding.projection):
        z = z.plus(Numbers.of(grid[:, :, i]).times(p))
    places = np.broadcast_to(np.arange(1, length + 1), (count, length))
    z = z.plus(Numbers.of(places).times(embedding.scale * embedding.step * sum(embedding.projection)))
    return {ONE: Numbers(np.ones((count, length), dtype=np.int64), 1), ID: Numbers.of(z.plus(embedding.shift).values)}


def _dot(state: State, vector: Vector, like: np.ndarray) -> Numbers:
    total = None
    for name, w in vector.items():
        if name in state:
            part = state[name].times(w)
            total = part if total is None else total.plus(part)
    return Numbers(np.zeros(like.shape, dtype=np.int64), 0) if total is None else total


def _add(state: State, change: dict[str, Numbers]) -> None:
    for name, delta in change.items():
        total = state[name].plus(delta) if name in state else delta
        grown = total.values.dtype == object or total.bound >= LIMIT // 2 ** 20
        state[name] = Numbers.of(total.values) if grown else total


@dataclass
class Seen:
    """What one layer met in a run: the neurons that were positive somewhere, and, if `sized`, how large they and the coordinates
    that entered were."""

    sized: bool = False
    neurons: dict[int, int] = field(default_factory=dict)       # number -> largest value (1 if not sized)
    entered: dict[str, int] = field(default_factory=dict)       # coordinate -> largest magnitude

    def neuron(self, i: int, values: np.ndarray) -> None:
        if self.sized and values.any():
            self.neurons[i] = max(self.neurons.get(i, 1), _whole(values.max()))
        elif i not in self.neurons and values.any():
            self.neurons[i] = 1

    def state(self, state: State) -> None:
        if self.sized:
            for name, x in state.items():
                found = max(_whole(x.values.max()), _whole(-x.values.min()))
                self.entered[name] = max(self.entered.get(name, 0), found)


def _whole(value: int | Fraction) -> int:
    """The next integer above."""
    return -int(-value // 1)


def feed_forward(state: State, ff: FeedForward, seen: Seen | None = None) -> None:
    """x + W_2 relu(W_1 x + b_1)"""
    change: dict[str, Numbers] = {}
    for i, n in enumerate(ff.neurons):
        h = _dot(state, n.inputs, state[ONE].values).plus(n.bias).relu()
        if seen is not None:
            seen.neuron(i, h.values)
        for name, w in n.outputs.items():
            part = h.times(w)
            change[name] = change[name].plus(part) if name in change else part
    _add(state, change)


def attention(state: State, att: Attention, allowed: np.ndarray | None) -> None:
    change: dict[str, Numbers] = {}
    for h in att.heads:
        seen = hardmax(state, h, allowed)
        for name, w in h.output.items():
            part = seen.times(w)
            change[name] = change[name].plus(part) if name in change else part
    _add(state, change)


def hardmax(state: State, head: Head, allowed: np.ndarray | None) -> Numbers:
    """(sequences, length): what each query sees, the mean of the values over its arg max set among the allowed keys."""
    count, length = state[ONE].values.shape
    open_ = np.ones((length, length), dtype=bool) if allowed is None else allowed
    value = _dot(state, head.value, state[ONE].values)
    if head.query and head.key:
        q, k = _dot(state, head.query, state[ONE].values), _dot(state, head.key, state[ONE].values)
        small = q.values.dtype != object and k.values.dtype != object and q.bound * k.bound < LIMIT
        scores = (k.values if small else k.wide())[:, :, None] * (q.values if small else q.wide())[:, None, :]
        low = -LIMIT if small else -max(abs(q.bound), 1) * max(abs(k.bound), 1) * _largest(q, k) - 1
        kept = np.where(open_[None], scores, low)
        hit = (kept == kept.max(axis=1, keepdims=True)) & open_[None]
    else:
        hit = np.broadcast_to(open_[None], (count, length, length))
    size = hit.sum(axis=1)
    fits = value.values.dtype != object and value.bound * length < LIMIT
    total = (np.where(hit, (value.values if fits else value.wide())[:, :, None], 0)).sum(axis=1)
    whole = total // size
    if (whole * size != total).any():
        return Numbers(np.vectorize(Fraction, otypes=[object])(total, size.astype(object)), LIMIT)
    return Numbers.of(whole)


def _largest(q: Numbers, k: Numbers) -> int:
    """Unbounded integers carry no bound of their own: the largest magnitude among them."""
    return int(max(abs(v) for n in (q, k) for v in n.values.reshape(-1))) ** 2 + 1


def allowed_keys(network: Network) -> np.ndarray | None:
    return None if network.mask is None else np.array(network.mask, dtype=bool)


def trace(network: Network, grid: np.ndarray, seen: Sequence[Seen] | None = None) -> State:
    """The state of all coordinates after all layers; no chunks. seen: one per layer, filled on the way."""
    state = embed(network.embedding, grid)
    allowed = allowed_keys(network)
    for i, item in enumerate(network.layers):
        if seen is not None:
            seen[i].state(state)
        if isinstance(item, FeedForward):
            feed_forward(state, item, None if seen is None else seen[i])
        else:
            attention(state, item, allowed)
    return state


def reach(network: Network, grid: np.ndarray) -> int:
    """A bound on every partial sum of a run on these sequences, whatever the order of summation: sums of absolute values.

    Float arithmetic with p bits runs the network exactly if this is at most 2^p, the weights included.
    """
    seen = [Seen(sized=True) for _ in network.layers]
    run(network, grid, seen=seen)
    return reached(network, seen, grid.shape[1])


def reached(network: Network, seen: Sequence[Seen], length: int) -> int:
    """`reach` from what a run of the network met."""
    most = 1
    for item, met in zip(network.layers, seen, strict=True):
        sizes = met.entered
        into: dict[str, int] = dict(sizes)
        if isinstance(item, FeedForward):
            for i, n in enumerate(item.neurons):
                most = max(most, sum(abs(w) * sizes.get(name, 0) for name, w in n.inputs.items()) + abs(n.bias))
                for name, w in n.outputs.items():
                    into[name] = into.get(name, 0) + abs(w) * met.neurons.get(i, 0)
        else:
            for h in item.heads:
                value, key, query = (sum(abs(w) * sizes.get(name, 0) for name, w in v.items()) for v in (h.value, h.key, h.query))
                most = max(most, key * query, value * length)
                for name, w in h.output.items():
                    into[name] = into.get(name, 0) + abs(w) * value
        most = max(most, *into.values())
    return most


def console_bar(done: int, total: int) -> None:
    """A `progress` that draws on stderr where that is a terminal, and erases itself when done."""
    if sys.stderr.isatty():
        full = 30 * done // max(1, total)
        line = f"\r[{'#' * full}{'.' * (30 - full)}] {done:,}/{total:,} sequences"
        print(line if done < total else f"\r{' ' * len(line)}\r", end="", file=sys.stderr, flush=True)


def run(network: Network, grid: np.ndarray, progress: Progress | None = None, tokens: int = TOKENS,
        seen: Sequence[Seen] | None = None) -> np.ndarray:
    """The readout at every token, layer by layer: integers of shape (sequences, length). seen: as in `trace`."""
    count, length, _ = grid.shape
    step = max(1, tokens // max(1, length))
    out = []
    for start in range(0, count, step):
        state = trace(network, grid[start:start + step], seen)
        out.append(state[network.readout].values if network.readout in state
                   else np.zeros(grid[start:start + step].shape[:2], dtype=np.int64))
        if progress is not None:
            progress(min(count, start + step), count)
    return np.concatenate(out)


def run_and_prune(network: Network, grid: np.ndarray, progress: Progress | None = None,
                  sized: bool = False) -> tuple[np.ndarray, Network, list[Seen]]:
    """The readout; the network without the neurons that are 0 at every token of these sequences, which runs them the same; and
    what its layers met, for `reached` if `sized`."""
    seen = [Seen(sized) for _ in network.layers]
    out = run(network, grid, progress, seen=seen)
    kept: list[tuple[FeedForward | Attention, Seen]] = []
    for item, met in zip(network.layers, seen):
        if isinstance(item, Attention):
            kept.append((item, met))
        elif used := sorted(met.neurons):
            kept.append((FeedForward(tuple(item.neurons[i] for i in used)),
                         replace(met, neurons={new: met.neurons[i] for new, i in enumerate(used)})))
    return out, replace(network, layers=tuple(item for item, _ in kept)), [met for _, met in kept]
