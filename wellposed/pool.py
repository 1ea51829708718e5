"""Worker processes that decide one claim at a time, each from the same state.

A worker is spawned (it shares nothing with its parent), loads the claims and the engines, and is told ids; for each it forks,
and the child decides and replies in JSON. So no claim sees what another left behind in a counter, a cache or a random state,
hashes are seeded alike, and the evidence is the same bytes whatever ran before it and on however many processes. A child that
dies or runs out of time takes its worker and one claim with it, which is then undecided with that reason; the others go on.
"""

from __future__ import annotations

import importlib
import json
import multiprocessing
import os
import pkgutil
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from theory.claim import Claim, EvidenceConflict
from theory.registry import load, one_line
from wellposed import certificates, records
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
    from theory.decide import Finding, decide  # here: only a run pays for the engines

    try:
        finding = decide(claim, claims) if claim.experiment is None else Finding(records.evidence(claim))
        raw = finding.as_json()
        raw["evidence"] = certificates.store(home, claim, finding.evidence)
    except EvidenceConflict as error:
        return {"conflict": str(error)}
    except Exception as error:
        return failed(f"{type(error).__name__}: {one_line(error)}")
    return raw


def _serve(conn: Connection, folder: str, papers: Sequence[str]) -> None:
    """The life of a worker."""
    os.setpgrp()  # an interrupt at the terminal is for the parent, which ends its workers, and their children with them
    sys.stdout = sys.stderr   # a claim that prints must not print into a report
    claims, home = load(papers).claims, Home(folder)
    _warm_up()
    while True:
        try:
            claim_id = conn.recv_bytes().decode()
        except EOFError:
            return
        child = os.fork()
        if child == 0:
            code = 1
            try:
                reply = decide_one(claims[claim_id], claims, home)
                # sorted as in the cache: a warm run shows the same bytes
                conn.send_bytes(json.dumps(reply, sort_keys=True).encode())
                code = 0
            finally:
                os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if code != 0:
            os._exit(code if code > 0 else 128 - code)  # it may have said half a reply: let the parent see the end of the stream


def _warm_up() -> None:
    """Import the engines once, before the forks: hypothesis, mpmath and Arb take longer to load than a small claim to decide."""
    import theory.decide
    import theory.routes

    for module in pkgutil.iter_modules(theory.routes.__path__):
        importlib.import_module(f"theory.routes.{module.name}")


@contextmanager
def _one_hash_seed() -> Iterator[None]:
    """A spawned interpreter reads this from its environment: the order of a set must not choose between two proofs."""
    before = os.environ.get("PYTHONHASHSEED")
    os.environ["PYTHONHASHSEED"] = "0"
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONHASHSEED"]
        else:
            os.environ["PYTHONHASHSEED"] = before


class _Worker:
    def __init__(self, context, home: Home, papers: Sequence[str]):
        self.conn, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, str(home.folder), list(papers)), daemon=True)
        with _one_hash_seed():
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
            self.process.join(5)
            code = self.process.exitcode
            self.stop()
            return Reply(self.claim_id, failed(f"its process died (exit code {code})"), seconds, lost=True)
        if "conflict" in raw:
            return Reply(self.claim_id, None, seconds, raw["conflict"])
        return Reply(self.claim_id, raw, seconds)

    def stop(self) -> None:
        """End the worker and the child that it may be waiting for."""
        self.conn.close()
        try:
            os.killpg(self.process.pid, signal.SIGKILL)  # nothing of theirs is half written: files are replaced in one step
        except ProcessLookupError:
            self.process.kill()  # it has ended, or not yet become the leader of its group
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
