"""Appendix B: some properties of the energy functions (Lemmas 1 to 4, LogSumExp and classifiers)."""
from __future__ import annotations

from theory.claim import Claim, family
from theory.kernel import Theorem
from theory.lemmas.explog import abs_le, le_abs
from theory.lemmas.logsumexp import lse, lse_convex, lse_le_max, max_le_lse, max_lt_lse, shift, sum_exp_pos
from theory.niu2024.definitions import published, MIX, SIZE_N, VECTOR_X, VECTOR_Y, N, T_MIX, X, Y, mix
from theory.tactics import apply, assume, both, index_facts, lin
from theory.terms import ONE, ZERO, Symbol, Term, abs_, and_, eq, exp, fam, le, log, lt, max_, min_, nat, num, sum_


def positive_n() -> Theorem:
    """1 <= n |- 0 < n"""
    return lin(lt(ZERO, N), assume(le(ONE, N)))


def natural_n() -> Theorem:
    return assume(nat(N))


# ---------------------------------------------------------------- Lemma 1

def prove_convex() -> Theorem:
    low, high = assume(le(ZERO, T_MIX)), assume(le(T_MIX, ONE))
    return lse_convex(positive_n(), low, high, N, X, Y)


LEMMA1 = Claim(
    id="niu2024.lemma1", location="Appendix B, Lemma 1", printed=r"\mathrm{LogSumExp}(x)\text{ is convex.}",
    variables=(SIZE_N, VECTOR_X, VECTOR_Y, MIX),
    conclusion=le(lse(N, mix(X, Y)), T_MIX * lse(N, X) + (1 - T_MIX) * lse(N, Y)),
    covers=("B1",), proof=prove_convex,
    notes="Equality along the diagonal: when y - x is constant, LSE is affine between x and y.")


# ---------------------------------------------------------------- Lemmas 2 and 3

UPPER2 = le(lse(N, X), max_(N, X) + log(N))
LEMMA2 = and_(lt(max_(N, X), lse(N, X)), UPPER2)
TWO = le(num(2), N)


def prove_upper() -> Theorem:
    return lse_le_max(positive_n(), natural_n(), N, X)


def prove_lemma2_from_two() -> Theorem:
    strict = max_lt_lse(natural_n(), assume(TWO), N, X)
    return both(strict, prove_upper())


def prove_lemma2_weak() -> Theorem:
    return both(max_le_lse(positive_n(), N, X), prove_upper())


PRINTED2 = r"\max_{1\le i\le n} x_i < \mathrm{LogSumExp}(x) \le \max_{1\le i\le n} x_i + \log n"

LEMMA2_CLAIMS = [
    Claim(id="niu2024.lemma2", location="Appendix B, Lemma 2", printed=PRINTED2, variables=(SIZE_N, VECTOR_X), conclusion=LEMMA2,
          covers=("B2",), notes="At n = 1, LSE(x) = x_1: the strict inequality is an equality."),
    Claim(id="niu2024.lemma2.amended", location="Appendix B, Lemma 2", printed=PRINTED2 + r",\quad n\ge 2", amends="niu2024.lemma2",
          variables=(SIZE_N, VECTOR_X), hypotheses=(TWO,), conclusion=LEMMA2, covers=("B2",), proof=prove_lemma2_from_two,
          notes="Sharp: n >= 2 cannot be dropped (n = 1 is an equality); the upper bound is attained when all x_i are equal, and the lower bound "
                "is approached at (a, 0, ..., 0) as a grows."),
    Claim(id="niu2024.lemma2.nonstrict", location="Appendix B, Lemma 2", reading_of="niu2024.lemma2",
          printed=PRINTED2.replace(" < ", r" \le "), variables=(SIZE_N, VECTOR_X),
          conclusion=and_(le(max_(N, X), lse(N, X)), UPPER2), proof=prove_lemma2_weak,
          notes="The form that holds for every n >= 1; it is all that Propositions 1 and 3 use."),
]

LOW3, MINUS_LSE = min_(N, X), -lse(N, lambda i: -X(i))


def lemma3(strict: bool) -> Term:
    return and_(le(LOW3 - log(N), MINUS_LSE), (lt if strict else le)(MINUS_LSE, LOW3))


def at_minus_x(lemma2: Theorem) -> Theorem:
    """Lemma 2 at -x is Lemma 3 up to signs."""
    moved = apply("instance", lemma2, mapping=(("x", ("i",), -fam("x", fam("i"))),))
    low, high = apply("and_elim", moved, side=0), apply("and_elim", moved, side=1)
    make = lt if low.concl.op == "lt" else le
    return both(lin(le(LOW3 - log(N), MINUS_LSE), high), lin(make(MINUS_LSE, LOW3), low))


PRINTED3 = r"\min_{1\le i\le n} x_i - \log n \le -\mathrm{LogSumExp}(-x) < \min_{1\le i\le n} x_i"

LEMMA3_CLAIMS = [
    Claim(id="niu2024.lemma3", location="Appendix B, Lemma 3", printed=PRINTED3, variables=(SIZE_N, VECTOR_X), conclusion=lemma3(True),
          covers=("B3",), rests_on=("niu2024.lemma2",), notes="Lemma 2 at -x, and it fails where Lemma 2 fails: at n = 1."),
    Claim(id="niu2024.lemma3.amended", location="Appendix B, Lemma 3", printed=PRINTED3 + r",\quad n\ge 2", amends="niu2024.lemma3",
          variables=(SIZE_N, VECTOR_X), hypotheses=(TWO,), conclusion=lemma3(True), covers=("B3",), rests_on=("niu2024.lemma2.amended",),
          proof=lambda: at_minus_x(prove_lemma2_from_two()), notes="Sharp as Lemma 2 is."),
    Claim(id="niu2024.lemma3.nonstrict", location="Appendix B, Lemma 3", reading_of="niu2024.lemma3",
          printed=PRINTED3.replace(" < ", r" \le "), variables=(SIZE_N, VECTOR_X), conclusion=lemma3(False),
          proof=lambda: at_minus_x(prove_lemma2_weak()), notes="Holds for every n >= 1."),
]


# ---------------------------------------------------------------- Lemma 4

SUP = max_(N, lambda i: abs_(X(i) - Y(i)))


def prove_lipschitz() -> Theorem:
    positive = positive_n()
    sides = []
    for first, second, sign in ((X, Y, 0), (Y, X, 1)):
        def bound(i, first=first, second=second, sign=sign):
            at = fam(i)
            top = apply("max_bound", *index_facts(i, N), i=i, n=N, f=abs_(X(at) - Y(at)))
            return lin(le(first(at), second(at) + SUP), le_abs(X(at) - Y(at))[sign], top)
        sides.append(shift(positive, N, first, second, SUP, bound))
    difference = lse(N, X) - lse(N, Y)
    return abs_le(lin(le(difference, SUP), sides[0]), lin(le(-difference, SUP), sides[1]))


LEMMA4 = Claim(
    id="niu2024.lemma4", location="Appendix B, Lemma 4",
    printed=r"|\mathrm{LogSumExp}(x)-\mathrm{LogSumExp}(y)| \le \|x-y\|_\infty", variables=(SIZE_N, VECTOR_X, VECTOR_Y),
    conclusion=le(abs_(lse(N, X) - lse(N, Y)), SUP), covers=("B4",), proof=prove_lipschitz,
    notes="The constant 1 is sharp: equality when x - y is constant. Our proof is termwise and needs no mean value theorem.")


# ---------------------------------------------------------------- LogSumExp and classifiers

F = Symbol("f")
MASS = sum_(N, lambda k: exp(F(k)))


def prove_classifier() -> Theorem:
    """exp(-(-LSE f)) = sum exp f"""
    back = apply("exp_log", sum_exp_pos(positive_n(), N, F))
    return lin(eq(exp(-(-lse(N, F))), MASS), back)


CLASSIFIER_CLAIMS = [
    Claim(id="niu2024.appb.classifier", location="Appendix B, first paragraph",
          printed=r"\text{the LogSumExp corresponds to the energy function of a classifier (Grathwohl et al., 2019)}",
          variables=(SIZE_N, family("f", "n")), conclusion=eq(exp(-lse(N, F)), MASS), covers=("B5",),
          notes="Read with the paper's own convention p = exp(-E)/Z (Section 2): a classifier with logits f has p(x) proportional to "
                "sum_y exp f_y, so an energy E must satisfy exp(-E) = sum_y exp f_y. E = LSE(f) does not; the sign is missing."),
    Claim(id="niu2024.appb.classifier.amended", location="Appendix B, first paragraph", amends="niu2024.appb.classifier",
          printed=r"E = -\mathrm{LogSumExp}(f):\quad e^{-E}=\sum_y e^{f_y}", variables=(SIZE_N, family("f", "n")),
          conclusion=eq(exp(-(-lse(N, F))), MASS), covers=("B5",), proof=prove_classifier,
          notes="The energy is the negative LogSumExp of the logits, as in Grathwohl et al."),
]

CLAIMS = published([LEMMA1, *LEMMA2_CLAIMS, *LEMMA3_CLAIMS, LEMMA4, *CLASSIFIER_CLAIMS])
