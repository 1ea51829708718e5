"""GPT-2 small and smaller siblings, as shapes of the one Transformer in `empirics.training.model`."""
from __future__ import annotations

from typing import Any

from empirics.training import TrainingError
from empirics.training.model import Shape

RATIOS = {"0.1 %": 13.8, "1 %": 1.38, "100 %": 0.0138}      # 124M parameters over 9M, 90M, 9B tokens (Section 6.2)


def shape_of(config: Any) -> Shape:
    """The Shape of a GPT2Config, or a TrainingError that names what this loop does not train."""
    odd = {"activation_function": config.activation_function != "gelu_new", "tie_word_embeddings": not config.tie_word_embeddings,
           "scale_attn_weights": not config.scale_attn_weights,
           "scale_attn_by_inverse_layer_idx": config.scale_attn_by_inverse_layer_idx,
           "add_cross_attention": config.add_cross_attention, "layer_norm_epsilon": config.layer_norm_epsilon != 1e-5,
           "unequal dropout": len({config.resid_pdrop, config.embd_pdrop, config.attn_pdrop}) > 1}
    if any(odd.values()):
        raise TrainingError(f"this GPT2Config departs from GPT-2 in {next(k for k, v in odd.items() if v)}; use the published "
                            f"value")
    return Shape(config.vocab_size, config.n_positions, config.n_layer, config.n_embd, config.n_head, config.n_inner, "gpt2",
                 config.resid_pdrop)


def config_of(shape: Shape) -> Any:
    """The GPT2Config of a Shape. A shape without biases gets zero ones there."""
    from transformers import GPT2Config
    if shape.kind != "gpt2":
        raise TrainingError("a vanilla Transformer has no GPT2Config")
    return GPT2Config(vocab_size=shape.vocabulary, n_positions=shape.length, n_layer=shape.layers, n_embd=shape.width,
                      n_head=shape.heads,
                      n_inner=shape.hidden, resid_pdrop=shape.dropout, embd_pdrop=shape.dropout, attn_pdrop=shape.dropout,
                      bos_token_id=None, eos_token_id=None, use_cache=False)


def small(dropout: float = 0.0, bias: bool = True) -> Shape:
    """GPT-2 small, 124,439,808 parameters: the defaults of GPT2Config. Section 6.2's recipe (nanoGPT's) has dropout 0, no
    biases."""
    return Shape(50257, 1024, 12, 768, 12, None, "gpt2", dropout, bias)


def sibling(vocabulary: int, length: int, layers: int, width: int, heads: int) -> Shape:
    """A small GPT-2 without biases and dropout."""
    return Shape(vocabulary, length, layers, width, heads, bias=False)


def count(shape: Shape) -> int:
    """Parameters, by formula; tests compare with the model."""
    w, inner, b = shape.width, shape.inner, int(shape.bias)
    block = 4 * w * w + 2 * w * inner + 2 * w + b * (4 * w + inner + w + 2 * w)
    places = shape.length * w + w + b * w if shape.kind == "gpt2" else 0
    return shape.vocabulary * w + places + shape.layers * block
