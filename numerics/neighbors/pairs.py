"""Distances of listed pairs: bounds from a scalar product in float32 or float64, and the reference that decides.

**The reference.** D(a, b) = sum over k of (a_k - b_k)^2 in IEEE float64: difference, square, then sums by halving (with w the
least power of two >= n: component k + w/2 is added to component k, w is halved, until one is left; missing components are 0).
It never overflows, and never underflows: float64 data above 2^500 are first scaled by 2^-600, and where D < 2^-960 it is computed
on differences times 2^570 (of the data before that scaling: times 2^-30), both exact. D(a, b) = D(b, a) bit for bit on every
machine and device, since only elementwise IEEE operations are used. Its relative error is at most (ceil(log2 n) + 4) 2^-53, below
1e-14: where the true gap is larger, the reference's neighbour is the true one.

**The bounds.** For stored y_i = true y_i + error of norm <= r_i, G = |y_i|^2 + |y_j|^2 - 2 fl(y_i . y_j) and n u <= 0.01:
|fl(y_i . y_j) - y_i . y_j| <= gamma |y_i| |y_j|, gamma = 1.02 n u, in any order of summation, fused or not, u = 2^-24 or 2^-53
(Higham 2002, Eq. 3.5, with Cauchy-Schwarz), so the true distance lies within sqrt(G -+ e) -+ (r_i + r_j).
"""
from __future__ import annotations

import warnings

import numpy as np
import torch

from numerics.neighbors.points import BULK, Points, scaled

SLACK = 1 + 1e-12               # more than all float64 roundings of the bounds, and than the reference's own error (1e-14)
DENSE = 0.03                    # share of a block's pairs from which the whole matrix product is cheaper
BAND, LIFT = 2.0 ** -960, 570   # below BAND squares are computed on differences times 2^LIFT
PART = 1 << 18                  # numbers of a chunk of differences
LOWEST = torch.iinfo(torch.int64).min

with warnings.catch_warnings():         # torch says once that its sparse matrices are in beta; their products are tested here
    warnings.simplefilter("ignore")
    torch.sparse_csr_tensor([0, 1], [0], [1.0], (1, 1), check_invariants=False)


def squared(x: torch.Tensor, a: torch.Tensor, b: torch.Tensor, e: int = 0) -> torch.Tensor:
    """The reference, D (k,) of rows a and b of x times 4^e, float64, a chunk at a time."""
    out = torch.empty(len(a), dtype=torch.float64, device=x.device)
    step = max(1, (BULK if x.is_cuda else PART) // x.shape[1])
    for k in range(0, len(a), step):
        d = scaled(x[a[k:k + step]].double(), min(e, 0)) - scaled(x[b[k:k + step]].double(), min(e, 0))
        d = scaled(d, max(e, 0))
        d *= d
        w = d.shape[1]
        while w > 1:
            half = 1 << (w - 1).bit_length() - 1
            d[:, :w - half] += d[:, half:w]
            w = half
        out[k:k + step] = d[:, 0]
    return out


def keys(x: torch.Tensor, a: torch.Tensor, b: torch.Tensor, shift: int) -> torch.Tensor:
    """Whole numbers (k,) in the order of D: its bits, or, below BAND, those of D 4^LIFT with the sign bit set."""
    d = squared(x, a, b, -shift)
    out = d.view(torch.int64)
    small = (d < BAND).nonzero().flatten()
    if len(small):
        out[small] = squared(x, a[small], b[small], LIFT - shift).view(torch.int64) + LOWEST
    return out


def distances(key: torch.Tensor, shift: int) -> np.ndarray:
    """sqrt(D) in the units of x. NumPy's root is rounded correctly; torch's vectorised one was seen to miss the last bit."""
    key = key.cpu().numpy()
    lifted = key < 0
    root = np.sqrt(np.where(lifted, key - LOWEST, key).view(np.float64))
    return np.where(lifted, np.ldexp(root, shift - LIFT), np.ldexp(root, shift))


def products(a: torch.Tensor, b: torch.Tensor, i: torch.Tensor, j: torch.Tensor) -> torch.Tensor:
    """a_i . b_j for listed pairs (k,), in the precision of a (p, n) and b (q, n); i ascending."""
    if len(i) > DENSE * len(a) * len(b):
        return (a @ b.T)[i, j]
    if a.is_cuda:
        step = max(1, BULK // a.shape[1])
        return torch.cat([(a[i[k:k + step]] * b[j[k:k + step]]).sum(1) for k in range(0, len(i), step)])
    rows = torch.zeros(len(a) + 1, dtype=torch.int64)
    torch.cumsum(torch.bincount(i, minlength=len(a)), 0, out=rows[1:])
    pattern = torch.sparse_csr_tensor(rows, j, torch.zeros(len(i), dtype=a.dtype), (len(a), len(b)), check_invariants=False)
    return torch.sparse.sampled_addmm(pattern, a, b.T, beta=0.0).values()


def gamma(n: int, dtype: torch.dtype) -> float:
    return 1.02 * n * (2.0 ** -24 if dtype == torch.float32 else 2.0 ** -53)


def bounds(dot: torch.Tensor, p: torch.Tensor, q: torch.Tensor, blur: torch.Tensor, n: int, dtype: torch.dtype):
    """(lower, upper) for the true distance, from products, norms p and q of both sides and the sum of their errors, all (k,)."""
    g = p * p + q * q - 2 * dot.double()
    e = 2 * gamma(n, dtype) * p * q + (2 * gamma(n, torch.float64) + 1e-15) * (p * p + q * q) + n * 1e-36
    return (((g - e).clamp_(min=0).sqrt() / SLACK - blur * SLACK).clamp_(min=0),
            ((g + e).clamp_(min=0).sqrt() + blur) * SLACK)


def double_bounds(points: Points, i: torch.Tensor, j: torch.Tensor):
    """Bounds from float64 products of search positions i and j (k,), i ascending; the squares where they are exact, else None.

    Norms are taken again as y . y here: Points.norm is good to 1e-12 only. G = p + q - 2 dot carries an error of gamma_n (p + q +
    2 sqrt(pq)) from the three products and of two more roundings of the same terms; gamma_(n+4) holds both, for every n >= 1."""
    rows, i = torch.unique_consecutive(i, return_inverse=True)
    columns, j = torch.unique(j, return_inverse=True)
    a, b = points.y(rows), points.y(columns)
    dot, p, q = products(a, b, i, j), (a * a).sum(1)[i], (b * b).sum(1)[j]
    g = p + q - 2 * dot
    if points.exact:
        root = g.sqrt()
        return root / SLACK, root * SLACK, scaled(g, -2 * (points.e0 + points.e1))
    e = gamma(points.n + 4, torch.float64) * (2 * (p * q).sqrt() + p + q) * 1.01 + points.n * 1e-300
    blur = points.blur(rows)[i] + points.blur(columns)[j]
    lower = ((g - e).clamp_(min=0).sqrt() / SLACK - blur * SLACK).clamp_(min=0)
    return lower, ((g + e).clamp_(min=0).sqrt() + blur) * SLACK, None
