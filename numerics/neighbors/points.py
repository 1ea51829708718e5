"""The vectors as the search sees them: checked, distinct, centred, scaled, and ordered by prefix and size.

Units: everything but `x` is in *scaled* units, y = (x 2^e0 - c) 2^e1 with c near the mean and max |y| in [1, 2): a translation
and a scaling by a power of two, so the order of distances is that of x. y is computed in float64; where it is rounded, the error
is at most 2^-53 |y| a component (plus an underflow below 2^(e1 - 1074)) and every bound of the search carries it (`Points.blur`).
"""
from __future__ import annotations

import math
from typing import Callable, Iterator, Sequence

import numpy as np
import torch

from numerics.neighbors.threads import Threads

CHUNK = 1 << 17             # numbers converted to float64 at a time: 1 MB, as larger pieces cost page faults
BULK = 1 << 26              # the same on a GPU, where small pieces cost calls
LARGE, SPAN = 2.0 ** 500, 2.0 ** -370


class NeighbourError(ValueError):
    """The data cannot be searched; one line says why and how to mend it."""


def scaled(x: torch.Tensor, e: int) -> torch.Tensor:
    """x 2^e, in two steps where 2^e itself is no normal number; exact unless it underflows."""
    return x if e == 0 else x * 2.0 ** e if abs(e) < 1000 else x * 2.0 ** (e // 2) * 2.0 ** (e - e // 2)


def checked(x, device: str, threads: Threads) -> torch.Tensor:
    """A tensor (m, n) of finite float32 or float64, m >= 2, contiguous, on the device; half precision widens exactly."""
    if isinstance(x, np.ndarray):
        x = np.ascontiguousarray(x, x.dtype.newbyteorder("="))
    x = torch.as_tensor(x).detach()
    if x.dim() != 2:
        raise NeighbourError(f"nearest neighbours need an array of shape (m, n), this one has {x.dim()} dimension(s)")
    if x.dtype in (torch.float16, torch.bfloat16):
        x = x.float()
    if x.dtype not in (torch.float32, torch.float64):
        raise NeighbourError(f"nearest neighbours need floating-point vectors, these are {x.dtype}: convert them to float32")
    if x.shape[0] < 2 or x.shape[1] < 1:
        raise NeighbourError(f"nearest neighbours need two vectors or more, of one number or more: the shape is {tuple(x.shape)}")
    x = x.to(device).contiguous()
    if not math.isfinite(largest(x, threads)):
        marked = ((k, ~torch.isfinite(part).all(1)) for k, part in chunks(x))
        bad = next(k + int(rows.nonzero()[0]) for k, rows in marked if bool(rows.any()))
        raise NeighbourError(f"vector {bad} has nan or infinite components: leave it out or mend it")
    return x


def largest(x: torch.Tensor, threads: Threads) -> float:
    """max |x|, nan if there is one"""
    most = threads.map(lambda part: float(torch.stack(torch.aminmax(part[1])).abs().max()), chunks(x))
    return float(np.max(most))


def check_sizes(sizes: Sequence[int], m: int) -> tuple[int, ...]:
    """Distinct prefix lengths, ascending."""
    out = tuple(sorted({int(s) for s in sizes}))
    if not out or out[0] < 2 or out[-1] > m:
        raise NeighbourError(f"a prefix has 2 vectors or more and at most all {m}: {list(sizes)}")
    return out


def rows_at_a_time(x: torch.Tensor) -> int:
    return max(1, (BULK if x.is_cuda else CHUNK) // x.shape[1])


def chunks(x: torch.Tensor):
    """(first row, rows) of pieces of x"""
    step = rows_at_a_time(x)
    return ((k, x[k:k + step]) for k in range(0, x.shape[0], step))


def classes(x: torch.Tensor, threads: Threads) -> tuple[np.ndarray, np.ndarray]:
    """Equal vectors: the first row of each class, ascending, and the class of every row. 0.0 and -0.0 are equal.

    A 64-bit hash proposes the classes; members are compared with their first row, and a collision falls back to sorting."""
    whole = torch.int32 if x.dtype == torch.float32 else torch.int64
    weights = torch.from_numpy(np.random.default_rng(7).integers(-2 ** 62, 2 ** 62, x.shape[1]) * 2 + 1).to(x.device)
    hashes = torch.empty(len(x), dtype=torch.int64, device=x.device)

    # written in place: small results kept between large temporaries would break up the heap, some 600 MB of it
    def hash_rows(part: tuple[int, torch.Tensor]) -> None:
        hashes[part[0]:part[0] + len(part[1])] = ((part[1] + 0.0).view(whole) * weights).sum(1)

    threads.map(hash_rows, chunks(x))
    hashes = hashes.cpu().numpy()
    _, first, group = np.unique(hashes, return_index=True, return_inverse=True)
    again = np.flatnonzero(first[group] != np.arange(len(group)))
    for rows in np.array_split(again, max(1, len(again) * x.shape[1] // CHUNK)):
        if not torch.equal(x[torch.from_numpy(rows).to(x.device)], x[torch.from_numpy(first[group[rows]]).to(x.device)]):
            whole_rows = np.ascontiguousarray((x + 0.0).cpu().numpy())
            whole_rows = whole_rows.view(np.dtype((np.void, whole_rows.dtype.itemsize * whole_rows.shape[1]))).ravel()
            _, first, group = np.unique(whole_rows, return_index=True, return_inverse=True)
            break
    order = np.argsort(first, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return first[order], rank[group]


class Points:
    """Attributes, for u distinct vectors in search order (by prefix, then norm or `spread`) and L prefixes:
    row (u,)         the first row of x that holds the vector
    group (m,)       the position of each row's vector in search order
    second (u,)      the second row that holds it, or m
    mult (L, u)      how many rows of each prefix hold it
    edges            the search positions of prefix k end at edges[k]
    norm, spread     (u,) float64: ||y|| to a relative 1e-12, and what the order within a prefix is by
    exact            y lies on a grid so coarse that float64 sums of products have no rounding at all
    shift            distances are computed on x 2^-shift, 0 unless squares of float64 data would overflow
    """

    def __init__(self, x: torch.Tensor, sizes: tuple[int, ...], threads: Threads, spread: Callable | None = None):
        """`spread` maps y (k, n) float64 to the numbers (k,) that order the vectors of a prefix; their norms if it is None."""
        self.x, (self.m, self.n), self.threads = x, x.shape, threads
        used = x[:sizes[-1]]
        size = largest(used, threads)
        self.shift = self._shift(used, size)
        first, group = classes(used, threads)
        self._centre(used, size)
        norm, spread = (t.cpu().numpy() for t in self._norms(torch.from_numpy(first).to(x.device), spread))
        level = np.searchsorted(np.array(sizes), first, side="right")       # the smallest prefix that holds it
        order = np.lexsort((spread, level))
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        group = place[group]
        later = np.setdiff1d(np.arange(len(group)), first)
        second = np.full(len(first), self.m)
        np.minimum.at(second, group[later], later)
        self.edges = [int(np.searchsorted(level[order], k, side="right")) for k in range(len(sizes))]
        put = lambda a: torch.from_numpy(np.ascontiguousarray(a)).to(x.device)      # noqa: E731
        self.row, self.group, self.second = put(first[order]), put(group), put(second)
        self.norm, self.spread = put(norm[order]), put(spread[order])
        self.mult = put(np.stack([np.bincount(group[:s], minlength=len(first)) for s in sizes]))

    def __len__(self) -> int:
        return len(self.row)

    def _shift(self, x: torch.Tensor, size: float) -> int:
        if x.dtype == torch.float32 or size < LARGE:
            return 0
        for _, part in chunks(x):
            if bool(((part != 0) & (part.abs() < SPAN)).any()):
                raise NeighbourError("the data hold numbers above 2^500 and below 2^-370: their squares fit no float64; scale or "
                                     "split them")
        return 600

    def _centre(self, x: torch.Tensor, size: float) -> None:
        self.e0 = -math.frexp(size)[1]
        step = rows_at_a_time(x)
        sums = torch.zeros((-(-len(x) // step), self.n), dtype=torch.float64, device=x.device)

        def add(part: tuple[int, torch.Tensor]) -> None:
            sums[part[0] // step] = scaled(part[1].double(), self.e0).sum(0)

        self.threads.map(add, chunks(x))
        self.c, self.e1 = sums.sum(0) / len(x), 0
        self.exact = self._grid(x)
        most = max(self.threads.map(lambda part: float(self._y(part[1]).abs().max()), chunks(x)))
        self.e1 = 1 - math.frexp(most)[1] if most > 0 else 0

    def _grid(self, x: torch.Tensor) -> bool:
        """Are all components whole multiples of 2^-bits, with (4 max)^2 n 4^bits < 2^53? Then the centre is put on the grid.

        Not for float64 data whose squares leave its range."""
        bits = int((53 - math.log2(self.n)) / 2) - 3
        whole = (scaled(part.double(), self.e0 + bits) for _, part in chunks(x))
        if bits < 1 or abs(self.e0) > 400 or any(bool((y != y.round()).any()) for y in whole):
            return False
        self.c = scaled(scaled(self.c, bits).round(), -bits)
        return True

    def _y(self, rows: torch.Tensor) -> torch.Tensor:
        return scaled(scaled(rows.double(), self.e0) - self.c, self.e1)

    def _norms(self, rows: torch.Tensor, spread: Callable | None) -> tuple[torch.Tensor, torch.Tensor]:
        norm = torch.empty(len(rows), dtype=torch.float64, device=rows.device)
        other = norm if spread is None else torch.empty_like(norm)

        def measure(part: slice) -> None:
            y = self._y(self.x[rows[part]])
            norm[part] = torch.linalg.vector_norm(y, dim=1)
            if spread is not None:
                other[part] = spread(y)

        self.threads.map(measure, self.parts(slice(0, len(rows))))
        return norm, other

    def parts(self, span: slice) -> Iterator[slice]:
        """Pieces of a range of positions, of at most CHUNK or BULK numbers each."""
        step = rows_at_a_time(self.x)
        return (slice(k, min(k + step, span.stop)) for k in range(span.start, span.stop, step))

    def y(self, positions: torch.Tensor | slice) -> torch.Tensor:
        """Rows of y (k, n), float64."""
        return self._y(self.x[self.row[positions]])

    def blur(self, positions: slice | torch.Tensor) -> torch.Tensor:
        """Bound on ||computed y - true y||, (k,)"""
        tiny = max(1e-280, self.n * 2.0 ** (min(self.e1, 2000) - 1074))         # x 2^e0 may underflow before e1 raises it
        return self.norm[positions] * (0.0 if self.exact else 2.0 ** -52) + (0.0 if self.exact else tiny)
