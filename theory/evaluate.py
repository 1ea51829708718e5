"""Is a formula true at an assignment, or over a box? Three-valued, certified, with escalating precision.

`truth` climbs a ladder: Arb at 64 and 128 bits, then exact normal forms (which alone settle equality), then Arb at 512 and
2048 bits. What no rung decides is UNDECIDED. `filtered` is the float filter (certifies nothing), `second_opinion` mpmath.
"""
from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any, Iterable, NamedTuple

from flint import arb

from numerics import Undefined
from numerics.arb import Arb, hull, precision
from numerics.exact import Exact, Number
from numerics.floats import Floats
from numerics.mp import Mp
from theory.claim import Outcome
from theory.compiler import Env
from theory.formulas import Compiler
from theory.points import Assignment, Box
from theory.terms import Term, walk

EXACT = "exact"
LADDER: tuple = (64, 128, EXACT, 512, 2048)
QUICK: tuple = (64, 128, EXACT)
BALLS: tuple = (64, 128, 512)

_arb = Compiler(Arb())
_float = Compiler(Floats())
_mp: dict[int, Compiler] = {}
_exact: Compiler | None = None
_OUTCOMES = {True: Outcome.HOLDS, False: Outcome.FAILS, None: Outcome.UNDECIDED}
MAX_CACHE = 20_000      # compiled terms kept per number system
EXACT_ATOMS = 5_000


class Judgement(NamedTuple):
    """outcome, and which rung of the ladder decided ("arb 64 bits", "exact normal form", "" when undecided)."""

    outcome: Outcome
    by: str


class Relation(NamedTuple):
    """One atomic relation as evaluated: its term, the indices around it, both sides, and whether it holds (None: not settled)."""

    term: Term
    indices: tuple
    left: Any
    right: Any
    holds: bool | None


def _exact_compiler() -> Compiler:
    """The exact backend is renewed when it has met too many atoms."""
    global _exact
    if _exact is None or len(_exact.b.balls) > EXACT_ATOMS:
        _exact = Compiler(Exact())
    return _exact


def _mp_compiler(digits: int) -> Compiler:
    if digits not in _mp:
        _mp[digits] = Compiler(Mp(digits))
    return _mp[digits]


def _convert(value, literal):
    return tuple(_convert(x, literal) for x in value) if isinstance(value, tuple) else literal(value)


def environment(point: Assignment, compiler: Compiler, kind) -> Env:
    """The assignment in one number system; kept with the point, so that closed subterms are computed once per point."""
    kept = point.cache.get(kind)
    if kept is None or kept[0] is not compiler:
        values = {name: _convert(v, compiler.b.literal) for name, v in point.values.items()}
        kept = point.cache[kind] = (compiler, Env(dict(point.values), values))
    return kept[1]


def _run(compiler: Compiler, env: Env, formula: Term) -> bool | None:
    if len(compiler.props) > MAX_CACHE:
        for table in (compiler.props, compiler.reals, compiler.rationals):
            table.clear()
    return compiler.prop(formula)(env)


def at(formula: Term, point: Assignment, rung) -> bool | None:
    """The formula on one rung: bits of Arb precision, or EXACT."""
    if rung == EXACT:
        compiler = _exact_compiler()
        return _run(compiler, environment(point, compiler, EXACT), formula)
    with precision(rung):
        return _run(_arb, environment(point, _arb, rung), formula)


def truth(formula: Term, point: Assignment, ladder: tuple = LADDER) -> Judgement:
    """Certified truth at an exact point."""
    for rung in ladder:
        holds = at(formula, point, rung)
        if holds is not None:
            return Judgement(_OUTCOMES[holds], "exact normal form" if rung == EXACT else f"arb {rung} bits")
    return Judgement(Outcome.UNDECIDED, "")


@lru_cache(maxsize=4096)
def refuting(formula: Term) -> tuple:
    """The ladder that is worth climbing to find a formula *false*: exact forms only where a tie can make it so."""
    return QUICK if any(t.op in ("lt", "imp", "or") for t in walk(formula)) else (64, 256)


def truth_of_all(formulas: Iterable[Term], point: Assignment, ladder: tuple = LADDER) -> Outcome:
    """Certified truth of a conjunction."""
    out = Outcome.HOLDS
    for f in formulas:
        found = truth(f, point, ladder).outcome
        if found is Outcome.FAILS:
            return found
        if found is Outcome.UNDECIDED:
            out = found
    return out


def filtered(formula: Term, point: Assignment) -> bool | None:
    """The float filter: a hint where to look, never evidence."""
    try:
        return _run(_float, environment(point, _float, "float"), formula)
    except Undefined:       # a value beyond the range of floats
        return None


def robustness(formula: Term, point: Assignment) -> float | None:
    """How far the formula is from changing its truth value, in floats: positive inside, negative outside, 0 on the edge (an
    equation at best). Conjunctions and `for all` take the smallest, alternatives the largest. None where floats cannot tell."""
    try:
        return _float.distance(formula)(environment(point, _float, "float"))
    except (Undefined, OverflowError):
        return None


def conjuncts(formula: Term) -> list[Term]:
    """The parts of a top-level conjunction."""
    return [c for a in formula.args for c in conjuncts(a)] if formula.op == "and" else [formula]


@lru_cache(maxsize=16384)
def cost(t: Term) -> int:
    """About how many operations one evaluation takes, with three indices to each range."""
    return 1 + sum(cost(a) for a in t.args) * (3 if t.op in ("sum", "max", "forall", "exists") else 1)


def exact_value(t: Term, values: dict[str, Any], stack: tuple = ()) -> Fraction | None:
    """A real term as an exact rational, where it is one; `stack` holds the indices of the binders around it."""
    f = _arb.rational(t)
    env = Env(values, {})
    env.stack.extend(stack)
    try:
        return None if f is None else Fraction(f(env))
    except Undefined:
        return None


def over(formula: Term, box: Box) -> bool | None:
    """Certified truth over a whole box (True: at every point of it; False: at none), at 64 bits."""
    with precision(64):
        values: dict[str, Any] = {name: arb(n) for name, n in box.naturals.items()}
        for name, sides in box.intervals().items():
            values[name] = _convert(sides, lambda s: hull(s.lo, s.hi))
        exact: dict[str, Any] = dict(box.naturals)
        return _run(_arb, Env(exact, values), formula)


def second_opinion(formula: Term, point: Assignment, digits: int = 50) -> tuple[bool | None, list[Relation]]:
    """mpmath's answer, with every atomic relation that it evaluated. A tie satisfies <= and =, and leaves < open.

    Where a difference is tiny, the same is evaluated with twice the digits: what shrinks with the precision is a tie.
    """
    compiler = _mp_compiler(digits)
    holds, found = _traced(compiler, environment(point, compiler, ("mp", digits)), formula)
    gaps = [r.right - r.left for r in found]
    def doubtful(r: Relation, gap) -> bool:
        scale = abs(r.left) + abs(r.right)
        return compiler.b.tie * scale < abs(gap) < (1 + scale) * compiler.b.c.mpf(10) ** -(digits * 3 // 5)
    if any(map(doubtful, found, gaps)):
        compiler = _mp_compiler(2 * digits)
        compiler.b.reference = iter(gaps)
        try:
            return _traced(compiler, environment(point, compiler, ("mp", 2 * digits)), formula)
        finally:
            compiler.b.reference = None
    return holds, found


def relations(formula: Term, point: Assignment, rung) -> tuple[bool | None, list[Relation]]:
    """Arb's (or the exact) answer, with every atomic relation that was evaluated."""
    if rung == EXACT:
        compiler = _exact_compiler()
        return _traced(compiler, environment(point, compiler, EXACT), formula)
    with precision(rung):
        return _traced(_arb, environment(point, _arb, rung), formula)


def agreement(formula: Term, point: Assignment, bits: int) -> bool:
    """Whether both sides of every relation (<= or =) that stays open agree to 2^-bits, in 512-bit balls. No proof of equality."""
    _, found = relations(formula, point, 512)
    open_ = [r for r in found if r.holds is None]
    with precision(512):
        tiny = arb(2) ** -bits
        return bool(open_) and all(r.term.op in ("le", "eq", "deriv") and bool(
            abs(r.left - r.right) <= tiny * (1 + abs(r.left))) for r in open_)


def _traced(compiler: Compiler, env: Env, formula: Term) -> tuple[bool | None, list[Relation]]:
    env.trace = []
    try:
        holds = _run(compiler, env, formula)
        return holds, [Relation(*entry) for entry in env.trace]
    finally:
        env.trace = None


def show(value) -> str:
    """A number of any kind as text: exact rationals as they are, balls with their radius."""
    if isinstance(value, Number):
        with precision(128):
            value = _exact_compiler().b.enclose(value)
    if isinstance(value, arb):
        return value.str(20)
    if isinstance(value, (int, Fraction)):
        return str(value)
    return str(value)
