"""Attention over tokens in another order, equal contexts, positions that make every token different."""
from __future__ import annotations

from theory.kernel import Theorem
from theory.kim2023.proofs.ramps import BETA, FEATURE, LABEL, LENGTH, context, everywhere, pair
from theory.lemmas.explog import abs_le, le_abs
from theory.lemmas.indices import image, permutation, reindexed, relu
from theory.tactics import apply, assume, each_elim, each_intro, index_facts, lin, multiply, product, same_function, trans
from theory.terms import (ONE, ZERO, Symbol, Term, abs_, and_, each, eq, exists, exp, fam, forall, fresh, imp, inv, le, lt,
                          nat, or_, sum_)

N, HIDDEN, BASE = fam("N"), fam("h"), fam("b_0")
P, Q = Symbol("p"), Symbol("q")

# ---------------------------------------------------------------- permutations

IN_WEIGHT, IN_BIAS, OUT_WEIGHT = Symbol("w"), Symbol("b"), Symbol("o")
PERMUTATION = permutation(LENGTH, P, Q)


def hidden_layer(z: Term) -> Term:
    """any feed-forward network of one hidden layer: b_0 + sum of o_j relu(w_j z + b_j)"""
    return BASE + sum_(HIDDEN, lambda j: OUT_WEIGHT(j) * relu(IN_WEIGHT(j) * z + IN_BIAS(j)))


def permuted_context(i: Term, k: Term) -> Term:
    """the same layers on the sequence whose k-th token is the p(k)-th"""
    return BETA * FEATURE(i, P(k)) + sum_(LENGTH, lambda l: FEATURE(i, P(l)))


FITS = everywhere(lambda i, k: eq(hidden_layer(context(i, k)), LABEL(i, k)))
FITS_PERMUTED = everywhere(lambda i, k: eq(hidden_layer(permuted_context(i, k)), LABEL(i, P(k))))


def fits_permuted() -> Theorem:
    """Exact on a sequence: exact on each of its permutations, the labels permuted likewise"""
    i, k = fresh("i"), fresh("k")
    row, at = fam(i), fam(k)
    row_facts, facts = index_facts(i, N), index_facts(k, LENGTH)
    given = assume(PERMUTATION)
    p_nat, p_inside, _ = image(given, 0, at, *facts)
    known = each_elim(each_elim(assume(FITS), row, *row_facts), P(at), p_nat, p_inside)
    same = reindexed(assume(nat(LENGTH)), given, P, Q, lambda l: FEATURE(row, l))
    moved = same_function(lin(eq(permuted_context(row, at), context(row, P(at))), same), hidden_layer)
    return each_intro(each_intro(trans(moved, known), k, LENGTH), i, N)


# equal tokens, or equal prefixes: one context, so one output for two labels
FIRST, SECOND, ONE_LABEL, OTHER_LABEL = fam("z"), fam("z_1"), fam("y_0"), fam("y_1")
TWO_ERRORS = le(abs_(ONE_LABEL - OTHER_LABEL), abs_(hidden_layer(FIRST) - ONE_LABEL) + abs_(hidden_layer(SECOND) - OTHER_LABEL))
ONE_OUTPUT = forall(lambda y: forall(lambda w: exists(lambda o: and_(eq(o, y), eq(o, w)))))


def two_errors() -> Theorem:
    """The errors at equal contexts add up to at least the difference of the labels"""
    same = same_function(assume(eq(FIRST, SECOND)), hidden_layer)
    gaps = [*le_abs(hidden_layer(FIRST) - ONE_LABEL), *le_abs(hidden_layer(SECOND) - OTHER_LABEL)]
    right = TWO_ERRORS.args[1]
    ends = [lin(le(a, right), same, *gaps) for a in (ONE_LABEL - OTHER_LABEL, -(ONE_LABEL - OTHER_LABEL))]
    return abs_le(*ends)


def no_output() -> Theorem:
    """No output is both 0 and 1"""
    o, name, other = "o#any", "y#any", "w#any"
    at = fam(o)
    zero = assume(eq(at, ZERO))
    differ = apply("or_intro", lin(lt(at, ONE), zero), other=lt(ONE, at), side=0)
    all_ = apply("forall_intro", apply("imp_intro", differ, phi=eq(at, ZERO)), x=o)
    body = lambda y, w: forall(lambda x: imp(eq(x, y), or_(lt(x, w), lt(w, x))))
    inner = apply("exists_intro", all_, x=other, phi=body(ZERO, fam(other)), t=ONE)
    return apply("exists_intro", inner, x=name, phi=exists(lambda w: body(fam(name), w)), t=ZERO)


SCORE, ATTENDED = Symbol("s"), Symbol("v")


def softmax_head(score, value) -> Term:
    """sum of exp(s_l) v_l over sum of exp(s_l)"""
    return sum_(LENGTH, lambda l: exp(score(l)) * value(l)) * inv(sum_(LENGTH, lambda l: exp(score(l))))


def head_output(k: Term, p=lambda l: l) -> Term:
    """the k-th output of a head, its tokens in the order p"""
    return softmax_head(lambda l: SCORE(p(k), p(l)), lambda l: ATTENDED(p(l)))


EQUIVARIANT = each(LENGTH, lambda k: eq(head_output(k, P), head_output(P(k))))


def equivariant() -> Theorem:
    """Scores s(k, l) between tokens and values v(l) of tokens, in any order p: the outputs come in that order"""
    k = fresh("k")
    at = fam(k)
    n_nat, given = assume(nat(LENGTH)), assume(PERMUTATION)
    weight = lambda l: exp(SCORE(P(at), l))
    top = reindexed(n_nat, given, P, Q, lambda l: weight(l) * ATTENDED(l))
    mass = reindexed(n_nat, given, P, Q, weight)
    turned = same_function(mass, lambda m: top.concl.args[0] * inv(m))
    return each_intro(lin(eq(head_output(at, P), head_output(P(at))), turned, multiply(top, inv(mass.concl.args[1]))), k, LENGTH)


# ---------------------------------------------------------------- positions

ENTRY, BOUND, STEP = Symbol("x"), fam("r"), fam("t")
BOUNDED = each(LENGTH, lambda k: and_(le(-BOUND, ENTRY(k)), le(ENTRY(k), BOUND)))
IN_ORDER = each(LENGTH, lambda k: each(k, lambda l: lt(ENTRY(l) + STEP * l, ENTRY(k) + STEP * k)))


def in_order() -> Theorem:
    """|x(k)| <= r and t > 2 r: the coordinate x(k) + t k increases with the position, whatever the tokens"""
    k, l = fresh("k"), fresh("l")
    at, low = fam(k), fam(l)
    k_nat, k_inside = index_facts(k, LENGTH)
    l_nat, l_inside = index_facts(l, at)
    wide = assume(lt(2 * BOUND, STEP))
    own = each_elim(assume(BOUNDED), at, k_nat, k_inside)
    other = each_elim(assume(BOUNDED), low, l_nat, lin(lt(low, LENGTH), l_inside, k_inside))
    (down, up), (_, other_up) = pair(own), pair(other)
    gap = apply("nat_gap", l_nat, k_nat, l_inside)
    t_low = lin(le(ZERO, STEP), wide, down, up)
    grown = product(t_low, lin(le(ZERO, at - low - 1), gap))
    goal = lt(ENTRY(low) + STEP * low, ENTRY(at) + STEP * at)
    return each_intro(each_intro(lin(goal, grown, down, other_up, wide), l, at), k, LENGTH)
