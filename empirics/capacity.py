"""How many random patterns the models of Table 1 (niu2024) store, and how that grows with n.

`python -m empirics run capacity.NAME` measures again and writes the record.

Criteria, those of the sources:
  hopfield    Hopfield (1982): a pattern with 5 % of its bits flipped comes back to an overlap of 0.9; half of the patterns do
  krotov      Krotov and Hopfield (2016): of the stored patterns' bits at most 0.5 % would flip at once ("few errors"; the paper's
              0.14 n at r = 2); for the quantity `gap` also: half of the patterns have no such bit ("no errors")
  demircigil  Demircigil et al. (2017), rho = 0: *every* stored pattern is a fixed point, with probability 1/2
  mchn        Ramsauer et al. (2020), beta = K = 1: on the sphere of radius sqrt(n - 1) the softmax update leaves a pattern within
              0.2 radii; half of the patterns
"""
from __future__ import annotations

from math import exp, log
from typing import Any, Callable, Mapping, Sequence

import numpy as np

from empirics.curves import Curve, capacities, growth, hull, interval, loglog, probit
from empirics.experiment import Experiment, Rival
from empirics.simulate import exponential_unstable, unretrieved, unsettled, unstable_bits
from numerics.hopfield import Hopfield, Krotov
from theory.terms import ONE, fam, inv, log as log_, num

BIT_ERRORS = 0.005      # Krotov and Hopfield's threshold on the share of unstable bits
HALF = 0.5
DOUBLE_FACTORIAL = {1: 1, 2: 1, 3: 3, 4: 15}     # (2r - 3)!!
N0, N1, N2, R = fam("n0"), fam("n1"), fam("n2"), fam("r")


def _sizes(about: float, factors: Sequence[float], least: int = 2) -> list[int]:
    """Numbers of patterns around an expected capacity, ascending and distinct."""
    return sorted({max(least, round(about * f)) for f in factors})


def _groups(draw: Callable[[np.random.Generator], list[int]], seed: Sequence[int], groups: int, repeats: int) -> list[list[int]]:
    """Failures summed over `repeats` independent draws, for each group."""
    rng = np.random.default_rng(seed)
    return [np.sum([draw(rng) for _ in range(repeats)], axis=0).tolist() for _ in range(groups)]


def _curve(n: int, sizes: list[int], trials: int, failed: list) -> Curve:
    return {"n": n, "sizes": sizes, "trials": trials, "failed": failed}


def _logs(curves: Sequence[Curve], target: float, scale, seed: int) -> tuple[np.ndarray, list[float]]:
    """log capacities (first as measured, then redrawn) and log n"""
    return capacities(curves, target, scale, np.random.default_rng(seed)), [log(c["n"]) for c in curves]


def _slope(curves: Sequence[Curve], target: float, scale, seed: int) -> np.ndarray:
    values, at = _logs(curves, target, scale, seed)
    return growth(values, at)


# ---------------------------------------------------------------- Hopfield (1982)

def _retrieval(n: int, about: float, model, seed: Sequence[int], c: Mapping[str, Any]) -> Curve:
    sizes = _sizes(about, (0.8, 0.95, 1.1, 1.3, 1.55))
    tested = min(16, sizes[0])
    failed = _groups(lambda rng: unretrieved(rng, n, sizes, tested, model, 0.05, 20, 0.9), seed, c["groups"], c["repeats"])
    return _curve(n, sizes, tested * c["repeats"], failed)


def measure_hopfield(c: Mapping[str, Any], seed: int) -> dict[str, list[Curve]]:
    return {"quadratic": [_retrieval(n, 0.17 * n, lambda p: Hopfield(p, diagonal=False), (seed, n), c) for n in c["n"]],
            "cubic": [_retrieval(n, 0.1 * n * n, lambda p: Krotov(p, 3), (seed, n, 3), c) for n in c["n control"]]}


def analyse_hopfield(raw: Mapping[str, Any]) -> dict:
    return {"slope": {"measured": interval(_slope(raw["quadratic"], HALF, loglog, 1)),
                      "control": interval(_slope(raw["cubic"], HALF, loglog, 2))}}


# ---------------------------------------------------------------- Krotov and Hopfield (2016)

def _bits(n: int, r: int, about: float, seed: Sequence[int], c: Mapping[str, Any], plus: float = 0.5) -> dict[str, Curve]:
    """Unstable bits, and patterns with one, for F(z) = z^r."""
    sizes = _sizes(about, (0.4, 0.6, 0.8, 1, 1.3, 1.7))
    tested = min(64, sizes[0])
    repeats = max(1, round(c["bits"] / (c["groups"] * tested * n)))
    both = _groups(lambda rng: [*sum(unstable_bits(rng, n, r, sizes, tested, plus), [])], seed, c["groups"], repeats)
    k = len(sizes)
    return {"bits": _curve(n, sizes, tested * n * repeats, [row[:k] for row in both]),
            "patterns": _curve(n, sizes, tested * repeats, [row[k:] for row in both])}


def measure_krotov(c: Mapping[str, Any], seed: int) -> dict[str, Any]:
    square = exp(probit(BIT_ERRORS))        # the squared normal quantile, 6.63
    out: dict[str, Any] = {order: [_bits(n, int(order), n ** (int(order) - 1) / (DOUBLE_FACTORIAL[int(order)] * square),
                                         (seed, int(order), n), c)
                                   for n in ns] for order, ns in c["n"].items()}
    out["biased"] = [_bits(n, 3, 8.0, (seed, 0, n), c, plus=0.75) for n in c["n control"]]
    return out


def analyse_krotov(raw: Mapping[str, Any]) -> dict:
    """excess: the exponent minus r. gap: the exponent without errors minus the one with few. Hulls over r = 2, 3, 4."""
    excess, gap, loose = [], [], []
    for order in (k for k in raw if k != "biased"):
        bits = [row["bits"] for row in raw[order]]
        few = _slope(bits, BIT_ERRORS, probit, int(order))
        none = _slope([row["patterns"] for row in raw[order]], HALF, loglog, int(order))
        more = _slope(bits, 2 * BIT_ERRORS, probit, int(order))
        excess.append(interval(few - int(order)))
        gap.append(interval(none - few))
        loose.append(interval(more - few))
    biased = interval(_slope([row["bits"] for row in raw["biased"]], BIT_ERRORS, probit, 9) - 3)
    return {"excess": {"measured": hull(excess), "control": biased}, "gap": {"measured": hull(gap), "control": hull(loose)}}


# ---------------------------------------------------------------- Demircigil et al. (2017)

def _exponential(n: int, about: float, factors: Sequence[float], seed: Sequence[int], groups: int, repeats: int,
                 every: bool) -> Curve:
    """Draws with an unstable pattern (`every`), or unstable patterns."""
    sizes = _sizes(about, factors, 3)
    def draw(rng):
        failed = exponential_unstable(rng, n, sizes)
        return [int(f > 0) for f in failed] if every else [round(f * sizes[-1] / s) for f, s in zip(failed, sizes)]
    return _curve(n, sizes, repeats if every else repeats * sizes[-1], _groups(draw, seed, groups, repeats))


def measure_demircigil(c: Mapping[str, Any], seed: int) -> dict[str, list[Curve]]:
    def repeats(n):
        return max(1, round(c["draws"] * min(1, 2.0 ** (c["free"] - n)) / c["groups"]))
    return {"every": [_exponential(n, (2 * log(2) * 2 ** n / n) ** 0.5, (0.55, 0.75, 1, 1.3, 1.7), (seed, n), c["groups"],
                                   repeats(n), True)
                      for n in c["n"]],
            "typical": [_exponential(n, 2 * log(2) * 2 ** n / n, (0.4, 0.6, 0.9), (seed, n, 1), c["groups"], 1,
                                     False) for n in c["n control"]]}


def analyse_demircigil(raw: Mapping[str, Any]) -> dict:
    out = {}
    for kind, curves in raw.items():
        values, _ = _logs(curves, HALF, loglog, 1)
        out[kind] = interval(growth(values / log(2), [curve["n"] for curve in curves]))
    return {"rate": {"measured": out["every"], "control": out["typical"]}}


# ---------------------------------------------------------------- Ramsauer et al. (2020)

def _annealed(beta: float) -> float:
    """beta - max over t of (beta t + log(1 - t^2) / 2): where the other patterns' weights together reach a pattern's own"""
    t = ((1 + 4 * beta * beta) ** 0.5 - 1) / (2 * beta)
    return beta - beta * t - log(1 - t * t) / 2


def _sphere(n: int, beta: float, prefactor: float, seed: Sequence[int], c: Mapping[str, Any]) -> Curve:
    sizes = _sizes(prefactor * exp(_annealed(beta) * (n - 1)), (0.5, 0.7, 1, 1.4, 2), 4)
    tested = min(16, sizes[0])
    failed = _groups(lambda rng: unsettled(rng, n, sizes, tested, beta, 40, 0.2), seed, c["groups"], c["repeats"])
    return _curve(n, sizes, tested * c["repeats"], failed)


def measure_mchn(c: Mapping[str, Any], seed: int) -> dict[str, Any]:
    polynomial = [_bits(n, 3, n ** 2 / 12, (seed, n, 3), {"groups": c["groups"], "bits": c["bits"]})["patterns"] for n in c["n"]]
    return {"sphere": [_sphere(n, 1.0, 0.25, (seed, n), c) for n in c["n"]],
            "half": [_sphere(n, 0.5, 0.25, (seed, n, 2), c) for n in c["n control"]], "polynomial": polynomial}


def _bend(values: np.ndarray, n: Sequence[int]) -> np.ndarray:
    """The growth rate over the upper of three n divided by that over the lower."""
    return ((values[:, 2] - values[:, 1]) / (n[2] - n[1])) / ((values[:, 1] - values[:, 0]) / (n[1] - n[0]))


def analyse_mchn(raw: Mapping[str, Any]) -> dict:
    """rate: slope of log capacity against n. bend: that rate in the upper half of the range over the rate in the lower half."""
    values = {kind: _logs(curves, HALF, loglog, k)[0] for k, (kind, curves) in enumerate(sorted(raw.items()))}
    n = {kind: [curve["n"] for curve in curves] for kind, curves in raw.items()}
    rate = {kind: interval(growth(values[kind], n[kind])) for kind in ("sphere", "half")}
    return {"rate": {"measured": rate["sphere"], "control": rate["half"]},
            "bend": {"measured": interval(_bend(values["sphere"], n["sphere"])),
                     "control": interval(_bend(values["polynomial"], n["polynomial"]))}}


# ---------------------------------------------------------------- the experiments, their rivals and controls

TABLE = "niu2024.table1"
FINITE = R * R / (2 * N0)
FAINT = inv(2 * log_(2))        # a factor n^(-1/2), as a slope of log2 K, times n
SLACK = num(1) / 50

SOURCES = ("empirics/capacity.py", "empirics/curves.py", "empirics/simulate.py", "numerics/hopfield")

EXPERIMENTS = (
    Experiment(
        "capacity.hopfield", measure_hopfield, analyse_hopfield,
        {"slope": "the same retrieval with the energy -sum (rho_i^T x)^3"},
        {f"{TABLE}.hopfield": Rival("n^2, one pattern per weight: what the table's second row prints for r = 2, the same "
                                    "network, with or without a factor 1/log n", 2 - inv(log_(N0)) - ONE / 10, 2 + ONE / 10)},
        {"n": [32, 64, 128, 256], "n control": [12, 18, 27], "groups": 8, "repeats": 2}, {"n0": 32}, sources=SOURCES),
    Experiment(
        "capacity.krotov", measure_krotov, analyse_krotov,
        {"excess": "r = 3 with biased patterns (three bits of four are +1), whose noise does not average out",
         "gap": "two thresholds on the share of unstable bits, 1 % and 0.5 %: no logarithm between them"},
        {f"{TABLE}.krotov_capacity": Rival("n^(r-1), with or without a factor 1/log n", -1 - inv(log_(N0)) - FINITE, -1 + FINITE),
         f"{TABLE}.krotov_capacity.amended": Rival("n^r, with or without a factor 1/log n", -inv(log_(N0)) - FINITE, FINITE),
         f"{TABLE}.krotov_capacity.perfect": Rival("no logarithm: the same power of n as with errors", -inv(4 * log_(N1)),
                                                   inv(4 * log_(N1)))},
        {"n": {"2": [48, 96, 192, 384], "3": [32, 48, 72, 96], "4": [32, 48, 72]}, "n control": [48, 72, 96], "groups": 16,
         "bits": 300000},
        {"n0": 32, "n1": 384, "r": 4}, sources=SOURCES),
    Experiment(
        "capacity.demircigil", measure_demircigil, analyse_demircigil,
        {"rate": "half of the patterns are fixed points, instead of all of them"},
        {f"{TABLE}.demircigil_capacity": Rival("2^(n/2) n^(-1/2): pairs of patterns one bit apart",
                                               num(1) / 2 - FAINT / N0 - SLACK,
                                               num(1) / 2 - FAINT / N1 + SLACK),
         f"{TABLE}.demircigil_capacity.amended": Rival("2^(n/2) and no power of n", num(1) / 2 - SLACK, num(1) / 2 + SLACK),
         f"{TABLE}.demircigil_capacity.exponent": Rival("2^n/n: most patterns instead of all", 1 - 2 * FAINT / N0 - SLACK,
                                                        ONE + SLACK)},
        {"n": [10, 12, 14, 16, 18, 20], "n control": [8, 10, 12], "groups": 20, "draws": 6000, "free": 16},
        {"n0": 10, "n1": 20}, sources=SOURCES),
    Experiment(
        "capacity.mchn", measure_mchn, analyse_mchn,
        {"bend": "patterns of +1 and -1 in the network with F(z) = z^3, at the same n", "rate": "beta = 1/2"},
        {f"{TABLE}.mchn_capacity": Rival("any power of n", log_(N2 / N1) / (N2 - N1) / (log_(N1 / N0) / (N1 - N0)) - ONE / 20,
                                         log_(N2 / N1) / (N2 - N1) / (log_(N1 / N0) / (N1 - N0)) + ONE / 20),
         f"{TABLE}.mchn_capacity.constant": Rival("the reference's proved lower bound c = 1.3718, if it were the capacity",
                                                  log_(num(13718) / 10000) / 4 - ONE / 10,
                                                  log_(num(13718) / 10000) / 4 + ONE / 10)},
        {"n": [8, 13, 18], "n control": [10, 14, 18], "groups": 16, "repeats": 1, "bits": 200000},
        {"n0": 8, "n1": 13, "n2": 18}, sources=SOURCES),
)
