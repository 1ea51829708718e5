"""Retrieval: from a state to a fixed point, many states at once.

Binary models flip a bit when that lowers their energy (a tie leaves it alone), one bit at a time or all at once; the continuous
ones replace the state by the patterns' mean under softmax weights, which is one step of the concave-convex procedure on their
energy.
"""
from __future__ import annotations

from typing import Any, Callable

from numerics.hopfield.energies import Demircigil, Hopfield, Krotov, array_module, overlaps, whole_power

Array = Any


def synchronous(model: Any, x: Array) -> Array:
    """One parallel step: every bit whose flip alone would lower the energy is flipped."""
    xp = array_module(x)
    return xp.where(model.flips(x) < 0, -x, x)


def asynchronous(model: Any, x: Array, order: Any) -> Array:
    """One sweep over the bits in this order, each seeing the ones before it; the energy never rises. x has shape (states, n)."""
    x = x.copy() if array_module(x).__name__ == "numpy" else x.clone()
    sweep = _sweep_weights if isinstance(model, Hopfield) else _sweep_overlaps
    sweep(model, x, order)
    return x


def _sweep_weights(model: Hopfield, x: Array, order: Any) -> None:
    w = model.weights
    bias = model.bias + 0 * x[0]
    for k in order:
        change = 2 * x[:, k] * (x @ w[k] + bias[k]) - 2 * w[k, k]
        x[:, k][change < 0] *= -1


def _sweep_overlaps(model: Krotov | Demircigil, x: Array, order: Any) -> None:
    """Keeps the overlaps up to date, so that one bit costs one pass over the patterns."""
    xp, patterns = array_module(x), model.patterns
    m = overlaps(patterns, x)
    for k in order:
        step = 2 * x[:, k, None] * patterns[:, k]
        if isinstance(model, Krotov):
            change = (whole_power(m, model.order) - whole_power(m - step, model.order)).sum(-1)
        else:
            top = xp.amax(m, -1)[:, None]
            change = (xp.exp(m - top) - xp.exp(m - step - top)).sum(-1)
        flipped = change < 0
        x[:, k][flipped] *= -1
        m[flipped] -= step[flipped]


def softmax_update(model: Any, x: Array) -> Array:
    """The mean of the patterns under softmax(beta M x) (MCHN) or under softmax(-||x - rho_i||^2) (Proposed)"""
    return model.attention(x) @ model.patterns


def until_fixed(step: Callable[[Array], Array], x: Array, most: int, tolerance: float = 0.0) -> tuple[Array, int]:
    """Repeat until nothing moves by more than the tolerance; the state, and the steps taken (`most`: it may still move)."""
    for taken in range(most):
        new = step(x)
        moved = float(abs(new - x).max())
        x = new
        if moved <= tolerance:
            return x, taken
    return x, most
