"""Whatever can be wrong with a run ends in one clear line, exit 2, and with the shards kept."""
from __future__ import annotations

import errno
import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from empirics.radius import __main__ as face
from empirics.radius import models, sources, store
from empirics.radius.pipeline import activations, check_varied
from empirics.radius.settings import RadiusError, Settings

ROOT = Path(__file__).resolve().parents[3]


def settings(model, text, **changes) -> Settings:
    return Settings(**({"model": str(model), "source": str(text), "length": 8, "chunks": 40, "batch": 8, "shard": 10, "device": "cpu"} | changes))


def line(caught) -> str:
    assert "\n" not in str(caught.value)
    return str(caught.value)


def run(capsys, *arguments: str) -> str:
    """The one line of a command that exits 2."""
    assert face.main(list(arguments)) == 2
    said = [x for x in capsys.readouterr().err.splitlines() if x.startswith("radius: ")]
    assert len(said) == 1
    return said[0]


@pytest.mark.parametrize("changes, said", [({"length": 0}, "length must be at least 1"), ({"chunks": 1}, "at least two chunks"),
                                           ({"views": ("last",)}, "views are"), ({"views": ()}, "views are"), ({"skip": -1}, "skip"),
                                           ({"position": "first"}, "position is one of"), ({"dtype": "int8"}, "dtype is one of")])
def test_settings_that_make_no_run(changes, said):
    with pytest.raises(RadiusError, match=said):
        Settings(**changes)


def test_no_cuda(gpt2, text, capsys, monkeypatch):
    import torch
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert "no CUDA device" in run(capsys, "--model", str(gpt2), "--source", str(text), "--device", "cuda")


def test_no_network_and_no_folder(text, tmp_path):
    """In a process of its own, which is told that there is no network before anything is imported."""
    with pytest.raises(RadiusError, match="cannot load the model .*nowhere"):
        models.load(settings(tmp_path / "nowhere", text))
    for name in ("gpt2-medium",):
        done = subprocess.run([sys.executable, "-m", "empirics.radius", "--model", name, "--source", str(text), "--out", str(tmp_path / "out")],
                              cwd=ROOT, env={**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path), "OMP_NUM_THREADS": "1"},
                              capture_output=True, text=True, timeout=120)
        said = [x for x in done.stderr.splitlines() if x.startswith("radius: ")]
        assert done.returncode == 2 and len(said) == 1 and f"cannot load the model {name}" in said[0] and "Traceback" not in done.stderr


def test_streaming_without_the_package_or_a_network(gpt2, monkeypatch):
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(RadiusError, match="needs the package datasets"):
        list(sources.stream("some/text", 1))


class ConnectError(Exception):
    """As httpx names it: neither an OSError nor a ValueError."""


@pytest.mark.parametrize("error", [OSError("offline mode is enabled"), ConnectError("[Errno -3]\nno route"), KeyError("text"),
                                   RuntimeError("Dataset scripts are no longer supported, but found openwebtext.py")])
def test_a_stream_that_fails_is_one_line(error, monkeypatch):
    class Broken:
        @staticmethod
        def load_dataset(*a, **k):
            raise error
    monkeypatch.setitem(sys.modules, "datasets", Broken)
    with pytest.raises(RadiusError, match=f"cannot stream some/text .*{type(error).__name__}") as caught:
        list(sources.stream("some/text", 1))
    assert "give a text file as --source" in line(caught)


def test_the_packaged_encoder_missing(monkeypatch):
    monkeypatch.setattr(models, "PACKAGE", "no_such_package_here")
    with pytest.raises(RadiusError, match="packaged encoder is missing"):
        models.load(Settings(device="cpu"))


@pytest.mark.parametrize("what", ["not a model", "another family", "damaged weights", "weights missing", "no tokenizer"])
def test_models_that_cannot_be_used(what, gpt2, text, tmp_path):
    import shutil
    from transformers import DistilBertConfig
    folder = shutil.copytree(gpt2, tmp_path / "model")
    if what == "not a model":
        (folder / "config.json").write_text("{}")
        said = "cannot load the model"
    elif what == "another family":
        DistilBertConfig(vocab_size=66).save_pretrained(folder)
        said = "is a distilbert model"
    elif what == "damaged weights":
        path = folder / "model.safetensors"
        path.write_bytes(path.read_bytes()[:200])
        said = "cannot load the model"
    elif what == "weights missing":
        from safetensors.torch import load_file, save_file
        weights = load_file(folder / "model.safetensors")
        name = next(k for k in weights if "c_fc.weight" in k)
        save_file({k: v for k, v in weights.items() if k != name}, folder / "model.safetensors", metadata={"format": "pt"})
        said = "lack 1 weights"
    else:
        for path in folder.glob("tokenizer*"):
            path.unlink()
        said = "tokenizer"
    with pytest.raises(RadiusError, match=said) as caught:
        models.load(settings(folder, text))
    assert "\n" not in str(caught.value)


def test_layers_and_lengths_that_the_model_does_not_have(gpt2, bert, text):
    with pytest.raises(RadiusError, match="no layer.3: the model has 2"):
        models.load(settings(gpt2, text, views=("layer.3",)))
    with pytest.raises(RadiusError, match="longer than the model's 32 positions"):
        models.load(settings(bert, text, length=31))
    models.load(settings(gpt2, text, length=32))


def test_a_tokenizer_that_does_not_fit(gpt2, text, tmp_path, maker, capsys):
    small = tmp_path / "small"
    maker.tokenizer(20).save_pretrained(small)
    said = run(capsys, "--model", str(gpt2), "--source", str(text), "--tokenizer", str(small), "--length", "8", "--chunks", "8", "--device", "cpu")
    assert "the tokenizer has 26 tokens and the model 66" in said
    with pytest.raises(RadiusError, match="belong together"):
        sources.check_tokenizer(maker.tokenizer(61), Config(vocab_size=66))
    with pytest.raises(RadiusError, match="gives token 66 and the model knows 66"):
        sources.check_tokens(np.array([[3, 66]]), 66, None)
    (tmp_path / "foreign.txt").write_text("lorem ipsum dolor " * 200)
    with pytest.raises(RadiusError, match="does not know most of this text"):
        activations(settings(gpt2, tmp_path / "foreign.txt"), tmp_path / "out")


class Config:
    def __init__(self, **fields):
        self.__dict__ |= fields


def test_a_foreign_tokenizer_of_equal_size(gpt2, text, tmp_path, maker):
    """By its special tokens, and, where the model's folder has its own, by every word."""
    tokenizer = maker.tokenizer()
    sources.check_tokenizer(tokenizer, Config(vocab_size=66, pad_token_id=0, cls_token_id=2, bos_token_id=50256, eos_token_id=None))
    with pytest.raises(RadiusError, match="the tokenizer's cls token is 2 and the model's 5"):
        sources.check_tokenizer(tokenizer, Config(vocab_size=66, cls_token_id=5))
    tokenizer.save_pretrained(tmp_path / "same")
    assert models.load(settings(gpt2, text, tokenizer=str(tmp_path / "same"))).width == 16
    raw = json.loads((tmp_path / "same" / "tokenizer.json").read_text())
    words = raw["model"]["vocab"]
    words["w1"], words["w2"] = words["w2"], words["w1"]
    tokenizer.save_pretrained(tmp_path / "other")
    (tmp_path / "other" / "tokenizer.json").write_text(json.dumps(raw))
    with pytest.raises(RadiusError, match="other numbers to words than the one in the model's folder"):
        models.load(settings(gpt2, text, tokenizer=str(tmp_path / "other")))


def test_an_encoders_tokenizer_without_frame(bert, text, maker, tmp_path):
    tokenizer = maker.tokenizer()
    tokenizer.cls_token = None
    tokenizer.save_pretrained(tmp_path)
    with pytest.raises(RadiusError, match="no start or end token"):
        models.load(settings(bert, text, tokenizer=str(tmp_path)))


def test_too_little_text(gpt2, tmp_path, capsys):
    path = tmp_path / "text.txt"
    path.write_text("w1 w2 w3\n<|endoftext|>\nw4 w5 w6 w7 w8 w9 w10 w11 w12")
    with pytest.raises(RadiusError, match=r"1 chunks of 8 tokens in 2 documents \(1 are shorter than a chunk\)"):
        activations(settings(gpt2, path), tmp_path / "out")
    path.write_text("")
    with pytest.raises(RadiusError, match="0 chunks"):
        activations(settings(gpt2, path), tmp_path / "out")
    path.write_text("w1 w2 w3 w4 " * 10)
    with pytest.raises(RadiusError, match="5 chunks of 8 tokens are at hand, not 40"):
        activations(settings(gpt2, path), tmp_path / "out")
    assert "cannot read the text" in run(capsys, "--model", str(gpt2), "--source", str(tmp_path / "none.txt"), "--length", "8",
                                       "--device", "cpu")


def test_text_that_is_none(gpt2, tmp_path):
    for name, data, said in (("a.txt", b"\xff\xfe", "no UTF-8"), ("a.txt.xz", b"nothing", "no sound .xz")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(RadiusError, match=said):
            activations(settings(gpt2, tmp_path / name), tmp_path / "out")


def spoiled(monkeypatch, change):
    """The real model, with its vectors changed on the way out."""
    from empirics.radius import forward
    real = forward.vectors
    def vectors(*arguments, **named):
        return {view: change(x) for view, x in real(*arguments, **named).items()}
    monkeypatch.setattr(forward, "vectors", vectors)


def test_a_model_whose_output_is_not_finite_keeps_the_shards_before(gpt2, text, tmp_path, monkeypatch):
    shards = iter(range(9))
    def change(x):
        out = x.copy()
        if next(shards) >= 4:                   # two views a shard: from the third shard on
            out[3, 2] = np.nan
        return out
    spoiled(monkeypatch, change)
    with pytest.raises(RadiusError, match=r"not finite \(after of chunk 23, 1 chunks of shard 2\); shards kept: 2"):
        activations(settings(gpt2, text), tmp_path)
    assert len(list(tmp_path.glob("vectors-*.safetensors"))) == 2
    monkeypatch.undo()
    assert activations(settings(gpt2, text), tmp_path).reused == 2


def test_constant_vectors(gpt2, text, tmp_path, monkeypatch, capsys):
    with pytest.raises(RadiusError, match="all 9 vectors .* are equal"):
        check_varied("after", np.ones((9, 4)))
    spoiled(monkeypatch, lambda x: np.ones_like(x))
    said = run(capsys, "--model", str(gpt2), "--source", str(text), "--length", "8", "--chunks", "40", "--shard", "10", "--device", "cpu",
               "--views", "after,before", "--contexts", "16", "--out", str(tmp_path))
    assert "output is constant" in said and len(list((tmp_path / "trained").glob("*.safetensors"))) == 4


def test_a_full_disk_keeps_what_is_there(gpt2, text, tmp_path, monkeypatch, capsys):
    real, left = store.write, iter([True] * 5 + [False] * 99)          # run.json and two shards fit
    def write(path, data):
        if not next(left):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(path, data)
    monkeypatch.setattr(store, "write", write)
    said = run(capsys, "--model", str(gpt2), "--source", str(text), "--length", "8", "--chunks", "40", "--shard", "10", "--device", "cpu",
               "--out", str(tmp_path))
    assert "the disk is full; 2 of 4 shards are kept: make room and run the same command again" in said
    monkeypatch.undo()
    assert activations(settings(gpt2, text, batch=16, seed=20240), tmp_path / "trained").reused == 2
    assert not list(tmp_path.rglob("*.part"))


def test_a_write_that_fails_for_real_leaves_no_half_file(tmp_path):
    """The system refuses to write more than 4 kB into a file."""
    code = ("import sys; sys.path.insert(0, sys.argv[1])\n"
            "import numpy as np\nfrom pathlib import Path\nfrom empirics.radius.store import Store\n"
            "from empirics.radius.settings import RadiusError\n"
            "s = Store(Path(sys.argv[2]), {}, 2000, 1000); s.open()\n"
            "s.save(0, {'after': np.zeros((1000, 1), np.float32)[:500]})\n"
            "try:\n    s.save(1, {'after': np.zeros((1000, 8), np.float32)})\n"
            "except RadiusError as e:\n    print(e)\n")
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
    done = subprocess.run([sys.executable, "-c", code, str(ROOT), str(tmp_path)], preexec_fn=limit, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "cannot write" in done.stdout and "1 of 2 shards are kept" in done.stdout
    assert sorted(p.name for p in tmp_path.iterdir()) == ["run.json", "vectors-00000.json", "vectors-00000.safetensors"]


def test_a_folder_that_cannot_be_written(gpt2, text, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RadiusError, match="cannot write into"):
        activations(settings(gpt2, text), tmp_path / "file" / "out")


def test_duplicates_are_reported_and_not_hidden(gpt2, tmp_path, capsys):
    path = tmp_path / "text.txt"
    path.write_text(" ".join(["w1 w2 w3 w4 w5 w6 w7 w8"] * 6 + [f"w{(7 * k + k // 60) % 60}" for k in range(400)]))
    out = tmp_path / "out"
    assert face.main(["--model", str(gpt2), "--source", str(path), "--length", "8", "--chunks", "50", "--device", "cpu", "--shard", "25",
                      "--views", "after,before", "--contexts", "16", "--out", str(out)]) == 0
    row = json.loads((out / "raw.json").read_text())["raw"]["comparison"][3]
    assert row["share"] == 100 and row["duplicates"] >= 5
    assert "distance 0" in capsys.readouterr().out


def test_nothing_but_duplicates(gpt2, tmp_path, capsys):
    """Every median distance is 0: the table says so, and a record is refused in one line."""
    path = tmp_path / "text.txt"
    path.write_text(" ".join(["w1 w2 w3 w4 w5 w6 w7 w8"] * 59 + ["w9"] * 8))
    out = tmp_path / "out"
    assert face.main(["--model", str(gpt2), "--source", str(path), "--length", "8", "--chunks", "60", "--device", "cpu", "--shard", "60",
                      "--views", "after,before", "--contexts", "16", "--out", str(out)]) == 0
    assert "mean |log error|: none, as every median distance is 0" in capsys.readouterr().out
    measured = json.loads((out / "raw.json").read_text())
    (out / "raw.json").write_text(json.dumps({**measured, "own": False}))
    said = run(capsys, "--from-raw", str(out / "raw.json"), "--records", str(tmp_path / "records"))
    assert "no claim can be decided from these figures" in said and not list(tmp_path.glob("records/*.json"))


def test_a_raw_file_that_is_none(tmp_path, capsys):
    for text, said in (("{", "holds no figures"), (json.dumps({"experiment": "radius", "own": False}), "of radius, not of"),
                       (json.dumps({"experiment": "radius.offline", "own": True}), "another run")):
        path = tmp_path / "raw.json"
        path.write_text(text)
        assert said in run(capsys, "--from-raw", str(path))
    assert "cannot read" in run(capsys, "--from-raw", str(tmp_path / "none.json"))
