"""The search: blocks of pairs, each once; screen, bound, and decide by the reference what the bounds leave open.

`u_i`, an upper bound on the distance from i to its nearest among the pairs done so far (scaled units), falls as blocks are done.
A pair is kept while its lower bound is <= u_i or <= u_j. Prefix by prefix, what is kept is evaluated by the reference and merged
into (least key, number of vectors there, least row); so the answer depends neither on the order of blocks, nor on how tight the
bounds were, nor on the number of threads or processes.
"""
from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Callable

import numpy as np
import torch

from numerics.neighbors.pairs import SLACK, distances, double_bounds, keys
from numerics.neighbors.points import Points, scaled
from numerics.neighbors.screens import DEEP, WIDE, Block, Screen

HELD = 1 << 20                  # pairs held before they are evaluated
PIECE = 4096                    # pairs a thread evaluates at a time
FULL = 0.25                     # share of the pairs in tiles that are hit from which the whole block is compared
FAR = torch.iinfo(torch.int64).max
FLOOD = 4                       # float32 bounds left so many pairs a row of a block: float64 bounds are worth their price
ROUND = 32                      # blocks a process does between exchanges of u


class Alone:
    """One process: nothing to exchange."""

    rank, world = 0, 1

    def same(self, what: str, t: torch.Tensor) -> None:
        """Raises where t differs between processes."""

    def agreed(self, choice: int) -> int:
        """The first process's choice, for all."""
        return choice

    def least(self, t: torch.Tensor) -> None:
        """t becomes the least over all processes, in place"""

    def sum(self, t: torch.Tensor) -> None:
        """t becomes the sum over all processes, in place"""


@dataclass
class Found:
    """Of one prefix, by search position: key of the least distance, how many vectors are there, the first row among them."""

    key: torch.Tensor
    ties: torch.Tensor
    index: torch.Tensor


def split(points: Points, size: int) -> list[Block]:
    """Blocks of at most `size` positions, none across two prefixes."""
    out, start = [], 0
    for level, edge in enumerate(points.edges):
        parts = max(1, -(-(edge - start) // size)) if edge > start else 0
        for k in range(parts):
            a, b = start + (edge - start) * k // parts, start + (edge - start) * (k + 1) // parts
            out.append(Block(a, b, level, float(points.norm[a:b].min()), float(points.norm[a:b].max())))
        start = edge
    return out


class Search:

    def __init__(self, points: Points, blocks: list[Block], screen: Screen, share: Alone, progress: Callable | None = None):
        self.points, self.blocks, self.screen, self.share, self.progress = points, blocks, screen, share, progress
        u, device = len(points), points.x.device
        self.u = torch.full((u,), torch.inf, dtype=torch.float64, device=device)
        self.key = torch.full((u,), FAR, dtype=torch.int64, device=device)
        self.ties = torch.zeros((len(points.edges), u), dtype=torch.int64, device=device)
        self.index = torch.full((u,), FAR, dtype=torch.int64, device=device)
        self.held, self.count, self.lock = [], 0, threading.Lock()
        self.begun: set[int] = set()                                    # blocks all of whose positions have a bound
        self.plan = [self._rounds(level) for level in range(len(points.edges))]
        self.done, self.total = 0, sum(len(tasks) for rounds in self.plan for tasks in rounds)
        self.stats = {"pairs": u * (u - 1) // 2, "bounded": 0, "bounded in float64": 0, "evaluated": 0, "blocks skipped": 0,
                      "seconds screening": 0.0, "seconds evaluating": 0.0}

    # ------------------------------------------------------------ the run

    def _rounds(self, level: int) -> list[list[tuple[Block, Block]]]:
        """The blocks of a prefix that are this process's, in rounds; after each the processes exchange u."""
        # like with like first: bounds fall quickly, and blocks that differ in norm can be skipped
        tasks = [(a, b) for k, b in enumerate(self.blocks) if b.level == level for a in self.blocks[k::-1]]
        rank, world = self.share.rank, self.share.world
        rounds = -(-len(tasks) // (ROUND * world)) if world > 1 else 1
        return [tasks[len(tasks) * k // rounds:len(tasks) * (k + 1) // rounds][rank::world] for k in range(rounds)]

    def run(self) -> list[Found]:
        return [self._level(k) for k in range(len(self.points.edges))]

    def _level(self, level: int) -> Found:
        edge, start = self.points.edges[level], time.perf_counter()
        self.u[:edge][self.points.mult[level, :edge] > 1] = -1.0        # they have an equal: nothing nearer exists
        for tasks in self.plan[level]:
            self.points.threads.map(lambda task: self._block(*task), tasks)
            self.share.least(self.u)
        self.stats["seconds screening"] += time.perf_counter() - start
        start = time.perf_counter()
        self._evaluate()
        found = self._agreed(level, edge)
        self.stats["seconds evaluating"] += time.perf_counter() - start
        return found

    def _agreed(self, level: int, edge: int) -> Found:
        """The least over all processes; every pair was evaluated by one process only."""
        best, mine = self.key[:edge].clone(), self.key[:edge]
        self.share.least(best)
        ties = torch.where(mine == best, self.ties[level, :edge], 0)
        index = torch.where(mine == best, self.index[:edge], FAR)
        self.share.sum(ties)
        self.share.least(index)
        return Found(best, ties, index)

    # ------------------------------------------------------------ a block

    def _block(self, a: Block, b: Block) -> None:
        ua, ub = self.u[a.span], self.u[b.span]
        apart = max(a.low - b.high, b.low - a.high) - 1e-9 * (a.high + b.high)
        if apart > max(float(ua.max()), float(ub.max())):               # | |y_i| - |y_j| | <= ||y_i - y_j||
            with self.lock:
                self.stats["blocks skipped"] += 1
            return self._progress()
        v = self.screen.matrix(a, b)
        if a is b:
            v.fill_diagonal_(-torch.inf if v.is_floating_point() else torch.iinfo(v.dtype).min)
        self._first(a, b, v)
        i, j = self._candidates(a, b, v)
        if len(i):
            self._bound(a, b, i, j)
        self._progress()

    def _progress(self) -> None:
        with self.lock:
            self.done += 1
            if self.progress:
                self.progress(self.done, self.total)

    def _first(self, a: Block, b: Block, v: torch.Tensor) -> None:
        """Positions without a bound get one from what looks nearest in this block."""
        for p, q, w in ((a, b, v), (b, a, v.T))[:1 if a is b else 2]:
            if p.start in self.begun or p is q and len(q) == 1:
                continue
            rows = torch.isinf(self.u[p.span]).nonzero().flatten()
            if len(rows):
                j = w[rows, :len(q)].argmax(1)
                lower, upper = self.screen.bounds(p, q, rows, j)
                self._lower(p, rows, upper)
                self._lower(q, j, upper)
            self.begun.add(p.start)

    def _lower(self, p: Block, i: torch.Tensor, upper: torch.Tensor) -> None:
        """u_i <= upper. Two threads may overwrite each other here: the larger value that may stay is a bound too."""
        self.u[p.span].scatter_reduce_(0, i, upper, "amin")

    def _candidates(self, a: Block, b: Block, v: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """All (i, j), once each, i ascending, with V_ij >= t_i or V_ij >= t_j; in the diagonal block those with i < j."""
        t, s = self.screen.limits(a, b, self.u[a.span]), self.screen.limits(b, a, self.u[b.span])
        rows, columns = v.view(a.padded, -1, WIDE), v.view(-1, DEEP, b.padded)
        i, g = (rows.amax(2) >= t[:, None]).nonzero(as_tuple=True)
        h, j = (columns.amax(1) >= s).nonzero(as_tuple=True)
        if len(i) * WIDE + len(j) * DEEP > FULL * v.numel():
            i, j = ((v >= t[:, None]) | (v >= s)).nonzero(as_tuple=True)
        else:
            w = v.view(-1, WIDE).index_select(0, i * rows.shape[1] + g)
            k, o = (w >= t[i, None]).nonzero(as_tuple=True)
            i, g = i[k], g[k] * WIDE + o
            w = columns[h, :, j]
            k, o = ((w >= s[j, None]) & (w < t.view(-1, DEEP)[h])).nonzero(as_tuple=True)   # not those found by rows
            i, j = torch.cat([i, h[k] * DEEP + o]), torch.cat([g, j[k]])
            order = (i * b.padded + j).argsort()
            i, j = i[order], j[order]
        keep = (i < len(a)) & (j < len(b))
        if a is b:
            keep &= i < j
        return i[keep], j[keep]

    def _bound(self, a: Block, b: Block, i: torch.Tensor, j: torch.Tensor) -> None:
        lower, upper = self.screen.bounds(a, b, i, j)
        bounded = len(i)
        i, j, lower = self._narrow(a, b, i, j, lower, upper)
        squares, doubled = None, 0
        if len(i) > FLOOD * len(a) or self.points.exact and len(i):
            doubled = len(i)
            lower, upper, squares = double_bounds(self.points, i + a.start, j + b.start)
            if squares is None:
                i, j, lower = self._narrow(a, b, i, j, lower, upper)
            else:
                self._lower(a, i, upper)
                self._lower(b, j, upper)
        i, j = i + a.start, j + b.start
        with self.lock:
            self.stats["bounded"] += bounded
            self.stats["bounded in float64"] += doubled
            if squares is not None:
                self._merge(i, j, squares.view(torch.int64))
            elif len(i):
                self.held.append((i, j, lower))
                self.count += len(i)
                if self.count > HELD:
                    self._drop()
                    if self.count > HELD // 2:
                        self._evaluate()

    def _narrow(self, a: Block, b: Block, i, j, lower, upper):
        self._lower(a, i, upper)
        self._lower(b, j, upper)
        keep = (lower <= self.u[a.span][i] * SLACK) | (lower <= self.u[b.span][j] * SLACK)
        return i[keep], j[keep], lower[keep]

    # ------------------------------------------------------------ the reference decides

    def _drop(self) -> None:
        if self.held:
            i, j, lower = (torch.cat(parts) for parts in zip(*self.held))
            keep = (lower <= self.u[i] * SLACK) | (lower <= self.u[j] * SLACK)
            self.held = [(i[keep], j[keep], lower[keep])]
            self.count = len(self.held[0][0])

    def _evaluate(self) -> None:
        self._drop()
        if self.count:
            i, j, _ = self.held[0]
            x, row, shift = self.points.x, self.points.row, self.points.shift
            step = HELD if x.is_cuda else PIECE
            parts = zip(row[i].split(step), row[j].split(step))
            key = torch.cat(self.points.threads.map(lambda part: keys(x, *part, shift), parts))
            self.stats["evaluated"] += len(i)
            self._merge(i, j, key)
            near = scaled(key.view(torch.float64).sqrt(), shift + self.points.e0 + self.points.e1) * SLACK
            near = torch.where(key < 0, torch.inf, near)                # lifted squares: keep the old bound
            self.u.scatter_reduce_(0, i, near, "amin").scatter_reduce_(0, j, near, "amin")
        self.held, self.count = [], 0

    def _merge(self, i: torch.Tensor, j: torch.Tensor, key: torch.Tensor) -> None:
        i, j, key = torch.cat([i, j]), torch.cat([j, i]), torch.cat([key, key])
        before = self.key.clone()
        self.key.scatter_reduce_(0, i, key, "amin")
        nearer = self.key < before
        self.ties[:, nearer], self.index[nearer] = 0, FAR
        at = (key == self.key[i]).nonzero().flatten()
        i, j = i[at], j[at]
        self.ties.index_add_(1, i, self.points.mult[:, j])
        self.index.scatter_reduce_(0, i, self.points.row[j], "amin")


def answers(points: Points, found: Found, level: int, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(distance, index, ties) of rows 0..size-1, from what was found of their vectors and from equal rows."""
    place, row = points.group[:size], torch.arange(size, device=points.x.device)
    copies = points.mult[level][place]
    first, twin = points.row[place], copies > 1
    index = torch.where(twin, torch.where(row == first, points.second[place], first), found.index[place])
    ties = torch.where(twin, copies - 1, found.ties[place])
    distance = np.where(twin.cpu().numpy(), 0.0, distances(found.key, points.shift)[place.cpu().numpy()])
    return distance, index.cpu().numpy(), ties.cpu().numpy()
