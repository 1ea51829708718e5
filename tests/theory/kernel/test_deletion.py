"""Deletion testing: from the kernel one condition is removed at a time, and some test of this folder must notice.

Noticed: a step of the tables (negative steps, fallacies, attacks, accepted examples) then has another outcome than with the
real kernel. A change that nothing notices is either a missing test or a condition that does nothing; the few of the second
kind are listed with a reason.
"""
from __future__ import annotations

from collections import Counter
from functools import lru_cache

import pytest

from tests.theory.kernel import mutants
from tests.theory.kernel.attacks import ATTACKS, CHECKS
from tests.theory.kernel.derivations import FALLACIES
from tests.theory.kernel.negatives import NEGATIVE
from tests.theory.kernel.steps import EQUALITIES, POSITIVE, Step, other_relations, theorem
from theory.terms import eq, fam

EXTRA = eq(fam("unrelated"), fam("unrelated"))
WORK = "a limit on work, not on truth: beyond it the result would be the same, only later"
SHORT = "a short cut: the general path gives the same result"
CANONICAL = "the canonical form is another one, but as canonical"
SECOND = "a second line of defence; the first is tested"
# text of a change (as `key` gives it) -> why nothing can notice it
HARMLESS: dict[str, str] = {
    "normal._times always False: if len(p) * len(q) > 50 * MAX_TERMS: "
    "raise TermError('product too large for the normal form')": WORK,
    "normal._times removed: raise TermError('product too large for the normal form')": WORK,
    "normal._times always False: if len(out) > MAX_TERMS: raise TermError('polynomial too large for the normal form')": WORK,
    "normal._times removed: raise TermError('polynomial too large for the normal form')": WORK,
    "normal._join always False: if not m or not w: return m or w": SHORT,
    "normal._join without a part: not m or not w": SHORT,
    "normal._join without a part: exps and powers[exps[0]] > 1": SHORT,
    "normal._join always True: if len(exps) > 1 or (exps and powers[exps[0]] > 1): total: Poly = {} for a in exps: "
    "accumulate(total, _poly(a.args[0]), Fraction(powers.pop(a))) if to": SHORT,
    "normal.term always True: [num(c)] if c != 1 or not m else []": CANONICAL,
    "normal.normal always True: if t.kind == R: return term(_poly(t))": "no rule takes the normal form of a formula",
    "calculus._under without a part: (name, 0) in body.free | n.free or name == x":
        "x is free in the body, or it would be a constant",
    "calculus.derivative without a part: op == 'fam' and (not args)":
        "pi, literals and bound variables are constants, met before",
    "calculus.continuous without a part: op == 'fam' and (not args)":
        "pi, literals and bound variables are constants, met before",
    "ground.enclose always True: ball if ball is not None and ball.is_finite() else None": SECOND + ": NaN is not below anything",
    "ground.enclose without a part: ball is not None and ball.is_finite()": SECOND + ": NaN is not below anything",
    "ground._enclose always False: None if x.contains(0) else 1 / x": SECOND + ": the quotient is NaN",
    "kernel.analysis._discharge always the second: set() if closed else {lt(a, variable), lt(variable, b)}":
        SECOND + ": _conditions has dropped every premise with such a hypothesis",
    "kernel.analysis._conditions removed: _discharge(found[0], x, a, b, where, closed)":
        SECOND + ": _conditions looked for premises with no other hypothesis about x, and the interval is checked before",
    "kernel.analysis._conditions always the first: 'closed' if closed else 'open'": "a word of the message",
    "kernel.analysis._conditions always the second: 'closed' if closed else 'open'": "a word of the message",
}


def outcome(K, run) -> tuple:
    """What came of it: the sequent, or the condition that refused, or the kind of error."""
    try:
        made = run(K)
    except Exception as error:
        if type(error).__name__ == "KernelError":
            return "refused", error.condition
        return "error", type(error).__name__
    return ("made", made.hyps, made.concl) if made is not None else ("done",)


def with_extra(step: Step, position: int):
    """The step with one more hypothesis on one premise: the result must keep it."""
    def run(K):
        premises = [theorem(p, K.apply) for p in step.premises]
        premises[position] = K.apply("weaken", premises[position], phi=EXTRA)
        return K.apply(step.rule, *premises, **step.arguments)
    return run


def last_step(fallacy):
    def run(K):
        step = fallacy.make(K)
        return K.apply(step.rule, *step.premises, **step.arguments)
    return run


def battery() -> list[tuple[str, object]]:
    """(rule or "", run): everything whose outcome is known."""
    out = [(q.condition.split(".")[0], lambda K, s=q.step: s.run(K.apply)) for q in NEGATIVE]
    out += [(f.condition.split(".")[0], last_step(f)) for f in FALLACIES]
    out += [("", q.run) for q in ATTACKS] + [("", f) for f in CHECKS]
    out += [(p.rule, lambda K, s=p: s.run(K.apply)) for p in other_relations()]
    out += [(p.rule, lambda K, s=p: s.run(K.apply)) for p in POSITIVE]
    out += [(p.rule, with_extra(p, q)) for p in POSITIVE for q in range(len(p.premises))]
    out += [("ring", lambda K, s=p: s.run(K.apply)) for p in EQUALITIES]
    return out


BATTERY = battery()


@lru_cache(maxsize=1)
def expected() -> list[tuple]:
    real = mutants.load()
    return [outcome(real, run) for _, run in BATTERY]


def noticed(site: mutants.Site) -> str:
    """How the first step that notices the change differs; "" when none does."""
    try:
        K = mutants.load(site)
    except Exception as error:
        return f"does not load: {type(error).__name__}"
    order = sorted(range(len(BATTERY)), key=lambda q: BATTERY[q][0] != site.within)
    weak = ""
    for q in order:
        if weak and BATTERY[q][0] != site.within:
            break                               # noticed; whether a step of another rule is accepted does not matter
        got = outcome(K, BATTERY[q][1])
        if got != expected()[q]:
            if got[0] == "made" and expected()[q][0] == "refused":
                return "accepted"
            weak = weak or f"{got[0]} instead of {expected()[q][0]}"
    return weak


def key(site: mutants.Site) -> str:
    head, _, rest = site.label.partition(":")
    return f"{head} {rest.partition(' ')[2]}"


@pytest.mark.slow
def test_every_deletion_is_noticed(capsys):
    found = {site: noticed(site) for site in mutants.sites()}
    silent = {key(s): s.label for s, how in found.items() if not how}
    with capsys.disabled():
        print(f"\n{len(found)} changes of the kernel; noticed as", dict(Counter(found.values())))
    assert not set(HARMLESS) - set(silent), "listed as harmless, but noticed or gone"
    assert not {label for k, label in silent.items() if k not in HARMLESS}


def test_the_unchanged_copy_behaves_as_the_kernel():
    import theory.kernel as real
    assert [outcome(real, run) for _, run in BATTERY] == expected()
