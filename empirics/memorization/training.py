"""Full-batch Adam on many models at once, each with its own learning rate, until all labels are right or the steps used up."""
from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi
from typing import Sequence

import numpy as np
import torch
from torch import Tensor

from empirics.memorization.data import Data
from empirics.memorization.encoder import initial, logits, loss, mistakes, one_hot
from empirics.memorization.shape import Shape

FIRST, SECOND, TINY = 0.9, 0.95, 1e-8       # Adam's decays and its guard against division by zero
WARM = 0.05             # share of the steps in which the learning rate rises; from there it falls to 0 along a cosine
LOOK = 20               # steps between two counts of mistakes


@dataclass(frozen=True)
class Fitted:
    """Of one model: the fewest wrong labels seen, out of how many, and the step at which they were seen."""

    wrong: int
    labels: int
    step: int


def fit(data: Sequence[Data], shape: Shape, seeds: Sequence[int], rates: Sequence[float], steps: int,
        device: str = "cpu") -> list[Fitted]:
    """Train model g on data[g] from seeds[g] with the learning rate rates[g]. Data sets may differ in size.

    A model is done, and leaves the batch, when all its labels are right.
    """
    if not len(data) == len(seeds) == len(rates) >= 1:
        raise ValueError("every model needs its data, its seed and its learning rate")
    hot, labels, mask = _stack(data, shape, device)
    weights = initial(shape, seeds, device)
    rate = torch.tensor(rates, device=device).view(-1, 1, 1)
    names = list(weights)
    moments = {k: (torch.zeros_like(w), torch.zeros_like(w)) for k, w in weights.items()}
    best = [Fitted(int(d.labels.size), int(d.labels.size), 0) for d in data]
    running = list(range(len(data)))
    for step in range(1, steps + 1):
        for w in weights.values():
            w.requires_grad_()
        found = logits(weights, hot, shape)
        gradients = torch.autograd.grad(loss(found, labels, mask).sum(), [weights[k] for k in names])
        if step % LOOK == 1 or step == steps:
            wrong = mistakes(found.detach(), labels, mask).tolist()
            for g, count in zip(running, wrong):
                if count < best[g].wrong:
                    best[g] = Fitted(count, best[g].labels, step)
            keep = [i for i, count in enumerate(wrong) if count]
            if not keep:
                break
        else:
            keep = running
        scale = _schedule(step, steps)
        with torch.no_grad():
            for k, gradient in zip(names, gradients):
                weights[k] = _adam(weights[k], gradient, *moments[k], rate * scale, step)
            if len(keep) < len(running):
                at = torch.tensor(keep, device=device)
                running = [running[i] for i in keep]
                hot, labels, mask, rate = hot[at], labels[at], mask[at], rate[at]
                weights = {k: w[at] for k, w in weights.items()}
                moments = {k: (a[at], b[at]) for k, (a, b) in moments.items()}
    return best


def _adam(w: Tensor, gradient: Tensor, first: Tensor, second: Tensor, rate: Tensor, step: int) -> Tensor:
    """The moments are updated in place; the new weights are returned."""
    first.lerp_(gradient, 1 - FIRST)
    second.lerp_(gradient * gradient, 1 - SECOND)
    spread = (second / (1 - SECOND ** step)).sqrt_().add_(TINY)
    return w.detach() - rate * first / (1 - FIRST ** step) / spread


def _schedule(step: int, steps: int) -> float:
    """The learning rate's factor at this step, 1 at its height."""
    done = step / steps
    return done / WARM if done < WARM else (1 + cos(pi * (done - WARM) / (1 - WARM))) / 2


def _stack(data: Sequence[Data], shape: Shape, device: str) -> tuple[Tensor, Tensor, Tensor]:
    """One-hot tokens (G, V, n N), labels (G, T) and the mask (G, T) of those that count, padded to the largest data set."""
    count = max(len(d.tokens) for d in data)
    tokens = np.zeros((len(data), count, shape.length), dtype=np.int64)
    labels = np.zeros((len(data), count) + data[0].labels.shape[1:], dtype=np.int64)
    mask = np.zeros(labels.shape, dtype=bool)
    for g, d in enumerate(data):
        if d.tokens.shape[1:] != (shape.length,) or (d.labels.ndim == 1) != shape.sequence or len(d.labels) != len(d.tokens):
            raise ValueError(f"tokens {d.tokens.shape} with labels {d.labels.shape} do not fit the model: give "
                             f"(N, {shape.length}) tokens and {'one label a sequence' if shape.sequence else 'a label a token'}")
        if d.tokens.min() < 0 or d.tokens.max() >= shape.vocabulary or d.labels.min() < 0 or d.labels.max() >= shape.classes:
            raise ValueError(f"tokens must lie below {shape.vocabulary} and labels below {shape.classes}")
        tokens[g, :len(d.tokens)], labels[g, :len(d.tokens)], mask[g, :len(d.tokens)] = d.tokens, d.labels, True
    def flat(a):
        return torch.from_numpy(a if a.ndim == 2 else np.ascontiguousarray(a.transpose(0, 2, 1)).reshape(len(a), -1)).to(device)
    return one_hot(torch.from_numpy(tokens).to(device), shape.vocabulary), flat(labels), flat(mask)
