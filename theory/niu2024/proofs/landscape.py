"""Section 4: convexity and its failure, the auxiliary function g, softmax as a gradient."""
from __future__ import annotations

from theory.kernel import Theorem
from theory.lemmas.euclid import cauchy_schwarz, squares_nonneg, sum_zero, zero_square
from theory.lemmas.explog import divide, exp_le, exp_pos, inv_pos, inverse, le_abs, log_le, log_product
from theory.lemmas.logsumexp import lse, shift, sum_exp_pos
from theory.lemmas.smooth import mixture, range_bound
from theory.niu2024.definitions import (BETA, D, N, RHO, T_MIX, X, Y, Point, distance, dot, energy, lse_patterns, mchn, mix, nearest,
                                        pattern_distance, pattern_norm, square_norm)
from theory.niu2024.proofs.energies import distance_nonneg, positive_d
from theory.tactics import (apply, assume, be, both, cases, each_elim, each_intro, from_zero, index_facts, lin, linsum, max_least,
                            multiply, product, ring, same_function, square, sum_eq, use_attained)
from theory.terms import (ONE, ZERO, Symbol, Term, and_, deriv, each, eq, exp, fam, fresh, imp, in_range, inv, le, log, lt, max_, nat, num, open_,
                          some, sum_)

# ---------------------------------------------------------------- E and E_MCHN are convex for patterns that lie close together


def close_patterns(bound: Term, factor: Term = ONE) -> Term:
    """factor * ||rho_i - rho_j||^2 <= bound for all i, j"""
    return each(D, lambda i: each(D, lambda j: le(factor * pattern_distance(i, j), bound)))


def _pair(hypothesis: Theorem, i: str, j: str) -> Theorem:
    row = each_elim(hypothesis, fam(i), *index_facts(i, D))
    return each_elim(row, fam(j), *index_facts(j, D))


def _step() -> Term:
    """||x - y||^2"""
    return sum_(N, lambda k: (X(k) - Y(k)) * (X(k) - Y(k)))


def _cauchy(i: str, j: str) -> tuple[Theorem, Term]:
    """((rho_i - rho_j)^T (x - y))^2 <= ||rho_i - rho_j||^2 ||x - y||^2"""
    u: Point = lambda k: RHO(fam(i), k) - RHO(fam(j), k)
    v: Point = lambda k: X(k) - Y(k)
    cs = cauchy_schwarz(N, u, v)
    inner = cs.concl.args[0].args[0]
    gap = pattern_distance(fam(i), fam(j))
    same = sum_eq(ring(u(fam("k#")) * u(fam("k#")), u(fam("k#")) ** 2), "k#", N)
    return lin(le(inner * inner, gap * _step()), cs, multiply(same, _step())), inner


def _mixing() -> tuple[Theorem, Theorem]:
    return assume(le(ZERO, T_MIX)), assume(le(T_MIX, ONE))


def energy_convex() -> Theorem:
    """||rho_i - rho_j||^2 <= 2 for all i, j gives E(t x + (1 - t) y) <= t E(x) + (1 - t) E(y)"""
    hypothesis = assume(close_patterns(num(2), ONE))
    low_t, high_t = _mixing()
    a, b = (lambda i: -distance(X, i)), (lambda i: -distance(Y, i))
    c = lambda i: a(i) - b(i)
    w = 8 * _step()

    def pairwise(i, j):
        cs, inner = _cauchy(i, j)
        scaled = product(_pair(hypothesis, i, j), _step_nonneg())
        slope = linsum(eq(c(fam(i)) - c(fam(j)), 2 * inner))
        squares = lin(eq((c(fam(i)) - c(fam(j))) * (c(fam(i)) - c(fam(j))), 4 * (inner * inner)),
                      multiply(slope, c(fam(i)) - c(fam(j))), multiply(slope, 2 * inner))
        return lin(le((c(fam(i)) - c(fam(j))) * (c(fam(i)) - c(fam(j))), w), cs, scaled, squares)
    low, high, below, above, width = range_bound(positive_d(), D, c, w, pairwise)
    smooth = mixture(positive_d(), low_t, high_t, D, a, b, low, high, below, above)
    m = lambda i: T_MIX * a(i) + (1 - T_MIX) * b(i)
    at = mix(X, Y)
    lift = T_MIX * (1 - T_MIX) * _step()

    def bound(i):
        return linsum(le(m(fam(i)), -distance(at, fam(i)) + (-lift)), ring(ZERO, ZERO))
    moved = shift(positive_d(), D, m, lambda i: -distance(at, i), -lift, bound)
    slack = product(product(low_t, lin(le(ZERO, 1 - T_MIX), high_t)), width)
    return lin(le(energy(at), T_MIX * energy(X) + (1 - T_MIX) * energy(Y)), smooth, moved, slack)


def _step_nonneg() -> Theorem:
    return squares_nonneg(N, lambda k: X(k) - Y(k))


def mchn_convex() -> Theorem:
    """beta ||rho_i - rho_j||^2 <= 4 for all i, j gives convexity of E_MCHN^beta"""
    hypothesis = assume(close_patterns(num(4), BETA))
    beta = assume(lt(ZERO, BETA))
    low_t, high_t = _mixing()
    a, b = (lambda i: BETA * dot(i, X)), (lambda i: BETA * dot(i, Y))
    c = lambda i: a(i) - b(i)
    w = 4 * BETA * _step()

    def pairwise(i, j):
        cs, inner = _cauchy(i, j)
        difference = c(fam(i)) - c(fam(j))
        slope = linsum(eq(difference, BETA * inner))
        squares = lin(eq(difference * difference, BETA * BETA * (inner * inner)), multiply(slope, difference), multiply(slope, BETA * inner))
        bounded = product(product(_pair(hypothesis, i, j), _step_nonneg()), beta)
        scaled = product(cs, product(beta, beta))
        return lin(le(difference * difference, w), scaled, bounded, squares)
    low, high, below, above, width = range_bound(positive_d(), D, c, w, pairwise)
    smooth = mixture(positive_d(), low_t, high_t, D, a, b, low, high, below, above)
    at = mix(X, Y)
    i = fresh("i")
    m = lambda i: T_MIX * a(i) + (1 - T_MIX) * b(i)
    same = same_function(sum_eq(same_function(linsum(eq(m(fam(i)), BETA * dot(fam(i), at))), exp), i, D), log)
    slack = product(product(low_t, lin(le(ZERO, 1 - T_MIX), high_t)), width)
    plain = lin(le(T_MIX * lse(D, a) + (1 - T_MIX) * lse(D, b), lse(D, lambda i: BETA * dot(i, at)) + BETA * (T_MIX * (1 - T_MIX) * _step() / 2)),
                smooth, same, slack)
    divided = divide(beta, plain)
    cancel = multiply(inverse(beta), T_MIX * (1 - T_MIX) * _step() / 2)
    return linsum(le(mchn(BETA, at), T_MIX * mchn(BETA, X) + (1 - T_MIX) * mchn(BETA, Y)), divided, cancel)


def energy_as_regularised() -> Theorem:
    """E(x) = ||x||^2 - log sum exp(2 rho_i^T x - ||rho_i||^2): the regulariser is inside the distance"""
    weighted = lambda i: 2 * dot(i, X) - pattern_norm(i)
    pieces = []
    for f, g, s in ((lambda i: -distance(X, i), weighted, -square_norm(X)), (weighted, lambda i: -distance(X, i), square_norm(X))):
        def bound(i, f=f, g=g, s=s):
            return linsum(le(f(fam(i)), g(fam(i)) + s), ring(ZERO, ZERO))
        pieces.append(shift(positive_d(), D, f, g, s, bound))
    right = square_norm(X) - lse(D, weighted)
    return apply("antisymmetric", lin(le(energy(X), right), pieces[1]), lin(le(right, energy(X)), pieces[0]))


# ---------------------------------------------------------------- -LSE(Mx) is not convex as soon as two patterns differ

def direction(i: Term, j: Term) -> Point:
    return lambda k: RHO(i, k) - RHO(j, k)


def opposite(v: Point) -> Point:
    return lambda k: -v(k)


def concave_dip(i: Term, j: Term) -> Term:
    """Between v and -v, v = rho_i - rho_j, the function -LSE(1, Mx) lies strictly above its chord at the midpoint."""
    v = direction(i, j)
    half = num(1) / 2
    f = lambda p: -lse_patterns(ONE, p)
    return lt(half * f(v) + (1 - half) * f(opposite(v)), f(mix(v, opposite(v), half)))


DISTINCT = some(D, lambda i: some(D, lambda j: lt(ZERO, pattern_distance(i, j))))
DIPS = each(D, lambda i: each(D, lambda j: imp(lt(i, j), imp(lt(ZERO, pattern_distance(i, j)), concave_dip(i, j)))))
NOT_CONVEX = and_(DISTINCT, DIPS)


def not_convex() -> Theorem:
    """There are two distinct patterns, and any two of them give the dip."""
    i, j = "i1", "j1"
    pair = apply("imp_intro", _dip(i, j), phi=lt(ZERO, pattern_distance(fam(i), fam(j))))
    pair = apply("imp_intro", pair, phi=lt(fam(i), fam(j)))
    return both(assume(DISTINCT), each_intro(each_intro(pair, j, D), i, D))


def _dip(i: str, j: str) -> Theorem:
    v = direction(fam(i), fam(j))
    a = lambda m: 1 * dot(m, v)
    S, T = sum_(D, lambda m: exp(a(m))), sum_(D, lambda m: exp(-a(m)))
    pos_s, pos_t = sum_exp_pos(positive_d(), D, a), sum_exp_pos(positive_d(), D, lambda m: -a(m))
    pos_d = positive_d()
    c = S * inv(D)
    pos_c = product(pos_s, inv_pos(pos_d))
    whole = multiply(inverse(pos_d), S)                                    # S D inv(D) = S, so S = c d
    m = fresh("m")

    def bound(at: Term, nonzero: Theorem | None) -> Theorem:
        """2 c - exp a <= c^2 exp(-a); strict when exp a differs from c"""
        gap = exp(a(at)) - c
        squares = square(gap) if nonzero is None else be(product(nonzero, nonzero), lt(ZERO, gap * gap))
        scaled = product(squares, exp_pos(-a(at)))
        make = le if nonzero is None else lt
        return be(scaled, make(2 * c - exp(a(at)), c * c * exp(-a(at))))
    general = bound(fam(m), None)
    # exp a_i > exp a_j, since a_i - a_j = ||v||^2 > 0
    apart = assume(lt(ZERO, pattern_distance(fam(i), fam(j))))
    larger = exp_le(linsum(lt(a(fam(j)), a(fam(i))), apart))
    high = assume(lt(c, exp(a(fam(i)))))
    low = assume(le(exp(a(fam(i))), c))
    strict = []
    for index, nonzero in ((i, from_zero(high)), (j, lin(lt(ZERO, c - exp(a(fam(j)))), larger, low))):
        witness = bound(fam(index), nonzero) if index == i else _mirror(bound, a, c, fam(index), nonzero)
        strict.append(apply("sum_strict", general, witness, *index_facts(index, D), i=m, n=D, j=fam(index)))
    summed = cases(exp(a(fam(i))), c, strict[1], strict[0])
    parts = [apply("sum_add", i=m, n=D, f=2 * c, g=-exp(a(fam(m)))), apply("sum_constant", assume(nat(D)), c=2 * c),
             apply("sum_scale", i=m, n=D, c=num(-1), f=exp(a(fam(m)))), apply("sum_scale", i=m, n=D, c=c * c, f=exp(-a(fam(m))))]
    plain = lin(lt(D * (2 * c) - S, c * c * T), summed, *parts)
    # S = c d: c d < c^2 T, then d < c T, then d^2 < S T
    first = lin(lt(c * D, c * (c * T)), plain, multiply(whole, ONE))
    divided = divide(pos_c, first)
    unit = inverse(pos_c)
    second = lin(lt(D, c * T), divided, multiply(unit, D), multiply(unit, c * T))
    third = lin(lt(D * D, S * T), product(second, pos_d), multiply(whole, T))
    logs = lin(lt(2 * log(D), log(S) + log(T)), log_le(product(pos_d, pos_d), third), log_product(pos_s, pos_t), log_product(pos_d, pos_d))
    # the three values of -LSE
    half = num(1) / 2
    q = fresh("q")
    names = []
    for p, target in ((v, a), (opposite(v), lambda z: -a(z)), (mix(v, opposite(v), half), lambda z: ZERO)):
        termwise = linsum(eq(ONE * dot(fam(q), p), target(fam(q))), ring(ZERO, ZERO))
        names.append(same_function(sum_eq(same_function(termwise, exp), q, D), log))
    zero = same_function(apply("sum_constant", assume(nat(D)), c=exp(ZERO)), log)
    zero = lin(eq(zero.concl.args[0], log(D)), zero, same_function(ring(D * exp(ZERO), D), log))
    return lin(concave_dip(fam(i), fam(j)), logs, *names, zero)


def _mirror(bound, a, c, at: Term, nonzero: Theorem) -> Theorem:
    """`bound` from 0 < c - exp a instead of 0 < exp a - c"""
    gap = c - exp(a(at))
    scaled = product(be(product(nonzero, nonzero), lt(ZERO, gap * gap)), exp_pos(-a(at)))
    return be(scaled, lt(2 * c - exp(a(at)), c * c * exp(-a(at))))


# ---------------------------------------------------------------- g, Eq. (3)

def _stored(i: Term) -> Term:
    return each(N, lambda k: eq(X(k), RHO(i, k)))


IN_D = some(D, _stored)
G_STATEMENT = (le(ZERO, nearest(X)), eq(nearest(X), ZERO), IN_D)


def g_nonneg() -> Theorem:
    i = fresh("i")
    least = max_least(positive_d(), lin(le(-distance(X, fam(i)), ZERO), distance_nonneg(fam(i))), i, D)
    return lin(le(ZERO, nearest(X)), least)


def g_vanishes_on_patterns() -> Theorem:
    """x in D gives g(x) = 0"""
    i, k = "i1", fresh("k")
    there_is = assume(IN_D)
    body = assume(open_(IN_D.args[0], fam(i)))
    guard, equal = apply("and_elim", body, side=0), apply("and_elim", body, side=1)
    entry = each_elim(equal, fam(k), *index_facts(k, N))
    zero = sum_eq(lin(eq((X(fam(k)) - RHO(fam(i), fam(k))) ** 2, ZERO), multiply(entry, X(fam(k)) - RHO(fam(i), fam(k)))), k, N)
    vanish = lin(eq(distance(X, fam(i)), ZERO), zero, sum_zero(k, N))
    top = apply("max_bound", apply("and_elim", guard, side=0), apply("and_elim", guard, side=1), i=i, n=D, f=-distance(X, fam(i)))
    at = apply("antisymmetric", lin(le(nearest(X), ZERO), top, vanish), g_nonneg())
    return apply("exists_elim", there_is, at, x=i)


def g_zero_only_on_patterns() -> Theorem:
    """g(x) = 0 gives x in D"""
    zero = assume(eq(nearest(X), ZERO))

    def consequence(is_nat, inside, attained):
        i = is_nat.concl.args[0]
        k = fresh("k")
        body = X(fam(k)) - RHO(i, fam(k))
        term = apply("sum_term", be(square(body), le(ZERO, body ** 2)), *index_facts("k1", N), i=k, n=N, j=fam("k1"))
        at = X(fam("k1")) - RHO(i, fam("k1"))
        small = lin(le(at * at, ZERO), term, attained, zero)
        equal = lin(eq(X(fam("k1")), RHO(i, fam("k1"))), zero_square(small))
        stored = each_intro(equal, "k1", N)
        guard = apply("and_intro", is_nat, inside)
        return apply("exists_intro", apply("and_intro", guard, stored), x="w1", phi=and_(in_range(fam("w1"), D), _stored(fam("w1"))), t=i)
    return use_attained(positive_d(), max_(D, lambda i: -distance(X, i)), "i1", consequence)


def g_definite() -> Theorem:
    there = apply("imp_intro", g_zero_only_on_patterns(), phi=eq(nearest(X), ZERO))
    back = apply("imp_intro", g_vanishes_on_patterns(), phi=IN_D)
    return both(g_nonneg(), there, back)


# ---------------------------------------------------------------- softmax is the gradient of LogSumExp

V = Symbol("v")


def softmax(n: Term, f, i: Term) -> Term:
    return exp(f(i)) * inv(sum_(n, lambda k: exp(f(k))))


GRADIENT = deriv(lambda t: lse(N, lambda i: X(i) + t * V(i)), ZERO, sum_(N, lambda i: softmax(N, X, i) * V(i)))


def prove_gradient() -> Theorem:
    """d/dt LSE(x + t v) at t = 0 is softmax(x)^T v, for every direction v"""
    t = "t1"
    positive = lin(lt(ZERO, N), assume(le(ONE, N)))
    f = lse(N, lambda i: X(i) + fam(t) * V(i))
    there = sum_exp_pos(positive, N, lambda i: X(i) + ZERO * V(i))
    found = apply("differentiate", there, x=t, f=f, at=ZERO)
    value = found.concl.args[2]
    i = fresh("i")
    total = sum_(N, lambda k: exp(X(k)))
    same = sum_eq(ring(exp(X(fam(i)) + ZERO * V(fam(i))), exp(X(fam(i)))), i, N)
    inverse_same = same_function(same, inv)
    numerator = value.args[0]
    simpler = sum_eq(ring(open_(numerator.args[1], fam(i)), exp(X(fam(i))) * V(fam(i))), i, N)
    pulled = apply("sum_scale", i=i, n=N, c=inv(total), f=exp(X(fam(i))) * V(fam(i)))
    target = sum_eq(ring(softmax(N, X, fam(i)) * V(fam(i)), inv(total) * (exp(X(fam(i))) * V(fam(i)))), i, N)
    equation = lin(eq(value, GRADIENT.args[2]), multiply(inverse_same, numerator), multiply(simpler, inv(total)), pulled, target)
    return apply("deriv_value", found, equation)



def energy_defined() -> Theorem:
    """The sum in Eq. (4) is positive, so exp(-E) is that sum."""
    positive = sum_exp_pos(positive_d(), D, lambda i: -distance(X, i))
    return lin(eq(exp(-energy(X)), positive.concl.args[1]), apply("exp_log", positive))


def inference(premises) -> Theorem:
    """What follows from Propositions 1 and 2 for arbitrary reals."""
    lower, upper, close = map(assume, premises)
    difference, bound = close.concl.args[0].args[0], close.concl.args[1]
    above, below = le_abs(difference)
    g, m, log_d = upper.concl.args[1], fam("M"), fam("L")
    return both(lin(le(-bound - log_d, g - m), upper, close, below), lin(le(g - m, bound), lower, close, above))
