"""Points of a domain: edges, hypotheses, determinism, and domains that are empty."""
from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given

from theory.claim import Claim, ClaimError, Outcome, family, index, scalar, size
from theory.domain import admissible, bank, explore, strategy, vacuous
from theory.evaluate import truth
from theory.points import flatten
from theory.terms import Symbol, each, eq, fam, forall, le, lt, num, sum_

N, X, Y, P, R = fam("n"), Symbol("x"), Symbol("y"), Symbol("p"), fam("r")
VARIABLES = (size("n"), size("d"), family("rho", "d", "n"), family("x", "n"), scalar("t", 0, 1), scalar("beta", 0, strict=True))


def claim(*hypotheses, variables=VARIABLES, points=(), conclusion=eq(num(1), num(1)), name="test.domain"):
    return Claim(id=name, location="", printed=None, variables=variables,
                 conclusion=conclusion, hypotheses=hypotheses, points=points)


def test_the_edges_are_there():
    points = bank(claim(), 100, 0)
    values = [p.values for p in points]
    assert any(v["n"] == 1 and v["d"] == 1 for v in values) and any(v["n"] >= 3 and v["d"] >= 2 for v in values)
    assert any(v["d"] > 1 and len(set(v["rho"])) == 1 for v in values), "equal patterns"
    assert any(set(flatten(v["x"])) == {0} for v in values)
    assert {0, 1} <= {v["t"] for v in values} and all(v["beta"] > 0 for v in values)
    entries = {abs(e) for v in values for e in flatten(v["x"])}
    assert Fraction(1000) in entries and Fraction(1, 1000) in entries
    assert all(len(list(flatten(v["rho"]))) <= 24 for v in values)


def test_the_bank_is_deterministic_and_without_repetition():
    a, b, c = (explore(claim(), 60, seed).points for seed in (0, 0, 1))
    assert [p.values for p in a] == [p.values for p in b] != [p.values for p in c]
    assert len({repr(p.values) for p in a}) == len(a) == 60


def test_every_premise_holds_at_every_point():
    c = claim(le(2, N), lt(fam("t"), fam("beta")))
    points = bank(c, 60, 0)
    assert len(points) == 60
    assert all(truth(h, p).outcome is Outcome.HOLDS for p in points for h in c.premises)


@pytest.mark.parametrize("hypothesis", [
    each(N, lambda i: eq(X(i), Y(i))), each(N, lambda i: eq(X(i), 2 * Y(i) + 1)), each(N, lambda i: lt(Y(i), X(i))),
    eq(sum_(N, X), 1), lt(R, fam("s")), eq(R, fam("s") * 2), eq(sum_(N, lambda i: X(i)), R)])
def test_linking_hypotheses_are_met(hypothesis):
    c = claim(hypothesis, variables=(size("n"), family("x", "n"), family("y", "n"), scalar("r"), scalar("s")))
    assert len(bank(c, 40, 0)) == 40


def test_a_simplex():
    c = claim(each(N, lambda i: le(0, P(i))), eq(sum_(N, P), 1), variables=(size("n"), family("p", "n")))
    points = bank(c, 40, 0)
    assert len(points) >= 30 and all(sum(p.values["p"]) == 1 and min(p.values["p"]) >= 0 for p in points)


def test_author_points_come_first_and_must_fit():
    big = {"n": 1024, "r": "15/2"}
    v = (size("n"), scalar("r", 0))
    assert bank(claim(variables=v, points=(big,)), 10, 0)[0].as_json() == {"n": "1024", "r": "15/2"}
    with pytest.raises(ClaimError, match="does not satisfy"):
        bank(claim(lt(N, 5), variables=v, points=(big,), name="test.misfit"), 10, 0)
    with pytest.raises(ClaimError, match="gives no value for r"):
        bank(claim(variables=v, points=({"n": 3},), name="test.missing"), 10, 0)


def test_indices_stay_below_their_size():
    c = claim(variables=(size("n"), index("k", "n"), family("x", "n")))
    assert all(0 <= p.values["k"] < p.values["n"] for p in bank(c, 60, 0)) and any(p.values["k"] for p in bank(c, 60, 0))


def test_empty_domains_are_vacuous_and_unclear_ones_are_not():
    assert vacuous(claim(lt(N, 1), name="test.empty"))
    assert vacuous(claim(lt(fam("t"), fam("beta")), lt(fam("beta"), fam("t")), name="test.contradiction"))
    assert vacuous(claim(variables=(scalar("r", 2, 1),), name="test.bounds"))
    assert not vacuous(claim(name="test.full"))
    assert not vacuous(claim(forall(lambda s: le(0, s * s)), name="test.unclear")
                       ), "what cannot be evaluated is not contradictory"


@given(strategy(claim()))
def test_the_strategy_draws_from_the_domain(point):
    assert point is not None and admissible(claim(), point) is Outcome.HOLDS


def test_an_authors_point_is_not_drawn_again_when_it_names_the_variables_in_another_order():
    """Naturals are drawn first, authors name them last: the bank must still see that it is the same point."""
    from theory.terms import lt
    claim = Claim(id="toy.order", location="", printed=None, variables=(scalar("C", 0, strict=True), size("m", 1)),
                  conclusion=lt(0, fam("C") + fam("m")), points=tuple({"C": c, "m": m} for c in (1, 2) for m in (1, 2)))
    points = bank(claim, 60, 1)
    assert len({p.key() for p in points}) == len(points) > 4
