"""Experiments at the command line.

    python -m empirics                          every experiment: its record, fresh or stale, and what it waits for
    python -m empirics run [NAME ..] [--again]  measure and write the records that are not fresh (all of them with --again)
"""
from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from empirics import registry
from empirics.command import command
from empirics.experiment import Experiment, fresh, read, run, write
from theory.claim import WellposedError


def state(found: Experiment) -> str:
    path = registry.path(found.name)
    if not path.exists():
        return "no record" if found.offline else "no record: a GPU or an hour-long run"
    record = read(path)
    made = "fresh" if fresh(found, record) else "stale"
    return f"{made if found.offline else 'record'}, {record['seconds']} s on {record['device']}, {str(record['revision'])[:12]}"


def measure(found: Experiment) -> None:
    from theory.registry import load
    print(f"{found.name}: measuring", file=sys.stderr)
    record = run(found, load().claims)
    path = write(record)
    print(f"{path.name}: {record['seconds']} s; " + "; ".join(
        f"{q} = {i['value']:.3f} in [{i['low']:.3f}, {i['high']:.3f}]" for q, i in record["measured"].items()))


@command("empirics")
def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m empirics", description=__doc__.splitlines()[0])
    parser.add_argument("command", nargs="?", choices=("list", "run"), default="list")
    parser.add_argument("names", nargs="*", metavar="NAME", help="experiments; by default all that any machine can run")
    parser.add_argument("--again", action="store_true", help="run also where the record is fresh")
    args = parser.parse_args(arguments)
    known = registry.experiments()
    for name in args.names:
        if name not in known:
            raise WellposedError(f"there is no experiment {name}; there are {', '.join(known)}")
        if args.command == "run" and not known[name].offline:
            raise WellposedError(f"{name} is a GPU or an hour-long run; the command of its own module measures it")
    for found in [known[n] for n in args.names or known if args.command == "list" or known[n].offline]:
        if args.command == "list":
            print(f"{found.name:<22} {state(found)}")
            continue
        path = registry.path(found.name)
        if args.again or not fresh(found, read(path) if path.exists() else None):
            measure(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
