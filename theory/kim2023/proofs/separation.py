"""Ids that differ: one token apart, base-D digits, projections of real tokens, token sets without repeats."""
from __future__ import annotations

from theory.kernel import Theorem
from theory.kim2023.proofs.ramps import pair
from theory.lemmas.euclid import sum_zero
from theory.lemmas.explog import le_abs, power_pos
from theory.lemmas.indices import only_one
from theory.tactics import (apply, assume, be, both, cases, each_elim, each_intro, index_facts, lin, linsum, multiply, nat_of,
                            nonneg,
                            product, same_function, square, sum_le)
from theory.terms import ONE, ZERO, Symbol, Term, abs_, and_, each, eq, fam, fresh, imp, le, lt, nat, or_, power, sum_

LENGTH, DIM, DELTA, AT, RANGE = fam("n"), fam("d"), fam("delta"), fam("j"), fam("R")
X, Y, A, B = Symbol("x"), Symbol("y"), Symbol("a"), Symbol("b")


def apart_from(j: Term, k: Term) -> Term:
    return or_(lt(k, j), lt(j, k))


# ---------------------------------------------------------------- sequences that differ in one token

def token_gap(k: Term) -> Term:
    """||x_k - y_k||^2"""
    return sum_(DIM, lambda c: (X(k, c) - Y(k, c)) ** 2)


def sequence_gap() -> Term:
    """||X - Y||^2"""
    return sum_(LENGTH, token_gap)


SEPARATED = le(DELTA ** 2, token_gap(AT))
ELSEWHERE_EQUAL = each(LENGTH, lambda k: imp(apart_from(AT, k), eq(A(k), B(k))))
ID_GAP = le(1, B(AT) - A(AT))
ONE_TOKEN = and_(le(DELTA ** 2, sequence_gap()), le(1, sum_(LENGTH, B) - sum_(LENGTH, A)))


def _others(k: Term, is_nat: Theorem, inside: Theorem, apart: Theorem, phi: Term, right) -> Theorem:
    """a(k) = right(k) for k other than j"""
    both_ = apart_from(AT, k)
    side = 0 if apart.concl == both_.args[0] else 1
    return apply("imp_elim", each_elim(assume(phi), k, is_nat, inside), apply("or_intro", apart, other=both_.args[1 - side],
                                                                              side=side))


def one_token() -> Theorem:
    """Tokens delta apart at one position keep the sequences delta apart; their ids alone move the sum of ids by 1 or more"""
    k, c = fresh("k"), fresh("c")
    at, col = fam(k), fam(c)
    n_nat, j_nat, j_inside = assume(nat(LENGTH)), assume(nat(AT)), assume(lt(AT, LENGTH))
    squares = sum_le(be(square(X(at, col) - Y(at, col)), le(ZERO, (X(at, col) - Y(at, col)) ** 2)), c, DIM)
    low = lin(le(ZERO, token_gap(at)), squares, sum_zero(c, DIM))
    far = lin(ONE_TOKEN.args[0], apply("sum_term", low, j_nat, j_inside, i=k, n=LENGTH, j=AT), assume(SEPARATED))
    move = lambda l: B(l) - A(l)
    one = only_one(n_nat, j_nat, j_inside, move, lambda l, l_nat, inside, apart: lin(
        eq(move(l), ZERO), _others(l, l_nat, inside, apart, ELSEWHERE_EQUAL, B)))
    return both(far, linsum(ONE_TOKEN.args[1], one, assume(ID_GAP)))


def crossed(first: bool) -> Theorem:
    """Also the sum over k of ||x_k - y_j||^2 (or of ||x_j - y_k||^2) is at least delta^2: one of its terms is"""
    k, c = fresh("k"), fresh("c")
    at, col = fam(k), fam(c)
    gap = lambda a, b: (X(a, b) - Y(AT, b)) if first else (X(AT, b) - Y(a, b))
    whole = lambda a: sum_(DIM, lambda b: gap(a, b) ** 2)
    low = lin(le(ZERO, whole(at)), sum_le(be(square(gap(at, col)), le(ZERO, gap(at, col) ** 2)), c, DIM), sum_zero(c, DIM))
    term = apply("sum_term", low, assume(nat(AT)), assume(lt(AT, LENGTH)), i=k, n=LENGTH, j=AT)
    return lin(le(DELTA ** 2, sum_(LENGTH, whole)), term, assume(SEPARATED))


SEQUENCES_APART = le(DELTA ** 2, sequence_gap())


def single_token() -> Theorem:
    """n = 1: the tokens are as far apart as the sequences"""
    one = assume(eq(LENGTH, 1))
    j_nat = assume(nat(AT))
    zero = apply("nat_gap", j_nat, assume(nat(LENGTH)), assume(lt(AT, LENGTH)))
    here = apply("antisymmetric", lin(le(AT, ZERO), zero, one), nonneg(j_nat))
    k = fresh("k")
    body = token_gap(fam(k))
    whole = same_function(lin(eq(LENGTH, ZERO + 1), one), lambda s: sum_(s, token_gap))
    step, empty = apply("sum_step", nat_of(0), i=k, f=body), apply("sum_empty", i=k, f=body)
    return lin(SEPARATED, assume(SEQUENCES_APART), whole, step, empty, same_function(here, token_gap))


# ---------------------------------------------------------------- digits: sums of powers of D > n tell multisets apart

BASE, DIGITS = fam("D"), fam("T")
DIGIT = each(DIGITS, lambda t: and_(le(0, A(t)), and_(le(A(t), BASE - 1), and_(le(0, B(t)), le(B(t), BASE - 1)))))
ABOVE_EQUAL = each(DIGITS, lambda t: imp(lt(AT, t), eq(A(t), B(t))))


def written(f: Symbol, size: Term = DIGITS) -> Term:
    """sum over t < T of f(t) D^t"""
    return sum_(size, lambda t: f(t) * power(BASE, t))


DIGITS_APART = le(1, written(B) - written(A))


def digits_apart() -> Theorem:
    """b(j) >= a(j) + 1 and equal digits above j: the numbers are 1 or more apart, whatever the digits below"""
    name, i = fresh("t"), fresh("i")
    t = fam(name)
    j_nat, j_inside, t_nat = assume(nat(AT)), assume(lt(AT, DIGITS)), assume(nat(t))
    base_pos = lin(lt(ZERO, BASE), assume(le(ONE, BASE)))
    move = lambda s: (B(s) - A(s)) * power(BASE, s)
    part = lambda size: sum_(size, move)
    # below j: not less than 1 - D^size; from j + 1 on: at least 1
    phi = lambda size: imp(le(size, DIGITS), and_(imp(le(size, AT), le(1 - power(BASE, size), part(size))), imp(lt(AT, size),
        le(1, part(size)))))

    def proved(size: Term, low: Theorem, high: Theorem) -> Theorem:
        inner = phi(size).args[1]
        halves = both(apply("imp_intro", low, phi=inner.args[0].args[0]), apply("imp_intro", high, phi=inner.args[1].args[0]))
        return apply("imp_intro", halves, phi=le(size, DIGITS))
    empty = apply("sum_empty", i=i, f=move(fam(i)))
    never = lin(lt(ZERO, ZERO), assume(lt(AT, ZERO)), nonneg(j_nat))
    base = proved(ZERO, lin(le(1 - power(BASE, ZERO), part(ZERO)), empty), apply("absurd", never, phi=le(1, part(ZERO))))
    room = assume(le(t + 1, DIGITS))
    inside = lin(lt(t, DIGITS), room)
    before, after = pair(apply("imp_elim", assume(phi(t)), lin(le(t, DIGITS), room)))
    grown, step = apply("sum_step", t_nat, i=i, f=move(fam(i))), apply("power_step", t_nat, a=BASE)
    high_power = power_pos(base_pos, t)
    a_low, rest = pair(each_elim(assume(DIGIT), t, t_nat, inside))
    a_high, rest = pair(rest)
    b_low, b_high = pair(rest)
    # t < j: a digit difference of at least 1 - D
    under = assume(le(t + 1, AT))
    narrow = product(lin(le(ZERO, B(t) - A(t) + BASE - 1), a_high, b_low), high_power)
    low = lin(le(1 - power(BASE, t + 1), part(t + 1)), apply("imp_elim", before, lin(le(t, AT), under)), grown, step, narrow)
    # t = j
    level, from_j = assume(le(t, AT)), assume(lt(AT, t + 1))
    back = lin(le(AT, t), apply("nat_gap", j_nat, apply("nat_closed", t_nat, nat_of(1), op="add"), from_j))
    here = apply("antisymmetric", level, back)
    digit = lin(le(1, B(t) - A(t)), assume(ID_GAP), same_function(here, A), same_function(here, B))
    gain = product(lin(le(ZERO, B(t) - A(t) - 1), digit), high_power)
    exact = lin(le(1, part(t + 1)), apply("imp_elim", before, level), grown, gain)
    # j < t: the digit is equal
    above = assume(lt(AT, t))
    equal = apply("imp_elim", each_elim(assume(ABOVE_EQUAL), t, t_nat, inside), above)
    still = lin(le(1, part(t + 1)), apply("imp_elim", after, above), grown, multiply(equal, power(BASE, t)))
    whole = apply("induction", base, proved(t + 1, low, cases(t, AT, exact, still)), assume(nat(DIGITS)), k=name, phi=phi(t))
    _, last = pair(apply("imp_elim", whole, lin(le(DIGITS, DIGITS))))
    return linsum(DIGITS_APART, apply("imp_elim", last, j_inside))


# ---------------------------------------------------------------- a random projection: few bad weights

SLOPE, OFFSET, FIRST, SECOND, THIRD = (fam(s) for s in ("s", "o", "u", "v", "w"))


def bad(v: Term) -> Term:
    """the weight v brings two tokens less than 2 apart: |s v + o| < 2"""
    return lt(abs_(SLOPE * v + OFFSET), 2)


AT_MOST_TWO = le(2, abs_(SLOPE * THIRD + OFFSET))


def at_most_two() -> Theorem:
    """|s| >= 2: of three integers u < v < w not all are bad"""
    steep, low, high = assume(le(2, abs_(SLOPE))), assume(le(FIRST + 1, SECOND)), assume(le(SECOND + 1, THIRD))
    wide = lin(le(2, THIRD - FIRST), low, high)
    first, last = SLOPE * FIRST + OFFSET, SLOPE * THIRD + OFFSET
    near = assume(bad(FIRST))
    far = product(lin(le(ZERO, abs_(SLOPE) - 2), steep), lin(le(ZERO, THIRD - FIRST - 2), wide))
    up, down = le_abs(last)
    first_up, first_down = le_abs(first)
    other = assume(lt(abs_(last), 2))

    def signed(sign: int, e: Theorem) -> Theorem:
        """|s| = sign s: s (w - u) is at least 4 in size, and less than 4"""
        clash = lin(lt(ZERO, ZERO), far, steep, wide, near, other, up, down, first_up, first_down, multiply(e, THIRD - FIRST), e)
        return apply("absurd", clash, phi=AT_MOST_TWO)
    plus = signed(1, apply("absolute", assume(le(ZERO, SLOPE))))
    minus = signed(-1, apply("absolute", lin(le(SLOPE, ZERO), assume(lt(SLOPE, ZERO)))))
    return cases(2, abs_(last), assume(AT_MOST_TWO), cases(ZERO, SLOPE, plus, minus))


# ---------------------------------------------------------------- token sets do not know how often a token occurs

# a(t), b(t): how often id t < R occurs in either sequence
COUNTED = each(RANGE, lambda t: and_(nat(A(t)), nat(B(t))))
SAME_SET = each(RANGE, lambda t: or_(and_(eq(A(t), 0), eq(B(t), 0)), and_(le(1, A(t)), le(1, B(t)))))
SAME_LENGTH = eq(sum_(RANGE, A), sum_(RANGE, B))
SAME_SUM = eq(sum_(RANGE, lambda t: t * A(t)), sum_(RANGE, lambda t: t * B(t)))
NO_REPEATS = each(RANGE, lambda t: and_(le(A(t), 1), le(B(t), 1)))
SAME_MULTISET = each(RANGE, lambda t: eq(A(t), B(t)))


def same_multiset() -> Theorem:
    """Equal sets, no id more than once: equal multisets"""
    t = fresh("t")
    at = fam(t)
    facts = index_facts(t, RANGE)
    state = each_elim(assume(SAME_SET), at, *facts)
    a_once, b_once = pair(each_elim(assume(NO_REPEATS), at, *facts))
    none, some_ = (pair(assume(s)) for s in state.concl.args)
    once = [apply("antisymmetric", high, low) for high, low in zip((a_once, b_once), some_)]
    goal = eq(A(at), B(at))
    return each_intro(apply("or_elim", state, lin(goal, *none), lin(goal, *once)), t, RANGE)
