"""Every fallacy is refused by the kernel, by the condition that it runs into, and by the checker when it is written into a log by
hand."""
from __future__ import annotations

import json

import pytest

import theory.kernel as K
from tests.theory.kernel.derivations import FALLACIES
from tests.theory.kernel.logs import log_of, refused_last
from theory.terms import lt, ZERO


@pytest.mark.parametrize("fallacy", FALLACIES, ids=lambda f: f.name)
def test_the_kernel_refuses(fallacy):
    step = fallacy.make(K)
    with pytest.raises(K.KernelError) as caught:
        K.apply(step.rule, *step.premises, **step.arguments)
    assert caught.value.condition == fallacy.condition


@pytest.mark.parametrize("fallacy", FALLACIES, ids=lambda f: f.name)
def test_the_checker_refuses(fallacy):
    step = fallacy.make(K)
    refused_last(json.loads(json.dumps(log_of(step.rule, step.premises, step.arguments, (), lt(ZERO, ZERO)))))


def test_there_are_many_and_no_two_have_one_name():
    assert len({f.name for f in FALLACIES}) == len(FALLACIES) >= 60
