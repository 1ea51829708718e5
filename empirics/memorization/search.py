"""Bisection in the number of contexts: which sizes to try next, given what was found, as a function without a state.

Sizes lie on a grid of ratio RATIO around a first guess. From there the search walks in steps that double until one size succeeded
and a larger one failed, then halves the gap down to neighbours. It takes success to be monotone in the size, which training only
nearly is: the interval between the two neighbours is what a search found, not a proof that nothing larger is memorised.
"""
from __future__ import annotations

from typing import Mapping

RATIO = 1.2
LEAST = 2               # contexts


def size(guess: int, k: int) -> int:
    """The k-th size of the grid."""
    return max(LEAST, round(guess * RATIO ** k))


def following(found: Mapping[int, bool]) -> int | None:
    """The next k to try, given success (True) or failure at the k tried; None when k succeeded and k + 1 failed for some k."""
    passed, failed = [k for k, ok in found.items() if ok], [k for k, ok in found.items() if not ok]
    if not found:
        return 0
    if not failed:
        return max(passed) + _stride(found)
    below = [k for k in passed if k < min(failed)]          # a success above a failure was luck and does not count
    if not below:
        return min(failed) - _stride(found)
    gap = min(failed) - max(below)
    return None if gap == 1 else max(below) + gap // 2


def bracket(found: Mapping[int, bool]) -> tuple[int, int]:
    """(the largest k that succeeded below every failure, the least that failed)."""
    failed = min(k for k, ok in found.items() if not ok)
    return max(k for k, ok in found.items() if ok and k < failed), failed


def _stride(found: Mapping[int, bool]) -> int:
    """1, 2, 4, ... while the search still walks."""
    return 2 ** min(len(found) - 1, 5)
