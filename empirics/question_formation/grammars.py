"""The grammars, read from grammar.json: the published one, one fitted to the original files, and three tuned in entropy.

A sentence of a grammar is what a line is conditioned on: `declarative . marker`. The output that follows is determined by it, as
long as it without the marker, and an end mark closes the line: a sentence of w words makes a line of 2 w tokens under the loss.
The published grammar has no marker; `decl` and `quest` are taken to be equally likely.
"""
from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Mapping

from numerics.entropy import Grammar, GrammarError
from theory.claim import WellposedError

DATA = Path(__file__).with_name("grammar.json")
PER_WORD, EXTRA = 2, 0


class CorpusError(WellposedError):
    """A grammar, file or vocabulary of Question-Formation lines that cannot be used: one line that says what and where."""


def load(path: Path = DATA) -> dict[str, Any]:
    """The tables of a grammar file."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CorpusError(f"cannot read the grammars in {path}: {error.strerror}") from error
    except ValueError as error:
        raise CorpusError(f"{path} is no JSON: {str(error).splitlines()[0]}") from error


def build(rules: Mapping[str, Any], lexicon: Mapping[str, Any], name: str) -> Grammar:
    """A grammar from tables of relative weights; what is wrong with them is a CorpusError."""
    try:
        return Grammar.relative(rules["start"], rules["rules"], lexicon, per_word=PER_WORD, extra=EXTRA, name=name)
    except GrammarError as error:
        raise CorpusError(f"the grammar {name}: {error}") from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CorpusError(f"the grammar {name} needs a start, rules as [[weight, right side], ..] and words ({error})") from error


@cache
def published() -> Grammar:
    data = load()
    return build(data["published"], data["lexicon"], "published")


@cache
def fitted() -> Grammar:
    """Fitted to the first 20,000 training lines (`fit.fit`); draws of it, repetitions discarded, look like those files."""
    data = load()
    return build(data["fitted"], data["lexicon"], "fitted")


@cache
def tuned(target: float) -> Grammar:
    """The published rules with other words, so that a token has about `target` nats: templates and lengths stay as they are."""
    data = load()
    if str(float(target)) not in data["tuned"]:
        raise CorpusError(f"no grammar is tuned to {target} nats a token: {DATA.name} has {', '.join(data['tuned'])}")
    change = data["tuned"][str(float(target))]
    lexicon = {c: dict.fromkeys(words, 1) for c, words in data["lexicon"].items()}
    for c, size in change.get("sizes", {}).items():
        # further words are invented: the category and a running number
        lexicon[c] |= {f"{c.lower()}{k}": 1 for k in range(len(lexicon[c]) + 1, size + 1)}
    for c, weights in change.get("weights", {}).items():
        lexicon[c] |= weights
    return build(data["published"], lexicon, f"tuned to {target}")


PUBLISHED, FITTED = published(), fitted()
