"""Chunks -> one vector per chunk and view. Only the wanted positions leave a layer: hooks read them as the forward pass goes by.

On CUDA tokens go over from pinned memory, on a stream of their own, while the batch before them is computed; vectors come back
into pinned memory, and nobody waits for them before the last batch.
"""
from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Callable, Iterable, Iterator, Sequence

import numpy as np

from empirics.radius.models import Encoder

Vectors = dict[str, np.ndarray]
FEEDS = {"gpt2": "mlp", "bert": "intermediate"}         # where the feed-forward half of a block begins


def framed(encoder: Encoder, tokens: np.ndarray) -> np.ndarray:
    """(chunks, length) -> the model's input, int64 of shape (chunks, length + frame): an encoder's start and end token around
    it."""
    if not encoder.frame:
        return tokens.astype(np.int64)
    start, end = (np.full((len(tokens), 1), t, np.int64) for t in encoder.frame)
    return np.concatenate([start, tokens, end], axis=1)


def pick(encoder: Encoder, position: str) -> Callable[[Any], Any]:
    """(batch, positions, width) -> (batch, width) in float32: the chunk's last token, or the mean over all positions."""
    last = -1 if encoder.causal else -2             # before the end token
    return (lambda hidden: hidden[:, last].float()) if position == "last" else (lambda hidden: hidden.float().mean(1))


def places(encoder: Encoder, views: Sequence[str]) -> dict[str, tuple[Any, bool]]:
    """view -> (module, whether its input is meant instead of its output)"""
    out = {}
    for view in views:
        if view in ("after", "before"):
            out[view] = (encoder.norm, view == "before")
        else:
            k = int(view.split(".")[1])
            out[view] = (encoder.embeddings if k == 0 else encoder.blocks[k - 1], False)
    return out


@contextmanager
def last_only(encoder: Encoder, blocks: Iterable[Any]) -> Iterator[None]:
    """The feed-forward half of these blocks is computed at the chunk's last token only: two thirds of a block's work is saved.

    What it adds to the residual is broadcast over all positions; of the block's output only the last token's is right then, so
    this is for blocks of which nothing else is read.
    """
    where = slice(-1, None) if encoder.causal else slice(-2, -1)

    def cut(module, arguments):
        return (arguments[0][:, where],)
    handles = [getattr(block, FEEDS[encoder.family]).register_forward_pre_hook(cut) for block in blocks]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


@contextmanager
def reading(encoder: Encoder, views: Sequence[str], position: str) -> Iterator[dict[str, Any]]:
    """Hooks in place; after each forward pass the mapping holds the batch's vectors, (batch, width) float32 on the device."""
    found: dict[str, Any] = {}
    chosen = pick(encoder, position)

    def hook(view: str, entering: bool):
        def read(module, arguments, output):
            hidden = arguments[0] if entering else output
            found[view] = chosen(hidden[0] if isinstance(hidden, tuple) else hidden)
        return read
    handles = [module.register_forward_hook(hook(view, entering)) for view, (module, entering) in places(encoder, views).items()]
    try:
        with last_only(encoder, encoder.blocks[-1:] if position == "last" else ()):
            yield found
    finally:
        for handle in handles:
            handle.remove()


def run_model(encoder: Encoder, batch: Any) -> None:
    extra = {"use_cache": False} if encoder.causal else {}
    encoder.model(input_ids=batch, **extra)


def batches(tokens: np.ndarray, size: int, device: str) -> Iterator[Any]:
    """The model's inputs on the device. On CUDA one batch ahead of the computation: it is copied on a side stream, the
    computation waits for that copy alone, and the memory is not given to anything else before the computation has read it."""
    import torch
    pieces = (torch.from_numpy(np.ascontiguousarray(tokens[k:k + size])) for k in range(0, len(tokens), size))
    if device != "cuda":
        yield from pieces
        return
    side, waiting = torch.cuda.Stream(), None

    def send(piece: Any) -> tuple[Any, Any]:
        with torch.cuda.stream(side):
            there = piece.pin_memory().to(device, non_blocking=True)
            return there, side.record_event()

    def ready(there: Any, copied: Any) -> Any:
        current = torch.cuda.current_stream()
        current.wait_event(copied)
        there.record_stream(current)
        return there
    for piece in pieces:
        ahead = send(piece)
        if waiting is not None:
            yield ready(*waiting)
        waiting = ahead
    if waiting is not None:
        yield ready(*waiting)


def vectors(encoder: Encoder, tokens: np.ndarray, views: Sequence[str], position: str, batch: int,
            tick: Callable[[int], None] = lambda done: None) -> Vectors:
    """One float32 vector per chunk and view, each array of shape (chunks, width). tick(chunks) is told of every batch."""
    import torch
    parts: dict[str, list] = {view: [] for view in views}
    with torch.inference_mode(), reading(encoder, views, position) as found:
        for ids in batches(framed(encoder, tokens), batch, encoder.device):
            run_model(encoder, ids)
            for view in views:
                parts[view].append(found[view].to("cpu", non_blocking=encoder.device == "cuda"))
            tick(len(ids))
        if encoder.device == "cuda":
            torch.cuda.synchronize()
    return {view: torch.cat(parts[view]).numpy() for view in views}
