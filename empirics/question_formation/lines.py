"""Lines in the format of the original files: `declarative . (decl|quest) TAB output (.|?)`.

The output is the declarative again, or the question made from it by moving the auxiliary of the *main* clause to the front: the
one after the subject with whatever modifies it, not the first one in the sentence.
"""
from __future__ import annotations

import lzma
import random
from bisect import bisect
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Collection, Sequence

from empirics.question_formation.grammars import CorpusError, published
from numerics.entropy import Grammar

MOST_REPEATS = 10_000           # draws in a row that may repeat lines before `generate` gives up finding a new one


@lru_cache(maxsize=16)
def roles(grammar: Grammar) -> dict[str, str]:
    """word -> Det, N, Aux, ...: its category without the number. A word with two roles has no determined question."""
    out: dict[str, str] = {}
    for c, words in grammar.lexicon.items():
        for w in words:
            if out.setdefault(w, c.removesuffix("_S").removesuffix("_P")) != c.removesuffix("_S").removesuffix("_P"):
                raise CorpusError(f"the word {w!r} of {grammar.name} is a {out[w]} and a {c}: questions would be ambiguous")
    return out


def main_auxiliary(kinds: Sequence[str]) -> int:
    """Where the main clause's auxiliary stands: after Det N, Det N Prep Det N, or Det N and a relative clause."""
    k = 2
    if kinds[2:3] == ["Prep"]:
        k = 5
    elif kinds[2:3] == ["Rel"]:
        if kinds[3:4] == ["Det"]:                   # Rel Det N Aux V_trans
            k = 7
        else:                                       # Rel Aux V_intrans | Rel Aux V_trans Det N
            k = 5 if kinds[4:5] == ["V_intrans"] else 7
    if kinds[k:k + 1] != ["Aux"]:
        raise CorpusError(f"no main auxiliary in {' '.join(kinds)}")
    return k


def complete(prompt: Sequence[str], grammar: Grammar | None = None) -> str:
    """The line of `declarative . marker`."""
    grammar = grammar or published()
    known = roles(grammar)
    if len(prompt) < 3 or prompt[-2] != "." or prompt[-1] not in ("decl", "quest"):
        raise CorpusError(f"{' '.join(prompt)!r} does not end in '. decl' or '. quest'")
    unknown = [w for w in prompt if w not in known]
    if unknown:
        raise CorpusError(f"the word {unknown[0]!r} is not in the grammar {grammar.name}")
    words = list(prompt[:-2])
    if prompt[-1] == "quest":
        k = main_auxiliary([known[w] for w in words])
        words = [words[k], *words[:k], *words[k + 1:], "?"]
    else:
        words += ["."]
    return f"{' '.join(prompt)}\t{' '.join(words)}"


def prompts(lines: Sequence[str], grammar: Grammar | None = None, where: str = "line") -> list[list[str]]:
    """What precedes the tab, in words; the first line whose output is not the one that the grammar determines is an error."""
    out = []
    for number, line in enumerate(lines, 1):
        prompt = line.split("\t")[0].split(" ")
        try:
            determined = complete(prompt, grammar)
        except CorpusError as error:
            raise CorpusError(f"{where} {number}: {error}") from error
        if determined != line:
            raise CorpusError(f"{where} {number}: the output is {' '.join(line.split(chr(9))[1:])!r}, "
                              f"and {determined.split(chr(9))[1]!r} is determined")
        out.append(prompt)
    return out


def read_lines(path: Path | str) -> list[str]:
    """The lines of a file in this format, plain or .xz. Only the format is checked; `prompts` checks words and outputs."""
    path = Path(path)
    try:
        with (lzma.open(path, "rt", encoding="utf-8") if path.suffix == ".xz" else path.open(encoding="utf-8")) as file:
            lines = file.read().split("\n")
    except OSError as error:
        raise CorpusError(f"cannot read {path}: {error.strerror or error}") from error
    except (lzma.LZMAError, EOFError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path} is damaged: {error}") from error
    if lines and not lines[-1]:
        lines.pop()
    if not lines:
        raise CorpusError(f"{path} is empty")
    for number, line in enumerate(lines, 1):
        halves = line.split("\t")
        if len(halves) != 2 or not halves[0].endswith((" . decl", " . quest")) or not halves[1].endswith((" .", " ?")):
            raise CorpusError(f"{path}, line {number}: not of the form 'declarative . (decl|quest) TAB output (.|?)'")
    return lines


# ---------------------------------------------------------------- drawing lines

class Sampler:
    """Draws sentences of a grammar: the same ones for the same seed, on every machine."""

    def __init__(self, grammar: Grammar, seed: int):
        self.random = random.Random(seed).random
        self.start = grammar.start
        options = {a: [(q, right) for q, right in rules] for a, rules in grammar.rules.items()}
        options |= {c: [(q, w) for w, q in words.items()] for c, words in grammar.lexicon.items()}
        # running totals without the last: what rounding leaves over goes to the last option
        self.table = {a: ([float(x) for x in accumulate(q for q, _ in found)][:-1], [r for _, r in found])
                      for a, found in options.items()}
        self.categories = set(grammar.lexicon)

    def draw(self) -> list[str]:
        out, stack = [], [self.start]
        while stack:
            symbol = stack.pop()
            totals, choices = self.table[symbol]
            chosen = choices[bisect(totals, self.random())] if totals else choices[0]
            if symbol in self.categories:
                out.append(chosen)
            else:
                stack += reversed(chosen)
        return out


def generate(grammar: Grammar, lines: int, seed: int, unique: bool = False, exclude: Collection[str] = ()) -> list[str]:
    """So many lines drawn from the grammar. unique: a line drawn before is discarded (the original files are made so), as are the
    lines in `exclude` always (a held-out set disjoint from a training set).
    """
    if lines < 1:
        raise CorpusError(f"{lines} lines cannot be generated: ask for at least one")
    sampler, out, seen, repeats = Sampler(grammar, seed), [], set(exclude), 0
    while len(out) < lines:
        line = complete(sampler.draw(), grammar)
        if line in seen:
            repeats += 1
            if repeats > MOST_REPEATS:
                raise CorpusError(f"the grammar {grammar.name} gave {len(out):,} lines and then only repetitions: ask for fewer")
            continue
        repeats = 0
        if unique:
            seen.add(line)
        out.append(line)
    return out
