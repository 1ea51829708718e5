"""Where things lie, and writing them so that a crash leaves the old file or the new one, never half of either."""
from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import theory
from theory.claim import StoreError, WellposedError

ROOT = Path(theory.__file__).resolve().parent.parent


class Home:
    """The folder that holds `claims.lock` and `build/`: the repository, unless the caller says otherwise."""

    def __init__(self, folder: Path | str | None = None):
        self.folder = Path(folder).resolve() if folder else ROOT
        self.lock = self.folder / "claims.lock"
        self.build = self.folder / "build"
        self.cache = self.build / "cache"
        self.certificates = self.build / "certificates"


def write_text(path: Path, text: str) -> None:
    """Replace the file in one step. What the disk refuses is told in one line."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
        try:
            with open(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            os.chmod(name, 0o644)
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise WellposedError(f"cannot write {path}: {error.strerror}") from error


def read_json(path: Path, what: str) -> Any:
    """The JSON in a file, or a StoreError that names it and how to mend it."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StoreError(f"cannot read the {what} {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise StoreError(f"the {what} {path} is corrupt: {str(error).splitlines()[0]}") from error


def to_json(value: Any) -> str:
    """Sorted, so that equal values are equal bytes; infinities and nans are refused, JSON has none."""
    return json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
