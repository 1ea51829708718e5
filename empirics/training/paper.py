"""The paper's own scale: what a GPU decides. Without a record the claims stay `undecided: no record`.

GPU time is short, so the runs come in the order of what they decide for their minutes (estimates, not measured, for one GPU of 700
TFLOP/s in bfloat16 used at 45 %; `python -m empirics.training` prints the same):
  1  training.question, 6 and 10 layers and the controls of 0.5 and 1.5 nats: 20 minutes. X17: 1 for every data set, or entropy
  2  training.overfit, GPT-2 small on the first 9M tokens, 51 epochs: 21 minutes. X13: whether that loss vanishes
  3  training.gpt2, the size 90M, 10,000 steps: 4 hours. L5 and X14 in part: whether its losses agree with those of 9B tokens
  4  training.gpt2, the sizes 9B and 9M, 4 hours each: X14, L5, S5 and S6, which are decided when all three sizes are there
One run at a time: `--rerun training.gpt2 --only "gpt2 90M"`. Its result waits in build/training, no record is written, and the
claims stay undecided until the last one is there.

Every run is a job (empirics.training.jobs) with a folder of checkpoints: a killed run goes on, and runs made elsewhere, under
torchrun and on a machine without python-flint, are picked up from their `result.json` (`python -m empirics.training fit`).

Printed claims are decided by the printed configuration only: `genuine` refuses the record of any other model, text, plan or
number of tokens. Runs of other settings go into another folder of records, where nothing is decided by them.

Departures from the printed setting:
  overfit   4,700 steps of 96 sequences, not 600 of 480: 51 epochs for the 33 of the paper's figure, so that a loss above 0.1 does
            not come of stopping early; where it still falls, what is left to fall is part of the interval (`settling`)
  gpt2      10,000 steps for all three sizes, warmed up for 700, not 2,000
  question  40,000 steps for the 300,000 of the figure, warmed up for 2,000, not 10,000, and the rate falls to 0 over these steps,
            not over 2M; lines drawn anew, not the original files (no licence); the embeddings are tied, as the paper says and its
            code does not
"""
from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from empirics.experiment import Experiment, Interval, Rival
from empirics.training import TrainingError, intervals, jobs, settling
from empirics.training.genuine import genuine
from empirics.training.intervals import around, greatest, least, minus, of, off, over
from theory.terms import num

SMALL = {"length": 1024, "layers": 12, "width": 768, "heads": 12}
# OpenWebText has 9,035,582,198 (nanoGPT's count)
TOKENS = {"9M": 9_035_582, "90M": 90_355_822, "9B": 9_035_582_198 - 5_500_000}
HELD = {"9M": 90_000, "90M": 450_000, "9B": 4_500_000}
WORK = Path("build") / "training"
GPT2_PLAN = {"rate": 6e-4, "least_rate": 6e-5, "schedule": "cosine", "decay": 0.1, "beta2": 0.95, "part": 24, "evaluate": 200}
QUESTION_PLAN = {"batch": 8, "rate": 1e-4, "epsilon": 1e-7, "beta2": 0.999, "schedule": "linear", "evaluate": 1000}
SIZES = {"width": 512, "heads": 8, "dropout": 0.1}
TENTH, FIFTH = Fraction(1, 10), Fraction(1, 5)
BATCH = QUESTION_PLAN["batch"]
TUNED = ("0.5", "1.5")


def finished(job: Mapping[str, Any], work: Path, device: str = "auto") -> dict[str, Any]:
    """The job's figures: from its result.json where that is of this very job, else by training it (alone, on this machine)."""
    from empirics.training.ddp import join
    folder = folder_of(job, work)
    if (kept := jobs.result_of(job, folder)) is not None:
        return kept
    result = jobs.perform(job, folder, join(device), show=True)
    jobs.store(job, result, folder)
    return result


def folder_of(job: Mapping[str, Any], work: Path) -> Path:
    """One per name; a job that differs in anything is refused there, by its checkpoints and its result."""
    return work / str(job["name"]).replace(" ", "_").replace(",", "")


def _measure(planned):
    def measure(c: Mapping[str, Any], seed: int) -> dict[str, Any]:
        wanted = planned(c, seed)
        runs = {job["name"]: finished(job, Path(c["work"]), c["device"]) for job in wanted}
        return {"jobs": wanted, "runs": runs, "device": "; ".join(sorted({run["device"] for run in runs.values()}))}
    return measure


def only(experiment: Experiment, configuration: Mapping[str, Any], name: str) -> list[str]:
    """Make this run of an experiment alone; the names of those that are still missing. No record is written."""
    wanted = PLANNED[experiment.name](configuration, experiment.seed)
    job = next((job for job in wanted if job["name"] == name), None)
    if job is None:
        raise TrainingError(f"{experiment.name} has no run {name!r}; it has {', '.join(job['name'] for job in wanted)}")
    work = Path(configuration["work"])
    finished(job, work, configuration["device"])
    return [job["name"] for job in wanted if jobs.result_of(job, folder_of(job, work)) is None]


# ---------------------------------------------------------------- GPT-2 small

def gpt2_job(c: Mapping[str, Any], size: str, seed: int) -> dict[str, Any]:
    """One of the three data sizes, by the configuration's steps and batch."""
    plan = {**GPT2_PLAN, "steps": c["steps"], "batch": c["batch"], "warmup": c["warmup"], "seed": seed,
            "part": min(24, c["batch"]),
            "evaluate_every": max(1, c["steps"] // 40), "checkpoint_every": max(1, c["steps"] // 20)}
    common = {"name": f"gpt2 {size}", "tokens": c["tokens"][size], "held_out": c["held_out"][size], "recall": c["recall"],
              "model": dict(c["model"]), "plan": plan}
    if c["file"] is not None:
        return {**common, "kind": "tokens", "file": c["file"]}
    return {**common, "kind": "text", "source": c["source"], "tokenizer": c["tokenizer"]}


def planned_overfit(c: Mapping[str, Any], seed: int) -> list[dict[str, Any]]:
    return [{**gpt2_job(c, "9M", seed), "name": "overfit 9M"}]


def analyse_overfit(raw: Mapping[str, Any]) -> dict[str, dict[str, Interval]]:
    """A loss that still falls is an upper end: the interval goes down by what fell in the last quarter."""
    run = raw["runs"]["overfit 9M"]
    return {"train": {"measured": settling.to_come(of(run["train"]), run), "control": of(run["held_out"])}}


def planned_gpt2(c: Mapping[str, Any], seed: int) -> list[dict[str, Any]]:
    return [gpt2_job(c, size, seed) for size in ("9M", "90M", "9B")]


def analyse_gpt2(raw: Mapping[str, Any]) -> dict[str, dict[str, Interval]]:
    """gap: the largest of the differences between training and held-out loss at 90M, and of each from its counterpart at 9B. Of
    S5 and S6, which speak of models in general, the size that fits them worst counts (S5: of 90M and 9B, for which the theory is
    said to hold)."""
    nine, ninety, all_ = (raw["runs"][f"gpt2 {size}"] for size in ("9M", "90M", "9B"))
    pairs = ((ninety["held_out"], ninety["train"]), (ninety["train"], all_["train"]), (ninety["held_out"], all_["held_out"]))
    shares = [intervals.share(**r["recalled"]["train"]) for r in (nine, ninety, all_)]
    return {"least": {"measured": least(of(r["train"]) for r in (ninety, all_)), "control": of(nine["train"])},
            "gap": {"measured": greatest(off(minus(a, b), 0) for a, b in pairs),
                    "control": off(minus(nine["held_out"], nine["train"]), 0)},
            "ratio": {"measured": greatest(over(r["train"], r["held_out"]) for r in (ninety, all_)),
                      "control": over(nine["train"], nine["held_out"])},
            "recalled": {"measured": least(shares), "control": intervals.share(**nine["recalled"]["held_out"])}}


# ---------------------------------------------------------------- Question-Formation

def planned_question(c: Mapping[str, Any], seed: int) -> list[dict[str, Any]]:
    plan = {**QUESTION_PLAN, "steps": c["steps"], "warmup": c["warmup"], "seed": seed, "evaluate_every": max(1, c["steps"] // 40),
            "checkpoint_every": max(1, c["steps"] // 20)}
    cases = [*((f"question {layers} layers", c["grammar"], layers) for layers in c["layers"]),
             *((f"question {target} nats", target, c["layers"][0]) for target in c["tuned"])]
    return [{"name": name, "kind": "grammar", "grammar": grammar, "lines": c["lines"], "seed": seed,
             "model": {**c["sizes"], "layers": layers},
             "plan": plan} for name, grammar, layers in cases]


def plateau(run: Mapping[str, Any]) -> Interval:
    """The training loss as plotted (dropout on, each batch by its own number of tokens): the mean of the last quarter of the
    curve, and its spread there."""
    rows = [row[2] for row in run["curve"]][-max(3, len(run["curve"]) // 4):]
    mean = sum(rows) / len(rows)
    return around(mean, (sum((x - mean) ** 2 for x in rows) / (len(rows) - 1)) ** 0.5)


def batch_entropy(grammar: str) -> float:
    """Nats a token as the curve has it: the mean over batches of the loss per token of a batch, exact. A batch's few long lines
    count less there than in the ratio over all lines."""
    from numerics.entropy import lines_of
    return lines_of(jobs.grammar_named(grammar)).per_token_in_batches(BATCH).value


def analyse_question(raw: Mapping[str, Any]) -> dict[str, dict[str, Interval]]:
    """off: how far the plateaus are from 1, at most, over the published grammar (6 and 10 layers) and those of 0.5 and 1.5 nats;
    its control, how far they are from the entropy of their data. On the published grammar alone the two are the same within the
    error of any measurement, and nothing could be told."""
    grammar = {job["name"]: job["grammar"] for job in raw["jobs"]}
    found = {name: plateau(run) for name, run in raw["runs"].items()}
    return {"off": {"measured": greatest(off(i, 1) for i in found.values()),
                    "control": greatest(off(i, batch_entropy(grammar[name])) for name, i in found.items())}}


class _Entropy(Mapping):
    """X17's rival, from the exact entropies, when it is asked for. Dropout costs some hundredths of a nat."""

    def __getitem__(self, claim: str) -> Rival:
        if claim != "niu2024.losses_near_one":
            raise KeyError(claim)
        away = max(abs(batch_entropy(g) - 1) for g in ("published", *TUNED))
        far = Fraction(round(away * 10_000), 10_000)
        return Rival(f"each grammar's own entropy, at most {away:.4f} nats a token off 1", num(far - TENTH), num(far + TENTH))

    def __iter__(self) -> Iterator[str]:
        return iter(("niu2024.losses_near_one",))

    def __len__(self) -> int:
        return 1


_GPT2 = {"source": "openwebtext", "file": None, "tokenizer": "gpt2", "model": SMALL, "tokens": TOKENS, "held_out": HELD,
         "recall": 128,
         "work": str(WORK), "device": "auto"}
COMMON: dict[str, Any] = {"packages": ("torch",), "offline": False, "sources": tuple(
    f"empirics/training/{name}.py" for name in (
        "checkpoints", "data", "ddp", "jobs", "loop", "model", "paper", "schedule", "settling"))}
ABOUT_ONE = (num(Fraction(4, 5)), num(2))

EXPERIMENTS = (
    Experiment(
        "training.overfit", _measure(planned_overfit), genuine("training.overfit", analyse_overfit),
        {"train": "the held-out loss of the same model"},
        {"niu2024.overfit": Rival("the weights cannot hold 9M tokens: at least the bits of text at 1 nat a token", num(1), None)},
        {**_GPT2, "steps": 4700, "batch": 96, "warmup": 100}, {"tokens": TOKENS["9M"]}, **COMMON),
    Experiment(
        "training.gpt2", _measure(planned_gpt2), genuine("training.gpt2", analyse_gpt2),
        {"least": "9M tokens, where it overfits", "gap": "9M tokens, where it overfits", "ratio": "9M tokens, where it overfits",
         "recalled": "held-out text"},
        {"niu2024.losses_above_two": Rival("learnt by heart at 90M tokens, where parameters outnumber tokens", None, num(1)),
         "niu2024.losses_agree": Rival("90M tokens for 124M parameters overfit when trained on", num(FIFTH), None),
         "niu2024.memorise": Rival("9B tokens are not learnt by heart: the losses agree there", *ABOUT_ONE),
         "niu2024.assumption1": Rival("9B tokens are not learnt by heart", None, num(Fraction(1, 2)))},
        {**_GPT2, "steps": 10_000, "batch": 480, "warmup": 700}, {"tokens": TOKENS["9B"]}, **COMMON),
    Experiment(
        "training.question", _measure(planned_question), genuine("training.question", analyse_question),
        {"off": "how far the same runs are from the entropy of their grammars"},
        _Entropy(),
        {"grammar": "published", "tuned": list(TUNED), "layers": [6, 10], "sizes": SIZES, "lines": 90_000,
         "steps": 40_000, "warmup": 2000,
         "work": str(WORK),
         "device": "auto"}, {"layers": 6}, **COMMON))

PLANNED: dict[str, Callable[[Mapping[str, Any], int], list[dict[str, Any]]]] = {
    "training.overfit": planned_overfit, "training.gpt2": planned_gpt2, "training.question": planned_question}
ANALYSED = {"training.overfit": analyse_overfit, "training.gpt2": analyse_gpt2, "training.question": analyse_question}
FREE = ("work", "device", "file")       # settings that leave the paper's configuration what it is
RANKED = (("training.question", "20 min", "X17: 1 for every data set, or the data's entropy"),
          ("training.overfit", "21 min", "X13: whether the loss on 9M tokens vanishes"),
          ("training.gpt2", "3 x 4 h", "X14, L5, S5, S6, once all three sizes are there (--only \"gpt2 90M\" first)"),
          ("training.offline", "4 min", "on 2 CPU cores: what small models can decide"))
