"""Contextual mapping: self-attention that gives every token of every context its own integer (specification, 3.2, 3.3, 3.5).

`extraction` is the paper's way: one layer per distinct token takes the largest id that remains, S = sum_t u_t m_t, with a second
head that counts how often it occurs where token *sets* do not tell the sequences apart. `flooding` does the same when attention
is sparse. `averaging` needs one uniform attention layer, exact under softmax: the mean of a pseudo-random integer per token. Each
ends with the joint projection z <- S + beta z. The small integers u, u', beta are drawn until all contexts differ.
"""
from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Callable, Sequence

import numpy as np

from numerics.memorizer import exact
from numerics.memorizer.data import PLACED, Data
from numerics.memorizer.layers import (ID, ONE, Attention, Embedding, FeedForward, Head, MemorizationError, Neuron,
                                       Network, Vector, clear, clear_negative, copy, fold, layer, odd)
from numerics.memorizer.tokens import different, dot, growing

REM, TOP, MARK, SUM, FLOOD, HASH = "rem", "top", "mark", "sum", "flood", "hash"
Layers = list[FeedForward | Attention]


@dataclass(frozen=True)
class Mapping:
    """The layers, and the coordinate weights that were drawn: u for the maxima, counts u', beta for the token itself."""

    layers: tuple[FeedForward | Attention, ...]
    u: tuple[int, ...]
    counts: tuple[int, ...]
    beta: int


# ---------------------------------------------------------------- which layers

def _max_head() -> Head:
    return Head({ONE: 1}, {REM: 1}, {REM: 1}, {TOP: 1})


def extraction_layers(rounds: int, length: int, big: int, out: Callable[[int], Vector],
                      counted: Callable[[int], Vector] | None) -> Layers:
    """`rounds` layers, one more where counts are kept: after layer t, rem = id for ids not among the t largest distinct ones and
    rem <= -2 otherwise; top was the t-th largest. out(t) and counted(t): where the maximum and its multiplicity go."""
    layers: Layers = [layer(copy(ID, REM))]
    for t in range(rounds + (counted is not None)):
        heads = [_max_head()] if t < rounds else []
        if counted is not None and t > 0:
            heads.append(Head({}, {}, {MARK: length}, counted(t - 1)))
        layers.append(Attention(tuple(heads)))
        if t < rounds:
            mark = {} if counted is None else {MARK: 1}
            neurons = [Neuron({TOP: 1}, 0, {**out(t), TOP: -1}), clear_negative(TOP),
                       Neuron({REM: 1, TOP: -1}, 1, {REM: -big, **mark})]
            layers.append(layer(*neurons, *([] if counted is None else [clear(MARK)])))
    return layers


def flooding_layers(rounds: int, steps: int, big: int, out: Callable[[int], Vector]) -> Layers:
    """The same over a sparse mask: `steps` layers of maxima over neighbours take the largest id everywhere."""
    layers: Layers = [layer(copy(ID, REM))]
    for t in range(rounds):
        layers.append(layer(Neuron({REM: 1}, 0, {FLOOD: 1})))
        for step in range(steps):
            layers.append(Attention((Head({ONE: 1}, {FLOOD: 1}, {FLOOD: 1}, {TOP: 1}),)))
            if step < steps - 1:
                layers.append(layer(Neuron({TOP: 1}, 0, {FLOOD: 1, TOP: -1}), clear(FLOOD)))
        layers.append(layer(Neuron({TOP: 1}, 0, {**out(t), TOP: -1}), Neuron({REM: 1, TOP: -1}, 1, {REM: -big}), clear(FLOOD)))
    return layers


def hash_layers(multiplier: int, top: int, bits: int, out: Callable[[int], Vector]) -> Layers:
    """Pseudo-random bits of the id: hash = multiplier id < 2 top is folded by the tent map, and out(k) += [hash >= top_k]."""
    layers: Layers = [layer(Neuron({ID: 1}, 0, {HASH: multiplier}))]
    for k in range(bits):
        t = top >> k
        layers.append(layer(fold(HASH, t, out(k)), Neuron({HASH: 1}, -t, {n: -2 * w for n, w in out(k).items()})))
    return layers


def joint_projection(beta: int) -> FeedForward:
    """z <- S + beta z, and S cleared."""
    own = [Neuron({ID: 1}, 0, {ID: beta - 1})] if beta != 1 else []
    return layer(Neuron({SUM: 1}, 0, {ID: 1, SUM: -1}), *own)


# ---------------------------------------------------------------- which weights

def _named(prefix: str) -> Callable[[int], Vector]:
    return lambda t: {f"{prefix}{t}": 1}


def _features(data: Data, embedding: Embedding, layers: Layers, names: Sequence[str], mask, rows: np.ndarray) -> np.ndarray:
    """The named coordinates after the layers at one place of each context: (contexts, names)."""
    state = exact.trace(Network(embedding, tuple(layers), ID, mask), data.grid)
    zero = np.zeros(data.grid.shape[:2], dtype=np.int64)
    return np.stack([state[n].values.reshape(-1)[rows] if n in state else zero.reshape(-1)[rows] for n in names], axis=1)


def _separate(features: np.ndarray, rng: np.random.Generator, gap: int, own: bool) -> list[int]:
    """Small integer weights under which all rows differ by `gap`. own: the last one weighs the token's id, and is at least 1."""
    def at_least_one(w: list[int]) -> list[int]:
        return w[:-1] + [max(1, w[-1])] if own else w
    drawn = map(at_least_one, growing(rng, features.shape[1], start=_least(features)))
    return next(w for w in drawn if different(dot(features, w), gap))


def _least(features: np.ndarray) -> int:
    """No Q that leaves hundreds of collisions to be expected: M^2/2 pairs over a range of Q max|features|."""
    m, peak = len(features), max(1, int(np.abs(features).max(initial=1)))
    return max(2, 2 ** max(0, (m * m // (64 * peak)).bit_length() - 1))


def _one_place_each(data: Data) -> np.ndarray:
    return np.unique(data.context.reshape(-1), return_index=True)[1]


def extraction(data: Data, embedding: Embedding, size: int, rng: np.random.Generator, gap: int = 1) -> Mapping:
    """The paper's contextual mapping. `size`: all ids are below it."""
    ordered = np.sort(data.token, axis=1)
    length = data.grid.shape[1]
    placed = data.setting in PLACED
    rounds = length if placed else int((ordered[:, 1:] != ordered[:, :-1]).sum(axis=1).max(initial=0)) + 1
    counts = not placed and _sets_collide(data)
    big = 2 * size + 2
    layers = extraction_layers(rounds, length, big, _named("m"), _named("c") if counts else None)
    names = [f"m{t}" for t in range(rounds)] + ([f"c{t}" for t in range(rounds)] if counts else [])
    return _joined(data, embedding, layers, names, rng, gap, None,
                   lambda out, counted: extraction_layers(rounds, length, big, out, counted if counts else None), rounds)


def flooding(data: Data, embedding: Embedding, size: int, rng: np.random.Generator, mask, gap: int = 1) -> Mapping:
    """Contextual mapping over a strongly connected mask (tuple of rows allowed[key][query]) with self loops."""
    steps, rounds, big = diameter(np.array(mask, dtype=bool)), data.grid.shape[1], 2 * size + 2
    return _joined(data, embedding, flooding_layers(rounds, steps, big, _named("m")), [f"m{t}" for t in range(rounds)], rng, gap,
                   mask, lambda out, counted: flooding_layers(rounds, steps, big, out), rounds)


def _joined(data, embedding, layers, names, rng, gap, mask, build, rounds) -> Mapping:
    """Draw u, u', beta on the features, then build the layers with them."""
    rows = _one_place_each(data)
    own = data.setting != "sequence"
    features = _features(data, embedding, layers, names + ([ID] if own else []), mask, rows)
    drawn = _separate(features, rng, gap, own)
    beta = drawn.pop() if own else 0
    u, c = drawn[:rounds], drawn[rounds:]
    return Mapping(tuple(build(lambda t: {SUM: u[t]} if u[t] else {}, lambda t: {SUM: c[t]} if c[t] else {})
                         + [joint_projection(beta)]), tuple(u), tuple(c), beta)


def _sets_collide(data: Data) -> bool:
    """Whether two contexts agree once the multiplicities are forgotten."""
    ordered = np.sort(data.token, axis=1)
    repeated = np.zeros_like(ordered, dtype=bool)
    repeated[:, 1:] = ordered[:, 1:] == ordered[:, :-1]
    sets = np.sort(np.where(repeated, -1, ordered), axis=1)
    number = np.unique(sets, axis=0, return_inverse=True)[1].reshape(-1)
    whole = np.repeat(number[:, None], data.token.shape[1], axis=1)
    seen = whole if data.setting == "sequence" else whole * (int(data.token.max()) + 1) + data.token
    return len(np.unique(seen)) < len(np.unique(data.context))


def averaging(data: Data, embedding: Embedding, size: int, rng: np.random.Generator, gap: int = 1) -> Mapping:
    """One uniform attention layer (causal in the setting `causal`): as many hash bits as tell the contexts apart.

    The head's value weight is n, or lcm(1, .., n) where the mean runs over prefixes: means stay integers.
    """
    length = data.grid.shape[1]
    causal = data.setting == "causal"
    rows, own = _one_place_each(data), data.setting != "sequence"
    weight = math.lcm(*range(1, length + 1)) if causal else length
    bits = max(4, int(data.context.max()).bit_length() // 2)
    while True:
        multiplier = odd(rng, bits + 8)
        top = 1 << ((multiplier * size).bit_length() - 1)
        names = [f"b{k}" for k in range(bits)] + [ID]
        bits_of = _features(data, embedding, hash_layers(multiplier, top, bits, _named("b")), names,
                            None, np.arange(data.label.size)).reshape(*data.label.shape, bits + 1)
        seen = np.cumsum(bits_of[:, :, :-1], axis=1) if causal else np.broadcast_to(
            bits_of[:, :, :-1].sum(axis=1, keepdims=True), bits_of[:, :, :-1].shape)
        if causal:
            seen = seen.astype(object) * weight // np.arange(1, length + 1)[None, :, None]
            seen = seen.astype(np.int64) if weight * length < 2 ** 62 else seen
        features = np.concatenate([seen, bits_of[:, :, -1:]] if own else [seen], axis=2).reshape(data.label.size, -1)[rows]
        if len(np.unique(features.astype(str) if features.dtype == object else features, axis=0)) == len(features):
            break
        bits += 2
    drawn = _separate(features, rng, gap, own)
    beta, a = (drawn.pop() if own else 0), drawn
    layers = hash_layers(multiplier, top, bits, lambda k: {"phi": a[k]} if a[k] else {})
    layers += [Attention((Head({}, {}, {"phi": weight}, {SUM: 1}),)), joint_projection(beta)]
    return Mapping(tuple(layers), tuple(a), (), beta)


# ---------------------------------------------------------------- masks

def diameter(allowed: np.ndarray) -> int:
    """The number of flooding steps after which every token has seen every other; refuses masks that never get there."""
    n = len(allowed)
    if allowed.ndim != 2 or allowed.shape != (n, n):
        raise MemorizationError(f"the mask has shape {allowed.shape}; give allowed[key][query] of shape (n, n)")
    alone = np.flatnonzero(~np.diag(allowed))
    if alone.size:
        k = int(alone[0])
        raise MemorizationError(f"position {k} may not attend to itself; flooding needs self loops: set mask[{k}][{k}]", (k, k))
    reach, steps = allowed.copy(), 1
    while not reach.all():
        further = (allowed.astype(np.int64) @ reach.astype(np.int64)) > 0
        if (further == reach).all():
            k, q = (int(i) for i in np.argwhere(~reach)[0])
            raise MemorizationError(f"no path of attention leads from position {k} to position {q}: two sequences that differ at "
                                    f"{k} alone look the same at {q}; the mask must be strongly connected", (k, q))
        reach, steps = further, steps + 1
    return steps
