"""Grammars that cannot be used are refused with one line that says where."""
from __future__ import annotations

from fractions import Fraction as F

import pytest

from numerics.entropy import Grammar, GrammarError, templates
from numerics.entropy import grammar as module


def relative(rules, lexicon=None, start="S", **more):
    return Grammar.relative(start, rules, lexicon or {"X": ["x"]}, **more)


@pytest.mark.parametrize("rules, lexicon, words", [
    ({"S": [(1, "X Y")]}, None, r"unknown symbol 'Y' in S -> X Y"),
    ({"T": [(1, "X")]}, None, r"unknown symbol 'S': the grammar starts with it"),
    ({"S": [(1, "A")], "A": [(1, "X"), (1, "B X")], "B": [(1, "S")]}, None, r"recursive: S -> A -> B -> S"),
    ({"S": [(1, "S X")]}, None, r"recursive: S -> S"),
    ({"S": [(1, "X")]}, {"X": []}, r"lexicon of X is empty"),
    ({"S": [(1, "X")]}, {"X": ["a b"]}, r"'a b' of X is empty or has a space"),
    ({"S": [(1, "X")]}, {"X": [""]}, r"'' of X is empty or has a space"),
    ({"S": [(1, "X")], "X": [(1, "S")]}, None, r"X has rules and words"),
    ({"S": [(0, "X"), (1, "X X")]}, None, r"weight 0 of S -> X is not positive"),
    ({"S": [(-1, "X")]}, None, r"weight -1 of S -> X is not positive"),
    ({"S": [(float("nan"), "X")]}, None, r"weight nan of S -> X is no finite number"),
    ({"S": [(float("inf"), "X")]}, None, r"weight inf of S -> X is no finite number"),
    ({"S": [("1/0", "X")]}, None, r"weight '1/0' of S -> X is no finite number"),
    ({"S": [(True, "X")]}, None, r"weight True of S -> X is no finite number"),
    ({"S": [(None, "X")]}, None, r"weight None of S -> X is no finite number"),
    ({"S": [(1, "X")]}, {"X": {"x": 1, "y": -2}}, r"weight -2 of the word 'y' of X is not positive"),
    ({"S": []}, None, r"weights of the rules of S sum to 0, not 1"),
])
def test_refused(rules, lexicon, words):
    with pytest.raises(GrammarError, match=words) as caught:
        relative(rules, {"X": ["x"]} if lexicon is None else lexicon)
    assert "\n" not in str(caught.value)


def test_exact_weights_must_sum_to_one():
    with pytest.raises(GrammarError, match="weights of the rules of S sum to 3/4, not 1"):
        Grammar("S", {"S": ((F(1, 4), ("X",)), (F(1, 2), ("X", "X")))}, {"X": {"x": F(1)}})
    with pytest.raises(GrammarError, match="weights of the words of X sum to 1/2, not 1"):
        Grammar("S", {"S": ((F(1), ("X",)),)}, {"X": {"x": F(1, 2)}})


def test_decimals_are_taken_as_written():
    grammar = Grammar("S", {"S": ((0.1, ("X",)), ("0.9", ("X", "X")))}, {"X": {"x": 1}})
    assert [q for q, _ in grammar.rules["S"]] == [F(1, 10), F(9, 10)]


def test_the_end_of_a_sentence_needs_a_token():
    with pytest.raises(GrammarError, match="end mark"):
        relative({"S": [(1, "X")]}, per_word=1, extra=0)
    assert relative({"S": [(1, "X")]}, per_word=2, extra=0).tokens(7) == 14


def test_relative_weights_are_normalised():
    grammar = relative({"S": [(2, "X"), (6, ("X", "X"))]}, {"X": {"x": "1/2", "y": 1}})
    assert [q for q, _ in grammar.rules["S"]] == [F(1, 4), F(3, 4)] and grammar.lexicon["X"] == {"x": F(1, 3), "y": F(2, 3)}


def test_too_many_templates_are_refused(monkeypatch):
    monkeypatch.setattr(module, "MOST_TEMPLATES", 20)
    rules = {"A": [(1, "X"), (1, "Y")], "S": [(1, "A A A A A")]}
    with pytest.raises(GrammarError, match="more than 20 templates"):
        templates(relative(rules, {"X": ["x"], "Y": ["y"]}))


def test_a_long_chain_of_rules_is_no_recursion():
    rules = {f"A{k}": [(1, f"A{k + 1}")] for k in range(3000)} | {"A3000": [(1, "X")]}
    assert templates(relative(rules, start="A0")) == {("X",): 1}
