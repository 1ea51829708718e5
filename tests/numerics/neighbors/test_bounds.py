"""Every bound on its own: no screen hides a pair that is near enough, every interval holds the distance, both are tight."""
from __future__ import annotations

import math
from fractions import Fraction

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
        "one dimension", "subnormal", "largest", "float64", "1e-19 beside whole numbers", "1e-22 beside whole numbers",
        "1e-24 beside whole numbers")


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
            assert bool((upper - lower <= finest * size + 2e-17).all())


@pytest.mark.parametrize("n", (1, 2, 3, 8))
def test_float64_intervals_hold_in_few_dimensions(n):
    """Here the roundings of the three products are no more than those of their sum."""
    r = np.random.default_rng(14)
    x = (1 + 1e-4 * r.random((20_000, n))) / n ** 0.5
    x = np.concatenate([x, x + 1.6e-8 / n ** 0.5 * r.standard_normal(x.shape)])
    points = Points(torch.from_numpy(x), (len(x),), Threads(cpu=False))
    points.c.zero_()                                            # as far from the origin as y may be
    i, j = points.group[:20_000].sort()[0], None
    twin = torch.where(points.row < 20_000, points.row + 20_000, points.row - 20_000)
    j = points.group[twin[i]]
    lower, upper, _ = pairs.double_bounds(points, i, j)
    true = (points.y(i) - points.y(j)).square().sum(1).sqrt()   # the differences are exact
    assert bool((lower <= true * (1 + 1e-9)).all()) and bool((true <= upper * (1 + 1e-9)).all())


@pytest.mark.parametrize("name", ("gaussian", "clusters", "power law", "norms over many sizes", "1e-24 beside whole numbers"))
def test_the_residual_bound_holds_term_by_term(name):
    """|Q y - s q| <= s |z/s - q| + |Q y - z|, z the computed rotation, both in float64; the quotient's rounding has a term of its
    own, and so has y's. The bound is not far above."""
    points, blocks, screen, _ = prepared(name, "int8")
    turn = screen.turn
    q = torch.kron(turn.a.double(), turn.b.double())
    assert 0 < torch.linalg.matrix_norm(q.T @ q - torch.eye(len(q)), 2) <= screen.eta
    for b in blocks:
        y, s = screen.y[b.span], screen.scale[b.start]
        z = turn(y)
        padded = torch.nn.functional.pad(y.double(), (0, turn.width - turn.n)).view(-1, turn.shape[1])
        exact = (padded @ turn.b.double().T).view(len(y), turn.shape[0], -1).transpose(1, 2) @ turn.a.double().T
        rounding = torch.linalg.vector_norm(exact.reshape(len(y), -1) - z.double(), dim=1)
        rest = torch.linalg.vector_norm(z.double() - s * screen.q[b.start][:len(y)].double(), dim=1)
        quotient = 2.0 ** -22 * screen.norm[b.span]
        assert bool((rest + rounding + quotient + screen.blur[b.span] <= screen.rest[b.span]).all())
        assert bool((screen.rest[b.span] <= 1.001 * rest + 2e-4 * screen.norm[b.span] + 1e-17).all())


def test_the_threshold_is_the_least_whole_number_that_may_pass():
    """In fractions: P from E^2 = T, floors as they are. What passes by right lies at most 6 above the threshold."""
    _, (a, b, *_), screen, d = prepared("gaussian", "int8")
    u = d[a.span, b.span].amin(1)
    t, s, z = screen.limits(a, b, u), *(Fraction(screen.scale[k.start]) for k in (a, b))
    row, column = screen._floor(a, 0.5 * screen.scale[a.start] / screen.scale[b.start]), screen._floor(
        b, 0.5 * screen.scale[b.start] / screen.scale[a.start])
    most = Fraction(float(screen.rest[b.span].max()))
    for i in range(0, len(a), 7):
        reach = Fraction(1 + screen.eta) * Fraction(float(u[i])) + Fraction(float(screen.rest[a.start + i])) + most
        for j in range(0, len(b), 11):
            p = (s * s * int(screen.size[a.start + i]) + z * z * int(screen.size[b.start + j]) - reach ** 2) / (2 * s * z)
            assert 0 <= math.ceil(p) - int(row[i]) - int(column[j]) - int(t[i]) <= 6


def ordinary(r):
    x = r.standard_normal((40, 5)) + 3
    x[20:] *= 1e-3
    return x


def underflowing(r):
    """One large constant: scaled down by it the other components underflow, and what is left is scaled up."""
    return np.concatenate([np.full((40, 1), 2.0 ** 499), r.standard_normal((40, 4)) * 2.0 ** -568], axis=1)


@pytest.mark.parametrize("make", (ordinary, underflowing))
def test_blur_holds_the_rounding_of_y(make):
    x = make(np.random.default_rng(15))
    points = Points(torch.from_numpy(x), (40,), Threads(cpu=False))
    y, blur, worst = points.y(slice(None)), points.blur(slice(None)), 0.0
    for k, row in enumerate(points.row.tolist()):
        true = [(Fraction(v) * Fraction(2) ** points.e0 - Fraction(c)) * Fraction(2) ** points.e1
                for v, c in zip(x[row], points.c.tolist())]
        error = math.sqrt(sum(float(Fraction(v) - w) ** 2 for v, w in zip(y[k].tolist(), true)))
        assert error <= blur[k]
        worst = max(worst, error)
    assert worst > 0


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
