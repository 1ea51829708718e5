"""Table 1: interchanged sums, x^T W x as squared overlaps, descent of the energies, the one minimum of a linear energy."""
from __future__ import annotations

from typing import Callable

from theory.kernel import Theorem
from theory.lemmas.euclid import squares_nonneg, sum_nonneg, zero_square
from theory.lemmas.explog import log_le
from theory.lemmas.indices import only_one, swap_sums
from theory.lemmas.logsumexp import sum_exp_pos
from theory.niu2024.definitions import D, N, RHO, X, Y, dot
from theory.niu2024.proofs.energies import natural_d, positive_d
from theory.tactics import (apply, assume, both, cases, each_elim, each_intro, index_facts, lin, linsum, multiply, nonneg,
                            product, square, sum_eq, swap, trans)
from theory.terms import ONE, ZERO, Symbol, Term, each, eq, exp, fam, fresh, imp, le, log, lt, nat, or_, sum_

B, W, M = Symbol("b"), Symbol("W"), fam("m")


# ---------------------------------------------------------------- W is the outer product of the patterns

def outer(k: Term, l: Term) -> Term:
    """W(k, l) = sum over the patterns of rho(i, k) rho(i, l)"""
    return sum_(D, lambda i: RHO(i, k) * RHO(i, l))


def quadratic(p, w=outer) -> Term:
    """p^T W p"""
    return sum_(N, lambda k: p(k) * sum_(N, lambda l: w(k, l) * p(l)))


def squared_overlaps(p=X) -> Term:
    return sum_(D, lambda i: dot(i, p) ** 2)


def quadratic_is_overlaps() -> Theorem:
    """x^T W x = sum of (rho_i^T x)^2"""
    k, l, i = fresh("k"), fresh("l"), fresh("i")
    at, col, row = fam(k), fam(l), fam(i)
    # W x at k: sum over i of rho(i, k) (rho_i^T x)
    scaled = swap(apply("sum_scale", i=i, n=D, c=X(col), f=RHO(row, at) * RHO(row, col)))
    inside = sum_eq(lin(eq(outer(at, col) * X(col), scaled.concl.args[1]), scaled), l, N)
    swapped = swap_sums(natural_d(), N, lambda a, b: X(b) * (RHO(a, at) * RHO(a, b)))
    column = sum_eq(linsum(eq(sum_(N, lambda b: X(b) * (RHO(row, at) * RHO(row, b))), RHO(row, at) * dot(row, X))), i, D)
    field = trans(inside, swapped, column)
    # and once more against x
    pulled = swap(apply("sum_scale", i=i, n=D, c=X(at), f=RHO(row, at) * dot(row, X)))
    outside = sum_eq(lin(eq(X(at) * field.concl.args[0], pulled.concl.args[1]), multiply(field, X(at)), pulled), k, N)
    again = swap_sums(natural_d(), N, lambda a, b: X(b) * (RHO(a, b) * dot(a, X)))
    squares = sum_eq(linsum(eq(sum_(N, lambda b: X(b) * (RHO(row, b) * dot(row, X))), dot(row, X) ** 2)), i, D)
    return trans(outside, again, squares)


def krotov_square() -> Theorem:
    """-sum over the d patterns of (rho_i^T x)^2 = 2 (-x^T W x / 2)"""
    return lin(eq(-squared_overlaps(), 2 * (-(quadratic(X) / 2))), quadratic_is_overlaps())


# ---------------------------------------------------------------- descent: any set of bits, W the outer product

def field(k: Term, p=X) -> Term:
    """(W p + b)(k), written with overlaps"""
    return sum_(D, lambda i: RHO(i, k) * dot(i, p)) + B(k)


def hopfield(p) -> Term:
    """-sum (rho_i^T p)^2 / 2 - b^T p"""
    return -(squared_overlaps(p) / 2) - sum_(N, lambda k: B(k) * p(k))


FOLLOWS_FIELD = each(N, lambda k: le(0, (Y(k) - X(k)) * field(k)))


def descent_outer() -> Theorem:
    """(y - x)(k) times the field at x is nowhere negative: then E(y) <= E(x)"""
    k, i = fresh("k"), fresh("i")
    at, row = fam(k), fam(i)
    is_nat, inside = index_facts(k, N)
    step = each_elim(assume(FOLLOWS_FIELD), at, is_nat, inside)
    total = sum_nonneg(step, k, N)
    # sum over k of (y - x)(k) sum over i of rho(i, k) m_i = sum over i of m_i (rho_i^T y - m_i)
    move = lambda b: Y(b) - X(b)
    pulled = swap(apply("sum_scale", i=i, n=D, c=move(at), f=RHO(row, at) * dot(row, X)))
    outside = sum_eq(pulled, k, N)
    again = swap_sums(natural_d(), N, lambda a, b: move(b) * (RHO(a, b) * dot(a, X)))
    mixed = sum_eq(linsum(eq(sum_(N, lambda b: move(b) * (RHO(row, b) * dot(row, X))),
                             dot(row, X) * dot(row, Y) - dot(row, X) ** 2)), i, D)
    crossed = trans(outside, again, mixed)
    split = linsum(eq(total.concl.args[1], crossed.concl.args[0] + sum_(N, lambda b: B(b) * move(b))))
    gap = squares_nonneg(D, lambda a: dot(a, Y) - dot(a, X))
    return linsum(le(hopfield(Y), hopfield(X)), total, split, crossed, gap)


# ---------------------------------------------------------------- descent: one bit, any W

DIAGONAL = le(0, W(M, M))
ONE_BIT = each(N, lambda k: imp(or_(lt(k, M), lt(M, k)), eq(Y(k), X(k))))


def weights(k: Term, l: Term) -> Term:
    return W(k, l)


def local(p=X, k: Term = M) -> Term:
    """sum over l of W(k, l) p(l)"""
    return sum_(N, lambda l: W(k, l) * p(l))


def general(p) -> Term:
    """-p^T W p / 2 - b^T p"""
    return -(quadratic(p, weights) / 2) - sum_(N, lambda k: B(k) * p(k))


def mirrored(p=X) -> Term:
    """sum over k of W(k, m) p(k)"""
    return sum_(N, lambda k: W(k, M) * p(k))


ALONG_FIELD = le(0, (Y(M) - X(M)) * ((local() + mirrored()) / 2 + B(M)))


def move(k: Term) -> Term:
    return Y(k) - X(k)


def unmoved(k: Term, is_nat: Theorem, inside: Theorem, apart: Theorem) -> Theorem:
    """y(k) - x(k) = 0, for k < m or m < k"""
    phi = or_(lt(k, M), lt(M, k))
    side = 0 if apart.concl == phi.args[0] else 1
    known = each_elim(assume(ONE_BIT), k, is_nat, inside)
    same = apply("imp_elim", known, apply("or_intro", apart, other=phi.args[1 - side], side=side))
    return lin(eq(move(k), ZERO), same)


def pick(c: Callable[[Term], Term]) -> Theorem:
    """sum over k < n of c(k) (y - x)(k) = c(m) (y - x)(m): only the bit m has moved."""
    def term(k: Term) -> Term:
        return c(k) * move(k)

    def zero(k: Term, is_nat: Theorem, inside: Theorem, apart: Theorem) -> Theorem:
        return lin(eq(term(k), ZERO), multiply(unmoved(k, is_nat, inside, apart), c(k)))
    return only_one(assume(nat(N)), assume(nat(M)), assume(lt(M, N)), term, zero)


def descent_one_bit() -> Theorem:
    """One bit moved along (W + W^T) x / 2 + b, W(m, m) not negative: E(y) <= E(x)"""
    k = fresh("k")
    at, v = fam(k), move(M)
    # W y at k = W x at k + W(k, m) v
    row = linsum(eq(local(Y, at), local(X, at) + W(at, M) * v), pick(lambda l: W(at, l)))
    whole = sum_eq(multiply(row, Y(at)), k, N)
    column = linsum(eq(mirrored(Y), mirrored() + W(M, M) * v), pick(lambda a: W(a, M)))
    form = linsum(eq(quadratic(Y, weights), quadratic(X, weights) + v * (local() + mirrored()) + W(M, M) * (v * v)), whole,
                  pick(lambda a: local(X, a)), multiply(column, v))
    kept = product(assume(DIAGONAL), square(v))
    return linsum(le(general(Y), general(X)), form, kept, pick(B), assume(ALONG_FIELD))


# ---------------------------------------------------------------- F(z) = z: one minimum

def pull(k: Term) -> Term:
    """The sum of the patterns at k"""
    return sum_(D, lambda i: RHO(i, k))


def binary(p) -> Term:
    return each(N, lambda k: eq(p(k) * p(k), 1))


def strict(p) -> Term:
    """Flipping any one bit raises -sum rho_i^T p"""
    return each(N, lambda k: lt(0, p(k) * pull(k)))


def one_minimum() -> Theorem:
    """Two strict minima of the linear energy are the same state."""
    k = fresh("k")
    at = fam(k)
    is_nat, inside = index_facts(k, N)
    get = lambda phi: each_elim(assume(phi), at, is_nat, inside)
    x, y, s = X(at), Y(at), pull(at)
    xx, yy = get(binary(X)), get(binary(Y))
    both_up = product(get(strict(X)), get(strict(Y)))                              # 0 < x s y s
    # (x y)^2 = 1 and 0 < x y s^2 leave x y = 1
    unit = lin(eq((x * y) * (x * y), ONE), multiply(xx, y * y), yy)
    low = assume(le(x * y, ZERO))
    clash = lin(lt(ZERO, ZERO), both_up, product(low, square(s)))
    positive = cases(x * y, ZERO, apply("absurd", clash, phi=lt(ZERO, x * y)), assume(lt(ZERO, x * y)))
    below = assume(lt(x * y, ONE))
    short = lin(lt(ZERO, ZERO), product(below, lin(lt(ZERO, 1 + x * y), positive)), unit)
    least = cases(ONE, x * y, assume(le(ONE, x * y)), apply("absurd", short, phi=le(ONE, x * y)))
    equal = zero_square(lin(le((x - y) * (x - y), ZERO), least, xx, yy))
    return each_intro(lin(eq(x, y), equal), k, N)


def quadratic_outgrows() -> Theorem:
    """m < n gives m n < n^2"""
    more = assume(lt(M, N))
    return lin(lt(M * N, N * N), product(more, lin(lt(ZERO, N), more, nonneg(assume(nat(M))))))


# ---------------------------------------------------------------- -sum exp and -log sum exp

def total(p) -> Term:
    return sum_(D, lambda i: exp(dot(i, p)))


def same_order() -> tuple[Term, ...]:
    """-sum exp(rho_i^T x) = -exp(LSE(Mx)), and both energies order any two states alike"""
    return (eq(-total(X), -exp(log(total(X)))), imp(lt(-total(X), -total(Y)), lt(-log(total(X)), -log(total(Y)))),
            imp(lt(-log(total(X)), -log(total(Y))), lt(-total(X), -total(Y))))


def prove_same_order() -> Theorem:
    goals = same_order()
    px, py = (sum_exp_pos(positive_d(), D, lambda i, p=p: dot(i, p)) for p in (X, Y))
    first = lin(goals[0], apply("exp_log", px))
    lower = assume(goals[1].args[0])
    up = lin(goals[1].args[1], log_le(py, lin(lt(total(Y), total(X)), lower)))
    said = assume(goals[2].args[0])
    keep = cases(total(X), total(Y), apply("absurd", lin(lt(log(total(X)), log(total(X))),
                                                         log_le(px, assume(le(total(X), total(Y)))), said),
                                           phi=goals[2].args[1]), lin(goals[2].args[1], assume(lt(total(Y), total(X)))))
    return both(first, apply("imp_intro", up, phi=goals[1].args[0]), apply("imp_intro", keep, phi=goals[2].args[0]))
