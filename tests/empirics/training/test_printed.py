"""Proposition 4's printed range at the paper's sizes, against a second evaluation by mpmath."""
from __future__ import annotations

import math
import subprocess
import sys

import mpmath
import pytest

from empirics.training import TrainingError, printed
from tests.empirics.training import jobs_for_tests as small


def floor(n: int, d: int) -> tuple[mpmath.mpf, mpmath.mpf]:
    """Z_t of Eq. (12), d times the integral of exp(-|x|^2) over a ball of radius sqrt(n / (2 pi e)), and log Z_t + 1/Z_t."""
    with mpmath.workdps(40):
        r2 = mpmath.mpf(n) / (2 * mpmath.pi * mpmath.e)
        z = d * mpmath.pi ** (mpmath.mpf(n) / 2) * mpmath.gammainc(mpmath.mpf(n) / 2, 0, r2, regularized=True)
        return z, mpmath.log(z) + 1 / z


def test_the_ranges_are_those_of_the_formula():
    found = printed.at_the_papers_sizes()
    assert [(p.n, p.d, p.layers) for p in found] == [(512, 400, 6), (512, 400, 10), (768, 8789, 12), (768, 87890, 12),
                                                     (768, 8789062, 12)]
    for p in found:
        z, low = floor(p.n, p.d)
        assert p.partition == pytest.approx(float(z), rel=1e-11) and p.floor == pytest.approx(float(low), rel=1e-11)
        assert p.room == pytest.approx(math.log(p.layers), rel=1e-11) and p.as_json()["unit"][1] == 1 + p.room
    assert found[0].floor == pytest.approx(9.26e11, rel=1e-3) and found[-1].floor == pytest.approx(1.67e14, rel=2e-3)


@pytest.mark.parametrize("layers, high", [(6, 2.79), (10, 3.30), (12, 3.48), (1, 1.0)])
def test_with_a_partition_function_of_1_it_is_from_1_to_1_plus_log_l(layers, high):
    found = printed.unit(layers)
    assert found.low == 1 and found.high == pytest.approx(1 + math.log(layers), rel=1e-11) == pytest.approx(high, abs=0.005)


def test_what_cannot_be_enclosed_is_an_error(monkeypatch):
    from theory.terms import num, power
    monkeypatch.setattr(printed, "BITS", 10)
    with pytest.raises(TrainingError, match="could not be enclosed at 10 bits"):
        printed._number(power(num(2), num(1) / 3))


def test_the_section_of_the_table_fits():
    said = printed.text()
    assert len(said) == 7 and max(map(len, said)) <= 80 and "(1, 2.79]" in said[2] and "9.26e+11 + (0, 1.79]" in said[2]


def test_a_machine_without_the_engines_can_import_it():
    code = ("import sys; sys.modules['flint'] = sys.modules['z3'] = None\n"
            "import empirics.training.printed, empirics.training.table")
    done = subprocess.run([sys.executable, "-c", code], cwd=small.ROOT, env=small.environment(), capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == 0, done.stderr
