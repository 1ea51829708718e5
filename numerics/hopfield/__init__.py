"""The Hopfield models of Table 1 (niu2024) and the energy that the paper proposes, as running code.

  energies   Hopfield, Krotov, Demircigil, MCHN, Proposed: energy, gradient, Hessian, and what one flipped bit costs
  dynamics   retrieval: asynchronous and synchronous sign updates by energy difference, the softmax update of the continuous
             models

Everything runs on NumPy arrays and on torch tensors alike: a model computes with whatever its patterns are. Nothing here knows of
claims.
"""
from numerics.hopfield.dynamics import asynchronous, softmax_update, synchronous, until_fixed
from numerics.hopfield.energies import MCHN, Demircigil, Hopfield, Krotov, Proposed, array_module

__all__ = ["MCHN", "Demircigil", "Hopfield", "Krotov", "Proposed", "array_module", "asynchronous", "softmax_update",
           "synchronous", "until_fixed"]
