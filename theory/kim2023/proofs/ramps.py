"""Ramps: a layer that gives every id, or every group of ids, its own value exactly; and what memorising means with it."""
from __future__ import annotations

from theory.kernel import Theorem
from theory.lemmas.indices import relu, relu_of
from theory.tactics import (apply, assume, both, cases, discharge, each_elim, each_intro, index_facts, lin, multiply, nat_of,
                            nonneg, same_function)
from theory.terms import ONE, ZERO, Symbol, Term, and_, each, eq, fam, fresh, imp, le, lt, nat, real, sum_

N, LENGTH, CONTEXTS = fam("N"), fam("n"), fam("M")
BETA = fam("beta")
FEATURE, POINT, VALUE, INDEX, LABEL = Symbol("a"), Symbol("s"), Symbol("v"), Symbol("c"), Symbol("y")


def pair(theorem: Theorem) -> tuple[Theorem, Theorem]:
    return apply("and_elim", theorem, side=0), apply("and_elim", theorem, side=1)


def given(theorem: Theorem, whole: Term) -> Theorem:
    """The theorem with one conjunction as hypothesis in place of its parts"""
    parts = [assume(whole)]
    while parts:
        part = parts.pop()
        if part.concl.op == "and" and part.concl not in theorem.hyps:
            parts += pair(part)
        else:
            theorem = discharge(theorem, part)
    return theorem


# ---------------------------------------------------------------- one ramp per label

def ramp(z, s) -> Term:
    """relu(z - s + 1) - relu(z - s): 0 up to s - 1, 1 from s on; two neurons"""
    z, s = real(z), real(s)
    return relu(z - s + 1) - relu(z - s)


def labelled(z: Term) -> Term:
    """v_0 + sum over j < M - 1 of (v_(j+1) - v_j) ramp(z, s_(j+1)): a layer of 2 (M - 1) neurons"""
    return VALUE(0) + sum_(CONTEXTS - 1, lambda j: (VALUE(j + 1) - VALUE(j)) * ramp(z, POINT(j + 1)))


def ramp_up(p: Theorem, z: Term, s: Term) -> Theorem:
    """s <= z gives ramp(z, s) = 1"""
    return lin(eq(ramp(z, s), ONE), relu_of(lin(le(ZERO, z - s + 1), p)), relu_of(lin(le(ZERO, z - s), p)))


def ramp_down(p: Theorem, z: Term, s: Term) -> Theorem:
    """z + 1 <= s gives ramp(z, s) = 0"""
    return lin(eq(ramp(z, s), ZERO), relu_of(lin(le(z - s + 1, ZERO), p)), relu_of(lin(le(z - s, ZERO), p)))


APART = each(CONTEXTS - 1, lambda j: le(POINT(j) + 1, POINT(j + 1)))


def ordered(low_nat: Theorem, low: Term, high_nat: Theorem, order: Theorem, inside: Theorem) -> Theorem:
    """s(i) <= s(j) for i <= j < M, from the gaps: by induction on j - i"""
    high = high_nat.concl.args[0]
    k = fresh("k")
    at = fam(k)
    phi = lambda j: imp(lt(low + j, CONTEXTS), le(POINT(low), POINT(low + j)))
    same = same_function(lin(eq(low, low + ZERO)), POINT)
    base = apply("imp_intro", lin(le(POINT(low), POINT(low + ZERO)), same), phi=lt(low + ZERO, CONTEXTS))
    k_nat, room = assume(nat(at)), assume(lt(low + (at + 1), CONTEXTS))
    here = low + at
    known = apply("imp_elim", assume(phi(at)), lin(lt(here, CONTEXTS), room))
    step = each_elim(assume(APART), here, apply("nat_closed", low_nat, k_nat, op="add"), lin(lt(here, CONTEXTS - 1), room))
    moved = same_function(lin(eq(here + 1, low + (at + 1))), POINT)
    grown = apply("imp_intro", lin(le(POINT(low), POINT(low + (at + 1))), known, step, moved), phi=lt(low + (at + 1), CONTEXTS))
    gap = apply("nat_difference", high_nat, low_nat, order)
    whole = apply("induction", base, grown, gap, k=k, phi=phi(at))
    back = lin(eq(low + (high - low), high))
    reached = apply("imp_elim", whole, lin(lt(low + (high - low), CONTEXTS), inside))
    return lin(le(POINT(low), POINT(high)), reached, same_function(back, POINT))


def in_group(z: Term, k: Term) -> Term:
    """s(k) <= z, and z + 1 <= s(k + 1) where there is one"""
    return and_(le(POINT(k), z), imp(lt(k + 1, CONTEXTS), le(z + 1, POINT(k + 1))))


def at_start(k: Term, k_nat: Theorem) -> Theorem:
    """s(k) itself is in group k"""
    last = assume(lt(k + 1, CONTEXTS))
    step = each_elim(assume(APART), k, k_nat, lin(lt(k, CONTEXTS - 1), last))
    return both(lin(le(POINT(k), POINT(k))), apply("imp_intro", step, phi=lt(k + 1, CONTEXTS)))


def telescoped(z: Term, k: Term, k_nat: Theorem, inside: Theorem, member: Theorem) -> Theorem:
    """labelled(z) = v(k) for z in group k: the ramps up to k are 1, the others 0, and the differences add up"""
    name, i = fresh("t"), fresh("i")
    t = fam(name)
    begun, ended = pair(member)
    term = lambda j: (VALUE(j + 1) - VALUE(j)) * ramp(z, POINT(j + 1))
    part = lambda size: sum_(size, term)
    top = CONTEXTS - 1
    phi = lambda size: imp(le(size, top), and_(imp(le(size, k), eq(part(size), VALUE(size) - VALUE(0))),
                                               imp(le(k, size), eq(part(size), VALUE(k) - VALUE(0)))))

    def proved(size: Term, low: Theorem, high: Theorem) -> Theorem:
        halves = [apply("imp_intro", low, phi=le(size, k)), apply("imp_intro", high, phi=le(k, size))]
        return apply("imp_intro", both(*halves), phi=le(size, top))
    empty = apply("sum_empty", i=i, f=term(fam(i)))
    at_zero = apply("antisymmetric", assume(le(k, ZERO)), nonneg(k_nat))
    base = proved(ZERO, lin(eq(part(ZERO), VALUE(ZERO) - VALUE(0)), empty),
                  lin(eq(part(ZERO), VALUE(k) - VALUE(0)), empty, same_function(at_zero, VALUE)))
    t_nat, room = assume(nat(t)), assume(le(t + 1, top))
    known = apply("imp_elim", assume(phi(t)), lin(le(t, top), room))
    before, after = pair(known)
    grown = apply("sum_step", t_nat, i=i, f=term(fam(i)))
    following = t + 1
    next_nat = apply("nat_closed", t_nat, nat_of(1), op="add")
    weight = VALUE(following) - VALUE(t)
    # t + 1 <= k: the ramp is 1
    up = assume(le(following, k))
    one = ramp_up(lin(le(POINT(following), z), ordered(next_nat, following, k_nat, up, inside), begun), z, POINT(following))
    low = lin(eq(part(following), VALUE(following) - VALUE(0)), grown, apply("imp_elim", before, lin(le(t, k), up)),
              multiply(one, weight))
    # k <= t: z + 1 <= s(k + 1) <= s(t + 1), the ramp is 0
    down = assume(le(k, t))
    end = apply("imp_elim", ended, lin(lt(k + 1, CONTEXTS), down, room))
    behind = ordered(apply("nat_closed", k_nat, nat_of(1), op="add"), k + 1, next_nat, lin(le(k + 1, following), down),
                     lin(lt(following, CONTEXTS), room))
    zero = ramp_down(lin(le(z + 1, POINT(following)), end, behind), z, POINT(following))
    late = lin(eq(part(following), VALUE(k) - VALUE(0)), grown, apply("imp_elim", after, down), multiply(zero, weight))
    # k <= t + 1: either k <= t, or t < k and then k = t + 1
    above = assume(lt(t, k))
    exact = apply("antisymmetric", assume(le(k, following)), apply("nat_gap", t_nat, k_nat, above))
    reached = apply("cut", apply("nat_gap", t_nat, k_nat, above), low)
    last = lin(eq(part(following), VALUE(k) - VALUE(0)), reached, same_function(exact, VALUE))
    high = cases(k, t, late, last)
    whole = apply("induction", base, proved(following, low, high), apply("nat_difference", assume(nat(CONTEXTS)), nat_of(1),
                                                                         assume(le(ONE, CONTEXTS))), k=name, phi=phi(t))
    _, end = pair(apply("imp_elim", whole, lin(le(top, top))))
    small = lin(le(k, top), apply("nat_gap", k_nat, assume(nat(CONTEXTS)), inside))
    return lin(eq(labelled(z), VALUE(k)), apply("imp_elim", end, small))


VALUE_AT, GROUP = fam("z"), fam("g")
IN_GROUP = in_group(VALUE_AT, GROUP)
STRING = eq(labelled(VALUE_AT), VALUE(GROUP))


def string() -> Theorem:
    """An id of group g gets the word v(g)"""
    return telescoped(VALUE_AT, GROUP, assume(nat(GROUP)), assume(lt(GROUP, CONTEXTS)), assume(IN_GROUP))


# ---------------------------------------------------------------- one uniform head, then the ramps

def context(i: Term, k: Term) -> Term:
    """beta a(i, k) + sum over l of a(i, l): a uniform head with value weight n, and the residual"""
    return BETA * FEATURE(i, k) + sum_(LENGTH, lambda l: FEATURE(i, l))


def prefix(i: Term, k: Term) -> Term:
    """sum over l <= k of a(i, l): a causal uniform head times the position"""
    return sum_(k + 1, lambda l: FEATURE(i, l))


def pooled(i: Term) -> Term:
    """sum over l of a(i, l): the same id at every token of a sequence"""
    return sum_(LENGTH, lambda l: FEATURE(i, l))


def everywhere(body) -> Term:
    return each(N, lambda i: each(LENGTH, lambda k: body(i, k)))


def table(place: Term, number: Term, label: Term) -> Term:
    """the id `place` is the s of its number, and its label the v of it"""
    return and_(nat(number), and_(lt(number, CONTEXTS), and_(eq(place, POINT(number)), eq(label, VALUE(number)))))


def token_table(place) -> Term:
    return everywhere(lambda i, k: table(place(i, k), INDEX(i, k), LABEL(i, k)))


def token_labels(place) -> Term:
    return everywhere(lambda i, k: eq(labelled(place(i, k)), LABEL(i, k)))


SEQUENCE_TABLE = each(N, lambda i: table(pooled(i), INDEX(i), LABEL(i)))
SEQUENCE_LABELS = each(N, lambda i: eq(labelled(pooled(i)), LABEL(i)))


def looked_up(here: Theorem, place: Term, number: Term, label: Term) -> Theorem:
    """The ramps label one id as the table says"""
    n_nat, rest = pair(here)
    inside, rest = pair(rest)
    position, value = pair(rest)
    exact = telescoped(POINT(number), number, n_nat, inside, at_start(number, n_nat))
    return lin(eq(labelled(place), label), same_function(position, labelled), exact, value)


def memorised(place) -> Theorem:
    """Contexts at least 1 apart, labels a function of the context: every token of every sequence is labelled exactly"""
    i, k = fresh("i"), fresh("k")
    row, at = fam(i), fam(k)
    here = each_elim(each_elim(assume(token_table(place)), row, *index_facts(i, N)), at, *index_facts(k, LENGTH))
    exact = looked_up(here, place(row, at), INDEX(row, at), LABEL(row, at))
    return each_intro(each_intro(exact, k, LENGTH), i, N)


def classified() -> Theorem:
    """The same for one label per sequence"""
    i = fresh("i")
    row = fam(i)
    here = each_elim(assume(SEQUENCE_TABLE), row, *index_facts(i, N))
    return each_intro(looked_up(here, pooled(row), INDEX(row), LABEL(row)), i, N)
