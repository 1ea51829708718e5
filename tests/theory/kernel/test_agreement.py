"""Every rule has an example that the kernel accepts, and the second checker draws the same conclusion from its log."""
from __future__ import annotations

import json

import pytest

from tests.theory.kernel.steps import EQUALITIES, POSITIVE, theorem
from theory import checker, prooflog
from theory.kernel import RULES, apply
from theory.terms import dump, eq, fam


def agreed(made) -> None:
    hyps, concl = checker.check(json.loads(json.dumps(prooflog.log(made))))
    assert concl == dump(made.concl)
    assert hyps == sorted(map(dump, made.hyps), key=json.dumps)


def test_every_rule_has_an_example_and_is_known_to_the_checker():
    assert {p.rule for p in POSITIVE} == set(RULES) == set(checker.RULES)


@pytest.mark.parametrize("step", POSITIVE + EQUALITIES, ids=lambda p: p.rule)
def test_the_kernel_accepts_and_the_checker_agrees(step):
    agreed(step.run())


@pytest.mark.parametrize("step", [p for p in POSITIVE if p.premises], ids=lambda p: p.rule)
def test_every_hypothesis_of_a_premise_is_kept_or_discharged_on_purpose(step):
    """An unrelated hypothesis, on any one premise that the rule uses, must reach the result."""
    extra = eq(fam("unrelated"), fam("unrelated"))
    for position in range(len(step.premises)):
        premises = [theorem(p) for p in step.premises]
        premises[position] = apply("weaken", premises[position], phi=extra)
        made = apply(step.rule, *premises, **step.arguments)
        assert extra in made.hyps
        agreed(made)
