"""The feature of a token at a position, for language modelling: a weight of its own for each position, by clipping."""
from __future__ import annotations

from theory.kernel import Theorem
from theory.kim2023.proofs.ramps import LENGTH, pair
from theory.lemmas.indices import relu, relu_of
from theory.tactics import apply, assume, both, cases, lin, multiply, nat_of, nonneg, product, same_function
from theory.terms import ONE, ZERO, Symbol, Term, and_, eq, fam, fresh, imp, le, lt, nat, real, sum_

STEP = fam("t")
# the feature of a token at a position, from its id z = x + t k with 1 <= x <= R < t: sum over j of u_j clip(z - t j, 0, R)
TOKEN, WIDTH, FACTOR = fam("x"), fam("R"), Symbol("u")
PLACE = fam("k")


def clip(z) -> Term:
    """relu(z) - relu(z - R): z cut to [0, R]"""
    z = real(z)
    return relu(z) - relu(z - WIDTH)


def positioned() -> Term:
    """sum over j < n of u_j clip(x + t k - t j)"""
    return sum_(LENGTH, lambda j: FACTOR(j) * clip(TOKEN + STEP * PLACE - STEP * j))


POSITIONED = eq(positioned() + WIDTH * FACTOR(PLACE), FACTOR(PLACE) * TOKEN + WIDTH * sum_(PLACE + 1, FACTOR))


def position_feature() -> Theorem:
    """clip is R before position k, x at it and 0 behind it: the feature is u_k x + R (u_0 + .. + u_(k-1))"""
    name, i = fresh("m"), fresh("i")
    m = fam(name)
    k_nat, k_inside, n_nat = assume(nat(PLACE)), assume(lt(PLACE, LENGTH)), assume(nat(LENGTH))
    x_low, x_high, wide = assume(le(ONE, TOKEN)), assume(le(TOKEN, WIDTH)), assume(lt(WIDTH, STEP))
    t_low = lin(le(ZERO, STEP), x_low, x_high, wide)
    z = TOKEN + STEP * PLACE
    term = lambda j: FACTOR(j) * clip(z - STEP * j)
    part = lambda size: sum_(size, term)
    whole = lambda size: sum_(size, FACTOR)
    phi = lambda size: and_(imp(le(size, PLACE), eq(part(size), WIDTH * whole(size))),
                            imp(lt(PLACE, size), eq(part(size) + WIDTH * FACTOR(PLACE),
                                                    FACTOR(PLACE) * TOKEN + WIDTH * whole(PLACE + 1))))
    m_nat = assume(nat(m))
    grown, added = apply("sum_step", m_nat, i=i, f=term(fam(i))), apply("sum_step", m_nat, i=i, f=FACTOR(fam(i)))
    before, after = pair(assume(phi(m)))

    def proved(size: Term, low: Theorem, high: Theorem) -> Theorem:
        return both(apply("imp_intro", low, phi=phi(size).args[0].args[0]), apply("imp_intro", high,
                                                                                  phi=phi(size).args[1].args[0]))
    empty = [apply("sum_empty", i=i, f=f) for f in (term(fam(i)), FACTOR(fam(i)))]
    never = lin(lt(ZERO, ZERO), assume(lt(PLACE, ZERO)), nonneg(k_nat))
    base = proved(ZERO, lin(phi(ZERO).args[0].args[1], empty[0], multiply(empty[1], WIDTH)), apply("absurd", never,
        phi=phi(ZERO).args[1].args[1]))
    # m < k: clip is R
    early = assume(le(m + 1, PLACE))
    far = product(t_low, lin(le(ZERO, PLACE - m - 1), early))
    full = lin(eq(clip(z - STEP * m), WIDTH), relu_of(lin(le(ZERO, z - STEP * m), far, x_low, x_high, wide)),
               relu_of(lin(le(ZERO, z - STEP * m - WIDTH), far, x_low, wide)))
    low = lin(phi(m + 1).args[0].args[1], grown, apply("imp_elim", before, lin(le(m, PLACE), early)), multiply(added, WIDTH),
              multiply(full, FACTOR(m)))
    # m = k: clip is x
    level, from_k = assume(le(m, PLACE)), assume(lt(PLACE, m + 1))
    back = lin(le(PLACE, m), apply("nat_gap", k_nat, apply("nat_closed", m_nat, nat_of(1), op="add"), from_k))
    here = apply("antisymmetric", level, back)
    offset = lin(eq(z - STEP * m, TOKEN), multiply(here, STEP))
    own = lin(eq(clip(z - STEP * m), TOKEN), relu_of(lin(le(ZERO, z - STEP * m), offset, x_low)),
              relu_of(lin(le(z - STEP * m - WIDTH, ZERO), offset, x_high)), offset)
    factor, total = same_function(here, FACTOR), same_function(here, lambda s: whole(s + 1))
    goal = phi(m + 1).args[1].args[1]
    exact = lin(goal, grown, apply("imp_elim", before, level), multiply(own, FACTOR(m)), multiply(added, WIDTH),
                *(multiply(factor, f) for f in (WIDTH, TOKEN)), multiply(total, WIDTH))
    # k < m: clip is 0
    behind = assume(lt(PLACE, m))
    past = product(t_low, lin(le(ZERO, m - PLACE - 1), apply("nat_gap", k_nat, m_nat, behind)))
    none = lin(eq(clip(z - STEP * m), ZERO), relu_of(lin(le(z - STEP * m, ZERO), past, x_high, wide)),
               relu_of(lin(le(z - STEP * m - WIDTH, ZERO), past, x_high, wide, t_low, x_low)))
    still = lin(goal, grown, apply("imp_elim", after, behind), multiply(none, FACTOR(m)))
    done = apply("induction", base, proved(m + 1, low, cases(m, PLACE, exact, still)), n_nat, k=name, phi=phi(m))
    return apply("imp_elim", apply("and_elim", done, side=1), k_inside)
