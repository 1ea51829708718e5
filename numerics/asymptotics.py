"""V_n(1), V_n(rho), I_n(rho) and the critical d for n up to 10^6, in logarithms and balls, against their brackets.

rho = sqrt(n/(2 pi e)); I_n(r) is the integral of exp(-|x|^2) over the n-ball of radius r; the critical d is 1/I_n(rho), where
Z_t = d I_n(rho) = 1. Every value is computed without the brackets: I_n from the series

    gamma(s, z) = z^s e^(-z)/s * sum over k of z^k/((s + 1) ... (s + k)),   so   I_n(r) = V_n(r) e^(-r^2) 1F1(1; 1 + n/2; r^2),

of positive terms, at r = rho with a ratio below 1/(pi e), whose tail is bounded by a geometric series. So a bracket with a wrong
constant is refuted by the balls, not repeated by them.
"""
from __future__ import annotations

from typing import Any, Callable, NamedTuple, Sequence

from flint import arb, fmpq

from numerics import Undefined
from numerics.arb import Arb, precision

BITS = 192
DIGITS = 20                                  # of the printed balls
LARGEST = 10 ** 6
ALWAYS = (1, 1024, 1024 * 768, LARGEST)      # 1024: GPT-2 medium's width; 1024 * 768: T_max d_emb of GPT-2 small
BALLS = Arb()


# ---------------------------------------------------------------- the exact values

def rate(n: int) -> arb:
    """rho^2 = n/(2 pi e)"""
    return n / (2 * arb.pi() * arb(1).exp())


def half_log(n: int) -> arb:
    """log(pi n)/2"""
    return (arb.pi() * n).log() / 2


def log_volume(n: int) -> arb:
    """log V_n(1)"""
    half = fmpq(n, 2)
    return arb(half) * arb.pi().log() - arb(half + 1).lgamma()


def log_critical_volume(n: int) -> arb:
    """log V_n(rho)"""
    return log_volume(n) + n * rate(n).log() / 2


def series(n: int, z: arb) -> arb:
    """1F1(1; 1 + n/2; z) for 0 <= z < 1 + n/2, with the tail: later ratios are smaller, so it is at most term q/(1 - q)."""
    if not (z >= 0 and 2 * z < n + 2):
        raise Undefined("the series is summed for 0 <= z < 1 + n/2 only")
    tiny = arb(2) ** -BITS
    total, term, k = arb(1), arb(1), 0
    while not term < tiny:
        k += 1
        term = term * z / (arb(fmpq(n, 2)) + k)
        total += term
        if k > 100 * BITS:
            raise Undefined("the series converges too slowly")
    q = z / (arb(fmpq(n, 2)) + k + 1)
    return total + (term * q / (1 - q)).union(arb(0))


def log_ball_integral(n: int, z: arb | None = None) -> arb:
    """log I_n(r) with r^2 = z; r = rho unless told"""
    if z is None:
        z = rate(n)
    return log_volume(n) + n * z.log() / 2 - z + series(n, z).log()


def log_critical(n: int) -> arb:
    """log of the critical d: the d at which Z_t = 1"""
    return -log_ball_integral(n)


# ---------------------------------------------------------------- brackets

class Bracket(NamedTuple):
    """low(n) <= value(n) <= high(n), all in logarithms; `proved`: for every n >= 1, elsewhere, by the kernel."""

    low: Callable[[int], arb]
    value: Callable[[int], arb]
    high: Callable[[int], arb]
    proved: bool = True


def asymptote(n: int) -> arb:
    """log of (1/sqrt(n pi)) (2 pi e/n)^(n/2), printed as V_n(1)"""
    return -half_log(n) - n * rate(n).log() / 2


def slim() -> arb:
    """log(1 - 1/(pi e)), negative"""
    return (1 - 1 / (arb.pi() * arb(1).exp())).log()


def mean_square(n: int) -> arb:
    """n rho^2/(n + 2), the mean of |x|^2 over the ball: Jensen's exponent"""
    return rate(n) * n / (n + 2)


BRACKETS: dict[str, Bracket] = {
    "log V_n(1), asymptote e^(-1/(6n)) .. 1": Bracket(lambda n: asymptote(n) - arb(1) / (6 * n), log_volume, asymptote),
    "log V_n(rho), 1/sqrt(pi n)": Bracket(lambda n: -half_log(n) - arb(1) / (6 * n), log_critical_volume, lambda n: -half_log(n)),
    "log I_n(rho), Jensen": Bracket(lambda n: log_critical_volume(n) - mean_square(n), log_ball_integral, log_critical_volume),
    "log I_n(rho), printed Eq. (13)": Bracket(lambda n: log_critical_volume(n) - rate(n).sqrt(), log_ball_integral,
                                              log_critical_volume, False),
    "log d_crit": Bracket(lambda n: rate(n) + half_log(n) + slim(), log_critical,
                          lambda n: mean_square(n) + half_log(n) + arb(1) / (6 * n)),
}


def both(a: bool | None, b: bool | None) -> bool | None:
    """Three-valued conjunction."""
    return False if a is False or b is False else None if a is None or b is None else True


def inside(bracket: Bracket, n: int) -> bool | None:
    """Does the exact value lie in the bracket? None: the balls do not settle it."""
    value = bracket.value(n)
    return both(BALLS.le(bracket.low(n), value), BALLS.le(value, bracket.high(n)))


# ---------------------------------------------------------------- the table

def dimensions(count: int = 60) -> list[int]:
    """About `count` numbers from 1 to 10^6 with equal quotients (as far as integers go), and those of ALWAYS."""
    spaced = {round(LARGEST ** (k / (count - 1))) for k in range(count)}
    return sorted(spaced | set(ALWAYS))


def row(n: int, brackets: dict[str, Bracket] = BRACKETS) -> dict[str, Any]:
    """Exact values and all brackets at n: balls as text, and whether each bracket holds (true, false or null)."""
    with precision(BITS):
        show = lambda x: x.str(DIGITS)
        exact = {"V_n(1)": log_volume(n), "V_n(rho)": log_critical_volume(n), "I_n(rho)": log_ball_integral(n),
                 "d_crit": log_critical(n)}
        critical = float(exact["d_crit"])
        return {"n": n, "log": {name: show(x) for name, x in exact.items()},
                "value": {name: show(x.exp()) for name, x in exact.items()},
                "brackets": {name: {"low": show(b.low(n)), "high": show(b.high(n)), "proved": b.proved, "inside": inside(b, n)}
                             for name, b in brackets.items()},
                "printed_log_d": {"low": float(-log_critical_volume(n)), "high": float(-log_critical_volume(n) + rate(n).sqrt())},
                "exact_log_d": critical, "leading_log_d": float(rate(n))}


def table(ns: Sequence[int] | None = None, brackets: dict[str, Bracket] = BRACKETS) -> list[dict[str, Any]]:
    return [row(n, brackets) for n in (dimensions() if ns is None else ns)]


def first_outside(name: str, limit: int = 200) -> int | None:
    """The least n <= limit at which the exact value is certified to lie outside the bracket; all before are inside."""
    with precision(BITS):
        for n in range(1, limit + 1):
            answer = inside(BRACKETS[name], n)
            if answer is None:
                raise Undefined(f"{name}: not settled at n = {n}")
            if not answer:
                return n
    return None


# ---------------------------------------------------------------- n against d, N against D

def largest_dimension(d: int) -> int:
    """The largest n with Z_t = d I_n(rho) >= 1, for d >= 5, certified.

    The proved lower end of log d_crit increases with n, so no n at which it exceeds log d can be reached; below that the exact
    values are compared one by one from the top.
    """
    with precision(BITS):
        goal, low = arb(d).log(), BRACKETS["log d_crit"].low
        if not log_critical(1) < goal:
            raise Undefined(f"d = {d}: no dimension has Z_t >= 1")
        beyond = 2
        while not low(beyond) > goal:
            beyond *= 2
        reached = 1
        while beyond - reached > 1:
            middle = (beyond + reached) // 2
            reached, beyond = (reached, middle) if low(middle) > goal else (middle, beyond)
        for n in range(reached, 0, -1):
            answer = BALLS.le(log_critical(n), goal)
            if answer is None:
                raise Undefined(f"d = {d}: not settled at n = {n}")
            if answer:
                return n
    raise Undefined(f"d = {d}: no dimension has Z_t >= 1")


def scaling(d: int, attention: int = 12, layers: int = 12, context: int = 1024) -> dict[str, Any]:
    """What Z_t = 1 asks at d sequences: n and N = A l d_emb^2, d_emb = n/T_max, of D = T_max d tokens.

    printed: d = sqrt(pi n), the upper end of Eq. (13) taken as Z_t, so n = d^2/pi and N grows as D^4 (D^2 with d_emb held fixed);
    exact: log d ~ n/(2 pi e), so N grows as (log D)^2 (log D with d_emb held fixed).
    """
    n = largest_dimension(d)
    printed = d * d / float(arb.pi())
    parameters = lambda m: attention * layers * (m / context) ** 2
    return {"d": d, "D": context * d, "printed": {"n": printed, "N": parameters(printed)}, "exact": {"n": n, "N": parameters(n)}}
