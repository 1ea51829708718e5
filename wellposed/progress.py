"""How far a run is: one line that is rewritten on a terminal, plain lines elsewhere, nothing when everything was cached."""
from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import TextIO

WIDTH = 80
PLAIN_EVERY = 5.0  # seconds between lines where nothing can be rewritten


class Progress:
    def __init__(self, stream: TextIO | None = None, rewrite: bool | None = None):
        self.stream = stream if stream is not None else sys.stderr
        self.rewrite = self.stream.isatty() if rewrite is None else rewrite
        self.running: list[str] = []
        self.total = self.todo = self.finished = 0
        self.spent = 0.0

    @classmethod
    def silent(cls) -> "Progress":
        return _Silent()

    def start(self, total: int, todo: int, expected: Mapping[str, float], jobs: int) -> None:
        """expected: what claims took the last time. The others are taken to need the mean of what is known."""
        self.total, self.todo, self.expected, self.jobs = total, todo, dict(expected), max(1, jobs)
        self.finished, self.spent, self.running = 0, 0.0, []
        self.last = time.monotonic()

    def began(self, claim_id: str) -> None:
        self.running.append(claim_id)
        if self.rewrite:
            self._show()

    def done(self, claim_id: str, seconds: float) -> None:
        self.running.remove(claim_id)
        self.expected.pop(claim_id, None)
        self.finished += 1
        self.spent += seconds
        if self.rewrite or self.finished == self.todo or time.monotonic() - self.last >= PLAIN_EVERY:
            self._show()
            self.last = time.monotonic()

    def finish(self) -> None:
        if self.rewrite and self.todo:
            self.stream.write("\r\x1b[K")
            self.stream.flush()

    def left(self) -> float | None:
        """Seconds to go, or None while nothing is known."""
        known = len(self.expected)
        if not self.finished and not known:
            return None
        mean = (self.spent + sum(self.expected.values())) / (self.finished + known)
        return (sum(self.expected.values()) + mean * (self.todo - self.finished - known)) / self.jobs

    def line(self) -> str:
        left = self.left()
        tail = f", {left:.0f} s left" if left is not None and self.finished < self.todo else ""
        head = f"{self.total - self.todo + self.finished}/{self.total} claims{tail}"
        now = f"  {self.running[0]}" if self.running else ""
        return (head + now)[:WIDTH - 1]

    def _show(self) -> None:
        self.stream.write(f"\r\x1b[K{self.line()}" if self.rewrite else f"{self.line()}\n")
        self.stream.flush()


class _Silent(Progress):
    def __init__(self):
        super().__init__(sys.stderr, rewrite=False)

    def _show(self) -> None:
        """Says nothing."""
