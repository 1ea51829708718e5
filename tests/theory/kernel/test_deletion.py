"""Deletion testing: from the kernel one condition is removed at a time, and some test of this folder must notice.

Noticed: a step of the tables (negative steps, fallacies, attacks, accepted examples) then has another outcome than with the real kernel. A
change that nothing notices is either a missing test or a condition that does nothing; the few of the second kind are listed with a reason.
"""
from __future__ import annotations

from collections import Counter
from functools import lru_cache

import pytest

from tests.theory.kernel import mutants
from tests.theory.kernel.attacks import ATTACKS, CHECKS
from tests.theory.kernel.fallacies import FALLACIES
from tests.theory.kernel.negatives import NEGATIVE
from tests.theory.kernel.steps import EQUALITIES, POSITIVE, Step, other_relations, theorem
from theory.terms import eq, fam

EXTRA = eq(fam("unrelated"), fam("unrelated"))
# text of a change (as `Site.label`, without the line number) -> why nothing can notice it
HARMLESS: dict[str, str] = {}


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
