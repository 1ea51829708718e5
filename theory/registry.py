"""The registry: every claim of every paper, collected from its folder and checked against the graph and the inventory.

A paper is a package that holds an `inventory.csv` (columns id, location, statement); its claims are the `CLAIMS` lists of its
modules. Papers live beside this file, and `load(extra=[folder])` adds one that lives elsewhere. `load` raises `ClaimError` with
one line on the first thing that is wrong; what it returns is consistent: ids are unique, every reference names a claim, the
graphs of `rests_on` and `amends` have no cycle, every covered row exists and every symbol is declared once.
"""
from __future__ import annotations

import csv
import dataclasses
import graphlib
import importlib
import pkgutil
import re
import sys
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

from theory.claim import Claim, ClaimError, Variable, WellposedError

HERE = Path(__file__).resolve().parent
INVENTORY = "inventory.csv"
LONGEST_ID = 60  # ids are file names and columns of reports
ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")


@dataclass(frozen=True)
class Registry:
    """claims: id -> Claim. rows: paper -> {row id: (location, statement)}. required: paper -> rows that must be covered.

    papers: those that the user is working on: the papers from outside where some were named, else all.
    """

    claims: Mapping[str, Claim]
    rows: Mapping[str, Mapping[str, tuple[str, str]]]
    required: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    papers: tuple[str, ...] = ()

    def order(self) -> list[str]:
        """Claim ids such that whatever a claim rests on, or amends, comes before it."""
        return _order(self.claims)

    def uncovered(self) -> dict[str, list[str]]:
        """The required rows of each of `papers` that no claim covers; papers without a gap are left out."""
        gaps = {
            paper: uncovered((c for c in self.claims.values() if c.paper == paper), self.required.get(paper, ()))
            for paper in self.papers
        }
        return {paper: gap for paper, gap in gaps.items() if gap}


def uncovered(claims: Iterable[Claim], rows: Iterable[str]) -> list[str]:
    """The rows that no claim covers. An amendment speaks for itself only: it covers no row of the printed paper."""
    covered = {row for claim in claims if claim.amends is None for row in claim.covers}
    return [row for row in rows if row not in covered]


def load(extra: Iterable[Path | str] = ()) -> Registry:
    """Collect and validate. `extra`: folders that are a paper, or that hold papers, outside this repository."""
    found = [(f"{__package__}.{p.name}", p) for p in _papers(HERE)]
    for place in map(Path, extra):
        place = place.resolve()
        folders = [place] if (place / INVENTORY).is_file() else _papers(place)
        if not folders:
            raise ClaimError(f"{place} holds no paper: a paper is a folder with an {INVENTORY}")
        for folder in folders:
            if str(folder.parent) not in sys.path:
                sys.path.append(str(folder.parent))
            found.append((folder.name, folder))
    claims: list[Claim] = []
    rows, required = {}, {}
    for package, folder in found:
        if folder.name in rows:
            raise ClaimError(f"two papers are called {folder.name}")
        rows[folder.name] = read_inventory(folder / INVENTORY)
        init = _import(package, folder)
        required[folder.name] = _spelled_out(getattr(init, "DECIDED_ROWS", ()), rows[folder.name], folder.name)
        for module in pkgutil.iter_modules([str(folder)]):
            claims += _claims_of(_import(f"{package}.{module.name}", folder), folder.name)
    outside = [folder.name for package, folder in found if package == folder.name]
    return validate(claims, rows, required, outside)


def validate(
    claims: Iterable[Claim],
    rows: Mapping[str, Mapping[str, tuple[str, str]]],
    required: Mapping[str, tuple[str, ...]] = {},
    papers: Iterable[str] = (),
) -> Registry:
    """The registry of these claims, or a ClaimError that names the first fault."""
    by_id: dict[str, Claim] = {}
    for claim in claims:
        if not isinstance(claim.id, str) or not ID.fullmatch(claim.id) or len(claim.id) > LONGEST_ID:
            raise ClaimError(f"{claim.id!r} is no claim id: write paper.part, of small letters, digits and underscores, "
                             f"at most {LONGEST_ID} characters")
        if claim.id in by_id:
            raise ClaimError(f"two claims have the id {claim.id} (in {by_id[claim.id].module} and {claim.module})")
        if claim.paper not in rows:
            raise ClaimError(f"{claim.id}: there is no paper {claim.paper} with an {INVENTORY}")
        by_id[claim.id] = claim
    for claim in by_id.values():
        _check_references(claim, by_id)
        _check_symbols(claim)
        for row in claim.covers:
            if row not in rows[claim.paper]:
                raise ClaimError(f"{claim.id}: covers {row}, which is no row of {claim.paper}/{INVENTORY}")
    _order(by_id)
    return Registry(by_id, rows, required, tuple(papers) or tuple(rows))


def read_inventory(path: Path) -> dict[str, tuple[str, str]]:
    """{row id: (location, statement)}, in the order of the file."""
    try:
        with open(path, newline="", encoding="utf-8") as file:
            head, *table = [line for line in csv.reader(file) if line] or [[]]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ClaimError(f"{path}: not an inventory ({one_line(error)})") from error
    if head != ["id", "location", "statement"] or any(len(line) != 3 or not line[0] for line in table):
        raise ClaimError(f"{path}: not an inventory: every line has the columns id, location, statement")
    rows = {row: (location, statement) for row, location, statement in table}
    if len(rows) != len(table):
        raise ClaimError(f"{path}: a row id stands there twice")
    return rows


def _papers(place: Path) -> list[Path]:
    return sorted(path.parent for path in place.glob(f"*/{INVENTORY}"))


def _import(name: str, folder: Path) -> ModuleType:
    """Import a module of a paper. Whatever its code raises is the author's to mend: one line, with the place."""
    try:
        module = importlib.import_module(name)
    except WellposedError:
        raise
    except Exception as error:
        inside = [f for f in traceback.extract_tb(error.__traceback__) if Path(f.filename).is_relative_to(folder)]
        place = f" at line {inside[-1].lineno} of {Path(inside[-1].filename).name}" if inside else ""
        raise ClaimError(f"{name} cannot be imported: {type(error).__name__}: {one_line(error)}{place}") from error
    origins = [*getattr(module, "__path__", []), getattr(module, "__file__", None) or ""]
    if not any(Path(o).resolve().is_relative_to(folder) for o in origins if o):
        raise ClaimError(f"the paper {folder.name} is hidden by another module of that name: rename its folder")
    return module


def one_line(error: BaseException) -> str:
    """The first line of an error's message, at most 200 characters."""
    return (str(error).strip().splitlines() or ["no message"])[0][:200]


def _claims_of(module: ModuleType, paper: str) -> list[Claim]:
    listed = getattr(module, "CLAIMS", [])
    out = []
    for claim in listed:
        if not isinstance(claim, Claim):
            raise ClaimError(f"{module.__name__}: CLAIMS holds a {type(claim).__name__}, which is no Claim")
        if isinstance(claim.id, str) and claim.paper != paper:
            raise ClaimError(f"{claim.id}: stands in {module.__name__}, so its id must begin with {paper}.")
        out.append(dataclasses.replace(claim, module=module.__name__))
    return out


def _spelled_out(ranges: Iterable[str], rows: Mapping[str, tuple], paper: str) -> tuple[str, ...]:
    """The rows that ["E1:E4", "Q2"] stands for, in the order of the inventory."""
    names, out = list(rows), []
    for part in ranges:
        low, _, high = part.partition(":")
        for end in (low, high or low):
            if end not in rows:
                raise ClaimError(f"{paper}: DECIDED_ROWS names {end}, which is no row of its {INVENTORY}")
        out += names[names.index(low):names.index(high or low) + 1]
    return tuple(out)


def _check_references(claim: Claim, by_id: Mapping[str, Claim]) -> None:
    single = {"amends": claim.amends, "reading_of": claim.reading_of, "no_amendment": claim.no_amendment}
    for relation, target in [*(("rests_on", r) for r in claim.rests_on), *((k, v) for k, v in single.items() if v is not None)]:
        if target not in by_id:
            raise ClaimError(f"{claim.id}: {relation} names {target}, which is no claim")
        if target == claim.id:
            raise ClaimError(f"{claim.id}: {relation} names the claim itself")


def _check_symbols(claim: Claim) -> None:
    declared: dict[str, Variable] = {}
    for v in claim.variables:
        if v.name in declared:
            raise ClaimError(f"{claim.id}: {v.name} is declared twice")
        if v.low is not None and v.high is not None and (v.low > v.high or v.low == v.high and v.strict):
            raise ClaimError(f"{claim.id}: the domain of {v.name} is empty, so the claim says nothing")
        declared[v.name] = v
    for v in claim.variables:
        for size in [*v.shape, *([v.below] if v.below else [])]:
            if size not in declared or not declared[size].natural or declared[size].shape:
                raise ClaimError(f"{claim.id}: {v.name} is indexed by {size}, which is not declared as a size")
    for formula in (*claim.hypotheses, claim.conclusion):
        if formula.kind != "prop" or formula.loose:
            raise ClaimError(f"{claim.id}: {formula} is no closed formula")
        for name, arity in sorted(formula.free):
            if name not in declared:
                raise ClaimError(f"{claim.id}: the statement uses {name}, which is not declared")
            if arity != len(declared[name].shape):
                raise ClaimError(f"{claim.id}: {name} has {len(declared[name].shape)} indices, and is used with {arity}")


def _order(claims: Mapping[str, Claim]) -> list[str]:
    graph = {c.id: [*c.rests_on, *([c.amends] if c.amends else [])] for c in claims.values()}
    try:
        return list(graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError as error:
        raise ClaimError(f"the claims rest on each other in a circle: {' -> '.join(reversed(error.args[1]))}") from error
