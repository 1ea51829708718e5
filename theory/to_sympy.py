"""Terms as SymPy expressions, to print, transform and look around in. SymPy is not trusted: nothing here decides anything.

Sums and integrals stay unevaluated; a maximum over a symbolic index set and the quantifiers are uninterpreted until their size is
a number. Families are `IndexedBase`s with indices from 0. A ball integral of a radial function is the integral over its radius.
"""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy
from sympy.logic.boolalg import Boolean

from theory.claim import Claim, Variable
from theory.printing import INDEX_NAMES, REAL_NAMES
from theory.terms import BINDS, Term, fam, open_

BINARY = {"le": sympy.Le, "lt": sympy.Lt, "eq": sympy.Eq}
UNARY = {"exp": sympy.exp, "log": sympy.log, "abs": sympy.Abs}
LARGEST = 64
CONNECTIVES = {"and": sympy.And, "or": sympy.Or, "imp": sympy.Implies}


class MaxOver(sympy.Expr):
    """MaxOver(f(i), i, n): the largest f(i) with 0 <= i < n. `doit` expands it once n is a positive integer."""

    is_real = is_extended_real = is_commutative = True  # SymPy would otherwise look for a conjugate, and never end

    def __new__(cls, body, index, size):
        return sympy.Expr.__new__(cls, sympy.sympify(body), index, sympy.sympify(size))

    @property
    def free_symbols(self):
        body, index, size = self.args
        return (body.free_symbols - {index}) | size.free_symbols

    def doit(self, **hints):
        body, index, size = (a.doit(**hints) for a in self.args)
        if not (size.is_Integer and size > 0):
            return MaxOver(body, index, size)
        return sympy.Max(*(self.args[0].xreplace({index: sympy.Integer(k)}).doit(**hints) for k in range(int(size))))


class ForAll(Boolean):
    """ForAll(i, formula)."""


class Exists(Boolean):
    """Exists(i, formula)."""


class Integrable(Boolean):
    """Integrable(f(t), t, a, b)."""


def convert(t: Term, variables: tuple[Variable, ...] = ()) -> sympy.Basic:
    """The same term in SymPy. Variables give their symbols: naturals are integers, everything else is real."""
    return _Converter({v.name: v for v in variables}).convert(t)


def statement(claim: Claim) -> list[tuple[str, sympy.Basic]]:
    """(label, formula) of each premise and of the conclusion."""
    return [*(("if", convert(p, claim.variables)) for p in claim.premises), ("then", convert(claim.conclusion, claim.variables))]


def at(expression: sympy.Basic, values: Mapping[str, Any]) -> sympy.Basic:
    """With exact values for scalars (numbers) and families (nested lists), sums and maxima expanded."""
    numbers = {s: sympy.Rational(values[s.name]) for s in expression.free_symbols if isinstance(s, sympy.Symbol)
               and not isinstance(values.get(s.name), (list, tuple)) and s.name in values}
    expanded = expression.xreplace(numbers).doit(integrals=False)
    return expanded.xreplace({x: _entry(values[str(x.base)], x.indices) for x in expanded.atoms(sympy.Indexed)})


def _entry(family: Any, indices) -> sympy.Rational:
    for k in indices:
        family = family[int(k)]
    return sympy.Rational(family)


class _Converter:
    def __init__(self, variables: Mapping[str, Variable]):
        self.variables = variables
        self.bound: dict[str, sympy.Symbol] = {}

    def symbol(self, name: str) -> sympy.Symbol:
        if name in self.bound:
            return self.bound[name]
        v = self.variables.get(name)
        return sympy.Symbol(name, integer=True) if v is not None and v.natural else sympy.Symbol(name, real=True)

    def opened(self, t: Term, integer: bool) -> tuple[sympy.Symbol, sympy.Basic]:
        """The bound variable as a symbol that the body does not use, and the body with it."""
        taken = {name for name, _ in t.free} | set(self.bound)
        pool = INDEX_NAMES if integer else REAL_NAMES
        name = next((n for n in pool if n not in taken), f"v{len(self.bound)}")
        symbol = self.bound[name] = sympy.Symbol(name, integer=True) if integer else sympy.Symbol(name, real=True)
        body = self.convert(open_(t.args[BINDS[t.op]], fam(name)))
        del self.bound[name]
        return symbol, body

    def convert(self, t: Term) -> sympy.Basic:
        if t.op in BINARY:
            return BINARY[t.op](*map(self.convert, t.args), evaluate=False)
        if t.op in UNARY:
            return UNARY[t.op](self.convert(t.args[0]))
        if t.op in CONNECTIVES:
            return CONNECTIVES[t.op](*map(self.convert, t.args), evaluate=False)
        return getattr(self, f"_{t.op}")(t)

    def _num(self, t: Term):
        return sympy.Rational(t.data.numerator, t.data.denominator)

    def _pi(self, t: Term):
        return sympy.pi

    def _fam(self, t: Term):
        return sympy.IndexedBase(t.data, real=True)[tuple(map(self.convert, t.args))] if t.args else self.symbol(t.data)

    def _add(self, t: Term):
        return sympy.Add(*map(self.convert, t.args))

    def _mul(self, t: Term):
        return sympy.Mul(*map(self.convert, t.args))

    def _inv(self, t: Term):
        return 1 / self.convert(t.args[0])

    def _pow(self, t: Term):
        base, exponent = map(self.convert, t.args)
        return sympy.Pow(base, exponent, evaluate=not _huge(exponent))

    def _gamma(self, t: Term):
        z = self.convert(t.args[0])
        return sympy.gamma(z, evaluate=not _huge(z))

    def _vol(self, t: Term):
        n = self.convert(t.args[0])
        return sympy.pi ** (n / 2) / sympy.gamma(1 + n / 2, evaluate=not _huge(n))

    def _sum(self, t: Term):
        i, body = self.opened(t, integer=True)
        return sympy.Sum(body, (i, 0, self.convert(t.args[0]) - 1))

    def _max(self, t: Term):
        i, body = self.opened(t, integer=True)
        return MaxOver(body, i, self.convert(t.args[0]))

    def _int(self, t: Term):
        x, body = self.opened(t, integer=False)
        return sympy.Integral(body, (x, self.convert(t.args[0]), self.convert(t.args[1])))

    def _ball(self, t: Term):
        x, body = self.opened(t, integer=False)
        n, r = self.convert(t.args[0]), self.convert(t.args[1])
        sphere = n * sympy.pi ** (n / 2) / sympy.gamma(1 + n / 2, evaluate=not _huge(n))
        return sphere * sympy.Integral(body * x ** (n - 1), (x, 0, r))

    def _nat(self, t: Term):
        return sympy.Contains(self.convert(t.args[0]), sympy.S.Naturals0, evaluate=False)

    def _forall(self, t: Term):
        return ForAll(*self.opened(t, integer=_over_naturals(t)))

    def _exists(self, t: Term):
        return Exists(*self.opened(t, integer=_over_naturals(t)))

    def _integrable(self, t: Term):
        x, body = self.opened(t, integer=False)
        return Integrable(body, x, self.convert(t.args[0]), self.convert(t.args[1]))

    def _deriv(self, t: Term):
        x, body = self.opened(t, integer=False)
        slope = sympy.Subs(sympy.Derivative(body, x), x, self.convert(t.args[1]))
        return sympy.Eq(slope, self.convert(t.args[2]), evaluate=False)


def _huge(e: sympy.Basic) -> bool:
    """An exponent or a factorial that must not be worked out: 10^5000 stays as it is written."""
    return bool(e.is_Rational and abs(e) > LARGEST)


def _over_naturals(t: Term) -> bool:
    guard = t.args[0]
    while guard.op in ("imp", "and"):
        guard = guard.args[0]
    return guard.op == "nat"
