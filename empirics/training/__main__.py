"""Training runs and their experiments.

  python -m empirics.training                    the experiments, and whether each has a record
  python -m empirics.training table              predictions, measurements, who was right
  python -m empirics.training --rerun [NAME ...] measure again and write the records (default: training.offline)
  python -m empirics.training --rerun training.gpt2 --only "gpt2 90M"    one run of it; the record waits for the others
  python -m empirics.training jobs NAME          the jobs of an experiment, as JSON
  python -m empirics.training fit --job FILE --out DIR  one run, with checkpoints; goes on after a kill; also under torchrun

Which run first, where GPU time is short: the first command lists them by what they decide for their minutes.
"""
from __future__ import annotations

import argparse
import json
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from empirics.command import command
from empirics.training import TrainingError


def _parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(prog="python -m empirics.training", description=__doc__,
                                formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--rerun", nargs="*", metavar="NAME", help="measure these experiments again and write their records")
    p.add_argument("--set", action="append", default=[], metavar="KEY=JSON", help="with --rerun: another setting")
    p.add_argument("--only", metavar="RUN", help="with --rerun NAME: this run of it alone, as `jobs NAME` names it")
    p.add_argument("--records", type=Path, help="folder of the records (default: the committed ones)")
    commands = p.add_subparsers(dest="command")
    commands.add_parser("table", help="predictions, measurements, who was right").add_argument("--json", action="store_true")
    jobs = commands.add_parser("jobs", help="the jobs of an experiment")
    jobs.add_argument("name")
    fit = commands.add_parser("fit", help="one run")
    fit.add_argument("--job", type=Path, required=True, help="a job as JSON (see `jobs`)")
    fit.add_argument("--out", type=Path, required=True, help="folder for checkpoints and result.json")
    fit.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:0")
    fit.add_argument("--quiet", action="store_true", help="no progress line")
    return p


def _experiment(name: str):
    from empirics.training.experiments import EXPERIMENTS
    known = {e.name: e for e in EXPERIMENTS}
    if name not in known:
        raise TrainingError(f"there is no experiment {name}; there are {', '.join(known)}")
    return known[name]


def _changes(given: Sequence[str]) -> dict[str, Any]:
    out = {}
    for item in given:
        key, _, value = item.partition("=")
        try:
            out[key] = json.loads(value)
        except ValueError as error:
            raise TrainingError(f"--set {item}: write KEY=JSON, for instance source='\"text.txt\"'") from error
    return out


def configured(experiment: Any, changes: dict[str, Any]) -> None:
    unknown = [k for k in changes if k not in experiment.configuration]
    if unknown:
        raise TrainingError(f"{experiment.name} has no setting {unknown[0]}; it has {', '.join(experiment.configuration)}")
    kinds = {k: type(experiment.configuration[k]) for k in changes if experiment.configuration[k] is not None}
    odd = next((k for k, kind in kinds.items() if type(changes[k]) is not kind), None)
    if odd:
        raise TrainingError(f"the setting {odd} looks like {json.dumps(experiment.configuration[odd])}, not "
                            f"{json.dumps(changes[odd])}")


def standing(e: Any, changes: dict[str, Any], folder: Path | None) -> Any:
    """The experiment to run. Where a setting of a paper-scale experiment is changed, one whose record decides nothing, and which
    must go into another folder than that of the records that do."""
    from dataclasses import replace
    from empirics.experiment import RECORDS
    from empirics.training import paper
    toy = [k for k in changes if k not in paper.FREE and e.name in paper.ANALYSED and changes[k] != json.loads(
        json.dumps(e.configuration[k]))]
    if not toy:
        return e
    if folder is None or folder.resolve() == RECORDS.resolve():
        raise TrainingError(f"{e.name} decides printed claims at the paper's {toy[0]}; give another folder (--records DIR) for a "
                            "record of other settings: it will decide nothing")
    return replace(e, analyse=paper.ANALYSED[e.name])


def rerun(names: Sequence[str], changes: dict[str, Any], folder: Path | None, only: str | None) -> None:
    """Predict, train, analyse, write. Whatever is wrong with a name or a setting is said before anything is trained."""
    from empirics.experiment import RECORDS, run, writable, write
    from empirics.training import paper
    from empirics.training.experiments import claims
    found = [_experiment(n) for n in names or ["training.offline"]]
    for e in found:
        configured(e, changes)
        planned(e.name)({**e.configuration, **changes}, e.seed)
    found = [standing(e, changes, folder) for e in found]
    if only is not None:
        if len(found) != 1 or found[0].name not in paper.PLANNED:
            raise TrainingError(f"--only goes with the name of one of {', '.join(paper.PLANNED)}")
        missing = paper.only(found[0], {**found[0].configuration, **changes}, only)
        print(f"{only}: done; " + (f"no record is written before {', '.join(missing)}" if missing else
                                   "all are there: run the same command without --only to write the record"))
        return
    for e in found:
        writable(folder or RECORDS)
        record = run(e, claims(), changes)
        print(f"{write(record, folder or RECORDS)}: {record['seconds']} s")
        for q, i in record["measured"].items():
            print(f"  {q} = {i['value']:.3f} in [{i['low']:.3f}, {i['high']:.3f}]")


def planned(name: str) -> Any:
    from empirics.training import offline, paper
    return {**paper.PLANNED, offline.NAME: offline.planned}[name]


def overview(folder: Path | None) -> None:
    """In the order of what they decide for their time."""
    from empirics import registry
    from empirics.training.paper import RANKED
    for name, time, what in RANKED:
        e = _experiment(name)
        path = registry.path(e.name, folder)
        state = "no record" if not path.exists() else "recorded on " + registry.base.read(path)["device"]
        print(f"{e.name:<18} {state}; about {time}{'' if e.offline else ' on a large GPU'}")
        for said in (what, "measures " + ", ".join(e.controls)):
            print(textwrap.fill(said, 78, initial_indent=" " * 19, subsequent_indent=" " * 19))


def fit(job: Path, out: Path, device: str, quiet: bool) -> None:
    from empirics.training import the_torch
    from empirics.training.asked import checked, writable
    from empirics.training.jobs import perform, store
    try:
        wanted = checked(json.loads(job.read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError) as error:
        why = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise TrainingError(f"cannot read the job {job} ({why})") from error
    the_torch()
    writable(out)
    from empirics.training.ddp import join, leave
    world = join(device)
    try:
        found = perform(wanted, out, world, show=not quiet)
    finally:
        leave(world)
    if world.first:
        path = store(wanted, found, out)
        print(f"{path}: training loss {found['train']['value']!r}, held out {found['held_out']['value']!r}, {found['seconds']} s")


@command("training", kept="the same command goes on from what was finished")
def main(argv: Sequence[str] | None = None) -> None:
    given = _parser().parse_args(argv)
    if given.rerun is None and (given.set or given.only):
        raise TrainingError("--set and --only go with --rerun NAME")
    if given.rerun is not None:
        rerun(given.rerun, _changes(given.set), given.records, given.only)
    elif given.command == "table":
        from empirics.experiment import RECORDS
        from empirics.training import table
        found = table.rows(given.records or RECORDS)
        print(json.dumps([r.as_json() for r in found], indent=1) if given.json else table.text(found))
    elif given.command == "jobs":
        e = _experiment(given.name)
        print(json.dumps(planned(e.name)(e.configuration, e.seed), indent=1))
    elif given.command == "fit":
        fit(given.job, given.out, given.device, given.quiet)
    else:
        overview(given.records)


if __name__ == "__main__":
    sys.exit(main())
