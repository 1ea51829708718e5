"""Section 6.1 of niu2024: nearest-neighbour distances of a transformer's activations, and what they are evidence for.

text -> tokens -> chunks -> forward passes -> vectors in shards (`pipeline`) -> exact nearest neighbours -> histograms, slopes
(`statistics`), beside what each explanation predicts (`explanations`). `python -m empirics.radius` runs it.
"""
from __future__ import annotations

from empirics.radius.experiments import EXPERIMENTS

__all__ = ["EXPERIMENTS"]
