"""A grammar read from left to right: the exact distribution of the next word after any prefix.

A state is a belief over what is still to come (stacks of symbols with exact probabilities). Prefixes that leave the same belief
share a state, so sentences with several derivations are added up, never counted twice: a path through the states is a
*sentence*. Entropies of paths are therefore entropies of sentences, whether or not the grammar is ambiguous.
"""
from __future__ import annotations

import math
from fractions import Fraction
from typing import NamedTuple, Sequence

from numerics.entropy.grammar import Graded, Grammar, GrammarError, add
from numerics.entropy.logs import Logs

MOST_STATES = 50_000
Stack = tuple[str, ...]
Belief = dict[Stack, Fraction]


class Arc(NamedTuple):
    """Any of these words comes next, each with probability `each`, and leads to the state `to`."""

    words: tuple[str, ...]
    each: Fraction
    to: int


class State(NamedTuple):
    arcs: tuple[Arc, ...]
    stop: Fraction                  # the probability that the sentence ends here


class Automaton:
    """states[0] is the beginning. Words that every category weighs alike are kept together."""

    def __init__(self, grammar: Grammar):
        self.grammar = grammar
        alike: dict[tuple, list[str]] = {}
        for w in grammar.words():
            profile = tuple((c, words[w]) for c, words in grammar.lexicon.items() if w in words)
            alike.setdefault(profile, []).append(w)
        self._alike = [(dict(profile), tuple(words)) for profile, words in alike.items()]
        self._number: dict[frozenset, int] = {}
        self._beliefs: list[Belief] = []
        self.states: list[State] = []
        self._enter(self._expand({(grammar.start,): Fraction(1)}))
        while len(self.states) < len(self._beliefs):
            self.states.append(self._state(self._beliefs[len(self.states)]))
        del self._number, self._beliefs
        self._tables: dict[int, dict[str, tuple[Fraction, int]]] = {}

    def _expand(self, belief: Belief) -> Belief:
        """Rules applied to the first symbol until every stack is empty or begins with a category."""
        out: Belief = {}
        todo = list(belief.items())
        while todo:
            stack, p = todo.pop()
            if stack and stack[0] in self.grammar.rules:
                todo += [(right + stack[1:], p * q) for q, right in self.grammar.rules[stack[0]]]
            else:
                out[stack] = out.get(stack, Fraction(0)) + p
        return out

    def _enter(self, belief: Belief) -> int:
        key = frozenset(belief.items())
        if key not in self._number:
            if len(self._beliefs) >= MOST_STATES:
                raise GrammarError(f"the grammar {self.grammar.name} has more than {MOST_STATES:,} states: too many")
            self._number[key] = len(self._beliefs)
            self._beliefs.append(belief)
        return self._number[key]

    def _state(self, belief: Belief) -> State:
        arcs, fronts = [], {s[0] for s in belief if s}
        after: dict[tuple, int] = {}
        for weights, words in self._alike:
            joint = {s: p * weights[s[0]] for s, p in belief.items() if s and s[0] in weights}
            if joint:
                each = sum(joint.values())
                # what follows depends on the words only through the posterior over categories
                posterior = tuple((c, weights[c] / each) for c in sorted(fronts & set(weights)))
                if posterior not in after:
                    left: Belief = {}
                    for s, p in joint.items():
                        left[s[1:]] = left.get(s[1:], Fraction(0)) + p / each
                    after[posterior] = self._enter(self._expand(left))
                arcs.append(Arc(words, each, after[posterior]))
        return State(tuple(arcs), belief.get((), Fraction(0)))

    # ------------------------------------------------------------ using it

    def pass_forward(self) -> tuple[Graded, list[tuple[Fraction, Logs]]]:
        """Sentences by number of words, with their expected -log p on that event; and per position t = 1, 2, ...: the probability
        that a sentence has t - 1 words or more, and the expected conditional entropy of what comes next on that event.
        """
        here: dict[int, tuple[Fraction, Logs]] = {0: (Fraction(1), Logs())}
        ended: Graded = {}
        positions = []
        while here:
            following: dict[int, tuple[Fraction, Logs]] = {}
            conditional = Logs()
            words = len(positions)
            for k, (mass, h) in here.items():
                state = self.states[k]
                if state.stop:
                    surprise = Logs.log(state.stop) * -state.stop
                    add(ended, words, mass * state.stop, h * state.stop + surprise * mass)
                    conditional = conditional + surprise * mass
                for arc in state.arcs:
                    p = arc.each * len(arc.words)
                    surprise = Logs.log(arc.each) * -p
                    add(following, arc.to, mass * p, h * p + surprise * mass)
                    conditional = conditional + surprise * mass
            positions.append((sum((mass for mass, _ in here.values()), Fraction(0)), conditional))
            here = following
        return ended, positions

    def surprises(self, sentence: Sequence[str]) -> list[float]:
        """-log p of each word given those before it, then of the end, in nats. A sentence the grammar cannot make is an error."""
        out, k = [], 0
        for t, w in enumerate(sentence):
            if k not in self._tables:
                self._tables[k] = {v: (arc.each, arc.to) for arc in self.states[k].arcs for v in arc.words}
            if w not in self._tables[k]:
                before = " ".join(sentence[:t]) or "the beginning"
                raise GrammarError(f"the word {w!r} cannot follow {before!r} in {self.grammar.name}")
            p, k = self._tables[k][w]
            out.append(-math.log(p))
        if not self.states[k].stop:
            raise GrammarError(f"{' '.join(sentence)!r} is no whole sentence of {self.grammar.name}")
        return out + [-math.log(self.states[k].stop)]
