"""The report on a terminal, 80 columns wide; colour only where it is wanted. Everything is told without colour as well."""
from __future__ import annotations

import os
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TextIO

from wellposed.graph import FAILING, Impact
from wellposed.report import experiments, facts, mathml

WIDTH = 80
COLOURS = {"proved": "32", "supported": "32", "refuted": "31", "contradicted": "31", "ill-posed": "31", "conditional": "33",
           "undecided": "35", "cited": "36", "unsupported": "33", "heading": "1", "faint": "2"}


class Paint:
    """Puts a colour around text, or leaves it as it is. Control characters from a claim's words never reach the terminal."""

    def __init__(self, on: bool):
        self.on = on

    @classmethod
    def wanted(cls, choice: str, stream: TextIO) -> "Paint":
        """choice: always, never, or auto: on a terminal, unless NO_COLOR is set (to anything) or the terminal is dumb."""
        auto = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        return cls(choice == "always" or choice == "auto" and auto)

    def __call__(self, text: str, kind: str) -> str:
        return f"\x1b[{COLOURS[kind]}m{text}\x1b[0m" if self.on and kind in COLOURS else text


def clean(text: str) -> str:
    """One line without control characters."""
    return "".join(c if c.isprintable() else " " for c in text)


def wrap(text: str, indent: int = 0, hang: int = 0, width: int = WIDTH) -> list[str]:
    """Lines of at most `width` columns; continuation lines are indented by `hang` more."""
    return textwrap.wrap(clean(text), width, initial_indent=" " * indent, subsequent_indent=" " * (indent + hang),
                         break_on_hyphens=False) or [""]


def labelled(label: str, text: str, indent: int = 2, column: int = 12) -> list[str]:
    """`label  text`, with the text in a column of its own."""
    lines = wrap(text, width=WIDTH - indent - column)
    head = " " * indent + label.ljust(column - 1)[:column - 1] + " "
    return [(head + lines[0]).rstrip(), *(" " * (indent + column) + x for x in lines[1:])]


def report(results: Sequence[Mapping[str, Any]], paint: Paint, known: Mapping[str, Mapping[str, Any]] | None = None,
           rows: Mapping[str, Iterable[str]] | None = None) -> str:
    """The whole report. known: entries beyond those shown, to tell what an amendment says; rows: the inventories."""
    known = known or {r["id"]: r for r in results}
    out = [*wrap(facts.headline(results, rows)), "", *summary(results, paint), "", *table(results, paint)]
    bad = facts.failing(results)
    if bad:
        out += ["", paint("What does not hold as printed", "heading")]
        for result in bad:
            out += ["", *failure(result, known, paint)]
    out += experiment_lines(results, paint)
    falls = [r for r in results if r["falls"]]
    out += ["", paint("What falls", "heading"), ""]
    for r in falls:
        out += wrap(f"{r['id']} ({r['verdict']}) takes with it the paper's argument for {', '.join(r['falls'])}", 2, 2)
    if not falls:
        out += ["  No claim's argument in the paper rests on one that fails."]
    return "\n".join(out) + "\n"


def experiment_lines(results: Sequence[Mapping[str, Any]], paint: Paint) -> list[str]:
    """Prediction, rival, control and measurement of every claim that an experiment decides."""
    out: list[str] = []
    before = None
    for line in experiments.lines(results):
        if line.experiment != before:
            out += ["", paint(f"Experiment {line.experiment}", "heading") + (f"  ({clean(line.device)})" if line.device else "")]
            before = line.experiment
        out.append(f"  {clean(line.claim)}  {paint(line.verdict, line.verdict)}")
        if line.measured:
            out += labelled("measured", line.measured, 4) + labelled("predicted", line.predicted, 4)
            out += labelled("rival", f"{line.rival}: {line.rival_words}", 4)
            out += labelled("control", f"{line.control}: {line.control_words}", 4)
        else:
            out += labelled("waits", line.waits, 4)
    return out


def summary(results: Sequence[Mapping[str, Any]], paint: Paint) -> list[str]:
    out = ["  verdict       printed  other readings  amendments"]
    for verdict, *numbers in facts.counts(results):
        own, readings, amendments = (n or "" for n in numbers)
        out.append(f"  {paint(verdict.ljust(12), verdict)} {own:>8} {readings:>15} {amendments:>11}".rstrip())
    return out


def table(results: Sequence[Mapping[str, Any]], paint: Paint) -> list[str]:
    """One line per inventory row; below them the readings and amendments that are not simply proved."""
    lines = facts.by_row(results)
    lines += [("amends" if r["amends"] else "reading", r) for r in facts.apart(results)]
    first = max([len(row) for row, _ in lines] + [3])
    first = min(first, 8)
    width = WIDTH - first - 28
    width = min(max([len(r["id"]) for _, r in lines] + [8]), width)
    out = [paint(f"{'row'.ljust(first)}  {'claim'.ljust(width)}  {'verdict'.ljust(12)} effective", "heading")]
    for row, r in lines:
        name, row = clean(r["id"]), clean(row)[:first]
        if len(name) > width:  # a line of its own, and the rest below it
            out.append(f"{row.ljust(first)}  {name}"[:WIDTH])
            row = name = ""
        effective = r["effective"]
        kind = effective if effective != r["verdict"] else "faint"
        verdict = paint(r["verdict"].ljust(12), r["verdict"])
        out.append(f"{row.ljust(first)}  {name.ljust(width)}  {verdict} {paint(effective, kind)}")
    return out


def failure(result: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]], paint: Paint) -> list[str]:
    """A claim that fails, briefly: where it stands, what it says, where that is false, what is true instead."""
    out = [f"{paint(clean(result['id']), 'heading')}  {paint(result['verdict'], result['verdict'])}"]
    out += labelled("at", f"{facts.rows_of(result)}; {result['location']}")
    out += labelled("says", mathml.plain(result["printed"]) if result["printed"] else facts.sequent(result))
    if result["ill_posed"]:
        out += labelled("but", result["ill_posed"])
    if result["counterexample"]:
        out += labelled("fails", facts.where_it_fails(result["counterexample"]))
    elif result["notes"] and not result["ill_posed"]:
        out += labelled("because", result["notes"])
    mend = facts.mended_briefly(result, known)
    if mend:
        out += labelled("instead", mend)
    return out


def side_by_side(left: str, right: str, heads: tuple[str, str]) -> list[str]:
    """Two texts in columns where each fits its half in a few lines, else one above the other."""
    half = (WIDTH - 3) // 2
    a, b = wrap(left, width=half), wrap(right, width=half)
    if max(len(a), len(b)) > 8 or any(len(x) > half for x in a + b):
        return [f"{heads[0]}:", *wrap(left, 2), f"{heads[1]}:", *wrap(right, 2)]
    rows = [heads, ("-" * half, "-" * half)]
    rows += [(a[k] if k < len(a) else "", b[k] if k < len(b) else "") for k in range(max(len(a), len(b)))]
    return [f"{x.ljust(half)} | {y}".rstrip() for x, y in rows]


def where(result: Mapping[str, Any], indent: int = 2) -> list[str]:
    """What the abbreviations of a statement mean, one below the other."""
    pairs = result["formal"]["where"]
    column = min(max((len(name) for name, _ in pairs), default=0), 24)
    out = []
    for k, (name, meaning) in enumerate(pairs):
        lines = wrap(f"{clean(name).ljust(column)} = {meaning}", indent, column + 3, WIDTH - 6)
        out += [" " * 6 + line for line in lines]
        if k == 0:
            out[0] = " " * indent + "where " + out[0].lstrip()
    return out


def show(result: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]], above: Iterable[str], paint: Paint) -> str:
    """Everything about one claim. above: ids of what rests on it."""
    verdict = paint(result["verdict"], result["verdict"])
    if result["effective"] != result["verdict"]:
        verdict += f" (effective: {paint(result['effective'], result['effective'])})"
    out = [
        paint(clean(result["id"]), "heading"),
        *wrap(f"{result['location']}; rows {facts.rows_of(result)}"),
        "",
        *side_by_side(
            result["printed"] or "(only a reconstruction is at hand)", result["statement"], ("as printed", "as checked")
        ),
        *where(result),
        "",
        f"verdict: {verdict}",
    ]
    for label, text in (("reason", result["reason"]), ("ill-posed", result["ill_posed"]), ("notes", result["notes"])):
        if text:
            out += wrap(f"{label}: {text}", 0, 2)
    if result["counterexample"]:
        out += ["", "counterexample"]
        for line in facts.counterexample(result["counterexample"]):
            out += wrap(line, 2, 2)
    mend = known.get(result["amendment"] or "")
    if mend:
        out += ["", *wrap(f"mended by {mend['id']} ({mend['verdict']}): {mend['statement']}", 0, 2), *where(mend)]
    elif facts.mended(result, known):
        out += ["", *wrap(facts.mended(result, known), 0, 2)]
    if result["amends"]:
        other = known.get(result["amends"])
        out += ["", *wrap(f"amends {result['amends']}" + (f" ({other['verdict']}): {other['statement']}" if other else ""), 0, 2)]
    if result["reading_of"]:
        out += ["", *wrap(f"another reading of {result['reading_of']}", 0, 2)]
    out += ["", "evidence", *(x for e in result["evidence"] for x in wrap(facts.evidence(e), 2, 2))]
    out += wrap(f"mutants: {facts.mutants(result['mutants'])}", 2, 2)
    for route, proof in facts.traces(result):
        out += ["", "proof of the denial" if proof.get("denial") else "proof"]
        for line in proof.get("trace") or ["(no trace was kept)"]:
            out += wrap(line, 2, 4)
        out += wrap(f"axioms: {', '.join(proof.get('axioms') or []) or 'none'}", 2, 2)
        if proof.get("witness"):
            out += wrap(
                f"hypotheses can be met: {', '.join(f'{k} = {facts.value(v)}' for k, v in proof['witness'].items())}", 2, 2
            )
    out += [""]
    for label, names in (("rests on", result["rests_on"]), ("rests on this", list(above)), ("falls with it", result["falls"])):
        out += wrap(f"{label}: {', '.join(_with_verdict(n, known) for n in names) or 'nothing'}", 0, 2)
    return "\n".join([*out, "", "by itself:", *(x for line in facts.commands(result) for x in wrap(line, 2, 2))]) + "\n"


def impact(found: Impact, known: Mapping[str, Mapping[str, Any]], paint: Paint) -> str:
    """What falls with a claim, and what its amendment restores."""
    r = known[found.claim]
    out = [f"{paint(clean(found.claim), 'heading')}  {paint(r['verdict'], r['verdict'])}",
           *wrap(f"{facts.rows_of(r)}; {r['location']}")]
    if not found.falls:
        return "\n".join([*out, "", "No claim's argument in the paper rests on it."]) + "\n"
    rows = [row for n in found.falls for row in known[n]["covers"] if facts.literal(known[n])]
    verb = "falls" if r["verdict"] in FAILING else "would fall"
    out += ["", *wrap(f"With it {verb} the paper's argument for {facts.count(len(found.falls), 'claim')}"
                      f"{', rows ' + ' '.join(rows) if rows else ''}:"), ""]
    for name in found.falls:
        own = known[name]["verdict"]
        also = f"; also rests on {', '.join(found.blocked[name])}" if name in found.blocked else ""
        out += wrap(f"{name}  {own} by its own evidence{also}", 2, 4)
    out += [""]
    if found.amendment is None:
        return "\n".join([*out, *wrap("No amendment is stated.")]) + "\n"
    mend = f"{found.amendment} ({known[found.amendment]['verdict']})"
    out += wrap(f"{mend} in its place, where the argument goes through with it, restores "
                f"{', '.join(found.restored) or 'nothing by itself'}.")
    if found.blocked:
        out += wrap(f"Still resting on others that fail: {', '.join(found.blocked)}.")
    if found.broken:
        out += wrap(f"Failing by themselves: {', '.join(found.broken)}.")
    return "\n".join(out) + "\n"


def _with_verdict(name: str, known: Mapping[str, Mapping[str, Any]]) -> str:
    return f"{name} ({known[name]['verdict']})" if name in known else name
