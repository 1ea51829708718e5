"""The report as Markdown, for a repository's pages and for mail. A claim's words stand in code, so nothing in them is markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wellposed.report import experiments, facts


def code(text: str) -> str:
    """Inline code that survives backticks, bars and line ends inside."""
    text = " ".join(text.split())
    fence = "`" * (max((len(m) for m in re.findall("`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def cell(text: str) -> str:
    """Inline code inside a table, where a bar would end the cell."""
    return code(text).replace("|", "\\|")


def plain(text: str) -> str:
    """Prose from a claim, with everything that Markdown or HTML would take for markup defused."""
    text = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_{}\[\]#|~$!])", r"\\\1", text)


def page(results: Sequence[Mapping[str, Any]], rows: Mapping[str, Iterable[str]] | None = None) -> str:
    """The whole report. rows: the inventories, to tell how much of them is covered."""
    known = {r["id"]: r for r in results}
    out = [
        "# wellposed report",
        "",
        plain(facts.headline(results, rows)) + ".",
        "",
        "| verdict | printed | other readings | amendments | what it needs |",
        "|---|---:|---:|---:|---|",
    ]
    out += [f"| {v} | {own} | {readings} | {extra} | {facts.MEANING[v]} |" for v, own, readings, extra in facts.counts(results)]
    out += ["", "## Rows", "", "| row | claim | place | verdict | effective |", "|---|---|---|---|---|"]
    for row, r in facts.by_row(results) + [("amends" if r["amends"] else "reading", r) for r in facts.apart(results)]:
        out.append(f"| {plain(row)} | {cell(r['id'])} | {plain(r['location'])} | {r['verdict']} | {r['effective']} |")
    bad = facts.failing(results)
    if bad:
        out += ["", "## What does not hold as printed"]
        for r in bad:
            out += ["", f"### {code(r['id'])}: {r['verdict']}", "", *_failure(r, known)]
    told = experiments.lines(results)
    if told:
        out += ["", "## Experiments", "", f"| {' | '.join(experiments.HEADS)} |", "|---" * len(experiments.HEADS) + "|"]
        out += [f"| {cell(x.claim)} | {' | '.join(map(plain, x.cells()[1:]))} |" if x.measured else
                f"| {cell(x.claim)} | {plain(x.waits)} | | | | {x.verdict} |" for x in told]
    out += ["", "## What falls", ""]
    falls = [r for r in results if r["falls"]]
    out += [f"- {code(r['id'])} fails, and with it the paper's argument for {', '.join(map(code, r['falls']))}" for r in falls]
    if not falls:
        out += ["No claim's argument in the paper rests on one that fails."]
    out += ["", "## Evidence"]
    for r in results:
        out += [
            "",
            f"### {code(r['id'])}",
            "",
            f"{r['verdict']}"
            + (f" (effective: {r['effective']})" if r["effective"] != r["verdict"] else "")
            + (f": {plain(r['reason'])}" if r["reason"] else "")
            + ".",
            "",
            f"- printed: {code(r['printed']) if r['printed'] else 'a reconstruction'}",
            f"- checked: {code(r['statement'])}",
            *_where(r),
        ]
        out += [f"- {plain(facts.evidence(e))}" for e in r["evidence"]]
        out += [f"- mutants: {plain(facts.mutants(r['mutants']))}", f"- by itself: {', '.join(map(code, facts.commands(r)))}"]
    return "\n".join(out) + "\n"


def _failure(r: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> list[str]:
    out = [f"- place: {plain(r['location'])}", f"- printed: {code(r['printed']) if r['printed'] else 'a reconstruction'}",
           f"- checked: {code(r['statement'])}", *_where(r)]
    out += [f"- why: {plain(r[key])}" for key in ("reason", "ill_posed") if r[key]]
    if r["counterexample"]:
        out += [f"- fails {plain(facts.where_it_fails(r['counterexample']))}"]
    mend = facts.mended_briefly(r, known)
    if mend:
        out.append(f"- mended: {code(mend)}")
    return out


def _where(r: Mapping[str, Any]) -> list[str]:
    return [f"  - where {code(f'{name} = {meaning}')}" for name, meaning in r["formal"]["where"]]
