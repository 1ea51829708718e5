"""Weights between `empirics.training.model.Transformer` and transformers' GPT2LMHeadModel, and folders that `from_pretrained`
reads.

transformers keeps GPT-2's matrices transposed (Conv1D, inputs by outputs) and always has biases.
"""
from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from empirics.gpt2.shapes import config_of, shape_of
from empirics.training import TrainingError, checkpoints
from empirics.training.model import Shape, Transformer

BLOCK = {"attention_norm": "ln_1", "forward_norm": "ln_2", "attention_in": "attn.c_attn", "attention_out": "attn.c_proj",
         "forward_in": "mlp.c_fc", "forward_out": "mlp.c_proj"}


def _pairs(model: Transformer) -> dict[str, str]:
    """our name -> theirs"""
    names = {"tokens": "transformer.wte.weight", "places": "transformer.wpe.weight",
             "last_norm.weight": "transformer.ln_f.weight",
             "last_norm.bias": "transformer.ln_f.bias"}
    for k in range(model.shape.layers):
        for ours, theirs in BLOCK.items():
            for end in ("weight", "bias"):
                names[f"blocks.{k}.{ours}.{end}"] = f"transformer.h.{k}.{theirs}.{end}"
    return names


def _matrix(name: str) -> bool:
    return name.endswith(("_in.weight", "_out.weight"))


def to_transformers(model: Transformer) -> Any:
    """A GPT2LMHeadModel (SDPA attention) with the same weights."""
    from transformers import GPT2LMHeadModel
    config = config_of(model.shape)
    config._attn_implementation = "sdpa"
    other = GPT2LMHeadModel(config)
    ours, theirs = dict(model.named_parameters()), dict(other.named_parameters())
    with torch.no_grad():
        for a, b in _pairs(model).items():
            if a not in ours:
                theirs[b].zero_()                       # a bias that our model has not
                continue
            value = ours[a][: model.shape.vocabulary] if a == "tokens" else ours[a]
            theirs[b].copy_(value.T if _matrix(a) else value)
    other.tie_weights()
    return other.eval()


def from_transformers(other: Any) -> Transformer:
    """The same model in our module; a configuration that is not GPT-2's is refused."""
    model = Transformer(shape_of(other.config))
    ours, theirs = dict(model.named_parameters()), dict(other.named_parameters())
    with torch.no_grad():
        for a, b in _pairs(model).items():
            value = theirs[b].T if _matrix(a) else theirs[b]
            (ours[a][: model.shape.vocabulary] if a == "tokens" else ours[a]).copy_(value)
    return model


def save(model: Transformer, folder: Path) -> None:
    """config.json and model.safetensors, for `GPT2LMHeadModel.from_pretrained(folder)`."""
    if folder.exists() and not folder.is_dir():     # save_pretrained would log a line, write nothing and return
        raise TrainingError(f"{folder} is a file; give a folder with --out")
    try:
        to_transformers(model).save_pretrained(folder)
    except OSError as error:
        raise TrainingError(f"cannot write a model into {folder} ({error.strerror}); give another --out") from error


def from_run(folder: Path) -> Transformer:
    """The model of the newest checkpoint of a training run."""
    found = checkpoints.last(folder, None)
    if found is None:
        raise TrainingError(f"{folder} holds no finished checkpoint of a training run")
    try:
        model = Transformer(Shape(**found.identity["shape"]))
        model.load_state_dict({name.removeprefix("model."): t for name, t in found.tensors.items() if name.startswith("model.")})
    except (KeyError, TypeError, RuntimeError) as error:
        raise TrainingError(f"the newest checkpoint in {folder} is damaged: its weights do not fit its shape; delete its two "
                            "files to use the one before") from error
    return model


def load(folder: Path) -> Transformer:
    """From such a folder; nothing is looked up elsewhere."""
    from transformers import GPT2LMHeadModel
    if not (folder / "config.json").is_file():
        raise TrainingError(f"{folder} holds no GPT-2: config.json is missing")
    try:
        return from_transformers(GPT2LMHeadModel.from_pretrained(folder, local_files_only=True, use_safetensors=True))
    except (OSError, ValueError, RuntimeError) as error:
        raise TrainingError(f"{folder} holds no GPT-2 that can be read ({str(error).splitlines()[0][:100]})") from error
