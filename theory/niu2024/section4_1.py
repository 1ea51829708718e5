"""End of Section 4 (the density of a layer, Assumption 3, Claim 1) and Section 4.1 (the layered structure, Eq. (6) to Eq. (9))."""
from __future__ import annotations

from fractions import Fraction

from theory.claim import Claim, family, index, scalar, size
from theory.niu2024.definitions import (D, NONNEGATIVE_RADIUS, PATTERNS, RADIUS, SIZE_D, SIZE_N, VECTOR_X, VECTOR_Y, X, Y, ball_integral, distance, energy, nearest, pattern_distance, published)
from theory.niu2024.proofs import layers, separation
from theory.niu2024.proofs.layers import A1, GLOBAL, LEAST, PREVIOUS, TWO_LAYERS, XX, Z1, bump_energy, two_layer_energy
from theory.terms import Term, and_, each, eq, exp, fam, imp, inv, le, log, lt, some, sum_

L = fam("l")
SIZE_L = size("l")
ENERGIES = family("e", "l")
TWO_LAYER_VARIABLES = (scalar("x"), scalar("p"), scalar("a"), scalar("b"), scalar("Z1", 0, strict=True), scalar("Z2", 0, strict=True))
Z = fam("Z")

# ---------------------------------------------------------------- the density of a layer, Assumption 3, Claim 1

# disjoint balls {d(x, rho_i) <= r}, and a point of their union
SEPARATED = each(D, lambda i: each(D, lambda j: imp(lt(i, j), lt(4 * RADIUS, pattern_distance(i, j)))))


def in_omega(p) -> Term:
    return some(D, lambda i: le(distance(p, i), RADIUS))


DENSITY_CLAIMS = [
    Claim(id="niu2024.ramsauer_theorem4", location="Section 4, after Proposition 3",
          printed=r"\text{according to Theorem 4 in (Ramsauer et al., 2020)}\ldots\text{ the probability density of the transformer layer is }p",
          variables=(), conclusion=le(0, 1), covers=("E17",),
          cited="a statement about another paper's theorem; reading Ramsauer et al. (2020), Theorem 4, would check it (there it bounds the error "
                "of one retrieval step and speaks of no density)"),
    Claim(id="niu2024.layer_density", location="Section 4, after Proposition 3", printed=r"p(x)=\frac1Z\exp(-E(x)|_\Omega),\quad\Omega=\bigcup_{i=1}^dB_i",
          variables=(SIZE_N, NONNEGATIVE_RADIUS, scalar("Z")), hypotheses=(le(ball_integral(), Z),), conclusion=lt(0, Z), covers=("E18",),
          rests_on=("niu2024.eq4",), points=({"n": 1, "r": 0, "Z": 0},),
          notes="A density needs 0 < Z < infinity. Z is at least the integral over one ball, since exp(-E) >= exp(-||x - rho_1||^2), and Omega is "
                "bounded. With r = 0, which Definition 1 does not exclude, Omega is finite and Z = 0."),
    Claim(id="niu2024.layer_density.amended", location="Section 4, after Proposition 3", amends="niu2024.layer_density",
          printed=r"r>0\Rightarrow 0<Z", variables=(SIZE_N, NONNEGATIVE_RADIUS, scalar("Z")), hypotheses=(le(ball_integral(), Z), lt(0, RADIUS)),
          conclusion=lt(0, Z), covers=("E18",), proof=separation.layer_density, notes="One ball of positive radius suffices."),
    Claim(id="niu2024.assumption3", location="Section 4, Assumption 3", printed=r"B_i\cap B_j=\emptyset,\ \forall 1\le i<j\le d",
          variables=(SIZE_N, NONNEGATIVE_RADIUS, VECTOR_X, family("a", "n"), family("b", "n")), conclusion=separation.disjoint_statement(),
          covers=("E19",), proof=separation.disjoint_balls,
          points=({"n": 1, "r": 1, "a": [0], "x": [1], "b": [2]}, {"n": 1, "r": 1, "a": [0], "x": [Fraction(7, 5)], "b": [Fraction(12, 5)]}),
          notes="As a definition it types and is decidable: balls {d(x, a) <= r} and {d(x, b) <= r}, d the squared distance, are disjoint exactly "
                "when ||a - b||^2 > 4 r. It is a property of the radii: every set of distinct patterns satisfies it for small r."),
    Claim(id="niu2024.claim1", location="Section 4, Claim 1, Eq. (5)",
          printed=r"\text{Suppose the patterns are well-separated, then the probability density is }p(x)=\tfrac1Z\exp(-g(x))",
          variables=(SIZE_N, SIZE_D, PATTERNS, VECTOR_X, VECTOR_Y, NONNEGATIVE_RADIUS), hypotheses=(SEPARATED, in_omega(X), in_omega(Y)),
          conclusion=eq(energy(X) - nearest(X), energy(Y) - nearest(Y)),
          covers=("E20",), rests_on=("niu2024.layer_density", "niu2024.assumption3", "niu2024.eq4"),
          points=({"n": 1, "d": 2, "rho": [[0], [3]], "x": [0], "y": [1], "r": 1},),
          notes="exp(-E)/Z = exp(-g)/Z' on Omega would need E - g to be constant there. For d >= 2 it is not, however well the patterns are "
                "separated: the other patterns add to exp(-E)."),
    Claim(id="niu2024.claim1.amended", location="Section 4, Claim 1, Eq. (5)", amends="niu2024.claim1",
          printed=r"e^{-g(x)}\le e^{-E(x)}\le d\,e^{-g(x)}", variables=(SIZE_N, SIZE_D, PATTERNS, VECTOR_X),
          conclusion=and_(le(exp(-nearest(X)), exp(-energy(X))), le(exp(-energy(X)), D * exp(-nearest(X)))), covers=("E20",),
          rests_on=("niu2024.prop1",), proof=separation.density_bounds,
          notes="What Proposition 1 gives for the densities: exp(-g) approximates exp(-E) within the factor d. Both ends are attained (d = 1; all "
                "distances equal)."),
]

# ---------------------------------------------------------------- the layers

PARTITION_CLAIMS = [
    Claim(id="niu2024.partition", location="Section 4.1, first display",
          printed=r"\mathcal D=\cup_{i=1}^{l}\mathcal D_i,\quad\mathcal D_i=\{\rho^{i_1},\rho^{i_2},\ldots,\rho^{i_d}\}", variables=(SIZE_L, SIZE_D),
          conclusion=eq(sum_(L, lambda i: D), D), covers=("M1",),
          ill_posed="d is the number of all patterns (Section 3) and here also the number in each layer.",
          notes="The formal statement: l disjoint sets of d patterns make up d patterns. True only for l = 1."),
    Claim(id="niu2024.partition.amended", location="Section 4.1, first display", amends="niu2024.partition",
          printed=r"|\mathcal D_i|=d/l:\quad\sum_{i=1}^l|\mathcal D_i|=d", variables=(SIZE_L, SIZE_D),
          conclusion=eq(sum_(L, lambda i: D * inv(L)), D), covers=("M1",), proof=separation.equal_shares,
          notes="With d/l patterns a layer the sizes add up."),
    Claim(id="niu2024.layer_energy", location="Section 4.1, E_t", printed=r"E_t(x)=\frac1{Z_t}\exp(-g_t(x))",
          variables=(SIZE_N, SIZE_D, PATTERNS, VECTOR_X, VECTOR_Y, scalar("Z", 0, strict=True)), hypotheses=(le(nearest(X), nearest(Y)),),
          conclusion=le(inv(Z) * exp(-nearest(X)), inv(Z) * exp(-nearest(Y))), covers=("M2",), rests_on=("niu2024.claim1",),
          ill_posed="the display defines a density, not an energy: Section 2 has p = exp(-E)/Z, Eq. (6) minimises E_t, C.1 integrates exp(-E_t) to "
                    "Z_t as if E_t were g_t, and evaluates E_t(rho) as 1/Z_t as printed.",
          notes="What an energy that Eq. (6) minimises must satisfy: nearer to the patterns of the layer means no larger. The printed E_t is "
                "largest on the patterns."),
    Claim(id="niu2024.layer_energy.amended", location="Section 4.1, E_t", amends="niu2024.layer_energy",
          printed=r"E_t(x)=g_t(x)+\log Z_t", variables=(SIZE_N, SIZE_D, PATTERNS, VECTOR_X, VECTOR_Y, scalar("Z", 0, strict=True)),
          hypotheses=(le(nearest(X), nearest(Y)),), conclusion=le(nearest(X) + log(Z), nearest(Y) + log(Z)), covers=("M2",),
          proof=separation.energy_follows_g, notes="Then exp(-E_t) is the density (1/Z_t) exp(-g_t), and minimising E_t is nearest-neighbour search."),
    Claim(id="niu2024.eq6", location="Section 4.1, Eq. (6)",
          printed=r"x^{(t)}=\operatorname*{arg\,min}_{d(x,x^{(t-1)})\le\delta_t}E_t(x)\text{ is the retrieved fix point attractor}",
          variables=(scalar("p"), scalar("x"), scalar("a"), scalar("Z1", 0, strict=True), scalar("delta", 0, strict=True)),
          hypotheses=(le((A1 - PREVIOUS) ** 2, fam("delta")), le((XX - PREVIOUS) ** 2, fam("delta"))),
          conclusion=le(bump_energy(A1, A1, Z1), bump_energy(XX, A1, Z1)), covers=("M3",), rests_on=("niu2024.layer_energy",),
          notes="One pattern a within reach on a line: the argmin of Eq. (6) would be a if E_t(a) <= E_t(x) for every x within reach. With the "
                "printed E_t, a is the maximiser: Eq. (6) walks away from the pattern."),
    Claim(id="niu2024.eq6.amended", location="Section 4.1, Eq. (6)", amends="niu2024.eq6", printed=r"g_t\text{ instead of }E_t",
          variables=(scalar("p"), scalar("x"), scalar("a"), scalar("delta", 0, strict=True)),
          hypotheses=(le((A1 - PREVIOUS) ** 2, fam("delta")), le((XX - PREVIOUS) ** 2, fam("delta"))),
          conclusion=le((A1 - A1) ** 2, (XX - A1) ** 2), covers=("M3",), proof=separation.nearest_minimises,
          notes="Minimising g_t over the ball retrieves the pattern when it lies within reach."),
]

MM_CLAIMS = [
    Claim(id="niu2024.mm", location="Section 4.1, after Eq. (6)",
          printed=r"\text{Such sequential optimization step is equivalent to the MM technique; Eq. (6) corresponds to Eq. (3) of Sun et al.}",
          variables=TWO_LAYER_VARIABLES, hypotheses=(le(bump_energy(XX, A1, Z1), bump_energy(PREVIOUS, A1, Z1)),),
          conclusion=le(two_layer_energy(XX), two_layer_energy(PREVIOUS)), covers=("M4",), rests_on=("niu2024.eq6",),
          points=({"x": 2, "p": 1, "a": 0, "b": 2, "Z1": 1, "Z2": 1},),
          notes="An MM step decreases the objective. Here the objective is E_global of two layers with one pattern each on a line, and the step "
                "does not increase E_1; E_global can still increase, since E_1 does not touch E_global at the current point."),
    Claim(id="niu2024.mm.amended", location="Section 4.1, after Eq. (6)", amends="niu2024.mm",
          printed=r"u\ge f,\ u(x^{(t-1)})=f(x^{(t-1)}),\ u(x^{(t)})\le u(x^{(t-1)})\ \Rightarrow\ f(x^{(t)})\le f(x^{(t-1)})",
          variables=(scalar("fx"), scalar("fp"), scalar("ux"), scalar("up")),
          hypotheses=(le(fam("fx"), fam("ux")), le(fam("up"), fam("fp")), le(fam("ux"), fam("up"))), conclusion=le(fam("fx"), fam("fp")),
          covers=("M4",), proof=separation.mm_descent,
          notes="Majorisation and touching give descent; Eq. (6) has the first (niu2024.eq8.surrogate) and lacks the second."),
    Claim(id="niu2024.eglobal_not_convex", location="Section 4.1, after Eq. (7)", printed=r"E_{\mathrm{global}}(x)\text{ is continuous but not convex}",
          variables=(SIZE_L, family("ea", "l"), family("eb", "l"), family("ec", "l"), scalar("M")), hypotheses=(layers.FARTHER, layers.BOUNDED),
          conclusion=and_(layers.CONTINUOUS, layers.NOT_CONVEX), covers=("M5",), proof=layers.bounded_not_convex,
          points=({"l": 1, "ea": [-1], "eb": [Fraction(-9, 10)], "ec": [Fraction(-9, 10)], "M": Fraction(-9, 10)},),
          notes="ea, eb, ec are the layers' energies at points a, b, c; a is farther than b from the patterns of every layer, M = max 1/Z_t bounds "
                "all energies, and c = a + T (b - a). Continuity: E_global is 1-Lipschitz in the energies. A bounded function that is not "
                "constant is not convex; T is explicit."),
    Claim(id="niu2024.not_linear", location="Section 4.1, after Eq. (7)",
          printed=r"\text{the global energy function is not a linear combination of the component energies}",
          variables=(SIZE_L, ENERGIES, family("c", "l")), hypotheses=(layers.SMALL,), conclusion=lt(GLOBAL, layers.COMBINATION), covers=("M6",),
          points=({"l": 1, "e": [Fraction(1, 10)], "c": [1]},),
          notes="Far from all patterns the energies are as small as one likes. There, for given weights c, E_global lies strictly below the "
                "combination (near -log l). With one layer E_global = E_1 is a linear combination."),
    Claim(id="niu2024.not_linear.amended", location="Section 4.1, after Eq. (7)", amends="niu2024.not_linear", printed=r"l\ge2",
          variables=(SIZE_L, ENERGIES, family("c", "l")), hypotheses=(layers.SMALL, TWO_LAYERS), conclusion=lt(GLOBAL, layers.COMBINATION),
          covers=("M6",), proof=layers.not_linear, companions=layers.NOT_LINEAR_COMPANIONS, notes="Two layers suffice, for all weights."),
    Claim(id="niu2024.eq8", location="Section 4.1, Eq. (8)",
          printed=r"\min_{1\le i\le l}E_i(x)-\log l\le E_{\mathrm{global}}(x)<\min_{1\le i\le l}E_i(x)", variables=(SIZE_L, ENERGIES),
          conclusion=and_(le(LEAST - log(L), GLOBAL), lt(GLOBAL, LEAST)), covers=("M7",), rests_on=("niu2024.lemma3",),
          notes="Lemma 3 at the energies, and wrong where Lemma 3 is: with one layer E_global = E_1."),
    Claim(id="niu2024.eq8.amended", location="Section 4.1, Eq. (8)", amends="niu2024.eq8", printed=r"l\ge2", variables=(SIZE_L, ENERGIES),
          hypotheses=(TWO_LAYERS,), conclusion=and_(le(LEAST - log(L), GLOBAL), lt(GLOBAL, LEAST)), covers=("M7",), proof=layers.eq8_two),
    Claim(id="niu2024.eq8.surrogate", location="Section 4.1, after Eq. (8)",
          printed=r"E_t(x)|_{x\in\mathcal X_t}\ge E_{\mathrm{global}}(x)|_{x\in\mathcal X_t}+c_t\text{ as in Eq. (2) in (Sun et al., 2016)}",
          variables=TWO_LAYER_VARIABLES,
          conclusion=le(two_layer_energy(XX) + (bump_energy(PREVIOUS, A1, Z1) - two_layer_energy(PREVIOUS)), bump_energy(XX, A1, Z1)),
          covers=("M8",), rests_on=("niu2024.eq8",),
          notes="In Sun et al. c_t = u(x_t) - f(x_t), the gap at the current point, so that the surrogate touches. With that c_t the inequality "
                "fails (two layers with one pattern each on a line)."),
    Claim(id="niu2024.eq8.surrogate.amended", location="Section 4.1, after Eq. (8)", amends="niu2024.eq8.surrogate",
          printed=r"E_t(x)\ge E_{\mathrm{global}}(x)", variables=(SIZE_L, ENERGIES, index("t", "l")), conclusion=le(GLOBAL, layers.ENERGY(fam("t"))),
          covers=("M8",), proof=layers.at_layer, companions=(layers.equal_terms,), notes="What Eq. (8) gives: c_t = 0, majorisation without touching. Equality at l = 1."),
    Claim(id="niu2024.eq9", location="Section 4.1, Eq. (9)", printed=r"p_\theta(x)=\frac1{Z_\theta}\exp(-E_{\mathrm{global}}(x)),\quad x\in\Omega",
          variables=(SIZE_N, NONNEGATIVE_RADIUS, scalar("M", 0), scalar("Z")), hypotheses=(le(exp(-fam("M")) * ball_integral(), Z),),
          conclusion=lt(0, Z), covers=("M9",), rests_on=("niu2024.layer_density", "niu2024.eq8"), points=({"n": 1, "r": 0, "M": 0, "Z": 0},),
          notes="As for a layer: E_global <= M = max 1/Z_t, so Z_theta is at least e^(-M) times the volume of a ball, hence times the integral of "
                "exp(-||x||^2) over it. With r = 0 it is 0."),
    Claim(id="niu2024.eq9.amended", location="Section 4.1, Eq. (9)", amends="niu2024.eq9", printed=r"r>0\Rightarrow0<Z_\theta",
          variables=(SIZE_N, NONNEGATIVE_RADIUS, scalar("M", 0), scalar("Z")),
          hypotheses=(le(exp(-fam("M")) * ball_integral(), Z), lt(0, RADIUS)), conclusion=lt(0, Z), covers=("M9",),
          proof=separation.global_density),
    Claim(id="niu2024.remark1", location="Section 4.1, Remark 1",
          printed=r"\text{If the model is severely over-parameterized, the energy function}\ldots\text{is not confined to the form expressed in Eq. (9)}",
          variables=(scalar("below"),), conclusion=le(Fraction(1, 10), fam("below")), covers=("M10",), experiment="training.offline",
          notes="below: the 1 that Proposition 4 predicts for the form of Eq. (9), minus the final training loss of over-parameterised runs; at "
                "least 0.1. (It shows that they leave what the paper derives from Eq. (9). Done right the derivation has no floor at 1, see "
                "niu2024.prop4.lower, so a low loss alone does not show that the form is left.)"),
]

CLAIMS = published([*DENSITY_CLAIMS, *PARTITION_CLAIMS, *MM_CLAIMS])
