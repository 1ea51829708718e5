"""Reading a label out of a word: triangle waves give the bits, one gate per slot the label (Vardi et al. 2022, in integers)."""
from __future__ import annotations

from theory.kernel import Theorem
from theory.kim2023.proofs.ramps import pair
from theory.lemmas.indices import only_one, relu, relu_of
from theory.tactics import (apply, assume, both, each_elim, each_intro, index_facts, lin, multiply, nat_of, nonneg, product,
                            same_function)
from theory.terms import ZERO, Symbol, Term, abs_, and_, each, eq, fam, fresh, imp, le, lt, nat, or_, sum_

COUNT, SIZE = fam("K"), fam("T")
BIT, POWER, REST, FIRST, SECOND = Symbol("b"), Symbol("p"), Symbol("w"), Symbol("x"), Symbol("y")


def fold(x: Term, i: Term) -> Term:
    """x - 2 relu(x - p_i): the triangle wave of half width p_i"""
    return x - 2 * relu(x - POWER(i))


BITS = each(COUNT, lambda i: or_(eq(BIT(i), 0), eq(BIT(i), 1)))
# p_i = 2^(K + 1 - i); w_i is 2 plus 4 times the number that the bits from i on write
POWERS = and_(eq(POWER(COUNT), 2), each(COUNT, lambda i: eq(POWER(i), 2 * POWER(i + 1))))
WORDS = and_(eq(REST(COUNT), 2), each(COUNT, lambda i: eq(REST(i), BIT(i) * POWER(i) + REST(i + 1))))
REGISTERS = and_(and_(eq(FIRST(0), REST(0)), eq(SECOND(0), REST(0) - 1)),
                 each(COUNT, lambda i: and_(eq(FIRST(i + 1), fold(FIRST(i), i)), eq(SECOND(i + 1), fold(SECOND(i), i)))))
READ = each(COUNT, lambda i: eq(relu(SECOND(i + 1) - FIRST(i + 1)), BIT(i)))


def _at(phi: Term, side: int, i: Term, facts) -> Theorem:
    return each_elim(pair(assume(phi))[side], i, *facts)


def _range(i: Term, i_nat: Theorem, inside: Theorem) -> Theorem:
    """2 <= w_i and w_i + 2 <= 2 p_i for i <= K, by induction on K - i: an implication free of the order of the steps"""
    name = fresh("j")
    j = fam(name)
    phi = lambda s: imp(le(s, COUNT), and_(le(2, REST(COUNT - s)), le(REST(COUNT - s) + 2, 2 * POWER(COUNT - s))))
    top = lin(eq(COUNT, COUNT - ZERO))
    last_w, last_p = pair(assume(WORDS))[0], pair(assume(POWERS))[0]
    moved = [same_function(top, f) for f in (REST, POWER)]
    base = apply("imp_intro", both(lin(le(2, REST(COUNT - ZERO)), last_w, *moved),
                                   lin(le(REST(COUNT - ZERO) + 2, 2 * POWER(COUNT - ZERO)), last_w, last_p, *moved)),
                                   phi=le(ZERO, COUNT))
    j_nat, room, k_nat = assume(nat(j)), assume(le(j + 1, COUNT)), assume(nat(COUNT))
    low, high = pair(apply("imp_elim", assume(phi(j)), lin(le(j, COUNT), room)))
    here = COUNT - (j + 1)
    facts = (apply("nat_difference", k_nat, apply("nat_closed", j_nat, nat_of(1), op="add"), room), lin(lt(here, COUNT),
        nonneg(j_nat)))
    next_ = lin(eq(here + 1, COUNT - j))
    renamed = [same_function(next_, f) for f in (REST, POWER)]
    word, double = _at(WORDS, 1, here, facts), _at(POWERS, 1, here, facts)
    bit = each_elim(assume(BITS), here, *facts)
    goals = and_(le(2, REST(here)), le(REST(here) + 2, 2 * POWER(here)))
    options = []
    for s in bit.concl.args:
        e = assume(s)
        used = [word, double, low, high, *renamed, multiply(e, POWER(here))]
        options.append(both(*(lin(g, *used) for g in goals.args)))
    step = apply("imp_intro", apply("or_elim", bit, *options), phi=le(j + 1, COUNT))
    gap = apply("nat_difference", k_nat, i_nat, inside)
    whole = apply("imp_elim", apply("induction", base, step, gap, k=name, phi=phi(j)), lin(le(COUNT - i, COUNT), nonneg(i_nat)))
    back = [same_function(lin(eq(COUNT - (COUNT - i), i)), f) for f in (REST, POWER)]
    low, high = pair(whole)
    return both(lin(le(2, REST(i)), low, *back), lin(le(REST(i) + 2, 2 * POWER(i)), high, *back))


def _state(i: Term) -> Term:
    """the registers hold w_i and w_i - 1, or their mirror images in 2 p_i"""
    return or_(and_(eq(FIRST(i), REST(i)), eq(SECOND(i), REST(i) - 1)),
               and_(eq(FIRST(i), 2 * POWER(i) - REST(i)), eq(SECOND(i), 2 * POWER(i) - REST(i) + 1)))


def _folded(i: Term, i_nat: Theorem, inside: Theorem, before: Theorem, goal: Term, use) -> Theorem:
    """From the state at i, both values of the bit: `use(bit equation, x_(i+1) and y_(i+1) as equations, side)`"""
    facts = (i_nat, inside)
    first, second = pair(_at(REGISTERS, 1, i, facts))
    word, double, bit = _at(WORDS, 1, i, facts), _at(POWERS, 1, i, facts), each_elim(assume(BITS), i, *facts)
    next_nat = apply("nat_closed", i_nat, nat_of(1), op="add")
    low, high = pair(_range(i + 1, next_nat, apply("nat_gap", i_nat, assume(nat(COUNT)), inside)))
    out = []
    for state in before.concl.args:
        is_ = pair(assume(state))
        inner = []
        for value, s in enumerate(bit.concl.args):
            e = assume(s)
            equations = [word, double, multiply(e, POWER(i)), *is_]
            folds = []
            for register, equation in ((FIRST, first), (SECOND, second)):
                over = (value == 1) is (state == before.concl.args[0])          # on the falling side of the wave
                t = register(i) - POWER(i)
                cut = relu_of(lin(le(ZERO, t) if over else le(t, ZERO), low, high, *equations))
                folds.append(lin(eq(register(i + 1), (REST if register is FIRST else _less)(i + 1) if value == 0
                                    else 2 * POWER(i + 1) - (REST if register is FIRST else _less)(i + 1)), equation, cut,
                                    *equations))
            inner.append(use(e, value, *folds))
        out.append(apply("or_elim", bit, *inner))
    return apply("or_elim", before, *out)


def _less(i: Term) -> Term:
    return REST(i) - 1


def read() -> Theorem:
    """After i folds the two registers, 1 apart, lie in one piece of the wave, rising where the i-th bit is 0: K bits are read"""
    name, k = fresh("i"), fresh("k")
    i, at = fam(name), fam(k)
    phi = lambda s: imp(le(s, COUNT), _state(s))
    begin, _ = pair(assume(REGISTERS))
    base = apply("imp_intro", apply("or_intro", begin, other=_state(ZERO).args[1], side=0), phi=le(ZERO, COUNT))
    i_nat, room = assume(nat(i)), assume(le(i + 1, COUNT))
    inside = lin(lt(i, COUNT), room)
    before = apply("imp_elim", assume(phi(i)), lin(le(i, COUNT), room))
    target = _state(i + 1)

    def next_state(_, value: int, first: Theorem, second: Theorem) -> Theorem:
        now = both(*(lin(g, t) for g, t in zip(target.args[value].args, (first, second))))
        return apply("or_intro", now, other=target.args[1 - value], side=value)
    step = apply("imp_intro", _folded(i, i_nat, inside, before, target, next_state), phi=le(i + 1, COUNT))
    at_nat, at_inside = index_facts(k, COUNT)
    here = apply("imp_elim", apply("induction", base, step, at_nat, k=name, phi=phi(i)), lin(le(at, COUNT), at_inside))
    goal = eq(relu(SECOND(at + 1) - FIRST(at + 1)), BIT(at))

    def bit_of(e: Theorem, value: int, first: Theorem, second: Theorem) -> Theorem:
        gap = SECOND(at + 1) - FIRST(at + 1)
        return lin(goal, relu_of(lin(le(ZERO, gap) if value else le(gap, ZERO), first, second)), e, first, second)
    return each_intro(_folded(at, at_nat, at_inside, here, goal, bit_of), k, COUNT)


# ---------------------------------------------------------------- one gate per slot

SLOTS, CLASSES, Z, AT = fam("B"), fam("C"), fam("z"), fam("j")
ID, LABEL = Symbol("a"), Symbol("y")
LABELS = each(SLOTS, lambda k: and_(le(0, LABEL(k)), le(LABEL(k), CLASSES)))
OTHERS = each(SLOTS, lambda k: imp(or_(lt(k, AT), lt(AT, k)), le(1, abs_(Z - ID(k)))))
GATED = eq(sum_(SLOTS, lambda k: relu(LABEL(k) - CLASSES * abs_(Z - ID(k)))), LABEL(AT))


def gated() -> Theorem:
    """z = a_j, the other slots' ids at least 1 away, labels between 0 and C: the gates relu(y_k - C |z - a_k|) add up to y_j"""
    j_nat, j_inside = assume(nat(AT)), assume(lt(AT, SLOTS))
    gate = lambda k: relu(LABEL(k) - CLASSES * abs_(Z - ID(k)))

    def closed(k: Term, k_nat: Theorem, inside: Theorem, apart: Theorem) -> Theorem:
        both_ = or_(lt(k, AT), lt(AT, k))
        side = 0 if apart.concl == both_.args[0] else 1
        far = apply("imp_elim", each_elim(assume(OTHERS), k, k_nat, inside), apply("or_intro", apart,
                                                                                   other=both_.args[1 - side], side=side))
        low, high = pair(each_elim(assume(LABELS), k, k_nat, inside))
        wide = product(lin(le(ZERO, CLASSES), low, high), lin(le(ZERO, abs_(Z - ID(k)) - 1), far))
        return relu_of(lin(le(LABEL(k) - CLASSES * abs_(Z - ID(k)), ZERO), wide, high))
    one = only_one(assume(nat(SLOTS)), j_nat, j_inside, gate, closed)
    here = assume(eq(Z, ID(AT)))
    none = apply("absolute", lin(le(ZERO, Z - ID(AT)), here))
    low, _ = pair(each_elim(assume(LABELS), AT, j_nat, j_inside))
    open_ = relu_of(lin(le(ZERO, LABEL(AT) - CLASSES * abs_(Z - ID(AT))), low, multiply(none, CLASSES), multiply(here, CLASSES)))
    return lin(GATED, one, open_, multiply(none, CLASSES), multiply(here, CLASSES))
