"""The paper's objects as terms: patterns rho(i, k), the auxiliary function g, the energies, ball volumes.

A point is a Python function k -> term, so that energies can be taken at x, at y, or at t x + (1 - t) y.
"""
from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Callable

from theory.claim import Claim, family, scalar, size
from theory.terms import PI, Symbol, Term, ball, exp, fam, gamma, integral, inv, log, max_, min_, num, power, sum_

Point = Callable[[Term], Term]

N, D = fam("n"), fam("d")
BETA, T_MIX, RADIUS = fam("beta"), fam("t"), fam("r")
X, Y, RHO = Symbol("x"), Symbol("y"), Symbol("rho")

# variables, as the paper declares them: n dimensions, d patterns
SIZE_N, SIZE_D = size("n"), size("d")
VECTOR_X, VECTOR_Y = family("x", "n"), family("y", "n")
PATTERNS = family("rho", "d", "n")
MIX = scalar("t", 0, 1)
POSITIVE_BETA = scalar("beta", 0, strict=True)
NONNEGATIVE_RADIUS = scalar("r", 0)


def mix(x: Point, y: Point, t: Term = T_MIX) -> Point:
    """t x + (1 - t) y"""
    return lambda k: t * x(k) + (1 - t) * y(k)


def dot(i: Term, x: Point, n: Term = N) -> Term:
    """rho_i^T x"""
    return sum_(n, lambda k: RHO(i, k) * x(k))


def square_norm(x: Point, n: Term = N) -> Term:
    """||x||^2"""
    return sum_(n, lambda k: x(k) * x(k))


def pattern_norm(i: Term, n: Term = N) -> Term:
    """||rho_i||^2"""
    return square_norm(lambda k: RHO(i, k), n)


def distance(x: Point, i: Term, n: Term = N) -> Term:
    """d(x, rho_i) = ||x - rho_i||^2"""
    return sum_(n, lambda k: (x(k) - RHO(i, k)) ** 2)


def pattern_distance(i: Term, j: Term, n: Term = N) -> Term:
    """||rho_i - rho_j||^2"""
    return sum_(n, lambda k: (RHO(i, k) - RHO(j, k)) ** 2)


def nearest(x: Point, n: Term = N, d: Term = D) -> Term:
    """g(x) = min over i of d(x, rho_i), Eq. (3)"""
    return min_(d, lambda i: distance(x, i, n))


def energy(x: Point, n: Term = N, d: Term = D) -> Term:
    """E(x) = -log sum over the d patterns of exp(-d(x, rho_i)): Eq. (4) with the upper limit d (printed: n; see niu2024.eq4)"""
    return -log(sum_(d, lambda i: exp(-distance(x, i, n))))


def largest_norm(n: Term = N, d: Term = D) -> Term:
    """max over i of ||rho_i||^2"""
    return max_(d, lambda i: pattern_norm(i, n))


def smallest_norm(n: Term = N, d: Term = D) -> Term:
    """min over i of ||rho_i||^2"""
    return min_(d, lambda i: pattern_norm(i, n))


def spread(n: Term = N, d: Term = D) -> Term:
    """max ||rho_i||^2 - min ||rho_i||^2"""
    return largest_norm(n, d) - smallest_norm(n, d)


def lse_patterns(beta: Term, x: Point, n: Term = N, d: Term = D) -> Term:
    """LSE(beta, Mx) = beta^-1 log sum exp(beta rho_i^T x), as Ramsauer et al. define it (printed without x; see niu2024.eq_mchn)"""
    return inv(beta) * log(sum_(d, lambda i: exp(beta * dot(i, x, n))))


def regulariser(beta: Term, x: Point, n: Term = N, d: Term = D) -> Term:
    """x^T x / 2 + log(d) / beta + max ||rho_i||^2 / 2"""
    return square_norm(x, n) / 2 + inv(beta) * log(d) + largest_norm(n, d) / 2


def mchn(beta: Term, x: Point, n: Term = N, d: Term = D) -> Term:
    """E_MCHN^beta(x), with rho_i^T x and max ||rho_i||"""
    return -lse_patterns(beta, x, n, d) + regulariser(beta, x, n, d)


# balls: Section 5 and Appendix C.2

def lower_gamma(s, z) -> Term:
    """gamma(s, z) = int_0^z u^(s-1) e^-u du"""
    return integral(0, z, lambda u: power(u, s - 1) * exp(-u))


def pi_half(n: Term = N) -> Term:
    """pi^(n/2)"""
    return power(PI, n / 2)


def volume(n: Term = N, r: Term = RADIUS) -> Term:
    """V_n(r) = pi^(n/2) r^n / Gamma(1 + n/2), the printed formula"""
    return pi_half(n) * power(r, n) * inv(gamma(1 + n / 2))


def ball_integral(n: Term = N, r: Term = RADIUS) -> Term:
    """int over the n-ball of radius r of exp(-||x||^2)"""
    return ball(n, r, lambda t: exp(-(t * t)))


def printed_ball_integral(n: Term = N, r: Term = RADIUS) -> Term:
    """2 pi^(n/2) gamma(n, r) / Gamma(n/2): Eq. (12)(c) as printed"""
    return 2 * pi_half(n) * lower_gamma(n, r) * inv(gamma(n / 2))


def critical_radius(n: Term = N) -> Term:
    """sqrt(n / (2 pi e))"""
    return power(n / (2 * PI * exp(1)), Fraction(1, 2))


FIGURE1_2D = {"n": 2, "d": 3, "rho": [[-2, Fraction(-1, 2)], [Fraction(1, 5), Fraction(-3, 10)], [Fraction(3, 2), Fraction(3, 2)]]}
FIGURE1_1D = {"n": 1, "d": 3, "rho": [[-2], [0], [1]]}



def _glossary() -> tuple[tuple[str, str, Term], ...]:
    """Abbreviations for reports: only display, the checked statements hold the full terms."""
    two, one = num(2), num(1)
    points = [("x", "x", X), ("y", "y", Y), ("t x + (1-t) y", "tx+(1-t)y", mix(X, Y))]
    rows = []
    for name, tex, p in points:
        rows += [(f"E({name})", f"E({tex})", energy(p)), (f"g({name})", f"g({tex})", nearest(p)),
                 (f"LSE({name})", rf"\mathrm{{LSE}}({tex})", log(sum_(N, lambda i, p=p: exp(p(i))))),
                 (f"E_MCHN({name})", rf"E^\beta_{{\mathrm{{MCHN}}}}({tex})", mchn(BETA, p)),
                 (f"E_MCHN^2({name})", rf"E^2_{{\mathrm{{MCHN}}}}({tex})", mchn(two, p)),
                 (f"E_MCHN^1({name})", rf"E^1_{{\mathrm{{MCHN}}}}({tex})", mchn(one, p)),
                 (f"|{name}|^2", rf"\|{tex}\|^2", square_norm(p))]
    rows += [("max|rho|^2", r"\max_i\|\rho_i\|^2", largest_norm()), ("min|rho|^2", r"\min_i\|\rho_i\|^2", smallest_norm())]
    for r, name, tex in ((RADIUS, "r", "r"), (power(RADIUS, Fraction(1, 2)), "sqrt r", r"\sqrt r"), (critical_radius(), "rho", r"\varrho")):
        rows += [(f"V_n({name})", f"V_n({tex})", volume(N, r)), (f"I_n({name})", f"I_n({tex})", ball_integral(N, r)),
                 (f"Gam_n({name})", rf"G_n({tex})", printed_ball_integral(N, r))]
    rows += [("rho", r"\varrho", critical_radius()), ("V_n(1)", "V_n(1)", volume(N, one)), ("V_(n+1)(1)", "V_{n+1}(1)", volume(N + 1, one)),
             ("V_(n+2)(1)", "V_{n+2}(1)", volume(N + 2, one)), ("gamma(n, r)", r"\gamma(n,r)", lower_gamma(N, RADIUS)),
             ("gamma(n/2, r^2)", r"\gamma(n/2,r^2)", lower_gamma(N / 2, RADIUS * RADIUS))]
    return tuple(rows)


GLOSSARY = _glossary()


def published(claims: list[Claim]) -> list[Claim]:
    """The claims with the paper's abbreviations attached."""
    return [replace(c, glossary=GLOSSARY) for c in claims]
