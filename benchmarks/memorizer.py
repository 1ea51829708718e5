"""What it costs to construct a memorising Transformer and to evaluate every label exactly, against contexts.

    python -m benchmarks.memorizer [--contexts 131072]

One run: construction and layer-by-layer evaluation from 1,024 contexts up (n = 8, d = 16, four classes), seconds, the exponent of time
against contexts, peak memory. Beside it, at 1,024 and 8,192 contexts, the paper's own pipeline (string matching with stored ids) in the same
evaluator, and what a plain implementation over Fractions takes for the same labels (measured on four sequences, scaled).
"""
from __future__ import annotations

import argparse
import resource
import sys
import time
from math import log
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np  # noqa: E402

from empirics.memorization.instances import labels, uniform  # noqa: E402
from numerics.memorizer import Memorizer, referee  # noqa: E402

LENGTH, DIMENSION, CLASSES = 8, 16, 4


def timed(contexts: int, **options) -> tuple[float, Memorizer, np.ndarray, bool]:
    rng = np.random.default_rng(contexts)
    x = uniform(rng, contexts // LENGTH, LENGTH, DIMENSION)
    y = labels(x, CLASSES, "equivariant", rng)
    start = time.perf_counter()
    m = Memorizer.fit(x, y, progress=True, **options)        # fit evaluates every label before it returns
    seconds = time.perf_counter() - start
    return seconds, m, x, len(x) > 1024 or bool((m.predict(x) == y).all())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--contexts", type=int, default=32_768, help="the largest number of contexts (131072 takes minutes)")
    largest = parser.parse_args().contexts
    if largest < 1024:
        parser.error("--contexts must be at least 1024")
    print(f"{'contexts':>9} {'seconds':>8} {'parameters':>10} {'layers':>6} {'bits':>5} {'GB':>5}   paper's pipeline   plain Fractions")
    rows, right, m = [], True, 1024
    while m <= largest:
        seconds, made, x, exact = timed(m)
        right &= exact
        rows.append((m, seconds))
        line = (f"{m:>9,} {seconds:>8.2f} {made.parameters().nonzero:>10,} {made.network.depth:>6,} {made.parameters().max_bits:>5} "
                f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2 ** 20:>5.2f}")
        if m in (1024, 8192):
            paper = timed(m, method="strings", attention="extraction")[0]
            start = time.perf_counter()
            for sequence in x[:4]:
                referee.evaluate(made.network, sequence.tolist())
            plain = (time.perf_counter() - start) / 4 * len(x)
            line += f"   {paper:7.2f} s ({paper / seconds:4.1f} x)   {plain:7.1f} s ({plain / seconds:4.0f} x)"
        print(line, flush=True)
        m *= 2
    (a, s), (b, t) = rows[-2:] if len(rows) > 1 else rows * 2
    if a != b:
        print(f"time grows like contexts^{log(t / s) / log(b / a):.2f} between the last two rows")
    print("every label evaluated exactly" if right else "WRONG LABELS")
    return 0 if right else 1


if __name__ == "__main__":
    raise SystemExit(main())
