"""From data to a network: projection, contextual mapping, memoriser; each step a choice of the cheapest that fits.

  attention   extraction (the paper's: one layer per distinct token), averaging (one uniform layer), or auto: the fewer parameters
  method      strings (the paper's), retrieval, steps, or auto: the fewest parameters
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Iterator

import numpy as np

from numerics.memorizer import contextual, counting, exact, retrieval, strings
from numerics.memorizer.data import Data
from numerics.memorizer.layers import ID, Attention, Embedding, FeedForward, MemorizationError, Network
from numerics.memorizer.tokens import different, project

ATTENTION = ("auto", "extraction", "averaging")
METHODS = ("auto", "retrieval", "strings", "steps")
SLACK_GAP = 2           # how far apart ids must be for softmax


@dataclass(frozen=True)
class Build:
    """The network; rho: bits of the largest context id; contexts: how many are asked about; what was chosen on the way."""

    network: Network
    rho: int
    contexts: int
    classes_bits: int
    method: str
    group: int | None = None
    modulus_bits: int = 0
    u_sum: int = 0
    slack: bool = False


def causal_mask(length: int) -> tuple[tuple[bool, ...], ...]:
    return tuple(tuple(k <= q for q in range(length)) for k in range(length))


def build(data: Data, mask, attention: str, method: str, max_bits: int | None, slack: bool, rng: np.random.Generator) -> Build:
    if attention not in ATTENTION or method not in METHODS:
        raise MemorizationError(f"attention is one of {', '.join(ATTENTION)} and method one of {', '.join(METHODS)}")
    if slack and method != "strings":
        raise MemorizationError("only method='strings' tolerates the errors of softmax; fit with method='strings', slack=True")
    gap = SLACK_GAP if slack else 1
    embedding, size = project(data, rng, gap)
    fronts = [f() for f in _fronts(data, embedding, size, mask, attention, gap, rng)]
    used = causal_mask(data.grid.shape[1]) if data.setting == "causal" else mask
    front = min(fronts, key=lambda m: counting.parameters(Network(embedding, m.layers, ID)).nonzero)
    before = Network(embedding, front.layers, ID, used)
    places, labels = data.places
    ids = exact.run(before, data.grid).reshape(-1)[places]
    order = np.argsort(ids)
    ids, labels = ids[order], labels[order]
    if not different(ids, gap):
        raise MemorizationError("two contexts share an id: the contextual mapping does not do what its features promise")
    c = max(1, (len(data.classes) - 1).bit_length())
    found = []
    for name, option in _memorisers(ids, labels, c, method, max_bits, slack, rng):
        for tail, extra in option:
            network = Network(embedding, front.layers + tuple(tail), "y", used)
            if max_bits is None or _fits(network, data.grid, max_bits):
                found.append(Build(network, int(ids.max()).bit_length(), len(ids), c, name, u_sum=sum(front.u), slack=slack,
                                   **extra))
                break
    if not found:
        raise MemorizationError(f"no network with {max_bits} bits holds these data: ids of {int(ids.max()).bit_length()} bits "
                                f"and their words do not fit; allow more bits, or fit fewer or coarser tokens")
    return min(found, key=lambda b: counting.parameters(b.network).nonzero)


def _fits(network: Network, grid: np.ndarray, bits: int) -> bool:
    return counting.parameters(network).max_bits - 1 <= bits and exact.reach(network, grid) <= 1 << bits


def _fronts(data, embedding: Embedding, size: int, mask, attention: str, gap: int, rng) -> Iterator[Callable]:
    if data.setting == "sparse":
        yield lambda: contextual.flooding(data, embedding, size, rng, mask, gap)
        return
    if data.setting == "causal" and attention == "extraction":
        raise MemorizationError("causal language modelling is built with attention='averaging': a prefix has no layer per token")
    if attention != "averaging" and data.setting != "causal":
        yield lambda: contextual.extraction(data, embedding, size, rng, gap)
    if attention != "extraction":
        yield lambda: contextual.averaging(data, embedding, size, rng, gap)


Tail = list[FeedForward | Attention]


def _memorisers(ids: np.ndarray, labels: np.ndarray, c: int, method: str, max_bits: int | None, slack: bool,
                rng) -> Iterator[tuple[str, Iterator[tuple[Tail, dict]]]]:
    """Each way as a list of tails, the best first; the first that fits is taken."""
    if method in ("auto", "retrieval"):
        yield "retrieval", _retrieval(ids, labels, c, max_bits, rng)
    if method == "strings":     # never the cheapest: only when asked for
        yield "strings", _strings(ids, labels, c, max_bits, slack)
    if method == "steps" or (method == "auto" and (len(ids) <= 256 or max_bits is not None)):
        yield "steps", iter([(strings.steps(ids.tolist(), labels.tolist()), {})])


def _retrieval(ids, labels, c: int, max_bits: int | None, rng) -> Iterator[tuple[Tail, dict]]:
    largest = int(ids.max())
    slots = retrieval.best_slots(len(ids), c)
    if max_bits is not None:
        slots = max(1, min(slots, (max_bits - 5 - largest.bit_length()) // c))
    while slots >= 1:
        p = retrieval.plan(len(ids), largest, c, slots, rng)
        yield retrieval.memorise(p, retrieval.groups(p, ids, labels), largest), {}
        slots = slots - 1 if slots <= 8 else slots * 9 // 10


def _strings(ids, labels, c: int, max_bits: int | None, slack: bool) -> Iterator[tuple[Tail, dict]]:
    plain = ids.astype(object).tolist()
    reduced, extra, first = plain, {}, []
    if not slack and (p := _modulus(ids, c)) is not None:
        first = strings.compress(p, max(plain))
        pairs = sorted(zip((v % p for v in plain), labels.tolist()))
        reduced, labels = [v for v, _ in pairs], np.array([y for _, y in pairs])
        extra = {"modulus_bits": len(first)}
    rho = max(reduced).bit_length() + slack
    group = strings.best_group(len(reduced), rho, c)
    if max_bits is not None:
        group = max(1, min(group, (max_bits - 5) // max(rho, c)))
    while group >= 1:
        yield first + strings.memorise(reduced, labels.tolist(), c, group, slack), {"group": group, **extra}
        group -= 1


def _modulus(ids: np.ndarray, c: int) -> int | None:
    """The smallest tried modulus under which all ids stay different, where its layers cost less than the bits they save."""
    m, largest = len(ids), int(ids.max())
    p = max(m, m * m // 40)
    while p < largest // 4:
        for q in range(p, p + 40):
            if different(ids % q):
                saved = largest.bit_length() - q.bit_length()
                cost = 6 * ((largest // q).bit_length() + 2)
                slots = strings.best_group(m, q.bit_length(), c)
                return q if 9 * slots * saved > cost else None
        p *= 2
    return None
