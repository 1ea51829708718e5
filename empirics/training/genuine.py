"""Printed claims are decided by the paper's own configuration, and by nothing else that bears its experiments' names."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from empirics.training import TrainingError, jobs


def genuine(name: str, analyse: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The analysis, of the paper's own configuration only: a record of anything else is refused with one line. What may differ
    is the seed, the file that holds the tokens, and in how many parts a batch is computed."""
    def strict(raw: Mapping[str, Any]) -> Any:
        from empirics.training import paper
        experiment = next(e for e in paper.EXPERIMENTS if e.name == name)
        expected = {job["name"]: job for job in paper.PLANNED[name](experiment.configuration, experiment.seed)}
        found = {job["name"]: job for job in raw["jobs"]}
        if set(found) != set(expected) or set(raw["runs"]) != set(expected):
            raise TrainingError(f"this record of {name} decides no printed claim: it has other runs ({', '.join(found)}) than "
                                f"the paper's configuration ({', '.join(expected)})")
        for key, job in expected.items():
            odd = _departures(job, found[key], raw["runs"][key])
            if odd:
                raise TrainingError(f"this record of {name} decides no printed claim: {key} has another {odd[0]} than the "
                                    "paper's configuration; keep records of other settings in another folder (--records)")
        return analyse(raw)
    return strict


def _departures(expected: Mapping[str, Any], found: Mapping[str, Any], run: Mapping[str, Any]) -> list[str]:
    """What of a recorded job and its run is not the paper's."""
    def plan(job):
        return {k: v for k, v in job["plan"].items() if k not in ("part", "seed")}
    odd = [k for k in ("tokens", "held_out", "lines", "grammar", "recall") if found.get(k) != expected.get(k)]
    for what, a, b in (("model", expected["model"], found["model"]), ("plan", plan(expected), plan(found))):
        odd += [f"{k} of the {what}" for k in {**a, **b} if a.get(k) != b.get(k)]
    if "grammar" not in expected:
        from empirics.gpt2.sources import OPENWEBTEXT
        if run["tokens"] != expected["tokens"]:
            odd.append("number of tokens in the run")
        if run.get("source") != OPENWEBTEXT or (found["kind"] == "text" and found["source"] != OPENWEBTEXT):
            odd.append("text")
        if found.get("tokenizer", "gpt2") != "gpt2":
            odd.append("tokenizer")
    elif run.get("source") != f"grammar {expected['grammar']}":
        odd.append("grammar in the run")
    if run["parameters"] != parameters(expected):
        odd.append("number of parameters")
    return odd


def parameters(job: Mapping[str, Any]) -> int:
    """Of the model that the job describes, by the formula of `gpt2.shapes`."""
    from empirics.gpt2.shapes import count, sibling
    from empirics.training.model import vanilla
    if "grammar" not in job:
        return count(sibling(50_257, **job["model"]))
    from empirics import question_formation as q
    words = len(q.vocabulary(jobs.grammar_named(job["grammar"]))) + len(q.SPECIALS)
    return count(vanilla(words, 64, **job["model"]))
