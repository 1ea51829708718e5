"""The training loop against a plain one: transformers' GPT2LMHeadModel, its own loss, AdamW, eager, float32; the same shape,
batch and data.

    python -m benchmarks.training [--device cuda] [--threads 1] [--rounds 5] [--steps 10]

One run, one process: rounds of the two alternate, the median round counts. CPU: three sizes. CUDA: GPT-2 small, the plain loop
once in float32 and once under bfloat16 autocast, and the share of the matrix rate measured in the same run. Dropout 0 in both.
"""
from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np  # noqa: E402
import torch  # noqa: E402
from transformers import GPT2LMHeadModel  # noqa: E402

from empirics.gpt2.shapes import config_of, small  # noqa: E402
from empirics.training import TrainingError
from empirics.training.data import Stream  # noqa: E402
from empirics.training.ddp import World, pick_device  # noqa: E402
from empirics.training.loop import Plan, train  # noqa: E402
from empirics.training.model import Shape, parameters_of  # noqa: E402
from empirics.training.progress import matrix_rate  # noqa: E402

CPU = {"figure 3's": (Shape(80, 64, 2, 32, 2), 12), "1 million": (Shape(2000, 128, 4, 128, 4), 8),
       "4 million": (Shape(4000, 256, 4, 256, 4), 4)}
CUDA = {"GPT-2 small": (small(), 24)}


class Ours:
    """Rounds of the loop: train() has no steps to spare, so a round is a run, less what a run of one step takes."""

    def __init__(self, shape: Shape, batch: int, data: Stream, device: str):
        self.shape, self.data, self.world, self.batch = shape, data, World(device=device), batch

    def round(self, steps: int) -> float:
        marks = []
        data = self.data
        class Marked(Stream):
            def batch(self, seed, step, size):
                if step in (WARM, WARM + steps):
                    synchronise(world.device)
                    marks.append(time.perf_counter())
                return data.batch(seed, step, size)
        world = self.world
        marked = Marked("b", data.stream, data.vocabulary, data.length)
        self.run = train(self.shape, Plan(WARM + steps + 1, self.batch, 1e-4), marked, world=world)
        return marks[1] - marks[0]


class Plain:
    def __init__(self, shape: Shape, batch: int, data: Stream, device: str, half: bool):
        self.data, self.device, self.batch, self.half = data, device, batch, half
        self.model = GPT2LMHeadModel(config_of(shape)).to(device).train()
        self.optimiser = torch.optim.AdamW(self.model.parameters(), lr=1e-4)

    def round(self, steps: int) -> float:
        for step in range(WARM + steps):
            if step == WARM:
                synchronise(self.device)
                start = time.perf_counter()
            inputs = torch.from_numpy(self.data.batch(0, step, self.batch)[0]).to(self.device)
            with torch.autocast(self.device.split(":")[0], torch.bfloat16, enabled=self.half):
                loss = self.model(inputs, labels=inputs).loss
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
            self.optimiser.step()
            self.optimiser.zero_grad()
            loss.item()
        synchronise(self.device)
        return time.perf_counter() - start


WARM = 3


def synchronise(device: str) -> None:
    if device.startswith("cuda"):
        torch.cuda.synchronize()


def compare(name: str, shape: Shape, batch: int, device: str, rounds: int, steps: int) -> float:
    """Prints one line per contender; the ratio of our tokens per second to the faster plain loop's."""
    data = Stream("random", np.random.default_rng(0).integers(0, shape.vocabulary, 50_000), shape.vocabulary, shape.length)
    cuda = device.startswith("cuda")
    contenders = {"this loop": Ours(shape, batch, data, device), "plain": Plain(shape, batch, data, device, False)}
    if cuda:
        contenders["plain, bfloat16"] = Plain(shape, batch, data, device, True)
    seconds: dict[str, list[float]] = {k: [] for k in contenders}
    for _ in range(rounds):
        for k, contender in contenders.items():
            seconds[k].append(contender.round(steps))
    rate = matrix_rate(device, torch.bfloat16 if cuda else torch.float32)
    speed = {k: steps * batch * shape.length / statistics.median(s) for k, s in seconds.items()}
    for k, tokens in speed.items():
        share = f", {100 * tokens * shape.flops_per_token / rate:.0f} % of {rate / 1e9:,.0f} GFLOP/s"
        print(f"{name:<12} {parameters_of(contenders['this loop'].run.model):>11,}  {k:<16}{tokens:>11,.0f} tokens/s{share}")
    return speed["this loop"] / max(v for k, v in speed.items() if k != "this loop")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.training", description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="auto")
    parser.add_argument("--threads", type=int, default=1, help="of torch on CPU; 1 is what the experiments' processes use")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=10, help="measured steps a round")
    given = parser.parse_args()
    if min(given.threads, given.rounds, given.steps) < 1:
        parser.error("--threads, --rounds and --steps must be at least 1")
    try:
        device = pick_device(given.device)
    except TrainingError as error:
        parser.error(str(error))
    torch.set_num_threads(given.threads)
    cases = CUDA if device.startswith("cuda") else CPU
    ratios = {name: compare(name, *case, device, given.rounds, given.steps) for name, case in cases.items()}
    print("ratio to the plain loop: " + ", ".join(f"{name} {r:.2f}" for name, r in ratios.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
