"""What a Theorem is: only `apply` makes one, nothing that is done to the object changes what it says, and its log cannot be
edited."""
from __future__ import annotations

import gc
import json
import pickle

import pytest

import theory.kernel as K
from tests.theory.kernel.attacks import ATTACKS, CHECKS
from tests.theory.kernel.conditions import conditions
from tests.theory.kernel.steps import F, a, b, step
from theory import checker, prooflog
from theory.kernel import KernelError, apply
from theory.terms import ONE, ZERO, Term, dump, fam, forall, le, lt, nat, num


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda q: q.name)
def test_refused_by_the_named_condition(attack):
    with pytest.raises(KernelError) as caught:
        attack.run(K)
    assert caught.value.condition == attack.condition


def test_every_condition_of_apply_and_of_theorems_is_attacked():
    assert {c for c in conditions() if c.startswith(("apply.", "theorem."))} == {q.condition for q in ATTACKS}


@pytest.mark.parametrize("check", CHECKS, ids=lambda f: f.__name__)
def test_bound_variables_and_hypotheses(check):
    check(K)


def test_a_theorem_has_no_sequent_to_overwrite():
    p = apply("assume", phi=lt(a, b))
    for name, value in (("concl", lt(ZERO, ZERO)), ("hyps", frozenset()), ("rule", "ground"), ("extra", 1)):
        with pytest.raises((AttributeError, TypeError)):
            setattr(p, name, value)
    with pytest.raises((AttributeError, TypeError)):
        object.__setattr__(p, "concl", lt(ZERO, ZERO))
    assert (p.hyps, p.concl) == ({lt(a, b)}, lt(a, b))


def test_what_is_written_into_a_theorem_by_force_does_not_change_what_it_says_and_spoils_its_log():
    p = apply("assume", phi=lt(ZERO, ZERO))
    object.__setattr__(p, "rule", "ring")
    assert p.hyps == {lt(ZERO, ZERO)}
    with pytest.raises(checker.Rejected):
        checker.check(prooflog.log(p))


def test_arguments_that_change_after_the_step_change_nothing():
    mapping = [["a", [], b]]
    p = apply("instance", apply("assume", phi=lt(a, ONE)), mapping=mapping)
    mapping[0][2] = ZERO
    mapping.append(["b", [], ZERO])
    assert p.concl == lt(b, ONE) and p.arguments["mapping"] == (("a", (), b),)
    assert checker.check(prooflog.log(p))[1] == dump(lt(b, ONE))
    p.arguments["mapping"] = (("a", (), ZERO),)
    assert p.concl == lt(b, ONE)
    with pytest.raises(checker.Rejected):
        checker.check(prooflog.log(p))


def test_a_theorem_does_not_survive_pickling():
    p = apply("assume", phi=lt(ZERO, ZERO))
    with pytest.raises(Exception):
        apply("imp_intro", pickle.loads(pickle.dumps(p)), phi=lt(ZERO, ZERO))


def test_a_term_mutated_by_force_is_caught_by_the_check_of_the_log():
    """Python cannot forbid `object.__setattr__`; the log that leaves the process is what counts."""
    left = Term("add", (ZERO, ONE))
    p = apply("ring", a=left, b=ONE)
    object.__setattr__(left, "args", (ONE, ONE))        # now p.concl reads 1 + 1 = 1
    assert p.concl.args[0].args == (ONE, ONE)
    with pytest.raises(checker.Rejected):
        checker.check(json.loads(json.dumps(prooflog.log(p))))


def test_a_term_forged_without_its_constructor_is_caught_by_the_check_of_the_log():
    """It says that it has no free symbols, so `forall_intro` generalises over x under the hypothesis 0 < x."""
    forged = object.__new__(Term)
    honest = lt(ZERO, fam("x"))
    for slot in ("op", "args", "data", "_hash", "loose"):
        object.__setattr__(forged, slot, getattr(honest, slot))
    object.__setattr__(forged, "free", frozenset())
    p = apply("cut", apply("assume", phi=forged), apply("assume", phi=honest))
    try:
        p = apply("forall_intro", p, x="x")
    except KernelError:
        return                  # better still
    assert p.concl == forall(lambda v: lt(ZERO, v))
    with pytest.raises(checker.Rejected) as caught:
        checker.check(json.loads(json.dumps(prooflog.log(p))))
    assert "free where it may not be" in caught.value.reason


def test_a_dead_theorem_leaves_no_place_for_another():
    ghosts = [apply("assume", phi=lt(ZERO, num(k))) for k in range(50)]
    del ghosts
    gc.collect()
    for _ in range(50):
        with pytest.raises(KernelError):
            apply("imp_intro", object.__new__(K.Theorem), phi=lt(ZERO, ONE))


@pytest.mark.parametrize("wrong", [
    lambda: apply("ring"), lambda: apply("ring", a=ZERO), lambda: apply("ring", a=ZERO, b=ZERO, c=ZERO), lambda: apply("cut"),
    lambda: apply("and_intro", apply("assume", phi=lt(a, b))), lambda: apply("ring", a="x", b="x"),
    lambda: apply("ring", a=1, b=1),
    lambda: apply("instance", apply("assume", phi=lt(a, b)), mapping=(("a", (), "b"),)),
    lambda: apply("instance", apply("assume", phi=lt(a, b)), mapping=("a", "b", "c")),
    lambda: apply("linear", multipliers="x", goal=le(ZERO, ONE)), lambda: apply("nat_closed", op=lt(a, b)),
    lambda: apply("sum_add", i="i", n=3, f=F(a), g=F(a)), lambda: apply("max_bound", apply("nat_literal", k=1), i="i", n=2, f=a),
    lambda: apply("differentiate", x="x", f=fam("x"), at=3), lambda: apply("rewrite", x="x", phi=lt(a, b)),
    lambda: apply(["ring"], a=ZERO, b=ZERO), lambda: apply(None),
], ids=range(17))
def test_malformed_calls_make_no_theorem(wrong):
    with pytest.raises((KernelError, TypeError, AttributeError, ValueError)):
        wrong()


def test_a_term_too_large_for_the_normal_form_is_refused_by_name():
    wide = Term("add", tuple(fam(f"x{q}") for q in range(1100)))
    big = wide * wide
    with pytest.raises(KernelError) as caught:
        apply("ring", a=big, b=big)
    assert caught.value.condition == "ring.terms"


def test_unused_conditions_add_no_hypothesis_and_do_no_harm():
    base = step("differentiate", lt(ZERO, fam("y")), nat(fam("q")), x="x", f=fam("x"), at=fam("y"))
    assert base.run().hyps == frozenset()
