"""Two gloo processes without a folder in common: `together` starts them, each runs `main` on the same JSON.

What is wanted: {"shape", "plan", "data" (ragged or one), "folders" (one per process, or null), "die_after": the first process ends
as by kill -9 when it is about to write a checkpoint of a later step}. Each process prints its history as JSON, or its error.
"""
from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[3]


def ragged(m: int = 40, seed: int = 1):
    from empirics.training.data import Lines
    rng = np.random.default_rng(seed)
    return Lines("ragged", rng.integers(1, 9, (m, 7)), rng.integers(2, 8, m), 9)


def one_crop():
    """Every batch is the same: what still differs from step to step, part to part and process to process is the dropout."""
    from empirics.training.data import Stream
    return Stream("one crop", np.arange(7), 9, 6)


def main(rank: int, size: int, meeting: str, wanted: dict) -> None:
    from datetime import timedelta

    import torch
    from torch import distributed

    from empirics.training import TrainingError, checkpoints
    from empirics.training.ddp import join, leave
    from empirics.training.loop import Plan, train
    from empirics.training.model import Shape
    torch.set_num_threads(1)
    os.environ |= {"WORLD_SIZE": str(size), "RANK": str(rank)}
    if size > 1:
        distributed.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=size,
                                       timeout=timedelta(seconds=120))
    world, save = join("cpu"), checkpoints.save
    def dying(folder, step, *rest):
        if step > wanted["die_after"]:
            os._exit(9)
        return save(folder, step, *rest)
    if wanted.get("die_after"):
        checkpoints.save = dying
    data = one_crop() if wanted["data"] == "one" else ragged(seed=wanted.get("seeds", [1] * size)[rank])
    folder = Path(wanted["folders"][rank]) if wanted.get("folders") else None
    try:
        run = train(Shape(**wanted["shape"]), Plan(**wanted["plan"]), data, data, folder, world)
        print(json.dumps(run.history))
    except TrainingError as error:
        print(json.dumps(str(error)))
    leave(world)


def together(tmp: Path, size: int, seconds: float = 240, **wanted) -> list:
    """What each process printed; None for one that died."""
    meeting = tmp / f"meeting-{len(list(tmp.glob('meeting-*')))}"
    (tmp / f"{meeting.name}-taken").touch()
    given = [[sys.executable, "-m", "tests.empirics.training.processes_for_tests", str(rank), str(size), str(meeting),
              json.dumps(wanted)] for rank in range(size)]
    started = [subprocess.Popen(g, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) for g in given]
    try:
        said = [p.communicate(timeout=seconds)[0] for p in started]
    finally:
        for p in started:
            p.kill()
    return [json.loads(text) if text else None for text in said]


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], json.loads(sys.argv[4]))
