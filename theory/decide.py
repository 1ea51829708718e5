"""One claim through all its routes: evidence, mutants, the smallest counterexample. No verdict is formed here."""
from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any, Callable, Mapping

from theory.claim import Claim, Evidence, EvidenceConflict, Outcome, WellposedError
from theory.domain import vacuous

SEED = 20240


@dataclass(frozen=True)
class Finding:
    """What was found out about one claim. mutants and counterexample are null where there is nothing to say.

    error: why the claim could not be decided (its own code raised, its domain is empty, ...); the verdict is then `undecided`.
    """

    evidence: tuple[Evidence, ...] = ()
    mutants: dict[str, Any] | None = None
    counterexample: dict[str, Any] | None = None
    error: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {"evidence": [e.as_json() for e in self.evidence], "mutants": self.mutants, "counterexample": self.counterexample,
                "error": self.error}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "Finding":
        return cls(tuple(Evidence.from_json(e) for e in raw["evidence"]), raw["mutants"], raw["counterexample"], raw["error"])


def decide(claim: Claim, claims: Mapping[str, Claim]) -> Finding:
    """Run every route that applies. A claim whose own code raises comes back with `error` set; conflicts of engines propagate."""
    if claim.cited is not None or claim.experiment is not None:
        return Finding()        # an experiment's evidence comes from its record, from the floor above
    try:
        return _decide(claim)
    except EvidenceConflict:
        raise
    except WellposedError as error:
        return Finding(error=str(error))
    except Exception as error:  # the claim's code is the user's: whatever it raises is reported as its reason, never hidden
        return Finding(error=f"its code raised {type(error).__name__}: {' '.join(str(error).split())[:300]}")


def _decide(claim: Claim) -> Finding:
    from theory import mutants
    from theory.routes import crosscheck, enclosure, proof, search
    numeric = denial_of(claim) or claim
    if vacuous(numeric):
        return Finding(error="no point satisfies its hypotheses: the statement is vacuous; correct its domain or hypotheses")
    evidence = [e for e in [_timed(proof.run, claim)] if e is not None]
    for route in (enclosure.run, crosscheck.run) if claim.denial else (enclosure.run, search.run, crosscheck.run):
        evidence.append(_timed(route, numeric))
    if claim.denial:
        evidence = [e if e.route == "proof" else _denied(e) for e in evidence]
    holds = any(e.route == "proof" and e.outcome is Outcome.HOLDS for e in evidence)
    found = mutants.run(claim, SEED) if holds else None
    return Finding(tuple(evidence), found, _smallest(evidence))


def _timed(route: Callable[[Claim, int], Evidence | None], claim: Claim) -> Evidence | None:
    start = time.perf_counter()
    found = route(claim, SEED)
    return None if found is None else replace(found, seconds=round(time.perf_counter() - start, 4))


def denial_of(claim: Claim) -> Claim | None:
    """The denial as a claim of its own, for the numeric routes."""
    if claim.denial is None:
        return None
    d = claim.denial
    return Claim(f"{claim.id}.denial", claim.location, None, d.variables, d.conclusion, d.hypotheses, points=d.points)


def _denied(e: Evidence) -> Evidence:
    """Evidence about the denial as evidence about the claim: where the denial holds the claim fails. A denial that fails says nothing."""
    if e.outcome is not Outcome.HOLDS:
        return replace(e, outcome=Outcome.UNDECIDED, artefact=None, coverage=f"of the denial: {e.coverage}")
    return replace(e, outcome=Outcome.FAILS, coverage=f"the denial holds: {e.coverage}",
                   artefact=e.artefact and {**e.artefact, "of": "denial"})


def _smallest(evidence: list[Evidence]) -> dict[str, Any] | None:
    """The certified counterexample that the search shrank, or else another route's."""
    points = [e for e in evidence if e.outcome is Outcome.FAILS and e.artefact and e.artefact["kind"] == "point"]
    points.sort(key=lambda e: ("search", "crosscheck", "enclosure").index(e.route) if e.route in ("search", "crosscheck", "enclosure") else 3)
    return {**points[0].artefact["summary"], "route": points[0].route} if points else None
