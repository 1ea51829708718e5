"""Attention layers: n of the extraction against delta^-d + 1 of the selective shift, on a grid of K^d cells, K = 1/delta."""
from __future__ import annotations

from theory.kernel import Theorem
from theory.kim2023.proofs.counts import DIM, LENGTH
from theory.kim2023.proofs.precision import natural_power
from theory.kim2023.proofs.ramps import pair
from theory.lemmas.explog import exp_le, power_of
from theory.lemmas.indices import distinct, pigeonhole, placed
from theory.lemmas.logsumexp import log_nonneg
from theory.tactics import apply, assume, lin, product
from theory.terms import ONE, ZERO, Symbol, Term, and_, fam, le, log, lt, nat, power


def grows(base: Term) -> Theorem:
    """K <= K^d for K >= 1, d >= 1"""
    pos = lin(lt(ZERO, base), assume(le(ONE, base)))
    more = product(log_nonneg(assume(le(ONE, base))), lin(le(ZERO, DIM - 1), assume(le(ONE, DIM))))
    grown = exp_le(lin(le(log(base), DIM * log(base)), more))
    return lin(le(base, power(base, DIM)), grown, apply("exp_log", pos), power_of(pos, DIM))


CELLS, CELL, TIMES = fam("K"), Symbol("p"), fam("F")
SHIFTS = power(CELLS, DIM) + 1
ON_GRID = and_(placed(LENGTH, power(CELLS, DIM), CELL), distinct(LENGTH, CELL))
FEWER_LAYERS = le(LENGTH + 1, SHIFTS)


GROWS = (lambda: grows(CELLS), lambda: grows(LENGTH))


def fewer_layers() -> Theorem:
    """n distinct cells of a grid of K^d: n + 1 <= K^d + 1"""
    holes = pigeonhole(assume(nat(LENGTH)), natural_power(assume(nat(CELLS)), assume(nat(DIM))), *pair(assume(ON_GRID)), CELL)
    return lin(FEWER_LAYERS, holes)


def fewer_when_short() -> Theorem:
    """n <= K^d: n < K^d + 1"""
    return lin(FEWER_LAYERS, assume(le(LENGTH, power(CELLS, DIM))))


VASTLY = le(TIMES * LENGTH + 1, SHIFTS)


def vastly() -> Theorem:
    """K >= F n gives F n < K^d + 1"""
    return lin(VASTLY, grows(CELLS), assume(le(TIMES * LENGTH, CELLS)))


SAVED = le(1, SHIFTS - LENGTH)


def saved() -> Theorem:
    """n distinct cells of a grid of K^d: at least one layer is saved"""
    return lin(SAVED, pigeonhole(assume(nat(LENGTH)), natural_power(assume(nat(CELLS)), assume(nat(DIM))),
                                 *pair(assume(ON_GRID)), CELL))
