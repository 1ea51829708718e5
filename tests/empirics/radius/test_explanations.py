"""Predictions against closed forms, Arb and simulation; statistics and analysis against plain arithmetic."""
from __future__ import annotations

import math

import numpy as np
import pytest

from empirics.radius import analysis, explanations as ex, retrieval, statistics as st


def distances(x: np.ndarray) -> np.ndarray:
    """Nearest-neighbour distances by brute force."""
    square = ((x[:, None, :].astype(float) - x[None].astype(float)) ** 2).sum(-1)
    np.fill_diagonal(square, np.inf)
    return np.sqrt(square.min(1))


# ---------------------------------------------------------------- explanations

def test_the_printed_radius_is_the_papers():
    assert ex.radius(1024) == pytest.approx(7.7431, abs=5e-5)
    assert ex.from_sizes(1024, 256, 80_000)["printed"] == pytest.approx(15.486, abs=1e-3)
    assert ex.from_sizes(1024, 1024, 1)["printed, n = T d_emb"] == pytest.approx(2 * 247.78, abs=0.02)


@pytest.mark.parametrize("n, r", [(1, 0.5), (2, 1.0), (16, 2.0), (384, 4.7), (1024, 7.74), (1024, 15.0)])
def test_ball_integrals_agree_with_arb(n, r):
    pytest.importorskip("flint")
    from flint import arb

    from numerics import asymptotics
    exact = float(asymptotics.log_volume(n).mid()) + n * math.log(r)
    assert ex.log_volume(n, r) == pytest.approx(exact, abs=1e-9)
    integral = asymptotics.log_ball_integral(n, arb(r) ** 2)
    assert ex.log_ball_integral(n, r) == pytest.approx(float(integral.mid()), rel=1e-9, abs=1e-9)


def test_the_ball_integral_on_the_line_is_erf():
    assert ex.log_ball_integral(1, 0.7) == pytest.approx(math.log(math.sqrt(math.pi) * math.erf(0.7)))
    with pytest.raises(ValueError, match="series"):
        ex.log_ball_integral(4, 2.0)


@pytest.mark.parametrize("n, d", [(1024, 80_000), (384, 4096), (64, 10)])
def test_z_is_one_at_the_partition_radius(n, d):
    r = ex.partition_radius(n, d)
    assert math.log(d) + ex.log_ball_integral(n, r) == pytest.approx(0, abs=1e-6)
    assert ex.partition_radius(n, 10 * d) < r
    assert ex.partition_radius(16, 1e-9) == math.inf


def test_unit_density_is_what_scattered_points_show():
    """A periodic box of 3 dimensions with one point per unit volume."""
    side, rng = 12, np.random.default_rng(1)
    x = rng.random((side ** 3, 3)) * side
    gap = np.abs(x[:, None] - x[None])
    square = (np.minimum(gap, side - gap) ** 2).sum(-1)
    np.fill_diagonal(square, np.inf)
    found, said = np.sqrt(square.min(1)), ex.unit_density(3)
    assert found.mean() == pytest.approx(said["mean"], rel=0.03) and np.median(found) == pytest.approx(said["median"], rel=0.03)
    assert said["median"] == pytest.approx((math.log(2) / (4 / 3 * math.pi)) ** (1 / 3))
    assert ex.unit_density(1024)["mean"] == pytest.approx(7.77, abs=0.01)       # half the printed distance, of nothing at all


def test_the_gaussian_has_the_vectors_mean_and_covariance():
    rng = np.random.default_rng(0)
    x = (rng.standard_normal((20_000, 4)) ** 2 @ rng.standard_normal((4, 4)) + 5).astype(np.float32)
    g = ex.gaussian(x)(np.random.default_rng(1))
    assert g.dtype == np.float32 and g.shape == x.shape
    assert np.allclose(g.mean(0), x.mean(0), atol=0.1)
    scale = np.sqrt(np.outer(np.diag(np.cov(x.T)), np.diag(np.cov(x.T))))
    assert np.abs(np.cov(g.T) - np.cov(x.T)).max() < 0.04 * scale.max()


def test_shuffling_keeps_histograms_and_breaks_relations():
    rng = np.random.default_rng(0)
    x = np.repeat(rng.standard_normal((500, 1)), 3, axis=1).astype(np.float32)
    s = ex.shuffled(x, rng)
    assert (np.sort(s, 0) == np.sort(x, 0)).all() and abs(np.corrcoef(s.T)[0, 1]) < 0.15
    assert distances(s).mean() > 3 * distances(x).mean()


def test_words_give_back_the_two_covariances():
    rng = np.random.default_rng(3)
    words = rng.integers(0, 300, 3000)
    centres = rng.standard_normal((300, 5)) * [5, 1, 1, 0, 0]
    x = (centres[words] + rng.standard_normal((3000, 5)) * [1, 1, 0.1, 0.1, 2]).astype(np.float32)
    y = ex.by_word(x, words)(np.random.default_rng(4))
    def parts(v):
        means = np.stack([v[words == w].mean(0) for w in np.unique(words)])
        return means.var(0), np.concatenate([v[words == w] - v[words == w].mean(0) for w in np.unique(words)]).var(0)
    for a, b in zip(parts(x), parts(y)):
        assert np.allclose(a, b, rtol=0.3, atol=0.02)
    assert np.median(distances(y)) == pytest.approx(np.median(distances(x)), rel=0.15)
    alone = ex.by_word(x, np.arange(3000))(np.random.default_rng(4))
    assert (alone == ex.gaussian(x)(np.random.default_rng(4))).all()


def test_made_up_vectors_are_what_they_say():
    rng = np.random.default_rng(0)
    x = ex.revisited(300, 20, 5, rng)
    assert (distances(x) < 2 * ex.radius(20)).all()             # every one has company in its ball
    flat = ex.surface(200, 30, 4, rng)
    assert np.linalg.matrix_rank(flat - flat.mean(0), tol=1e-3) == 4
    y = ex.rotated(flat, rng)
    assert np.allclose(distances(y), distances(flat), atol=1e-4) and not np.allclose(y, flat)
    assert ex.participation(flat) == pytest.approx(4, abs=0.3)


# ---------------------------------------------------------------- statistics

def test_a_summary_says_what_the_distances_are():
    d = np.concatenate([np.zeros(5), np.random.default_rng(0).gamma(4, 1, 395)])
    edges = st.bins([d, d * 2])
    s = st.summary(d, edges)
    assert s["duplicates"] == 5 and s["count"] == 400 and s["mean"] == pytest.approx(d.mean())
    assert s["quantiles"][10] == s["median"] and sum(s["histogram"]["counts"]) == 400
    assert edges[0] == 0 and edges[-1] == pytest.approx(2 * d.max())
    assert len(s["groups"]["mean"]) == st.GROUPS and np.mean(s["groups"]["mean"]) == pytest.approx(d.mean())
    with pytest.raises(ValueError):
        st.summary(d[:1])
    assert st.summary(np.zeros(40))["groups"]["log"] == [None] * 16


def test_slopes_find_the_dimension():
    rng = np.random.default_rng(2)
    for dimension in (2, 5):
        x = rng.random((2000, dimension))
        curve = {str(m): st.summary(distances(x[:m])) for m in (125, 250, 500, 1000, 2000)}
        i = st.slopes(curve)
        assert i["low"] < i["value"] < i["high"] < 0 and -1 / i["value"] == pytest.approx(dimension, rel=0.25)
        assert st.slopes(dict(reversed(curve.items())))["value"] == i["value"]
    with pytest.raises(ValueError, match="slope"):
        st.slopes({"40": st.summary(np.zeros(40)), "80": st.summary(np.zeros(80))})


def test_intervals_hold_three_errors_on_either_side():
    i = st.interval(1.0, [0.9, 1.1] * 8)
    assert (i["high"] - i["low"]) / 2 == pytest.approx(3 * np.std([0.9, 1.1] * 8, ddof=1) / 4, abs=1e-6)
    a, b = (st.summary(f * np.arange(1.0, 81)) for f in (3, 2))
    assert st.ratios(a, b, "mean")["value"] == pytest.approx(1.5) and st.ratios(a, b, "median")["low"] == pytest.approx(1.5)


def test_sizes_are_the_four_shares_and_smaller_ones():
    assert st.sizes(4096) == [256, 512, 1024, 2048, 3072, 4096]
    assert st.sizes(2) == [2] and max(st.sizes(77)) == 77


# ---------------------------------------------------------------- analysis

def curve(median: float, m: int = 400) -> dict:
    return {str(s): st.summary(np.full(s, median) * np.linspace(0.9, 1.1, s)) for s in (m // 4, m)}


def test_the_score_favours_who_is_nearer():
    near = analysis.score({"a": curve(10.0)}, {"a": [20.0] * 4}, 10.0)
    assert near["value"] == pytest.approx(-math.log(2) ** 2, abs=0.01) and near["low"] < near["value"] < near["high"]
    assert analysis.score({"a": curve(10.0)}, {"a": [10.0] * 4}, 20.0)["value"] == pytest.approx(math.log(2) ** 2, abs=0.01)
    both = analysis.score({"a": curve(10.0), "b": curve(0.0)}, {"a": [10.0] * 4, "b": [5.0] * 4}, 20.0)
    assert both["value"] == pytest.approx(math.log(2) ** 2, abs=0.01)        # a layer of duplicates says nothing
    assert analysis.score({"b": curve(0.0)}, {"b": [5.0] * 4}, 20.0) == analysis.OPEN
    assert analysis.score({"a": curve(10.0)}, {"a": [0.0] * 4}, 20.0) == analysis.OPEN      # a rival of duplicates


def test_the_score_carries_the_measurement_where_it_lies_below_both_predictions():
    """There |log| errors differ by log(printed/rival) whatever is measured, which was the first record's mistake."""
    low, lower = (analysis.score({"a": curve(m)}, {"a": [10.0] * 4}, 20.0) for m in (8.0, 4.0))
    assert low["high"] < lower["low"] and low["low"] < low["value"]
    assert low["value"] == pytest.approx(math.log(8 / 20) ** 2 - math.log(8 / 10) ** 2, abs=0.01)


def test_the_score_carries_the_rivals_own_error():
    sharp, blurred = (analysis.score({"a": curve(8.0)}, {"a": draws}, 20.0) for draws in ([10.0] * 4, [8.0, 12.5, 9.0, 100 / 9]))
    assert blurred["value"] == pytest.approx(sharp["value"], abs=1e-6)
    assert blurred["high"] - blurred["low"] > 3 * (sharp["high"] - sharp["low"])


def test_only_views_that_can_tell_count():
    assert analysis.score({"a": curve(3.0)}, {"a": [14.0] * 4}, 20.0) == analysis.OPEN          # within 20 percent of 20 percent
    assert analysis.score({"a": curve(3.0)}, {"a": [13.0] * 4}, 20.0)["low"] > 0
    alone = analysis.score({"a": curve(3.0)}, {"a": [5.0] * 4}, 20.0)
    assert analysis.score({"a": curve(3.0), "b": curve(19.0)}, {"a": [5.0] * 4, "b": [15.0] * 4}, 20.0) == alone


# ---------------------------------------------------------------- what is proved of any vectors

def test_fewer_vectors_are_farther_and_a_wrong_measurement_is_found():
    x = np.random.default_rng(0).standard_normal((80, 3))
    found = {m: distances(x[:m]) for m in (20, 40, 80)}
    assert ex.fewer_is_farther(found) == {"compared": 60, "broken": 0}
    assert ex.fewer_is_farther({**found, 20: found[20] / 2})["broken"] > 10


def test_disjoint_balls_bound_the_radius():
    said = ex.disjoint_balls(np.array([3.0, 4, 8, 10]), 4.0)
    assert said["common radius below"] == 1.5 and said["balls of the printed radius that meet"] == 0.75


@pytest.mark.parametrize("n", [20, 384, 1024])
def test_the_unit_volume_radius_lies_in_its_proved_bracket(n):
    """niu2024.critical_radius.amended at V_n = 1: 0 <= n log(r/rho) - log(pi n)/2 <= 1/(6 n)."""
    r = ex.from_sizes(n, 1, 100)["V_n = 1"] / 2
    assert ex.log_volume(n, r) == pytest.approx(0, abs=1e-9)
    assert -1e-9 <= n * math.log(r / ex.radius(n)) - math.log(math.pi * n) / 2 <= 1 / (6 * n) + 1e-9


def row(block: int, trained: int, shuffled: int, level: float = 0.5) -> dict:
    return {"block": block, "replaced": level, "contexts": 160, "trained": [trained] * 16, "shuffled": [shuffled] * 16, "wrong": [0] * 16}


def test_the_lift_is_of_the_worst_block_that_can_tell():
    found = analysis.lift({"retrieval": [row(1, 6, 3), row(1, 9, 9, 0.1), row(2, 9, 3), row(3, 8, 8)]})
    assert found["measured"]["value"] == 2.0 and found["control"]["value"] == 0.0
    none = analysis.lift({"retrieval": [row(1, 9, 9)]})
    assert none["measured"] == {"value": 1.0, "low": 0.0, "high": 160.0}       # twice 9 in 10 is impossible: nothing is decided
    assert analysis.lift({"retrieval": [row(1, 9, 9), row(1, 1, 3, 0.9)]})["measured"]["value"] == pytest.approx(1 / 3, abs=1e-6)


def test_the_jackknife_of_a_ratio_is_exact_for_equal_groups_and_wider_otherwise():
    assert analysis._lift(row(1, 6, 3), "trained") == {"value": 2.0, "low": 2.0, "high": 2.0}
    uneven = {**row(1, 6, 3), "trained": [0, 12] * 8}
    assert analysis._lift(uneven, "trained")["high"] > 2.5


# ---------------------------------------------------------------- retrieval

def test_hits_are_exact_and_ties_are_none():
    stored = np.array([[0.0, 0], [4, 0], [0, 4]])
    assert retrieval.hits(np.array([[1.0, 0], [3, 1], [1, 0]]), stored).tolist() == [True, True, False]
    assert retrieval.hits(np.array([[2.0, 0]] * 3), stored).tolist() == [False, False, False]
    assert retrieval.hits(np.roll(stored, -1, 0), stored, 1).all()


def test_damage_leaves_the_last_token():
    tokens = np.arange(4000).reshape(40, 100)
    out = retrieval.damaged(tokens, 0.5, np.random.default_rng(0))
    assert (out[:, -1] == tokens[:, -1]).all() and 0.45 < (out[:, :-1] != tokens[:, :-1]).mean() < 0.55
    assert (retrieval.damaged(tokens, 0.0, np.random.default_rng(0)) == tokens).all()
