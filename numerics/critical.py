"""The zeros of a gradient in a box, all of them: every part of the box is shown to hold none or exactly one, or is reported.

`critical_points` bisects. A box is discarded where an enclosure of the gradient leaves out 0. It is settled where the Krawczyk
operator K maps a slightly larger box X into its own interior: then X holds exactly one zero, and it lies in K(X). Zeros found
from neighbouring boxes are the same one when the enclosure of the second lies in the box where the first is unique, and
different ones when the enclosures are disjoint. What remains when boxes become too small or too many is `undecided`:
degenerate zeros, zeros on the edge. With undecided boxes a census counts nothing.

Functions are given as Arb functions of a list of balls; the Hessian must enclose the Jacobian of the gradient, also a little
outside the box (an eighth of a subbox). Where they have no finite value nothing is concluded. Boxes have exact rational ends.
"""
from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from fractions import Fraction
from typing import Callable, Sequence

import numpy as np
from flint import arb

from numerics import Undefined
from numerics.arb import hull, precision, rational

Box = tuple[tuple[Fraction, Fraction], ...]
Gradient = Callable[[Sequence[arb]], list[arb]]
Hessian = Callable[[Sequence[arb]], list[list[arb]]]

INFLATE = Fraction(1, 8)
SMALL = Fraction(1, 2 ** 80)        # an enclosure of this width is not shrunk further: at a zero such as 0 it would never end
STALLED = Fraction(15, 16)          # an enclosure that a step does not shrink by this factor in any direction is left as it is


@dataclass(frozen=True)
class Point:
    """Exactly one zero lies in `inside`, and it is the only one in `unique`. negative: how many eigenvalues of the Hessian are,
    the others being positive; None where their signs are not certified."""

    inside: Box
    unique: Box
    negative: int | None

    @property
    def kind(self) -> str:
        if self.negative is None:
            return "unclassified"
        return "minimum" if self.negative == 0 else "maximum" if self.negative == len(self.inside) else "saddle"


@dataclass(frozen=True)
class Census:
    """All zeros in the domain lie in `points`, one each, and in `undecided`. tested: boxes that were looked at."""

    points: tuple[Point, ...]
    undecided: tuple[Box, ...]
    tested: int

    @property
    def complete(self) -> bool:
        return not self.undecided and all(p.negative is not None for p in self.points)

    def counts(self) -> dict[str, int]:
        """How many of each kind, exactly. Undefined where some box is undecided."""
        if not self.complete:
            unclear = sum(p.negative is None for p in self.points)
            raise Undefined(f"{len(self.undecided)} boxes are undecided and {unclear} points unclassified: nothing is counted")
        found = Counter(p.kind for p in self.points)
        return {kind: found[kind] for kind in ("minimum", "saddle", "maximum")}


def critical_points(gradient: Gradient, hessian: Hessian, domain: Sequence[tuple], bits: int = 128,
                    least: Fraction = Fraction(1, 4096), most: int = 20_000) -> Census:
    """Every zero of the gradient in the domain. least: boxes of this width are not split; most: boxes to look at."""
    start = tuple((Fraction(lo), Fraction(hi)) for lo, hi in domain)
    if not start or any(lo >= hi for lo, hi in start):
        raise ValueError("the domain must have an interior")
    found: list[Point] = []
    undecided: list[Box] = []
    waiting, tested = deque([start]), 0
    with precision(bits):
        while waiting:
            box = waiting.popleft()
            if any(_within(box, p.unique) for p in found):
                continue            # its only possible zero is counted
            if tested == most:
                undecided.append(box)
                continue
            tested += 1
            verdict = _examine(gradient, hessian, box)
            if verdict is None or (verdict and _sort_in(verdict, start, found, hessian)):
                continue
            if max(hi - lo for lo, hi in box) <= least:
                undecided.append(box)
            else:
                waiting.extend(_halves(box))
    inner = [p for p in found if _within(p.inside, start)]
    return Census(tuple(sorted(inner, key=lambda p: p.inside)), tuple(undecided), tested)


def _examine(gradient: Gradient, hessian: Hessian, box: Box) -> Point | bool | None:
    """None: the box holds no zero. A point: a slightly larger box holds exactly one. False: not settled."""
    x = _balls(box)
    if _leaves_out_zero(_value(gradient, x)):
        return None
    wide = tuple((lo - (hi - lo) * INFLATE, hi + (hi - lo) * INFLATE) for lo, hi in box)
    image = _krawczyk(gradient, hessian, wide)
    if image is None:
        return False
    if any(hi < lo0 or lo > hi0 for (lo, hi), (lo0, hi0) in zip(image, box)):
        return None                 # all zeros of the larger box lie in the image, and so none in this one
    if not _strictly_within(image, wide):
        return False
    return Point(_shrink(gradient, hessian, image), wide, None)


def _sort_in(point: Point, domain: Box, found: list[Point], hessian: Hessian) -> bool:
    """Enter a zero that is in the domain, or certainly out of it, once. False: it may be on the edge, or one that is known."""
    if not _within(point.inside, domain) and not _disjoint(point.inside, domain):
        return False
    for other in found:
        if _within(point.inside, other.unique) or _within(other.inside, point.unique):
            return True             # the same zero
        if not _disjoint(point.inside, other.inside):
            return False
    found.append(Point(point.inside, point.unique, negative_eigenvalues(hessian(_balls(point.inside)))))
    return True


def _krawczyk(gradient: Gradient, hessian: Hessian, box: Box) -> Box | None:
    """K(X) = m - Y g(m) + (1 - Y H(X)) (X - m), outward, with Y about H(m)^-1. It holds all zeros of X; if it lies in the
    interior of X, there is exactly one. None: no finite enclosure."""
    middle = [rational((lo + hi) / 2) for lo, hi in box]
    slopes, value, there = _matrix(hessian, _balls(box)), _value(gradient, middle), _matrix(hessian, middle)
    if slopes is None or value is None or there is None:
        return None
    try:
        inverse = np.linalg.inv(np.array([[float(e.mid()) for e in row] for row in there]))
    except np.linalg.LinAlgError:
        return None
    if not np.isfinite(inverse).all():
        return None
    size = range(len(box))
    y = [[arb(float(e)) for e in row] for row in inverse]
    offset = [x - m for x, m in zip(_balls(box), middle)]
    image = []
    for i in size:
        k = middle[i]
        for j in size:
            k -= y[i][j] * value[j]
            k += ((1 if i == j else 0) - sum(y[i][s] * slopes[s][j] for s in size)) * offset[j]
        if not k.is_finite():
            return None
        image.append((_exact(k.lower()), _exact(k.upper())))
    return tuple(image)


def _shrink(gradient: Gradient, hessian: Hessian, box: Box) -> Box:
    """The enclosure of the only zero, small or as small as the precision allows: K again, intersected with what is known."""
    while max(hi - lo for lo, hi in box) > SMALL:
        image = _krawczyk(gradient, hessian, box)
        if image is None:
            break
        smaller = tuple((max(lo, lo0), min(hi, hi0)) for (lo, hi), (lo0, hi0) in zip(image, box))
        if any(lo > hi for lo, hi in smaller):
            raise ArithmeticError("the gradient and the Hessian contradict each other: an enclosed zero vanished")
        stalled = not any(hi - lo < STALLED * (hi0 - lo0) for (lo, hi), (lo0, hi0) in zip(smaller, box))
        box = smaller
        if stalled:
            break
    if _leaves_out_zero(_value(gradient, _balls(box))):
        raise ArithmeticError("the gradient and the Hessian contradict each other: an enclosed zero vanished")
    return box


def negative_eigenvalues(matrix: list[list[arb]]) -> int | None:
    """How many eigenvalues of every symmetric matrix in this enclosure are negative, if all others are positive; or else None.

    Q^T H Q for an approximate eigenbasis Q is nearly diagonal. If its Gershgorin discs leave out 0 it is invertible, so is Q, and
    by Sylvester's law of inertia the discs' signs are those of H's eigenvalues.
    """
    size = range(len(matrix))
    middle = np.array([[float(e.mid()) for e in row] for row in matrix])
    if not np.isfinite(middle).all():
        return None
    q = [[arb(float(e)) for e in row] for row in np.linalg.eigh((middle + middle.T) / 2)[1]]
    hq = [[sum(matrix[i][k] * q[k][j] for k in size) for j in size] for i in size]
    turned = [[sum(q[k][i] * hq[k][j] for k in size) for j in size] for i in size]
    negative = 0
    for i in size:
        radius = sum((abs(turned[i][j]) for j in size if j != i), arb(0))
        if turned[i][i] + radius < 0:
            negative += 1
        elif not turned[i][i] - radius > 0:
            return None
    return negative


def _value(gradient: Gradient, x: Sequence[arb]) -> list[arb] | None:
    try:
        return gradient(x)
    except Undefined:
        return None


def _matrix(hessian: Hessian, x: Sequence[arb]) -> list[list[arb]] | None:
    """The Hessian's enclosure, or None where it is not finite."""
    rows = _value(hessian, x)
    return rows if rows is not None and all(e.is_finite() for row in rows for e in row) else None


def _leaves_out_zero(value: list[arb] | None) -> bool:
    return value is not None and any(v > 0 or v < 0 for v in value)


def _balls(box: Box) -> list[arb]:
    return [hull(lo, hi) for lo, hi in box]


def _exact(x: arb) -> Fraction:
    """The rational value of an exact ball."""
    mantissa, exponent = x.man_exp()
    mantissa, exponent = int(mantissa), int(exponent)
    return Fraction(mantissa << exponent) if exponent >= 0 else Fraction(mantissa, 1 << -exponent)


def _halves(box: Box) -> list[Box]:
    k = max(range(len(box)), key=lambda i: box[i][1] - box[i][0])
    lo, hi = box[k]
    middle = (lo + hi) / 2
    return [(*box[:k], side, *box[k + 1:]) for side in ((lo, middle), (middle, hi))]


def _within(inner: Box, outer: Box) -> bool:
    return all(lo0 <= lo and hi <= hi0 for (lo, hi), (lo0, hi0) in zip(inner, outer))


def _strictly_within(inner: Box, outer: Box) -> bool:
    return all(lo0 < lo and hi < hi0 for (lo, hi), (lo0, hi0) in zip(inner, outer))


def _disjoint(a: Box, b: Box) -> bool:
    return any(hi < lo0 or hi0 < lo for (lo, hi), (lo0, hi0) in zip(a, b))
