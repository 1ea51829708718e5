"""A job small enough to be run in seconds, and a way to run it in a process of its own."""
from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def job(steps=40, every=5, checkpoints=5, **plan) -> dict:
    return {"name": "small", "kind": "list", "grammar": "published", "lines": 24, "seed": 1,
            "model": {"layers": 1, "width": 16, "heads": 2, "dropout": 0.0},
            "plan": {"steps": steps, "batch": 8, "rate": 1e-2, "warmup": 2, "seed": 3, "evaluate": 32, "evaluate_every": every,
                     "checkpoint_every": checkpoints, **plan}}


def command(file: Path, out: Path, processes: int = 1) -> list[str]:
    launch = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)] if processes > 1 else []
    return [sys.executable, *launch, "-m", "empirics.training", "fit", "--job", str(file), "--out", str(out), "--device", "cpu",
            "--quiet"]


def environment() -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}


def fit(file: Path, out: Path, processes: int = 1, seconds: float = 300) -> subprocess.CompletedProcess:
    return subprocess.run(command(file, out, processes), cwd=ROOT, env=environment(), capture_output=True, text=True,
                          timeout=seconds)


def result(out: Path) -> dict:
    found = json.loads((out / "result.json").read_text())["result"]
    return {k: v for k, v in found.items() if k not in ("seconds", "processes")}
