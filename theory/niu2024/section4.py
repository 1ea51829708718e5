"""Section 4: a new energy function (Eq. (3), Eq. (4), Figure 1, Propositions 1 to 3) up to Proposition 3."""
from __future__ import annotations

from fractions import Fraction

from theory.claim import Claim, family, scalar
from theory.niu2024.definitions import (published, BETA, D, FIGURE1_1D, FIGURE1_2D, MIX, N, PATTERNS, POSITIVE_BETA, SIZE_D, SIZE_N, T_MIX,
                                        VECTOR_X, VECTOR_Y, X, Y, dot, energy, largest_norm, lse_patterns, mchn, mix, nearest,
                                        pattern_norm, spread, square_norm)
from theory.niu2024.proofs import energies, landscape, sharpness
from theory.niu2024.proofs.landscape import DISTINCT, G_STATEMENT, GRADIENT, NOT_CONVEX, close_patterns
from theory.tactics import ring
from theory.terms import ONE, Term, abs_, and_, conj, eq, exp, fam, imp, inv, le, log, lt, max_, num, sum_

SETTING = (SIZE_N, SIZE_D, PATTERNS, VECTOR_X)
PAIR = (SIZE_N, SIZE_D, PATTERNS, VECTOR_X, VECTOR_Y, MIX)


def convex(f) -> Term:
    return le(f(mix(X, Y)), T_MIX * f(X) + (1 - T_MIX) * f(Y))


# ---------------------------------------------------------------- the MCHN energy as printed

SCALAR_LSE = "at n = 1, where exp(beta rho_i) types, the printed LSE(beta, Mx) does not depend on x, while Appendix B's LogSumExp at Mx does"

MCHN_CLAIMS = [
    Claim(id="niu2024.eq_mchn", location="Section 4, display before Eq. (3)",
          printed=r"E_{\mathrm{MCHN}}^\beta(x) = -\mathrm{LogSumExp}(\beta,Mx)+\tfrac12 x^Tx+\beta^{-1}\log d+\tfrac12\max_i\|x_i\|^2,\quad "
                  r"\mathrm{LogSumExp}(\beta,Mx):=\beta^{-1}\log\sum_{i=1}^d\exp(\beta\rho_i)",
          variables=(SIZE_D, POSITIVE_BETA, scalar("x"), family("rho", "d")),
          conclusion=eq(inv(BETA) * log(sum_(D, lambda i: exp(BETA * fam("rho", i)))),
                        inv(BETA) * log(sum_(D, lambda i: exp(BETA * (fam("rho", i) * fam("x")))))),
          covers=("E1",),
          ill_posed="exp(beta rho_i) exponentiates a vector, and where it types (n = 1) the right side does not contain x; "
                    "max_i ||x_i|| names x_i, but x is one input and has no index i (B.1 uses max ||rho_i||).",
          notes="The formal statement is what consistent definitions would satisfy: the printed LSE(beta, Mx) equals App. B's LogSumExp at "
                "beta M x, divided by beta. Certified to fail: " + SCALAR_LSE + "."),
    Claim(id="niu2024.eq_mchn.amended", location="Section 4, display before Eq. (3)", amends="niu2024.eq_mchn",
          printed=r"\mathrm{LogSumExp}(\beta,Mx)=\beta^{-1}\log\sum_i\exp(\beta\rho_i^{\mathsf T}x),\ \max_i\|\rho_i\|^2/2:\quad "
                  r"E_{\mathrm{MCHN}}^\beta(x)\ge\tfrac12 g(x)\ge 0",
          variables=(SIZE_N, SIZE_D, POSITIVE_BETA, PATTERNS, VECTOR_X), conclusion=le(nearest(X) / 2, mchn(BETA, X)), covers=("E1",),
          proof=energies.mchn_above_g,
          notes="With rho_i^T x and max ||rho_i||^2 the energy is defined for every x and beta > 0, is what B.1 computes with (see "
                "niu2024.b1.displays), and its added constants do what they are there for: E >= g/2 >= 0. Sharp: equality when all patterns are equal."),
    Claim(id="niu2024.mchn.regularisers", location="Section 4, paragraph after the MCHN energy",
          printed=r"\text{These regularization terms involve both the max norm of the input and the number of patterns.}",
          variables=(SIZE_N, SIZE_D, POSITIVE_BETA, PATTERNS, VECTOR_X),
          conclusion=eq(mchn(BETA, X) + lse_patterns(BETA, X),
                        square_norm(X) / 2 + inv(BETA) * log(D) + max_(N, lambda k: abs_(X(k))) ** 2 / 2),
          covers=("E4",), rests_on=("niu2024.eq_mchn",),
          notes="Literally the max norm of the *input* x, as the printed max_i ||x_i|| suggests. The energy that B.1 works with has the "
                "largest pattern norm instead."),
    Claim(id="niu2024.mchn.regularisers.amended", location="Section 4, paragraph after the MCHN energy", amends="niu2024.mchn.regularisers",
          printed=r"E_{\mathrm{MCHN}}^\beta+\mathrm{LSE}=\tfrac12\|x\|^2+\beta^{-1}\log d+\tfrac12\max_i\|\rho_i\|^2",
          variables=(SIZE_N, SIZE_D, POSITIVE_BETA, PATTERNS, VECTOR_X),
          conclusion=eq(mchn(BETA, X) + lse_patterns(BETA, X), square_norm(X) / 2 + inv(BETA) * log(D) + largest_norm() / 2),
          covers=("E4",), proof=lambda: ring(mchn(BETA, X) + lse_patterns(BETA, X), square_norm(X) / 2 + inv(BETA) * log(D) + largest_norm() / 2),
          notes="The terms involve the squared norm of the input, the largest norm of the patterns and the number of patterns."),
]


# ---------------------------------------------------------------- convexity

CONVEXITY_CLAIMS = [
    Claim(id="niu2024.lse_not_convex", location="Section 4, paragraph after the MCHN energy",
          printed=r"\text{in the continuous domain, the negative LogSumExp function is not convex}",
          variables=(SIZE_N, SIZE_D, PATTERNS), conclusion=NOT_CONVEX, covers=("E2",), rests_on=("niu2024.eq_mchn",),
          points=({**FIGURE1_2D}, {"n": 2, "d": 2, "rho": [[0, 0], [1, -1]]}),
          notes="Encoded with an explicit witness (beta = 1): some two patterns differ, and for any two that do, the function at the "
                "midpoint of v = rho_i - rho_j and -v lies above its chord. If all patterns are equal, -LSE(Mx) is linear, hence "
                "convex: d = 1 is the smallest case."),
    Claim(id="niu2024.lse_not_convex.amended", location="Section 4, paragraph after the MCHN energy", amends="niu2024.lse_not_convex",
          printed=r"\text{not convex, if two patterns differ}", variables=(SIZE_N, SIZE_D, PATTERNS), hypotheses=(DISTINCT,),
          conclusion=NOT_CONVEX, covers=("E2",), proof=landscape.not_convex, points=({**FIGURE1_2D}, {"n": 2, "d": 2, "rho": [[0, 0], [1, -1]]}),
          notes="Sharp: with all patterns equal the function is linear."),
    Claim(id="niu2024.mchn_convex", location="Section 4, paragraph after the MCHN energy",
          printed=r"\text{The MCHN energy then adds regularization terms to create a convex energy function.}",
          variables=(SIZE_N, SIZE_D, POSITIVE_BETA, *SETTING[2:], VECTOR_Y, MIX), conclusion=convex(lambda p: mchn(BETA, p)), covers=("E3",),
          rests_on=("niu2024.eq_mchn",),
          points=({"n": 1, "d": 2, "beta": 1, "rho": [[-2], [2]], "x": [1], "y": [-1], "t": Fraction(1, 2)},),
          notes="The quadratic term does not outweigh patterns that lie far apart."),
    Claim(id="niu2024.mchn_convex.amended", location="Section 4, paragraph after the MCHN energy", amends="niu2024.mchn_convex",
          printed=r"\beta\,\|\rho_i-\rho_j\|^2\le 4\ \forall i,j\ \Rightarrow\ E_{\mathrm{MCHN}}^\beta\text{ is convex}",
          variables=(SIZE_N, SIZE_D, POSITIVE_BETA, *SETTING[2:], VECTOR_Y, MIX), hypotheses=(close_patterns(num(4), BETA),),
          conclusion=convex(lambda p: mchn(BETA, p)), covers=("E3",), proof=landscape.mchn_convex,
          points=({"n": 1, "d": 2, "beta": 1, "rho": [[-1], [1]], "x": [Fraction(1, 10)], "y": [Fraction(-1, 10)], "t": Fraction(3, 4)},),
          notes="Sharp: 4 cannot be replaced by anything larger, see niu2024.mchn_convex.sharp."),
    Claim(id="niu2024.mchn_convex.sharp", location="Section 4 (sharpness)", printed=None, reconstruction=True,
          reading_of="niu2024.mchn_convex", variables=(scalar("a"), scalar("h", 0, strict=True), POSITIVE_BETA),
          hypotheses=(sharpness.MCHN_TOO_FAR,), conclusion=sharpness.bump(sharpness.pair_mchn), proof=sharpness.mchn_threshold,
          points=({"a": Fraction(11, 10), "h": Fraction(1, 10), "beta": 1},),
          notes="Two patterns +a, -a with beta ||2a||^2 > 4, however slightly: some h > 0 satisfies the hypothesis, and the energy at 0 "
                "lies above its chord from -h to h."),
    Claim(id="niu2024.energy_goal", location="Section 4, paragraph after Eq. (4)",
          printed=r"E(x)\text{ achieves the same goal without additional regularization.}",
          variables=PAIR, conclusion=convex(energy), covers=("E9",), rests_on=("niu2024.eq4", "niu2024.mchn_convex"),
          points=({"n": 1, "d": 2, "rho": [[-2], [2]], "x": [2], "y": [-2], "t": Fraction(1, 2)},),
          notes="The goal named one paragraph before is 'to create a convex energy function'. Figure 1(d) itself shows three separate minima."),
    Claim(id="niu2024.energy_goal.amended", location="Section 4, paragraph after Eq. (4)", amends="niu2024.energy_goal",
          printed=r"\|\rho_i-\rho_j\|^2\le 2\ \forall i,j\ \Rightarrow\ E\text{ is convex}", variables=PAIR,
          hypotheses=(close_patterns(num(2)),), conclusion=convex(energy), covers=("E9",), proof=landscape.energy_convex,
          notes="Sharp: see niu2024.energy_goal.sharp. The same threshold as E_MCHN at beta = 2."),
    Claim(id="niu2024.energy_goal.sharp", location="Section 4 (sharpness)", printed=None, reconstruction=True,
          reading_of="niu2024.energy_goal", variables=(scalar("a"), scalar("h", 0, strict=True)),
          hypotheses=(sharpness.ENERGY_TOO_FAR,), conclusion=sharpness.bump(sharpness.pair_energy), proof=sharpness.energy_threshold,
          points=({"a": Fraction(3, 4), "h": Fraction(1, 10)},),
          notes="Two patterns +a, -a with ||2a||^2 > 2, however slightly: E at 0 lies above its chord from -h to h for small h."),
    Claim(id="niu2024.energy_goal.regularised", location="Section 4, paragraph after Eq. (4)", reading_of="niu2024.energy_goal",
          printed=r"E(x)=\|x\|^2-\log\sum_i\exp(2\rho_i^{\mathsf T}x-\|\rho_i\|^2)", variables=SETTING,
          conclusion=eq(energy(X), square_norm(X) - log(sum_(D, lambda i: exp(2 * dot(i, X) - pattern_norm(i))))),
          proof=landscape.energy_as_regularised,
          notes="'Without additional regularization' as algebra: the quadratic regulariser ||x||^2 sits inside the squared distance, and "
                "each pattern carries its own -||rho_i||^2."),
]


# ---------------------------------------------------------------- g and E

def energy_to_n(p) -> Term:
    """Eq. (4) exactly as printed: the sum runs to n, the dimension."""
    return -log(sum_(N, lambda i: exp(-landscape.distance(p, i))))


EQ_CLAIMS = [
    Claim(id="niu2024.eq3", location="Section 4, Eq. (3)",
          printed=r"g(x)\ge 0,\text{ with } g(x)=0\text{ if and only if }x\in\mathcal D=\{\rho_1,\ldots,\rho_d\}", variables=SETTING,
          conclusion=conj(G_STATEMENT[0], imp(G_STATEMENT[1], G_STATEMENT[2]), imp(G_STATEMENT[2], G_STATEMENT[1])), covers=("E5",),
          points=({"n": 1, "d": 1, "rho": [[1]], "x": [-1]},), proof=landscape.g_definite),
    Claim(id="niu2024.softmax_gradient", location="Section 4 and Appendix B",
          printed=r"\text{the softmax function is the gradient of the LogSumExp function}", variables=(SIZE_N, VECTOR_X, family("v", "n")),
          conclusion=GRADIENT, covers=("E6",), proof=landscape.prove_gradient,
          notes="As the derivative in every direction v: linear in v with coefficients softmax(x), which is what a gradient is."),
    Claim(id="niu2024.eq4", location="Section 4, Eq. (4)", printed=r"E(x)=-\log\left(\sum_{i=1}^{n}\exp(-d(x,\rho_i))\right)",
          variables=SETTING, hypotheses=(le(N, D),), conclusion=eq(energy_to_n(X), energy(X)), covers=("E7",),
          ill_posed="n is the dimension of x (Section 3) and there are d patterns: for n > d the symbols rho_{d+1}, ..., rho_n have no "
                    "meaning, and for n < d the sum leaves patterns out, against Proposition 1 and B.1, which sum to d.",
          notes="The formal statement is the consistency of the printed limit n with the limit d that Prop. 1 and B.1 use, where it has a "
                "meaning at all (n <= d)."),
    Claim(id="niu2024.eq4.amended", location="Section 4, Eq. (4)", amends="niu2024.eq4",
          printed=r"E(x)=-\log\left(\sum_{i=1}^{d}\exp(-d(x,\rho_i))\right):\quad e^{-E(x)}=\sum_{i=1}^{d}e^{-\|x-\rho_i\|^2}>0",
          variables=SETTING,
          conclusion=eq(exp(-energy(X)), sum_(D, lambda i: exp(-landscape.distance(X, i)))),
          covers=("E7",), proof=landscape.energy_defined,
          notes="Summed over the d patterns, E is defined at every x for every d >= 1."),
    Claim(id="niu2024.surrogate", location="Section 4, paragraphs around Eq. (4)",
          printed=r"\text{the function assigns smaller values to points near the patterns\ldots a smooth surrogate of }g"
                  r"\text{, therefore also demonstrates the retrieval ability}",
          variables=(SIZE_N, SIZE_D, PATTERNS, VECTOR_X, VECTOR_Y), hypotheses=(lt(nearest(X), nearest(Y)),),
          conclusion=lt(energy(X), energy(Y)), covers=("E8",), rests_on=("niu2024.eq4", "niu2024.eq3"),
          notes="Nearer to a pattern means smaller energy? Several patterns close together pull the energy below that of a lone pattern: E "
                "is even smaller between them than on it, so the 'therefore' does not follow."),
    Claim(id="niu2024.surrogate.amended", location="Section 4, paragraphs around Eq. (4)", amends="niu2024.surrogate",
          printed=r"g(x)+\log d< g(y)\ \Rightarrow\ E(x)<E(y)", variables=(SIZE_N, SIZE_D, PATTERNS, VECTOR_X, VECTOR_Y),
          hypotheses=(lt(nearest(X), nearest(Y)), lt(nearest(X) + log(D), nearest(Y))), conclusion=lt(energy(X), energy(Y)), covers=("E8",),
          rests_on=("niu2024.prop1",), proof=energies.order_from_gap,
          notes="Far enough apart, order in g is order in E. The margin log d is sharp: niu2024.surrogate.sharp."),
    Claim(id="niu2024.surrogate.sharp", location="Section 4, paragraphs around Eq. (4) (sharpness)", printed=None, reconstruction=True,
          reading_of="niu2024.surrogate", variables=(scalar("a", 0, strict=True), scalar("h", 0)), hypotheses=sharpness.MARGIN,
          conclusion=sharpness.MARGIN_CONCLUSION, proof=sharpness.margin_is_log_two,
          points=tuple({"a": a, "h": h} for a, h in (
              (1, Fraction(3, 4)), (2, Fraction(19, 10)), (Fraction(9, 10), Fraction(17, 20)), (Fraction(3, 4), Fraction(1, 2)),
              (3, Fraction(29, 10)), (5, Fraction(99, 20)), (1, Fraction(9, 10)), (2, Fraction(39, 20)), (10, Fraction(999, 100)), (4, Fraction(399, 100)))),
          notes="The margin log d cannot be lowered: patterns +a and -a, x = a + h and y = 0, with g(y) - g(x) anywhere below "
                "log 2 - e^(-4 a^2), and still E(y) < E(x)."),
]


# ---------------------------------------------------------------- Figure 1

def figure1(z: Term, beta: Term | None) -> Term:
    """E (beta None) or E_MCHN^beta at the real z, for Figure 1's one-dimensional patterns {-2, 0, 1}."""
    if beta is None:
        return -log(exp(-((z + 2) ** 2)) + exp(-(z ** 2)) + exp(-((z - 1) ** 2)))
    return (-(inv(beta) * log(exp(beta * (-2 * z)) + exp(beta * (0 * z)) + exp(beta * z))) + z * z / 2 + inv(beta) * log(3) + 2)


A, B, C = fam("a"), fam("b"), fam("c")
DIP = (lt(A, B), lt(B, C), lt(figure1(B, None), figure1(A, None)), lt(figure1(B, None), figure1(C, None)))

FIGURE_CLAIMS = [
    Claim(id="niu2024.fig1.resemble", location="Section 4, Figure 1 (right panel)",
          printed=r"\text{the landscape of the proposed energy resembles that of the MCHN energy }(\beta=1)",
          variables=(scalar("a", -3, 3), scalar("b", -3, 3), scalar("c", -3, 3)), hypotheses=DIP,
          conclusion=and_(lt(figure1(B, ONE), figure1(A, ONE)), lt(figure1(B, ONE), figure1(C, ONE))), covers=("E10",),
          rests_on=("niu2024.eq4", "niu2024.eq_mchn"), points=({"a": Fraction(-1, 2), "b": Fraction(1, 2), "c": Fraction(3, 2)},),
          notes="Read as: where E has a valley (b below a and c, a < b < c), E_MCHN^1 has one too, on the paper's own patterns {-2, 0, 1}. "
                "E has a second valley near 0.49; E_MCHN^1 has only the one near -1.95 and rises through it."),
    Claim(id="niu2024.fig1.resemble.amended", location="Section 4, Figure 1", amends="niu2024.fig1.resemble",
          printed=r"-(\max\|\rho_i\|^2-\min\|\rho_i\|^2)-\log d\ \le\ E(x)-(2E_{\mathrm{MCHN}}^{1}(x)-\log d)\ \le\ 0", variables=SETTING,
          conclusion=and_(le(-spread() - log(D), energy(X) - (2 * mchn(ONE, X) - log(D))), le(energy(X) - (2 * mchn(ONE, X) - log(D)), 0)),
          covers=("E10",), proof=energies.close_at_beta_one, companions=(energies.prop1_lower, landscape.g_nonneg, energies.spread_nonneg), points=({**FIGURE1_2D, "x": [0, 0]}, {**FIGURE1_1D, "x": [Fraction(1, 2)]}),
          notes="What is true of the two landscapes at beta = 1, for every pattern set and every x: they stay within a band (and E is "
                "compared with 2 E_MCHN, not with E_MCHN: the difference to E_MCHN itself grows like ||x||^2 / 2). 0 is attained at d = 1."),
]


# ---------------------------------------------------------------- Propositions 1 to 3

PROP2 = le(abs_(energy(X) - (energies.mchn2() - log(D))), spread())
PROP3_LEFT = le(-spread(), nearest(X) - energies.mchn2())
PROP3_RIGHT = le(nearest(X) - energies.mchn2(), spread() + log(D))
G, E, M, SPREAD, LOG_D = fam("g"), fam("E"), fam("M"), fam("Delta"), fam("L")
FROM_PROPS = (le(G - LOG_D, E), le(E, G), le(abs_(E - (M - LOG_D)), SPREAD))

PROPOSITION_CLAIMS = [
    Claim(id="niu2024.prop1", location="Section 4, Proposition 1", printed=r"g(x)-\log d\le E(x)\le g(x)", variables=SETTING,
          conclusion=and_(le(nearest(X) - log(D), energy(X)), le(energy(X), nearest(X))), covers=("E11",),
          rests_on=("niu2024.lemma3", "niu2024.eq4"), proof=energies.prop1, points=({**FIGURE1_2D, "x": [0, 0]},),
          notes="With E summed over the d patterns. Both bounds are attained: the left one where all distances are equal, the right one at d = 1."),
    Claim(id="niu2024.prop1.printed_limit", location="Section 4, Proposition 1 with Eq. (4) to the letter", reading_of="niu2024.prop1",
          printed=r"g(x)-\log d\le -\log\sum_{i=1}^{n}e^{-d(x,\rho_i)}\le g(x)", variables=SETTING, hypotheses=(le(N, D),),
          conclusion=and_(le(nearest(X) - log(D), energy_to_n(X)), le(energy_to_n(X), nearest(X))),
          notes="With the printed limit n of Eq. (4), where it has a meaning (n <= d), the right side fails."),
    Claim(id="niu2024.prop1.printed_limit.amended", location="Section 4, Proposition 1 with Eq. (4) to the letter",
          amends="niu2024.prop1.printed_limit", printed=r"g(x)-\log d\le E(x)\le g(x)", variables=SETTING,
          conclusion=and_(le(nearest(X) - log(D), energy(X)), le(energy(X), nearest(X))), proof=energies.prop1),
    Claim(id="niu2024.prop2", location="Section 4, Proposition 2",
          printed=r"|E(x)-(2E_{\mathrm{MCHN}}^{\beta=2}(x)-\log d)|\le \max_i\|\rho_i\|^2-\min_i\|\rho_i\|^2", variables=SETTING,
          conclusion=PROP2, covers=("E12",), rests_on=("niu2024.lemma4", "niu2024.eq_mchn", "niu2024.eq4", "niu2024.b1.displays"),
          proof=energies.prop2, points=({**FIGURE1_2D, "x": [0, 0]},)),
    Claim(id="niu2024.prop2.one_sided", location="Section 4, Proposition 2 (sharper)", reading_of="niu2024.prop2", printed=None,
          reconstruction=True, variables=SETTING,
          conclusion=and_(le(energies.mchn2() - log(D) - spread(), energy(X)), le(energy(X), energies.mchn2() - log(D))),
          proof=energies.prop2_one_sided, notes="E never exceeds 2 E_MCHN - log d: the absolute value in Proposition 2 hides a sign."),
    Claim(id="niu2024.b1.displays", location="Appendix B.1", printed=r"\text{the displays of the proof of Proposition 2}", variables=SETTING,
          conclusion=conj(*energies.displays()), covers=("E13",), rests_on=("niu2024.lemma4", "niu2024.eq_mchn"),
          proof=energies.prove_displays,
          notes="Each display of B.1 in order, with xi^2 = max ||rho_i||^2: the expansion, the constant moved inside, the completed square, "
                "the difference of two LogSumExps, Lemma 4, and max | ||rho_i||^2 - xi^2 | = max - min."),
    Claim(id="niu2024.prop3.lower", location="Section 4, Proposition 3 (left)",
          printed=r"\min_i\|\rho_i\|^2-\max_i\|\rho_i\|^2\le g(x)-2E_{\mathrm{MCHN}}^{\beta=2}(x)", variables=SETTING, conclusion=PROP3_LEFT,
          covers=("E14",), rests_on=("niu2024.prop1", "niu2024.prop2"),
          notes="The log d of Proposition 2 was lost. Two patterns of equal norm already break it."),
    Claim(id="niu2024.prop3.lower.amended", location="Section 4, Proposition 3 (left)", amends="niu2024.prop3.lower",
          printed=r"\min_i\|\rho_i\|^2-\max_i\|\rho_i\|^2-\log d\le g(x)-2E_{\mathrm{MCHN}}^{\beta=2}(x)", variables=SETTING,
          conclusion=le(-spread() - log(D), nearest(X) - energies.mchn2()), covers=("E14",), proof=energies.prop3_lower_true,
          notes="Sharp: equality at d = 1, and for d = 2 the bound is approached (niu2024.prop3.lower.sharp)."),
    Claim(id="niu2024.prop3.lower.sharp", location="Section 4, Proposition 3 (left, sharpness)", printed=None, reconstruction=True,
          reading_of="niu2024.prop3.lower", variables=(scalar("a"),), conclusion=sharpness.LOST_LOG_TWO, proof=sharpness.lost_log_two,
          notes="Patterns +a and -a on a line, x = a: max = min, and g - 2 E_MCHN comes within e^(-4 a^2) of -log 2 = -log d."),
    Claim(id="niu2024.prop3.upper", location="Section 4, Proposition 3 (right)",
          printed=r"g(x)-2E_{\mathrm{MCHN}}^{\beta=2}(x)\le\max_i\|\rho_i\|^2-\min_i\|\rho_i\|^2+\log d", variables=SETTING,
          conclusion=PROP3_RIGHT, covers=("E15",), rests_on=("niu2024.prop1", "niu2024.prop2"), proof=energies.prop3_upper,
          companions=(energies.prop3_upper_sharp, energies.spread_nonneg, energies.log_d_nonneg),
          notes="True but loose: the sharp upper bound is 0, see niu2024.prop3.upper.sharp."),
    Claim(id="niu2024.prop3.upper.sharp", location="Section 4, Proposition 3 (right, sharp)", reading_of="niu2024.prop3.upper", printed=None,
          reconstruction=True, variables=SETTING, conclusion=le(nearest(X) - energies.mchn2(), 0), proof=energies.prop3_upper_sharp,
          notes="g never exceeds 2 E_MCHN; equality when all patterns are equal."),
    Claim(id="niu2024.prop3.follows", location="Section 4, sentence before Proposition 3",
          printed=r"\text{The following result follows directly from the above inequalities.}",
          variables=(scalar("g"), scalar("E"), scalar("M"), scalar("Delta", 0), scalar("L", 0)), hypotheses=FROM_PROPS,
          conclusion=and_(le(-SPREAD, G - M), le(G - M, SPREAD + LOG_D)), covers=("E16",), rests_on=("niu2024.prop1", "niu2024.prop2"),
          notes="The inference itself: g, E, M = 2 E_MCHN, Delta = max - min and L = log d as arbitrary reals that satisfy Propositions 1 "
                "and 2. The left half of Proposition 3 does not follow."),
    Claim(id="niu2024.prop3.follows.amended", location="Section 4, sentence before Proposition 3", amends="niu2024.prop3.follows",
          printed=r"-\Delta-\log d\le g-2E_{\mathrm{MCHN}}\le\Delta",
          variables=(scalar("g"), scalar("E"), scalar("M"), scalar("Delta", 0), scalar("L", 0)), hypotheses=FROM_PROPS,
          conclusion=and_(le(-SPREAD - LOG_D, G - M), le(G - M, SPREAD)), covers=("E16",), proof=lambda: landscape.inference(FROM_PROPS),
          notes="What does follow from Propositions 1 and 2 alone; both ends are attained by reals that satisfy them."),
]

CLAIMS = published([*MCHN_CLAIMS, *CONVEXITY_CLAIMS, *EQ_CLAIMS, *FIGURE_CLAIMS, *PROPOSITION_CLAIMS])
