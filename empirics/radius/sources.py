"""Text -> documents -> tokens -> chunks of equal length, in a random order, so that every prefix is a random sample.

Local text is cut into all its disjoint chunks, of which the asked number is drawn. A streamed data set gives one chunk, at a
random place, of each document that is long enough (Section 6.1 of niu2024 draws 80,000 chunks, about one per hundred documents).
"""
from __future__ import annotations

import hashlib
import json
import lzma
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator

import numpy as np

from empirics.radius.settings import NOVELS, RadiusError, Settings

DATA = Path(__file__).resolve().parents[1] / "data" / "novels_small.txt.xz"
SEPARATOR = "<|endoftext|>"
BUFFER = 10_000                 # documents among which a stream is shuffled
SPECIAL = ("bos", "eos", "pad", "cls", "sep")
FITS = 0.98                     # the least share of the model's vocabulary that its tokenizer must know


@dataclass(frozen=True)
class Chunks:
    """tokens: int32 of shape (chunks, length). short: documents shorter than a chunk, which give none. available: chunks to draw
    from."""

    tokens: np.ndarray
    documents: int
    short: int
    available: int
    source: str                 # sha256 of the text, or the name of the stream

    def facts(self) -> dict[str, Any]:
        return {"documents": self.documents, "shorter than a chunk": self.short, "chunks available": self.available,
                "chunks": len(self.tokens), "length": int(self.tokens.shape[1]), "text": self.source,
                "tokens sha256": hashlib.sha256(np.ascontiguousarray(self.tokens).tobytes()).hexdigest()}


def chunks(settings: Settings, tokenizer: Any) -> Chunks:
    """The chunks of a run; the same for the same settings. Raises RadiusError with fewer than two."""
    drawn = _streamed(settings, tokenizer) if streamed(settings) else _local(settings, tokenizer)
    if len(drawn.tokens) < 2:
        raise RadiusError(f"{settings.source}: {len(drawn.tokens)} chunks of {settings.length} tokens in {drawn.documents} "
                          f"documents ({drawn.short} are shorter than a chunk); a nearest neighbour needs two: give more text "
                          "or a shorter chunk")
    if len(drawn.tokens) < settings.chunks:
        raise RadiusError(f"{settings.source}: {len(drawn.tokens)} chunks of {settings.length} tokens are at hand, not "
                          f"{settings.chunks}; ask for fewer or give more text")
    return drawn


def _local(settings: Settings, tokenizer: Any) -> Chunks:
    path = DATA if settings.source == NOVELS else Path(settings.source)
    text = _read(path)
    documents = [d for d in text.split(SEPARATOR) if d.strip()]
    pieces, short = [], 0
    for document in documents:
        ids = _ids(tokenizer, document)
        whole = len(ids) // settings.length
        short += whole == 0
        pieces.append(ids[:whole * settings.length].reshape(whole, settings.length))
    every = np.concatenate(pieces) if pieces else np.empty((0, settings.length), np.int32)
    order = np.random.default_rng(settings.seed).permutation(len(every))[settings.skip:settings.skip + settings.chunks]
    return Chunks(every[order], len(documents), short, len(every), hashlib.sha256(text.encode()).hexdigest())


def _read(path: Path) -> str:
    try:
        data = path.read_bytes()
        return (lzma.decompress(data) if path.suffix == ".xz" else data).decode("utf-8")
    except OSError as error:
        raise RadiusError(f"cannot read the text {path}: {error.strerror}; give another --source") from error
    except lzma.LZMAError as error:
        raise RadiusError(f"{path} is no sound .xz file: {error}; restore it or give another --source") from error
    except UnicodeDecodeError as error:
        raise RadiusError(f"{path} is no UTF-8 text (byte {error.start}); convert it or give another --source") from error


def _ids(tokenizer: Any, document: str) -> np.ndarray:
    return np.asarray(tokenizer(document, add_special_tokens=False, verbose=False)["input_ids"], dtype=np.int32)


def _streamed(settings: Settings, tokenizer: Any) -> Chunks:
    """One chunk per document of a shuffled stream, until there are enough. Needs the package `datasets` and a network."""
    name = settings.source.removeprefix("datasets:")
    rng, rows, documents, short = np.random.default_rng(settings.seed), [], 0, 0
    for document in stream(name, settings.seed):
        ids = _ids(tokenizer, document)
        documents, short = documents + 1, short + (len(ids) < settings.length)
        if len(ids) >= settings.length:
            start = rng.integers(0, len(ids) - settings.length + 1)
            rows.append(ids[start:start + settings.length])
        if len(rows) == settings.skip + settings.chunks:
            break
    every = np.stack(rows)[settings.skip:] if rows else np.empty((0, settings.length), np.int32)
    return Chunks(every, documents, short, len(every), settings.source)


def stream(name: str, seed: int) -> Iterator[str]:
    """The documents of a published data set as they come: the one place that imports `datasets`."""
    try:
        from datasets import load_dataset
    except ImportError as error:
        raise RadiusError(f"streaming {name} needs the package datasets: install it, or give a text file as --source") from error
    try:
        for row in load_dataset(name, split="train", streaming=True).shuffle(seed=seed, buffer_size=BUFFER):
            yield row["text"]
    except Exception as error:      # the libraries below raise classes of their own: httpx.ConnectError, a plain RuntimeError
        raise RadiusError(f"cannot stream {name} (no network, no such data set, or none with a text column): "
                          f"{type(error).__name__}: {' '.join(str(error).split())[:160]}; give a text file as "
                          "--source") from error


def streamed(settings: Settings) -> bool:
    return settings.source.startswith("datasets:")


def _drawn_as(settings: Settings) -> str:
    """What decides which chunks a stream gives."""
    return json.dumps([settings.source, settings.length, settings.chunks, settings.skip, settings.seed,
                       settings.tokenizer or settings.model])


def keep(path: Path, settings: Settings, found: Chunks) -> None:
    from safetensors.numpy import save

    from empirics.radius.store import write
    facts = {"documents": found.documents, "short": found.short, "available": found.available, "source": found.source}
    try:
        write(path, save({"tokens": found.tokens}, metadata={"drawn as": _drawn_as(settings), "facts": json.dumps(facts)}))
    except OSError as error:
        raise RadiusError(f"cannot write {path}: {error.strerror}; make room and run the same command again") from error


def read(path: Path, settings: Settings) -> Chunks | None:
    """What `keep` wrote for the same settings; None without such a file."""
    from safetensors import SafetensorError, safe_open
    try:
        with safe_open(path, framework="numpy") as file:
            notes = file.metadata() or {}
            if notes.get("drawn as") != _drawn_as(settings):
                return None
            return Chunks(file.get_tensor("tokens"), **json.loads(notes["facts"]))
    except FileNotFoundError:
        return None
    except (SafetensorError, OSError) as error:
        said = " ".join(str(error).split())[:80]
        raise RadiusError(f"cannot read {path} ({said}); remove it and run the same command again") from error


def check_tokenizer(tokenizer: Any, config: Any, own: Any = None) -> None:
    """Do tokenizer and model belong together? The vocabulary's size (the model's embedding may be padded by a few rows), the
    special tokens that both name, and, where the model's folder has a tokenizer of its own, every word's number.

    Without the model's own tokenizer a foreign one of the same size and special tokens cannot be told: a model does not say which
    word a row of its embedding stands for.
    """
    known, vocabulary = len(tokenizer), config.vocab_size
    if not FITS * vocabulary <= known <= vocabulary:
        raise RadiusError(f"the tokenizer has {known} tokens and the model {vocabulary}: they do not belong together; give the "
                          "model's own as --tokenizer")
    for which in SPECIAL:
        here, there = (getattr(x, f"{which}_token_id", None) for x in (tokenizer, config))
        named = here is not None and isinstance(there, int) and 0 <= there < vocabulary     # larger: a default, of another model
        if named and here != there:
            raise RadiusError(f"the tokenizer's {which} token is {here} and the model's {there}: they do not belong together; "
                              "give the model's own as --tokenizer")
    if own is not None and own.get_vocab() != tokenizer.get_vocab():
        raise RadiusError("the tokenizer gives other numbers to words than the one in the model's folder: they do not belong "
                          "together; leave --tokenizer away")


def check_tokens(tokens: np.ndarray, vocabulary: int, unknown: int | None) -> None:
    """Token ids inside the embedding, and not mostly unknown."""
    if tokens.min() < 0 or tokens.max() >= vocabulary:
        raise RadiusError(f"the tokenizer gives token {tokens.max()} and the model knows {vocabulary}: they do not belong "
                          "together")
    if unknown is not None and 2 * int((tokens == unknown).sum()) > tokens.size:
        raise RadiusError("the tokenizer does not know most of this text: it does not fit the text; give another --tokenizer")
