"""Section 2: Eq. (2) with its fitted constants, and exp(-E)/Z as a probability density."""
from __future__ import annotations

from fractions import Fraction

from theory.claim import Claim, Denial, scalar
from theory.niu2024.definitions import published
from theory.niu2024.proofs import density, laws
from theory.terms import and_, eq, fam, num


def positive(*names: str):
    return tuple(scalar(name, 0, strict=True) for name in names)


CLAIMS = published([
    Claim(id="niu2024.eq2", location="Section 2, Eq. (2)", printed=r"\hat L(N,D)=E+\frac A{N^\alpha}+\frac B{D^\beta}",
          variables=positive("E", "A", "B", "alpha", "beta", "N", "D", "h"), conclusion=laws.CHINCHILLA_FALLS, covers=("A7",),
          proof=laws.chinchilla_falls,
          notes="As a definition: total for positive arguments and constants, above E, and strictly falling in N and in D. A "
                "larger model or more data never hurts by Eq. (2) either."),
    Claim(id="niu2024.chinchilla", location="Section 2, display after Eq. (2)",
          printed=r"\alpha=0.34,\ \beta=0.28,\ E=1.61,\ A=406.4,\ B=410.7",
          variables=(),
          conclusion=and_(eq(num(Fraction(4064, 10)), Fraction(2032, 5)), eq(num(Fraction(161, 100)), Fraction(161, 100))),
          covers=("A8",),
          cited="A fit by Hoffmann et al. (2022) to runs that are not public; their paper would check the printed digits (their "
                "preprint is usually quoted with E = 1.69), and a re-fit of published loss curves would check the fit. Against "
                "Table 2: niu2024.table2.eq2."),
    Claim(id="niu2024.boltzmann", location="Section 2, display for p_theta",
          printed=r"p_\theta(x)=\frac{\exp(-E_\theta(x))}{Z_\theta},\ x\in\mathbb R^n,\quad Z_\theta=\int_x\exp(-E_\theta(x))",
          variables=(), conclusion=density.FINITE, covers=("A9",), refutation=density.infinite_somewhere,
          denial=Denial((scalar("C"),), density.exceeds(fam("C")),
              points=tuple({"C": c} for c in (0, 1, 5, 10, 20, 40, -1, -3, 2, 3))),
          notes="For a density on R^n, Z must be finite. The formal statement asks it of the paper's own layer energies "
                "(Section 4.1) with one pattern, n = 1: E(x) = theta exp(-x^2), theta = 1/Z_t. They are bounded, so exp(-E) "
                "stays above exp(-theta) and its integral over R is infinite."),
    Claim(id="niu2024.boltzmann.amended", location="Section 2, display for p_theta", amends="niu2024.boltzmann",
          printed=r"E_\theta=\theta\|x\|^2,\ \theta>0,\ n=2:\quad \int_{\|x\|\le r}e^{-E_\theta}=\frac\pi\theta\big(1-e^{-"
                  r"\theta r^2}\big)",
          variables=(scalar("theta", 0, strict=True), scalar("r", 0)), conclusion=density.GAUSSIAN, covers=("A9",),
          proof=density.plane_gaussian,
          notes="Z is finite for energies that grow, here with Z = pi/theta exactly; theta > 0 cannot be dropped. An energy "
                "that stays bounded needs a bounded domain, as Omega in Eq. (9)."),
])
