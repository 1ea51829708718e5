"""`claims.lock`: what each claim was reviewed as. Plain text, one line per claim, made to be read in a diff."""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from theory.claim import ROUTES, VERDICTS, EvidenceConflict, StoreError
from wellposed.files import write_text

HEADER = """\
# What each claim was reviewed as: id, digest of its statement, verdict, the routes that decided it.
# `wellposed gate` fails where a run says otherwise; `wellposed lock` writes this file anew. Review the difference like code.
"""
DIGEST = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True)
class Line:
    digest: str
    verdict: str
    evidence: str

    @classmethod
    def of(cls, result: Mapping[str, Any]) -> "Line":
        """What the lock says of a claim with this result."""
        decisive = {e["route"] for e in result["evidence"] if e["outcome"] in ("holds", "fails")}
        return cls(result["digest"][:16], result["verdict"], "+".join(r for r in ROUTES if r in decisive) or "-")


def read(path: Path) -> dict[str, Line]:
    """The lines of a lock, or a StoreError that says where it is broken."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise StoreError(f"there is no {path}: `wellposed lock` writes it") from error
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"cannot read {path}: {str(error).splitlines()[0]}") from error
    out: dict[str, Line] = {}
    for number, raw in enumerate(text.splitlines(), 1):
        if not raw.strip() or raw.startswith("#"):
            continue
        parts = raw.split()
        if len(parts) != 4 or not DIGEST.fullmatch(parts[1]) or parts[2] not in VERDICTS or not _routes(parts[3]):
            raise StoreError(f"{path} is corrupt at line {number}: want `id digest verdict evidence`, found {raw[:60]!r}")
        if parts[0] in out:
            raise StoreError(f"{path} is corrupt at line {number}: {parts[0]} stands there twice")
        out[parts[0]] = Line(*parts[1:])
    if not out and not text.startswith("#"):
        raise StoreError(f"{path} is corrupt: it is empty")
    return out


def write(path: Path, results: Iterable[Mapping[str, Any]]) -> None:
    """Replace the lock. A check that is known to be weak is not worth reviewing: a surviving mutant refuses the whole file."""
    lines = {}
    for result in results:
        if result["mutants"] and result["mutants"]["survivors"]:
            raise EvidenceConflict(f"{result['id']}: a mutant survives ({result['mutants']['survivors'][0]}); nothing is locked")
        lines[result["id"]] = Line.of(result)
    write_text(
        path, HEADER + "".join(f"{name:<40} {x.digest} {x.verdict:<12} {x.evidence}\n" for name, x in sorted(lines.items()))
    )


def differences(results: Iterable[Mapping[str, Any]], locked: Mapping[str, Line], complete: bool = True) -> list[str]:
    """One line per claim that is not what the lock says.

    complete: these results are all there is, so a claim that stands in one place only counts as well.
    """
    out, seen = [], set()
    for result in results:
        name, now = result["id"], Line.of(result)
        seen.add(name)
        was = locked.get(name)
        if was is None:
            if complete:
                out.append(f"{name}: is not in the lock; it is {now.verdict} now, digest {now.digest}")
            continue
        said = []
        if was.digest != now.digest:
            said.append(f"its statement changed, digest {was.digest} -> {now.digest}")
        if was.verdict != now.verdict:
            said.append(f"verdict {was.verdict} -> {now.verdict}" + (f" ({result['reason']})" if result["reason"] else ""))
        if was.evidence != now.evidence:
            said.append(f"evidence {was.evidence} -> {now.evidence}")
        if said:
            out.append(f"{name}: {'; '.join(said)}")
    if complete:
        out += [
            f"{name}: is in the lock as {was.verdict}, and no claim has that id now"
            for name, was in locked.items()
            if name not in seen
        ]
    return sorted(out)


def _routes(text: str) -> bool:
    return text == "-" or all(part in ROUTES for part in text.split("+"))
