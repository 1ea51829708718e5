"""Sentences of Sections 4 and 5 about other work: stationary points of E_MCHN, the aim of MM, auxiliary loss terms."""
from __future__ import annotations

from fractions import Fraction

from theory.claim import Claim, scalar
from theory.niu2024.definitions import published
from theory.niu2024.proofs import figures

F = Fraction
TWO_PATTERNS = (scalar("a", 0, strict=True), scalar("beta", 0, strict=True))
SURROGATE = (scalar("a"), scalar("b", 0), scalar("y"), scalar("p"), scalar("q"))
LOSS = (scalar("z", 0, strict=True), scalar("k", 0, strict=True))

CLAIMS = published([
    Claim(id="niu2024.mchn.stationary", location="Section 4, paragraph after Eq. (4)", variables=TWO_PATTERNS,
          conclusion=figures.NEAR_MINIMUM, covers=("L3",),
          printed=r"\text{In (Ramsauer et al., 2020), it is shown that }E_{\mathrm{MCHN}}\text{ induces stationary points near "
                  r"the stored patterns}",
          rests_on=("niu2024.eq_mchn",), points=({"a": 1, "beta": 1},),
          notes="Two patterns a and -a, n = 1: E_MCHN'(x) = x - a tanh(beta a x), which is positive at a. 'Near a' is read as "
                "between a/2 and a, and E' must then be negative at a/2. For patterns close together it is not, and the only "
                "stationary point is their mean, 0; the theorem cited assumes that patterns are well separated."),
    Claim(id="niu2024.mchn.stationary.amended", location="Section 4, paragraph after Eq. (4)", amends="niu2024.mchn.stationary",
          covers=("L3",), printed=r"\beta a^2>\log3\ \Rightarrow\ E_{\mathrm{MCHN}}'(a/2)<0<E_{\mathrm{MCHN}}'(a)",
          variables=TWO_PATTERNS, hypotheses=(figures.FAR_ENOUGH,), conclusion=figures.NEAR_MINIMUM,
          proof=figures.stationary_near_pattern, points=({"a": 1, "beta": F(11, 10)}, {"a": 2, "beta": 1}),
          notes="A minimum lies between a/2 and a. Sharp: at beta a^2 = log 3 the derivative at a/2 is 0."),
    Claim(id="niu2024.mm.aim", location="Section 4.1, first paragraph", variables=SURROGATE, conclusion=figures.CONVEX,
          covers=("A6",),
          printed=r"\text{majorization-minimization (MM) \ldots aims to accelerate optimization using surrogate convex "
                  r"functions}",
          points=({"a": -1, "b": 0, "y": 0, "p": 1, "q": -1},),
          notes="Literally: MM's surrogates are convex. MM asks that a surrogate lie above the objective and touch it at the "
                "current point; u(x) = a x^2 + b (x - y)^2 does so for f(x) = a x^2 and every b >= 0, convex or not. Nor does "
                "MM accelerate: its step minimises an upper bound, so it gains no more than minimising the objective would; "
                "what it guarantees is descent."),
    Claim(id="niu2024.mm.aim.amended", location="Section 4.1, first paragraph", amends="niu2024.mm.aim", covers=("A6",),
          printed=r"u(x)=ax^2+b(x-y)^2\text{ is convex if }b\ge-a",
          variables=SURROGATE, hypotheses=(figures.STRONG,), conclusion=figures.CONVEX, proof=figures.convex_surrogate,
          points=({"a": -1, "b": 1, "y": 0, "p": 1, "q": -1}, {"a": -1, "b": 2, "y": 0, "p": 1, "q": -1}),
          notes="Convex surrogates are a choice: they must bend up as much as the objective bends down. Sharp."),
    Claim(id="niu2024.remark3", location="Section 5, Remark 3", variables=LOSS, hypotheses=(figures.NOT_ONE,),
          conclusion=figures.RAISED, covers=("R3",),
          printed=r"\text{some models add auxiliary regularization terms such as the z-loss; the scaling laws should take into "
                  r"consideration the additional terms}",
          proof=figures.zloss_raises, points=({"z": F(1, 2), "k": 1}, {"z": 2, "k": F(1, 10)}),
          notes="The z-loss adds k log(Z)^2. On the paper's log Z + 1/Z it raises the loss everywhere but at Z = 1, so a law "
                "fitted to the sum is not one of the cross-entropy. That layer normalisation 'may contribute' to the bound is a "
                "possibility, not a statement."),
    Claim(id="niu2024.remark3.floor", location="Section 5, Remark 3", reading_of="niu2024.remark3", printed=None,
          reconstruction=True, variables=LOSS, conclusion=figures.FLOOR_KEPT, proof=figures.floor_kept,
          points=({"z": 1, "k": 1}, {"z": 2, "k": 1}),
          notes="The lower bound 1 of log Z + 1/Z is not changed by the z-loss: it is attained at Z = 1, where the z-loss is 0."),
])
