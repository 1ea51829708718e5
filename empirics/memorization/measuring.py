"""How many contexts the encoders memorise: learning rates tuned, then a search per seed, as one list of trials that says all.

Every learning rate is tried at the widths up to `tune`; wider models, where a trial is dear, take the best one there.

A trial is one model trained on one data set: {"task", "text", "rule", "width", "parameters", "seed", "rate", "k", "contexts",
"labels", "wrong", "step"}; k is the place on the search's grid, `wrong` the fewest wrong labels seen and `step` when. `measure`
makes them in an order that depends on their outcomes alone, so that a run that kept its finished trials (`Kept`) goes on where it
was stopped.
"""
from __future__ import annotations

from typing import Any, Callable, Iterable, Mapping, Sequence

from empirics.memorization.data import TEXTS
from empirics.memorization.keeping import Found, train
from empirics.memorization.search import LEAST, following, size
from empirics.memorization.shape import Shape
from theory.claim import StoreError

TASKS = ("token", "sequence")
TOGETHER = 90_000       # contexts times squared width that train as one batch: small models gain by company, large ones not
Trial = dict[str, Any]
Train = Callable[[Mapping[str, Any]], list[Found]]


def measure(c: Mapping[str, Any], seed: int, run: Train = train) -> dict[str, Any]:
    """Every cell (task, text, width), then the control on labels that follow a rule. The raw figures of the record."""
    seeds = [1000 * seed + s for s in range(c["seeds"])]
    trials: list[Trial] = []
    for text in TEXTS:
        tasks = [task for task in TASKS if c["widths"].get(task, {}).get(text)]
        rates = dict.fromkeys(tasks, c["rates"])
        for width in sorted({w for task in tasks for w in c["widths"][task][text]}):
            for task in tasks:
                if width in c["widths"][task][text]:
                    made, best = _cell(c, task, text, width, seeds, rates[task], run)
                    trials += made
                    if width >= c["tune"]:
                        rates[task] = [best]
        for task in tasks:
            trials += _control(c, task, text, seeds, run)
    return {"trials": trials, **{k: c[k] for k in ("length", "vocabulary", "classes", "error", "steps")}}


def pairs(c: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(task, text) of a configuration."""
    return [(task, text) for text in TEXTS for task in TASKS if c["widths"].get(task, {}).get(text)]


def _cell(c: Mapping[str, Any], task: str, text: str, width: int, seeds: Sequence[int], rates: Sequence[float],
          run: Train) -> tuple[list[Trial], float]:
    """All these learning rates at the first guess; the best in sum over the seeds goes on, in a search for each seed."""
    guess = c["guess"][task][str(width)]
    out = _batch(c, task, text, "random", width, guess, [(s, 0, rate) for rate in rates for s in seeds], run)
    first = {rate: select(out, rate=rate) for rate in rates}
    best = min(first, key=lambda rate: (sum(t["wrong"] for t in first[rate]), rate))
    found = {t["seed"]: {0: passed(t, c["error"])} for t in first[best]}
    while places := {s: k for s in seeds if (k := following(found[s])) is not None}:
        for s, k in places.items():
            if size(guess, k) == LEAST == size(guess, min(found[s])) and not any(found[s].values()):
                raise StoreError(f"a model of width {width} does not memorise {LEAST} contexts in {c['steps'][str(width)]} "
                                 f"steps: take more steps")
        more = _batch(c, task, text, "random", width, guess, [(s, k, best) for s, k in places.items()], run)
        for t in more:
            found[t["seed"]][t["k"]] = passed(t, c["error"])
        out += more
    return out, best


def _control(c: Mapping[str, Any], task: str, text: str, seeds: Sequence[int], run: Train) -> list[Trial]:
    """Labels that follow a rule, as many as each width is first offered: the narrowest model first, wider ones where it fails."""
    out, widths = [], sorted(map(int, c["guess"][task]))
    for guess in sorted(c["guess"][task].values()):
        open_ = list(seeds)
        for width in widths:
            for rate in c["rates"]:
                if open_:
                    made = _batch(c, task, text, "simple", width, guess, [(s, 0, rate) for s in open_], run)
                    open_ = [t["seed"] for t in made if not passed(t, c["error"])]
                    out += made
    return out


def _batch(c: Mapping[str, Any], task: str, text: str, rule: str, width: int, guess: int,
           places: Sequence[tuple[int, int, float]], run: Train) -> list[Trial]:
    """places: seed, place on the grid and learning rate of each model."""
    models = [(s, size(guess, k), rate) for s, k, rate in places]
    group = max(1, TOGETHER // (max(n for _, n, _ in models) * width ** 2))
    found = []
    for at in range(0, len(models), group):
        found += run({"task": task, "text": text, "rule": rule, "width": width, "models": models[at:at + group],
                      "steps": c["steps"][str(width)], **{k: c[k] for k in ("length", "vocabulary", "classes")}})
    parameters = Shape(width, c["length"], c["vocabulary"], c["classes"], task == "sequence").parameters()
    return [{"task": task, "text": text, "rule": rule, "width": width, "parameters": parameters, "seed": s, "rate": rate, "k": k,
             "contexts": n, **f} for (s, k, rate), (_, n, _), f in zip(places, models, found)]


def passed(trial: Mapping[str, Any], error: float) -> bool:
    """Memorised: at most this share of the labels is wrong."""
    return trial["wrong"] <= error * trial["labels"]


def select(trials: Iterable[Trial], **fields: Any) -> list[Trial]:
    """The trials whose fields have these values."""
    return [t for t in trials if all(t[k] == v for k, v in fields.items())]
