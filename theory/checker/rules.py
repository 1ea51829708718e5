"""The checker's own account of every rule: those of `schemas`, and here those that need a computation."""
from __future__ import annotations

from fractions import Fraction

from theory.checker.algebra import (ZERO, add, certainly_less, combine, constant, continuous, derivative, eq, le, lt, mul, neg,
                                    plain, poly, same)
from theory.checker.nodes import Node, abstract, kind, node, num, put, var
from theory.checker.schemas import RULES, Sequent, fresh, need, read

__all__ = ["RULES", "Sequent", "need"]


def rule(heading: str, raw: str = ""):
    """A rule as a function of its premises and its arguments: checked ones (heading), unchecked ones (raw)."""
    def register(f):
        words, extra = heading.split(), raw.split()

        def step(premises, arguments):
            need(all(name in arguments for name in extra), f"the arguments {extra} are needed")
            read(words, {k: v for k, v in arguments.items() if k not in extra})
            return Sequent(*f(premises, **arguments))
        RULES[f.__name__] = step
        return f
    return register


def count(premises: list, n: int, at_least: bool = False) -> list:
    need(len(premises) == n or (at_least and len(premises) > n), f"{n} premises are needed")
    return premises


# logic and order
@rule("phi")
def assume(ps, phi):
    count(ps, 0)
    return frozenset([phi]), phi


@rule("phi")
def weaken(ps, phi):
    [p] = count(ps, 1)
    return p.hyps | {phi}, p.concl


@rule("")
def cut(ps):
    p, q = count(ps, 2)
    need(p.concl in q.hyps, "the first conclusion is not a hypothesis of the second premise")
    return p.hyps | (q.hyps - {p.concl}), q.concl


@rule("", raw="mapping")
def instance(ps, mapping):
    [p] = count(ps, 1)
    need(type(mapping) is tuple, "a mapping is a list")
    table: dict = {}
    for row in mapping:
        need(type(row) is tuple and len(row) == 3, "an entry of the mapping is [name, parameters, body]")
        name, parameters, body = row
        need(type(name) is str and type(parameters) is tuple and all(type(x) is str for x in parameters), "names are strings")
        need(type(body) is Node and kind(body) == "r", "a family is replaced by a real")
        need(len(set(parameters)) == len(parameters) and (name, len(parameters)) not in table, f"{name} is replaced twice")
        table[name, len(parameters)] = parameters, body
    return frozenset(put(h, table) for h in p.hyps), put(p.concl, table)


@rule("phi")
def absurd(ps, phi):
    [p] = count(ps, 1)
    need(p.concl.op == "lt" and same(*p.concl.args), "the premise must read a < a")
    return p.hyps, phi


@rule("a b")
def ring(ps, a, b):
    count(ps, 0)
    need(same(a, b), "the normal forms differ")
    return frozenset(), eq(a, b)


@rule("goal")
def ground(ps, goal):
    count(ps, 0)
    need(goal.op == "lt" and certainly_less(*goal.args), "Arb does not certify it")
    return frozenset(), goal


@rule("goal", raw="multipliers")
def linear(ps, multipliers, goal):
    need(type(multipliers) is tuple and len(multipliers) == len(ps), "one multiplier for each premise")
    need(all(p.concl.op in ("le", "lt", "eq") for p in ps) and goal.op in ("le", "lt", "eq"), "linear is about relations")
    parts, strict = [(1, poly(goal.args[1])), (-1, poly(goal.args[0]))], False
    for p, m in zip(ps, multipliers):
        a, b = p.concl.args
        if p.concl.op == "eq":
            need(type(m) is Node and kind(m) == "r", "an equation is multiplied by a term")
            parts.append((-1, poly(mul(m, add(b, neg(a))))))
        else:
            need(type(m) is Fraction and m >= 0, "an inequality is multiplied by a rational >= 0")
            need(goal.op != "eq", "an inequality proves no equation")
            parts += [(-plain(m), poly(b)), (plain(m), poly(a))]
            strict = strict or (p.concl.op == "lt" and m > 0)
    left = constant(combine(*parts))
    need(left is not None and left >= 0 and (goal.op != "eq" or left == 0), "the certificate does not add up")
    need(goal.op != "lt" or strict or left > 0, "the goal is strict, no part of the certificate is")
    return frozenset().union(*(p.hyps for p in ps)), goal


# naturals
@rule("", raw="k")
def nat_literal(ps, k):
    count(ps, 0)
    need(type(k) is int and k >= 0, "k must be a natural number")
    return frozenset(), node("nat", num(k))


@rule("", raw="op")
def nat_closed(ps, op):
    p, q = count(ps, 2)
    need(p.concl.op == q.concl.op == "nat" and op in ("add", "mul"), "naturals are closed under add and mul")
    return p.hyps | q.hyps, node("nat", node(op, *p.concl.args, *q.concl.args))


# calculus on an interval
class On:
    """What holds for x in (a, b), or in [a, b]; x is free in neither end."""

    def __init__(self, x: str, a: Node, b: Node):
        fresh(x, [a, b])
        self.x, v = x, var(x)
        self.closed = frozenset([le(a, v), le(v, b)])
        self.open = self.closed | {lt(a, v), lt(v, b)}

    def rest(self, p: Sequent, inside: frozenset) -> frozenset:
        fresh(self.x, p.hyps - inside)
        return p.hyps - inside

    def show(self, wanted: list, conditions: list, inside: frozenset) -> frozenset:
        """Every wanted formula is the conclusion of a condition that holds inside; the hypotheses that this takes."""
        hyps: frozenset = frozenset()
        for c in wanted:
            usable = [p for p in conditions if p.concl is c and all((self.x, 0) not in h.free for h in p.hyps - inside)]
            need(bool(usable), "a condition of a derivative or of continuity is not shown on the interval")
            hyps |= usable[0].hyps - inside
        return hyps

    def smooth(self, f: Node, conditions: list) -> tuple[Node, frozenset]:
        """The derivative of f, differentiable inside and continuous up to the ends."""
        slope, needed = derivative(f, self.x)
        return slope, self.show(needed, conditions, self.open) | self.show(continuous(f, self.x), conditions, self.closed)


def relation(p: Sequent, *ops: str) -> tuple:
    need(p.concl.op in ops, f"a premise must be one of {ops}")
    return p.concl.args


def at(t: Node, x: str, value: Node) -> Node:
    return put(t, {(x, 0): ((), value)})


@rule("'x f at")
def differentiate(ps, x, f, **rest):
    point = rest["at"]
    slope, needed = derivative(f, x)
    said = {p.concl: p.hyps for p in ps}
    wanted = [at(c, x, point) for c in needed]
    need(all(c in said for c in wanted), "a condition of the derivative is not shown at the point")
    return frozenset().union(*(said[c] for c in wanted)), node("deriv", abstract(f, x), point, at(slope, x, point))


@rule("'x a b f")
def increasing(ps, x, a, b, f):
    p, q, *conditions = count(ps, 2, at_least=True)
    on = On(x, a, b)
    slope, hyps = on.smooth(f, conditions)
    need(relation(p, "le", "lt") == (a, b), "the first premise must order the ends")
    zero, said = relation(q, "le", "lt")
    need(zero is ZERO and same(said, slope), "the second premise must give the sign of the derivative")
    strict = p.concl.op == q.concl.op == "lt"
    return p.hyps | on.rest(q, on.open) | hyps, (lt if strict else le)(at(f, x, a), at(f, x, b))


@rule("'x a b f g")
def fundamental(ps, x, a, b, f, g):
    p, q, *conditions = count(ps, 2, at_least=True)
    on = On(x, a, b)
    slope, hyps = on.smooth(f, conditions)
    left, right = relation(q, "eq")
    need(p.concl is le(a, b) and right is g and same(left, slope), "the premises must order the ends and give the derivative")
    signs = [c for c in conditions if c.concl in (le(ZERO, g), lt(ZERO, g))]
    hyps |= on.rest(signs[0], on.open) if signs else on.show(continuous(g, x), conditions, on.closed)
    body = abstract(g, x)
    value = eq(node("int", a, b, body), add(at(f, x, b), neg(at(f, x, a))))
    return p.hyps | on.rest(q, on.open) | hyps, node("and", node("integrable", a, b, body), value)


@rule("'x")
def integrable_dominated(ps, x):
    p, q, r, *conditions = count(ps, 3, at_least=True)
    (zero, f), (low, g) = relation(p, "le", "lt"), relation(q, "le", "lt", "eq")
    a, b, body = relation(r, "integrable")
    on = On(x, a, b)
    need(zero is ZERO and low is f and body is abstract(g, x), "the premises must read 0 <= f, f <= g, g integrable")
    hyps = on.rest(p, on.open) | on.rest(q, on.open) | r.hyps | on.show(continuous(f, x), conditions, on.open)
    return hyps, node("integrable", a, b, abstract(f, x))


@rule("'x a b 'u f g", raw="phi")
def change_of_variables(ps, x, a, b, phi, u, f, g):
    p, q, r, *conditions = count(ps, 3, at_least=True)
    need(type(phi) is Node and kind(phi) == "r", "phi is a real here")
    on = On(x, a, b)
    need(x != u, "two variables are needed")
    fresh(x, [f])
    slope, hyps = on.smooth(phi, conditions)
    (zero, said), (left, right) = relation(q, "lt"), relation(r, "eq")
    need(p.concl is le(a, b), "the first premise must order the ends")
    need(zero is ZERO and same(said, slope), "the second premise must say that phi increases")
    need(left is g and same(right, mul(at(f, u, phi), slope)), "the third premise must read g = f(phi) phi'")
    low, high = at(phi, x, a), at(phi, x, b)
    fresh(u, [low, high])
    hyps |= p.hyps | on.rest(q, on.open) | on.rest(r, on.open) | on.show(continuous(g, x), conditions, on.closed)
    body, value = abstract(f, u), node("int", a, b, abstract(g, x))
    return hyps, node("and", node("integrable", low, high, body), eq(node("int", low, high, body), value))
