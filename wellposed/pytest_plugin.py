"""`pytest theory` checks the papers: every claim is a test item, named by its id.

An item passes if the claim is decided as `claims.lock` says (statement, verdict, routes), is skipped if it is undecided there and
now, and fails otherwise: a claim that the lock calls decided and that no route decides any more is a failure, not a skip. With
`--as-printed` whatever does not hold as printed fails too. Light to import: claims are loaded only where a paper is collected.
"""
from __future__ import annotations

import os
from pathlib import Path

import pytest

INVENTORY = "inventory.csv"
SESSIONS = pytest.StashKey[dict]()


def pytest_addoption(parser):
    parser.getgroup("wellposed", "claims of theory papers").addoption(
        "--as-printed", action="store_true", help="fail every claim that does not hold as printed")


def pytest_collect_file(file_path: Path, parent):
    """A section of a paper: a module that lists CLAIMS, in a folder with an inventory."""
    if file_path.suffix == ".py" and (file_path.parent / INVENTORY).is_file() and b"CLAIMS" in file_path.read_bytes():
        return Section.from_parent(parent, path=file_path)
    return None


class ClaimFails(Exception):
    """The message is the whole report of the item."""


class Section(pytest.File):
    """One module of a paper; its items are the claims that the module lists."""

    def collect(self):
        from theory.claim import WellposedError

        try:
            paper = _paper(self.config, self.path.parent)
            claims = paper.registry.claims.values()
        except WellposedError as error:
            raise self.CollectError(str(error)) from error
        for claim in claims:
            if claim.module.rsplit(".", 1)[-1] == self.path.stem and claim.paper == self.path.parent.name:
                yield ClaimItem.from_parent(self, name=claim.id, paper=paper)


class ClaimItem(pytest.Item):
    """One claim against the lock."""

    def __init__(self, *, paper: "Paper", **kwargs):
        super().__init__(**kwargs)
        self.paper = paper

    def runtest(self):
        from wellposed.graph import FAILING

        result, locked = self.paper.result(self), self.paper.locked
        self.user_properties.append(("verdict", result["verdict"]))
        was = locked.get(self.name)
        if result["verdict"] == "undecided" and (was is None or was.verdict == "undecided"):
            pytest.skip(f"undecided: {result['reason']}")
        said = self.paper.differences(result)
        if result["mutants"]:
            said += [f"a mutant survives: {text}" for text in result["mutants"]["survivors"]]
        literal = not result["amends"] and not result["reading_of"]
        if self.config.getoption("--as-printed") and literal and result["verdict"] in FAILING:
            said.append(f"{self.name} does not hold as printed: it is {result['verdict']}")
        if said:
            raise ClaimFails(_explain(result, said, self.paper.results))

    def repr_failure(self, excinfo, style=None):
        from theory.claim import WellposedError

        if isinstance(excinfo.value, (ClaimFails, WellposedError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self):
        return self.path, None, self.name


class Paper:
    """The claims of one home, decided once for all the items of this session that belong to it."""

    def __init__(self, folder: Path, inside: bool):
        from theory.registry import load
        from wellposed import lock
        from wellposed.files import Home

        self.extra = [] if inside else [folder]
        beside = next((f for f in (folder, folder.parent) if (f / "claims.lock").is_file()), folder)
        self.home = Home(os.environ.get("WELLPOSED_HOME") or (None if inside else beside))
        self.registry = load(self.extra)
        self.locked = lock.read(self.home.lock) if self.home.lock.exists() else {}
        self.results = {}

    def result(self, item: ClaimItem):
        """The claim's entry of report.json. The first item decides them all, in parallel; under xdist each its own."""
        from wellposed.run import verify

        if item.name not in self.results:
            alone = hasattr(item.config, "workerinput")
            names = [item.name] if alone else [i.name for i in item.session.items if isinstance(i, ClaimItem) and i.paper is self]
            run = verify(self.registry, names, self.home, self.extra, 1 if alone else None)
            self.results.update(run.results)
        return self.results[item.name]

    def differences(self, result) -> list[str]:
        from wellposed import lock

        if result["id"] not in self.locked:
            return [f"{result['id']} is not in {self.home.lock.name}; review it and run `wellposed lock`"]
        return lock.differences([result], self.locked, complete=False)


def _paper(config, folder: Path) -> Paper:
    """The papers of this repository share one registry and one lock; a paper elsewhere has its own."""
    import theory

    papers = config.stash.setdefault(SESSIONS, {})
    inside = folder.resolve().parent == Path(theory.__file__).resolve().parent
    key = "theory" if inside else str(folder)
    if key not in papers:
        papers[key] = Paper(folder, inside)
    return papers[key]


def _explain(result, said: list[str], known) -> str:
    from wellposed.report import terminal

    return "\n".join([*said, "", *terminal.failure(result, known, terminal.Paint(False))])
