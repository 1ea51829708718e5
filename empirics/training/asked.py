"""What a user asks for, looked at before anything is trained: jobs, and folders that results go into."""
from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from empirics import experiment
from empirics.training import TrainingError
from theory.claim import StoreError

Job = Mapping[str, Any]
NEEDS = {"grammar": ("grammar", "lines", "seed"), "list": ("grammar", "lines", "seed"),
         "text": ("source", "tokenizer", "tokens", "held_out"), "tokens": ("file", "tokens", "held_out")}
TOKENIZERS = ("characters", "gpt2")
WHOLE = {"job": ("lines", "seed", "tokens", "held_out", "recall"), "model": ("length", "layers", "width", "heads"),
         "plan": ("steps", "batch", "part", "warmup", "seed", "evaluate_every", "evaluate", "checkpoint_every")}
NUMBERS = {"model": ("dropout",), "plan": ("rate", "least_rate", "beta1", "beta2", "epsilon", "decay", "clip")}
EMPTY = {"part": None, "hidden": None}          # fields that may say null
LARGEST = 1 << 62                               # of a whole number: beyond it no seed of torch's


def checked(job: Any) -> Job:
    """The job, or a TrainingError that says what it lacks or which field is odd."""
    if not isinstance(job, Mapping) or job.get("kind") not in list(NEEDS):
        raise TrainingError(f"a job is an object whose \"kind\" is one of {', '.join(NEEDS)}")
    missing = [k for k in ("name", "model", "plan", *NEEDS[job["kind"]]) if k not in job]
    if missing:
        raise TrainingError(f"the job {job.get('name', 'without name')} says no {missing[0]}")
    name = job["name"]
    text = [k for k in ("name", "grammar", "source", "file") if k in job and not (isinstance(job[k], str) and job[k])]
    if text:
        raise TrainingError(f"{text[0]} of the job {name} is a text, not {job[text[0]]!r}")
    if not isinstance(job["model"], Mapping) or not isinstance(job["plan"], Mapping):
        raise TrainingError(f"model and plan of the job {name} are objects: see `python -m empirics.training jobs NAME`")
    if job["kind"] in ("text", "tokens") and "length" not in job["model"]:
        raise TrainingError(f"the model of the job {name} needs a whole number for length")
    if job.get("tokenizer", "gpt2") not in TOKENIZERS:
        raise TrainingError(f"there is no tokenizer {job['tokenizer']!r}: {' or '.join(TOKENIZERS)}")
    for where, found in (("job", job), ("model", job["model"]), ("plan", job["plan"])):
        _numbers(name, where, found)
    if type(job["plan"].get("compile", None)) not in (bool, type(None)):
        raise TrainingError(f"compile in the plan of the job {name} is true, false or null, not {job['plan']['compile']!r}")
    return job


def _numbers(name: str, where: str, found: Mapping[str, Any]) -> None:
    """Whole numbers are whole, numbers finite, none negative: what Plan and Shape ask beyond that they say themselves."""
    of = f"of the job {name}" if where == "job" else f"in the {where} of the job {name}"
    for k in (*WHOLE[where], *(("hidden",) if where == "model" else ())):
        if k in found and not (k in EMPTY and found[k] is None) and (type(found[k]) is not int or not 0 <= found[k] <= LARGEST):
            raise TrainingError(f"{k} {of} is a whole number from 0 to 2^62, not {found[k]!r}")
    for k in NUMBERS.get(where, ()):
        if k in found and (type(found[k]) not in (int, float) or not math.isfinite(found[k]) or found[k] < 0):
            raise TrainingError(f"{k} {of} is a number from 0, not {found[k]!r}")


def writable(folder: Path) -> None:
    """Asked before a run that ends hours later with a result to write."""
    try:
        experiment.writable(folder)
    except StoreError as error:
        raise TrainingError(f"{error}; nothing was trained") from error
