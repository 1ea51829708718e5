"""Integrands as sums of coef * t^k * exp(-rate * t^m): what has a closed form by incomplete gammas.

`pieces_of` reads the body of an integral. Everything in it that does not hold the variable becomes a coefficient, exponents
are exact. It holds for t > 0 only (t^(1/2) t^(1/2) = t), which is all that an integral over [a, b] with a >= 0 sees.
"""
from __future__ import annotations

from fractions import Fraction
from typing import Callable

from numerics import Piece, Undefined
from theory.terms import BINDS, Term

MAX_PIECES = 64
ZERO, ONE, MINUS = Fraction(0), Fraction(1), Fraction(-1)


def uses(t: Term, depth: int = 0) -> bool:
    """Whether the bound variable `depth` occurs."""
    if t.loose <= depth:
        return False
    if t.op == "bv":
        return t.data == depth
    binder = BINDS.get(t.op)
    return any(uses(a, depth + (i == binder)) for i, a in enumerate(t.args))


def pieces_of(compiler, body: Term) -> Callable:
    """A function Env -> list of pieces, or None where the integrand is of another form or a coefficient is undefined."""
    try:
        read = _read(compiler, body)
    except Undefined:
        return lambda env: None

    def go(env):
        env.stack.append(None)      # the integration variable: never read by the coefficients
        try:
            return read(env)
        except Undefined:
            return None
        finally:
            env.stack.pop()
    return go


def _read(c, t: Term) -> Callable:
    b = c.b
    if not uses(t):
        value = c.real(t)
        return lambda env: [Piece(value(env), ZERO)]
    if t.op == "bv":
        return lambda env: [Piece(b.literal(ONE), ONE)]
    if t.op == "add":
        parts = [_read(c, a) for a in t.args]
        return lambda env: [p for part in parts for p in part(env)]
    if t.op == "mul":
        parts = [_read(c, a) for a in t.args]
        def product(env):
            out = parts[0](env)
            for part in parts[1:]:
                right = part(env)
                out = [_times(b, p, q) for p in out for q in right]
                if len(out) > MAX_PIECES:
                    raise Undefined("too many pieces")
            return out
        return product
    if t.op == "inv":
        inner = _read(c, t.args[0])
        return lambda env: [_raise(b, _only(inner(env)), MINUS)]
    if t.op == "pow" and (exponent := c.rational(t.args[1])) is not None and not uses(t.args[1]):
        base = _read(c, t.args[0])
        return lambda env: [_raise(b, _only(base(env)), Fraction(exponent(env)))]
    if t.op == "exp":
        inner = _read(c, t.args[0])
        return lambda env: [_exponential(b, inner(env))]
    raise Undefined(f"{t.op} of the integration variable")


def _only(pieces):
    if len(pieces) != 1:
        raise Undefined("a power of a sum")
    return pieces[0]


def _times(b, p: Piece, q: Piece) -> Piece:
    if p.rate is not None and q.rate is not None:
        if p.m != q.m:
            raise Undefined("two exponentials of different powers")
        return Piece(b.mul([p.coef, q.coef]), p.k + q.k, b.add([p.rate, q.rate]), p.m)
    rate, m = (p.rate, p.m) if p.rate is not None else (q.rate, q.m)
    return Piece(b.mul([p.coef, q.coef]), p.k + q.k, rate, m)


def _raise(b, p: Piece, e: Fraction) -> Piece:
    rate = None if p.rate is None else b.mul([b.literal(e), p.rate])
    return Piece(b.power(p.coef, b.literal(e), e), p.k * e, rate, p.m)


def _exponential(b, pieces) -> Piece:
    if any(p.rate is not None for p in pieces):
        raise Undefined("an exponential of an exponential")
    constant = [p.coef for p in pieces if p.k == 0]
    powers = {p.k for p in pieces if p.k != 0}
    if len(powers) > 1 or any(k < 0 for k in powers):
        raise Undefined("an exponential of more than one power")
    coef = b.exp(b.add(constant)) if constant else b.literal(ONE)
    if not powers:
        return Piece(coef, ZERO)
    rate = b.mul([b.literal(MINUS), b.add([p.coef for p in pieces if p.k != 0])])
    return Piece(coef, ZERO, rate, powers.pop())
