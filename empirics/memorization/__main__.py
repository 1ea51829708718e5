"""`python -m empirics.memorization`: measure how much small trained Transformers memorise; write the record memorizer.trained.

Finished batches are kept in a file, so that a run that was stopped, or was given --seconds, goes on where it ended.
"""
from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any, Mapping, Sequence

from empirics import experiment as base
from empirics.command import command
from empirics.memorization.analysis import table
from empirics.memorization.experiment import SMALL, TRAINED, measured
from empirics.memorization.keeping import Kept, OutOfTime
from theory.claim import WellposedError

LOG = Path("build") / "memorizer.trained.jsonl"


def record(kept: Kept, small: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The whole record. Its seconds are those of training, whenever that was."""
    from theory.registry import load
    import torch
    experiment = replace(TRAINED, measure=lambda c, seed: measured(c, seed, kept))
    out = base.run(experiment, load().claims, small)
    device = torch.cuda.get_device_name() if kept.device == "cuda" else "cpu"
    out |= {"seconds": kept.seconds, "device": device, "versions": {**out["versions"], "torch": metadata.version("torch")}}
    return {**out, "digest": base.digest(out)}


@command("memorization")
def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and write the record when all is measured."""
    parser = argparse.ArgumentParser(prog="python -m empirics.memorization", description="Measure how many labels small trained "
                                     "Transformers memorise, and write the record memorizer.trained.")
    parser.add_argument("--seconds", type=float, help="stop before a batch that would start later than this; run again to go on")
    parser.add_argument("--log", type=Path, default=LOG, help=f"finished batches are kept here (default {LOG})")
    parser.add_argument("--out", type=Path, default=base.RECORDS, help="folder of the record")
    parser.add_argument("--device", choices=("cpu", "cuda"), help="default: cuda where there is one")
    parser.add_argument("--small", action="store_true", help="a few seconds at toy sizes, into --out as well: no evidence")
    given = parser.parse_args(arguments)
    import torch
    if given.device == "cuda" and not torch.cuda.is_available():
        raise WellposedError("there is no CUDA device here: leave --device out, or say --device cpu")
    if given.small and given.out == base.RECORDS:
        raise WellposedError("--small would overwrite the record that decides a claim: give another folder with --out")
    torch.set_num_threads(1)            # narrow models: one thread is as fast, and sums come out the same everywhere
    device = given.device or ("cuda" if torch.cuda.is_available() else "cpu")
    kept = Kept(given.log, given.seconds, device, lambda line: print(line, file=sys.stderr, flush=True))
    try:
        made = record(kept, SMALL if given.small else None)
    except OutOfTime as stop:           # as was asked for: no error
        print(f"memorization: {stop}")
        return 0
    print(f"{base.write(made, given.out)}: {made['seconds']} s of training")
    print("\n".join(table(made["raw"])))
    print("\n".join(f"{q} = {i['value']:.3f} in [{i['low']:.3f}, {i['high']:.3f}]" for q, i in made["measured"].items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
