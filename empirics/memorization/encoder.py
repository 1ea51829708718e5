"""Small Transformer encoders, many at once: a leading axis of independent models, trained together on their whole data sets.

A model is an encoder as in the experiments of Kim et al. (2023) (Section 1; specification, Section 6): token and position
embeddings, `layers` blocks of multi-head attention and a feed-forward part of four widths, no dropout. It departs from the
paper's theory: layers normalise their input (pre-norm), attention is softmax. Token classification reads every position, sequence
classification the first one.

Axes: G models, m width, h heads, C classes, n tokens, N sequences. Features come first and sequences last, (G, m, n N), so that
every elementwise step runs over long rows; on a CPU this was 1.5 to 3.5 times as fast as the usual order with such narrow models.
Everything is float32 and the same on a GPU.
"""
from __future__ import annotations

from typing import Mapping, Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from empirics.memorization.shape import Shape

Weights = dict[str, Tensor]
EPSILON = 1e-5          # of the normalisation


def initial(shape: Shape, seeds: Sequence[int], device: str = "cpu") -> Weights:
    """Weights of len(seeds) models, (G, rows, columns): normal of variance 1/columns, embeddings of variance 1, biases 0, gains
    1.

    A model depends on its own seed alone, on every device.
    """
    draws = [torch.Generator().manual_seed(seed) for seed in seeds]
    out = {}
    for name, (rows, columns) in shape.tensors().items():
        if name.endswith("gain"):
            w = torch.ones(len(seeds), rows, columns)
        elif name.endswith("bias"):
            w = torch.zeros(len(seeds), rows, columns)
        else:
            scale = 1.0 if name in ("embedding", "position") else columns ** -0.5
            w = scale * torch.stack([torch.randn(rows, columns, generator=g) for g in draws])
        out[name] = w.to(device)
    return out


def one_hot(tokens: Tensor, vocabulary: int) -> Tensor:
    """(G, N, n) whole numbers -> (G, V, n N) floats, the layout that `logits` reads."""
    g, count, n = tokens.shape
    flat = tokens.transpose(1, 2).reshape(g, 1, n * count)
    return torch.zeros(g, vocabulary, n * count, device=tokens.device).scatter_(1, flat, 1.0)


def logits(w: Mapping[str, Tensor], hot: Tensor, shape: Shape) -> Tensor:
    """(G, V, n N) one-hot tokens -> (G, C, n N), or (G, C, N) where a sequence has one label."""
    g, n, m = hot.shape[0], shape.length, shape.width
    count = hot.shape[2] // n
    x = torch.bmm(w["embedding"], hot).view(g, m, n, count) + w["position"][..., None]
    x = x.view(g, m, n * count)
    for k in range(shape.layers):
        last = shape.sequence and k == shape.layers - 1         # only the first position is read from here on
        heads = torch.bmm(w[f"{k}.qkv"], _normal(x, w[f"{k}.attention.gain"])).view(g, 3, shape.heads, m // shape.heads, n, count)
        query, key, value = heads.unbind(1)
        query = query / (m // shape.heads) ** 0.5
        if last:
            query, x = query[:, :, :, :1], x.view(g, m, n, count)[:, :, 0]
        x = x + torch.bmm(w[f"{k}.mix"], Attend.apply(query, key, value).reshape(g, m, -1))
        hidden = torch.baddbmm(w[f"{k}.up.bias"], w[f"{k}.up"], _normal(x, w[f"{k}.feed.gain"])).relu()
        x = x + torch.baddbmm(w[f"{k}.down.bias"], w[f"{k}.down"], hidden)
    return torch.baddbmm(w["readout.bias"], w["readout"], _normal(x, w["gain"]))


def _normal(x: Tensor, gain: Tensor) -> Tensor:
    """(G, m, T) with mean 0 and variance 1 over m, times the gain."""
    centred = x - x.mean(1, keepdim=True)
    return centred * (torch.rsqrt(centred.square().mean(1, keepdim=True) + EPSILON) * gain)


class Attend(torch.autograd.Function):
    """query (G, h, m/h, i, N), key and value (G, h, m/h, n, N) -> (G, h, m/h, i, N): softmax attention, one query at a time.

    What autograd would keep of the products query * key does not fit a processor's cache; this is a quarter faster as a whole.
    """

    @staticmethod
    def forward(ctx, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        out, kept = torch.empty_like(query), []
        for i in range(query.shape[3]):
            weights = (query[:, :, :, i, None] * key).sum(2).softmax(2)
            out[:, :, :, i] = (weights[:, :, None] * value).sum(3)
            kept.append(weights)
        ctx.save_for_backward(query, key, value, *kept)
        return out

    @staticmethod
    def backward(ctx, above: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        query, key, value, *kept = ctx.saved_tensors
        of_query, of_key, of_value = torch.empty_like(query), torch.zeros_like(key), torch.zeros_like(value)
        for i, weights in enumerate(kept):
            d = above[:, :, :, i, None]
            of_value.addcmul_(weights[:, :, None], d)
            of_weights = (d * value).sum(2)
            of_scores = (weights * (of_weights - (weights * of_weights).sum(2, keepdim=True)))[:, :, None]
            of_query[:, :, :, i] = (of_scores * key).sum(3)
            of_key.addcmul_(of_scores, query[:, :, :, i, None])
        return of_query, of_key, of_value


def mistakes(found: Tensor, labels: Tensor, mask: Tensor) -> Tensor:
    """Wrong labels of each model: logits (G, C, T), labels and mask (G, T)."""
    return ((found.argmax(1) != labels) & mask).sum(1)


def loss(found: Tensor, labels: Tensor, mask: Tensor) -> Tensor:
    """(G,) mean cross entropy of each model over the labels that the mask keeps."""
    each = F.cross_entropy(found, labels, reduction="none")
    return (each * mask).sum(1) / mask.sum(1)
