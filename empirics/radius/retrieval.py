"""Does a block search? Contexts are stored, then shown again with most of their words replaced; is the nearest stored one its
own?

For each block, the outputs of K contexts at the chunk's last token are the stored activations. Each context is shown again with a
share of its other tokens replaced by tokens drawn from the text. The last token is made the same in all contexts (the text's most
frequent one), so that it tells nothing: a pilot run with the text's own found most contexts by the last word alone. A hit: among
all stored outputs of the block the query's nearest (Euclidean) is that of its own context. The rival is the same block with its
weight matrices' entries permuted: it mixes tokens and keeps norms as the trained one does, and knows nothing. Both get the same
input, from the trained blocks below. Damage is taken where the shuffled block hits about one in three, so that a trained one
could do three times as well.
"""
from __future__ import annotations

import copy
from typing import Any, Sequence

import numpy as np

from empirics.radius import forward
from empirics.radius.models import Encoder
from empirics.radius.statistics import GROUPS

LEVELS = (0.3, 0.5, 0.7, 0.85, 0.95)     # share of the tokens before the last that are replaced
AIM = 1 / 3


def damaged(tokens: np.ndarray, level: float, rng: np.random.Generator) -> np.ndarray:
    """Each token but the last replaced, with this probability, by one drawn from all tokens of the text."""
    other = rng.choice(tokens.ravel(), size=tokens.shape)
    hit = rng.random(tokens.shape) < level
    hit[:, -1] = False
    return np.where(hit, other, tokens).astype(tokens.dtype)


def shuffle_block(block: Any, seed: int) -> Any:
    """A copy with the entries of every weight matrix permuted; gains and biases as they are."""
    import torch
    generator, out = torch.Generator().manual_seed(seed), copy.deepcopy(block)
    with torch.no_grad():
        for p in out.parameters():
            if p.ndim >= 2:
                order = torch.randperm(p.numel(), generator=generator).to(p.device)
                p.copy_(p.flatten()[order].view_as(p))
    return out


def outputs(encoder: Encoder, tokens: np.ndarray, batch: int, shuffled: Sequence[Any]) -> tuple[np.ndarray, np.ndarray]:
    """(blocks, chunks, width), twice: of the trained blocks, and of the shuffled ones on the same inputs."""
    import torch
    chosen = forward.pick(encoder, "last")
    kept: tuple[list, list] = ([[] for _ in encoder.blocks], [[] for _ in encoder.blocks])

    def hook(k: int):
        def read(module, arguments, named, output):
            other = shuffled[k](*arguments, **named)
            for into, hidden in zip(kept, (output, other)):
                into[k].append(chosen(hidden[0] if isinstance(hidden, tuple) else hidden).cpu())
        return read
    handles = [block.register_forward_hook(hook(k), with_kwargs=True) for k, block in enumerate(encoder.blocks)]
    try:
        with torch.inference_mode(), forward.last_only(encoder, (*shuffled, *encoder.blocks[-1:])):
            for ids in forward.batches(forward.framed(encoder, tokens), batch, encoder.device):
                forward.run_model(encoder, ids)
    finally:
        for handle in handles:
            handle.remove()
    trained, other = (np.stack([torch.cat(rows).numpy() for rows in side]) for side in kept)
    return trained, other


def hits(queries: np.ndarray, stored: np.ndarray, shift: int = 0) -> np.ndarray:
    """Whose nearest stored vector is that of the same context (shift 0) or of the next one. Ties are no hits."""
    q, s = queries.astype(np.float64), stored.astype(np.float64)
    squared = (q ** 2).sum(1)[:, None] + (s ** 2).sum(1) - 2 * q @ s.T
    own = np.roll(np.arange(len(s)), -shift)
    at_own = squared[np.arange(len(q)), own]
    squared[np.arange(len(q)), own] = np.inf
    return at_own < squared.min(1)


def measure(encoder: Encoder, tokens: np.ndarray, batch: int, seed: int) -> list[dict[str, Any]]:
    """Per block and level: hits in each group of contexts, of the trained block, the shuffled one, and with the wrong context's
    store."""
    rng, tokens = np.random.default_rng([seed, 7]), tokens.copy()
    tokens[:, -1] = np.bincount(tokens.ravel()).argmax()
    shuffled = [shuffle_block(block, seed + k) for k, block in enumerate(encoder.blocks)]
    stored, stored_shuffled = outputs(encoder, tokens, batch, shuffled)
    rows = []
    for level in LEVELS:
        asked, asked_shuffled = outputs(encoder, damaged(tokens, level, rng), batch, shuffled)
        for k in range(len(encoder.blocks)):
            found = {"trained": hits(asked[k], stored[k]), "shuffled": hits(asked_shuffled[k], stored_shuffled[k]),
                     "wrong": hits(asked[k], stored[k], 1)}
            rows.append({"block": k + 1, "replaced": level, "contexts": len(tokens),
                         **{name: [int(h[g::GROUPS].sum()) for g in range(GROUPS)] for name, h in found.items()}})
    return rows


def can_tell(row: dict[str, Any]) -> bool:
    """Where the shuffled block hits more than every second time, no block can hit twice as often."""
    return 2 * sum(row["shuffled"]) <= row["contexts"] and sum(row["shuffled"]) > 0


def chosen(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Per block, the row whose damage leaves the shuffled block nearest to one hit in three: chosen without looking at the
    trained one."""
    blocks = sorted({row["block"] for row in rows})
    def off(row: dict[str, Any]) -> float:
        return abs(sum(row["shuffled"]) / row["contexts"] - AIM)
    return [min((r for r in rows if r["block"] == b), key=off) for b in blocks]
