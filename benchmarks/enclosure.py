"""How much faster the enclosure route's numbers are than the same numbers by mpmath, at the same bits, in the same run.

    python benchmarks/enclosure.py

Three workloads of the route, each over many exact points: incomplete gammas (Lemma 5), the ball integral (Eq. 12) and
log-sum-exps (Lemma 2). The route certifies balls; mpmath is given plain loops over its own `gammainc`, `gamma`, `exp` and
`log`, with nothing of ours in between, so the ratio flatters mpmath. Every ball is compared with mpmath's number: a benchmark
of wrong answers would be worthless. Exit 1 if one is off.
"""
from __future__ import annotations

import argparse
import sys
import time
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import mpmath  # noqa: E402

from numerics.arb import precision  # noqa: E402
from theory.batch import sides  # noqa: E402
from theory.points import Assignment  # noqa: E402
from theory.routes.crosscheck import near  # noqa: E402
from theory.terms import PI, Symbol, ball, eq, exp, fam, gamma, integral, le, log, max_, power, sum_  # noqa: E402

BITS = 113
TARGET = 8.0
REPEATS = 3

n, r, x = fam("n"), fam("r"), Symbol("x")
LOWER_GAMMA = le(integral(0, r, lambda t: power(t, n - 1) * exp(-t)), power(r, n) / n)
BALL = eq(ball(n, r, lambda t: exp(-(t * t))), power(PI, n / 2) / gamma(n / 2)
          * integral(0, r * r, lambda t: power(t, n / 2 - 1) * exp(-t)))
LSE = le(log(sum_(n, lambda i: exp(x(i)))), max_(n, x) + log(n))

RADII = [Fraction(k, 7) for k in range(1, 40)]
DIMENSIONS = list(range(1, 40)) + [64, 128, 256, 512]
RADIAL = [{"n": d, "r": q} for d in DIMENSIONS for q in RADII]
ROWS = [{"n": k, "x": tuple(Fraction((7 * i * i + 3 * k + j) % 41 - 20, 3 + j % 5) for i in range(k))}
                            for j in range(60) for k in (2, 4, 8, 16)]


def by_route(formula, points) -> list:
    """Both sides of the relation at every point, as the enclosure route evaluates them."""
    return sides(formula, [Assignment(p) for p in points], BITS)


def gammas_by_mpmath(c) -> list:
    out = []
    for p in RADIAL:
        d, q = p["n"], c.mpf(p["r"].numerator) / p["r"].denominator
        out.append((c.gammainc(d, 0, q), q ** d / d))
    return out


def balls_by_mpmath(c) -> list:
    out = []
    for p in RADIAL:
        d, q = p["n"], c.mpf(p["r"].numerator) / p["r"].denominator
        half = c.mpf(d) / 2
        radial = c.gammainc(half, 0, q * q) / 2
        volume = c.pi ** half / c.gamma(1 + half)
        out.append((d * volume * radial, c.pi ** half / c.gamma(half) * c.gammainc(half, 0, q * q)))
    return out


def lses_by_mpmath(c) -> list:
    out = []
    for p in ROWS:
        row = [c.mpf(v.numerator) / v.denominator for v in p["x"]]
        out.append((c.log(c.fsum(c.exp(v) for v in row)), max(row) + c.log(p["n"])))
    return out


def tight(ball_) -> bool:
    """A ball that encloses everything says nothing."""
    return ball_.is_finite() and ball_.rel_accuracy_bits() > BITS - 30


def best(f, *arguments):
    """(shortest time of REPEATS runs, result)"""
    shortest, value = None, None
    for _ in range(REPEATS):
        start = time.perf_counter()
        value = f(*arguments)
        spent = time.perf_counter() - start
        shortest = spent if shortest is None else min(shortest, spent)
    return shortest, value


def main() -> int:
    argparse.ArgumentParser(prog="python -m benchmarks.enclosure", description=__doc__.splitlines()[0]).parse_args()
    c = mpmath.MPContext()
    c.prec = BITS
    work = [("incomplete gammas", LOWER_GAMMA, RADIAL, gammas_by_mpmath), ("ball integrals", BALL, RADIAL, balls_by_mpmath),
            ("log-sum-exps", LSE, ROWS, lses_by_mpmath)]
    ours_total = theirs_total = 0.0
    print(f"enclosure route against mpmath at {BITS} bits, the same points, best of {REPEATS}")
    for name, formula, points, plain in work:
        ours, found = best(by_route, formula, points)
        theirs, numbers = best(plain, c)
        with precision(BITS):
            wrong = [
    p for p, balls, pair in zip(
        points, found, numbers) for b, v in zip(
            balls, pair) if not (
                tight(b) and near(
                    b, v))]
        if wrong:
            print(f"{name}: mpmath and Arb disagree at {wrong[0]}", file=sys.stderr)
            return 1
        ours_total, theirs_total = ours_total + ours, theirs_total + theirs
        print(f"  {name:18} {len(points):5} points   route {ours * 1e3:8.1f} ms   mpmath {theirs * 1e3:8.1f} ms   "
              f"ratio {theirs / ours:6.1f}")
    print(f"  {'all':18} {'':5}          route {ours_total * 1e3:8.1f} ms   mpmath {theirs_total * 1e3:8.1f} ms   ratio "
          f"{theirs_total / ours_total:6.1f}   (target: more than {TARGET:g})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
