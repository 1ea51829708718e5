"""Attention, feed-forward layers and nearest neighbours: Sections 3 and 6 and the abstract's sentence about attention."""
from __future__ import annotations

from fractions import Fraction

from theory.kernel import Theorem
from theory.lemmas.euclid import sum_nonneg
from theory.lemmas.explog import exp_pos, inv_pos, inverse, log_inverse, log_product
from theory.lemmas.logsumexp import sum_exp_pos
from theory.niu2024.definitions import D, N, RADIUS, RHO, X, Y, distance, dot, nearest, pattern_norm, square_norm
from theory.niu2024.proofs.energies import expand, positive_d
from theory.tactics import (apply, assume, be, both, each_elim, each_intro, index_facts, lin, linsum, max_least, multiply,
                            product, ring, same_function, square, sum_eq, under_max, use_attained)
from theory.terms import (ONE, ZERO, Symbol, Term, abs_, and_, each, eq, exp, fam, fresh, imp, inv, le, log, lt, min_, nat, open_,
                          some, sum_)

HALF = Fraction(1, 2)


def size_positive(n: Term) -> Theorem:
    return lin(lt(ZERO, n), assume(le(ONE, n)))


# ---------------------------------------------------------------- squared distances

Z = Symbol("z")


def gap(u: Symbol, v: Symbol) -> Term:
    """||u - v||^2"""
    return sum_(N, lambda k: (u(k) - v(k)) ** 2)


def relaxed_triangle(u: Symbol = X, v: Symbol = Y, w: Symbol = Z) -> Theorem:
    """||u - w||^2 <= 2 ||u - v||^2 + 2 ||v - w||^2, from 0 <= ||u - 2 v + w||^2"""
    k = fresh("k")
    body = u(fam(k)) - 2 * v(fam(k)) + w(fam(k))
    total = sum_nonneg(be(square(body), le(ZERO, body ** 2)), k, N)
    return linsum(le(gap(u, w), 2 * gap(u, v) + 2 * gap(v, w)), total)


def second_difference(u: Symbol, v: Symbol, w: Symbol) -> Term:
    """||u - 2 v + w||^2"""
    return sum_(N, lambda k: (u(k) - 2 * v(k) + w(k)) ** 2)


PARALLELOGRAM = eq(gap(X, Z) + second_difference(X, Y, Z), 2 * gap(X, Y) + 2 * gap(Y, Z))


def parallelogram() -> Theorem:
    return linsum(PARALLELOGRAM)


A_CENTRE, PATTERN = Symbol("a"), Symbol("p")
SAME_CENTRE = each(N, lambda k: eq(A_CENTRE(k), PATTERN(k)))


def centred_at_the_pattern() -> Theorem:
    """a = rho and ||x - a||^2 <= r give ||x - rho||^2 <= r"""
    k = fresh("k")
    at = each_elim(assume(SAME_CENTRE), fam(k), *index_facts(k, N))
    same = sum_eq(same_function(at, lambda c: (X(fam(k)) - c) ** 2), k, N)
    return lin(le(gap(X, PATTERN), RADIUS), same, assume(le(gap(X, A_CENTRE), RADIUS)))


def any_centre() -> Theorem:
    """||rho - a||^2 <= r and ||x - a||^2 <= r give ||x - rho||^2 <= 4 r"""
    flip = linsum(eq(gap(A_CENTRE, PATTERN), gap(PATTERN, A_CENTRE)))
    return lin(le(gap(X, PATTERN), 4 * RADIUS), relaxed_triangle(X, A_CENTRE, PATTERN), flip,
        assume(le(gap(X, A_CENTRE), RADIUS)),
               assume(le(gap(PATTERN, A_CENTRE), RADIUS)))


IN_SOME_BALL = some(D, lambda j: le(distance(X, j), RADIUS))


def near_a_pattern() -> Theorem:
    """d(x, rho_j) <= r for some j gives g(x) <= r"""
    given = assume(IN_SOME_BALL)
    j, i = "j#near", "i#near"
    at = assume(open_(IN_SOME_BALL.args[0], fam(j)))
    inside = apply("and_elim", at, side=0)
    bound = apply("max_bound", apply("and_elim", inside, side=0), apply("and_elim", inside, side=1), i=i, n=D,
        f=-distance(X, fam(i)))
    return apply("exists_elim", given, lin(le(nearest(X), RADIUS), bound, apply("and_elim", at, side=1)), x=j)


M = fam("m")


def fewer_patterns() -> Theorem:
    """m <= d: the nearest of the first m is no nearer than the nearest of all d"""
    i = fresh("i")
    inside = lin(lt(fam(i), D), assume(lt(fam(i), M)), assume(le(M, D)))
    bound = apply("max_bound", assume(nat(fam(i))), inside, i=i, n=D, f=-distance(X, fam(i)))
    return lin(le(nearest(X), nearest(X, N, M)), max_least(size_positive(M), bound, i, M))


FACTOR = fam("a")


def scaled_nearest() -> Term:
    """The squared distance of a x to the nearest of a rho_1, ..., a rho_d"""
    return min_(D, lambda i: sum_(N, lambda k: (FACTOR * X(k) - FACTOR * RHO(i, k)) ** 2))


HOMOGENEOUS = eq(scaled_nearest(), FACTOR ** 2 * nearest(X))


def homogeneous() -> Theorem:
    """min over i of ||a x - a rho_i||^2 = a^2 min over i of ||x - rho_i||^2"""
    i = fresh("i")
    at, positive, factor = fam(i), size_positive(D), FACTOR ** 2
    apart = lambda k: -(factor * distance(X, k))
    one = linsum(eq(-sum_(N, lambda k: (FACTOR * X(k) - FACTOR * RHO(at, k)) ** 2), apart(at)))
    pulled = under_max(positive, one, i, D)                             # max of -||a x - a rho_i||^2 = max of -a^2 d(x, rho_i)
    is_nat, inside = index_facts(i, D)
    bound = apply("max_bound", is_nat, inside, i=i, n=D, f=-distance(X, at))
    top, whole = pulled.concl.args[1], bound.concl.args[1]
    weight_ = be(square(FACTOR), le(ZERO, factor))
    low = max_least(positive, lin(le(apart(at), factor * whole), product(weight_, bound)), i, D)
    j = fresh("j")
    high = use_attained(positive, whole, j, lambda n_, in_, e: lin(
        le(factor * whole, top), multiply(e, factor), apply("max_bound", n_, in_, i=i, n=D, f=apart(at))))
    return lin(HOMOGENEOUS, pulled, apply("antisymmetric", low, high))


# ---------------------------------------------------------------- attention

def weight(scores, n: Term, i: Term) -> Term:
    """softmax of the scores, entry i"""
    return exp(scores(i)) * inv(sum_(n, lambda j: exp(scores(j))))


T_TOKENS, SCORE, VALUE = fam("T"), Symbol("s"), Symbol("v")


def attended(n: Term = T_TOKENS) -> Term:
    """One coordinate of one row of softmax(Q K^T / sqrt(d_k)) V"""
    return sum_(n, lambda j: weight(SCORE, n, j) * VALUE(j))


SHIFT = fam("c")
WEIGHTS_SUM = eq(sum_(T_TOKENS, lambda j: weight(SCORE, T_TOKENS, j)), 1)
AFFINE = and_(WEIGHTS_SUM, eq(sum_(T_TOKENS, lambda j: weight(SCORE, T_TOKENS, j) * (VALUE(j) + SHIFT)), attended() + SHIFT))


def affine_combination() -> Theorem:
    """Softmax weights sum to 1, so that adding c to all values adds c to the output"""
    n = T_TOKENS
    total = sum_exp_pos(size_positive(n), n, SCORE)
    mass = total.concl.args[1]
    j = fresh("j")
    at = fam(j)
    w = weight(SCORE, n, at)
    scaled = apply("sum_scale", i=j, n=n, c=inv(mass), f=exp(SCORE(at)))
    flipped = sum_eq(ring(w, inv(mass) * exp(SCORE(at))), j, n)
    one = lin(WEIGHTS_SUM, flipped, scaled, inverse(total))
    split = apply("sum_add", i=j, n=n, f=w * VALUE(at), g=SHIFT * w)
    same = sum_eq(ring(w * (VALUE(at) + SHIFT), w * VALUE(at) + SHIFT * w), j, n)
    pulled = apply("sum_scale", i=j, n=n, c=SHIFT, f=w)
    return both(one, lin(AFFINE.args[1], same, split, pulled, multiply(one, SHIFT)))


# the all-attention layer: m tokens with scores s, values v; k memory slots with scores u, values w
SLOTS, U, W = fam("k"), Symbol("u"), Symbol("w")


def _parts() -> tuple[Term, Term, Term, Term]:
    return (sum_(M, lambda i: exp(SCORE(i))), sum_(SLOTS, lambda j: exp(U(j))), sum_(M, lambda i: exp(SCORE(i)) * VALUE(i)),
            sum_(SLOTS, lambda j: exp(U(j)) * W(j)))


def merged_layer() -> Term:
    s, t, top, low = _parts()
    share = s * inv(s + t)
    return eq((top + low) * inv(s + t), share * (top * inv(s)) + (1 - share) * (low * inv(t)))


def merged() -> Theorem:
    s, t, top, low = _parts()
    s_pos, t_pos = sum_exp_pos(size_positive(M), M, SCORE), sum_exp_pos(size_positive(SLOTS), SLOTS, U)
    both_pos = lin(lt(ZERO, s + t), s_pos, t_pos)
    us, ut, u = inverse(s_pos), inverse(t_pos), inverse(both_pos)
    return lin(merged_layer(), multiply(us, inv(s + t) * top), multiply(u, low * inv(t)), multiply(ut, inv(s + t) * low))


# ---------------------------------------------------------------- the feed-forward layer

KEY, BIAS, OUT = Symbol("K"), Symbol("b"), fam("c")


def relu(t: Term) -> Term:
    return HALF * (t + abs_(t))


def key_score(i: Term) -> Term:
    return sum_(N, lambda k: X(k) * KEY(i, k))


def printed_ff() -> Term:
    """One coordinate of f(x K^T) V"""
    return sum_(M, lambda i: relu(key_score(i)) * VALUE(i))


def biased_ff() -> Term:
    """The layer that Appendix D counts: with a bias per hidden unit and per output"""
    return sum_(M, lambda i: relu(key_score(i) + BIAS(i)) * VALUE(i)) + OUT


NO_BIASES = (each(M, lambda i: eq(BIAS(i), 0)), eq(OUT, 0))


def without_biases() -> Theorem:
    i = fresh("i")
    at = fam(i)
    none = each_elim(assume(NO_BIASES[0]), at, *index_facts(i, M))
    plain = lin(eq(key_score(at) + BIAS(at), key_score(at)), none)
    same = sum_eq(same_function(plain, lambda a: relu(a) * VALUE(at)), i, M)
    return lin(eq(biased_ff(), printed_ff()), same, assume(NO_BIASES[1]))


# ---------------------------------------------------------------- the energy's update and attention

INDEX = fam("i")
EQUAL_NORMS = each(D, lambda i: each(D, lambda j: eq(pattern_norm(i), pattern_norm(j))))


def update_weight(i: Term = INDEX) -> Term:
    """softmax(-d(x, rho))_i: the weight of pattern i in the stationary condition x = sum w_i rho_i of E"""
    return weight(lambda j: -distance(X, j), D, i)


def attention_weight(i: Term = INDEX) -> Term:
    """softmax(2 rho^T x)_i"""
    return weight(lambda j: 2 * dot(j, X), D, i)


def update_is_attention() -> Theorem:
    """With equal norms exp(-d(x, rho_j)) = exp(-||x||^2 - ||rho||^2) exp(2 rho_j^T x): the common factor cancels"""
    j = fresh("j")
    at = fam(j)
    row = each_elim(assume(EQUAL_NORMS), at, *index_facts(j, D))
    same = each_elim(row, INDEX, assume(nat(INDEX)), assume(lt(INDEX, D)))                 # norm_j = norm_i
    c = exp(-(square_norm(X) + pattern_norm(INDEX)))
    exponent = lin(eq(-distance(X, at), 2 * dot(at, X) - square_norm(X) - pattern_norm(INDEX)), expand(at), same)
    each_term = lin(eq(exp(-distance(X, at)), c * exp(2 * dot(at, X))), same_function(exponent, exp))
    total = sum_eq(each_term, j, D)
    pulled = apply("sum_scale", i=j, n=D, c=c, f=exp(2 * dot(at, X)))
    own = lin(eq(-distance(X, INDEX), 2 * dot(INDEX, X) - square_norm(X) - pattern_norm(INDEX)), expand(INDEX))
    top = lin(eq(exp(-distance(X, INDEX)), c * exp(2 * dot(INDEX, X))), same_function(own, exp))
    s_pos = sum_exp_pos(positive_d(), D, lambda k: 2 * dot(k, X))
    e_pos = sum_exp_pos(positive_d(), D, lambda k: -distance(X, k))
    s, e = s_pos.concl.args[1], e_pos.concl.args[1]
    us, ue = inverse(s_pos), inverse(e_pos)
    a = exp(2 * dot(INDEX, X))
    # a c inv(e) = a inv(s), as e = c s
    cross = lin(eq(c * a * inv(e), a * inv(s)), multiply(us, c * a * inv(e)), multiply(ue, a * inv(s)),
                multiply(lin(eq(e, c * s), total, pulled), a * inv(s) * inv(e)))
    return lin(eq(update_weight(), attention_weight()), cross, multiply(top, inv(e)))


# ---------------------------------------------------------------- Eq. (5) as an energy

NORMALISER = fam("Z")


def eq5(point: Symbol) -> Term:
    """(1/Z) exp(-g(x))"""
    return inv(NORMALISER) * exp(-nearest(point))


def minus_log_eq5_orders() -> Theorem:
    """0 < Z and g(x) < g(y) give -log p(x) < -log p(y)"""
    z = assume(lt(ZERO, NORMALISER))
    logs = []
    for point in (X, Y):
        split = log_product(inv_pos(z), exp_pos(-nearest(point)))
        logs += [split, apply("log_exp", a=-nearest(point))]
    return lin(lt(-log(eq5(X)), -log(eq5(Y))), assume(lt(nearest(X), nearest(Y))), *logs, log_inverse(z))


# ---------------------------------------------------------------- well-separated patterns, fewer of them

DELTA, R = Symbol("delta"), Symbol("r")


def separated(n: Term) -> Term:
    """B_i and B_j are disjoint for all i < j < n: r_i + r_j < delta(i, j)"""
    return each(n, lambda i: each(n, lambda j: imp(lt(i, j), lt(R(i) + R(j), DELTA(i, j)))))


def subset_separated() -> Theorem:
    i, j = "i#sub", "j#sub"
    inside = [lin(lt(fam(k), D), assume(lt(fam(k), M)), assume(le(M, D))) for k in (i, j)]
    row = each_elim(assume(separated(D)), fam(i), assume(nat(fam(i))), inside[0])
    cell = each_elim(row, fam(j), assume(nat(fam(j))), inside[1])
    return each_intro(each_intro(cell, j, M), i, M)
