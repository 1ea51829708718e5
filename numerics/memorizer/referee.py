"""A second evaluator that shares no code with `exact`: dense matrices, Fractions, one sequence at a time, plain loops.

It referees samples of every build, and stands for what the definitions of the specification (Section 1) say literally.
"""
from __future__ import annotations

from fractions import Fraction
from typing import Sequence

from numerics.memorizer.layers import Attention, Network

Matrix = list[list[Fraction]]


def _row(network: Network, vector) -> list[Fraction]:
    return [Fraction(vector.get(name, 0)) for name in network.coordinates]


def _times(matrix: Matrix, x: Matrix) -> Matrix:
    columns = list(zip(*x))
    return [[sum((a * b for a, b in zip(row, column) if a and b), Fraction(0)) for column in columns] for row in matrix]


def _hardmax_columns(scores: Matrix, allowed) -> Matrix:
    """Column q: uniform over the keys k allowed for q whose score is the largest."""
    n = len(scores)
    out = [[Fraction(0)] * n for _ in range(n)]
    for q in range(n):
        keys = [k for k in range(n) if allowed is None or allowed[k][q]]
        best = max(scores[k][q] for k in keys)
        ties = [k for k in keys if scores[k][q] == best]
        for k in ties:
            out[k][q] = Fraction(1, len(ties))
    return out


def _attend(network: Network, layer: Attention, x: Matrix) -> Matrix:
    out = [row[:] for row in x]
    for head in layer.heads:
        key, query = _times([_row(network, head.key)], x)[0], _times([_row(network, head.query)], x)[0]
        sigma = _hardmax_columns([[k * q for q in query] for k in key], network.mask)
        seen = _times(_times([_row(network, head.value)], x), sigma)[0]
        for i, w in enumerate(_row(network, head.output)):
            out[i] = [a + w * s for a, s in zip(out[i], seen)]
    return out


def _feed(network: Network, layer, x: Matrix) -> Matrix:
    w1 = [_row(network, u.inputs) for u in layer.neurons]
    w2 = [list(column) for column in zip(*(_row(network, u.outputs) for u in layer.neurons))]
    pre = _times(w1, x)
    hidden = [[max(v + u.bias, Fraction(0)) for v in row] for row, u in zip(pre, layer.neurons)]
    return [[a + b for a, b in zip(row, change)] for row, change in zip(x, _times(w2, hidden))]


def evaluate(network: Network, sequence: Sequence[Sequence[Fraction]]) -> list[Fraction]:
    """sequence: n tokens of d rationals, as given by the user (not yet scaled). The readout at each token."""
    e = network.embedding
    weights = [Fraction(e.scale * p) for p in e.projection]
    z = [sum((w * (Fraction(v) + e.step * (k + 1)) for w, v in zip(weights, token)), Fraction(e.shift))
         for k, token in enumerate(sequence)]
    first = {"one": [Fraction(1)] * len(z), "z": z}
    x = [first.get(name, [Fraction(0)] * len(z)) for name in network.coordinates]
    for layer in network.layers:
        x = _attend(network, layer, x) if isinstance(layer, Attention) else _feed(network, layer, x)
    return x[network.coordinates.index(network.readout)]
