"""Energies of associative memories with their gradients and Hessians, batched over the leading axes of the state.

`patterns` is a (d, n) array, a state is (..., n). The same code serves NumPy and torch: `array_module` picks the one that the
patterns belong to. A binary model also offers `flips(x)`: E(x with bit k negated) - E(x) for every k at once, for states and
patterns of +1 and -1, from two sums over the patterns instead of n: F(m - 2 s) with s = rho_ik x_k in {+1, -1} is half the sum of
F(m - 2) and F(m + 2) plus s times half their difference.
"""
from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

Array = Any


def array_module(x: Array) -> ModuleType:
    """numpy or torch, whichever made the array."""
    if type(x).__module__.split(".")[0] == "torch":
        import torch
        return torch
    import numpy
    return numpy


def whole_power(m: Array, r: int) -> Array:
    """m^r by multiplications: several times faster than a real power"""
    if r < 2:
        return m if r else 0 * m + 1
    half = whole_power(m, r // 2)
    return half * half * m if r % 2 else half * half


def overlaps(patterns: Array, x: Array) -> Array:
    """rho_i^T x, of shape (..., d)"""
    return x @ patterns.T


def _largest(m: Array) -> Array:
    """The maximum over the last axis, kept as an axis of length 1."""
    return array_module(m).amax(m, -1)[..., None]


def logsumexp(m: Array) -> Array:
    """log sum exp over the last axis"""
    xp, top = array_module(m), _largest(m)
    return xp.log(xp.exp(m - top).sum(-1)) + top[..., 0]


def softmax(m: Array) -> Array:
    """exp(m - logsumexp(m)) over the last axis"""
    weights = array_module(m).exp(m - _largest(m))
    return weights / weights.sum(-1)[..., None]


def _weighted(patterns: Array, weights: Array) -> Array:
    """sum over i of w_i rho_i rho_i^T, of shape (..., n, n)"""
    return array_module(patterns).einsum("...i,ij,ik->...jk", weights, patterns, patterns)


def _eye(patterns: Array) -> Array:
    xp, n = array_module(patterns), patterns.shape[1]
    return xp.eye(n, dtype=patterns.dtype) if xp.__name__ == "numpy" else xp.eye(n, dtype=patterns.dtype, device=patterns.device)


def _split_flips(patterns: Array, x: Array, here: Array, down: Array, up: Array) -> Array:
    """sum_i F(m_i) - F(m_i - 2 rho_ik x_k), from F at m, m - 2 and m + 2."""
    even = here.sum(-1) - (down + up).sum(-1) / 2
    return even[..., None] - x * (((down - up) / 2) @ patterns)


@dataclass(frozen=True)
class Hopfield:
    """Hopfield (1982) as Table 1 prints it: -x^T W x / 2 - b^T x, with W the sum of the patterns' outer products.

    The paper's W keeps its diagonal (d on every place for binary patterns); Hopfield's own has none. On {-1, +1}^n that adds a
    constant.
    """

    patterns: Array
    bias: Array | float = 0.0
    diagonal: bool = True

    @property
    def weights(self) -> Array:
        w = self.patterns.T @ self.patterns
        return w if self.diagonal else w * (1 - _eye(self.patterns))

    def energy(self, x: Array) -> Array:
        return -((x @ self.weights) * x).sum(-1) / 2 - (self.bias * x).sum(-1)

    def gradient(self, x: Array) -> Array:
        return -(x @ self.weights) - self.bias

    def hessian(self, x: Array) -> Array:
        return -self.weights + 0 * x[..., None]

    def flips(self, x: Array) -> Array:
        w = self.weights
        return 2 * x * (x @ w + self.bias) - 2 * (w * _eye(self.patterns)).sum(0)


@dataclass(frozen=True)
class Krotov:
    """Krotov and Hopfield (2016): -sum over the d patterns of F(rho_i^T x), with F(z) = z^order. (Table 1 prints the limit n.)"""

    patterns: Array
    order: int

    def energy(self, x: Array) -> Array:
        return -whole_power(overlaps(self.patterns, x), self.order).sum(-1)

    def gradient(self, x: Array) -> Array:
        return -self.order * whole_power(overlaps(self.patterns, x), self.order - 1) @ self.patterns

    def hessian(self, x: Array) -> Array:
        m, r = overlaps(self.patterns, x), self.order
        weights = whole_power(m, r - 2) if r >= 2 else 0 * m
        return -r * (r - 1) * _weighted(self.patterns, weights)

    def flips(self, x: Array) -> Array:
        m, r = overlaps(self.patterns, x), self.order
        return _split_flips(self.patterns, x, whole_power(m, r), whole_power(m - 2, r), whole_power(m + 2, r))


@dataclass(frozen=True)
class Demircigil:
    """Demircigil et al. (2017): -sum of exp(rho_i^T x), or, with `log`, as Table 1 prints it: -LogSumExp(Mx). The order of states
    is the same."""

    patterns: Array
    log: bool = False

    def energy(self, x: Array) -> Array:
        m = overlaps(self.patterns, x)
        return -logsumexp(m) if self.log else -array_module(m).exp(m).sum(-1)

    def gradient(self, x: Array) -> Array:
        return -self._weights(x) @ self.patterns

    def hessian(self, x: Array) -> Array:
        w = self._weights(x)
        second = -_weighted(self.patterns, w)
        if not self.log:
            return second
        mean = w @ self.patterns
        return second + mean[..., :, None] * mean[..., None, :]

    def flips(self, x: Array) -> Array:
        m = overlaps(self.patterns, x)
        xp, top = array_module(m), _largest(m)
        here, down, up = xp.exp(m - top), xp.exp(m - 2 - top), xp.exp(m + 2 - top)
        change = _split_flips(self.patterns, x, here, down, up)     # in units of exp(top)
        if not self.log:
            return change * xp.exp(top)
        total = here.sum(-1)[..., None]
        return xp.log(total) - xp.log(total - change)

    def _weights(self, x: Array) -> Array:
        m = overlaps(self.patterns, x)
        return softmax(m) if self.log else array_module(m).exp(m)


@dataclass(frozen=True)
class MCHN:
    """Ramsauer et al. (2020): -LSE(beta, Mx) + x^T x / 2 + log(d) / beta + max ||rho_i||^2 / 2."""

    patterns: Array
    beta: float = 1.0

    def energy(self, x: Array) -> Array:
        return -logsumexp(self.beta * overlaps(self.patterns, x)) / self.beta + (x * x).sum(-1) / 2 + self.constant

    @property
    def constant(self) -> float:
        from math import log
        return log(self.patterns.shape[0]) / self.beta + float((self.patterns ** 2).sum(-1).max()) / 2

    def attention(self, x: Array) -> Array:
        """softmax(beta M x), of shape (..., d)"""
        return softmax(self.beta * overlaps(self.patterns, x))

    def gradient(self, x: Array) -> Array:
        return x - self.attention(x) @ self.patterns

    def hessian(self, x: Array) -> Array:
        return _eye(self.patterns) - self.beta * _covariance(self.patterns, self.attention(x))


@dataclass(frozen=True)
class Proposed:
    """Eq. (4) of niu2024 with the limit d: -log of the sum of exp(-||x - rho_i||^2)."""

    patterns: Array

    def logits(self, x: Array) -> Array:
        """-||x - rho_i||^2, of shape (..., d)"""
        p = self.patterns
        return 2 * overlaps(p, x) - (p * p).sum(-1) - (x * x).sum(-1)[..., None]

    def energy(self, x: Array) -> Array:
        return -logsumexp(self.logits(x))

    def attention(self, x: Array) -> Array:
        return softmax(self.logits(x))

    def gradient(self, x: Array) -> Array:
        return 2 * (x - self.attention(x) @ self.patterns)

    def hessian(self, x: Array) -> Array:
        return 2 * _eye(self.patterns) - 4 * _covariance(self.patterns, self.attention(x))


def _covariance(patterns: Array, weights: Array) -> Array:
    """The covariance of the patterns under these weights, of shape (..., n, n)."""
    mean = weights @ patterns
    return _weighted(patterns, weights) - mean[..., :, None] * mean[..., None, :]
