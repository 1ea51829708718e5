"""Estimators against their definitions, and against samples of a grammar whose entropy is known."""
from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from numerics.entropy import (Grammar, GrammarError, chao_shen, entropy_per_token, estimate, jackknife, miller_madow, plug_in,
                              plug_in_per_token, tag)

COUNTS = st.lists(st.integers(0, 30), min_size=1, max_size=12).filter(lambda n: sum(n) > 1)
GRAMMAR = Grammar.relative("S", {"S": [(3, "N V"), (2, "N V N"), (1, "N P N V")]},
                           {"N": {"n1": 3, "n2": 2, "n3": 1}, "V": ["v1", "v2"], "P": ["p"]}, per_word=2, extra=1)


def sample(size, seed):
    rng = np.random.default_rng(seed)
    sides = [right for _, right in GRAMMAR.rules["S"]]
    share = [float(q) for q, _ in GRAMMAR.rules["S"]]
    words = {c: (list(w), [float(q) for q in w.values()]) for c, w in GRAMMAR.lexicon.items()}
    return [" ".join(rng.choice(words[c][0], p=words[c][1]) for c in sides[k]) for k in rng.choice(len(sides), size, p=share)]


@given(COUNTS)
def test_jackknife_is_its_definition(counts):
    total = sum(counts)
    left_out = sum(n * plug_in([m - (i == k) for i, m in enumerate(counts)]) for k, n in enumerate(counts) if n)
    assert jackknife(counts) == pytest.approx(total * plug_in(counts) - (total - 1) / total * left_out, abs=1e-9)


@given(COUNTS)
def test_plug_in_and_miller_madow(counts):
    total, kinds = sum(counts), sum(n > 0 for n in counts)
    assert plug_in(counts) == pytest.approx(-sum(n / total * math.log(n / total) for n in counts if n), abs=1e-12)
    assert miller_madow(counts) == pytest.approx(plug_in(counts) + (kinds - 1) / (2 * total))


@given(COUNTS)
def test_chao_shen_is_its_definition(counts):
    total, singles = sum(counts), sum(n == 1 for n in counts)
    coverage = 1 - (singles if singles < total else total - 1) / total
    terms = [coverage * n / total for n in counts if n]
    expected = -sum(p * math.log(p) / (1 - (1 - p) ** total) for p in terms)
    assert chao_shen(counts) == pytest.approx(expected, abs=1e-6)


def test_corrections_lessen_the_bias():
    rng, truth = np.random.default_rng(1), math.log(200)
    bias = {f: np.mean([f(rng.multinomial(600, np.full(200, 1 / 200))) for _ in range(60)]) - truth
            for f in (plug_in, miller_madow, jackknife, chao_shen)}
    assert bias[plug_in] < 0 and all(abs(bias[f]) < abs(bias[plug_in]) / 3 for f in (miller_madow, jackknife, chao_shen))


@pytest.mark.parametrize("counts", [[], [0, 0], [-1, 2], [[1, 2]]])
def test_what_is_no_list_of_counts(counts):
    with pytest.raises(ValueError, match="counts"):
        plug_in(counts)


def test_a_sample_gives_back_the_entropy_and_whole_sentences_do_not():
    truth = entropy_per_token(GRAMMAR).value
    found = estimate(sample(4000, 3), GRAMMAR)
    assert found.low <= truth <= found.high and found.high - found.low < 0.03
    assert found.parts["by"]["plug-in"] < found.parts["by"]["jackknife"]
    many = Grammar.relative("S", {"S": [(1, "C C C C C C")]}, {"C": [f"w{k}" for k in range(60)]})
    rng = np.random.default_rng(0)
    lines = [" ".join(f"w{k}" for k in row) for row in rng.integers(60, size=(500, 6))]
    assert plug_in_per_token(lines, many) == pytest.approx(math.log(500) / 7)
    found = estimate(lines, many)
    assert found.low <= entropy_per_token(many).value <= found.high


def test_in_batches_is_the_other_normalisation():
    mixed = Grammar.relative("S", {"S": [(1, "V"), (1, "N N N N N N")]}, {"N": ["a", "b", "c"], "V": ["v"]})
    rng = np.random.default_rng(4)
    # half of each, exactly: what is left to chance is the words, of which there are 60,000
    lines = ["v" if k % 2 else " ".join(rng.choice(list("abc"), 6)) for k in range(20000)]
    exact = entropy_per_token(mixed, 2).value - entropy_per_token(mixed).value
    found = estimate(lines, mixed, resamples=2, batch=2)
    assert abs(exact) > 0.09 and found.in_batches - found.value == pytest.approx(exact, abs=1e-4)


def test_the_seed_decides_the_interval():
    lines = sample(200, 5)
    assert estimate(lines, GRAMMAR, 7) == estimate(lines, GRAMMAR, 7) != estimate(lines, GRAMMAR, 8)


@pytest.mark.slow
def test_intervals_cover_the_truth():
    truth = entropy_per_token(GRAMMAR).value
    inside = 0
    for seed in range(200):
        found = estimate(sample(150, seed), GRAMMAR, seed, resamples=100)
        inside += found.low <= truth <= found.high
    assert inside >= 182                    # 95 % of 200 is 190; 182 is 2.6 standard errors below


def test_tagging():
    assert tag(GRAMMAR, [["n1", "p", "n3", "v2"], ["n2", "v1"]]) == [("N", "P", "N", "V"), ("N", "V")]
    with pytest.raises(GrammarError, match=r"unknown word 'zz' in sentence 2 \(n1 zz\)"):
        tag(GRAMMAR, [["n1", "v1"], ["n1", "zz"]])
    with pytest.raises(GrammarError, match=r"sentence 1 \(v1 n1\) fits no template"):
        tag(GRAMMAR, [["v1", "n1"]])
    two = Grammar.relative("S", {"S": [(1, "A"), (1, "B")]}, {"A": ["x"], "B": ["x"]})
    with pytest.raises(GrammarError, match="fits 2 templates"):
        tag(two, [["x"]])


def test_too_few_sentences():
    with pytest.raises(GrammarError, match="1 sentences say nothing"):
        estimate(["n1 v1"], GRAMMAR)
