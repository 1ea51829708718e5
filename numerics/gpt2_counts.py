"""How many parameters a GPT-2 has, component by component: by formula, and from the real model on torch's meta device.

The formulas need nothing. `measured` builds `transformers.GPT2LMHeadModel` without allocating its weights, and adds up the
parameters by the names they have there; it needs torch and transformers, which are optional.
"""
from __future__ import annotations

from dataclasses import dataclass


class Unavailable(Exception):
    """torch or transformers is not installed: nothing can be measured. The message says which."""


@dataclass(frozen=True)
class Shape:
    """layers l, embedding dimension, hidden dimension of the feed-forward layer, vocabulary, longest input, heads."""

    layers: int
    embedding: int
    hidden: int
    vocabulary: int = 50257
    length: int = 1024
    heads: int = 12


SMALL = Shape(12, 768, 3072, heads=12)
MEDIUM = Shape(24, 1024, 4096, heads=16)
LARGE = Shape(36, 1280, 5120, heads=20)
XL = Shape(48, 1600, 6400, heads=25)

# where a parameter belongs, by its name in the transformers library
COMPONENTS = {
    "token embedding": ("wte.weight",),
    "position embedding": ("wpe.weight",),
    "query, key, value weights": ("attn.c_attn.weight",),
    "query, key, value biases": ("attn.c_attn.bias",),
    "attention output weights": ("attn.c_proj.weight",),
    "attention output biases": ("attn.c_proj.bias",),
    "feed-forward weights": ("mlp.c_fc.weight", "mlp.c_proj.weight"),
    "feed-forward biases": ("mlp.c_fc.bias", "mlp.c_proj.bias"),
    "block norms": ("ln_1.weight", "ln_1.bias", "ln_2.weight", "ln_2.bias"),
    "last norm": ("ln_f.weight", "ln_f.bias"),
}


def by_formula(shape: Shape) -> dict[str, int]:
    """component -> number of parameters; the output matrix is the token embedding (tied)."""
    layers, e, hidden = shape.layers, shape.embedding, shape.hidden
    return {
        "token embedding": shape.vocabulary * e,
        "position embedding": shape.length * e,
        "query, key, value weights": layers * 3 * e * e,
        "query, key, value biases": layers * 3 * e,
        "attention output weights": layers * e * e,
        "attention output biases": layers * e,
        "feed-forward weights": layers * 2 * e * hidden,
        "feed-forward biases": layers * (hidden + e),
        "block norms": layers * 4 * e,
        "last norm": 2 * e,
    }


def total(shape: Shape) -> int:
    return sum(by_formula(shape).values())


def measured(shape: Shape) -> dict[str, int]:
    """The same table from the real model. Every parameter must belong to exactly one component."""
    try:
        import torch
        from transformers import GPT2Config, GPT2LMHeadModel
    except ImportError as error:
        raise Unavailable(f"counting real models needs {error.name}: install the extra `empirics`") from error
    config = GPT2Config(n_layer=shape.layers, n_embd=shape.embedding, n_inner=shape.hidden, n_head=shape.heads,
                        vocab_size=shape.vocabulary, n_positions=shape.length)
    with torch.device("meta"):
        model = GPT2LMHeadModel(config)
    found = dict.fromkeys(COMPONENTS, 0)
    for name, parameter in model.named_parameters():
        homes = [c for c, endings in COMPONENTS.items() if name.endswith(tuple("." + e for e in endings))]
        if len(homes) != 1:
            raise ValueError(f"the parameter {name} belongs to {homes or 'no component'}")
        found[homes[0]] += parameter.numel()
    return found


def default_hidden(shape: Shape) -> int:
    """The hidden dimension of a GPT-2 whose configuration does not name one, as the real model has it."""
    try:
        import torch
        from transformers import GPT2Config, GPT2Model
    except ImportError as error:
        raise Unavailable(f"counting real models needs {error.name}: install the extra `empirics`") from error
    with torch.device("meta"):
        model = GPT2Model(GPT2Config(n_layer=1, n_embd=shape.embedding, n_head=shape.heads, vocab_size=2, n_positions=2))
    return dict(model.named_parameters())["h.0.mlp.c_fc.weight"].shape[1]
