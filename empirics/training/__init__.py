"""Training runs (niu2024, Sections 6.2 and 6.3): one loop for GPT-2 and for vanilla Transformers, and the experiments made of it.

  model        one decoder-only Transformer: GPT-2's blocks or the original ones, by its Shape
  data         token streams and padded lines, sampled as a function of (seed, step) alone
  schedule     the learning rate of each step
  loop         Plan, train, evaluate
  checkpoints  safetensors and JSON, replaced in one step
  ddp          several processes under torchrun
  progress     tokens per second, time left, share of the matrix rate
  experiments  what is claimed, predicted, measured; table, drawing: how it is shown

Nothing here imports torch, or flint, before something has to be trained or an entropy computed.
"""
from __future__ import annotations

from theory.claim import WellposedError


class TrainingError(WellposedError):
    """A run that cannot start, go on or be resumed; what was saved stays saved. One clear line."""


def the_torch():
    """The module torch, or one line that says how to get it."""
    try:
        import torch
    except ImportError as error:
        raise TrainingError("training needs torch: install the extra `empirics`") from error
    return torch
