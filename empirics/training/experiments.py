"""The training experiments: the paper's scale (records of a GPU) and what a CPU decides; and the claims that they are about."""
from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from empirics.training import offline, paper
from theory import niu2024
from theory.claim import Claim

EXPERIMENTS = (*paper.EXPERIMENTS, offline.EXPERIMENT)


@cache
def claims() -> dict[str, Claim]:
    """The claims of niu2024 that one of these experiments decides."""
    names = {e.name for e in EXPERIMENTS}
    modules = [importlib.import_module(f"{niu2024.__name__}.{m.name}") for m in pkgutil.iter_modules(niu2024.__path__)]
    return {c.id: c for m in modules for c in getattr(m, "CLAIMS", ()) if c.experiment in names}
