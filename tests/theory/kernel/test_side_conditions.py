"""Each side condition of each rule refuses a step that is otherwise legal, and the refusal names that condition."""
from __future__ import annotations

import pytest

from tests.theory.kernel.conditions import conditions
from tests.theory.kernel.logs import log_of, refused_last
from tests.theory.kernel.negatives import NEGATIVE
from tests.theory.kernel.steps import other_relations, theorem
from theory.kernel import KernelError
from theory.terms import ZERO, lt


@pytest.mark.parametrize("negative", NEGATIVE, ids=lambda q: q.condition)
def test_exactly_this_condition_refuses(negative):
    with pytest.raises(KernelError) as caught:
        negative.step.run()
    assert caught.value.condition == negative.condition


OTHERS = other_relations()


@pytest.mark.parametrize("step", OTHERS, ids=lambda p: p.rule)
def test_another_relation_is_refused(step):
    with pytest.raises(KernelError):
        step.run()
    refused_last(log_of(step.rule, [theorem(p) for p in step.premises], step.arguments, (), lt(ZERO, ZERO)))


def test_every_condition_in_the_source_of_the_kernel_has_a_negative_test():
    missing = {c for c in conditions() if not c.startswith(("apply.", "theorem."))} - {q.condition for q in NEGATIVE}
    assert not missing


def test_the_table_names_no_condition_that_the_kernel_does_not_have():
    assert {q.condition for q in NEGATIVE if not q.condition.endswith(".terms")} <= conditions()


@pytest.mark.parametrize("negative", NEGATIVE, ids=lambda q: q.condition)
def test_the_checker_refuses_the_same_step(negative):
    refused = negative.step
    refused_last(log_of(refused.rule, [theorem(p) for p in refused.premises], refused.arguments, (), lt(ZERO, ZERO)))
