"""A directed search in floats: walk through the domain towards where the conclusion is nearly false. It proposes points, it
certifies nothing."""
from __future__ import annotations

import random
from fractions import Fraction
from typing import Callable, Iterable

from theory.claim import Claim
from theory.evaluate import filtered, robustness
from theory.points import Assignment, flatten, rebuild
from theory.terms import Term

STEPS = 120             # moves per start
STARTS = 3
MOVES = (Fraction(1), Fraction(1, 2), Fraction(1, 4), Fraction(3))


def descend(claim: Claim, conclusion: Term, points: Iterable[Assignment],
            certify: Callable[[Assignment], bool], seed: str) -> Assignment | None:
    """From the points with the least robustness downhill; the first point whose failure `certify` confirms."""
    rng = random.Random(f"descent:{seed}")
    scored = sorted(((s, k, p) for k, p in enumerate(points) if (
        s := robustness(conclusion, p)) is not None), key=lambda item: item[:2])
    for s, _, p in scored[:STARTS]:
        best, at = s, p
        for _ in range(STEPS):
            q = _move(claim, at, rng)
            if q is None:
                break
            new = robustness(conclusion, q)
            if new is None or new >= best or any(filtered(h, q) is False for h in claim.premises):
                continue
            best, at = new, q
            if best < 0 and certify(q):
                return q
    return None


def _move(claim: Claim, p: Assignment, rng: random.Random) -> Assignment | None:
    """One real entry changed."""
    names = [v.name for v in claim.variables if not v.natural and any(True for _ in flatten(p.values[v.name]))]
    if not names:
        return None
    name = rng.choice(names)
    entries = list(flatten(p.values[name]))
    k = rng.randrange(len(entries))
    old, step = Fraction(entries[k]), rng.choice(MOVES)
    entries[k] = rng.choice([old + step, old - step, old / 2, -old, Fraction(0), Fraction(entries[rng.randrange(len(entries))])])
    return Assignment({**p.values, name: rebuild(p.values[name], iter(entries))})
