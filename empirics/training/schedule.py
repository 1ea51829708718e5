"""The learning rate of each step: a linear rise, then a constant, a cosine or a straight line down."""
from __future__ import annotations

import math

from empirics.training import TrainingError

KINDS = ("constant", "cosine", "linear")


def rate_at(step: int, *, kind: str, peak: float, least: float, warmup: int, steps: int) -> float:
    """step counts from 0. During `warmup` steps it rises from peak/(warmup + 1); the last of `steps` ends at `least`.

    cosine is nanoGPT's (Section 6.2), linear is that of Murty et al. (Section 6.3, over 2M steps).
    """
    if kind not in KINDS:
        raise TrainingError(f"there is no schedule {kind!r}: {', '.join(KINDS)}")
    if step < warmup:
        return peak * (step + 1) / (warmup + 1)
    if kind == "constant":
        return peak
    share = min(1.0, (step - warmup) / max(1, steps - 1 - warmup))
    down = (1 + math.cos(math.pi * share)) / 2 if kind == "cosine" else 1 - share
    return least + (peak - least) * down
