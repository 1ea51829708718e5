"""GPT-2's parameters: the formulas against the real models (on the meta device), component by component."""
from __future__ import annotations

import pytest

from numerics import gpt2_counts
from numerics.gpt2_counts import LARGE, MEDIUM, SMALL, XL, Shape, by_formula, measured, total

PUBLISHED = {SMALL: 124_439_808, MEDIUM: 354_823_168, LARGE: 774_030_080, XL: 1_557_611_200}


@pytest.fixture
def models():
    """The real models, or a skip that says what is missing."""
    pytest.importorskip("torch", reason="counting real models needs torch: install the extra `empirics`")
    pytest.importorskip("transformers", reason="counting real models needs transformers: install the extra `empirics`")


@pytest.mark.parametrize("shape, count", PUBLISHED.items(), ids=["small", "medium", "large", "xl"])
def test_totals_of_the_published_models(shape, count):
    assert total(shape) == count


@pytest.mark.parametrize("shape", [SMALL, MEDIUM, Shape(2, 12, 7, 11, 5, 3)], ids=["small", "medium", "odd"])
def test_every_component_is_that_of_the_real_model(models, shape):
    assert measured(shape) == by_formula(shape)


def test_the_hidden_dimension_of_gpt2_is_four_times_the_embedding(models):
    assert gpt2_counts.default_hidden(MEDIUM) == 4096 == MEDIUM.hidden
    assert gpt2_counts.default_hidden(SMALL) == 3072 == SMALL.hidden


def test_the_default_configuration_is_gpt2_small(models):
    from transformers import GPT2Config
    c = GPT2Config()
    assert (c.n_layer, c.n_embd, c.n_positions, c.vocab_size, c.n_head) == (12, 768, 1024, 50257, 12)
    assert c.tie_word_embeddings and c.n_inner is None


def test_without_transformers_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "torch", None)
    with pytest.raises(gpt2_counts.Unavailable, match="torch: install the extra `empirics`"):
        measured(SMALL)
