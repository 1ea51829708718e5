"""One run: ids -> evidence (from the cache, or from worker processes) -> verdicts -> the results that everything else shows."""
from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from theory.claim import Claim, EvidenceConflict
from theory.display import Abbreviations, Displayed
from theory.printing import text
from theory.registry import Registry
from theory.terms import Term
from wellposed import certificates, graph, pool
from wellposed.cache import Cache, Entry, warn
from wellposed.files import Home
from wellposed.progress import Progress

SCHEMA = 1
LIMIT = 600.0  # seconds for one claim; none of ours needs a tenth of it


@dataclass(frozen=True)
class Run:
    """results: claim id -> its entry of report.json, in reading order, for everything that the verdicts needed.

    asked: the ids that the user wanted; ran: those that were decided anew and not found in the cache.
    """

    registry: Registry
    home: Home
    asked: tuple[str, ...]
    ran: tuple[str, ...]
    results: Mapping[str, dict[str, Any]]

    def shown(self) -> list[dict[str, Any]]:
        wanted = set(self.asked)
        return [r for name, r in self.results.items() if name in wanted]

    def certificates(self) -> list[tuple[str, dict[str, Any], Path]]:
        """(claim id, evidence, path) of every certificate that backs these results."""
        return [(name, *held) for name, r in self.results.items() for held in certificates.files(self.home, r["evidence"])]

    def survivors(self) -> list[str]:
        """One line for every claim asked for that has a mutant which no route killed."""
        return [f"{r['id']}: {text}" + (f" (and {more} more: `wellposed mutants {r['id']}`)" if more else "")
                for r in self.shown() if r["mutants"] and r["mutants"]["survivors"]
                for text, more in [(r["mutants"]["survivors"][0], len(r["mutants"]["survivors"]) - 1)]]


def verify(registry: Registry, ids: Sequence[str] | None = None, home: Home | None = None, papers: Sequence[Path | str] = (),
           jobs: int | None = None, fresh: bool = False, progress: Progress | None = None, limit: float | None = LIMIT,
           warn: Callable[[str], None] = warn) -> Run:
    """Decide these claims (all of them, if none are named) and whatever their verdicts need.

    Raises EvidenceConflict where two routes, or two engines, contradict each other. `fresh` ignores what is cached.
    """
    from theory.decide import Finding
    from theory.verdict import rule

    home, progress = home or Home(), progress or Progress.silent()
    asked = tuple(registry.claims if ids is None else ids)
    inside = graph.needed(asked, registry.claims)
    findings, ran = _findings(registry, [n for n in registry.order() if n in inside], home, papers, jobs or os.cpu_count() or 1,
                              fresh, progress, limit, warn)
    claims = {name: registry.claims[name] for name in inside}
    rulings = rule(claims, {name: Finding.from_json(raw) for name, raw in findings.items()})
    results = {name: _entry(claims[name], findings[name], rulings[name])
               for name in graph.reading_order(registry.claims, registry.rows) if name in inside}
    for name, fallen in graph.falls(results, registry.claims).items():
        results[name]["falls"] = fallen
    return Run(registry, home, asked, tuple(ran), results)


def report_json(results: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The contract that other programs read; see README."""
    return {"schema": SCHEMA, "claims": list(results)}


def _findings(registry: Registry, names: list[str], home: Home, papers, jobs: int, fresh: bool, progress: Progress, limit, warn):
    cache = Cache(home, _packages(registry), warn)
    keys = {name: cache.key(registry.claims[name], registry.claims) for name in names}
    kept = {name: cache.read(name) for name in names}
    findings = {name: entry.finding for name, entry in kept.items()
                if not fresh and entry and entry.key == keys[name] and not certificates.missing(home, entry.finding["evidence"])}
    todo = [name for name in names if name not in findings]
    expected = {name: kept[name].seconds for name in todo if kept[name]}
    todo.sort(key=lambda name: -expected.get(name, float("inf")))  # the longest first, so that none of them is left for the end
    conflicts: list[str] = []

    def done(reply: pool.Reply) -> None:
        if reply.conflict:
            conflicts.append(f"{reply.claim_id}: {reply.conflict}")
        else:
            findings[reply.claim_id] = reply.finding
            if not reply.lost and not reply.finding.get("error"):
                cache.write(reply.claim_id, Entry(keys[reply.claim_id], reply.finding, round(reply.seconds, 3)))
        progress.done(reply.claim_id, reply.seconds)

    progress.start(len(names), len(todo), expected, min(jobs, len(todo)))
    try:
        pool.decide_all(todo, home, papers, min(jobs, len(todo)), limit, progress.began, done)
    finally:
        progress.finish()
    if conflicts:
        raise EvidenceConflict("; ".join(sorted(conflicts)))
    return findings, todo


def _packages(registry: Registry) -> dict[str, Path]:
    """Top-level packages of papers that live outside the repository."""
    import sys

    heads = {claim.module.split(".")[0] for claim in registry.claims.values()} - {"theory"}
    return {head: Path(next(iter(sys.modules[head].__path__))) for head in heads}


def _entry(claim: Claim, finding: Mapping[str, Any], ruling) -> dict[str, Any]:
    """One claim of report.json. Keys of the contract first; those after `counterexample` are ours.

    formal and latex: the statement in parts (variables, hypotheses, conclusion, where), as plain text and as LaTeX.
    """
    return {
        "id": claim.id, "paper": claim.paper, "location": claim.location, "printed": claim.printed, "statement": claim.statement,
        "covers": list(claim.covers), "rests_on": list(claim.rests_on), "verdict": ruling.verdict, "effective": ruling.effective,
        "reason": ruling.reason, "reconstruction": claim.reconstruction, "amends": claim.amends, "amendment": ruling.amendment,
        "no_amendment": ruling.no_amendment, "evidence": finding["evidence"], "mutants": finding["mutants"],
        "counterexample": _abbreviated(claim, finding["counterexample"]),
        "digest": claim.digest, "falls": [], "notes": claim.notes or None, "reading_of": claim.reading_of,
        "formal": parts(claim.displayed()), "latex": parts(claim.displayed(tex=True)), "experiment": claim.experiment,
        "ill_posed": claim.ill_posed,
    }


def _abbreviated(claim: Claim, found: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The counterexample; where it is the conclusion, or a part of it, that fails, that is shown as the statement shows it."""
    relation = (found or {}).get("relation")
    short = {text(c): Abbreviations(claim.glossary).show(c) for c in _conjuncts(claim.conclusion)} if relation else {}
    return found | {"relation": short[relation]} if relation in short else found


def _conjuncts(formula: Term) -> list[Term]:
    return [c for a in formula.args for c in _conjuncts(a)] if formula.op == "and" else [formula]


def parts(said: Displayed) -> dict[str, Any]:
    return {"variables": list(said.variables), "hypotheses": list(said.hypotheses), "conclusion": said.conclusion,
            "where": [list(pair) for pair in said.where]}
