"""Grammar files: nothing is built at import, and what is wrong with one is a line and exit 2."""
from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from empirics.question_formation import CorpusError, grammars
from empirics.question_formation import __main__ as command

ROOT = Path(__file__).resolve().parents[3]
GOOD = {"start": "S", "rules": {"S": [[0.25, "A"], ["3/4", "A B"]]}, "lexicon": {"A": ["a", "b"], "B": {"c": 1}}}


def changed(**more):
    return {**GOOD, **more}


BAD = {
    "an unknown symbol": (changed(rules={"S": [[1, "A C"]]}), "unknown symbol 'C' in S -> A C"),
    "recursion": (changed(rules={"S": [[1, "A T"]], "T": [[1, "S"]]}), "is recursive: S -> T -> S"),
    "a negative weight": (changed(rules={"S": [[-1, "A"], [2, "B"]]}), "the weight -1 of S -> A is not positive"),
    "rules that sum to 4": (changed(rules={"S": [[1, "A"], [3, "B"]]}), "the rules of S sum to 4, not 1: .*relative"),
    "words that sum to 2": (changed(lexicon={"A": {"a": 1, "b": 1}, "B": ["c"]}), "the words of A sum to 2, not 1"),
    "another scale": (changed(weights="loud"), '"weights" is "relative"'),
    "no start": ({k: v for k, v in GOOD.items() if k != "start"}, "needs a start"),
    "no lexicon": ({k: v for k, v in GOOD.items() if k != "lexicon"}, "has no lexicon"),
    "a list": ([1], "holds no grammar"), "an empty lexicon": (changed(lexicon={"A": [], "B": ["c"]}), "lexicon of A is empty")}


@pytest.fixture
def written(tmp_path):
    def write(data) -> Path:
        path = tmp_path / "own.json"
        path.write_text(data if isinstance(data, str) else json.dumps(data))
        grammars.read_grammar.cache_clear()
        return path
    return write


@pytest.mark.parametrize("name", list(BAD))
def test_what_is_wrong_with_a_file_is_one_line_and_exit_2(written, capsys, name):
    import re
    data, words = BAD[name]
    assert command.main(["--grammar", str(written(data))]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and err.startswith("question_formation: ") and re.search(words, err), err


def test_weights_are_rescaled_only_where_the_file_says_so(written):
    three = {"start": "S", "rules": {"S": [[1, "A"], [3, "B"]]}, "lexicon": {"A": ["a"], "B": ["b", "c"]}}
    with pytest.raises(CorpusError, match="sum to 4"):
        grammars.read_grammar(written(three))
    found = grammars.read_grammar(written({**three, "weights": "relative"}))
    assert [float(q) for q, _ in found.rules["S"]] == [0.25, 0.75]


def test_the_entropy_of_a_file_is_printed(written, capsys):
    assert command.main(["--grammar", str(written(GOOD))]) == 0
    nats = math.log(2) + math.log(4) / 4 + 0.75 * math.log(4 / 3)          # the word of A, and which rule
    said = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("own.json"))
    assert f"{nats / 3.5:.5f} nats a token, 3.500 tokens a line" in said


def test_a_damaged_grammar_of_ours_is_one_line_and_importing_builds_nothing(tmp_path):
    data = json.loads(grammars.DATA.read_text())
    data["published"]["rules"]["S"][0][1] += " NOWHERE"
    (tmp_path / "grammar.json").write_text(json.dumps(data))
    code = ("import sys, pathlib, empirics.question_formation.__main__ as m, empirics.question_formation.grammars as g\n"
            "built = [f.cache_info().currsize for f in (g.published, g.fitted, g.tuned)]\n"
            f"print(built); g.DATA = pathlib.Path({str(tmp_path / 'grammar.json')!r}); sys.exit(m.main([]))")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 2 and done.stdout == "[0, 0, 0]\n", done
    assert done.stderr == ("question_formation: the grammar published: unknown symbol 'NOWHERE' in S -> NP_M_S VP_M_S NOWHERE: "
                           "give it rules or words\n")


def test_the_constants_are_there_when_they_are_asked_for():
    import empirics.question_formation as q
    assert q.PUBLISHED is grammars.published() and q.FITTED is grammars.fitted()
    with pytest.raises(AttributeError, match="no attribute 'OTHER'"):
        q.OTHER
