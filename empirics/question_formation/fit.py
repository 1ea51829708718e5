"""A grammar fitted to original files, and what discarding repetitions does to the lines that a grammar gives.

The original lines are unique. If draws were repeated until enough *different* lines were found, a sentence of probability p is
among those of k draws with probability 1 - exp(-k p) (k Poisson): common short templates run out. So counts are first turned
back into draws, k p = -S log(1 - n / S) for a template of S equally likely sentences of which n are there, and then the shares
are fitted: subject, verb phrase and clause kinds independent of each other (`statistics` tests that). Words and numbers are
taken to be equally likely.
"""
from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any, Mapping, Sequence

from empirics.question_formation.grammars import CorpusError, build, load, published
from empirics.question_formation.lines import prompts
from empirics.question_formation.shapes import CLAUSES, shape
from numerics.entropy import Grammar, tag, templates

Template = tuple[str, ...]


def sentences_of(template: Template, grammar: Grammar | None = None) -> int:
    """How many sentences a template has."""
    lexicon = (grammar or published()).lexicon
    return math.prod(len(lexicon[c]) for c in template)


def draws(counts: Mapping[Template, int], grammar: Grammar | None = None) -> dict[Template, float]:
    """Expected draws behind counts of unique lines. A template that is exhausted gives no finite answer: an error."""
    out = {}
    for t, n in counts.items():
        size = sentences_of(t, grammar)
        if n >= size:
            raise CorpusError(f"all {size} sentences of {' '.join(t)} are in the file: how often it was drawn cannot be told")
        out[t] = -size * math.log1p(-n / size)
    return out


def weights(lines: Sequence[str], unique: bool = True) -> dict[str, Any]:
    """The fitted rules, as a table of whole-number weights (expected draws, rounded) like those in grammar.json."""
    counts = Counter(tag(published(), prompts(lines)))
    expected = draws(counts) if unique else {t: float(n) for t, n in counts.items()}
    tables: dict[str, Counter] = {name: Counter() for name in ("subject", "phrase", "subject clause", "object clause")}
    for t, n in expected.items():
        s = shape(t)
        subject = "clause" if s.subject in CLAUSES else s.subject
        tables["subject"][subject, s.marker] += n
        tables["phrase"]["clause" if s.phrase in CLAUSES else s.phrase] += n
        if s.subject in CLAUSES:
            tables["subject clause"][s.subject] += n
        if s.phrase in CLAUSES:
            tables["object clause"][s.phrase] += n
    return _rules({name: {k: round(n) for k, n in sorted(c.items()) if round(n) > 0} for name, c in tables.items()})


def _rules(tables: Mapping[str, Mapping[Any, int]]) -> dict[str, Any]:
    """The published rules, with a verb phrase that does not depend on the subject and clauses that differ by place."""
    symbols = {"plain": "PLAIN", "preposition": "PREPOSITION", "clause": "CLAUSE"}
    rules: dict[str, list] = {
        "LINE": [[n, f"{symbols[subject]} Stop {marker}"] for (subject, marker), n in tables["subject"].items()],
        "N": [[1, "N_S"], [1, "N_P"]]}
    bodies = {"PLAIN": "Det N_{0} VP_{0}", "PREPOSITION": "Det N_{0} Prep Det N VP_{0}",
              "CLAUSE": "Det N_{0} RC_SUBJECT_{0} VP_{0}"}
    for symbol, body in bodies.items():
        rules[symbol] = [[1, body.format(a)] for a in "SP"]
    phrases = {"intransitive": "Aux_{0} V_intrans", "plain": "Aux_{0} V_trans Det N",
               "preposition": "Aux_{0} V_trans Det N Prep Det N", "clause": "Aux_{0} V_trans NP_CLAUSE"}
    rules["NP_CLAUSE"] = [[1, f"Det N_{a} RC_OBJECT_{a}"] for a in "SP"]
    for a in "SP":
        rules[f"VP_{a}"] = [[n, phrases[k].format(a)] for k, n in tables["phrase"].items()]
        for place in ("subject", "object"):
            rules[f"RC_{place.upper()}_{a}"] = [row for k, n in tables[f"{place} clause"].items() for row in _clause(k, n, a)]
    return {"start": "LINE", "rules": _without_empty(rules)}


def _clause(kind: str, n: int, a: str) -> list[list]:
    """The rules of one kind of relative clause; the filled gap comes with a subject of either number, half each."""
    if kind == CLAUSES[1]:
        return [[n, f"Rel Det N_{b} Aux_{b} V_trans"] for b in "SP"]
    return [[2 * n, f"Rel Aux_{a} V_intrans" if kind == CLAUSES[0] else f"Rel Aux_{a} V_trans Det N"]]


def _without_empty(rules: dict[str, list]) -> dict[str, list]:
    """Symbols that the lines give no rule for go, with the rules that use them (which were never counted either)."""
    while empty := {a for a, options in rules.items() if not options}:
        rules = {a: [r for r in options if not empty & set(r[1].split())] for a, options in rules.items() if options}
    return rules


def fit(lines: Sequence[str], unique: bool = True, name: str = "fitted") -> Grammar:
    """The grammar of `weights`. unique: the lines are what was left of draws without repetitions."""
    return build(weights(lines, unique), load()["lexicon"], name)


# ---------------------------------------------------------------- what uniqueness does

@dataclass(frozen=True)
class Unique:
    """The first N different lines of a grammar: draws needed, expected lines by template, and nats per token of a model that
    knows the grammar and that lines do not repeat, but not which lines are in the list.
    """

    draws: float
    lines: Mapping[Template, float]
    entropy_per_token: float
    tokens: float

    def share(self, subject: str, phrase: str) -> float:
        chosen = sum(n for t, n in self.lines.items() if (shape(t).subject, shape(t).phrase) == (subject, phrase))
        return chosen / sum(self.lines.values())


def unique_lines(grammar: Grammar, lines: int) -> Unique:
    """Expected composition of so many unique lines. Needs equally likely words within every category."""
    if any(len(set(words.values())) > 1 for words in grammar.lexicon.values()):
        raise CorpusError(f"{grammar.name}: the composition of unique lines is computed for equally likely words only")
    sizes = {t: (sentences_of(t, grammar), float(p)) for t, p in templates(grammar).items()}
    if lines >= sum(s for s, _ in sizes.values()):
        raise CorpusError(f"{grammar.name} has only {sum(s for s, _ in sizes.values()):,} sentences: ask for fewer than that")

    def expected(k: float) -> dict[Template, float]:
        return {t: -s * math.expm1(-k * p / s) for t, (s, p) in sizes.items()}

    low, high = 0.0, float(lines)
    while sum(expected(high).values()) < lines:
        low, high = high, 2 * high
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(expected(middle).values()) < lines else (low, middle)
    found = expected(high)
    nats = sum(n / lines * math.log(lines * sizes[t][0] / n) for t, n in found.items())
    tokens = sum(n / lines * grammar.tokens(len(t)) for t, n in found.items())
    return Unique(high, found, nats / tokens, tokens)


def further_lines(grammar: Grammar, before: int, lines: int) -> dict[Template, float]:
    """Expected composition of the next so many unique lines after the first `before`: a held-out set drawn last."""
    first, all_ = unique_lines(grammar, before).lines, unique_lines(grammar, before + lines).lines
    return {t: n - first[t] for t, n in all_.items()}
