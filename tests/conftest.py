"""What every test shares: Hypothesis without a deadline (a slow first call is no failure)."""
from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True, database=None)
settings.load_profile("suite")
