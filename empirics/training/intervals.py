"""Intervals of measured quantities: three standard errors on either side, and what several of them say together."""
from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

ERRORS = 3
Interval = dict[str, float]


def _made(value: float, low: float, high: float) -> Interval:
    return {k: round(float(x), 6) for k, x in (("value", value), ("low", low), ("high", high))}


def around(value: float, error: float) -> Interval:
    return _made(value, value - ERRORS * error, value + ERRORS * error)


def of(measured: Mapping[str, float]) -> Interval:
    """Of a {value, error}."""
    return around(measured["value"], measured["error"])


def minus(a: Mapping[str, float], b: Mapping[str, float]) -> Interval:
    """Of the difference of two independent measurements."""
    return around(a["value"] - b["value"], math.hypot(a["error"], b["error"]))


def over(a: Mapping[str, float], b: Mapping[str, float]) -> Interval:
    """Of the ratio of two independent measurements."""
    ratio = a["value"] / b["value"]
    return around(ratio, abs(ratio) * math.hypot(a["error"] / a["value"], b["error"] / b["value"]))


def off(i: Interval, centre: float) -> Interval:
    """Of the distance from a number."""
    ends = [abs(i["low"] - centre), abs(i["high"] - centre)]
    inside = i["low"] <= centre <= i["high"]
    return _made(abs(i["value"] - centre), 0.0 if inside else min(ends), max(ends))


def shifted(i: Interval, by: float, sign: int = 1) -> Interval:
    """by + sign * i"""
    ends = sorted((by + sign * i["low"], by + sign * i["high"]))
    return _made(by + sign * i["value"], *ends)


def greatest(several: Iterable[Interval]) -> Interval:
    """Of the largest of several quantities."""
    found = list(several)
    return _made(*(max(i[k] for i in found) for k in ("value", "low", "high")))


def least(several: Iterable[Interval]) -> Interval:
    found = list(several)
    return _made(*(min(i[k] for i in found) for k in ("value", "low", "high")))


def hull(several: Iterable[Interval]) -> Interval:
    """The smallest interval that holds all; its value is the one farthest from 0."""
    found = list(several)
    return _made(max((i["value"] for i in found), key=abs), min(i["low"] for i in found), max(i["high"] for i in found))


def share(exact: int, of: int) -> Interval:
    """Wilson's interval for a share, at as many standard errors."""
    z2 = ERRORS ** 2
    centre = (exact + z2 / 2) / (of + z2)
    half = ERRORS / (of + z2) * math.sqrt(exact * (of - exact) / of + z2 / 4)
    return _made(exact / of, max(0.0, centre - half), min(1.0, centre + half))
