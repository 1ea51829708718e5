"""Worker processes that decide one claim at a time.

Each worker loads the claims itself and is told ids; replies are JSON. A worker that dies or runs out of time takes one claim with
it, which is then undecided with that reason; the others go on. Spawned, not forked: a worker shares nothing with its parent.
"""
from __future__ import annotations

import json
import multiprocessing
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from theory.claim import Claim, EvidenceConflict
from theory.registry import load, one_line
from wellposed import certificates
from wellposed.files import Home

NOTHING = {"evidence": [], "mutants": None, "counterexample": None}


@dataclass(frozen=True)
class Reply:
    """finding: None where two routes or engines contradict each other; `conflict` then says which."""

    claim_id: str
    finding: dict[str, Any] | None
    seconds: float
    conflict: str | None = None
    lost: bool = False  # the worker died or ran out of time: nothing to remember


def failed(reason: str) -> dict[str, Any]:
    """The finding of a claim that could not be looked at."""
    return NOTHING | {"error": reason}


def decide_one(claim: Claim, claims: dict[str, Claim], home: Home) -> dict[str, Any]:
    """Run the routes; store the certificates. Whatever a claim's code raises becomes its reason for being undecided."""
    from theory.decide import decide  # here: only a run pays for the engines

    try:
        finding = decide(claim, claims)
        raw = finding.as_json()
        raw["evidence"] = certificates.store(home, claim, finding.evidence)
    except EvidenceConflict as error:
        return {"conflict": str(error)}
    except Exception as error:
        return failed(f"{type(error).__name__}: {one_line(error)}")
    return raw


def _serve(conn: Connection, folder: str, papers: Sequence[str]) -> None:
    """The life of a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it and ends its workers
    sys.stdout = sys.stderr                       # a claim that prints must not print into a report
    claims, home = load(papers).claims, Home(folder)
    while True:
        try:
            claim_id = conn.recv_bytes().decode()
        except EOFError:
            return
        reply = decide_one(claims[claim_id], claims, home)
        conn.send_bytes(json.dumps(reply, sort_keys=True).encode())  # sorted as in the cache: a warm run shows the same bytes


class _Worker:
    def __init__(self, context, home: Home, papers: Sequence[str]):
        self.conn, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, str(home.folder), list(papers)), daemon=True)
        self.process.start()
        theirs.close()  # so that the death of the worker reads as the end of the stream
        self.claim_id, self.began = "", 0.0

    def ask(self, claim_id: str) -> None:
        self.claim_id, self.began = claim_id, time.perf_counter()
        try:
            self.conn.send_bytes(claim_id.encode())
        except OSError:
            return  # it died while idle: the read that follows finds the end of the stream

    def answer(self) -> Reply:
        seconds = time.perf_counter() - self.began
        try:
            raw = json.loads(self.conn.recv_bytes())
        except (EOFError, OSError):
            self.stop()
            return Reply(self.claim_id, failed(f"its worker process died (exit code {self.process.exitcode})"), seconds, lost=True)
        if "conflict" in raw:
            return Reply(self.claim_id, None, seconds, raw["conflict"])
        return Reply(self.claim_id, raw, seconds)

    def stop(self) -> None:
        self.conn.close()
        self.process.terminate()
        self.process.join(5)
        if self.process.exitcode is None:
            self.process.kill()
            self.process.join()


def decide_all(ids: Sequence[str], home: Home, papers: Sequence[Path | str] = (), jobs: int = 1, limit: float | None = None,
               began: Callable[[str], None] = lambda _: None, done: Callable[[Reply], None] = lambda _: None) -> None:
    """Decide the claims in this order on `jobs` processes; `done` is called in the parent as each reply comes in."""
    context = multiprocessing.get_context("spawn")
    queue, idle, busy = deque(ids), [], []
    try:
        while queue or busy:
            while queue and len(busy) < max(1, jobs):
                worker = idle.pop() if idle else _Worker(context, home, list(map(str, papers)))
                busy.append(worker)
                worker.ask(queue.popleft())
                began(worker.claim_id)
            soonest = min(w.began for w in busy) + limit - time.perf_counter() if limit else None
            ready = wait([w.conn for w in busy], timeout=None if soonest is None else max(0.0, soonest))
            for worker in list(busy):
                late = limit and time.perf_counter() - worker.began >= limit
                if worker.conn not in ready and not late:
                    continue
                busy.remove(worker)
                if worker.conn in ready:
                    reply = worker.answer()
                else:
                    worker.stop()
                    reply = Reply(worker.claim_id, failed(f"budget: no decision within {limit:g} seconds"), limit, lost=True)
                if not reply.lost:
                    idle.append(worker)
                done(reply)
    finally:
        for worker in [*idle, *busy]:
            worker.stop()
