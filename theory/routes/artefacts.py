"""What the numeric routes leave behind for the replayer: certified points and boxes as JSON."""
from __future__ import annotations

from typing import Sequence

from theory.claim import Claim, Outcome
from theory.evaluate import EXACT, LADDER, Relation, relations, show, truth
from theory.points import Assignment, Box, rebuild
from theory.printing import text
from theory.terms import Term, num, open_


def point_artefact(claim: Claim, point: Assignment) -> dict:
    """A certified counterexample with both sides of the relation that fails, enclosed."""
    judged = truth(claim.conclusion, point)
    if judged.outcome is not Outcome.FAILS:
        raise ValueError("only a point at which the conclusion certainly fails is a counterexample")
    rung = EXACT if judged.by == "exact normal form" else next(r for r in LADDER if judged.by == f"arb {r} bits")
    _, found = relations(claim.conclusion, point, rung)
    first = next((r for r in found if r.holds is False), None)
    sides = {"lhs": None, "rhs": None, "relation": None} if first is None else {
        "lhs": show(first.left), "rhs": show(first.right), "relation": text(_instance(first))}
    payload = {"values": point.as_json(), **sides, "decided_by": judged.by}
    return {"kind": "point", "summary": payload, "payload": payload}


def _instance(r: Relation) -> Term:
    """The relation with the indices of the quantifiers around it filled in."""
    term = r.term
    for i in reversed(r.indices):
        term = open_(term, num(i))
    return term


def box_json(box: Box, cells: Sequence[Box]) -> dict:
    """sides: name -> nested [low, high]; each cell lists its sides in the same order, flat."""
    items = iter([[str(lo), str(hi)] for lo, hi in box.sides])
    def listed(value):
        return [listed(x) for x in value] if isinstance(value, tuple) else value
    return {"sizes": {n: str(v) for n, v in box.naturals.items()},
            "sides": {name: listed(rebuild(value, items)) for name, value in box.reals.items()},
            "cells": [[[str(lo), str(hi)] for lo, hi in cell.sides] for cell in cells]}
