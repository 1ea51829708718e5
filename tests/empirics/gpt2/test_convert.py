"""The same numbers as transformers' GPT-2, both ways, and folders that from_pretrained reads."""
from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: install the extra `empirics`")
pytest.importorskip("transformers", reason="the comparison needs transformers: install the extra `empirics`")

from transformers import GPT2Config, GPT2LMHeadModel  # noqa: E402

from empirics.gpt2 import convert, shapes  # noqa: E402
from empirics.training import TrainingError  # noqa: E402
from empirics.training.model import Shape, Transformer, vanilla  # noqa: E402


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)
    torch.manual_seed(1)


def scrambled(model):
    """No parameter at its initial constant."""
    with torch.no_grad():
        for p in model.parameters():
            p.add_(torch.randn_like(p) * 0.3)
    return model.eval()


@pytest.mark.parametrize("shape", [Shape(13, 10, 2, 12, 3), Shape(13, 10, 2, 12, 3, hidden=7),
                                   Shape(13, 10, 1, 12, 3, bias=False),
                                   Shape(5000, 10, 1, 12, 3)], ids=["gpt2", "narrow", "no biases", "padded"])
def test_scores_and_loss_are_those_of_transformers(shape):
    model = scrambled(Transformer(shape))
    other = convert.to_transformers(model)
    x = torch.randint(0, shape.vocabulary, (3, 10))
    with torch.inference_mode():
        assert torch.allclose(model.scores(x), other(x).logits, atol=2e-4, rtol=1e-4)
        assert float(other(x, labels=x).loss) == pytest.approx(float(model(x[:, :-1], x[:, 1:]) / x[:, 1:].numel()), abs=1e-4)


def test_there_and_back(tmp_path):
    model = scrambled(Transformer(Shape(13, 10, 2, 12, 3)))
    convert.save(model, tmp_path)
    other = GPT2LMHeadModel.from_pretrained(tmp_path, local_files_only=True)
    x = torch.randint(0, 13, (2, 10))
    back = convert.load(tmp_path)
    assert back.shape == model.shape
    with torch.inference_mode():
        assert torch.allclose(other(x).logits, model.scores(x), atol=1e-4)
        assert torch.equal(back.eval().scores(x), model.scores(x))


def test_a_trained_run_becomes_a_folder_that_from_pretrained_reads(tmp_path, capsys):
    import numpy as np

    from empirics.gpt2 import __main__ as command
    from empirics.training.data import Stream
    from empirics.training.loop import Plan, train
    data = Stream("s", np.random.default_rng(0).integers(0, 13, 200), 13, 10)
    run = train(Shape(13, 10, 1, 12, 3, bias=False), Plan(steps=3, batch=4, rate=1e-2), data, None, tmp_path / "run")
    assert command.main(["export", "--run", str(tmp_path / "run"), "--out", str(tmp_path / "model")]) == 0
    other = GPT2LMHeadModel.from_pretrained(tmp_path / "model", local_files_only=True)
    x = torch.randint(0, 13, (2, 10))
    with torch.inference_mode():
        assert torch.allclose(other(x).logits, run.model.eval().scores(x), atol=1e-4)
    capsys.readouterr()
    assert command.main(["export", "--run", str(tmp_path), "--out", str(tmp_path / "model")]) == 2
    assert "no finished checkpoint" in capsys.readouterr().err


def test_a_model_of_transformers_can_be_trained_here():
    other = scrambled(GPT2LMHeadModel(GPT2Config(vocab_size=11, n_positions=8, n_embd=12, n_layer=2, n_head=2, resid_pdrop=0,
                                                 embd_pdrop=0,
                                                 attn_pdrop=0)))
    model = convert.from_transformers(other)
    x = torch.randint(0, 11, (2, 8))
    with torch.inference_mode():
        assert torch.allclose(other(x).logits, model.scores(x), atol=1e-4)


def test_the_default_configuration_is_gpt2_small():
    assert shapes.shape_of(GPT2Config()) == shapes.small(dropout=0.1)
    assert shapes.config_of(shapes.small()).to_dict().items() >= {"n_layer": 12, "n_embd": 768, "n_head": 12, "n_positions": 1024,
                                                                 "vocab_size": 50257, "n_inner": None}.items()


def test_what_is_no_gpt2_is_refused(tmp_path):
    with pytest.raises(TrainingError, match="departs from GPT-2 in activation_function"):
        shapes.shape_of(GPT2Config(activation_function="relu"))
    with pytest.raises(TrainingError, match="departs from GPT-2 in unequal dropout"):
        shapes.shape_of(GPT2Config(attn_pdrop=0.5))
    with pytest.raises(TrainingError, match="vanilla Transformer has no GPT2Config"):
        shapes.config_of(vanilla(9, 6, 1, 8, 2))
    with pytest.raises(TrainingError, match="holds no GPT-2: config.json is missing"):
        convert.load(tmp_path)
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(TrainingError, match="holds no GPT-2 that can be read") as caught:
        convert.load(tmp_path)
    assert "\n" not in str(caught.value)


def test_the_ratios_are_those_of_gpt2_small():
    for tokens, ratio in ((9e6, 13.8), (90e6, 1.38), (9e9, 0.0138)):
        assert shapes.count(shapes.small()) / tokens == pytest.approx(ratio, rel=0.003)
    assert sorted(shapes.RATIOS.values()) == [0.0138, 1.38, 13.8]
