"""The training loop, one for every experiment: `train(shape, plan, training, held_out)`.

Loss: natural-log cross-entropy summed over the counted tokens of the global batch, divided by their number, as both original
codes have it. A step draws the same global batch whatever the number of processes and of parts it is computed in. Without dropout
these change rounding only; with dropout, masks are drawn by (seed, step, part, process), so that another size of the parts or
number of processes is another run of the same distribution, and a checkpoint is refused to it. On CPU a run is bitwise repeatable
(same seed, same number of threads), and so is one that was killed and resumed.
"""
from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Callable, Mapping

import numpy as np
import torch

from empirics.training import TrainingError, checkpoints
from empirics.training.data import NOT_COUNTED, Data
from empirics.training.ddp import Window, World
from empirics.training.model import Shape, Transformer
from empirics.training.progress import Progress
from empirics.training.schedule import rate_at

ALONE = World()


@dataclass(frozen=True)
class Plan:
    """batch: sequences per step over all processes; part: at most so many at a time (gradients are accumulated), None: all. rate:
    peak of the `schedule` (constant, cosine, linear). precision: auto (bfloat16 autocast on CUDA, float32 on CPU), float32 (also
    on CUDA, without TF32), bfloat16. compile: None means on CUDA. evaluate_every, checkpoint_every: steps; 0 means at the end
    only. evaluate: sequences at most.
    """

    steps: int
    batch: int
    rate: float
    part: int | None = None
    schedule: str = "constant"
    least_rate: float = 0.0
    warmup: int = 0
    beta1: float = 0.9
    beta2: float = 0.95
    epsilon: float = 1e-8
    decay: float = 0.0
    clip: float = 1.0
    seed: int = 0
    evaluate_every: int = 0
    evaluate: int = 256
    checkpoint_every: int = 0
    precision: str = "auto"
    compile: bool | None = None

    def __post_init__(self):
        if min(self.steps, self.batch, self.evaluate) < 1 or (self.part is not None and self.part < 1):
            raise TrainingError("a plan needs at least one step, one sequence a batch and one to evaluate with")
        if not 0 < self.rate < math.inf or self.clip <= 0:
            raise TrainingError(f"a learning rate of {self.rate} with gradients clipped at {self.clip} cannot train")
        whole = (self.steps, self.batch, self.evaluate, self.seed, self.warmup, self.evaluate_every, self.checkpoint_every,
                 self.part or 1)
        if any(type(v) is not int for v in whole) or min(whole) < 0:
            raise TrainingError("steps, batch, part, warmup, seed, evaluate, evaluate_every, checkpoint_every are whole numbers "
                                "from 0")
        if not (0 <= self.beta1 < 1 and 0 <= self.beta2 < 1 and self.epsilon >= 0):
            raise TrainingError(f"Adam needs betas from 0 to below 1 and epsilon at least 0, not {self.beta1}, {self.beta2}, "
                                f"{self.epsilon}")
        if self.precision not in ("auto", "float32", "bfloat16"):
            raise TrainingError(f"there is no precision {self.precision!r}: auto, float32 or bfloat16")
        rate_at(0, kind=self.schedule, peak=self.rate, least=self.least_rate, warmup=self.warmup, steps=self.steps)

    def rate_at(self, step: int) -> float:
        return rate_at(step, kind=self.schedule, peak=self.rate, least=self.least_rate, warmup=self.warmup, steps=self.steps)


@dataclass
class Run:
    """history: one entry per evaluation: step, tokens (predicted so far; padding is none), train (mean loss of the steps since the
    last entry), seen (loss on a sample of the training data, model as it then is, no dropout), held_out; the last two with
    standard errors (seen_error ...)."""

    model: Transformer
    history: list[dict[str, float]]
    steps: int


@dataclass(frozen=True)
class Measured:
    """Mean loss per token, and its standard error over sequences (a ratio: sums of losses over sums of counts)."""

    value: float
    error: float
    sequences: int


class NotFinite(TrainingError):
    """A loss that is no number."""


@contextmanager
def products(precision: str, device: str) -> Iterator[None]:
    """How CUDA multiplies float32 matrices meanwhile: highest, or high (TF32)."""
    was = torch.get_float32_matmul_precision()
    if device.startswith("cuda"):
        torch.set_float32_matmul_precision(precision)
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(was)


def evaluate(model: Transformer, data: Data, most: int, seed: int, device: str = "cpu", at_once: int | None = None) -> Measured:
    """The loss on at most `most` sequences, without dropout and autocast, in float32; on CUDA its matrix products are TF32's
    (factors rounded to 11 bits), whatever is set elsewhere. NotFinite where it is no number. at_once: None for what keeps the
    scores below 2^28 numbers."""
    inputs, targets = data.sweep(most, seed)
    at_once = at_once or max(1, min(64, (1 << 28) // (inputs.shape[1] * data.vocabulary)))
    was, losses = model.training, []
    model.eval()
    with torch.inference_mode(), products("high", device):
        for k in range(0, len(inputs), at_once):
            part = model(_put(inputs[k: k + at_once], device), _put(targets[k: k + at_once], device), "none")
            losses.append(part.double().sum(1).cpu().numpy())
    model.train(was)
    sums, counts = np.concatenate(losses), (targets != NOT_COUNTED).sum(1)
    value = float(sums.sum() / counts.sum())
    if not math.isfinite(value):
        raise NotFinite(f"the loss on {data.name} is not finite ({value})")
    spread = sums - value * counts
    error = math.sqrt(float(spread @ spread) * len(sums) / max(1, len(sums) - 1)) / float(counts.sum())
    return Measured(value, error, len(sums))


def _put(array: np.ndarray, device: str) -> torch.Tensor:
    tensor = torch.from_numpy(np.ascontiguousarray(array))
    return tensor.pin_memory().to(device, non_blocking=True) if device.startswith("cuda") else tensor


def identity(shape: Shape, plan: Plan, training: Data, held_out: Data | None, processes: int = 1) -> dict[str, Any]:
    """What must be the same where a run goes on. How it is computed (precision, compilation; parts and processes where there is
    no dropout) may change."""
    kept = {k: v for k, v in asdict(plan).items() if k not in ("part", "precision", "compile", "checkpoint_every")}
    if shape.dropout:
        each = plan.batch // processes
        kept |= {"part": min(plan.part or each, each), "processes": processes}
    return {"shape": shape.as_json(), "plan": kept, "training": training.digest(), "held_out": held_out and held_out.digest()}


def train(shape: Shape, plan: Plan, training: Data, held_out: Data | None = None, folder: Path | None = None,
          world: World = ALONE,
          progress: Progress | None = None, on_entry: Callable[[dict], None] | None = None) -> Run:
    """Train from the beginning, or from the newest checkpoint in `folder` (of any process: see checkpoints.resume). held_out:
    None where nothing is held out. The model that is returned, and every one that is saved, has finite weights."""
    _check(shape, plan, training, held_out)
    device, rows = world.device, world.rows(plan.batch)
    about = identity(shape, plan, training, held_out, world.size)
    torch.manual_seed(plan.seed)
    model = Transformer(shape).to(device)
    names = dict(model.named_parameters())
    optimiser = _optimiser(plan, model)
    start, state, losses = checkpoints.resume(folder, about, names, optimiser, world)
    history: list[dict[str, float]] = list(state.get("history", ()))
    tokens, window = state.get("tokens", 0), Window(world, [losses] if len(losses) else [])
    wide = world.wrap(torch.compile(model) if plan.compile or (plan.compile is None and device.startswith("cuda")) else model)
    bar = progress or Progress(plan.steps, plan.batch * training.length, shape.flops_per_token, stream=None)
    bar.first = start
    half = plan.precision == "bfloat16" or (plan.precision == "auto" and device.startswith("cuda"))
    model.train()
    for step in range(start, plan.steps):
        for group in optimiser.param_groups:
            group["lr"] = plan.rate_at(step)
        inputs, targets = training.batch(plan.seed, step, plan.batch)
        counted = int((targets != NOT_COUNTED).sum())
        scale = 1.0 / counted
        mine = _parts(inputs[rows], targets[rows], plan.part)
        lost = torch.zeros((), device=device)
        for k, (x, y) in enumerate(mine):
            if shape.dropout:
                torch.manual_seed(hash((plan.seed, step, k, world.rank)) & 0x7FFF_FFFF_FFFF_FFFF)
            if world.size > 1:
                wide.require_backward_grad_sync = k == len(mine) - 1
            with products("high" if half else "highest", device):
                with torch.autocast(device.split(":")[0], torch.bfloat16, enabled=half):
                    loss = wide(_put(x, device), _put(y, device)) * scale
                (loss * world.size).backward()
            lost += loss.detach()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), plan.clip)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        window.add(lost, norm)
        done, tokens = step + 1, tokens + counted
        bar.add(counted, inputs.size * shape.flops_at(inputs.shape[1]))
        logged = done == plan.steps or (plan.evaluate_every and done % plan.evaluate_every == 0)
        saved = folder is not None and (done == plan.steps or (plan.checkpoint_every and done % plan.checkpoint_every == 0))
        if logged or saved or done % 50 == 0 or (device == "cpu" and world.size == 1):
            _settle(window, done, folder)
        if logged or saved:
            _sound(names, optimiser, done, folder)
        if logged:
            entry = {"step": done, "tokens": tokens, "train": float(window.losses().double().cpu().mean())}
            window = Window(world)
            try:
                entry |= _evaluated(model, plan, training, held_out, device)
            except NotFinite as error:
                raise _stop(f"{error} after step {done}", folder) from error
            history.append(entry)
            bar.losses(entry["train"], entry.get("held_out"))
            if on_entry:
                on_entry(entry)
        if saved:
            state = {"history": history, "tokens": tokens}
            checkpoints.keep(folder, done, about, state, window.losses(), names, optimiser, world)
        if world.first:
            bar.at(done)
    world.wait()
    bar.end()
    return Run(model, history, plan.steps)


def _check(shape: Shape, plan: Plan, training: Data, held_out: Data | None) -> None:
    for data in (training, *([held_out] if held_out is not None else [])):
        if data.vocabulary != shape.vocabulary:
            raise TrainingError(f"{data.name} has a vocabulary of {data.vocabulary} tokens and the model one of "
                                f"{shape.vocabulary}")
        if data.length > shape.length:
            raise TrainingError(f"{data.name} has sequences of {data.length} tokens, and the model reads {shape.length} at most")


def _optimiser(plan: Plan, model: Transformer) -> torch.optim.AdamW:
    """Weight decay for matrices only, as in nanoGPT."""
    groups = [{"params": [p for p in model.parameters() if p.dim() >= 2], "weight_decay": plan.decay},
              {"params": [p for p in model.parameters() if p.dim() < 2], "weight_decay": 0.0}]
    return torch.optim.AdamW([g for g in groups if g["params"]], lr=plan.rate, betas=(plan.beta1, plan.beta2), eps=plan.epsilon,
                             fused=True)


def _parts(inputs: np.ndarray, targets: np.ndarray, part: int | None) -> list[tuple[np.ndarray, np.ndarray]]:
    each = part or len(inputs)
    return [(inputs[k: k + each], targets[k: k + each]) for k in range(0, len(inputs), each)]


def _settle(window: Window, done: int, folder: Path | None) -> None:
    """A step whose loss or gradient is no number ends the run. On CUDA, and with several processes, it is noticed within 50
    steps, before anything is saved."""
    if (bad := window.settle()) is not None:
        after, loss, norm = bad
        raise _stop(f"the loss is not finite at step {done - after} ({loss}, gradient {norm})", folder)


def _sound(names: Mapping[str, torch.Tensor], optimiser: torch.optim.AdamW, done: int, folder: Path | None) -> None:
    """What an update leaves is looked at before it is saved or measured: loss and gradient were taken before it."""
    for what, tensors in (("weights are", names.values()),
                          ("moments of Adam are", (v for p in names.values() for v in optimiser.state[p].values()))):
        if not bool(torch.stack([torch.isfinite(t).all().to(names["tokens"].device) for t in tensors]).all()):
            raise _stop(f"the {what} not finite at step {done}", folder)


def _stop(what: str, folder: Path | None) -> TrainingError:
    kept = checkpoints.steps(folder) if folder is not None else []
    where = f"the checkpoint of step {kept[-1]} in {folder} is kept" if kept else "no checkpoint was written yet"
    return TrainingError(f"{what}: {where}; lower the learning rate")


def _evaluated(model: Transformer, plan: Plan, training: Data, held_out: Data | None, device: str) -> dict[str, float]:
    out = {}
    for key, data in (("held_out", held_out), ("seen", training)) if held_out is not None else ():
        found = evaluate(model, data, plan.evaluate, plan.seed, device)
        out |= {key: found.value, f"{key}_error": found.error}
    return out
