"""Section 3 and Appendix D: how many parameters a GPT-2 has, as terms in l, d_emb, d_FF, V and T_max, and what follows."""
from __future__ import annotations

from fractions import Fraction

from theory.kernel import Theorem
from theory.lemmas.euclid import sum_zero
from theory.lemmas.explog import abs_le, exp_pos, inv_pos, inverse, power_of
from theory.tactics import (apply, assume, both, each_elim, ground, index_facts, lin, multiply, product, ring, same_function,
                            sum_eq, sum_le, trans)
from theory.terms import (ONE, PI, ZERO, Symbol, Term, and_, each, eq, exp, fam, fresh, inv, le, log, lt, nat, num, power, real,
                          sum_)

LAYERS, EMB, HIDDEN, VOCAB, LENGTH = (fam(name) for name in ("l", "d_emb", "d_FF", "V", "T_max"))
MEDIUM, SMALL = (24, 1024), (12, 768)
V_GPT2, T_GPT2 = 50257, 1024


# ---------------------------------------------------------------- the components, each for all l layers

def qkv(layers, emb) -> Term:
    """query, key and value matrices with their biases"""
    layers, emb = real(layers), real(emb)
    return layers * (3 * emb * emb + 3 * emb)


def attention(layers, emb) -> Term:
    """the attention sub-layer: query, key, value and output matrices with their biases"""
    layers, emb = real(layers), real(emb)
    return layers * (4 * emb * emb + 4 * emb)


def dense_and_norms(layers, emb) -> Term:
    """the output matrix of the attention with its bias, and the two layer norms of a block"""
    layers, emb = real(layers), real(emb)
    return layers * (emb * emb + 5 * emb)


def feed_forward(layers, emb, hidden) -> Term:
    """two matrices and their biases"""
    layers, emb, hidden = map(real, (layers, emb, hidden))
    return layers * (2 * emb * hidden + hidden + emb)


def embeddings(emb, vocabulary=V_GPT2, length=T_GPT2) -> Term:
    """of tokens and of positions; the output matrix is tied to the former"""
    return (real(vocabulary) + length) * emb


def total(layers, emb, hidden, vocabulary=V_GPT2, length=T_GPT2) -> Term:
    """All parameters: blocks, embeddings and the last layer norm"""
    layers, emb = real(layers), real(emb)
    blocks = qkv(layers, emb) + dense_and_norms(layers, emb) + feed_forward(layers, emb, hidden)
    return blocks + embeddings(emb, vocabulary, length) + 2 * emb


def gpt2(layers, emb) -> Term:
    """All parameters of a GPT-2: d_FF = 4 d_emb, 50,257 tokens, T_max = 1024"""
    return total(layers, emb, 4 * real(emb))


# ---------------------------------------------------------------- proofs about numbers

def by_arithmetic(*goals: Term):
    """A proof of rational facts, each an equality or an inequality, in their conjunction."""
    def prove() -> Theorem:
        return both(*(ring(*g.args) if g.op == "eq" else lin(g) for g in goals))
    return prove


def within(value: Term, centre, tolerance) -> Theorem:
    """|value - centre| <= tolerance for a number, by Arb on both sides"""
    gap, tolerance = value - real(centre), real(tolerance)
    upper = lin(le(gap, tolerance), ground(gap, tolerance))
    return abs_le(upper, lin(le(-gap, tolerance), ground(-gap, tolerance)))


# ---------------------------------------------------------------- Section 3

LENGTHS = Symbol("t")


def dataset_size(d: Term, longest: Term) -> Theorem:
    """1 <= t_i <= T_max for i < d gives d <= sum t_i <= T_max d"""
    i = fresh("i")
    each = each_elim(assume(bounded_lengths(d, longest)), fam(i), *index_facts(i, d))
    is_nat = assume(nat(d))
    low, high = (sum_le(apply("and_elim", each, side=k), i, d) for k in (0, 1))
    ones, tops = apply("sum_constant", is_nat, c=ONE), apply("sum_constant", is_nat, c=longest)
    size = sum_(d, LENGTHS)
    return both(lin(le(d, size), low, ones), lin(le(size, longest * d), high, tops))


def bounded_lengths(d: Term, longest: Term) -> Term:
    return each(d, lambda i: and_(le(1, LENGTHS(i)), le(LENGTHS(i), longest)))


def parameters_identity() -> Theorem:
    """A l d_emb^2 = (A l d_emb / T_max)(T_max d_emb) for T_max >= 1"""
    unit = inverse(lin(lt(ZERO, LENGTH), assume(le(ONE, LENGTH))))
    a = fam("A")
    goal = eq(a * LAYERS * EMB ** 2, a * LAYERS * EMB * inv(LENGTH) * (LENGTH * EMB))
    return lin(goal, multiply(unit, a * LAYERS * EMB * EMB))


BLOCK = qkv(LAYERS, EMB) + dense_and_norms(LAYERS, EMB) + feed_forward(LAYERS, EMB, 4 * EMB)
SHARE = eq(feed_forward(LAYERS, EMB, 4 * EMB), (num(Fraction(2, 3)) - Fraction(11, 3) * inv(12 * EMB + 13)) * BLOCK)


def block_share() -> Theorem:
    """The feed-forward share of a block, l d_emb (12 d_emb + 13), is 2/3 - 11/(3(12 d_emb + 13))"""
    unit = inverse(lin(lt(ZERO, 12 * EMB + 13), assume(le(ONE, EMB))))
    return lin(SHARE, multiply(unit, Fraction(11, 3) * LAYERS * EMB))


def quadratic_with_error() -> Theorem:
    """N = 12 l d_emb^2 (1 + 13/(12 d_emb) + (V + T_max + 2)/(12 l d_emb))"""
    e = inverse(lin(lt(ZERO, EMB), assume(le(ONE, EMB))))
    layers = inverse(lin(lt(ZERO, LAYERS), assume(le(ONE, LAYERS))))
    goal = quadratic_law()
    c = VOCAB + LENGTH + 2
    return lin(goal, multiply(e, 13 * LAYERS * EMB), multiply(e, c * EMB * LAYERS * inv(LAYERS)), multiply(layers, c * EMB))


def quadratic_law() -> Term:
    c = VOCAB + LENGTH + 2
    return eq(total(LAYERS, EMB, 4 * EMB, VOCAB, LENGTH),
              12 * LAYERS * EMB ** 2 * (1 + Fraction(13, 12) * inv(EMB) + Fraction(1, 12) * c * inv(LAYERS) * inv(EMB)))


# ---------------------------------------------------------------- Appendix D: losses

SIZE, SYMBOLS = fam("D"), fam("V")
Q, P, U = Symbol("q"), Symbol("p"), Symbol("u")


def token_sum(i: Term) -> Term:
    """log p(x_i) = sum over the vocabulary of u(i, x) q(x), u the indicator of the i-th token"""
    return sum_(SYMBOLS, lambda x: U(i, x) * Q(x))


def frequency(x: Term, size: Term = SIZE) -> Term:
    """p_D(x) = (1/D) sum over i of u(i, x)"""
    return inv(SIZE) * sum_(size, lambda i: U(i, x))


def empirical() -> Term:
    return eq(-(inv(SIZE) * sum_(SIZE, token_sum)), -sum_(SYMBOLS, lambda x: frequency(x) * Q(x)))


def empirical_identity() -> Theorem:
    """The mean of log p(x_i) is the sum over the vocabulary weighted by the frequencies: sums exchanged by induction on D"""
    k, x = "k#tokens", "x#tokens"
    at, v = fam(k), fam(x)
    count = lambda size, s: sum_(size, lambda i: U(i, s))
    phi = eq(sum_(at, token_sum), sum_(SYMBOLS, lambda s: count(at, s) * Q(s)))
    empty_left = apply("sum_empty", i=x, f=token_sum(v))
    empty_count = apply("sum_empty", i=k, f=U(at, v))
    each_zero = sum_eq(lin(eq(count(ZERO, v) * Q(v), ZERO), multiply(empty_count, Q(v))), x, SYMBOLS)
    base = trans(empty_left, lin(eq(ZERO, each_zero.concl.args[0]), each_zero, sum_zero(x, SYMBOLS)))
    natural, hyp = assume(nat(at)), assume(phi)
    one_more = apply("sum_step", natural, i=x, f=token_sum(v))
    counted = apply("sum_step", natural, i="i#tokens", f=U(fam("i#tokens"), v))
    grown = sum_eq(lin(eq(count(at + 1, v) * Q(v), count(at, v) * Q(v) + U(at, v) * Q(v)), multiply(counted, Q(v))), x, SYMBOLS)
    split = apply("sum_add", i=x, n=SYMBOLS, f=count(at, v) * Q(v), g=U(at, v) * Q(v))
    step = lin(eq(sum_(at + 1, token_sum), sum_(SYMBOLS, lambda s: count(at + 1, s) * Q(s))), one_more, hyp, grown, split)
    exchanged = apply("induction", base, step, assume(nat(SIZE)), k=k, phi=phi)
    scaled = apply("sum_scale", i=x, n=SYMBOLS, c=inv(SIZE), f=count(SIZE, v) * Q(v))
    same = sum_eq(ring(frequency(v) * Q(v), inv(SIZE) * (count(SIZE, v) * Q(v))), x, SYMBOLS)
    return lin(empirical(), multiply(exchanged, inv(SIZE)), scaled, same)


UNITS = fam("C")


def per_unit(q: Symbol) -> Term:
    """minus the log-probability of the dataset, per canonical unit"""
    return -(inv(UNITS) * sum_(SIZE, q))


def per_token(q: Symbol) -> Term:
    """the cross-entropy: minus the mean log-probability of a token"""
    return -(inv(SIZE) * sum_(SIZE, q))


def rescaled() -> Theorem:
    """-(1/C) sum q = (D/C) (-(1/D) sum q)"""
    unit = inverse(lin(lt(ZERO, SIZE), assume(le(ONE, SIZE))))
    return lin(eq(per_unit(Q), SIZE * inv(UNITS) * per_token(Q)), multiply(unit, inv(UNITS) * sum_(SIZE, Q)))


SAME_ORDER = and_(lt(0, SIZE * inv(UNITS)), eq(per_unit(Q) - per_unit(P), SIZE * inv(UNITS) * (per_token(Q) - per_token(P))))


def same_order() -> Theorem:
    """Two models' losses per unit differ by a positive multiple of what their cross-entropies differ by"""
    d_pos, c_pos = lin(lt(ZERO, SIZE), assume(le(ONE, SIZE))), assume(lt(ZERO, UNITS))
    unit = inverse(d_pos)
    scaled = [multiply(unit, inv(UNITS) * sum_(SIZE, f)) for f in (Q, P)]
    return both(product(d_pos, inv_pos(c_pos)), lin(SAME_ORDER.args[1], *scaled))


def perplexity() -> Theorem:
    """(product of p(x_i))^(-1/D) = exp(-(1/D) sum log p(x_i)), the product written exp(sum q)"""
    product_ = exp(sum_(SIZE, Q))
    written = power_of(exp_pos(sum_(SIZE, Q)), -inv(SIZE))
    logs = same_function(multiply(apply("log_exp", a=sum_(SIZE, Q)), -inv(SIZE)), exp)
    return lin(eq(power(product_, -inv(SIZE)), exp(per_token(Q))), written, logs)





def vocabulary_law(layers: Term, emb: int, count: int) -> Term:
    """N(V) - count = d_emb (V - 50257), and the heads have 64 dimensions"""
    extra = VOCAB - (num(256) + 50_000 + 1)
    return and_(eq(total(layers, emb, 4 * emb, VOCAB) - count, real(emb) * extra), eq(num(16) * 64, emb))


def vocabulary_from_total(law: Term) -> Theorem:
    return both(*(ring(*part.args) for part in law.args))


# ---------------------------------------------------------------- Section 3: dimensions, radii, capacity

def full_length(given: Term, goal: Term) -> Theorem:
    """t = T_max gives t d_emb = T_max d_emb"""
    return lin(goal, multiply(assume(given), EMB))


def rho_at(n: int) -> Term:
    """sqrt(n/(2 pi e))"""
    return power(num(n) / (2 * PI * exp(1)), Fraction(1, 2))


LARGEST = 254_982_675
CAPACITY = and_(lt(LARGEST * log(num(V_GPT2)), 32 * num(124_439_808) * log(num(2))),
                lt(32 * num(124_439_808) * log(num(2)), (num(LARGEST) + 1) * log(num(V_GPT2))))


def capacity() -> Theorem:
    return both(*(ground(*goal.args) for goal in CAPACITY.args))
