"""Entropy: exactly, of the sentences of a weighted grammar without recursion and of finite lists; estimated, of samples.

  logs         sums of rational multiples of logarithms, with exact equality
  grammar      grammars as plain data, checked; derivations and templates
  automaton    a grammar read from left to right: the exact next-word distribution after any prefix
  information  nats per line, per token (over a corpus, or over batches), per position; of lists learnt by heart
  estimate     bias-corrected entropy of samples through their parse, with intervals

All entropies are in nats. Nothing here knows which grammar or which paper it serves.
"""
from numerics.entropy.automaton import Automaton
from numerics.entropy.estimate import Estimate, chao_shen, estimate, jackknife, miller_madow, plug_in, plug_in_per_token, tag
from numerics.entropy.grammar import Grammar, GrammarError, derivations, templates
from numerics.entropy.information import (Lines, Position, ambiguity, derivation_entropy, entropy_per_token, lines_of,
                                          lines_of_list, list_entropy_per_token, per_position)
from numerics.entropy.logs import Exact, Logs

__all__ = ["Automaton", "Estimate", "Exact", "Grammar", "GrammarError", "Lines", "Logs", "Position", "ambiguity", "chao_shen",
           "derivation_entropy", "derivations", "entropy_per_token", "estimate", "jackknife", "lines_of", "lines_of_list",
           "list_entropy_per_token", "miller_madow", "per_position", "plug_in", "plug_in_per_token", "tag", "templates"]
