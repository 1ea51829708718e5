"""What was found out about a claim, kept until the claim, the code under it or an engine changes.

One JSON file per claim. A file that cannot be read costs that claim a new run and a warning, nothing else.
"""
from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from theory.claim import Claim, Evidence, StoreError
from wellposed import records
from wellposed.files import Home, read_json, to_json, write_text
from wellposed.sources import Sources, versions

SCHEMA = 1


@dataclass(frozen=True)
class Entry:
    """finding: as `Finding.as_json`, with each artefact's payload replaced by the certificate it went to."""

    key: str
    finding: dict[str, Any]
    seconds: float


def warn(line: str) -> None:
    print(f"wellposed: warning: {line}", file=sys.stderr)


class Cache:
    def __init__(self, home: Home, packages: Mapping[str, Path] = {}, warn: Callable[[str], None] = warn):
        self.home = home
        self.warn = warn
        self.sources = Sources(packages)
        self.versions = versions()

    def key(self, claim: Claim, claims: Mapping[str, Claim]) -> str:
        """Evidence may look at the claims that this one amends or reads anew, so their digests count as well; an experiment's
        evidence is its record."""
        linked = [claims[name].digest for name in (claim.amends, claim.reading_of, claim.no_amendment) if name]
        parts = [SCHEMA, claim.digest, linked, self.sources.of(claim.module), self.sources.engine, self.versions]
        if claim.experiment is not None:
            parts += [records.digest(claim), self.sources.everything("empirics")]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def path(self, claim_id: str) -> Path:
        return self.home.cache / f"{claim_id}.json"

    def read(self, claim_id: str) -> Entry | None:
        """The last entry, whatever its key (its seconds tell how long a new run may take), or None."""
        path = self.path(claim_id)
        if not path.exists():
            return None
        try:
            raw = read_json(path, "cache entry")
            if not isinstance(raw, dict) or raw.get("schema") != SCHEMA or raw.get("claim") != claim_id:
                raise StoreError(f"the cache entry {path} is corrupt: it is not about {claim_id}")
            for item in raw["finding"]["evidence"]:
                Evidence.from_json(item)
            return Entry(str(raw["key"]), raw["finding"], float(raw["seconds"]))
        except StoreError as error:
            self.warn(f"{error}; {claim_id} runs again")
        except (KeyError, TypeError, ValueError) as error:
            self.warn(f"the cache entry {path} is corrupt: {type(error).__name__} {error}; {claim_id} runs again")
        return None

    def write(self, claim_id: str, entry: Entry) -> None:
        raw = {"schema": SCHEMA, "claim": claim_id, "key": entry.key, "finding": entry.finding, "seconds": entry.seconds}
        write_text(self.path(claim_id), to_json(raw))
