"""A model, a plan and data so small that a run takes a tenth of a second."""
from __future__ import annotations

import numpy as np
import torch

from empirics.training.data import Lines, Stream
from empirics.training.loop import Plan
from empirics.training.model import Shape

SHAPE = Shape(9, 6, 1, 8, 2)
PLAN = Plan(steps=12, batch=8, rate=1e-2, warmup=2, evaluate_every=5, evaluate=32, seed=3)


def stream(seed=0, n=400) -> Stream:
    return Stream("stream", np.random.default_rng(seed).integers(0, 9, n), 9, 6)


def ragged(m=40) -> Lines:
    rng = np.random.default_rng(1)
    return Lines("ragged", rng.integers(1, 9, (m, 7)), rng.integers(2, 8, m), 9)


def weights(run):
    return {n: p.detach().clone() for n, p in run.model.named_parameters()}


def same(a, b):
    return a.keys() == b.keys() and all(torch.equal(a[k], b[k]) for k in a)
