"""`Memorizer.fit(sequences, labels)`: a Transformer that maps every given sequence to its labels, exactly."""
from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any, Hashable, Sequence

import numpy as np

from numerics.memorizer import bounds, counting, exact, referee, storage
from numerics.memorizer.build import Build, build
from numerics.memorizer.data import ANY, Data, integer_grid, prepare
from numerics.memorizer.layers import MemorizationError, Network

FLOAT64 = 53        # bits of its significand
REFEREED = 2        # sequences of every build that the independent evaluator repeats


class Memorizer:
    """A fitted network. `.network` holds every weight; `.classes` the label values, in the order of the readout 0, 1, ...

    Source: kim2023; construction of the specification, Sections 3.1 to 3.5, and `retrieval` and `averaging`, which are ours.
    """

    def __init__(self, network: Network, setting: str, length: int, classes: Sequence[Hashable], facts: dict[str, Any]):
        self.network, self.setting, self.length = network, setting, length
        self.classes, self.facts = tuple(classes), dict(facts)

    @classmethod
    def fit(cls, sequences: Any, labels: Any, *, setting: str = "equivariant", mask: Any = None, attention: str = "auto",
            method: str = "auto", max_bits: int | None = None, slack: bool = False, seed: int = 0, verify: bool = True,
            progress: exact.Progress | bool | None = None) -> Memorizer:
        """sequences: (N, n) or (N, n, d) integers, floats or Fractions. labels: (N, n) values, None where nothing is asked; (N,)
        in the setting `sequence`. mask: allowed[key][query], for the setting `sparse`.

        max_bits: every weight and partial sum fits into so many bits (53: float64). slack: softmax may replace hardmax.
        All sequences are evaluated, layer by layer, and the neurons that are never positive left out. verify: compare every
        label too; without it a wrong one is left to whoever predicts.
        progress: True for a bar, or a function of (sequences done, in all). Raises MemorizationError where no such network
        exists, or the request contradicts itself.
        """
        if (setting == "sparse") != (mask is not None):
            raise MemorizationError("the setting 'sparse' needs mask=allowed[key][query] of shape (n, n), and only it takes one")
        if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
            raise MemorizationError(f"the seed is a whole number from 0, not {seed!r}")
        if max_bits is not None and not isinstance(max_bits, (int, np.integer)):
            raise MemorizationError(f"max_bits is a whole number or None, not {max_bits!r}")
        data = prepare(sequences, labels, setting)
        if mask is not None:
            try:
                rows = np.array(mask, dtype=bool)
            except ValueError as error:
                raise MemorizationError("the rows of the mask differ in length; give allowed[key][query] of shape "
                                        "(n, n)") from error
            if rows.shape != (data.grid.shape[1],) * 2:
                raise MemorizationError(f"the mask has shape {rows.shape} and the sequences have {data.grid.shape[1]} tokens; "
                                        f"give allowed[key][query]")
            mask = tuple(tuple(bool(v) for v in row) for row in rows)
        made = build(data, mask, attention, method, max_bits, slack, np.random.default_rng(seed))
        network, bits = _evaluated(made.network, data, verify, _progress(progress))
        return cls(network, setting, data.grid.shape[1], data.classes, _facts(made, bits, data))

    def numbers(self, sequences: Any, progress: exact.Progress | bool | None = None) -> np.ndarray:
        """The readout, (N, n) integers."""
        return exact.run(self.network, self._grid(sequences), _progress(progress))

    def _grid(self, sequences: Any) -> np.ndarray:
        """The sequences as multiples of the grid that the network was built on."""
        grid, scale = integer_grid(sequences)
        own, d = self.network.embedding.scale, len(self.network.embedding.projection)
        if own % scale or grid.shape[1:] != (self.length, d):
            raise MemorizationError(f"this network takes sequences of shape (N, {self.length}, {d}) with tokens that are "
                                    f"multiples of 1/{own}; these have shape {grid.shape} and need 1/{scale}")
        times = own // scale
        return grid if times == 1 else _multiplied(grid, times)

    def predict(self, sequences: Any, progress: exact.Progress | bool | None = None) -> np.ndarray:
        """Labels, (N, n), or (N,) in the setting `sequence`; None where the readout is no label, or differs from token to token
        of a sequence that has one (inputs never fitted)."""
        numbers = self.numbers(sequences, progress)
        values = np.empty(len(self.classes) + 1, dtype=object)
        values[:-1] = self.classes
        known = (numbers >= 0) & (numbers < len(self.classes)) & (numbers % 1 == 0)
        if self.setting == "sequence":
            known = (known & (numbers == numbers[:, :1])).all(axis=1)
            numbers = numbers[:, 0]
        labels = values[np.where(known, numbers, len(self.classes)).astype(np.int64)]
        plain = known.all() and all(isinstance(v, int) and not isinstance(v, bool) for v in self.classes)
        return labels.astype(np.int64) if plain else labels

    def parameters(self) -> counting.Parameters:
        return counting.parameters(self.network)

    def bound(self) -> int:
        """Theorem R's bound on the nonzero parameters, at its best B, for these data."""
        f = self.facts
        layers = max(self.length, self.network.attention_layers)        # more than n over a sparse mask: n D
        return bounds.theorem_r(len(self.network.embedding.projection), layers, f["contexts"], f["rho"], f["classes_bits"],
                                modulus_bits=f["modulus_bits"], slack=f["slack"])

    def to_torch(self):
        """A `torch.nn.Module` in float64 that is exact on the fitted sequences; MemorizationError if 53 bits do not hold it."""
        from numerics.memorizer.modules import module
        if self.facts["bits"] > FLOAT64:
            raise MemorizationError(f"this network needs {self.facts['bits']} bits and float64 has {FLOAT64}; "
                                    f"fit it with max_bits={FLOAT64}")
        return module(self.network)

    def save(self, path: str | Path) -> Path:
        """PATH.json (architecture) and PATH.safetensors (weights)."""
        about = {"setting": self.setting, "length": self.length, "classes": list(self.classes), "facts": self.facts}
        return storage.save(Path(path), self.network, about)

    @classmethod
    def load(cls, path: str | Path) -> Memorizer:
        network, about = storage.load(Path(path))
        return cls(network, about["setting"], about["length"], about["classes"], about["facts"])

    def __repr__(self) -> str:
        p = self.parameters()
        return (f"Memorizer({self.setting}: {self.facts['contexts']:,} contexts, {p.nonzero:,} parameters of at most "
                f"{p.max_bits} bits, {self.network.attention_layers} attention layers of {self.network.depth})")


def _progress(wanted: exact.Progress | bool | None) -> exact.Progress | None:
    return exact.console_bar if wanted is True else wanted or None


def _multiplied(grid: np.ndarray, w: int) -> np.ndarray:
    return exact.Numbers.of(exact.Numbers.of(grid).times(w).values).values


def _evaluated(network: Network, data: Data, verify: bool, progress: exact.Progress | None) -> tuple[Network, int]:
    """The network without idle neurons, and how many bits hold its weights and every partial sum on these sequences (only the
    weights where they are beyond float64: nothing asks for the sums there). Two evaluators must agree on a sample."""
    sized = _weights(network) <= FLOAT64
    got, pruned, seen = exact.run_and_prune(network, data.grid, progress, sized)
    if verify and ((got != data.label) & (data.label != ANY)).any():
        raise MemorizationError("the network that was built does not give back its labels")
    for i in range(min(REFEREED, len(got))):
        again = referee.evaluate(pruned, [[Fraction(int(v), data.scale) for v in token] for token in data.grid[i]])
        if [Fraction(v) for v in got[i].tolist()] != again:
            raise MemorizationError(f"the two evaluators disagree on sequence {i}")
    if (weights := _weights(pruned)) > FLOAT64:
        return pruned, weights
    most = exact.reached(pruned, seen, data.grid.shape[1]) if sized else exact.reach(pruned, data.grid)
    return pruned, max(weights, (most - 1).bit_length())


def _weights(network: Network) -> int:
    """Bits of the largest weight, without its sign."""
    return counting.parameters(network).max_bits - 1


def _facts(made: Build, bits: int, data: Data) -> dict[str, Any]:
    return {"contexts": made.contexts, "slack": made.slack, "rho": made.rho, "classes_bits": made.classes_bits,
            "method": made.method, "group": made.group, "modulus_bits": made.modulus_bits, "u_sum": made.u_sum,
            "sequences": len(data.grid), "bits": bits}
