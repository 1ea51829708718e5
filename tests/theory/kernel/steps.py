"""Steps as data: for every rule examples that the kernel accepts, from which negative tests, fuzzing and the agreement test are
made.

A premise is written as the sequent that it should be, `seq(concl, *hyps)`. `theorem` makes a genuine theorem of it: the
universally closed implication is assumed and taken apart, so the theorem has one more hypothesis, without free reals.
"""
from __future__ import annotations

from dataclasses import dataclass, replace as changed
from fractions import Fraction
from typing import NamedTuple

from theory.kernel import apply as kernel_apply
from theory.terms import (ONE, PI, ZERO, Symbol, Term, abs_, and_, close, deriv, eq, exists, exp, fam, forall, gamma, imp,
                          inv, le, log, lt, max_, nat, num, or_, power, replace, sqrt, sum_, vol)

i, j, k, m, n, a, b, c, d, e, r, s, t, u, x, y, z = map(fam, "ijkmnabcderstuxyz")
F, G, H = Symbol("F"), Symbol("G"), Symbol("H")
HALF, TWO = num(Fraction(1, 2)), num(2)


class Seq(NamedTuple):
    concl: Term
    hyps: tuple[Term, ...] = ()


def seq(concl: Term, *hyps: Term) -> Seq:
    return Seq(concl, hyps)


def theorem(wanted: Seq, apply=kernel_apply):
    """A theorem with this conclusion and these hypotheses, and one more hypothesis without free reals."""
    formula = wanted.concl
    for h in reversed(wanted.hyps):
        formula = imp(h, formula)
    names = sorted(name for name, arity in formula.free if arity == 0)
    for name in reversed(names):
        formula = Term("forall", (close(formula, name),))
    out = apply("assume", phi=formula)
    for name in names:
        out = apply("forall_elim", out, t=fam(name))
    for h in wanted.hyps:
        out = apply("imp_elim", out, apply("assume", phi=h))
    return out


@dataclass(frozen=True)
class Step:
    rule: str
    premises: tuple[Seq, ...]
    arguments: dict

    def but(self, *changes: tuple[int, Seq], drop: tuple[int, ...] = (), add: tuple[Seq, ...] = (), **arguments) -> "Step":
        """The same step with some premises replaced, dropped or added, and some arguments replaced."""
        table = dict(changes)
        premises = tuple(table.get(index, p) for index, p in enumerate(self.premises) if index not in drop) + add
        return changed(self, premises=premises, arguments={**self.arguments, **arguments})

    def run(self, apply=kernel_apply):
        return apply(self.rule, *(theorem(p, apply) for p in self.premises), **self.arguments)


def step(rule: str, *premises, **arguments) -> Step:
    return Step(rule, tuple(p if isinstance(p, Seq) else Seq(p) for p in premises), arguments)


def body(f: Term, name: str = "x") -> Term:
    return close(f, name)


def integrable_(low: Term, high: Term, f: Term, name: str = "x") -> Term:
    return Term("integrable", (low, high, close(f, name)))


INDEX = (nat(i), lt(i, n))                              # the hypotheses of a premise over i < n
OPEN = (le(a, x), le(x, b), lt(a, x), lt(x, b))         # over the open interval
CLOSED = (le(a, x), le(x, b))                           # over the closed one
NEXT = inv(k + 1)
PHI = lt(c, F(k))                                       # a formula about k


def shell(f: Term, size: Term = n, variable: Term = t) -> Term:
    """The integrand of the polar formula."""
    return f * (size * vol(size) * power(variable, size - 1))


PARITY = or_(lt(a, b), le(b, a))
LOGIC = [
    step("assume", phi=lt(a, b)),
    step("weaken", lt(a, b), phi=le(c, d)),
    step("cut", lt(a, b), seq(le(c, d), lt(a, b))),
    step("instance", seq(lt(F(a), x), le(x, F(x))), mapping=(("F", ("u",), u * u + a), ("x", (), y + 1))),
    step("instance", seq(lt(sum_(n, lambda v: F(v) * x), x)), mapping=(("x", (), fam("v#1") * i), ("F", ("i",), i + x))),
    step("imp_intro", seq(lt(a, b), le(c, d)), phi=le(c, d)),
    step("imp_elim", imp(lt(a, b), le(c, d)), lt(a, b)),
    step("and_intro", lt(a, b), le(c, d)),
    step("and_elim", and_(lt(a, b), le(c, d)), side=0),
    step("and_elim", and_(lt(a, b), le(c, d)), side=1),
    step("or_intro", lt(a, b), other=le(c, d), side=0),
    step("or_intro", lt(a, b), other=le(c, d), side=1),
    step("or_elim", PARITY, seq(le(c, d), lt(a, b)), seq(le(c, d), le(b, a))),
    step("forall_intro", lt(a, F(x)), x="x"),
    step("forall_elim", forall(lambda v: lt(a, F(v))), t=b + 1),
    step("exists_intro", lt(a, F(b)), x="x", phi=lt(a, F(x)), t=b),
    step("exists_elim", exists(lambda v: lt(a, F(v))), seq(lt(c, d), lt(a, F(x))), x="x"),
    step("by_order", seq(lt(c, d), le(a, b)), seq(lt(c, d), lt(b, a)), a=a, b=b),
    step("absurd", lt(a + b, b + a), phi=eq(ZERO, ONE)),
]
LINEAR = step("linear", le(a, b), lt(b, c), eq(d, c * a), multipliers=(Fraction(2), Fraction(1, 3), x), goal=lt(
    2 * a + b / 3 + x * d, 2 * b + c / 3 + x * c * a))
ORDER = [
    step("ring", a=(a + b) ** 2, b=a * a + 2 * a * b + b * b),
    step("rewrite", eq(a, b), lt(sum_(n, lambda v: a * F(v)), c), x="x", phi=lt(sum_(n, lambda v: x * F(v)), c)),
    step("antisymmetric", le(a, b), le(b, a)),
    LINEAR,
    step("linear", le(a, b), multipliers=(Fraction(1),), goal=lt(a, b + 1)),
    step("linear", le(a, b), multipliers=(Fraction(1),), goal=le(a, b)),
    step("linear", eq(a, b), multipliers=(c,), goal=eq(c * a + d, b * c + d)),
    step("linear", eq(a, b), multipliers=(c,), goal=le(c * a, b * c)),
    step("linear", multipliers=(), goal=lt(ZERO, ONE)),
    step("linear", multipliers=(), goal=le(a, a)),
    *(step("product", p, q) for p in (le(ZERO, a), lt(ZERO, a)) for q in (le(ZERO, b), lt(ZERO, b))),
    step("square", a=a - b),
    step("inverse", lt(ZERO, a)), step("inverse", lt(a, ZERO)),
    step("inverse_positive", lt(ZERO, a)),
    step("absolute", le(ZERO, a)), step("absolute", le(a, ZERO)),
    step("ground", goal=lt(num(3), PI)),
    step("ground", goal=lt(exp(ONE) * log(TWO) + abs_(num(-1)), sqrt(TWO) + gamma(HALF) + inv(num(3)))),
]
ELEMENTARY = [
    step("exp_tangent", a=a), step("exp_positive", a=a), step("exp_log", lt(ZERO, a)), step("log_exp", a=a),
    step("power_exp", lt(ZERO, a), e=e), step("power_of_zero", lt(ZERO, e)), step("power_step", nat(k), a=a),
    step("nat_literal", k=3), step("nat_closed", nat(j), nat(k), op="add"), step("nat_closed", nat(j), nat(k), op="mul"),
    step("nat_nonnegative", nat(k)), step("nat_gap", nat(j), nat(k), lt(j, k)), step("nat_difference", nat(j), nat(k), le(k, j)),
    step("induction", replace(PHI, "k", ZERO), seq(replace(PHI, "k", k + 1), nat(k), PHI), nat(m), k="k", phi=PHI),
    step("archimedes", seq(le(a, b + c * NEXT), nat(k)), k="k"),
    step("gamma_step", lt(ZERO, s)), step("gamma_step_negative", nat(m), lt(-m - 1, s), lt(s, -m)),
    step("gamma_positive", lt(ZERO, s)), step("gamma_one"), step("gamma_half"),
    step("gamma_logconvex", lt(ZERO, a), lt(ZERO, b), le(ZERO, t), le(t, ONE)),
]
FAMILIES = [
    *(step("sum_termwise", seq(relation(F(i), G(i)), *INDEX), i="i", n=n) for relation in (le, lt, eq)),
    step("sum_strict", seq(le(F(i), G(i)), *INDEX), lt(F(j), G(j)), nat(j), lt(j, n), i="i", n=n, j=j),
    step("sum_add", i="i", n=n, f=F(i), g=i * G(i)),
    step("sum_scale", i="i", n=n, c=c, f=F(i)),
    step("sum_constant", nat(n), c=c),
    *(step("sum_term", seq(relation(ZERO, F(i)), *INDEX), nat(j), lt(j, n), i="i", n=n, j=j) for relation in (le, lt)),
    step("sum_empty", i="i", f=F(i)),
    step("sum_step", nat(n), i="i", f=F(i) * i),
    step("max_bound", nat(j), lt(j, n), i="i", n=n, f=F(i)),
    step("max_attained", lt(ZERO, n), i="i", f=F(i)),
]

SQRT, SLOPE = sqrt(x), HALF * power(x, HALF - 1)        # differentiable on x > 0, continuous on x >= 0
CONTINUOUS_SQRT = seq(and_(le(ZERO, x), le(ZERO, HALF)), *CLOSED)
DIFFERENTIABLE_SQRT = seq(lt(ZERO, x), *OPEN)
MONOTONE = [step("integral_monotone", seq(relation(F(x), G(x)), *OPEN), integrable_(a, b, F(x)), integrable_(a, b, G(x)),
                 le(a, b), x="x")
            for relation in (le, lt, eq)]
STRICT = [step("integral_strict", seq(lt(F(x), G(x)), *OPEN), integrable_(a, b, F(x)), integrable_(a, b, G(x)), lt(a, b), x="x")]
DOMINATED = [step("integrable_dominated", seq(sign(ZERO, inv(x)), *OPEN), seq(bound(inv(x), G(x)), *OPEN),
                  integrable_(a, b, G(x)),
                  seq(lt(ZERO, x * x), *OPEN), x="x") for sign in (le, lt) for bound in (le, lt, eq)]
INCREASING = [step("increasing", order(a, b), seq(sign(ZERO, SLOPE), *OPEN), DIFFERENTIABLE_SQRT, CONTINUOUS_SQRT, x="x", a=a,
                   b=b, f=SQRT)
              for order in (le, lt) for sign in (le, lt)]
FUNDAMENTAL = step("fundamental", le(a, b), seq(eq(SLOPE, HALF * inv(SQRT)), *OPEN), DIFFERENTIABLE_SQRT, CONTINUOUS_SQRT,
                   seq(le(ZERO, HALF * inv(SQRT)), *OPEN), x="x", a=a, b=b, f=SQRT, g=HALF * inv(SQRT))
SMOOTH = sum_(n, lambda v: abs_(x - F(v)) * exp(v * x)) + x ** 3        # continuous everywhere
LARGEST = max_(n, lambda v: x * F(v))                                  # continuous when there is an index
CONTINUOUS_DENSITY = seq(lt(ZERO, SQRT * SQRT), *CLOSED)
CHANGE = step("change_of_variables", le(a, b), seq(lt(ZERO, SLOPE), *OPEN), seq(eq(inv(x), F(SQRT) * SLOPE), *OPEN),
              DIFFERENTIABLE_SQRT,
              CONTINUOUS_SQRT, seq(lt(ZERO, x * x), *CLOSED), x="x", a=a, b=b, phi=SQRT, u="u", f=F(u), g=inv(x))
POLAR = step("ball_polar", nat(n), le(ONE, n), le(ZERO, r), integrable_(ZERO, r, shell(F(t)), "t"), t="t", f=F(t))
ANALYSIS = [
    step("differentiate", x="x", f=x * exp(x) + sum_(n, lambda v: F(v) * x ** 3), at=x + y),
    step("differentiate", lt(ZERO, y), lt(ZERO, y * y), x="x", f=log(x) + inv(x) + power(x, e), at=y),
    step("deriv_value", deriv(lambda v: v * v, a, b), eq(b, c)), step("deriv_value", deriv(lambda v: v * v, a, a + a),
                                                                      eq(a + a, c)),
    *INCREASING, FUNDAMENTAL, FUNDAMENTAL.but((4, seq(lt(ZERO, HALF * inv(SQRT)), *OPEN))),
    FUNDAMENTAL.but((4, CONTINUOUS_DENSITY)),
    *MONOTONE, *STRICT, *DOMINATED,
    step("integrable_dominated", seq(le(ZERO, SMOOTH), *OPEN), seq(le(SMOOTH, G(x)), *OPEN), integrable_(a, b, G(x)), x="x"),
    step("integrable_dominated", seq(le(ZERO, LARGEST), *OPEN), seq(le(LARGEST, G(x)), *OPEN), integrable_(a, b, G(x)),
         lt(ZERO, n), x="x"),
    step("integral_linear", integrable_(a, b, F(x)), integrable_(a, b, G(x)), x="x", c=c, f=F(x), d=d, g=G(x)),
    CHANGE, POLAR, step("vol_zero"), step("vol_one"), step("vol_slices", nat(n), s="s"),
]
POSITIVE = [*LOGIC, *ORDER, *ELEMENTARY, *FAMILIES, *ANALYSIS]


RELATIONS = (le, lt, eq)
# premises of these rules may be any formula
ANY_FORMULA = {"weaken", "cut", "instance", "imp_intro", "imp_elim", "and_intro", "or_intro", "or_elim", "forall_intro",
               "exists_intro",
               "exists_elim", "by_order", "linear", "induction"}


def other_relations() -> list[Step]:
    """Examples with one relation exchanged for another (<= for <, = for <=, ...) which no example of the rule has in that
    place."""
    accepted = {(p.rule, position, q.concl.op) for p in POSITIVE for position, q in enumerate(p.premises)}
    out = []
    for p in POSITIVE:
        for position, q in enumerate(p.premises):
            for relation in RELATIONS if q.concl.op in ("le", "lt", "eq") and p.rule not in ANY_FORMULA else ():
                swapped = relation(*q.concl.args)
                if (p.rule, position, swapped.op) not in accepted:
                    out.append(p.but((position, Seq(swapped, q.hyps))))
    return out


def example(rule: str, which: int = 0) -> Step:
    """One accepted step of the rule."""
    return [p for p in POSITIVE if p.rule == rule][which]


def sums(*exponents: int) -> Term:
    return Term("add", tuple(x ** q for q in exponents))


# equations that hold for all reals, and that the normal form must find; the wrong ones are among the fallacies
EQUALITIES = [step("ring", a=left, b=right) for left, right in [
    (a + b, b + a), (a * b * c, c * (b * a)), (a - a, ZERO), (0 * a, ZERO), ((a + b) * (a - b), a * a - b * b),
    (a / 3 + a / 6, a / 2),
    ((a + 1) ** 3, a ** 3 + 3 * a ** 2 + 3 * a + 1), (a ** 0, ONE), (ZERO ** 0, ONE), (a ** 1, a), (a ** (ONE + 1), a * a),
    (power(a, TWO * HALF), a), (inv(num(4)), num(Fraction(1, 4))), (inv(TWO + 2), num(Fraction(1, 4))), (inv(a + b), inv(b + a)),
    (exp(ZERO), ONE), (exp(a - a), ONE), (exp(a) * exp(b), exp(a + b)), (exp(a) * exp(-a), ONE), (exp(a) ** 3, exp(3 * a)),
    (exp(a) * exp(b) * exp(-a), exp(b)), (exp(a) ** 2 * exp(-2 * a) * b, b), (2 * exp(a) * b * exp(b), exp(b + a) * 2 * b),
    (log(a * (b + c)), log(a * b + c * a)), (power(a + b, c * d), power(b + a, d * c)), (F(a + 0), F(a)),
    (F(a * b, c), F(b * a, c)),
    (sum_(n, lambda v: F(v) * v + v), sum_(n, lambda v: v + v * F(v))), (sum_(n + 0, lambda v: v / v),
                                                                         sum_(n, lambda v: inv(v) * v)),
    (sum_(n, lambda v: exp(v) * exp(a)), sum_(n, lambda v: exp(v + a))), (sums(1, 2, 3), sums(3, 1, 2)),
    (gamma(ONE + 1), gamma(TWO)), (abs_(-a - b), abs_(-1 * (a + b))), (x ** 64, x ** 32 * x ** 32), (PI * 2, 2 * PI),
    ((a + b) ** 2 * (a - b), (a * a - b * b) * (a + b)), (exp(a * exp(b) * exp(c)), exp(a * exp(c + b))),
    (vol(n + 1), vol(1 + n)),
]]
