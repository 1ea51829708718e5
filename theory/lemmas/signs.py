"""Signs that the shape of a term shows: squares, exponentials, absolute values, and sums, products, minima of such."""
from __future__ import annotations

from theory.kernel import KernelError, Theorem
from theory.lemmas.euclid import sum_nonneg
from theory.lemmas.explog import exp_pos, le_abs
from theory.tactics import be, lin, max_least, product, square
from theory.terms import ZERO, Term, fam, fresh, le, lt, open_


def nonnegative(t: Term, facts: list[Theorem]) -> Theorem | None:
    """0 <= t, or None when neither its shape nor the facts (relations) show it."""
    try:
        return _nonnegative(t, facts)
    except KernelError:
        return None


def _nonnegative(t: Term, facts: list[Theorem]) -> Theorem:
    goal, op = le(ZERO, t), t.op
    if op == "exp":
        return lin(goal, exp_pos(t.args[0]))
    if op == "abs":
        return lin(goal, *le_abs(t.args[0]))
    if op == "add":
        return lin(goal, *(_nonnegative(a, facts) for a in t.args))
    if op == "sum":
        i = fresh("i")
        return sum_nonneg(_nonnegative(open_(t.args[1], fam(i)), facts), i, t.args[0])
    if op == "pow" and t.args[1].op == "num" and t.args[1].data % 2 == 0:
        root = t.args[0] ** (t.args[1].data / 2)
        return be(square(root), goal)
    if op == "mul" and len(t.args) == 2:
        a, b = t.args
        if a == b:
            return be(square(a), goal)
        if a.op == "num" and a.data == -1 and b.op == "max":
            return _minimum(b, goal, facts)
        return be(product(_nonnegative(a, facts), _nonnegative(b, facts)), goal)
    return lin(goal, *facts)


def _minimum(top: Term, goal: Term, facts: list[Theorem]) -> Theorem:
    """min f = -max(-f) over a nonempty range, from 0 <= f(i)"""
    n, i = top.args[0], fresh("i")
    body = open_(top.args[1], fam(i))                    # -f(i)
    least = lin(le(body, ZERO), _nonnegative(body.args[1], facts))
    return lin(goal, max_least(lin(lt(ZERO, n), *facts), least, i, n))

