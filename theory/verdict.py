"""The one function that derives verdicts from evidence (the table of README), and effective verdicts over the graph."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Mapping

from theory.claim import Claim, EvidenceConflict, Outcome
from theory.decide import Finding

HOLDING = {"proved", "supported", "cited"}
FAILING = {"refuted", "conditional", "ill-posed", "contradicted"}


@dataclass(frozen=True)
class Ruling:
    """verdict: one of the closed list. effective: the verdict, or `unsupported` where the paper's argument rests on a claim that fails."""

    verdict: str
    effective: str
    reason: str | None = None
    amendment: str | None = None
    no_amendment: str | None = None


def rule(claims: Mapping[str, Claim], findings: Mapping[str, Finding]) -> dict[str, Ruling]:
    """Verdicts of all the claims given. Raises EvidenceConflict when two routes contradict each other on one claim."""
    verdicts: dict[str, tuple[str, str | None]] = {}
    amended = {c.amends: c.id for c in claims.values() if c.amends}
    # amendments first: `conditional` and the rest need to know whether the amendment is proved
    for c in sorted(claims.values(), key=lambda c: c.amends is None):
        mend = amended.get(c.id)
        proved = mend is not None and mend in verdicts and verdicts[mend][0] == "proved"
        verdicts[c.id] = _verdict(c, findings[c.id], claims[mend] if proved else None)
    out = {}
    for c in claims.values():
        verdict, reason = verdicts[c.id]
        fallen = [r for r in _below(c, claims) if verdicts[r][0] in FAILING]
        effective = "unsupported" if fallen and verdict in HOLDING else verdict
        if effective == "unsupported":
            reason = f"the paper's argument rests on {', '.join(fallen)}"
        failing = verdict in FAILING
        out[c.id] = Ruling(verdict, effective, reason, amended.get(c.id) if failing else None, c.no_amendment if failing else None)
    return out


def _below(claim: Claim, claims: Mapping[str, Claim]) -> list[str]:
    """Every claim that the paper's argument for this one uses, directly or not, in order of discovery."""
    seen: list[str] = []
    queue = list(claim.rests_on)
    while queue:
        r = queue.pop(0)
        if r in claims and r not in seen:
            seen.append(r)
            queue += claims[r].rests_on
    return seen


def _verdict(claim: Claim, finding: Finding, mend: Claim | None) -> tuple[str, str | None]:
    if claim.cited is not None:
        return "cited", claim.cited
    if finding.error is not None:
        return "undecided", finding.error
    holds = {e.route for e in finding.evidence if e.outcome is Outcome.HOLDS}
    fails = {e.route for e in finding.evidence if e.outcome is Outcome.FAILS}
    if holds and fails:
        raise EvidenceConflict(f"{claim.id}: {', '.join(sorted(holds))} hold where {', '.join(sorted(fails))} fail; one of them is wrong")
    if "experiment" in holds | fails:
        return ("supported" if holds else "contradicted"), None
    if "proof" in holds and len(holds) >= 2:
        return "proved", None
    if len(fails) >= 2:
        return _failed(claim, mend), None
    if claim.experiment is not None:
        return "undecided", _why_no_experiment(claim, finding)
    return "undecided", _why_undecided(holds, fails)


def _failed(claim: Claim, mend: Claim | None) -> str:
    if claim.ill_posed is not None:
        return "ill-posed"
    return "conditional" if mend is not None and only_adds_hypotheses(claim, mend) else "refuted"


def only_adds_hypotheses(claim: Claim, mend: Claim) -> bool:
    """The same variables and conclusion, and every hypothesis of the claim: then the amendment only restricts where it speaks."""
    return (mend.variables == claim.variables and mend.conclusion == claim.conclusion
            and set(claim.hypotheses) < set(mend.hypotheses))


def _why_no_experiment(claim: Claim, finding: Finding) -> str:
    if any(e.route == "experiment" for e in finding.evidence):
        return f"the record of {claim.experiment} lies where the rival's prediction lies too, or was not conclusive"
    return f"no record: the experiment {claim.experiment} has not been run"


def _why_undecided(holds: set, fails: set) -> str:
    if "proof" in holds:
        return "budget: a proof, and no second route that decided"
    if holds:
        return f"budget: {', '.join(sorted(holds))} hold where they looked; no proof over the whole domain"
    if fails:
        return f"budget: only {', '.join(sorted(fails))} fails; a second route is needed"
    return "budget: no route decided"
