"""One line while a run goes on: step, losses, tokens per second, share of the matrix rate (MFU), time left.

Tokens are those that count in the loss. The share is of the floating point operations of all computed positions, padding
included (model.Shape.flops_at), over what plain matrix products reach on the same device in the same run: a measured rate, not a
data sheet's.
"""
from __future__ import annotations

import sys
import time
from typing import Any, TextIO


def matrix_rate(device: str, dtype: Any, seconds: float = 0.5) -> float:
    """Floating point operations per second of square matrix products: the best of a few rounds."""
    import torch
    size = 8192 if device.startswith("cuda") else 1024
    a, b = (torch.randn(size, size, device=device).to(dtype) for _ in range(2))
    sync = torch.cuda.synchronize if device.startswith("cuda") else (lambda: None)
    a @ b
    sync()
    best, start, repeats = 0.0, time.perf_counter(), 4 if device.startswith("cuda") else 1
    while time.perf_counter() - start < seconds:
        begin = time.perf_counter()
        for _ in range(repeats):
            a @ b
        sync()
        best = max(best, repeats * 2 * size ** 3 / (time.perf_counter() - begin))
    return best


class Progress:
    """Shown on a terminal as a line that is written over, elsewhere as a line from time to time; silent with stream None.
    tokens_per_step, flops_per_token: what is expected, which counts where nobody says what was done by `add`."""

    def __init__(self, steps: int, tokens_per_step: float, flops_per_token: float, rate: float | None = None,
                 stream: TextIO | None = sys.stderr, label: str = "", done: int = 0):
        self.steps, self.per_step, self.flops, self.rate = steps, tokens_per_step, flops_per_token, rate
        self.stream, self.label, self.first = stream, label, done
        self.terminal = stream is not None and stream.isatty()
        self.every = 0.2 if self.terminal else 20.0
        self.start = self.shown = time.perf_counter()
        self.words, self.tokens, self.work = "", 0, 0.0

    def add(self, tokens: int, flops: float) -> None:
        """Of one step, over all processes."""
        self.tokens, self.work = self.tokens + tokens, self.work + flops

    def losses(self, train: float, held_out: float | None) -> None:
        self.words = f"loss {train:.3f}" + ("" if held_out is None else f" held-out {held_out:.3f}")

    def line(self, step: int, now: float) -> str:
        spent = max(now - self.start, 1e-9)
        tokens = self.tokens or (step - self.first) * self.per_step
        speed, work = tokens / spent, (self.work or tokens * self.flops) / spent
        left = (self.steps - step) * spent / max(1, step - self.first)
        share = f" MFU {100 * work / self.rate:.0f} %" if self.rate else ""
        filled = "#" * round(10 * step / max(1, self.steps))
        return (f"{self.label}[{filled:<10}] {step}/{self.steps} {self.words} {speed:,.0f} tokens/s{share} "
                f"{int(left) // 60}:{int(left) % 60:02d} left")

    def at(self, step: int) -> None:
        now = time.perf_counter()
        if self.stream is None or (now - self.shown < self.every and (step < self.steps or not self.terminal)):
            return
        self.shown = now
        text = self.line(step, now)
        self.stream.write(f"\r\x1b[K{text}" if self.terminal else text + "\n")
        self.stream.flush()

    def end(self) -> None:
        if self.terminal:
            self.stream.write("\n")
            self.stream.flush()
