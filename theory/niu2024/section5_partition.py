"""Section 5, second half: the layer partition function and the volume of balls, Eq. (12) and Eq. (13)."""
from __future__ import annotations

from fractions import Fraction

from theory.claim import Claim, Denial, family, index, scalar, size
from theory.niu2024.definitions import (PATTERNS, VECTOR_X, X, distance, nearest, published, D, N, NONNEGATIVE_RADIUS, RADIUS, SIZE_D, SIZE_N, ball_integral, critical_radius, lower_gamma, pi_half,
                                        printed_ball_integral, volume)
from theory.niu2024.proofs import balls, scaling, separation, volumes
from theory.terms import ONE, PI, and_, ball, eq, exp, fam, gamma, inv, le, log, lt, num, power

BALL = (SIZE_N, NONNEGATIVE_RADIUS)
ROOT = power(RADIUS, Fraction(1, 2))
RHO = critical_radius()
POSITIVE_RADIUS = scalar("r", 0, strict=True)
GPT2_MEDIUM = {"n": 1024, "d": 1}

EQ12_CLAIMS = [
    Claim(id="niu2024.eq12.closed_form", location="Section 5, Eq. (12)(c); Appendix C.2, last display",
          printed=r"\int_{B(\rho,r)}e^{-\|x-\rho\|^2}dx=2\pi^{n/2}\frac{\gamma(n,r)}{\Gamma(n/2)}", variables=BALL,
          conclusion=eq(ball_integral(), printed_ball_integral()), covers=("Q2",), rests_on=("niu2024.polar",),
          points=({"n": 1, "r": 1},),
          notes="The last step of C.2 reads int t^(n-1) e^(-t^2) dt as gamma(n, r), which is int t^(n-1) e^(-t) dt: the square was lost."),
    Claim(id="niu2024.eq12.closed_form.amended", location="Section 5, Eq. (12)(c); Appendix C.2, last display", amends="niu2024.eq12.closed_form",
          printed=r"\int_{B(\rho,r)}e^{-\|x-\rho\|^2}dx=\pi^{n/2}\frac{\gamma(n/2,\,r^2)}{\Gamma(n/2)}", variables=BALL,
          conclusion=eq(ball_integral(), pi_half() * lower_gamma(N / 2, RADIUS * RADIUS) * inv(gamma(N / 2))), covers=("Q2",),
          proof=balls.true_closed_form, notes="By the change of variables u = t^2, inside the kernel, for every n >= 1 and r >= 0."),
    Claim(id="niu2024.printed_bracket", location="Section 5, display after Eq. (12), outer terms",
          printed=r"e^{-r}V_n(r)\le 2\pi^{n/2}\frac{\gamma(n,r)}{\Gamma(n/2)}\le V_n(r)", variables=BALL,
          conclusion=and_(le(exp(-RADIUS) * volume(), printed_ball_integral()), le(printed_ball_integral(), volume())), covers=("Q3",),
          rests_on=("niu2024.lemma5",), proof=balls.printed_between, points=({"n": 1, "r": 0},),
          notes="As an inequality about gamma(n, r) it is true. It says nothing about the ball integral, which is another number."),
    Claim(id="niu2024.ball_lower", location="Section 5, display after Eq. (12), left",
          printed=r"e^{-r_i}V_n(r_i)\le\int_{B_i}e^{-\|x-\rho^i\|^2}dx", variables=BALL,
          conclusion=le(exp(-RADIUS) * volume(), ball_integral()), covers=("Q4",), rests_on=("niu2024.eq12.closed_form", "niu2024.printed_bracket"),
          points=({"n": 3, "r": 3}, {"n": 8, "r": 2}, {"n": 1024, "r": Fraction(774, 100)}),
          notes="On the sphere |x - rho| = r the integrand is e^(-r^2), not e^(-r), and in high dimension the mass sits near the sphere."),
    Claim(id="niu2024.ball_lower.amended", location="Section 5, display after Eq. (12), left", amends="niu2024.ball_lower",
          printed=r"e^{-r}V_n(r)\le\int_{B}e^{-\|x-\rho\|^2}dx\quad\text{if } r\le 1+2/n", variables=BALL, hypotheses=(balls.SMALL_RADIUS,),
          conclusion=le(exp(-RADIUS) * volume(), ball_integral()), covers=("Q4",), proof=balls.small_radius_lower,
          notes="Sharp as n grows: for every fixed r > 1 the printed inequality fails for all large n (niu2024.ball_lower.sharp)."),
    Claim(id="niu2024.ball_lower.jensen", location="Section 5, display after Eq. (12), left (every radius)", reading_of="niu2024.ball_lower",
          printed=None, reconstruction=True, variables=BALL, conclusion=le(exp(-balls.jensen(RADIUS)) * volume(), ball_integral()),
          proof=balls.ball_at_least, points=({"n": 1024, "r": Fraction(774, 100)},),
          notes="What holds for every r: e^(-n r^2/(n+2)), by Jensen (n r^2/(n+2) is the mean of |x|^2 over the ball)."),
    Claim(id="niu2024.ball_lower.sharp", location="Section 5, display after Eq. (12), left (sharpness)", reading_of="niu2024.ball_lower",
          printed=None, reconstruction=True, variables=BALL, hypotheses=balls.LARGE_DIMENSION, conclusion=lt(ball_integral(), exp(-RADIUS) * volume()),
          proof=balls.fails_beyond_one, points=tuple({"n": n, "r": r} for n, r in ((40, 2), (60, 2), (100, Fraction(3, 2)), (50, 3), (400, 5))),
          notes="For every fixed r > 1 the printed inequality fails in all dimensions n with (n + 2)(e^(-r) - e^(-r^2)) > 2: the limit of the "
                "amendment's condition r <= 1 + 2/n is the right one."),
    Claim(id="niu2024.ball_bounds.squared_radius", location="Section 5, display after Eq. (12), with Definition 1's ball",
          reading_of="niu2024.ball_lower", printed=r"B_i=\{x:\|x-\rho^i\|^2\le r_i\}:\ e^{-r}V_n(\sqrt r)\le\int_{B_i}\le V_n(\sqrt r)", variables=BALL,
          conclusion=and_(le(exp(-RADIUS) * volume(N, ROOT), ball_integral(N, ROOT)), le(ball_integral(N, ROOT), volume(N, ROOT))),
          proof=balls.squared_radius,
          notes="Section 4 sets d(x, y) = ||x - y||^2, so the ball {d(x, rho) <= r} of Definition 1 has Euclidean radius sqrt(r); C.2 "
                "integrates over ||x - rho|| < r. With the former the factor e^(-r) is right, and the volume is V_n(sqrt r)."),
    Claim(id="niu2024.ball_upper", location="Section 5, display after Eq. (12), right", printed=r"\int_{B_i}e^{-\|x-\rho^i\|^2}dx\le V_n(r_i)",
          variables=BALL, conclusion=le(ball_integral(), volume()), covers=("Q5",), rests_on=("niu2024.eq12.closed_form", "niu2024.printed_bracket"),
          proof=balls.ball_at_most_volume, notes="True, although the paper's argument runs through the wrong closed form."),
    Claim(id="niu2024.volume", location="Section 5, volume of the n-ball", printed=r"V_n(r)=\frac{\pi^{n/2}r^n}{\Gamma(1+n/2)}", variables=BALL,
          conclusion=eq(ball(N, RADIUS, lambda _: ONE), volume()), covers=("Q6",), proof=balls.is_the_volume,
          notes="By slices in steps of two dimensions and induction; the axioms of geometry used are named in the trace."),
]

VOLUME_CLAIMS = [
    Claim(id="niu2024.unit_volume_decreases", location="Section 5, after V_n(r)",
          printed=r"\text{the volume of the unit ball }V_n(1)\text{ in higher dimensions decreases fast with respect to the increase in dimensionality}",
          variables=(SIZE_N,), conclusion=volumes.DECREASE, covers=("Q7",), rests_on=("niu2024.volume",),
          notes="Literally for every n: V_1(1) = 2 < pi = V_2(1), and V_n(1) grows up to n = 5. 'Fast' is the exact recursion "
                "V_{n+2} = 2 pi/(n + 2) V_n, faster than any exponential."),
    Claim(id="niu2024.unit_volume_decreases.amended", location="Section 5, after V_n(r)", amends="niu2024.unit_volume_decreases",
          printed=r"V_{n+1}(1)<V_n(1)\text{ for }n\ge5", variables=(SIZE_N,), hypotheses=(le(num(5), N),), conclusion=volumes.DECREASE,
          covers=("Q7",), proof=volumes.decreasing_from_five, notes="Sharp: V_4(1) < V_5(1)."),
    Claim(id="niu2024.unit_volume_asymptotics", location="Section 5, display for V_n(1)",
          printed=r"V_n(1)\approx\frac1{\sqrt{n\pi}}\left(\frac{2\pi e}{n}\right)^{n/2}", variables=(SIZE_N,),
          conclusion=and_(le(volumes.volume_asymptote() * exp(-inv(6 * N)), volume(N, ONE)), le(volume(N, ONE), volumes.volume_asymptote())),
          covers=("Q8",), rests_on=("niu2024.stirling.next", "niu2024.volume"), proof=volumes.asymptote_two_sided, points=({"n": 1024},),
          notes="'Approximately' made quantitative, for every n >= 1: the quotient lies between e^(-1/(6n)) and 1, so it tends to 1."),
    Claim(id="niu2024.critical_radius", location="Section 5, before Eq. (13)",
          printed=r"\text{For }V_n(r)=O(1)\text{, the radius }r\text{ must be approximately }\sqrt{n/2\pi e}\text{ asymptotically}",
          variables=(), conclusion=volumes.RADIUS_FORCED, covers=("Q9",), rests_on=("niu2024.unit_volume_asymptotics",),
          refutation=volumes.radius_not_forced, denial=Denial((SIZE_N,), volumes.bounded_but_far(), points=({"n": 1}, {"n": 1024})),
          notes="O(1) is an upper bound only. The formal statement: from some dimension on, V_n(r) <= 1 forces |r/rho - 1| <= 1/2, "
                "rho = sqrt(n/(2 pi e)). In every dimension r = rho/4 has V_n(r) <= 1. At r = rho itself V_n is about 1/sqrt(pi n)."),
    Claim(id="niu2024.critical_radius.amended", location="Section 5, before Eq. (13)", amends="niu2024.critical_radius",
          printed=r"n\log\frac{r}{\sqrt{n/2\pi e}}=\log V_n(r)+\tfrac12\log(\pi n)+\theta,\quad 0\le\theta\le\frac1{6n}",
          variables=(SIZE_N, POSITIVE_RADIUS),
          conclusion=and_(le(0, N * log(RADIUS * inv(RHO)) - log(volume()) - log(PI * N) / 2),
                          le(N * log(RADIUS * inv(RHO)) - log(volume()) - log(PI * N) / 2, inv(6 * N))),
          covers=("Q9",), proof=volumes.radius_relation, points=({"n": 1024, "r": Fraction(774, 100)},),
          notes="The exact relation of r and V_n(r): if V_n(r) stays between two positive constants, r = rho (1 + log(pi n)/(2n) + O(1/n))."),
]

EQ13_CLAIMS = [
    Claim(id="niu2024.eq13.lower", location="Section 5, Eq. (13) left", printed=r"\frac{d\cdot V_n(\sqrt{n/2\pi e})}{\exp(\sqrt{n/2\pi e})}\le Z_t",
          variables=(SIZE_N, SIZE_D), conclusion=le(D * volume(N, RHO) * inv(exp(RHO)), volumes.partition_function()), covers=("Q10",),
          rests_on=("niu2024.ball_lower", "niu2024.critical_radius"), points=tuple({"n": n, "d": 1} for n in (20, 21, 22, 23, 24)) + (GPT2_MEDIUM,),
          notes="Z_t is the sum of the d ball integrals (third expression of Eq. (12)) at the common radius sqrt(n/(2 pi e)). At n = 1024 the "
                "printed lower bound exceeds Z_t by a factor of about e^52."),
    Claim(id="niu2024.eq13.lower.amended", location="Section 5, Eq. (13) left", amends="niu2024.eq13.lower",
          printed=r"d\,V_n(r)\,e^{-n r^2/(n+2)}\le Z_t,\quad r=\sqrt{n/2\pi e}", variables=(SIZE_N, SIZE_D),
          conclusion=le(D * volume(N, RHO) * exp(-balls.jensen(RHO)), volumes.partition_function()), covers=("Q10",), proof=volumes.partition_lower,
          points=(GPT2_MEDIUM,),
          notes="The exponent is n^2/(2 pi e (n + 2)), about 60 at n = 1024, where the printed one is 7.7."),
    Claim(id="niu2024.eq13.upper", location="Section 5, Eq. (13) right", printed=r"Z_t\le d\cdot V_n(\sqrt{n/2\pi e})", variables=(SIZE_N, SIZE_D),
          conclusion=le(volumes.partition_function(), D * volume(N, RHO)), covers=("Q11",), rests_on=("niu2024.ball_upper",),
          proof=volumes.partition_upper, points=(GPT2_MEDIUM,),
          notes="True. With the amended lower bound the bracket's ends differ by e^(n^2/(2 pi e (n + 2))): the true Z_t sits near the lower end."),
    Claim(id="niu2024.eq13.gamma", location="Section 5, Eq. (13) with the last expression of Eq. (12)", reading_of="niu2024.eq13.lower",
          printed=r"\frac{dV_n(r)}{e^{r}}\le 2\sum_i\pi^{n/2}\frac{\gamma(n,r)}{\Gamma(n/2)}\le dV_n(r)", variables=(SIZE_N, SIZE_D),
          conclusion=and_(le(D * volume(N, RHO) * inv(exp(RHO)), volumes.printed_partition()), le(volumes.printed_partition(), D * volume(N, RHO))),
          proof=volumes.printed_partition_bounds, points=(GPT2_MEDIUM,),
          notes="If Z_t meant the printed incomplete-gamma expression, Eq. (13) would hold; but that expression is not the integral that "
                "defines Z_t."),
]

SCALE = tuple(scalar(v, 0, strict=True) for v in ("A", "l", "T", "demb"))

SCALING_CLAIMS = [
    Claim(id="niu2024.eq12.nearest", location="Section 5, Eq. (12), third equality",
          printed=r"\int_\Omega\exp(-g_t)=\sum_{i=1}^d\int_{B_{t_i}}\exp(-\|x-\rho^{t_i}\|^2)dx",
          variables=(SIZE_N, SIZE_D, PATTERNS, family("s", "d"), VECTOR_X, index("i", "d")),
          hypotheses=(separation.NONNEGATIVE, separation.WELL_SEPARATED, separation.INSIDE), conclusion=eq(nearest(X), distance(X, separation.I)),
          covers=("Q1",), rests_on=("niu2024.assumption3", "niu2024.partition"),
          points=({"n": 1, "d": 2, "rho": [[0], [Fraction(6, 5)]], "s": [1, Fraction(1, 10)], "x": [1], "i": 0},),
          notes="exp(-g_t) >= exp(-||x - rho_i||^2) on B_i, so the integrals over disjoint balls (of Euclidean radii s_i) are equal exactly when "
                "g_t(x) = ||x - rho_i||^2 on B_i. A point near the rim of a large ball can be nearer to the centre of a small one. (Omega as "
                "printed in Section 4 also contains the balls of the other layers, which the right side leaves out.)"),
    Claim(id="niu2024.eq12.nearest.amended", location="Section 5, Eq. (12), third equality", amends="niu2024.eq12.nearest",
          printed=r"\text{if all radii are equal}", variables=(SIZE_N, SIZE_D, PATTERNS, family("s", "d"), VECTOR_X, index("i", "d")),
          hypotheses=(separation.NONNEGATIVE, separation.WELL_SEPARATED, separation.INSIDE, separation.EQUAL_RADII),
          conclusion=eq(nearest(X), distance(X, separation.I)), covers=("Q1",), proof=separation.nearest_is_own,
          points=tuple({"n": 1, "d": 2, "rho": [[0], [3]], "s": [1, 1], "x": [x], "i": 0} for x in (0, 1, -1, Fraction(1, 2), Fraction(-1, 3),
                       Fraction(9, 10), Fraction(1, 7), Fraction(-3, 4), Fraction(1, 9))),
          notes="Equal radii suffice; the counterexample shows that some condition on them is needed."),
    Claim(id="niu2024.critical_data", location="Section 5, after Eq. (13)", printed=r"\text{for }Z_t\text{ to reach }Z_t=1\text{, we need }N=O(D^2)",
          variables=(SIZE_N, SIZE_D, *SCALE), hypotheses=(le(1, volumes.partition_function()),),
          conclusion=le(scaling.PARAMETERS, scaling.A * scaling.LAYERS * scaling.D_EMB * inv(PI) * (inv(scaling.T_MAX) * inv(scaling.T_MAX) * inv(
              scaling.T_MAX)) * (scaling.TOKENS * scaling.TOKENS)), covers=("Z1",), rests_on=("niu2024.eq13.lower", "niu2024.eq13.upper"),
          proof=scaling.n_at_most_d_squared,
          notes="As an upper bound, with A, l, d_emb, T_max held fixed, it is true: Z_t >= 1 forces n <= d^2/pi. As an order of magnitude it is "
                "far off, see niu2024.critical_data.order: Z_t = 1 needs n of order log d."),
    Claim(id="niu2024.critical_data.order", location="Section 5, after Eq. (13) (as used in Section 6.2)", reading_of="niu2024.critical_data",
          printed=r"\text{the model size is about the order }O(D^2)", variables=(SIZE_N, SIZE_D), hypotheses=(le(4 * PI * N, D * D),),
          conclusion=le(1, volumes.partition_function()), points=({"n": 40, "d": 25}, {"n": 60, "d": 30}, {"n": 100, "d": 36}),
          notes="Read as Theta: n up to a constant times d^2 would still have Z_t >= 1. Z_t decays exponentially in n."),
    Claim(id="niu2024.critical_data.order.amended", location="Section 5, after Eq. (13)", amends="niu2024.critical_data.order",
          printed=r"\log d=\frac n{2\pi e}+\tfrac12\log(\pi n)+O(1)\text{ at }Z_t=1", variables=(SIZE_N,), conclusion=scaling.BRACKET,
          proof=scaling.threshold_bracket, points=({"n": 1024},),
          notes="-log I_n(rho) is the log d at which Z_t = d I_n(rho) = 1. For every n >= 1 it lies between n/(2 pi e) + log(pi n)/2 + "
                "log(1 - 1/(pi e)) and n^2/(2 pi e (n + 2)) + log(pi n)/2 + 1/(6n): the two differ by less than 0.25 + 1/(6n)."),
    Claim(id="niu2024.critical_data.inference", location="Section 5, after Eq. (13) (unprinted step)", printed=None, reconstruction=True, variables=(),
          conclusion=scaling.ORDER_D_SQUARED, covers=("Z2",), rests_on=("niu2024.critical_data",), refutation=scaling.order_fails,
          denial=Denial((size("C", 0),), scaling.beyond_order(fam("C")), points=({"C": 0}, {"C": 10}, {"C": 1000})),
          notes="n = O(d^2) and N = (A l d_emb/T_max) n, D = T_max d do not give N = O(D^2): the factor contains d_emb = n/T_max. With A = l = T_max "
                "= 1 and n = d^2, N = d_emb^2 = d^4 while D = d."),
    Claim(id="niu2024.critical_data.inference.amended", location="Section 5, after Eq. (13) (unprinted step)", amends="niu2024.critical_data.inference",
          printed=r"n\le c\,d^2\ \Rightarrow\ N\le\frac{A l c^2}{T_{\max}^6}D^4", variables=(SIZE_D, *SCALE, scalar("c", 0)),
          hypotheses=(scaling.DIMENSION_GROWS,),
          conclusion=scaling.ORDER_FOUR, covers=("Z2",), proof=scaling.order_four,
          notes="What follows: order D^4. Equality when n = c d^2."),
    Claim(id="niu2024.near_floor", location="Sections 5 and 6 (unprinted step)", printed=None, reconstruction=True, variables=(),
          conclusion=le(Fraction(1, 2), scaling.GPT2_Z), covers=("Z3",), rests_on=("niu2024.critical_data",),
          refutation=scaling.gpt2_partition, denial=Denial((), lt(scaling.GPT2_Z, Fraction(1, 2)), points=({},)),
          notes="'Nearly met' read as Z_t >= 1/2 for GPT-2 small on 9B tokens: n = 1024 * 768, d = 9e9/1024. log Z_t is about -46,035."),
    Claim(id="niu2024.near_floor.amended", location="Sections 5 and 6 (unprinted step)", amends="niu2024.near_floor",
          printed=r"Z_t\le\frac{d\,e^{-n/2\pi e}}{(1-1/\pi e)\sqrt{\pi n}}", variables=(SIZE_N, SIZE_D),
          conclusion=le(volumes.partition_function(), scaling.DECAY), covers=("Z3",), proof=scaling.partition_decays, points=(GPT2_MEDIUM,),
          notes="With the paper's own radius Z_t decays exponentially in n: for GPT-2 small (n = 786,432, d = 8.8 million) log Z_t < -46,000, "
                "so 1/Z_t and with it the printed loss would be astronomically large."),
]

CLAIMS = published([*EQ12_CLAIMS, *VOLUME_CLAIMS, *EQ13_CLAIMS, *SCALING_CLAIMS])
