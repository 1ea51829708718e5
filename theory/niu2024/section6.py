"""Section 6.1: the radius measured on GPT-2 medium, and the figures quoted about model and data."""
from __future__ import annotations

from fractions import Fraction

from theory.claim import Claim, scalar, size
from theory.niu2024.definitions import published, D, N, PATTERNS, SIZE_D, SIZE_N, VECTOR_X, X, nearest
from theory.niu2024.proofs import figures, retrieval
from theory.niu2024.proofs.counts import by_arithmetic, gpt2, within
from theory.niu2024.proofs.figures import DOCUMENTS, OWT_TOKENS, RHO, R_I, R_J, VOLUME_AT_TEN
from theory.terms import Term, abs_, conj, eq, fam, inv, le, log, lt, num, power

F = Fraction
MEDIUM_SIZE = gpt2(24, 1024)


def near(value, centre, tolerance) -> Term:
    return le(abs_(value - num(centre)), tolerance)


def measured(*names: str):
    return tuple(scalar(name, 0) for name in names)


# ---------------------------------------------------------------- 6.1

MEDIUM_FACTS = (eq(MEDIUM_SIZE, 354_823_168), lt(354_500_000, MEDIUM_SIZE), lt(MEDIUM_SIZE, 355_500_000))
CHUNKS = 80_000
SHARE_OF_DOCUMENTS = CHUNKS * inv(DOCUMENTS)
SHARE_OF_TOKENS = num(CHUNKS) * 256 * inv(OWT_TOKENS)
ONE_PERCENT = (lt(F(95, 10_000), SHARE_OF_DOCUMENTS), lt(SHARE_OF_DOCUMENTS, F(105, 10_000)))
FIFTH_PERCENT = (lt(F(15, 10_000), SHARE_OF_TOKENS), lt(SHARE_OF_TOKENS, F(25, 10_000)))
RATIO_TO_RHO = 20 * inv(2 * RHO)
SCALED = (SIZE_N, SIZE_D, PATTERNS, VECTOR_X)
FEWER = (SIZE_N, SIZE_D, size("m"), PATTERNS, VECTOR_X)

RADIUS_CLAIMS = [
    Claim(id="niu2024.radius.value", location="Section 6.1", printed=r"\sqrt{\frac n{2\pi e}}=\sqrt{\frac{1024}{2\pi e}}=7.74",
          variables=(), conclusion=near(RHO, F(774, 100), F(1, 200)), covers=("X1",),
          proof=lambda: within(RHO, F(774, 100), F(1, 200)),
          notes="7.7431, so right to the digits printed, for n = 1024. For Section 3's n = T_max d_emb it is 247.78 "
                "(niu2024.dimension.section6)."),
    Claim(id="niu2024.radius.distances", location="Section 6.1; Figure 2",
          printed=r"\text{The mean and median of the distances are all around }20,\text{ which is approximately }2\sqrt{n/2\pi "
                  r"e}",
          variables=measured("off"), conclusion=le(fam("off"), 1), covers=("X2",), experiment="radius",
          notes="What a record must show: mean and median of the nearest-neighbour distances are at most 1 off 20. That 20 is "
                "about 2 sqrt(n/2 pi e) is decided in niu2024.radius.twice."),
    Claim(id="niu2024.radius.twice", location="Section 6.1; Figure 2", reading_of="niu2024.radius.distances",
          printed=r"20\approx2\sqrt{n/2\pi e},\ n=1024",
          variables=(), conclusion=le(abs_(20 - 2 * RHO), 2 * RHO / 5), rests_on=("niu2024.radius.value",),
          notes="Read as: within 20 percent. 2 sqrt(n/2 pi e) is 15.49, and 20 lies 29 percent above it."),
    Claim(id="niu2024.radius.twice.amended", location="Section 6.1; Figure 2", amends="niu2024.radius.twice",
          printed=r"20=1.29148\cdot2\sqrt{n/2\pi e}",
          variables=(), conclusion=near(RATIO_TO_RHO, F(129_148, 100_000), F(2, 1_000_000)),
          proof=lambda: within(RATIO_TO_RHO, F(129_148, 100_000), F(2, 1_000_000)),
          notes="In 1024 dimensions a factor 1.29 in the radius is a factor e^261.9 in the volume."),
    Claim(id="niu2024.radius.corroborates", location="Section 6.1",
          printed=r"\text{radius }10.\ \text{This corroborates our theory in Eq. (13), according to which the radius is of "
                  r"order }\sqrt{n/2\pi e}",
          variables=(), conclusion=le(VOLUME_AT_TEN, power(num(10), 6)), covers=("X3",),
          rests_on=("niu2024.eq13.lower", "niu2024.critical_radius", "niu2024.radius.typical"),
          notes="Section 5 derives sqrt(n/2 pi e) from V_n(r) = O(1). At the measured radius 10, with the paper's n = 1024, "
                "V_n is e^257.9, far above any bound worth the name (the formal statement allows 10^6); with n = T_max d_emb "
                "the radius 10 is 25 times too small. What the distance is evidence for: the scale of the last layer norm, "
                "which sets its unit (niu2024.radius.corroborates.scale), and, for a small encoder, how chunks cluster by "
                "their last word (niu2024.radius.corroborates.words)."),
    Claim(id="niu2024.radius.corroborates.amended", location="Section 6.1", amends="niu2024.radius.corroborates",
          printed=r"\log V_{1024}(10)=257.888",
          variables=(), conclusion=figures.LOG_VOLUME_CLAIM, covers=("X3",), proof=figures.log_volume_at_ten,
          notes="10 and 7.74 are of one order of magnitude, but the theory is about volumes: V_1024(7.74) is 0.018, V_1024 = 1 "
                "needs r = 7.774."),
    Claim(id="niu2024.radius.corroborates.scale", location="Section 6.1", reading_of="niu2024.radius.corroborates", printed=None,
          reconstruction=True, variables=(*SCALED, scalar("a", 0, strict=True)),
          conclusion=eq(retrieval.scaled_nearest(), nearest(X)),
          points=({"n": 1, "d": 1, "a": 16, "rho": [[1]], "x": [0]},),
          notes="If n fixes the distance, it is the same in a model that computes the same function with a last layer norm a "
                "times as large (what reads the activations is divided by a). It is not: all its activations are a times as "
                "large, and so are their distances. No formula in n alone holds for both models, whatever is measured on one "
                "of them."),
    Claim(id="niu2024.radius.corroborates.scale.amended", location="Section 6.1", amends="niu2024.radius.corroborates.scale",
          reconstruction=True, printed=r"\min_i\|ax-a\rho_i\|^2=a^2\min_i\|x-\rho_i\|^2",
          variables=(*SCALED, scalar("a")), conclusion=retrieval.HOMOGENEOUS, proof=retrieval.homogeneous,
          points=({"n": 1, "d": 1, "a": 16, "rho": [[1]], "x": [0]},),
          notes="The distance to the nearest is |a| times as large: it is in the unit that the last layer norm sets, as the "
                "record of radius.offline shows with a = 16. (Decided by an experiment in the first record; an identity "
                "needs none.)"),
    Claim(id="niu2024.radius.typical", location="Section 6.1",
          printed=r"\text{the mean and median are approximately }20,\text{ so that a typical }B_i\text{ has radius }10",
          variables=measured("r_i", "r_j"), hypotheses=(figures.DISJOINT,), conclusion=eq(R_I, 10), covers=("L4",),
          rests_on=("niu2024.definition1",), points=({"r_i": 1, "r_j": 1},),
          notes="Two disjoint closed balls (Assumption 3) whose centres are 20 apart: their radii sum to less than 20. The "
                "distance bounds the radius from above and says nothing else; at 10 and 10 the balls would touch. (Figure 2 "
                "also measures distances between samples, not between stored patterns.)"),
    Claim(id="niu2024.radius.typical.amended", location="Section 6.1", amends="niu2024.radius.typical",
          printed=r"\frac{r_i+r_j}2<10",
          variables=measured("r_i", "r_j"), hypotheses=(figures.DISJOINT,), conclusion=lt((R_I + R_J) / 2, 10), covers=("L4",),
          proof=figures.mean_radius, points=({"r_i": 1, "r_j": 1}, {"r_i": 10, "r_j": F(999, 100)}, {"r_i": 0, "r_j": F(39, 2)}),
          notes="What follows: the mean of the two radii is below 10. Sharp."),
    Claim(id="niu2024.gpt2_medium", location="Section 6.1",
          printed=r"\text{24 layers; the medium size model has 355M parameters; }d_{\mathrm{emb}}=1024",
          variables=(), conclusion=conj(*MEDIUM_FACTS), covers=("X4",), proof=by_arithmetic(*MEDIUM_FACTS),
          notes="l = 24, d_emb = 1024, d_FF = 4096, tied embedding: 354,823,168. (With Appendix D's d_FF = 3072 it would be "
                "304M.)"),
    Claim(id="niu2024.objective", location="Section 6.1; Appendix D",
          printed=r"\text{a causal language modeling objective (next sentence prediction) \ldots the next sentence prediction "
                  r"(NSP) task \ldots encoder blocks}",
          variables=(), conclusion=eq(log(num(50_257)), log(num(2))), covers=("X5",),
          ill_posed="Causal language modelling predicts the next of 50,257 tokens; next sentence prediction decides whether one "
                    "sentence follows another (two outcomes). Encoder blocks see the tokens to be predicted; GPT-2 has decoder "
                    "blocks.",
          notes="If the two were one task they would have one chance level, log of the number of outcomes. For next sentence "
                "prediction it is 0.69, and every loss that the paper reports would be worse than guessing."),
    Claim(id="niu2024.objective.amended", location="Section 6.1; Appendix D", amends="niu2024.objective",
          printed=r"\text{next token prediction: }\log 50{,}257=10.82490",
          variables=(), conclusion=near(log(num(50_257)), F(1_082_490, 100_000), F(6, 1_000_000)), covers=("X5",),
          proof=lambda: within(log(num(50_257)), F(1_082_490, 100_000), F(6, 1_000_000)),
          notes="The chance level of the task that Section 3.1 describes and the experiments use."),
    Claim(id="niu2024.openwebtext", location="Section 6.1; Section 6.2",
          printed=r"\text{OpenWebText: 9B tokens from 8,013,769 documents}",
          variables=(), conclusion=lt(0, DOCUMENTS), covers=("X6",),
          cited="Counting the published data set would check it (about 13.5 GB compressed). Together the two numbers make 1,123 "
                "tokens per document."),
    Claim(id="niu2024.openwebtext.truncated", location="Section 6 against Appendix D", reading_of="niu2024.openwebtext",
          printed=None, reconstruction=True, variables=(), conclusion=le(OWT_TOKENS, 1024 * DOCUMENTS),
          rests_on=("niu2024.data_size",),
          notes="Appendix D truncates documents to T_max = 1024 tokens. Then 8,013,769 documents hold at most 8.2B tokens, not "
                "9B."),
    Claim(id="niu2024.openwebtext.truncated.amended", location="Section 6 against Appendix D",
          amends="niu2024.openwebtext.truncated", reconstruction=True, printed=r"T_{\max}d=8{,}206{,}099{,}456", variables=(),
          conclusion=eq(1024 * DOCUMENTS, 8_206_099_456), proof=by_arithmetic(eq(1024 * DOCUMENTS, 8_206_099_456)),
          notes="The most that D = T_max d allows if a document is a sample."),
    Claim(id="niu2024.chunks.documents", location="Section 6.1",
          printed=r"\text{80K chunks of 256 tokens cover approximately }1\%\text{ of the documents}",
          variables=(), conclusion=conj(*ONE_PERCENT), covers=("X7",), rests_on=("niu2024.openwebtext",),
          proof=by_arithmetic(*ONE_PERCENT),
          notes="0.998 percent if every chunk comes from another document, as is nearly so when they are drawn at random."),
    Claim(id="niu2024.chunks.tokens", location="Section 6.1",
          printed=r"\text{and constitute approximately }0.2\%\text{ of the tokens used for training}",
          variables=(), conclusion=conj(*FIFTH_PERCENT), covers=("X8",), rests_on=("niu2024.openwebtext",),
          proof=by_arithmetic(*FIFTH_PERCENT),
          notes="0.228 percent of the 9B tokens of OpenWebText. The model was trained on WebText, of which these are a "
                "re-creation."),
    Claim(id="niu2024.radius.subsample", location="Section 6.1",
          printed=r"\text{the activation is only collected for }1\%\text{ of the documents, the estimated radius may be greater "
                  r"than actual one}",
          variables=FEWER, hypotheses=(le(fam("m"), D),), conclusion=le(nearest(X), nearest(X, N, fam("m"))), covers=("X9",),
          proof=retrieval.fewer_patterns,
          points=({"n": 1, "d": 2, "m": 1, "rho": [[2], [0]], "x": [0]}, {"n": 1, "d": 1, "m": 1, "rho": [[2]], "x": [0]}),
          notes="The nearest of m patterns is never nearer than the nearest of all d >= m. The effect goes the stated way; "
                "Figure 2's equal means at 25 and 100 percent say that it is small."),
    Claim(id="niu2024.radius.shares", location="Figure 2",
          printed=r"\text{mean and median around }20\text{ using }25\%,50\%,75\%,100\%\text{ of the output}",
          variables=measured("worst"), conclusion=le(fam("worst"), 1), covers=("X10",), experiment="radius",
          notes="What a record must show: mean and median are at most 1 off 20 for all four shares of the vectors (worst is the "
                "largest of the eight deviations)."),
]

# what the section says, asked of another transformer: a sentence encoder (d_emb = 384) on six novels
OFFLINE = {"covers": (), "printed": None, "reconstruction": True, "experiment": "radius.offline"}
ENCODER_CLAIMS = [
    Claim(id="niu2024.radius.distances.encoder", location="Section 6.1, for another transformer",
          reading_of="niu2024.radius.distances", variables=measured("ratio"), **OFFLINE,
          conclusion=conj(le(F(4, 5), fam("ratio")), le(fam("ratio"), F(6, 5))),
          notes="Nothing in the argument for 2 sqrt(n/2 pi e) is particular to GPT-2, so the median distance of another "
                "model's last layer should be within 20 percent of it too (ratio is that quotient, n = 384)."),
    Claim(id="niu2024.radius.corroborates.gaussian", location="Section 6.1", reading_of="niu2024.radius.corroborates",
          variables=(scalar("score"),), **OFFLINE, conclusion=le(fam("score"), 0),
          notes="The measurement corroborates the formula only if the formula predicts it at least as well as a Gaussian "
                "with the vectors' mean and covariance, which knows of no patterns. score: mean squared error of log "
                "distance, the formula's less the Gaussian's, over the layers where the two predictions, within 20 percent "
                "each, lie apart; where they nowhere do, nothing is decided. It depends on the unit: 16 times as large, the "
                "last layer's distances are far nearer to the Gaussian's. (The statistic was changed after the first record, "
                "in which the measurement cancelled out.)"),
    Claim(id="niu2024.radius.corroborates.words", location="Section 6.1", reading_of="niu2024.radius.corroborates",
          variables=(scalar("beaten"),), **OFFLINE, conclusion=le(fam("beaten"), 0),
          notes="The same against a Gaussian with two covariances, between and within chunks that end in the same word "
                "(beaten)."),
    Claim(id="niu2024.radius.shares.encoder", location="Figure 2, for another transformer", reading_of="niu2024.radius.shares",
          variables=measured("shares"), **OFFLINE, conclusion=le(fam("shares"), F(21, 19)),
          notes="'Around 20' at all four shares, within 1: the distance at 25 percent is at most 21/19 of that at 100 "
                "percent (shares)."),
    Claim(id="niu2024.radius.typical.settled", location="Section 6.1", reading_of="niu2024.radius.typical",
          variables=(scalar("fall"),), **OFFLINE, conclusion=le(fam("fall"), F(1, 50)),
          notes="Half the distance to the nearest of m vectors can be the radius of a pattern's ball only if it no longer "
                "depends on m. fall: minus the slope of log distance against log m, from 6 to 100 percent of the vectors. "
                "Made-up vectors that revisit stored patterns' balls fall with 0.012; a distribution of local dimension k "
                "falls with 1/k."),
    Claim(id="niu2024.abstract.search.encoder", location="Abstract, for another transformer",
          reading_of="niu2024.abstract.search",
          variables=measured("lift"), **OFFLINE, conclusion=le(2, fam("lift")),
          notes="Contexts with many words replaced: in each block, the share whose output lies nearest to the stored output "
                "of the same context is at least twice that of the block with shuffled weights (lift, of the block where it "
                "is least)."),
]

CLAIMS = published([*RADIUS_CLAIMS, *ENCODER_CLAIMS])
