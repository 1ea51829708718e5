"""Chunks, vectors against the models' own hidden states, shards that are found damaged, and runs that go on where they were
stopped."""
from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from empirics.radius import forward, models, sources
from empirics.radius.pipeline import activations
from empirics.radius.settings import RadiusError, Settings
from empirics.radius.store import Store, locked

ROOT = Path(__file__).resolve().parents[3]
VIEWS = ("after", "before", "layer.0", "layer.1", "layer.2")


def settings(model: Path, text: Path, **changes) -> Settings:
    return Settings(**({"model": str(model), "source": str(text), "length": 8, "chunks": 40, "views": VIEWS, "batch": 6, "shard": 11,
                        "device": "cpu"} | changes))


# ---------------------------------------------------------------- chunks

def test_chunks_are_disjoint_pieces_of_the_text_in_a_random_order(gpt2, text):
    s = settings(gpt2, text, chunks=100)
    tokenizer = models.load(s).tokenizer
    found = sources.chunks(s, tokenizer)
    pieces = {tuple(tokenizer(d, add_special_tokens=False)["input_ids"][k:k + 8])
              for d in text.read_text().split("<|endoftext|>") for k in range(0, 400, 8)}
    rows = [tuple(r) for r in found.tokens]
    assert found.tokens.shape == (100, 8) and set(rows) <= pieces and len(set(rows)) == 100
    assert (found.documents, found.short, found.available) == (3, 0, 150)
    again = sources.chunks(s, tokenizer)
    assert (again.tokens == found.tokens).all()
    later = sources.chunks(settings(gpt2, text, chunks=60, skip=40), tokenizer)
    assert (later.tokens == found.tokens[40:]).all()
    other = sources.chunks(settings(gpt2, text, chunks=100, seed=1), tokenizer)
    assert (other.tokens != found.tokens).any()
    starts = [next(k for k, p in enumerate(sorted(pieces)) if p == r) for r in rows]
    assert starts != sorted(starts)


def test_documents_shorter_than_a_chunk_are_counted(gpt2, tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("w1 w2 w3\n<|endoftext|>\n" + "w4 " * 20 + "\n<|endoftext|>\n\n")
    s = settings(gpt2, path, chunks=2)
    found = sources.chunks(s, models.load(s).tokenizer)
    assert (found.documents, found.short, found.available) == (2, 1, 2)


def test_a_stream_gives_one_chunk_per_document(gpt2, monkeypatch, maker):
    words = [" ".join(f"w{k}" for k in range(60))] * 3 + ["w1 w2"] + [" ".join(f"w{k}" for k in range(60))] * 30
    monkeypatch.setattr(sources, "stream", lambda name, seed: iter(words))
    found = sources.chunks(settings(gpt2, "x", source="datasets:some", chunks=10), maker.tokenizer())
    assert (found.documents, found.short, len(found.tokens)) == (11, 1, 10)
    assert (np.diff(found.tokens, axis=1) == 1).all() and len(set(found.tokens[:, 0])) > 3


def test_a_stream_is_drawn_once(gpt2, monkeypatch, tmp_path):
    words, asked = [" ".join(f"w{(k * j) % 60}" for k in range(60)) for j in range(1, 60)], []
    monkeypatch.setattr(sources, "stream", lambda name, seed: asked.append(name) or iter(words))
    s = settings(gpt2, "x", source="datasets:some", chunks=20, skip=2)
    first = activations(s, tmp_path / "a")
    (tmp_path / "a" / "vectors-00001.json").unlink()
    assert activations(s, tmp_path / "a").digest == first.digest and activations(s, tmp_path / "b", first=5).chunks.facts()["chunks"] == 5
    assert asked == ["some"] and first.chunks.documents == 22
    activations(settings(gpt2, "x", source="datasets:some", chunks=21), tmp_path / "c")
    assert asked == ["some"] * 2
    (tmp_path / "chunks.safetensors").write_bytes(b"damaged")
    with pytest.raises(RadiusError, match="remove it"):
        activations(s, tmp_path / "a")


def test_the_shipped_text_is_what_its_provenance_says():
    assert sources._read(sources.DATA)
    import hashlib
    digest = hashlib.sha256(sources._read(sources.DATA).encode()).hexdigest()
    assert digest in (sources.DATA.parent / "PROVENANCE.md").read_text(encoding="utf-8")


def test_openais_own_tokenizer_files_are_read(tmp_path):
    transformers = pytest.importorskip("transformers")
    (tmp_path / "encoder.json").write_text(json.dumps({"a": 0, "b": 1, "ab": 2, "\u0120": 3, "<|endoftext|>": 4}))
    (tmp_path / "vocab.bpe").write_text("#version: 0.2\na b\n")
    tokenizer = models._tokenizer(transformers, str(tmp_path))
    assert len(tokenizer) == 5 and sources._ids(tokenizer, "ab ba").tolist() == [2, 3, 1, 0]


# ---------------------------------------------------------------- vectors

@pytest.mark.parametrize("family", ["gpt2", "bert"])
@pytest.mark.parametrize("position", ["last", "mean"])
def test_vectors_are_the_models_hidden_states(request, family, position, text):
    """Against transformers' own output_hidden_states, one chunk at a time; `before` through the last norm gives `after`."""
    import torch
    s = settings(request.getfixturevalue(family), text, position=position)
    encoder = models.load(s)
    tokens = sources.chunks(s, encoder.tokenizer).tokens
    found = forward.vectors(encoder, tokens, VIEWS, position, 7)
    with torch.inference_mode():
        for k in (0, 6, 7, 39):
            ids = torch.tensor(tokens[k:k + 1].astype(np.int64))
            if family == "bert":
                ids = torch.cat([torch.tensor([[2]]), ids, torch.tensor([[3]])], 1)
            hidden = encoder.model(ids, output_hidden_states=True).hidden_states
            pick = (lambda h: h[0].mean(0)) if position == "mean" else (lambda h: h[0, -1 if family == "gpt2" else -2])
            for layer in range(3):
                if family == "gpt2" and layer == 2:
                    continue                            # transformers gives the last one after ln_f
                assert np.allclose(found[f"layer.{layer}"][k], pick(hidden[layer]), atol=1e-5)
            assert np.allclose(found["after"][k], pick(hidden[-1]), atol=1e-5)
        if position == "last":
            assert np.allclose(encoder.norm(torch.from_numpy(found["before"])), found["after"], atol=1e-5)
    if family == "gpt2":
        assert np.allclose(found["layer.2"], found["before"]) and not np.allclose(found["before"], found["after"], atol=1e-2)
    else:
        assert np.allclose(found["layer.2"], found["after"])


@pytest.mark.parametrize("family", ["gpt2", "bert"])
def test_shuffled_blocks_are_read_at_the_last_token_only_and_right_there(request, family, text):
    """Against the whole block on the same input; what is skipped is elsewhere."""
    import torch

    from empirics.radius import retrieval
    s = settings(request.getfixturevalue(family), text)
    encoder = models.load(s)
    tokens = sources.chunks(s, encoder.tokenizer).tokens[:9]
    shuffled = [retrieval.shuffle_block(block, k) for k, block in enumerate(encoder.blocks)]
    trained, other = retrieval.outputs(encoder, tokens, 4, shuffled)
    ids = torch.from_numpy(forward.framed(encoder, tokens))
    at = -1 if encoder.causal else -2
    with torch.inference_mode():
        hidden = encoder.embeddings(ids) if family == "bert" else encoder.model(ids, output_hidden_states=True).hidden_states[0]
        for k, block in enumerate(encoder.blocks):
            whole = [b(hidden) for b in (block, shuffled[k])]
            whole = [w[0] if isinstance(w, tuple) else w for w in whole]
            if family == "bert":        # a GPT-2 block called by itself would see what comes after
                assert np.allclose(trained[k], whole[0][:, at], atol=1e-5) and np.allclose(other[k], whole[1][:, at], atol=1e-5)
            hidden = whole[0]
    assert trained.shape == other.shape == (2, 9, 16) and not np.allclose(trained, other, atol=1e-2)
    plain = forward.vectors(encoder, tokens, ("layer.1", "layer.2"), "last", 4)
    assert np.allclose(trained[0], plain["layer.1"], atol=1e-5) and np.allclose(trained[1], plain["layer.2"], atol=1e-5)


def test_batches_are_copied_ahead_on_a_stream_of_their_own(monkeypatch):
    """The order of events on a made-up device: a batch is sent before the one before it is given out, and the computation waits
    for each copy and keeps its memory."""
    import torch
    said: list[str] = []
    class Stream:
        def record_event(self):
            return len([x for x in said if x.startswith("copy")])
        def wait_event(self, event):
            said.append(f"wait {event}")
    computing, side = Stream(), Stream()
    class There:
        def __init__(self, piece):
            self.piece = piece
        def record_stream(self, stream):
            said.append("kept" if stream is computing else "lost")
    class Piece:
        def __init__(self, array):
            self.array = array
        def pin_memory(self):
            return self
        def to(self, device, non_blocking):
            said.append("copy" if non_blocking and current[-1] is side else "copy on the computing stream")
            return There(self.array)
    current = [computing]
    class on:
        def __init__(self, stream):
            self.stream = stream
        def __enter__(self):
            current.append(self.stream)
        def __exit__(self, *error):
            current.pop()
    monkeypatch.setattr(torch, "from_numpy", Piece)
    monkeypatch.setattr(torch.cuda, "Stream", lambda: side)
    monkeypatch.setattr(torch.cuda, "stream", on)
    monkeypatch.setattr(torch.cuda, "current_stream", lambda: current[-1])
    for k, batch in enumerate(forward.batches(np.arange(10).reshape(5, 2), 2, "cuda")):
        said.append(f"compute {batch.piece[0, 0]}")
    assert said == ["copy", "copy", "wait 1", "kept", "compute 0", "copy", "wait 2", "kept", "compute 4", "wait 3", "kept", "compute 8"]


def test_processes_wait_long_enough_for_a_stream(monkeypatch):
    from torch import distributed

    from empirics.radius.pipeline import group
    asked: dict = {}
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setattr(distributed, "init_process_group", lambda backend, timeout: asked.update(timeout=timeout))
    monkeypatch.setattr(distributed, "destroy_process_group", lambda: None)
    with group("cpu"):
        assert asked["timeout"].total_seconds() >= 12 * 3600


def test_gpt2_sees_only_what_comes_before(gpt2, text):
    s = settings(gpt2, text)
    encoder = models.load(s)
    tokens = sources.chunks(s, encoder.tokenizer).tokens
    changed = tokens.copy()
    changed[:, 0] = (changed[:, 0] + 1) % 60 + 6
    a, b = (forward.vectors(encoder, t, ("after",), "last", 8)["after"] for t in (tokens, changed))
    assert (np.abs(a - b).max(1) > 1e-6).all()


def test_the_fused_activation_computes_the_same(gpt2, text):
    import torch
    from transformers.activations import NewGELUActivation
    s = settings(gpt2, text)
    encoder = models.load(s)
    kinds = [type(m).__name__ for m in encoder.model.modules()]
    assert "NewGELUActivation" not in kinds and kinds.count("GELU") == 2
    x = torch.linspace(-6, 6, 1001)
    assert torch.allclose(encoder.blocks[0].mlp.act(x), NewGELUActivation()(x), atol=1e-6)


def test_bf16_is_near_and_an_untrained_model_is_another(gpt2, text):
    s = settings(gpt2, text)
    encoder = models.load(s)
    tokens = sources.chunks(s, encoder.tokenizer).tokens
    exact = forward.vectors(encoder, tokens, ("after",), "last", 8)["after"]
    rough = forward.vectors(models.load(settings(gpt2, text, dtype="bf16")), tokens, ("after",), "last", 8)["after"]
    assert rough.dtype == np.float32 and 0 < np.abs(rough - exact).max() < 0.3
    bare = [models.load(settings(gpt2, text, untrained=True, seed=seed)) for seed in (1, 1, 2)]
    digests = [models.weights_digest(b.model) for b in bare]
    assert digests[0] == digests[1] and len({*digests, models.weights_digest(encoder.model)}) == 3


def test_scaling_the_last_norm_keeps_the_direction(bert, text):
    s = settings(bert, text)
    encoder = models.load(s)
    tokens = sources.chunks(s, encoder.tokenizer).tokens
    x = forward.vectors(encoder, tokens, ("after",), "last", 8)["after"]
    models.rescale(encoder, 16)
    assert (forward.vectors(encoder, tokens, ("after",), "last", 8)["after"] == 16 * x).all()


# ---------------------------------------------------------------- shards

def digests(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.glob("vectors-*"))}


def test_a_run_goes_on_where_it_was_stopped(gpt2, text, tmp_path):
    whole = activations(settings(gpt2, text), tmp_path / "whole")
    assert whole.store.shards == 4 and whole.reused == 0 and whole.vectors("after").shape == (40, 16)
    files = digests(tmp_path / "whole")
    manifest = json.loads((tmp_path / "whole" / "manifest.json").read_text())
    assert manifest["digest"] == whole.digest and len(manifest["shards"]) == 4
    said: list[str] = []
    (tmp_path / "whole" / "vectors-00002.json").unlink()        # killed between the two files
    (tmp_path / "whole" / "vectors-00003.safetensors").unlink()
    kept = (tmp_path / "whole" / "vectors-00000.safetensors").stat().st_mtime_ns
    again = activations(settings(gpt2, text), tmp_path / "whole", said.append)
    assert again.digest == whole.digest and again.reused == 2 and digests(tmp_path / "whole") == files
    assert (tmp_path / "whole" / "vectors-00000.safetensors").stat().st_mtime_ns == kept
    assert "2 of 4 shards are there already" in said


def test_a_damaged_shard_is_found_and_computed_again(gpt2, text, tmp_path):
    first = activations(settings(gpt2, text), tmp_path)
    path = tmp_path / "vectors-00001.safetensors"
    sound = path.read_bytes()
    path.write_bytes(sound[:-1] + bytes([sound[-1] ^ 1]))
    said: list[str] = []
    again = activations(settings(gpt2, text), tmp_path, said.append)
    assert "shard 1 is damaged: computed again" in said and again.damaged == 1 and again.reused == 3
    assert again.digest == first.digest and path.read_bytes() == sound
    (tmp_path / "vectors-00001.json").write_text("{")
    assert activations(settings(gpt2, text), tmp_path).digest == first.digest


def test_a_folder_belongs_to_one_run(gpt2, bert, text, tmp_path):
    activations(settings(gpt2, text), tmp_path)
    for other in (settings(bert, text), settings(gpt2, text, length=7), settings(gpt2, text, seed=3)):
        with pytest.raises(RadiusError, match="holds vectors of another run"):
            activations(other, tmp_path)
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(RadiusError, match="cannot read .*run.json"):
        activations(settings(gpt2, text), tmp_path)


def test_two_runs_in_one_folder(gpt2, text, tmp_path):
    with locked(tmp_path, 0), pytest.raises(RadiusError, match="another run is writing"):
        activations(settings(gpt2, text), tmp_path)


def test_a_manifest_needs_all_shards(tmp_path):
    store = Store(tmp_path, {"a": 1}, 20, 8)
    store.open()
    store.save(0, {"after": np.zeros((8, 2), np.float32)})
    with pytest.raises(RadiusError, match="shard 1 .* is missing"):
        store.finish()
    assert store.missing() == ([1, 2], []) and "2 missing" in repr(store)


# ---------------------------------------------------------------- kills and several processes

def command(model: Path, text: Path, out: Path, *more: str) -> list[str]:
    return ["-m", "empirics.radius", "--model", str(model), "--source", str(text), "--length", "8", "--chunks", "700", "--views",
            "layer.1", "--batch", "4", "--shard", "2", "--contexts", "16", "--device", "cpu", "--out", str(out), *more]


def environment() -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "CUDA_VISIBLE_DEVICES": ""}


@pytest.fixture
def long_text(maker, tmp_path):
    return maker.text(tmp_path / "long.txt", 3, 2000)


def digest(out: Path, which: str = "trained") -> str:
    return json.loads((out / which / "manifest.json").read_text())["digest"]


@pytest.mark.slow
def test_ten_kills_lose_nothing_and_change_nothing(gpt2, long_text, tmp_path):
    """kill -9 at ten random moments of the forward passes; shards that were there stay as they were, and the digest is the
    same."""
    arguments = [sys.executable, *command(gpt2, long_text, tmp_path / "killed")]
    straight = subprocess.run([sys.executable, *command(gpt2, long_text, tmp_path / "straight")], cwd=ROOT, env=environment(),
                              capture_output=True, text=True, timeout=300)
    assert straight.returncode == 0, straight.stderr
    rng, folder, kills, seen = random.Random(5), tmp_path / "killed" / "trained", 0, {}
    while kills < 10:
        process = subprocess.Popen(arguments, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        begun, before = time.monotonic(), len(list(folder.glob("vectors-*.json")))
        while len(list(folder.glob("vectors-*.json"))) <= before and process.poll() is None and time.monotonic() - begun < 120:
            time.sleep(0.002)
        time.sleep(rng.uniform(0, 0.03))
        if process.poll() is not None:
            break
        process.send_signal(signal.SIGKILL)
        process.wait()
        kills += 1
        for name, data in seen.items():
            assert (folder / name).read_bytes() == data, f"{name} was lost or changed"
        seen = {p.with_suffix(".safetensors").name: p.with_suffix(".safetensors").read_bytes() for p in folder.glob("vectors-*.json")}
    assert kills == 10, f"the run ended after {kills} kills: make it longer"
    done = subprocess.run(arguments, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0 and "shards are there already" in done.stderr, done.stderr
    for which in ("trained", "untrained"):
        assert digest(tmp_path / "killed", which) == digest(tmp_path / "straight", which)
    a, b = (json.loads((tmp_path / name / "raw.json").read_text())["raw"] for name in ("killed", "straight"))
    assert a["real"] == b["real"] and a["retrieval"] == b["retrieval"] and a["predicted"] == b["predicted"]


@pytest.mark.slow
def test_two_processes_give_what_one_gives(gpt2, long_text, tmp_path):
    one = subprocess.run([sys.executable, *command(gpt2, long_text, tmp_path / "one")], cwd=ROOT, env=environment(), capture_output=True,
                         text=True, timeout=300)
    assert one.returncode == 0, one.stderr
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    two = subprocess.run([sys.executable, "-m", "torch.distributed.run", "--nproc_per_node", "2", "--master_addr", "127.0.0.1",
                          "--master_port", str(port), *command(gpt2, long_text, tmp_path / "two")], cwd=ROOT, env=environment(),
                         capture_output=True, text=True, timeout=300)
    assert two.returncode == 0, two.stderr
    assert digest(tmp_path / "one") == digest(tmp_path / "two")
    a, b = (json.loads((tmp_path / name / "raw.json").read_text())["raw"] for name in ("one", "two"))
    assert a["real"] == b["real"] and a["comparison"] == b["comparison"]
