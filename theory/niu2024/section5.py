"""Section 5, first half: the cross-entropy loss (Eq. (10), Eq. (11), Proposition 4 with C.1, Remarks 2 and 3)."""
from __future__ import annotations

from fractions import Fraction

from theory.claim import Claim, Denial, family, scalar, size
from theory.niu2024.definitions import D, N, SIZE_D, SIZE_N, published
from theory.niu2024.proofs import kink, layers, loss
from theory.niu2024.proofs.layers import A1, A2, PREVIOUS, TWO_LAYERS, XX, Z1, Z2, layer_offset
from theory.niu2024.proofs.loss import (ANY_LOSS, ANY_Y, AT_PATTERNS, C, COUNT, ENERGY, L, LOSS, MEAN_ENERGY, NORMALISER, ON_PATTERNS, POINTS,
                                        POSITIVE_P, POSITIVE_Q, PM, QM, W, Y, Z, Z_T, Z_THETA, likelihood)
from theory.terms import Symbol, and_, each, eq, exp, fam, imp, inv, le, log, lt, or_, sum_

F = Fraction
SIZE_L = size("l")
TWO_LAYER_VARIABLES = (scalar("a"), scalar("b"), scalar("Z1", 0, strict=True), scalar("Z2", 0, strict=True))
MODEL = (SIZE_N, SIZE_D, scalar("r", 0, strict=True))
ANY_MODEL = (*MODEL, scalar("Z", 0, strict=True))       # for every normaliser Z > 0, Z_t among them
STEP = (SIZE_L, scalar("c", 0), scalar("Ztheta", 0, strict=True), scalar("Z", 0, strict=True))
BELOW_LOG_L = lt(C, log(L))
AVERAGED = (*STEP, size("m"), family("g", "m"))
AVERAGED_POINTS = tuple({"l": l, "c": c, "Ztheta": t, "Z": z, "m": m, "g": [0] * m} for l, c, t, z, m in (
    (2, 0, 1, 1, 1), (2, F(1, 2), 2, 1, 2), (3, 1, 1, F(1, 2), 1), (4, 0, F(1, 3), 3, 3), (2, F(1, 3), 5, F(1, 7), 1), (5, F(3, 2), 1, 2, 2),
    (3, 0, F(1, 2), F(1, 2), 1), (6, 1, 3, 1, 4), (2, F(1, 4), F(2, 3), 4, 1)))
SOFT = Symbol("x")
ROW = sum_(N, lambda k: exp(SOFT(k)))
V = fam("z")

EQ10_CLAIMS = [
    Claim(id="niu2024.softmax_simplex", location="Section 5, first paragraph",
          printed=r"\text{The attention mechanism includes a softmax operation that outputs a probability distribution }p\in\Delta_n",
          variables=(SIZE_N, family("x", "n")),
          conclusion=and_(each(N, lambda i: eq(exp(SOFT(i)) * inv(ROW), exp(SOFT(i) - log(ROW)))), eq(sum_(N, lambda i: exp(SOFT(i)) * inv(ROW)), 1)), covers=("P1",),
          proof=loss.softmax_in_simplex,
          notes="True of softmax on n scores: each entry is an exponential, hence positive, and they sum to 1. (In attention the number of scores is the number of keys, not the dimension n of Section 3.)"),
    Claim(id="niu2024.eq10", location="Section 5, Eq. (10)",
          printed=r"\text{there exist a layer }t\text{ such that }E_{\mathrm{global}}(x)=E_t(x)-\log l+c(x),\quad0\le c(x)<\log l",
          variables=TWO_LAYER_VARIABLES, conclusion=or_(le(0, layer_offset(A1, A1, Z1)), le(0, layer_offset(A2, A2, Z2))), covers=("P2",),
          rests_on=("niu2024.eq8",), points=({"a": 0, "b": 1, "Z1": 1, "Z2": 1},),
          notes="One layer t for all x, as printed, would give 0 <= c at every pattern. Two layers with one pattern each on a line: at its own "
                "pattern each layer's energy is the larger one, so for t = 1 c < 0 at a, and for t = 2 c < 0 at b."),
    Claim(id="niu2024.eq10.amended", location="Section 5, Eq. (10)", amends="niu2024.eq10",
          printed=r"\text{for every }x\text{ some }t=t(x),\ l\ge2", variables=(SIZE_L, family("e", "l")), hypotheses=(TWO_LAYERS,),
          conclusion=layers.SOME_LAYER, covers=("P2",), proof=layers.some_layer, companions=(layers.some_layer_constant,),
          notes="The layer with the least energy at x, so t depends on x. For l = 1 the printed interval [0, log l) is empty."),
    Claim(id="niu2024.c_smooth", location="Section 5, after Eq. (10)", printed=r"c(x)\in C^\infty(\mathbb R^n)", variables=(),
          conclusion=kink.SMOOTH_AT_ZERO, covers=("P3",), rests_on=("niu2024.eq10",), refutation=kink.not_smooth,
          denial=Denial((scalar("h", 0, F(1, 2), strict=True),), kink.drop(fam("h")),
                        points=tuple({"h": h} for h in (F(1, 100), F(1, 10), F(1, 4), F(2, 5), F(49, 100), F(1, 3), F(1, 1000), F(9, 20), F(1, 7)))),
          notes="g_t is a minimum of distances and has a kink where two patterns are equally near. Two layers on a line with patterns {-1, 1} "
                "and {0}, Z = 1: c is even and c(0) - c(h) >= h/24, so c has no derivative at 0."),
    Claim(id="niu2024.c_smooth.amended", location="Section 5, after Eq. (10)", amends="niu2024.c_smooth",
          printed=r"|c(x)-c(y)|\le2\max_t|E_t(x)-E_t(y)|", variables=(SIZE_L, family("ea", "l"), family("eb", "l")),
          conclusion=layers.CONTINUOUS, covers=("P3",), proof=layers.prove_lipschitz,
          notes="What is true: E_global, hence c, is Lipschitz in the layers' energies, so c is continuous."),
    Claim(id="niu2024.constant_offset", location="Section 5, after Eq. (10)",
          printed=r"\text{We further assume that }c(x)=c\in[0,\log l)\text{ is constant}",
          variables=(scalar("x"), scalar("p"), *TWO_LAYER_VARIABLES), conclusion=eq(layer_offset(XX, A1, Z1), layer_offset(PREVIOUS, A1, Z1)),
          covers=("P4",), rests_on=("niu2024.eq10",), points=({"x": 0, "p": 1, "a": 0, "b": 1, "Z1": 1, "Z2": 1},),
          notes="Far from all patterns c tends to 0, so a constant c is 0 and all layers have the same energy. Two different layers violate the "
                "assumption."),
    Claim(id="niu2024.constant_offset.amended", location="Section 5, after Eq. (10)", amends="niu2024.constant_offset",
          printed=r"E_1=\cdots=E_l=e_0\ \Rightarrow\ E_{\mathrm{global}}=e_0-\log l\quad(c=0)", variables=(SIZE_L, family("e", "l"), scalar("e0")),
          hypotheses=(layers.EQUAL,), conclusion=eq(layers.GLOBAL, fam("e0") - log(L)), covers=("P4",), proof=layers.equal_layers,
          points=({"l": 2, "e": [1, 1], "e0": 1}, {"l": 1, "e": [0], "e0": 0}, {"l": 3, "e": [F(1, 2)] * 3, "e0": F(1, 2)},
                  {"l": 4, "e": [-1] * 4, "e0": -1}, {"l": 2, "e": [3, 3], "e0": 3}, {"l": 5, "e": [2] * 5, "e0": 2}, {"l": 1, "e": [5], "e0": 5},
                  {"l": 2, "e": [F(1, 3)] * 2, "e0": F(1, 3)}, {"l": 6, "e": [F(1, 7)] * 6, "e0": F(1, 7)}),
          notes="Identical layers satisfy the assumption with c = 0. Proposition 4's instances below use this case."),
    Claim(id="niu2024.uniform", location="Section 5, target distribution", printed=r"p_{\mathcal D}(x)=\sum_{i=1}^dp_i\,\delta(x-\rho^i),\quad p_i=\tfrac1d",
          variables=(SIZE_D,), conclusion=eq(sum_(D, lambda i: inv(D)), 1), covers=("P5",), proof=loss.uniform_mass,
          notes="As a measure its mass is 1. ('delta(x) = 0 for x != 0' alone does not define a distribution; the masses do.)"),
    Claim(id="niu2024.eq11", location="Section 5, Eq. (11)",
          printed=r"P_{\tilde{\mathcal D}}(x)=\frac1{d'}\sum_{i=1}^{d'}\delta(x-\rho^{\sigma(i)}),\quad\sigma\in\mathrm{Sym}([d])",
          variables=(SIZE_D, size("m")), conclusion=each(COUNT, lambda i: lt(i, D)), covers=("P6",), rests_on=("niu2024.uniform",),
          notes="sigma permutes [d], so sigma(i) has a meaning for i <= d only (here: every i < d' is an index below d). With d' > d test samples "
                "it has none; with d' <= d the test set has no repetition."),
    Claim(id="niu2024.eq11.amended", location="Section 5, Eq. (11)", amends="niu2024.eq11", printed=r"d'\le d", variables=(SIZE_D, size("m")),
          hypotheses=(le(COUNT, D),), conclusion=each(COUNT, lambda i: lt(i, D)), covers=("P6",), proof=loss.all_below),
]

PROP4_CLAIMS = [
    Claim(id="niu2024.c1.cross_entropy", location="Appendix C.1, first two lines",
          printed=r"L=-\frac1{d'}\sum_{x\in\tilde{\mathcal D}}\log p_\theta(x)=\log Z_\theta+\frac1{d'}\sum_{\rho^{\sigma(i)}}E_{\mathrm{global}}(x)",
          variables=(size("m"), family("E", "m"), scalar("Ztheta", 0, strict=True)),
          conclusion=eq(-(inv(POINTS) * sum_(POINTS, likelihood)), log(Z_THETA) + inv(POINTS) * sum_(POINTS, ENERGY)), covers=("P4-ce",),
          rests_on=("niu2024.eq9", "niu2024.eq11"), proof=loss.cross_entropy,
          notes="Right, as the negative log-likelihood of a density at d' points. Being the log of a density it can have any sign."),
    Claim(id="niu2024.c1.step_a", location="Appendix C.1, step (a)",
          printed=r"\log Z_\theta+\frac1{d'}\sum E_{\mathrm{global}}(\rho^{\sigma(i)})\overset{(a)}{=}\log Z_\theta+\frac1{Z_t}+\log l", variables=AVERAGED,
          hypotheses=(BELOW_LOG_L, ON_PATTERNS), conclusion=eq(log(Z_THETA) + MEAN_ENERGY, log(Z_THETA) + inv(Z_T) + log(L)), covers=("P4-a",),
          rests_on=("niu2024.eq10", "niu2024.constant_offset"), points=AVERAGED_POINTS,
          notes="By Eq. (10) at a pattern, where g = 0: E_global = 1/Z_t - log l + c. The printed step has + log l and no c."),
    Claim(id="niu2024.c1.step_a.amended", location="Appendix C.1, step (a)", amends="niu2024.c1.step_a",
          printed=r"=\log Z_\theta+\frac1{Z_t}-\log l+c", variables=AVERAGED, hypotheses=(BELOW_LOG_L, ON_PATTERNS),
          conclusion=eq(log(Z_THETA) + MEAN_ENERGY, log(Z_THETA) + inv(Z_T) - log(L) + C), covers=("P4-a",), proof=loss.step_a,
          points=AVERAGED_POINTS),
    Claim(id="niu2024.c1.normaliser", location="Appendix C.1, display for Z_theta",
          printed=r"Z_\theta=\int\exp(-E_{\mathrm{global}})=\frac l{e^c}\int\exp(-E_t)", variables=(SIZE_L, scalar("c", 0), scalar("e")),
          conclusion=eq(exp(-(fam("e") - log(L) + C)), L * inv(exp(C)) * exp(-fam("e"))), covers=("P4-z",),
          rests_on=("niu2024.eq10", "niu2024.constant_offset"), proof=loss.normaliser_identity,
          notes="Under Eq. (10) with constant c the integrands are equal at every point (e is the energy there), hence the integrals."),
    Claim(id="niu2024.c1.log_integral", location="Appendix C.1, last display",
          printed=r"\log\int\exp(-E_t(x))dx=\log Z_t", variables=MODEL, conclusion=eq(log(Y), log(Z)), covers=("P4-zt",),
          rests_on=("niu2024.layer_energy",), points=({"n": 1, "d": 1, "r": 1},),
          notes="E_t = exp(-g_t)/Z_t as printed and Z_t = int exp(-g_t) over d disjoint balls of radius r: exp(-E_t) is another function than "
                "exp(-g_t), and the display passes from 'approximately' to '='."),
    Claim(id="niu2024.c1.log_integral.amended", location="Appendix C.1, last display", amends="niu2024.c1.log_integral",
          printed=r"\log|\Omega|-\frac1{Z_t}<\log\int_\Omega\exp(-E_t(x))dx<\log|\Omega|", variables=ANY_MODEL,
          conclusion=and_(lt(log(W) - inv(Z_T), log(ANY_Y)), lt(log(ANY_Y), log(W))), covers=("P4-zt",), proof=loss.partition_bracket,
          notes="0 < E_t <= 1/Z_t, so the integral is within a factor e^(1/Z_t) of the volume of Omega. Proved for every Z > 0 in the place of Z_t."),
    Claim(id="niu2024.c1.step_b", location="Appendix C.1, step (b)",
          printed=r"\log Z_\theta+\frac1{Z_t}+\log l\overset{(b)}{=}\log Z_t+\frac1{Z_t}+\log l-c", variables=STEP, hypotheses=(BELOW_LOG_L,),
          conclusion=eq(log(NORMALISER) + inv(Z_T) + log(L), log(Z_T) + inv(Z_T) + log(L) - C), covers=("P4-b",),
          rests_on=("niu2024.c1.normaliser", "niu2024.c1.log_integral"), points=({"l": 2, "c": 0, "Ztheta": 1, "Z": 1},),
          notes="With Z_theta = (l/e^c) Z_t the left side has 2 log l: another log l is lost here."),
    Claim(id="niu2024.c1.step_b.amended", location="Appendix C.1, steps (a) and (b) together", amends="niu2024.c1.step_b",
          printed=r"\log Z_\theta+\frac1{Z_t}-\log l+c=\log Z_t+\frac1{Z_t}", variables=STEP, hypotheses=(BELOW_LOG_L,),
          conclusion=eq(log(NORMALISER) + AT_PATTERNS, log(Z_T) + inv(Z_T)), covers=("P4-b",), proof=loss.chain,
          points=({"l": 2, "c": 0, "Ztheta": 1, "Z": 1},), notes="Done right, l and c cancel: the layers leave no trace in the loss."),
    Claim(id="niu2024.prop4.lower", location="Section 5, Proposition 4 (left)", printed=r"1<L", variables=MODEL, conclusion=lt(1, LOSS),
          covers=("P4-lo",), rests_on=("niu2024.prop4.value", "niu2024.loss_floor"), points=({"n": 1, "d": 1, "r": F(1, 10)},),
          notes="The model of Section 5 with identical layers (c = 0, the case its assumptions leave): L = log int exp(-E_t) + 1/Z_t, the negative log of "
                "a density at the patterns. Small balls make the density large and L negative: there is no floor at 1."),
    Claim(id="niu2024.prop4.lower.amended", location="Section 5, Proposition 4 (left)", amends="niu2024.prop4.lower",
          printed=r"\log|\Omega|< L", variables=ANY_MODEL, conclusion=lt(log(W), ANY_LOSS), covers=("P4-lo",), proof=loss.loss_above_volume,
          notes="The floor is the log-volume of Omega: the uniform density on Omega has exactly this loss, and Z -> infinity approaches it."),
    Claim(id="niu2024.prop4.value", location="Section 5, Proposition 4 (equation)", printed=r"L=\log Z_t+\frac1{Z_t}+\log l-c",
          variables=(*MODEL, SIZE_L), hypotheses=(TWO_LAYERS,), conclusion=eq(LOSS, log(Z) + inv(Z) + log(L)), covers=("P4-eq",),
          rests_on=("niu2024.c1.cross_entropy", "niu2024.c1.step_a", "niu2024.c1.step_b"), points=({"n": 1, "d": 1, "r": 1, "l": 2},),
          notes="In the case that the assumptions leave (identical layers, c = 0, l >= 2 so that [0, log l) is not empty)."),
    Claim(id="niu2024.prop4.value.amended", location="Section 5, Proposition 4 (equation)", amends="niu2024.prop4.value",
          printed=r"L=\log\int\exp(-E_t)+\frac1{Z_t}\in[\log|\Omega|,\ \log|\Omega|+\tfrac1{Z_t}]", variables=ANY_MODEL,
          conclusion=and_(lt(log(W), ANY_LOSS), lt(ANY_LOSS, log(W) + inv(Z_T))), covers=("P4-eq",), proof=loss.loss_bracket,
          notes="The value, and the bracket it lies in, for all n, d and r."),
    Claim(id="niu2024.prop4.upper", location="Section 5, Proposition 4 (right)", printed=r"L\le\log Z_t+\frac1{Z_t}+\log l", variables=(*MODEL, SIZE_L),
          hypotheses=(TWO_LAYERS,), conclusion=le(LOSS, log(Z) + inv(Z) + log(L)), covers=("P4-hi",), rests_on=("niu2024.prop4.value",),
          points=({"n": 1, "d": 1, "r": 10, "l": 2},),
          notes="Z_t stays below d pi^(n/2) while the volume of Omega grows with r, and L follows the volume."),
    Claim(id="niu2024.prop4.upper.amended", location="Section 5, Proposition 4 (right)", amends="niu2024.prop4.upper",
          printed=r"L<\log|\Omega|+\frac1{Z_t}", variables=ANY_MODEL, conclusion=lt(ANY_LOSS, log(W) + inv(Z_T)), covers=("P4-hi",),
          proof=loss.loss_below_volume),
    Claim(id="niu2024.prop4.with_g", location="Section 5, Proposition 4 with E_t = g_t", reading_of="niu2024.prop4.value", printed=r"E_t=g_t:\quad L=\log Z_t",
          variables=STEP, hypotheses=(BELOW_LOG_L,), conclusion=eq(log(L * exp(-C) * Z_T) + (C - log(L)), log(Z_T)), proof=loss.chain_with_g,
          points=({"l": 2, "c": 0, "Ztheta": 1, "Z": 1},),
          notes="The other consistent reading: the layer's energy is g_t (as in the last display of C.1), 0 at the patterns. Then L = log Z_t, "
                "without 1/Z_t, l or c."),
    Claim(id="niu2024.prop4.with_g.lower", location="Section 5, Proposition 4 (left) with E_t = g_t", reading_of="niu2024.prop4.lower",
          printed=r"E_t=g_t:\quad1<L=\log Z_t", variables=MODEL, conclusion=lt(1, log(Z)), points=({"n": 1, "d": 1, "r": F(1, 10)},),
          notes="No floor at 1 in this reading either: the loss is log Z_t, negative for small balls, and about -46,000 for GPT-2 small at the "
                "paper's own radius (niu2024.near_floor.amended)."),
    Claim(id="niu2024.prop4.with_g.lower.amended", location="Section 5, Proposition 4 (left) with E_t = g_t", amends="niu2024.prop4.with_g.lower",
          printed=r"|\Omega|\,e^{-n r^2/(n+2)}\le Z_t\le|\Omega|", variables=(SIZE_N, SIZE_D, scalar("r", 0)),
          conclusion=and_(le(exp(-loss.JENSEN) * W, Z), le(Z, W)), proof=loss.partition_in_volume,
          notes="The bracket of the loss L = log Z_t in this reading, for all n, d and r: log of the volume of Omega, less at most n r^2/(n+2)."),
    Claim(id="niu2024.loss_floor", location="Section 5, after Proposition 4", printed=r"\log z+\frac1z\ge1\text{, with minimum obtained when }z=1",
          variables=(scalar("z", 0, strict=True),),
          conclusion=and_(le(1, log(V) + inv(V)), and_(imp(lt(1, V), lt(1, log(V) + inv(V))), imp(lt(V, 1), lt(1, log(V) + inv(V))))),
          covers=("P4-h",), proof=loss.floor_of_loss, notes="True, with equality at z = 1 only."),
    Claim(id="niu2024.chinchilla_floor", location="Section 5, after Proposition 4",
          printed=r"\hat L(N,D)=1.61\text{ as }N,D\to\infty\text{, which substantiates our theory that }L\approx\log Z_t+\frac1{Z_t}\ge1"
                  r"\text{, with minimum obtained when }Z_t=1",
          variables=(scalar("z", F(1, 4), 5),), conclusion=imp(le(log(V) + inv(V), F(323, 200)), imp(le(F(321, 200), log(V) + inv(V)), lt((V - 1) ** 2, F(1, 100)))),
          covers=("P4-fin",), rests_on=("niu2024.prop4.value", "niu2024.loss_floor"), points=({"z": F(393, 1000)}, {"z": F(387, 100)}),
          notes="Read as an inference: a fitted floor of 1.61 (to the printed digits) and L = log Z + 1/Z give Z_t near 1 (within 0.1). They give "
                "Z near 0.39 or near 3.87 instead; and since log Z + 1/Z takes every value from 1 up, any floor above 1 would have agreed."),
    Claim(id="niu2024.chinchilla_floor.amended", location="Section 5, after Proposition 4", amends="niu2024.chinchilla_floor",
          printed=r"1\le1.61=\log Z+\frac1Z\text{ for some }Z\in(0.39,0.40)\text{ and some }Z\in(3.8,3.9)", variables=(scalar("k", 0, 1),),
          conclusion=loss.TWO_SOLUTIONS, covers=("P4-fin",), proof=loss.two_solutions,
          notes="1.61 is compatible with the bound 1, and with two values of Z_t, neither of them 1."),
    Claim(id="niu2024.remark2", location="Section 5, Remark 2", printed=r"H(p_{\mathcal D},p_\theta)=D_{\mathrm{KL}}(p_{\mathcal D}\|p_\theta)+H(p_{\mathcal D})",
          variables=(SIZE_D, family("p", "d"), family("q", "d")), hypotheses=(POSITIVE_P, POSITIVE_Q),
          conclusion=eq(-sum_(D, lambda k: PM(k) * log(QM(k))),
                        sum_(D, lambda k: PM(k) * log(PM(k) * inv(QM(k)))) + -sum_(D, lambda k: PM(k) * log(PM(k)))), covers=("P7",),
          proof=loss.entropy_split,
          notes="True for masses p, q on the same finite set. Section 5's p_theta is a density and p_D a sum of point masses; between these "
                "D_KL is infinite, and the left side is then defined through the density's values only."),
    Claim(id="niu2024.remark2.floor", location="Section 5, Remark 2",
          printed=r"\text{the minimal cross-entropy equals the entropy of the training samples}", variables=(scalar("gap"),),
          conclusion=and_(le(-F(1, 10), fam("gap")), le(fam("gap"), F(1, 10))), covers=("P8",), experiment="training.offline",
          rests_on=("niu2024.remark2",),
          notes="gap: final training loss minus the entropy of the training list, nats a token. Over-parameterised here: models of 29,344 and "
                "104,512 parameters on 2,126 characters and on 100 and 300 lines (about 2,100 and 6,300 tokens)."),
]

CLAIMS = published([*EQ10_CLAIMS, *PROP4_CLAIMS])
