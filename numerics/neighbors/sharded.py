"""The search over several processes: every process holds all vectors and does its share of the blocks.

    torchrun --nproc-per-node 2 -m numerics.neighbors.sharded vectors.npy --out neighbours.npz [--sizes 1000 2000] [--device cuda]

or, inside a program that torchrun started, `nearest_within(x, sizes, share=Processes())`. Processes exchange the bounds u (least)
after every few blocks, and the least keys, counts and rows at the end of a prefix: gloo on CPUs, nccl on GPUs. The answer is the
single process's bit for bit, because it does not depend on which bounds were known when (see `search`). What is exchanged is by
position, so all processes take the first one's method and compare the order of the vectors before they begin.
"""
from __future__ import annotations

import argparse
import hashlib
import os
import sys

import numpy as np
import torch
import torch.distributed as dist

from numerics.neighbors import METHODS, Neighbours, nearest_within
from numerics.neighbors.points import NeighbourError, chunks
from numerics.neighbors.search import Alone


class Processes(Alone):
    """The processes of an initialised group; exchanges tensors of the device they lie on."""

    def __init__(self):
        if not dist.is_initialized():
            raise NeighbourError("no process group: start with torchrun and call torch.distributed.init_process_group")
        self.rank, self.world = dist.get_rank(), dist.get_world_size()

    def least(self, t: torch.Tensor) -> None:
        dist.all_reduce(t, dist.ReduceOp.MIN)

    def sum(self, t: torch.Tensor) -> None:
        dist.all_reduce(t, dist.ReduceOp.SUM)

    def same(self, what: str, t: torch.Tensor) -> None:
        """Compared by a digest of shape, type and numbers."""
        digest = hashlib.sha256(f"{tuple(t.shape)} {t.dtype}".encode())
        for _, part in chunks(t.view(len(t), -1)):
            digest.update(part.cpu().numpy().tobytes())
        mark = torch.frombuffer(bytearray(digest.digest()), dtype=torch.int32).to(t.device, torch.int64)
        low, high = mark.clone(), -mark
        self.least(low)
        self.least(high)
        if not torch.equal(low, -high):
            raise NeighbourError(f"the processes differ in the {what}: give all of them the same file, on machines of one kind")

    def agreed(self, choice: int) -> int:
        device = "cuda" if dist.get_backend() == "nccl" else "cpu"
        first = torch.tensor(choice, device=device)
        dist.broadcast(first, 0)
        return int(first)


def sharded(x: np.ndarray, sizes, *, device: str = "cpu", **options) -> dict[int, Neighbours]:
    """`nearest_within` over the processes of torchrun; all of them return the whole answer."""
    if "RANK" not in os.environ:
        raise NeighbourError("not started by torchrun: torchrun --nproc-per-node N -m numerics.neighbors.sharded FILE --out FILE")
    if device == "cuda":
        device = f"cuda:{int(os.environ.get('LOCAL_RANK', 0))}"
        torch.cuda.set_device(device)
    dist.init_process_group("nccl" if device.startswith("cuda") else "gloo")
    try:
        return nearest_within(x, sizes, device=device, share=Processes(), **options)
    finally:
        dist.destroy_process_group()


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="numerics.neighbors.sharded", description=__doc__.splitlines()[0])
    parser.add_argument("vectors", help="an .npy file of shape (m, n)")
    parser.add_argument("--out", required=True, help="the .npz file to write: distance, index, ties of every prefix")
    parser.add_argument("--sizes", type=int, nargs="+", help="lengths of prefixes (default: all vectors)")
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--method", default="auto", choices=METHODS)
    parser.add_argument("--block", type=int)
    given = parser.parse_args(argv)
    try:
        if given.device == "cuda" and not torch.cuda.is_available():
            raise NeighbourError("no CUDA device here: use --device cpu")
        try:
            x = np.load(given.vectors, allow_pickle=False)
        except (ValueError, EOFError) as error:
            raise NeighbourError(f"{given.vectors} is no sound .npy file of numbers; write it again with numpy.save") from error
        if not isinstance(x, np.ndarray) or x.ndim != 2 or x.dtype.kind != "f":
            raise NeighbourError(f"{given.vectors} holds no floating-point array of shape (m, n)")
        found = sharded(x, given.sizes or (len(x),), device=given.device, method=given.method, block=given.block)
        if os.environ["RANK"] == "0":
            np.savez(given.out, **{f"{name}.{size}": getattr(one, name) for size, one in found.items()
                                   for name in ("distance", "index", "ties")})
    except (NeighbourError, OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("error: stopped; nothing was written", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
