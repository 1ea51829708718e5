"""What Proposition 4's printed formula says at the paper's own n, d and l: the range (log Z_t + 1/Z_t, log Z_t + 1/Z_t + log l].

The loss is log Z_t + 1/Z_t + log l - c with 0 <= c < log l: the lower end is never reached, the upper one at c = 0. Two readings,
and no band drawn around what was observed:
  unit      Z_t = 1, the condition under which the paper reads a floor of 1: (1, 1 + log l]
  formulas  Z_t of Eq. (12) at the radius of Eq. (13), at n = d_emb and d = D / T_max (theory.niu2024.proofs.predictions)

Numbers are enclosed by Arb; nothing here imports it before a number is asked for.
"""
from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from empirics.experiment import Range

BITS = 128


@dataclass(frozen=True)
class Printed:
    """One setting with one number of layers. partition: Z_t; floor: log Z_t + 1/Z_t; room: log l."""

    setting: str
    n: int
    d: int
    layers: int
    partition: float
    floor: float
    room: float

    def as_json(self) -> dict[str, Any]:
        """The sum floor + room is not in it: log l is less than the last digit of most floors."""
        return {**asdict(self), "unit": unit(self.layers).as_json()}


def _number(term: Any) -> float:
    """Twelve digits of a term without variables. An enclosure that does not give them is an error."""
    from empirics.training import TrainingError
    from theory.evaluate import relations
    from theory.points import Assignment
    from theory.terms import ZERO, le
    found = relations(le(term, ZERO), Assignment({}), BITS)[1][0].left
    if not hasattr(found, "mid"):
        return float(found)
    middle = float(found.mid())
    if not float(found.rad()) <= 1e-13 * abs(middle):
        raise TrainingError(f"a printed range could not be enclosed at {BITS} bits: {found}")
    return float(f"{middle:.12g}")


@cache
def unit(layers: int) -> Range:
    """(1, 1 + log l]: what is left of the formula where Z_t = 1."""
    from theory.terms import inv, log, num
    floor = log(num(1)) + inv(num(1))
    return Range(_number(floor), _number(floor + log(num(layers))))


@cache
def at_the_papers_sizes() -> tuple[Printed, ...]:
    """Every setting of Sections 6.2 and 6.3 whose n, d and l are printed."""
    from theory.niu2024.proofs.predictions import SETTINGS
    from theory.terms import log, num
    return tuple(Printed(s.name, s.n, s.d, layers, _number(s.partition), _number(s.floor), _number(log(num(layers))))
                 for s in SETTINGS for layers in s.layers)


def text() -> list[str]:
    """The section of the table, at most 80 columns."""
    lines = ["Proposition 4 at the paper's own sizes: (log Z_t + 1/Z_t, the same + log l]",
             f"{'setting':<24}{'n':>5}{'d':>10}{'l':>4}   {'with Z_t = 1':<14}{'with Eqs. (12), (13)'}"]
    for p in at_the_papers_sizes():
        lines.append(f"{p.setting:<24}{p.n:>5}{p.d:>10,}{p.layers:>4}   {f'(1, {unit(p.layers).high:.2f}]':<14}"
                     f"{p.floor:.2e} + (0, {p.room:.2f}]")
    return lines
