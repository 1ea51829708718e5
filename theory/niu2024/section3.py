"""Section 3: the sizes of data and model, Definition 1, Assumptions 1 and 2, attention and feed-forward layers."""
from __future__ import annotations

from fractions import Fraction

from theory.claim import Claim, family, scalar, size
from theory.niu2024.definitions import (published, D, NONNEGATIVE_RADIUS, PATTERNS, RADIUS, SIZE_D, SIZE_N, VECTOR_X, VECTOR_Y, X,
                                        Y, nearest)
from theory.niu2024.proofs import counts, retrieval
from theory.niu2024.proofs.counts import EMB, LAYERS, LENGTH, MEDIUM, SMALL, V_GPT2, feed_forward, gpt2, total
from theory.niu2024.proofs.retrieval import Z, gap
from theory.terms import abs_, and_, eq, fam, inv, le, log, num, power, sum_

F = Fraction
TOKENS = sum_(D, counts.LENGTHS)
LENGTHS = (SIZE_D, size("T_max"), family("t", "d"))
BOUNDED = counts.bounded_lengths(D, LENGTH)
SHAPE = (size("l"), size("d_emb"), size("V"), size("T_max"))
OWN_RADIUS, DIGITS = F(24_777_802, 100_000), F(3, 1_000_000)
EQUAL_N = eq(fam("t") * EMB, LENGTH * EMB)
FULL_LENGTH = eq(fam("t"), LENGTH)
SEQUENCE = (size("t"), size("T_max"), size("d_emb"))

SIZE_CLAIMS = [
    Claim(id="niu2024.data_size", location="Section 3, first paragraph", printed=r"D\approx T_{\max}d", variables=LENGTHS,
          hypotheses=(BOUNDED,), conclusion=le(abs_(TOKENS - LENGTH * D), LENGTH * D / 2), covers=("S1",),
          points=({"d": 1, "T_max": 3, "t": [1]},),
          notes="D counts the tokens of d sequences 'whose length is bounded by T_max'. Even within a factor of two this does "
                "not follow. Section 6.3 has T_max = 5000: D = T_max d would make its 2M tokens 400 sentences."),
    Claim(id="niu2024.data_size.amended", location="Section 3, first paragraph", amends="niu2024.data_size",
          printed=r"d\le D\le T_{\max}d",
          variables=LENGTHS, hypotheses=(BOUNDED,), conclusion=and_(le(D, TOKENS), le(TOKENS, LENGTH * D)), covers=("S1",),
          proof=lambda: counts.dataset_size(D, LENGTH),
          points=({"d": 1, "T_max": 3, "t": [1]}, {"d": 2, "T_max": 3, "t": [3, 3]}, {"d": 2, "T_max": 4, "t": [1, 2]}),
          notes="Both ends are attained. Section 5 uses D = T_max d with '=', which holds when every sequence is cut or filled "
                "to T_max tokens."),
    Claim(id="niu2024.dimension", location="Section 3, first paragraph",
          printed=r"\text{each input sequence has }n=T_{\max}d_{\mathrm{emb}}\text{ dimensions}",
          variables=SEQUENCE, hypotheses=(le(fam("t"), LENGTH),), conclusion=EQUAL_N, covers=("S2",),
          points=({"t": 1, "T_max": 2, "d_emb": 1},),
          notes="A sequence of t <= T_max tokens is t vectors of d_emb entries. All patterns lie in one R^n only if all have "
                "the same length."),
    Claim(id="niu2024.dimension.amended", location="Section 3, first paragraph", amends="niu2024.dimension",
          printed=r"t=T_{\max}\ \Rightarrow\ n=T_{\max}d_{\mathrm{emb}}",
          variables=SEQUENCE, hypotheses=(le(fam("t"), LENGTH), FULL_LENGTH), conclusion=EQUAL_N, covers=("S2",),
          proof=lambda: counts.full_length(FULL_LENGTH, EQUAL_N),
          points=tuple({"t": t, "T_max": t, "d_emb": e} for t,
              e in ((1, 1), (2, 1), (3, 2), (5, 4), (1024, 768), (1024, 1024), (7, 3), (16, 8), (5000, 512))),
          notes="For sequences that are cut or filled to T_max tokens."),
    Claim(id="niu2024.dimension.section6", location="Section 3 against Section 6.1", reading_of="niu2024.dimension", printed=None,
          reconstruction=True, variables=(), conclusion=eq(num(1024) * 1024, 1024),
          notes="Is the n of Section 6.1 (1024, in sqrt(n/2 pi e) = 7.74) the n of Section 3? With T_max = d_emb = 1024 the "
                "latter is 1,048,576."),
    Claim(id="niu2024.dimension.section6.amended", location="Section 3 against Section 6.1", amends="niu2024.dimension.section6",
          reconstruction=True, printed=r"n=T_{\max}d_{\mathrm{emb}}=1{,}048{,}576:\quad \sqrt{n/2\pi e}=247.77802", variables=(),
          conclusion=le(abs_(counts.rho_at(1024 * 1024) - OWN_RADIUS), DIGITS),
          proof=lambda: counts.within(counts.rho_at(1024 * 1024), OWN_RADIUS, DIGITS),
          notes="With the paper's own n the radius that Eq. (13) speaks of is 247.78, 32 times the 7.74 of Section 6.1."),
    Claim(id="niu2024.model_size", location="Section 3, first paragraph; Section 5",
          printed=r"N\approx Ald_{\mathrm{emb}}^2=\frac{Ald_{\mathrm{emb}}}{T_{\max}}n",
          variables=(size("l"), size("d_emb"), size("T_max"), scalar("A", 0, strict=True)),
          conclusion=eq(fam("A") * LAYERS * EMB ** 2, fam("A") * LAYERS * EMB * inv(LENGTH) * (LENGTH * EMB)), covers=("S3",),
          rests_on=("niu2024.dimension",), proof=counts.parameters_identity,
          notes="The equality is an identity with n = T_max d_emb; A exists for each single model by definition (the "
                "approximation is decided in niu2024.proportional and niu2024.appd.ratio). The factor of n holds d_emb, that is "
                "n itself: N is quadratic in n, not linear."),
    Claim(id="niu2024.proportional", location="Section 3.2, last paragraph",
          printed=r"\text{the number of parameters }N\text{ is proportional to the square of the embedding dimension}",
          variables=SHAPE,
          conclusion=eq(total(LAYERS, 2 * EMB, 8 * EMB, counts.VOCAB, LENGTH),
              4 * total(LAYERS, EMB, 4 * EMB, counts.VOCAB, LENGTH)),
          covers=("S13",), rests_on=("niu2024.appd.most",), points=({"l": 12, "d_emb": 768, "V": 50257, "T_max": 1024},),
          notes="Doubling d_emb (with d_FF = 4 d_emb, as in GPT-2) should then multiply N by 4. Embeddings, biases and norms "
                "grow linearly: GPT-2 small would grow from 124.4M to 418.8M, by 3.37."),
    Claim(id="niu2024.proportional.amended", location="Section 3.2, last paragraph", amends="niu2024.proportional",
          printed=r"N=12\,l\,d_{\mathrm{emb}}^2\Big(1+\frac{13}{12d_{\mathrm{emb}}}+\frac{V+T_{\max}+2}{12\,l\,d_{\mathrm{emb}}}"
                  r"\Big)",
          variables=SHAPE, conclusion=counts.quadratic_law(), covers=("S13",), proof=counts.quadratic_with_error,
          points=({"l": 24, "d_emb": 1024, "V": 50257, "T_max": 1024},),
          notes="Exact, for GPT-2 with d_FF = 4 d_emb. The bracket is 1.465 for GPT-2 small, 1.175 for medium, and tends to 1 "
                "as d_emb grows."),
    Claim(id="niu2024.ff_share", location="Section 3.2, Feed-forward layers",
          printed=r"\text{The FF layers take up almost two third of the model's parameters.}",
          variables=(), covers=("S11",), rests_on=("niu2024.appd.feed_forward",),
          conclusion=and_(*(le(F(3, 5) * gpt2(*m), feed_forward(*m, 4 * m[1])) for m in (MEDIUM, SMALL))),
          notes="Of the two models of Section 6 the share is 56.8 percent (medium) and 45.5 percent (small), below even 60 "
                "percent; with Appendix D's own 151,093,248 it is 42.6 percent of the 355M."),
    Claim(id="niu2024.ff_share.amended", location="Section 3.2, Feed-forward layers", amends="niu2024.ff_share",
          printed=r"\text{of the parameters of the blocks: }\frac23-\frac{11}{3(12d_{\mathrm{emb}}+13)}",
          variables=(size("l"), size("d_emb")), conclusion=counts.SHARE, covers=("S11",), proof=counts.block_share,
          notes="Exact, with d_FF = 4 d_emb: without embeddings the share is just below two thirds for every size."),
]

NEAR = le(gap(X, retrieval.A_CENTRE), RADIUS)
HOME = le(gap(retrieval.PATTERN, retrieval.A_CENTRE), RADIUS)
IN_OWN_BALL = le(gap(X, retrieval.PATTERN), RADIUS)
CENTRED = (SIZE_N, VECTOR_X, family("a", "n"), family("p", "n"), NONNEGATIVE_RADIUS)
TRIPLE = (SIZE_N, VECTOR_X, VECTOR_Y, family("z", "n"))
IN_SOME_BALL = (retrieval.IN_SOME_BALL,)
TEST_PATTERN = (SIZE_N, SIZE_D, PATTERNS, VECTOR_X, NONNEGATIVE_RADIUS)
BITS = 32 * num(124_439_808) * log(num(2))              # of GPT-2 small in single precision, in nats
PER_TOKEN = log(num(V_GPT2))
MEMORY_CLAIMS = [
    Claim(id="niu2024.metric", location="Sections 3 and 4",
          printed=r"\text{a generic distance metric }d(\cdot,\cdot)\text{ in the Euclidean space; }d(x,y)=\|x-y\|^2\text{ "
                  r"\ldots other norms could be used}",
          variables=TRIPLE, conclusion=le(gap(X, Z), gap(X, Y) + gap(Y, Z)), covers=("S4",),
          points=({"n": 1, "x": [0], "y": [1], "z": [2]},),
          notes="The squared norm is symmetric and definite, but violates the triangle inequality, so it is neither a metric "
                "nor a norm. The proofs of Section 4 (Proposition 2, E smooth) use the square, not a generic metric."),
    Claim(id="niu2024.metric.amended", location="Sections 3 and 4", amends="niu2024.metric", variables=TRIPLE,
          printed=r"\|x-z\|^2=2\|x-y\|^2+2\|y-z\|^2-\|x-2y+z\|^2\le2\|x-y\|^2+2\|y-z\|^2",
          conclusion=retrieval.PARALLELOGRAM, covers=("S4",), proof=retrieval.parallelogram,
          points=({"n": 1, "x": [0], "y": [1], "z": [2]}, {"n": 2, "x": [0, 1], "y": [1, 1], "z": [2, 1]}),
          notes="What the squared distance satisfies in place of the triangle inequality, with its exact remainder: equality "
                "when y is the midpoint."),
    Claim(id="niu2024.memorise", location="Section 3.1, Observation 1",
          printed=r"\text{The models tend to memorize the patterns of the training data.}",
          variables=(scalar("ratio", 0),), conclusion=le(fam("ratio"), F(1, 2)), covers=("S5",), experiment="training.gpt2",
          notes="What a record must show: after saturation the loss on the training sequences is at most half (ratio) of that "
                "on held-out ones."),
    Claim(id="niu2024.assumption1", location="Section 3.1, Assumption 1",
          printed=r"\text{After saturation, the model memorizes the training samples }\mathcal D\text{ as patterns }\{\rho^1,"
                  r"\ldots,\rho^d\},\ \rho^i\in\mathbb R^n",
          variables=(scalar("recalled", 0, 1),), conclusion=le(F(9, 10), fam("recalled")), covers=("S6",),
          rests_on=("niu2024.memorise",), experiment="training.gpt2",
          notes="What a record must show: at least nine tenths (recalled) of the training sequences are reproduced from their "
                "beginnings after saturation. For large data it is ruled out by counting, see niu2024.assumption1.counting."),
    Claim(id="niu2024.assumption1.counting", location="Section 3.1, Assumption 1 at Section 6.2's sizes",
          reading_of="niu2024.assumption1", printed=None, reconstruction=True, variables=(),
          conclusion=le(9 * power(num(10), 9) * PER_TOKEN, BITS),
          notes="Can GPT-2 small hold any 9B tokens? There are 2^(32 N) models in single precision, N = 124,439,808, and "
                "50257^D data sets of D tokens. For D = 9B the latter are far more: some data set of that size is not memorised "
                "by any setting of the weights."),
    Claim(id="niu2024.assumption1.counting.amended", location="Section 3.1, Assumption 1 at Section 6.2's sizes",
          amends="niu2024.assumption1.counting", printed=r"50257^D\le 2^{32N}\iff D\le 254{,}982{,}675", reconstruction=True,
          variables=(), conclusion=counts.CAPACITY, proof=counts.capacity,
          notes="The largest number of arbitrary tokens that the weights can tell apart: 255M. The subsets of 9M and 90M tokens "
                "lie below it. (Text is compressible, by a factor of about 5 at a loss of 2.2 nats; 9B tokens of it are still "
                "too many.)"),
    Claim(id="niu2024.definition1", location="Section 3.1, Definition 1",
          printed=r"B_i:=\{x:d(x,a_i)\le r_i\}\ni\rho^i;\ \text{stored: a single fixed point }\rho^{i*}\in B_i\text{ to which "
                  r"all }x\in B_i\text{ converge};\ \text{retrieved: the converged point is }\epsilon\text{-close to }\rho^{i*}",
          variables=CENTRED, hypotheses=(HOME, NEAR), conclusion=IN_OWN_BALL, covers=("S7",),
          points=({"n": 1, "x": [-1], "a": [0], "p": [1], "r": 1},),
          ill_posed="The centre a_i is not introduced (Section 4 assumes a_i = rho^i, C.2 integrates around rho^i); 'converge' "
                    "names no dynamics; and if all points of B_i converge to rho^{i*}, the converged point is rho^{i*}, so "
                    "every stored pattern is retrieved for every epsilon.",
          notes="The formal statement is what the two uses of B_i would share: a ball of centre a that holds rho lies in the "
                "ball of the same radius around rho. It does not. The fixed point rho^{i*} need not be the pattern rho^i "
                "either, yet step (a) of C.1 uses g = 0 there."),
    Claim(id="niu2024.definition1.amended", location="Section 3.1, Definition 1", amends="niu2024.definition1",
          printed=r"a_i=\rho^i",
          variables=CENTRED, hypotheses=(retrieval.SAME_CENTRE, NEAR), conclusion=IN_OWN_BALL, covers=("S7",),
          proof=retrieval.centred_at_the_pattern,
          points=tuple({"n": 1, "x": [x], "a": [a], "p": [a], "r": r} for x, a,
              r in ((1, 0, 1), (0, 0, 0), (2, 1, 1), (F(1, 2), 0, F(1, 4)))),
          notes="Centred at the pattern, as Section 4 assumes before Assumption 3."),
    Claim(id="niu2024.definition1.any_centre", location="Section 3.1, Definition 1 (any centre)",
          reading_of="niu2024.definition1", printed=None, reconstruction=True, variables=CENTRED, hypotheses=(HOME, NEAR),
          conclusion=le(gap(X, retrieval.PATTERN), 4 * RADIUS), proof=retrieval.any_centre,
          points=({"n": 1, "x": [-1], "a": [0], "p": [1], "r": 1},
              {"n": 1, "x": [F(1, 10)], "a": [0], "p": [F(-1, 10)], "r": F(1, 100)}),
          notes="If a_i may be anywhere, points of B_i are within squared distance 4 r_i of the pattern. Sharp: x and rho at "
                "opposite ends."),
    Claim(id="niu2024.assumption2", location="Section 3.1, Assumption 2",
          printed=r"\text{Every }\tilde\rho\in\widetilde{\mathcal D}\text{ is within }B_i\text{ for some }i.\ \text{Therefore, "
                  r"we assume }\widetilde{\mathcal D}\subset\mathcal D.",
          variables=TEST_PATTERN, hypotheses=IN_SOME_BALL, conclusion=eq(nearest(X), 0), covers=("S8",),
          rests_on=("niu2024.definition1",), points=({"n": 1, "d": 1, "rho": [[0]], "x": [1], "r": 1},),
          notes="A test pattern in a ball around a training pattern need not be a training pattern: g is 0 only on the "
                "patterns. C.1, step (a), needs the equality."),
    Claim(id="niu2024.assumption2.amended", location="Section 3.1, Assumption 2", amends="niu2024.assumption2",
          printed=r"\tilde\rho\in B_i\ \Rightarrow\ g(\tilde\rho)\le r_i",
          variables=TEST_PATTERN, hypotheses=IN_SOME_BALL, conclusion=le(nearest(X), RADIUS), covers=("S8",),
          proof=retrieval.near_a_pattern,
          points=({"n": 1, "d": 1, "rho": [[0]], "x": [1], "r": 1},
              {"n": 1, "d": 1, "rho": [[0]], "x": [F(1, 10)], "r": F(1, 100)}),
          notes="What follows. Sharp: equality on the sphere. With r_i = 0 it is the printed conclusion."),
]

ROWS = (size("T"), family("s", "T"), family("v", "T"), scalar("c"))
LAYER = (SIZE_N, size("m"), VECTOR_X, family("K", "m", "n"), family("v", "m"), family("b", "m"), scalar("c"))
BLOCK_CLAIMS = [
    Claim(id="niu2024.attention", location="Section 3.2, Attention mechanism",
          printed=r"K,Q\in\mathbb R^{d_{\mathrm{emb}}\times d_k},\ V\in\mathbb R^{d_{\mathrm{emb}}\times d_v}:\quad "
                  r"\mathrm{Attention}(Q,K,V)=V\cdot\mathrm{softmax}\Big(\frac{QK^{\mathsf T}}{\sqrt{d_k}}\Big)",
          variables=(size("d_emb"), size("d_v")), conclusion=eq(fam("d_v"), EMB), covers=("S9",),
          points=({"d_emb": 1, "d_v": 2},),
          ill_posed="V is d_emb x d_v and softmax(QK^T) is d_emb x d_emb: the product V softmax(.) types only if d_v = d_emb. "
                    "The rows of Q, K, V are then coordinates of the embedding, so that nothing attends over the tokens of the "
                    "sequence.",
          notes="The formal statement is what the printed product needs: d_v columns meet d_emb rows. 'Setting d_v = d_emb' is "
                "offered as a convenience for residual connections, not as a condition; with it V softmax(.) mixes by columns "
                "of weights that sum to 1 along rows."),
    Claim(id="niu2024.attention.amended", location="Section 3.2, Attention mechanism", amends="niu2024.attention",
          printed=r"Q,K\in\mathbb R^{T\times d_k},\ V\in\mathbb R^{T\times d_v}:\ \mathrm{softmax}\Big(\frac{QK^{\mathsf T}}{"
                  r"\sqrt{d_k}}\Big)V,\quad \sum_jw_j=1,\ \sum_jw_j(v_j+c)=\sum_jw_jv_j+c",
          variables=ROWS, conclusion=retrieval.AFFINE, covers=("S9",), proof=retrieval.affine_combination,
          points=({"T": 1, "s": [0], "v": [1], "c": 1}, {"T": 2, "s": [0, 0], "v": [1, -1], "c": 2}),
          notes="As Vaswani et al. define it, it types for all sizes. s is a row of Q K^T / sqrt(d_k), v a column of V: every "
                "entry of the output is a weighted mean of that column over the tokens, with positive weights that sum to 1."),
    Claim(id="niu2024.ff", location="Section 3.2, Feed-forward layers", printed=r"\mathrm{FF}(x)=f(x\cdot K^{\mathsf T})\cdot V",
          variables=LAYER, conclusion=eq(retrieval.biased_ff(), retrieval.printed_ff()), covers=("S10",),
          points=({"n": 1, "m": 1, "x": [0], "K": [[0]], "v": [1], "b": [1], "c": 0},),
          notes="It types. But the feed-forward layers that Appendix D counts ('weight matrices and bias') are f(x K^T + b) V + "
                "c, here with f = ReLU and one output coordinate; those of GPT-2 have 5,120 such biases per layer (medium)."),
    Claim(id="niu2024.ff.amended", location="Section 3.2, Feed-forward layers", amends="niu2024.ff",
          printed=r"b=0,\ c=0\ \Rightarrow\ f(xK^{\mathsf T}+b)V+c=f(xK^{\mathsf T})V",
          variables=LAYER, hypotheses=retrieval.NO_BIASES, conclusion=eq(retrieval.biased_ff(), retrieval.printed_ff()),
          covers=("S10",), proof=retrieval.without_biases,
          points=tuple({"n": 1, "m": 1, "x": [x], "K": [[k]], "v": [v], "b": [0], "c": 0} for x, k,
              v in ((1, 1, 1), (2, -1, 3), (F(1, 2), 3, -1))),
          notes="Without biases the layer is the printed one: memory slots K with values V. (With biases it is so for the input "
                "(x, 1) and one more slot.)"),
    Claim(id="niu2024.merged", location="Section 3.2, Observation 2",
          printed=r"\text{The attention layer and the feed-forward layer can be conceptually integrated into a unified "
                  r"transformer layer.}",
          variables=(size("m"), family("s", "m"), family("v", "m"), size("k"), family("u", "k"), family("w", "k")),
          conclusion=retrieval.merged_layer(), covers=("S12",), rests_on=("niu2024.ff",), proof=retrieval.merged,
          notes="The all-attention layer: one softmax over the scores s of m tokens and u of k persistent slots is the mixture "
                "of attention over the tokens and attention over the slots, with the slots' share of the weight. It is a "
                "feed-forward layer with f = softmax, not ReLU; that nothing is lost in practice is an experiment of Sukhbaatar "
                "et al."),
]

CLAIMS = published([*SIZE_CLAIMS, *MEMORY_CLAIMS, *BLOCK_CLAIMS])
