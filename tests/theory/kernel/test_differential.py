"""The kernel and the checker on steps that are wrong at random: they refuse the same ones and conclude the same from the others.

A step is an accepted or a refused example with one or two random changes: a premise of another step, another relation, sides
exchanged, a hypothesis more or less, an argument taken from elsewhere, a symbol renamed to one that occurs in the same step.
"""
from __future__ import annotations

import json
import random
from fractions import Fraction

import pytest

from tests.theory.kernel.logs import log_of
from tests.theory.kernel.negatives import NEGATIVE
from tests.theory.kernel.steps import POSITIVE, RELATIONS, Seq, Step, theorem
from theory import checker
from theory.kernel import KernelError, apply
from theory.terms import ZERO, Term, TermError, dump, fam, lt, num, substitute

POOL = POSITIVE + [q.step for q in NEGATIVE]
SEQUENTS = [p for s in POOL for p in s.premises]
TERMS = [v for s in POOL for v in s.arguments.values() if type(v) is Term]
NAMES = list("abcdeijkmnrstuxyz")
PLAIN = [0, 1, 2, -1, Fraction(1), Fraction(-1), "x", "add", "mul", "i", (), (Fraction(1),), ("x", (), ZERO), num(1),
         lt(ZERO, ZERO)]


def changed(s: Step, r: random.Random) -> Step:
    kind = r.randrange(8)
    premises, arguments = list(s.premises), dict(s.arguments)
    spot = r.randrange(len(premises)) if premises else None
    if kind == 0 and premises:
        premises[spot] = r.choice(SEQUENTS)
    elif kind == 1 and premises and premises[spot].concl.op in ("le", "lt", "eq"):
        p = premises[spot]
        premises[spot] = Seq(r.choice(RELATIONS)(*p.concl.args[::r.choice((1, -1))]), p.hyps)
    elif kind == 2 and premises:
        p = premises[spot]
        more = r.choice(r.choice(SEQUENTS).hyps or (lt(fam(r.choice(NAMES)), fam(r.choice(NAMES))),))
        premises[spot] = Seq(p.concl, r.choice([(*p.hyps, more), p.hyps[1:], p.hyps[:-1]]))
    elif kind == 3 and premises:
        r.shuffle(premises)
    elif kind == 4 and arguments:
        name = r.choice(list(arguments))
        other = [r.choice(TERMS), r.choice(PLAIN), r.choice(NAMES), fam(r.choice(NAMES))]
        arguments[name] = r.choice((-1, 0, 1, 2, "x", ZERO) if name == "side" else other)   # to the kernel Fraction(1) is a side
    elif kind == 5:
        table = {(r.choice(NAMES), 0): ((), r.choice([fam(r.choice(NAMES)), fam(r.choice(NAMES)) + 1, ZERO]))}

        def move(v):
            return substitute(v, table) if type(v) is Term else v
        premises = [Seq(move(p.concl), tuple(map(move, p.hyps))) for p in premises]
        arguments = {k: move(v) for k, v in arguments.items() if r.random() < 0.97}
    elif kind == 6 and premises:
        premises.pop(spot) if r.random() < 0.5 else premises.insert(spot, r.choice(SEQUENTS))
    else:
        arguments = {k: r.choice(NAMES) if type(v) is str and v not in ("add", "mul") else v for k, v in arguments.items()}
    return Step(s.rule, tuple(premises), arguments)


@pytest.mark.parametrize("seed", range(6))
def test_the_same_steps_are_accepted(seed):
    r, accepted, refused = random.Random(seed), 0, 0
    for _ in range(700):
        s = r.choice(POOL)
        for _ in range(r.choice((1, 1, 2))):
            s = changed(s, r)
        try:
            premises = [theorem(p) for p in s.premises]
        except (KernelError, TermError):
            continue
        try:
            made = apply(s.rule, *premises, **s.arguments)
        except (KernelError, TypeError, AttributeError, ValueError):    # a malformed call need not be refused by name
            refused += 1
            with pytest.raises(checker.Rejected) as caught:
                checker.check(json.loads(json.dumps(log_of(s.rule, premises, s.arguments, (), lt(ZERO, ZERO)))))
            assert caught.value.step is not None, f"the checker accepts what the kernel refuses: {s}"
            continue
        accepted += 1
        hyps, concl = checker.check(json.loads(json.dumps(log_of(s.rule, premises, s.arguments, made.hyps, made.concl))))
        assert concl == dump(made.concl) and hyps == sorted(map(dump, made.hyps), key=json.dumps)
    assert accepted > 60 and refused > 200
