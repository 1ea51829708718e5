"""Appendix D: the parameter counts of GPT-2 medium against the real model, and what its loss is."""
from __future__ import annotations

from fractions import Fraction

from theory.claim import Claim, family, scalar, size
from theory.niu2024.definitions import published
from theory.niu2024.proofs import counts
from theory.niu2024.proofs.counts import (MEDIUM, SMALL, UNITS, Q, attention, by_arithmetic, dense_and_norms, feed_forward, gpt2,
                                          per_token, per_unit, qkv)
from theory.terms import abs_, conj, eq, exp, inv, le, lt, num, power, sum_

L, E = num(24), num(1024)
HEADS = num(16)
TOTAL = 354_823_168

# ---------------------------------------------------------------- the parts

QKV_CHAIN = (eq(L * HEADS * (3 * E * E * inv(HEADS)), 3 * L * E ** 2), eq(3 * L * E ** 2, 75_497_472))
DENSE_CHAIN = (eq(L * (E ** 2 + 2 * E), L * E ** 2 + 2 * L * E), eq(L * (E ** 2 + 2 * E), 25_214_976))
FEED_CHAIN = (eq(num(3072), 3 * E), eq(feed_forward(L, E, 3072), 6 * L * E ** 2 + 4 * L * E),
              eq(feed_forward(L, E, 3072), 151_093_248))
QKV_TRUE = (eq(3 * L * E ** 2, 75_497_472), eq(qkv(L, E), 75_571_200), eq(attention(L, E), 100_761_600))
DENSE_TRUE = (eq(L * (E ** 2 + 4 * E), 25_264_128), eq(dense_and_norms(L, E), 25_288_704))
FEED_TRUE = (eq(feed_forward(L, E, 4 * E), 8 * L * E ** 2 + 5 * L * E), eq(feed_forward(L, E, 4 * E), 201_449_472))
SUM_TRUE = (eq(qkv(L, E) + dense_and_norms(L, E) + feed_forward(L, E, 4 * E) + counts.embeddings(E) + 2 * E, TOTAL),)
MOST = tuple(lt(gpt2(*m), 2 * (attention(*m) + feed_forward(*m, 4 * m[1]))) for m in (MEDIUM, SMALL))
RATIO = gpt2(*MEDIUM) * inv(L * E ** 2)
RATIO_TRUE = (eq(gpt2(*MEDIUM), TOTAL), lt(Fraction(1409, 100), RATIO), lt(RATIO, Fraction(141, 10)))

COUNT_CLAIMS = [
    Claim(id="niu2024.appd.attention", location="Appendix D, parameter counts",
          printed=r"\text{The number of parameters in the multi-head attention layer is }l\cdot n_h\cdot(3d_{\mathrm{emb}}\cdot "
                  r"d_{\mathrm{emb}}/n_h)=3ld_{\mathrm{emb}}^2=75{,}497{,}472",
          variables=(), conclusion=conj(*QKV_CHAIN, eq(qkv(L, E), 75_497_472)), covers=("D1",),
          notes="The chain of equalities is right, and it counts the query, key and value weights. The layer of GPT-2 medium "
                "has 73,728 biases beside them (75,571,200), and an output matrix (100,761,600 in all; the paper counts its "
                "weights as 'dense')."),
    Claim(id="niu2024.appd.attention.amended", location="Appendix D, parameter counts", amends="niu2024.appd.attention",
          printed=r"3ld_{\mathrm{emb}}^2=75{,}497{,}472\text{ weights},\ 3l(d_{\mathrm{emb}}^2+d_{\mathrm{emb}})=75{,}571{,}200"
                  r"\text{ with biases},\ 4l(d_{\mathrm{emb}}^2+d_{\mathrm{emb}})=100{,}761{,}600\text{ with the output matrix}",
          variables=(), conclusion=conj(*QKV_TRUE), covers=("D1",), proof=by_arithmetic(*QKV_TRUE),
          notes="The real model's tensors c_attn and c_proj, counted on the meta device, give the same numbers "
                "(tests/numerics/test_gpt2_counts.py)."),
    Claim(id="niu2024.appd.dense_and_norms", location="Appendix D, parameter counts",
          printed=r"\text{The number of parameters in the dense weights and layer normalization is }l(d_{\mathrm{emb}}^2+2d_{"
                  r"\mathrm{emb}})=25{,}214{,}976",
          variables=(), conclusion=conj(*DENSE_CHAIN, eq(L * (E ** 2 + 4 * E), 25_214_976)), covers=("D2",),
          notes="The arithmetic is right, but a block of GPT-2 has two layer norms of 2 d_emb parameters each; the printed "
                "formula has room for one. Weights of the dense matrix and both norms: 25,264,128 (25,288,704 with the dense "
                "biases)."),
    Claim(id="niu2024.appd.dense_and_norms.amended", location="Appendix D, parameter counts",
          amends="niu2024.appd.dense_and_norms",
          printed=r"l(d_{\mathrm{emb}}^2+4d_{\mathrm{emb}})=25{,}264{,}128,\quad\text{with the dense biases }l(d_{"
                  r"\mathrm{emb}}^2+5d_{\mathrm{emb}})=25{,}288{,}704",
          variables=(), conclusion=conj(*DENSE_TRUE), covers=("D2",), proof=by_arithmetic(*DENSE_TRUE),
          notes="Counted from the real model's tensors as well."),
    Claim(id="niu2024.appd.feed_forward", location="Appendix D, parameter counts",
          printed=r"l(2d_{\mathrm{emb}}\cdot d_{\mathrm{FF}}+d_{\mathrm{emb}}+d_{\mathrm{FF}})=6ld_{\mathrm{emb}}^2+4ld_{"
                  r"\mathrm{emb}}=151{,}093{,}248,\quad d_{\mathrm{FF}}=3072=3d_{\mathrm{emb}}",
          variables=(), conclusion=conj(*FEED_CHAIN, eq(feed_forward(L, E, 4 * E), 151_093_248)), covers=("D3",),
          notes="d_FF of GPT-2 medium is 4 d_emb = 4096; 3072 is 4 * 768, the value of GPT-2 small. The feed-forward layers "
                "have 201,449,472 parameters, a third more than printed."),
    Claim(id="niu2024.appd.feed_forward.amended", location="Appendix D, parameter counts", amends="niu2024.appd.feed_forward",
          printed=r"d_{\mathrm{FF}}=4096=4d_{\mathrm{emb}}:\quad 8ld_{\mathrm{emb}}^2+5ld_{\mathrm{emb}}=201{,}449{,}472",
          variables=(), conclusion=conj(*FEED_TRUE), covers=("D3",), proof=by_arithmetic(*FEED_TRUE),
          notes="Counted from the real model's tensors as well."),
    Claim(id="niu2024.appd.arithmetic", location="Appendix D, parameter counts (arithmetic only)",
          reading_of="niu2024.appd.feed_forward", printed=r"75{,}497{,}472;\quad 25{,}214{,}976;\quad 151{,}093{,}248",
          variables=(), conclusion=conj(*QKV_CHAIN, *DENSE_CHAIN, *FEED_CHAIN),
          proof=by_arithmetic(*QKV_CHAIN, *DENSE_CHAIN, *FEED_CHAIN),
          notes="Read as arithmetic alone, with the printed formulas and d_FF = 3072, all three lines are correct."),
    Claim(id="niu2024.appd.sum", location="Appendix D against Section 6.1", reading_of="niu2024.appd.most", printed=None,
          reconstruction=True, variables=(),
          conclusion=le(abs_(num(75_497_472 + 25_214_976 + 151_093_248) + counts.embeddings(E) + 2 * E - 355_000_000), 500_000),
          notes="Do Appendix D's parts add up to Section 6.1's 355M? With 51,281 embedding vectors and the last norm they give "
                "304,319,488."),
    Claim(id="niu2024.appd.sum.amended", location="Appendix D against Section 6.1", amends="niu2024.appd.sum", printed=None,
          reconstruction=True, variables=(), conclusion=SUM_TRUE[0], proof=by_arithmetic(*SUM_TRUE),
          notes="With the corrected parts they add up exactly: 354,823,168, the number of parameters of the real model."),
    Claim(id="niu2024.appd.most", location="Appendix D, sentence after the counts; Section 3.2",
          printed=r"\text{the multi-head attention and feed-forward layers account for most of the parameters in the model}",
          variables=(), conclusion=conj(*MOST), covers=("D4",), proof=by_arithmetic(*MOST),
          rests_on=("niu2024.appd.attention", "niu2024.appd.feed_forward"),
          notes="More than half, for GPT-2 medium (85 percent) and GPT-2 small (68 percent), with the true counts. The paper "
                "reads it off counts two of which are wrong."),
    Claim(id="niu2024.appd.ratio", location="Appendix D, sentence after the counts",
          printed=r"N\approx Ald_{\mathrm{emb}}^2\text{ with }A\approx15\text{ in this case}",
          variables=(), conclusion=le(abs_(RATIO - 15), Fraction(1, 2)), covers=("D5",),
          rests_on=("niu2024.appd.attention", "niu2024.appd.dense_and_norms", "niu2024.appd.feed_forward"),
          notes="To the two digits printed. N/(l d_emb^2) is 14.0994 for GPT-2 medium; the paper's own counts (without "
                "embeddings) give 10.006."),
    Claim(id="niu2024.appd.ratio.amended", location="Appendix D, sentence after the counts", amends="niu2024.appd.ratio",
          printed=r"N=354{,}823{,}168,\quad 14.09<N/(ld_{\mathrm{emb}}^2)<14.10",
          variables=(), conclusion=conj(*RATIO_TRUE), covers=("D5",), proof=by_arithmetic(*RATIO_TRUE),
          notes="14.0994 for medium, 17.58 for small: a constant per model, not across models (the blocks alone tend to 12; see "
                "niu2024.proportional)."),
]

VOCABULARY = counts.vocabulary_law(L, E, TOTAL)

# ---------------------------------------------------------------- the loss

TOKENS, SENTENCE, OTHER = size("D"), family("q", "D"), family("p", "D")
LOSS_CLAIMS = [
    Claim(id="niu2024.appd.loss", location="Appendix D, second paragraph",
          printed=r"\text{the log-probability of a dataset divided by the number of canonical units, \ldots which is equivalent "
                  r"to the cross-entropy loss}",
          variables=(TOKENS, scalar("C", 0, strict=True), SENTENCE, OTHER), conclusion=counts.SAME_ORDER, covers=("D6",),
          proof=counts.same_order,
          notes="With the minus sign that a loss needs. q, p are the log-probabilities that two models give to the D tokens; C "
                "is the number of units. Equivalent as objectives: the difference of two models' losses is D/C > 0 times the "
                "difference of their cross-entropies, so both rank models alike. The values are not equal, see "
                "niu2024.appd.loss.value."),
    Claim(id="niu2024.appd.loss.value", location="Appendix D, second paragraph", reading_of="niu2024.appd.loss",
          printed=r"-\tfrac1C\log P=-\tfrac1D\sum_i\log p_\theta(x_i)",
          variables=(TOKENS, scalar("C", 0, strict=True), SENTENCE), conclusion=eq(per_unit(Q), per_token(Q)),
          notes="Read as equality of values: false unless the units are the tokens."),
    Claim(id="niu2024.appd.loss.value.amended", location="Appendix D, second paragraph", amends="niu2024.appd.loss.value",
          printed=r"-\tfrac1C\log P=\tfrac DC\cdot\Big(-\tfrac1D\sum_i\log p_\theta(x_i)\Big)",
          variables=(TOKENS, scalar("C", 0, strict=True), SENTENCE),
          conclusion=eq(per_unit(Q), counts.SIZE * inv(UNITS) * per_token(Q)), proof=counts.rescaled,
          notes="The factor is the number of tokens per unit: losses per word, byte and token "
                "cannot be compared with one floor."),
    Claim(id="niu2024.appd.empirical", location="Appendix D, last display",
          printed=r"-\frac1D\sum_{i=1}^D\log p_\theta(x_i)=-\sum_{x\sim p_D}p_D(x)\log p_\theta(x)",
          variables=(TOKENS, size("V"), family("u", "D", "V"), family("q", "V")), conclusion=counts.empirical(), covers=("D7",),
          proof=counts.empirical_identity,
          notes="u(i, x) says that the i-th token is x, q(x) = log p(x), and p_D(x) = (1/D) sum u(i, x) are the frequencies in "
                "the data: with p_D the empirical distribution and one term per distinct x, it is an identity. x must then hold "
                "the context as well, since a causal model predicts p(x_i | x_<i); for the distribution behind the data it "
                "holds in the mean only."),
    Claim(id="niu2024.appd.perplexity", location="Appendix D, last sentence",
          printed=r"\text{the perplexity \ldots is equivalent to the exponentiated version of the cross-entropy}",
          variables=(TOKENS, SENTENCE), conclusion=eq(power(exp(sum_(counts.SIZE, Q)), -inv(counts.SIZE)), exp(per_token(Q))),
          covers=("D8",), proof=counts.perplexity,
          notes="Perplexity is the D-th root of the inverse probability of the D tokens (their product, exp of the sum of "
                "logarithms)."),
    Claim(id="niu2024.appd.setting", location="Appendix D, first paragraphs",
          printed=r"\text{BPE, vocabulary }50{,}257;\ \text{global batch size }512;\ \text{40GB WebText};\ 16\text{ heads}",
          variables=(), conclusion=eq(num(16) * 64, 1024), covers=("D9",),
          cited="The batch size and the size of WebText are reported by Radford et al. (2019); their training code and data are "
                "not public, so only that report can be compared. Vocabulary and heads follow from the published weights: "
                "niu2024.appd.vocabulary."),
    Claim(id="niu2024.appd.vocabulary", location="Appendix D, second paragraph", reading_of="niu2024.appd.setting",
          printed=r"50{,}257=256+50{,}000+1;\quad 16\cdot 64=1024",
          variables=(size("V"),), conclusion=VOCABULARY, proof=lambda: counts.vocabulary_from_total(VOCABULARY),
          notes="With any other vocabulary V the model would miss 354,823,168 parameters by 1024 (V - 50257): the printed "
                "vocabulary (256 bytes, 50,000 merges, one end mark) and Section 6.1's 355M confirm each other."),
]

CLAIMS = published([*COUNT_CLAIMS, *LOSS_CLAIMS])
