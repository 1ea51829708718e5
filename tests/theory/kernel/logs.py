"""Logs written by hand: steps that the kernel refused, put into the format of a proof log for the checker to refuse."""
from __future__ import annotations

from types import SimpleNamespace

import pytest

from theory import checker, prooflog
from theory.terms import Term


def log_of(rule: str, premises, arguments: dict, hyps, concl: Term) -> dict:
    """The log of a step that was never made. `prooflog.log` only reads attributes."""
    return prooflog.log(SimpleNamespace(rule=rule, premises=tuple(premises), arguments=frozen(arguments), hyps=frozenset(hyps),
                                        concl=concl))


def frozen(a):
    if isinstance(a, dict):
        return {key: frozen(value) for key, value in a.items()}
    return tuple(map(frozen, a)) if isinstance(a, (list, tuple)) else a


def refused_last(log: dict) -> None:
    """The checker follows every step but the last, and refuses that one (not merely its stated result)."""
    with pytest.raises(checker.Rejected) as caught:
        checker.check(log)
    assert caught.value.step == len(log["steps"]) - 1
