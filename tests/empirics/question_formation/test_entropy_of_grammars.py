"""What the grammars cost a token: exact values, and the sampler's lines against them."""
from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction as F
from pathlib import Path

import pytest

from empirics.question_formation import FITTED, PUBLISHED, CorpusError, generate, prompts, tuned, vocabulary
from empirics.question_formation import __main__ as cli
from empirics.question_formation import grammars
from numerics.entropy import (Automaton, Logs, ambiguity, entropy_per_token, lines_of, list_entropy_per_token, per_position,
                              templates)

ROOT = Path(grammars.__file__).resolve().parents[2]


def test_the_published_grammar_has_just_under_one_nat_a_token():
    """By hand: 7/3 determiners and nouns a line, 3/2 verbs and auxiliaries, half a preposition and a relative pronoun; the
    choices of rules and of the marker.
    """
    words = Logs.log(6) * F(7, 3) + Logs.log(13) * F(7, 3) + Logs.log(9) * F(3, 2) + Logs.log(2) * F(3, 2) + \
        (Logs.log(8) + Logs.log(2)) * F(1, 2)
    # marker, number, subject, verb; the object's six rules; 1/2 preposition: number of its noun
    clauses = F(1, 2)                                   # 1/3 on subjects, 1/2 * 1/3 on objects
    clause = Logs.log(3) + Logs.log(2) * F(2, 3)        # weights 2 1 1 2, and in the last the number of its noun
    rules = Logs.log(2) * 2 + Logs.log(3) + Logs.log(2) + Logs.log(6) * F(1, 2) + Logs.log(2) * F(1, 2) + clause * clauses
    assert lines_of(PUBLISHED).entropy.expression == words + rules
    assert lines_of(PUBLISHED).tokens == F(64, 3)
    exact = entropy_per_token(PUBLISHED)
    assert exact.expression == Logs({2: F(61, 128), 3: F(11, 32), 13: F(7, 64)})
    assert exact.value == pytest.approx(0.98851726343764, abs=1e-13)


@pytest.mark.parametrize("grammar", [PUBLISHED, FITTED, tuned(0.5), tuned(1.0), tuned(1.5)], ids=lambda g: g.name)
def test_no_sentence_has_two_derivations(grammar):
    assert ambiguity(grammar).expression.is_zero()


@pytest.mark.parametrize("target", [0.5, 1.0, 1.5])
def test_tuned_grammars_hit_their_targets_with_the_published_templates(target):
    grammar = tuned(target)
    assert abs(entropy_per_token(grammar).value - target) < 0.01
    assert abs(entropy_per_token(grammar, batch=8).value - target) < 0.01
    assert templates(grammar) == templates(PUBLISHED)
    assert len(vocabulary(grammar)) == {0.5: 68, 1.0: 71, 1.5: 318}[target]


def test_another_target_is_refused():
    with pytest.raises(CorpusError, match="no grammar is tuned to 0.7 nats a token: grammar.json has 0.5, 1.0, 1.5"):
        tuned(0.7)


@pytest.mark.parametrize("grammar", [PUBLISHED, FITTED, tuned(0.5)], ids=lambda g: g.name)
def test_sampled_lines_cost_what_is_predicted(grammar):
    """The mean surprise of 4,000 lines, over the corpus and over batches of 8, within four standard errors."""
    automaton, lines = Automaton(grammar), generate(grammar, 4000, 11)
    cost = [sum(automaton.surprises(p)) for p in prompts(lines, grammar)]
    tokens = [len(line.split()) + 1 for line in lines]
    value = entropy_per_token(grammar).value
    residual = [c - value * t for c, t in zip(cost, tokens)]
    error = (sum(r * r for r in residual) / len(lines)) ** 0.5 / len(lines) ** 0.5 / (sum(tokens) / len(tokens))
    assert abs(sum(cost) / sum(tokens) - value) < 4 * error < 0.012
    batches = [sum(cost[i:i + 8]) / sum(tokens[i:i + 8]) for i in range(0, 4000, 8)]
    assert abs(sum(batches) / 500 - entropy_per_token(grammar, batch=8).value) < 4 * error


def test_the_output_costs_nothing():
    found = per_position(PUBLISHED)
    longest = max(len(t) for t in templates(PUBLISHED))
    assert found[-1].position == 2 * longest and all(p.entropy.expression.is_zero() for p in found if p.position > longest)
    assert found[0].entropy.expression == Logs.log(6)


def test_a_learnt_list_is_cheaper_than_the_grammar():
    lines = generate(PUBLISHED, 300, 0)
    assert len(set(lines)) == 300
    tokens = F(sum(len(line.split()) + 1 for line in lines), 300)
    assert list_entropy_per_token(lines).expression == Logs.log(300) / tokens
    assert list_entropy_per_token(lines).value < 0.3 < entropy_per_token(PUBLISHED).value


# ---------------------------------------------------------------- bad grammars, the command line

@pytest.mark.parametrize("rules, words", [
    ({"S": [[1, "Det Noun"]]}, "the grammar odd: unknown symbol 'Noun' in S -> Det Noun"),
    ({"S": [[1, "Det S"], [1, "Det"]]}, "the grammar odd: the grammar is recursive: S -> S"),
    ({"S": [[-1, "Det"]]}, "the grammar odd: the weight -1 of S -> Det"),
])
def test_bad_grammars(rules, words):
    with pytest.raises(CorpusError, match=words):
        grammars.build({"start": "S", "rules": rules}, grammars.load()["lexicon"], "odd")


def test_grammar_files_that_are_none(tmp_path):
    with pytest.raises(CorpusError, match="cannot read the grammars"):
        grammars.load(tmp_path / "none.json")
    (tmp_path / "bad.json").write_text("{")
    with pytest.raises(CorpusError, match="is no JSON"):
        grammars.load(tmp_path / "bad.json")


def test_the_command_line(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(cli, "LISTS", (300, 1000))
    (tmp_path / "own.txt").write_text("\n".join(generate(FITTED, 2000, 3, unique=True)))
    assert cli.main([str(tmp_path / "own.txt"), "--details", "--positions"]) == 0
    out = capsys.readouterr().out
    assert "published = 61/128 log 2 + 11/32 log 3 + 7/64 log 13" in out and "0.98852" in out and "own.txt: 2,000 lines" in out
    assert "question, of clause on subject       0.000" in out
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize("content", [None, "no line of this format\n",
                                     "the newt does sleep . decl\tthe newt does swim .\n",
                                     "the newts does sleep . decl\tthe newts does sleep .\n" * 3])
def test_bad_files_end_with_2_and_one_line(tmp_path, capsys, content):
    path = tmp_path / "bad.txt"
    if content is not None:
        path.write_text(content)
    assert cli.main([str(path)]) == 2
    said = capsys.readouterr()
    assert said.err.startswith("question_formation: ") and said.err.count("\n") == 1


def test_it_runs_without_flint_and_z3():
    code = ("import sys; sys.modules['flint'] = sys.modules['z3'] = None\n"
            "from empirics.question_formation import PUBLISHED\nfrom numerics.entropy import entropy_per_token\n"
            "print(entropy_per_token(PUBLISHED).value)")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == entropy_per_token(PUBLISHED).value
