"""The public face: every label exact in every setting, counted, saved, in torch; and what must fail when one thing is broken."""
from __future__ import annotations

import json
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from empirics.memorization import instances
from numerics.memorizer import MemorizationError, Memorizer, balls, bounds, counting, exact, referee, retrieval
from numerics.memorizer.layers import Attention, Embedding, FeedForward, Head, Network


def _set(setting, count=30, n=5, d=3, classes=4, seed=0, **options):
    rng = np.random.default_rng(seed)
    x = instances.uniform(rng, count, n, d)
    y = instances.labels(x, classes, setting, rng, 0.5 if setting == "masked" else 1.0)
    return x, y, Memorizer.fit(x, y, setting=setting, seed=seed, **options)


def _same(got, y):
    asked = np.array([v is not None for v in np.asarray(y, dtype=object).reshape(-1)])
    return bool((np.asarray(got).reshape(-1)[asked] == np.asarray(y).reshape(-1)[asked]).all())


OPTIONS = [("equivariant", {"attention": a, "method": m})
           for a in ("extraction", "averaging") for m in ("strings", "retrieval", "steps")]
OPTIONS += [(s, {"attention": a}) for s in ("positional", "sequence", "masked") for a in ("extraction", "averaging")]
OPTIONS += [("causal", {}), ("sparse", {"mask": instances.ring(5)}), ("sparse", {"mask": instances.star(5)}),
            ("equivariant", {"max_bits": 53}), ("positional", {"attention": "extraction", "method": "strings", "slack": True})]


@pytest.mark.parametrize("setting, options", OPTIONS, ids=lambda v: v if isinstance(v, str) else "-".join(map(str, v)))
def test_every_label_is_exact_and_the_independent_evaluator_agrees(setting, options):
    x, y, m = _set(setting, **options)
    assert _same(m.predict(x), y)
    got = m.numbers(x)
    for i in (3, 17):
        assert [Fraction(v) for v in got[i].tolist()] == referee.evaluate(m.network, x[i].tolist())
    assert m.parameters().nonzero <= m.bound()


@pytest.mark.parametrize("setting", ["equivariant", "sequence"])
@pytest.mark.parametrize("attention", ["extraction", "averaging"])
def test_labels_follow_every_permutation(setting, attention):
    x, y, m = _set(setting, attention=attention)
    rng = np.random.default_rng(9)
    for _ in range(5):
        moved, labels = instances.permuted(x, y, rng)
        assert _same(m.predict(moved), labels)


def test_positional_labels_need_no_consistency_and_do_not_follow_permutations():
    x = np.array([[1, 2, 2], [2, 1, 2]])
    y = np.array([[0, 1, 2], [2, 1, 0]])
    m = Memorizer.fit(x, y, setting="positional")
    assert _same(m.predict(x), y)
    assert not _same(m.predict(x[:, [1, 0, 2]]), y[:, [1, 0, 2]])


@pytest.mark.parametrize("seed", range(7 * 6))
def test_adversarial_instances_are_exact(seed):
    """Repeated tokens, equal token sets, one coordinate apart, on a line, 10^-9 apart, far away; all settings. The record has 210
    more."""
    rng = np.random.default_rng(seed)
    x, options = instances.draw(rng, ["random", *instances.ADVERSARIES][seed % 7])
    y = instances.labels(x, 3, options["setting"], rng)
    m = Memorizer.fit(x, y, seed=seed, **options)
    assert _same(m.predict(x), y) and m.parameters().nonzero <= m.bound()
    if options["setting"] in ("equivariant", "sequence"):
        moved, labels = instances.permuted(x, y, rng)
        assert _same(m.predict(moved), labels)


@settings(max_examples=60)
@given(st.lists(st.lists(st.integers(-5, 5), min_size=3, max_size=3), min_size=1, max_size=6), st.integers(0, 10 ** 6))
def test_whatever_the_tokens_consistent_labels_are_memorised(rows, seed):
    x, rng = np.array(rows), np.random.default_rng(seed)
    y = instances.labels(x[:, :, None], 5, "equivariant", rng)
    assert _same(Memorizer.fit(x, y, seed=seed).predict(x), y)


def test_without_verify_the_same_network_is_returned_and_a_wrong_one_too(monkeypatch):
    x, y, m = _set("equivariant")
    assert Memorizer.fit(x, y, verify=False).network == m.network       # idle neurons are gone from both
    real = retrieval.word
    monkeypatch.setattr(retrieval, "word", lambda p, a: real(p, a) ^ 1)
    with pytest.raises(MemorizationError, match="does not give back its labels"):
        Memorizer.fit(x, y)
    assert not _same(Memorizer.fit(x, y, verify=False).predict(x), y)


@pytest.mark.parametrize("options", [{}, {"method": "strings"}, {"attention": "extraction", "method": "steps"}, {"count": 400}])
def test_bits_are_those_of_a_run_and_no_further_run_is_made(options, monkeypatch):
    real, asked = exact.reach, []
    monkeypatch.setattr(exact, "reach", lambda *a: asked.append(a))
    x, y, m = _set("equivariant", **options)
    weights = m.parameters().max_bits - 1
    assert m.facts["bits"] == (weights if weights > 53 else max(weights, (real(m.network, x) - 1).bit_length()))
    assert not asked and (weights > 53) is ("count" in options)


def test_a_readout_that_is_no_label_is_none():
    mean = Network(Embedding((1,), 0), (Attention((Head({}, {}, {"z": 1}, {"a": 1}),)),), "a")
    got = Memorizer(mean, "positional", 2, ["p", "q", "r"], {}).predict([[1, 2], [1, 1], [9, 9], [2, -4]])
    assert got.tolist() == [[None, None], ["q", "q"], [None, None], [None, None]]       # 3/2, 1, 9, -1
    same = Network(Embedding((1,), 0), (), "z")
    assert Memorizer(same, "sequence", 2, ["p", "q", "r"], {}).predict([[1, 2], [2, 2]]).tolist() == [None, "r"]


def test_any_values_are_labels():
    m = Memorizer.fit([[1, 2], [3, 2]], [["cat", "dog"], ["cow", None]])
    assert m.predict([[2, 1]]).tolist() == [["dog", "cat"]]
    assert Memorizer.fit([[1, 2]], [[7, 7]]).predict([[1, 2]]).tolist() == [[7, 7]]


def test_fewer_parameters_than_the_reference():
    """N = 1,024, n = 8, d = 16: the specification's reference has 8,187 nonzero parameters, 3,530 distinct, 378 bits at most."""
    x, y, m = _set("equivariant", count=1024, n=8, d=16)
    p = m.parameters()
    assert m.facts["contexts"] == 8192 and _same(m.predict(x), y)
    assert p.nonzero < 1900 and p.distinct < 600 and p.max_bits < 120


def test_no_build_has_fewer_bits_than_the_labels():
    for setting in ("equivariant", "sequence", "causal"):
        _, _, m = _set(setting, count=100, n=6)
        assert m.parameters().total_bits >= bounds.information(m.facts["contexts"], 4)


def test_parameters_are_counted_entry_by_entry():
    x, y, m = _set("equivariant", count=6, n=3)
    torch_count = 0
    p, module = m.parameters(), Memorizer.fit(x, y, max_bits=53).to_torch()
    torch_count = sum(int((q != 0).sum()) for q in module.parameters())
    again = Memorizer.fit(x, y, max_bits=53)
    assert again.parameters().nonzero == torch_count + 2     # `one` and the readout are no torch parameters
    assert p.dense > p.nonzero > p.distinct and p.total_bits > p.max_bits
    values = [w for w in counting.weights(m.network) if w]
    assert p.distinct == len(set(values)) and p.max_bits == 1 + max(abs(w).bit_length() for w in values)


# ---------------------------------------------------------------- torch and disk

def test_float64_is_exact_below_53_bits_at_n_1024():
    torch = pytest.importorskip("torch")
    x, y, m = _set("equivariant", count=1024, n=8, d=16, max_bits=53)
    module = m.to_torch()
    assert all(p.dtype == torch.float64 for p in module.parameters())
    assert _same(module(torch.tensor(x)).numpy(), y)
    moved, labels = instances.permuted(x, y, np.random.default_rng(1))
    assert _same(module(torch.tensor(moved)).numpy(), labels)


def test_float64_beyond_53_bits_is_refused_and_would_be_wrong():
    torch = pytest.importorskip("torch")
    x, y, m = _set("equivariant", count=512, n=8, d=4)
    with pytest.raises(MemorizationError, match="float64 has 53; fit it with max_bits=53"):
        m.to_torch()
    from numerics.memorizer.modules import module
    assert not _same(module(m.network)(torch.tensor(x)).numpy(), y)


@pytest.mark.parametrize("setting, options", [("causal", {}), ("sparse", {"mask": instances.star(5)}), ("sequence", {}),
                                              ("positional", {"attention": "extraction"})])
def test_torch_runs_every_kind_of_mask(setting, options):
    torch = pytest.importorskip("torch")
    x, y, m = _set(setting, max_bits=53, **options)
    assert (m.to_torch()(torch.tensor(x)).numpy() == m.numbers(x)).all()


@pytest.mark.parametrize("setting, options", [("equivariant", {}), ("causal", {}), ("sparse", {"mask": instances.ring(5)})])
def test_a_saved_network_comes_back_whole(tmp_path, setting, options):
    x, y, m = _set(setting, **options)
    path = m.save(tmp_path / "deep" / "net")
    again = Memorizer.load(tmp_path / "deep" / "net")
    assert again.network == m.network and (again.predict(x) == m.predict(x)).all() and again.parameters() == m.parameters()
    assert path.name == "net.json" and sorted(p.name for p in path.parent.iterdir()) == ["net.json", "net.safetensors"]


def test_damaged_and_missing_files_are_one_line(tmp_path):
    _, _, m = _set("equivariant", count=4)
    m.save(tmp_path / "net")
    weights = (tmp_path / "net.safetensors").read_bytes()
    for body in (weights[:-9], bytes([weights[0] ^ 1]) + weights[1:]):
        (tmp_path / "net.safetensors").write_bytes(body)
        with pytest.raises(MemorizationError, match="damaged"):
            Memorizer.load(tmp_path / "net")
    (tmp_path / "net.safetensors").unlink()
    with pytest.raises(MemorizationError, match="cannot read"):
        Memorizer.load(tmp_path / "net")
    (tmp_path / "net.json").write_text("{")
    (tmp_path / "net.safetensors").write_bytes(weights)
    with pytest.raises(MemorizationError, match="no saved network"):
        Memorizer.load(tmp_path / "net")
    with pytest.raises(MemorizationError, match="no string or number"):
        Memorizer.fit([[1, 2]], [[b"a", b"b"]]).save(tmp_path / "x")


def test_a_changed_architecture_is_noticed(tmp_path):
    _, _, m = _set("equivariant", count=4)
    path = m.save(tmp_path / "net.json")
    assert path == tmp_path / "net.json" and Memorizer.load(path).network == m.network
    said = json.loads(path.read_text())
    path.write_text(json.dumps({**said, "readout": "word"}))
    with pytest.raises(MemorizationError, match="damaged"):
        Memorizer.load(path)


def test_a_failed_save_leaves_what_was_there(tmp_path):
    _, _, m = _set("equivariant", count=4)
    (tmp_path / "net.json").mkdir()
    (tmp_path / "net.safetensors").write_bytes(b"older")
    with pytest.raises(MemorizationError, match="in the way"):
        m.save(tmp_path / "net")
    assert (tmp_path / "net.safetensors").read_bytes() == b"older" and len(list(tmp_path.iterdir())) == 2


def test_nothing_on_disk_is_code(tmp_path):
    _, _, m = _set("equivariant", count=4)
    path = m.save(tmp_path / "net")
    assert set(json.loads(path.read_text())) == {"format", "about", "embedding", "layers", "readout", "mask", "sha256"}


def test_tokens_of_another_grid_or_shape_are_refused():
    m = Memorizer.fit([[1, 2]], [[0, 1]])
    with pytest.raises(MemorizationError, match="multiples of 1/1"):
        m.predict([[1.5, 2.0]])
    with pytest.raises(MemorizationError, match="shape"):
        m.predict([[1, 2, 3]])
    halves = Memorizer.fit([[0.5, 2.0]], [[0, 1]])
    assert halves.predict([[2, 0.5]]).tolist() == [[1, 0]]


# ---------------------------------------------------------------- softmax

def _softmax_case():
    x, y, m = _set("positional", count=8, n=4, d=2, attention="extraction", method="strings", slack=True)
    n, u = 4, m.facts["u_sum"]
    return x, y, m, math.log(8 * (n - 1) * u) / 2       # sum u_t eps_t < 1/4: within the memoriser's slack


def test_softmax_above_the_temperature_gives_every_label():
    x, y, m, needed = _softmax_case()
    for row, want in zip(x[:3], y):
        out = balls.evaluate(m.network, row.tolist(), Fraction(math.ceil(needed * 16), 16))
        assert [bool(abs(v - int(w)) < 0.01) for v, w in zip(out, want)] == [True] * 4


def test_softmax_far_below_the_temperature_does_not():
    x, y, m, _ = _softmax_case()
    out = balls.evaluate(m.network, x[0].tolist(), Fraction(1, 10 ** 4))
    assert any(abs(v - int(w)) > 0.4 for v, w in zip(out, y[0]))


def test_one_uniform_layer_is_exact_under_softmax_at_any_temperature():
    x, y, m = _set("equivariant", count=6, n=3, attention="averaging")
    for temperature in (Fraction(1, 100), Fraction(50)):
        out = balls.evaluate(m.network, x[0].tolist(), temperature)
        assert [bool(abs(v - int(w)) < 1e-20) for v, w in zip(out, y[0])] == [True] * 3


# ---------------------------------------------------------------- one thing broken

def test_most_weights_matter_when_off_by_one():
    from empirics.memorization.exact import one_off, wrong
    x, y, m = _set("equivariant", count=60, n=6)
    hit = [wrong(m, x, y, one_off(m.network, k)) > 0 for k in range(0, 240, 3)]
    assert sum(hit) / len(hit) > 0.8


def test_a_layer_left_out_is_noticed():
    x, y, m = _set("equivariant", count=60, n=6)
    layers = m.network.layers
    for i in range(0, len(layers), 7):
        if isinstance(layers[i], FeedForward):
            from dataclasses import replace
            cut = replace(m.network, layers=layers[:i] + layers[i + 1:])
            assert (exact.run(cut, x) != m.numbers(x)).any()
