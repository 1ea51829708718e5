"""The search route: Hypothesis looks for a counterexample in the domain, edges included, and shrinks what it finds.

Floats only propose. A hit counts after Arb (or an exact normal form) certifies, at the exact rational point, that all premises hold and the
conclusion fails; it is then simplified to small sizes and small numbers, each step certified again. A search without a hit is undecided.
"""
from __future__ import annotations

import itertools
import random
import time
from fractions import Fraction
from typing import Iterator

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis.errors import NoSuchExample

from theory.claim import Claim, Evidence, Outcome
from theory.domain import admissible, draw, strategy
from theory.evaluate import QUICK, filtered, truth
from theory.points import Assignment, flatten, rebuild
from theory.routes.enclosure import point_artefact
from theory.terms import Term

EXAMPLES = 200
SMALLER = 60            # tiny points tried after a hit
STEPS = 400             # certified simplifications tried after a hit
FIRST = ("zero", "onehot", "equal", "distinct")


def run(claim: Claim, seed: int) -> Evidence:
    """Look for a counterexample among at most EXAMPLES draws, and certify the smallest that shrinking reaches."""
    start = time.perf_counter()
    hunt = Hunt(claim)
    quiet = settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
                     phases=(Phase.generate, Phase.shrink), suppress_health_check=list(HealthCheck))
    try:
        hit = find(strategy(claim), hunt.refutes, settings=quiet, random=random.Random(seed))
    except NoSuchExample:
        coverage = f"no counterexample among {hunt.drawn} draws ({hunt.inside} inside the domain); a search without a hit is undecided"
        return Evidence("search", Outcome.UNDECIDED, coverage, None, time.perf_counter() - start, seed)
    best = simplest(claim, hit)
    artefact = point_artefact(claim, best)
    coverage = f"a counterexample, shrunk and certified ({artefact['payload']['decided_by']})"
    return Evidence("search", Outcome.FAILS, coverage, artefact, time.perf_counter() - start, seed)


class Hunt:
    """The predicate that Hypothesis maximises against, with a memory: the same point is not judged twice."""

    def __init__(self, claim: Claim, conclusion: Term | None = None):
        self.claim = claim
        self.conclusion = claim.conclusion if conclusion is None else conclusion
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
        return truth(self.conclusion, point, QUICK).outcome is Outcome.FAILS


def simplest(claim: Claim, hit: Assignment, conclusion: Term | None = None) -> Assignment:
    """A certified counterexample no larger than `hit`: tiny points first, then entry by entry towards 0 and 1."""
    hunt = Hunt(claim, conclusion)
    best = hit
    for p in itertools.islice(_tiny(claim), SMALLER):
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
    rng = random.Random(claim.id)
    for larger, style in itertools.product((0, 1), FIRST):
        for attempt in range(8):
            pick = (lambda options: options[0]) if attempt == 0 else (lambda options: rng.choice(options[:3]))
            p = draw(claim, pick, style, larger)
            if p is not None:
                yield p


def _simpler(claim: Claim, p: Assignment) -> Iterator[Assignment]:
    """The same sizes, one real entry replaced by a plainer number."""
    names = [v.name for v in claim.variables if not v.natural]
    for name in names:
        entries = list(flatten(p.values[name]))
        for k, old in enumerate(entries):
            for new in _plainer(Fraction(old)):
                changed = entries[:k] + [new] + entries[k + 1:]
                yield Assignment({**p.values, name: rebuild(p.values[name], iter(changed))})


def _plainer(x: Fraction) -> Iterator[Fraction]:
    for y in (Fraction(0), Fraction(1), Fraction(-1), Fraction(round(x)), Fraction(int(x)), Fraction(int(x / 2)), abs(x), x.limit_denominator(2)):
        if y != x:
            yield y
