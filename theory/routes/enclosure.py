"""The enclosure route: Arb at exact points, and over boxes of positive width by bisection.

The points are the bank's and what the search suspects, which this route judges for itself. A certified failing point refutes
the claim. Otherwise the route holds if whole boxes are certified (where the statement has real variables and is no equation),
or at least `MIN_POINTS` points (equations, statements about naturals only); it says how much it covered. A box is a set of
reals at fixed sizes on which the conclusion holds throughout, certified cell by cell; the cells are the artefact.
"""
from __future__ import annotations

import time
from fractions import Fraction
from typing import Any, Sequence

from theory.batch import truths
from theory.claim import Claim, Evidence, Outcome
from theory.domain import BANK, admissible, affordable, bank
from theory.evaluate import Judgement, over
from theory.points import Assignment, Box, flatten
from theory.routes.artefacts import box_json, point_artefact
from theory.routes.search import probe
from theory.terms import Term, walk

MIN_POINTS = 8
BOXES = 6               # centres around which a box is certified
CENTRES = 30            # centres tried
WIDTHS = [Fraction(1, 4096), Fraction(1, 256), Fraction(1, 64), Fraction(1, 16), Fraction(1, 4)]
BISECTED = 6            # boxes of more dimensions are certified in one cell or not at all
BUDGET = 64             # cells evaluated per box


def run(claim: Claim, seed: int) -> Evidence:
    """Certify the claim, or refute it at a point, as far as Arb and exact arithmetic reach."""
    start = time.perf_counter()
    suspect = probe(claim, seed)
    points = affordable(claim, bank(claim, BANK, seed)) + ((suspect,) if suspect is not None else ())
    judged = list(zip(points, truths(claim.conclusion, points)))
    failing = [p for p, j in judged if j.outcome is Outcome.FAILS]
    if failing:
        worst = min(failing, key=Assignment.weight)
        outcome, artefact = Outcome.FAILS, point_artefact(claim, worst)
        coverage = f"fails at {len(failing)} of {len(points)} exact points; the smallest is shown"
    else:
        outcome, coverage, artefact = _certify(claim, judged)
    return Evidence("enclosure", outcome, coverage, artefact, time.perf_counter() - start, seed)


def _certify(claim: Claim, judged: Sequence[tuple[Assignment, Judgement]]) -> tuple[Outcome, str, dict | None]:
    held = [p for p, j in judged if j.outcome is Outcome.HOLDS]
    exact = sum(j.by == "exact normal form" for _, j in judged)
    covered = f"{len(held)} of {len(judged)} exact points certified" + (f" ({exact} by exact normal forms)" if exact else "")
    payload: dict[str, Any] = {"points": [p.as_json() for p in held], "boxes": []}
    if not held:
        return Outcome.UNDECIDED, covered, None
    if only_points(claim):
        enough = len(held) >= min(MIN_POINTS, _distinct(claim, judged))
        artefact = {"kind": "points", "summary": {"points": len(held)}, "payload": payload}
        covered += "; no box: an equation or no real variable"
        return (Outcome.HOLDS, covered, artefact) if enough else (Outcome.UNDECIDED, covered, None)
    boxes = certified_boxes(claim, held)
    payload["boxes"] = [box_json(box, cells) for box, cells in boxes]
    cells = sum(len(c) for _, c in boxes)
    summary = {"points": len(held), "boxes": len(boxes), "cells": cells}
    if not boxes:
        return Outcome.UNDECIDED, covered + "; no box could be certified", None
    sizes = sorted({", ".join(f"{n} = {v}" for n, v in box.naturals.items()) for box, _ in boxes} - {""})
    covered += f"; {len(boxes)} boxes of positive width in {cells} cells" + (f" (at {'; '.join(sizes)})" if sizes else "")
    return Outcome.HOLDS, covered, {"kind": "partition", "summary": summary, "payload": payload}


def _distinct(claim: Claim, judged) -> int:
    """A domain with fewer points than MIN_POINTS (a statement without variables has one) is covered by all of them."""
    return len(judged) if all(v.natural and v.high is not None or v.below for v in claim.variables) else MIN_POINTS


def only_points(claim: Claim) -> bool:
    """Equations, and statements without real variables, are certified at points only."""
    equational = any(t.op in ("eq", "deriv") for f in (claim.conclusion, *claim.hypotheses) for t in walk(f))
    return equational or all(v.natural for v in claim.variables)


def certified_boxes(claim: Claim, held: Sequence[Assignment]) -> list[tuple[Box, list[Box]]]:
    """Up to BOXES boxes around certified points, each of another combination of sizes where possible, with their cells."""
    out, used, tried = [], set(), 0
    for repeat in (False, True):
        for p in held:
            naturals = tuple(v for v in p.values.values() if isinstance(v, int))
            reals = sum(1 for v in p.values.values() if not isinstance(v, int) for _ in flatten(v))
            if len(out) >= BOXES or tried >= CENTRES or not 0 < reals <= 16 or (naturals in used) is not repeat:
                continue
            if any(p is q for q, _, _ in out):
                continue
            tried += 1
            found = _largest(claim, p)
            if found is not None:
                out.append((p, *found))
                used.add(naturals)
    return [(box, cells) for _, box, cells in out]


def _largest(claim: Claim, p: Assignment) -> tuple[Box, list[Box]] | None:
    """The widest box around the point that is certified: in one cell while that goes, then one step wider by bisection."""
    best = None
    for width in WIDTHS:
        box = _around(claim, p, width)
        if box is None or admissible(claim, box.middle()) is not Outcome.HOLDS:
            return best
        if over(claim.conclusion, box) is True:
            best = box, [box]
            continue
        cells = partition(claim.conclusion, box) if best is not None and len(box.sides) <= BISECTED else None
        return best if cells is None else (box, cells)
    return best


def _around(claim: Claim, p: Assignment, width: Fraction) -> Box | None:
    """The box of this half width around a point, cut to the domains; None where nothing of positive width is left."""
    sides = []
    for v in claim.variables:
        if v.natural:
            continue
        for x in map(Fraction, flatten(p.values[v.name])):
            lo, hi = x - width, x + width
            if v.low is not None and not v.shape and (lo < v.low or (v.strict and lo == v.low)):
                lo = v.low if not v.strict else (v.low + x) / 2
            if v.high is not None and not v.shape and (hi > v.high or (v.strict and hi == v.high)):
                hi = v.high if not v.strict else (v.high + x) / 2
            if not lo < hi:
                return None
            sides.append((lo, hi))
    reals = {v.name: p.values[v.name] for v in claim.variables if not v.natural}
    naturals = {v.name: p.values[v.name] for v in claim.variables if v.natural}
    return Box(naturals, reals, tuple(sides))


def partition(conclusion: Term, box: Box) -> list[Box] | None:
    """Cells that tile the box, on each of which the conclusion is certified; None if the budget does not suffice."""
    todo, done, spent = [box], [], 0
    while todo:
        spent += 1
        if spent > BUDGET or spent + len(todo) > BUDGET:
            return None
        cell = todo.pop()
        holds = over(conclusion, cell)
        if holds is True:
            done.append(cell)
        elif holds is False:
            return None
        else:
            todo.extend(reversed(cell.split()))
    return done
