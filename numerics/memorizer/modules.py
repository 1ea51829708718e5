"""A network as a `torch.nn.Module` in float64: the same matrices, dense. Exact while every partial sum stays below 2^53."""
from __future__ import annotations

import torch
from torch import Tensor, nn

from numerics.memorizer.layers import Attention, FeedForward, Network, Vector


def _row(network: Network, vector: Vector) -> Tensor:
    return torch.tensor([float(vector.get(name, 0)) for name in network.coordinates], dtype=torch.float64)


class FeedForwardModule(nn.Module):
    """x + W_2 relu(W_1 x + b_1), x of shape (N, n, width)"""

    def __init__(self, network: Network, layer: FeedForward):
        super().__init__()
        self.w1 = nn.Parameter(torch.stack([_row(network, u.inputs) for u in layer.neurons]))
        self.b1 = nn.Parameter(torch.tensor([float(u.bias) for u in layer.neurons], dtype=torch.float64))
        self.w2 = nn.Parameter(torch.stack([_row(network, u.outputs) for u in layer.neurons]))

    def forward(self, x: Tensor) -> Tensor:
        return x + torch.relu(x @ self.w1.T + self.b1) @ self.w2


class AttentionModule(nn.Module):
    """x + sum over heads of W_O mean of W_V x over the arg max set of the scores, among the allowed keys (hardmax)."""

    def __init__(self, network: Network, layer: Attention):
        super().__init__()
        for name in ("query", "key", "value", "output"):
            self.register_parameter(name, nn.Parameter(torch.stack([_row(network, getattr(h, name)) for h in layer.heads])))
        mask = None if network.mask is None else torch.tensor(network.mask, dtype=torch.bool)
        self.register_buffer("allowed", mask)

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = (torch.einsum("snw,hw->shn", x, w) for w in (self.query, self.key, self.value))
        scores = k[:, :, :, None] * q[:, :, None, :]                      # (N, heads, keys, queries)
        if self.allowed is not None:
            scores = scores.masked_fill(~self.allowed, -torch.inf)
        hit = (scores == scores.max(dim=2, keepdim=True).values).to(x.dtype)
        seen = (hit * v[:, :, :, None]).sum(dim=2) / hit.sum(dim=2)       # the mean, exact where it is an integer
        return x + torch.einsum("shn,hw->snw", seen, self.output)


class MemorizerModule(nn.Module):
    """tokens (N, n, d) or (N, n) -> label numbers (N, n), int64"""

    def __init__(self, network: Network):
        super().__init__()
        e = network.embedding
        self.embedding = nn.Parameter(torch.tensor([float(e.scale * p) for p in e.projection], dtype=torch.float64))
        self.shift = nn.Parameter(torch.tensor(float(e.shift), dtype=torch.float64))
        self.step = float(e.step)
        self.width, self.one, self.id = len(network.coordinates), *(network.coordinates.index(n) for n in ("one", "z"))
        self.readout = network.coordinates.index(network.readout)
        self.layers = nn.ModuleList(FeedForwardModule(network, item) if isinstance(item, FeedForward)
                                    else AttentionModule(network, item) for item in network.layers)

    def forward(self, tokens: Tensor) -> Tensor:
        tokens = tokens.to(torch.float64)
        tokens = tokens[:, :, None] if tokens.ndim == 2 else tokens
        place = torch.arange(1, tokens.shape[1] + 1, dtype=torch.float64, device=tokens.device)
        x = torch.zeros(*tokens.shape[:2], self.width, dtype=torch.float64, device=tokens.device)
        x[:, :, self.one] = 1.0
        x[:, :, self.id] = (tokens + self.step * place[None, :, None]) @ self.embedding + self.shift
        for item in self.layers:
            x = item(x)
        return x[:, :, self.readout].round().to(torch.int64)


def module(network: Network) -> MemorizerModule:
    return MemorizerModule(network)
