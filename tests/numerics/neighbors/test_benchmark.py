"""The benchmark's command line: small runs, and one clear line for what it cannot do."""
from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from benchmarks.neighbors import main  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]


def test_a_small_run_prints_a_row():
    done = subprocess.run([sys.executable, "-m", "benchmarks.neighbors", "--size", "300", "--width", "64", "--device", "cpu",
                           "--sets", "gaussian", "--only-ours"], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and not done.stderr, done.stderr
    row = done.stdout.splitlines()[-1]
    assert row.startswith("gaussian") and "300 x 64" in row and "float64" in row and len(row) <= 80


def test_clear_lines(capsys, monkeypatch):
    assert main(["--size", "1"]) == 2 and "two vectors" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "faiss", None)
    assert main(["--size", "10", "--device", "cpu"]) == 2 and "[bench]" in capsys.readouterr().err
    if not torch.cuda.is_available():
        assert main(["--size", "10", "--device", "cuda"]) == 2 and "no CUDA device" in capsys.readouterr().err
