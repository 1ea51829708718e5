"""A screen turns a block of pairs into a matrix V with thresholds: whatever may be nearer than the bounds known so far has
V_ij >= t_i or V_ij >= t_j. It may let through too much, never too little.

**Int8Screen.** y (n,) is rotated by a fixed orthogonal Q = Q1 x Q2 (so that energy spreads over all coordinates), and a
block I of rows of similar max |Q y| is quantised with one scale, Q y_i = s_I q_i + r_i, q_i whole numbers in -127..127.
The integer product P_ij = q_i . q_j is exact in int32; it gives E^2 = |s_I q_i - s_J q_j|^2 = s_I^2 N_i + s_J^2 N_j -
2 s_I s_J P_ij, N = |q|^2, and by the triangle inequality
    E <= (1 + eta) ||y_i - y_j|| + |r_i| + |r_j|,     eta >= ||Q'Q - 1||, computed.
So a pair nearer than u has E^2 <= T = ((1 + eta) u + |r_i| + max_J |r_j|)^2, that is, P - s_I N_i/(2 s_J) - s_J N_j/(2 s_I) >=
-T/(2 s_I s_J). V takes floors of the two terms and caps them at CAP, which only raises V. |r_i| is s times the float32 norm of
Q y_i/s - q_i (of order 1 a component, so that no square underflows that counts; the subtraction is exact), raised by the rounding
of that norm (gamma) and of the quotient (4 2^-24 |Q y|), by the rotation's (gamma_k sqrt(k) |y| for a factor of order k, as its
Frobenius norm is sqrt(k)), by y's own and by FLUSH for whatever underflows. No model of the hardware enters: sums of int8
products in int32 are exact in any order.

**FloatScreen.** V = y_i . y_j - |y_i|^2/2 - |y_j|^2/2 = -||y_i - y_j||^2/2 up to the any-order bound of `pairs`; it holds for
matrix products that sum products in the stated precision (no TF32, no bf16 splitting, no Strassen): this is the assumed model.
Products and halves that underflow are off by the least normal number each, which `limits` adds.
"""
from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
import torch

from numerics.neighbors.pairs import SLACK, bounds, double_bounds, gamma, products
from numerics.neighbors.points import Points

WIDE, DEEP = 64, 16             # V is looked at in tiles of 1 x WIDE and DEEP x 1
CAP = 2 ** 29
WIDEST = CAP // 127 ** 2        # dimensions whose int8 products stay below CAP
SUMMED = 2 ** 24 // 127 ** 2    # dimensions whose squares float32 sums without rounding
NEVER = 2 ** 31 - 1
FLUSH = 1e-18                   # above what underflow takes from a float32 norm, or from the sums of a rotation
LEAST = {torch.float32: 2.0 ** -120, torch.float64: 2.0 ** -1000}       # a component: above all underflows of a float product


@dataclass(frozen=True)
class Block:
    """Search positions start..stop-1, of prefix `level` and norms low..high."""

    start: int
    stop: int
    level: int
    low: float
    high: float

    def __len__(self) -> int:
        return self.stop - self.start

    @property
    def span(self) -> slice:
        return slice(self.start, self.stop)

    @property
    def padded(self) -> int:
        return -(-len(self) // WIDE) * WIDE


def orthogonal(k: int, seed: int) -> tuple[torch.Tensor, float]:
    """A fixed orthogonal matrix (k, k), float32, and a bound on ||Q'Q - 1||_2 (its Frobenius norm)."""
    q = torch.from_numpy(np.linalg.qr(np.random.default_rng(seed).standard_normal((k, k)))[0]).float()
    return q, float((q.double().T @ q.double() - torch.eye(k).double()).norm()) * 1.001 + k * 1e-15


class Rotation:
    """y (k, n) float32, zero-padded to n1 n2, to Q y in some fixed order of coordinates."""

    def __init__(self, n: int, device):
        n1 = 8
        while n1 * n1 * 2 < n:
            n1 *= 2
        n2 = max(8, -(-n // n1))
        (a, one), (b, two) = orthogonal(n1, 1), orthogonal(n2, 2)
        self.n, self.width, self.shape = n, n1 * n2, (n1, n2)
        self.a, self.b, self.eta = a.to(device), b.to(device), (one + two + one * two)
        u = torch.float32
        self.loss = 1.02 * (gamma(n1, u) * n1 ** 0.5 + gamma(n2, u) * n2 ** 0.5) * (1 + self.eta)

    def largest(self, y: torch.Tensor) -> torch.Tensor:
        """max |Q y| (k,): vectors of a block should agree in it, as they share a scale"""
        return self(y.float()).abs_().amax(1).double()

    def __call__(self, y: torch.Tensor) -> torch.Tensor:
        n1, n2 = self.shape
        y = torch.nn.functional.pad(y, (0, self.width - self.n))
        y = (y.view(-1, n2) @ self.b.T).view(-1, n1, n2).transpose(1, 2).reshape(-1, n1)
        return (y @ self.a.T).view(-1, self.width)


class Screen:
    """What all screens hold: y (u, n) stored in `dtype`, its norms and the error `blur` of storing it, (u,) float64."""

    dtype, kind = torch.float32, torch.float32

    def __init__(self, points: Points, blocks: list[Block]):
        self.points = points
        device, u = points.x.device, len(points)
        self.y = torch.empty((u, points.n), dtype=self.dtype, device=device)
        self.norm, self.blur = torch.empty(u, dtype=torch.float64, device=device), points.blur(slice(None)) + 0.0
        points.threads.map(self._store, points.parts(slice(0, u)))
        if self.dtype == torch.float32:                                 # rounded to 2^-24 of each component, or to zero
            self.blur += self.points.norm * 2.0 ** -24 * (1 + 1e-9) + points.n * 2.0 ** -126

    def _store(self, part: slice) -> None:
        y = self.points.y(part)
        self.y[part] = y
        self.norm[part] = torch.linalg.vector_norm(y.copy_(self.y[part]), dim=1)

    def bounds(self, a: Block, b: Block, i: torch.Tensor, j: torch.Tensor):
        """(lower, upper) of pairs i of a and j of b, i ascending."""
        dot = products(self.y[a.span], self.y[b.span], i, j)
        i, j = i + a.start, j + b.start
        return bounds(dot, self.norm[i], self.norm[j], self.blur[i] + self.blur[j], self.points.n, self.dtype)


class FloatScreen(Screen):

    def __init__(self, points: Points, blocks: list[Block], dtype: torch.dtype):
        self.dtype = self.kind = dtype
        super().__init__(points, blocks)
        self.half = (self.norm.square() / 2).to(dtype)

    def matrix(self, a: Block, b: Block) -> torch.Tensor:
        v = torch.full((a.padded, b.padded), -torch.inf, dtype=self.dtype, device=self.y.device)
        inner = self.y[a.span] @ self.y[b.span].T
        v[:len(a), :len(b)] = inner.sub_(self.half[a.span, None]).sub_(self.half[b.span])
        return v

    def limits(self, a: Block, b: Block, u: torch.Tensor) -> torch.Tensor:
        """t (padded,) of the rows of a against block b, for distances up to u (len(a),); u < 0 asks for none."""
        p, q = self.norm[a.span], float(self.norm[b.span].max())
        wide = ((u + self.blur[a.span] + float(self.blur[b.span].max())) * SLACK).square() / 2
        wide = wide + 4 * gamma(self.points.n + 4, self.dtype) * (p + q).square() + self.points.n * LEAST[self.dtype]
        t = torch.full((a.padded,), torch.inf, dtype=self.dtype, device=u.device)
        t[:len(a)] = torch.where(u < 0, torch.inf, -wide * (1 + 1e-6)).to(self.dtype)
        return t

    def bounds(self, a: Block, b: Block, i: torch.Tensor, j: torch.Tensor):
        """In float32 the screen has said what that precision can say."""
        if self.dtype == torch.float64:
            return super().bounds(a, b, i, j)
        return double_bounds(self.points, i + a.start, j + b.start)[:2]


class Int8Screen(Screen):
    kind = torch.int32

    def __init__(self, points: Points, blocks: list[Block], turn: Rotation):
        super().__init__(points, blocks)
        self.local = threading.local()
        self.eta, self.q, self.scale = turn.eta, {}, {}
        self.rest, self.size = torch.empty_like(self.norm), torch.empty_like(self.norm)
        self.turn = turn
        points.threads.map(self._quantise, blocks)
        self.rest += self.norm * (turn.loss + 2.0 ** -22) + self.blur * (1 + self.eta) + 1e-30

    def _quantise(self, b: Block) -> None:
        s = float(np.float32(float(self.points.spread[b.span].max()) / 127))
        s = self.scale[b.start] = s if s > 1e-25 else 1.0           # else the block is next to nothing, and 1/s might overflow
        q = self.q[b.start] = torch.zeros((b.padded, self.turn.width), dtype=torch.int8, device=self.y.device)
        for part in self.points.parts(b.span):
            z = self.turn(self.y[part]).div_(s)
            whole = z.round().clamp_(-127, 127)
            off = torch.linalg.vector_norm(z.sub_(whole), dim=1).double()
            self.rest[part] = (off * (1 + gamma(self.turn.width, torch.float32)) + FLUSH) * s
            q[part.start - b.start:part.stop - b.start] = whole
            self.size[part] = (whole if self.turn.width <= SUMMED else whole.double()).square_().sum(1).double()

    def matrix(self, a: Block, b: Block) -> torch.Tensor:
        v = torch._int_mm(self.q[a.start], self.q[b.start].T, out=self.scratch(a.padded, b.padded))
        ratio = self.scale[a.start] / self.scale[b.start]
        return v.sub_(self._floor(b, 0.5 / ratio)).sub_(self._floor(a, 0.5 * ratio)[:, None])

    def scratch(self, rows: int, columns: int) -> torch.Tensor:
        """Memory of this thread for one block, used again and again."""
        need, held = rows * columns, getattr(self.local, "held", None)
        if held is None or len(held) < need:
            held = self.local.held = torch.empty(need, dtype=torch.int32, device=self.y.device)
        return held[:need].view(rows, columns)

    def _floor(self, b: Block, factor: float) -> torch.Tensor:
        out = torch.full((b.padded,), CAP, dtype=torch.int32, device=self.size.device)
        out[:len(b)] = (self.size[b.span] * factor).floor_().clamp_(max=CAP)
        return out

    def limits(self, a: Block, b: Block, u: torch.Tensor) -> torch.Tensor:
        reach = ((1 + self.eta) * u + self.rest[a.span] + float(self.rest[b.span].max())) * SLACK
        t = -(reach / self.scale[a.start] * (reach / self.scale[b.start]) / 2 * (1 + 1e-9)).ceil() - 2
        out = torch.full((a.padded,), NEVER, dtype=torch.int32, device=u.device)
        out[:len(a)] = torch.where(u < 0, NEVER, t.clamp(min=-NEVER)).to(torch.int32)
        return out
