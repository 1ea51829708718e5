"""Section 4.1: the layered energies, Eq. (6) to Eq. (9), on energy values e(t), t < l, and on one-dimensional instances."""
from __future__ import annotations

from theory.kernel import Theorem
from theory.lemmas.euclid import sum_nonneg
from theory.lemmas.explog import abs_le, exp_le, exp_pos, inv_pos, inverse, le_abs, log_le, log_product
from theory.lemmas.logsumexp import log_nonneg, lse, lse_le_max, max_le_lse, max_lt_lse, shift, sum_exp_pos
from theory.tactics import (apply, assume, both, discharge, each_elim, ground, index_facts, lin, multiply, nat_of, product, ring, same_function, sum_le,
                            trans, use_attained)
from theory.terms import ONE, ZERO, Symbol, Term, abs_, and_, eq, each, exp, fam, fresh, in_range, inv, le, log, lt, max_, min_, nat, num, some, sum_

L = fam("l")
ENERGY = Symbol("e")
WEIGHT = Symbol("c")


def minus(t: Term) -> Term:
    return -ENERGY(t)


GLOBAL = -lse(L, minus)                        # E_global = -LSE(-E_1, ..., -E_l), Eq. (7)
LEAST = min_(L, ENERGY)
TWO_LAYERS = le(num(2), L)


def positive_l() -> Theorem:
    return lin(lt(ZERO, L), assume(le(ONE, L)))


def eq8_two() -> Theorem:
    """min E_i - log l <= E_global < min E_i for l >= 2"""
    low = lse_le_max(positive_l(), assume(nat(L)), L, minus)
    high = max_lt_lse(assume(nat(L)), assume(TWO_LAYERS), L, minus)
    return both(lin(le(LEAST - log(L), GLOBAL), low), lin(lt(GLOBAL, LEAST), high))


def at_layer(t: str = "t") -> Theorem:
    """E_global <= E_t"""
    top = max_le_lse(positive_l(), L, minus)
    bound = apply("max_bound", assume(nat(fam(t))), assume(lt(fam(t), L)), i="i#layer", n=L, f=minus(fam("i#layer")))
    return lin(le(GLOBAL, ENERGY(fam(t))), top, bound)


# ---------------------------------------------------------------- Eq. (10): the layer depends on the point

def offset(t: Term) -> Term:
    """c = E_global - E_t + log l"""
    return GLOBAL - ENERGY(t) + log(L)


def within(t: Term) -> Term:
    return and_(le(0, offset(t)), lt(offset(t), log(L)))


def _some_layer(inside_of) -> Theorem:
    """There is t < l with `inside_of(t)`, a pair of bounds: for the layer with the least energy"""
    low = lse_le_max(positive_l(), assume(nat(L)), L, minus)
    high = max_lt_lse(assume(nat(L)), assume(TWO_LAYERS), L, minus)
    constant = same_function(apply("sum_constant", assume(nat(L)), c=exp(-ENERGY(fam("i#some")))), log)
    value = [constant, log_product(positive_l(), exp_pos(-ENERGY(fam("i#some")))), apply("log_exp", a=-ENERGY(fam("i#some")))]

    def consequence(is_nat, inside, attained):
        t = is_nat.concl.args[0]
        good = both(*(lin(bound, low, high, attained, *value) for bound in inside_of(t).args))
        x = "t#some"
        return apply("exists_intro", apply("and_intro", apply("and_intro", is_nat, inside), good), x=x,
                     phi=and_(in_range(fam(x), L), inside_of(fam(x))), t=t)
    return use_attained(positive_l(), max_(L, minus), "i#some", consequence)


def some_layer() -> Theorem:
    """l >= 2: some layer t has 0 <= E_global - E_t + log l < log l (the one with the least energy)"""
    return _some_layer(within)


def some_layer_constant() -> Theorem:
    """The same with -log sum over j of exp(-E_t), t and not j, in the first bound: it is E_t - log l"""
    return _some_layer(lambda t: and_(le(0, -log(sum_(L, lambda j: exp(-ENERGY(t)))) - ENERGY(t) + log(L)), lt(offset(t), log(L))))


SOME_LAYER = some(L, within)


EQUAL = each(L, lambda t: eq(ENERGY(t), fam("e0")))


def equal_layers() -> Theorem:
    """If all layers have the same energy e0, E_global = e0 - log l"""
    i = fresh("i")
    same = apply("forall_elim", assume(EQUAL), t=fam(i))
    entry = apply("imp_elim", same, apply("and_intro", *index_facts(i, L)))
    total = apply("sum_termwise", same_function(entry, lambda v: exp(-v)), i=i, n=L)
    constant = apply("sum_constant", assume(nat(L)), c=exp(-fam("e0")))
    logs = same_function(lin(eq(total.concl.args[0], L * exp(-fam("e0"))), total, constant), log)
    return lin(eq(GLOBAL, fam("e0") - log(L)), logs, log_product(positive_l(), exp_pos(-fam("e0"))), apply("log_exp", a=-fam("e0")))



# ---------------------------------------------------------------- no linear combination

COMBINATION = sum_(L, lambda t: WEIGHT(t) * ENERGY(t))
SMALL = le(max_(L, ENERGY) + sum_(L, lambda t: abs_(WEIGHT(t) * ENERGY(t))), num(1) / 2)


def below_all_weights() -> Theorem:
    """l >= 2 and small energies: E_global < -sum |c_t E_t|"""
    small = assume(SMALL)
    top = max_(L, ENERGY)
    i = fresh("i")
    bound = apply("max_bound", *index_facts(i, L), i=i, n=L, f=ENERGY(fam(i)))
    termwise = exp_le(lin(le(-top, minus(fam(i))), bound))
    constant = apply("sum_constant", assume(nat(L)), c=exp(-top))
    low = lin(le(L * exp(-top), sum_(L, lambda t: exp(minus(t)))), sum_le(termwise, i, L), constant)
    logs = log_le(product(positive_l(), exp_pos(-top)), low)
    value = log_product(positive_l(), exp_pos(-top))
    two = log_le(ground(0, 2), assume(TWO_LAYERS))
    half = ground(num(1) / 2, log(2))
    return lin(lt(GLOBAL, -TOTAL), logs, value, apply("log_exp", a=-top), two, half, small)


TOTAL = sum_(L, lambda t: abs_(WEIGHT(t) * ENERGY(t)))


def at_least_minus_total() -> Theorem:
    """-sum |c_t E_t| <= sum c_t E_t"""
    i = fresh("i")
    product_ = WEIGHT(fam(i)) * ENERGY(fam(i))
    parts = sum_le(lin(le(-abs_(product_), product_), le_abs(product_)[1]), i, L)
    return lin(le(-TOTAL, COMBINATION), parts, apply("sum_scale", i=i, n=L, c=num(-1), f=abs_(product_)))


def not_linear() -> Theorem:
    """l >= 2 and small energies: E_global lies strictly below every linear combination with these weights"""
    return trans(below_all_weights(), at_least_minus_total())


def total_nonnegative() -> Theorem:
    i = fresh("i")
    return sum_nonneg(lin(le(ZERO, abs_(WEIGHT(fam(i)) * ENERGY(fam(i)))), *le_abs(WEIGHT(fam(i)) * ENERGY(fam(i)))), i, L)


def without_last() -> Theorem:
    """-sum over l of |c_t E_t| <= sum over l - 1 of c_t E_t"""
    one = apply("nat_difference", assume(nat(L)), nat_of(1), assume(le(ONE, L)))
    shorter = apply("instance", at_least_minus_total(), mapping=(("l", (), L - 1),))
    i = fresh("i")
    product_ = WEIGHT(fam(i)) * ENERGY(fam(i))
    grow = apply("sum_step", one, i=i, f=abs_(product_))
    last = WEIGHT(L - 1) * ENERGY(L - 1)
    return lin(le(-TOTAL, shorter.concl.args[1]), shorter, grow, *le_abs(last), same_function(ring(L - 1 + 1, L), lambda n: sum_(
        n, lambda t: abs_(WEIGHT(t) * ENERGY(t)))))


NOT_LINEAR_COMPANIONS = (below_all_weights, at_least_minus_total, total_nonnegative, without_last)


def equal_terms() -> Theorem:
    """-log sum over l of exp(-E_t) <= E_t for one and the same t"""
    e = ENERGY(fam("t"))
    total = same_function(apply("sum_constant", assume(nat(L)), c=exp(-e)), log)
    return lin(le(-total.concl.args[0], e), total, log_product(positive_l(), exp_pos(-e)), apply("log_exp", a=-e), log_nonneg(assume(le(ONE, L))))


# ---------------------------------------------------------------- one dimension, one pattern a layer: E_t(x) = exp(-(x - a_t)^2)/Z_t

XX, PREVIOUS, A1, A2, Z1, Z2 = (fam(v) for v in ("x", "p", "a", "b", "Z1", "Z2"))


def bump_energy(x: Term, a: Term, z: Term) -> Term:
    """E_t(x) = exp(-g_t(x))/Z_t as Section 4.1 prints it, for one pattern a"""
    return inv(z) * exp(-((x - a) ** 2))


def two_layer_energy(x: Term) -> Term:
    """E_global for two layers with one pattern each"""
    return -log(exp(-bump_energy(x, A1, Z1)) + exp(-bump_energy(x, A2, Z2)))


def layer_offset(x: Term, a: Term, z: Term) -> Term:
    return two_layer_energy(x) - bump_energy(x, a, z) + log(2)


# ---------------------------------------------------------------- E_global is bounded, so it is not convex

AT_A, AT_B, AT_C, TOP = Symbol("ea"), Symbol("eb"), Symbol("ec"), fam("M")


def value(e: Symbol) -> Term:
    """E_global where the layers' energies are e(t)"""
    return -lse(L, lambda t: -e(t))


STRETCH = 1 + (TOP - value(AT_A)) * inv(value(AT_B) - value(AT_A))
FARTHER = each(L, lambda t: lt(AT_A(t), AT_B(t)))
BOUNDED = each(L, lambda t: and_(le(AT_B(t), TOP), le(AT_C(t), TOP)))
CONTINUOUS = le(abs_(value(AT_A) - value(AT_B)), max_(L, lambda t: abs_(AT_A(t) - AT_B(t))))
NOT_CONVEX = lt((1 - inv(STRETCH)) * value(AT_A) + inv(STRETCH) * value(AT_C), value(AT_B))


def bounded_not_convex() -> Theorem:
    """E_global is 1-Lipschitz in the layers' energies, and convexity fails on the ray from a through b at T = STRETCH"""
    return both(prove_lipschitz(), _dips())


def _dips() -> Theorem:
    """(1 - 1/T) f(a) + f(c)/T < f(b) at T = STRETCH"""
    i = fresh("i")
    at = fam(i)
    closer = each_elim(assume(FARTHER), at, *index_facts(i, L))
    fewer = exp_le(lin(lt(-AT_B(at), -AT_A(at)), closer))
    first = discharge(apply("instance", fewer, mapping=((i, (), ZERO),)), nat_of(0), positive_l())
    strict = apply("sum_strict", lin(le(*fewer.concl.args), fewer), first, nat_of(0), positive_l(), i=i, n=L, j=ZERO)
    logs = log_le(sum_exp_pos(positive_l(), L, lambda t: -AT_B(t)), strict)
    fa, fb, fc = value(AT_A), value(AT_B), value(AT_C)
    rise = lin(lt(ZERO, fb - fa), logs)
    tops = []
    for e, side in ((AT_B, 0), (AT_C, 1)):
        bound = apply("and_elim", each_elim(assume(BOUNDED), ZERO, nat_of(0), positive_l()), side=side)
        least = max_le_lse(positive_l(), L, lambda t, e=e: -e(t))
        member = apply("max_bound", nat_of(0), positive_l(), i=i, n=L, f=-e(at))
        tops.append(lin(le(value(e), TOP), least, member, bound))
    unit = multiply(inverse(rise), TOP - fa)
    positive = lin(lt(ZERO, STRETCH), product(lin(le(ZERO, TOP - fa), tops[0], rise), inv_pos(rise)))
    steep = lin(lt(fc - fa, STRETCH * (fb - fa)), tops[1], unit, rise)
    divided = product(lin(lt(ZERO, STRETCH * (fb - fa) - (fc - fa)), steep), inv_pos(positive))
    return lin(lt((1 - inv(STRETCH)) * fa + inv(STRETCH) * fc, fb), divided, multiply(inverse(positive), fb - fa))


def prove_lipschitz() -> Theorem:
    """Lemma 4 at the layers' energies"""
    top = CONTINUOUS.args[1]
    sides = []
    for e, f, sign in ((AT_A, AT_B, 1), (AT_B, AT_A, 0)):
        def bound(i, e=e, f=f, sign=sign):
            gap = AT_A(fam(i)) - AT_B(fam(i))
            cap = apply("max_bound", *index_facts(i, L), i=i, n=L, f=abs_(gap))
            return lin(le(-e(fam(i)), -f(fam(i)) + top), cap, le_abs(gap)[sign])
        sides.append(shift(positive_l(), L, lambda t, e=e: -e(t), lambda t, f=f: -f(t), top, bound))
    gap = value(AT_A) - value(AT_B)
    return abs_le(lin(le(gap, top), sides[1]), lin(le(-gap, top), sides[0]))
