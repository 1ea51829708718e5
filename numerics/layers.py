"""Majorisation-minimisation on layered pattern sets (niu2024, Section 4.1, Eq. (6) to Eq. (8)), as running code.

A set has layers of patterns D_1 .. D_l and partition functions Z_1 .. Z_l, all rational. The layer energies are the printed ones,
E_t(x) = exp(-g_t(x))/Z_t, or the amended ones, E_t(x) = g_t(x) + log Z_t (g_t itself for Z_t = 1; the same argmin always), with
g_t the least squared distance to D_t; E_global is Eq. (7). Points are rational, so that every g_t is exact and energies are
balls: each check is True, False or None (not settled).

A surrogate u of E_global at a point p is proper when it majorises (u >= E_global), touches (u = E_global at p) and descends
(its step y has u(y) <= u(p)). Three of them:
  eq6      E_t: what Eq. (6) minimises, one layer after the other over |y - p| <= reach
  shifted  E_t + (E_global(p) - E_t(p)): E_t with the constant of Sun et al.
  softmax  E_global(p) + sum over t of w_t (E_t - E_t(p)), w_t = exp(E_global(p) - E_t(p)): the tangent of -LSE(-E), which is
           concave in the energies; the same number as sum w_t (E_t + log w_t)
"""
from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Callable, Iterable, Sequence

from flint import arb

from numerics import Undefined
from numerics.arb import Arb, precision, rational

BITS = 128
TOUCHES = 80                # bits: what a surrogate may miss E_global(p) by and still touch it
ROUND = 2 ** 48             # points are rounded to multiples of 1/ROUND
GRID = 200                  # steps of a search on a line
BALLS = Arb()
KINDS, SCHEMES = ("printed", "amended"), ("eq6", "shifted", "softmax")
Point = tuple[Fraction, ...]


def point(*xs) -> Point:
    return tuple(Fraction(x) for x in xs)


def squared(x: Point, y: Point) -> Fraction:
    """||x - y||^2"""
    return sum(((a - b) ** 2 for a, b in zip(x, y, strict=True)), Fraction(0))


@dataclass(frozen=True)
class Layers:
    """Patterns and partition function of each layer; `kind` says which energy."""

    patterns: tuple[tuple[Point, ...], ...]
    z: tuple[Fraction, ...]
    kind: str

    def __post_init__(self):
        whole = len(self.z) == len(self.patterns) and all(self.patterns)
        if self.kind not in KINDS or not whole or not all(z > 0 for z in self.z):
            raise Undefined("a layered set needs patterns and Z > 0 in every layer, and a kind of energy: printed or amended")

    def own(self, t: int, x: Point) -> Point:
        """The pattern of layer t nearest to x."""
        return min(self.patterns[t], key=lambda a: squared(a, x))

    def g(self, t: int, x: Point) -> Fraction:
        return squared(self.own(t, x), x)

    def energy(self, t: int, x: Point) -> arb:
        """E_t(x), as printed or as amended"""
        g, z = rational(self.g(t, x)), rational(self.z[t])
        return (-g).exp() / z if self.kind == "printed" else g + z.log()

    def energies(self, x: Point) -> list[arb]:
        return [self.energy(t, x) for t in range(len(self.z))]

    def total(self, x: Point) -> arb:
        """E_global(x) = -log sum exp(-E_t(x)), Eq. (7)"""
        return -sum(((-e).exp() for e in self.energies(x)), arb(0)).log()


def layered(patterns: Sequence[Sequence[Sequence]], z: Sequence, kind: str) -> Layers:
    return Layers(tuple(tuple(point(*p) for p in layer) for layer in patterns), tuple(Fraction(q) for q in z), kind)


# ---------------------------------------------------------------- surrogates

Surrogate = Callable[[Point], arb]


def weights(s: Layers, p: Point) -> list[arb]:
    """w_t = exp(E_global(p) - E_t(p)): positive, of sum 1"""
    total = s.total(p)
    return [(total - e).exp() for e in s.energies(p)]


def surrogate(s: Layers, scheme: str, t: int, p: Point) -> Surrogate:
    """u at p; `t` is the layer of eq6 and shifted, softmax takes all of them."""
    if scheme == "eq6":
        return lambda y: s.energy(t, y)
    total, before = s.total(p), s.energies(p)
    if scheme == "shifted":
        return lambda y: s.energy(t, y) + (total - before[t])
    if scheme != "softmax":
        raise Undefined(f"no such surrogate: {scheme}")
    w = weights(s, p)
    return lambda y: total + sum((a * (e - b) for a, e, b in zip(w, s.energies(y), before)), arb(0))


# ---------------------------------------------------------------- steps

def near(x: arb) -> Fraction:
    """A multiple of 1/ROUND close to the middle of a ball."""
    return Fraction(round(float(x) * ROUND), ROUND)


def line(p: Point, reach: Fraction) -> list[Point]:
    """A grid on [p - reach, p + reach], with p."""
    return [(p[0] + reach * k / GRID,) for k in range(-GRID, GRID + 1)]


def on_line(s: Layers, t: int, p: Point, reach: Fraction) -> list[Point]:
    """Where g_t can be least or largest on an interval: its ends, patterns, and the middles between neighbouring patterns."""
    a = sorted({q[0] for q in s.patterns[t]})
    inner = a + [(u + v) / 2 for u, v in zip(a, a[1:])]
    return [p, (p[0] - reach,), (p[0] + reach,)] + [(q,) for q in inner if abs(q - p[0]) <= reach]


def eq6_step(s: Layers, t: int, p: Point, reach: Fraction) -> Point:
    """Eq. (6): argmin of E_t over |y - p| <= reach (delta_t = reach^2). Exact on a line.

    In n dimensions for the amended energy: the nearest pattern, or the way to it as far as the ball goes (rounded inwards).
    """
    if len(p) == 1:
        candidates = on_line(s, t, p, reach)
        return (max if s.kind == "printed" else min)(candidates, key=lambda y: s.g(t, y))
    if s.kind == "printed":
        raise Undefined("Eq. (6) with the printed energies is searched on a line only")
    goal, far = s.own(t, p), s.g(t, p)
    if far <= reach * reach:
        return goal
    share = Fraction(int(Fraction(float(reach / arb_root(far))) * ROUND), ROUND)
    while share * share * far > reach * reach:
        share -= Fraction(1, ROUND)
    return tuple(a + share * (b - a) for a, b in zip(p, goal))


def arb_root(q: Fraction) -> Fraction:
    """A rational close to the square root."""
    return Fraction(float(rational(q).sqrt()))


def softmax_step(s: Layers, p: Point, reach: Fraction) -> Point:
    """A step that does not raise the softmax surrogate.

    Amended: sum of w_t a_t, a_t the pattern of layer t nearest to p; that minimises sum w_t ||y - a_t||^2, which majorises
    sum w_t g_t and touches it at p. Printed: the best point of a grid on the line.
    """
    if s.kind == "amended":
        w, own = weights(s, p), [s.own(t, p) for t in range(len(s.z))]
        return tuple(near(sum((a * rational(q[k]) for a, q in zip(w, own)), arb(0))) for k in range(len(p)))
    if len(p) != 1:
        raise Undefined("the printed energies are searched on a line only")
    u = surrogate(s, "softmax", 0, p)
    best = min(line(p, reach), key=lambda y: float(u(y)))
    return best if BALLS.le(u(best), u(p)) else p


def step(s: Layers, scheme: str, t: int, p: Point, reach: Fraction) -> Point:
    """The next point. The constant of `shifted` changes no argmin: its steps are those of Eq. (6)."""
    return softmax_step(s, p, reach) if scheme == "softmax" else eq6_step(s, t, p, reach)


# ---------------------------------------------------------------- checks, counted

@dataclass
class Count:
    """How often a check held, failed, was not settled."""

    holds: int = 0
    fails: int = 0
    unsettled: int = 0

    def add(self, answer: bool | None) -> None:
        self.holds += answer is True
        self.fails += answer is False
        self.unsettled += answer is None


@dataclass
class Trace:
    """A trajectory and its counts: majorises (at each sample point of each step), touches and surrogate_descends and descends
    (once a step; `descends` is E_global itself)."""

    points: list[Point]
    majorises: Count = field(default_factory=Count)
    touches: Count = field(default_factory=Count)
    surrogate_descends: Count = field(default_factory=Count)
    descends: Count = field(default_factory=Count)


def touching(u: arb, f: arb) -> bool | None:
    """Equal within 2^-TOUCHES, certified; False: certified to differ."""
    gap = abs(u - f)
    return True if gap < arb(2) ** -TOUCHES else False if gap > 0 else None


def samples(s: Layers, p: Point, y: Point, reach: Fraction) -> Iterable[Point]:
    """Where majorisation is checked: the step itself, all patterns, and points around p along each axis."""
    yield y
    for layer in s.patterns:
        yield from layer
    for k in range(len(p)):
        for shift in (-4, -1, Fraction(-1, 5), Fraction(1, 7), 1, 3):
            yield p[:k] + (p[k] + reach * shift,) + p[k + 1:]


def run(s: Layers, scheme: str, start: Point, reach: Fraction, sweeps: int = 3) -> Trace:
    """`sweeps` times through the layers in order, one step each, with every check at every step; a step that stays is no step."""
    trace = Trace([start])
    with precision(BITS):
        for k in range(sweeps * len(s.z)):
            t, p = k % len(s.z), trace.points[-1]
            u, y = surrogate(s, scheme, t, p), step(s, scheme, t, p, reach)
            for x in samples(s, p, y, reach):
                if x != p:                  # at p itself the question is whether it touches
                    trace.majorises.add(BALLS.le(s.total(x), u(x)))
            trace.touches.add(touching(u(p), s.total(p)))
            if y == p:
                continue
            trace.surrogate_descends.add(BALLS.le(u(y), u(p)))
            trace.descends.add(BALLS.le(s.total(y), s.total(p)))
            trace.points.append(y)
    return trace


# ---------------------------------------------------------------- the sets

# name: patterns, Z, start, reach. The first is the certified example of niu2024.mm; its start is a stationary point of E_global,
# where the softmax surrogate rightly stays, hence the second start.
SETS = {
    "two patterns": ([[[0]], [[2]]], [1, 1], point(1), Fraction(1)),
    "two patterns, off centre": ([[[0]], [[2]]], [1, 1], point(Fraction(5, 4)), Fraction(1)),
    "three layers": ([[[0], [3]], [[1], [-2]], [[Fraction(1, 2)], [4]]], [1, 2, Fraction(1, 3)], point(Fraction(7, 5)),
                     Fraction(3, 4)),
    "plane": ([[[0, 0], [3, 1]], [[1, 2]], [[2, -1], [-1, -1]]], [1, 1, 2], point(Fraction(5, 4), Fraction(1, 3)), Fraction(1)),
}


def report(sweeps: int = 3) -> dict[tuple[str, str, str], Trace]:
    """Every set, kind and scheme; the printed energies on lines only."""
    out = {}
    for name, (patterns, z, start, reach) in SETS.items():
        for kind in KINDS:
            if kind == "amended" or len(start) == 1:
                s = layered(patterns, z, kind)
                out.update({(name, kind, scheme): run(s, scheme, start, reach, sweeps) for scheme in SCHEMES})
    return out
