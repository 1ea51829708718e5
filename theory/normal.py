"""The ring normal form: the one way in which the kernel decides equalities. Trusted.

A real term becomes a polynomial over Q in atoms. Only laws that hold for *all* reals, with no premise, are used:
the commutative ring laws, `pow(a, k)` for a literal natural k (so a^0 = 1 and a^1 = a), `inv` of a nonzero literal, and
exp(a) exp(b) = exp(a + b) with exp(0) = 1. Every other operator is an atom whose arguments are put into normal form. In particular
x * inv(x), exp(log(x)) and log(exp(x)) stay as they are: they need premises.
"""
from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from theory.terms import R, Term, TermError, num

# monomial: sorted tuple of (atom, exponent >= 1); at most one atom is an exp, with exponent 1
Monomial = tuple
Poly = dict[Monomial, Fraction]

MAX_TERMS = 20_000      # a polynomial that grows beyond this is refused: the step is to be cut into smaller ones
MAX_EXPONENT = 64


def poly(t: Term) -> Poly:
    """The normal form of a real term as a polynomial. Callers must not change the result."""
    if t.kind != R:
        raise TermError("only a real term has a ring normal form")
    return _poly(t)


@lru_cache(maxsize=200_000)
def _poly(t: Term) -> Poly:
    op = t.op
    if op == "num":
        return {(): t.data} if t.data else {}
    if op == "add":
        out: Poly = {}
        for a in t.args:
            accumulate(out, _poly(a), Fraction(1))
        return out
    if op == "mul":
        out = {(): Fraction(1)}
        for a in t.args:
            out = _times(out, _poly(a))
        return out
    if op == "pow" and (k := _literal(t.args[1])) is not None:
        out, base = {(): Fraction(1)}, _poly(t.args[0])
        for _ in range(k):
            out = _times(out, base)
        return out
    if op == "inv":
        inner = _poly(t.args[0])
        if list(inner) == [()]:
            return {(): 1 / inner[()]}
    if op == "exp":
        inner = _poly(t.args[0])
        if not inner:
            return {(): Fraction(1)}
        return {((Term("exp", (term(inner),)), 1),): Fraction(1)}
    atom = Term(op, (normal(a) for a in t.args), t.data)
    return {((atom, 1),): Fraction(1)}


def _literal(e: Term) -> int | None:
    """The exponent as a small natural, when its normal form is one."""
    p = _poly(e)
    if not p:
        return 0
    c = p.get(())
    return int(c) if len(p) == 1 and c is not None and c.denominator == 1 and 0 <= c <= MAX_EXPONENT else None


def accumulate(out: Poly, p: Poly, c: Fraction) -> None:
    """out += c p, in place."""
    for m, v in p.items():
        new = out.get(m, 0) + c * v
        if new:
            out[m] = new
        else:
            out.pop(m, None)


def _times(p: Poly, q: Poly) -> Poly:
    if len(p) * len(q) > 50 * MAX_TERMS:
        raise TermError("product too large for the normal form")
    out: Poly = {}
    for m, v in p.items():
        for w, u in q.items():
            accumulate(out, {_join(m, w): v * u}, Fraction(1))
    if len(out) > MAX_TERMS:
        raise TermError("polynomial too large for the normal form")
    return out


@lru_cache(maxsize=200_000)
def _join(m: Monomial, w: Monomial) -> Monomial:
    if not m or not w:
        return m or w
    powers: dict[Term, int] = dict(m)
    for atom, e in w:
        powers[atom] = powers.get(atom, 0) + e
    exps = [a for a in powers if a.op == "exp"]
    if len(exps) > 1 or (exps and powers[exps[0]] > 1):
        total: Poly = {}
        for a in exps:
            accumulate(total, _poly(a.args[0]), Fraction(powers.pop(a)))
        if total:
            powers[Term("exp", (term(total),))] = 1
    return tuple(sorted(powers.items(), key=lambda item: key(item[0])))


@lru_cache(maxsize=200_000)
def key(t: Term) -> tuple:
    """A total order on terms, the same in every process."""
    return (t.op, str(t.data), tuple(key(a) for a in t.args))


def term(p: Poly) -> Term:
    """The canonical term of a polynomial."""
    parts = []
    for m, c in sorted(p.items(), key=lambda item: tuple((key(a), e) for a, e in item[0])):
        factors = ([num(c)] if c != 1 or not m else []) + [a for a, e in m for _ in range(e)]
        parts.append(factors[0] if len(factors) == 1 else Term("mul", factors))
    if not parts:
        return num(0)
    return parts[0] if len(parts) == 1 else Term("add", parts)


@lru_cache(maxsize=200_000)
def normal(t: Term) -> Term:
    """The canonical form of a real term or formula; two terms with the same one are equal everywhere."""
    if t.kind == R:
        return term(_poly(t))
    return Term(t.op, (normal(a) for a in t.args), t.data)


def difference(a: Term, b: Term) -> Poly:
    """The normal form of a - b."""
    out = dict(poly(a))
    accumulate(out, poly(b), Fraction(-1))
    return out
