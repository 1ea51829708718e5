"""Experiment `memorizer.exact`: networks are built from weights up and every label is evaluated exactly, on the inputs and on
random permutations of them (kim2023, K1 to K3, K7 to K10).

An exact run has no noise: a quantity is the share of wrong labels of the worst network, and the predicted range is the point 0.
The labels are counted here, on predictions: networks are fitted with verify=False, so that building does not refuse a wrong one
before it is counted. Controls break one thing (a weight by one, the count head, the order of positions, the causal mask, one
flooding layer) and must give wrong labels.
"""
from __future__ import annotations

from dataclasses import replace
from typing import Any, Mapping

import numpy as np

from empirics.experiment import Experiment, Rival
from empirics.memorization import instances
from numerics.memorizer import Memorizer
from numerics.memorizer.bounds import information
from numerics.memorizer.contextual import FLOOD, MARK
from numerics.memorizer.layers import Attention, FeedForward, Network
from theory.terms import ONE, inv, num

SIZES = [[16, 4, 4], [16, 32, 64], [32, 8, 8], [32, 16, 4], [64, 4, 64], [64, 8, 16], [64, 16, 8], [64, 32, 4], [128, 4, 8],
         [128, 8, 4], [128, 16, 64], [128, 32, 16], [256, 4, 16], [256, 8, 64], [256, 16, 4], [256, 32, 8], [512, 4, 4],
         [512, 8, 16], [512, 16, 16], [1024, 4, 64], [1024, 8, 16], [1024, 16, 8], [1024, 32, 64], [2048, 8, 4]]      # N, n, d
SHARES = {"wrong": "equivariant", "placed": "positional", "classified": "sequence", "continued": "causal", "sparse": "sparse"}


def fitted(setting: str, count: int, length: int, d: int, classes: int, rng: np.random.Generator, **options: Any):
    """(sequences, labels, memorizer) of a random data set. Nobody has compared its labels yet."""
    x = instances.uniform(rng, count, length, d)
    y = instances.labels(x, classes, setting, rng)
    return x, y, Memorizer.fit(x, y, setting=setting, seed=int(rng.integers(2 ** 31)), verify=False, **options)


def wrong(m: Memorizer, x: np.ndarray, y: np.ndarray, network: Network | None = None) -> float:
    """Share of the labels asked about that differ."""
    got = Memorizer(network or m.network, m.setting, m.length, m.classes, m.facts).predict(x)
    asked = np.array([v is not None for v in y.reshape(-1)])
    return float(np.mean(got.reshape(-1)[asked] != y.reshape(-1)[asked]))


def _row(m: Memorizer, x, y, rng) -> dict[str, Any]:
    p = m.parameters()
    moved = instances.permuted(x, y, rng)
    follows = m.setting in ("equivariant", "sequence")
    return {"setting": m.setting, "N": len(x), "n": x.shape[1], "d": x.shape[2], "contexts": m.facts["contexts"],
            "wrong": wrong(m, x, y), "moved": wrong(m, *moved) if follows else None, "bound": m.bound(),
            "nonzero": p.nonzero, "dense": p.dense, "distinct": p.distinct, "max_bits": p.max_bits, "total_bits": p.total_bits,
            "labels_bits": information(m.facts["contexts"], len(m.classes)), "attention": m.network.attention_layers,
            "depth": m.network.depth, "rho": m.facts["rho"]}


# ---------------------------------------------------------------- controls

def one_off(network: Network, at: int) -> Network:
    """Neuron number `at` of the last feed-forward layers, its bias one more."""
    places = [(i, j) for i, item in enumerate(network.layers) if isinstance(item, FeedForward) for j in range(len(item.neurons))]
    i, j = places[at % len(places)]
    neurons = list(network.layers[i].neurons)
    neurons[j] = replace(neurons[j], bias=neurons[j].bias + 1)
    return replace(network, layers=(*network.layers[:i], FeedForward(tuple(neurons)), *network.layers[i + 1:]))


def without_counts(network: Network) -> Network:
    """The heads that count how often a token occurs, removed."""
    def keep(item):
        return Attention(tuple(h for h in item.heads if MARK not in h.value)) if isinstance(item, Attention) else item
    return replace(network, layers=tuple(keep(item) for item in network.layers))


def without_one_flood(network: Network) -> Network:
    """One layer of maxima over neighbours fewer in the first round, with the copy that feeds it."""
    first = next(i for i, item in enumerate(network.layers) if isinstance(item, Attention) and FLOOD in item.heads[0].key)
    return replace(network, layers=network.layers[:first] + network.layers[first + 2:])


def _controls(rng: np.random.Generator) -> dict[str, list[float]]:
    """Share of wrong labels where one thing is broken; five instances each."""
    out: dict[str, list[float]] = {q: [] for q in (*SHARES, "moved")}
    for _ in range(5):
        x, y, m = fitted("equivariant", 40, 6, 4, 4, rng)
        out["wrong"].append(max(wrong(m, x, y, one_off(m.network, int(k))) for k in rng.integers(0, 400, size=5)))
        x, y, m = fitted("positional", 40, 6, 4, 4, rng)
        out["moved"].append(wrong(m, *instances.permuted(x, y, rng)))
        out["placed"].append(wrong(m, instances.permuted(x, y, rng)[0], y))
        x = instances.ADVERSARIES["equal token sets"](rng, 7, 5, 3)
        y = np.arange(len(x))
        m = Memorizer.fit(x, y, setting="sequence", attention="extraction", verify=False)
        out["classified"].append(wrong(m, x, y, without_counts(m.network)))
        x, y, m = fitted("causal", 40, 6, 4, 4, rng)
        out["continued"].append(wrong(m, x, y, replace(m.network, mask=None)))
        x, y, m = fitted("sparse", 40, 6, 4, 4, rng, mask=instances.ring(6))
        out["sparse"].append(wrong(m, x, y, without_one_flood(m.network)))
    return out


# ---------------------------------------------------------------- the experiment

WAYS = {"auto": {}, "paper": {"method": "strings", "attention": "extraction"}, "steps": {"method": "steps"}}


def _scaled(rng: np.random.Generator, count: int, n: int, d: int, **options: Any) -> dict[str, Any]:
    x, y, m = fitted("equivariant", count, n, d, 4, rng, **options)
    p = m.parameters()
    return {"N": count, "n": n, "d": d, "M": m.facts["contexts"], "nonzero": p.nonzero, "dense": p.dense, "max_bits": p.max_bits,
            "total_bits": p.total_bits, "rho": m.facts["rho"], "bound": m.bound(), "wrong": wrong(m, x, y)}


def measure(c: Mapping[str, Any], seed: int) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    rows = []
    for count, n, d in c["sizes"]:
        x, y, m = fitted("equivariant", count, n, d, 4, rng)
        rows.append(_row(m, x, y, rng))
    for setting in ("positional", "sequence", "causal", "masked"):
        for count in c["N settings"]:
            x, y, m = fitted(setting, count, 8, 8, 4, rng)
            rows.append(_row(m, x, y, rng))
    for mask in (instances.ring(6), instances.star(8), instances.strongly_connected(8, rng)):
        for count in c["N settings"]:
            x, y, m = fitted("sparse", count, len(mask), 8, 4, rng, mask=mask)
            rows.append(_row(m, x, y, rng))
    small = []
    for i in range(c["instances"]):
        kind = ["random", *instances.ADVERSARIES][i % 7]
        x, options = instances.draw(rng, kind)
        y = instances.labels(x, 3, options["setting"], rng, 0.5 if options["setting"] == "masked" else 1.0)
        m = Memorizer.fit(x, y, seed=i, verify=False, **options)
        small.append({"kind": kind, **_row(m, x, y, rng)})
    scaling = {name: [_scaled(rng, count, 8, 16, **options) for count in c["N scaling"]
                      if count <= c["N at most"].get(name, count)]
               for name, options in WAYS.items()}
    scaling["length"] = [_scaled(rng, 64, n, 8, attention="extraction") for n in c["n scaling"]]
    scaling["dimension"] = [_scaled(rng, 64, 8, d) for d in c["d scaling"]]
    return {"rows": rows, "instances": small, "controls": _controls(rng), "scaling": scaling}


def analyse(raw: Mapping[str, Any]) -> dict[str, dict[str, dict[str, float]]]:
    scaled = [{"setting": "equivariant", "moved": None, **r} for curve in raw["scaling"].values() for r in curve]
    rows = raw["rows"] + raw["instances"] + scaled
    out = {q: _both([r["wrong"] for r in rows if r["setting"] == s or (q == "placed" and s == "masked")], raw["controls"][q])
           for q, s in SHARES.items()}
    out["moved"] = _both([r["moved"] for r in rows if r["moved"] is not None], raw["controls"]["moved"])
    out["slope"] = {"measured": _slope(raw["scaling"]["auto"]), "control": _slope(raw["scaling"]["steps"])}
    return out


def _both(measured: list[float], control: list[float]) -> dict[str, dict[str, float]]:
    """The worst network decides: one that errs is outside the predicted point, however many do not. Controls as they scatter."""
    return {"measured": dict.fromkeys(("low", "high", "value"), max(measured)),
            "control": {"low": min(control), "high": max(control), "value": float(np.mean(control))}}


LARGE = 4096        # contexts from which on a slope is read: below, the parts d + n + logarithms flatten the curve


def _slope(rows: list[Mapping[str, int]]) -> dict[str, float]:
    """d log nonzero / d log M for M >= 4096: least squares over all, and the hull of the slopes between neighbours."""
    kept = [r for r in rows if r["M"] >= LARGE]
    x, y = np.log([r["M"] for r in kept]), np.log([r["nonzero"] for r in kept])
    local = np.diff(y) / np.diff(x)
    return {"low": float(local.min()), "high": float(local.max()), "value": float(np.polyfit(x, y, 1)[0])}


def _rivals(names: Mapping[str, str]) -> dict[str, Rival]:
    some = Rival("some label is wrong: at least one of ten million", inv(num(10 ** 7)), ONE)
    return {claim: some if q != "slope" else Rival("one parameter per label: slope 1", num(9) / num(10), num(11) / num(10))
            for claim, q in names.items()}


CONTROLS = {"wrong": "one bias off by one", "moved": "positional inputs permuted",
            "placed": "the positions of the inputs permuted", "classified": "the count head removed",
            "continued": "the causal mask removed", "sparse": "one flooding layer missing",
            "slope": "a unit ramp per label"}
DECIDES = {"kim2023.abstract.memorise.run": "wrong", "kim2023.abstract.permutations.run": "moved",
           "kim2023.abstract.positions.run": "placed", "kim2023.classification.run": "classified",
           "kim2023.language.run": "continued", "kim2023.sparse.run": "sparse", "kim2023.abstract.rate.measured": "slope"}

EXPERIMENTS = [Experiment("memorizer.exact", measure, analyse, CONTROLS, _rivals(DECIDES),
                          {"sizes": SIZES, "N settings": [16, 128, 1024], "instances": 210,
                           "N scaling": [32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384],
                           "N at most": {"paper": 1024, "steps": 1024}, "n scaling": [2, 4, 8, 16, 32, 64],
                           "d scaling": [2, 8, 32, 128, 512]},
                          sources=("empirics/memorization/exact.py", "empirics/memorization/instances.py", "numerics/memorizer"))]
