"""Mutants: the statement of a claim with one thing changed. A check that lets a false mutant live is weak.

The operators are syntactic (a sign, a constant, an exponent, a bound or free variable, strictness, a direction, max for min,
a summand, a range, a hypothesis). A change that loosens the statement, or only moves it about, tests nothing and is passed
over: `demanding` compares how far from false both are, in floats, at sampled points. `kill` then decides each mutant:
  killed       it certainly fails at an exact point of its domain (Arb or exact normal forms)
  equivalent   it has the normal form of the original statement
  true         the proof route proves it: the statement is loose there
  survivor     nothing of that: the check is weak, and the report says so
"""
from __future__ import annotations

import dataclasses
import random
from dataclasses import dataclass

from theory.claim import Claim, Outcome
from theory.descent import descend
from theory.domain import BANK, DEAR_COST, admissible, affordable, bank, draw
from theory.evaluate import conjuncts, cost, filtered, refuting, robustness, truth
from theory.normal import difference, normal
from theory.points import Assignment
from theory.printing import text
from theory.terms import P, Term, TermError
from theory.variations import Scope, variants

CAP = 12
SAMPLE = 40             # points at which margins are compared
WORK = 1_000_000        # operations spent on a mutant that resists, about
EXTRA = 300             # further draws against a mutant that the bank does not kill
TIES = 40               # points that floats leave open and that are certified one by one
# order in which the kinds take turns when the cap is short
KINDS = ("hypothesis", "strictness", "constant", "sign", "exponent", "max for min", "coefficient", "summand", "variable", "index",
         "range", "direction")


@dataclass(frozen=True)
class Mutant:
    """premises |- conclusion, and in words what was changed. hypotheses: the premises without the domain facts."""

    description: str
    premises: tuple[Term, ...]
    conclusion: Term
    hypotheses: tuple[Term, ...] = ()


def mutants(claim: Claim) -> list[Mutant]:
    """At most CAP mutants, one change each, without repetition; deterministic."""
    facts = tuple(f for v in claim.variables for f in v.facts())
    queues: dict[str, list[Mutant]] = {kind: [] for kind in KINDS}
    seen = {claim.conclusion}
    for k, h in enumerate(claim.hypotheses):
        if not evaluable_without(claim, k):
            continue        # the hypothesis only gives the statement a meaning
        rest = claim.hypotheses[:k] + claim.hypotheses[k + 1:]
        queues["hypothesis"].append(Mutant(f"without the hypothesis {text(h)}", facts + rest, claim.conclusion, rest))
    for kind, changed in variants(claim.conclusion, Scope(claim)):
        if changed not in seen:
            seen.add(changed)
            queues[kind].append(Mutant(f"{kind}: {text(changed)}", claim.premises, changed, claim.hypotheses))
    for queue in queues.values():
        # short statements first: outer changes before inner ones of the same length
        queue.sort(key=lambda m: len(m.description))
    chosen: list[Mutant] = []
    sample = affordable(claim, bank(claim, BANK, 0))[:SAMPLE if cost(claim.conclusion) <= DEAR_COST else SAMPLE // 4]
    while len(chosen) < CAP and any(queues.values()):
        for kind in KINDS:
            while queues[kind] and len(chosen) < CAP:
                m = queues[kind].pop(0)
                if kind == "hypothesis" or (kind == "strictness" and attained(claim.conclusion, sample)
                                            ) or demanding(claim.conclusion, m.conclusion, sample):
                    chosen.append(m)
                    break
    return chosen


def evaluable_without(claim: Claim, k: int) -> bool:
    """Whether there is a point outside the k-th hypothesis, inside all others, at which the statement still has a value."""
    rest = claim.hypotheses[:k] + claim.hypotheses[k + 1:]
    wider = dataclasses.replace(claim, hypotheses=rest, points=())
    return any(filtered(claim.hypotheses[k], p) is not True and robustness(claim.conclusion, p) is not None
               for p in bank(wider, BANK, 0))


def attained(conclusion: Term, sample) -> bool:
    """Whether some relation is, for floats, an equality at a sampled point: only there does strictness ask for more."""
    return any(filtered(c, p) is None and robustness(c, p) is not None for c in conjuncts(conclusion) for p in sample)


def demanding(original: Term, mutant: Term, sample) -> bool:
    """Whether the mutant asks for more than the original somewhere: at a sampled point one of its parts is harder to meet. One that is
    nowhere harder only loosens the statement and is passed over. Ease is `robustness` in floats; a mutant beyond floats counts as
    demanding if it has a meaning at all."""
    pairs = [(a, b) for a, b in zip(conjuncts(original), conjuncts(mutant)) if a != b]
    if len(conjuncts(original)) != len(conjuncts(mutant)):
        return True
    for before, after in pairs:
        old = [robustness(before, p) for p in sample]
        new = [robustness(after, p) for p in sample]
        both = [(x, y) for x, y in zip(old, new) if x is not None and y is not None]
        if not both:
            return any(truth(after, p, (64,)).outcome is not Outcome.UNDECIDED for p in sample[:5])
        if any(y < x - 1e-7 * (1 + abs(x) + abs(y)) for x, y in both):
            return True
    return False


# ---------------------------------------------------------------- killing

def kill(claim: Claim, mutant: Mutant) -> str:
    """"killed", "equivalent", "true" or "survivor"."""
    own = dataclasses.replace(claim, hypotheses=mutant.hypotheses)
    if counterexample(own, mutant.conclusion) is not None:
        return "killed"
    if mutant.hypotheses == claim.hypotheses and equivalent(claim.conclusion, mutant.conclusion):
        return "equivalent"
    return "true" if _proved(claim, mutant) else "survivor"


def counterexample(claim: Claim, conclusion: Term) -> Assignment | None:
    """A point of the domain at which the conclusion certainly fails: the bank, then further draws, then walks downhill."""
    ladder, work = refuting(conclusion), cost(conclusion)
    points = affordable(claim, bank(claim, BANK, 0))
    open_ = []
    for p in points:
        hint = filtered(conclusion, p)
        if hint is None:
            open_.append(p)
        elif hint is False and truth(conclusion, p, ladder).outcome is Outcome.FAILS:
            return p
    for p in open_[:max(4, min(TIES, WORK // (20 * work)))]:
        if truth(conclusion, p, ladder).outcome is Outcome.FAILS:
            return p
    def certify(p: Assignment) -> bool:
        return admissible(claim, p) is Outcome.HOLDS and truth(conclusion, p, ladder).outcome is Outcome.FAILS
    name = f"mutants:{claim.id}:{text(conclusion)}"
    rng = random.Random(name)
    for _ in range(min(EXTRA, WORK // work)):
        p = draw(claim, rng.choice)
        if p is not None and filtered(conclusion, p) is False and certify(p):
            return p
    return descend(claim, conclusion, points, certify, name) if work * 500 < WORK else None


def equivalent(a: Term, b: Term) -> bool:
    """Whether the normal forms of two formulas agree; relations also up to a positive factor of the difference of their sides."""
    try:
        if a.op != b.op:
            return False
        if a.op in ("le", "lt", "eq"):
            p, q = difference(a.args[1], a.args[0]), difference(b.args[1], b.args[0])
            if not p or not q or set(p) != set(q):
                return p == q
            ratios = {p[m] / q[m] for m in p}
            return len(ratios) == 1 and (a.op == "eq" or ratios.pop() > 0)
        if any(x.kind == P for x in a.args):
            return len(a.args) == len(b.args) and all(equivalent(x, y) if x.kind == P else normal(x) == normal(y)
                                                      for x, y in zip(a.args, b.args))
        return normal(a) == normal(b)
    except TermError:       # too large for a normal form: not known to be equivalent
        return False


def _proved(claim: Claim, mutant: Mutant) -> bool:
    """The proof route's own way of showing that a mutant is true; without that route nothing counts as true."""
    try:
        from theory.routes.proof import prove_true
    except ImportError:
        return False
    return bool(prove_true(claim, mutant))


def run(claim: Claim, seed: int) -> dict:
    """Figures for the report: total, killed, true, equivalent, and the survivors in words."""
    found = {"killed": 0, "true": 0, "equivalent": 0}
    survivors = []
    all_ = mutants(claim)
    for m in all_:
        status = kill(claim, m)
        if status == "survivor":
            survivors.append(m.description)
        else:
            found[status] += 1
    return {"total": len(all_), **found, "survivors": survivors}
