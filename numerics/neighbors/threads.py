"""Threads that each run torch operations of their own, one core each: no operation waits for another core's share of it."""
from __future__ import annotations

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Callable, Iterable

import torch


class Threads:
    """As a context: torch's own threading is set to 1 and restored at the end; `map` uses as many threads as it had. On a GPU
    there is one thread, since the operations are queued there."""

    def __init__(self, cpu: bool = True):
        self.many = torch.get_num_threads()
        self.count = self.many if cpu else 1
        self.pool, self.local = None, threading.local()

    def __enter__(self) -> Threads:
        torch.set_num_threads(1)
        if self.count > 1:
            self.pool = ThreadPoolExecutor(self.count, initializer=self._begin)
        return self

    def _begin(self) -> None:
        torch.set_num_threads(1)
        self.local.inside = True

    def __exit__(self, *_) -> None:
        if self.pool:
            self.pool.shutdown(wait=True, cancel_futures=True)
        torch.set_num_threads(self.many)

    def map(self, f: Callable, items: Iterable) -> list:
        """[f(item) ...], without gradients; an exception is raised again and what has not begun is dropped. Called from one of
        these threads it works alone: waiting for the others there could wait for ever."""
        if self.pool is None or getattr(self.local, "inside", False):
            return [f(item) for item in items]
        items, turn, lock, failed = list(items), itertools.count(), threading.Lock(), threading.Event()
        out: list = [None] * len(items)

        def work() -> None:
            with torch.no_grad():
                while not failed.is_set():
                    with lock:
                        k = next(turn)
                    if k >= len(items):
                        return
                    try:
                        out[k] = f(items[k])
                    except BaseException:
                        failed.set()
                        raise

        jobs = [self.pool.submit(work) for _ in range(self.count)]
        try:
            for job in jobs:
                job.result()
        finally:
            failed.set()            # also when the caller is interrupted
        return out
