"""Kernel proofs for the claims about kim2023: one module per idea."""
