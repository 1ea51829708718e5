"""Ground numbers in Arb: the kernel's only numerical judgement. Trusted (with python-flint)."""
from __future__ import annotations

from flint import arb, ctx, fmpq

from theory.terms import Term

PRECISIONS = (64, 128, 256, 512, 1024)


def certainly_less(a: Term, b: Term) -> bool:
    """True when Arb certifies a < b at some precision; False says nothing."""
    previous = ctx.prec
    try:
        for bits in PRECISIONS:
            ctx.prec = bits
            left, right = enclose(a), enclose(b)
            if left is None or right is None:
                return False
            if bool(left < right):
                return True
        return False
    finally:
        ctx.prec = previous


def enclose(t: Term) -> arb | None:
    """A finite ball that contains the value of a closed term without binders, or None."""
    ball = _enclose(t)
    return ball if ball is not None and ball.is_finite() else None


def _enclose(t: Term) -> arb | None:
    if t.op == "num":
        return arb(fmpq(t.data.numerator, t.data.denominator))
    if t.op == "pi":
        return arb.pi()
    values = [enclose(a) for a in t.args] if t.op not in ("fam", "bv", "vol", "sum", "max", "int", "ball") else [None]
    if any(v is None for v in values):
        return None
    x = values[0]
    if t.op == "add":
        return sum(values[1:], x)
    if t.op == "mul":
        for v in values[1:]:
            x = x * v
        return x
    if t.op == "exp":
        return x.exp()
    if t.op == "abs":
        return abs(x)
    if t.op == "inv":
        return None if x.contains(0) else 1 / x
    if not bool(x > 0):
        return None      # log, gamma and general powers only of what is certainly positive
    if t.op == "log":
        return x.log()
    if t.op == "gamma":
        return x.gamma()
    return (values[1] * x.log()).exp()
