"""The words that every report uses: results (entries of report.json) in, lines of plain text out. No layout here."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from theory.claim import VERDICTS
from wellposed.graph import FAILING

Result = Mapping[str, Any]
MEANING = {
    "proved": "a kernel proof over the whole domain, and a second route that agrees",
    "refuted": "a certified counterexample or a proof of the negation, confirmed by a second route",
    "conditional": "false as printed; proved once a hypothesis is added",
    "ill-posed": "printed definitions that contradict each other, or a symbol without meaning",
    "supported": "an experiment's record lies in the range computed beforehand",
    "contradicted": "an experiment's record lies outside the range computed beforehand",
    "cited": "nothing here can check it: literature or history",
    "undecided": "no route decided it; never counts as a pass",
}


def printed_claims(results: Iterable[Result]) -> list[Result]:
    """The claims that are a paper's own: no amendment."""
    return [r for r in results if not r["amends"]]


def failing(results: Iterable[Result]) -> list[Result]:
    """The literal claims that do not hold as printed; other readings of the same words are told with them."""
    return [r for r in printed_claims(results) if r["verdict"] in FAILING]


def counts(results: Sequence[Result]) -> list[tuple[str, int, int]]:
    """(verdict, printed claims, amendments), in the order of the vocabulary, without empty lines."""
    out = []
    for verdict in VERDICTS:
        mine = [r for r in results if r["verdict"] == verdict]
        if mine:
            own = len(printed_claims(mine))
            out.append((verdict, own, len(mine) - own))
    return out


def rows_of(result: Result) -> str:
    return " ".join(result["covers"]) or "-"


def headline(results: Sequence[Result]) -> str:
    if not results:
        return "no claims"
    own = printed_claims(results)
    rows = {(r["paper"], row) for r in own for row in r["covers"]}
    bad = len(failing(results))
    unsupported = sum(r["effective"] == "unsupported" for r in results)
    return (f"{count(len(own), 'claim')} on {count(len(rows), 'row')} of {', '.join(sorted({r['paper'] for r in results}))}, "
            f"{count(len(results) - len(own), 'amendment')}; {bad} {'does' if bad == 1 else 'do'} not hold as printed, "
            f"{unsupported} {'rests' if unsupported == 1 else 'rest'} on one that fails")


def count(n: int, word: str) -> str:
    return f"{n} {word}{'' if n == 1 else 's'}"


def value(raw: Any) -> str:
    """A number, or a family as nested brackets; a long one is cut, with its length."""
    if isinstance(raw, (list, tuple)):
        shown = [value(x) for x in raw[:8]]
        return f"({', '.join(shown)}{f', ... {len(raw)} in all' if len(raw) > 8 else ''})"
    return "none" if raw is None else str(raw)


def counterexample(raw: Mapping[str, Any]) -> list[str]:
    """A counterexample as lines `what: value`, where it is first; assignments are spread into `name = value`."""
    names = {"values": "at", "relation": "fails there", "lhs": "left side", "rhs": "right side", "decided_by": "decided by"}
    out = []
    for key in sorted(raw, key=lambda k: (list(names).index(k) if k in names else len(names), k)):
        item, label = raw[key], names.get(key, key.replace("_", " "))
        if isinstance(item, Mapping):
            out.append(f"{label}: {', '.join(f'{k} = {value(v)}' for k, v in item.items())}")
        elif item is not None:
            out.append(f"{label}: {value(item)}")
    return out


def evidence(item: Mapping[str, Any]) -> str:
    tail = "" if item["seconds"] is None else f", {item['seconds']:.2f} s"
    seed = "" if item["seed"] is None else f", seed {item['seed']}"
    return f"{item['route']}: {item['outcome']} ({item['coverage']}{seed}{tail})"


def mutants(raw: Mapping[str, Any] | None) -> str:
    if raw is None:
        return "none were made"
    parts = [f"{raw['killed']} of {raw['total']} killed"]
    parts += [
        f"{raw[k]} {words}"
        for k, words in (("true", "true as well (the statement is loose)"), ("equivalent", "equivalent"))
        if raw[k]
    ]
    return ", ".join(parts) + (
        f"; {count(len(raw['survivors']), 'SURVIVOR')}: {'; '.join(raw['survivors'])}" if raw["survivors"] else ""
    )


def mended(result: Result, by_id: Mapping[str, Result]) -> str | None:
    """How a failing claim is mended, in one line."""
    if result["amendment"]:
        other = by_id.get(result["amendment"])
        return f"{result['amendment']} ({other['verdict']}): {other['statement']}" if other else result["amendment"]
    if result["no_amendment"]:
        other = by_id.get(result["no_amendment"])
        return f"none of the natural readings holds: {result['no_amendment']}" + (f" ({other['verdict']})" if other else "")
    return None


def traces(result: Result) -> list[tuple[str, Mapping[str, Any]]]:
    """(route, summary) of the proofs among the evidence."""
    return [
        (e["route"], e["artefact"]["summary"] or {})
        for e in result["evidence"]
        if e["artefact"] and e["artefact"]["kind"] == "proof"
    ]


def rerun(result: Result) -> str:
    return f"wellposed verify --fresh {result['id']}"
