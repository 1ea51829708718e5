"""memorizer.trained: how many random labels small trained Transformers hold, against their parameters (kim2023, K19).

`python -m empirics.memorization` measures and writes the record.

Fixed before the run. Theory: O~(sqrt(nN)) parameters *suffice*, by construction, so the parameters needed grow like labels^(1/2),
up to logarithms. Rival: a trained network holds a fixed number of bits per parameter, so that they grow like labels^1 (a fixed
cost of narrow models lowers that a little). Control: the same search with labels that follow a rule; no memory is needed for
them, and their exponent must come out near 0.

K19 speaks of token and of sequence classification. The claim's quantity `exponent` is that of token classification on real text:
a rate that fails there is not verified by the experiments, whatever the other task says. Support would need both: see `sequence`.

What it cannot tell: a trained network shows what Adam reached in `steps` steps, an upper bound of what is needed. An exponent
near 1 does not contradict that fewer parameters suffice; it says that the experiment does not show the theory's rate.
"""
from __future__ import annotations

from typing import Any, Mapping

from empirics.experiment import Experiment, Rival
from empirics.memorization.analysis import NARROW, analyse
from empirics.memorization.data import data
from empirics.memorization.keeping import train
from empirics.memorization.measuring import Train, measure, pairs
from theory.terms import num

PAPER = "kim2023"
LINEAR = Rival("a fixed number of bits per parameter: parameters grow like the labels, a little slower where models are narrow",
               num(7) / 10, num(11) / 10)
ROOT = Rival("the construction's law: parameters grow like the square root of the labels", num(2) / 5, num(3) / 5)
CONFIGURATION: Mapping[str, Any] = {
    "widths": {"token": {"random": [4, 6, 8, 12], "novels": [4, 6, 8, 12]}, "sequence": {"random": [4, 6], "novels": [4, 6, 8]}},
    # contexts that a search starts from; where it starts does not decide where it ends
    "guess": {"token": {"4": 32, "6": 105, "8": 190, "12": 430}, "sequence": {"4": 320, "6": 800, "8": 1300}},
    # full-batch steps by width: in a pilot width 4 stored 30 contexts of 8 tokens in 1500 steps and 40 in 3000, and width 8
    # memorised what it was offered in either
    "steps": {"4": 4500, "6": 1500, "8": 1500, "12": 1500},
    "seeds": 3, "rates": [0.02, 0.04, 0.08], "tune": 6, "length": 8, "vocabulary": 32, "classes": 4, "error": 0.005,
    "constructed": [32, 64, 128, 256, 512, 1024]}
SMALL: Mapping[str, Any] = {         # about 10 s: for tests, and to see the machinery work; no evidence
    "widths": {"token": {"novels": [4, 8]}}, "guess": {"token": {"4": 6, "8": 16}},
    "seeds": 2, "rates": [0.04, 0.08], "tune": 4, "steps": {"4": 150, "8": 120}, "constructed": [8, 16]}


def measured(c: Mapping[str, Any], seed: int, run: Train = train) -> dict[str, Any]:
    """The trials, and the construction's parameters on the same contexts."""
    return {**measure(c, seed, run), "constructed": built(c, seed)}


def built(c: Mapping[str, Any], seed: int) -> list[dict[str, Any]]:
    """Parameters of the exact construction. Its sequence classification does not see the order of tokens, so of contexts that are
    rearrangements of one another it gets the first."""
    from numerics.memorizer import Memorizer
    out = []
    for task, text in pairs(c):
        for count in c["constructed"]:
            d = data(text, "random", task == "sequence", count, c["length"], c["vocabulary"], c["classes"], 1000 * seed)
            tokens, labels = d.tokens, d.labels
            if task == "sequence":
                seen: dict[tuple[int, ...], int] = {}
                for i, row in enumerate(tokens.tolist()):
                    seen.setdefault(tuple(sorted(row)), i)
                tokens, labels = tokens[list(seen.values())], labels[list(seen.values())]
            made = Memorizer.fit(tokens, labels, setting="sequence" if task == "sequence" else "positional").parameters()
            out.append({"task": task, "text": text, "contexts": len(tokens), "labels": int(labels.size), "nonzero": made.nonzero,
                        "dense": made.dense, "bits": made.total_bits})
    return out


# What the figures depend on, and no more: `exact`, `instances`, drawings and command may change without an hour's training.
SOURCES = (*(f"empirics/memorization/{name}.py" for name in (
    "analysis", "data", "encoder", "experiment", "keeping", "measuring", "search", "shape", "training")),
    "empirics/curves.py", "empirics/data/novels_small.txt.xz", "numerics/memorizer")

TRAINED = Experiment(
    "memorizer.trained", measured, analyse,
    {"exponent": f"labels that follow a rule (a token's symbol modulo the number of classes), and {NARROW}",
     "sequence": f"labels that follow a rule (the first token's symbol modulo the number of classes), and {NARROW}",
     "synthetic": f"labels that follow a rule, on random tokens, and {NARROW}",
     "within": f"labels that follow a rule, and {NARROW}",
     "bits": f"labels that follow a rule, counted as if they were random, and {NARROW}"},
    {f"{PAPER}.abstract.experiments": LINEAR, f"{PAPER}.abstract.experiments.amended": ROOT,
     f"{PAPER}.abstract.experiments.within": Rival("trained networks need more than the theory's bound", num(1), None)},
    CONFIGURATION, sources=SOURCES, packages=("torch",), offline=False)

EXPERIMENTS = (TRAINED,)
