"""One decoder-only Transformer for both settings of Section 6, chosen by its Shape.

GPT-2 (Radford et al. 2019): normalisation before each half block and at the end, learned positions, GELU by tanh; the parameters
can be exchanged with `transformers.GPT2LMHeadModel` (empirics.gpt2.convert), which tests compare with. Vanilla (Vaswani et al.
2017, as Murty et al. 2023 use it): normalisation after each residual sum and none at the end, sinusoidal positions, ReLU,
embeddings times sqrt(d_emb), dropout 0.1. Input and output embedding are one matrix in both.

Departures: with `bias=False` no layer has a bias (nanoGPT's GPT-2); a large vocabulary is padded to a multiple of 64 rows, which
matrix units like: the rows are never indexed, their scores are cut off, and `parameters_of` does not count them.
"""
from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from empirics.training import TrainingError

PAD_ABOVE, PAD_TO = 4096, 64
INITIAL, AT_WIDTH = 0.02, 768       # standard deviation of GPT-2's initial weights, and the d_emb up to which ours are larger


@dataclass(frozen=True)
class Shape:
    """vocabulary, length (longest input, tokens), layers, width (d_emb), heads, hidden (d_ff; None: 4 width), kind: gpt2 or
    vanilla."""

    vocabulary: int
    length: int
    layers: int
    width: int
    heads: int
    hidden: int | None = None
    kind: str = "gpt2"
    dropout: float = 0.0
    bias: bool = True

    def __post_init__(self):
        if self.kind not in ("gpt2", "vanilla"):
            raise TrainingError(f"there is no model of kind {self.kind!r}: gpt2 or vanilla")
        if min(self.vocabulary, self.length, self.layers, self.width, self.heads, self.inner) < 1 or self.width % self.heads:
            raise TrainingError(f"no such Transformer: d_emb {self.width} must be a multiple of {self.heads} heads, and all "
                                "sizes at least 1")
        if not 0 <= self.dropout < 1:
            raise TrainingError(f"dropout {self.dropout} is no probability below 1")
        if self.kind == "vanilla" and self.width % 2:
            raise TrainingError(f"sinusoidal positions need an even d_emb, not {self.width}")

    @property
    def inner(self) -> int:
        return 4 * self.width if self.hidden is None else self.hidden

    @property
    def rows(self) -> int:
        """Rows of the embedding matrix."""
        return self.vocabulary if self.vocabulary <= PAD_ABOVE else -(-self.vocabulary // PAD_TO) * PAD_TO

    def as_json(self) -> dict:
        return asdict(self)

    def flops_at(self, length: int) -> float:
        """Of one training step, per position of an input of this length: 6 for every weight that it is multiplied with, and
        attention's products with all positions (Chowdhery et al. 2022, B): the half that causality needs not is counted, as is
        usual for MFU, and what is computed twice to save memory is not."""
        weights = self.layers * (4 * self.width ** 2 + 2 * self.width * self.inner) + self.vocabulary * self.width
        return 6 * weights + 12 * self.layers * self.width * length

    @property
    def flops_per_token(self) -> float:
        """At full length."""
        return self.flops_at(self.length)


def vanilla(vocabulary: int, length: int, layers: int = 6, width: int = 512, heads: int = 8, **changes) -> Shape:
    """The setting of Section 6.3 (6 or 10 layers)."""
    return replace(Shape(vocabulary, length, layers, width, heads, kind="vanilla", dropout=0.1), **changes)


class Norm(nn.Module):
    """Layer normalisation, with or without a bias."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(shape.width))
        self.bias = nn.Parameter(torch.zeros(shape.width)) if shape.bias else None

    def forward(self, x: Tensor) -> Tensor:
        return F.layer_norm(x, self.weight.shape, self.weight, self.bias, 1e-5)


class Block(nn.Module):
    """Attention and feed-forward, x: (batch, length, width) -> the same."""

    def __init__(self, shape: Shape):
        super().__init__()
        w = shape.width
        self.shape = shape
        self.attention_norm, self.forward_norm = Norm(shape), Norm(shape)
        self.attention_in = nn.Linear(w, 3 * w, bias=shape.bias)
        self.attention_out = nn.Linear(w, w, bias=shape.bias)
        self.forward_in = nn.Linear(w, shape.inner, bias=shape.bias)
        self.forward_out = nn.Linear(shape.inner, w, bias=shape.bias)

    def attend(self, x: Tensor) -> Tensor:
        """Causal: lines are padded on the right, so that no real token sees padding and no mask is needed."""
        s = self.shape
        b, t, w = x.shape
        # each (b, heads, t, w/heads)
        q, k, v = self.attention_in(x).view(b, t, 3, s.heads, w // s.heads).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True, dropout_p=s.dropout if self.training else 0.0)
        return self.drop(self.attention_out(y.transpose(1, 2).reshape(b, t, w)))

    def feed(self, x: Tensor) -> Tensor:
        inner = self.forward_in(x)
        if self.shape.kind == "gpt2":
            return self.drop(self.forward_out(F.gelu(inner, approximate="tanh")))
        return self.drop(self.forward_out(self.drop(F.relu(inner))))

    def drop(self, x: Tensor) -> Tensor:
        return F.dropout(x, self.shape.dropout, self.training) if self.shape.dropout else x

    def forward(self, x: Tensor) -> Tensor:
        if self.shape.kind == "gpt2":
            x = x + self.attend(self.attention_norm(x))
            return x + self.feed(self.forward_norm(x))
        x = self.attention_norm(x + self.attend(x))
        return self.forward_norm(x + self.feed(x))


class Transformer(nn.Module):
    """Tokens (batch, length) -> scores (batch, length, vocabulary) of the next token; with targets, the summed loss in nats."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        self.tokens = nn.Parameter(torch.empty(shape.rows, shape.width))
        if shape.kind == "gpt2":
            self.places = nn.Parameter(torch.empty(shape.length, shape.width))
            self.last_norm = Norm(shape)
        else:
            self.register_buffer("places", sinusoids(shape.length, shape.width), persistent=False)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.reset()

    def reset(self) -> None:
        """GPT-2's initialisation: N(0, 0.02), residual outputs divided by sqrt(2 layers); siblings narrower than GPT-2 small
        start at 0.02 sqrt(768/d_emb), which keeps the scale of a layer's output. Xavier's for the vanilla model, whose embeddings
        are multiplied by sqrt(d_emb) and start at N(0, 1/d_emb)."""
        s = self.shape
        std = INITIAL * max(1.0, AT_WIDTH / s.width) ** 0.5
        nn.init.normal_(self.tokens, std=std if s.kind == "gpt2" else s.width ** -0.5)
        if s.kind == "gpt2":
            nn.init.normal_(self.places, std=std)
        for block in self.blocks:
            for linear in (block.attention_in, block.attention_out, block.forward_in, block.forward_out):
                if s.kind == "gpt2":
                    out = linear in (block.attention_out, block.forward_out)
                    nn.init.normal_(linear.weight, std=std / math.sqrt(2 * s.layers) if out else std)
                else:
                    nn.init.xavier_uniform_(linear.weight)
                if linear.bias is not None:
                    nn.init.zeros_(linear.bias)

    def states(self, tokens: Tensor) -> Tensor:
        """The last layer's state of each position, (batch, length, width), after the last normalisation."""
        s = self.shape
        x = F.embedding(tokens, self.tokens)
        x = (x if s.kind == "gpt2" else x * math.sqrt(s.width)) + self.places[: tokens.shape[1]]
        x = F.dropout(x, s.dropout, self.training) if s.dropout else x
        for block in self.blocks:
            x = block(x)
        return self.last_norm(x) if s.kind == "gpt2" else x

    def scores(self, tokens: Tensor) -> Tensor:
        return F.linear(self.states(tokens), self.tokens)[..., : self.shape.vocabulary]

    def likeliest(self, tokens: Tensor) -> Tensor:
        """The likeliest next token of each sequence, (batch, 1); scores are computed for the last place only."""
        return F.linear(self.states(tokens)[:, -1:], self.tokens)[..., : self.shape.vocabulary].argmax(-1)

    def forward(self, tokens: Tensor, targets: Tensor, reduction: str = "sum") -> Tensor:
        """Cross-entropy in nats; targets of -100 do not count. reduction: sum (a number) or none (batch, length)."""
        scores = F.linear(self.states(tokens), self.tokens).float()
        if self.shape.rows > self.shape.vocabulary:
            scores[..., self.shape.vocabulary:] = -math.inf     # in place: cutting them off would copy all the others
        loss = F.cross_entropy(scores.reshape(-1, scores.shape[-1]), targets.reshape(-1), reduction=reduction, ignore_index=-100)
        return loss.view(targets.shape) if reduction == "none" else loss


def sinusoids(length: int, width: int) -> Tensor:
    """sin and cos of place / 10000^(2i/width), interleaved; (length, width)"""
    place = torch.arange(length, dtype=torch.float32)[:, None]
    rate = torch.exp(torch.arange(0, width, 2, dtype=torch.float32) * (-math.log(10000.0) / width))
    return torch.stack((torch.sin(place * rate), torch.cos(place * rate)), dim=2).reshape(length, width)


def parameters_of(model: Transformer) -> int:
    """Trained numbers; padding rows of the embedding do not count."""
    padding = (model.shape.rows - model.shape.vocabulary) * model.shape.width
    return sum(p.numel() for p in model.parameters()) - padding
