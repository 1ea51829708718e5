"""The gate: is every claim what `claims.lock` says, does every certificate replay, and does any mutant live?"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from theory.claim import ClaimError, StoreError
from theory.registry import Registry
from wellposed import certificates, lock, records
from wellposed.run import Run

WAITING = "no record"  # an undecided claim with this in its reason waits for an experiment's record


@dataclass(frozen=True)
class Result:
    differences: list[str]
    survivors: list[str]
    rejected: list[str]
    waiting: list[str]
    replayed: int

    @property
    def code(self) -> int:
        return 1 if self.differences or self.survivors or self.rejected else 0

    def lines(self) -> list[str]:
        out = [f"differs from claims.lock: {line}" for line in self.differences]
        out += [f"a mutant survives: {line}" for line in self.survivors]
        out += [f"not confirmed: {line}" for line in self.rejected]
        out += [f"waits for a record: {name}" for name in self.waiting]
        return out


def require_rows(registry: Registry) -> None:
    """A paper says in DECIDED_ROWS which rows of its inventory must have a claim."""
    for paper, gap in registry.uncovered().items():
        raise ClaimError(f"{paper}: no claim covers {', '.join(gap)}")


def pass_through(run: Run, locked: Mapping[str, lock.Line], jobs: int = 1) -> Result:
    """Compare the run with the lock and re-check every certificate in fresh processes."""
    results = run.shown()
    wanted = set(run.asked)
    held = [(name, item, path) for name, item, path in run.certificates() if name in wanted]
    for name, item, path in held:
        certificates.check_statement(run.registry.claims[name], item, path)
    code, lines = certificates.replay([path for _, _, path in held], jobs) if held else (0, [])
    if code == 2:
        raise StoreError(next((x for x in lines if x.startswith("unreadable")), (lines or ["a certificate cannot be read"])[-1]))
    rejected = _rejected(lines) if code == 1 else []
    for result in results:
        rejected += records.differences(run.registry.claims[result["id"]], result["evidence"])
    return Result(
        differences=lock.differences(results, locked),
        survivors=run.survivors(),
        rejected=rejected,
        waiting=[r["id"] for r in results if r["verdict"] == "undecided" and WAITING in (r["reason"] or "")],
        replayed=len(held),
    )


def _rejected(lines: list[str]) -> list[str]:
    """The replayer's lines that do not begin with `confirmed`; all of them if it failed without saying which."""
    bad = [line.removeprefix("NOT CONFIRMED ") for line in lines if not line.startswith("confirmed ")]
    return bad or lines or ["the replayer failed and said nothing"]
