"""Many points at once: the enclosure route's fast lane for conjunctions of relations.

Points that share their naturals form the columns of one pass over the statement; the groups come in falling order of the
naturals, so that `numerics.columns` finds incomplete gammas by recurrence. What this lane leaves open goes up the usual
ladder, point by point.
"""
from __future__ import annotations

from fractions import Fraction
from typing import Any, Sequence

from flint import arb

from numerics import Undefined
from numerics.arb import Arb, precision, rational
from numerics.columns import NAN, Columns
from theory.compiler import Env
from theory.formulas import Compiler
from theory.evaluate import LADDER, Judgement, conjuncts, truth
from theory.claim import Outcome
from theory.points import Assignment, flatten, rebuild
from theory.terms import Term

RELATIONS = ("le", "lt", "eq")
BITS = LADDER[0]


def truths(formula: Term, points: Sequence[Assignment]) -> list[Judgement]:
    """`theory.evaluate.truth` at every point: in one pass where that decides, otherwise one by one."""
    quick = [None] * len(points)
    parts = conjuncts(formula)
    if len(points) > 1 and all(c.op in RELATIONS for c in parts):
        quick = [_and(holds) for holds in zip(*(_decided(c.op, sides(c, points, BITS)) for c in parts))]
    by = f"arb {BITS} bits"
    return [Judgement(Outcome.HOLDS if holds else Outcome.FAILS, by) if holds is not None else truth(formula, p)
                      for holds, p in zip(quick, points)]


def sides(relation: Term, points: Sequence[Assignment], bits: int) -> list[tuple[arb, arb]]:
    """Both sides of a relation at every point, as balls at this precision; nan where a side has no value."""
    groups: dict[tuple, list[int]] = {}
    for k, p in enumerate(points):
        groups.setdefault(tuple([(n, v) for n, v in p.values.items() if type(v) is int]), []).append(k)
    out: list = [None] * len(points)
    compiler, known = Compiler(Columns()), {}
    with precision(bits):
        for naturals in sorted(groups, reverse=True):
            members = groups[naturals]
            env = _environment(dict(naturals), [points[k] for k in members], known)
            pairs = [_column(compiler, env, a, len(members)) for a in relation.args]
            for k, left, right in zip(members, *pairs):
                out[k] = left, right
    return out


def _column(compiler: Compiler, env: Env, t: Term, length: int) -> list[arb]:
    try:
        column = compiler.real(t)(env)
    except Undefined:
        return [NAN] * length
    return column if type(column) is list else [column] * length


def _environment(naturals: dict[str, int], points: Sequence[Assignment], known: dict[tuple, arb]) -> Env:
    """The naturals as they are; of every real entry the column of its values (each rational converted once)."""
    values: dict[str, Any] = {name: rational(v) for name, v in naturals.items()}
    for name, first in points[0].values.items():
        if name in naturals:
            continue
        columns = zip(*(flatten(p.values[name]) for p in points))
        values[name] = rebuild(first, iter([[_ball(x, known) for x in column] for column in columns]))
    return Env(dict(naturals), values)


def _ball(x: Fraction, known: dict[tuple, arb]) -> arb:
    key = (x.numerator, x.denominator)      # hashing a Fraction costs more than converting it
    ball = known.get(key)
    if ball is None:
        ball = known[key] = rational(x)
    return ball


def _decided(op: str, pairs: Sequence[tuple[arb, arb]]) -> list[bool | None]:
    compare = getattr(Arb(), op)
    return [compare(x, y) for x, y in pairs]


def _and(holds: Sequence[bool | None]) -> bool | None:
    return False if False in holds else None if None in holds else True
