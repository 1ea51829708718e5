"""A Theorem as data: the log that the second checker re-checks, and the trace that people read. Not trusted.

Log: {"schema": 1, "terms": [[op, data, argument numbers...], ...], "steps": [[rule, [premise steps], {argument: value}], ...],
"hyps": [term numbers], "concl": term number}. A value is {"t": term number}, {"q": "1/2"}, a string, an int, or a list of values.
The last step proves `hyps |- concl`.
"""
from __future__ import annotations

import weakref
from fractions import Fraction

from theory.kernel import AXIOMS, Theorem
from theory.printing import text
from theory.terms import Term

_labels: "weakref.WeakKeyDictionary[Theorem, str]" = weakref.WeakKeyDictionary()


def named(label: str, theorem: Theorem) -> Theorem:
    """Give a theorem a name for the trace; returns it."""
    _labels[theorem] = label
    return theorem


def steps(theorem: Theorem) -> list[Theorem]:
    """Every theorem used, premises first, each once."""
    order: list[Theorem] = []
    seen: set[int] = set()
    stack = [(theorem, False)]
    while stack:
        t, expanded = stack.pop()
        if expanded:
            order.append(t)
        elif id(t) not in seen:
            seen.add(id(t))
            stack.append((t, True))
            stack.extend((p, False) for p in reversed(t.premises) if id(p) not in seen)
    unique: dict[int, Theorem] = {}
    for t in order:
        unique.setdefault(id(t), t)
    return list(unique.values())


def log(theorem: Theorem) -> dict:
    """The proof as JSON data."""
    table: dict[Term, int] = {}
    terms: list[list] = []

    def number(t: Term) -> int:
        if t not in table:
            row = [t.op, str(t.data) if t.op == "num" else t.data, *(number(a) for a in t.args)]
            table[t] = len(terms)
            terms.append(row)
        return table[t]

    def value(a):
        if type(a) is Term:
            return {"t": number(a)}
        if type(a) is Fraction:
            return {"q": str(a)}
        return [value(b) for b in a] if isinstance(a, tuple) else a

    order = steps(theorem)
    place = {id(t): k for k, t in enumerate(order)}
    rows = [[t.rule, [place[id(p)] for p in t.premises], {k: value(a) for k, a in t.arguments.items()}] for t in order]
    return {"schema": 1, "steps": rows, "hyps": sorted(number(h) for h in theorem.hyps), "concl": number(theorem.concl), "terms": terms}


def axioms(theorem: Theorem) -> list[str]:
    """The named axioms that the proof uses."""
    return sorted({t.rule for t in steps(theorem)} & AXIOMS)


def trace(theorem: Theorem, full: bool = False) -> list[str]:
    """Lines for a reader: the labelled steps (all steps when `full`), what each used, and how many kernel steps lie between."""
    order = steps(theorem)
    shown = [t for t in order if full or t in _labels or t is theorem]
    number = {id(t): k + 1 for k, t in enumerate(shown)}
    place = {id(t): k for k, t in enumerate(order)}
    lines, last = [], -1
    for t in shown:
        used = sorted(_shown_below(t, number))
        by = t.rule if full else f"{place[id(t)] - last} kernel steps, last: {t.rule}"
        last = place[id(t)]
        label = _labels.get(t, "goal" if t is theorem else "")
        hyps = ", ".join(sorted(text(h) for h in t.hyps))
        lines.append(f"{number[id(t)]}. {label + ': ' if label else ''}{hyps + ' ' if hyps else ''}|- {text(t.concl)}"
                     f"   [{by}{'; uses ' + ', '.join(map(str, used)) if used else ''}]")
    return lines


def _shown_below(t: Theorem, number: dict[int, int]) -> set[int]:
    """The numbers of the nearest shown steps below a step."""
    found: set[int] = set()
    seen: set[int] = set()
    stack = list(t.premises)
    while stack:
        p = stack.pop()
        if id(p) in seen:
            continue
        seen.add(id(p))
        if id(p) in number:
            found.add(number[id(p)])
        else:
            stack.extend(p.premises)
    return found
