"""An experiment: ranges predicted from theory before anything is measured, a rival with its own range, a control, a record.

The predicted range of a claim is read off its formal statement, `low <= q and q <= high` for a measured quantity q: the terms are
evaluated at the configuration's numbers. A record keeps the raw figures; whoever reads it recomputes the digest, the predicted
and the rival's ranges, and the measured intervals from the raw figures, and refuses what differs.
"""
from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any, Callable, Mapping, Sequence

from theory.claim import Claim, Evidence, Outcome, StoreError
from theory.terms import ZERO, Term, fam, le

ROOT = Path(__file__).resolve().parents[1]
RECORDS = ROOT / "empirics" / "records"
SCHEMA = 1
CLOSE = 1e-6            # numbers recomputed elsewhere agree to so much, relative to 1
Interval = Mapping[str, float]


@dataclass(frozen=True)
class Range:
    """low <= q <= high; None is no bound."""

    low: float | None
    high: float | None

    def contains(self, i: Interval) -> bool:
        return (self.low is None or self.low <= i["low"]) and (self.high is None or i["high"] <= self.high)

    def misses(self, i: Interval) -> bool:
        return (self.low is not None and i["high"] < self.low) or (self.high is not None and self.high < i["low"])

    def as_json(self) -> list:
        return [self.low, self.high]

    def __str__(self) -> str:
        low, high = ("-inf" if self.low is None else f"{self.low:.4g}"), ("inf" if self.high is None else f"{self.high:.4g}")
        return f"[{low}, {high}]"


@dataclass(frozen=True)
class Rival:
    """The other explanation of the same figures, with the range that it predicts as terms in the configuration's numbers."""

    words: str
    low: Term | None
    high: Term | None


@dataclass(frozen=True)
class Experiment:
    """name: what a claim's `experiment` field says. numbers: the sizes and constants that the ranges depend on, by the names that
    claims use.

    measure(configuration, seed) gives the raw figures, as JSON; analyse(raw) gives {quantity: {"measured": interval, "control":
    interval}} from them, deterministically. controls: what the control of each quantity is. rivals: claim id -> Rival.
    configuration: what `measure` is run with by default; `small` replaces parts of it in tests. sources: the files and folders,
    from the root, whose change makes a record stale. packages: beside numpy, whose versions a record names. offline: whether any
    machine can run it in minutes; the others wait for a record from one that can.
    """

    name: str
    measure: Callable[[Mapping[str, Any], int], Any]
    analyse: Callable[[Any], dict[str, dict[str, Interval]]]
    controls: Mapping[str, str]
    rivals: Mapping[str, Rival]
    configuration: Mapping[str, Any]
    numbers: Mapping[str, int] = field(default_factory=dict)
    seed: int = 20240
    sources: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    offline: bool = True

    def code(self) -> str:
        """sha256 of the sources that a record depends on."""
        found = hashlib.sha256()
        for path in sorted(p for s in self.sources for p in ([ROOT / s] if (ROOT / s).is_file() else (ROOT / s).rglob("*.py"))):
            found.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
        return found.hexdigest()

    def quantity(self, claim: Claim) -> str:
        """The measured quantity that the claim is about: its variable that is no number of the configuration."""
        names = [v.name for v in claim.variables if v.name not in self.numbers]
        if len(names) != 1 or names[0] not in self.controls:
            raise StoreError(f"{claim.id}: {self.name} measures {', '.join(self.controls)}, and the statement is about "
                             f"{', '.join(names) or 'none'}")
        return names[0]

    def predicted(self, claim: Claim) -> Range:
        """The range that the claim's own statement leaves to its quantity."""
        q = fam(self.quantity(claim))
        lows, highs = [], []
        for part in _parts(claim.conclusion):
            if part.op != "le" or (part.args[0] == q) is (part.args[1] == q):
                raise StoreError(f"{claim.id}: no range can be read off its statement: write low <= {q!r} and {q!r} <= high")
            lows, highs = (lows + [part.args[0]], highs) if part.args[1] == q else (lows, highs + [part.args[1]])
        return Range(max(map(self.number, lows), default=None), min(map(self.number, highs), default=None))

    def rival(self, claim: Claim) -> Range:
        if claim.id not in self.rivals:
            raise StoreError(f"{claim.id}: {self.name} states no rival explanation for it")
        r = self.rivals[claim.id]
        return Range(None if r.low is None else self.number(r.low), None if r.high is None else self.number(r.high))

    def number(self, term: Term) -> float:
        """A term in the configuration's numbers, by Arb; twelve digits are kept, the same on every machine."""
        from theory.evaluate import relations
        from theory.points import Assignment
        _, found = relations(le(term, ZERO), Assignment(dict(self.numbers)), 128)
        left = found[0].left
        return float(f"{float(left.mid()) if hasattr(left, 'mid') else float(left):.12g}")


def _parts(t: Term) -> list[Term]:
    return [p for a in t.args for p in _parts(a)] if t.op == "and" else [t]


# ---------------------------------------------------------------- running and writing

def run(experiment: Experiment, claims: Mapping[str, Claim], small: Mapping[str, Any] | None = None,
        seed: int | None = None) -> dict[str, Any]:
    """Predict, then measure, then analyse. The record, with its digest; nothing is written."""
    about = {name: c for name, c in claims.items() if c.experiment == experiment.name}
    if not about:
        raise StoreError(f"no claim is decided by the experiment {experiment.name}")
    predicted, rival = _ranges(experiment, about)
    configuration = {**experiment.configuration, **(small or {})}
    used = experiment.seed if seed is None else seed
    start, code, revision = time.perf_counter(), experiment.code(), _revision(experiment.sources)    # before: the tree may change meanwhile
    raw = json.loads(json.dumps(experiment.measure(configuration, used)))
    found = experiment.analyse(raw)
    record = {"schema": SCHEMA, "name": experiment.name, "configuration": configuration, "numbers": dict(experiment.numbers),
              "seeds": [used],
              "versions": _versions(experiment.packages), "device": _device(raw), "revision": revision, "code": code,
              "predicted": predicted, "rival": rival,
              "control": {q: {"what": experiment.controls[q], **found[q]["control"]} for q in found},
              "measured": {q: dict(found[q]["measured"]) for q in found}, "raw": raw,
              "seconds": round(time.perf_counter() - start, 1)}
    record = json.loads(json.dumps(record))
    return {**record, "digest": digest(record)}


def _ranges(experiment: Experiment, about: Mapping[str, Claim]) -> tuple[dict, dict]:
    order = sorted(about.items())
    rival = {name: {"range": experiment.rival(c).as_json(), "words": experiment.rivals[name].words} for name, c in order}
    return {name: experiment.predicted(c).as_json() for name, c in order}, rival


def digest(record: Mapping[str, Any]) -> str:
    """sha256 of everything else in the record."""
    body = {k: v for k, v in record.items() if k != "digest"}
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()).hexdigest()


def write(record: Mapping[str, Any], folder: Path = RECORDS) -> Path:
    """One line per key, sorted, replaced in one step."""
    path = folder / f"{record['name']}.json"
    writable(folder)
    body = ",\n".join(f"{json.dumps(k)}: {json.dumps(record[k], sort_keys=True, allow_nan=False)}" for k in sorted(record))
    temporary = path.with_suffix(".tmp")
    temporary.write_text("{\n" + body + "\n}\n", encoding="utf-8")
    os.replace(temporary, path)
    return path


def writable(folder: Path) -> None:
    """Asked before a long measurement too, whose record would have no place."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise StoreError(f"nothing can be written into {folder} ({error.strerror}); give another folder") from error


def _versions(packages: Sequence[str]) -> dict[str, str]:
    return {"python": platform.python_version(), **{name: metadata.version(name) for name in ("numpy", *packages)}}


def _device(raw: Any) -> str:
    """What the raw figures say they were measured on; the CPU where they say nothing."""
    return str(raw.get("device", "cpu")) if isinstance(raw, Mapping) else "cpu"


def fresh(experiment: Experiment, record: Mapping[str, Any] | None) -> bool:
    """Whether the record was made by the code and the configuration that stand here now."""
    return (record is not None and record.get("code") == experiment.code()
            and record["configuration"] == json.loads(json.dumps(dict(experiment.configuration))))


def _revision(sources: Sequence[str]) -> str | None:
    """The commit, with `-dirty` where the sources that the record depends on differ from it; None outside a repository."""
    def git(*arguments: str) -> str | None:
        try:
            done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=10)
        except (OSError, subprocess.SubprocessError):
            return None
        return done.stdout.strip() if done.returncode == 0 else None
    commit = git("rev-parse", "HEAD")
    return commit and commit + ("-dirty" if git("status", "--porcelain", "--", *(sources or ["."])) else "")


# ---------------------------------------------------------------- reading and deciding

def read(path: Path) -> dict[str, Any]:
    """A record whose digest is right, or a StoreError of one line."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StoreError(f"cannot read the record {path}: {error.strerror}") from error
    except ValueError as error:
        raise StoreError(f"the record {path} is corrupt: {str(error).splitlines()[0]}") from error
    if not isinstance(record, dict) or record.get("schema") != SCHEMA or record.get("digest") != digest(record):
        raise StoreError(f"the record {path} was changed: its digest does not fit; run the experiment again")
    return record


def check(experiment: Experiment, claim: Claim, record: Mapping[str, Any]) -> str:
    """Recompute what the record says about the claim; its quantity, or a StoreError that says what is stale or tampered with."""
    if record.get("name") != experiment.name or record.get("digest") != digest(record):
        raise StoreError(f"the record of {record.get('name')} is not a sound one of {experiment.name}; run the experiment again")
    again = f"the record of {experiment.name} is stale: run the experiment again"
    q = experiment.quantity(claim)
    try:
        if dict(record["numbers"]) != dict(experiment.numbers):
            raise StoreError(f"{again} (its configuration has changed)")
        if not _close(record["predicted"][claim.id], experiment.predicted(claim).as_json()):
            raise StoreError(f"{again} (theory predicts {experiment.predicted(claim)} for {claim.id}, the record says "
                             f"{record['predicted'][claim.id]})")
        if not _close(record["rival"][claim.id]["range"], experiment.rival(claim).as_json()):
            raise StoreError(f"{again} (the rival's range of {claim.id} has changed)")
        found = _analysed(experiment, record)[q]
        for kind in ("measured", "control"):
            if not _close([record[kind][q][k] for k in ("low", "high", "value")],
                          [found[kind][k] for k in ("low", "high", "value")]):
                raise StoreError(f"{again} (its raw figures do not give the {kind} {q} that it states)")
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise StoreError(f"{again} ({type(error).__name__} {error})") from error
    return q


_kept: dict[tuple[str, str], dict] = {}


def _analysed(experiment: Experiment, record: Mapping[str, Any]) -> dict[str, dict[str, Interval]]:
    """The analysis of a record's raw figures, once per record: several claims read the same one."""
    key = (experiment.name, record["digest"])
    if key not in _kept:
        _kept.clear()
        _kept[key] = experiment.analyse(record["raw"])
    return _kept[key]


def _close(a: list, b: list) -> bool:
    return len(a) == len(b) and all(x is y is None or (x is not None and y is not None and abs(x - y) <= CLOSE * (1 + abs(y)))
                                    for x, y in zip(a, b))


def evidence(experiment: Experiment, claim: Claim, record: Mapping[str, Any]) -> Evidence:
    """HOLDS inside the predicted range and outside the rival's; FAILS outside the predicted range; otherwise, or when the control
    came out like the measurement, UNDECIDED."""
    q = check(experiment, claim, record)
    measured, control = record["measured"][q], record["control"][q]
    predicted, rival = experiment.predicted(claim), experiment.rival(claim)
    worked = measured["high"] < control["low"] or control["high"] < measured["low"]
    if not worked:
        outcome, why = Outcome.UNDECIDED, "the control did not come out different"
    elif predicted.misses(measured):
        outcome, why = Outcome.FAILS, "outside the predicted range"
    elif predicted.contains(measured) and rival.misses(measured):
        outcome, why = Outcome.HOLDS, "inside the predicted range, outside the rival's"
    else:
        outcome, why = Outcome.UNDECIDED, "not inside the predicted range alone"
    def shown(i):
        return f"{i['value']:.3f} in [{i['low']:.3f}, {i['high']:.3f}]"
    coverage = f"{q} = {shown(measured)}: {why}; predicted {predicted}, rival {rival}; control {shown(control)}"
    payload = {"record": f"{experiment.name}.json", "digest": record["digest"], "quantity": q, "measured": dict(measured),
               "control": dict(control),
               "predicted": predicted.as_json(), "rival": record["rival"][claim.id], "device": record["device"]}
    return Evidence("experiment", outcome, coverage, {"kind": "record", "summary": payload, "payload": payload},
                    seed=record["seeds"][0])
