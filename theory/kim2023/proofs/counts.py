"""Counting the parameters of the construction, and their minimum over the block length.

    d tokens' dimension, n length, N sequences, M contexts, c bits of a label, rho bits of a context id,
    B ids per group, A = ceil(M/B) groups, g = 9 (rho + c) + 15 parameters per slot
"""
from __future__ import annotations

from fractions import Fraction

from theory.kernel import Theorem
from theory.lemmas.explog import inv_pos, inverse, power_of, power_pos
from theory.tactics import apply, assume, be, both, cases, ground, lin, multiply, nonneg, product
from theory.terms import ONE, ZERO, Term, and_, eq, fam, imp, inv, le, lt, nat, num, sqrt, sum_

HALF = Fraction(1, 2)
DIM, LENGTH, SEQUENCES, CONTEXTS, RHO, LABEL, BLOCK, GROUPS = (fam(s) for s in ("d", "n", "N", "M", "rho", "c", "B", "A"))
SLOT = 9 * (RHO + LABEL) + 15
LABELS = LENGTH * SEQUENCES


# ---------------------------------------------------------------- square roots

def root(p: Theorem) -> tuple[Theorem, Theorem]:
    """0 < x gives 0 < sqrt(x) and sqrt(x) sqrt(x) = x"""
    x = p.concl.args[1]
    r, written = sqrt(x), power_of(p, HALF)
    half = written.concl.args[1]
    return power_pos(p, HALF), lin(eq(r * r, x), multiply(written, r), multiply(written, half), apply("exp_log", p))


def smaller(squares: Theorem, b_low: Theorem) -> Theorem:
    """a a <= b b and 0 <= b give a <= b"""
    a, b = squares.concl.args[0].args[0], squares.concl.args[1].args[0]
    goal = le(a, b)
    beyond = assume(lt(b, a))
    clash = lin(lt(ZERO, ZERO), product(beyond, lin(lt(ZERO, a + b), beyond, b_low)), squares)
    return cases(a, b, assume(goal), apply("absurd", clash, phi=goal))


# ---------------------------------------------------------------- nonzero parameters

def printed_bound() -> Term:
    """Theorem R's bound, without the optional reduction mod p"""
    return DIM + 18 * LENGTH + 24 + 8 * GROUPS + BLOCK * SLOT


# nonzero weights of each part: (inputs, biases, outputs) of its neurons, 4 for a head with keys, 2 for a uniform head
EXTRACTION = (4, 1 + 2, 1 + 1, 2 + 1 + 2, 1 + 1, 2)             # head; S and M; clear M; mark; clear E; counting head
STRING = (1 + 1 + 2, 1 + 1 + 2)                                 # the two sides of a unit ramp into W0 and U0
BIT = (3, 3, 3)                                                 # a fold in either register; read
COMPARE = (2 + 1, 2 + 1, 2 + 1, 2, 2, 2)                        # |Z - A| on both sides; gate; clear A, B, Q
REDUCTION = (3, 3)                                              # one step of division with remainder
REST, STEPS = fam("rest"), fam("J")


def counted() -> Term:
    """Nonzero parameters by parts: projection, readout, extraction layers, groups, slots with their bits, reduction, rest"""
    bits = lambda count: sum_(count, lambda _: num(sum(BIT)))
    slots = sum_(BLOCK, lambda _: sum(COMPARE) + bits(RHO) + bits(LABEL))
    return (DIM + 2 + sum_(LENGTH, lambda _: num(sum(EXTRACTION))) + sum_(GROUPS, lambda _: num(sum(STRING))) + slots
            + sum_(STEPS, lambda _: num(sum(REDUCTION))) + REST)


COUNT = le(counted(), printed_bound() + 6 * STEPS)
DEAD_ZONE = counted() + 2 * BLOCK               # a bias on either side of |Z - A|, for ids that are off by a little
COUNT_SLACK = le(DEAD_ZONE, printed_bound() + 6 * STEPS)
COUNT_MORE = le(DEAD_ZONE, printed_bound() + 6 * STEPS + 2 * BLOCK)


def by_parts() -> Theorem:
    """The parts add up to the bound, when all that is not listed has at most 22 parameters"""
    def times(size: Term, c) -> Theorem:
        return apply("sum_constant", assume(nat(size)), c=num(c))
    bits = [times(RHO, sum(BIT)), times(LABEL, sum(BIT))]
    each_slot = sum(COMPARE) + bits[0].concl.args[0] + bits[1].concl.args[0]
    slots = apply("sum_constant", assume(nat(BLOCK)), c=each_slot)
    return lin(COUNT, times(LENGTH, sum(EXTRACTION)), times(GROUPS, sum(STRING)), times(STEPS, sum(REDUCTION)), slots,
               *(multiply(b, BLOCK) for b in bits), assume(le(REST, 22)))


def with_slack() -> Theorem:
    """Two biases more in every slot"""
    return lin(COUNT_MORE, by_parts())


# ---------------------------------------------------------------- the best block length

WHOLE_GROUPS = lt(GROUPS * BLOCK, CONTEXTS + BLOCK)             # A <= ceil(M/B)
BEST = and_(le(8 * CONTEXTS, SLOT * (BLOCK * BLOCK)), lt(SLOT * ((BLOCK - 1) * (BLOCK - 1)),
                                                         8 * CONTEXTS))   # B = ceil sqrt(8 M/g)


def rate(labels: Term) -> Term:
    """nonzero < d + 18 n + 32 + 2 sqrt(8 g labels) + g/B"""
    return lt(printed_bound(), DIM + 18 * LENGTH + 32 + 2 * sqrt(8 * SLOT * labels) + SLOT * inv(BLOCK))


def optimised(labels: Term) -> Theorem:
    """The bound at B = ceil sqrt(8 M/g), for M <= labels.

    8 M/B + g B = 2 r + (g B - r)^2/(g B) with r = sqrt(8 g M), and g B - r < g.
    """
    one = assume(le(ONE, BLOCK))
    few = assume(le(CONTEXTS, labels))
    b_pos, m_pos = lin(lt(ZERO, BLOCK), one), lin(lt(ZERO, CONTEXTS), assume(le(ONE, CONTEXTS)))
    g_pos = lin(lt(ZERO, SLOT), nonneg(assume(nat(RHO))), nonneg(assume(nat(LABEL))))
    inside = product(product(ground(0, 8), g_pos), m_pos)
    under = 8 * SLOT * CONTEXTS
    r = sqrt(under)
    r_pos, r_square = root(be(inside, lt(ZERO, under)))
    best = assume(BEST)
    enough, least = apply("and_elim", best, side=0), apply("and_elim", best, side=1)
    # r <= g B and g (B - 1) <= r, by squares
    high = smaller(lin(le(r * r, (SLOT * BLOCK) * (SLOT * BLOCK)), product(g_pos, enough), r_square), lin(le(ZERO, SLOT * BLOCK),
                                                                                                       product(g_pos, b_pos)))
    down = smaller(lin(le((SLOT * (BLOCK - 1)) * (SLOT * (BLOCK - 1)), r * r), product(g_pos, least), r_square), lin(le(ZERO,
        r), r_pos))
    gap = SLOT * BLOCK - r
    narrow = product(lin(le(ZERO, gap), high), lin(le(ZERO, SLOT - gap), down))          # gap^2 <= g gap
    wide = product(lin(le(ZERO, SLOT), g_pos), lin(le(ZERO, SLOT - gap), down))          # g gap <= g^2
    b_inv, unit = inv_pos(b_pos), inverse(b_pos)
    flat, g_unit = inv_pos(g_pos), inverse(g_pos)
    room = lin(le(gap * gap, SLOT * SLOT), narrow, wide)
    shares = product(room, product(flat, b_inv))                                         # (g^2 - gap^2)/(g B) >= 0
    spread = lin(le(8 * CONTEXTS * inv(BLOCK) + SLOT * BLOCK, 2 * r + SLOT * inv(BLOCK)), shares,
                 *(multiply(unit, f) for f in (SLOT * SLOT * BLOCK * inv(SLOT), r * SLOT * inv(SLOT))),
                 *(multiply(g_unit, f) for f in (SLOT * inv(BLOCK), SLOT * BLOCK, r, 8 * CONTEXTS * inv(BLOCK))),
                 multiply(r_square, inv(SLOT) * inv(BLOCK)))
    groups = product(assume(WHOLE_GROUPS), b_inv)                                        # A < M/B + 1
    fewer = lin(lt(8 * GROUPS, 8 * CONTEXTS * inv(BLOCK) + 8), groups, multiply(unit, GROUPS), unit)
    # sqrt grows
    most = 8 * SLOT * labels
    top_pos, top_square = root(lin(lt(ZERO, most), product(product(ground(0, 8), g_pos), few), inside))
    grows = smaller(lin(le(r * r, sqrt(most) * sqrt(most)), product(product(ground(0, 8), g_pos), few), r_square, top_square),
                    lin(le(ZERO, sqrt(most)), top_pos))
    return lin(rate(labels), spread, fewer, grows)


# ---------------------------------------------------------------- against one parameter per label

CHEAPER = and_(imp(lt(32 * SLOT, CONTEXTS), lt(2 * sqrt(8 * SLOT * CONTEXTS), CONTEXTS)),
               imp(lt(CONTEXTS, 32 * SLOT), lt(CONTEXTS, 2 * sqrt(8 * SLOT * CONTEXTS))))


def crossover() -> Theorem:
    """2 sqrt(8 g M) < M for M > 32 g, and M < 2 sqrt(8 g M) for M < 32 g: the squares are 32 g M and M^2"""
    g_pos = lin(lt(ZERO, SLOT), nonneg(assume(nat(RHO))), nonneg(assume(nat(LABEL))))
    m_pos = lin(lt(ZERO, CONTEXTS), assume(le(ONE, CONTEXTS)))
    r_pos, r_square = root(be(product(product(ground(0, 8), g_pos), m_pos), lt(ZERO, 8 * SLOT * CONTEXTS)))
    out = []
    for part in CHEAPER.args:
        given, (small, big) = assume(part.args[0]), part.args[1].args
        other = assume(le(big, small))
        grown = product(lin(le(ZERO, small - big), other), lin(lt(ZERO, small + big), r_pos, m_pos))
        clash = lin(lt(ZERO, ZERO), product(given, m_pos), grown, r_square)
        shown = cases(big, small, apply("absurd", clash, phi=part.args[1]), assume(part.args[1]))
        out.append(apply("imp_intro", shown, phi=part.args[0]))
    return both(*out)
