"""Re-checks certificates apart from what found them: `python -m theory.replayer FILE...`, one line each, in the order given.

Exit 0: all confirmed; 1: one is not; 2: one cannot be read. A certificate states a sequent (premises |- conclusion over
variables) and an outcome:
  point       the premises certainly hold and the conclusion certainly fails at the exact values
  points      both hold at every point (mode "agreement": nothing fails, and what stays open agrees to 2^-bits on both sides)
  partition   besides its points, the conclusion holds on every cell, and the cells of each box tile it exactly
  proof       `theory.checker` accepts the log, and it proves this sequent (outcome "fails": its denial)
Only the evaluator is shared with the routes, none of their searching or bisecting. Changing a number, moving an end point or
dropping a cell makes a certificate fail.
"""
from __future__ import annotations

import itertools
import json
import math
import sys
from fractions import Fraction
from typing import Any, Iterable

from theory.claim import Outcome, Variable, WellposedError
from theory.evaluate import agreement, over, truth
from theory.points import Assignment, Box, flatten
from theory.terms import load, negate

LEAST_POINTS = 8        # a certificate "holds" by points alone needs as many, unless the domain is smaller


class Unreadable(WellposedError):
    """Not a certificate: exit 2."""


class NotConfirmed(WellposedError):
    """A certificate that says more than can be re-checked: exit 1."""


class Sequent:
    """What the certificate claims to be about."""

    def __init__(self, raw: dict[str, Any]):
        try:
            self.variables = [_variable(v) for v in raw["variables"]]
            self.premises = [load(p) for p in raw["premises"]]
            self.conclusion = load(raw["conclusion"])
            self.outcome, self.kind, self.payload = raw["outcome"], raw["kind"], raw["payload"]
            self.claim, self.route = str(raw["claim"]), str(raw["route"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Unreadable(f"not a certificate: {type(error).__name__} {error}") from None
        if self.outcome not in ("holds", "fails") or not isinstance(self.payload, dict):
            raise Unreadable(f"not a certificate: outcome {self.outcome!r}")

    def point(self, raw: Any) -> Assignment:
        if not isinstance(raw, dict):
            raise Unreadable("a point must be an object of values")
        return Assignment.of(self.variables, raw)


def _variable(raw: Any) -> Variable:
    fields = raw if isinstance(raw, dict) else dict(
        zip(("name", "shape", "natural", "low", "high", "strict", "below"), raw, strict=True))
    low, high = (None if fields[k] is None else Fraction(fields[k]) for k in ("low", "high"))
    return Variable(str(fields["name"]), tuple(fields["shape"]), bool(
        fields["natural"]), low, high, bool(fields["strict"]), fields["below"])


def replay(raw: Any) -> str:
    """Confirm one certificate: a line that says what was re-checked. Raises NotConfirmed or Unreadable."""
    if not isinstance(raw, dict) or raw.get("schema") != 1:
        raise Unreadable("not a certificate of schema 1")
    s = Sequent(raw)
    check = {"point": _point, "points": _points, "partition": _partition, "proof": _proof}.get(s.kind)
    if check is None:
        raise Unreadable(f"unknown kind of certificate {s.kind!r}")
    if (s.kind == "point" and s.outcome != "fails") or (s.kind in ("points", "partition") and s.outcome != "holds"):
        raise NotConfirmed(f"a {s.kind} cannot show that the claim {s.outcome}")
    return f"{s.claim} {s.route}: {check(s)}"


def _premises_hold(s: Sequent, p: Assignment) -> None:
    for premise in s.premises:
        if truth(premise, p).outcome is not Outcome.HOLDS:
            raise NotConfirmed(f"a premise is not certified at {p.as_json()}: {premise}")


def _point(s: Sequent) -> str:
    p = s.point(s.payload.get("values"))
    _premises_hold(s, p)
    judged = truth(s.conclusion, p)
    if judged.outcome is not Outcome.FAILS:
        raise NotConfirmed(f"the conclusion does not certainly fail at {p.as_json()}")
    return f"fails at {p.as_json()} ({judged.by})"


def _points(s: Sequent, alone: bool = True) -> str:
    points = [s.point(raw) for raw in _list(s.payload, "points")]
    loose = 0
    bits = s.payload.get("bits") if s.payload.get("mode") == "agreement" else None
    for p in points:
        _premises_hold(s, p)
        found = truth(s.conclusion, p).outcome
        if found is Outcome.UNDECIDED and isinstance(bits, int) and bits >= 64 and agreement(s.conclusion, p, bits):
            loose += 1
        elif found is not Outcome.HOLDS:
            raise NotConfirmed(f"the conclusion is not certified at {p.as_json()}")
    if len({p.key() for p in points}) != len(points):
        raise NotConfirmed("a point is counted twice")
    if alone and len(points) < LEAST_POINTS and not _finite(s.variables, len(points)):
        raise NotConfirmed(f"{len(points)} points are too few")
    return f"{len(points) - loose} points certified" + (f", {loose} agree to 2^-{bits}" if loose else "")


def _finite(variables: Iterable[Variable], points: int) -> bool:
    """Whether so many points are all that the variables allow (a statement without variables has one)."""
    return points > 0 and math.prod(
        int(v.high - v.low) + 1 if v.natural and v.high is not None else LEAST_POINTS for v in variables) <= points


def _partition(s: Sequent) -> str:
    said = _points(s, alone=False)
    boxes, cells = _list(s.payload, "boxes"), 0
    if not boxes:
        raise NotConfirmed("a partition without a box")
    for raw in boxes:
        cells += _box(s, raw)
    return f"{said}, {len(boxes)} boxes certified in {cells} cells"


def _box(s: Sequent, raw: Any) -> int:
    """Every cell is inside the box and certified, no two overlap, and their volumes add up to the box's."""
    sizes = {name: int(n) for name, n in raw["sizes"].items()}
    middle, ends = {}, {}
    for v in s.variables:
        if v.natural:
            middle[v.name] = sizes[v.name]
            continue
        depth = len(v.shape)
        ends[v.name] = list(_leaves(raw["sides"][v.name], depth))
        middle[v.name] = _map(raw["sides"][v.name], depth, lambda pair: sum(_side(pair)) / 2)
    centre = s.point(middle)
    _premises_hold(s, centre)
    order = [name for name in centre.values if name in ends]
    sides = [_side(pair) for name in order for pair in ends[name]]
    if not sides or any(lo >= hi for lo, hi in sides):
        raise NotConfirmed("a box without width")
    cells = [_cell(s, centre, order, [v.name for v in s.variables if not v.natural], c, sides) for c in raw["cells"]]
    for a, b in itertools.combinations(cells, 2):
        if all(max(x[0], y[0]) < min(x[1], y[1]) for x, y in zip(a.sides, b.sides)):
            raise NotConfirmed("two cells overlap")
    if sum(_volume(c.sides) for c in cells) != _volume(sides):
        raise NotConfirmed("the cells do not fill the box")
    for cell in cells:
        if over(s.conclusion, cell) is not True:
            raise NotConfirmed(f"the conclusion is not certified on the cell {[(str(a), str(b)) for a, b in cell.sides]}")
    return len(cells)


def _cell(s: Sequent, centre: Assignment, order: list[str], given: list[str], raw: Any, sides) -> Box:
    """A cell lists its sides variable by variable as the claim declares them; here they follow the order of the assignment."""
    pairs = iter([_side(pair) for pair in raw])
    by_name = {name: [next(pairs) for _ in flatten(centre.values[name])] for name in given}
    if next(pairs, None) is not None:
        raise NotConfirmed("a cell of another dimension than its box")
    own = tuple(pair for name in order for pair in by_name[name])
    if any(not (lo <= a < b <= hi) for (a, b), (lo, hi) in zip(own, sides, strict=True)):
        raise NotConfirmed("a cell sticks out of its box")
    return Box.around(centre, own)


def _side(pair: Any) -> tuple[Fraction, Fraction]:
    lo, hi = pair
    return Fraction(lo), Fraction(hi)


def _leaves(value: Any, depth: int):
    if depth == 0:
        yield value
    else:
        for x in value:
            yield from _leaves(x, depth - 1)


def _map(value: Any, depth: int, f):
    return f(value) if depth == 0 else [_map(x, depth - 1, f) for x in value]


def _volume(sides) -> Fraction:
    return math.prod((hi - lo for lo, hi in sides), start=Fraction(1))


def _list(payload: dict, name: str) -> list:
    if not isinstance(payload.get(name), list):
        raise Unreadable(f"a certificate without its {name}")
    return payload[name]


def _proof(s: Sequent) -> str:
    from theory import checker
    try:
        hyps, concl = checker.check(s.payload)
    except checker.Rejected as error:
        raise NotConfirmed(f"the proof is rejected: {error}") from None
    hyps, concl = [load(h) for h in hyps], load(concl)
    if s.outcome == "fails" and s.variables:
        raise NotConfirmed("a denial of a statement with variables says nothing about all of them")
    goal = s.conclusion if s.outcome == "holds" else negate(s.conclusion)
    if concl != goal:
        raise NotConfirmed(f"the log proves {concl}, not {goal}")
    if extra := [h for h in hyps if h not in s.premises]:
        raise NotConfirmed(f"the proof assumes more than the claim: {extra[0]}")
    return f"proof of the {'statement' if s.outcome == 'holds' else 'denial'} accepted"


def main(paths: list[str]) -> int:
    """One line per file; the worst exit code."""
    worst = 0
    for path in paths:
        try:
            with open(path, encoding="utf-8") as file:
                line, code = f"confirmed {path}: {replay(json.load(file))}", 0
        except NotConfirmed as error:
            line, code = f"NOT CONFIRMED {path}: {error}", 1
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError, WellposedError) as error:
            line, code = f"unreadable {path}: {type(error).__name__}: {error}", 2
        print(line)
        worst = max(worst, code)
    if not paths:
        print("unreadable: no certificate given")
        worst = 2
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
