"""Tokenizers, and token files that are read through memory maps: NAME.bin with the tokens, NAME.json with what they are.

Two tokenizers: `gpt2` (the byte-level BPE that the project ships, 50,257 tokens) and `characters` (the distinct characters of a
text, for models of thousands of parameters, whose embedding GPT-2's vocabulary would be 99 % of). A separator token stands after
each document.
"""
from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from empirics.gpt2.sources import DATA
from empirics.training import TrainingError

BPE = DATA / "gpt2_bpe"
SCHEMA = 1


@dataclass(frozen=True)
class Tokenizer:
    """name: gpt2 or characters. size: of the vocabulary. separator: the token after each document."""

    name: str
    size: int
    separator: int
    encoder: Any

    def encode(self, text: str) -> list[int]:
        if self.name == "gpt2":
            return self.encoder(text)["input_ids"]
        try:
            return [self.encoder[c] for c in text]
        except KeyError as error:
            raise TrainingError(f"the character {error.args[0]!r} is not among the {self.size} of this vocabulary") from error


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


def stream(documents: Iterable[str], tokenizer: Tokenizer) -> np.ndarray:
    """All tokens in memory, a separator after each document."""
    kind = np.uint16 if tokenizer.size <= 1 << 16 else np.uint32
    parts = [np.array([*tokenizer.encode(text), tokenizer.separator], dtype=kind) for text in documents]
    return np.concatenate(parts) if parts else np.zeros(0, kind)


def write(documents: Iterable[str], tokenizer: Tokenizer, path: Path) -> dict[str, Any]:
    """Stream the documents into path.bin, then path.json; what was there is replaced only when all is written."""
    kind = np.dtype(np.uint16 if tokenizer.size <= 1 << 16 else np.uint32).newbyteorder("<")
    if not path.name:
        raise TrainingError(f"{path} is no name for a token file; give FILE, and FILE.bin and FILE.json are written")
    _ours(path)
    sha, count, texts = hashlib.sha256(), 0, 0
    temporary = path.with_suffix(".bin.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(temporary, "wb") as file:
            for text in documents:
                part = np.array([*tokenizer.encode(text), tokenizer.separator], dtype=kind).tobytes()
                sha.update(part)
                file.write(part)
                count, texts = count + len(part) // kind.itemsize, texts + 1
            file.flush()
            os.fsync(file.fileno())
        if count == 0:
            raise TrainingError("the source has no document; nothing was written")
        head = {"schema": SCHEMA, "tokenizer": tokenizer.name, "vocabulary": tokenizer.size, "separator": tokenizer.separator,
                "dtype": kind.str, "tokens": count, "documents": texts, "sha256": sha.hexdigest()}
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
