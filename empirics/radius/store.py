"""Vectors on disk, in shards that survive a kill at any moment.

OUT/run.json says what the vectors are of. A shard is NAME.safetensors, written first, and NAME.json, written last, with the
sha256 of the former: a shard counts when both are there and fit. Both are written under another name, flushed to the disk, and
renamed. OUT/manifest.json, written when all shards are there, lists them and gives the digest of them all.
"""
from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator, Mapping

import numpy as np

from empirics.radius.settings import RadiusError


class Store:
    """The shards of one run. count: chunks; size: chunks in a shard (the last may hold fewer)."""

    def __init__(self, folder: Path, what: Mapping[str, Any], count: int, size: int):
        self.folder, self.what, self.count, self.size = folder, json.loads(json.dumps(what)), count, size
        self.shards = -(-count // size)

    def __repr__(self) -> str:
        return f"Store({self.folder}, {self.shards} shards, {len(self.missing()[0])} missing)"

    def open(self) -> None:
        """Make the folder, or check that it belongs to this run."""
        path = self.folder / "run.json"
        if path.exists():
            known = _json(path)
            if known != self.what:
                other = [k for k in self.what if not isinstance(known, dict) or known.get(k) != self.what[k]]
                raise RadiusError(f"{self.folder} holds vectors of another run (another {', '.join(other) or 'layout'}); give "
                                  "another --out or remove it")
        else:
            self._write(path, json.dumps(self.what, indent=1, sort_keys=True).encode())

    def rows(self, shard: int) -> range:
        return range(shard * self.size, min((shard + 1) * self.size, self.count))

    def save(self, shard: int, vectors: Mapping[str, np.ndarray]) -> None:
        """Raises RadiusError, and writes nothing, if a vector is not finite."""
        from safetensors.numpy import save
        for view, x in vectors.items():
            bad = np.flatnonzero(~np.isfinite(x).all(1))
            if len(bad):
                first = self.rows(shard)[int(bad[0])]
                raise RadiusError(f"the model's output is not finite ({view} of chunk {first}, {len(bad)} "
                                  f"chunks of shard {shard}); shards kept: {self.shards - len(self.missing()[0])}. Use fp32, or "
                                  "mend the model")
        data = save({view: np.ascontiguousarray(x) for view, x in vectors.items()})
        rows = self.rows(shard)
        note = {"shard": shard, "rows": [rows.start, rows.stop], "views": sorted(vectors),
                "sha256": hashlib.sha256(data).hexdigest()}
        self._write(self._data(shard), data)
        self._write(self._note(shard), json.dumps(note, sort_keys=True).encode())

    def missing(self) -> tuple[list[int], list[int]]:
        """Shards still to be computed, and those of them that are there but damaged."""
        todo, damaged = [], []
        for shard in range(self.shards):
            digest = self._digest(shard)
            if digest is None:
                todo.append(shard)
            elif not self._data(shard).exists() or hashlib.sha256(self._data(shard).read_bytes()).hexdigest() != digest:
                todo.append(shard)
                damaged.append(shard)
        return todo, damaged

    def finish(self) -> str:
        """Write the manifest; the digest of all shards."""
        digests = [self._digest(shard) for shard in range(self.shards)]
        if None in digests:
            raise RadiusError(f"shard {digests.index(None)} of {self.folder} is missing; run the same command again")
        total = hashlib.sha256(json.dumps(digests).encode()).hexdigest()
        shards = [{"file": self._data(k).name, "sha256": d} for k, d in enumerate(digests)]
        manifest = {"digest": total, "shards": shards, **self.what}
        self._write(self.folder / "manifest.json", json.dumps(manifest, indent=1, sort_keys=True).encode())
        return total

    def read(self, view: str) -> np.ndarray:
        """All vectors of a view: (count, width) float32."""
        from safetensors.numpy import load
        return np.concatenate([load(self._data(shard).read_bytes())[view] for shard in range(self.shards)])

    def _data(self, shard: int) -> Path:
        return self.folder / f"vectors-{shard:05d}.safetensors"

    def _note(self, shard: int) -> Path:
        return self.folder / f"vectors-{shard:05d}.json"

    def _digest(self, shard: int) -> str | None:
        """What the shard's note says; None where there is no sound note."""
        rows = self.rows(shard)
        try:
            note = json.loads(self._note(shard).read_text(encoding="utf-8"))
            return note["sha256"] if note["rows"] == [rows.start, rows.stop] else None
        except (OSError, ValueError, KeyError, TypeError):       # a damaged note: the shard is computed again
            return None

    def _write(self, path: Path, data: bytes) -> None:
        try:
            write(path, data)
        except OSError as error:
            kept = sum(self._digest(shard) is not None for shard in range(self.shards))
            why = "the disk is full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else str(error.strerror)
            raise RadiusError(f"cannot write {path}: {why}; {kept} of {self.shards} shards are kept: make room and run the same "
                              "command again") from error


def write(path: Path, data: bytes) -> None:
    """The whole file or nothing: written beside its place, flushed to the disk, renamed; a failure leaves nothing behind."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    try:
        with open(beside, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RadiusError(f"cannot read {path} ({str(error).splitlines()[0]}); remove the folder or give another "
                          "--out") from error


@contextmanager
def locked(folder: Path, rank: int) -> Iterator[None]:
    """One run at a time in a folder (per process of a torchrun); the lock goes with the process, also when it is killed."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = open(folder / f"lock.{rank}", "w", encoding="utf-8")
    except OSError as error:
        raise RadiusError(f"cannot write into {folder}: {error.strerror}; give another --out") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise RadiusError(f"another run is writing into {folder}; wait for it or give another --out") from error
        yield
