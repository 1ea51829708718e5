"""What the number of parameters is held against (specification, Theorem R; kim2023, abstract)."""
from __future__ import annotations

from math import isqrt

EXTRACTION = 18         # parameters of one layer of contextual mapping, with multiplicities
CONSTANT = 24


def theorem_r(d: int, n: int, m: int, rho: int, c: int, group: int | None = None, modulus_bits: int = 0,
              slack: bool = False) -> int:
    """d + 18 n + 24 + 8 ceil(M/B) + B (9 (rho + c) + 15) + 6 modulus_bits, at B = `group` or at the best B.

    rho: bits of the largest context id. Holds for every B >= 1, so the best one gives the bound a build is held against. slack:
    slots that leave a margin on both sides of an id cost 17, and their ids are doubled: one bit more, two parameters for
    doubling.
    """
    def at(b: int) -> int:
        slot = 9 * (rho + 1 + c) + 17 if slack else 9 * (rho + c) + 15
        return d + EXTRACTION * n + CONSTANT + 2 * slack + 8 * -(-m // b) + b * slot + 6 * modulus_bits
    if group is not None:
        return at(group)
    best = max(1, isqrt(8 * m // (9 * (rho + c) + 15)))
    return min(at(b) for b in (best, best + 1))


def information(m: int, classes: int) -> float:
    """M log2 C: no construction that can store any labelling has fewer bits in all."""
    from math import log2
    return m * log2(classes)
