"""Two gloo processes give the single process's answer, bit for bit; a process alone says what is missing."""
from __future__ import annotations

import os
import subprocess
import sys
import threading

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from numerics.neighbors import nearest_within  # noqa: E402
from numerics.neighbors.search import Alone  # noqa: E402
from numerics.neighbors.sharded import main  # noqa: E402
from tests.numerics.neighbors.sets import SETS  # noqa: E402


def torchrun(*argv: str, processes: int = 2) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes),
               "-m", "numerics.neighbors.sharded", *argv]
    return subprocess.run(command, capture_output=True, text=True, timeout=240, env={**os.environ, "OMP_NUM_THREADS": "1"})


@pytest.mark.slow
@pytest.mark.parametrize("name", ("gaussian", "duplicates", "lattice"))
def test_two_processes_equal_one(tmp_path, name):
    x = SETS[name](np.random.default_rng(9))
    np.save(tmp_path / "x.npy", x)
    sizes = (60, 111, len(x))
    done = torchrun(str(tmp_path / "x.npy"), "--out", str(tmp_path / "y.npz"), "--block", "16", "--method", "int8",
                    "--sizes", *map(str, sizes))
    assert done.returncode == 0, done.stderr
    with np.load(tmp_path / "y.npz") as y:
        for size, one in nearest_within(x, sizes).items():
            for part in ("distance", "index", "ties"):
                np.testing.assert_array_equal(y[f"{part}.{size}"], getattr(one, part))


@pytest.mark.slow
def test_bad_vectors_end_every_process(tmp_path):
    np.save(tmp_path / "x.npy", np.array([[1.0, np.nan], [0.0, 1.0]]))
    done = torchrun(str(tmp_path / "x.npy"), "--out", str(tmp_path / "y.npz"))
    assert done.returncode != 0 and "error: vector 0 has nan" in done.stderr and not (tmp_path / "y.npz").exists()


def test_one_clear_line_without_torchrun(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("RANK", raising=False)
    np.save(tmp_path / "x.npy", np.eye(3))
    np.save(tmp_path / "objects.npy", np.array([{}, 1], dtype=object), allow_pickle=True)
    for name, words in (("x.npy", "torchrun"), ("missing.npy", "missing.npy"), ("objects.npy", "no sound .npy")):
        assert main([str(tmp_path / name), "--out", str(tmp_path / "y.npz")]) == 2
        said = capsys.readouterr().err
        assert said.startswith("error: ") and words in said and said.count("\n") == 1
    if not torch.cuda.is_available():
        assert main([str(tmp_path / "x.npy"), "--out", "y.npz", "--device", "cuda"]) == 2
        assert "--device cpu" in capsys.readouterr().err


SCRIPT = """
import os, sys
import numpy as np, torch.distributed as dist
from numerics.neighbors import NeighbourError, nearest_within
from numerics.neighbors.sharded import Processes
dist.init_process_group("gloo")
rank = int(os.environ["RANK"])
x = np.random.default_rng(1).standard_normal((90, 80)).astype("f4")
share = Processes()
assert share.agreed(7 + rank) == 7
try:
    nearest_within(x[::-1] if rank else x, (90,), share=share)
except NeighbourError as error:
    print(error, file=sys.stderr)
    raise SystemExit(2)
"""


@pytest.mark.slow
def test_processes_with_the_same_vectors_in_another_order_are_refused(tmp_path):
    (tmp_path / "two.py").write_text(SCRIPT)
    done = subprocess.run([sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2",
                           str(tmp_path / "two.py")],
                          capture_output=True, text=True, timeout=240,
                          env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)})
    assert done.returncode != 0 and done.stderr.count("the processes differ in the vectors") == 2


class Half(Alone):
    """The exchange of one of two processes, played in turn by one thread each."""

    def __init__(self, rank, board, barrier):
        self.rank, self.world, self.board, self.barrier = rank, 2, board, barrier

    def _all(self, t, f):
        self.board[self.rank] = t.clone()
        self.barrier.wait()
        other = self.board[1 - self.rank].clone()
        self.barrier.wait()
        t.copy_(f(t, other))

    def agreed(self, choice):
        t = torch.tensor(choice)
        self._all(t, lambda mine, other: other if self.rank else mine)
        return int(t)

    def least(self, t):
        self._all(t, torch.minimum)

    def sum(self, t):
        self._all(t, torch.add)


@pytest.mark.parametrize("methods", (("int8", "int8"), ("int8", "float32"), ("float32", "int8")))
@pytest.mark.parametrize("name", ("gaussian", "duplicates", "lattice", "clusters", "unit vectors"))
def test_two_halves_equal_the_whole(name, methods):
    """The same seam without processes: two threads, each doing every other block. What one of them would have chosen by itself
    (the speed of int8 products is measured) does not matter."""
    x = SETS[name](np.random.default_rng(9))
    board, barrier, found = [None, None], threading.Barrier(2, timeout=60), [None, None]
    sizes = (60, 111, len(x))

    def half(rank):
        found[rank] = nearest_within(x, sizes, block=16, method=methods[rank], share=Half(rank, board, barrier))

    many = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        threads = [threading.Thread(target=half, args=(rank,)) for rank in (0, 1)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
    finally:
        torch.set_num_threads(many)
    for size, one in nearest_within(x, sizes).items():
        for other in found:
            for part in ("distance", "index", "ties"):
                np.testing.assert_array_equal(getattr(other[size], part), getattr(one, part))
