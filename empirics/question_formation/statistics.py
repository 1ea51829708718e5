"""Where original files leave a grammar: shares of lines by shape against their exact expectation, and chi-squared tests.

A share differs if the expectation lies outside its 99.9 % Wilson interval; a test rejects at p < 0.001. About forty are made per
file, so some 4 percent of files from the grammar itself would show a difference by chance.
"""
from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any, Callable, Mapping, Sequence

import mpmath
import numpy as np

from empirics.question_formation.fit import sentences_of
from empirics.question_formation.grammars import published
from empirics.question_formation.lines import main_auxiliary, prompts, roles
from empirics.question_formation.shapes import CLAUSES, Shape, shape
from numerics import entropy
from numerics.entropy import Estimate, Grammar, tag, templates

WILSON = 3.2905267314919255             # two-sided 99.9 % of the normal distribution
LEVEL = 0.001
FEWEST = 5                              # expected lines in a cell; below it chi-squared is no approximation

Condition = Callable[[Shape], bool]


def _clause_on_subject(s: Shape) -> bool:
    return s.subject in CLAUSES


def _clause_on_object(s: Shape) -> bool:
    return s.phrase in CLAUSES


def _transitive(s: Shape) -> bool:
    return s.phrase != "intransitive"


def _any(s: Shape) -> bool:
    return True


# name, among which lines, which of them
SHARES: list[tuple[str, Condition, Condition]] = [
    ("question", _any, lambda s: s.marker == "Quest"),
    ("question, of clause on subject", _clause_on_subject, lambda s: s.marker == "Quest"),
    ("question, of no clause on subject", lambda s: not _clause_on_subject(s), lambda s: s.marker == "Quest"),
    ("subject plain", _any, lambda s: s.subject == "plain"),
    ("subject with preposition", _any, lambda s: s.subject == "preposition"),
    ("subject with clause", _any, _clause_on_subject),
    *((f"subject {kind}", _clause_on_subject, lambda s, kind=kind: s.subject == kind) for kind in CLAUSES),
    ("intransitive", _any, lambda s: s.phrase == "intransitive"),
    ("intransitive, of plain subjects", lambda s: s.subject == "plain", lambda s: s.phrase == "intransitive"),
    ("intransitive, of other subjects", lambda s: s.subject != "plain", lambda s: s.phrase == "intransitive"),
    ("object plain", _transitive, lambda s: s.phrase == "plain"),
    ("object with preposition", _transitive, lambda s: s.phrase == "preposition"),
    ("object with clause", _transitive, _clause_on_object),
    *((f"object {kind}", _clause_on_object, lambda s, kind=kind: s.phrase == kind) for kind in CLAUSES),
    ("subject singular", _any, lambda s: s.subject_number == "S"),
    ("object singular", _transitive, lambda s: s.object_number == "S"),
]


@dataclass(frozen=True)
class Share:
    """count of `of` lines, with its 99.9 % Wilson interval, and what the grammar expects (None: it has no such lines)."""

    name: str
    expected: float | None
    count: int
    of: int
    low: float
    high: float

    @property
    def observed(self) -> float:
        return self.count / self.of

    @property
    def differs(self) -> bool:
        return self.expected is not None and not self.low <= self.expected <= self.high


@dataclass(frozen=True)
class Test:
    """A chi-squared test. p is None where a cell expects fewer than five lines: not tested."""

    name: str
    statistic: float
    freedom: int
    p: float | None

    @property
    def rejects(self) -> bool:
        return self.p is not None and self.p < LEVEL


def wilson(count: int, of: int, z: float = WILSON) -> tuple[float, float]:
    """Interval of a share."""
    p, w = count / of, z * z / of
    centre, half = (p + w / 2) / (1 + w), math.sqrt(w * p * (1 - p) + w * w / 4) / (1 + w)
    return max(0.0, centre - half), min(1.0, centre + half)


def shares(found: Sequence[tuple[str, ...]], expected: Mapping[tuple[str, ...], Any]) -> list[Share]:
    """Of the templates of a file's lines, against those of a law (template -> weight). What no line can show is left out."""
    law: Counter = Counter()
    for t, p in expected.items():
        law[shape(t)] += p
    seen = Counter(map(shape, found))
    out = []
    for name, among, event in SHARES:
        of = sum(n for s, n in seen.items() if among(s))
        if of:
            count, mass = sum(n for s, n in seen.items() if among(s) and event(s)), sum(p for s, p in law.items() if among(s))
            share = float(sum(p for s, p in law.items() if among(s) and event(s)) / mass) if mass else None
            out.append(Share(name, share, count, of, *wilson(count, of)))
    return out


def estimate(lines: Sequence[str], seed: int = 0) -> Estimate:
    """Nats per token of the source of lines in the files' format, through their parse (`numerics.entropy.estimate`)."""
    return entropy.estimate(prompts(lines), published(), seed)


# ---------------------------------------------------------------- chi-squared

def chi_squared(name: str, observed: np.ndarray, expected: np.ndarray, freedom: int) -> Test:
    if freedom < 1 or expected.min() < FEWEST:
        return Test(name, float("nan"), freedom, None)
    statistic = float(((observed - expected) ** 2 / expected).sum())
    return Test(name, statistic, freedom, float(mpmath.gammainc(freedom / 2, statistic / 2, regularized=True)))


def independence(name: str, pairs: Sequence[tuple]) -> Test:
    """Whether the two halves of these pairs are independent."""
    rows, columns = ({v: k for k, v in enumerate(sorted({p[i] for p in pairs}))} for i in (0, 1))
    table = np.zeros((len(rows), len(columns)))
    for a, b in pairs:
        table[rows[a], columns[b]] += 1
    expected = table.sum(1, keepdims=True) * table.sum(0, keepdims=True) / max(1, len(pairs))
    freedom = (len(rows) - 1) * (len(columns) - 1)
    return chi_squared(name, table, expected, freedom) if pairs else Test(name, float("nan"), 0, None)


def tests(split: Sequence[Sequence[str]], found: Sequence[tuple[str, ...]], grammar: Grammar | None = None) -> list[Test]:
    """What `estimate` and `fit` take for granted: words equally likely within their category, independent of each other; the verb
    phrase independent of the subject (where repetitions do not matter: modified subjects); the file the same from start to end.
    """
    grammar = grammar or published()
    counts = {c: dict.fromkeys(words, 0) for c, words in grammar.lexicon.items()}
    for sentence, template in zip(split, found):
        for c, w in zip(template, sentence):
            counts[c][w] += 1
    out = []
    for c, by_word in counts.items():
        n = np.array(list(by_word.values()), dtype=float)
        if len(n) > 1 and n.sum():
            out.append(chi_squared(f"words of {c} equally likely", n, np.full(len(n), n.mean()), len(n) - 1))
    kinds, shapes = roles(grammar), [shape(t) for t in found]
    at = [main_auxiliary([kinds[w] for w in s[:-2]]) for s in split]
    with_object = [(s, k) for s, k, x in zip(split, at, shapes) if x.phrase != "intransitive"]
    out += [
        independence("subject's determiner and noun", [(s[0], s[1]) for s in split]),
        independence("subject's noun and main verb", [(s[1], s[k + 1]) for s, k in zip(split, at)]),
        independence("main auxiliary and main verb", [(s[k], s[k + 1]) for s, k in zip(split, at)]),
        independence("object's determiner and noun", [(s[k + 2], s[k + 3]) for s, k in with_object]),
        independence("main verb and object's noun", [(s[k + 1], s[k + 3]) for s, k in with_object]),
        independence("subject's and object's noun", [(s[1], s[k + 3]) for s, k in with_object]),
        independence("modified subject and verb phrase", [(x.subject, x.phrase) for x in shapes if x.subject != "plain"]),
        independence("subject and object clause or none", [(x.subject in CLAUSES, x.phrase in CLAUSES) for x in shapes
                                                           if x.subject != "plain"]),
        independence("marker and verb phrase, no clause", [(x.marker, x.phrase) for x in shapes if x.subject not in CLAUSES]),
        independence("quarter of file and shortest shape",
                     [(4 * i // len(shapes), x[:2] == ("plain", "intransitive")) for i, x in enumerate(shapes)]),
    ]
    return out


def expected_repeats(lines: int, grammar: Grammar | None = None) -> float:
    """How many of so many independent draws repeat an earlier one (equally likely words)."""
    distinct, grammar = 0.0, grammar or published()
    for t, p in templates(grammar).items():
        size = sentences_of(t, grammar)
        distinct -= size * math.expm1(lines * math.log1p(-float(p) / size))
    return lines - distinct


@dataclass(frozen=True)
class Portrait:
    """All of the above for one file; expected_repeats: if it were independent draws from the published grammar."""

    lines: int
    repeats: int
    expected_repeats: float
    shares: list[Share]
    tests: list[Test]

    @property
    def differences(self) -> list[Share | Test]:
        return [s for s in self.shares if s.differs] + [t for t in self.tests if t.rejects]

    @property
    def tried(self) -> int:
        """Shares with an expectation, and tests with lines enough."""
        return sum(s.expected is not None for s in self.shares) + sum(t.p is not None for t in self.tests)


def portrait(lines: Sequence[str], expected: Mapping[tuple[str, ...], Any] | None = None) -> Portrait:
    """Lines against the published grammar, or against another law over its templates."""
    split = prompts(lines)
    found = tag(published(), split)
    return Portrait(len(lines), len(lines) - len(set(lines)), expected_repeats(len(lines)),
                    shares(found, templates(published()) if expected is None else expected), tests(split, found))
