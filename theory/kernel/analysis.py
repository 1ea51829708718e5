"""Derivatives, integrals, and the volume of balls.

`int(a, b, f)` is the Lebesgue integral over the open interval (0 when that is empty).
"""
from __future__ import annotations

from theory.kernel.core import axiom, fresh_, is_, real_, relation_, require, rule, same, variable_, Sequent
from theory.calculus import continuous, derivative
from theory.terms import ONE, PI, ZERO, Term, and_, close, eq, fam, le, lt, nat, num, power, replace, vol


def _interval(x: Term, a: Term, b: Term) -> set:
    return {lt(a, x), lt(x, b), le(a, x), le(x, b)}


def _discharge(p: Sequent, x: str, a: Term, b: Term, where: str, closed: bool) -> frozenset:
    """The hypotheses of a premise that holds on the interval, without the interval itself."""
    variable = fam(x)
    inside = {le(a, variable), le(variable, b)} | (set() if closed else {lt(a, variable), lt(variable, b)})
    rest = p.hyps - inside
    fresh_(x, rest | {le(a, b)}, where)
    return rest


def _conditions(needed, premises, x, a, b, where: str, closed: bool) -> frozenset:
    """Each needed condition is the conclusion of a premise that holds on the (closed or open) interval."""
    hyps: frozenset = frozenset()
    for c in needed:
        found = [p for p in premises if p.concl == c and
                 all((x, 0) not in h.free for h in p.hyps - (_interval(fam(x), a, b) if not closed else {le(a, fam(x)), le(fam(x), b)}))]
        require(bool(found), where, f"no premise shows {c!r} on the {'closed' if closed else 'open'} interval")
        hyps |= _discharge(found[0], x, a, b, where, closed)
    return hyps


@rule
def differentiate(*conditions, x, f, at):
    """f has the derivative that `calculus.derivative` computes at the point, where its conditions hold"""
    variable_(x, "differentiate")
    slope, needed = derivative(real_(f, "differentiate"), x)
    said = {p.concl: p.hyps for p in conditions}
    hyps: frozenset = frozenset()
    for c in needed:
        require(replace(c, x, at) in said, "differentiate.condition", f"needs {replace(c, x, at)!r}")
        hyps |= said[replace(c, x, at)]
    return hyps, Term("deriv", (close(f, x), real_(at, "differentiate"), replace(slope, x, at)))


@rule
def deriv_value(p, q):
    """Replace the value of a derivative by an equal one"""
    require(p.concl.op == "deriv", "deriv_value.derivative")
    body, at, value = p.concl.args
    old, new = relation_(q, ("eq",), "deriv_value.equation")
    require(old == value, "deriv_value.same", "the equation is about something else")
    return p.hyps | q.hyps, Term("deriv", (body, at, new))


@rule
def increasing(p, q, *conditions, x, a, b, f):
    """a <= b;  0 <= f' on (a, b);  f continuous on [a, b]   give   f(a) <= f(b). Strict when a < b and 0 < f'."""
    left, right = relation_(p, ("le", "lt"), "increasing.order")
    require((left, right) == (a, b), "increasing.interval")
    zero, slope = relation_(q, ("le", "lt"), "increasing.sign")
    variable_(x, "increasing")
    computed, needed = derivative(real_(f, "increasing"), x)
    require(zero == ZERO and same(slope, computed), "increasing.derivative", f"the premise must say 0 <= {computed!r}")
    hyps = p.hyps | _discharge(q, x, a, b, "increasing.inside", False)
    hyps |= _conditions(needed, conditions, x, a, b, "increasing.differentiable", False)
    hyps |= _conditions(continuous(f, x), conditions, x, a, b, "increasing.continuous", True)
    relation = lt if p.concl.op == q.concl.op == "lt" else le
    return hyps, relation(replace(f, x, a), replace(f, x, b))


@rule
def fundamental(p, q, *conditions, x, a, b, f, g):
    """a <= b;  f' = g on (a, b);  f continuous on [a, b];  0 <= g on (a, b), or g continuous on [a, b] (then no sign premise)
    give   g integrable on [a, b]  and  int g = f(b) - f(a)"""
    is_(p, le(a, b), "fundamental.order")
    variable_(x, "fundamental")
    computed, needed = derivative(real_(f, "fundamental"), x)
    left, right = relation_(q, ("eq",), "fundamental.equation")
    require(same(left, computed) and right == g, "fundamental.derivative", f"the premise must say {computed!r} = {g!r}")
    hyps = p.hyps | _discharge(q, x, a, b, "fundamental.inside", False)
    hyps |= _conditions(needed, conditions, x, a, b, "fundamental.differentiable", False)
    hyps |= _conditions(continuous(f, x), conditions, x, a, b, "fundamental.continuous", True)
    signs = [c for c in conditions if c.concl in (le(ZERO, g), lt(ZERO, g))]
    if signs:
        hyps |= _discharge(signs[0], x, a, b, "fundamental.sign", False)
    else:
        hyps |= _conditions(continuous(g, x), conditions, x, a, b, "fundamental.integrable", True)
    body = close(g, x)
    return hyps, and_(Term("integrable", (a, b, body)), eq(Term("int", (a, b, body)), replace(f, x, b) - replace(f, x, a)))


@rule
def integral_monotone(p, q, r, s, x):
    """f <= g (or =) on (a, b);  f, g integrable;  a <= b   give   int f <= int g (or =)"""
    f, g = relation_(p, ("le", "lt", "eq"), "integral_monotone.relation")
    variable_(x, "integral_monotone")
    a, b = relation_(s, ("le",), "integral_monotone.order")
    is_(q, Term("integrable", (a, b, close(f, x))), "integral_monotone.first_integrable")
    is_(r, Term("integrable", (a, b, close(g, x))), "integral_monotone.second_integrable")
    hyps = _discharge(p, x, a, b, "integral_monotone.inside", False) | q.hyps | r.hyps | s.hyps
    return hyps, (eq if p.concl.op == "eq" else le)(Term("int", (a, b, close(f, x))), Term("int", (a, b, close(g, x))))


@rule
def integral_strict(p, q, r, s, x):
    """f < g on (a, b);  f, g integrable;  a < b   give   int f < int g"""
    f, g = relation_(p, ("lt",), "integral_strict.relation")
    variable_(x, "integral_strict")
    a, b = relation_(s, ("lt",), "integral_strict.order")
    is_(q, Term("integrable", (a, b, close(f, x))), "integral_strict.first_integrable")
    is_(r, Term("integrable", (a, b, close(g, x))), "integral_strict.second_integrable")
    hyps = _discharge(p, x, a, b, "integral_strict.inside", False) | q.hyps | r.hyps | s.hyps
    return hyps, lt(Term("int", (a, b, close(f, x))), Term("int", (a, b, close(g, x))))


@rule
def integrable_dominated(p, q, r, *conditions, x):
    """0 <= f <= g on (a, b), g integrable, f continuous on (a, b): f is integrable"""
    zero, f = relation_(p, ("le", "lt"), "integrable_dominated.sign")
    require(zero == ZERO, "integrable_dominated.nonnegative")
    low, g = relation_(q, ("le", "lt", "eq"), "integrable_dominated.bound")
    require(low == f, "integrable_dominated.same", "the bound is about another function")
    variable_(x, "integrable_dominated")
    require(r.concl.op == "integrable", "integrable_dominated.integrable")
    a, b, body = r.concl.args
    require(body == close(g, x), "integrable_dominated.dominating", "the integrable function is not the bound")
    hyps = _discharge(p, x, a, b, "integrable_dominated.inside", False) | _discharge(q, x, a, b, "integrable_dominated.inside", False)
    hyps |= _conditions(continuous(f, x), conditions, x, a, b, "integrable_dominated.continuous", False) | r.hyps
    return hyps, Term("integrable", (a, b, close(f, x)))


@rule
def integral_linear(p, q, x, c, f, d, g):
    """f, g integrable: c f + d g is, and the integral is linear (c, d free of x)"""
    variable_(x, "integral_linear")
    fresh_(x, {le(real_(c, "integral_linear"), real_(d, "integral_linear"))}, "integral_linear")
    require(p.concl.op == "integrable", "integral_linear.integrable")
    a, b, _ = p.concl.args
    is_(p, Term("integrable", (a, b, close(f, x))), "integral_linear.first")
    is_(q, Term("integrable", (a, b, close(g, x))), "integral_linear.second")
    total = close(c * f + d * g, x)
    value = c * Term("int", (a, b, close(f, x))) + d * Term("int", (a, b, close(g, x)))
    return p.hyps | q.hyps, and_(Term("integrable", (a, b, total)), eq(Term("int", (a, b, total)), value))


@rule
def change_of_variables(p, q, r, *conditions, x, a, b, phi, u, f, g):
    """a <= b;  phi' > 0 on (a, b), phi continuous on [a, b];  g = f(phi) phi' on (a, b), g continuous on [a, b]
    give   int_{phi(a)}^{phi(b)} f(u) du = int_a^b g(x) dx, and f is integrable there"""
    is_(p, le(a, b), "change_of_variables.order")
    variable_(x, "change_of_variables")
    variable_(u, "change_of_variables")
    require(x != u, "change_of_variables.two_variables")
    fresh_(x, {eq(real_(f, "change_of_variables"), ZERO)}, "change_of_variables.old_variable")
    slope, needed = derivative(real_(phi, "change_of_variables"), x)
    zero, said = relation_(q, ("lt",), "change_of_variables.sign")
    require(zero == ZERO and same(said, slope), "change_of_variables.positive_derivative", f"the premise must say 0 < {slope!r}")
    left, right = relation_(r, ("eq",), "change_of_variables.equation")
    require(left == g and same(right, replace(f, u, phi) * slope), "change_of_variables.integrand", "g is not f(phi) phi'")
    hyps = p.hyps | _discharge(q, x, a, b, "change_of_variables.inside", False) | _discharge(r, x, a, b, "change_of_variables.inside", False)
    hyps |= _conditions(needed, conditions, x, a, b, "change_of_variables.differentiable", False)
    hyps |= _conditions(continuous(phi, x), conditions, x, a, b, "change_of_variables.continuous", True)
    hyps |= _conditions(continuous(g, x), conditions, x, a, b, "change_of_variables.integrable", True)
    low, high = replace(phi, x, a), replace(phi, x, b)
    fresh_(u, {eq(low, high)}, "change_of_variables.new_variable")
    return hyps, and_(Term("integrable", (low, high, close(f, u))),
                      eq(Term("int", (low, high, close(f, u))), Term("int", (a, b, close(g, x)))))


@axiom
def ball_polar(p, q, r, s, t, f):
    """For n >= 1, r >= 0: int over |x| <= r of f(|x|) dx = int_0^r f(t) n vol(n) t^(n-1) dt, if the right side exists"""
    require(p.concl.op == "nat", "ball_polar.natural")
    n = p.concl.args[0]
    is_(q, le(ONE, n), "ball_polar.dimension")
    zero, radius = relation_(r, ("le",), "ball_polar.order")
    require(zero == ZERO, "ball_polar.radius")
    variable = variable_(t, "ball_polar")
    fresh_(t, {nat(n), nat(radius)}, "ball_polar")
    body = close(real_(f, "ball_polar") * (n * vol(n) * power(variable, n - 1)), t)
    is_(s, Term("integrable", (ZERO, radius, body)), "ball_polar.integrable")
    return p.hyps | q.hyps | r.hyps | s.hyps, eq(Term("ball", (n, radius, close(f, t))), Term("int", (ZERO, radius, body)))


@axiom
def vol_zero():
    """R^0 is a point of measure 1"""
    return (), eq(vol(ZERO), ONE)


@axiom
def vol_one():
    """The unit ball of R is [-1, 1]"""
    return (), eq(vol(ONE), num(2))


@axiom
def vol_slices(p, s):
    """Slices of the (n + 2)-ball over the disc, in polar coordinates of the disc: vol(n + 2) = int_0^1 2 pi s vol(n) (1 - s^2)^(n/2) ds"""
    require(p.concl.op == "nat", "vol_slices.natural")
    variable, n = variable_(s, "vol_slices"), p.concl.args[0]
    fresh_(s, {nat(n)}, "vol_slices")
    body = 2 * PI * variable * (vol(n) * power(1 - variable * variable, n / 2))
    return p.hyps, eq(vol(n + 2), Term("int", (ZERO, ONE, close(body, s))))
