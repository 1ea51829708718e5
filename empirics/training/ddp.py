"""Several processes: what torchrun says about them, and the few things that they do together.

Every process draws the same global batch and keeps its own rows of it, so data need no distribution. Gradients are averaged by
torch's DistributedDataParallel; the loop multiplies its loss by the number of processes, which makes the sum that one process
would have. What is wrong in one process is a TrainingError in all of them: none waits for another that has given up.
"""
from __future__ import annotations

import os
from dataclasses import dataclass, field
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

    def each(self, number: int) -> list[int]:
        """What every process says, by rank."""
        import torch
        said = torch.zeros(self.size, dtype=torch.int64, device=self.device)
        said[self.rank] = number
        return self.total(said).tolist()

    def give(self, tensor: Any, source: int) -> Any:
        """The tensor of one process, written over those of the others."""
        if self.size > 1 and tensor.numel():
            from torch import distributed
            distributed.broadcast(tensor, source)
        return tensor

    def told(self, text: str, source: int) -> str:
        """The text of one process, as all get it (as bytes, since torch's own way for objects runs code of the sender's)."""
        import torch
        if self.size == 1:
            return text
        mine = text.encode()
        length = self.each(len(mine))[source]
        data = torch.zeros(length, dtype=torch.uint8)
        if self.rank == source:
            data = torch.frombuffer(bytearray(mine), dtype=torch.uint8)
        return bytes(self.give(data.to(self.device), source).cpu().numpy()).decode()

    def agree(self, trouble: str | None) -> None:
        """A TrainingError in every process, where any is in trouble: the first one's."""
        troubled = [rank for rank, is_ in enumerate(self.each(bool(trouble))) if is_]
        if troubled:
            raise TrainingError(self.told(trouble or "", troubled[0]))

    def wait(self) -> None:
        if self.size > 1:
            from torch import distributed
            distributed.barrier(device_ids=[int(self.device.rsplit(":")[-1])] if self.device.startswith("cuda") else None)


@dataclass
class Window:
    """Losses of the steps since the last entry of a history. `fresh` are this process's shares, with the gradient's norm; settled
    ones are sums over the processes and the same in all of them, so that any number of processes may go on from them.
    """

    world: World
    settled: list[Any] = field(default_factory=list)
    fresh: list[tuple[Any, Any]] = field(default_factory=list)

    def add(self, loss: Any, norm: Any) -> None:
        self.fresh.append((loss, norm))

    def settle(self) -> tuple[int, float, float] | None:
        """Sum the shares. The first step whose loss or gradient is no number: how many of the fresh steps follow it, its loss and
        its norm. The only place where the loop waits for the device."""
        import torch
        if not self.fresh:
            return None
        losses, norms = (torch.stack(column) for column in zip(*self.fresh))
        self.settled.append(self.world.total(losses))
        self.fresh = []
        good = torch.isfinite(losses) & torch.isfinite(norms)
        if bool(good.all()):
            return None
        k = good.tolist().index(False)
        return len(losses) - 1 - k, float(losses[k]), float(norms[k])

    def losses(self) -> Any:
        """Of all steps, settled."""
        import torch
        return torch.cat(self.settled) if self.settled else torch.zeros(0)


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
