"""Sums over indices: the one term that counts, interchange, renaming by a permutation, the pigeonhole. For symbolic sizes.

`hit(a, b)` = relu(1 - |a - b|) is 1 where a = b and 0 where they are 1 or more apart: between naturals, the indicator of
equality.
"""
from __future__ import annotations

from typing import Callable

from theory.kernel import Theorem
from theory.lemmas.euclid import sum_zero
from theory.tactics import (apply, assume, both, cases, each_elim, index_facts, lin, multiply, nonneg, same_function, sum_eq,
                            sum_le,
                            swap, trans)
from theory.terms import ONE, ZERO, Term, abs_, and_, each, eq, fam, fresh, imp, le, lt, nat, or_, real, sum_

Body = Callable[[Term], Term]


def relu(t) -> Term:
    """max(t, 0)"""
    t = real(t)
    return (t + abs_(t)) / 2


def hit(a, b) -> Term:
    """relu(1 - |a - b|)"""
    return relu(1 - abs_(real(a) - real(b)))


def relu_of(p: Theorem) -> Theorem:
    """0 <= t (or <) gives relu(t) = t;  t <= 0 (or <) gives relu(t) = 0"""
    a, b = p.concl.args
    t = b if a == ZERO else a
    weak = p if p.concl.op == "le" else lin(le(a, b), p)
    size = apply("absolute", weak)
    return lin(eq(relu(t), t if a == ZERO else ZERO), size)


def hit_same(e: Theorem) -> Theorem:
    """a = b gives hit(a, b) = 1"""
    a, b = e.concl.args
    gap = a - b
    none = apply("absolute", lin(le(ZERO, gap), e))
    return lin(eq(hit(a, b), ONE), relu_of(lin(le(ZERO, 1 - abs_(gap)), none, e)), none, e)


def hit_apart(p: Theorem, a: Term, b: Term) -> Theorem:
    """a + 1 <= b, or b + 1 <= a, gives hit(a, b) = 0"""
    gap = a - b
    up = p.concl.args[1] == a
    size = apply("absolute", lin(le(ZERO, gap) if up else le(gap, ZERO), p))
    return relu_of(lin(le(1 - abs_(gap), ZERO), size, p))


def compare(a_nat: Theorem, b_nat: Theorem, same: Callable[[Theorem], Theorem], apart: Callable[[Theorem, Theorem],
    Theorem]) -> Theorem:
    """Naturals a, b: `same` proves the goal from a = b, `apart` from a < b with a + 1 <= b, and from b < a with b + 1 <= a."""
    a, b = a_nat.concl.args[0], b_nat.concl.args[0]
    below, above = assume(lt(a, b)), assume(lt(b, a))
    level, under = assume(le(a, b)), assume(le(b, a))
    low = apart(below, apply("nat_gap", a_nat, b_nat, below))
    high = apart(above, apply("nat_gap", b_nat, a_nat, above))
    middle = cases(b, a, same(apply("antisymmetric", level, under)), low)      # with a <= b at hand
    return cases(a, b, middle, high)


def only_one(n_nat: Theorem, m_nat: Theorem, m_inside: Theorem, g: Body, zero: Callable[[Term, Theorem, Theorem, Theorem],
                                                                                        Theorem]) -> Theorem:
    """sum over l < n of g(l) = g(m), when g(l) = 0 elsewhere: `zero(l, l in N, l < n, l < m or m < l)` proves it"""
    n, m = n_nat.concl.args[0], m_nat.concl.args[0]
    name, k = fresh("j"), fresh("k")
    j = fam(name)
    part = lambda size: sum_(size, g)
    before = lambda size: imp(le(size, m), eq(part(size), ZERO))
    after = lambda size: imp(lt(m, size), eq(part(size), g(m)))
    phi = lambda size: imp(le(size, n), and_(before(size), after(size)))
    j_nat = assume(nat(j))

    def proved(size: Term, low: Theorem, high: Theorem) -> Theorem:
        halves = [apply("imp_intro", low, phi=le(size, m)), apply("imp_intro", high, phi=lt(m, size))]
        return apply("imp_intro", both(*halves), phi=le(size, n))
    never = lin(lt(ZERO, ZERO), assume(lt(m, ZERO)), nonneg(m_nat))
    base = proved(ZERO, apply("sum_empty", i=k, f=g(fam(k))), apply("absurd", never, phi=eq(part(ZERO), g(m))))
    room = assume(le(j + 1, n))
    inside = lin(lt(j, n), room)
    known = apply("imp_elim", assume(phi(j)), lin(le(j, n), room))
    small, large = apply("and_elim", known, side=0), apply("and_elim", known, side=1)
    grown = apply("sum_step", j_nat, i=k, f=g(fam(k)))
    following = j + 1
    under = assume(lt(j, m))
    nothing = lin(eq(part(following), ZERO), grown, apply("imp_elim", small, lin(le(j, m), under)), zero(j, j_nat, inside, under))
    clash = lin(lt(m, m), assume(lt(m, following)), apply("nat_gap", j_nat, m_nat, under))
    first = proved(following, nothing, apply("absurd", clash, phi=eq(part(following), g(m))))
    from_m = assume(le(m, j))
    clash = lin(lt(m, m), assume(le(following, m)), from_m)
    no = apply("absurd", clash, phi=eq(part(following), ZERO))
    level = assume(le(j, m))
    here = same_function(apply("antisymmetric", level, from_m), g)
    one = lin(eq(part(following), g(m)), grown, apply("imp_elim", small, level), here)
    above = assume(lt(m, j))
    still = lin(eq(part(following), g(m)), grown, apply("imp_elim", large, above), zero(j, j_nat, inside, above))
    second = proved(following, no, cases(j, m, one, still))
    whole = apply("induction", base, cases(m, j, second, first), n_nat, k=name, phi=phi(j))
    ends = apply("imp_elim", whole, lin(le(n, n)))
    return apply("imp_elim", apply("and_elim", ends, side=1), m_inside)


def swap_sums(d_nat: Theorem, n: Term, f: Callable[[Term, Term], Term]) -> Theorem:
    """sum over k < n of (sum over i < d of f(i, k)) = sum over i < d of (sum over k < n of f(i, k)), by induction on d"""
    name, i, k = fresh("d"), fresh("i"), fresh("k")
    at, body = fam(name), f(fam(i), fam(k))

    def phi(size: Term) -> Term:
        return eq(sum_(n, lambda b: sum_(size, lambda a: f(a, b))), sum_(size, lambda a: sum_(n, lambda b: f(a, b))))
    inner = sum_(n, lambda b: f(fam(i), b))
    empty = trans(sum_eq(apply("sum_empty", i=i, f=body), k, n), sum_zero(k, n))
    base = lin(phi(ZERO), empty, apply("sum_empty", i=i, f=inner))
    size_nat = assume(nat(at))
    grown = sum_eq(apply("sum_step", size_nat, i=i, f=body), k, n)
    split = apply("sum_add", i=k, n=n, f=sum_(at, lambda a: f(a, fam(k))), g=f(at, fam(k)))
    step = lin(phi(at + 1), assume(phi(at)), grown, split, apply("sum_step", size_nat, i=i, f=inner))
    return apply("induction", base, step, d_nat, k=name, phi=phi(at))


# ---------------------------------------------------------------- permutations

def permutation(n: Term, p: Body, q: Body) -> Term:
    """p and q map the naturals below n to such, and each undoes the other"""
    def maps(f: Body, g: Body) -> Callable[[Term], Term]:
        return lambda k: and_(nat(f(k)), and_(lt(f(k), n), eq(g(f(k)), k)))
    return and_(each(n, maps(p, q)), each(n, maps(q, p)))


def image(theorem: Theorem, side: int, k: Term, is_nat: Theorem, inside: Theorem) -> tuple[Theorem, Theorem, Theorem]:
    """p(k) in N, p(k) < n, q(p(k)) = k from `permutation` (side 0; side 1 for q)"""
    at = each_elim(apply("and_elim", theorem, side=side), k, is_nat, inside)
    rest = apply("and_elim", at, side=1)
    return apply("and_elim", at, side=0), apply("and_elim", rest, side=0), apply("and_elim", rest, side=1)


def reindexed(n_nat: Theorem, given: Theorem, p: Body, q: Body, f: Body) -> Theorem:
    """sum over l < n of f(p(l)) = sum over l < n of f(l), for a permutation p with inverse q"""
    n = n_nat.concl.args[0]
    l, m = fresh("l"), fresh("m")
    at, to = fam(l), fam(m)
    l_nat, l_inside = index_facts(l, n)
    m_nat, m_inside = index_facts(m, n)
    p_nat, p_inside, back = image(given, 0, at, l_nat, l_inside)
    term = lambda a, b: hit(p(a), b) * f(b)

    def elsewhere(b: Term, b_nat: Theorem, _, apart: Theorem) -> Theorem:
        gap = apply("nat_gap", b_nat, p_nat, apart) if apart.concl.args[0] == b else apply("nat_gap", p_nat, b_nat, apart)
        return lin(eq(term(at, b), ZERO), multiply(hit_apart(gap, p(at), b), f(b)))
    found = only_one(n_nat, p_nat, p_inside, lambda b: term(at, b), elsewhere)
    one = hit_same(lin(eq(p(at), p(at))))
    spread = sum_eq(lin(eq(f(p(at)), found.concl.args[0]), found, multiply(one, f(p(at)))), l, n)
    crossed = swap_sums(n_nat, n, lambda b, a: term(a, b))
    q_nat, q_inside, forth = image(given, 1, to, m_nat, m_inside)

    def missed(a: Term, a_nat: Theorem, inside: Theorem, apart: Theorem) -> Theorem:
        """p(a) = m would give a = q(p(a)) = q(m)"""
        pa_nat, _, a_back = image(given, 0, a, a_nat, inside)
        goal = eq(term(a, to), ZERO)

        def clash(e: Theorem) -> Theorem:
            moved = same_function(e, q)
            return apply("absurd", lin(lt(a, a), apart, moved, a_back), phi=goal)

        def zero(_, gap: Theorem) -> Theorem:
            return lin(goal, multiply(hit_apart(gap, p(a), to), f(to)))
        return compare(pa_nat, m_nat, clash, zero)
    gathered = only_one(n_nat, q_nat, q_inside, lambda a: term(a, to), missed)
    here = hit_same(forth)
    kept = sum_eq(lin(eq(gathered.concl.args[0], f(to)), gathered, multiply(here, f(to))), m, n)
    return trans(spread, crossed, kept)


# ---------------------------------------------------------------- the pigeonhole

def placed(n: Term, big: Term, p: Body) -> Term:
    """p(k), k < n, are naturals below `big`"""
    return each(n, lambda k: and_(nat(p(k)), lt(p(k), big)))


def distinct(n: Term, p: Body) -> Term:
    """p(k) and p(l) differ for l < k < n"""
    return each(n, lambda k: each(k, lambda l: or_(lt(p(l), p(k)), lt(p(k), p(l)))))


def pigeonhole(n_nat: Theorem, big_nat: Theorem, inside: Theorem, apart: Theorem, p: Body) -> Theorem:
    """n distinct naturals below `big`: n <= big. Counted twice: sum over m of hit(p(k), m) = 1, over k it is <= 1."""
    n, big = n_nat.concl.args[0], big_nat.concl.args[0]
    k, m, name = fresh("k"), fresh("m"), fresh("j")
    at, to, j = fam(k), fam(m), fam(name)

    def place(a: Term, a_nat: Theorem, a_inside: Theorem) -> tuple[Theorem, Theorem]:
        both_ = each_elim(inside, a, a_nat, a_inside)
        return apply("and_elim", both_, side=0), apply("and_elim", both_, side=1)
    p_nat, p_low = place(at, *index_facts(k, n))

    def elsewhere(b: Term, b_nat: Theorem, _, gap: Theorem) -> Theorem:
        wide = apply("nat_gap", b_nat, p_nat, gap) if gap.concl.args[0] == b else apply("nat_gap", p_nat, b_nat, gap)
        return hit_apart(wide, p(at), b)
    found = only_one(big_nat, p_nat, p_low, lambda b: hit(p(at), b), elsewhere)
    ones = sum_eq(lin(eq(ONE, found.concl.args[0]), found, hit_same(lin(eq(p(at), p(at))))), k, n)
    counted = apply("sum_constant", n_nat, c=ONE)
    crossed = swap_sums(big_nat, n, lambda b, a: hit(p(a), b))
    m_nat, m_inside = index_facts(m, big)
    part = lambda size: sum_(size, lambda a: hit(p(a), to))
    phi = lambda size: imp(le(size, n), le(part(size), ONE))
    i = fresh("i")
    base = apply("imp_intro", lin(le(part(ZERO), ONE), apply("sum_empty", i=i, f=hit(p(fam(i)), to))), phi=le(ZERO, n))
    j_nat, room = assume(nat(j)), assume(le(j + 1, n))
    j_inside = lin(lt(j, n), room)
    pj_nat, _ = place(j, j_nat, j_inside)
    grown = apply("sum_step", j_nat, i=i, f=hit(p(fam(i)), to))
    known = apply("imp_elim", assume(phi(j)), lin(le(j, n), room))
    goal = le(part(j + 1), ONE)

    def taken(e: Theorem) -> Theorem:
        """p(j) = m: no earlier one is m"""
        a = fam(i)
        a_nat, a_low = index_facts(i, j)
        pa_nat, _ = place(a, a_nat, lin(lt(a, n), a_low, j_inside))
        differ = each_elim(each_elim(apart, j, j_nat, j_inside), a, a_nat, a_low)
        zero = eq(hit(p(a), to), ZERO)
        up, down = (assume(s) for s in differ.concl.args)
        low = hit_apart(lin(le(p(a) + 1, to), apply("nat_gap", pa_nat, pj_nat, up), e), p(a), to)
        high = hit_apart(lin(le(to + 1, p(a)), apply("nat_gap", pj_nat, pa_nat, down), e), p(a), to)
        each_zero = apply("or_elim", differ, lin(zero, low), lin(zero, high))
        nothing = trans(sum_eq(each_zero, i, j), sum_zero(i, j))
        return lin(goal, grown, nothing, hit_same(e))

    def free(_, gap: Theorem) -> Theorem:
        return lin(goal, grown, known, hit_apart(gap, p(j), to))
    step = apply("imp_intro", compare(pj_nat, m_nat, taken, free), phi=le(j + 1, n))
    whole = apply("induction", base, step, n_nat, k=name, phi=phi(j))
    at_most = sum_le(apply("imp_elim", whole, lin(le(n, n))), m, big)
    places = apply("sum_constant", big_nat, c=ONE)
    return lin(le(n, big), swap(counted), ones, crossed, at_most, places)
