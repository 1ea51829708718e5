"""The forward passes of a radius run against the device's own rate of matrix products, measured in the same run.

`python -m benchmarks.radius`: on CUDA GPT-2 medium (random weights, 256 tokens, bf16, last layer only) and the share of the
measured bf16 matrix rate; on a CPU a small sibling in fp32. The pass is that of `empirics.radius.forward`, hooks and copies
included. Counted are the matrix products that are made: 24 d^2 per token and layer, and 2 T d of causal attention; of the last
layer's feed-forward half (16 d^2) one token per chunk.
"""
from __future__ import annotations

import argparse
import sys
import time
from typing import Any, Callable

import numpy as np

SHAPES = {"cuda": (24, 1024, 16, 256, 128, 40), "cpu": (4, 256, 4, 64, 32, 4)}      # layers, width, heads, tokens, batch, batches
SQUARE = {"cuda": 8192, "cpu": 1024}
VOCABULARY = 50_257


def best(f: Callable[[], Any], wait: Callable[[], None], repeats: int = 3) -> float:
    """Seconds of the fastest repeat, after one that is not counted."""
    times = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        f()
        wait()
        times.append(time.perf_counter() - start)
    return min(times[1:])


def main() -> int:
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    try:
        import torch
        from transformers import GPT2Config, GPT2Model
    except ImportError:
        print("radius: this benchmark needs torch and transformers: install the extra `empirics`", file=sys.stderr)
        return 2
    from empirics.radius import forward, models
    device = "cuda" if torch.cuda.is_available() else "cpu"
    layers, width, heads, length, batch, count = SHAPES[device]
    kind = torch.bfloat16 if device == "cuda" else torch.float32
    def wait() -> None:
        if device == "cuda":
            torch.cuda.synchronize()
    side = SQUARE[device]
    a, b = (torch.randn(side, side, device=device, dtype=kind) for _ in range(2))
    rate = 2 * side ** 3 / best(lambda: a @ b, wait)
    torch.manual_seed(0)
    model = GPT2Model(GPT2Config(vocab_size=VOCABULARY, n_layer=layers, n_embd=width, n_head=heads))
    model = models.fused(model, torch).eval().to(device=device, dtype=kind)
    encoder = models.Encoder(model, None, "gpt2", "gpt2", model.drop, tuple(model.h), model.ln_f, (), device, str(kind))
    tokens = np.random.default_rng(0).integers(0, VOCABULARY, (batch * count, length)).astype(np.int32)
    seconds = best(lambda: forward.vectors(encoder, tokens, ("after", "before"), "last", batch), wait, 2)
    work = tokens.size * layers * (24 * width ** 2 + 2 * length * width) - (tokens.size - len(tokens)) * 16 * width ** 2
    print(f"{device}, {str(kind).removeprefix('torch.')}: matrix products {rate / 1e12:.3g} TFLOP/s")
    print(f"GPT-2 of {layers} layers, width {width}, {length} tokens: {tokens.size / seconds:,.0f} tokens/s, "
          f"{work / seconds / rate:.0%} of that rate")
    return 0


if __name__ == "__main__":
    sys.exit(main())
