"""Energies against differences and autograd, NumPy against torch, flips against energies, and what retrieval does."""
from __future__ import annotations

import numpy as np
import pytest

from numerics.hopfield import (MCHN, Demircigil, Hopfield, Krotov, Proposed, asynchronous, softmax_update, synchronous,
                               until_fixed)

RNG = np.random.default_rng(7)
PATTERNS = RNG.standard_normal((5, 4)) / 2
BITS = np.sign(RNG.standard_normal((6, 9)))
STATES = np.sign(RNG.standard_normal((3, 9)))
MODELS = [lambda p: Hopfield(p, bias=0.3), lambda p: Hopfield(p, diagonal=False), lambda p: Krotov(p, 1), lambda p: Krotov(p, 2),
          lambda p: Krotov(p, 3), lambda p: Krotov(p, 4), Demircigil, lambda p: Demircigil(p, log=True), MCHN,
          lambda p: MCHN(p, 3.0),
          Proposed]
BINARY = MODELS[:8]


def differences(f, x, h=1e-5):
    return np.stack([(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(x.shape[-1])], axis=-1)


@pytest.mark.parametrize("make", MODELS)
def test_gradient_and_hessian_are_the_derivatives_of_the_energy(make):
    model, x = make(PATTERNS), RNG.standard_normal((2, 4))
    assert model.energy(x).shape == (2,)
    assert np.allclose(model.gradient(x), differences(model.energy, x), atol=1e-7)
    assert np.allclose(model.hessian(x), differences(model.gradient, x), atol=1e-6)


@pytest.mark.parametrize("make", MODELS)
def test_torch_and_autograd_agree_with_numpy(make):
    torch = pytest.importorskip("torch")
    x = RNG.standard_normal((2, 4))
    ours, theirs = make(PATTERNS), make(torch.from_numpy(PATTERNS))
    t = torch.from_numpy(x)
    for name in ("energy", "gradient", "hessian"):
        assert np.allclose(getattr(ours, name)(x), getattr(theirs, name)(t).numpy(), atol=1e-12), name
    for row in t:
        assert torch.allclose(torch.func.grad(theirs.energy)(row), theirs.gradient(row), atol=1e-10)
        assert torch.allclose(torch.func.hessian(theirs.energy)(row), theirs.hessian(row), atol=1e-9)


@pytest.mark.parametrize("make", BINARY)
def test_flips_are_differences_of_energies(make):
    model = make(BITS)
    for x, costs in zip(STATES, model.flips(STATES)):
        for k in range(9):
            y = x.copy()
            y[k] *= -1
            assert costs[k] == pytest.approx(float(model.energy(y) - model.energy(x)), rel=1e-9, abs=1e-8)


@pytest.mark.parametrize("make", BINARY)
def test_asynchronous_sweeps_never_raise_the_energy(make):
    model, x, order = make(BITS), STATES, RNG.permutation(9)
    for _ in range(6):
        new = asynchronous(model, x, order)
        assert (model.energy(new) <= model.energy(x) + 1e-9).all()
        x = new
    assert (model.flips(x) > -1e-6).all()
    assert np.array_equal(synchronous(model, x), x)


def test_torch_retrieves_the_same_states():
    torch = pytest.importorskip("torch")
    for make in BINARY:
        ours = asynchronous(make(BITS), STATES, range(9))
        theirs = asynchronous(make(torch.from_numpy(BITS)), torch.from_numpy(STATES), range(9))
        assert np.array_equal(ours, theirs.numpy())


def test_few_patterns_are_retrieved_from_flipped_bits():
    stored = np.sign(RNG.standard_normal((3, 200)))
    noisy = stored * np.where(RNG.random(stored.shape) < 0.1, -1, 1)
    for model in (Hopfield(stored, diagonal=False), Krotov(stored, 3), Demircigil(stored)):
        x, _ = until_fixed(lambda x: asynchronous(model, x, range(200)), noisy, 10)
        assert np.array_equal(x, stored)


def test_the_logarithm_changes_no_update():
    for x in (STATES, -STATES):
        assert np.array_equal(synchronous(Demircigil(BITS), x), synchronous(Demircigil(BITS, log=True), x))


@pytest.mark.parametrize("model", [MCHN(4 * PATTERNS, 2.0), Proposed(4 * PATTERNS)])
def test_the_softmax_update_descends_to_a_critical_point(model):
    x = RNG.standard_normal((4, 4))
    for _ in range(20):
        new = softmax_update(model, x)
        assert (model.energy(new) <= model.energy(x) + 1e-12).all()
        x = new
    x, steps = until_fixed(lambda x: softmax_update(model, x), x, 2000, 1e-12)
    assert steps < 2000 and abs(model.gradient(x)).max() < 1e-9


def test_mchn_and_the_proposed_energy_lie_as_close_as_propositions_1_and_2_say():
    x = 3 * RNG.standard_normal((50, 4))
    norms = (PATTERNS ** 2).sum(1)
    gap = Proposed(PATTERNS).energy(x) - (2 * MCHN(PATTERNS, 2.0).energy(x) - np.log(5))
    assert (gap <= 1e-12).all() and (gap >= -(norms.max() - norms.min()) - 1e-12).all()
    nearest = ((x[:, None] - PATTERNS) ** 2).sum(-1).min(-1)
    energy = Proposed(PATTERNS).energy(x)
    assert (energy <= nearest + 1e-12).all() and (nearest - np.log(5) <= energy + 1e-12).all()


def test_large_overlaps_do_not_overflow():
    far = np.sign(RNG.standard_normal((4, 2000)))
    assert np.isfinite(Demircigil(far, log=True).flips(far)).all()
    assert np.isfinite(MCHN(100 * PATTERNS).energy(100 * PATTERNS)).all()
