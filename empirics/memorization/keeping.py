"""Training with a memory: finished models are lines of a file, so that a run that was stopped or killed goes on where it was."""
from __future__ import annotations

import json
import os
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, Callable, Mapping

from empirics.memorization.data import data
from empirics.memorization.shape import Shape
from theory.claim import StoreError, WellposedError

Found = dict[str, int]              # of a model: {"wrong", "labels", "step"}


class OutOfTime(WellposedError):
    """The time that a run was given is used up; what is finished is kept."""


def train(request: Mapping[str, Any], device: str = "cpu") -> list[dict[str, int]]:
    """One batch of models: `models` has (seed, contexts, learning rate) of each. The outcome depends on the request alone."""
    from empirics.memorization.training import fit          # torch: only who measures needs it
    r = request
    shape = Shape(r["width"], r["length"], r["vocabulary"], r["classes"], r["task"] == "sequence")
    sets = [data(r["text"], r["rule"], shape.sequence, n, r["length"], r["vocabulary"], r["classes"], seed)
            for seed, n, _ in r["models"]]
    seeds, _, rates = zip(*r["models"])
    return [asdict(f) for f in fit(sets, shape, seeds, rates, r["steps"], device)]


class Kept:
    """`train` that remembers every model by all that its outcome depends on; what else is in its batch changes nothing. One line
    of the file is one finished batch; a line torn by a kill is done anew.

    seconds: when this much time is used up, the next batch that needs training raises OutOfTime. say: called with a line of it.
    """

    def __init__(self, path: Path, seconds: float | None = None, device: str = "cpu",
                 say: Callable[[str], object] = lambda line: None):
        self.path, self.device, self.say = path, device, say
        self.until = None if seconds is None else time.monotonic() + seconds
        self.done: dict[str, Found] = {}
        self.seconds = 0.0          # of training, in all runs
        if path.exists():
            whole = path.read_bytes()
            sound = whole[:whole.rfind(b"\n") + 1]
            for number, line in enumerate(sound.split(b"\n")[:-1], 1):
                try:
                    held = json.loads(line)
                    self._remember(held["request"], held["found"], held["seconds"])
                except (ValueError, KeyError, TypeError) as error:
                    raise StoreError(f"{path}, line {number}, is no finished batch: remove the line or the file") from error
            torn = whole[len(sound):]
            if torn and not torn.startswith(b'{"found"'[:len(torn)]):        # somebody else's file: nothing of it is removed
                raise StoreError(f"{path} ends in what is no batch: give another --log, or remove the file")
            if torn:
                os.truncate(path, len(sound))

    def _remember(self, request: Mapping[str, Any], found: list[Found], seconds: float) -> None:
        self.done |= {_key(request, model): f for model, f in zip(request["models"], found, strict=True)}
        self.seconds = round(self.seconds + seconds, 2)

    def __call__(self, request: Mapping[str, Any]) -> list[Found]:
        new = {**request, "models": [m for m in request["models"] if _key(request, m) not in self.done]}
        if new["models"]:
            if self.until is not None and time.monotonic() > self.until:
                raise OutOfTime(f"{len(self.done)} models are trained and kept in {self.path}; run again to go on")
            start = time.perf_counter()
            found = train(new, self.device)
            seconds = round(time.perf_counter() - start, 2)
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"request": new, "found": found, "seconds": seconds}, sort_keys=True) + "\n")
            self._remember(new, found, seconds)
            self.say(f"{new['task']}, {new['text']}, {new['rule']} labels, width {new['width']}, {seconds} s: " + "; ".join(
                f"{n} at {rate}: {100 * f['wrong'] / f['labels']:.2f} %" for (_, n, rate), f in zip(new["models"], found)))
        return [self.done[_key(request, m)] for m in request["models"]]


def _key(request: Mapping[str, Any], model: Any) -> str:
    return json.dumps({**request, "models": list(model)}, sort_keys=True)
