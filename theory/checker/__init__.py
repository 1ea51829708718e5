"""The second checker: a proof log is followed again, step by step, by code that shares nothing with the kernel.

`check(log)` returns (hypotheses, conclusion) as dumped terms, or raises `Rejected`. It reads the format of `theory/prooflog.py`:
{"schema": 1, "terms": [[op, data, term numbers...]], "steps": [[rule, [step numbers], {argument: value}]], "hyps": [...],
"concl": n}, where terms and steps refer only to earlier ones and the last step must prove exactly `hyps |- concl`. Trusted: this
package (its own terms, normal form, calculus and rules) and python-flint. `python -m theory.checker FILE` checks a file.
"""
from __future__ import annotations

import json
import re
from fractions import Fraction

from theory.checker.nodes import Bad, Node, dump, kind, node
from theory.checker.rules import RULES, Sequent, need

__all__ = ["Rejected", "RULES", "check", "verify"]
KEYS = ("schema", "terms", "steps", "hyps", "concl")
MAX_ROWS = 300_000
_rational = re.compile(r"-?[0-9]{1,3000}(/[0-9]{1,3000})?")


class Rejected(Exception):
    """The log proves nothing. `step` is the number of the step that failed, None when the log itself is malformed."""

    def __init__(self, step: int | None, reason: str):
        super().__init__(f"step {step}: {reason}" if step is not None else reason)
        self.step, self.reason = step, reason


def check(log: dict) -> tuple[list, list]:
    """The hypotheses and the conclusion that the log proves, as dumped terms (hypotheses sorted by their JSON text)."""
    s = verify(log)
    return sorted(map(dump, s.hyps), key=json.dumps), dump(s.concl)


def verify(log: dict) -> Sequent:
    """As `check`, but the sequent in the checker's own terms."""
    step: int | None = None
    try:
        need(type(log) is dict and log.keys() == set(KEYS), f"a log has {', '.join(KEYS)}")
        need(type(log["schema"]) is int and log["schema"] == 1, "unknown schema")
        need(all(type(log[key]) is list for key in ("terms", "steps", "hyps")), "terms, steps and hyps are lists")
        need(0 < len(log["steps"]) <= MAX_ROWS and len(log["terms"]) <= MAX_ROWS, "no steps, or too many rows")
        terms: list[Node] = []
        for row in log["terms"]:
            terms.append(_term(row, terms))
        done: list[Sequent] = []
        for step, row in enumerate(log["steps"]):
            done.append(_step(row, done, terms))
        step = None
        hyps, concl = frozenset(_at(terms, h) for h in log["hyps"]), _at(terms, log["concl"])
        need(done[-1] == Sequent(hyps, concl), "the last step proves another sequent")
        return done[-1]
    except Bad as error:
        raise Rejected(step, str(error)) from error
    except RecursionError as error:
        raise Rejected(step, "a term is nested too deeply") from error


def _at(rows: list, number):
    need(type(number) is int and 0 <= number < len(rows), f"{str(number)[:40]} is not the number of an earlier row")
    return rows[number]


def _term(row, terms: list[Node]) -> Node:
    need(type(row) is list and len(row) >= 2 and type(row[0]) is str, "a term is [operator, data, term numbers...]")
    op, data, *args = row
    need(data is None or type(data) in (int, str), f"{op} cannot carry {str(data)[:40]}")
    return node(op, *(_at(terms, a) for a in args), data=_fraction(data) if op == "num" else data)


def _fraction(text) -> Fraction:
    need(type(text) is str and _rational.fullmatch(text) is not None, f"{str(text)[:40]!r} is not a rational")
    top, _, bottom = text.partition("/")
    need(bottom == "" or int(bottom) != 0, "a denominator is 0")
    return Fraction(int(top), int(bottom or 1))


def _step(row, done: list[Sequent], terms: list[Node]) -> Sequent:
    need(type(row) is list and list(map(type, row[1:])) == [list, dict], "a step is [rule, [steps], {argument: value}]")
    name, premises, arguments = row
    need(type(name) is str and name in RULES, f"unknown rule {str(name)[:40]!r}")
    s = RULES[name]([_at(done, p) for p in premises], {k: _value(v, terms) for k, v in arguments.items()})
    need(s.concl.loose == 0 and kind(s.concl) == "p", "the conclusion is not a closed formula")
    return s


def _value(raw, terms: list[Node]):
    """An argument: a closed term, a rational, a string, an int, or a tuple of these."""
    if type(raw) is list:
        return tuple(_value(r, terms) for r in raw)
    if type(raw) is not dict:
        need(type(raw) in (int, str), f"{str(raw)[:40]!r} cannot be an argument")
        return raw
    need(raw.keys() in ({"t"}, {"q"}), "an argument is {t: term number} or {q: rational}")
    if "q" in raw:
        return _fraction(raw["q"])
    t = _at(terms, raw["t"])
    need(t.loose == 0, "an argument has a loose bound variable")
    return t
