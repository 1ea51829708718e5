"""Section 3, reconstructed: the construction behind Theorem 3.1. Projection, context ids, strings, bits, slots, counts, softmax.

The theorem's own words are not at hand; every claim here is about our construction (`reconstruction=True`).
"""
from __future__ import annotations

from fractions import Fraction

from theory.claim import Claim, family, index, scalar, size
from theory.kim2023 import examples
from theory.kim2023.abstract import CONTEXTS, LENGTH, SIZES, published
from theory.kim2023.proofs import bits, counts, precision, ramps, ranges, separation, softmax
from theory.terms import abs_, eq, fam, le, log, num

F = Fraction
PLACE = "Section 3 (reconstructed)"


def lemma(name: str, notes: str, variables, hypotheses, conclusion, proof, points, **more) -> Claim:
    return Claim(id=f"kim2023.construction.{name}", location=PLACE, printed=None, reconstruction=True, variables=variables,
                 hypotheses=hypotheses,
                 conclusion=conclusion, proof=proof, points=points, notes=notes, **more)


# D, the digits of two numbers, and the highest place where they differ
DIGIT_RUNS = ((1, [0], [1], 0), (2, [1, 0], [0, 1], 1), (3, [2, 2, 0], [0, 0, 1], 2), (2, [1, 0, 1], [0, 1, 1], 1),
              (4, [2, 1, 0], [2, 2, 0], 1), (5, [0], [3], 0), (5, [4, 1], [0, 2], 1), (2, [1, 1, 1, 0], [0, 0, 0, 1], 3),
              (4, [0, 3], [1, 3], 0))
PROJECTIONS = ((2, 2, -1, 0, 1), (2, 0, 0, 1, 2), (-2, 2, 1, 2, 3), (3, -3, 1, 2, 3), (2, F(1, 2), -1, 0, 1), (-2, -2, -1, 0, 1),
               (5, 1, 0, 1, 2), (2, F(-7, 2), 1, 2, 3), (F(5, 2), F(5, 2), -1, 0, 1), (2, 4, -2, -1, 0))

LEMMAS = [
    lemma("projection", "A token's id is v . x with integer weights v. Of two tokens at least delta apart, scaled so that some "
                        "coordinate differs by |s| >= 2, at most two integers v_j (the others fixed: s v_j + o) bring the ids "
                        "less than 2 apart: of three integers one is good. So fewer pairs than Q/2 leave a good weight among Q.",
          tuple(scalar(name) for name in ("s", "o", "u", "v", "w")),
          (le(2, abs_(separation.SLOPE)), le(separation.FIRST + 1, separation.SECOND),
           le(separation.SECOND + 1, separation.THIRD),
           separation.bad(separation.FIRST)), separation.AT_MOST_TWO, separation.at_most_two,
          tuple(dict(zip("souvw", row)) for row in PROJECTIONS)),
    lemma("digits", "Context ids from one uniform attention layer: give the t-th token the feature D^t with D above every "
                    "count; the sum over the sequence is the number with the counts as digits, and two multisets that differ "
                    "have ids at least 1 apart (j is the highest digit that differs).",
          (size("T"), size("D"), family("a", "T"), family("b", "T"), index("j", "T")),
          (separation.DIGIT, separation.ABOVE_EQUAL, separation.ID_GAP), separation.DIGITS_APART, separation.digits_apart,
          tuple({"T": len(a), "D": max(d, max(a + b) + 1), "a": a, "b": b, "j": j} for d, a, b, j in DIGIT_RUNS)),
    lemma("string", "String matching: ramps over sorted groups of ids, the s-th group beginning at s_g; any id z of group g "
                    "gets the word v_g.",
          (CONTEXTS, family("s", "M"), family("v", "M"), scalar("z"), index("g", "M")), (ramps.APART, ramps.IN_GROUP),
          ramps.STRING, ramps.string,
          examples.strings()),
    lemma("bits", "Bit extraction: two registers hold 4w + 2 and 4w + 1 (w has the K bits b; the family w here is 4 times the "
                  "rest of it, plus 2). Each fold x - 2 relu(x - p) of the triangle wave leaves them 1 apart, in an order that "
                  "is the next bit: relu(y - x) = b.",
          (size("K"), size("T"), family("b", "K"), family("p", "T"), family("w", "T"), family("x", "T"), family("y", "T")),
          (eq(fam("T"), fam("K") + 1), bits.BITS, bits.POWERS, bits.WORDS, bits.REGISTERS), bits.READ, bits.read, examples.WORDS),
    lemma("slots", "Reading the label: slot k of a group holds the id a_k and the label y_k <= C; the gates relu(y_k - C |z - "
                   "a_k|) add up to the label of the slot whose id is z, ids being at least 1 apart.",
          (size("B"), scalar("C", 0), family("a", "B"), family("y", "B"), scalar("z"), index("j", "B")),
          (bits.LABELS, bits.OTHERS, eq(bits.Z, bits.ID(bits.AT))), bits.GATED, bits.gated, examples.slots()),
]

TEMPERATURES = (F(7, 20), F(1, 2), F(7, 20), 2, 2, 2, 2, F(11, 10), 1, F(9, 10), F(1, 2))
PARTS = (size("d"), LENGTH, *SIZES[4:6], size("B"), size("A"), size("J", 0), scalar("rest", 0, 22))
RANGE = (LENGTH, CONTEXTS, size("rho"), scalar("R", 1), scalar("beta"), scalar("z"), *(family(name, "n") for name in "uvmk"))
EQUAL_TOKENS = {"n": 20, "M": 1, "R": 3, "rho": 9, "u": [1] * 20, "v": [1] * 20, "m": [1] + [0] * 19, "k": [20] * 20,
                "beta": 1, "z": 1}
COUNTED = tuple(dict(zip(("d", "n", "rho", "c", "B", "A", "J", "rest"), row)) for row in (
    (1, 1, 1, 0, 1, 1, 0, 22), (16, 8, 25, 2, 15, 69, 0, 22), (2, 3, 4, 1, 2, 5, 7, 0), (1, 2, 1, 1, 1, 1, 1, 22),
    (3, 1, 2, 0, 2, 1, 0, 10), (4, 4, 3, 3, 3, 3, 3, 22), (5, 2, 1, 0, 4, 2, 2, 1), (1, 1, 6, 2, 1, 8, 0, 22)))
CODES = (CONTEXTS, size("C"), size("b", 0), size("L"), family("p", "L"))

COUNTS = [
    Claim(id="kim2023.construction.count", location=PLACE, printed=None, reconstruction=True, variables=PARTS,
          conclusion=counts.COUNT, covers=("K4",),
          proof=counts.by_parts,
          points=COUNTED,
          notes="Theorem R's bound as a sum over the parts of the network, every nonzero weight and bias counted: 18 in each "
                "of n extraction layers (13 without the counting head), 8 per group, 9 per bit, 15 per slot, 6 per step of the "
                "optional reduction mod p, d + 2 for projection and readout, at most 22 for the rest (first block, copies, "
                "joint projection, clearing). Equality at 22. Slots that tolerate ids which are off by a little have two "
                "biases more (kim2023.construction.count.slack)."),
    Claim(id="kim2023.construction.count.slack", location=PLACE, printed=None, reconstruction=True,
          reading_of="kim2023.construction.count", variables=PARTS, conclusion=counts.COUNT_SLACK, points=COUNTED[:1],
          notes="Read also for real tokens and for softmax, where a slot compares ids with a dead zone: a bias on either side "
                "of |Z - A|."),
    Claim(id="kim2023.construction.count.slack.amended", location=PLACE, printed=r"\ldots+B(9(\rho+c)+17)", reconstruction=True,
          amends="kim2023.construction.count.slack", variables=PARTS, conclusion=counts.COUNT_MORE, proof=counts.with_slack,
          points=COUNTED, notes="17 per slot instead of 15."),
    Claim(id="kim2023.construction.range", location=PLACE, printed=None, reconstruction=True,
          variables=(LENGTH, CONTEXTS, size("rho"), scalar("R", 3), *RANGE[4:]),
          hypotheses=(ranges.WEIGHTS, ranges.IDS, ranges.COUNTS, ranges.IN_BITS), conclusion=ranges.POLYNOMIAL, covers=("K6",),
          points=(EQUAL_TOKENS,),
          notes="z = sum u_t m_t + sum v_t k_t + beta z with weights up to M^2, ids up to R = R_t = r d T^2 + 2 >= 3. A layer "
                "that "
                "comes after all ids have been taken out finds the largest of what is left and counts its tokens again, so each "
                "count k_t may be n, and with few distinct tokens n exceeds R. The point is one sequence of 20 equal tokens of "
                "id "
                "1 with all weights 1: 20 layers count 20 each, z = 402 has 9 bits, and the formula allows 7.9."),
    Claim(id="kim2023.construction.range.amended", location=PLACE, reconstruction=True, amends="kim2023.construction.range",
          printed=r"\rho\le\log_2\big((nR+n^2+R)M^2\big)+1", variables=RANGE,
          hypotheses=(ranges.WEIGHTS, ranges.IDS, ranges.COUNTS, ranges.IN_BITS), conclusion=ranges.WITH_COUNTS, covers=("K6",),
          proof=ranges.with_counts, points=examples.ranges(False),
          notes="Sharp. It is within (2n + 1) R M^2 as soon as n <= R, and rho = O(log(nNdr/delta)) in any case: polynomially "
                "bounded."),
    Claim(id="kim2023.construction.range.once", location=PLACE, printed=None, reconstruction=True,
          reading_of="kim2023.construction.range",
          variables=RANGE, hypotheses=(ranges.WEIGHTS, ranges.IDS, ranges.ONCE, ranges.IN_BITS), conclusion=ranges.POLYNOMIAL,
          proof=ranges.once, points=examples.ranges(True),
          notes="If every token is counted once (a construction that stops counting when no id is left), the counts add up to "
                "n and no condition is needed."),
    Claim(id="kim2023.information", location=PLACE, printed=None, reconstruction=True, variables=CODES,
          hypotheses=(precision.ALL_LABELINGS, precision.CODES), conclusion=precision.INFORMATION, covers=("K15",),
          proof=precision.information,
          points=examples.codes(False),
          notes="A construction that memorises all L = C^M labelings of M contexts in b bits gives them distinct codes p below "
                "2^b: M log2 C <= b, by the pigeonhole. It bounds the bits for the worst labeling, see "
                "kim2023.information.each."),
    Claim(id="kim2023.information.each", location=PLACE, printed=None, reconstruction=True, reading_of="kim2023.information",
          variables=(CONTEXTS, size("C"), size("b", 0)), hypotheses=(eq(fam("b"), 0),),
          conclusion=le(fam("M") * log(fam("C")), fam("b") * log(num(2))), points=({"M": 1, "C": 2, "b": 0},),
          notes="Read for each single network: the labels may all be 0, and a network without a nonzero weight (b = 0 bits) is "
                "right."),
    Claim(id="kim2023.information.each.amended", location=PLACE, printed=r"M\log_2C\le b+1", reconstruction=True,
          amends="kim2023.information.each", variables=CODES, hypotheses=(precision.ALL_LABELINGS, precision.SHORT_CODES),
          conclusion=precision.EITHER, proof=precision.short_codes, points=examples.codes(True),
          notes="Codes of any lengths up to b, of which there are 2^(b+1) - 1: some labeling among all needs that many bits. "
                "The bit lengths of a network's weights are such a code only together with their places."),
    Claim(id="kim2023.softmax", location=PLACE, printed=None, reconstruction=True,
          variables=(size("T"), size("n", 2), scalar("lambda"), family("a", "T", "n"), family("m", "T"), family("k", "T"),
                     family("u", "T"),
                     scalar("U", 1)),
          hypotheses=(softmax.GAPS, softmax.ATTAINED, softmax.WEIGHTS, softmax.COLD), conclusion=softmax.EXACT,
          covers=("K18",), proof=softmax.exact,
          points=tuple({**examples.attention(rows, lam, [u] * len(rows)), "U": u * len(rows)} for (rows, u), lam in zip(
              examples.LAYERS, TEMPERATURES)),
          notes="Ids in steps of 2: with softmax at temperature lambda > ln(2(n-1)U)/2, U = sum |u|, the weighted sum of the "
                "maxima is off by less than 1, so that ids doubled stay apart. n = 1 (no error) is left out: the logarithm has "
                "no value there. Integer weights that are not all 0 have U >= 1. The ids' range plays no part, and no lambda "
                ">= 1/2 is needed."),
    Claim(id="kim2023.softmax.layer", location=PLACE, printed=None, reconstruction=True, reading_of="kim2023.softmax",
          variables=(size("T"), LENGTH, scalar("lambda"), family("a", "T", "n"), family("m", "T"), family("k", "T")),
          hypotheses=(softmax.GAPS, softmax.ATTAINED, softmax.WARMEST), conclusion=softmax.SMALL, proof=softmax.small,
          points=tuple({k: v for k, v in examples.attention(rows, lam, []).items() if k != "u"}
                       for (rows, _), lam in zip(examples.LAYERS, TEMPERATURES)),
          notes="One layer: 0 <= m - softmax mean <= 2(n-1) exp(-2 lambda) for every lambda >= ln(2)/2 (the lemma asked for "
                "1/2)."),
]

CLAIMS = published([*LEMMAS, *COUNTS])
