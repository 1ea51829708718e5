"""The one Transformer: causal, normalised where it should be, counted, and the loss it returns."""
from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: install the extra `empirics`")

from empirics.gpt2.shapes import count, small  # noqa: E402
from empirics.training import TrainingError  # noqa: E402
from empirics.training.data import NOT_COUNTED  # noqa: E402
from empirics.training.model import Block, Shape, Transformer, parameters_of, sinusoids, vanilla  # noqa: E402
from numerics import gpt2_counts  # noqa: E402

SHAPES = {"gpt2": Shape(11, 9, 2, 8, 2), "no biases": Shape(11, 9, 2, 8, 2, bias=False),
          "vanilla": vanilla(11, 9, 2, 8, 2, dropout=0.0),
          "narrow": Shape(11, 9, 1, 8, 2, hidden=5)}


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)
    torch.manual_seed(0)


@pytest.mark.parametrize("name", list(SHAPES))
def test_what_comes_later_changes_nothing(name):
    model = Transformer(SHAPES[name])
    a = torch.randint(0, 11, (2, 9))
    b = a.clone()
    b[:, 6:] = (b[:, 6:] + 1) % 11
    with torch.inference_mode():
        assert torch.allclose(model.scores(a)[:, :6], model.scores(b)[:, :6], atol=1e-6)
        assert not torch.allclose(model.scores(a)[:, 6], model.scores(b)[:, 6], atol=1e-3)


@pytest.mark.parametrize("name", list(SHAPES))
def test_parameters_are_those_of_the_formula(name):
    assert parameters_of(Transformer(SHAPES[name])) == count(SHAPES[name])


def test_gpt2_small_has_the_published_number_of_parameters():
    assert count(small()) == gpt2_counts.total(gpt2_counts.SMALL) == 124_439_808
    with torch.device("meta"):
        assert parameters_of(Transformer(small())) == 124_439_808       # padding rows of the embedding are not counted
    assert small().rows == 50_304


def test_the_loss_is_the_mean_surprise_of_what_counts():
    model = Transformer(SHAPES["gpt2"])
    x, y = torch.randint(0, 11, (2, 9)), torch.randint(0, 11, (2, 9))
    y[0, 5:] = NOT_COUNTED
    each = model(x, y, "none")
    chances = torch.log_softmax(model.scores(x), -1).gather(-1, y.clamp(min=0)[..., None])[..., 0]
    assert torch.allclose(each, torch.where(y == NOT_COUNTED, torch.zeros(()), -chances), atol=1e-5)
    assert model(x, y).item() == pytest.approx(each.sum().item(), rel=1e-5)


def test_an_untrained_model_is_near_chance():
    model = Transformer(Shape(50, 16, 2, 32, 2))
    x = torch.randint(0, 50, (8, 16))
    assert model(x, x.roll(1, 1), "none").mean().item() == pytest.approx(math.log(50), abs=0.9)


def test_vanilla_normalises_after_and_gpt2_before():
    """The last state of the vanilla model is normalised by its last block, that of GPT-2 by the last norm."""
    for name in ("vanilla", "gpt2"):
        state = Transformer(SHAPES[name]).states(torch.randint(0, 11, (3, 9)))
        assert torch.allclose(state.mean(-1), torch.zeros(3, 9), atol=1e-5) and torch.allclose(state.var(-1, unbiased=False),
                                                                                               torch.ones(3, 9), atol=1e-2)
    assert not hasattr(Transformer(SHAPES["vanilla"]), "last_norm")


def test_sinusoids_are_those_of_the_formula():
    s = sinusoids(7, 6)
    assert float(s[5, 2]) == pytest.approx(math.sin(5 / 10000 ** (2 / 6)), abs=1e-6)
    assert float(s[5, 3]) == pytest.approx(math.cos(5 / 10000 ** (2 / 6)), abs=1e-6)


def test_dropout_acts_in_training_only():
    model = Transformer(vanilla(11, 9, 1, 8, 2, dropout=0.5))
    x = torch.randint(0, 11, (2, 9))
    assert not torch.equal(model.scores(x), model.scores(x))
    model.eval()
    assert torch.equal(model.scores(x), model.scores(x))


def test_attention_drops_too(monkeypatch):
    block = Block(vanilla(11, 9, 1, 8, 2, dropout=0.5))
    monkeypatch.setattr(Block, "drop", lambda self, x: x)           # what is left is dropout inside attention
    x = torch.randn(2, 9, 8)
    assert not torch.equal(block.attend(x), block.attend(x))
    block.eval()
    assert torch.equal(block.attend(x), block.attend(x))


@pytest.mark.parametrize("name", list(SHAPES))
@pytest.mark.parametrize("length", [5, 9])
def test_operations_are_those_that_torch_counts(name, length):
    """Attention by plain products, which computes the half above the diagonal too."""
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from torch.utils.flop_counter import FlopCounterMode
    model = Transformer(SHAPES[name])
    x = torch.randint(0, 11, (3, length))
    with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        model(x, x.roll(-1, 1)).backward()
    assert counter.get_total_flops() == 3 * length * SHAPES[name].flops_at(length)
    assert SHAPES[name].flops_per_token == SHAPES[name].flops_at(9)


@pytest.mark.parametrize("changes, words", [({"heads": 3}, "multiple of 3 heads"), ({"kind": "lstm"}, "no model of kind"),
                                            ({"dropout": 1.0}, "no probability below 1"), ({"layers": 0}, "no such Transformer"),
                                            ({"kind": "vanilla", "width": 7, "heads": 1}, "even d_emb")])
def test_impossible_shapes_are_one_line(changes, words):
    with pytest.raises(TrainingError, match=words) as caught:
        Shape(**{"vocabulary": 11, "length": 9, "layers": 1, "width": 8, "heads": 2, **changes})
    assert "\n" not in str(caught.value)
