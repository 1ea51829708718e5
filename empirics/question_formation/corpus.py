"""Lines as arrays of token ids, for training: SOS w1 ... wn EOS, padded."""
from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Sequence

import numpy as np

from empirics.question_formation.grammars import CorpusError, published
from empirics.question_formation.lines import generate, prompts, read_lines
from numerics.entropy import Grammar

SPECIALS = ("<pad>", "<sos>", "<eos>")          # ids 0, 1, 2; the word k of a vocabulary has id k + 3
PAD, SOS, EOS = range(3)


def vocabulary(grammar: Grammar) -> list[str]:
    """The words of the lines, without the specials: 68 for the published grammar."""
    words = grammar.words()
    return words + ["?"] if "quest" in words and "?" not in words else words


def encode(lines: Sequence[str], vocab: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """(lines, longest) int64 ids and (lines,) lengths, SOS and EOS included. The loss counts length - 1 tokens: all but SOS."""
    number = {w: k for k, w in enumerate(vocab, len(SPECIALS))}
    if len(number) != len(vocab) or set(SPECIALS) & set(number):
        raise CorpusError("the vocabulary repeats a word or holds a special token: give each word once")
    split = [line.split() for line in lines]
    if not split:
        raise CorpusError("there are no lines to encode: the split is empty")
    lengths = np.array([len(words) + 2 for words in split], dtype=np.int64)
    ids = np.full((len(split), int(lengths.max())), PAD, dtype=np.int64)
    for i, words in enumerate(split):
        try:
            ids[i, :len(words) + 2] = [SOS, *map(number.__getitem__, words), EOS]
        except KeyError as error:
            raise CorpusError(f"line {i + 1}: the word {error} is not in the vocabulary of {len(number)} words") from error
    return ids, lengths


def decode(ids: Sequence[int], vocab: Sequence[str]) -> str:
    """The words between SOS and EOS, with spaces (the tab of the file is not a token)."""
    return " ".join(vocab[k - len(SPECIALS)] for k in ids if k >= len(SPECIALS))


@dataclass(frozen=True)
class Corpus:
    """Lines with the vocabulary that encodes them."""

    lines: tuple[str, ...]
    vocab: tuple[str, ...]

    @classmethod
    def of(cls, grammar: Grammar, lines: int, seed: int, unique: bool = False, exclude: Sequence[str] = ()) -> "Corpus":
        return cls(tuple(generate(grammar, lines, seed, unique, exclude)), tuple(vocabulary(grammar)))

    @classmethod
    def read(cls, path: Path | str, grammar: Grammar | None = None) -> "Corpus":
        """A file whose every word and output is checked against the grammar."""
        lines, grammar = read_lines(path), grammar or published()
        prompts(lines, grammar, f"{path}, line")
        return cls(tuple(lines), tuple(vocabulary(grammar)))

    @cached_property
    def encoded(self) -> tuple[np.ndarray, np.ndarray]:
        """Ids and lengths, as `encode` gives them."""
        return encode(self.lines, self.vocab)

    @property
    def tokens(self) -> int:
        """Tokens under the loss: words and EOS."""
        return int((self.encoded[1] - 1).sum())

    def split(self, held_out: int) -> tuple["Corpus", "Corpus"]:
        """All lines but the last `held_out`, and those."""
        if not 0 < held_out < len(self.lines):
            raise CorpusError(f"{held_out} of {len(self.lines)} lines held out leaves an empty split")
        return Corpus(self.lines[:-held_out], self.vocab), Corpus(self.lines[-held_out:], self.vocab)
