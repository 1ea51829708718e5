"""A network on disk: the architecture as JSON, the weights as safetensors: names and numbers, nothing that could be executed.

Weights are unbounded integers: sign and 32-bit limbs, least significant first, in the order in which the JSON names their places.
"""
from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any, Iterator

import numpy as np

from numerics.memorizer.layers import Attention, Embedding, FeedForward, Head, MemorizationError, Network, Neuron

FORMAT = 1
LIMB = 32


def save(path: Path, network: Network, about: dict[str, Any]) -> Path:
    """Writes `path`.safetensors, then `path`.json; each replaced in one step. Returns the path of the JSON file."""
    from safetensors.numpy import save as dump
    bad = [v for v in about["classes"] if not isinstance(v, (str, int, float, bool))]
    if bad:
        raise MemorizationError(f"label {bad[0]!r} is no string or number; only these can be saved")
    values: list[int] = []
    layers = [_layer(item, values) for item in network.layers]
    e = network.embedding
    embedding = {"projection": [_put(values, p) for p in e.projection], "shift": _put(values, e.shift),
                 "scale": _put(values, e.scale), "step": _put(values, e.step)}
    body = dump(_limbs(values))
    said = {"format": FORMAT, "about": about, "embedding": embedding, "layers": layers, "readout": network.readout,
            "mask": network.mask}
    name = path.name.removesuffix(".json")
    targets = [path.parent / f"{name}{end}" for end in (".safetensors", ".json")]
    bodies = [body, json.dumps({**said, "sha256": _digest(said, body)}, separators=(",", ":")).encode()]
    temporary = [t.with_name(t.name + ".tmp") for t in targets]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if any(t.is_dir() for t in targets):
            raise IsADirectoryError(None, "a folder of this name is in the way")
        for place, content in zip(temporary, bodies):       # both whole before either replaces what was there
            place.write_bytes(content)
        for place, target in zip(temporary, targets):
            os.replace(place, target)
    except OSError as error:
        for place in temporary:
            place.unlink(missing_ok=True)
        raise MemorizationError(f"cannot write {targets[1]}: {error.strerror}") from error
    return targets[1]


def _digest(said: dict[str, Any], body: bytes) -> str:
    """sha256 of the weights and of everything that the architecture says."""
    return hashlib.sha256(body + json.dumps(said, separators=(",", ":"), sort_keys=True).encode()).hexdigest()


def load(path: Path) -> tuple[Network, dict[str, Any]]:
    from safetensors import SafetensorError
    from safetensors.numpy import load as parse
    name = path.name.removesuffix(".json")
    files = [path.parent / f"{name}{end}" for end in (".json", ".safetensors")]
    try:
        text, body = files[0].read_bytes(), files[1].read_bytes()
    except OSError as error:
        raise MemorizationError(f"cannot read {error.filename}: {error.strerror}; `save` writes {name}.json and "
                                f"{name}.safetensors side by side") from error
    try:
        data = json.loads(text)
        if data["format"] != FORMAT or data.pop("sha256") != _digest(data, body):
            raise ValueError("the weights do not belong to this architecture, or one of the files is damaged")
        values = list(_integers(parse(body)))
        e = data["embedding"]
        projection = tuple(values[i] for i in e["projection"])
        embedding = Embedding(projection, values[e["shift"]], values[e["scale"]], values[e["step"]])
        layers = tuple(_read(item, values) for item in data["layers"])
        mask = None if data["mask"] is None else tuple(tuple(bool(v) for v in row) for row in data["mask"])
        about = data["about"]
        if not isinstance(about["classes"], list) or not {"setting", "length", "facts"} <= about.keys():
            raise ValueError("it does not say what it was fitted to")
        return Network(embedding, layers, data["readout"], mask), about
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError, SafetensorError) as error:
        raise MemorizationError(f"{files[0]} is no saved network: {error}; save it again") from error


# ---------------------------------------------------------------- places of weights

def _put(values: list[int], w: int) -> int:
    values.append(int(w))
    return len(values) - 1


def _vector(vector, values: list[int]) -> dict[str, int]:
    return {name: _put(values, w) for name, w in vector.items()}


def _layer(item: FeedForward | Attention, values: list[int]) -> list:
    if isinstance(item, FeedForward):
        return ["ff", [[_vector(u.inputs, values), _put(values, u.bias), _vector(u.outputs, values)] for u in item.neurons]]
    return ["attention", [[_vector(v, values) for v in (h.query, h.key, h.value, h.output)] for h in item.heads]]


def _read(item: list, values: list[int]) -> FeedForward | Attention:
    def vector(places):
        return {str(name): values[i] for name, i in places.items()}
    kind, parts = item
    if kind == "ff":
        return FeedForward(tuple(Neuron(vector(i), values[b], vector(o)) for i, b, o in parts))
    if kind == "attention":
        return Attention(tuple(Head(*(vector(v) for v in head)) for head in parts))
    raise ValueError(f"unknown layer {kind!r}")


# ---------------------------------------------------------------- unbounded integers

def _limbs(values: list[int]) -> dict[str, np.ndarray]:
    parts = [abs(v).to_bytes(4 * -(-abs(v).bit_length() // LIMB), "little") for v in values]
    return {"sign": np.array([(v > 0) - (v < 0) for v in values], dtype=np.int8),
            "size": np.array([len(p) // 4 for p in parts], dtype=np.int32),
            "limbs": np.frombuffer(b"".join(parts) or bytes(4), dtype="<u4").copy()}


def _integers(tensors: dict[str, np.ndarray]) -> Iterator[int]:
    raw, at = tensors["limbs"].astype("<u4").tobytes(), 0
    for sign, size in zip(tensors["sign"].tolist(), tensors["size"].tolist(), strict=True):
        yield sign * int.from_bytes(raw[at:at + 4 * size], "little")
        at += 4 * size
