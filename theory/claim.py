"""The language of claims: variables with domains, a formal statement, where it is printed, what it covers and rests on.

Vocabulary (Outcome, Evidence, Claim, Amendment) as in README. A claim is data; nothing here decides anything.
"""
from __future__ import annotations

import enum
import hashlib
import json
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Callable

from theory.display import Displayed, display
from theory.terms import Term, dump, fam, le, lt, nat, num


class WellposedError(Exception):
    """Bad input: the message is one clear line that says what is wrong and how to mend it. The CLI exits 2 with it.

    Everything a user can cause is one of these:
      ClaimError        a claim that contradicts itself, the graph or the inventory
      StoreError        a lock, cache or certificate that cannot be read
      EvidenceConflict  two routes contradict each other, or two engines disagree (an error of the suite; exit 1)
    """


class ClaimError(WellposedError):
    pass


class StoreError(WellposedError):
    pass


class EvidenceConflict(WellposedError):
    pass


class Outcome(enum.Enum):
    """What a route found. No boolean: `bool(outcome)` raises, so an undecided check can never read as a pass."""

    HOLDS = "holds"
    FAILS = "fails"
    UNDECIDED = "undecided"

    def __bool__(self):
        raise TypeError("an Outcome is not a boolean; compare with `is Outcome.HOLDS`")


ROUTES = ("proof", "enclosure", "search", "crosscheck", "experiment")
VERDICTS = ("proved", "refuted", "conditional", "ill-posed", "supported", "contradicted", "cited", "undecided")


@dataclass(frozen=True)
class Evidence:
    """What one route returned about one claim.

    coverage: what the outcome speaks for ("all n, d", "412 exact points", ...). artefact: JSON data that `wellposed replay`
    re-checks (proof log, partition, point, record) or None.
    """

    route: str
    outcome: Outcome
    coverage: str
    artefact: dict[str, Any] | None = None
    seconds: float | None = None
    seed: int | None = None

    def __post_init__(self):
        if self.route not in ROUTES:
            raise ValueError(f"unknown route {self.route!r}")
        if type(self.outcome) is not Outcome:
            raise TypeError("outcome must be an Outcome")

    def as_json(self) -> dict:
        return {"route": self.route, "outcome": self.outcome.value, "coverage": self.coverage, "seed": self.seed,
                "seconds": self.seconds, "artefact": self.artefact}

    @classmethod
    def from_json(cls, raw: dict) -> "Evidence":
        return cls(raw["route"], Outcome(raw["outcome"]), raw["coverage"], raw["artefact"], raw["seconds"], raw["seed"])


@dataclass(frozen=True)
class Variable:
    """A variable with its domain. shape: names of the sizes that index it (() for a scalar).

    low/high are rational bounds or None; `strict` makes them strict. natural: a whole number (sizes, indices).
    below: the name of a size that the (natural) variable is less than: an index into a family.
    """

    name: str
    shape: tuple[str, ...] = ()
    natural: bool = False
    low: Fraction | None = None
    high: Fraction | None = None
    strict: bool = False
    below: str | None = None

    def facts(self) -> list[Term]:
        """The domain as visible hypotheses."""
        if self.shape:
            return []
        x, less, out = fam(self.name), (lt if self.strict else le), []
        if self.natural:
            out.append(nat(x))
        if self.low is not None and not (self.natural and self.low == 0):
            out.append(less(num(self.low), x))
        if self.high is not None:
            out.append(less(x, num(self.high)))
        if self.below is not None:
            out.append(lt(x, fam(self.below)))
        return out


def size(name: str, low: int = 1) -> Variable:
    """A symbolic size: a natural number, at least `low`."""
    return Variable(name, natural=True, low=Fraction(low))


def index(name: str, below: str) -> Variable:
    """A natural number below a size."""
    return Variable(name, natural=True, low=Fraction(0), below=below)


def scalar(name: str, low=None, high=None, strict: bool = False) -> Variable:
    """A real, with rational bounds."""
    return Variable(name, low=None if low is None else Fraction(low), high=None if high is None else Fraction(high), strict=strict)


def family(name: str, *sizes: str) -> Variable:
    """A family of reals indexed by sizes: `family("rho", "d", "n")` is d vectors of n entries."""
    return Variable(name, tuple(sizes))


@dataclass(frozen=True)
class Denial:
    """A statement whose truth, for all its variables, contradicts a claim that quantifies over reals ("some C serves all z").

    The kernel proof `refutation` of the claim's negation is built on it; the numeric routes check it at points.
    """

    variables: tuple[Variable, ...]
    conclusion: Term
    hypotheses: tuple[Term, ...] = ()
    points: tuple[dict, ...] = ()


@dataclass(frozen=True)
class Claim:
    """One atomic statement of a source.

    refutation: a kernel proof of the negated conclusion (with `denial`, the statement that numeric routes check in its place).
    companions: further proved facts, offered where a mutant has to be shown true (the statement is loose there).
    id: stable and readable (`niu2024.prop3.lower`). printed: the statement as printed (LaTeX), or None where only a
    reconstruction is at hand. The formal statement is `hypotheses |- conclusion` over `variables`.
    reading_of: this claim encodes another reading of that claim's words. amends: it corrects that claim.
    proof: a function of no arguments that returns a kernel Theorem of the statement, or of its denial (`refutation`).
    ill_posed: what clashes or has no meaning, in words: a claim whose printed *definitions* contradict each other states the
    identity that consistent definitions would satisfy; evidence that it fails then makes the verdict `ill-posed`.
    cited: the reason why nothing here can check it, and what would.
    experiment: the name of the experiment in `empirics` whose record decides an empirical claim (its formal statement then says what
    the record's figures must satisfy); without a record the claim is `undecided: no record`.
    points: assignments that are tried first, by every numeric route (the paper's own numbers, edges worth naming).
    notes: a sentence or two for the reader of the report. glossary: (plain, LaTeX, term) abbreviations, for display only.
    """

    id: str
    location: str
    printed: str | None
    variables: tuple[Variable, ...]
    conclusion: Term
    hypotheses: tuple[Term, ...] = ()
    covers: tuple[str, ...] = ()
    rests_on: tuple[str, ...] = ()
    amends: str | None = None
    reading_of: str | None = None
    no_amendment: str | None = None
    proof: Callable[[], Any] | None = None
    refutation: Callable[[], Any] | None = None
    denial: Denial | None = None
    companions: tuple[Callable[[], Any], ...] = ()
    ill_posed: str | None = None
    cited: str | None = None
    experiment: str | None = None
    reconstruction: bool = False
    points: tuple[dict, ...] = ()
    notes: str = ""
    glossary: tuple[tuple[str, str, Term], ...] = field(default=(), compare=False)
    module: str = field(default="", compare=False)

    @property
    def paper(self) -> str:
        return self.id.split(".", 1)[0]

    @property
    def premises(self) -> tuple[Term, ...]:
        """Domain facts of the variables, then the hypotheses: the left side of the sequent."""
        return tuple(f for v in self.variables for f in v.facts()) + self.hypotheses

    @property
    def statement(self) -> str:
        """The formal statement on one line; `where` says what its abbreviations mean."""
        said = self.displayed()
        left = ", ".join([*said.variables, *said.hypotheses])
        return f"{left} |- {said.conclusion}" if left else f"|- {said.conclusion}"

    def displayed(self, tex: bool = False) -> Displayed:
        """The formal statement in parts, as plain text or LaTeX, with the glossary's abbreviations."""
        return display(self.variables, self.hypotheses, self.conclusion, self.glossary, tex)

    @property
    def digest(self) -> str:
        """Pins the printed words and the formal statement (not the proof, not the notes)."""
        denial = self.denial and [_raw_variables(self.denial.variables), [dump(h) for h in self.denial.hypotheses], dump(self.denial.conclusion)]
        raw = [self.id, self.printed, _raw_variables(self.variables), [dump(h) for h in self.hypotheses], dump(self.conclusion), self.amends,
               self.reading_of, sorted(self.covers), sorted(self.rests_on), self.ill_posed, self.cited, denial, self.experiment]
        return hashlib.sha256(json.dumps(raw).encode()).hexdigest()


def _raw_variables(variables: tuple[Variable, ...]) -> list:
    return [[v.name, v.shape, v.natural, str(v.low), str(v.high), v.strict, v.below] for v in variables]
