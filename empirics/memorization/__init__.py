"""The memorisation capacity of Transformers (kim2023): experiments. Measuring needs torch, reading a record does not.

    shape, encoder   the trained models, many at once     data       random tokens and real text
    training         full-batch Adam                       search     bisection in the number of contexts
    measuring        the trials of a run                   keeping    trained models, kept as they finish
    analysis         capacities, exponents, bits           scaling    the figure of the construction
    instances, exact memorizer.exact: data sets, and every label of built networks evaluated
    experiment       memorizer.trained                     drawing    the figure: constructed and trained
"""
from __future__ import annotations

from empirics.memorization import exact, experiment as trained

EXPERIMENTS = (*exact.EXPERIMENTS, *trained.EXPERIMENTS)
