"""Assignments and boxes: exact rational values for the variables of a claim.

An `Assignment` gives every variable a rational (families: nested tuples). A `Box` fixes the sizes and lets every real range
over a rational interval. Both are JSON with rationals as strings, so that a certificate can name them exactly.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Iterable, Iterator, Mapping, Sequence

from theory.claim import ClaimError, Variable

Value = Any     # an int or Fraction, or nested tuples of them


@dataclass(frozen=True)
class Assignment:
    """values: name -> int | Fraction | nested tuple. Naturals are ints. `cache` holds what evaluation derived from it."""

    values: Mapping[str, Value]
    cache: dict = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, variables: Iterable[Variable], raw: Mapping[str, Any]) -> "Assignment":
        """From plain data (ints, Fractions, strings, nested lists); every variable must be there, in its shape and domain."""
        values: dict[str, Value] = {}
        variables = tuple(variables)
        for v in sorted(variables, key=lambda v: bool(v.shape)):
            if v.name not in raw:
                raise ClaimError(f"the point {str(dict(raw))[:80]} gives no value for {v.name}")
            shape = []
            for size in v.shape:
                if not isinstance(values.get(size), int):
                    raise ClaimError(f"{v.name} is indexed by {size}, which is no natural variable with a value")
                shape.append(values[size])
            values[v.name] = _parse(v, raw[v.name], shape)
        if unknown := set(raw) - set(values):
            raise ClaimError(f"the point names {', '.join(sorted(unknown))}, which the claim does not declare")
        return cls(values)

    def key(self) -> str:
        """The same for the same values, whatever the order in which they were given."""
        return repr(sorted(self.values.items()))

    def as_json(self) -> dict:
        return {name: _dump(value) for name, value in self.values.items()}

    def weight(self) -> tuple:
        """The order in which counterexamples are 'smaller': total size, then the number of nonzero entries, then magnitudes."""
        sizes = sum(v for v in self.values.values() if isinstance(v, int))
        entries = [Fraction(e) for v in self.values.values() if not isinstance(v, int) for e in flatten(v)]
        return (sizes, sum(e != 0 for e in entries), sum(abs(e.numerator) + \
                e.denominator - 1 for e in entries), sum(e < 0 for e in entries))


def _parse(v: Variable, raw: Any, shape: Sequence[int]) -> Value:
    if shape:
        if not isinstance(raw, (list, tuple)) or len(raw) != shape[0]:
            raise ClaimError(f"{v.name} needs {shape[0]} entries at this depth, not {str(raw)[:60]}")
        return tuple(_parse(v, item, shape[1:]) for item in raw)
    if isinstance(raw, (bool, float)):
        raise ClaimError(f"{v.name}: {raw!r} is not exact; write an int, a Fraction or a string such as '1/2'")
    try:
        value = Fraction(raw)
    except (TypeError, ValueError, ZeroDivisionError):
        raise ClaimError(f"{v.name}: {str(raw)[:60]!r} is not a rational number") from None
    if not v.natural:
        return value
    if value.denominator != 1 or value < 0:
        raise ClaimError(f"{v.name}: {value} is not a natural number")
    return int(value)


def _dump(value: Value):
    return [_dump(x) for x in value] if isinstance(value, tuple) else str(value)


def flatten(value: Value) -> Iterator:
    if isinstance(value, tuple):
        for x in value:
            yield from flatten(x)
    else:
        yield value


def rebuild(value: Value, items: Iterator) -> Value:
    """A value of the same shape, with its entries taken from `items`."""
    return tuple(rebuild(x, items) for x in value) if isinstance(value, tuple) else next(items)


@dataclass(frozen=True)
class Box:
    """naturals: name -> int. reals: name -> any value of the right shape; sides: one (lo, hi) per real entry, in order."""

    naturals: Mapping[str, int]
    reals: Mapping[str, Value]
    sides: tuple[tuple[Fraction, Fraction], ...]

    @classmethod
    def around(cls, point: Assignment, sides: Sequence[tuple[Fraction, Fraction]]) -> "Box":
        naturals = {n: v for n, v in point.values.items() if isinstance(v, int)}
        reals = {n: v for n, v in point.values.items() if not isinstance(v, int)}
        return cls(naturals, reals, tuple(sides))

    def intervals(self) -> dict[str, Value]:
        """name -> nested tuples of (lo, hi) pairs wrapped as `Interval`."""
        items = iter([Interval(*s) for s in self.sides])
        return {name: rebuild(value, items) for name, value in self.reals.items()}

    def middle(self) -> Assignment:
        items = iter([(lo + hi) / 2 for lo, hi in self.sides])
        return Assignment({**self.naturals, **{name: rebuild(value, items) for name, value in self.reals.items()}})

    def split(self) -> tuple["Box", "Box"]:
        """Halves along the widest side (the first of the widest)."""
        k = max(range(len(self.sides)), key=lambda j: (self.sides[j][1] - self.sides[j][0], -j))
        lo, hi = self.sides[k]
        middle = (lo + hi) / 2
        return tuple(Box(self.naturals, self.reals, self.sides[:k] + (side,) + \
                     self.sides[k + 1:]) for side in ((lo, middle), (middle, hi)))


@dataclass(frozen=True)
class Interval:
    lo: Fraction
    hi: Fraction
