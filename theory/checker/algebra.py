"""The checker's own arithmetic: ring normal form, derivatives, continuity, ground numbers.

Ring normal form: a polynomial is a frozenset of (monomial, coefficient); a monomial is a pair (powers of atoms, exponent of e),
so that exp(a) exp(b) = exp(a + b) and exp(0) = 1 hold by construction. An atom is an operator with the normal forms of its
arguments.
"""
from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from flint import arb, ctx, fmpq

from theory.checker.nodes import Bad, Node, kind, node, num, shift

MAX_TERMS, MAX_EXPONENT, MAX_BITS = 20_000, 64, 50_000
ZERO, ONE, BV = num(0), num(1), node("bv", data=0)
UNIT = (frozenset(), frozenset())


def plain(q: Fraction) -> Fraction | int:
    """An integer as an int: it equals and hashes as the Fraction, and is faster."""
    return q.numerator if q.denominator == 1 else q


def combine(*parts) -> frozenset:
    """The sum of coefficient * polynomial over parts."""
    out: dict = {}
    for c, p in parts:
        for m, v in p:
            out[m] = out.get(m, 0) + c * v
    return frozenset((m, v) for m, v in out.items() if v)


def _times(p: frozenset, q: frozenset) -> frozenset:
    if len(p) * len(q) > 50 * MAX_TERMS:
        raise Bad("a product is too large for the normal form")
    out: dict = {}
    for (powers, e), v in p:
        for (others, f), u in q:
            merged = dict(powers)
            for atom, k in others:
                merged[atom] = merged.get(atom, 0) + k
            m = (frozenset(merged.items()), combine((1, e), (1, f)) if e and f else e or f)
            out[m] = out.get(m, 0) + v * u
    if len(out) > MAX_TERMS or any(max(abs(v.numerator), v.denominator).bit_length() > MAX_BITS for v in out.values()):
        raise Bad("a polynomial is too large for the normal form")
    return frozenset((m, v) for m, v in out.items() if v)


def constant(p: frozenset) -> Fraction | int | None:
    """The value of a polynomial without atoms."""
    values = dict(p)
    return values.pop(UNIT, 0) if not values.keys() - {UNIT} else None


@lru_cache(maxsize=100_000)
def poly(t: Node) -> frozenset:
    if kind(t) != "r":
        raise Bad("only a real has a normal form")
    if t.op == "num":
        return frozenset({(UNIT, plain(t.data))}) if t.data else frozenset()
    parts = [poly(a) for a in t.args]
    if t.op == "add":
        return combine(*((1, p) for p in parts))
    if t.op == "exp":
        return frozenset({((frozenset(), parts[0]), 1)})
    if t.op == "inv" and constant(parts[0]):
        return frozenset({(UNIT, plain(Fraction(1) / constant(parts[0])))})
    if t.op == "pow" and (k := constant(parts[1])) is not None and k.denominator == 1 and 0 <= k <= MAX_EXPONENT:
        parts = [parts[0]] * int(k)
    elif t.op != "mul":
        return frozenset({((frozenset({((t.op, t.data, *parts), 1)}), frozenset()), 1)})
    out = frozenset({(UNIT, 1)})
    for p in parts:
        out = _times(out, p)
    return out


def same(a: Node, b: Node) -> bool:
    return poly(a) == poly(b)


# formulas and terms that several rules build
def add(*parts): return node("add", *parts)
def mul(*parts): return node("mul", *parts)
def neg(a): return mul(num(-1), a)
def le(a, b): return node("le", a, b)
def lt(a, b): return node("lt", a, b)
def eq(a, b): return node("eq", a, b)


def _each(n: Node, conditions: list) -> list:
    """Conditions on the body of a sum or maximum, for every natural index below n."""
    guard = node("and", node("nat", BV), lt(BV, shift(n, 1)))
    return [node("forall", node("imp", guard, c)) for c in conditions]


def derivative(t: Node, x: str) -> tuple[Node, list]:
    """(dt/dx, conditions on the point). Bodies of sums are differentiated in place: a bound variable is a constant."""
    if (x, 0) not in t.free:
        return ZERO, []
    if t.op == "fam" and not t.args:
        return ONE, []
    if t.op == "sum" and (x, 0) not in t.args[0].free:
        body, needed = derivative(t.args[1], x)
        return node("sum", t.args[0], body), _each(t.args[0], needed)
    if t.op not in ("add", "mul", "inv", "exp", "log") and not (t.op == "pow" and (x, 0) not in t.args[1].free):
        raise Bad(f"no derivative of {t.op}")
    pairs = [derivative(a, x) for a in t.args]
    slopes, needed, u = [d for d, _ in pairs], [c for _, cs in pairs for c in cs], t.args[0]
    if t.op == "add":
        return add(*slopes), needed
    if t.op == "mul":
        return add(*(mul(*t.args[:i], d, *t.args[i + 1:]) for i, d in enumerate(slopes))), needed
    if t.op == "exp":
        return mul(slopes[0], t), needed
    if t.op == "log":
        return mul(slopes[0], node("inv", u)), [*needed, lt(ZERO, u)]
    if t.op == "inv":
        return neg(mul(mul(slopes[0], t), t)), [*needed, lt(ZERO, mul(u, u))]
    e = t.args[1]
    natural = e.op == "num" and e.data.denominator == 1 and e.data >= 0
    lower = num(max(e.data - 1, 0)) if natural else add(e, neg(ONE))
    return mul(mul(e, node("pow", u, lower)), slopes[0]), needed if natural else [*needed, lt(ZERO, u)]


def continuous(t: Node, x: str) -> list:
    """Conditions such that t is continuous in x on the set where they hold."""
    if (x, 0) not in t.free or (t.op == "fam" and not t.args):
        return []
    if t.op in ("sum", "max") and (x, 0) not in t.args[0].free:
        return _each(t.args[0], continuous(t.args[1], x)) + ([lt(ZERO, t.args[0])] if t.op == "max" else [])
    if t.op not in ("add", "mul", "inv", "exp", "log", "abs") and not (t.op == "pow" and (x, 0) not in t.args[1].free):
        raise Bad(f"no continuity of {t.op}")
    needed, u = [c for a in t.args for c in continuous(a, x)], t.args[0]
    if t.op == "inv":
        needed.append(lt(ZERO, mul(u, u)))
    if t.op == "log":
        needed.append(lt(ZERO, u))
    if t.op == "pow" and not ((e := t.args[1]).op == "num" and e.data.denominator == 1 and e.data >= 0):
        needed.append(node("and", le(ZERO, u), le(ZERO, t.args[1])))
    return needed


def certainly_less(a: Node, b: Node) -> bool:
    """Does Arb certify a < b?"""
    before = ctx.prec
    try:
        for ctx.prec in (64, 256, 1024):
            left, right = _ball(a), _ball(b)
            if left.is_finite() and right.is_finite() and bool(left < right):
                return True
        return False
    finally:
        ctx.prec = before


def _ball(t: Node) -> arb:
    """An enclosure of a number; NaN, which is below nothing, where the value is not certain to be defined."""
    if t.op == "num":
        return arb(fmpq(t.data.numerator, t.data.denominator))
    if t.op not in ("pi", "add", "mul", "inv", "exp", "log", "gamma", "abs", "pow"):
        return arb.nan()
    v = [_ball(a) for a in t.args]
    defined = v[0] > 0 if t.op in ("log", "gamma", "pow") else not v[0].contains(0) if t.op == "inv" else True
    if not defined or any(not b.is_finite() for b in v):
        return arb.nan()
    if t.op in ("add", "mul"):
        total = v[0]
        for b in v[1:]:
            total = total + b if t.op == "add" else total * b
        return total
    return {"pi": arb.pi, "inv": lambda u: 1 / u, "exp": arb.exp, "log": arb.log, "gamma": arb.gamma, "abs": abs,
            "pow": lambda u, e: (e * u.log()).exp()}[t.op](*v)
