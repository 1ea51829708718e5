"""The state of a run on disk: `step-00001200.safetensors` with every tensor, and `step-00001200.json` that says what they are.

Each file is written beside its place, flushed to the disk and renamed; the JSON comes last and holds the digest of the tensors,
so a checkpoint without its JSON was never finished and does not count. The last two are kept. Random numbers need no state:
batches are functions of (seed, step), dropout of (seed, step, part, process). The first process writes; the one that holds the
newest checkpoint reads and gives it to the others, so that several machines need no folder in common.
"""
from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping

from empirics.training import TrainingError
from empirics.training.ddp import World

SCHEMA = 2          # 2: losses are sums over all processes; the tokens that were counted
MOMENTS = ("step", "exp_avg", "exp_avg_sq")
KEPT = 2
NAME = re.compile(r"step-(\d{8})\.json")


@dataclass(frozen=True)
class Checkpoint:
    """step: how many are done. identity: of the run. state: JSON. tensors: name -> tensor, on the CPU."""

    step: int
    identity: Mapping[str, Any]
    state: Mapping[str, Any]
    tensors: Mapping[str, Any]


def save(folder: Path, step: int, identity: Mapping[str, Any], state: Mapping[str, Any], tensors: Mapping[str, Any]) -> Path:
    """identity: what the run is made of (shape, plan, data); only the same run may go on from here."""
    from safetensors import SafetensorError
    from safetensors.torch import save_file
    stem = folder / f"step-{step:08d}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        weights = stem.with_suffix(".safetensors")
        temporary = weights.with_suffix(".tmp")
        save_file({k: v.detach().contiguous().cpu() for k, v in tensors.items()}, temporary)
        digest = _sha256(temporary)
        _replace(temporary, weights)
        record = {"schema": SCHEMA, "step": step, "identity": identity, "state": state, "sha256": digest}
        temporary = stem.with_suffix(".json.tmp")
        temporary.write_text(json.dumps(record, allow_nan=False), encoding="utf-8")
        _replace(temporary, stem.with_suffix(".json"))
        for old in steps(folder)[:-KEPT]:
            for ending in (".json", ".safetensors"):        # the JSON first: what is left without it does not count
                (folder / f"step-{old:08d}{ending}").unlink(missing_ok=True)
    except (OSError, SafetensorError) as error:         # a full disk is either
        why = getattr(error, "strerror", None) or str(error).splitlines()[0][:100]
        raise TrainingError(f"cannot write a checkpoint in {folder} ({why}); earlier ones are kept") from error
    return stem.with_suffix(".json")


def _replace(temporary: Path, path: Path) -> None:
    with open(temporary, "rb") as file:
        os.fsync(file.fileno())
    os.replace(temporary, path)


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def steps(folder: Path) -> list[int]:
    """Of the finished checkpoints, ascending."""
    if not folder.is_dir():
        return []
    return sorted(int(m[1]) for m in map(NAME.fullmatch, os.listdir(folder)) if m)


def last(folder: Path, identity: Mapping[str, Any] | None) -> Checkpoint | None:
    """The newest checkpoint; None where there is none. A damaged one, or one of another run (None: of any), is a
    TrainingError."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file
    found = steps(folder)
    if not found:
        return None
    path = folder / f"step-{found[-1]:08d}.json"
    before = f"step {found[-2]}" if len(found) > 1 else "the beginning"
    damaged = f"the checkpoint {path.with_suffix('')} is damaged (%s); delete its two files to go on from {before}"
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        if record["schema"] != SCHEMA or record["step"] != found[-1]:
            raise TrainingError(damaged % "its JSON is of another version or step")
        if identity is not None and (differing := difference(record["identity"], identity)) is not None:
            raise TrainingError(f"the checkpoint {path.with_suffix('')} belongs to another run ({differing}); choose another "
                                "folder, or what it began with")
        weights = path.with_suffix(".safetensors")
        if _sha256(weights) != record["sha256"]:
            raise TrainingError(damaged % "the digest of its tensors does not fit")
        return Checkpoint(record["step"], record["identity"], record["state"], load_file(weights))
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        said = (str(error).splitlines() or ["no message"])[0][:80]
        raise TrainingError(damaged % f"{type(error).__name__}: {said}") from error


# ---------------------------------------------------------------- of a run, in one process or several

def keep(folder: Path, step: int, identity: Mapping[str, Any], state: Mapping[str, Any], losses: Any,
         parameters: Mapping[str, Any], optimiser: Any, world: World) -> None:
    """Save from the first process; where that fails, all stop."""
    trouble = None
    if world.first:
        tensors = {f"model.{n}": p for n, p in parameters.items()}
        tensors.update({f"adam.{k}.{n}": v for n, p in parameters.items() for k, v in optimiser.state[p].items()})
        try:
            save(folder, step, identity, state, {**tensors, "window": losses})
        except TrainingError as error:
            trouble = str(error)
    world.agree(trouble)


def resume(folder: Path | None, identity: Mapping[str, Any], parameters: Mapping[str, Any], optimiser: Any,
           world: World) -> tuple[int, dict[str, Any], Any]:
    """Steps done, state and losses from the newest checkpoint that any process finds in its folder, with the model and the
    optimiser set to it; 0, {} and no losses where there is none. Processes that are not of the same run are refused."""
    import torch
    newest = world.each(max(steps(folder), default=-1) if folder is not None else -1)
    source = newest.index(max(newest))          # the first process's, where they share a folder
    found, trouble, head = None, None, {"identity": identity, "step": 0, "state": {}, "losses": 0}
    if world.rank == source:
        try:
            if folder is not None and folder.exists() and not folder.is_dir():
                raise TrainingError(f"cannot write a checkpoint in {folder} (it is a file); choose another folder")
            found = last(folder, identity) if folder is not None else None
            if found is not None:
                _restore(parameters, optimiser, found)
                head |= {"step": found.step, "state": dict(found.state), "losses": len(found.tensors["window"])}
        except (KeyError, TypeError, RuntimeError) as error:
            trouble = (f"the checkpoint of step {newest[source]} in {folder} is damaged (it lacks {str(error)[:60]}); delete its "
                       "two files to go on from the one before")
        except TrainingError as error:
            trouble = str(error)
    world.agree(trouble)
    head = json.loads(world.told(json.dumps(head), source))
    differing = difference(head["identity"], json.loads(json.dumps(identity)))
    world.agree(differing and f"the processes are not of one run ({differing}: processes {source} and {world.rank}); give all "
                "the same job and the same data")
    losses = torch.zeros(head["losses"]) if found is None else found.tensors["window"]
    losses = losses.to(world.device)
    if head["step"] and world.size > 1:
        for p in parameters.values():
            if found is None:
                zero = torch.zeros((), device=p.device)
                optimiser.state[p] = dict(zip(MOMENTS, (zero, torch.zeros_like(p), torch.zeros_like(p))))
            for tensor in (p.data, *(optimiser.state[p][k] for k in MOMENTS)):
                world.give(tensor, source)
        world.give(losses, source)
    return head["step"], head["state"], losses


def _restore(parameters: Mapping[str, Any], optimiser: Any, found: Checkpoint) -> None:
    for n, p in parameters.items():
        p.data.copy_(found.tensors[f"model.{n}"])
        optimiser.state[p] = {k: found.tensors[f"adam.{k}.{n}"].to(p.device) for k in MOMENTS}
    if not {"history", "tokens"} <= found.state.keys():
        raise KeyError("history")


def difference(there: Any, here: Any, name: str = "") -> str | None:
    """The first value that differs, in words."""
    if isinstance(there, Mapping) and isinstance(here, Mapping):
        for key in sorted({*there, *here}):
            found = difference(there.get(key), here.get(key), f"{name}.{key}" if name else key)
            if found is not None:
                return found
        return None
    same = list(there) == list(here) if isinstance(there, (list, tuple)) and isinstance(here, (list, tuple)) else there == here
    return None if same else f"{name} is {_short(there)} there and {_short(here)} here"


def _short(value: Any) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= 24 else text[:20] + "..."
