"""From the variables of a claim to points of its domain: the edges, then rationals of every scale.

One generator serves the deterministic bank (seeded, fast) and the Hypothesis strategy: it only asks `pick(options)`, with the
simplest option first, so that Hypothesis shrinks towards small points. A point counts only if its premises are certified to
hold. Hypotheses that random points rarely meet (x(k) = y(k) for all k, sum p = 1, a <= b) are aimed at by `theory.aiming`;
that is a proposal, the premises are certified afterwards like everywhere else.
"""
from __future__ import annotations

import random
from collections import OrderedDict
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Callable, Iterator

from theory.aiming import repair
from theory.claim import Claim, ClaimError, Outcome, Variable
from theory.evaluate import LADDER, QUICK, cost, filtered, truth, truth_of_all
from theory.points import Assignment

F = Fraction
ENTRIES = 24            # families of one point hold at most so many numbers together
HONEST = 400            # draws before a domain is called empty
STYLES = ("distinct", "zero", "equal", "onehot", "small", "fractions", "rows", "copy", "far", "tiny", "huge")
SMALL = [F(0), F(1), F(-1), F(2), F(-2), F(1, 2), F(-1, 2), F(3), F(-3)]
FRACTIONS = SMALL + [F(1, 3), F(-1, 3), F(3, 2), F(-3, 2), F(2, 5), F(-7, 4), F(5, 2), F(9, 7), F(-4, 3)]
SCALES = {"small": SMALL, "fractions": FRACTIONS, "tiny": [F(1, 1000), F(0), F(-1, 1000), F(1, 500)],
          "far": [F(0), F(10), F(-10), F(1), F(20), F(-7)], "huge": [F(0), F(1000), F(-1000), F(1), F(999)]}
POSITIVE = [F(1), F(0), F(1, 2), F(2), F(1, 10), F(3), F(1, 1000), F(5, 2), F(10), F(1000), F(7, 3)]
PARTS = [F(1, 2), F(0), F(1), F(1, 4), F(3, 4), F(1, 3), F(9, 10), F(1, 1000), F(2, 7)]
Pick = Callable[[list], Any]


def draw(claim: Claim, pick: Pick, style: str | None = None, larger: int | None = None) -> Assignment | None:
    """One proposal (None where an index has no room). style and larger (how far sizes lie above their lowest) may be fixed."""
    values: dict[str, Any] = {}
    indexing = {s for v in claim.variables for s in v.shape}
    for v in claim.variables:
        if v.natural and v.below is None:
            values[v.name] = _size(claim, v, indexing, values, pick, larger)
    for v in claim.variables:
        if v.below is not None:
            room = values.get(v.below, 0)
            if not isinstance(room, int) or room < 1:
                return None
            values[v.name] = pick(list(range(min(room, ENTRIES))))
        elif not v.natural and not v.shape:
            values[v.name] = _scalar(v, pick, style)
    for v in claim.variables:
        if v.shape:
            values[v.name] = _family(v, values, pick, style or pick(list(STYLES)))
    return Assignment(repair(claim, values))


def _size(claim: Claim, v: Variable, indexing: set, values: dict, pick: Pick, larger: int | None) -> int:
    low = int(v.low or 0)
    if v.name in indexing:
        room = ENTRIES
        for w in claim.variables:
            if v.name in w.shape:
                others = 1
                for s in w.shape:
                    others *= max(1, values.get(s, 2)) if s != v.name else 1
                room = min(room, ENTRIES // others)
        options = [low + k for k in (0, 1, 2, 3, 4, 6) if k == 0 or low + k <= room]
    else:
        alone = not indexing and all(w.natural for w in claim.variables)
        options = [
    low +
    k for k in (
        *
        range(41),
        63,
        126,
        254,
        1022)] if alone else [
            low +
            k for k in (
                0,
                1,
                2,
                3,
                4,
                6,
                9,
                19,
                 40)]
    if v.high is not None:
        options = [k for k in options if k < v.high or (k == v.high and not v.strict)] or [low]
    return pick(options) if larger is None else options[min(larger, len(options) - 1)]


def _scalar(v: Variable, pick: Pick, style: str | None) -> Fraction:
    low, high = v.low, v.high
    if style in ("zero", "equal"):
        plain = F(style == "equal")
        if (low is None or low < plain or (low == plain and not v.strict)) and (
            high is None or plain < high or (plain == high and not v.strict)):
            return plain
    return F(pick(scalar_options(v)))


def scalar_options(v: Variable) -> list[Fraction]:
    """Values of a real scalar, the simplest first."""
    low, high = v.low, v.high
    if low is not None and high is not None:
        options = [low + (high - low) * p for p in PARTS]
    elif low is not None:
        options = [low + p for p in POSITIVE]
    elif high is not None:
        options = [high - p for p in POSITIVE]
    else:
        options = FRACTIONS + SCALES["far"] + SCALES["tiny"] + SCALES["huge"]
    if v.strict:
        options = [x for x in options if x not in (low, high)]
    return options


def _family(v: Variable, values: dict, pick: Pick, style: str):
    shape = [values[s] for s in v.shape]
    count = 1
    for s in shape:
        count *= s
    if style == "copy":
        for name, other in values.items():
            if isinstance(other, tuple) and _shape(other) == shape:
                return other
        style = "fractions"
    if style == "rows" and len(shape) == 2 and count:
        row = tuple(pick(FRACTIONS) for _ in range(shape[1]))
        return tuple(row for _ in range(shape[0]))
    if style == "zero":
        entries = [F(0)] * count
    elif style == "equal":
        entries = [pick(FRACTIONS)] * count
    elif style == "onehot":
        entries, where, what = [F(0)] * count, pick(list(range(count))) if count else 0, pick(POSITIVE)
        entries[where:where + 1] = [what] if count else []
    elif style == "distinct":
        start, step = pick(FRACTIONS), pick([F(1), F(-1), F(1, 2), F(3, 2), F(2)])
        entries = [start + step * k * (1 if k % 3 else -1) for k in range(count)]
    else:
        pool = SCALES.get(style, FRACTIONS)
        entries = [pick(pool) for _ in range(count)]
    return _nest(entries, shape)


def _shape(value) -> list[int]:
    out = []
    while isinstance(value, tuple):
        out.append(len(value))
        value = value[0] if value else None
    return out


def _nest(entries: list, shape: list[int]):
    if len(shape) == 1:
        return tuple(entries)
    inner = len(entries) // shape[0] if shape[0] else 0
    return tuple(_nest(entries[k * inner:(k + 1) * inner], shape[1:]) for k in range(shape[0]))


# ---------------------------------------------------------------- the bank

def admissible(claim: Claim, point: Assignment, quick: bool = True) -> Outcome:
    """Do all premises certainly hold at the point?"""
    for h in claim.premises:
        if filtered(h, point) is False:
            found = truth(h, point, QUICK).outcome
            if found is Outcome.FAILS:
                return found
    return truth_of_all(claim.premises, point, QUICK if quick else LADDER)


@dataclass(frozen=True)
class Bank:
    """points: certified members of the domain. rejected: proposals that certainly violate a premise. unclear: undecided ones."""

    points: tuple[Assignment, ...]
    rejected: int
    unclear: int


def explore(claim: Claim, count: int, seed: int) -> Bank:
    """The author's points first, then every style at small sizes, then random draws. Deterministic in the claim and the seed."""
    rng = random.Random(f"{seed}:{claim.id}")
    points: list[Assignment] = []
    seen: set[str] = set()
    rejected = unclear = 0
    for raw in claim.points:
        p = Assignment.of(claim.variables, raw)
        found = admissible(claim, p, quick=False)
        if found is Outcome.FAILS:
            raise ClaimError(f"{claim.id}: the point {p.as_json()} does not satisfy the claim's own hypotheses")
        if found is Outcome.HOLDS:
            points.append(p)
            seen.add(p.key())
    for style, larger in _plan(max(HONEST, 8 * count)):
        if len(points) >= count:
            break
        p = draw(claim, rng.choice, style, larger)
        if p is None or p.key() in seen:
            continue
        seen.add(p.key())
        found = admissible(claim, p)
        if found is Outcome.HOLDS:
            points.append(p)
        elif found is Outcome.FAILS:
            rejected += 1
        else:
            unclear += 1
    return Bank(tuple(points), rejected, unclear)


def _plan(tries: int) -> Iterator[tuple[str | None, int | None]]:
    for larger in (0, 1, 2):
        for style in STYLES:
            yield style, larger
    for larger in range(3, 45):     # sizes alone: one after the other (repetitions are passed over)
        yield "zero", larger
    for _ in range(tries):
        yield None, None


_banks: OrderedDict[tuple, Bank] = OrderedDict()


def explored(claim: Claim, count: int, seed: int) -> Bank:
    """`explore`, remembered for the claims last asked about: their routes and mutants share the points and their caches."""
    name = (claim.digest, repr(claim.points), count, seed)
    if name not in _banks:
        _banks[name] = explore(claim, count, seed)
        while len(_banks) > 4:
            _banks.popitem(last=False)
    _banks.move_to_end(name)
    return _banks[name]


def bank(claim: Claim, count: int, seed: int) -> tuple[Assignment, ...]:
    """Up to `count` points of the domain at which every premise certainly holds; fewer where the domain is narrow."""
    return explored(claim, count, seed).points


def affordable(claim: Claim, points: tuple[Assignment, ...]) -> tuple[Assignment, ...]:
    """All points, or, where the statement is dear to evaluate, the author's and the smallest others."""
    if cost(claim.conclusion) <= DEAR_COST:
        return points
    first, rest = points[:len(claim.points)], points[len(claim.points):]
    return first + tuple(sorted(rest, key=lambda p: p.weight()[0])[:FEW])


def vacuous(claim: Claim) -> bool:
    """No point satisfies the premises: every honest try violates one. Premises that cannot be evaluated prove nothing."""
    if any(_contradicts(v) for v in claim.variables):
        return True
    found = explored(claim, BANK, 0)
    return not found.points and not found.unclear


BANK = 100              # the size that all routes ask for
DEAR_COST = 2000        # a statement of so many operations is dear
FEW = 40                # points at which a dear statement is evaluated


def _contradicts(v: Variable) -> bool:
    return v.low is not None and v.high is not None and (v.low > v.high or (v.low == v.high and v.strict))


def strategy(claim: Claim):
    """A Hypothesis strategy of proposals (Assignment or None); whether the premises hold is for the caller to certify."""
    from hypothesis import strategies as st

    @st.composite
    def proposals(draw_from):
        def pick(options):      # by position: drawing an index is much cheaper than building a strategy per list
            last = len(options) - 1
            if last not in positions:
                positions[last] = st.integers(0, last)
            return options[draw_from(positions[last])]
        return draw(claim, pick)
    positions: dict[int, Any] = {}
    return proposals()
