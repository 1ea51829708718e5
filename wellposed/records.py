"""Experiments joined to their claims: the evidence of an empirical claim is what its record says, read anew on this machine."""
from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from theory.claim import Claim, Evidence


def evidence(claim: Claim) -> tuple[Evidence, ...]:
    """The evidence of the record that decides this claim, if any; a record that is stale or was changed is a StoreError."""
    from empirics import registry

    start = time.perf_counter()
    found = registry.evidence_for(claim)
    return () if found is None else (replace(found, seconds=round(time.perf_counter() - start, 4)),)


def digest(claim: Claim) -> str | None:
    """The digest of that record, or None."""
    from empirics import registry

    return registry.record_digest(claim.experiment) if claim.experiment else None


def differences(claim: Claim, shown: Sequence[dict[str, Any]]) -> list[str]:
    """What the gate asks: does the record still say what the run shows? All is computed again, nothing is cached."""
    if claim.experiment is None:
        return []
    now = [(e.outcome.value, e.coverage) for e in evidence(claim)]
    was = [(e["outcome"], e["coverage"]) for e in shown if e["route"] == "experiment"]
    if now == was:
        return []
    return [f"{claim.id}: the record of {claim.experiment} says {now or 'nothing'}, the run says {was or 'nothing'}"]
