"""The search route: Hypothesis looks for a counterexample in the domain, edges included, and shrinks what it finds.

Floats only propose. A hit counts after Arb (or an exact normal form) certifies, at the exact rational point, that all
premises hold and the conclusion fails; it is then simplified to small sizes and small numbers, each step certified again. A
search without a hit is undecided.
"""
from __future__ import annotations

import itertools
import random
import time
from collections import OrderedDict
from fractions import Fraction
from typing import Iterator

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis.errors import NoSuchExample

from theory.claim import Claim, Evidence, Outcome
from theory.descent import STARTS, descend
from theory.domain import BANK, admissible, bank, draw, scalar_options, strategy
from theory.evaluate import filtered, refuting, truth
from theory.points import Assignment, flatten, rebuild
from theory.routes.artefacts import point_artefact

EXAMPLES = 200
SMALLER = 60            # tiny points tried after a hit
GRID = 40               # sizes from the lowest on, where nothing is indexed by them
STEPS = 400             # certified simplifications tried after a hit
FIRST = ("zero", "onehot", "equal", "distinct")


def run(claim: Claim, seed: int) -> Evidence:
    """Look for a counterexample among EXAMPLES draws and some directed walks, and certify the smallest that shrinking reaches."""
    start = time.perf_counter()
    best, hunt = _hunted(claim, seed)
    if best is None:
        coverage = f"no counterexample among {hunt.drawn} draws ({hunt.inside} inside the domain) and {STARTS} walks downhill; " \
                   "a search without a hit is undecided"
        return Evidence("search", Outcome.UNDECIDED, coverage, None, time.perf_counter() - start, seed)
    artefact = point_artefact(claim, best)
    coverage = f"a counterexample, shrunk and certified ({artefact['payload']['decided_by']})"
    return Evidence("search", Outcome.FAILS, coverage, artefact, time.perf_counter() - start, seed)


def probe(claim: Claim, seed: int) -> Assignment | None:
    """The point that the search found, for other routes to judge with their own engines."""
    return _hunted(claim, seed)[0]


_found: OrderedDict[tuple, tuple] = OrderedDict()


def _hunted(claim: Claim, seed: int) -> tuple[Assignment | None, "Hunt"]:
    """The smallest certified counterexample, or None; remembered for the claims last asked about."""
    name = (claim.digest, repr(claim.points), seed)
    if name not in _found:
        hunt = Hunt(claim)
        _found[name] = (_hunt(claim, seed, hunt), hunt)
        while len(_found) > 4:
            _found.popitem(last=False)
    return _found[name]


def _hunt(claim: Claim, seed: int, hunt: "Hunt") -> Assignment | None:
    quiet = settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
                     phases=(Phase.generate, Phase.shrink), suppress_health_check=list(HealthCheck))
    points = bank(claim, BANK, seed)
    hit = next((p for p in points[:len(claim.points)] if hunt.refutes(p)), None)
    if hit is None:
        try:
            hit = find(strategy(claim), hunt.refutes, settings=quiet, random=random.Random(seed))
        except NoSuchExample:
            hit = descend(claim, claim.conclusion, points, Hunt(claim).refutes, f"{seed}:{claim.id}")
    return None if hit is None else simplest(claim, hit)


class Hunt:
    """The predicate that Hypothesis maximises against, with a memory: the same point is not judged twice."""

    def __init__(self, claim: Claim):
        self.claim, self.conclusion = claim, claim.conclusion
        self.ladder = refuting(claim.conclusion)
        self.drawn = self.inside = 0
        self.known: dict[str, bool] = {}

    def refutes(self, point: Assignment | None) -> bool:
        """Whether the point is a certified counterexample."""
        self.drawn += 1
        if point is None:
            return False
        name = repr(point.values)
        if name not in self.known:
            self.known[name] = self._judge(point)
        return self.known[name]

    def _judge(self, point: Assignment) -> bool:
        if filtered(self.conclusion, point) is True:        # comfortably true in floats: not worth certifying
            self.inside += 1
            return False
        if admissible(self.claim, point) is not Outcome.HOLDS:
            return False
        self.inside += 1
        return truth(self.conclusion, point, self.ladder).outcome is Outcome.FAILS


def simplest(claim: Claim, hit: Assignment) -> Assignment:
    """A certified counterexample no larger than `hit`: tiny points first, then entry by entry towards 0 and 1."""
    hunt = Hunt(claim)
    best = hit
    for p in itertools.islice(_tiny(claim), 2 * SMALLER):
        if p.weight() < best.weight() and hunt.refutes(p):
            best = p
    for _ in range(STEPS):
        better = next((p for p in _simpler(claim, best) if p.weight() < best.weight() and hunt.refutes(p)), None)
        if better is None or hunt.drawn > STEPS:
            return best
        best = better
    return best


def _tiny(claim: Claim) -> Iterator[Assignment]:
    """The smallest sizes, simplest patterns and plainest numbers first; deterministic."""
    if not any(v.shape or v.below is not None for v in claim.variables):
        grid = itertools.product(*([int(v.low or 0) + k for k in range(GRID)]
                                 if v.natural else scalar_options(v) for v in claim.variables))
        points = [Assignment(dict(zip((v.name for v in claim.variables), values))) for values in itertools.islice(grid, 5000)]
        yield from sorted(points, key=Assignment.weight)[:2 * SMALLER]
        return
    rng = random.Random(claim.id)
    for larger, style in itertools.product((0, 1), FIRST):
        for attempt in range(8):
            pick = (lambda options: options[0]) if attempt == 0 else (lambda options: rng.choice(options[:3]))
            p = draw(claim, pick, style, larger)
            if p is not None:
                yield p


def _simpler(claim: Claim, p: Assignment) -> Iterator[Assignment]:
    """One size smaller by an index, or one real entry replaced by a plainer number."""
    for v in claim.variables:
        if v.natural and v.below is None and p.values[v.name] > (v.low or 0):
            for k in range(p.values[v.name]):
                q = _without(claim, p, v.name, k)
                if q is not None:
                    yield q
    names = [v.name for v in claim.variables if not v.natural]
    for name in names:
        entries = list(flatten(p.values[name]))
        for k, old in enumerate(entries):
            for new in _plainer(Fraction(old)):
                changed = entries[:k] + [new] + entries[k + 1:]
                yield Assignment({**p.values, name: rebuild(p.values[name], iter(changed))})


def _without(claim: Claim, p: Assignment, size: str, k: int) -> Assignment | None:
    """The point with the k-th index of this size removed from every family."""
    values = {**p.values, size: p.values[size] - 1}
    for v in claim.variables:
        if v.below == size and values[v.name] >= values[size]:
            return None
        for axis, name in enumerate(v.shape):
            if name == size:
                values[v.name] = _dropped(values[v.name], axis, k)
    return Assignment(values)


def _dropped(value: tuple, axis: int, k: int) -> tuple:
    return value[:k] + value[k + 1:] if axis == 0 else tuple(_dropped(row, axis - 1, k) for row in value)


def _plainer(x: Fraction) -> Iterator[Fraction]:
    for y in (Fraction(0), Fraction(1), Fraction(-1), Fraction(round(x)),
              Fraction(int(x)), Fraction(int(x / 2)), abs(x), x.limit_denominator(2)):
        if y != x:
            yield y
