"""Writing proofs: thin names for the rules, and searches whose result the kernel re-checks. Not trusted."""
from __future__ import annotations

from fractions import Fraction

from theory.kernel import KernelError, Theorem, apply
from theory.normal import Poly, difference, poly, term
from theory.terms import (ONE, ZERO, Term, close, eq, fam, forall, fresh, in_range, le, lt, nat, num, open_, real, replace)

__all__ = ["apply", "assume", "axiomatic", "be", "both", "cases", "discharge", "each_elim", "each_intro", "ground", "lin", "linsum", "multiply",
           "nat_of", "nonneg", "opened", "product", "rename", "ring", "same_function", "split_sum", "square", "sum_eq", "sum_le", "swap",
           "trans", "under_max", "use_attained"]


def assume(phi: Term) -> Theorem:
    return apply("assume", phi=phi)


def ring(a, b) -> Theorem:
    return apply("ring", a=real(a), b=real(b))


def square(a) -> Theorem:
    return apply("square", a=real(a))


def product(p: Theorem, q: Theorem) -> Theorem:
    """0 <= a, 0 <= b give 0 <= ab; premises of the form u <= v are moved to 0 <= v - u first."""
    return apply("product", from_zero(p), from_zero(q))


def from_zero(p: Theorem) -> Theorem:
    a, b = p.concl.args
    if a == ZERO:
        return p
    make = lt if p.concl.op == "lt" else le
    return apply("linear", p, multipliers=(Fraction(1),), goal=make(ZERO, b - a))


def ground(a, b) -> Theorem:
    """a < b between numbers."""
    return apply("ground", goal=lt(a, b))


def discharge(theorem: Theorem, *facts: Theorem) -> Theorem:
    """Cut the facts out of the theorem's hypotheses (those that are hypotheses of it)."""
    for f in facts:
        if f.concl in theorem.hyps:
            theorem = apply("cut", f, theorem)
    return theorem


def both(p: Theorem, *rest: Theorem) -> Theorem:
    """Right-nested conjunction."""
    return apply("and_intro", p, both(*rest)) if rest else p


def cases(a: Term, b: Term, low: Theorem, high: Theorem) -> Theorem:
    """By a <= b or b < a."""
    return apply("by_order", low, high, a=real(a), b=real(b))


# ------------------------------------------------------------ linear arithmetic

def lin(goal: Term, *premises: Theorem) -> Theorem:
    """The goal as a nonnegative combination of the premises; z3 searches the multipliers, the kernel checks them."""
    rows = [difference(p.concl.args[1], p.concl.args[0]) for p in premises]
    target = difference(goal.args[1], goal.args[0])
    ops = [p.concl.op for p in premises]
    found = _multipliers(target, rows, ops, goal.op)
    if found is None:
        said = "\n  ".join(repr(p.concl) for p in premises)
        raise KernelError("lin.search", f"no certificate for {goal!r} from\n  {said}")
    values = tuple(num(m) if op == "eq" else m for m, op in zip(found, ops))
    return apply("linear", *premises, multipliers=values, goal=goal)


def _multipliers(target: Poly, rows: list[Poly], ops: list[str], goal: str) -> list[Fraction] | None:
    guess = _easy(target, rows, ops, goal)
    if guess is not None:
        return guess
    import z3
    solver = z3.Solver()
    unknown = [z3.Real(f"m{k}") for k in range(len(rows))]
    constant = z3.Real("c")
    for m, op in zip(unknown, ops):
        if op != "eq":
            solver.add(m >= 0)
            if goal == "eq":
                solver.add(m == 0)
    monomials = set(target).union(*rows) | {()}
    for monomial in monomials:
        value = z3.Q(*(target.get(monomial, Fraction(0)).as_integer_ratio()))
        total = z3.Sum([m * z3.Q(*r[monomial].as_integer_ratio()) for m, r in zip(unknown, rows) if monomial in r] +
                       ([constant] if monomial == () else [z3.RealVal(0)]))
        solver.add(total == value)
    solver.add(constant == 0 if goal == "eq" else constant >= 0)
    if goal == "lt":
        solver.add(z3.Sum([constant] + [m for m, op in zip(unknown, ops) if op == "lt"]) > 0)
    if solver.check() != z3.sat:
        return None
    model = solver.model()
    return [_fraction(model.eval(m, model_completion=True)) for m in unknown]


def _easy(target: Poly, rows: list[Poly], ops: list[str], goal: str) -> list[Fraction] | None:
    """The commonest certificates, all multipliers 1 (or -1 for equations), without starting a solver."""
    if len(rows) > 3:
        return None
    options = [[Fraction(1), Fraction(-1)] if op == "eq" else [Fraction(1)] for op in ops]
    if goal == "eq" and any(op != "eq" for op in ops):
        return None

    def attempt(k, chosen):
        if k == len(rows):
            rest = dict(target)
            for m, r in zip(chosen, rows):
                for mono, v in r.items():
                    rest[mono] = rest.get(mono, Fraction(0)) - m * v
            constant = rest.pop((), Fraction(0))
            if any(rest.values()) or constant < 0 or (goal == "eq" and constant):
                return None
            return chosen if goal != "lt" or constant > 0 or "lt" in ops else None
        for m in options[k]:
            found = attempt(k + 1, [*chosen, m])
            if found is not None:
                return found
        return None
    return attempt(0, [])


def _fraction(value) -> Fraction:
    return Fraction(value.numerator_as_long(), value.denominator_as_long())


def trans(*theorems: Theorem) -> Theorem:
    """a R b, b S c, ... give a T c (strict if one is)."""
    ops = [t.concl.op for t in theorems]
    make = lt if "lt" in ops else le if "le" in ops else eq
    return lin(make(theorems[0].concl.args[0], theorems[-1].concl.args[1]), *theorems)


def swap(e: Theorem) -> Theorem:
    """a = b gives b = a."""
    a, b = e.concl.args
    return apply("linear", e, multipliers=(num(-1),), goal=eq(b, a))


def multiply(e: Theorem, factor) -> Theorem:
    """a = b gives factor a = factor b."""
    a, b = e.concl.args
    factor = real(factor)
    return apply("linear", e, multipliers=(factor,), goal=eq(factor * a, factor * b))


def be(theorem: Theorem, concl: Term) -> Theorem:
    """The same relation written otherwise (sides equal by ring)."""
    return theorem if theorem.concl == concl else apply("linear", theorem, multipliers=(
        num(1) if theorem.concl.op == "eq" else Fraction(1),), goal=concl)


def rename(e: Theorem, theorem: Theorem, pattern) -> Theorem:
    """Rewrite with a = b: `pattern` is a function x -> formula such that pattern(a) is the theorem's conclusion."""
    a, b = e.concl.args
    name = fresh("hole")
    phi = pattern(fam(name))
    if replace(phi, name, a) != theorem.concl:
        raise KernelError("rename.pattern", f"{replace(phi, name, a)!r} is not {theorem.concl!r}")
    return apply("rewrite", e, theorem, x=name, phi=phi)


def same_function(e: Theorem, f) -> Theorem:
    """a = b gives f(a) = f(b) for a term-building function f."""
    a, b = e.concl.args
    return rename(e, ring(f(a), f(a)), lambda x: eq(f(a), f(x)))


# ------------------------------------------------------------ naturals, quantifiers over an index

def nat_of(k: int) -> Theorem:
    return apply("nat_literal", k=k)


def nonneg(n: Theorem) -> Theorem:
    """n in N gives 0 <= n"""
    return apply("nat_nonnegative", n)


def opened(t: Term, name: str) -> Term:
    """The body of a binder with its variable called `name`."""
    return open_(t.args[-1], fam(name))


def each_elim(theorem: Theorem, j, is_nat: Theorem, inside: Theorem) -> Theorem:
    """for all i < n: phi(i), at a j in N with j < n."""
    step = apply("forall_elim", theorem, t=real(j))
    return apply("imp_elim", step, apply("and_intro", is_nat, inside))


def each_intro(theorem: Theorem, i: str, n: Term) -> Theorem:
    """G, i in N, i < n |- phi(i) gives G |- for all i < n: phi(i)."""
    inside = in_range(fam(i), n)
    a = assume(inside)
    theorem = discharge(theorem, apply("and_elim", a, side=0), apply("and_elim", a, side=1))
    if inside not in theorem.hyps:
        theorem = apply("weaken", theorem, phi=inside)
    return apply("forall_intro", apply("imp_intro", theorem, phi=inside), x=i)


# ------------------------------------------------------------ sums and maxima

def sum_le(theorem: Theorem, i: str, n: Term) -> Theorem:
    """f <= g (or =) for i < n gives the same for the sums."""
    return apply("sum_termwise", theorem, i=i, n=n)


sum_eq = sum_le


def split_sum(t: Term) -> Theorem:
    """sum of (a1 f1 + a2 f2 + ...) = a1 sum f1 + a2 sum f2 + ..., the a's free of the index; by the ring normal form of the body."""
    n = t.args[0]
    i = fresh("i")
    body = opened(t, i)
    groups: list[tuple[Term, Term]] = []
    for monomial, c in poly(body).items():
        inner = {m: e for m, e in monomial if (i, 0) in m.free}
        outer = {m: e for m, e in monomial if (i, 0) not in m.free}
        groups.append((term({tuple(outer.items()): c}), term({tuple(inner.items()): Fraction(1)})))
    if not groups:
        zero = sum_eq(ring(body, ZERO * ONE), i, n)
        return trans(zero, apply("sum_scale", i=i, n=n, c=ZERO, f=ONE), ring(ZERO * Term("sum", (n, ONE)), 0))
    merged: dict[Term, list[Term]] = {}
    for a, f in groups:
        merged.setdefault(f, []).append(a)
    parts = [(real(sum(a[1:], a[0])), f) for f, a in merged.items()]
    whole = parts[0][0] * parts[0][1]
    proof = apply("sum_scale", i=i, n=n, c=parts[0][0], f=parts[0][1])
    for a, f in parts[1:]:
        scaled = apply("sum_scale", i=i, n=n, c=a, f=f)
        added = apply("sum_add", i=i, n=n, f=whole, g=a * f)
        whole = whole + a * f
        proof = lin(eq(added.concl.args[0], proof.concl.args[1] + scaled.concl.args[1]), added, proof, scaled)
    return trans(sum_eq(ring(body, whole), i, n), proof)


def linsum(goal: Term, *premises: Theorem) -> Theorem:
    """`lin`, after every sum in the goal and the premises has been split into sums of monomials (with the cofactors that occur)."""
    extra: list[Theorem] = []
    seen: set[tuple] = set()
    queue = [difference(t.args[1], t.args[0]) for t in (goal, *(p.concl for p in premises))]
    splits: dict[Term, Theorem | None] = {}
    while queue:
        for monomial in queue.pop():
            for position, (atom, power) in enumerate(monomial):
                if atom.op != "sum" or (monomial, atom) in seen:
                    continue
                seen.add((monomial, atom))
                if atom not in splits:
                    e = split_sum(atom)
                    splits[atom] = e if difference(*e.concl.args) else None
                if splits[atom] is None:
                    continue
                rest = monomial[:position] + (((atom, power - 1),) if power > 1 else ()) + monomial[position + 1:]
                e = multiply(splits[atom], term({rest: Fraction(1)}))
                extra.append(e)
                queue.append(difference(e.concl.args[1], num(0)))
    return lin(goal, *premises, *extra)


def use_attained(positive: Theorem, t: Term, i: str, consequence) -> Theorem:
    """max f = f(i) for some i: `consequence(is_nat, inside, equation)` proves a result free of i from assumptions about i."""
    f = opened(t, i)
    there_is = apply("max_attained", positive, i=i, f=f)
    a = assume(open_(there_is.concl.args[0], fam(i)))
    guard = apply("and_elim", a, side=0)
    result = consequence(apply("and_elim", guard, side=0), apply("and_elim", guard, side=1), apply("and_elim", a, side=1))
    if a.concl not in result.hyps:
        result = apply("weaken", result, phi=a.concl)
    return apply("exists_elim", there_is, result, x=i)


def max_least(positive: Theorem, theorem: Theorem, i: str, n: Term) -> Theorem:
    """f(i) <= c (or <) for all i < n gives max f <= c (or <), for n > 0; c is free of i."""
    f, c = theorem.concl.args
    t = Term("max", (n, close(f, i)))
    j = fresh("i")

    def consequence(is_nat, inside, equation):
        at = apply("instance", theorem, mapping=((i, (), fam(j)),))
        at = discharge(at, is_nat, inside)
        return lin((lt if theorem.concl.op == "lt" else le)(t, c), equation, at)
    return use_attained(positive, t, j, consequence)


def under_max(positive: Theorem, equation: Theorem, i: str, n: Term) -> Theorem:
    """f(i) = g(i) for all i < n gives max f = max g, for n > 0."""
    f, g = equation.concl.args
    both_ways = []
    for a, b, e in ((f, g, equation), (g, f, swap(equation))):
        bound = apply("max_bound", assume(nat(fam(i))), assume(lt(fam(i), n)), i=i, n=n, f=b)
        both_ways.append(max_least(positive, lin(le(a, bound.concl.args[1]), e, bound), i, n))
    return apply("antisymmetric", *both_ways)


def axiomatic(*names: str) -> list[Theorem]:
    """Axioms without arguments."""
    return [apply(name) for name in names]


def index_facts(i: str, n: Term) -> tuple[Theorem, Theorem]:
    return assume(nat(fam(i))), assume(lt(fam(i), n))


def everywhere(theorem: Theorem, x: str) -> Theorem:
    """forall_intro, for readers of scripts."""
    return apply("forall_intro", theorem, x=x)


__all__ += ["everywhere", "forall", "from_zero", "index_facts", "max_least"]
