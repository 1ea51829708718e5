"""Every experiment by its name, and what the face asks: `evidence_for(claim)` and the digest that caching must take into account.

A further experiment is a module whose `EXPERIMENTS` lists it, named here. Modules are imported only when one of their experiments
is asked for.
"""
from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from empirics import experiment as base
from theory.claim import Claim, Evidence, StoreError

MODULES = {"capacity": "empirics.capacity", "memorizer": "empirics.memorization", "radius": "empirics.radius",
           "training": "empirics.training.experiments"}      # first part of an experiment's name -> its module


def find(name: str) -> base.Experiment | None:
    """The experiment of this name, or None where it is not written yet."""
    module = MODULES.get(name.split(".")[0])
    if module is None:
        return None
    return next((e for e in importlib.import_module(module).EXPERIMENTS if e.name == name), None)


def experiments() -> dict[str, base.Experiment]:
    """All experiments by name, in order."""
    return {e.name: e for module in MODULES.values() for e in importlib.import_module(module).EXPERIMENTS}


def path(name: str, folder: Path | None = None) -> Path:
    return (folder or base.RECORDS) / f"{name}.json"


def records(folder: Path | None = None) -> dict[str, dict[str, Any]]:
    """name -> record, of all experiments that have one."""
    return {name: base.read(path(name, folder)) for name in experiments() if path(name, folder).exists()}


def record_digest(name: str, folder: Path | None = None) -> str | None:
    """What a cache key must contain: the digest inside the record file, read anew; None without a record."""
    file = path(name, folder)
    return base.read(file)["digest"] if file.exists() else None


def evidence_for(claim: Claim, folder: Path | None = None) -> Evidence | None:
    """The evidence of the record that decides this claim; None where there is no such experiment or no record yet."""
    if claim.experiment is None:
        return None
    found = find(claim.experiment)
    file = path(claim.experiment, folder)
    if found is None:
        if file.exists():
            raise StoreError(f"{file} is a record of {claim.experiment}, which is no experiment here")
        return None
    return base.evidence(found, claim, base.read(file)) if file.exists() else None
