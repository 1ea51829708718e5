"""Exact nearest neighbours against brute force: every set, every method, whole and in prefixes."""
from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from hypothesis import given, settings, strategies as st  # noqa: E402
from hypothesis.extra import numpy as arrays  # noqa: E402

from numerics.neighbors import NeighbourError, nearest, nearest_within  # noqa: E402
from tests.numerics.neighbors.oracle import brute, truth  # noqa: E402
from tests.numerics.neighbors.sets import SETS  # noqa: E402

METHODS = ("int8", "float32", "float64")


def agree(found, expected) -> None:
    for name, value in zip(("distance", "index", "ties"), expected):
        np.testing.assert_array_equal(getattr(found, name), value, err_msg=name)


@pytest.fixture(autouse=True)
def one_thread():
    """Threads cost more than they bring at this size; `test_threads_do_not_matter` has its own."""
    many = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(many)


@pytest.fixture(scope="module", params=sorted(SETS))
def case(request):
    x = SETS[request.param](np.random.default_rng(5))
    return x, brute(x)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("block", (None, 90))
def test_equals_brute_force_bit_for_bit(case, method, block):
    x, expected = case
    agree(nearest(x, method=method, block=block), expected)


@pytest.mark.parametrize("method", METHODS)
def test_prefixes_in_one_pass(case, method):
    x, _ = case
    sizes = {max(2, len(x) * k // 4) for k in (1, 2, 3, 4)}
    found = nearest_within(x, sorted(sizes), method=method, block=64)
    assert set(found) == sizes
    for size in sizes:
        agree(found[size], brute(x[:size]))


NUMBER = {np.float32: st.floats(width=32, allow_nan=False, allow_infinity=False),
          np.float64: st.one_of(st.floats(-1e3, 1e3), st.floats(-1e-300, 1e-300),
                                st.sampled_from([0.0, -0.0, 5e-324, 1.0, 1e100]))}


@settings(max_examples=60)
@given(st.data())
def test_equals_the_truth_where_distances_differ(data):
    """Any finite float32, any size: the distance to 1e-14, and index and ties wherever fractions see no close call."""
    kind = data.draw(st.sampled_from([np.float32, np.float64]))
    x = data.draw(arrays.arrays(kind, st.tuples(st.integers(2, 9), st.integers(1, 6)), elements=NUMBER[kind]))
    method, block = data.draw(st.sampled_from(METHODS)), data.draw(st.integers(1, 9))
    found, (distance, index, ties) = nearest(x, method=method, block=block), truth(x)
    for i in range(len(x)):
        assert found.distance[i] == pytest.approx(distance[i], rel=1e-14, abs=5e-324)
        chosen = truth(x[[i, found.index[i]]])[0][0]
        assert found.index[i] != i and chosen == pytest.approx(distance[i], rel=1e-14, abs=5e-324)
        if ties[i] > 1 and distance[i] == 0:
            assert (found.index[i], found.ties[i]) == (index[i], ties[i])


@settings(max_examples=60)
@given(arrays.arrays(np.float32, st.tuples(st.integers(2, 12), st.integers(1, 5)), elements=st.integers(-3, 3).map(float)),
       st.sampled_from(METHODS), st.integers(1, 12), st.sampled_from([1.0, 2.0 ** -140, 2.0 ** 100]))
def test_ties_of_whole_numbers_are_those_of_the_truth(x, method, block, scale):
    x = x * np.float32(scale)
    found, (distance, index, ties) = nearest(x, method=method, block=block), truth(x)
    assert (found.index.tolist(), found.ties.tolist()) == (index, ties)
    np.testing.assert_allclose(found.distance, distance, rtol=4e-16)


@pytest.mark.parametrize("scale", (5e-324, 2.0 ** -600, 2.0 ** -500, 2.0 ** 600, 2.0 ** 1015))
@pytest.mark.parametrize("method", METHODS)
def test_float64_squares_that_would_over_or_underflow(scale, method):
    whole = np.random.default_rng(1).integers(-40, 40, (60, 5)).astype(np.float64)
    expected, found = brute(whole), nearest(whole * scale, method=method, block=32)
    assert (found.index.tolist(), found.ties.tolist()) == (expected[1].tolist(), expected[2].tolist())
    np.testing.assert_allclose(found.distance, expected[0] * scale, rtol=4e-16, atol=5e-324)


@pytest.mark.parametrize("scale", (2.0 ** -520, 2.0 ** -535, 2.0 ** -1000, 2.0 ** 900))
def test_scaling_by_a_power_of_two_changes_nothing(scale):
    """Squares that float64 holds only in part, or not at all, decide as they do at ordinary size."""
    x = np.random.default_rng(1).standard_normal((60, 5)).astype(np.float32).astype(np.float64)
    distance, index, ties = brute(x)
    agree(nearest(x * scale, block=32), (distance * scale, index, ties))


def test_one_unit_in_the_last_place_is_no_tie():
    """Squares 1 and 1 + 2^-52"""
    found = nearest(np.array([[0.0, 0.0], [-1.0, 2.0 ** -26], [1.0, 0.0]]))
    assert (found.index[0], found.ties[0], found.distance[0]) == (2, 1, 1.0)


def test_small_and_large_distances_in_one_set():
    x = np.array([[1.0], [1.0 + 2 ** -52], [0.0], [5e-324], [1.5e-323], [1e150]])
    found = nearest(x)
    assert found.index.tolist() == [1, 0, 3, 2, 3, 0]
    assert found.ties.tolist() == [1, 1, 1, 1, 1, 5]                        # from 1e150 all are as far
    assert found.distance.tolist() == [2 ** -52, 2 ** -52, 5e-324, 5e-324, 1e-323, 1e150]


@pytest.mark.parametrize("method", METHODS)
def test_small_differences_beside_numbers_above_2_500(method):
    """The data are scaled down there, and close pairs up again, in one step."""
    x = np.array([[2.0 ** 600], [1.0], [3.0], [4.0], [100.0], [100.0 + 2.0 ** -40], [2.0 ** 110], [2.0 ** 110 + 2.0 ** 60]])
    found = nearest(x, method=method, block=3)
    assert found.index.tolist() == [1, 2, 3, 2, 5, 4, 7, 6] and found.ties.tolist() == [7, 1, 1, 1, 1, 1, 1, 1]
    assert found.distance.tolist() == [2.0 ** 600, 2.0, 1.0, 1.0, 2.0 ** -40, 2.0 ** -40, 2.0 ** 60, 2.0 ** 60]


def test_subnormal_numbers_count_whatever_the_program_has_set():
    x = SETS["subnormal"](np.random.default_rng(16))
    expected = brute(x)
    if not torch.set_flush_denormal(True):
        pytest.skip("this processor keeps subnormal numbers always")
    try:
        found = [nearest(x, method=method, block=64) for method in METHODS]
        assert float(torch.tensor(2.0 ** -1060, dtype=torch.float64) * 1) == 0         # as the program had it
    finally:
        torch.set_flush_denormal(False)
    for one in found:
        agree(one, expected)


def test_numpy_torch_strides_and_halves_give_the_same():
    x = np.random.default_rng(2).standard_normal((300, 80)).astype(np.float32)
    expected = brute(x)
    wide = np.zeros((300, 160), dtype=np.float32)
    wide[:, ::2] = x
    for given_x in (torch.from_numpy(x), np.asfortranarray(x), x.astype(">f4"), wide[:, ::2], torch.from_numpy(x.T.copy()).T,
                    x[::-1][::-1]):
        agree(nearest(given_x), expected)
    half = torch.from_numpy(x).bfloat16()
    agree(nearest(half), brute(half.float().numpy()))


def test_threads_do_not_matter():
    x, many = SETS["lattice"](np.random.default_rng(3)), torch.get_num_threads()
    try:
        for threads in (1, 3):
            torch.set_num_threads(threads)
            agree(nearest(x, method="int8", block=64), brute(x))
            assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(many)


def test_the_screens_do_their_work():
    """What the bounds leave to the reference is about one pair a vector; the input is left as it was."""
    x = np.random.default_rng(4).standard_normal((2500, 128)).astype(np.float32)
    before = x.copy()
    for method in METHODS:
        stats = nearest(x, method=method).stats
        assert stats["method"] == method and stats["pairs"] == 2500 * 2499 // 2 and stats["evaluated"] < 2 * 2500
    np.testing.assert_array_equal(x, before)


def test_blocks_far_apart_in_norm_are_skipped():
    r = np.random.default_rng(6)
    x = r.standard_normal((200, 70)) * np.exp(2 * r.standard_normal((200, 1)))
    x = np.concatenate([x, x * (1 + 1e-5 * r.standard_normal(x.shape))]).astype(np.float32)
    for method in METHODS:
        found = nearest(x, method=method, block=40)
        agree(found, brute(x))
        assert found.stats["blocks skipped"] > 0


def test_reduced_precision_that_a_program_has_set_is_not_used():
    before, x = torch.get_float32_matmul_precision(), SETS["near duplicates"](np.random.default_rng(8))
    try:
        torch.set_float32_matmul_precision("medium")
        seen = set()
        for method in METHODS:
            agree(nearest(x, method=method, progress=lambda *_: seen.add(torch.get_float32_matmul_precision())), brute(x))
        assert seen == {"highest"}
        assert torch.get_float32_matmul_precision() == "medium"
    finally:
        torch.set_float32_matmul_precision(before)


def test_progress_reaches_the_end():
    seen = []
    nearest_within(np.random.default_rng(7).standard_normal((200, 4)), (50, 200), block=32, progress=lambda *p: seen.append(p))
    assert [d for d, _ in seen] == list(range(1, len(seen) + 1)) and seen[-1] == (len(seen), len(seen))


def test_many_pairs_held_are_evaluated_on_the_way(monkeypatch):
    """Where no bound separates anything (all distances equal, off any grid) memory stays bounded and ties stay counted."""
    monkeypatch.setattr("numerics.neighbors.search.HELD", 500)
    x = SETS["unit vectors off the grid"](None)
    for threads in (1, 3):
        torch.set_num_threads(threads)
        for method in METHODS:
            agree(nearest(x, method=method, block=64), brute(x))


def test_refusals():
    good = np.ones((4, 3), dtype=np.float32)
    for bad in (np.nan, np.inf, -np.inf):
        x = good.copy()
        x[2, 1] = bad
        with pytest.raises(NeighbourError, match="vector 2"):
            nearest(x)
    for x in (good[:1], good[:0], good[:, :0], good[0], good[None], good.astype(np.int64), good > 0, good.astype(complex)):
        with pytest.raises(NeighbourError):
            nearest(x)
    for sizes in ((), (1,), (2, 5)):
        with pytest.raises(NeighbourError):
            nearest_within(good, sizes)
    with pytest.raises(NeighbourError, match="2\\^500"):
        nearest(np.array([[1e300], [1e-300], [2.0]]))
    for device in ("meta", "gpu") if torch.cuda.is_available() else ("meta", "gpu", "cuda", "cuda:0"):
        with pytest.raises(NeighbourError, match="device"):
            nearest(good, device=device)
    with pytest.raises(NeighbourError, match="unknown method"):
        nearest(good, method="int4")
    with pytest.raises(NeighbourError, match="block"):
        nearest(good, block=0)
    with pytest.raises(NeighbourError, match="components"):
        nearest(np.ones((2, 40000), dtype=np.float32), method="int8")


@pytest.mark.slow
def test_memory_beyond_the_data():
    """80,000 x 1,024 may take 1 GB: 5 bytes a number, and what does not grow; measured here at a quarter of that size."""
    import resource
    x = np.random.default_rng(8).standard_normal((20000, 1024)).astype(np.float32)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    nearest(x, method="int8")
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < 5 * x.size + 250e6
