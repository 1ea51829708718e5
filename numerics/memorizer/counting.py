"""How many parameters, and how many bits (specification of kim2023, Section 1: report them all).

  nonzero   nonzero entries of all matrices and biases, embedding, positional step and readout included
  dense     all entries of the blocks that are there, at the network's width
  distinct  different nonzero values
  max_bits, total_bits   bit lengths of the nonzero parameters, a sign bit each
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator

from numerics.memorizer.layers import FeedForward, Network

WIDTH = 16


@dataclass(frozen=True)
class Parameters:
    nonzero: int
    dense: int
    distinct: int
    max_bits: int
    total_bits: int


def weights(network: Network) -> Iterator[int]:
    """Every parameter, zeros of the biases and of the projection included."""
    yield from network.embedding.weights()
    for item in network.layers:
        if isinstance(item, FeedForward):
            for n in item.neurons:
                yield from n.inputs.values()
                yield n.bias
                yield from n.outputs.values()
        else:
            for h in item.heads:
                for v in (h.query, h.key, h.value, h.output):
                    yield from v.values()
    yield 1         # the readout


def parameters(network: Network) -> Parameters:
    used = [w for w in weights(network) if w]
    bits = [w.bit_length() + 1 for w in map(abs, used)]
    width = max(WIDTH, len(network.coordinates))
    dense = 2 * len(network.embedding.projection) + width
    for item in network.layers:
        if isinstance(item, FeedForward):
            dense += (2 * width + 1) * len(item.neurons) + width
        else:
            dense += 4 * width * len(item.heads)
    return Parameters(len(used), dense, len(set(used)), max(bits), sum(bits))
