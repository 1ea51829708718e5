"""Rules of logic: natural deduction, with Forall and Exists over the reals."""
from __future__ import annotations

from theory.kernel.core import fresh_, is_, prop_, real_, relation_, require, rule, same, variable_
from theory.terms import Term, and_, close, imp, le, lt, open_, replace, substitute


@rule
def assume(phi):
    return {prop_(phi, "assume")}, phi


@rule
def weaken(p, phi):
    return p.hyps | {prop_(phi, "weaken")}, p.concl


@rule
def cut(p, q):
    """G |- a;  D, a |- b   gives   G, D |- b"""
    require(p.concl in q.hyps, "cut.hypothesis", "the first conclusion is no hypothesis of the second")
    return p.hyps | (q.hyps - {p.concl}), q.concl


@rule
def instance(p, mapping):
    """Replace free families everywhere: mapping is ((name, (parameters...), body), ...), all at once."""
    table = {}
    require(type(mapping) is tuple, "instance.table", "the mapping is a tuple of (name, parameters, body)")
    for name, parameters, body in mapping:
        real_(body, "instance")
        require(type(parameters) is tuple, "instance.parameters", "parameters are a tuple of names")
        require(len(set(parameters)) == len(parameters), "instance.distinct_parameters")
        require((name, len(parameters)) not in table, "instance.once", f"{name} is replaced twice")
        table[name, len(parameters)] = (tuple(parameters), body)
    return {substitute(h, table) for h in p.hyps}, substitute(p.concl, table)


@rule
def imp_intro(p, phi):
    return p.hyps - {prop_(phi, "imp_intro")}, imp(phi, p.concl)


@rule
def imp_elim(p, q):
    require(p.concl.op == "imp", "imp_elim.implication")
    is_(q, p.concl.args[0], "imp_elim.antecedent")
    return p.hyps | q.hyps, p.concl.args[1]


@rule
def and_intro(p, q):
    return p.hyps | q.hyps, and_(p.concl, q.concl)


@rule
def and_elim(p, side):
    require(p.concl.op == "and", "and_elim.conjunction")
    require(type(side) is int and side in (0, 1), "and_elim.side")
    return p.hyps, p.concl.args[side]


@rule
def or_intro(p, other, side):
    require(type(side) is int and side in (0, 1), "or_intro.side")
    pair = (p.concl, prop_(other, "or_intro"))
    return p.hyps, Term("or", pair if side == 0 else pair[::-1])


@rule
def or_elim(p, q, r):
    require(p.concl.op == "or", "or_elim.disjunction")
    require(q.concl == r.concl, "or_elim.same_conclusion")
    a, b = p.concl.args
    return p.hyps | (q.hyps - {a}) | (r.hyps - {b}), q.concl


@rule
def forall_intro(p, x):
    variable_(x, "forall_intro")
    fresh_(x, p.hyps, "forall_intro")
    return p.hyps, Term("forall", (close(p.concl, x),))


@rule
def forall_elim(p, t):
    require(p.concl.op == "forall", "forall_elim.quantifier")
    return p.hyps, open_(p.concl.args[0], real_(t, "forall_elim"))


@rule
def exists_intro(p, x, phi, t):
    """G |- phi[x := t]   gives   G |- there is x: phi"""
    variable_(x, "exists_intro")
    is_(p, replace(prop_(phi, "exists_intro"), x, real_(t, "exists_intro")), "exists_intro.instance")
    return p.hyps, Term("exists", (close(phi, x),))


@rule
def exists_elim(p, q, x):
    """G |- there is x: phi;  D, phi |- psi, x not free in D, psi   gives   G, D |- psi"""
    require(p.concl.op == "exists", "exists_elim.quantifier")
    body = open_(p.concl.args[0], variable_(x, "exists_elim"))
    fresh_(x, {p.concl}, "exists_elim.quantified")
    rest = q.hyps - {body}
    fresh_(x, rest | {q.concl}, "exists_elim")
    return p.hyps | rest, q.concl


@rule
def by_order(p, q, a, b):
    """D, a <= b |- psi;  E, b < a |- psi   gives   D, E |- psi"""
    require(p.concl == q.concl, "by_order.same_conclusion")
    real_(a, "by_order")
    real_(b, "by_order")
    return (p.hyps - {le(a, b)}) | (q.hyps - {lt(b, a)}), p.concl


@rule
def absurd(p, phi):
    """From a < a, anything."""
    a, b = relation_(p, ("lt",), "absurd.strict")
    require(same(a, b), "absurd.same", "the two sides differ")
    return p.hyps, prop_(phi, "absurd")
