"""kill -9 at ten random moments, and several processes: the same final loss."""
from __future__ import annotations

import json
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.empirics.training import jobs_for_tests as small

pytest.importorskip("torch", reason="training needs torch: install the extra `empirics`")

KILLS = 10


def stamp(out: Path) -> set[str]:
    return {p.name for p in out.iterdir()} if out.is_dir() else set()


@pytest.mark.slow
def test_killed_ten_times_it_ends_with_the_same_bits(tmp_path):
    """With dropout, so that random numbers are resumed too. Each time it is killed after another number of new files (0: while it
    starts or reads its checkpoint), and up to most of the time between two checkpoints later."""
    job = small.job(steps=2600, every=90, checkpoints=20)
    job["model"]["dropout"] = 0.1
    file = tmp_path / "job.json"
    file.write_text(json.dumps(job))
    whole = small.fit(file, tmp_path / "whole")
    assert whole.returncode == 0, whole.stderr
    rng, out, reached = random.Random(5), tmp_path / "cut", []
    for new in [0, 1, 2, 3, 5, 1, 0, 8, 4, 1]:
        process = subprocess.Popen(small.command(file, out), cwd=small.ROOT, env=small.environment(), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        seen, before, limit = 0, stamp(out), time.monotonic() + 120
        while seen < new and process.poll() is None and time.monotonic() < limit:
            time.sleep(0.002)
            now = stamp(out)
            seen, before = seen + len(now - before), now
        time.sleep(rng.uniform(0, 0.15 if new else 4.0))
        assert process.poll() is None, "the run was over before it could be killed: make it longer"
        process.send_signal(signal.SIGKILL)
        process.wait()
        reached.append(max((p.name for p in out.glob("step-*.json")), default=""))
    # it went on, and did not begin again
    assert len(set(reached)) > KILLS // 2 and "" not in reached[2:] and len(reached) == KILLS, reached
    assert reached == sorted(reached)
    done = small.fit(file, out)
    assert done.returncode == 0, done.stderr
    assert small.result(out) == small.result(tmp_path / "whole")
    last = [json.loads(max((tmp_path / d).glob("step-*.json")).read_text()) for d in ("whole", "cut")]
    assert last[0]["sha256"] == last[1]["sha256"] and last[0]["step"] == 2600


@pytest.mark.slow
@pytest.mark.parametrize("part", [None, 2], ids=["whole", "accumulated"])
def test_two_processes_are_as_one(tmp_path, part):
    """gloo, the same global batch: the same losses to 1e-6, and a run that two began one may finish."""
    file = tmp_path / "job.json"
    file.write_text(json.dumps(small.job(steps=30, part=part)))
    for processes in (1, 2):
        done = small.fit(file, tmp_path / str(processes), processes)
        assert done.returncode == 0, done.stderr
    one, two = (small.result(tmp_path / str(p)) for p in (1, 2))
    for kind in ("train", "held_out"):
        assert two[kind]["value"] == pytest.approx(one[kind]["value"], abs=1e-6)
    for a, b in zip(one["curve"], two["curve"], strict=True):
        assert b[2:5] == pytest.approx(a[2:5], abs=1.1e-5)       # the curve is rounded to five digits


@pytest.mark.slow
def test_a_batch_that_two_processes_cannot_share_ends_with_2(tmp_path):
    file = tmp_path / "job.json"
    file.write_text(json.dumps(small.job(steps=5) | {"plan": {**small.job()["plan"], "batch": 7}}))
    done = small.fit(file, tmp_path / "out", 2)
    assert done.returncode != 0 and "a batch of 7 cannot be shared by 2 processes" in done.stderr
