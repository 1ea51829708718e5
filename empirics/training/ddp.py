"""Several processes: what torchrun says about them, and the few things that they do together.

Every process draws the same global batch and keeps its own rows of it, so data need no distribution. Gradients are averaged by
torch's DistributedDataParallel; the loop multiplies its loss by the number of processes, which makes the sum that one process
would have.
"""
from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from empirics.training import TrainingError


@dataclass(frozen=True)
class World:
    """rank of this process among `size`; device: a torch device string of its own."""

    rank: int = 0
    size: int = 1
    device: str = "cpu"

    @property
    def first(self) -> bool:
        return self.rank == 0

    def rows(self, batch: int) -> slice:
        """The rows of a global batch that are this process's."""
        if batch % self.size:
            raise TrainingError(f"a batch of {batch} cannot be shared by {self.size} processes; make it a multiple")
        each = batch // self.size
        return slice(self.rank * each, (self.rank + 1) * each)

    def wrap(self, model: Any) -> Any:
        if self.size == 1:
            return model
        from torch.nn.parallel import DistributedDataParallel
        return DistributedDataParallel(model, device_ids=[int(self.device.rsplit(":")[-1])] if self.device.startswith("cuda")
                                       else None)

    def total(self, tensor: Any) -> Any:
        """The sum over the processes."""
        if self.size > 1:
            from torch import distributed
            distributed.all_reduce(tensor)
        return tensor

    def wait(self) -> None:
        if self.size > 1:
            from torch import distributed
            distributed.barrier(device_ids=[int(self.device.rsplit(":")[-1])] if self.device.startswith("cuda") else None)


def pick_device(wanted: str) -> str:
    """auto, cpu, cuda or cuda:K; what is not there is a TrainingError."""
    import torch
    if wanted == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    kind, _, number = wanted.partition(":")
    if kind not in ("cpu", "cuda") or (number and not number.isdigit()):
        raise TrainingError(f"there is no device {wanted!r}: auto, cpu, cuda or cuda:0")
    if kind == "cuda" and (not torch.cuda.is_available() or int(number or 0) >= torch.cuda.device_count()):
        raise TrainingError(f"{wanted} is not there: this machine has {torch.cuda.device_count()} CUDA devices; use --device cpu")
    return wanted


def join(wanted: str = "auto") -> World:
    """The world that torchrun's environment describes (gloo on CPU, nccl on CUDA), or this process alone."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        return World(device=pick_device(wanted))
    import torch
    from torch import distributed
    rank, local = int(os.environ["RANK"]), int(os.environ.get("LOCAL_RANK", "0"))
    cuda = pick_device(wanted).startswith("cuda")
    device = pick_device(f"cuda:{local}") if cuda else "cpu"
    if cuda:
        torch.cuda.set_device(local)
    if not distributed.is_initialized():
        distributed.init_process_group("nccl" if cuda else "gloo")
    return World(rank, size, device)


def leave(world: World) -> None:
    if world.size > 1:
        from torch import distributed
        distributed.destroy_process_group()
