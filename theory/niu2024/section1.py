"""Abstract and Section 1: the floor that the abstract announces, attention as retrieval, Eq. (1) and what it does not explain."""
from __future__ import annotations

from fractions import Fraction

from theory.claim import Claim, Denial, index, scalar, size
from theory.niu2024.definitions import published, N, PATTERNS, SIZE_D, SIZE_N, VECTOR_X
from theory.niu2024.proofs import density, laws, retrieval
from theory.terms import Term, eq, fam, le, log, lt, num



def positive(*names: str):
    return tuple(scalar(name, 0, strict=True) for name in names)


ABSTRACT_CLAIMS = [
    Claim(id="niu2024.abstract.floor", location="Abstract",
          printed=r"\text{Under specific conditions, \ldots the minimum achievable cross-entropy loss is bounded from below by "
                  r"a constant approximately equal to }1",
          variables=(), conclusion=density.FLOOR, covers=("A1",), rests_on=("niu2024.prop4.lower",),
          refutation=density.below_the_floor,
          denial=Denial((scalar("w", *density.WEIGHTS),), density.LOW_LOSS,
              points=tuple({"w": density.WEIGHTS[0] + Fraction(k, 200)} for k in range(12))),
          notes="The loss log Z_theta + mean E_global(rho) of the paper's own model with its layer energies exp(-g_t)/Z_t, all "
                "layers alike (then c(x) = 0 and l drops out), n = 1 and one pattern with a ball of radius r: every condition "
                "holds. 'Approximately 1' is read generously as at least 1/2. At r = 1/10 the loss is -1.56; it tends to minus "
                "infinity as r tends to 0, as for any density."),
    Claim(id="niu2024.abstract.floor.amended", location="Abstract", amends="niu2024.abstract.floor",
          printed=r"E_{\mathrm{global}}\le w=E_{\mathrm{global}}(\rho)\text{ on }\Omega\ \Rightarrow\ L=\log Z_\theta+w\ge\log"
                  r"\mu(\Omega)",
          variables=(*positive("mu", "Z"), scalar("theta", 0)), hypotheses=(density.ENERGY_AT_MOST,),
          conclusion=density.AMENDED_FLOOR, covers=("A1",), proof=density.loss_at_least_log_volume,
          points=({"mu": 1, "Z": 1, "theta": 0}, {"mu": Fraction(1, 5), "Z": Fraction(1, 5), "theta": 0},
              {"mu": 2, "Z": 1, "theta": 1}),
          notes="mu is the volume of Omega, Z = int exp(-E), and w (theta in the formula) the energy at the patterns. The layer "
                "energies are largest there, so Z >= exp(-w) mu, which is all that is used. What bounds the loss is the volume "
                "that the density must share out; it is no universal constant. Equality for the uniform density."),
    Claim(id="niu2024.abstract.floor.formula", location="Abstract, with the formula of Proposition 4",
          reading_of="niu2024.abstract.floor", printed=r"1<\log Z_t+\frac1{Z_t}+\log l-c,\quad 0\le c<\log l",
          variables=(*positive("z"), size("l", 2), scalar("c", 0)), hypotheses=(lt(fam("c"), log(fam("l"))),),
          conclusion=density.FORMULA, proof=density.formula_above_one,
          points=tuple({"z": z, "l": l, "c": c} for z, l,
              c in ((1, 2, 0), (1, 2, Fraction(69, 100)), (Fraction(1, 2), 3, 1), (3, 12, 2), (Fraction(9, 10), 24, 3),
              (1, 3, Fraction(109, 100)))),
          notes="If the loss were Proposition 4's formula, 1 would be its infimum: approached at Z_t = 1 and c near log l."),
    Claim(id="niu2024.abstract.floor.trained", location="Abstract, for trained models", reading_of="niu2024.abstract.floor",
          printed=None, reconstruction=True, variables=(scalar("least", 0),), conclusion=le(1, fam("least")),
          experiment="training.offline",
          notes="What a record must show: the least training loss over all data sizes, also small ones, at saturation is not "
                "below 1. The rival explanation, the entropy of the training set, predicts losses below 1 there."),
    Claim(id="niu2024.abstract.search", location="Abstract",
          printed=r"\text{each transformer block effectively conducts an approximate nearest-neighbor search}",
          variables=(scalar("lift", 0),), conclusion=le(2, fam("lift")), covers=("L1",), experiment="radius",
          notes="What a record must show: the share of positions whose block output lies nearest to the stored activation of "
                "the same context is at least twice (lift) that of a block with shuffled weights."),
    Claim(id="niu2024.abstract.attention", location="Abstract; Section 1",
          printed=r"\text{an energy function analogous to that in the modern continuous Hopfield network which provides an "
                  r"insightful explanation for the attention mechanism}",
          variables=(SIZE_N, SIZE_D, PATTERNS, VECTOR_X, index("i", "d")),
          conclusion=eq(retrieval.update_weight(), retrieval.attention_weight()), covers=("L2",),
          points=({"n": 1, "d": 2, "rho": [[1], [-1]], "x": [Fraction(1, 3)], "i": 0},),
          notes="E_MCHN's update is attention: x becomes the mean of the patterns with weights softmax(beta rho^T x). For the "
                "proposed energy E the stationary condition has the weights softmax(-||x - rho||^2), which are attention "
                "weights (beta = 2) only if all patterns have the same norm: patterns of large norm are damped by "
                "exp(-||rho||^2)."),
    Claim(id="niu2024.abstract.attention.amended", location="Abstract; Section 1", amends="niu2024.abstract.attention",
          printed=r"\|\rho_i\|=\|\rho_j\|\ \forall i,j\ \Rightarrow\ \mathrm{softmax}(-\|x-\rho\|^2)=\mathrm{softmax}(2\rho^{"
                  r"\mathsf T}x)",
          variables=(SIZE_N, SIZE_D, PATTERNS, VECTOR_X, index("i", "d")), hypotheses=(retrieval.EQUAL_NORMS,),
          conclusion=eq(retrieval.update_weight(), retrieval.attention_weight()), covers=("L2",),
          proof=retrieval.update_is_attention,
          points=({"n": 1, "d": 2, "rho": [[1], [-1]], "x": [Fraction(1, 3)], "i": 0},
              {"n": 2, "d": 3, "rho": [[3, 4], [5, 0], [0, -5]], "x": [Fraction(1, 10), Fraction(-1, 5)], "i": 1},
              {"n": 2, "d": 2, "rho": [[1, 2], [2, 1]], "x": [Fraction(1, 2), 1], "i": 1}),
          notes="As after a layer norm. Sharp: with two patterns the weights agree at x only if the norms do."),
]

LARGER = lt(fam("N"), fam("M"))
CONSTANTS = (*positive("N_c", "D_c"), *(scalar(name, Fraction(1, 20), 1) for name in ("alpha_N", "alpha_D")))
SIZES = tuple(scalar(name, 1) for name in ("N", "M", "D", "D_M"))


def larger_is_better() -> Term:
    return lt(laws.kaplan(laws.M, laws.D_M), laws.kaplan(laws.N, laws.D))


KAPLAN_POINT = {"N_c": 1, "D_c": 1, "alpha_N": Fraction(1, 2), "alpha_D": Fraction(1, 2), "N": 1, "M": 2, "D": 10, "D_M": 1}
INTRODUCTION_CLAIMS = [
    Claim(id="niu2024.eq1", location="Section 1, Eq. (1)",
          printed=r"L(N,D)=\left(\left(\frac{N_c}N\right)^{\alpha_N/\alpha_D}+\frac{D_c}D\right)^{\alpha_D}",
          variables=(*CONSTANTS, scalar("N", 1), scalar("D", 1), *positive("h")), conclusion=laws.KAPLAN_FALLS, covers=("A2",),
          proof=laws.kaplan_falls,
          notes="As a definition: total for positive constants (exponents from 0.05 to 1; Kaplan et al. fit 0.076 and 0.095) "
                "and sizes from 1 on, and strictly falling in N and in D. It is the form of Kaplan et al. (their Eq. 1.5); the "
                "constants are not printed."),
    Claim(id="niu2024.eq1.small_models", location="Section 1, after Eq. (1)",
          printed=r"\text{this scaling law does not explain why in many cases smaller models perform better}",
          variables=(*CONSTANTS, *SIZES), hypotheses=(LARGER,), conclusion=larger_is_better(), covers=("A3",),
          rests_on=("niu2024.eq1",), points=(KAPLAN_POINT,),
          notes="Read as: by Eq. (1) the larger of two models always has the smaller loss. That holds at equal data; but Eq. "
                "(1) has two arguments, and a smaller model that saw more data does perform better by it."),
    Claim(id="niu2024.eq1.small_models.amended", location="Section 1, after Eq. (1)", amends="niu2024.eq1.small_models",
          printed=r"N<M,\ D\le D_M\ \Rightarrow\ L(M,D_M)<L(N,D)",
          variables=(*CONSTANTS, *SIZES), hypotheses=(LARGER, le(fam("D"), fam("D_M"))), conclusion=larger_is_better(),
          covers=("A3",), proof=laws.larger_is_better, points=({**KAPLAN_POINT, "D_M": 10},),
          notes="What Eq. (1) cannot explain is a smaller model that is better on no more data. The models named in Section 1 "
                "(MiniCPM, Llama, Mistral, Gemma) were trained on different amounts."),
    Claim(id="niu2024.intro.largest", location="Section 1, first paragraph",
          printed=r"\text{530 billion parameters, hundreds of billions of tokens, more than 10K GPUs (Smith et al., 2022)}",
          variables=(), conclusion=lt(num(560) * 8, 10_000), covers=("A4",),
          cited="The report of Smith et al. (2022) would check it. It gives 530B parameters and 270B tokens; the machine that "
                "it names has 560 nodes of 8 GPUs, which is 4,480 and not more than 10K."),
    Claim(id="niu2024.intro.capacity", location="Section 1, third paragraph",
          printed=r"\text{With MCHN, the network can store well-separated data points with a size exponential in the embedding "
                  r"dimension.}",
          variables=(SIZE_N,), conclusion=le(1, N), covers=("A5",),
          cited="Theorem 3 of Ramsauer et al. (2020), for patterns drawn at random on a sphere. Re-proving it would check it; a "
                "capacity experiment over n (see the rows of Table 1) can contradict it."),
]

CLAIMS = published([*ABSTRACT_CLAIMS, *INTRODUCTION_CLAIMS])
