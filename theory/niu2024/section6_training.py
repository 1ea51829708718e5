"""Sections 6.2 and 6.3: the training runs of GPT-2 small and of the vanilla transformers.

Printed claims are about these models and wait for records of their scale; readings of ours say what small models decide
(experiment `training.offline`): whether the same holds for every data set, and when a run is continued.
"""
from __future__ import annotations

from fractions import Fraction

from theory.claim import Claim, Denial, family, scalar, size
from theory.niu2024.definitions import published, D, SIZE_D, SIZE_N
from theory.niu2024.proofs import predictions, retrieval
from theory.niu2024.proofs.counts import by_arithmetic
from theory.niu2024.proofs.figures import OWT_TOKENS, SMALL_SIZE, million
from theory.niu2024.section6 import measured
from theory.terms import Term, and_, conj, eq, fam, le, lt, num, some

F = Fraction
OVERFIT, GPT2, QUESTION, OFFLINE = "training.overfit", "training.gpt2", "training.question", "training.offline"
SCALE = ("A GPT-2 of 29,344 parameters on characters of novels, trained well past the 3.3 epochs of the paper's figure: it says "
         "nothing of GPT-2 small itself.")
SIBLING = ("A GPT-2 of 2,728 parameters on 197,681 characters of novels for 23 epochs, seven times those of the paper's figure "
           "at 90M tokens, so that the ratio is not mixed up with a run too short to learn by heart; trained on 198 characters, "
           "13.8 parameters each, it does. It says nothing of GPT-2 small itself.")

TRAINING_SET = million(90)
SUBSETS = (eq(OWT_TOKENS / 100, million(90)), eq(OWT_TOKENS / 1000, million(9)))
SMALL_FACTS = (eq(SMALL_SIZE, 124_439_808),)
LINEAR = (lt(F(138, 100) * TRAINING_SET, SMALL_SIZE), lt(SMALL_SIZE, F(139, 100) * TRAINING_SET))
BOUNDED_BY_SQUARE = tuple(le(SMALL_SIZE, million(k) ** 2) for k in (9, 90, 9000))
M = fam("m")
FORMULA = predictions.QUESTION.floor        # log Z_t + 1/Z_t at n = 512, d = 2M/5000


def not_separated(n: Term) -> Term:
    """Some B_i and B_j, i < j < n, meet"""
    return some(n, lambda i: some(n, lambda j: and_(lt(i, j), le(retrieval.DELTA(i, j), retrieval.R(i) + retrieval.R(j)))))


SEPARATED = (SIZE_D, size("m"), family("r", "d"), family("delta", "d", "d"))
APART = ({"d": 1, "m": 1, "r": [0], "delta": [[0]]}, {"d": 2, "m": 1, "r": [0, 0], "delta": [[0, 1], [1, 0]]},
         {"d": 2, "m": 2, "r": [1, 1], "delta": [[0, 3], [3, 0]]},
         {"d": 3, "m": 2, "r": [1, 1, 1], "delta": [[0, 3, 3], [3, 0, 3], [3, 3, 0]]})

RUN_CLAIMS = [
    Claim(id="niu2024.gpt2_small", location="Section 6.2",
          printed=r"\text{GPT-2 small: }l=12,\ d_{\mathrm{emb}}=768,\ T_{\max}=1024",
          variables=(), conclusion=SMALL_FACTS[0], covers=("X11",), proof=by_arithmetic(*SMALL_FACTS),
          notes="With d_FF = 4 d_emb and 50,257 tokens these numbers give 124,439,808 parameters, those of the published model, "
                "and they are the defaults of its configuration."),
    Claim(id="niu2024.subsets", location="Section 6.2",
          printed=r"1\%\ (90\text{M})\text{ and }0.1\%\ (9\text{M})\text{ of the OpenWebText data}",
          variables=(), conclusion=conj(*SUBSETS), covers=("X12",), rests_on=("niu2024.openwebtext",),
          proof=by_arithmetic(*SUBSETS),
          notes="Of 9B tokens, exactly."),
    Claim(id="niu2024.overfit", location="Section 6.2", covers=("X13",), experiment=OVERFIT,
          printed=r"\text{With }0.1\%\text{ the training loss vanishes over iterations. This is because the training samples "
                  r"are not well-separated}",
          variables=measured("train"), conclusion=le(fam("train"), F(1, 10)),
          notes="What a record must show: the training loss on 9M tokens falls to 0.1 or less within 51 epochs; a loss that "
                "still falls there counts with what it fell in its last quarter subtracted. The explanation is decided in "
                "niu2024.overfit.separation."),
    Claim(id="niu2024.overfit.separation", location="Section 6.2", reading_of="niu2024.overfit",
          printed=r"\text{the first }0.1\%\text{ of the samples are not well-separated, although the first }1\%\text{ are}",
          variables=SEPARATED, hypotheses=(le(M, D), retrieval.separated(D)), conclusion=not_separated(M), points=APART,
          notes="The 9M tokens are the first tenth of the 90M, for which the theory is said to hold. Well-separated patterns "
                "stay so when some are left out, so the explanation cannot be the one given."),
    Claim(id="niu2024.overfit.separation.amended", location="Section 6.2", amends="niu2024.overfit.separation",
          printed=r"m\le d,\ B_i\cap B_j=\emptyset\ (i<j\le d)\ \Rightarrow\ B_i\cap B_j=\emptyset\ (i<j\le m)",
          variables=SEPARATED, hypotheses=(le(M, D), retrieval.separated(D)), conclusion=retrieval.separated(M),
          proof=retrieval.subset_separated, points=APART,
          notes="Fewer patterns are never worse separated. delta(i, j) is the distance of the centres, r_i the radii of closed "
                "balls."),
    Claim(id="niu2024.losses_above_two", location="Section 6.2", covers=("X14",), experiment=GPT2,
          printed=r"\text{When training with 90M tokens and 9B tokens, the training cross-entropy losses are both above }2.",
          variables=measured("least"), conclusion=le(2, fam("least")),
          notes="What a record must show: the lesser of the two training losses does not fall below 2."),
    Claim(id="niu2024.order_d_squared", location="Section 6.2", covers=("X15",),
          rests_on=("niu2024.subsets", "niu2024.critical_data"),
          printed=r"\text{Since the model size is about the order }O(D^2)\text{ when trained on 90M tokens, the model can "
                  r"achieve similar \ldots loss}",
          variables=(), conclusion=le(TRAINING_SET ** 2 / 1000, SMALL_SIZE),
          notes="N = 124,439,808 and D^2 = 8.1 10^15: 'about the order' fails by a factor of 65 million; the formal statement "
                "allows 1000. Read as an upper bound, N <= D^2 holds at 9M and 9B tokens as well, and explains nothing "
                "(niu2024.order_d_squared.upper)."),
    Claim(id="niu2024.order_d_squared.amended", location="Section 6.2", amends="niu2024.order_d_squared",
          printed=r"1.38\,D<N<1.39\,D\quad(D=90\text{M})",
          variables=(), conclusion=conj(*LINEAR), covers=("X15",), proof=by_arithmetic(*LINEAR),
          notes="At 90M tokens the model size is about D, to the power 1.018."),
    Claim(id="niu2024.order_d_squared.upper", location="Section 6.2", reading_of="niu2024.order_d_squared",
          printed=r"N\le D^2\text{ for }D=9\text{M},\,90\text{M},\,9\text{B}",
          variables=(), conclusion=conj(*BOUNDED_BY_SQUARE), proof=by_arithmetic(*BOUNDED_BY_SQUARE),
          notes="As an upper bound, N = O(D^2) does not tell the three runs apart, of which one overfits."),
    Claim(id="niu2024.losses_agree", location="Section 6.2", covers=("L5",), experiment=GPT2,
          printed=r"\text{the model can achieve similar training loss and validation loss compared to the setting with 9B "
                  r"tokens}",
          variables=measured("gap"), conclusion=le(fam("gap"), F(1, 10)),
          notes="What a record must show: at 90M tokens training and validation loss differ by at most 0.1 from each other and "
                "from those at 9B."),
    Claim(id="niu2024.question_formation", location="Section 6.3", variables=(), conclusion=lt(0, num(68)), covers=("X16",),
          printed=r"\text{Question-Formation: }D=2\text{M tokens, vocabulary }68,\ d_{\mathrm{emb}}=512,\ T_{\max}=5000,\ l=6,10",
          cited="The data set of McCoy et al. and the code of Murty et al. would check it. With Section 3's D = T_max d the 2M "
                "tokens would be 400 sequences of 5000 tokens, where the data are sentences."),
    Claim(id="niu2024.losses_near_one", location="Section 6.3; Figure 4", covers=("X17",), experiment=QUESTION,
          rests_on=("niu2024.prop4.lower",),
          printed=r"\text{the losses stabilize at a value of around 1 as predicted in Proposition 4}",
          variables=measured("off"), conclusion=le(fam("off"), F(1, 5)),
          notes="What a record must show: the training losses settle at most 0.2 off 1, on the published grammar (6 and 10 "
                "layers) and, as Proposition 4 makes no use of the data, on grammars of the same sentences with 0.5 and 1.5 nats "
                "a token. 'off' is the largest of the four distances. On the published grammar alone nothing could be told: its "
                "entropy, 0.987 as the curve averages it, is within 0.2 of 1 too. Control: the distances from each grammar's own "
                "entropy."),
    Claim(id="niu2024.losses_near_one.formula", location="Section 6.3 against Proposition 4",
          reading_of="niu2024.losses_near_one",
          printed=r"\text{around }1\text{ as predicted: }\log Z_t+\frac1{Z_t}\approx1\text{ at }n=512,\ d=\tfrac{2\text{M}}{5000}",
          variables=(), conclusion=le(FORMULA, F(6, 5)), rests_on=("niu2024.critical_data",),
          refutation=lambda: predictions.floor_above(predictions.QUESTION, 27, F(6, 5)),
          denial=Denial((), lt(F(6, 5), FORMULA), points=({},)),
          notes="What the printed formula predicts at the printed sizes, Z_t by Eq. (12) at the radius of Eq. (13), is not 1. The mildest "
                "reading of n is taken, d_emb; with n = T_max d_emb, or with fewer sequences, Z_t is smaller still. L is above "
                "log Z_t + 1/Z_t since c < log l."),
    Claim(id="niu2024.losses_near_one.formula.amended", location="Section 6.3 against Proposition 4",
          amends="niu2024.losses_near_one.formula", printed=r"\frac{(1-1/\pi e)\sqrt{\pi n}}{2d}\,e^{n/2\pi e}+1-\log2\le\log Z_t+\frac1{Z_t}", variables=(SIZE_N, SIZE_D),
          conclusion=predictions.FLOOR_GROWS, proof=predictions.floor_grows,
          notes="The printed formula grows exponentially in n; at Section 6.3's sizes it is about 9.3 10^11. The floor of 1 is Z_t = 1, and with it Proposition 4 allows every loss from 1 to 1 + log l: to 2.79 for 6 "
                "layers and 3.30 for 10."),
]

OFFLINE_CLAIMS = [
    Claim(id="niu2024.memorise.few_tokens", location="Section 3.1, Observation 1, at Section 6.2's ratios",
          reading_of="niu2024.memorise",
          printed=None, reconstruction=True, variables=measured("ratio_few"), conclusion=le(fam("ratio_few"), F(1, 2)),
          experiment=OFFLINE,
          notes="With 13.8 parameters a token (the ratio of 0.1 %) training loss is at most half of held-out loss. " + SCALE),
    Claim(id="niu2024.memorise.many_tokens", location="Section 3.1, Observation 1, at Section 6.2's ratios",
          reading_of="niu2024.memorise",
          printed=None, reconstruction=True, variables=measured("ratio_many"), conclusion=le(fam("ratio_many"), F(1, 2)),
          experiment=OFFLINE,
          notes="The same with 0.0138 parameters a token (the ratio of 100 %). " + SIBLING),
    Claim(id="niu2024.assumption1.few_tokens", location="Section 3.1, Assumption 1, at Section 6.2's ratios",
          reading_of="niu2024.assumption1", printed=None, reconstruction=True, variables=(scalar("recalled_few", 0, 1),),
          conclusion=le(F(9, 10), fam("recalled_few")), experiment=OFFLINE,
          notes="With 13.8 parameters a token nine tenths of the training sequences are continued exactly from their first "
                "half. " + SCALE),
    Claim(id="niu2024.assumption1.many_tokens", location="Section 3.1, Assumption 1, at Section 6.2's ratios",
          reading_of="niu2024.assumption1", printed=None, reconstruction=True, variables=(scalar("recalled_many", 0, 1),),
          conclusion=le(F(9, 10), fam("recalled_many")), experiment=OFFLINE,
          notes="The same with 0.0138 parameters a token, where the paper reports its losses of 9B tokens. " + SIBLING),
    Claim(id="niu2024.losses_agree.longer", location="Section 6.2", reading_of="niu2024.losses_agree", printed=None,
          reconstruction=True,
          variables=(scalar("apart"),), conclusion=le(fam("apart"), F(1, 10)), experiment=OFFLINE,
          notes="With 1.38 parameters a token (the ratio of 1 %), is held-out loss within 0.1 of training loss when the run "
                "goes on after "
                "the typical time? If not, their agreement there is a matter of when one stops, not of N and D. " + SCALE),
    Claim(id="niu2024.losses_near_one.every_data", location="Section 6.3; Figure 4", reading_of="niu2024.losses_near_one",
          printed=r"\text{the losses stabilize at a value of around 1 as predicted in Proposition 4}",
          variables=measured("farthest"), conclusion=le(fam("farthest"), F(1, 5)), experiment=OFFLINE,
          rests_on=("niu2024.prop4.lower",),
          notes="Proposition 4 makes no use of what the data are, so that what it predicts it predicts for every data set: "
                "grammars of "
                "the same sentences with other words, of 0.5, 1.0 and 1.5 nats a token, would all settle within 0.2 of 1. Small "
                "vanilla "
                "Transformers (d_emb 64, 2 layers)."),
    Claim(id="niu2024.losses_near_one.entropy", location="Section 6.3; Figure 4", reading_of="niu2024.losses_near_one",
          printed=None, reconstruction=True, variables=measured("excess"), conclusion=le(fam("excess"), F(1, 10)),
          experiment=OFFLINE,
          notes="The other explanation: training and held-out loss settle within 0.1 nats of the grammar's exact entropy a "
                "token, which for "
                "the published grammar is 0.9885. Small vanilla Transformers."),
]

CLAIMS = published([*RUN_CLAIMS, *OFFLINE_CLAIMS])
