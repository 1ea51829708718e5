"""The batched encoder against torch's own layers, one model at a time; its hand-written attention against autograd."""
from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch.nn import functional as F  # noqa: E402

from empirics.memorization.data import Data  # noqa: E402
from empirics.memorization.encoder import Attend, initial, logits, loss, mistakes, one_hot  # noqa: E402
from empirics.memorization.shape import Shape  # noqa: E402
from empirics.memorization.training import fit  # noqa: E402

torch.set_num_threads(1)


def plain(w, g, tokens, shape):
    """Model g on (N, n) tokens, by the layers of torch: (N, n, classes)."""
    w = {k: v[g] for k, v in w.items()}
    m = shape.width
    x = w["embedding"].T[tokens] + w["position"].T
    for k in range(shape.layers):
        y = F.layer_norm(x, (m,), w[f"{k}.attention.gain"][:, 0])
        q, key, v = (t.unflatten(-1, (shape.heads, -1)).transpose(1, 2) for t in (y @ w[f"{k}.qkv"].T).chunk(3, -1))
        y = F.scaled_dot_product_attention(q, key, v).transpose(1, 2).flatten(2)
        x = x + y @ w[f"{k}.mix"].T
        y = F.layer_norm(x, (m,), w[f"{k}.feed.gain"][:, 0])
        x = x + F.linear(F.linear(y, w[f"{k}.up"], w[f"{k}.up.bias"][:, 0]).relu(), w[f"{k}.down"], w[f"{k}.down.bias"][:, 0])
    return F.linear(F.layer_norm(x, (m,), w["gain"][:, 0]), w["readout"], w["readout.bias"][:, 0])


def models(sequence=False, seeds=(3, 4)):
    shape = Shape(6, 5, 7, 3, sequence=sequence)
    w = initial(shape, seeds)
    draw = torch.Generator().manual_seed(1)
    moved = {k: v + 0.3 * torch.randn(v.shape, generator=draw) for k, v in w.items()}
    return shape, moved, torch.randint(7, (len(seeds), 11, 5), generator=draw)


def test_all_models_at_once_are_torchs_layers_one_by_one():
    shape, w, tokens = models()
    found = logits(w, one_hot(tokens, 7), shape).view(2, 3, 5, 11)
    for g in range(2):
        assert torch.allclose(found[g].permute(2, 1, 0), plain(w, g, tokens[g], shape), atol=1e-5)


def test_sequence_classification_reads_the_first_position():
    shape, w, tokens = models(sequence=True)
    found = logits(w, one_hot(tokens, 7), shape)
    assert found.shape == (2, 3, 11)
    for g in range(2):
        assert torch.allclose(found[g].T, plain(w, g, tokens[g], shape)[:, 0], atol=1e-5)


@pytest.mark.parametrize("queries", (1, 4))
def test_attention_and_its_gradient(queries):
    draw = torch.Generator().manual_seed(0)
    q, k, v = (torch.randn(2, 2, 3, n, 5, dtype=torch.float64, generator=draw, requires_grad=True) for n in (queries, 4, 4))
    assert torch.autograd.gradcheck(Attend.apply, (q, k, v))
    weights = (q[:, :, :, :, None] * k[:, :, :, None]).sum(2).softmax(3)
    assert torch.allclose(Attend.apply(q, k, v), (weights[:, :, None] * v[:, :, :, None]).sum(4))


def test_parameters_are_counted():
    for shape in (Shape(4), Shape(8, sequence=True), Shape(6, 5, 7, 3, layers=1)):
        assert shape.parameters() == sum(w[0].numel() for w in initial(shape, [0, 1]).values())
    assert Shape(4).parameters() == 624
    with pytest.raises(ValueError, match="cannot be split among 2 heads"):
        Shape(5)


def test_a_model_depends_on_its_own_seed_alone():
    both, alone = initial(Shape(4), [5, 6]), initial(Shape(4), [6])
    assert all(torch.equal(both[k][1], alone[k][0]) for k in alone)


def test_mistakes_and_loss_leave_padding_out():
    found = torch.tensor([[[2.0, 0, 2], [0, 2, 0]]])                # classes 0, 1, 0
    labels, mask = torch.tensor([[0, 0, 1]]), torch.tensor([[True, True, False]])
    assert mistakes(found, labels, mask).tolist() == [1]
    right, wrong = np.log1p(np.exp(-2.0)), np.log1p(np.exp(2.0))
    assert loss(found, labels, mask).item() == pytest.approx((right + wrong) / 2, rel=1e-6)


def a_set(seed, count, sequence=False):
    rng = np.random.default_rng(seed)
    return Data(rng.integers(0, 8, (count, 4)), rng.integers(0, 3, (count,) if sequence else (count, 4)))


@pytest.mark.parametrize("sequence", (False, True))
def test_training_memorises_a_few_contexts_and_not_contradictions(sequence):
    shape = Shape(8, 4, 8, 3, sequence=sequence)
    same = Data(np.zeros((6, 4), dtype=int), np.arange(6) % 3 if sequence else np.arange(24).reshape(6, 4) // 4 % 3)
    done, stuck = fit([a_set(1, 6, sequence), same], shape, [0, 1], [0.03, 0.03], 200)
    assert done.wrong == 0 and done.step < 200
    assert stuck.wrong == stuck.labels * 2 // 3                     # one context, three labels alike often


def test_a_model_in_a_batch_is_the_model_alone():
    """Padding, other learning rates and models that leave change nothing."""
    shape, sets = Shape(4, 4, 8, 3), [a_set(2, 3), a_set(3, 9), a_set(4, 6)]
    together = fit(sets, shape, [0, 1, 2], [0.05, 0.03, 0.01], 150)
    alone = [fit([d], shape, [s], [rate], 150)[0] for d, s, rate in zip(sets, [0, 1, 2], [0.05, 0.03, 0.01])]
    assert together == alone and len({f.step for f in together}) == 3


def test_data_that_do_not_fit_are_refused():
    d = a_set(1, 5)
    with pytest.raises(ValueError, match="do not fit the model"):
        fit([d], Shape(4, 5, 8, 3), [0], [0.01], 5)
    with pytest.raises(ValueError, match="do not fit the model"):
        fit([d], Shape(4, 4, 8, 3, sequence=True), [0], [0.01], 5)
    with pytest.raises(ValueError, match="below 7"):
        fit([d], Shape(4, 4, 7, 3), [0], [0.01], 5)
    with pytest.raises(ValueError, match="its learning rate"):
        fit([d], Shape(4, 4, 8, 3), [0], [], 5)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_cuda_gives_the_logits_of_the_cpu():
    shape, w, tokens = models()
    there = logits({k: v.cuda() for k, v in w.items()}, one_hot(tokens.cuda(), 7), shape)
    assert torch.allclose(there.cpu(), logits(w, one_hot(tokens, 7), shape), atol=1e-4)
