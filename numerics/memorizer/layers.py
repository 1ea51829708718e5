"""A Transformer as data: every weight an explicit integer, every layer residual (kim2023, after Yun et al. 2020a).

    Attn(X) = X + sum over heads of W_O W_V X sigma((W_K X)^T W_Q X),    FF(X) = X + W_2 relu(W_1 X + b_1)

(b_2 = 0), with no layer norm, heads of size 1, and sigma columnwise: `hardmax` averages over the set of arg max, ties included.
Coordinates of the state have names instead of numbers; matrices are sparse dictionaries over them. Columns are tokens.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Iterable, Iterator, Mapping

Vector = Mapping[str, int]          # a sparse row or column: coordinate -> weight
ONE = "one"                         # the coordinate that is 1 at every token
ID = "z"                            # the integer that a token, later a context, is known by


class MemorizationError(ValueError):
    """Data that cannot be memorised, or a network that cannot be had; one line that says what and how to mend it.

    `pair`: the two places ((sequence, position) each) that prove it, where there are two.
    """

    def __init__(self, message: str, pair: tuple | None = None):
        super().__init__(message)
        self.pair = pair


@dataclass(frozen=True)
class Neuron:
    """relu(inputs . x + bias), added to the residual stream with the weights `outputs`."""

    inputs: Vector
    bias: int
    outputs: Vector


@dataclass(frozen=True)
class FeedForward:
    neurons: tuple[Neuron, ...]


@dataclass(frozen=True)
class Head:
    """Scores (key . x_k)(query . x_q); no query or key: all scores 0, a uniform mean."""

    query: Vector
    key: Vector
    value: Vector
    output: Vector


@dataclass(frozen=True)
class Attention:
    heads: tuple[Head, ...]


@dataclass(frozen=True)
class Embedding:
    """z = sum_i scale projection_i (x_i + step (k + 1)) + shift at position k = 0, 1, ..; one = 1.

    step 0: no positional encoding. `scale` takes rational tokens to integers and is part of every weight.
    """

    projection: tuple[int, ...]
    shift: int
    scale: int = 1
    step: int = 0

    def weights(self) -> Iterator[int]:
        yield from (self.scale * p for p in self.projection)
        yield from (self.shift, 1)
        if self.step:       # the step and its multiplier of the position
            yield from (self.step, 1)


@dataclass(frozen=True)
class Network:
    """Embedding, layers, and the coordinate that is read out.

    mask: allowed[key][query] as a tuple of rows, the same for every head; None: every token attends to every token.
    `readout` in {0, 1, ..} is the label.
    """

    embedding: Embedding
    layers: tuple[FeedForward | Attention, ...]
    readout: str
    mask: tuple[tuple[bool, ...], ...] | None = None
    coordinates: tuple[str, ...] = field(default=())

    def __post_init__(self):
        object.__setattr__(self, "coordinates", coordinates(self.layers, self.readout))

    @property
    def attention_layers(self) -> int:
        return sum(isinstance(layer, Attention) for layer in self.layers)

    @property
    def depth(self) -> int:
        return len(self.layers)


def coordinates(layers: Iterable[FeedForward | Attention], readout: str) -> tuple[str, ...]:
    """All coordinates in order of first use."""
    seen = {ONE: None, ID: None}
    for vector in vectors(layers):
        seen.update(dict.fromkeys(vector))
    seen[readout] = None
    return tuple(seen)


def vectors(layers: Iterable[FeedForward | Attention]) -> Iterator[Vector]:
    for layer in layers:
        if isinstance(layer, FeedForward):
            for n in layer.neurons:
                yield n.inputs
                yield n.outputs
        else:
            for h in layer.heads:
                yield from (h.query, h.key, h.value, h.output)


# ---------------------------------------------------------------- neurons in common use

HIDDEN = 6      # hidden units of a feed-forward layer: the width stays constant however much is memorised


def blocks(neurons: Iterable[Neuron], hidden: int = HIDDEN) -> list[FeedForward]:
    """Neurons that do not read what another writes, packed into layers of constant width."""
    all_ = list(neurons)
    return [FeedForward(tuple(all_[i:i + hidden])) for i in range(0, len(all_), hidden)]


def layer(*neurons: Neuron) -> FeedForward:
    return FeedForward(neurons)


def clear(name: str) -> Neuron:
    """A coordinate that is not negative becomes 0; signed ones take `clear_negative` too."""
    return Neuron({name: 1}, 0, {name: -1})


def clear_negative(name: str) -> Neuron:
    return Neuron({name: -1}, 0, {name: 1})


def copy(source: str, target: str, weight: int = 1) -> Neuron:
    """target += weight source, for source >= 0."""
    return Neuron({source: 1}, 0, {target: weight})


def odd(rng, bits: int) -> int:
    """A random odd integer of exactly `bits` bits."""
    return int.from_bytes(rng.bytes(bits // 8 + 1), "little") % (1 << bits) | 1 | (1 << (bits - 1))


def remainder(name: str, step: int) -> FeedForward:
    """x -> x - step for x >= step (restoring division, one bit), x an integer in [0, 2 step)."""
    return layer(Neuron({name: 1}, 1 - step, {name: -step}), Neuron({name: 1}, -step, {name: step}))


def fold(name: str, top: int, extra: Vector = {}) -> Neuron:
    """The tent map of the integers [0, 2 top): x -> min(x, 2 top - 1 - x). One neuron: its value is 2(x - top) + 1 for
    x >= top, else 0."""
    return Neuron({name: 2}, 1 - 2 * top, {name: -1, **extra})
