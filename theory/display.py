"""A statement laid out for readers: its variables by domain, its hypotheses, its conclusion, and what its abbreviations mean.

Display only: the checked statement and its digest hold the full terms. Two things are written shorter than they were entered:
a factor 1 is left out, and x*x is written x^2.
"""
from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from theory.printing import latex, text
from theory.terms import ONE, Term, fam, num

if TYPE_CHECKING:
    from theory.claim import Variable

Glossary = tuple[tuple[str, str, Term], ...]  # (plain name, LaTeX name, term)


@dataclass(frozen=True)
class Displayed:
    """The parts of one statement, all as plain text or all as LaTeX. where: (abbreviation, meaning), in order of first use."""

    variables: tuple[str, ...]
    hypotheses: tuple[str, ...]
    conclusion: str
    where: tuple[tuple[str, str], ...]


def display(variables: Iterable[Variable], hypotheses: Iterable[Term], conclusion: Term, glossary: Glossary = (),
            tex: bool = False) -> Displayed:
    """Lay out `hypotheses |- conclusion` over these variables."""
    abbreviations = Abbreviations(glossary, tex)
    concluded, assumed = abbreviations.show(conclusion), [abbreviations.show(h) for h in hypotheses]
    return Displayed(tuple(declarations(variables, tex)), tuple(assumed), concluded, tuple(abbreviations.where()))


class Abbreviations:
    """Shows terms with the glossary's names for subterms (locally closed ones only), and remembers which names it used."""

    def __init__(self, glossary: Glossary, tex: bool = False):
        self.print = latex if tex else text
        self.known = {t: (tex_name if tex else name) for name, tex_name, t in glossary}
        self.used: dict[Term, str] = {}

    def show(self, t: Term, itself: bool = False) -> str:
        """A term as text; `itself`: it is the meaning of a name, so that name is not used for the whole of it."""
        short = tidy(self._shorten(t, itself))
        return self.print(short, {_stand_in(name): name for name in self.used.values()})

    def _shorten(self, t: Term, itself: bool = False) -> Term:
        if t in self.known and not itself:
            return _stand_in(self.used.setdefault(t, self.known[t]))
        return Term(t.op, map(self._shorten, t.args), t.data) if t.args else t

    def where(self) -> list[tuple[str, str]]:
        """(name, meaning) of every name used so far, and of the names that those meanings use; f(y) is not told where f(x) is."""
        out: dict[Term, tuple[str, str]] = {}
        while len(out) < len(self.used):
            for t, name in list(self.used.items()):
                if t not in out:
                    out[t] = (name, self.show(t, itself=True))
        return [shown for t, shown in out.items()
                if not any(u is not t and _head(name) == _head(shown[0]) and is_instance(u, t) for u, (name, _) in out.items())]


def _stand_in(name: str) -> Term:
    return fam(f"{name}#")


def _head(name: str) -> str:
    return re.sub(r"\(.*\)|\|.*\|", "()", name)


def is_instance(pattern: Term, t: Term) -> bool:
    """Whether t is the pattern with something else in place of the vector x: what stands for x[i] is then the same everywhere."""
    found: set[Term] = set()

    def match(p: Term, q: Term) -> bool:
        if p.op == "fam" and p.data == "x" and len(p.args) == 1:
            found.add(q)
            return p.args[0].op == "bv" and p.args[0].data == 0
        return p.op == q.op and p.data == q.data and len(p.args) == len(q.args) and all(map(match, p.args, q.args))

    return ("x", 1) in pattern.free and match(pattern, t) and len(found) == 1


@lru_cache(maxsize=16384)
def tidy(t: Term) -> Term:
    """The same value, without factors 1 and with repeated neighbours as squares (cubes, ...)."""
    if not t.args:
        return t
    args = tuple(map(tidy, t.args))
    if t.op == "inv" and args[0] == ONE:
        return ONE
    if t.op != "mul":
        return Term(t.op, args, t.data)
    factors = [f for a in args for f in _factors(a) if f != ONE]
    runs = [(f, len(list(run))) for f, run in groupby(factors)]
    factors = [f if count == 1 or f.op in ("num", "inv") else Term("pow", (f, num(count))) for f, count in runs
               for _ in range(count if f.op in ("num", "inv") else 1)]
    return Term("mul", tuple(factors)) if len(factors) > 1 else (factors or [ONE])[0]


def _factors(t: Term) -> tuple[Term, ...]:
    """The factors of a tidy product; one with a sign in front stays whole, so that the sign stays where it was put."""
    signed = t.op == "mul" and t.args[0].op == "num" and t.args[0].data < 0
    return t.args if t.op == "mul" and not signed else (t,)


def declarations(variables: Iterable[Variable], tex: bool = False) -> list[str]:
    """`n, d in {1, 2, ...}`: the variables with their domains, equal domains told once."""
    groups: dict[str, list[str]] = {}
    for v in variables:
        groups.setdefault(_domain(v, tex), []).append(latex(fam(v.name)) if tex else v.name)
    return [f"{(',' if tex else ', ').join(names)}{' ' if not tex else ''}{domain}" for domain, names in groups.items()]


def _domain(v: Variable, tex: bool) -> str:
    member, reals, dots = (r"\in ", r"\mathbb{R}", r"\ldots") if tex else ("in ", "R", "...")

    def listed(inside: str) -> str:
        return member + (rf"\{{{inside}\}}" if tex else f"{{{inside}}}")

    if v.shape:
        power = (r"\times " if tex else " x ").join(v.shape)
        return f"{member}{reals}^{{{power}}}" if tex else f"in R^({power})" if len(v.shape) > 1 else f"in R^{power}"
    low, high = (None if b is None else (latex if tex else text)(num(b)) for b in (v.low, v.high))
    if v.natural:
        start = 0 if v.low is None else int(-(-v.low // 1))
        if v.below is not None or high is not None:
            return listed(f"{start},{dots},{f'{v.below}-1' if v.below is not None else high}" if tex else
                          f"{start}, {dots}, {f'{v.below} - 1' if v.below is not None else high}")
        return listed(f"{start},{start + 1},{dots}" if tex else f"{start}, {start + 1}, {dots}")
    if low is not None and high is not None:
        return member + (f"({low}, {high})" if v.strict else f"[{low}, {high}]")
    if low is not None:
        return f"{'>' if v.strict else (chr(92) + 'ge ' if tex else '>=')} {low}"
    if high is not None:
        return f"{'<' if v.strict else (chr(92) + 'le ' if tex else '<=')} {high}"
    return member + reals
