"""The kernel: the only place where a Theorem (hypotheses |- conclusion) can be made. Trusted; read it in one sitting.

LCF style. `apply(rule, *premises, **arguments)` looks the rule up in RULES, computes the conclusion from the premises' sequents, and
issues a Theorem that remembers its rule, premises and arguments, so that every proof is a log (`theory/prooflog.py`) that a second
checker re-checks. A rule is a pure function of sequents; each of its side conditions is one `require` with a name, and a test that
only that condition refuses. Semantics of terms: `theory/terms.py` (total functions, unspecified where classical mathematics is silent).

Equalities are decided by `theory/normal.py`, derivatives by `theory/calculus.py`, ground strict inequalities by Arb; nothing here asks
SymPy, a sampler or a float. Rules marked `axiom` are facts that we assume by name.

    core        Theorem, apply            families    sums and maxima over i < n
    logic       natural deduction         elementary  exp, log, powers, naturals, Gamma
    order       ordered field             analysis    derivatives, integrals, balls
"""
from theory.kernel import analysis, elementary, families, logic, order  # noqa: F401  (importing registers the rules)
from theory.kernel.core import AXIOMS, RULES, KernelError, Sequent, Theorem, apply, sequent

__all__ = ["AXIOMS", "RULES", "KernelError", "Sequent", "Theorem", "apply", "sequent"]
