"""Text and model -> vectors on disk: the part of a radius run that takes long, resumable, on one process or several.

Under `torchrun` each process computes every world-size-th shard; the first one writes the manifest when all are done.
"""
from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Callable, Iterator

import numpy as np

from empirics.radius import forward, models, sources
from empirics.radius.settings import RadiusError, Settings
from empirics.radius.store import Store, locked

Say = Callable[[str], None]
PATIENCE = timedelta(days=1)        # at a barrier: nccl's 10 minutes are over before the first process has streamed its documents


@dataclass(frozen=True)
class Group:
    """The processes of a run. wait(): until all have come here."""

    rank: int = 0
    world: int = 1
    wait: Callable[[], None] = field(default=lambda: None)


@contextmanager
def group(device: str) -> Iterator[Group]:
    """The processes that `torchrun` started, or this one alone."""
    rank, world = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
    if world == 1:
        yield Group()
        return
    import torch
    from torch import distributed
    cuda = device == "cuda" or (device == "auto" and torch.cuda.is_available())
    distributed.init_process_group("nccl" if cuda else "gloo", timeout=PATIENCE)
    try:
        yield Group(rank, world, distributed.barrier)
    finally:
        distributed.destroy_process_group()


@dataclass(frozen=True)
class Activations:
    """The vectors of a run. facts: about model and text; digest: of all shards; reused: shards that were there already."""

    store: Store
    encoder: models.Encoder
    chunks: sources.Chunks
    digest: str
    reused: int
    damaged: int
    seconds: float

    def vectors(self, view: str) -> np.ndarray:
        return self.store.read(view)

    def facts(self) -> dict[str, Any]:
        return {"model": self.encoder.facts(), "text": self.chunks.facts(), "vectors sha256": self.digest,
                "shards": {"all": self.store.shards, "reused": self.reused, "damaged": self.damaged},
                "seconds": round(self.seconds, 1)}


def activations(settings: Settings, out: Path, say: Say = lambda line: None, team: Group = Group(),
                first: int | None = None) -> Activations:
    """All vectors of the run, or of the first so many chunks, computed where they are not on disk yet. What a stream gave is kept
    beside `out`, for the next run and for the other processes."""
    start = time.perf_counter()
    encoder = models.load(settings)
    chunks = _chunks(settings, encoder.tokenizer, out.parent / "chunks.safetensors", team)
    chunks = chunks if first is None else replace(chunks, tokens=chunks.tokens[:first])
    sources.check_tokens(chunks.tokens, encoder.model.config.vocab_size, getattr(encoder.tokenizer, "unk_token_id", None))
    what = {**settings.what(), "dtype": encoder.dtype, "weights": models.weights_digest(encoder.model),
            "tokens": chunks.facts()["tokens sha256"]}
    store = Store(out, what, len(chunks.tokens), settings.shard)
    with locked(out, team.rank):
        if team.rank == 0:
            store.open()
        team.wait()
        todo, damaged = store.missing()
        team.wait()                     # nobody writes before everybody has looked
        mine = [shard for k, shard in enumerate(todo) if k % team.world == team.rank]
        if team.rank == 0 and len(todo) < store.shards:
            say(f"{store.shards - len(todo)} of {store.shards} shards are there already")
        for shard in damaged:
            if team.rank == 0:
                say(f"shard {shard} is damaged: computed again")
        _compute(encoder, chunks.tokens, settings, store, mine, say)
        team.wait()
        digest = store.finish() if team.rank == 0 else ""
        team.wait()
    return Activations(store, encoder, chunks, digest, store.shards - len(todo), len(damaged), time.perf_counter() - start)


def _chunks(settings: Settings, tokenizer: Any, kept: Path, team: Group) -> sources.Chunks:
    """A local text is cut anew, the same every time; a stream is drawn once, by the first process."""
    if not sources.streamed(settings):
        return sources.chunks(settings, tokenizer)
    found = sources.read(kept, settings)
    team.wait()
    if found is None and team.rank == 0:
        found = sources.chunks(settings, tokenizer)
        sources.keep(kept, settings, found)
    team.wait()
    return found if found is not None else sources.read(kept, settings) or sources.chunks(settings, tokenizer)


def _compute(encoder: models.Encoder, tokens: np.ndarray, settings: Settings, store: Store, shards: list[int], say: Say) -> None:
    start, done, total = time.perf_counter(), 0, sum(len(store.rows(k)) for k in shards)
    for shard in shards:
        rows = store.rows(shard)
        piece = tokens[rows.start:rows.stop]
        store.save(shard, forward.vectors(encoder, piece, settings.views, settings.position, settings.batch))
        done += len(rows)
        rate = done / (time.perf_counter() - start)
        say(f"{done}/{total} chunks, {rate * tokens.shape[1]:,.0f} tokens/s, {(total - done) / rate:.0f} s left")


def check_varied(view: str, x: np.ndarray) -> None:
    """Vectors that are all equal have no radius."""
    if bool((x == x[0]).all()):
        raise RadiusError(f"all {len(x)} vectors ({view}) are equal: the model's output is constant, and there is nothing "
                          "to measure")


def progress(line: str) -> None:
    """One line that overwrites itself on a terminal, and plain lines elsewhere."""
    if sys.stderr.isatty():
        print(f"\r{line:<78}", end="", file=sys.stderr, flush=True)
    else:
        print(line, file=sys.stderr, flush=True)
