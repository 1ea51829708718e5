"""Sections 1 and 2: the scaling laws (1) and (2) fall in both arguments."""
from __future__ import annotations

from fractions import Fraction

from theory.kernel import Theorem
from theory.lemmas.explog import exp_le, inv_le, inv_pos, log_le, power_of, power_pos, scale
from theory.tactics import assume, be, both, discharge, lin, product
from theory.terms import ONE, ZERO, Term, conj, fam, inv, le, log, lt, power

N_C, D_C, A_N, A_D, STEP = (fam(name) for name in ("N_c", "D_c", "alpha_N", "alpha_D", "h"))
N, D, M, D_M = (fam(name) for name in ("N", "D", "M", "D_M"))
BASE, A, B, ALPHA, BETA = (fam(name) for name in ("E", "A", "B", "alpha", "beta"))


def positive(x: Term) -> Theorem:
    """0 < x: of Eq. (1)'s sizes it is known that 1 <= x, of all else 0 < x"""
    return assume(lt(ZERO, x))


def sized(theorem: Theorem, *sizes: Term) -> Theorem:
    """The same theorem with 1 <= x in place of 0 < x for these sizes, and 1/20 <= a for the exponents"""
    small = [lin(lt(ZERO, a), assume(le(Fraction(1, 20), a))) for a in (A_N, A_D)]
    return discharge(theorem, *(lin(lt(ZERO, x), assume(le(ONE, x))) for x in sizes), *small)


def power_grows(low: Theorem, order: Theorem, exponent: Theorem) -> Theorem:
    """0 < a, a <= b (or <) and 0 < e give a^e <= b^e (or <)"""
    a, b = order.concl.args
    e = exponent.concl.args[1]
    high = lin(lt(ZERO, b), low, order)
    make = lt if order.concl.op == "lt" else le
    logs = be(product(lin(make(ZERO, log(b) - log(a)), log_le(low, order)), exponent), make(e * log(a), e * log(b)))
    return lin(make(power(a, e), power(b, e)), exp_le(logs), power_of(low, e), power_of(high, e))



# ---------------------------------------------------------------- Eq. (1)

def kaplan(n: Term, d: Term) -> Term:
    """((N_c/N)^(a_N/a_D) + D_c/D)^a_D"""
    return power(power(N_C * inv(n), A_N * inv(A_D)) + D_C * inv(d), A_D)


KAPLAN_FALLS = conj(lt(kaplan(N + STEP, D), kaplan(N, D)), lt(kaplan(N, D + STEP), kaplan(N, D)))


def _outer(less: Theorem, small: Term, big: Term) -> Theorem:
    """The sum under the outer power, ordered; both positive"""
    return power_grows(positive_sum(small), less, positive(A_D))


def positive_sum(t: Term) -> Theorem:
    left, right = t.args
    return lin(lt(ZERO, t), _inner_positive(left), _data_positive(right))


def _size(n: Term) -> Theorem:
    """0 < N for N, N + h, M, ... from the hypotheses"""
    return positive(n) if n.op == "fam" else lin(lt(ZERO, n), *map(positive, n.args))


def _inner_positive(t: Term) -> Theorem:
    return power_pos(product(positive(N_C), inv_pos(_size(t.args[0].args[1].args[0]))), t.args[1])


def _data_positive(t: Term) -> Theorem:
    return product(positive(D_C), inv_pos(_size(t.args[1].args[0])))


def in_size(small: Theorem, order: Theorem) -> Theorem:
    """N < M gives (N_c/M)^(a_N/a_D) < (N_c/N)^(a_N/a_D)"""
    n, m = order.concl.args
    ratio = product(positive(A_N), inv_pos(positive(A_D)))
    falls = scale(positive(N_C), inv_le(small, order))
    return power_grows(product(positive(N_C), inv_pos(_size(m))), falls, ratio)


def in_data(small: Theorem, order: Theorem) -> Theorem:
    """D <= D' (or <) gives D_c/D' <= D_c/D (or <)"""
    return scale(positive(D_C), inv_le(small, order))


def inner(n: Term, d: Term) -> Term:
    return kaplan(n, d).args[0]


def kaplan_falls() -> Theorem:
    n, d, h = positive(N), positive(D), positive(STEP)
    bigger, more = lin(lt(N, N + STEP), h), lin(lt(D, D + STEP), h)
    size = lin(lt(inner(N + STEP, D), inner(N, D)), in_size(n, bigger))
    data = lin(lt(inner(N, D + STEP), inner(N, D)), in_data(d, more))
    return sized(both(_outer(size, *size.concl.args), _outer(data, *data.concl.args)), N, D)


def larger_is_better() -> Theorem:
    """N < M and D <= D_M give L(M, D_M) < L(N, D)"""
    size = in_size(positive(N), assume(lt(N, M)))
    data = in_data(positive(D), assume(le(D, D_M)))
    less = lin(lt(inner(M, D_M), inner(N, D)), size, data)
    return sized(_outer(less, *less.concl.args), N, M, D, D_M)


# ---------------------------------------------------------------- Eq. (2)

def chinchilla(n: Term, d: Term) -> Term:
    """E + A/N^alpha + B/D^beta"""
    return BASE + A * inv(power(n, ALPHA)) + B * inv(power(d, BETA))


CHINCHILLA_FALLS = conj(lt(BASE + A * inv(power(N, ALPHA)), chinchilla(N, D)),
    lt(BASE + B * inv(power(D, BETA)), chinchilla(N, D)),
                        lt(chinchilla(N + STEP, D), chinchilla(N, D)), lt(chinchilla(N, D + STEP), chinchilla(N, D)))


def _term_falls(x: Term, c: Term, e: Term) -> tuple[Theorem, Theorem]:
    """0 < c/x^e, and c/(x + h)^e < c/x^e"""
    grows = power_grows(positive(x), lin(lt(x, x + STEP), positive(STEP)), positive(e))
    small = power_pos(positive(x), e)
    return product(positive(c), inv_pos(small)), scale(positive(c), inv_le(small, grows))


def chinchilla_falls() -> Theorem:
    above_n, less_n = _term_falls(N, A, ALPHA)
    above_d, less_d = _term_falls(D, B, BETA)
    rest = CHINCHILLA_FALLS.args[1]
    return both(lin(CHINCHILLA_FALLS.args[0], above_d), lin(rest.args[0], above_n), lin(rest.args[1].args[0], less_n),
                lin(rest.args[1].args[1], less_d))
