"""Weighted grammars without recursion, as plain data: rules over symbols, a lexicon of words, exact probabilities.

A symbol has either rules, or words (then it is a *category*). A sentence is the words of a derivation; its *template* is the
sequence of categories. How many tokens a sentence counts for under a loss is part of the data: per_word * words + extra, where
the tokens beyond the words themselves are determined by them (an end mark, a copy).
"""
from __future__ import annotations

import numbers
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Iterable, Mapping, Sequence

from numerics.entropy.logs import Logs

MOST_TEMPLATES = 100_000
Rule = tuple[Fraction, tuple[str, ...]]


class GrammarError(ValueError):
    """A grammar, or a sentence for it, that cannot be used: one line that says what is wrong and where."""


def weight(raw: Any, where: str) -> Fraction:
    """A positive rational: a whole number, a Fraction, "1/3", or a decimal taken as it is written."""
    try:
        if isinstance(raw, bool) or not isinstance(raw, (numbers.Rational, float, str)):
            raise ValueError
        value = Fraction(raw) if isinstance(raw, numbers.Rational) else Fraction(str(raw).strip())
    except (ValueError, ZeroDivisionError):
        raise GrammarError(f"the weight {raw!r} of {where} is no finite number: write 3, 0.3 or '1/3'") from None
    if value <= 0:
        raise GrammarError(f"the weight {raw!r} of {where} is not positive: leave out what never occurs")
    return value


@dataclass(frozen=True, eq=False)
class Grammar:
    """rules: symbol -> ((probability, right side), ...); lexicon: category -> {word: probability}; each sums to exactly 1.

    per_word, extra: a sentence of w words is per_word * w + extra tokens under the loss. name: for people.
    """

    start: str
    rules: Mapping[str, tuple[Rule, ...]]
    lexicon: Mapping[str, Mapping[str, Fraction]]
    per_word: int = 1
    extra: int = 1
    name: str = "grammar"
    order: tuple[str, ...] = field(init=False, default=())        # the symbols with rules, each after those it uses

    def __post_init__(self):
        both = set(self.rules) & set(self.lexicon)
        if both:
            raise GrammarError(f"{min(both)} has rules and words: give it one of the two")
        rules = {a: tuple((weight(q, f"{a} -> {' '.join(right)}"), tuple(right)) for q, right in options)
                 for a, options in self.rules.items()}
        lexicon = {c: {w: weight(q, f"the word {w!r} of {c}") for w, q in words.items()} for c, words in self.lexicon.items()}
        for c, words in lexicon.items():
            if not words:
                raise GrammarError(f"the lexicon of {c} is empty: give it a word or remove {c}")
            bad = [w for w in words if not w or w.split() != [w]]
            if bad:
                raise GrammarError(f"the word {bad[0]!r} of {c} is empty or has a space in it")
            _normal(words.values(), f"the words of {c}")
        for a, options in rules.items():
            for _, right in options:
                unknown = [s for s in right if s not in rules and s not in lexicon]
                if unknown:
                    raise GrammarError(f"unknown symbol {unknown[0]!r} in {a} -> {' '.join(right)}: give it rules or words")
            _normal([q for q, _ in options], f"the rules of {a}")
        if self.start not in rules and self.start not in lexicon:
            raise GrammarError(f"unknown symbol {self.start!r}: the grammar starts with it and it has neither rules nor words")
        if self.per_word < 1 or self.extra < 0 or self.per_word + self.extra < 2:
            raise GrammarError("tokens = per_word * words + extra needs per_word >= 1, extra >= 0 and room for an end mark")
        object.__setattr__(self, "rules", rules)
        object.__setattr__(self, "lexicon", lexicon)
        object.__setattr__(self, "order", _bottom_up(rules))

    @classmethod
    def relative(cls, start: str, rules: Mapping[str, Iterable[Sequence]], lexicon: Mapping[str, Any], **more) -> "Grammar":
        """Weights of any positive scale, divided by their sum. A right side may be one string; bare words are equally likely."""
        def shares(raw: list, where: list[str]) -> list[Fraction]:
            found = [weight(q, w) for q, w in zip(raw, where)]
            return [q / sum(found) for q in found]
        exact, words = {}, {}
        for a, options in rules.items():
            sides = [tuple(r.split() if isinstance(r, str) else r) for _, r in options]
            exact[a] = tuple(zip(shares([q for q, _ in options], [f"{a} -> {' '.join(s)}" for s in sides]), sides))
        for c, raw in lexicon.items():
            table = dict(raw) if isinstance(raw, Mapping) else {w: 1 for w in raw}
            words[c] = dict(zip(table, shares(list(table.values()), [f"the word {w!r} of {c}" for w in table])))
        return cls(start, exact, words, **more)

    def __repr__(self) -> str:
        return f"<Grammar {self.name}: {sum(map(len, self.rules.values()))} rules, {len(self.words())} words>"

    def tokens(self, words: int) -> int:
        return self.per_word * words + self.extra

    def words(self) -> list[str]:
        """All words, each once, in the order of the lexicon."""
        return list(dict.fromkeys(w for words in self.lexicon.values() for w in words))


def _normal(weights: Iterable[Fraction], what: str) -> None:
    total = sum(weights, Fraction(0))
    if total != 1:
        raise GrammarError(f"the weights of {what} sum to {total}, not 1: mend them, or build the grammar with Grammar.relative")


def _bottom_up(rules: Mapping[str, tuple[Rule, ...]]) -> tuple[str, ...]:
    """The symbols with rules, each after those it uses; a cycle is an error that spells it out."""
    done: dict[str, None] = {}
    for root in rules:
        path: list[tuple[str, list[str]]] = [(root, _used(rules, root))]
        while path:
            symbol, todo = path[-1]
            if symbol in done or not todo:
                done.setdefault(symbol)
                path.pop()
                continue
            following = todo.pop()
            names = [s for s, _ in path]
            if following in names:
                cycle = names[names.index(following):] + [following]
                raise GrammarError(f"the grammar is recursive: {' -> '.join(cycle)}; its sentences have no bounded length")
            path.append((following, _used(rules, following)))
    return tuple(done)


def _used(rules: Mapping[str, tuple[Rule, ...]], symbol: str) -> list[str]:
    return sorted({s for _, right in rules[symbol] for s in right if s in rules})


# ---------------------------------------------------------------- derivations and templates

Graded = dict[int, tuple[Fraction, Logs]]


def add(into: Graded, length: int, mass: Fraction, h: Logs) -> None:
    old = into.get(length, (Fraction(0), Logs()))
    into[length] = (old[0] + mass, old[1] + h)


def product(a: Graded, b: Graded) -> Graded:
    """Concatenation, in the semiring of pairs (p, -p log p) graded by length."""
    out: Graded = {}
    for i, (p, g) in a.items():
        for j, (q, h) in b.items():
            add(out, i + j, p * q, g * q + h * p)
    return out


def derivations(grammar: Grammar) -> Graded:
    """words -> (probability, expected -log probability of the derivation on that event)."""
    table: dict[str, Graded] = {}
    for c, words in grammar.lexicon.items():
        table[c] = {1: (Fraction(1), sum((Logs.log(q) * -q for q in words.values()), Logs()))}
    for a in grammar.order:
        table[a] = {}
        for q, right in grammar.rules[a]:
            side: Graded = {0: (q, Logs.log(q) * -q)}
            for s in right:
                side = product(side, table[s])
            for length, (mass, h) in side.items():
                add(table[a], length, mass, h)
    return table[grammar.start]


def templates(grammar: Grammar) -> dict[tuple[str, ...], Fraction]:
    """Category sequence -> probability. Bounded: a grammar with too many is refused."""
    table: dict[str, dict[tuple[str, ...], Fraction]] = {c: {(c,): Fraction(1)} for c in grammar.lexicon}
    for a in grammar.order:
        found: dict[tuple[str, ...], Fraction] = {}
        for q, right in grammar.rules[a]:
            sides = {(): q}
            for s in right:
                if len(sides) * len(table[s]) > MOST_TEMPLATES:
                    raise GrammarError(f"{a} -> {' '.join(right)} has more than {MOST_TEMPLATES:,} templates: too many to list")
                longer: dict[tuple[str, ...], Fraction] = {}
                for x, p in sides.items():
                    for y, r in table[s].items():
                        longer[x + y] = longer.get(x + y, Fraction(0)) + p * r
                sides = longer
            for x, p in sides.items():
                found[x] = found.get(x, Fraction(0)) + p
        table[a] = found
    return table[grammar.start]
