"""The proof route: run a claim's kernel proof, see that it proves this very statement, and keep its log, trace, axioms and a witness."""
from __future__ import annotations

from typing import Any

from theory import checker, prooflog
from theory.claim import Claim, ClaimError, Evidence, EvidenceConflict, Outcome
from theory.domain import bank
from theory.kernel import KernelError, Theorem
from theory.lemmas.signs import nonnegative
from theory.printing import text
from theory.tactics import apply, assume, lin
from theory.terms import Term, load, negate


def run(claim: Claim, seed: int) -> Evidence | None:
    """HOLDS with a proof of the statement, FAILS with a proof of its denial, None when the claim offers neither.

    Raises ClaimError when the proof proves something else or assumes more than the claim does.
    """
    if claim.proof is not None:
        theorem, goal, outcome = claim.proof(), claim.conclusion, Outcome.HOLDS
    elif claim.refutation is not None:
        theorem, goal, outcome = claim.refutation(), negate(claim.conclusion), Outcome.FAILS
        if claim.variables:
            raise ClaimError(f"{claim.id}: a refutation denies a closed statement; quantify its variables, or let a counterexample refute it")
    else:
        return None
    _fits(claim, theorem, goal)
    log = prooflog.log(theorem)
    _recheck(claim, log, theorem)
    count = len(prooflog.steps(theorem))
    axioms = prooflog.axioms(theorem)
    summary = {"trace": prooflog.trace(theorem), "axioms": axioms, "hypotheses": sorted(map(text, theorem.hyps)),
               "witness": _witness(claim, seed), "steps": count, "denial": outcome is Outcome.FAILS}
    coverage = f"the whole domain ({count} kernel steps; axioms: {', '.join(axioms) or 'none'})"
    return Evidence("proof", outcome, coverage, {"kind": "proof", "summary": summary, "payload": log}, seed=None)


def _fits(claim: Claim, theorem: Theorem, goal: Term) -> None:
    if type(theorem) is not Theorem:
        raise ClaimError(f"{claim.id}: its proof returned {type(theorem).__name__}, not a kernel theorem")
    if theorem.concl != goal:
        raise ClaimError(f"{claim.id}: its proof proves {text(theorem.concl)}, not {text(goal)}")
    extra = [h for h in theorem.hyps if h not in claim.premises]
    if extra:
        raise ClaimError(f"{claim.id}: its proof assumes {text(extra[0])}, which the claim does not; add the hypothesis or prove it")


def _recheck(claim: Claim, log: dict[str, Any], theorem: Theorem) -> None:
    """The second checker must accept the log with the same sequent: a theorem that only the kernel accepts is no evidence."""
    try:
        hyps, concl = checker.check(log)
    except checker.Rejected as error:
        raise EvidenceConflict(f"{claim.id}: the second checker rejects what the kernel accepts: {error}") from error
    if load(concl) != theorem.concl or {load(h) for h in hyps} != set(theorem.hyps):
        raise EvidenceConflict(f"{claim.id}: the second checker reads another statement out of the proof log")


def _witness(claim: Claim, seed: int) -> dict[str, Any] | None:
    """A point at which every hypothesis holds, so that the theorem is not vacuous."""
    found = bank(claim, 1, seed)
    return found[0].as_json() if found else None


def prove_true(claim: Claim, mutant) -> bool:
    """Whether the mutant follows from the proved claim by linear arithmetic, or is a sign that its shape shows: then it is true."""
    if claim.proof is None or any(p not in claim.premises for p in mutant.premises):
        return False
    theorem = claim.proof()
    if any(h not in mutant.premises for h in theorem.hyps):
        return False
    facts = [assume(p) for p in mutant.premises if p.op in ("le", "lt", "eq")]
    companions = [t for make in claim.companions for t in _conjuncts(make()) if all(h in mutant.premises for h in t.hyps)]
    known = [*_conjuncts(theorem), *companions, *facts]
    return all(_follows(goal, known, facts) for goal in _goals(mutant.conclusion))


def _follows(goal: Term, known: list[Theorem], facts: list[Theorem]) -> bool:
    if any(t.concl == goal for t in known):
        return True
    if goal.op not in ("le", "lt", "eq"):
        return False
    relations = [t for t in known if t.concl.op in ("le", "lt", "eq")]
    signs = [nonnegative(side, facts) for side in (goal.args[1], goal.args[1] - goal.args[0])]
    try:
        lin(goal, *relations, *(s for s in signs if s is not None))
    except KernelError:
        return False
    return True


def _goals(t: Term) -> list[Term]:
    return [g for a in t.args for g in _goals(a)] if t.op == "and" else [t]


def _conjuncts(theorem: Theorem) -> list[Theorem]:
    if theorem.concl.op != "and":
        return [theorem]
    return [t for side in (0, 1) for t in _conjuncts(apply("and_elim", theorem, side=side))]
