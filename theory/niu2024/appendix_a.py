"""Appendix A, Table 1: energies and capacities of the earlier Hopfield networks.

The capacities are empirical claims: `experiment` names the record of `empirics.capacity` that decides them, and the formal
statement says what its figure must satisfy, at the sizes n0 < n1 (< n2) that the experiment measures. Finite sizes leave a
tolerance, stated in each.
"""
from __future__ import annotations

from fractions import Fraction

from theory.claim import Claim, family, index, scalar, size
from theory.niu2024.definitions import D, N, PATTERNS, RHO, SIZE_D, SIZE_N, VECTOR_X, VECTOR_Y, X, Y, dot, published
from theory.niu2024.proofs import associative as proofs
from theory.terms import Term, and_, conj, each, eq, fam, inv, le, log, lt, num, power, sqrt, sum_

SETTING = (SIZE_N, SIZE_D, PATTERNS, VECTOR_X)
BINARY_PATTERNS = each(D, lambda i: each(N, lambda k: eq(RHO(i, k) * RHO(i, k), 1)))
N0, N1, R = fam("n0"), fam("n1"), fam("r")
TABLE = "Appendix A, Table 1"
HALF = Fraction(1, 2)


def within(low, quantity: str, high) -> Term:
    return and_(le(low, fam(quantity)), le(fam(quantity), high))


def step(w, b, x, m: int, v) -> dict:
    """A point of `niu2024.table1.descent`: the bit m of x moves by v."""
    y = [e + v if k == m else e for k, e in enumerate(x)]
    return {"n": len(x), "m": m, "W": w, "b": b, "x": x, "y": y}


# ---------------------------------------------------------------- row 1: Hopfield (1982)

STEPS = (step([[0]], [1], [-1], 0, 2), step([[0, 1], [1, 0]], [0, 0], [-1, 1], 0, 2),
         step([[0, -1], [-1, 0]], [0, 0], [1, 1], 1, -2),
         step([[2, 0], [0, 2]], [0, 0], [1, 1], 0, 0), step([[0, 1, 1], [1, 0, 1], [1, 1, 0]], [0, 0, 0], [1, 1, -1], 2, 2),
         step([[0, 3, -1], [3, 0, 2], [-1, 2, 0]], [1, 0, -2], [-1, 1, 1], 0, 2), step([[0, 0], [0, 5]], [1, -1], [1, 1], 1, 3),
         step([[1, 2], [2, 1]], [0, 0], [-1, 1], 0, 2), step([[0, -2, 1], [-2, 0, 4], [1, 4, 0]], [0, 1, 0], [1, -1, 1], 1, 2),
         step([[3, 1], [1, 0]], [-2, 1], [1, -1], 0, Fraction(1, 2)), step([[0, 1], [1, 0]], [1, 1], [1, -1], 1, 2))
MOVES = ({"n": 1, "d": 1, "rho": [[1]], "x": [1], "y": [2], "b": [0]},
         {"n": 2, "d": 1, "rho": [[1, 1]], "x": [1, 1], "y": [2, 1], "b": [0, 0]},
         {"n": 2, "d": 2, "rho": [[1, 1], [1, -1]], "x": [1, -1], "y": [1, -3], "b": [1, 0]},
         {"n": 3, "d": 2, "rho": [[1, 1, 1], [1, 1, -1]], "x": [1, -1, 1], "y": [1, 1, 1], "b": [0, 0, 0]},
         {"n": 3, "d": 1, "rho": [[1, -1, 1]], "x": [1, 1, 1], "y": [1, -1, 1], "b": [0, 0, 0]},
         {"n": 1, "d": 2, "rho": [[1], [-1]], "x": [-1], "y": [-2], "b": [1]},
         {"n": 2, "d": 3, "rho": [[1, 1], [1, 1], [1, -1]], "x": [-1, 1], "y": [-1, 1], "b": [0, 0]},
         {"n": 2, "d": 1, "rho": [[1, 2]], "x": [-1, 1], "y": [1, 1], "b": [0, -1]},
         {"n": 2, "d": 1, "rho": [[1, -1]], "x": [1, -1], "y": [2, -2], "b": [0, 0]})

HOPFIELD = [
    Claim(id="niu2024.table1.hopfield", location=f"{TABLE}, Hopfield (1982)",
          printed=r"E(x)=-\tfrac12x^{\mathsf T}Wx-b^{\mathsf T}x,\quad\text{capacity }O(n)",
          variables=(size("n0", 2), scalar("slope")),
          conclusion=within(0, "slope", 1 + inv(num(10))), covers=("T1a",), experiment="capacity.hopfield",
          notes="slope: of log K against log n from n0 = 32 up, K the number of random patterns of which half come back from 5 "
                "% flipped bits. O(n) bounds it by 1; a tenth is left for finite n. The energy itself: "
                "niu2024.table1.hopfield_energy and descent."),
    Claim(id="niu2024.table1.hopfield_energy", location=f"{TABLE}, caption: W is the outer product of the patterns",
          reading_of="niu2024.table1.hopfield",
          printed=r"x^{\mathsf T}Wx=\sum_{i=1}^d(\rho_i^{\mathsf T}x)^2,\quad W=\sum_i\rho_i\rho_i^{\mathsf T}",
          variables=SETTING, conclusion=eq(proofs.quadratic(X), proofs.squared_overlaps()), proof=proofs.quadratic_is_overlaps,
          notes="For every n and d. The table does not say what b is; the stored patterns enter through W alone."),
    Claim(id="niu2024.table1.descent", location=f"{TABLE}, Hopfield (1982): update of one unit",
          reading_of="niu2024.table1.hopfield", printed=None,
          reconstruction=True,
          variables=(SIZE_N, index("m", "n"), family("W", "n", "n"), family("b", "n"), VECTOR_X, VECTOR_Y),
          hypotheses=(proofs.DIAGONAL, proofs.ONE_BIT, proofs.ALONG_FIELD),
          conclusion=le(proofs.general(Y), proofs.general(X)), proof=proofs.descent_one_bit, points=STEPS,
          notes="Moving one unit m along its field never raises the energy, for every n and W with W(m, m) >= 0 (Hopfield: 0). "
                "The field is (W + W^T) x/2 + b, which is W x + b for a symmetric W, such as an outer product."),
    Claim(id="niu2024.table1.descent.parallel", location=f"{TABLE}, Hopfield (1982) with the caption's W",
          reading_of="niu2024.table1.hopfield",
          printed=None, reconstruction=True, variables=(*SETTING, VECTOR_Y, family("b", "n")), hypotheses=(proofs.FOLLOWS_FIELD,),
          conclusion=le(proofs.hopfield(Y), proofs.hopfield(X)), proof=proofs.descent_outer, points=MOVES,
          notes="With W the plain outer product (its diagonal kept, as printed), any set of units may change at once along the "
                "field: E never rises. Hopfield's W without a diagonal needs one unit at a time."),
]


# ---------------------------------------------------------------- row 2: Krotov and Hopfield (2016)

def polynomial(limit: Term) -> Term:
    """-sum over i < limit of (rho_i^T x)^r"""
    return -sum_(limit, lambda i: power(dot(i, X), R))


FINITE = R * R / (2 * N0)
LOG = inv(log(N0))
ONES = tuple({"n": n, "d": d, "x": x, "y": x, "rho": rho} for n, d, x, rho in (
    (1, 1, [1], [[1]]), (1, 2, [-1], [[-1], [-1]]), (2, 1, [1, -1], [[1, -1]]), (2, 3, [1, 1], [[1, 1], [1, 1], [1, -1]]),
    (3, 1, [1, 1, 1], [[1, 1, 1]]), (3, 3, [1, -1, 1], [[1, -1, 1], [1, 1, 1], [1, -1, -1]]),
    (2, 2, [-1, -1], [[-1, -1], [-2, -1]]),
    (4, 1, [1, -1, -1, 1], [[1, -1, -1, 1]]), (1, 3, [1], [[1], [1], [-1]])))

KROTOV = [
    Claim(id="niu2024.table1.krotov_energy", location=f"{TABLE}, Krotov and Hopfield (2016)",
          printed=r"E(x)=-\sum_{i=1}^{n}F(\rho_i^{\mathsf T}x)",
          variables=(SIZE_N, SIZE_D, size("r"), PATTERNS, VECTOR_X), hypotheses=(le(N, D), BINARY_PATTERNS, proofs.binary(X)),
          conclusion=eq(polynomial(N), polynomial(D)), covers=("T1b",),
          points=({"n": 1, "d": 2, "r": 2, "rho": [[1], [1]], "x": [1]},
                  {"n": 2, "d": 3, "r": 3, "rho": [[1, 1], [1, 1], [1, 1]], "x": [1, 1]}),
          ill_posed="the caption calls n the dimension of the input and d the number of patterns, and there is one term per "
                    "pattern: for n > d the symbols rho_{d+1}, ..., rho_n have no meaning, and for n < d patterns are left out.",
          notes="F(z) = z^r. As niu2024.eq4: the formal statement is that the printed limit n does what the limit d does, "
                "where it types (n <= d)."),
    Claim(id="niu2024.table1.krotov_energy.amended", location=f"{TABLE}, Krotov and Hopfield (2016)",
          amends="niu2024.table1.krotov_energy",
          printed=r"E(x)=-\sum_{i=1}^{d}F(\rho_i^{\mathsf T}x);\quad F(z)=z^2:\ E(x)=2\cdot(-\tfrac12x^{\mathsf T}Wx)",
          variables=SETTING,
          conclusion=eq(-proofs.squared_overlaps(), 2 * (-(proofs.quadratic(X) / 2))), covers=("T1b",),
          proof=proofs.krotov_square,
          notes="With the limit d, r = 2 is the table's first row (b = 0) times 2, for every n and d, so the two rows describe "
                "one network."),
    Claim(id="niu2024.table1.krotov_capacity", location=f"{TABLE}, Krotov and Hopfield (2016)", printed=r"\Theta(n^r)",
          variables=(size("n0", 2), size("r"), scalar("excess")), conclusion=within(-LOG - FINITE, "excess", FINITE),
          covers=("T1c",),
          rests_on=("niu2024.table1.krotov_energy",), experiment="capacity.krotov",
          notes="excess: the measured exponent of K(n) minus r, for F(z) = z^r with r = 2, 3, 4 together (r = 4 in the "
                "tolerance r^2/(2 n0)); a factor 1/log n is allowed for. K is Krotov and Hopfield's: at most 0.5 % of the "
                "stored bits unstable. Measured: r - 1, as their paper derives. Inside the table, r = 2 is row 1, whose "
                "capacity is printed O(n): niu2024.table1.rows."),
    Claim(id="niu2024.table1.krotov_capacity.amended", location=f"{TABLE}, Krotov and Hopfield (2016)",
          amends="niu2024.table1.krotov_capacity",
          printed=r"\Theta(n^{r-1})", variables=(size("n0", 2), size("r"), scalar("excess")),
          conclusion=within(-1 - FINITE, "excess", -1 + FINITE),
          covers=("T1c",), experiment="capacity.krotov",
          notes="With few errors; the constant is 1/(6.63 (2r - 3)!!) at 0.5 %. Without errors there is a further 1/log n: see "
                ".perfect."),
    Claim(id="niu2024.table1.krotov_capacity.perfect", location=f"{TABLE}, Krotov and Hopfield (2016): no errors",
          reading_of="niu2024.table1.krotov_capacity", printed=r"\Theta(n^{r-1}/\log n)",
          variables=(size("n0", 2), size("n1", 2), scalar("gap")),
          conclusion=within(-Fraction(3, 2) * LOG, "gap", -HALF * inv(log(N1))), experiment="capacity.krotov",
          notes="gap: the exponent when half of the patterns have no unstable bit, minus the exponent with 0.5 % unstable "
                "bits. A factor 1/log n is a local slope of -1/log n, between half and one and a half of it here; no such "
                "factor is a gap of 0."),
    Claim(id="niu2024.table1.krotov_capacity.linear", location=f"{TABLE}, Krotov and Hopfield (2016) at r = 1",
          reading_of="niu2024.table1.krotov_capacity", printed=r"r=1:\ \text{one strict minimum, where }\Theta(n^r)=\Theta(n)",
          reconstruction=True,
          variables=(*SETTING, VECTOR_Y),
          hypotheses=(proofs.binary(X), proofs.binary(Y), proofs.strict(X), proofs.strict(Y)),
          conclusion=each(N, lambda k: eq(X(k), Y(k))),
          proof=proofs.one_minimum, points=ONES,
          notes="F(z) = z: two states that every flip of one bit leaves with more energy are the same state, so at most one "
                "pattern is stored, n^(r-1) = 1 of them and not n^r = n. Holds for every n, d and pattern set."),
    Claim(id="niu2024.table1.rows", location=f"{TABLE}, rows 1 and 2 at r = 2", reading_of="niu2024.table1.krotov_capacity",
          printed=None,
          reconstruction=True, variables=(SIZE_N, size("m", 0)), hypotheses=(lt(fam("m"), N),),
          conclusion=lt(fam("m") * N, N * N),
          proof=proofs.quadratic_outgrows,
          notes="At r = 2 both rows describe one network (niu2024.table1.krotov_energy.amended). Theta(n^2) and O(n) for the "
                "same K need n^2 <= m n for some m from some n on, and every n > m breaks that: one of the two entries is "
                "wrong."),
]


# ---------------------------------------------------------------- row 3: Demircigil et al. (2017)

RATE = inv(2 * log(2))          # a factor n^(-1/2) is a slope of -1/(2 n log 2) of log2 K

DEMIRCIGIL = [
    Claim(id="niu2024.table1.demircigil_energy", location=f"{TABLE}, Demircigil et al. (2017)",
          printed=r"E(x)=-\mathrm{LogSumExp}(Mx)",
          variables=SETTING, hypotheses=(BINARY_PATTERNS, proofs.binary(X)),
          conclusion=eq(-log(proofs.total(X)), -proofs.total(X)), covers=("T1d",),
          points=({"n": 1, "d": 1, "rho": [[1]], "x": [1]}, {"n": 2, "d": 1, "rho": [[1, -1]], "x": [1, 1]}),
          notes="As the energy of that reference, which is -sum of exp(rho_i^T x), without the logarithm: at n = d = 1, rho = "
                "x = 1 it is -e, and the printed one is -1. What the logarithm keeps is in the amendment."),
    Claim(id="niu2024.table1.demircigil_energy.amended", location=f"{TABLE}, Demircigil et al. (2017)",
          amends="niu2024.table1.demircigil_energy",
          printed=r"E(x)=-\sum_i e^{\rho_i^{\mathsf T}x}=-e^{\mathrm{LogSumExp}(Mx)}:"
                  r"\ E(x)<E(y)\iff-\mathrm{LSE}(Mx)<-\mathrm{LSE}(My)",
          variables=(*SETTING, VECTOR_Y), conclusion=conj(*proofs.same_order()), covers=("T1d",), proof=proofs.prove_same_order,
          notes="The logarithm is increasing: both energies order any two states alike, so they have the same minima and the "
                "same sign updates. They differ as energies of a distribution exp(-E)."),
    Claim(id="niu2024.table1.demircigil_capacity", location=f"{TABLE}, Demircigil et al. (2017)", printed=r"\Theta(2^{n/2})",
          variables=(size("n0", 2), size("n1", 2), scalar("rate")),
          conclusion=within(HALF - Fraction(1, 50), "rate", HALF + Fraction(1, 50)),
          covers=("T1e",), rests_on=("niu2024.table1.demircigil_energy",), experiment="capacity.demircigil",
          notes="rate: slope of log2 K against n, K the number of random patterns that are all fixed points with probability "
                "1/2. To the letter Theta(2^(n/2)) leaves no further power of n. Two patterns one bit apart cannot both be "
                "stored, and c 2^(n/2) patterns have c^2 n/2 such pairs on average, so K is smaller by the square root of n."),
    Claim(id="niu2024.table1.demircigil_capacity.amended", location=f"{TABLE}, Demircigil et al. (2017)",
          amends="niu2024.table1.demircigil_capacity", printed=r"\Theta(2^{n/2}/\sqrt n)",
          variables=(size("n0", 2), size("n1", 2), scalar("rate")),
          conclusion=within(HALF - RATE * inv(N0) - Fraction(1, 50), "rate", HALF - RATE * inv(N1) + Fraction(1, 50)),
          covers=("T1e",),
          experiment="capacity.demircigil",
          notes="K^2 n 2^(-n)/2 = log 2, that is K = (2 log 2)^(1/2) 2^(n/2) n^(-1/2): no pair of patterns one bit apart, with "
                "probability 1/2."),
    Claim(id="niu2024.table1.demircigil_capacity.exponent", location=f"{TABLE}, Demircigil et al. (2017): as an exponential rate",
          reading_of="niu2024.table1.demircigil_capacity", printed=r"2^{n/2}\text{ up to powers of }n",
          variables=(size("n0", 2), size("n1", 2), scalar("rate")),
          conclusion=within(HALF - RATE * inv(N0) - Fraction(1, 50), "rate", HALF + Fraction(1, 50)),
          experiment="capacity.demircigil",
          notes="The reference proves that exp(alpha n) patterns are stored for every alpha < log(2)/2. Storing only most of "
                "the patterns allows about 2^n/n."),
]


# ---------------------------------------------------------------- row 4: Ramsauer et al. (2020)

GOLDEN = (sqrt(5) - 1) / 2      # the t that maximises t + log(1 - t^2)/2, where 1 - t^2 = t
SPHERE = 1 - GOLDEN - log(GOLDEN) / 2

MCHN = [
    Claim(id="niu2024.table1.mchn_capacity", location=f"{TABLE}, Ramsauer et al. (2020)",
          printed=r"\Theta(c^{(n-1)/4}),\ c\text{ a positive constant}",
          variables=(size("n0", 2), size("n1", 2), size("n2", 2), scalar("bend")),
          conclusion=within(1 - Fraction(1, 4), "bend", 1 + Fraction(1, 4)), covers=("T1f",),
          experiment="capacity.mchn",
          notes="With c free the statement is that log K grows like n. bend: the growth rate of log K from n1 to n2 over that "
                "from n0 to n1, on the sphere of radius sqrt(n - 1) with beta = 1. An exponential has 1, any power of n has "
                "log(n2/n1)/(n2 - n1) over log(n1/n0)/(n1 - n0). The reference proves a lower bound only, K >= sqrt(p) "
                "c^((n-1)/4)."),
    Claim(id="niu2024.table1.mchn_capacity.constant", location=f"{TABLE}, Ramsauer et al. (2020): which c",
          reading_of="niu2024.table1.mchn_capacity",
          printed=r"c=e^{4s},\ s=1-t-\tfrac12\log t,\ t=\tfrac{\sqrt5-1}2\quad(c\approx12.1)", reconstruction=True,
          variables=(size("n0", 2), size("n1", 2), size("n2", 2), scalar("rate")),
          conclusion=within(SPHERE - Fraction(1, 10), "rate", SPHERE + Fraction(1, 10)), experiment="capacity.mchn",
          notes="rate: slope of log K against n. The other patterns' weights add up to a pattern's own at K = exp(s n) with s "
                "= 1 - max over t of (t + log(1 - t^2)/2), the golden ratio. The reference's c = 1.3718 for the same sphere "
                "and beta is a bound far below: log(1.3718)/4 = 0.079."),
]

CLAIMS = published([*HOPFIELD, *KROTOV, *DEMIRCIGIL, *MCHN])
