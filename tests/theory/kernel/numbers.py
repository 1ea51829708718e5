"""A small rigorous evaluator for fuzzing, which shares nothing with the kernel: reals as Arb balls, formulas as True, False or
None (unknown).

The environment maps (name, arity) to a ball or, for arity >= 1, to a Python function of balls. A value that the semantics
leaves unspecified (1/0, log of a non-positive number, ...) is NaN, and nothing certain follows from NaN.
"""
from __future__ import annotations

from itertools import count

from flint import arb, arb_series, ctx, fmpq

from theory.terms import Term

BITS, PIECES = 128, 48
NAN = arb.nan()
LINE = arb(0, arb("inf"))       # every real
NATURALS = (*range(12), 40, 10 ** 6)
POINTS = tuple(arb(fmpq(p, 4)) for p in range(-12, 13, 2))


def literal(q) -> arb:
    return arb(fmpq(q.numerator, q.denominator))


def real(t: Term, env: dict, stack: tuple = ()):
    """A ball that contains the value; NaN when unspecified or not known. `stack`: the values of the bound variables, innermost
    first."""
    op, args = t.op, t.args
    if op == "num":
        return literal(t.data)
    if op == "bv":
        return stack[t.data]
    if op == "pi":
        return arb.pi()
    if op in ("sum", "max"):
        return _over_indices(op, real(args[0], env, stack), args[1], env, stack)
    if op == "int":
        return _integral(real(args[0], env, stack), real(args[1], env, stack), lambda v: real(args[2], env, (v, *stack)))
    if op == "ball":
        return _ball(real(args[0], env, stack), real(args[1], env, stack), lambda v: real(args[2], env, (v, *stack)))
    v = [real(a, env, stack) for a in args]
    if op == "fam":
        return env[t.data, len(args)](*v) if args else env[t.data, 0]
    if op in ("add", "mul"):
        total = v[0]
        for w in v[1:]:
            total = total + w if op == "add" else total * w
        return total
    u = v[0]
    if op == "inv":
        return NAN if isinstance(u, arb) and u.contains(0) else 1 / u
    if op == "exp":
        return u.exp()
    if op == "abs":
        return abs(u) if isinstance(u, arb) else NAN
    if op == "pow":
        return _power(u, v[1])
    if op == "log":
        return u.log() if _positive(u) else NAN
    if op == "gamma":
        return u.gamma() if isinstance(u, arb) else NAN
    if op == "vol":
        return arb.pi() ** (u / 2) / (u / 2 + 1).gamma() if isinstance(u, arb) and natural(u) else NAN
    raise ValueError(f"no value for {op}")


def natural(u: arb) -> bool | None:
    if u.is_exact() and u.is_finite():
        return bool(u.is_integer() and u >= 0)
    return False if bool(u < 0) or not u.contains_integer() else None


def _positive(u) -> bool:
    return bool((u if isinstance(u, arb) else u[0]) > 0)


def _power(u, e):
    e = e if isinstance(e, arb) else e[0]
    k = e.unique_fmpz() if e.is_exact() else None
    if k is not None and e.is_exact() and arb(k) == e and abs(int(k)) <= 64:
        k = int(k)
        if k < 0 and isinstance(u, arb) and u.contains(0):
            return NAN
        total = u * 0 + 1
        for _ in range(abs(k)):
            total = total * u
        return total if k >= 0 else 1 / total
    if isinstance(u, arb) and bool(u == 0) and bool(e > 0):
        return arb(0)
    if _positive(u):
        return (e * u.log()).exp()
    if isinstance(u, arb) and bool(u >= 0) and bool(e > 0):          # [0, top]^e
        return (arb(0).union((e * u.upper().log()).exp()))
    return NAN


def _over_indices(op: str, n, body: Term, env: dict, stack: tuple):
    if not isinstance(n, arb) or not n.is_finite() or bool(n > 40):
        return NAN
    values = []
    for k in count():
        if bool(arb(k) >= n):
            break
        if not bool(arb(k) < n):
            return NAN
        values.append(real(body, env, (arb(k), *stack)))
    if op == "sum":
        return sum(values, arb(0))
    if not values or not all(isinstance(v, arb) for v in values):
        return NAN
    top = values[0]
    for v in values[1:]:
        top = top.max(v)
    return top


def pieces(low: arb, high: arb, number: int = PIECES) -> list[arb]:
    """Balls that cover [low, high]."""
    ends = [low + (high - low) * k / number for k in range(number + 1)]
    return [p.union(q) for p, q in zip(ends, ends[1:])]


def _integral(low, high, f) -> arb:
    if not isinstance(low, arb) or not isinstance(high, arb):
        return NAN
    if bool(low >= high):
        return arb(0)
    if not bool(low < high):
        return NAN
    width = (high - low) / PIECES
    return sum((f(p) * width for p in pieces(low, high)), arb(0))


def _ball(n: arb, r: arb, f) -> arb:
    """The integral over the ball itself: a line or a grid of squares, no polar coordinates."""
    if bool(n == 1) and bool(r >= 0):
        return _integral(-r, r, lambda v: f(abs(v)))
    if not bool(n == 2) or not bool(r > 0):
        return NAN
    cells, total, anywhere = pieces(-r, r, 24), arb(0), f(arb(0).union(r))
    for p in cells:
        for q in cells:
            distance = _root(p * p + q * q)
            if bool(distance <= r):
                total += f(distance)
            elif not bool(distance > r):                    # on the rim: some part of the square
                total += anywhere * arb(0).union(arb(1))
    return total * (r / 12) ** 2


def _root(u: arb) -> arb:
    low, top = u.lower(), u.upper()
    return (low.sqrt() if bool(low > 0) else arb(0)).union(top.sqrt())


# ------------------------------------------------------------ formulas
def formula(t: Term, env: dict, stack: tuple = ()) -> bool | None:
    op, args = t.op, t.args
    if op in ("le", "lt", "eq"):
        return _relation(op, real(args[0], env, stack), real(args[1], env, stack))
    if op == "nat":
        u = real(args[0], env, stack)
        return natural(u) if isinstance(u, arb) and not u.is_nan() else None
    if op == "integrable":
        return _integrable(args, env, stack)
    if op == "deriv":
        return _derivative(args, env, stack)
    if op in ("forall", "exists"):
        return _quantified(op, args[0], env, stack)
    p = formula(args[0], env, stack)
    if op == "imp":
        return True if p is False else either(negated(p), formula(args[1], env, stack))
    if p is (op == "or"):
        return p
    q = formula(args[1], env, stack)
    return either(p, q) if op == "or" else negated(either(negated(p), negated(q)))


def negated(p):
    return None if p is None else not p


def either(p, q):
    return True if p is True or q is True else False if p is False and q is False else None


def _relation(op: str, u, v) -> bool | None:
    if not isinstance(u, arb) or not isinstance(v, arb) or u.is_nan() or v.is_nan():
        return None
    if op == "eq":
        if bool(u < v) or bool(u > v):
            return False
        return True if u.is_exact() and v.is_exact() else None
    if op == "le":
        return True if bool(u <= v) else False if bool(u > v) else None
    return True if bool(u < v) else False if bool(u >= v) else None


def agrees(t: Term, env: dict) -> bool:
    """The two sides of an equation or of <= are one number as far as Arb can tell: how a statement looks that holds with
    equality."""
    if t.op == "and":
        return all(formula(p, env) is True or agrees(p, env) for p in t.args)
    if t.op == "deriv":
        u, v = _slope(t.args[0], real(t.args[1], env), env), real(t.args[2], env)
    elif t.op in ("eq", "le"):
        u, v = real(t.args[0], env), real(t.args[1], env)
    else:
        return False
    width = 1.0 if any(q.op in ("int", "ball") for q in _subterms(t)) else 1e-12      # integrals are enclosed coarsely
    return isinstance(u, arb) and isinstance(v, arb) and bool(u.overlaps(v)) and bool((u - v).abs_upper() < width)


def _subterms(t: Term):
    yield t
    for a in t.args:
        yield from _subterms(a)


def _integrable(args, env, stack) -> bool | None:
    """Finite Arb values on all pieces of [a, b]: the function is continuous and bounded there."""
    low, high = real(args[0], env, stack), real(args[1], env, stack)
    if bool(low >= high):
        return True
    if not bool(low < high):
        return None
    values = [real(args[2], env, (p, *stack)) for p in pieces(low, high)]
    return True if all(isinstance(v, arb) and v.is_finite() for v in values) else None


def _slope(f: Term, point: arb, env: dict, stack: tuple = ()):
    value = real(f, env, (arb_series([point, 1]), *stack))
    return value[1] if isinstance(value, arb_series) else arb(0) if value.is_finite() else NAN


def _derivative(args, env, stack) -> bool | None:
    return _relation("eq", _slope(args[0], real(args[1], env, stack), env, stack), real(args[2], env, stack))


def _guards(body: Term) -> list[Term]:
    """Hypotheses in front of a quantified formula: premises of implications, parts of conjunctions."""
    out = []
    while body.op == "imp":
        out.append(body.args[0])
        body = body.args[1]
    flat = []
    for g in out + ([body] if body.op == "and" else []):
        todo = [g]
        while todo:
            t = todo.pop()
            todo += t.args if t.op == "and" else ()
            flat += [t] if t.op != "and" else []
    return flat


def _quantified(op: str, body: Term, env: dict, stack: tuple) -> bool | None:
    bound = Term("bv", (), 0)
    guards = _guards(body)
    below = [real(g.args[1], env, (NAN, *stack)) for g in guards if g.op == "lt" and g.args[0] == bound]
    lows = [real(g.args[0], env, (NAN, *stack)) for g in guards if g.op == "le" and g.args[1] == bound]
    highs = [real(g.args[1], env, (NAN, *stack)) for g in guards if g.op == "le" and g.args[0] == bound]
    if any(g.op == "nat" and g.args[0] == bound for g in guards):
        bounds = [u for u in below if u.is_finite() and bool(u < 40)]
        # without a bound: a sample of the naturals, which decides nothing but what the examples need
        sample = [k for k in range(41) if not bool(arb(k) >= bounds[0])] if bounds else NATURALS
        values = [formula(body, env, (arb(k), *stack)) for k in sample]
    elif lows and highs and lows[0].is_finite() and highs[0].is_finite():
        low, high = lows[0], highs[0]
        if bool(low > high) or (bool(low >= high) and any(g.op == "lt" and bound in g.args for g in guards)):
            return op == "forall"                           # an empty interval
        inner = body
        while inner.op == "imp":
            inner = inner.args[1]
        values = [formula(inner, env, (p, *stack)) or None for p in pieces(low, high)]
        values += [formula(body, env, (low + (high - low) * k / 8, *stack)) for k in range(1, 8)]
    else:
        whole = formula(body, env, (LINE, *stack))
        if whole is not None:
            return whole
        values = [formula(body, env, (p, *stack)) for p in POINTS] + [None]
    if op == "forall":
        return False if False in values else None if None in values else True
    return True if True in values else None if None in values else False


def at_precision(f, bits: int = BITS):
    before = ctx.prec
    ctx.prec = bits
    try:
        return f()
    finally:
        ctx.prec = before
