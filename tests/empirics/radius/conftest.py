"""Tiny models with random weights, their tokenizer and a tiny text, made on the spot."""
from __future__ import annotations

import random
from pathlib import Path

import pytest

WORDS = 60
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "<|endoftext|>"]


def tokenizer(words: int = WORDS):
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast
    vocabulary = {w: k for k, w in enumerate([*SPECIAL, *(f"w{i}" for i in range(words))])}
    inner = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    inner.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(tokenizer_object=inner, unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", pad_token="[PAD]")


def make_model(folder: Path, family: str = "gpt2", width: int = 16, vocabulary: int = WORDS + len(SPECIAL), layers: int = 2) -> Path:
    import torch
    from transformers import BertConfig, BertModel, GPT2Config, GPT2LMHeadModel
    torch.manual_seed(1)
    if family == "gpt2":
        model = GPT2LMHeadModel(GPT2Config(vocab_size=vocabulary, n_embd=width, n_layer=layers, n_head=2, n_positions=32,
                                           bos_token_id=5, eos_token_id=5))
    else:
        model = BertModel(BertConfig(vocab_size=vocabulary, hidden_size=width, num_hidden_layers=layers, num_attention_heads=2,
                                     intermediate_size=2 * width, max_position_embeddings=32))
    with torch.no_grad():
        for p in model.parameters():
            p.add_(0.3 * torch.randn_like(p))
    model.save_pretrained(folder)
    tokenizer().save_pretrained(folder)
    return folder


def make_text(path: Path, documents: int = 3, words: int = 400, seed: int = 0) -> Path:
    rng = random.Random(seed)
    path.write_text("\n<|endoftext|>\n".join(" ".join(f"w{rng.randrange(WORDS)}" for _ in range(words)) for _ in range(documents)))
    return path


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    torch = pytest.importorskip("torch", reason="a radius run needs torch: install the extra `empirics`")
    pytest.importorskip("transformers", reason="a radius run needs transformers: install the extra `empirics`")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def gpt2(tmp_path_factory) -> Path:
    return make_model(tmp_path_factory.mktemp("gpt2"))


@pytest.fixture(scope="session")
def bert(tmp_path_factory) -> Path:
    return make_model(tmp_path_factory.mktemp("bert"), "bert")


@pytest.fixture(scope="session")
def text(tmp_path_factory) -> Path:
    return make_text(tmp_path_factory.mktemp("text") / "text.txt")


@pytest.fixture
def maker():
    """Other models, texts and tokenizers."""
    class Maker:
        model, text, tokenizer = staticmethod(make_model), staticmethod(make_text), staticmethod(tokenizer)
    return Maker
