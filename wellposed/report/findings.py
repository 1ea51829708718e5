"""The ten gravest findings and what the experiments say, in plain words. Nothing is typed in: order, numbers and verdicts come from
the results."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wellposed.graph import FAILING
from wellposed.report import experiments, facts, markdown, mathml

MOST = 10
GRAVEST = ("ill-posed", "contradicted", "refuted", "conditional")
SAYS = {
    "ill-posed": "has no consistent meaning as printed",
    "refuted": "is false as printed",
    "conditional": "is false as printed, and true once a hypothesis is added",
    "contradicted": "is contradicted by an experiment",
}


def gravest(results: Sequence[Mapping[str, Any]], most: int = MOST) -> list[Mapping[str, Any]]:
    """The literal claims that fail: those that a further hypothesis mends come last; then by how many rows of the inventory fall
    with each, then by how badly it fails, then as they are printed."""
    known = {r["id"]: r for r in results}
    bad = [r for r in results if facts.literal(r) and r["verdict"] in FAILING]
    def rank(r: Mapping[str, Any]) -> tuple:
        return r["verdict"] == "conditional", -len(fallen_rows(r, known)), GRAVEST.index(r["verdict"])

    return sorted(bad, key=rank)[:most]


def fallen_rows(result: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The inventory rows whose argument in the paper rests on this claim, in the order of the inventory."""
    lost = {row for n in result["falls"] if n in known and facts.literal(known[n]) for row in known[n]["covers"]}
    return [row for r in known.values() if facts.literal(r) for row in r["covers"] if row in lost and lost.discard(row) is None]


def page(results: Sequence[Mapping[str, Any]]) -> str:
    """docs/findings.md"""
    known = {r["id"]: r for r in results}
    chosen = gravest(results)
    papers = ", ".join(sorted({r["paper"] for r in results}))
    out = [f"# The gravest findings: {papers}", "",
           "Written by `wellposed report` from what was computed; do not edit. A finding is graver the more rows of the "
           "inventory rest on it in the paper's own argument; statements that an added hypothesis mends come after those that "
           "are false or have no meaning.", "", markdown.plain(facts.headline(results)) + "."]
    for k, r in enumerate(chosen, 1):
        out += ["", f"## {k}. {markdown.plain(r['location'])} {SAYS[r['verdict']]}", "", *_finding(r, known)]
    if not chosen:
        out += ["", "Nothing was found to fail as printed."]
    out += _experiments(results)
    return "\n".join(out) + "\n"


def _experiments(results: Sequence[Mapping[str, Any]]) -> list[str]:
    """One item for each claim that a record decides; the claims that wait for one, by experiment."""
    told = experiments.lines(results)
    if not told:
        return []
    out = ["", "## What the experiments say", ""]
    out += [f"- {markdown.code(x.claim)} is {x.verdict}: {markdown.plain(x.measured)} where the claim needs {markdown.plain(x.predicted)}. "
            f"The rival ({markdown.plain(x.rival_words)}) says {markdown.plain(x.rival)}; the control ({markdown.plain(x.control_words)}) "
            f"gives {markdown.plain(x.control)}." for x in told if x.measured]
    waiting: dict[str, list[str]] = {}
    for x in told:
        if not x.measured:
            waiting.setdefault(x.experiment, []).append(markdown.code(x.claim))
    out += [f"- Without a record of {markdown.code(name)} nothing is said about {', '.join(claims)}." for name, claims in waiting.items()]
    return out


def _finding(r: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> list[str]:
    words = ("Printed", mathml.plain(r["printed"])) if r["printed"] else ("Stated", facts.sequent(r))
    out = [f"{words[0]}: {markdown.code(words[1])}", ""]
    said = " ".join(x.rstrip(". ") + "." for x in (r["ill_posed"], r["notes"]) if x)
    if said:
        out += [markdown.plain(said), ""]
    if r["counterexample"]:
        routes = ", ".join(e["route"] for e in r["evidence"] if e["outcome"] == "fails")
        out += [f"It fails {markdown.plain(facts.where_it_fails(r['counterexample']))} (found by {routes}).", ""]
    else:
        against = [facts.evidence(e | {"seconds": None}) for e in r["evidence"] if e["outcome"] == "fails"]
        out += [f"Decided by {markdown.plain('; '.join(against))}.", ""]
    mend = known.get(r["amendment"] or "")
    if mend:
        more = facts.added(r, mend)
        what = f"the same, if {' and '.join(more)}" if more else facts.sequent(mend)
        out += [f"What holds instead ({mend['verdict']}): {markdown.code(what)}", ""]
        if mend["notes"]:
            out += [markdown.plain(mend["notes"]), ""]
        where = dict(map(tuple, r["formal"]["where"])) | dict(map(tuple, mend["formal"]["where"]))
        shown = [f"{name} = {meaning}" for name, meaning in where.items() if name in what]
        if shown:
            out += [f"There {', '.join(map(markdown.code, shown))}.", ""]
    elif r["no_amendment"]:
        out += [f"None of the natural readings holds: {markdown.code(r['no_amendment'])}.", ""]
    rows = fallen_rows(r, known)
    out += [f"The paper's argument for {facts.count(len(rows), 'further row')} rests on it: {' '.join(rows)}." if rows else
            "No further row rests on it in the paper's argument.", "", f"See {markdown.code('wellposed show ' + r['id'])}."]
    return out
