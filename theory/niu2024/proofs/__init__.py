"""Kernel proofs of the claims, one module per section; not trusted (the kernel is)."""
