"""Certificates: one file per claim and route, holding the statement and what re-checks it; and the replay in a fresh process."""
from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from theory.claim import Claim, Evidence, StoreError, Variable, WellposedError
from theory.decide import denial_of
from theory.terms import dump
from wellposed.files import ROOT, Home, read_json, sha256, write_text

SCHEMA = 1


def statement_of(claim: Claim, of: str | None = None) -> dict[str, Any]:
    """The part of a certificate that must equal the claim (or, where `of` is "denial", the denial that it states)."""
    stated = denial_of(claim) if of == "denial" else claim
    if stated is None:
        raise StoreError(f"{claim.id} has no denial that a certificate could be about; run verify --fresh {claim.id}")
    return {"schema": SCHEMA, "claim": claim.id, "digest": claim.digest, "of": of,
            "variables": [_variable(v) for v in stated.variables], "premises": [dump(p) for p in stated.premises],
            "conclusion": dump(stated.conclusion)}


def _variable(v: Variable) -> dict[str, Any]:
    return {"name": v.name, "shape": list(v.shape), "natural": v.natural, "low": None if v.low is None else str(v.low),
            "high": None if v.high is None else str(v.high), "strict": v.strict, "below": v.below}


def _shown(item: dict[str, Any], of: str | None) -> dict[str, Any]:
    """What a certificate says was found, in the words of its evidence; a denial that holds shows that the claim fails."""
    return {"route": item["route"], "outcome": "holds" if of == "denial" else item["outcome"], "kind": item["artefact"]["kind"]}


def store(home: Home, claim: Claim, evidence: Iterable[Evidence]) -> list[dict[str, Any]]:
    """Write every payload to its file. Returns the evidence as JSON, each artefact as {kind, summary, file, sha256}."""
    out, used = [], set()
    for item in evidence:
        raw = item.as_json()
        artefact = raw["artefact"]
        if artefact is not None:
            reference = {"kind": artefact["kind"], "summary": artefact.get("summary"), "file": None, "sha256": None}
            if artefact.get("payload") is not None and artefact["kind"] != "record":  # a record is kept where it was written
                name, count = f"{claim.id}.{item.route}.json", 1
                while name in used:
                    count += 1
                    name = f"{claim.id}.{item.route}.{count}.json"
                used.add(name)
                of = artefact.get("of")
                body = statement_of(claim, of) | _shown(raw, of) | {"payload": artefact["payload"]}
                path = home.certificates / name
                write_text(path, json.dumps(body, sort_keys=True, separators=(",", ":"), allow_nan=False) + "\n")
                reference |= {"file": f"certificates/{name}", "sha256": sha256(path)}
            raw["artefact"] = reference
        out.append(raw)
    return out


def missing(home: Home, evidence: Iterable[dict[str, Any]]) -> bool:
    """Is a certificate gone? One that is there with other bytes is an error: nobody but a run writes them."""
    for item, path in files(home, evidence):
        if not path.exists():
            return True
        if sha256(path) != item["artefact"]["sha256"]:
            raise StoreError(f"the certificate {path} is not the one that was recorded; look at it, then run verify --fresh")
    return False


def files(home: Home, evidence: Iterable[dict[str, Any]]) -> list[tuple[dict[str, Any], Path]]:
    """(evidence, path) of everything that a certificate backs."""
    return [(e, home.build / e["artefact"]["file"]) for e in evidence if e["artefact"] and e["artefact"]["file"]]


def check_statement(claim: Claim, item: dict[str, Any], path: Path) -> None:
    """A certificate that shows something else than its evidence says is worth nothing, however well it replays."""
    raw = read_json(path, "certificate")
    of = raw.get("of") if isinstance(raw, dict) else None
    if of == "denial" and item["outcome"] != "fails":
        raise StoreError(f"the certificate {path} is about the denial of {claim.id}, which cannot show that it {item['outcome']}")
    want = statement_of(claim, of) | _shown(item, of)
    if not isinstance(raw, dict) or any(raw.get(k) != v for k, v in want.items()):
        raise StoreError(f"the certificate {path} is not about {claim.id} as it stands; run verify --fresh {claim.id}")


def replay(paths: Sequence[Path], jobs: int = 1) -> tuple[int, list[str]]:
    """Re-check certificates in fresh processes. (worst exit code, one line per certificate in the order given)."""
    share = max(1, -(-len(paths) // max(1, jobs)))
    started = []
    try:
        for start in range(0, len(paths), share):
            names = [_short(path) for path in paths[start:start + share]]
            environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))}
            started.append(
                subprocess.Popen(
                    [sys.executable, "-m", "theory.replayer", *names],
                    cwd=ROOT,
                    env=environment,
                    text=True,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    stdin=subprocess.DEVNULL,
                )
            )
        code, lines = 0, []
        for process in started:
            out, complaint = process.communicate()
            lines += out.splitlines() + complaint.splitlines()
            if process.returncode not in (0, 1, 2):
                raise WellposedError(f"the replayer died with code {process.returncode}: {(complaint.splitlines() or [''])[-1]}")
            code = max(code, process.returncode)
        return code, lines
    finally:
        for process in started:
            if process.poll() is None:
                process.kill()


def _short(path: Path) -> str:
    path = path.resolve()
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
