"""Exact entropies against enumeration of every sentence: also of ambiguous grammars, per token, in batches, per position."""
from __future__ import annotations

import itertools
import math
from collections import defaultdict
from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numerics.entropy import (Automaton, Grammar, GrammarError, Logs, ambiguity, derivation_entropy, entropy_per_token, lines_of,
                              lines_of_list, list_entropy_per_token, per_position, templates)
from numerics.entropy import automaton as automaton_module

WEIGHTS = st.integers(1, 5)


@st.composite
def grammars(draw):
    """Three layers of rules over two categories that share a word: often ambiguous, sometimes with empty right sides."""
    words = st.dictionaries(st.sampled_from("abc"), WEIGHTS, min_size=1)
    lexicon = {"X": draw(words), "Y": draw(words)}
    rules, below = {}, ["X", "Y"]
    for name in "ABS":
        sides = draw(st.lists(st.lists(st.sampled_from(below), max_size=2 if name != "S" else 3), min_size=1, max_size=3))
        rules[name] = [(draw(WEIGHTS), side) for side in sides]
        below = below + [name]
    return Grammar.relative("S", rules, lexicon, per_word=draw(st.integers(1, 2)), extra=draw(st.integers(1, 2)))


def sentences(grammar):
    """sentence -> probability, and the list of the probabilities of all derivations: by enumeration."""
    def expand(symbol):
        if symbol in grammar.lexicon:
            return [((w,), q) for w, q in grammar.lexicon[symbol].items()]
        out = []
        for q, right in grammar.rules[symbol]:
            for parts in itertools.product(*map(expand, right)):
                out.append((sum((w for w, _ in parts), ()), q * math.prod((p for _, p in parts), start=F(1))))
        return out
    found = expand(grammar.start)
    law = defaultdict(F)
    for sentence, p in found:
        law[sentence] += p
    return dict(law), [p for _, p in found]


def entropy(ps):
    return sum((Logs.log(p) * -p for p in ps), Logs())


@given(grammars())
def test_entropy_of_sentences_and_of_derivations(grammar):
    law, derivations = sentences(grammar)
    lines = lines_of(grammar)
    assert lines.entropy.expression == entropy(law.values())
    assert derivation_entropy(grammar).expression == entropy(derivations)
    assert ambiguity(grammar).expression.is_zero() == (len(law) == len(derivations))
    assert ambiguity(grammar).value >= 0
    tokens = sum(p * grammar.tokens(len(s)) for s, p in law.items())
    assert lines.tokens == tokens
    assert entropy_per_token(grammar).expression == entropy(law.values()) / tokens


@given(grammars())
def test_batches_against_all_pairs_of_sentences(grammar):
    law, _ = sentences(grammar)
    tokens = {s: grammar.tokens(len(s)) for s in law}
    alone = sum((Logs.log(p) * (-p / tokens[s]) for s, p in law.items()), Logs())
    assert lines_of(grammar).per_token_in_batches(1).expression == alone
    if len(law) <= 40:
        pairs = sum((Logs.log(p * q) * (-p * q / (tokens[s] + tokens[t])) for s, p in law.items() for t, q in law.items()),
                    Logs())
        assert lines_of(grammar).per_token_in_batches(2).expression == pairs


@given(grammars())
def test_positions_add_up_to_the_entropy_of_a_line(grammar):
    law, _ = sentences(grammar)
    found = per_position(grammar)
    assert sum((p.entropy.expression * p.present for p in found), Logs()) == entropy(law.values())
    for p in found:
        assert p.present == sum(q for s, q in law.items() if grammar.tokens(len(s)) >= p.position)
    first = defaultdict(F)
    for s, p in law.items():
        first[s[:1]] += p
    assert found[0].entropy.expression == entropy(first.values())


@given(grammars())
def test_surprises_multiply_to_the_probability(grammar):
    law, _ = sentences(grammar)
    automaton = Automaton(grammar)
    for sentence, p in law.items():
        assert sum(automaton.surprises(sentence)) == pytest.approx(-math.log(p), abs=1e-12)
    for sentence in itertools.product("abc", repeat=2):
        if sentence not in law:
            with pytest.raises(GrammarError):
                automaton.surprises(sentence)


@given(grammars())
def test_templates_have_all_the_probability(grammar):
    found = templates(grammar)
    assert sum(found.values()) == 1
    law = defaultdict(F)
    for t, p in found.items():
        for words in itertools.product(*(grammar.lexicon[c].items() for c in t)):
            law[tuple(w for w, _ in words)] += p * math.prod((q for _, q in words), start=F(1))
    assert dict(law) == sentences(grammar)[0]


def test_one_string_with_two_derivations_is_one_sentence():
    grammar = Grammar.relative("S", {"S": [(1, "A"), (1, "B")]}, {"A": ["x"], "B": {"x": 1, "y": 1}})
    # x has probability 3/4 by two derivations, y has 1/4
    assert lines_of(grammar).entropy.expression == Logs.log(4) - Logs.log(3) * F(3, 4)
    assert derivation_entropy(grammar).expression == Logs.log(2) + Logs.log(2) * F(1, 2)
    assert ambiguity(grammar).value == pytest.approx(0.75 * (math.log(3) - 2 / 3 * math.log(2)))


def test_a_fair_coin_and_its_end_mark():
    grammar = Grammar.relative("S", {"S": [(1, "C C C")]}, {"C": ["h", "t"]})
    assert entropy_per_token(grammar).expression == Logs.log(2) * F(3, 4)
    assert entropy_per_token(grammar).value == 0.75 * math.log(2)


def test_one_sentence_costs_nothing():
    grammar = Grammar.relative("S", {"S": [(3, "C")]}, {"C": ["x"]})
    assert entropy_per_token(grammar).expression == Logs() and entropy_per_token(grammar).value == 0


@given(st.lists(st.sampled_from(["a", "a b", "b b", "a b c", "c"]), min_size=1, max_size=12), st.integers(1, 2))
def test_a_finite_list_is_its_empirical_distribution(lines, batch):
    n, law = len(lines), defaultdict(F)
    for line in lines:
        law[line] += F(1, n)
    assert lines_of_list(lines).entropy.expression == entropy(law.values())
    tokens = F(sum(len(line.split()) + 1 for line in lines), n)
    assert list_entropy_per_token(lines).expression == entropy(law.values()) / tokens
    singles = sum((Logs.log(law[a]) * F(-1, n * (len(a.split()) + 1)) for a in lines), Logs())
    assert list_entropy_per_token(lines, 1).expression == singles
    pairs = sum((Logs.log(law[a] * law[b]) * F(-1, n * n * (len(a.split()) + len(b.split()) + 2)) for a in lines for b in lines),
                Logs())
    assert list_entropy_per_token(lines, 2).expression == pairs


def test_distinct_lines_cost_the_log_of_their_number():
    assert lines_of_list([f"a w{k}" for k in range(1000)]).per_token.expression == Logs.log(1000) / 3


def test_an_empty_list_and_an_empty_batch_are_refused():
    with pytest.raises(GrammarError, match="empty"):
        list_entropy_per_token([])
    with pytest.raises(ValueError, match="batch of 0"):
        list_entropy_per_token(["a"], batch=0)


def test_too_many_states_is_an_error(monkeypatch):
    monkeypatch.setattr(automaton_module, "MOST_STATES", 3)
    with pytest.raises(GrammarError, match="more than 3 states"):
        Automaton(Grammar.relative("S", {"S": [(1, "C C C C C")]}, {"C": ["x"]}))
