"""The entropy of a sample of sentences, estimated through their parse.

Counting whole sentences cannot work: nearly all of them occur once, so the plug-in is the log of their number, whatever the
source. Through a grammar's templates a sentence is a template (its sequence of categories) and a word for each category, and
    H(sentence) = H(template) + sum over categories of E[places of that category] * H(word | category),
if the words are independent given the template and depend on their category alone (`empirics` tests that where it uses this).
The grammar serves as a parser only: its weights are not used. Each part is corrected for bias; the interval adds to 1.96
bootstrap standard errors what the correction leaves open, the difference between two of them (jackknife, Miller-Madow).
"""
from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from itertools import product
from typing import Any, Mapping, Sequence

import numpy as np

from numerics.entropy.grammar import Grammar, GrammarError, templates

RESAMPLES = 200
NORMAL = 1.959963984540054          # two-sided 95 %


# ---------------------------------------------------------------- one distribution, from counts

def _counts(raw: Any) -> np.ndarray:
    n = np.asarray(raw, dtype=float)
    if n.ndim != 1 or not n.size or (n < 0).any() or not n.sum() > 0:
        raise ValueError("an entropy is estimated from a list of counts, not negative and not all 0")
    return n[n > 0]


def plug_in(counts: Any) -> float:
    """Entropy of the observed frequencies: too low by about (kinds - 1) / (2 N)."""
    n = _counts(counts)
    p = n / n.sum()
    return float(-(p * np.log(p)).sum())


def miller_madow(counts: Any) -> float:
    """Plug-in + (observed kinds - 1) / (2 N) (Miller 1955)."""
    n = _counts(counts)
    return plug_in(n) + float((len(n) - 1) / (2 * n.sum()))


def jackknife(counts: Any) -> float:
    """N * plug-in - (N - 1) * mean of the plug-ins with one observation left out."""
    n = _counts(counts)
    total = n.sum()
    if total < 2:
        return 0.0
    # plug-in of a sample = log N - sum n log n / N; leaving one of kind k out changes one term
    whole = (n * np.log(n)).sum()
    less = n - 1
    without = whole - n * np.log(n) + less * np.log(np.where(less > 0, less, 1))
    left_out = math.log(total - 1) - without / (total - 1)
    return float(total * plug_in(n) - (total - 1) * (n * left_out).sum() / total)


def chao_shen(counts: Any) -> float:
    """Coverage-adjusted Horvitz-Thompson estimate (Chao and Shen 2003): allows for kinds that were not seen."""
    n = _counts(counts)
    total = n.sum()
    singles = (n == 1).sum()
    coverage = 1 - (singles - (singles == total)) / total
    p = coverage * n / total
    return float(-(p * np.log(p) / -np.expm1(total * np.log1p(-np.minimum(p, 1 - 1e-12)))).sum())


ESTIMATORS = {"plug-in": plug_in, "Miller-Madow": miller_madow, "jackknife": jackknife, "Chao-Shen": chao_shen}


# ---------------------------------------------------------------- sentences through a grammar

def tag(grammar: Grammar, sentences: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """The template of each sentence. Not one template, or more than one, is an error that names the sentence."""
    known = set(templates(grammar))
    homes: dict[str, list[str]] = {}
    for c, words in grammar.lexicon.items():
        for w in words:
            homes.setdefault(w, []).append(c)
    out, seen = [], {}
    for number, sentence in enumerate(sentences, 1):
        where = f"sentence {number} ({' '.join(sentence)})"
        unknown = [w for w in sentence if w not in homes]
        if unknown:
            raise GrammarError(f"unknown word {unknown[0]!r} in {where}: it is in no category of {grammar.name}")
        kind = tuple(tuple(homes[w]) for w in sentence)
        if kind not in seen:
            seen[kind] = [t for t in product(*kind) if t in known]
        if len(seen[kind]) != 1:
            many = f"{len(seen[kind])} templates" if seen[kind] else "no template"
            raise GrammarError(f"{where} fits {many} of {grammar.name}: one is needed")
        out.append(seen[kind][0])
    return out


@dataclass(frozen=True)
class Estimate:
    """Nats per token (ratio of totals), with an interval of at least about 95 %: 1.96 bootstrap standard errors and an allowance
    for bias either way. in_batches: the same as a mean over batches (see `information`), of `batch` lines.

    parts: template and lexical nats per line, tokens per line, how many lines and templates, the same per token by every
    estimator (`by`), the standard error and the allowance.
    """

    value: float
    low: float
    high: float
    in_batches: float
    parts: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.value:.4f} [{self.low:.4f}, {self.high:.4f}]"


def estimate(sentences: Sequence[Sequence[str] | str], grammar: Grammar, seed: int = 0, resamples: int = RESAMPLES,
             batch: int = 8) -> Estimate:
    """Entropy per token (ratio of totals) of the source of these sentences, of which the grammar knows the templates; by
    jackknife, which simulations show to be the least biased here.
    """
    if len(sentences) < 2:
        raise GrammarError(f"{len(sentences)} sentences say nothing about an entropy: give at least 2")
    split = [s.split() if isinstance(s, str) else s for s in sentences]
    found = tag(grammar, split)
    number = {t: k for k, t in enumerate(dict.fromkeys(found))}
    ids = np.array([number[t] for t in found])
    column = {pair: k for k, pair in enumerate((c, w) for c, words in grammar.lexicon.items() for w in words)}
    words = np.zeros((len(split), len(column)))             # (sentences, category and word): how often it occurs
    for i, (sentence, template) in enumerate(zip(split, found)):
        for pair in zip(template, sentence):
            words[i, column[pair]] += 1
    tokens = np.array([grammar.tokens(len(s)) for s in split], dtype=float)
    slices, start = [], 0
    for c, table in grammar.lexicon.items():
        slices.append((c, slice(start, start + len(table))))
        start += len(table)

    def figures(weights: np.ndarray, how: str) -> tuple[float, dict[str, float], float]:
        """Template nats per line, lexical nats per line by category, tokens per line, of lines weighted by whole numbers."""
        size = weights.sum()
        by_template = ESTIMATORS[how](np.bincount(ids, weights))
        occurrences = weights @ words
        lexical = {c: float(occurrences[s].sum() / size * ESTIMATORS[how](occurrences[s]))
                   for c, s in slices if occurrences[s].sum() > 0}
        return by_template, lexical, float(weights @ tokens / size)

    def per_token(weights: np.ndarray, how: str) -> float:
        by_template, lexical, length = figures(weights, how)
        return (by_template + sum(lexical.values())) / length

    ones = np.ones(len(split))
    by = {how: per_token(ones, how) for how in ESTIMATORS}
    rng, even = np.random.default_rng(seed), np.full(len(split), 1 / len(split))
    # a resample has fewer kinds than the sample, so only its spread is used, not its centre
    again = [per_token(rng.multinomial(len(split), even).astype(float), "Miller-Madow") for _ in range(resamples)]
    error = float(np.std(again, ddof=1))
    value, allowance = by["jackknife"], abs(by["jackknife"] - by["Miller-Madow"])
    by_template, lexical, length = figures(ones, "jackknife")
    parts = {"template": by_template, "lexical": lexical, "tokens": length, "lines": len(split), "templates": len(number),
             "by": by, "standard error": error, "allowance": allowance}
    half = NORMAL * error + allowance
    shift = _batch_shift(ids, words, slices, tokens.astype(int), batch)
    return Estimate(value, value - half, value + half, value + shift, parts)


def _batch_shift(ids: np.ndarray, words: np.ndarray, slices: Sequence[tuple[str, slice]], tokens: np.ndarray,
                 batch: int) -> float:
    """Mean over batches less ratio of totals, of what each line costs by the observed frequencies (their biases cancel)."""
    share = np.bincount(ids) / len(ids)
    cost = -np.log(share[ids])
    for _, s in slices:
        n = words[:, s].sum(0)
        cost -= words[:, s] @ np.log(np.where(n > 0, n, 1) / max(1.0, n.sum()))
    lengths = np.bincount(tokens) / len(tokens)
    by_length = np.bincount(tokens, cost) / len(tokens)             # E[cost; length]
    rest = np.ones(1)
    for _ in range(batch - 1):
        rest = np.convolve(rest, lengths)
    total = np.arange(len(lengths))[:, None] + np.arange(len(rest))
    inverse = np.divide(1.0, total, out=np.zeros(total.shape), where=total > 0)
    return float(batch * by_length @ (inverse @ rest) - cost.mean() / tokens.mean())


def plug_in_per_token(sentences: Sequence[str], grammar: Grammar) -> float:
    """What counting whole sentences gives: log N less repetitions, per token. No estimate of the source; kept as the warning."""
    tokens = np.mean([grammar.tokens(len(s.split())) for s in sentences])
    return plug_in(list(Counter(sentences).values())) / float(tokens)
