"""`training.offline`: what a CPU can decide in two minutes, with models of 30,000 to 160,000 parameters.

Runs, each predicted by the entropy of what it is trained on before it is trained:
  figure 4    the published grammar, vanilla Transformers of 2 and 3 layers (for 6 and 10), d_emb 64; and the grammar fitted to
              the original files
  tuned       grammars of about 0.5, 1.0 and 1.5 nats a token, two seeds each: Proposition 4's 1 for every data set, against
              entropy
  lists       100 and 300 lines learnt by heart: the entropy of the list, far below 1
  ratios      a GPT-2 of 29,344 parameters on the first characters of the shipped novels, with Section 6.2's ratios of parameters
              to tokens (13.8, 1.38, 0.0138), trained well past the 600 steps' worth of epochs of the paper's figure

What this cannot say: anything about GPT-2 small or the 6 and 10 layer models. Those claims wait for `empirics.training.paper`.
Tolerances (0.1 nats around an entropy) were fixed after pilot runs with other seeds.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from empirics.experiment import Experiment, Interval, Rival
from empirics.training import intervals, jobs
from empirics.training.intervals import greatest, hull, least, minus, off, of, over, shifted
from theory.terms import num

NAME = "training.offline"
WORK = Path("build") / "training"
SEED = 20240
PARAMETERS = 29_344         # of the small GPT-2; recorded runs are checked against it
TYPICAL = 600 * 491_520 / 90_000_000        # epochs of 90M tokens in 600 steps of 480 sequences of 1024 tokens
VANILLA = {"width": 64, "heads": 4, "dropout": 0.0}
GPT2 = {"length": 64, "layers": 2, "width": 32, "heads": 2}
RATIOS = {"13.8": 2_126, "1.38": 21_264, "0.0138": 2_126_377}      # PARAMETERS over the ratio
EVERY = {"13.8": 100, "1.38": 92, "0.0138": 250}                   # 92 steps of 12 crops are 3.3 epochs at 1.38


def _lines(steps: int, every: int) -> dict[str, Any]:
    return {"steps": steps, "batch": 32, "rate": 4e-3, "schedule": "linear", "warmup": steps // 10, "beta2": 0.98,
            "evaluate_every": every}


CONFIGURATION: dict[str, Any] = {
    "ratios": {"13.8": 1800, "1.38": 2000, "0.0138": 2500}, "depths": {"2": 900, "3": 800}, "fitted": 700,
    "tuned": {"0.5": 800, "1.0": 700, "1.5": 800},
    "seeds": 2, "lists": {"100": 400, "300": 500}, "lines": 24_000, "tokens": RATIOS, "processes": None}


def planned(c: Mapping[str, Any], seed: int) -> list[dict[str, Any]]:
    """All jobs, the longest first."""
    out = []
    for ratio, steps in sorted(c["ratios"].items(), key=lambda item: -item[1]):
        tokens = c["tokens"][ratio]
        plan = {"steps": steps, "batch": 12, "rate": 1e-2, "schedule": "cosine", "least_rate": 5e-4, "warmup": 50, "seed": seed,
                "evaluate_every": min(steps, EVERY[ratio]), "evaluate": 128}
        out.append({"name": f"ratio {ratio}", "kind": "text", "source": "novels", "tokenizer": "characters", "tokens": tokens,
                    "held_out": min(30_000, max(2_126, tokens // 10)), "recall": 128, "model": GPT2, "plan": plan})
    def grammar(name, kind, which, layers, steps, lines, k):
        plan = {**_lines(steps, max(1, steps // 20)), "seed": seed + k}
        out.append({"name": name, "kind": kind, "grammar": which, "lines": lines, "seed": seed + 100 * k,
                    "model": {**VANILLA, "layers": layers},
                    "plan": plan})
    for k, (layers, steps) in enumerate(sorted(c["depths"].items(), reverse=True)):
        grammar(f"figure 4, {layers} layers", "grammar", "published", int(layers), steps, c["lines"], k)
    grammar("figure 4, fitted", "grammar", "fitted", 2, c["fitted"], c["lines"], 5)
    for target, steps in c["tuned"].items():
        for k in range(c["seeds"]):
            grammar(f"tuned {target}, seed {k + 1}", "grammar", target, 2, steps, c["lines"], 10 + k)
    for lines, steps in c["lists"].items():
        grammar(f"list {lines}", "list", "published", 2, steps, int(lines), 20)
    return out


def entropy_of(job: Mapping[str, Any]) -> float | None:
    """What the entropy of its data predicts for the job's loss, nats a token; None for running text that is not learnt by
    heart."""
    from numerics.entropy import entropy_per_token, list_entropy_per_token
    if job["kind"] == "grammar":
        return round(entropy_per_token(jobs.grammar_named(job["grammar"])).value, 9)
    if job["kind"] == "list":
        return round(list_entropy_per_token(jobs.lines_of(job)).value, 9)
    if job["tokens"] > 10_000:
        return None
    from empirics.training.data import crop_entropy
    data, _ = jobs.streams_of(job)
    return round(crop_entropy(data.stream, data.length), 9)


def measure(c: Mapping[str, Any], seed: int) -> dict[str, Any]:
    wanted = planned(c, seed)
    predicted = {job["name"]: entropy_of(job) for job in wanted}        # before anything is trained
    runs = jobs.perform_all(wanted, processes=c["processes"], folder=WORK / f"{NAME}-{EXPERIMENT.code()[:12]}-{seed}")
    return {"jobs": wanted, "predicted": predicted, "runs": runs, "device": next(iter(runs.values()))["device"]}


def analyse(raw: Mapping[str, Any]) -> dict[str, dict[str, Interval]]:
    """The quantities of the claims, each with its control. The predictions in the record must be those of the data."""
    runs, by_name = raw["runs"], {job["name"]: job for job in raw["jobs"]}
    for name, value in raw["predicted"].items():
        again = entropy_of(by_name[name])
        if (again is None) is not (value is None) or (value is not None and abs(again - value) > 1e-6):
            raise ValueError(f"the entropy of {name} is {again} and not {value}")
    h = raw["predicted"]
    loss = {name: of(run["train"]) for name, run in runs.items()}
    held = {name: of(run["held_out"]) for name, run in runs.items()}
    tuned, lists = [n for n in runs if n.startswith("tuned")], [n for n in runs if n.startswith("list")]
    figure4 = [n for n in runs if n.startswith("figure 4")]
    few, middle, many = (runs[f"ratio {r}"] for r in RATIOS)
    if few["parameters"] != PARAMETERS:
        raise ValueError(f"the small GPT-2 has {few['parameters']} parameters and not {PARAMETERS}")
    by_heart = [*lists, "ratio 13.8"]
    other = {a: max((b for b in tuned), key=lambda b: abs(h[b] - h[a])) for a in tuned}
    rows = {k: intervals.share(**few["recalled"][k]) for k in ("train", "held_out")}
    last = min(runs, key=lambda n: loss[n]["value"])
    typical = min(middle["curve"], key=lambda row: abs(row[1] - TYPICAL * middle["tokens"]))
    return {
        "least": {"measured": least(loss.values()), "control": held[last]},
        "farthest": {"measured": greatest(off(loss[n], 1) for n in tuned), "control": greatest(off(loss[n], 1) for n in figure4)},
        "excess": {"measured": greatest(off(i[n], h[n]) for n in (*tuned, *figure4) for i in (loss, held)),
                   "control": least(off(loss[n], h[other[n]]) for n in tuned)},
        "gap": {"measured": hull(shifted(loss[n], -h[n]) for n in by_heart),
                "control": hull(shifted(held[n], -h[n]) for n in by_heart)},
        "below": {"measured": least(shifted(loss[n], 1, -1) for n in by_heart),
                  "control": greatest(shifted(loss[n], 1, -1) for n in tuned if n.startswith("tuned 1.5"))},
        "ratio_few": {"measured": over(few["train"], few["held_out"]), "control": over(many["train"], many["held_out"])},
        "ratio_many": {"measured": over(many["train"], many["held_out"]), "control": over(few["train"], few["held_out"])},
        "recalled_few": {"measured": rows["train"], "control": rows["held_out"]},
        "recalled_many": {"measured": intervals.share(**many["recalled"]["train"]), "control": rows["train"]},
        "apart": {"measured": minus(middle["held_out"], middle["train"]),
                  "control": minus({"value": typical[4], "error": typical[6]}, {"value": typical[3], "error": typical[5]})}}


CONTROLS = {
    "least": "the same model on held-out data of the same source, which it has not learnt by heart",
    "farthest": "the published grammar, whose entropy happens to be 0.99",
    "excess": "the entropy of another of the grammars put in the place of the right one",
    "gap": "the same models on held-out lines and text",
    "below": "the grammar of 1.5 nats, on more lines than the model has parameters for",
    "ratio_few": "the same model at 0.0138 parameters a token", "ratio_many": "the same model at 13.8 parameters a token",
    "recalled_few": "held-out text", "recalled_many": "the same model at 13.8 parameters a token",
    "apart": "the same run after 3.3 epochs, the typical time"}
TENTH = Fraction(1, 10)


@cache
def _rivals() -> dict[str, Rival]:
    """Ranges that entropy, or the paper's constant, predicts for each quantity: from the exact entropies, rounded to 1e-4."""
    h = {job["name"]: entropy_of(job) for job in planned(CONFIGURATION, SEED)}
    def exact(x):
        return Fraction(round(x * 10_000), 10_000)
    smallest = exact(min(v for v in h.values() if v is not None))
    spread = exact(max(abs(v - 1) for n, v in h.items() if n.startswith("tuned")))
    lists = exact(max(v for n, v in h.items() if v is not None and n.startswith(("list", "ratio"))))
    return {
        "niu2024.abstract.floor.trained": Rival("entropy: the least loss is that of the shortest text, learnt by heart",
                                                num(smallest - TENTH / 2), num(smallest + TENTH)),
        "niu2024.losses_near_one.every_data": Rival("entropy: the loss goes with the grammar", num(spread - TENTH),
                                                    num(spread + TENTH)),
        "niu2024.losses_near_one.entropy": Rival("Proposition 4's 1 whatever the grammar", num(spread - TENTH),
                                                 num(spread + TENTH)),
        "niu2024.remark2.floor": Rival("Proposition 4's floor at 1 holds here too", num(1 - lists - TENTH), None),
        "niu2024.remark1": Rival("the model keeps to Eq. (9), and with Proposition 4 its loss does not fall below 1", None,
                                 num(0)),
        "niu2024.memorise.few_tokens": Rival("what is learnt is the language: training and held-out loss agree",
                                             num(Fraction(4, 5)), num(2)),
        "niu2024.memorise.many_tokens": Rival("72 tokens a parameter cannot be learnt by heart: the losses agree",
                                              num(Fraction(4, 5)), num(2)),
        "niu2024.assumption1.few_tokens": Rival("what is learnt is the language: few sequences come back", None,
                                                num(Fraction(1, 2))),
        "niu2024.assumption1.many_tokens": Rival("72 tokens a parameter cannot be learnt by heart", None, num(Fraction(1, 2))),
        "niu2024.losses_agree.longer": Rival("more parameters than tokens: trained on, the model overfits", num(Fraction(1, 5)),
                                             None)}


class _Later(Mapping):
    """The rivals, computed when they are first asked for: importing this module computes nothing."""

    def __getitem__(self, claim: str) -> Rival:
        return _rivals()[claim]

    def __iter__(self) -> Iterator[str]:
        return iter(_rivals())

    def __len__(self) -> int:
        return len(_rivals())


SOURCES = (*(f"empirics/training/{name}.py" for name in ("data", "jobs", "loop", "model", "offline", "schedule")),
           *(f"empirics/gpt2/{name}.py" for name in ("shapes", "sources", "splits", "tokens")),
           "empirics/question_formation/grammars.py", "empirics/question_formation/lines.py",
           "empirics/question_formation/corpus.py",
           "empirics/question_formation/grammar.json")
EXPERIMENT = Experiment(NAME, measure, analyse, CONTROLS, _Later(), CONFIGURATION, {"parameters": PARAMETERS}, SEED, SOURCES,
                        ("torch",))
