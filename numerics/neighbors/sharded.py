"""The search over several processes: every process holds all vectors and does its share of the blocks.

    torchrun --nproc-per-node 2 -m numerics.neighbors.sharded vectors.npy --out neighbours.npz [--sizes 1000 2000] [--device cuda]

or, inside a program that torchrun started, `nearest_within(x, sizes, share=Processes())`. Processes exchange the bounds u (least)
after every few blocks, and the least keys, counts and rows at the end of a prefix: gloo on CPUs, nccl on GPUs. The answer is the
single process's bit for bit, because it does not depend on which bounds were known when (see `search`).
"""
from __future__ import annotations

import argparse
import os
import sys

import numpy as np
import torch
import torch.distributed as dist

from numerics.neighbors import METHODS, Neighbours, nearest_within
from numerics.neighbors.points import NeighbourError


class Processes:
    """The processes of an initialised group; exchanges tensors of the device they lie on."""

    def __init__(self):
        if not dist.is_initialized():
            raise NeighbourError("no process group: start with torchrun and call torch.distributed.init_process_group")
        self.rank, self.world = dist.get_rank(), dist.get_world_size()

    def least(self, t: torch.Tensor) -> None:
        dist.all_reduce(t, dist.ReduceOp.MIN)

    def sum(self, t: torch.Tensor) -> None:
        dist.all_reduce(t, dist.ReduceOp.SUM)

    def same(self, x: np.ndarray, device: str) -> None:
        """Every process must hold the same vectors; compared by shape, type and the sum of their bytes."""
        mark = torch.tensor([*x.shape, x.dtype.itemsize, int(x.view(np.uint8).sum(dtype=np.int64))], device=device)
        low, high = mark.clone(), -mark
        self.least(low)
        self.least(high)
        if not torch.equal(low, -high):
            raise NeighbourError("the processes read different vectors: give all of them the same file")


def sharded(x: np.ndarray, sizes, *, device: str = "cpu", **options) -> dict[int, Neighbours]:
    """`nearest_within` over the processes of torchrun; all of them return the whole answer."""
    if "RANK" not in os.environ:
        raise NeighbourError("not started by torchrun: torchrun --nproc-per-node N -m numerics.neighbors.sharded FILE --out FILE")
    if device == "cuda":
        device = f"cuda:{int(os.environ.get('LOCAL_RANK', 0))}"
        torch.cuda.set_device(device)
    dist.init_process_group("nccl" if device.startswith("cuda") else "gloo")
    try:
        share = Processes()
        share.same(np.ascontiguousarray(x), device)
        return nearest_within(x, sizes, device=device, share=share, **options)
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
