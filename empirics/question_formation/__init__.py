"""Question-Formation (Section 6.3 of niu2024): the grammar as data, a generator, the files' format, and its entropy.

  grammars    PUBLISHED, FITTED (to the original files) and tuned(0.5 | 1.0 | 1.5) nats a token, from grammar.json
  lines       generate, complete (the determined output), read_lines, prompts (checks every output)
  corpus      vocabulary, encode, Corpus: token ids for training
  shapes, fit, statistics    what the original files look like, a grammar fitted to them, where they leave the published grammar

`python -m empirics.question_formation [FILES]` prints the entropies. The original files carry no licence and are not shipped.
"""
from empirics.question_formation.corpus import EOS, PAD, SOS, SPECIALS, Corpus, decode, encode, vocabulary
from empirics.question_formation.grammars import CorpusError, fitted, published, tuned
from empirics.question_formation.lines import complete, generate, prompts, read_lines
from empirics.question_formation.statistics import estimate
from numerics.entropy import Grammar

__all__ = ["EOS", "FITTED", "PAD", "PUBLISHED", "SOS", "SPECIALS", "Corpus", "CorpusError", "complete", "decode", "encode",
           "estimate", "fitted", "generate", "prompts", "published", "read_lines", "tuned", "vocabulary"]


def __getattr__(name: str) -> Grammar:
    """PUBLISHED and FITTED, built when they are first asked for: a damaged grammar.json is a CorpusError then, and none at
    import."""
    if name in ("PUBLISHED", "FITTED"):
        return published() if name == "PUBLISHED" else fitted()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
