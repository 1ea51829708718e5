"""Walks over the claims: what a verdict needs, what rests on what, and what falls."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from theory.claim import Claim

FAILING = ("refuted", "conditional", "ill-posed", "contradicted")


def needed(ids: Iterable[str], claims: Mapping[str, Claim]) -> set[str]:
    """These claims and those without which their verdicts cannot be told: what they rest on, their amendments, the proofs that
    nothing mends them, and what an amendment amends."""
    mended_by: dict[str, list[str]] = {}
    for claim in claims.values():
        if claim.amends:
            mended_by.setdefault(claim.amends, []).append(claim.id)
    return _closure(ids, lambda name: [*claims[name].rests_on, *mended_by.get(name, []),
                                       *filter(None, [claims[name].no_amendment, claims[name].amends])])


def dependents(name: str, claims: Mapping[str, Claim]) -> list[str]:
    """The claims whose argument in the paper rests on this one, directly or not, sorted."""
    above: dict[str, list[str]] = {}
    for claim in claims.values():
        for below in claim.rests_on:
            above.setdefault(below, []).append(claim.id)
    return sorted(_closure([name], lambda n: above.get(n, [])) - {name})


def falls(results: Mapping[str, dict[str, Any]], claims: Mapping[str, Claim]) -> dict[str, list[str]]:
    """Failing claim -> the claims for which the paper's argument rests on it, however they fare by evidence of their own."""
    return {name: dependents(name, claims) for name, result in results.items() if result["verdict"] in FAILING}


def reading_order(claims: Mapping[str, Claim], rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """As the paper goes: by the first row covered; a reading, then an amendment, stands after the claim it belongs to."""
    place = {(paper, row): k for paper, table in rows.items() for k, row in enumerate(table)}
    last = len(place)

    def rank(claim: Claim) -> tuple:
        chain = [claim]
        while (up := chain[-1].amends or chain[-1].reading_of) and up not in [c.id for c in chain]:
            chain.append(claims[up])
        head = chain[-1]
        first = min((place[head.paper, r] for r in head.covers), default=last)
        steps = [(c.amends is not None, c.id) for c in reversed(chain[:-1])]
        return head.paper, first, head.id, steps

    return [c.id for c in sorted(claims.values(), key=rank)]


def _closure(start: Iterable[str], neighbours) -> set[str]:
    seen: set[str] = set()
    stack = list(start)
    while stack:
        name = stack.pop()
        if name not in seen:
            seen.add(name)
            stack.extend(neighbours(name))
    return seen


@dataclass(frozen=True)
class Impact:
    """What falls with a claim, and what its amendment restores.

    broken: claims among those that fail by themselves. restored: the paper's argument for these rests on nothing else that fails,
    so it stands again once the amendment is put in the place of the printed words (if the argument goes through with it: that is
    another claim). blocked: the others, each with the failing claims besides this one that its argument rests on.
    """

    claim: str
    amendment: str | None
    broken: tuple[str, ...]
    restored: tuple[str, ...]
    blocked: Mapping[str, tuple[str, ...]]

    @property
    def falls(self) -> tuple[str, ...]:
        return tuple(sorted([*self.broken, *self.restored, *self.blocked]))


def impact(name: str, results: Mapping[str, Mapping[str, Any]], claims: Mapping[str, Claim]) -> Impact:
    """`results` must hold whatever rests on the claim, and whatever those rest on."""
    broken, restored, blocked = [], [], {}
    for above in dependents(name, claims):
        others = _closure(claims[above].rests_on, lambda n: claims[n].rests_on) - {name}
        failing = tuple(sorted(n for n in others if results[n]["verdict"] in FAILING))
        if results[above]["verdict"] in FAILING:
            broken.append(above)
        elif failing:
            blocked[above] = failing
        else:
            restored.append(above)
    mend = next((c.id for c in claims.values() if c.amends == name), None)
    return Impact(name, mend, tuple(broken), tuple(restored), blocked)
