"""The grammars, read from grammar.json: the published one, one fitted to the original files, and three tuned in entropy.

A sentence of a grammar is what a line is conditioned on: `declarative . marker`. The output that follows is determined by it, as
long as it without the marker, and an end mark closes the line: a sentence of w words makes a line of 2 w tokens under the loss.
The published grammar has no marker; `decl` and `quest` are taken to be equally likely.

Nothing is built at import. A file says `"weights": "relative"` where its weights are to be divided by their sum, as grammar.json
does; without it they must sum to 1, and what does not is refused: a slip of the pen must not pass for a scale.
"""
from __future__ import annotations

import json
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Mapping

from numerics.entropy import Grammar, GrammarError
from theory.claim import WellposedError

DATA = Path(__file__).with_name("grammar.json")
PER_WORD, EXTRA = 2, 0


class CorpusError(WellposedError):
    """A grammar, file or vocabulary of Question-Formation lines that cannot be used: one line that says what and where."""


def load(path: Path | None = None) -> dict[str, Any]:
    """The tables of a grammar file; of grammar.json where none is given."""
    path = path or DATA
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CorpusError(f"cannot read the grammars in {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise CorpusError(f"{path} is no JSON: {str(error).splitlines()[0]}") from error
    if not isinstance(found, dict):
        raise CorpusError(f"{path} holds no grammar: an object with start, rules and lexicon is wanted")
    return found


def build(rules: Mapping[str, Any], lexicon: Mapping[str, Any], name: str, relative: bool = True) -> Grammar:
    """A grammar from tables. relative: the weights are divided by their sum, else they must sum to 1 (bare words are equally
    likely in any case). What is wrong with them is a CorpusError."""
    try:
        if relative:
            return Grammar.relative(rules["start"], rules["rules"], lexicon, per_word=PER_WORD, extra=EXTRA, name=name)
        exact = {a: tuple((q, tuple(right.split() if isinstance(right, str) else right)) for q, right in options)
                 for a, options in rules["rules"].items()}
        words = {c: raw if isinstance(raw, Mapping) else {w: Fraction(1, len(raw)) for w in raw} for c, raw in lexicon.items()}
        return Grammar(rules["start"], exact, words, per_word=PER_WORD, extra=EXTRA, name=name)
    except GrammarError as error:
        said = str(error).replace("build the grammar with Grammar.relative", 'declare them as "weights": "relative"')
        raise CorpusError(f"the grammar {name}: {said}") from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CorpusError(f"the grammar {name} needs a start, rules as [[weight, right side], ..] and words ({error})") from error


def _relative(data: Mapping[str, Any], path: Path) -> bool:
    said = data.get("weights", "exact") if isinstance(data, Mapping) else None
    if said not in ("relative", "exact"):
        raise CorpusError(f'{path}: "weights" is "relative", or "exact" where they sum to 1, not {said!r}')
    return said == "relative"


@cache
def read_grammar(path: Path) -> Grammar:
    """A grammar file of a user: start, rules, lexicon, and whether the weights are relative."""
    data = load(path)
    relative = _relative(data, path)
    if "lexicon" not in data:
        raise CorpusError(f"{path} has no lexicon: give every category its words")
    return build(data, data["lexicon"], path.name, relative)


def _ours(key: str) -> Grammar:
    data = load()
    try:
        return build(data[key], data["lexicon"], key, _relative(data, DATA))
    except KeyError as error:
        raise CorpusError(f"{DATA} has no {error}: it was changed; restore it") from error


@cache
def published() -> Grammar:
    return _ours("published")


@cache
def fitted() -> Grammar:
    """Fitted to the first 20,000 training lines (`fit.fit`); draws of it, repetitions discarded, look like those files."""
    return _ours("fitted")


@cache
def tuned(target: float) -> Grammar:
    """The published rules with other words, so that a token has about `target` nats: templates and lengths stay as they are."""
    data = load()
    if str(float(target)) not in data.get("tuned", {}):
        raise CorpusError(f"no grammar is tuned to {target} nats a token: {DATA.name} has {', '.join(data.get('tuned', {}))}")
    try:
        change = data["tuned"][str(float(target))]
        lexicon = {c: dict.fromkeys(words, 1) for c, words in data["lexicon"].items()}
        for c, size in change.get("sizes", {}).items():
            # further words are invented: the category and a running number
            lexicon[c] |= {f"{c.lower()}{k}": 1 for k in range(len(lexicon[c]) + 1, size + 1)}
        for c, weights in change.get("weights", {}).items():
            lexicon[c] |= weights
    except (KeyError, TypeError, AttributeError) as error:
        raise CorpusError(f"{DATA}: the grammar tuned to {target} is damaged ({error}); restore it") from error
    return build(data["published"], lexicon, f"tuned to {target}", _relative(data, DATA))
