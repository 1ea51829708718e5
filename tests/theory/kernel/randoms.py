"""Random terms with binders, families and every real operator that has a value, for cross-checks of two implementations."""
from __future__ import annotations

import random
from fractions import Fraction

from theory import checker
from theory.terms import Term, abs_, close, eq, exp, fam, gamma, inv, le, log, lt, num, power

NAMES = "abcxyn"


def random_real(r: random.Random, depth: int = 3, names: str = NAMES) -> Term:
    if depth == 0 or r.random() < 0.15:
        return num(Fraction(r.randrange(-3, 4), r.randrange(1, 3))) if r.random() < 0.3 else fam(r.choice(names))
    p, q = random_real(r, depth - 1, names), random_real(r, depth - 1, names)
    kind = r.randrange(13)
    if kind < 3:
        return p + q
    if kind < 6:
        return p * q
    if kind == 6:
        return power(p, r.choice([0, 2, 3, Fraction(1, 2), -1, q]))
    if kind == 7:
        return r.choice((inv, exp, log, abs_, gamma))(p)
    if kind == 8:
        return Term(r.choice(("sum", "max")), (p, close(q, r.choice(names))))
    if kind == 9:
        return Term("int", (fam(r.choice(names)), p, close(q, r.choice(names))))
    if kind == 10:
        return exp(p) * exp(q)
    return fam("F", p) if kind == 11 else fam("G", p, q)


def random_formula(r: random.Random, depth: int = 3) -> Term:
    if depth == 0 or r.random() < 0.2:
        return r.choice((le, lt, eq))(random_real(r, 2), random_real(r, 2))
    kind = r.choice(("and", "or", "imp", "forall", "exists"))
    p = random_formula(r, depth - 1)
    if kind in ("forall", "exists"):
        return Term(kind, (close(p, r.choice(NAMES)),))
    return Term(kind, (p, random_formula(r, depth - 1)))


def node(t: Term):
    """The same term for the checker."""
    return checker.nodes.node(t.op, *map(node, t.args), data=t.data)
