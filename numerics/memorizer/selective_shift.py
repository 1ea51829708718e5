"""The baseline: contextual mapping by selective shifts (Yun et al. 2020a, Lemma 6, without positional encodings), exact.

Tokens lie on the grid {0, .., g - 1}^d (delta = 1/g) and the tokens of one sequence are distinct. id = sum_i g^i x_i < g^d. For
each value b = 0, 1, .., g^d - 1 one attention layer moves the token whose id is b, and no other: it adds g^d (max - min), the
difference of two heads of which one attends to the largest or the smallest id as the query's id is above or below b - 1/2, the
other likewise at b + 1/2. A last layer adds a multiple of the largest id to all. That makes g^d + 1 attention layers for any n.
"""
from __future__ import annotations

from numerics.memorizer.layers import ID, ONE, Attention, Embedding, Head, MemorizationError, Network


def layers(levels: int, d: int) -> list[Attention]:
    """The g^d + 1 attention layers."""
    grid = levels ** d
    out = []
    for b in range(grid):
        above, beyond = {ID: 2, ONE: 1 - 2 * b}, {ID: 2, ONE: -1 - 2 * b}
        out.append(Attention((Head(above, {ID: 1}, {ID: 1}, {ID: grid}), Head(beyond, {ID: 1}, {ID: 1}, {ID: -grid}))))
    return out


def network(levels: int, d: int, length: int) -> Network:
    """Ids of tokens in context at the coordinate `z`: distinct for distinct (set of tokens, token)."""
    if levels < 2 or length > levels ** d:
        raise MemorizationError(f"{length} distinct tokens need a grid of at least as many points; {levels}^{d} are too few")
    grid = levels ** d
    shift = layers(levels, d)
    top = grid ** (length + 1)      # above every id after the shifts
    shift.append(Attention((Head({ONE: 1}, {ID: 1}, {ID: 1}, {ID: top}),)))
    return Network(Embedding(tuple(levels ** i for i in range(d)), 0), tuple(shift), ID)
