"""Appendix C.2: polar coordinates, Lemma 5, Stirling's approximation (Theorem C.1). C.1 belongs to Proposition 4."""
from __future__ import annotations

from fractions import Fraction

from theory.claim import Claim, Denial, scalar, size
from theory.niu2024.definitions import published, N, NONNEGATIVE_RADIUS, RADIUS, SIZE_N, ball_integral, lower_gamma, pi_half
from theory.niu2024.proofs import balls, stirling
from theory.terms import and_, eq, exp, fam, gamma, integral, inv, le, lt, power, vol

SPHERE = 2 * pi_half() * inv(gamma(N / 2))
GAUSS = integral(0, RADIUS, lambda t: power(t, N - 1) * exp(-(t * t)))
Z = fam("k") + fam("theta")
POSITIVE_Z = (size("k", 0), scalar("theta", 0, 1))
PRINTED_C1 = r"\Gamma(z)=\sqrt{\tfrac{2\pi}{z}}\left(\tfrac ze\right)^z\left(1+O(\tfrac1z)\right)"

CLAIMS = published([
    Claim(id="niu2024.polar", location="Appendix C.2, displays up to the last but one",
          printed=r"A_{n-1}=\frac{2\pi^{n/2}}{\Gamma(n/2)},\quad \int_{\|y\|<r}e^{-\|y\|^2}dy=\frac{2\pi^{n/2}}{\Gamma(n/2)}\int_0^r t^{n-1}e^{-t^2}dt",
          variables=(SIZE_N, NONNEGATIVE_RADIUS), conclusion=and_(eq(N * vol(N), SPHERE), eq(ball_integral(), SPHERE * GAUSS)), covers=("C1",),
          proof=balls.radial_decomposition,
          notes="A_{n-1} is n vol(n), the derivative of the ball's volume at radius 1. The derivation is right down to this line; the next "
                "one (niu2024.eq12.closed_form) is not."),
    Claim(id="niu2024.lemma5", location="Appendix C.2, Lemma 5", printed=r"e^{-r}\frac{r^n}{n}\le\gamma(n,r)\le\frac{r^n}{n}",
          variables=(SIZE_N, NONNEGATIVE_RADIUS),
          conclusion=and_(le(exp(-RADIUS) * (power(RADIUS, N) * inv(N)), lower_gamma(N, RADIUS)),
                          le(lower_gamma(N, RADIUS), power(RADIUS, N) * inv(N))),
          covers=("C2",), proof=balls.prove_lemma5, points=({"n": 1, "r": 0}, {"n": 1024, "r": Fraction(774, 100)}),
          notes="True as printed. It is about gamma(n, r); the ball integral needs gamma(n/2, r^2). Equality at r = 0."),
    Claim(id="niu2024.stirling", location="Appendix C.2, Theorem C.1 (first display)", printed=r"\text{For any complex }z:\ " + PRINTED_C1,
          variables=(), conclusion=stirling.STIRLING_ON_NEGATIVE_AXIS, covers=("C3",), refutation=stirling.fails_beyond_every_bound,
          denial=Denial((scalar("C", 0, strict=True), size("m", 1)), stirling.beyond(fam("m"), stirling.near_pole(), fam("C")),
                        points=tuple({"C": c, "m": m} for c in (1, 10, 1000) for m in (1, 2, 5, 10, 20))),
          notes="The formal statement is what the printed one implies for moduli on the negative real axis z = -(m + e): some constants C and "
                "M serve all m >= M and 0 < e < 1. For every C and M it fails: Gamma has a pole at -m, and the right side has not."),
    Claim(id="niu2024.stirling.amended", location="Appendix C.2, Theorem C.1 (first display)", amends="niu2024.stirling",
          printed=r"z>0:\ \sqrt{2\pi/z}\,(z/e)^z\le\Gamma(z)\le\sqrt{2\pi/z}\,(z/e)^z\,e^{1/(12z)}", variables=POSITIVE_Z,
          hypotheses=(lt(0, Z),),
          conclusion=and_(le(stirling.stirling_here(Z), gamma(Z)), le(gamma(Z), stirling.stirling_here(Z) * exp(inv(12 * Z)))),
          covers=("C3",), proof=lambda: stirling.stirling_two_sided(0),
          notes="For every real z > 0 (written k + theta with a natural k and 0 <= theta <= 1), which is all that the paper uses; the constant 1/12 "
                "is the first term of Stirling's series."),
    Claim(id="niu2024.stirling.next", location="Appendix C.2, Theorem C.1 (second display)",
          printed=r"\Gamma(z+1)\approx\sqrt{2\pi z}\left(\tfrac ze\right)^z\text{ for large }z", variables=POSITIVE_Z,
          hypotheses=(lt(0, Z),),
          conclusion=and_(le(stirling.stirling_next(Z), gamma(Z + 1)), le(gamma(Z + 1), stirling.stirling_next(Z) * exp(inv(12 * Z)))),
          covers=("C4",), proof=lambda: stirling.stirling_two_sided(1), points=({"k": 512, "theta": 0},),
          notes="Read for real z > 0 and made quantitative: the quotient lies between 1 and exp(1/(12 z)), so it tends to 1. (Near the "
                "negative axis it does not: niu2024.stirling.)"),
])
