"""Runs as data: a job says what to train on what, `perform` trains it and returns its raw figures as JSON.

A job is {"name", "kind", "model", "plan"} and what its kind needs:
  grammar  "grammar" (published, fitted, or nats a token as text), "lines", "seed"; held out: other lines of it
  list     the same; the held-out lines are none of the training lines
  text     "source" (novels, pieces of novels, openwebtext, a path), "tokenizer" (characters, gpt2), "tokens", "held_out",
           "recall"
  tokens   "file" (a token file), "tokens", "held_out", "recall"
"grammar" may also be the path of a grammar file (NAME.json). "model" holds sizes of the vanilla Transformer (grammar, list) or of
GPT-2 without biases (text, tokens); "plan" those of loop.Plan. What is held out starts with a new document.
"""
from __future__ import annotations

import json
import os
import platform
import shutil
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TextIO

from empirics.training import TrainingError, the_torch
from empirics.training.asked import Job, checked, writable

HELD_LINES = 2000
FINAL = 2000            # sequences that the final losses are measured on, at most
OTHER = 10_000          # added to a job's seed for its held-out lines
TOKENS = Path("build") / "training" / "tokens"      # token files of texts that jobs name
MOST = 200_000_000      # tokens of a text that a job may ask for by name; more are prepared once and given as a file
PIECES = "pieces of novels"


def grammar_named(name: str):
    """published, fitted, a target of `tuned` as text ("0.5"), or a grammar file."""
    from empirics import question_formation as q
    from empirics.question_formation.grammars import read_grammar
    if name in ("published", "fitted"):
        return q.published() if name == "published" else q.fitted()
    if name.endswith(".json"):
        return read_grammar(Path(name))
    try:
        return q.tuned(float(name))
    except ValueError as error:
        raise TrainingError(f"there is no grammar {name!r}: published, fitted, nats a token, or a file NAME.json") from error


def lines_of(job: Job) -> list[str]:
    """The training lines of a grammar or list job."""
    from empirics import question_formation as q
    return q.generate(grammar_named(job["grammar"]), job["lines"], job["seed"])


def _lines(job: Job):
    """(training, held out): Lines of the job's grammar"""
    from empirics import question_formation as q
    from empirics.training.data import Lines
    grammar, train = grammar_named(job["grammar"]), lines_of(job)
    words = q.vocabulary(grammar)
    held = q.generate(grammar, HELD_LINES, OTHER + job["seed"], exclude=train if job["kind"] == "list" else ())
    return tuple(Lines(name, *q.encode(lines, words), len(words) + len(q.SPECIALS))
                 for name, lines in ((job["name"], train), (f"{job['name']}, held out", held)))


@lru_cache(maxsize=2)
def _characters(source: str):
    """The whole of a local text in memory: its vocabulary is that of all of it."""
    from empirics.gpt2 import sources, tokens
    if source == sources.OPENWEBTEXT:
        raise TrainingError("characters are counted over a whole text, which for openwebtext is 40 GB: use the tokenizer gpt2")
    documents = list(sources.pieces(sources.documents(sources.NOVELS)) if source == PIECES else
                     sources.documents(sources.NOVELS if source == "novels" else source))
    made = tokens.characters(documents)
    return tokens.stream(documents, made), made.size, made.separator


def _bpe(job: Job):
    """So much of a text as the job needs, streamed into a memory-mapped file that the next run finds."""
    from empirics.gpt2 import sources, tokens
    if job["tokens"] > MOST:
        raise TrainingError(f"{job['name']}: {job['tokens']:,} tokens are prepared once, as a token file: "
                            f"`python -m empirics.gpt2 prepare --source {job['source']} --out FILE`, then file='\"FILE\"'")
    if job["source"] == PIECES:
        found, version = sources.pieces(sources.documents(sources.NOVELS)), ""
    else:
        path = sources.NOVELS if job["source"] == "novels" else Path(job["source"])
        found = sources.documents(job["source"] if job["source"] == sources.OPENWEBTEXT else path)
        version = f"{path.stat().st_size} {path.stat().st_mtime_ns}" if path.exists() else ""
    made = tokens.gpt2()
    stream, _ = tokens.prepared(found, made, (job["tokens"], job["held_out"]), TOKENS, job["source"], version)
    return stream, made.size, made.separator


def streams_of(job: Job):
    """(training, held out): the first `tokens` of the text, and `held_out` of the documents after the one that these end in."""
    from empirics.gpt2 import tokens
    from empirics.gpt2.splits import first
    if job["kind"] == "tokens":
        stream, head = tokens.read(Path(job["file"]))
        size, separator = head["vocabulary"], head["separator"]
    else:
        stream, size, separator = _characters(job["source"]) if job["tokenizer"] == "characters" else _bpe(job)
    return first(job["name"], stream, size, job["model"]["length"], job["tokens"], job["held_out"], separator)


def source_of(job: Job) -> str:
    """What the data are of, as the record says it: for a token file, what it was prepared from."""
    if job["kind"] == "tokens":
        from empirics.gpt2 import tokens
        head = tokens.read(Path(job["file"]))[1]
        return str(head.get("source", "a file of unknown source"))
    return job["source"] if job["kind"] == "text" else f"grammar {job['grammar']}"


def perform(job: Job, folder: Path | None = None, world: Any = None, show: bool = False) -> dict[str, Any]:
    """Train it. The curve's rows: step, tokens seen, training loss since the last row, losses on samples of training and held-out
    data without dropout, and their standard errors. folder: for checkpoints, from which a killed run goes on."""
    the_torch()
    from empirics.gpt2.shapes import sibling
    from empirics.training.loop import ALONE, Plan, evaluate, train
    from empirics.training.model import Transformer, parameters_of, vanilla
    import torch
    job, world, start = checked(job), world or ALONE, time.perf_counter()
    if folder is not None:
        writable(folder)
    try:
        plan = Plan(**job["plan"])
        if job["kind"] in ("text", "tokens"):
            data, held = streams_of(job)
            shape = sibling(data.vocabulary, **job["model"])
        else:
            data, held = _lines(job)
            shape = vanilla(data.vocabulary, max(data.length, held.length), **job["model"])
    except TypeError as error:
        raise TrainingError(f"the job {job['name']} is not understood: {error}") from error
    torch.manual_seed(plan.seed)
    fresh = evaluate(Transformer(shape).to(world.device), held, 64, plan.seed, world.device)
    run = train(shape, plan, data, held, folder, world, _bar(job, plan, shape, data, world) if show else None)
    final = {k: evaluate(run.model, d, FINAL, plan.seed + 1, world.device) for k, d in (("train", data), ("held_out", held))}
    keys = ("train", "seen", "held_out", "seen_error", "held_out_error")
    each = data.length if hasattr(data, "stream") else data.tokens / len(data.lines)
    out = {"parameters": parameters_of(run.model), "tokens": data.tokens, "source": source_of(job),
           "epochs": round(plan.steps * plan.batch * each / data.tokens, 3), "untrained": round(fresh.value, 6),
           "curve": [[e["step"], e["tokens"], *(round(e[k], 5) for k in keys)] for e in run.history],
           **{k: {"value": round(m.value, 6), "error": round(m.error, 6), "sequences": m.sequences} for k, m in final.items()}}
    if "recall" in job:
        out["recalled"] = {k: recalled(run.model, d, job["recall"], plan.seed, world.device)
                           for k, d in (("train", data), ("held_out", held))}
    device = torch.cuda.get_device_name() if world.device.startswith("cuda") else f"cpu, {platform.machine()}"
    return {**out, "device": device, "processes": world.size, "torch": torch.__version__,
            "seconds": round(time.perf_counter() - start, 1)}


def _bar(job: Job, plan: Any, shape: Any, data: Any, world: Any):
    import torch
    from empirics.training.progress import Progress, matrix_rate
    half = plan.precision == "bfloat16" or (plan.precision == "auto" and world.device.startswith("cuda"))
    rate = matrix_rate(world.device, torch.bfloat16 if half else torch.float32) * world.size
    per_step = plan.batch * (data.length if hasattr(data, "stream") else data.tokens / len(data.lines))
    return Progress(plan.steps, per_step, shape.flops_per_token, rate, sys.stderr if world.first else None, f"{job['name']} ")


def recalled(model: Any, data: Any, most: int, seed: int, device: str = "cpu") -> dict[str, int]:
    """Of so many sequences: how many second halves the model continues the first half with, exactly, taking the likeliest
    token."""
    import torch
    whole = torch.from_numpy(data.sweep(most, seed)[0]).to(device)
    said = whole[:, : whole.shape[1] // 2]
    model.eval()
    with torch.inference_mode():
        while said.shape[1] < whole.shape[1]:
            said = torch.cat([said, model.likeliest(said)], dim=1)
    return {"exact": int((said == whole).all(1).sum()), "of": len(whole)}


def _one_thread() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)        # the parent says that it was stopped
    the_torch().set_num_threads(1)


def perform_all(jobs: Sequence[Job], stream: TextIO | None = None, processes: int | None = None,
                folder: Path | None = None) -> dict[str, dict[str, Any]]:
    """name -> figures, on CPU, in processes of one thread each: the figures do not depend on how many there are. The longest jobs
    should come first; a line for each that is done goes to `stream`. folder: where finished jobs wait while others run, so that a
    killed call goes on with those that are missing; emptied at the end."""
    the_torch()
    stream, start = stream or sys.stderr, time.perf_counter()
    if folder is not None:
        writable(folder)
    done = _kept(jobs, folder)
    jobs_left = [job for job in jobs if job["name"] not in done]
    if not jobs_left:
        return _emptied(jobs, done, folder)
    with ProcessPoolExecutor(min(processes or os.cpu_count() or 1, len(jobs_left)), get_context("spawn"), _one_thread) as pool:
        waiting = {pool.submit(perform, dict(job)): job["name"] for job in jobs_left}
        try:
            for future in as_completed(waiting):
                name = waiting[future]
                found = done[name] = future.result()
                if folder is not None:
                    store(next(job for job in jobs if job["name"] == name), found, folder / name.replace(" ", "_"))
                stream.write(f"training {len(done)}/{len(jobs)}: {name}, loss {found['train']['value']:.3f}, "
                             f"held out {found['held_out']['value']:.3f}, {time.perf_counter() - start:.0f} s\n")
                stream.flush()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return _emptied(jobs, done, folder)


def _kept(jobs: Sequence[Job], folder: Path | None) -> dict[str, dict[str, Any]]:
    if folder is None:
        return {}
    found = {job["name"]: result_of(job, folder / str(job["name"]).replace(" ", "_")) for job in jobs}
    return {name: result for name, result in found.items() if result is not None}


def _emptied(jobs: Sequence[Job], done: Mapping[str, dict[str, Any]], folder: Path | None) -> dict[str, dict[str, Any]]:
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
    return {job["name"]: done[job["name"]] for job in jobs}


def store(job: Job, result: Mapping[str, Any], folder: Path) -> Path:
    """The job and its figures as result.json, replaced in one step."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        temporary = folder / "result.json.tmp"
        temporary.write_text(json.dumps({"job": job, "result": result}, allow_nan=False) + "\n", encoding="utf-8")
        os.replace(temporary, folder / "result.json")
    except OSError as error:
        raise TrainingError(f"cannot write {folder / 'result.json'} ({error.strerror}); the checkpoints are kept: make room "
                            "and run the same command again") from error
    return folder / "result.json"


def result_of(job: Job, folder: Path) -> dict[str, Any] | None:
    """The figures in result.json; None where there are none yet. Those of another job are refused."""
    path = folder / "result.json"
    if not path.exists():
        return None
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        same, result = kept["job"] == json.loads(json.dumps(job)), dict(kept["result"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        why = type(error).__name__
        raise TrainingError(f"{path} cannot be read ({why}); delete it to train {job['name']} again") from error
    if not same:
        raise TrainingError(f"{path} is of another job than {job['name']}; move it away to train this one")
    return result
