"""Contextual mapping: maxima taken out one by one, flooding over a sparse mask, sums that tell multisets apart."""
from __future__ import annotations

from theory.kernel import Theorem
from theory.kim2023.proofs.ramps import given, pair
from theory.lemmas.euclid import sum_nonneg
from theory.lemmas.indices import compare, hit, hit_apart, hit_same, only_one, relu, relu_of
from theory.tactics import (apply, assume, cases, each_elim, each_intro, index_facts, lin, multiply, product, same_function,
                            sum_le, use_attained)
from theory.terms import ONE, ZERO, Symbol, Term, and_, each, eq, fam, fresh, imp, le, lt, max_, nat, or_, some, sum_

LENGTH, RANGE = fam("n"), fam("R")
ID, REM = Symbol("z"), Symbol("x")


# ---------------------------------------------------------------- n layers take out every id

def top(t) -> Term:
    """what the attention layer t finds: the largest remaining id"""
    return max_(LENGTH, lambda k: REM(t, k))


def mark(t, k) -> Term:
    """1 where the remaining id is the largest, else 0"""
    return relu(REM(t, k) - top(t) + 1)


BIG = 2 * RANGE + 2
NATURAL_IDS = each(LENGTH, lambda k: and_(nat(ID(k)), and_(le(1, ID(k)), le(ID(k), RANGE))))
START = each(LENGTH, lambda k: eq(REM(0, k), ID(k)))
LAYERS = each(LENGTH, lambda t: each(LENGTH, lambda k: eq(REM(t + 1, k), REM(t, k) - BIG * mark(t, k))))
RUN = and_(START, LAYERS)
EXTRACTED = each(LENGTH, lambda k: some(LENGTH, lambda t: eq(top(t), ID(k))))


def _id(k: Term, is_nat: Theorem, inside: Theorem) -> tuple[Theorem, Theorem, Theorem]:
    """z(k) in N, 1 <= z(k), z(k) <= R"""
    first, rest = pair(each_elim(assume(NATURAL_IDS), k, is_nat, inside))
    return first, *pair(rest)


def _present(t: Term, k: Term) -> Term:
    """the id of token k is still there, or it has been taken out"""
    return or_(eq(REM(t, k), ID(k)), le(REM(t, k), -1))


def _attained(t: Term, goal: Term, use) -> Theorem:
    """the largest remaining id is that of some j"""
    positive = lin(lt(ZERO, LENGTH), assume(le(ONE, LENGTH)))
    return use_attained(positive, top(t), fresh("j"), use)


def _layer(t: Term, t_nat: Theorem, t_inside: Theorem, k: Term, facts) -> Theorem:
    return each_elim(each_elim(assume(LAYERS), t, t_nat, t_inside), k, *facts)


def _mark_nonneg(t: Term, k: Term) -> Theorem:
    a = REM(t, k) - top(t) + 1
    goal = le(ZERO, mark(t, k))
    high, low = assume(le(ZERO, a)), assume(lt(a, ZERO))
    return cases(ZERO, a, lin(goal, relu_of(high), high), lin(goal, relu_of(low)))


def _big(k: Term, facts) -> Theorem:
    """0 <= 2 R + 2"""
    _, one, high = _id(k, *facts)
    return lin(le(ZERO, BIG), one, high)


def _top_is_id(t: Term, invariant: Theorem, k: Term, facts, here: Theorem, use, goal: Term) -> Theorem:
    """Token k is still there (here: 0 <= x(t, k)): the maximum is the id of some j that is still there.

    `use(j, facts of j, the maximum is x(t, j), x(t, j) = z(j))` proves the goal.
    """
    found = apply("max_bound", *facts, i="i#top", n=LENGTH, f=REM(t, fam("i#top")))

    def consequence(j_nat, j_inside, attained):
        j = j_nat.concl.args[0]
        state = each_elim(invariant, j, j_nat, j_inside)
        still, gone = (assume(s) for s in state.concl.args)
        clash = lin(lt(ZERO, ZERO), gone, attained, found, here)
        return apply("or_elim", state, use(j, (j_nat, j_inside), attained, still), apply("absurd", clash, phi=goal))
    return _attained(t, goal, consequence)


def _keeps(t: Term, t_nat: Theorem, t_inside: Theorem, invariant: Theorem) -> Theorem:
    """the invariant at t + 1"""
    k = fresh("k")
    at = fam(k)
    facts = index_facts(k, LENGTH)
    step, big = _layer(t, t_nat, t_inside, at, facts), _big(at, facts)
    goal = _present(t + 1, at)
    z_nat, one, high = _id(at, *facts)
    gone = assume(le(REM(t, at), -1))
    lost = apply("or_intro", lin(goal.args[1], step, gone, product(big, _mark_nonneg(t, at))), other=goal.args[0], side=1)
    still = assume(eq(REM(t, at), ID(at)))

    def use(j, j_facts, attained, j_still):
        j_id, _, _ = _id(j, *j_facts)
        bound = apply("max_bound", *facts, i="i#top", n=LENGTH, f=REM(t, fam("i#top")))

        def same(e):
            """z(k) = z(j): marked"""
            one_ = relu_of(lin(le(ZERO, REM(t, at) - top(t) + 1), still, attained, j_still, e))
            marked = lin(eq(mark(t, at), ONE), one_, still, attained, j_still, e)
            return apply("or_intro", lin(goal.args[1], step, multiply(marked, BIG), still, one, high), other=goal.args[0], side=1)

        def apart(_, gap):
            if gap.concl.args[1] == ID(at):                      # z(j) + 1 <= z(k): no
                clash = lin(lt(ZERO, ZERO), gap, bound, attained, still, j_still)
                return apply("absurd", clash, phi=goal)
            none = relu_of(lin(le(REM(t, at) - top(t) + 1, ZERO), still, attained, j_still, gap))
            return apply("or_intro", lin(goal.args[0], step, multiply(none, BIG), still), other=goal.args[1], side=0)
        return compare(z_nat, j_id, same, apart)
    kept = _top_is_id(t, invariant, at, facts, lin(le(ZERO, REM(t, at)), still, one), use, goal)
    return each_intro(apply("or_elim", each_elim(invariant, at, *facts), kept, lost), k, LENGTH)


def _always(last: Theorem) -> Theorem:
    """the invariant at every t <= n: an implication"""
    name, k = fresh("t"), fresh("k")
    t = fam(name)
    phi = lambda s: imp(le(s, LENGTH), each(LENGTH, lambda a: _present(s, a)))
    at = fam(k)
    facts = index_facts(k, LENGTH)
    begin = each_elim(assume(START), at, *facts)
    base = each_intro(apply("or_intro", begin, other=le(REM(ZERO, at), -1), side=0), k, LENGTH)
    t_nat, room = assume(nat(t)), assume(le(t + 1, LENGTH))
    known = apply("imp_elim", assume(phi(t)), lin(le(t, LENGTH), room))
    step = _keeps(t, t_nat, lin(lt(t, LENGTH), room), known)
    return apply("induction", apply("imp_intro", base, phi=le(ZERO, LENGTH)), apply("imp_intro", step, phi=le(t + 1, LENGTH)),
                 last, k=name,
                 phi=phi(t))


def gone(x) -> Term:
    """relu(1 - relu(x + 1)): 0 for x >= 0, 1 for x <= -1"""
    return relu(1 - relu(x + 1))


def _gone_is(p: Theorem, x: Term) -> Theorem:
    """0 <= x gives gone(x) = 0; x <= -1 gives gone(x) = 1"""
    if p.concl.args[0] == ZERO:
        inner = relu_of(lin(le(ZERO, x + 1), p))
        return lin(eq(gone(x), ZERO), relu_of(lin(le(1 - relu(x + 1), ZERO), inner, p)))
    inner = relu_of(lin(le(x + 1, ZERO), p))
    return lin(eq(gone(x), ONE), relu_of(lin(le(ZERO, 1 - relu(x + 1)), inner)), inner)


def extracted() -> Theorem:
    """Every id is the maximum that one of the n layers finds: each layer takes out at least one token while there are any"""
    o, name, k = fresh("o"), fresh("t"), fresh("k")
    own, t, at = fam(o), fam(name), fam(k)
    n_nat = assume(nat(LENGTH))
    own_facts, facts = index_facts(o, LENGTH), index_facts(k, LENGTH)
    count = lambda s: sum_(LENGTH, lambda a: gone(REM(s, a)))
    phi = lambda s: imp(le(s, LENGTH), imp(le(0, REM(s, own)), le(s, count(s))))
    i = fresh("i")
    # the start: nothing is counted
    positive = sum_nonneg(_gone_low(REM(ZERO, fam(i))), i, LENGTH)
    base = apply("imp_intro", apply("imp_intro", lin(le(ZERO, count(ZERO)), positive), phi=le(0, REM(ZERO, own))), phi=le(ZERO,
        LENGTH))
    t_nat, room = assume(nat(t)), assume(le(t + 1, LENGTH))
    t_inside = lin(lt(t, LENGTH), room)
    invariant = apply("imp_elim", _always(t_nat), lin(le(t, LENGTH), room))
    later = assume(le(0, REM(t + 1, own)))
    before = lin(le(0, REM(t, own)), later, _layer(t, t_nat, t_inside, own, own_facts),
                 product(_big(own, own_facts), _mark_nonneg(t, own)))
    known = apply("imp_elim", apply("imp_elim", assume(phi(t)), lin(le(t, LENGTH), room)), before)
    goal = le(t + 1, count(t + 1))

    def use(j, j_facts, attained, j_still):
        """token j goes in this layer, and no other comes back"""
        _, j_one, j_high = _id(j, *j_facts)
        marked = lin(eq(mark(t, j), ONE), relu_of(lin(le(ZERO, REM(t, j) - top(t) + 1), attained)), attained)
        down = lin(le(REM(t + 1, j), -1), _layer(t, t_nat, t_inside, j, j_facts), multiply(marked, BIG), j_still, j_one, j_high)
        was, now = _gone_is(lin(le(ZERO, REM(t, j)), j_still, j_one), REM(t, j)), _gone_is(down, REM(t + 1, j))
        more = le(gone(REM(t, at)) + hit(at, j), gone(REM(t + 1, at)))

        def same(e):
            equal = [same_function(e, lambda a, s=s: gone(REM(s, a))) for s in (t, t + 1)]
            return lin(more, hit_same(e), was, now, *equal)

        def other(_, gap):
            step = _layer(t, t_nat, t_inside, at, facts)
            falls = lin(le(REM(t + 1, at), REM(t, at)), step, product(_big(at, facts), _mark_nonneg(t, at)))
            return lin(more, hit_apart(gap, at, j), _gone_grows(falls))
        total = sum_le(compare(facts[0], j_facts[0], same, other), k, LENGTH)
        one = only_one(n_nat, *j_facts, lambda a: hit(a, j), lambda a, a_nat, _, apart: hit_apart(
            apply("nat_gap", a_nat, j_facts[0], apart) if apart.concl.args[0] == a else apply("nat_gap", j_facts[0], a_nat,
                apart), a, j))
        split = apply("sum_add", i=k, n=LENGTH, f=gone(REM(t, at)), g=hit(at, j))
        return lin(goal, known, total, split, one, hit_same(lin(eq(j, j))))
    grown = _top_is_id(t, invariant, own, own_facts, before, use, goal)
    step = apply("imp_intro", apply("imp_intro", grown, phi=le(0, REM(t + 1, own))), phi=le(t + 1, LENGTH))
    counted = apply("imp_elim", apply("induction", base, step, n_nat, k=name, phi=phi(t)), lin(le(LENGTH, LENGTH)))
    # were token o still there after n layers, n of the other n - 1 would be gone
    here = assume(le(0, REM(LENGTH, own)))
    many = apply("imp_elim", counted, here)
    room_for = le(gone(REM(LENGTH, at)) + hit(at, own), ONE)
    zero = _gone_is(here, REM(LENGTH, own))

    def itself(e):
        return lin(room_for, hit_same(e), zero, same_function(e, lambda a: gone(REM(LENGTH, a))))

    def another(_, gap):
        return lin(room_for, hit_apart(gap, at, own), _gone_high(REM(LENGTH, at)))
    total = sum_le(compare(facts[0], own_facts[0], itself, another), k, LENGTH)
    one = only_one(n_nat, *own_facts, lambda a: hit(a, own), lambda a, a_nat, _, apart: hit_apart(
        apply("nat_gap", a_nat, own_facts[0], apart) if apart.concl.args[0] == a else apply("nat_gap", own_facts[0], a_nat,
            apart), a, own))
    split = apply("sum_add", i=k, n=LENGTH, f=gone(REM(LENGTH, at)), g=hit(at, own))
    clash = lin(lt(ZERO, ZERO), many, total, split, one, hit_same(lin(eq(own, own))), apply("sum_constant", n_nat, c=ONE))
    goal = some(LENGTH, lambda s: eq(top(s), ID(own)))
    left = assume(lt(REM(LENGTH, own), 0))
    done = cases(0, REM(LENGTH, own), apply("absurd", clash, phi=goal), _found(own, own_facts, left, goal))
    return given(each_intro(done, o, LENGTH), RUN)


def _gone_low(x: Term) -> Theorem:
    """0 <= gone(x)"""
    a = 1 - relu(x + 1)
    high, low = assume(le(ZERO, a)), assume(lt(a, ZERO))
    goal = le(ZERO, gone(x))
    return cases(ZERO, a, lin(goal, relu_of(high), high), lin(goal, relu_of(low)))


def _relu_low(a: Term) -> Theorem:
    high, low = assume(le(ZERO, a)), assume(lt(a, ZERO))
    goal = le(ZERO, relu(a))
    return cases(ZERO, a, lin(goal, relu_of(high), high), lin(goal, relu_of(low)))


def _gone_high(x: Term) -> Theorem:
    """gone(x) <= 1"""
    a = 1 - relu(x + 1)
    high, low = assume(le(ZERO, a)), assume(lt(a, ZERO))
    goal = le(gone(x), ONE)
    return cases(ZERO, a, lin(goal, relu_of(high), _relu_low(x + 1)), lin(goal, relu_of(low)))


def _grows(p: Theorem) -> Theorem:
    """a <= b gives relu(a) <= relu(b)"""
    a, b = p.concl.args
    goal = le(relu(a), relu(b))
    low, high = assume(lt(a, ZERO)), assume(le(ZERO, a))
    return cases(ZERO, a, lin(goal, relu_of(high), relu_of(lin(le(ZERO, b), high, p)), p), lin(goal, relu_of(low), _relu_low(b)))


def _gone_grows(falls: Theorem) -> Theorem:
    """y <= x gives gone(x) <= gone(y)"""
    y, x = falls.concl.args
    inner = _grows(lin(le(y + 1, x + 1), falls))
    return _grows(lin(le(1 - relu(x + 1), 1 - relu(y + 1)), inner))


def _found(own: Term, own_facts, left: Theorem, goal: Term) -> Theorem:
    """Token o is gone after n layers: the layer that took it found its id"""
    name = fresh("s")
    s = fam(name)
    phi = lambda a: imp(le(a, LENGTH), or_(eq(REM(a, own), ID(own)), goal))
    begin = each_elim(assume(START), own, *own_facts)
    base = apply("imp_intro", apply("or_intro", begin, other=goal, side=0), phi=le(ZERO, LENGTH))
    s_nat, room = assume(nat(s)), assume(le(s + 1, LENGTH))
    inside = lin(lt(s, LENGTH), room)
    known = apply("imp_elim", assume(phi(s)), lin(le(s, LENGTH), room))
    invariant = apply("imp_elim", _always(s_nat), lin(le(s, LENGTH), room))
    still = assume(eq(REM(s, own), ID(own)))
    z_nat, one, _ = _id(own, *own_facts)
    wanted = phi(s + 1).args[1]
    step = _layer(s, s_nat, inside, own, own_facts)
    bound = apply("max_bound", *own_facts, i="i#top", n=LENGTH, f=REM(s, fam("i#top")))

    def use(j, j_facts, attained, j_still):
        j_id, _, _ = _id(j, *j_facts)

        def same(e):
            here = lin(eq(top(s), ID(own)), attained, j_still, e)
            x = fresh("s")
            body = and_(and_(nat(fam(x)), lt(fam(x), LENGTH)), eq(top(fam(x)), ID(own)))
            shown = apply("exists_intro", apply("and_intro", apply("and_intro", s_nat, inside), here), x=x, phi=body, t=s)
            return apply("or_intro", shown, other=wanted.args[0], side=1)

        def apart(_, gap):
            if gap.concl.args[1] == ID(own):
                clash = lin(lt(ZERO, ZERO), gap, bound, attained, still, j_still)
                return apply("absurd", clash, phi=wanted)
            none = relu_of(lin(le(REM(s, own) - top(s) + 1, ZERO), still, attained, j_still, gap))
            return apply("or_intro", lin(wanted.args[0], step, multiply(none, BIG), still), other=goal, side=0)
        return compare(z_nat, j_id, same, apart)
    moved = _top_is_id(s, invariant, own, own_facts, lin(le(ZERO, REM(s, own)), still, one), use, wanted)
    old = apply("or_intro", assume(goal), other=wanted.args[0], side=1)
    grown = apply("imp_intro", apply("or_elim", known, moved, old), phi=le(s + 1, LENGTH))
    end = apply("imp_elim", apply("induction", base, grown, assume(nat(LENGTH)), k=name, phi=phi(s)), lin(le(LENGTH, LENGTH)))
    same_still = assume(eq(REM(LENGTH, own), ID(own)))
    clash = lin(lt(ZERO, ZERO), left, same_still, one)
    return apply("or_elim", end, apply("absurd", clash, phi=goal), assume(goal))
