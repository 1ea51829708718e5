"""Lines and their arrays: the determined output, the generator, the file format, the encoding."""
from __future__ import annotations

import hashlib
import lzma
from collections import Counter

import numpy as np
import pytest

from empirics.question_formation import (EOS, PAD, PUBLISHED, SOS, Corpus, CorpusError, complete, decode, encode, generate,
                                         prompts, read_lines, tuned, vocabulary)
from empirics.question_formation import lines as module
from empirics.question_formation.grammars import build, load
from empirics.question_formation.lines import Sampler, roles

QUESTIONS = {
    "the newt does sleep . quest": "does the newt sleep ?",
    "my yaks by her zebra don't eat . quest": "don't my yaks by her zebra eat ?",
    # the first auxiliary is the clause's, the second the sentence's
    "some raven who doesn't read does amuse the quail . quest": "does some raven who doesn't read amuse the quail ?",
    "your yaks that the newt does admire don't swim . quest": "don't your yaks that the newt does admire swim ?",
    "our walrus who does accept her yaks doesn't wait . quest": "doesn't our walrus who does accept her yaks wait ?",
    "the newt does amuse a_yak . quest": None,
}


@pytest.mark.parametrize("prompt, question", QUESTIONS.items())
def test_the_main_auxiliary_moves(prompt, question):
    if question is None:
        with pytest.raises(CorpusError, match="the word 'a_yak' is not in the grammar published"):
            complete(prompt.split())
    else:
        assert complete(prompt.split()) == f"{prompt}\t{question}"


def test_a_declarative_is_copied():
    assert complete("the newt does sleep . decl".split()) == "the newt does sleep . decl\tthe newt does sleep ."


@pytest.mark.parametrize("prompt, words", [
    ("the newt does sleep .", "does not end in"), ("the newt does sleep decl", "does not end in"), ("", "does not end in"),
    ("newt the . quest", "no main auxiliary"), ("the newt who . quest", "no main auxiliary"),
])
def test_what_has_no_output(prompt, words):
    with pytest.raises(CorpusError, match=words):
        complete(prompt.split())


def test_a_word_with_two_roles_is_refused():
    data = load()
    grammar = build(data["published"], {**data["lexicon"], "Prep": ["near", "newt"]}, "odd")
    with pytest.raises(CorpusError, match="the word 'newt' of odd is a N and a Prep"):
        roles(grammar)


# ---------------------------------------------------------------- generator

def test_the_seed_decides_and_the_bytes_stay():
    lines = generate(PUBLISHED, 300, 7)
    assert lines == generate(PUBLISHED, 300, 7) != generate(PUBLISHED, 300, 8)
    assert generate(PUBLISHED, 100, 7) == lines[:100]
    # a stored digest: another version of Python must draw the same lines
    assert hashlib.sha256("\n".join(lines).encode()).hexdigest() == DIGEST


DIGEST = "47c12cc4af109c59a35a40fafae870343815985e40e4108e9a1b1f66c07a04aa"


def test_lines_pass_their_own_check():
    for grammar in (PUBLISHED, tuned(0.5), tuned(1.5)):
        lines = generate(grammar, 400, 3)
        assert [" ".join(p) for p in prompts(lines, grammar)] == [line.split("\t")[0] for line in lines]


def test_the_sampler_draws_by_the_weights():
    grammar = build({"start": "S", "rules": {"S": [[1, "A"], [3, "B"]]}}, {"A": {"a": 1, "b": 4}, "B": ["c"]}, "small")
    sampler = Sampler(grammar, 0)
    found = Counter(sampler.draw()[0] for _ in range(20000))
    for word, share in (("a", 0.05), ("b", 0.2), ("c", 0.75)):
        assert abs(found[word] / 20000 - share) < 4 * (share * (1 - share) / 20000) ** 0.5


def test_unique_lines_and_held_out_lines():
    train = generate(PUBLISHED, 6000, 1, unique=True)
    assert len(set(train)) == 6000 > len(set(generate(PUBLISHED, 6000, 1)))
    held_out = generate(PUBLISHED, 500, 2, exclude=train)
    assert not set(held_out) & set(train)


def test_a_grammar_that_runs_out_says_so(monkeypatch):
    monkeypatch.setattr(module, "MOST_REPEATS", 500)
    data = load()
    tiny = build(data["published"], {**data["lexicon"], **{c: data["lexicon"][c][:1] for c in data["lexicon"]}}, "tiny")
    with pytest.raises(CorpusError, match=r"the grammar tiny gave \d+ lines and then only repetitions: ask for fewer"):
        generate(tiny, 10_000, 0, unique=True)
    with pytest.raises(CorpusError, match="0 lines"):
        generate(PUBLISHED, 0, 0)


# ---------------------------------------------------------------- files

def test_files_plain_and_compressed(tmp_path):
    lines = generate(PUBLISHED, 20, 0)
    (tmp_path / "a").write_text("\n".join(lines) + "\n")
    with lzma.open(tmp_path / "a.xz", "wt") as file:
        file.write("\n".join(lines))
    assert read_lines(tmp_path / "a") == read_lines(str(tmp_path / "a.xz")) == lines
    assert Corpus.read(tmp_path / "a").lines == tuple(lines)


@pytest.mark.parametrize("content, words", [
    (b"", "is empty"),
    (b"the newt does sleep . decl\tthe newt does sleep .\nthe newt does sleep . decl the newt does sleep .\n", "line 2: not of"),
    (b"the newt does sleep .\tthe newt does sleep .\n", "line 1: not of the form"),
    (b"\xff\xfe\n", "is damaged"),
])
def test_files_that_are_none(tmp_path, content, words):
    (tmp_path / "bad").write_bytes(content)
    with pytest.raises(CorpusError, match=words):
        read_lines(tmp_path / "bad")


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(CorpusError, match="cannot read .*missing: No such file"):
        read_lines(tmp_path / "missing")
    (tmp_path / "cut.xz").write_bytes(lzma.compress(b"the newt" * 1000)[:-20])
    with pytest.raises(CorpusError, match="cut.xz is damaged"):
        read_lines(tmp_path / "cut.xz")


def test_a_wrong_output_is_found(tmp_path):
    wrong = "some raven who doesn't read does swim . quest\tdoesn't some raven who read does swim ?"
    (tmp_path / "wrong").write_text(f"{generate(PUBLISHED, 1, 0)[0]}\n{wrong}\n")
    with pytest.raises(CorpusError, match="line 2: the output is .*does some raven who doesn't read swim [?]. is determined"):
        Corpus.read(tmp_path / "wrong")


# ---------------------------------------------------------------- arrays

def test_the_vocabulary_of_the_published_grammar():
    words = vocabulary(PUBLISHED)
    assert len(words) == len(set(words)) == 68 and {".", "?", "decl", "quest", "high_five"} < set(words)


def test_encoding():
    lines, words = generate(PUBLISHED, 50, 5), vocabulary(PUBLISHED)
    ids, lengths = encode(lines, words)
    assert ids.dtype == np.int64 and ids.shape == (50, max(len(line.split()) for line in lines) + 2)
    for row, n, line in zip(ids, lengths, lines):
        assert n == len(line.split()) + 2 and row[0] == SOS and row[n - 1] == EOS and (row[n:] == PAD).all()
        assert (row[1:n - 1] > max(PAD, SOS, EOS)).all() and decode(row, words) == line.replace("\t", " ")
    assert Corpus(tuple(lines), tuple(words)).tokens == sum(len(line.split()) + 1 for line in lines) == (lengths - 1).sum()


def test_a_line_has_the_tokens_that_the_grammar_counts():
    for line in generate(PUBLISHED, 50, 6):
        assert len(line.split()) + 1 == PUBLISHED.tokens(len(line.split("\t")[0].split()))


@pytest.mark.parametrize("lines, words, message", [
    ([], ["a"], "split is empty"), (["a b"], ["a"], "line 1: the word 'b' is not in the vocabulary of 1 words"),
    (["a"], ["a", "a"], "repeats a word"), (["a"], ["a", "<pad>"], "special token"),
])
def test_what_cannot_be_encoded(lines, words, message):
    with pytest.raises(CorpusError, match=message):
        encode(lines, words)


def test_splits():
    corpus = Corpus.of(PUBLISHED, 30, 0)
    train, held_out = corpus.split(10)
    assert train.lines + held_out.lines == corpus.lines and len(held_out.lines) == 10
    for n in (0, 30, -1):
        with pytest.raises(CorpusError, match="empty split"):
            corpus.split(n)
