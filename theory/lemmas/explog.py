"""exp, log, inverses and absolute values."""
from __future__ import annotations

from theory.kernel import Theorem
from theory.tactics import apply, assume, be, cases, from_zero, lin, multiply, product, ring, same_function, trans
from theory.terms import ONE, ZERO, Term, abs_, eq, exp, inv, le, log, lt, power, real


def exp_pos(a) -> Theorem:
    return apply("exp_positive", a=real(a))


def exp_le(p: Theorem) -> Theorem:
    """a <= b gives exp a <= exp b (strict: strict)."""
    a, b = p.concl.args
    tangent = apply("exp_tangent", a=b - a)                      # 1 + (b - a) <= exp(b - a)
    make = lt if p.concl.op == "lt" else le
    grows = lin(make(ZERO, exp(b - a) - 1), tangent, p)
    return be(product(grows, exp_pos(a)), make(exp(a), exp(b)))


def log_le(positive: Theorem, p: Theorem) -> Theorem:
    """0 < a and a <= b give log a <= log b (strict: strict)."""
    a, b = p.concl.args
    pos_b = lin(lt(ZERO, b), positive, p)
    at_a, at_b = apply("exp_log", positive), apply("exp_log", pos_b)
    goal = (lt if p.concl.op == "lt" else le)(log(a), log(b))
    if p.concl.op == "lt":
        back = exp_le(assume(le(log(b), log(a))))
        clash = lin(lt(a, a), back, at_a, at_b, p)
        return cases(log(b), log(a), apply("absurd", clash, phi=goal), assume(goal))
    back = exp_le(assume(lt(log(b), log(a))))
    clash = lin(lt(a, a), back, at_a, at_b, p)
    return cases(log(a), log(b), assume(goal), apply("absurd", clash, phi=goal))


def log_of(equation: Theorem) -> Theorem:
    """a = exp(b) gives log a = b."""
    a, right = equation.concl.args
    b = right.args[0]
    return trans(same_function(equation, log), apply("log_exp", a=b))


def log_product(pa: Theorem, pb: Theorem) -> Theorem:
    """0 < a, 0 < b give log(a b) = log a + log b."""
    a, b = pa.concl.args[1], pb.concl.args[1]
    ea, eb = apply("exp_log", pa), apply("exp_log", pb)
    split = ring(exp(log(a) + log(b)), exp(log(a)) * exp(log(b)))
    step = multiply(ea, exp(log(b)))
    whole = lin(eq(a * b, exp(log(a) + log(b))), split, step, multiply(eb, a))
    return log_of(whole)


def log_one() -> Theorem:
    return log_of(ring(ONE, exp(ZERO)))


def inverse(p: Theorem) -> Theorem:
    """0 < a gives a * inv(a) = 1"""
    return apply("inverse", p)


def inv_pos(p: Theorem) -> Theorem:
    return apply("inverse_positive", p)


def log_inverse(p: Theorem) -> Theorem:
    """0 < a gives log(inv a) = -log a"""
    a = p.concl.args[1]
    pair = log_product(p, inv_pos(p))
    return lin(eq(log(inv(a)), -log(a)), pair, same_function(inverse(p), log), log_one())


def inv_le(p: Theorem, q: Theorem) -> Theorem:
    """0 < a and a <= b give inv b <= inv a (strict: strict)."""
    a, b = q.concl.args
    pb = lin(lt(ZERO, b), p, q)
    ia, ib = inverse(p), inverse(pb)
    scaled = product(q, product(inv_pos(p), inv_pos(pb)))       # 0 <= (b - a)(inv a inv b)
    one = multiply(ia, inv(b))
    two = multiply(ib, inv(a))
    return lin((lt if q.concl.op == "lt" else le)(inv(b), inv(a)), scaled, one, two)


def divide(p: Theorem, q: Theorem) -> Theorem:
    """0 < c and a <= b (or <, =) give a inv(c) <= b inv(c)."""
    a, b = q.concl.args
    c = p.concl.args[1]
    if q.concl.op == "eq":
        return be(multiply(q, inv(c)), eq(a * inv(c), b * inv(c)))
    return be(product(q, inv_pos(p)), (lt if q.concl.op == "lt" else le)(a * inv(c), b * inv(c)))


def scale(p: Theorem, q: Theorem) -> Theorem:
    """0 <= c (or <) and a <= b give c a <= c b."""
    a, b = q.concl.args
    c = p.concl.args[1]
    if q.concl.op == "eq":
        return multiply(q, c)
    made = product(p, q)
    return be(made, (lt if made.concl.op == "lt" else le)(c * a, c * b))


def abs_le(upper: Theorem, lower: Theorem) -> Theorem:
    """a <= c and -a <= c give |a| <= c."""
    a, c = upper.concl.args
    goal = le(abs_(a), c)
    high = lin(goal, apply("absolute", assume(le(ZERO, a))), upper)
    negative = assume(lt(a, ZERO))
    low = lin(goal, apply("absolute", lin(le(a, ZERO), negative)), lower)
    return cases(ZERO, a, high, low)


def le_abs(a) -> tuple[Theorem, Theorem]:
    """a <= |a| and -a <= |a|."""
    a = real(a)
    out = []
    positive, negative = assume(le(ZERO, a)), assume(lt(a, ZERO))
    weak = lin(le(a, ZERO), negative)
    for side in (a, -a):
        goal = le(side, abs_(a))
        out.append(cases(ZERO, a, lin(goal, apply("absolute", positive), positive), lin(goal, apply("absolute", weak), negative)))
    return out[0], out[1]


def power_of(p: Theorem, e) -> Theorem:
    """0 < a gives a^e = exp(e log a)"""
    return apply("power_exp", p, e=real(e))


def power_pos(p: Theorem, e) -> Theorem:
    """0 < a gives 0 < a^e"""
    a, e = p.concl.args[1], real(e)
    return lin(lt(ZERO, power(a, e)), power_of(p, e), exp_pos(e * log(a)))


def exp_strict_tangent(a: Term, nonzero: Theorem) -> Theorem:
    """0 < a or a < 0 gives 1 + a < exp a. From exp(a) = exp(a/2)^2 and the tangent at a/2."""
    half = a / 2
    root, tangent = exp(half), apply("exp_tangent", a=half)
    squares = square_positive(nonzero)                             # 0 < a * a
    goal = lt(ONE + a, exp(a))
    same = ring(exp(a), root * root)
    # 1 + a/2 >= 0: square both sides; else 1 + a < 0 < exp a
    low = ONE + half
    inside = assume(le(ZERO, low))
    one = product(tangent, lin(le(ZERO, root + low), exp_pos(half), inside))        # 0 <= (root - low)(root + low)
    first = lin(goal, one, same, squares)
    outside = assume(lt(low, ZERO))
    second = lin(goal, outside, exp_pos(a))
    return cases(ZERO, low, first, second)


def square_positive(nonzero: Theorem) -> Theorem:
    """0 < a or a < 0 gives 0 < a * a"""
    left, right = nonzero.concl.args
    a = right if left == ZERO else left
    return be(product(from_zero(nonzero), from_zero(nonzero)), lt(ZERO, a * a))

