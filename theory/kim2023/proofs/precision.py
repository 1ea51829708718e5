"""Bits: how many a construction needs for all labelings, how many its largest weight has, and that this number must grow."""
from __future__ import annotations

from fractions import Fraction

from theory.kernel import Theorem
from theory.kim2023.proofs.counts import BEST, BLOCK, CONTEXTS, HALF, LABELS, RHO, SEQUENCES, SLOT, LABEL, root, smaller
from theory.kim2023.proofs.ramps import pair
from theory.lemmas.explog import exp_le, inv_pos, inverse, log_le, power_of, power_pos
from theory.lemmas.indices import distinct, pigeonhole, placed
from theory.lemmas.powers import log_power
from theory.tactics import (apply, assume, be, both, cases, ground, lin, multiply, nat_of, nonneg, product, ring, same_function)
from theory.terms import ONE, ZERO, Symbol, and_, eq, exists, exp, fam, forall, fresh, imp, le, log, lt, nat, num, power, sqrt


CLASSES, BITS, MANY, CODE = fam("C"), fam("b"), fam("L"), Symbol("p")
ALL_LABELINGS = eq(MANY, power(CLASSES, CONTEXTS))
CODES = and_(placed(MANY, power(num(2), BITS), CODE), distinct(MANY, CODE))
INFORMATION = le(CONTEXTS * log(CLASSES), BITS * log(num(2)))


def natural_power(base: Theorem, exponent: Theorem) -> Theorem:
    """a^k is natural for naturals a, k"""
    a, k = base.concl.args[0], fresh("k")
    at = fam(k)
    start = apply("rewrite", ring(ONE, power(a, ZERO)), nat_of(1), x="h#nat", phi=nat(fam("h#nat")))
    known = assume(nat(power(a, at)))
    grown = apply("nat_closed", known, base, op="mul")
    step = apply("power_step", assume(nat(at)), a=a)
    e = apply("linear", step, multipliers=(num(-1),), goal=eq(power(a, at) * a, power(a, at + 1)))
    following = apply("rewrite", e, grown, x="h#nat", phi=nat(fam("h#nat")))
    return apply("induction", start, following, exponent, k=k, phi=nat(power(a, at)))


def information() -> Theorem:
    """C^M labelings with distinct codes of b bits: M log C <= b log 2"""
    given = assume(CODES)
    two, b_nat = nat_of(2), assume(nat(BITS))
    holes = pigeonhole(assume(nat(MANY)), natural_power(two, b_nat), *pair(given), CODE)
    c_pos = lin(lt(ZERO, CLASSES), assume(le(ONE, CLASSES)))
    fits = lin(le(power(CLASSES, CONTEXTS), power(num(2), BITS)), assume(ALL_LABELINGS), holes)
    logs = log_le(power_pos(c_pos, CONTEXTS), fits)
    return lin(INFORMATION, logs, log_power(c_pos, CONTEXTS), log_power(ground(0, 2), BITS))


WORD = fam("w")
PRECISION = and_(lt(4 * WORD + 2, power(num(2), BLOCK * RHO + 2)), le(BLOCK * RHO + 2, RHO + 2 + RHO * sqrt(8 * LABELS / SLOT)))
IN_WORD = le(WORD + 1, power(num(2), BLOCK * RHO))


def enough() -> Theorem:
    """A word of B ids has B rho bits, its weight 4 w + 2 two more, and B <= 1 + sqrt(8 n N/g)"""
    bits = assume(IN_WORD)
    exponent = BLOCK * RHO
    e_nat = apply("nat_closed", assume(nat(BLOCK)), assume(nat(RHO)), op="mul")
    one_more = apply("power_step", e_nat, a=num(2))
    two_more = apply("power_step", apply("nat_closed", e_nat, nat_of(1), op="add"), a=num(2))
    same = same_function(ring(exponent + 1 + 1, exponent + 2), lambda e: power(num(2), e))
    first = lin(PRECISION.args[0], bits, one_more, two_more, same)
    g_pos = lin(lt(ZERO, SLOT), nonneg(assume(nat(RHO))), nonneg(assume(nat(LABEL))))
    m_pos, few = lin(lt(ZERO, CONTEXTS), assume(le(ONE, CONTEXTS))), assume(le(CONTEXTS, LABELS))
    flat, unit = inv_pos(g_pos), inverse(g_pos)
    labels_pos = lin(lt(ZERO, LABELS), m_pos, few)
    under = 8 * LABELS / SLOT
    s_pos, s_square = root(be(product(product(ground(0, 8), labels_pos), flat), lt(ZERO, under)))
    least = product(lin(lt(ZERO, 8 * CONTEXTS - SLOT * ((BLOCK - 1) * (BLOCK - 1))), apply("and_elim", assume(BEST), side=1)),
                    flat)
    s = sqrt(under)
    squares = lin(le((BLOCK - 1) * (BLOCK - 1), s * s), least, multiply(unit, (BLOCK - 1) * (BLOCK - 1)), s_square,
                  product(lin(le(ZERO, LABELS - CONTEXTS), few), flat))
    short = smaller(squares, lin(le(ZERO, s), s_pos))
    second = lin(PRECISION.args[1], product(nonneg(assume(nat(RHO))), lin(le(ZERO, s + 1 - BLOCK), short)))
    return both(first, second)


def linear() -> Theorem:
    """B - 1 is at most its square, so also B rho + 2 <= rho + 2 + rho (8 n N/g)"""
    g_pos = lin(lt(ZERO, SLOT), nonneg(assume(nat(RHO))), nonneg(assume(nat(LABEL))))
    flat, unit = inv_pos(g_pos), inverse(g_pos)
    low = lin(le(ZERO, BLOCK - 1), assume(le(ONE, BLOCK)))
    least = product(lin(lt(ZERO, 8 * CONTEXTS - SLOT * ((BLOCK - 1) * (BLOCK - 1))), apply("and_elim", assume(BEST), side=1)),
                    flat)
    more = product(lin(le(ZERO, LABELS - CONTEXTS), assume(le(CONTEXTS, LABELS))), flat)
    one = nat_difference_square(low)
    short = lin(le(BLOCK - 1, 8 * LABELS / SLOT), least, multiply(unit, (BLOCK - 1) * (BLOCK - 1)), more, one)
    return lin(le(BLOCK * RHO + 2, RHO + 2 + RHO * (8 * LABELS / SLOT)),
               product(nonneg(assume(nat(RHO))), lin(le(ZERO, 8 * LABELS / SLOT - (BLOCK - 1)), short)))


def nat_difference_square(low: Theorem) -> Theorem:
    """B - 1 <= (B - 1)^2 for a natural B >= 1"""
    x = BLOCK - 1
    x_nat = apply("nat_difference", assume(nat(BLOCK)), nat_of(1), assume(le(ONE, BLOCK)))
    goal = le(x, x * x)
    some = assume(lt(ZERO, x))
    one = apply("nat_gap", nat_of(0), x_nat, some)
    big = lin(goal, product(low, lin(le(ZERO, x - 1), one)))
    zero = apply("antisymmetric", assume(le(x, ZERO)), low)
    return cases(x, ZERO, lin(goal, multiply(zero, x), zero), big)


PARAMETERS, PER_WEIGHT, FACTOR = fam("W"), fam("b"), fam("a")
ENOUGH = le(CONTEXTS * log(CLASSES), PER_WEIGHT * PARAMETERS * log(num(2)))
ROOT_MANY = le(PARAMETERS, FACTOR * sqrt(CONTEXTS))
GROWING = le(sqrt(CONTEXTS) * log(CLASSES), FACTOR * PER_WEIGHT * log(num(2)))


def growing() -> Theorem:
    """b W >= M log2 C and W <= a sqrt(M) give a b >= sqrt(M) log2 C: bits per weight grow like sqrt(M)"""
    m_pos = lin(lt(ZERO, CONTEXTS), assume(le(ONE, CONTEXTS)))
    r_pos, r_square = root(m_pos)
    b_low, many = nonneg(assume(nat(PER_WEIGHT))), assume(ROOT_MANY)
    log_two = log_le(ground(0, 1), ground(1, 2))
    two = lin(lt(ZERO, log(num(2))), log_two, ground(0, log(num(2))))
    wide = product(product(b_low, two), lin(le(ZERO, FACTOR * sqrt(CONTEXTS) - PARAMETERS), many))
    r = sqrt(CONTEXTS)
    gain = FACTOR * PER_WEIGHT * log(num(2)) - r * log(CLASSES)
    whole = lin(le(ZERO, r * gain), wide, assume(ENOUGH), multiply(r_square, log(CLASSES)))
    unit = inverse(r_pos)
    return lin(GROWING, product(inv_pos(r_pos), whole), multiply(unit, gain))


EITHER = le(CONTEXTS * log(CLASSES), (BITS + 1) * log(num(2)))
SHORT_CODES = and_(placed(MANY, power(num(2), BITS + 1) - 1, CODE), distinct(MANY, CODE))


def short_codes() -> Theorem:
    """C^M labelings with distinct codes of at most b bits, of which there are 2^(b + 1) - 1: M log C <= (b + 1) log 2"""
    given = assume(SHORT_CODES)
    two, b_nat, many = nat_of(2), apply("nat_closed", assume(nat(BITS)), nat_of(1), op="add"), assume(nat(MANY))
    whole = natural_power(two, b_nat)
    c_pos = lin(lt(ZERO, CLASSES), assume(le(ONE, CLASSES)))
    full = power_pos(ground(0, 2), BITS + 1)
    one = apply("nat_gap", nat_of(0), whole, full)
    codes = apply("nat_difference", whole, nat_of(1), lin(le(ONE, power(num(2), BITS + 1)), one))
    holes = pigeonhole(many, codes, *pair(given), CODE)
    fits = lin(le(power(CLASSES, CONTEXTS), power(num(2), BITS + 1)), assume(ALL_LABELINGS), holes)
    return lin(EITHER, log_le(power_pos(c_pos, CONTEXTS), fits), log_power(c_pos, CONTEXTS), log_power(ground(0, 2), BITS + 1))


# one precision for all sizes: natural factors c = a b, natural M
ONE_PRECISION = exists(lambda c: and_(nat(c), forall(lambda m: imp(and_(nat(m), le(1, m)), le(sqrt(m), c)))))
BOUND = fam("c")
BEYOND = lt(BOUND, sqrt((BOUND + 1) * (BOUND + 1)))


def beyond() -> Theorem:
    """c < sqrt((c + 1)^2)"""
    c_low = nonneg(assume(nat(BOUND)))
    one = lin(lt(ZERO, BOUND + 1), c_low)
    r_pos, r_square = root(product(one, one))
    r = sqrt((BOUND + 1) * (BOUND + 1))
    return lin(BEYOND, smaller(lin(le((BOUND + 1) * (BOUND + 1), r * r), r_square), lin(le(ZERO, r), r_pos)))


def no_precision() -> Theorem:
    """For every natural c there is an M, (c + 1)^2, whose square root exceeds it"""
    m = fresh("m")
    c_nat = assume(nat(BOUND))
    following = apply("nat_closed", c_nat, nat_of(1), op="add")
    many = apply("nat_closed", following, following, op="mul")
    one = lin(le(ONE, BOUND + 1), nonneg(c_nat))
    least = lin(le(ONE, (BOUND + 1) * (BOUND + 1)), product(lin(le(ZERO, BOUND), one), lin(le(ZERO, BOUND), one)), one)
    body = and_(and_(nat(fam(m)), le(1, fam(m))), lt(BOUND, sqrt(fam(m))))
    shown = apply("exists_intro", both(both(many, least), beyond()), x=m, phi=body, t=(BOUND + 1) * (BOUND + 1))
    return apply("forall_intro", apply("imp_intro", shown, phi=nat(BOUND)), x="c")


# ---------------------------------------------------------------- rates of Section 1.1

EXPONENTS = and_(lt(sqrt(SEQUENCES), power(SEQUENCES, Fraction(2, 3))), lt(power(SEQUENCES, Fraction(2, 3)), SEQUENCES))


def exponents() -> Theorem:
    """N^(1/2) < N^(2/3) < N from N = 2 on"""
    pos = lin(lt(ZERO, SEQUENCES), assume(le(2, SEQUENCES)))
    grows = lin(lt(ZERO, log(SEQUENCES)), log_le(ground(0, 2), assume(le(2, SEQUENCES))), ground(0, log(num(2))))
    parts = [power_of(pos, num(e)) for e in (HALF, Fraction(2, 3))]
    out = []
    for a, b in ((num(HALF), num(Fraction(2, 3))), (num(Fraction(2, 3)), ONE)):
        out.append(exp_le(lin(lt(a * log(SEQUENCES), b * log(SEQUENCES)), grows)))
    top = same_function(ring(ONE * log(SEQUENCES), log(SEQUENCES)), exp)
    return both(lin(EXPONENTS.args[0], out[0], *parts), lin(EXPONENTS.args[1], out[1], parts[1], top, apply("exp_log", pos)))
