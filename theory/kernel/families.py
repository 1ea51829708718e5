"""Finite sums and maxima over the naturals i < n, for a symbolic n."""
from __future__ import annotations

from theory.kernel.core import fresh_, index_, is_, real_, relation_, require, rule, variable_
from theory.terms import ZERO, Term, and_, close, eq, in_range, le, lt, nat, replace


@rule
def sum_termwise(p, i, n):
    """G, i in N, i < n |- f <= g (or =), i not free in G, n   gives   G |- sum f <= sum g (or =)"""
    f, g = relation_(p, ("le", "lt", "eq"), "sum_termwise.relation")
    variable_(i, "sum_termwise")
    rest = p.hyps - index_(i, n)
    fresh_(i, rest | {nat(n)}, "sum_termwise")
    return rest, (eq if p.concl.op == "eq" else le)(Term("sum", (n, close(f, i))), Term("sum", (n, close(g, i))))


@rule
def sum_strict(p, q, r, s, i, n, j):
    """As sum_termwise with f <= g, and a j < n with f(j) < g(j): the sums are strictly ordered"""
    f, g = relation_(p, ("le",), "sum_strict.relation")
    variable_(i, "sum_strict")
    rest = p.hyps - index_(i, n)
    fresh_(i, rest | {nat(n)}, "sum_strict")
    is_(q, lt(replace(f, i, j), replace(g, i, j)), "sum_strict.witness")
    is_(r, nat(j), "sum_strict.natural")
    is_(s, lt(j, n), "sum_strict.inside")
    return rest | q.hyps | r.hyps | s.hyps, lt(Term("sum", (n, close(f, i))), Term("sum", (n, close(g, i))))


@rule
def sum_add(i, n, f, g):
    variable_(i, "sum_add")
    fresh_(i, {nat(n)}, "sum_add")
    total = Term("sum", (n, close(real_(f, "sum_add") + real_(g, "sum_add"), i)))
    return (), eq(total, Term("sum", (n, close(f, i))) + Term("sum", (n, close(g, i))))


@rule
def sum_scale(i, n, c, f):
    variable_(i, "sum_scale")
    fresh_(i, {nat(n), nat(real_(c, "sum_scale"))}, "sum_scale")
    return (), eq(Term("sum", (n, close(c * real_(f, "sum_scale"), i))), c * Term("sum", (n, close(f, i))))


@rule
def sum_constant(p, c):
    """sum over i < n of c is n c, for a natural n"""
    require(p.concl.op == "nat", "sum_constant.natural")
    n = p.concl.args[0]
    return p.hyps, eq(Term("sum", (n, real_(c, "sum_constant"))), n * c)


@rule
def sum_term(p, q, r, i, n, j):
    """If all terms are >= 0, one term is at most the sum"""
    zero, f = relation_(p, ("le", "lt"), "sum_term.relation")
    require(zero == ZERO, "sum_term.nonnegative", "the premise must read 0 <= f")
    variable_(i, "sum_term")
    rest = p.hyps - index_(i, n)
    fresh_(i, rest | {nat(n)}, "sum_term")
    is_(q, nat(j), "sum_term.natural")
    is_(r, lt(j, n), "sum_term.inside")
    return rest | q.hyps | r.hyps, le(replace(f, i, j), Term("sum", (n, close(f, i))))


@rule
def sum_empty(i, f):
    variable_(i, "sum_empty")
    return (), eq(Term("sum", (ZERO, close(real_(f, "sum_empty"), i))), ZERO)


@rule
def sum_step(p, i, f):
    """sum over i < n + 1 is the sum over i < n plus f(n), for a natural n"""
    require(p.concl.op == "nat", "sum_step.natural")
    variable_(i, "sum_step")
    n = p.concl.args[0]
    return p.hyps, eq(Term("sum", (n + 1, close(real_(f, "sum_step"), i))), Term("sum", (n, close(f, i))) + replace(f, i, n))


@rule
def max_bound(p, q, i, n, f):
    """f(j) <= max f for j in N, j < n"""
    variable_(i, "max_bound")
    require(p.concl.op == "nat", "max_bound.natural")
    j = p.concl.args[0]
    is_(q, lt(j, n), "max_bound.inside")
    return p.hyps | q.hyps, le(replace(real_(f, "max_bound"), i, j), Term("max", (n, close(f, i))))


@rule
def max_attained(p, i, f):
    """0 < n gives an i in N, i < n with max f = f(i)"""
    zero, n = relation_(p, ("lt",), "max_attained.strict")
    require(zero == ZERO, "max_attained.nonempty", "the family may be empty")
    variable = variable_(i, "max_attained")
    fresh_(i, {nat(n)}, "max_attained")
    body = and_(in_range(variable, n), eq(Term("max", (n, close(real_(f, "max_attained"), i))), f))
    return p.hyps, Term("exists", (close(body, i),))
