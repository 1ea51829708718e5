"""Sparse attention: the largest id floods over a mask; a star has no Hamiltonian path."""
from __future__ import annotations

from theory.kernel import Theorem
from theory.kim2023.proofs.ramps import given, pair
from theory.tactics import (apply, assume, both, cases, each_elim, each_intro, index_facts, lin, max_least, multiply, nat_of,
                            nonneg, product)
from theory.terms import ONE, ZERO, Symbol, Term, and_, each, eq, fam, fresh, imp, le, lt, max_, nat, num, or_

LENGTH, X = fam("n"), Symbol("x")


SIZE, WALK, MASK, FLOOD = fam("T"), Symbol("q"), Symbol("e"), Symbol("c")
STEPS = SIZE - 1
IN_MASK = each(LENGTH, lambda k: each(LENGTH, lambda l: or_(eq(MASK(k, l), 0), eq(MASK(k, l), 1))))
FLOODING = each(STEPS, lambda s: each(LENGTH, lambda k: eq(FLOOD(s + 1, k), max_(LENGTH, lambda l: MASK(k, l) * FLOOD(s, l)))))
POSITIVE = each(LENGTH, lambda k: le(0, FLOOD(0, k)))
A_WALK = and_(each(SIZE, lambda s: and_(nat(WALK(s)), lt(WALK(s), LENGTH))), each(STEPS, lambda s: eq(MASK(WALK(s + 1),
    WALK(s)), 1)))
NETWORK = and_(IN_MASK, and_(POSITIVE, FLOODING))
LARGEST = max_(LENGTH, lambda k: FLOOD(0, k))
FROM_LARGEST = eq(FLOOD(0, WALK(0)), LARGEST)
FROM_THERE = and_(A_WALK, FROM_LARGEST)
FLOODED = eq(FLOOD(STEPS, WALK(STEPS)), LARGEST)


def flooded() -> Theorem:
    """A walk of D edges from a token with the largest id: after D masked maxima its end knows the largest id"""
    name, k = fresh("s"), fresh("k")
    s, at = fam(name), fam(k)
    positive = lin(lt(ZERO, LENGTH), assume(le(ONE, LENGTH)))
    facts = index_facts(k, LENGTH)
    longer = lin(lt(STEPS, SIZE))
    steps_nat = apply("nat_difference", assume(nat(SIZE)), nat_of(1), assume(le(ONE, SIZE)))
    s_nat, room = assume(nat(s)), assume(le(s + 1, STEPS))
    inside = lin(lt(s, STEPS), room)
    wide = lambda a: each(LENGTH, lambda l: and_(le(0, FLOOD(a, l)), le(FLOOD(a, l), LARGEST)))
    phi = lambda a: imp(le(a, STEPS), and_(wide(a), le(LARGEST, FLOOD(a, WALK(a)))))
    bound = apply("max_bound", *facts, i="i#flood", n=LENGTH, f=FLOOD(0, fam("i#flood")))
    begin = each_intro(both(each_elim(assume(POSITIVE), at, *facts), bound), k, LENGTH)
    base = apply("imp_intro", both(begin, lin(le(LARGEST, FLOOD(ZERO, WALK(ZERO))), assume(FROM_LARGEST))), phi=le(ZERO, STEPS))
    known = apply("imp_elim", assume(phi(s)), lin(le(s, STEPS), room))
    kept, reached = pair(known)

    def place(a: Term, a_nat: Theorem, below: Theorem) -> tuple[Theorem, Theorem]:
        return pair(each_elim(pair(assume(A_WALK))[0], a, a_nat, below))
    next_nat = apply("nat_closed", s_nat, nat_of(1), op="add")
    here_nat, here_inside = place(s, s_nat, lin(lt(s, SIZE), inside, longer))
    end_nat, end_inside = place(s + 1, next_nat, lin(lt(s + 1, SIZE), room, longer))
    layer = lambda a, a_facts: each_elim(each_elim(assume(FLOODING), s, s_nat, inside), a, *a_facts)
    passed = lambda a: lambda l: MASK(a, l) * FLOOD(s, l)
    # nobody exceeds the largest, nobody falls below 0
    i = fresh("i")
    l = fam(i)
    l_facts = index_facts(i, LENGTH)
    low, high = pair(each_elim(kept, l, *l_facts))
    edge = each_elim(each_elim(assume(IN_MASK), at, *facts), l, *l_facts)
    cells = []
    for goal in (le(passed(at)(l), LARGEST), le(ZERO, passed(at)(l))):
        absent, present = (assume(e) for e in edge.concl.args)
        some_low = lin(le(ZERO, LARGEST), low, high)
        cells.append(apply("or_elim", edge, lin(goal, multiply(absent, FLOOD(s, l)), some_low), lin(goal, multiply(present,
            FLOOD(s, l)), low, high)))
    most = max_least(positive, cells[0], i, LENGTH)
    first = apply("max_bound", nat_of(0), positive, i=i, n=LENGTH, f=passed(at)(l))
    first_low = apply("instance", cells[1], mapping=((i, (), ZERO),))
    for fact in (nat_of(0), positive):
        if fact.concl in first_low.hyps:
            first_low = apply("cut", fact, first_low)
    step = layer(at, facts)
    spread = each_intro(both(lin(le(0, FLOOD(s + 1, at)), step, first, first_low), lin(le(FLOOD(s + 1, at), LARGEST), step,
                                                                                       most)), k, LENGTH)
    # along the walk's edge the largest moves on
    open_edge = each_elim(pair(assume(A_WALK))[1], s, s_nat, inside)
    arrives = apply("max_bound", here_nat, here_inside, i=i, n=LENGTH, f=passed(WALK(s + 1))(l))
    moved = lin(le(LARGEST, FLOOD(s + 1, WALK(s + 1))), reached, arrives, multiply(open_edge, FLOOD(s, WALK(s))),
                layer(WALK(s + 1), (end_nat, end_inside)))
    grown = apply("imp_intro", both(spread, moved), phi=le(s + 1, STEPS))
    end = apply("imp_elim", apply("induction", base, grown, steps_nat, k=name, phi=phi(s)), lin(le(STEPS, STEPS)))
    last_nat, last_inside = place(STEPS, steps_nat, longer)
    all_, there = pair(end)
    ends = apply("antisymmetric", pair(each_elim(all_, WALK(STEPS), last_nat, last_inside))[1], there)
    return given(given(ends, NETWORK), FROM_THERE)


STAR_LEAVES = or_(le(2, X(0) * X(1)), le(2, X(2) * X(3)))
ORDER = each(LENGTH, lambda k: and_(nat(X(k)), each(k, lambda l: or_(lt(X(l), X(k)), lt(X(k), X(l))))))


def star() -> Theorem:
    """In any order of n >= 4 nodes, nodes 0 and 1 of it, or nodes 2 and 3, are both leaves of the star around 0: no edge joins.

    Two leaves are distinct naturals from 1 on, so their product is at least 2.
    """
    four = assume(le(4, LENGTH))

    def parts(k: int) -> tuple[Theorem, Theorem]:
        return pair(each_elim(assume(ORDER), num(k), nat_of(k), lin(lt(k, LENGTH), four)))

    def node(k: int) -> Theorem:
        return parts(k)[0]

    def by_order(k: int, l: int, goal: Term, use) -> Theorem:
        """l < k differ: x(l) < x(k) or x(k) < x(l)"""
        d = each_elim(parts(k)[1], num(l), nat_of(l), lin(lt(l, k)))
        below, above = (assume(s) for s in d.concl.args)
        return apply("or_elim", d, use(apply("nat_gap", node(l), node(k), below)), use(apply("nat_gap", node(k), node(l), above)))

    def hub_or(k: int, hub, leaf) -> Theorem:
        """x(k) = 0, or 1 <= x(k)"""
        low = apply("antisymmetric", assume(le(X(k), 0)), nonneg(node(k)))
        return cases(X(k), 0, hub(low), leaf(apply("nat_gap", nat_of(0), node(k), assume(lt(0, X(k))))))

    def clash(k: int, l: int, ek: Theorem, el: Theorem) -> Theorem:
        """both are the hub, yet they differ"""
        return by_order(k, l, STAR_LEAVES, lambda gap: apply("absurd", lin(lt(ZERO, ZERO), gap, ek, el), phi=STAR_LEAVES))

    def leaves(l: int, one_l: Theorem, one_k: Theorem) -> Theorem:
        goal = le(2, X(l) * X(l + 1))
        both_ = product(lin(le(ZERO, X(l) - 1), one_l), lin(le(ZERO, X(l + 1) - 1), one_k))
        side = STAR_LEAVES.args.index(goal)
        shown = by_order(l + 1, l, goal, lambda gap: lin(goal, both_, gap, one_l, one_k))
        return apply("or_intro", shown, other=STAR_LEAVES.args[1 - side], side=side)

    def behind(first: int, e: Theorem) -> Theorem:
        """x(first) is the hub: then x(2), x(3) are leaves"""
        return hub_or(2, lambda e2: clash(2, first, e2, e),
                      lambda p2: hub_or(3, lambda e3: clash(3, first, e3, e), lambda p3: leaves(2, p2, p3)))
    return hub_or(0, lambda e: behind(0, e), lambda p0: hub_or(1, lambda e: behind(1, e), lambda p1: leaves(0, p0, p1)))
