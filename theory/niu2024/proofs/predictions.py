"""What Proposition 4's printed formula predicts at the sizes of Sections 6.2 and 6.3, where n, d and l are given.

L = log Z_t + 1/Z_t + log l - c with c in [0, log l), so the formula's range is (log Z_t + 1/Z_t, log Z_t + 1/Z_t + log l]. Z_t is
Eq. (12)'s at the radius of Eq. (13). The mildest readings are taken: n = d_emb, as Section 6.1 computes it (Section 3's T_max d_emb
makes 1/Z_t larger still), and d = D/T_max.
"""
from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from theory.kernel import Theorem
from theory.lemmas.explog import exp_le, inv_le, inv_pos, log_inverse, log_le, log_product
from theory.niu2024.definitions import D
from theory.niu2024.proofs.scaling import DECAY, INTEGRAL, integral_positive, log_partition, partition_at, partition_decays
from theory.niu2024.proofs.volumes import partition_function
from theory.tactics import apply, assume, ground, lin, product
from theory.terms import ONE, ZERO, Term, exp, inv, le, log, lt, nat, num


@dataclass(frozen=True)
class Setting:
    """A run of Section 6 with its printed sizes: embedding d_emb, context T_max, D tokens, the numbers l of layers."""

    name: str
    embedding: int
    context: int
    tokens: int
    layers: tuple[int, ...]

    @property
    def n(self) -> int:
        return self.embedding

    @property
    def d(self) -> int:
        return self.tokens // self.context

    @property
    def partition(self) -> Term:
        return partition_at(self.n, self.d)

    @property
    def floor(self) -> Term:
        """log Z_t + 1/Z_t"""
        return log(self.partition) + inv(self.partition)


QUESTION = Setting("Question-Formation", 512, 5000, 2_000_000, (6, 10))
GPT2_SMALL = tuple(Setting(f"GPT-2 small, {name} tokens", 768, 1024, tokens, (12,))
                   for name, tokens in (("9M", 9_000_000), ("90M", 90_000_000), ("9B", 9_000_000_000)))
SETTINGS = (QUESTION, *GPT2_SMALL)


PARTITION = partition_function()
FLOOR = log(PARTITION) + inv(PARTITION)
FLOOR_GROWS = le(inv(DECAY) / 2 + 1 - log(num(2)), FLOOR)


def _half_below(z_pos: Theorem) -> Theorem:
    """0 < z gives 1/(2z) + 1 - log 2 <= log z + 1/z: the tangent of log at 2, taken at 1/z"""
    z = z_pos.concl.args[1]
    y_pos, half = inv_pos(z_pos), num(Fraction(1, 2))
    half_pos = ground(0, half)
    return lin(le(inv(z) / 2 + 1 - log(num(2)), log(z) + inv(z)), apply("exp_tangent", a=log(inv(z) * half)),
               apply("exp_log", product(y_pos, half_pos)), log_product(y_pos, half_pos), log_inverse(z_pos), log_inverse(ground(0, 2)))


def floor_grows() -> Theorem:
    """(1 - 1/(pi e)) sqrt(pi n) e^(n/(2 pi e))/(2d) + 1 - log 2 <= log Z_t + 1/Z_t, for all n and d"""
    total = apply("sum_constant", assume(nat(D)), c=INTEGRAL)
    z_pos = lin(lt(ZERO, PARTITION), total, product(lin(lt(ZERO, D), assume(le(ONE, D))), integral_positive()))
    return lin(FLOOR_GROWS, _half_below(z_pos), inv_le(z_pos, partition_decays()))


def floor_above(setting: Setting, k: int, least: Fraction) -> Theorem:
    """least < log Z_t + 1/Z_t where -log Z_t > k and 2 least < e^k"""
    z_pos, low, _ = log_partition(setting.n, setting.d, Fraction(k), Fraction(k + 1))
    y, y_pos, name = inv(setting.partition), inv_pos(z_pos), log_inverse(z_pos)
    twice = num(2 * least)
    large = lin(lt(twice, y), exp_le(lin(lt(log(twice), log(y)), low, name, ground(log(twice), k))), apply("exp_log", y_pos),
                apply("exp_log", ground(0, twice)))
    return lin(lt(num(least), setting.floor), large, _half_below(z_pos), log_le(ground(0, 2), ground(2, exp(ONE))), apply("log_exp", a=ONE))
