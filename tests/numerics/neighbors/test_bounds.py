"""Every bound on its own: no screen hides a pair that is near enough, every interval holds the distance, both are tight."""
from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from numerics.neighbors import pairs  # noqa: E402
from numerics.neighbors.points import Points, checked, scaled  # noqa: E402
from numerics.neighbors.screens import FloatScreen, Int8Screen, Rotation  # noqa: E402
from numerics.neighbors.search import split  # noqa: E402
from numerics.neighbors.threads import Threads  # noqa: E402
from tests.numerics.neighbors.oracle import squares  # noqa: E402
from tests.numerics.neighbors.sets import SETS  # noqa: E402

HARD = ("gaussian", "near duplicates", "clusters", "huge offset", "outlier dimensions", "norms over many sizes", "power law",
        "one dimension", "subnormal", "largest", "float64")


def prepared(name: str, method: str):
    """(points, blocks, screen, true distances (u, u) in search order and scaled units)"""
    threads = Threads(cpu=False)
    x = checked(SETS[name](np.random.default_rng(11)), "cpu", threads)
    turn = Rotation(x.shape[1], "cpu")
    points = Points(x, (len(x),), threads, turn.largest if method == "int8" else None)
    blocks = split(points, 100)
    screen = Int8Screen(points, blocks, turn) if method == "int8" else FloatScreen(points, blocks, getattr(torch, method))
    rows = x[points.row].double().numpy()
    d = np.sqrt(np.stack([squares(rows, i) for i in range(len(rows))]))
    return points, blocks, screen, scaled(torch.from_numpy(d), points.e0 + points.e1)


@pytest.mark.parametrize("method", ("int8", "float32", "float64"))
@pytest.mark.parametrize("name", HARD)
def test_a_screen_passes_whatever_is_within_reach(name, method):
    _, blocks, screen, d = prepared(name, method)
    for a in blocks:
        for b in blocks:
            v, true = screen.matrix(a, b)[:len(a), :len(b)].clone(), d[a.span, b.span]
            for j in range(len(b)):
                assert bool((v[:, j] >= screen.limits(a, b, true[:, j])[:len(a)]).all())


def test_the_int8_screen_is_tight_on_gaussian_vectors():
    """A fiftieth nearer than a pair's distance, and the pair is hidden; nothing is asked for with u < 0."""
    _, (a, b, *_), screen, d = prepared("gaussian", "int8")
    v, true = screen.matrix(a, b)[:len(a), :len(b)].clone(), d[a.span, b.span]
    seen = torch.stack([v[:, j] >= screen.limits(a, b, 0.98 * true[:, j])[:len(a)] for j in range(len(b))])
    assert not bool(seen.any())
    assert not bool((v.amax(1) >= screen.limits(a, b, torch.full((len(a),), -1.0))[:len(a)]).any())


@pytest.mark.parametrize("name", HARD)
def test_intervals_hold_the_distance(name):
    points, blocks, screen, d = prepared(name, "int8")
    for a, b in zip(blocks, blocks[::-1]):
        i, j = torch.meshgrid(torch.arange(len(a)), torch.arange(len(b)), indexing="ij")
        i, j = i.flatten(), j.flatten()
        true = d[a.span, b.span].flatten()
        for lower, upper, finest in ((*screen.bounds(a, b, i, j), 0.02),
                                     (*pairs.double_bounds(points, i + a.start, j + b.start)[:2], 1e-6)):
            assert bool((lower <= true * (1 + 1e-13)).all()) and bool((true <= upper * (1 + 1e-13)).all())
            size = points.norm[i + a.start] + points.norm[j + b.start]
            assert bool((upper - lower <= finest * size).all())


def test_listed_products_are_those_of_the_matrix_product():
    r = np.random.default_rng(12)
    a, b = (torch.from_numpy(r.integers(-9, 9, (40, 33)).astype(np.float32)) for _ in range(2))
    for share in (0.01, 0.5):                                   # listed one by one, and by the whole product
        i, j = torch.from_numpy(r.random((40, 40)) < share).nonzero(as_tuple=True)
        assert torch.equal(pairs.products(a, b, i, j), (a @ b.T)[i, j])


def test_the_rotation_keeps_lengths_and_spreads_energy():
    turn = Rotation(100, "cpu")
    y = torch.eye(100)
    z = turn(y).double()
    assert turn.eta < 1e-5 and float((z @ z.T - torch.eye(100)).abs().max()) < 1e-5 and float(z.abs().max()) < 0.8


def test_the_reference_is_symmetric_and_does_not_depend_on_its_chunks(monkeypatch):
    x = torch.from_numpy(np.random.default_rng(13).standard_normal((50, 77)))
    i, j = torch.randint(0, 50, (300,)), torch.randint(0, 50, (300,))
    once = pairs.squared(x, i, j)
    monkeypatch.setattr(pairs, "PART", 100)
    assert torch.equal(once, pairs.squared(x, j, i))


def test_threads_keep_order_raise_errors_and_restore_torch():
    many = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        with Threads() as threads:
            assert threads.map(lambda k: k * k, range(50)) == [k * k for k in range(50)]
            nested = threads.map(lambda k: sum(threads.map(lambda q: q, range(k))), range(9))
            assert nested == [k * (k - 1) // 2 for k in range(9)]
            with pytest.raises(ZeroDivisionError):
                threads.map(lambda k: 1 // (k - 3), range(50))
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(many)
