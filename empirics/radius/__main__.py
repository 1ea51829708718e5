"""`python -m empirics.radius`: measure again, print what was found, and write the record (or, for another model or text, the
figures)."""
from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any, Mapping, Sequence

from empirics import experiment as base
from empirics.command import command
from empirics.radius import experiments
from empirics.radius.analysis import overall
from empirics.radius.pipeline import progress
from empirics.radius.settings import RadiusError, Settings

ALWAYS = ("after", "before")
PLACES = ("device", "dtype")                    # options that change where it runs, not what is run
SHORT = {"unit density": "density", "printed, n = T d_emb": "T d_emb"}
LETTERS = {"V_n = 1": "v", "gaussian": "g", "words": "w", "shuffled": "s", "untrained": "u", "unit density": "d",
           "printed, n = T d_emb": "t", "Z_t = 1": "z"}


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(prog="radius", description="Nearest-neighbour distances of a transformer's activations, beside "
                                "what each explanation predicts. Without options: the packaged encoder on the shipped novels, "
                                "no network.")
    p.add_argument("--experiment", choices=[e.name for e in experiments.EXPERIMENTS], default="radius.offline",
                   help="radius is GPT-2 medium on OpenWebText: needs a network, `datasets`, and a CUDA device to be quick")
    p.add_argument("--model", help="a local folder, or a name that from_pretrained knows")
    p.add_argument("--tokenizer", help="its folder or name, where the model's folder has none")
    p.add_argument("--source", help="a text file (.txt, .xz), or datasets:NAME")
    for name in ("length", "chunks", "skip", "batch", "shard", "contexts", "seed"):
        p.add_argument(f"--{name}", type=int)
    p.add_argument("--views", help="layer.K,...: of which layers too, beside `after` and `before` the last norm")
    p.add_argument("--position", choices=["last", "mean"])
    p.add_argument("--device", choices=["auto", "cpu", "cuda"])
    p.add_argument("--dtype", choices=["auto", "fp32", "bf16"])
    p.add_argument("--out", type=Path, help="where vectors go (default build/radius/NAME); the same command goes on where it "
                   "was stopped")
    p.add_argument("--records", type=Path, default=base.RECORDS, help="where the record goes")
    p.add_argument("--raw-only", action="store_true", help="measure and write OUT/raw.json only: needs no python-flint")
    p.add_argument("--from-raw", type=Path, metavar="FILE", help="make the record from such a file, measured elsewhere")
    return p


@command("radius", kept="the same command goes on from here")
def main(arguments: Sequence[str] | None = None) -> int:
    return _run(parser().parse_args(arguments))


def _run(options: argparse.Namespace) -> int:
    experiment = next(e for e in experiments.EXPERIMENTS if e.name == options.experiment)
    if options.from_raw is not None:
        return _record(experiment, read_raw(options.from_raw, experiment.name), options.records)
    names = (*Settings.__dataclass_fields__, "contexts")
    given = {k: getattr(options, k) for k in names if getattr(options, k, None) is not None}
    if "views" in given:
        given["views"] = [*ALWAYS, *(v for v in given["views"].split(",") if v not in ALWAYS)]
    seed = given.pop("seed", experiment.seed)
    own = bool(set(given) - set(PLACES))
    ours = {"skip": 0, "views": list(ALWAYS)} if own else {}      # these are of the experiment's own text and model
    configuration = {**experiment.configuration, **ours, **given}
    if configuration["contexts"] > configuration["chunks"]:
        configuration["contexts"] = configuration["chunks"]
    if configuration["contexts"] < 1:
        raise RadiusError(f"contexts must be at least 1, not {configuration['contexts']}")
    Settings.of({**configuration, "seed": seed})            # whatever is wrong with them is said before anything is loaded
    out = options.out or Path("build") / "radius" / ("own" if own else experiment.name)
    raw = experiments.measure(configuration, seed, out, progress)
    if int(os.environ.get("RANK", "0")):
        return 0                                            # the first process of a torchrun says and writes everything
    measured = {"experiment": experiment.name, "own": own, "configuration": configuration, "seed": seed,
                "environment": environment(), "raw": raw}
    _save(out / "raw.json", measured)
    print("\n" + "\n".join(table(raw)))
    if own or options.raw_only:
        print(f"figures: {out / 'raw.json'}" + ("\nanother run than the claims name, so it decides none" if own else ""))
        return 0
    return _record(experiment, measured, options.records)


def environment() -> dict[str, str]:
    return {name: metadata.version(name) for name in experiments.LIBRARIES}


def read_raw(path: Path, name: str) -> dict[str, Any]:
    """What `--raw-only` wrote, or one line."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["experiment"] != name or found["own"]:
            raise RadiusError(f"{path} holds figures of {'another run' if found['own'] else found['experiment']}, not of {name}")
        return found
    except OSError as error:
        raise RadiusError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise RadiusError(f"{path} holds no figures of a radius run; measure again") from error


def _record(experiment: base.Experiment, measured: Mapping[str, Any], folder: Path) -> int:
    """Make and write the record. The ranges come from the claims alone; the figures are as measured."""
    from theory.niu2024 import section1, section6
    raw, claims = measured.get("raw"), {c.id: c for c in (*section1.CLAIMS, *section6.CLAIMS)}
    fixed = replace(experiment, measure=lambda configuration, seed: raw)
    try:
        record = base.run(fixed, claims, measured["configuration"], measured["seed"])
        record.update({"versions": {**record["versions"], **measured["environment"]},      # of where it was measured
                       "seconds": round(sum(raw["phases"].values()), 1)})
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise RadiusError("these are no whole figures of a radius run; measure again") from error
    except (ValueError, ZeroDivisionError) as error:        # such as a slope of nothing but duplicates
        raise RadiusError(f"no claim can be decided from these figures: {' '.join(str(error).split())}; take a text with fewer "
                          "equal chunks") from error
    record["digest"] = base.digest(record)
    print("\n".join(verdicts(record, experiment, claims)))
    try:
        print(f"record: {base.write(record, folder)}")
    except OSError as error:
        raise RadiusError(f"cannot write the record into {folder}: {error.strerror}") from error
    return 0


def _save(path: Path, data: Mapping[str, Any]) -> None:
    from empirics.radius.store import write
    try:
        write(path, json.dumps(data, sort_keys=True).encode())
    except OSError as error:
        raise RadiusError(f"cannot write {path}: {error.strerror}; make room and run the same command again") from error


# ---------------------------------------------------------------- what is printed, in 80 columns

def table(raw: Mapping[str, Any]) -> list[str]:
    """Medians beside predictions, per view and share."""
    model, text = raw["model"], raw["text"]
    sizes = raw["predicted"]["from sizes"]
    out = [f"{model['name']}, {model['layers']} layers, d_emb {model['width']}, on {model['device']} in {model['dtype']}",
           f"{text['chunks']} of {text['chunks available']} chunks of {text['length']} tokens; {text['shorter than a chunk']} of "
           f"{text['documents']} documents are shorter",
           "predicted from sizes: " + ", ".join(f"{name} {value:.4g}" for name, value in list(sizes.items())[:2]),
           " " * 22 + ", ".join(f"{name} {value:.4g}" for name, value in list(sizes.items())[2:]), *proved(raw), "",
           f"{'view':8}{'share':>6}{'mean':>8}{'median':>8}{'/norm':>7}{'equal':>6}{'gaussian':>9}{'words':>7} {'best':8} apart"]
    for row in raw["comparison"]:
        said = row["predicted"]
        best = SHORT.get(row["best"], row["best"]) or "-"
        told = "".join(LETTERS[name] for name in row["could tell from printed"] if name in LETTERS)
        out.append(f"{row['view']:8}{row['share']:>5}%{row['mean']:8.2f}{row['median']:8.2f}{row['per norm']:7.3f}"
                   f"{row['duplicates']:6}{said['gaussian']:9.2f}{said['words']:7.2f} {best:8} {told}")
    same = ", ".join(f"{view} {100 * found['same']:.0f} %" for view, found in raw["words"].items() if view in ("after", "before"))
    chance = 100 * next(iter(raw["words"].values()))["chance"]
    out.append(f"the neighbour ends in the same word: {same} (by chance {chance:.1f} %)")
    errors = ", ".join(f"{SHORT.get(n, n)} {e:.2f}" for n, e in list(overall(raw["comparison"]).items())[:4])
    out += [f"mean |log error|: {errors or 'none, as every median distance is 0 (duplicates)'}",
            "equal: vectors with a duplicate, at distance 0. apart: what this could have told",
            "from the printed formula (ranges within 20 %): Gaussian, words, shuffled,",
            "untrained, density, T d_emb, Z_t = 1, V_n = 1"]
    return out


def proved(raw: Mapping[str, Any]) -> list[str]:
    """What is proved of any vectors, beside what was found."""
    rows, after = raw["proved"].values(), raw["proved"]["after"]
    meet = 100 * after["balls of the printed radius that meet"]
    broken, compared = (sum(r[k] for r in rows) for k in ("broken", "compared"))
    return [f"proved: fewer vectors are never nearer: broken by {broken} of {compared}",
            f"proved: a radius of disjoint balls around all vectors (after) is below {after['common radius below']:.3g};",
            f"        {meet:.0f} % of balls of the printed radius would meet another"]


def verdicts(record: Mapping[str, Any], experiment: base.Experiment, claims: Mapping[str, Any]) -> list[str]:
    """Each claim with its range and what was measured."""
    out = ["", f"{'claim':24}{'measured':21}{'predicted':13}{'rival':13}"]
    for name in record["predicted"]:
        found = base.evidence(experiment, claims[name], record)
        i = record["measured"][experiment.quantity(claims[name])]
        measured = f"{_figure(i['value'])} [{_figure(i['low'])}, {_figure(i['high'])}]"
        short = name.removeprefix("niu2024.").removeprefix("radius.")
        out.append(f"{short:24}{measured:21}{_range(record['predicted'][name]):13}"
                   f"{_range(record['rival'][name]['range']):13}{found.outcome.value}")
    return out


def _range(ends: Sequence[float | None]) -> str:
    low, high = ends
    if low is None:
        return f"<= {_figure(high)}"
    return f">= {_figure(low)}" if high is None else f"{_figure(low)} to {_figure(high)}"


def _figure(x: float) -> str:
    return f"{x:.1f}" if abs(x) >= 9.95 else f"{x:.2f}"


if __name__ == "__main__":
    sys.exit(main())
