"""The memorising Transformer (kim2023), built, run exactly and counted.

    layers       a network as data: neurons, heads, every weight an integer
    data         exact tokens, contexts, refusals        tokens       projection R^d -> Z
    contextual   contextual mapping and joint projection  strings, retrieval   the memoriser of (id, label) pairs
    build        the pipeline                             memorizer    the public face: Memorizer.fit
    exact        the evaluator                            referee      an independent one        balls   softmax, rigorous
    counting, bounds   parameters against Theorem R       storage, modules     safetensors, torch
    selective_shift    the baseline of Yun et al. (2020a)
"""
from __future__ import annotations

from numerics.memorizer.layers import MemorizationError
from numerics.memorizer.memorizer import Memorizer

__all__ = ["MemorizationError", "Memorizer"]
