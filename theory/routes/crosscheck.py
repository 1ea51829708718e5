"""The crosscheck route: mpmath decides the claim at points of its domain, and must agree with Arb about every number on the way.

mpmath has its own formulas (quadrature, recursions, finite differences), so agreement is a check of both engines. A
disagreement that more digits do not remove is an error of the suite (`EvidenceConflict`), never a vote. A tie within 10^-40
counts as equality: it satisfies <= and =, and leaves < undecided. The route refutes only where mpmath and Arb both find the
conclusion false; where the certified failure is an equality, a tie in mpmath confirms it.
"""
from __future__ import annotations

import time
from fractions import Fraction

from flint import arb, fmpz

from numerics import Undefined
from numerics.arb import precision, rational
from theory.claim import Claim, Evidence, EvidenceConflict, Outcome
from theory.domain import BANK, DEAR_COST, affordable, bank
from theory.evaluate import Relation, agreement, cost, relations, second_opinion, show, truth
from theory.points import Assignment
from theory.printing import text
from theory.routes.artefacts import point_artefact
from theory.routes.search import probe
from theory.terms import Term, walk

POINTS = 40
DEAR = 12               # points of a statement with integrals: quadrature at 50 digits is slow
ATTEMPTS = ((50, 128), (120, 512), (300, 1200))     # digits of mpmath, bits of Arb
MIN_POINTS = 8
AGREE = 90              # bits, relative to the numbers compared


def run(claim: Claim, seed: int) -> Evidence:
    """Evaluate the claim by mpmath at some 40 points and compare every number with its Arb ball."""
    start = time.perf_counter()
    held, open_, compared, failing, doubtful = [], 0, 0, [], 0
    suspect = probe(claim, seed)
    for p in chosen(claim, seed) + ([suspect] if suspect is not None else []):
        holds, numbers = opinion(claim.id, claim.conclusion, p)
        compared += numbers
        certified = truth(claim.conclusion, p).outcome
        if (holds is True and certified is Outcome.FAILS) or (holds is False and certified is Outcome.HOLDS):
            holds = _settle(claim, p, certified)
        if certified is Outcome.FAILS:
            if holds is False or tied(claim.conclusion, p):
                failing.append(p)
            else:
                doubtful += 1
        elif holds is True and (certified is Outcome.HOLDS or agreement(claim.conclusion, p, AGREE)):
            held.append(p)
        else:
            open_ += 1
    if failing:
        worst = _smallest(claim, min(failing, key=Assignment.weight), seed)
        artefact = point_artefact(claim, worst)
        coverage, outcome = f"mpmath and Arb both find it false at {len(failing)} points; the smallest is shown", Outcome.FAILS
        if second_opinion(claim.conclusion, worst)[0] is not False:
            coverage += " (equal to 40 digits for mpmath, equal by exact normal forms)"
    else:
        points = len(held)
        coverage = f"mpmath finds it true at {points} points" + (f", open at {open_}" if open_ else "") \
            + f"; {compared} numbers agree with their Arb balls"
        outcome = Outcome.HOLDS if points >= MIN_POINTS and compared and not doubtful else Outcome.UNDECIDED
        artefact = {"kind": "points", "summary": {"points": points, "numbers": compared},
                    "payload": {"points": [p.as_json() for p in held], "mode": "agreement", "bits": AGREE}}
        artefact = artefact if outcome is Outcome.HOLDS else None
    return Evidence("crosscheck", outcome, coverage, artefact, time.perf_counter() - start, seed)


def _smallest(claim: Claim, worst: Assignment, seed: int) -> Assignment:
    """The smallest point of the whole bank at which both engines find the conclusion false."""
    for p in sorted(bank(claim, BANK, seed), key=Assignment.weight):
        if p.weight() >= worst.weight():
            break
        if truth(claim.conclusion, p).outcome is Outcome.FAILS:
            holds, _ = opinion(claim.id, claim.conclusion, p)
            if holds is False or tied(claim.conclusion, p):
                return p
    return worst


def chosen(claim: Claim, seed: int) -> list[Assignment]:
    """The author's points and an even selection of the bank; fewer where integrals make each point dear."""
    points = affordable(claim, bank(claim, BANK, seed))
    formulas = (claim.conclusion, *claim.hypotheses)
    dear = cost(claim.conclusion) > DEAR_COST or any(t.op in ("int", "ball", "deriv") for f in formulas for t in walk(f))
    count = DEAR if dear else POINTS
    first = points[:len(claim.points)]
    rest = points[len(claim.points):]
    if dear:
        rest = sorted(rest, key=Assignment.weight)[:3 * count]
    step = max(1, len(rest) // max(1, count - len(first)))
    return list(first) + list(rest[::step])[:max(count - len(first), 0)]


def opinion(name: str, conclusion: Term, point: Assignment) -> tuple[bool | None, int]:
    """mpmath's answer, and how many numbers were compared with Arb; raises EvidenceConflict where they cannot both be right."""
    first, worst = None, None
    for digits, bits in ATTEMPTS:
        try:
            holds, ours = second_opinion(conclusion, point, digits)
        except Undefined:
            return None, 0
        first = holds if worst is None else first
        _, theirs = relations(conclusion, point, bits)
        worst, compared = _compare(ours, theirs, bits)
        if worst is None:
            return (first if digits == ATTEMPTS[0][0] else holds), compared
    raise EvidenceConflict(f"{name}: mpmath and Arb disagree at {point.as_json()}: {worst}")


def _compare(ours: list[Relation], theirs: list[Relation], bits: int) -> tuple[str | None, int]:
    """(the first disagreement in words, or None; how many numbers were compared)"""
    balls = {(r.term, r.indices): r for r in theirs}
    compared = 0
    with precision(bits):
        for r in ours:
            other = balls.get((r.term, r.indices))
            if other is None:
                continue
            for mine, ball in ((r.left, other.left), (r.right, other.right)):
                ball = rational(Fraction(ball)) if isinstance(ball, (int, Fraction)) else ball
                if not ball.is_finite():
                    continue
                if not near(ball, mine):
                    return f"{mine} and {show(ball)} in {text(r.term)}", compared
                compared += 1
    return None, compared


def near(ball: arb, value) -> bool:
    """Whether an mpmath number lies in the ball, up to 2^-AGREE relative to it."""
    exact = from_mpf(value)
    gap = (ball - exact).abs_lower()
    return bool(gap <= (abs(exact).union(abs(ball))).abs_upper() * arb(2) ** -AGREE)


def from_mpf(value) -> arb:
    """An mpmath number as an exact ball."""
    sign, man, exponent, _ = value._mpf_
    if not man and exponent:
        raise Undefined("not a finite number")
    return arb((fmpz(-int(man) if sign else int(man)), fmpz(int(exponent))))


def _settle(claim: Claim, point: Assignment, certified: Outcome) -> bool | None:
    """mpmath against a certified outcome: more digits, or a tie (then it is open); otherwise an error of the suite."""
    if tied(claim.conclusion, point):
        return None
    for digits, _ in ATTEMPTS[1:]:
        holds, _ = second_opinion(claim.conclusion, point, digits)
        if holds is not (certified is Outcome.FAILS):
            return holds
    raise EvidenceConflict(f"{claim.id}: mpmath and Arb disagree about the statement at {point.as_json()}")


def tied(conclusion: Term, point: Assignment) -> bool:
    """Whether some relation is an equality as far as mpmath sees: then its answer is worth nothing against a certified one."""
    _, found = second_opinion(conclusion, point)
    for r in found:
        if abs(r.right - r.left) <= abs(r.right) * 10 ** -38:
            return True
    return False
