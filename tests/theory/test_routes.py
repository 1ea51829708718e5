"""The numeric routes: what is false is refuted at its smallest point, what is true is covered, engines that disagree are an
error."""
from __future__ import annotations

import json
from fractions import Fraction

import pytest

from numerics.arb import Arb
from numerics.mp import Mp
from theory import evaluate
from theory.claim import Claim, EvidenceConflict, Outcome, family, scalar, size
from theory.points import Assignment
from theory.routes import crosscheck, enclosure, search
from theory.terms import (PI, Symbol, abs_, and_, ball, deriv, each, eq, exp, fam, forall,
                          gamma, integral, le, log, lt, max_, min_, num, power, sum_, vol)

N, D, X, Y, RHO, R, T = fam("n"), fam("d"), Symbol("x"), Symbol("y"), Symbol("rho"), fam("r"), fam("t")
HOLDS, FAILS, UNDECIDED = Outcome.HOLDS, Outcome.FAILS, Outcome.UNDECIDED
ROUTES = (enclosure, search, crosscheck)


def lse(f):
    return log(sum_(N, lambda i: exp(f(i))))


def claim(name, conclusion, *variables, hypotheses=(), points=()):
    return Claim(id=f"test.{name}", location="", printed=None, variables=variables,
                 conclusion=conclusion, hypotheses=hypotheses, points=points)


ROW, PAIR = (size("n"), family("x", "n")), (size("n"), family("x", "n"), family("y", "n"))
PATTERNS = (size("n"), size("d"), family("rho", "d", "n"), family("x", "n"))
RADIAL = (size("n"), scalar("r", 0))


def distance(i):
    return sum_(N, lambda k: (X(k) - RHO(i, k)) ** 2)


ENERGY = -log(sum_(D, lambda i: exp(-distance(i))))
GAMMA = integral(0, R, lambda t: power(t, N - 1) * exp(-t))
GAUSSIAN = ball(N, R, lambda t: exp(-(t * t)))

TRUE = [
    claim("upper", le(lse(X), max_(N, X) + log(N)), *ROW),
    claim("strict.from.two", lt(max_(N, X), lse(X)), *ROW, hypotheses=(le(2, N),)),
    claim("lipschitz", le(abs_(lse(X) - lse(Y)), max_(N, lambda i: abs_(X(i) - Y(i)))), *PAIR),
    claim("convex", le(lse(lambda i: T * X(i) + (1 - T) * Y(i)), T * lse(X) + (1 - T) * lse(Y)), *PAIR, scalar("t", 0, 1)),
    claim("energy", and_(le(min_(D, distance) - log(D), ENERGY), le(ENERGY, min_(D, distance))), *PATTERNS),
    claim("lemma5", and_(le(exp(-R) * R ** N / N, GAMMA), le(GAMMA, R ** N / N)), *RADIAL),
    claim("ball", eq(GAUSSIAN, power(PI, N / 2) / gamma(N / 2) * integral(0, R ** 2, lambda t: power(t, N / 2 - 1) * exp(-t))),
          *RADIAL,
          points=({"n": 1024, "r": "15/2"},)),
    claim("volumes", eq(vol(N + 2), 2 * PI * vol(N) / (N + 2)), size("n")),
    claim("softmax", deriv(lambda u: lse(lambda i: X(i) + u * Y(i)), T, sum_(N, lambda i: Y(i) * exp(X(i) + T * Y(i)))
                           / sum_(N, lambda i: exp(X(i) + T * Y(i)))), *PAIR, scalar("t")),
    claim("equal.rows", eq(lse(X), lse(Y)), *PAIR, hypotheses=(each(N, lambda i: eq(X(i), Y(i))),)),
]
# false statements with the smallest point at which they fail
FALSE = [
    (claim("strict", lt(max_(N, X), lse(X)), *ROW), {"n": "1", "x": ["0"]}),
    (claim("upper.without.log", le(lse(X), max_(N, X)), *ROW), {"n": "2", "x": ["0", "0"]}),
    (claim("concave", le(T * lse(X) + (1 - T) * lse(Y), lse(lambda i: T * X(i) + (1 - T) * Y(i))), *PAIR, scalar("t", 0, 1)),
     None),
    (claim("energy.strict", lt(ENERGY, min_(D, distance)), *PATTERNS), {"n": "1", "d": "1", "rho": [["0"]], "x": ["0"]}),
    (claim("printed.ball", eq(GAUSSIAN, 2 * power(PI, N / 2) / gamma(N / 2) * GAMMA), *RADIAL), {"n": "1", "r": "1"}),
    (claim("volumes.decrease", lt(vol(N + 1), vol(N)), size("n")), {"n": "1"}),
    (claim("derivative", deriv(lambda u: lse(lambda i: X(i) + u * Y(i)), T, num(0)), *PAIR, scalar("t")), None),
    (claim("tiny", le(R ** 2, R / 100), scalar("r", 0)), None),
]


@pytest.mark.parametrize("c", TRUE, ids=lambda c: c.id)
def test_true_statements_are_covered_and_never_refuted(c):
    found = {r.__name__.rsplit(".", 1)[1]: r.run(c, 0) for r in ROUTES}
    assert found["enclosure"].outcome is HOLDS and found["crosscheck"].outcome is HOLDS, found
    assert found["search"].outcome is UNDECIDED and "a search without a hit is undecided" in found["search"].coverage
    kind = found["enclosure"].artefact["kind"]
    assert kind == ("points" if c.conclusion.op in ("eq", "deriv") else "partition")
    assert any(ch.isdigit() for ch in found["enclosure"].coverage)
    json.dumps([e.as_json() for e in found.values()])


@pytest.mark.parametrize("c, smallest", FALSE, ids=lambda v: getattr(v, "id", ""))
def test_false_statements_are_refuted_by_every_route_at_the_smallest_point(c, smallest):
    for route in ROUTES:
        evidence = route.run(c, 0)
        assert evidence.outcome is FAILS and evidence.artefact["kind"] == "point", evidence
        payload = evidence.artefact["payload"]
        assert payload["lhs"] is not None and payload["rhs"] is not None and payload["relation"]
        if smallest is not None:
            assert payload["values"] == smallest, route.__name__


def test_the_evidence_is_deterministic():
    for c in (TRUE[1], FALSE[0][0]):
        for route in ROUTES:
            first = route.run(c, 3)
            search._found.clear()
            assert json.dumps(first.as_json() | {"seconds": 0}) == json.dumps(route.run(c, 3).as_json() | {"seconds": 0})


def test_what_has_no_value_never_counts():
    """max over nothing, a logarithm of a negative number, an unbounded quantifier: no route may call that true (or false)."""
    empties = [claim("empty.max", le(max_(N, X), max_(N, X) + 1), size("n", 0), family("x", "n"), hypotheses=(le(N, 0),)),
               claim("log.negative", le(log(-R - 1), 5), scalar("r", 0)
                     ), claim("unbounded", forall(lambda s: le(0, s * s)), scalar("r", 0)),
               claim("no.premise", le(0, R), scalar("r"), hypotheses=(forall(lambda s: le(0, s)),))]
    for c in empties:
        for route in ROUTES:
            assert route.run(c, 0).outcome is UNDECIDED, (c.id, route.__name__)


def test_a_nan_of_arb_never_counts(monkeypatch):
    from flint import arb
    monkeypatch.setattr(Arb, "exp", lambda self, a: arb("nan"))
    from theory.formulas import Compiler
    monkeypatch.setattr(evaluate, "_arb", Compiler(Arb()))
    c = claim("nan", lt(num(0), sum_(N, lambda i: exp(X(i)))), *ROW)
    point = Assignment.of(ROW, {"n": 1, "x": [1]})
    assert evaluate.truth(c.conclusion, point, (64, 128, 512)).outcome is UNDECIDED
    assert evaluate.truth(le(c.conclusion.args[1], 5), point, (64, 128, 512)).outcome is UNDECIDED


def test_mpmath_disagreeing_with_arb_is_an_error_of_the_suite(monkeypatch):
    monkeypatch.setattr(evaluate, "_mp", {})
    monkeypatch.setattr(Mp, "log", lambda self, a: self.c.log(a) * (1 + self.c.mpf(10) ** -12))
    with pytest.raises(EvidenceConflict, match="mpmath and Arb disagree"):
        crosscheck.run(claim("conflict", le(lse(X), max_(N, X) + log(N)), *ROW), 0)


def test_a_second_opinion_with_the_wrong_sign_is_an_error(monkeypatch):
    """The numbers agree, the answers do not."""
    monkeypatch.setattr(evaluate, "_mp", {})
    monkeypatch.setattr(Mp, "le", lambda self, a, b: b < a)
    with pytest.raises(EvidenceConflict):
        crosscheck.run(claim("sign", le(lse(X), max_(N, X) + 2 * log(N) + 1), *ROW), 0)


def test_crosscheck_does_not_call_a_certified_failure_true():
    """A gap of 10^-60 is a tie for mpmath; Arb sees it."""
    c = claim("tiny.gap", eq(exp(R), exp(R) + Fraction(1, 10 ** 60)), scalar("r", 0))
    assert enclosure.run(c, 0).outcome is FAILS
    assert crosscheck.run(c, 0).outcome is not HOLDS


def test_agreement_without_proof_of_equality_is_not_enclosure():
    """sqrt(3 + 2 sqrt 2) = 1 + sqrt 2 is true; exact forms do not know it, so points stay open and only the crosscheck speaks."""
    c = claim("roots", eq(R + power(3 + 2 * power(num(2), Fraction(1, 2)), Fraction(1, 2)),
              R + 1 + power(num(2), Fraction(1, 2))), scalar("r", 0))
    assert enclosure.run(c, 0).outcome is UNDECIDED and crosscheck.run(c, 0).outcome is HOLDS


def test_boxes_have_width_in_every_real_variable_and_stay_in_the_domain():
    evidence = enclosure.run(TRUE[3], 0)
    boxes = evidence.artefact["payload"]["boxes"]
    assert boxes and any(len(b["cells"]) >= 1 for b in boxes)
    for box in boxes:
        n = int(box["sizes"]["n"])
        assert len(box["sides"]["x"]) == n and len(box["sides"]["y"]) == n
        for lo, hi in (*box["sides"]["x"], *box["sides"]["y"], box["sides"]["t"]):
            assert Fraction(lo) < Fraction(hi)
        lo, hi = map(Fraction, box["sides"]["t"])
        assert 0 <= lo < hi <= 1


def test_bisection_tiles_the_box():
    from theory.points import Box
    p = Assignment.of(ROW, {"n": 2, "x": [1, "3/2"]})
    box = Box.around(p, [(Fraction(1, 2), Fraction(3, 2)), (Fraction(1), Fraction(2))])
    cells = enclosure.partition(lt(max_(N, X), lse(X)), box)
    assert cells is not None and len(cells) > 1
    assert sum((c.sides[0][1] - c.sides[0][0]) * (c.sides[1][1] - c.sides[1][0]) for c in cells) == 1
    assert enclosure.partition(lt(lse(X), max_(N, X) + log(N) - Fraction(1, 2)), box) is None


def test_a_point_that_fails_undecidedly_is_no_artefact():
    from theory.routes.artefacts import point_artefact
    with pytest.raises(ValueError):
        point_artefact(TRUE[0], Assignment.of(ROW, {"n": 2, "x": [0, 0]}))
