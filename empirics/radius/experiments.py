"""The experiments `radius` (GPT-2 medium on OpenWebText, as Section 6.1) and `radius.offline` (a sentence encoder on six novels).

Both run the same pipeline. What each explanation predicts is computed, and written to the disk, before a distance between the
model's own vectors is taken. `radius.offline` decides readings of our own, about any transformer; only `radius` can decide what
is printed about GPT-2 medium. The ranges of the readings were fixed before the first run, and a pilot run on the first 4,096
chunks showed that vectors cluster by the chunk's last word; the record is of other chunks. Two things were changed after the
first record: the statistic of the two claims that compare explanations, which the measurement had dropped out of
(`analysis.score`), and the claim about the scale of the last layer norm, which is an identity and is now proved instead of
measured.
"""
from __future__ import annotations

import json
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Callable, Mapping

import numpy as np

from empirics.experiment import Experiment, Rival
from empirics.radius import explanations, statistics
from empirics.radius.analysis import analyse_offline, analyse_paper, comparison
from empirics.radius.settings import RadiusError, Settings
from theory.terms import ONE, PI, exp, fam, gamma, inv, log, num, power

SCALE = 16              # by which the last layer norm is multiplied in a model that computes the same
LIBRARIES = ("torch", "transformers", "safetensors")
# what the figures depend on; not numerics.neighbors, whose answer is defined bit for bit, nor `store`, which only keeps
SOURCES = ("empirics/data/novels_small.txt.xz", *(f"empirics/radius/{name}.py" for name in (
    "explanations", "experiments", "forward", "models", "pipeline", "retrieval", "settings", "sources", "statistics")))
PATTERNS = 16           # of the made-up vectors that revisit stored patterns: many vectors each, also in the smallest sample
FLAT = 4                # dimensions of the made-up vectors on a surface
DRAWS = 4               # of each random rival, for the error of what it predicts
N = fam("n")

Say = Callable[[str], None]


def nearest(x: np.ndarray, sizes: list[int], device: str) -> dict[int, np.ndarray]:
    """size -> nearest-neighbour distances of the first `size` vectors, exact, float64."""
    from numerics.neighbors import nearest_within
    found = nearest_within(x, sizes, device=device)
    return {size: np.asarray(found[size].distance) for size in sizes}


def same_word(x: np.ndarray, words: np.ndarray, device: str) -> dict[str, float]:
    """How often a vector's nearest neighbour ends in the same word, and how often a vector drawn at random would."""
    from numerics.neighbors import nearest_within
    found = np.asarray(nearest_within(x, [len(x)], device=device)[len(x)].index)
    counts = np.unique(words, return_counts=True)[1].astype(float)
    chance = (counts * (counts - 1)).sum() / (len(words) * (len(words) - 1))
    return {"same": round(float((words == words[found]).mean()), 6), "chance": round(float(chance), 6)}


def summaries(x: np.ndarray, sizes: list[int], device: str) -> dict[str, Any]:
    """size -> summary of the distances."""
    return {str(s): statistics.summary(d) for s, d in nearest(x, sizes, device).items()}


def own_distances(x: np.ndarray, sizes: list[int], device: str, shown: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """size -> summary of the model's own distances, with one histogram for the four shares of Figure 2 where `shown`; and how
    they keep what is proved of any vectors."""
    found = nearest(x, sizes, device)
    four = [max(2, len(x) * share // 100) for share in statistics.SHARES]
    edges = statistics.bins([found[s] for s in four]) if shown else None
    every = found[len(x)]
    return ({str(s): statistics.summary(d, edges if s in four else None) for s, d in found.items()},
            {**explanations.fewer_is_farther(found), **explanations.disjoint_balls(every, explanations.radius(x.shape[1]))})


def medians(drawn: Any, first: Mapping[str, Any], m: int, rng: np.random.Generator, device: str) -> list[float]:
    """The median distances of m vectors in DRAWS draws of one rival: that of the draw which is shown, and of further ones."""
    more = [summaries(drawn(rng), [m], device) for _ in range(DRAWS - 1)]
    return [curve[str(m)]["median"] for curve in (first, *more)]


# ---------------------------------------------------------------- measuring

def measure(configuration: Mapping[str, Any], seed: int, out: Path | None = None, say: Say | None = None) -> dict[str, Any]:
    """The raw figures of a run. out: where vectors and predictions go (without one, they are not kept). Several processes of a
    `torchrun` share the forward passes; what the others return is empty."""
    if out is None:
        with tempfile.TemporaryDirectory() as folder:
            return measure(configuration, seed, Path(folder), say)
    from empirics.radius.pipeline import activations, group, progress
    say = say or (progress if sys.stderr.isatty() else lambda line: None)
    settings = Settings.of({**configuration, "seed": seed})
    quarter = max(2, settings.chunks // 4)
    clock, processor, seconds = time.perf_counter(), time.process_time(), {}
    with group(settings.device) as team:
        say("vectors of the trained model")
        run = activations(settings, out / "trained", say, team)
        say("vectors of the untrained model")
        untrained = replace(settings, untrained=True, views=("after", "before"))
        bare = activations(untrained, out / "untrained", say, team, first=quarter)
    if team.rank:
        return {}
    seconds["vectors"] = time.perf_counter() - clock
    device = run.encoder.device
    say("predictions")
    predicted = predictions(run, bare, settings, device)
    _keep(out / "predictions.json", predicted)
    seconds["predictions"] = time.perf_counter() - clock - sum(seconds.values())
    say("nearest neighbours")
    measured = {view: own_distances(run.vectors(view), _sizes(view, settings), device, view in ("after", "before"))
                for view in settings.views}
    real, proved = ({view: found[k] for view, found in measured.items()} for k in (0, 1))
    ends = run.chunks.tokens[:, -1]
    words = {view: same_word(run.vectors(view), ends, device) for view in settings.views}
    seconds["distances"] = time.perf_counter() - clock - sum(seconds.values())
    say("controls and retrieval")
    controls = made_up(settings, run.encoder.width, ends, seed, device)
    rest = {"scaled": rescaled(run, settings, device), "retrieval": _retrieval(run, configuration, seed)}
    seconds["controls"] = time.perf_counter() - clock - sum(seconds.values())
    raw = {"device": device, **run.facts(), "predicted": predicted, "real": real, "proved": proved, "words": words,
           "controls": controls, **rest,
           "phases": {k: round(v, 1) for k, v in seconds.items()}, "processor seconds": round(time.process_time() - processor, 1)}
    raw = json.loads(json.dumps(raw))
    return {**raw, "comparison": comparison(raw)}


def _sizes(view: str, settings: Settings) -> list[int]:
    m = settings.chunks
    return statistics.sizes(m) if view in ("after", "before") else sorted({max(2, m // 4), m})


def predictions(run: Any, bare: Any, settings: Settings, device: str) -> dict[str, Any]:
    """What every explanation says about the distances, from sizes, weights and the vectors' moments alone."""
    from empirics.radius.pipeline import check_varied
    sizes = explanations.from_sizes(run.encoder.width, settings.length, settings.chunks)
    out: dict[str, Any] = {"from sizes": sizes, "norms": {}, "directions": {}, "gaussian": {}, "words": {}, "shuffled": {},
                           "untrained": {}, "draws": {"gaussian": {}, "words": {}}}
    for k, view in enumerate(settings.views):
        x, rng = run.vectors(view), np.random.default_rng([settings.seed, k])
        check_varied(view, x)
        out["norms"][view] = statistics.norms(x)
        out["directions"][view] = round(explanations.participation(x), 3)
        for name, drawn in _rivals(x, run.chunks.tokens[:, -1]).items():
            out[name][view] = summaries(drawn(rng), _sizes(view, settings), device)
            out["draws"][name][view] = medians(drawn, out[name][view], len(x), rng, device)
        if view in ("after", "before"):
            out["shuffled"][view] = summaries(explanations.shuffled(x, rng), _sizes(view, settings), device)
            out["untrained"][view] = summaries(bare.vectors(view), [bare.store.count], device)
    return out


def _rivals(x: np.ndarray, words: np.ndarray) -> dict[str, explanations.Draw]:
    return {"gaussian": explanations.gaussian(x), "words": explanations.by_word(x, words)}


def made_up(settings: Settings, width: int, words: np.ndarray, seed: int, device: str) -> dict[str, Any]:
    """Vectors of which the answer is known: what the paper's picture looks like, and a surface of few dimensions."""
    rng, m = np.random.default_rng([seed, 99]), settings.chunks
    visited = explanations.revisited(m, width, PATTERNS, rng)
    draws = {name: medians(drawn, summaries(drawn(rng), [m], device), m, rng, device)
             for name, drawn in _rivals(visited, words).items()}
    return {"revisited": summaries(visited, statistics.sizes(m), device), "revisited draws": draws,
            "surface": summaries(explanations.surface(m, width, FLAT, rng), statistics.sizes(m), device)}


def rescaled(run: Any, settings: Settings, device: str) -> dict[str, Any]:
    """One batch through a model whose last layer norm is SCALE times larger, which computes the same function of it: the
    distances are SCALE times as large, as is proved of any vectors (niu2024.radius.corroborates.scale.amended). No claim's
    evidence: it shows that the pipeline measures in the unit that the norm sets."""
    from empirics.radius import forward
    from empirics.radius.models import rescale
    count = min(settings.batch, settings.chunks)
    x = run.vectors("after")[:count]
    rescale(run.encoder, SCALE)
    try:
        large = forward.vectors(run.encoder, run.chunks.tokens[:count], ("after",), settings.position, settings.batch)["after"]
    finally:
        rescale(run.encoder, 1 / SCALE)         # a power of two: exactly what it was
    def unit(v):
        return v / np.linalg.norm(v, axis=1, keepdims=True)
    turned = explanations.rotated(x, np.random.default_rng([settings.seed, 5]))
    return {"factor": SCALE, "largest change of the normalised output": float(np.abs(unit(large) - unit(x)).max()),
            "before": summaries(x, [count], device), "after": summaries(large, [count], device),
            "rotated": summaries(turned, [count], device)}


def _retrieval(run: Any, configuration: Mapping[str, Any], seed: int) -> list[dict[str, Any]]:
    from empirics.radius import retrieval
    return retrieval.measure(run.encoder, run.chunks.tokens[:configuration["contexts"]], configuration["batch"], seed)


def _keep(path: Path, data: Any) -> None:
    from empirics.radius.store import write
    try:
        write(path, json.dumps(data, sort_keys=True).encode())
    except OSError as error:
        raise RadiusError(f"cannot write {path}: {error.strerror}; make room and run the same command again") from error


# ---------------------------------------------------------------- the experiments, their rivals and controls

PAPER = "niu2024.radius"
RULE = 2 * power(N * inv(2 * PI * exp(ONE)), num(1) / 2)
UNIT_DENSITY = exp(log(gamma(N / 2 + 1)) / N) * power(PI, -num(1) / 2)     # V_n = 1
TEN_DIMENSIONS = exp(log(num(4)) / 10)                                     # distance at 25 % over that at 100 %
LAYERS = tuple(f"layer.{k}" for k in range(6))

EXPERIMENTS = (
    Experiment(
        "radius", measure, analyse_paper,
        {"off": "the same vectors with every coordinate permuted", "worst": "the same vectors with every coordinate permuted",
         "lift": "the stored activation of the next context, instead of its own"},
        {f"{PAPER}.distances": Rival("the printed formula or unit density sets the distance: 15.5 or 7.8, and not 20",
                                     20 - RULE - 1, None),
         f"{PAPER}.shares": Rival("vectors of at most ten local dimensions: the distance falls by 4^(1/10) from 25 to 100 %",
                                  20 * (TEN_DIMENSIONS - 1) * inv(TEN_DIMENSIONS + 1), None),
         "niu2024.abstract.search": Rival("any block that mixes tokens keeps neighbours: as many hits with shuffled weights",
                                          None, num(3) / 2)},
        {"model": "gpt2-medium", "source": "datasets:Skylion007/openwebtext", "length": 256, "chunks": 80_000,
         "views": ["after", "before", *(f"layer.{k}" for k in range(0, 24, 4))], "batch": 128, "shard": 2048, "contexts": 512},
        {"n": 1024}, sources=SOURCES, packages=LIBRARIES, offline=False),
    Experiment(
        "radius.offline", measure, analyse_offline,
        {"ratio": "the same vectors with every coordinate permuted",
         "score": "made-up vectors in balls of radius sqrt(n/2 pi e) around 16 stored patterns",
         "beaten": "made-up vectors in balls of radius sqrt(n/2 pi e) around 16 stored patterns",
         "shares": "made-up vectors on a surface of 4 dimensions",
         "fall": "made-up vectors in balls of radius sqrt(n/2 pi e) around 16 stored patterns",
         "lift": "the stored activation of the next context, instead of its own"},
        {f"{PAPER}.distances.encoder": Rival("points scattered at one per unit volume, without any model: half of the formula",
                                             num(9) / 10 * UNIT_DENSITY * inv(RULE), num(11) / 10 * UNIT_DENSITY * inv(RULE)),
         f"{PAPER}.corroborates.gaussian": Rival("a Gaussian with the same mean and covariance predicts the distances better",
                                                 num(1) / 20, None),
         f"{PAPER}.corroborates.words": Rival("a Gaussian with one covariance between words and one within predicts the "
                                              "distances better", num(1) / 20, None),
         f"{PAPER}.shares.encoder": Rival("vectors of at most ten local dimensions", TEN_DIMENSIONS, None),
         f"{PAPER}.typical.settled": Rival("samples of a distribution of at most 30 local dimensions: the distance keeps falling",
                                           num(1) / 30, None),
         "niu2024.abstract.search.encoder": Rival("any block that mixes tokens keeps neighbours: as many hits with shuffled "
                                                  "weights", None, num(3) / 2)},
        {"model": "packaged", "source": "novels", "length": 64, "chunks": 3072, "skip": 4096,
         "views": ["after", "before", *LAYERS], "batch": 16, "shard": 512, "contexts": 160},
        {"n": 384}, sources=SOURCES, packages=LIBRARIES),
)
