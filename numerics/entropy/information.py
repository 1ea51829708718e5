"""Nats per token: of a grammar's sentences, and of a finite list of lines.

A model that knows the distribution exactly pays -log p(line) for a line. Training reports it per token, and there are two ways:
  over a corpus   E[-log p] / E[tokens]: the ratio of totals, what a long run tends to when totals are divided at the end
  over batches    E[sum of -log p over the batch / tokens of the batch]: what the mean of per-batch losses tends to
They differ because long lines are the less probable ones. Both are exact here.
"""
from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Mapping, Sequence

from numerics.entropy.automaton import Automaton
from numerics.entropy.grammar import Graded, Grammar, GrammarError, derivations
from numerics.entropy.logs import Exact, Logs


@dataclass(frozen=True)
class Lines:
    """by_tokens: number of tokens -> (probability of such a line, expected -log p on that event)."""

    by_tokens: Mapping[int, tuple[Fraction, Logs]]

    @cached_property
    def entropy(self) -> Exact:
        """Nats per line."""
        return Exact(sum((h for _, h in self.by_tokens.values()), Logs()))

    @cached_property
    def tokens(self) -> Fraction:
        """Mean tokens per line."""
        return sum((n * p for n, (p, _) in self.by_tokens.items()), Fraction(0))

    @cached_property
    def per_token(self) -> Exact:
        """Entropy per line / mean tokens per line."""
        return Exact(self.entropy.expression / self.tokens)

    def per_token_in_batches(self, batch: int) -> Exact:
        """The expected loss of a batch of so many independent lines, each batch divided by its own tokens.

        E[sum_i X_i / sum_i T_i] = batch * E[X_1 / (T_1 + R)], R the tokens of batch - 1 further lines.
        """
        if batch < 1:
            raise ValueError(f"a batch of {batch} lines has no loss: give a positive number")
        one = {n: p for n, (p, _) in self.by_tokens.items()}
        rest = {0: Fraction(1)}
        for _ in range(batch - 1):
            longer: dict[int, Fraction] = {}
            for r, p in rest.items():
                for n, q in one.items():
                    longer[r + n] = longer.get(r + n, Fraction(0)) + p * q
            rest = longer
        total = Logs()
        for n, (_, h) in self.by_tokens.items():
            total = total + h * sum((p / (n + r) for r, p in rest.items()), Fraction(0))
        return Exact(total * batch)


def lines_of(grammar: Grammar | Automaton) -> Lines:
    """The sentences of a grammar; derivations of one sentence are added up first."""
    automaton = grammar if isinstance(grammar, Automaton) else Automaton(grammar)
    ended, _ = automaton.pass_forward()
    out: Graded = {automaton.grammar.tokens(w): v for w, v in ended.items()}
    return Lines(out)


def lines_of_list(lines: Sequence[str], extra: int = 1) -> Lines:
    """A finite list, one line drawn uniformly: a line that occurs m times in N has probability m / N. Tokens: words + extra."""
    if not lines:
        raise GrammarError("the list of lines is empty: it has no entropy")
    out: Graded = {}
    total = len(lines)
    # many lines share length and multiplicity: the exact sum has one term per such pair
    pairs = Counter((len(line.split()) + extra, m) for line, m in Counter(lines).items())
    for (tokens, m), count in sorted(pairs.items()):
        p, h = out.get(tokens, (Fraction(0), Logs()))
        mass = Fraction(count * m, total)
        out[tokens] = (p + mass, h + Logs.log(Fraction(m, total)) * -mass)
    return Lines(out)


def entropy_per_token(grammar: Grammar, batch: int | None = None) -> Exact:
    """Nats per token of a grammar's sentences: the ratio of totals, or the mean over batches of so many lines."""
    lines = lines_of(grammar)
    return lines.per_token if batch is None else lines.per_token_in_batches(batch)


def list_entropy_per_token(lines: Sequence[str], batch: int | None = None) -> Exact:
    """Nats per token that a model pays which has learnt a finite list by heart, and nothing else."""
    found = lines_of_list(lines)
    return found.per_token if batch is None else found.per_token_in_batches(batch)


def derivation_entropy(grammar: Grammar) -> Exact:
    """Nats per derivation; more than the entropy of a sentence exactly if the grammar is ambiguous."""
    return Exact(sum((h for _, h in derivations(grammar).values()), Logs()))


def ambiguity(grammar: Grammar) -> Exact:
    """Nats of the derivation that its sentence leaves open, on average; exactly 0 for an unambiguous grammar."""
    return Exact(derivation_entropy(grammar).expression - lines_of(grammar).entropy.expression)


@dataclass(frozen=True)
class Position:
    """The token at this place (from 1) of a line: how likely a line is to have one, and its conditional entropy given the tokens
    before it, averaged over the lines that have it.
    """

    position: int
    present: Fraction
    entropy: Exact


def per_position(grammar: Grammar) -> list[Position]:
    """What an ideal model's loss looks like along a line. The tokens that the words determine (end mark, copy) cost nothing."""
    ended, found = Automaton(grammar).pass_forward()
    lengths = {grammar.tokens(w): mass for w, (mass, _) in ended.items()}
    out = []
    for t in range(1, max(lengths) + 1):
        present = sum((p for n, p in lengths.items() if n >= t), Fraction(0))
        # position t of `found` is reached by the lines with t - 1 words or more; all of them have a token there
        total = found[t - 1][1] if t <= len(found) else Logs()
        out.append(Position(t, present, Exact(total / present)))
    return out
