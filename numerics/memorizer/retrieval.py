"""Memorising M pairs (z, y) with about 2 sqrt(3 (7c + 8) M) parameters: string matching into one word, read by linear retrieval.

The paper's pipeline (after Vardi et al. 2022; here in `strings.py`) finds the group of z by 8 parameters a group, and in the
group's word it compares z with every stored id, at 9 (rho + c) + 15 parameters a slot. Two changes make both cheaper, with the
same O~:

1. *Three parameters a group.* With thresholds s_1 < s_2 < .., signs e_j = +-1 and P = 2^(K+1),
       f(z) = sum_j e_j relu(P z - (P s_j - u_j)),   0 <= u_j < P,
   is e_j u_j mod P richer after each threshold: its low K + 1 bits are any word we like, a piecewise linear function with *one*
   corner a group, whose slopes are multiples of P. The high bits are folded away by tent maps (3 parameters a bit), and one fold
   more forgets whether they reflected the word.
2. *No ids.* The word holds a vector a over Z/2^c, and y = a_0 + sum_k h_k(z) a_k mod 2^c with pseudo-random bits h_k(z), the
   folds of a multiple of z. A group takes keys in order as long as their rows (1, h(z)) stay independent over GF(2); then the
   vector exists (by elimination and lifting). Every row is nonzero, so a group holds at least one key: the construction never
   fails. A bit of the word costs 7 parameters, a slot 8 more, and no slot compares anything: 7c + 8.

All weights are integers; all arguments of relu are integers at integer z.
"""
from __future__ import annotations

from dataclasses import dataclass
from math import isqrt
from typing import Sequence

import numpy as np

from numerics.memorizer.layers import ID, Attention, FeedForward, Neuron, blocks, fold, layer, odd, remainder

SCALED, WORD, HASH, DIGIT, LABEL = "v", "word", "h", "digit", "y"


@dataclass(frozen=True)
class Plan:
    """slots: hash bits per word beside the constant. skip: folds of the hash before the first bit is used, so that neighbours in
    sorted order have parted. multiplier: of z; its multiples lie below 2 top."""

    classes_bits: int
    slots: int
    skip: int
    multiplier: int
    top: int

    @property
    def word_bits(self) -> int:
        return self.classes_bits * (self.slots + 1)


def slot_cost(c: int) -> int:
    return 7 * c + 8


def best_slots(m: int, c: int) -> int:
    """Minimises 3 m/(s + 1/2) + (7c + 8) s."""
    return max(1, isqrt(3 * m // slot_cost(c)))


def plan(m: int, largest: int, c: int, slots: int, rng: np.random.Generator) -> Plan:
    largest = max(1, largest)
    skip = min(max(0, m.bit_length() - 3), max(0, largest.bit_length() - 2))
    multiplier = odd(rng, slots + 6)
    return Plan(c, slots, skip, multiplier, 1 << ((multiplier * largest).bit_length() - 1))


# ---------------------------------------------------------------- which words

def rows(p: Plan, z: np.ndarray) -> list[int]:
    """(1, h_1(z), .., h_s(z)) as bit masks, the constant in bit 0."""
    h, out = z.astype(object) * p.multiplier, np.ones(len(z), dtype=object)
    t = p.top
    for k in range(p.skip + p.slots):
        over = h >= t
        if k >= p.skip:
            out = out + over.astype(object) * (1 << (k - p.skip + 1))
        h = np.where(over, 2 * t - h, h)
        t >>= 1
    return out.tolist()


class Independent:
    """Rows over GF(2) in reduced echelon form, with the combination of original rows behind each."""

    def __init__(self) -> None:
        self.kept: list[int] = []
        self.basis: list[tuple[int, int, int]] = []     # pivot, row, combination

    def add(self, row: int) -> bool:
        """False, and nothing changes, if the row depends on those before it."""
        mask, combination = row, 1 << len(self.kept)
        for pivot, reduced, of in self.basis:
            if mask >> pivot & 1:
                mask ^= reduced
                combination ^= of
        if not mask:
            return False
        pivot = mask.bit_length() - 1
        self.basis = [(p, r ^ mask, o ^ combination) if r >> pivot & 1 else (p, r, o) for p, r, o in self.basis]
        self.basis.append((pivot, mask, combination))
        self.kept.append(row)
        return True

    def solve(self, y: Sequence[int], c: int, width: int) -> list[int]:
        """a in {0, .., 2^c - 1}^width with sum_k row_k a_k = y mod 2^c for every row: bit by bit, carries into the next."""
        a, left = [0] * width, list(y)
        for bit in range(c):
            parity = sum((v & 1) << i for i, v in enumerate(left))
            found = 0
            for pivot, _, of in self.basis:
                found |= ((of & parity).bit_count() & 1) << pivot
            for k in range(width):
                a[k] |= (found >> k & 1) << bit
            left = [(v - (row & found).bit_count()) >> 1 for v, row in zip(left, self.kept)]
        return a


def groups(p: Plan, z: np.ndarray, y: np.ndarray) -> list[tuple[int, list[int]]]:
    """(first id, vector a) per group, for ids in ascending order."""
    out, current, labels, first = [], Independent(), [], None
    for key, row, label in zip(z.tolist(), rows(p, z), y.tolist()):
        if first is None or not current.add(row):
            if first is not None:
                out.append((first, current.solve(labels, p.classes_bits, p.slots + 1)))
            current, labels, first = Independent(), [], key
            current.add(row)
        labels.append(label)
    out.append((first, current.solve(labels, p.classes_bits, p.slots + 1)))
    return out


def word(p: Plan, a: Sequence[int]) -> int:
    """The K-bit word from which the layers read the digits a_0, a_1, a_2 - a_1, a_3 - a_2, .. (mod 2^c), highest first.

    Each read folds the rest, so what is stored is the Gray decoding of the bits read.
    """
    base = 1 << p.classes_bits
    digits = [a[0]] + [(a[k] - (a[k - 1] if k > 1 else 0)) % base for k in range(1, len(a))]
    out = bit = 0
    for d in digits:
        for r in reversed(range(p.classes_bits)):
            bit ^= d >> r & 1
            out = out << 1 | bit
    return out


# ---------------------------------------------------------------- the layers

def memorise(p: Plan, found: Sequence[tuple[int, list[int]]], largest: int) -> list[FeedForward | Attention]:
    """Layers that turn z into the label in the coordinate `y`. `largest`: no z is above it."""
    period = 1 << (p.word_bits + 1)
    neurons, before, slope, high = [], 0, 0, 0
    for j, (first, a) in enumerate(found):
        sign = -1 if slope > 0 else 1
        now = word(p, a)
        u = sign * (now - before) % period
        start = first if j else 0       # the first word holds from the smallest id down to 0
        neurons.append(Neuron({SCALED: 1}, u - period * start + (period * len(found) if j == 0 else 0), {WORD: sign}))
        slope, before = slope + sign, now
    layers: list[FeedForward | Attention] = [layer(Neuron({ID: 1}, 0, {SCALED: period}))] + blocks(neurons)
    high = period * (largest + 2 * len(found) + 2)
    for k in range(high.bit_length() - 1, p.word_bits - 1, -1):
        layers.append(layer(fold(WORD, 1 << k)))
    layers.append(layer(Neuron({ID: 1}, 0, {HASH: p.multiplier})))
    t = p.top
    for _ in range(p.skip):
        layers.append(layer(Neuron({HASH: 1}, -t, {HASH: -2})))
        t >>= 1
    at = p.word_bits - 1
    layers += _read(p, at, LABEL)
    most = p.slots * ((1 << p.classes_bits) - 1)        # digits are added up, never cleared
    gate = 1 << most.bit_length()
    for k in range(p.slots):
        at -= p.classes_bits
        layers += _read(p, at, DIGIT)
        layers.append(layer(Neuron({HASH: 1}, -t, {HASH: -2, LABEL: -gate}),
                            Neuron({DIGIT: 1, HASH: gate}, -gate * t, {LABEL: 1})))
        t >>= 1
    total = most * p.slots + (1 << p.classes_bits)
    layers += [remainder(LABEL, 1 << k) for k in range(total.bit_length() - 1, p.classes_bits - 1, -1)]
    return layers


def _read(p: Plan, at: int, target: str) -> list[FeedForward]:
    """The c bits of the word from bit `at` down are added to `target`; the word is folded below them."""
    out = []
    for r in reversed(range(p.classes_bits)):
        t = 1 << (at - (p.classes_bits - 1 - r))
        out.append(layer(fold(WORD, t, {target: 1 << r}), Neuron({WORD: 1}, -t, {target: -2 << r})))
    return out
