"""Tokenizers, and token files that are read through memory maps: NAME.bin with the tokens, NAME.json with what they are.

Two tokenizers: `gpt2` (the byte-level BPE that the project ships, 50,257 tokens) and `characters` (the distinct characters of a
text, for models of thousands of parameters, whose embedding GPT-2's vocabulary would be 99 % of). A separator token stands after
each document, and nowhere else: `<|endoftext|>` inside a text is text. Documents are read and encoded a batch at a time, and no
more of them than are asked for: OpenWebText is never in memory.
"""
from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from empirics.gpt2.sources import DATA
from empirics.training import TrainingError

BPE = DATA / "gpt2_bpe"
SCHEMA = 1
AT_ONCE = 1 << 20       # characters encoded together, about
Until = tuple[int, int]     # tokens to train on, tokens to hold out behind the end of the document that the former end in


@dataclass(frozen=True)
class Tokenizer:
    """name: gpt2 or characters. size: of the vocabulary. separator: the token after each document."""

    name: str
    size: int
    separator: int
    encoder: Any

    def encode(self, text: str) -> list[int]:
        return self.encode_all([text])[0]

    def encode_all(self, texts: Sequence[str]) -> list[list[int]]:
        """In one call of the BPE, which works on several texts at a time."""
        if self.name == "gpt2":
            return self.encoder(list(texts), split_special_tokens=True)["input_ids"]
        try:
            return [[self.encoder[c] for c in text] for text in texts]
        except KeyError as error:
            raise TrainingError(f"the character {error.args[0]!r} is not among the {self.size} of this vocabulary") from error

    @property
    def kind(self) -> np.dtype:
        return np.dtype(np.uint16 if self.size <= 1 << 16 else np.uint32).newbyteorder("<")


def gpt2(folder: Path = BPE) -> Tokenizer:
    """transformers 5 takes the files as `vocab` and `merges`, and ignores other names without a word: hence the check of the
    size."""
    from transformers import GPT2TokenizerFast
    try:
        found = GPT2TokenizerFast(vocab=str(folder / "encoder.json"), merges=str(folder / "vocab.bpe"))
    except Exception as error:      # the tokenizers library raises bare Exceptions
        said = str(error).splitlines()[0][:80]
        raise TrainingError(f"{folder} holds no BPE vocabulary (encoder.json, vocab.bpe): {said}") from error
    if len(found) < 2 or found("Hello world")["input_ids"] != [15496, 995]:
        raise TrainingError(f"the vocabulary in {folder} is not GPT-2's: 'Hello world' must be [15496, 995]")
    found.model_max_length = 1 << 62        # long documents are wanted whole
    return Tokenizer("gpt2", len(found), found.convert_tokens_to_ids("<|endoftext|>"), found)


def characters(texts: Iterable[str]) -> Tokenizer:
    """All distinct characters, in their order, and one token for the end of a document."""
    found = sorted(set().union(*map(set, texts)))
    if not found:
        raise TrainingError("there is no text: a vocabulary of characters cannot be made of it")
    return Tokenizer("characters", len(found) + 1, len(found), {c: i for i, c in enumerate(found)})


def encoded(documents: Iterable[str], tokenizer: Tokenizer, until: Until | None = None) -> Iterator[np.ndarray]:
    """One array for each document, the separator at its end. until: stop when there is enough for such a split
    (`splits.first`)."""
    count, start = 0, None
    for texts in _batches(documents):
        for ids in tokenizer.encode_all(texts):
            yield np.array([*ids, tokenizer.separator], dtype=tokenizer.kind)
            count += len(ids) + 1
            if until is not None and start is None and count >= until[0]:
                start = count
            if start is not None and count - start >= until[1]:
                return


def _batches(documents: Iterable[str]) -> Iterator[list[str]]:
    kept, size = [], 0
    for text in documents:
        kept, size = [*kept, text], size + len(text)
        if size >= AT_ONCE or len(kept) == 256:
            yield kept
            kept, size = [], 0
    if kept:
        yield kept


def stream(documents: Iterable[str], tokenizer: Tokenizer, until: Until | None = None) -> np.ndarray:
    """All tokens in memory, a separator after each document."""
    parts = list(encoded(documents, tokenizer, until))
    return np.concatenate(parts) if parts else np.zeros(0, tokenizer.kind)


def prepared(documents: Iterable[str], tokenizer: Tokenizer, until: Until, folder: Path, source: str,
             version: str = "") -> tuple[np.ndarray, dict[str, Any]]:
    """The token file in `folder` that holds enough of the source for such a split, made where it is not there yet. Of several
    processes on one machine the first makes it and the others wait. version: what changes when the source does."""
    key = hashlib.sha256(repr((source, version, tokenizer.name, tokenizer.size, until)).encode()).hexdigest()[:16]
    path = folder / f"{tokenizer.name}-{key}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with open(path.with_suffix(".lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.with_suffix(".json").exists():
                write(documents, tokenizer, path, source, until)
    except OSError as error:
        raise TrainingError(f"cannot keep token files in {folder} ({error.strerror}); make room there, or prepare a token file "
                            "elsewhere and give it as `file`") from error
    return read(path, tokenizer.size)


def write(documents: Iterable[str], tokenizer: Tokenizer, path: Path, source: str = "unnamed",
          until: Until | None = None) -> dict[str, Any]:
    """Stream the documents into path.bin, then path.json; what was there is replaced only when all is written. source: the name
    that records of runs on this file will give."""
    kind = tokenizer.kind
    if not path.name:
        raise TrainingError(f"{path} is no name for a token file; give FILE, and FILE.bin and FILE.json are written")
    _ours(path)
    sha, count, texts = hashlib.sha256(), 0, 0
    temporary = path.with_suffix(".bin.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(temporary, "wb") as file:
            for ids in encoded(documents, tokenizer, until):
                part = ids.tobytes()
                sha.update(part)
                file.write(part)
                count, texts = count + len(part) // kind.itemsize, texts + 1
            file.flush()
            os.fsync(file.fileno())
        if count == 0:
            raise TrainingError("the source has no document; nothing was written")
        head = {"schema": SCHEMA, "source": source, "tokenizer": tokenizer.name, "vocabulary": tokenizer.size,
                "separator": tokenizer.separator, "dtype": kind.str, "tokens": count, "documents": texts,
                "sha256": sha.hexdigest()}
        if tokenizer.name == "characters":
            head["characters"] = "".join(tokenizer.encoder)
        os.replace(temporary, path.with_suffix(".bin"))
        beside = path.with_suffix(".json.tmp")
        beside.write_text(json.dumps(head, indent=1) + "\n", encoding="utf-8")
        os.replace(beside, path.with_suffix(".json"))
    except OSError as error:
        raise TrainingError(f"cannot write the token file {path.with_suffix('.bin')} ({error.strerror})") from error
    finally:
        for left in (temporary, path.with_suffix(".json.tmp")):
            if left.is_file():
                left.unlink()
    return head


def _ours(path: Path) -> None:
    """Only a token file is written over: what else has one of its names is kept."""
    names = [path.with_suffix(end) for end in (".bin", ".json")]
    try:
        head = json.loads(names[1].read_text(encoding="utf-8"))
        ours = isinstance(head, dict) and {"tokenizer", "vocabulary", "separator"} <= head.keys()
    except (OSError, ValueError):
        ours = False
    there = [p for p in names if p.exists()]
    if there and not ours:
        raise TrainingError(f"{there[0]} is there and no token file; give another --out, or move it away")


def read(path: Path, vocabulary: int | None = None) -> tuple[np.ndarray, dict[str, Any]]:
    """The tokens, memory-mapped, and the JSON. A truncated file, or one of another vocabulary, is refused; its digest is not
    computed."""
    path = path.with_suffix(".bin")
    try:
        head = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        kind = np.dtype(head["dtype"])
        size = path.stat().st_size
        if head["schema"] != SCHEMA or size != head["tokens"] * kind.itemsize:
            raise TrainingError(f"the token file {path} is damaged: {size} bytes, where {head['tokens']} tokens need "
                                f"{head['tokens'] * kind.itemsize}; prepare it again")
        tokens = np.memmap(path, dtype=kind, mode="r")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(f"cannot read the token file {path} ({type(error).__name__} {str(error)[:80]}); "
                            "write it with `python -m empirics.gpt2 prepare`") from error
    if vocabulary is not None and head["vocabulary"] != vocabulary:
        raise TrainingError(f"{path} has a vocabulary of {head['vocabulary']} tokens ({head['tokenizer']}) and the model one of "
                            f"{vocabulary}")
    return tokens, head
