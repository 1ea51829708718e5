"""Softmax in place of hardmax, in rigorous balls (Arb): scores are multiplied by lambda, everything else is unchanged.

For layers of maxima over ids at least 2 apart and `slack` in the memoriser the label survives any lambda above
ln(2 (n - 1) sum u)/2 plus what the tolerance asks (specification, 3.5); uniform heads are exact for every lambda.
"""
from __future__ import annotations

from fractions import Fraction
from typing import Sequence

from flint import arb, ctx

from numerics.memorizer.layers import Attention, FeedForward, Network


def evaluate(network: Network, sequence: Sequence[Sequence[Fraction]], temperature: Fraction, bits: int = 512) -> list[arb]:
    """One sequence of n tokens (not yet scaled); the readout at each token as balls."""
    before = ctx.prec
    ctx.prec = bits
    try:
        return _run(network, sequence, _ball(Fraction(temperature)))
    finally:
        ctx.prec = before


def _ball(q: Fraction) -> arb:
    return arb(q.numerator) / arb(q.denominator)


def _relu(x: arb) -> arb:
    return x.max(arb(0))


def _run(network: Network, sequence, temperature: arb) -> list[arb]:
    e = network.embedding
    n = len(sequence)
    z = [_ball(sum((e.scale * p * (Fraction(v) + e.step * (k + 1)) for p, v in zip(e.projection, token)), Fraction(e.shift)))
         for k, token in enumerate(sequence)]
    x = {name: [arb(0)] * n for name in network.coordinates} | {"one": [arb(1)] * n, "z": z}
    for layer in network.layers:
        change: dict[str, list[arb]] = {}
        parts = (_neurons(layer, x, n) if isinstance(layer, FeedForward) else _heads(layer, x, n, network.mask, temperature))
        for outputs, values in parts:
            for name, w in outputs.items():
                old = change.get(name, [arb(0)] * n)
                change[name] = [a + w * v for a, v in zip(old, values)]
        for name, delta in change.items():
            x[name] = [a + b for a, b in zip(x[name], delta)]
    return x[network.readout]


def _dot(vector, x, n: int) -> list[arb]:
    out = [arb(0)] * n
    for name, w in vector.items():
        out = [a + w * v for a, v in zip(out, x[name])]
    return out


def _neurons(layer: FeedForward, x, n: int):
    return [(u.outputs, [_relu(v + u.bias) for v in _dot(u.inputs, x, n)]) for u in layer.neurons]


def _heads(layer: Attention, x, n: int, mask, temperature: arb):
    out = []
    for h in layer.heads:
        key, query, value = (_dot(v, x, n) for v in (h.key, h.query, h.value))
        seen = []
        for q in range(n):
            keys = [k for k in range(n) if mask is None or mask[k][q]]
            scores = [temperature * key[k] * query[q] for k in keys]
            top = max(scores, key=lambda s: float(s.mid()))     # any shift gives the same quotient
            weights = [(s - top).exp() for s in scores]
            seen.append(sum((w * value[k] for w, k in zip(weights, keys)), arb(0)) / sum(weights, arb(0)))
        out.append((h.output, seen))
    return out
