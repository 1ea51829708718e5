"""What the number of parameters is held against (specification, Theorem R; kim2023, abstract)."""
from __future__ import annotations

from math import isqrt

EXTRACTION = 18         # parameters of one layer of contextual mapping, with multiplicities
CONSTANT = 24


def theorem_r(d: int, n: int, m: int, rho: int, c: int, group: int | None = None, modulus_bits: int = 0) -> int:
    """d + 18 n + 24 + 8 ceil(M/B) + B (9 (rho + c) + 15) + 6 modulus_bits, at B = `group` or at the best B.

    rho: bits of the largest context id. Holds for every B >= 1, so the best one gives the bound a build is held against.
    """
    def at(b: int) -> int:
        return d + EXTRACTION * n + CONSTANT + 8 * -(-m // b) + b * (9 * (rho + c) + 15) + 6 * modulus_bits
    if group is not None:
        return at(group)
    best = max(1, isqrt(8 * m // (9 * (rho + c) + 15)))
    return min(at(b) for b in (best, best + 1))


def retrieval(d: int, n: int, m: int, rho: int, c: int, slots: int, groups: int) -> int:
    """The same count for `numerics.memorizer.retrieval`: every summand is a layer's.

    3 a group, 7c + 8 a slot, 7c for the constant, 3 a fold of the high bits and of the hash, 6 a bit of the last division.
    """
    high = (rho + 2) + (2 * groups + 2).bit_length()
    last = 2 * slots.bit_length() + c + 1
    return d + EXTRACTION * n + CONSTANT + 3 * groups + slots * (7 * c + 8) + 7 * c + 3 * high + 3 * m.bit_length() + 6 * last


def information(m: int, classes: int) -> float:
    """M log2 C: no construction that can store any labelling has fewer bits in all."""
    from math import log2
    return m * log2(classes)
