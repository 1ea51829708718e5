"""Workers: what dies, hangs or is interrupted costs what it was doing and nothing else."""
from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.wellposed.conftest import ROOT
from wellposed import pool
from wellposed.files import Home

PROOF = "proof=lambda: lin(le(n, 2 * n - 1), assume(le(num(1), n)))"


@pytest.mark.slow
def test_a_claim_that_hangs_runs_out_of_budget_and_its_worker_is_replaced(new):
    new.edit("section2.py", PROOF, "proof=lambda: __import__('time').sleep(600)")
    replies = {}
    start = time.monotonic()
    pool.decide_all(["toy.follows", "toy.double"], Home(new.folder), [new.folder], jobs=1, limit=20.0,
                    done=lambda reply: replies.setdefault(reply.claim_id, reply))
    assert replies["toy.follows"].lost and replies["toy.follows"].finding["error"] == "budget: no decision within 20 seconds"
    assert not replies["toy.double"].lost and replies["toy.double"].finding["evidence"]
    assert time.monotonic() - start < 120


@pytest.mark.slow
def test_an_interrupt_ends_the_run_and_its_workers(new):
    marker = new.folder / "started"
    new.edit(
        "section2.py",
        PROOF,
        f"proof=lambda: (open({str(marker)!r}, 'w').write(str(__import__('os').getpid())), __import__('time').sleep(600))",
    )
    run = subprocess.Popen(
        [sys.executable, "-m", "wellposed", "verify", "toy.follows", "--papers", str(new.folder), "--jobs", "1"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),     # a suite in the background is born deaf to it
    )
    for _ in range(600):
        if marker.exists() and marker.read_text():
            break
        time.sleep(0.1)
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=60)
    assert run.returncode == 130 and err.splitlines()[-1] == "wellposed: interrupted" and "Traceback" not in err
    worker = int(marker.read_text())
    with pytest.raises(ProcessLookupError):
        for _ in range(50):
            os.kill(worker, 0)
            time.sleep(0.1)


def test_an_empty_list_starts_nothing(tmp_path):
    pool.decide_all([], Home(tmp_path), done=lambda reply: pytest.fail("there was nothing to decide"))
