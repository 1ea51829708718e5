"""The paper's pipeline for M pairs (z, y): string matching, then bit extraction by triangle waves (specification, Section 3.4).

Groups of B consecutive ids; w_j holds the group's ids of rho bits each, u_j its labels of c bits each. A group costs 8
parameters, a bit 9, a slot 15. `slack` reads ids through a tolerance instead: all ids are doubled, ramps and comparisons leave 1
on either side, so that any error below 1/4 in z is wiped out (for softmax in place of hardmax); it asks for ids at least 2 apart.
"""
from __future__ import annotations

from math import isqrt
from typing import Sequence

from numerics.memorizer.layers import ID, ONE, Attention, FeedForward, Neuron, clear, layer, remainder

LABEL = "y"
W, U = ("w0", "w1"), ("u0", "u1")


def best_group(m: int, rho: int, c: int) -> int:
    """B* = sqrt(8 M / (9 (rho + c) + 15))"""
    return max(1, isqrt(8 * m // (9 * (rho + c) + 15)))


def compress(modulus: int, largest: int) -> list[FeedForward]:
    """z -> z mod p by restoring division, at most 6 parameters a bit."""
    if modulus > largest:
        return []
    top = (largest // modulus).bit_length() - 1
    return [remainder(ID, modulus << k) for k in range(top, -1, -1)]


def memorise(z: Sequence[int], y: Sequence[int], c: int, group: int, slack: bool = False) -> list[FeedForward | Attention]:
    """z ascending and distinct. Layers that turn z into its label in the coordinate `y`."""
    ids = [2 * v for v in z] if slack else list(z)
    margin = 1 if slack else 0
    rho = max(ids).bit_length()
    starts = range(0, len(ids), group)
    words = [_concatenated(ids[i:i + group], ids[min(i + group, len(ids)) - 1], rho, group) for i in starts]
    strings = [_concatenated(y[i:i + group], 0, c, group) for i in starts]
    layers: list[FeedForward | Attention] = [layer(Neuron({ID: 1}, 0, {ID: 1}))] if slack else []
    layers.append(layer(Neuron({ONE: 1}, 0, {W[0]: 4 * words[0] + 2, U[0]: 4 * strings[0] + 2})))
    for j in range(1, len(words)):
        s = ids[j * group] - margin
        step = {W[0]: 4 * (words[j] - words[j - 1]), U[0]: 4 * (strings[j] - strings[j - 1])}
        layers.append(layer(Neuron({ID: 1}, 1 - s, step), Neuron({ID: 1}, -s, {n: -v for n, v in step.items()})))
    layers.append(layer(Neuron({W[0]: 1}, -1, {W[1]: 1}), Neuron({U[0]: 1}, -1, {U[1]: 1})))
    for k in range(group):
        layers += _slot(k * rho, k * c, rho, c, group, margin)
    return layers


def _concatenated(parts: Sequence[int], filler: int, bits: int, group: int) -> int:
    out = 0
    for v in list(parts) + [filler] * (group - len(parts)):
        out = out << bits | int(v)
    return out


def _slot(past_w: int, past_u: int, rho: int, c: int, group: int, margin: int) -> list[FeedForward]:
    """The next id and label are read off the words, and the label is added to y where the id is z."""
    out = []
    for r in range(1, max(rho, c) + 2):
        neurons = []
        for pair, past, bits, target in ((W, past_w, rho, "slot_id"), (U, past_u, c, "slot_label")):
            if r <= bits:       # the i-th fold of K: t -> t - 2 relu(t - 2^(K + 2 - i)) on both registers
                top = 1 << (group * bits + 2 - (past + r))
                neurons += [Neuron({name: 1}, -top, {name: -2}) for name in pair]
            if 1 < r <= bits + 1:       # after i folds the registers differ by +1 if the i-th bit is 1, else by -1
                neurons.append(Neuron({pair[1]: 1, pair[0]: -1}, 0, {target: 1 << (bits - (r - 1))}))
        out.append(layer(*neurons))
    a, b, q = "slot_id", "slot_label", "far"
    out.append(layer(Neuron({ID: 1, a: -1}, -margin, {q: 1}), Neuron({a: 1, ID: -1}, -margin, {q: 1})))
    out.append(layer(Neuron({b: 1, q: -(1 << c)}, 0, {LABEL: 1})))
    out.append(layer(clear(a), clear(b), clear(q)))
    return out


def steps(z: Sequence[int], y: Sequence[int]) -> list[FeedForward]:
    """The plain alternative: a unit ramp wherever the label changes between neighbours, 6 parameters each (6 M at most)."""
    out = [layer(Neuron({ONE: 1}, 0, {LABEL: int(y[0])}))] if y[0] else []
    for before, now, at in zip(y, y[1:], z[1:]):
        if now != before:
            d = int(now) - int(before)
            out.append(layer(Neuron({ID: 1}, 1 - at, {LABEL: d}), Neuron({ID: 1}, -at, {LABEL: -d})))
    return out
