"""Niu, Bai, Deng, Han (2024): Beyond Scaling Laws: Understanding Transformer Performance with Associative Memory (arXiv 2405.08707).

One module per section. Indices run from 0 here and from 1 in the paper. `d(x, y)` is the squared Euclidean distance, as Section 4 sets it.
"""
DECIDED_ROWS = ["A1:L7"]       # the whole inventory
