"""Text to tokens to splits: local text, GPT-2's BPE, characters, memory-mapped files, and what is wrong with them."""
from __future__ import annotations

import hashlib
import itertools
import json
import lzma
import sys

import numpy as np
import pytest

from empirics.gpt2 import __main__ as command
from empirics.gpt2 import sources, splits, tokens
from empirics.training import TrainingError

TEXT = "first document,\ntwo lines\n<|endoftext|>\nsecond\n<|endoftext|>\nthird\n"


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text(TEXT)
    return path


def test_documents_are_what_stands_between_separators(text, tmp_path):
    assert list(sources.documents(text)) == ["first document,\ntwo lines", "second", "third"]
    packed = tmp_path / "text.txt.xz"
    packed.write_bytes(lzma.compress(TEXT.encode()))
    assert list(sources.documents(packed)) == list(sources.documents(text))


def test_the_shipped_novels_are_six(tmp_path):
    found = list(sources.documents(sources.NOVELS))
    assert len(found) == 6 and 2_100_000 < sum(map(len, found)) < 2_200_000


def test_unreadable_text_is_one_line(tmp_path):
    bad = tmp_path / "bad.xz"
    bad.write_bytes(b"no xz")
    latin = tmp_path / "latin.txt"
    latin.write_bytes(b"caf\xe9")
    for path in (bad, latin, tmp_path / "none.txt"):
        with pytest.raises(TrainingError, match="cannot read the text") as caught:
            list(sources.documents(path))
        assert "\n" not in str(caught.value)


def test_openwebtext_is_asked_of_datasets_and_nowhere_else(monkeypatch):
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(TrainingError, match="pip install datasets, or give --source a local text"):
        next(sources.documents("openwebtext"))
    class Stub:
        @staticmethod
        def load_dataset(name, split, streaming):
            assert (split, streaming) == ("train", True) and "openwebtext" in name
            return iter([{"text": "one"}, {"text": "two"}])
    monkeypatch.setitem(sys.modules, "datasets", Stub)
    assert list(sources.documents("openwebtext")) == ["one", "two"]
    def offline(*a, **k):
        raise ConnectionError("no route")
    monkeypatch.setattr(Stub, "load_dataset", offline)
    with pytest.raises(TrainingError, match="is there a network"):
        list(sources.documents("openwebtext"))


def test_the_shipped_vocabulary_is_gpt2s():
    pytest.importorskip("transformers", reason="GPT-2's tokenizer needs transformers: install the extra `empirics`")
    for name, digest in (("encoder.json", "196139668be63f3b5d6574427317ae82f612a97c5d1cdaf36ed2256dbf636783"),
                         ("vocab.bpe", "1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5")):
        assert hashlib.sha256((tokens.BPE / name).read_bytes()).hexdigest() == digest
    found = tokens.gpt2()
    assert (found.size, found.separator) == (50257, 50256)
    assert found.encode("Hello, my dog is cute") == [15496, 11, 616, 3290, 318, 13779]


def test_the_separator_inside_a_text_is_text():
    """Else a document about GPT-2 would be cut in two, and the split of whole documents would not be one."""
    pytest.importorskip("transformers", reason="GPT-2's tokenizer needs transformers: install the extra `empirics`")
    found = tokens.gpt2()
    inside = found.encode("a<|endoftext|>b")
    assert found.separator not in inside and found.encoder.decode(inside) == "a<|endoftext|>b"
    assert (tokens.stream(["a<|endoftext|>b", "c"], found) == found.separator).sum() == 2


def test_no_more_documents_are_read_than_a_split_needs(tmp_path, monkeypatch):
    """OpenWebText has 8 million: 9M tokens of it are some 8,000 documents, and none of them stays in memory."""
    monkeypatch.setattr(tokens, "AT_ONCE", 100)
    read = []
    def endless():
        for k in itertools.count():
            read.append(k)
            yield f"document {k} " * 3
    made = tokens.characters(["document 0123456789 "])
    until = (1000, 200)
    found, head = tokens.prepared(endless(), made, until, tmp_path, "endless")
    assert isinstance(found, np.memmap) and 1200 <= head["tokens"] == len(found) < 1400 and len(read) < 40
    train, held = splits.first("s", found, made.size, 8, *until, separator=made.separator)
    assert len(train.stream) == 1000 and len(held.stream) == 200 and head["source"] == "endless"
    assert (found == tokens.stream(endless(), made, until)).all()
    again, _ = tokens.prepared(None, made, until, tmp_path, "endless")          # not read again
    assert (again == found).all()
    assert tokens.prepared(endless(), made, (900, 200), tmp_path, "endless")[1]["tokens"] != head["tokens"]
    (tmp_path / "file").write_text("")
    with pytest.raises(TrainingError, match="cannot keep token files in"):
        tokens.prepared(endless(), made, until, tmp_path / "file", "endless")


def test_texts_are_encoded_together_as_one_by_one():
    pytest.importorskip("transformers", reason="GPT-2's tokenizer needs transformers: install the extra `empirics`")
    found, texts = tokens.gpt2(), ["One text.", "", "another\n\nwith lines", "x" * 500]
    assert found.encode_all(texts) == [found.encode(t) for t in texts]


def test_a_vocabulary_that_is_not_gpt2s(tmp_path):
    pytest.importorskip("transformers", reason="GPT-2's tokenizer needs transformers: install the extra `empirics`")
    (tmp_path / "encoder.json").write_text(json.dumps({"a": 0, "b": 1, "ab": 2}))
    (tmp_path / "vocab.bpe").write_text("#version: 0.2\na b\n")
    with pytest.raises(TrainingError, match="is not GPT-2's|holds no BPE"):
        tokens.gpt2(tmp_path)
    with pytest.raises(TrainingError):
        tokens.gpt2(tmp_path / "none")


def test_a_file_is_what_was_written(tmp_path, text):
    made = tokens.characters(sources.documents(text))
    head = tokens.write(sources.documents(text), made, tmp_path / "out")
    found, again = tokens.read(tmp_path / "out", made.size)
    assert again == head and isinstance(found, np.memmap) and (found == tokens.stream(sources.documents(text), made)).all()
    assert (found == made.separator).sum() == head["documents"] == 3
    said = "".join(head["characters"][k] if k != made.separator else "|" for k in found)
    assert said == "first document,\ntwo lines|second|third|"
    assert hashlib.sha256((tmp_path / "out.bin").read_bytes()).hexdigest() == head["sha256"]


def test_damaged_or_foreign_token_files_are_one_line(tmp_path, text):
    made = tokens.characters(sources.documents(text))
    tokens.write(sources.documents(text), made, tmp_path / "out")
    with pytest.raises(TrainingError, match="vocabulary of .* and the model one of 50257"):
        tokens.read(tmp_path / "out", 50257)
    with open(tmp_path / "out.bin", "ab") as file:
        file.write(b"\0")
    with pytest.raises(TrainingError, match="is damaged"):
        tokens.read(tmp_path / "out")
    (tmp_path / "out.json").unlink()
    with pytest.raises(TrainingError, match="cannot read the token file .*prepare"):
        tokens.read(tmp_path / "out")


def test_nothing_is_left_of_a_source_without_documents_or_with_an_unknown_character(tmp_path):
    made = tokens.characters(["ab"])
    with pytest.raises(TrainingError, match="no document"):
        tokens.write([], made, tmp_path / "out")
    with pytest.raises(TrainingError, match="character 'c' is not among the 3"):
        tokens.write(["abc"], made, tmp_path / "out")
    with pytest.raises(TrainingError, match="no text"):
        tokens.characters([])
    assert list(tmp_path.iterdir()) == []


def test_the_first_share_and_what_follows_it():
    stream = np.arange(1000) % 90
    train, held = splits.first("s", stream, 90, 8, 500, 100)
    assert (train.stream == stream[:500]).all() and (held.stream == stream[500:600]).all()
    train, held = splits.first("s", stream, 90, 8, 490, 100, separator=89)
    assert (train.stream == stream[:490]).all() and (held.stream == stream[540:640]).all()  # 490..539 end a document
    assert (splits.first("s", stream, 90, 8, 450, 100, separator=89)[1].stream == stream[450:550]).all()    # 449 is an end itself
    for tokens in (895, 981):           # too little behind the next start; no start at all
        with pytest.raises(TrainingError, match="no document starts behind .*endoftext") as caught:
            splits.first("s", stream[:999], 90, 8, tokens, 10 if tokens > 900 else 100, separator=89)
        assert "\n" not in str(caught.value)
    train, held = splits.share("s", stream, 90, 8, 0.9, 0.2, separator=89)
    assert len(train.stream) == 720 and len(held.stream) == 180
    train, held = splits.share("s", stream, 90, 8, 0.1, 0.2)
    assert (len(train.stream), len(held.stream)) == (80, 20)


@pytest.mark.parametrize("make, words", [
    (lambda s: splits.first("s", s, 90, 8, 5, 100), "the split is empty"), (lambda s: splits.first("s", s, 90, 8, 500, 0),
                                                                            "the split is empty"),
    (lambda s: splits.first("s", s, 90, 8, 950, 100), "more than the 1000 that there are"),
    (lambda s: splits.share("s", s, 90, 8, 0.001), "the split is empty"), (lambda s: splits.share("s", s, 90, 8, 1.5),
                                                                           "shares between 0 and 1")])
def test_empty_splits_are_one_line(make, words):
    with pytest.raises(TrainingError, match=words):
        make(np.arange(1000) % 90)


def test_the_command_prepares_a_file_and_exits_2_on_what_is_wrong(tmp_path, text, capsys):
    assert command.main(["prepare", "--source", str(text), "--tokenizer", "characters", "--out", str(tmp_path / "t")]) == 0
    assert "3 documents" in capsys.readouterr().out and (tmp_path / "t.bin").exists()
    assert command.main(["prepare", "--source", str(tmp_path / "none"), "--out", str(tmp_path / "u")]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and error.startswith("gpt2: cannot read the text")


def test_files_that_are_not_its_own_are_not_overwritten(tmp_path, text, capsys):
    (tmp_path / "notes.json").write_text("remember the milk")
    (tmp_path / "clob.bin").write_text(TEXT)
    for source, out in ((text, "notes"), (tmp_path / "clob.bin", "clob")):
        assert command.main(["prepare", "--source", str(source), "--tokenizer", "characters", "--out", str(tmp_path / out)]) == 2
        assert capsys.readouterr().err.count("\n") == 1
    assert (tmp_path / "notes.json").read_text() == "remember the milk" and (tmp_path / "clob.bin").read_text() == TEXT


def test_an_empty_name_is_one_line(text, capsys):
    assert command.main(["prepare", "--source", str(text), "--tokenizer", "characters", "--out", ""]) == 2
    assert capsys.readouterr().err.count("\n") == 1
