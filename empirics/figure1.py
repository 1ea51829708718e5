"""Figure 1 of niu2024 with every critical point located rigorously: `python -m empirics.figure1 --out DIR`.

Left, on three patterns of the plane: (a) -LSE at beta = 1, (b) the regularisers, (c) E_MCHN^1, (d) the proposed E. Right, on the
line: E, g, 2 E_MCHN^2 - log d and E_MCHN^1. figure1.json states all critical points in the plotted box with enclosures (a count
here is proved: see numerics.critical), figure1.svg shows them. What separates basins is certified on the line (the maxima); the
separating curves in the plane are drawn in floating point from the certified saddles.
"""
from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from typing import Any, Mapping, Sequence

import numpy as np
from flint import arb

from empirics.command import command
from numerics import Undefined
from numerics.arb import hull, precision, rational
from numerics.critical import Box, Census, critical_points
from theory.claim import WellposedError
from theory.niu2024.definitions import FIGURE1_1D, FIGURE1_2D

BITS = 128
EDGE = Fraction(3)              # the plotted box is [-3, 3]^n
DIGITS = 12                     # decimals of the enclosures in the record


@dataclass(frozen=True)
class Landscape:
    """bowl ||x||^2 / 2 - (pull / beta) log sum over i of exp(beta (rho_i^T x - lean ||rho_i||^2 / 2)) + constants.

    All energies of the figure but g have this form. logs, norms: the constant is logs * log d + norms * max ||rho_i||^2.
    """

    name: str
    patterns: tuple[tuple[Fraction, ...], ...]
    bowl: int = 0
    pull: int = 0
    beta: int = 1
    lean: int = 0
    logs: Fraction = Fraction(0)
    norms: Fraction = Fraction(0)

    @property
    def confined(self) -> bool:
        """Are all critical points convex combinations of the patterns (bowl x = pull * their mean), or 0? Then the gradient
        points outward on every box around them, and by Poincare and Hopf the signs of det H at its zeros sum to 1."""
        return self.bowl > 0 and self.pull in (0, self.bowl)

    def _exponents(self, x: Sequence[arb], i: int) -> list[arb]:
        """beta times the i-th exponent's distance to each: differences first, so that a box does not widen them."""
        r, norms = self.patterns, self._norms()
        return [self.beta * (sum((rational(b - a) * v for a, b, v in zip(r[i], r[j], x)), arb(0))
                             - rational(self.lean * (norms[j] - norms[i]) / 2)) for j in range(len(r))]

    def _norms(self) -> list[Fraction]:
        return [sum((a * a for a in r), Fraction(0)) for r in self.patterns]

    def weights(self, x: Sequence[arb]) -> list[arb]:
        return [1 / sum((e.exp() for e in self._exponents(x, i)), arb(0)) for i in range(len(self.patterns))]

    def value(self, x: Sequence[arb]) -> arb:
        first, norms = self.patterns[0], self._norms()
        top = sum((rational(a) * v for a, v in zip(first, x)), arb(0)) - rational(self.lean * norms[0] / 2)
        lse = top + sum((e.exp() for e in self._exponents(x, 0)), arb(0)).log() / self.beta
        return (self.bowl * sum((v ** 2 for v in x), arb(0)) / 2 - self.pull * lse + rational(self.logs) * arb(len(norms)).log()
                + rational(self.norms * max(norms)))

    def gradient(self, x: Sequence[arb]) -> list[arb]:
        w = self.weights(x) if self.pull else [arb(0)] * len(self.patterns)
        means = [sum((rational(r[k]) * wi for r, wi in zip(self.patterns, w)), arb(0)) for k in range(len(x))]
        return [self.bowl * v - self.pull * m for v, m in zip(x, means)]

    def hessian(self, x: Sequence[arb]) -> list[list[arb]]:
        """bowl - pull beta Cov, the covariance as a sum over pairs of patterns."""
        size = range(len(x))
        out = [[arb(self.bowl if i == k else 0) for k in size] for i in size]
        w = self.weights(x) if self.pull else []
        for (ri, wi), (rj, wj) in combinations(list(zip(self.patterns, w)), 2):
            both = self.pull * self.beta * wi * wj
            for a in size:
                for b in size:
                    out[a][b] -= both * rational((ri[a] - rj[a]) * (ri[b] - rj[b]))
        return out

    def floats(self, x: np.ndarray) -> np.ndarray:
        """The value at many points, to draw it."""
        p = np.array(self.patterns, dtype=float)
        m = self.beta * (x @ p.T - self.lean * (p * p).sum(-1) / 2)
        lse = np.logaddexp.reduce(m, axis=-1) / self.beta
        return (self.bowl * (x * x).sum(-1) / 2 - self.pull * lse + float(self.logs) * np.log(len(p))
                + float(self.norms) * (p * p).sum(-1).max())


def _patterns(instance: Mapping[str, Any]) -> tuple[tuple[Fraction, ...], ...]:
    return tuple(tuple(Fraction(a) for a in row) for row in instance["rho"])


def landscapes(instance: Mapping[str, Any]) -> dict[str, Landscape]:
    """The smooth energies of the figure on these patterns."""
    p, half = _patterns(instance), Fraction(1, 2)
    return {"-LSE": Landscape("-LSE, beta = 1", p, pull=1),
            "regularisers": Landscape("regularisers, beta = 1", p, bowl=1, logs=Fraction(1), norms=half),
            "E_MCHN^1": Landscape("MCHN energy, beta = 1", p, bowl=1, pull=1, logs=Fraction(1), norms=half),
            "2E_MCHN^2-log d": Landscape("2 E_MCHN - log d, beta = 2", p, bowl=2, pull=2, beta=2, norms=Fraction(1)),
            "E": Landscape("proposed energy", p, bowl=2, pull=2, beta=2, lean=1)}


PLANE = {k: v for k, v in landscapes(FIGURE1_2D).items() if k != "2E_MCHN^2-log d"}
LINE = {k: landscapes(FIGURE1_1D)[k] for k in ("E", "2E_MCHN^2-log d", "E_MCHN^1")}


def census(f: Landscape) -> Census:
    """All critical points in the plotted box, or a WellposedError: no count is given that is not proved."""
    n = len(f.patterns[0])
    found = critical_points(f.gradient, f.hessian, [(-EDGE, EDGE)] * n, bits=BITS)
    try:
        found.counts()
    except Undefined as error:
        raise WellposedError(f"Figure 1, {f.name}: {error}") from error
    if f.confined and all(abs(a) < EDGE for r in f.patterns for a in r):
        total = sum((-1) ** p.negative for p in found.points)
        if total != 1:
            raise WellposedError(f"Figure 1, {f.name}: the signs of the critical points sum to {total} instead of 1")
    return found


def nearest_on_the_line(instance: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Where g = min (x - rho_i)^2 turns, exactly: 0 at the patterns, and a kink half-way between neighbours."""
    p = sorted({r[0] for r in _patterns(instance)})
    rows = [{"kind": "minimum", "x": [str(a)], "value": "0"} for a in p]
    rows += [{"kind": "maximum (a kink)", "x": [str((a + b) / 2)], "value": str((b - a) ** 2 / 4)} for a, b in zip(p, p[1:])]
    return sorted(rows, key=lambda row: Fraction(row["x"][0]))


def _outward(lo: Fraction, hi: Fraction) -> list[str]:
    """Both ends as decimals, rounded away from each other."""
    unit = 10 ** DIGITS
    ends = (lo * unit).__floor__(), (hi * unit).__ceil__()
    return [f"{'-' if e < 0 else ''}{abs(e) // unit}.{abs(e) % unit:0{DIGITS}d}" for e in ends]


def _value(f: Landscape, inside: Box) -> list[str]:
    with precision(BITS):
        v = f.value([hull(lo, hi) for lo, hi in inside])
        ends = [x.man_exp() for x in (v.lower(), v.upper())]
    return _outward(*(Fraction(int(m)) * Fraction(2) ** int(e) for m, e in ends))


def describe(f: Landscape) -> dict[str, Any]:
    """One landscape as JSON: the count of each kind, and every point with enclosures of its place and value."""
    found = census(f)
    points = [{"kind": p.kind, "x": [_outward(*side) for side in p.inside], "value": _value(f, p.inside)} for p in found.points]
    out = {"counts": found.counts(), "points": points, "boxes": found.tested, "all of space": f.confined}
    if len(f.patterns[0]) == 1 and f.confined:
        cuts = [None, *(p["x"][0] for p in points if p["kind"] == "maximum"), None]
        lows = [p["x"][0] for p in points if p["kind"] == "minimum"]
        out["basins"] = [{"minimum": low, "between": [a, b]} for low, a, b in zip(lows, cuts, cuts[1:])]
    return out


def compute() -> dict[str, Any]:
    """What figure1.json holds: exact patterns, and per landscape all critical points in the plotted box."""
    line = {name: describe(f) for name, f in LINE.items()}
    line["g"] = {"points": nearest_on_the_line(FIGURE1_1D), "exact": True}
    return {"box": [str(-EDGE), str(EDGE)],
            "plane": {"patterns": [[str(Fraction(a)) for a in r] for r in FIGURE1_2D["rho"]],
                      "landscapes": {name: describe(f) for name, f in PLANE.items()}},
            "line": {"patterns": [[str(Fraction(a)) for a in r] for r in FIGURE1_1D["rho"]], "landscapes": line}}


def table(record: Mapping[str, Any]) -> list[str]:
    """The landscapes side by side, a line each."""
    out = []
    for part in ("plane", "line"):
        for name, held in record[part]["landscapes"].items():
            at = [f"{p['kind']} ({', '.join(_short(s) for s in p['x'])})" for p in held["points"]]
            out.append(f"{part} {name}: {'; '.join(at) or 'no critical point'}")
    return out


def _short(side: Any) -> str:
    value = Fraction(side) if isinstance(side, str) else (Fraction(side[0]) + Fraction(side[1])) / 2
    return f"{float(value):.4f}"


def replace(path: Path, text: str) -> None:
    """The file as a whole, or a WellposedError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.tmp")
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, path)
    except OSError as error:
        raise WellposedError(f"cannot write {path}: {error.strerror}") from error


def write(out: Path) -> dict[str, Any]:
    """figure1.json, then figure1.svg (which needs matplotlib), in a folder."""
    from empirics.figure1_drawing import draw
    record = compute()
    replace(out / "figure1.json", json.dumps(record, indent=1, sort_keys=True) + "\n")
    replace(out / "figure1.svg", draw(record, PLANE, LINE))
    return record


@command("figure1")
def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m empirics.figure1", description="Figure 1 with certified critical points.")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where figure1.json and figure1.svg go")
    print("\n".join(table(write(parser.parse_args(arguments).out))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
