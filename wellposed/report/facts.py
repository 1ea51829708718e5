"""The words that every report uses: results (entries of report.json) in, lines of plain text out. No layout here."""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Context, Decimal
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


def literal(result: Result) -> bool:
    """Whether this claim is the paper's words taken literally: no amendment, no other reading."""
    return not result["amends"] and not result["reading_of"]


def failing(results: Iterable[Result]) -> list[Result]:
    """The claims that do not hold as printed, other readings included; amendments are told with what they mend."""
    return [r for r in printed_claims(results) if r["verdict"] in FAILING]


def counts(results: Sequence[Result]) -> list[tuple[str, int, int, int]]:
    """(verdict, literal claims, other readings, amendments), in the order of the vocabulary, without empty lines."""
    out = []
    for verdict in VERDICTS:
        mine = [r for r in results if r["verdict"] == verdict]
        if mine:
            own, amendments = sum(map(literal, mine)), sum(bool(r["amends"]) for r in mine)
            out.append((verdict, own, len(mine) - own - amendments, amendments))
    return out


def by_row(results: Iterable[Result]) -> list[tuple[str, Result]]:
    """(row id, literal claim) in the order of the results: one line per inventory row and claim that decides it."""
    return [(row, r) for r in results if literal(r) for row in r["covers"] or ["-"]]


def apart(results: Sequence[Result]) -> list[Result]:
    """Readings and amendments that a table of rows would hide: they are not proved, or what they belong to is not shown."""
    shown = {r["id"] for r in results}
    return [r for r in results if not literal(r) and (r["verdict"] != "proved" or (r["amends"] or r["reading_of"]) not in shown)]


def rows_of(result: Result) -> str:
    return " ".join(result["covers"]) or "-"


def headline(results: Sequence[Result], rows: Mapping[str, Iterable[str]] | None = None) -> str:
    """rows: paper -> all the rows of its inventory, to tell how many of them are covered."""
    if not results:
        return "no claims"
    own = [r for r in results if literal(r)]
    papers = sorted({r["paper"] for r in results})
    covered = {(r["paper"], row) for r in own for row in r["covers"]}
    open_ = {(r["paper"], row) for r in own if r["verdict"] == "undecided" for row in r["covers"]}
    of = f" of {sum(len(list(rows[p])) for p in papers if p in rows)}" if rows else ""
    bad = sum(r["verdict"] in FAILING for r in own)
    unsupported = sum(r["effective"] == "unsupported" for r in own)
    waiting = f", {len(open_)} undecided" if open_ else ""
    return (f"{', '.join(papers)}: {len(covered - open_)}{of} rows decided{waiting}; {bad} of {count(len(own), 'claim')} "
            f"{'does' if bad == 1 else 'do'} not hold as printed, {unsupported} "
            f"{'rests' if unsupported == 1 else 'rest'} on one that fails")


def count(n: int, word: str) -> str:
    return f"{n} {word}{'' if n == 1 else 's'}"


BALL = re.compile(r"\[(-?[0-9.]+(?:e[+-]?[0-9]+)?) \+/- ([0-9.]+(?:e[+-]?[0-9]+)?)\]")


def number(text: str, digits: int = 8) -> str:
    """A side of a relation, short: a ball whose radius does not show at this many digits as a decimal, anything else as it is."""
    ball = BALL.fullmatch(text)
    if ball is None and not re.fullmatch(r"-?[0-9]+\.[0-9]+(e[+-]?[0-9]+)?", text):
        return text
    mid = Decimal(ball[1] if ball else text)
    if ball and Decimal(ball[2]) > abs(mid) * Decimal(10) ** -digits:
        return text
    short = format(Context(prec=digits).create_decimal(mid).normalize(), "f")
    return short if len(short) <= digits + 8 else f"{mid:.{digits - 1}e}"


def sides(left: str, right: str) -> tuple[str, str]:
    """Both sides as short as still tells them apart."""
    for digits in (8, 12, 16, 20):
        a, b = number(left, digits), number(right, digits)
        if a != b:
            break
    return a, b


RELATIONS = (" <= ", " < ", " = ")


def failed_relation(raw: Mapping[str, Any]) -> str | None:
    """`-1 <= -1.566219: false`, where the counterexample tells both sides of one relation."""
    if raw.get("lhs") is None or raw.get("rhs") is None:
        return None
    left, right = sides(value(raw["lhs"]), value(raw["rhs"]))
    sign = _sign(raw.get("relation") or "")
    return f"{left}{sign}{right} is false" if sign else f"left side {left}, right side {right}"


def _sign(relation: str) -> str | None:
    """The relation's sign: the only one outside all brackets, bars aside."""
    depth, found = 0, []
    for k, c in enumerate(relation):
        depth += (c in "([{") - (c in ")]}")
        if depth == 0:
            found += [sign for sign in RELATIONS if relation.startswith(sign, k)]
    return found[0] if len(found) == 1 else None


def where_it_fails(raw: Mapping[str, Any]) -> str:
    """One line: the point, and what is false there."""
    at = ", ".join(f"{k} = {value(v)}" for k, v in (raw.get("values") or {}).items())
    said = failed_relation(raw)
    return ": ".join(filter(None, [f"at {at}" if at else "", said or ""])) or "by a closed computation"


def added(result: Result, mend: Result) -> list[str]:
    """The hypotheses that an amendment adds, where it adds nothing else."""
    one, other = result["formal"], mend["formal"]
    if one["conclusion"] != other["conclusion"] or one["variables"] != other["variables"]:
        return []
    return [h for h in other["hypotheses"] if h not in one["hypotheses"]]


def sequent(result: Result) -> str:
    """The statement for reading: `CONCLUSION, if HYPOTHESIS and ...`, without its variables."""
    said = result["formal"]
    return said["conclusion"] + (f", if {' and '.join(said['hypotheses'])}" if said["hypotheses"] else "")


def mended_briefly(result: Result, by_id: Mapping[str, Result]) -> str | None:
    """How a failing claim is mended, in one line; only the hypothesis where one is all that was missing."""
    mend = by_id.get(result["amendment"] or "")
    if mend is None:
        return mended(result, by_id)
    more = added(result, mend)
    return f"{mend['id']} ({mend['verdict']}): " + (f"holds if {' and '.join(more)}" if more else sequent(mend))


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


def commands(result: Result) -> list[str]:
    """What looks at this claim alone: everything about it, all its routes anew, its certificates in a fresh process."""
    kept = any(e["artefact"] and e["artefact"]["file"] for e in result["evidence"])
    return [f"wellposed show {result['id']}", rerun(result), *([f"wellposed replay {result['id']}"] if kept else [])]
