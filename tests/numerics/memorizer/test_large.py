"""More than 100,000 contexts, every label evaluated layer by layer. Minutes, not seconds."""
from __future__ import annotations

import subprocess
import sys

import pytest

CODE = """
import resource
import numpy as np
from empirics.memorization.instances import labels, permuted, uniform
from numerics.memorizer import Memorizer
rng = np.random.default_rng(7)
x = uniform(rng, 12_800, 8, 16)
y = labels(x, 4, "equivariant", rng)
seen = []
m = Memorizer.fit(x, y, verify=False)
assert (m.predict(x, progress=lambda done, total: seen.append(done)) == y).all()
moved, follow = permuted(x[:1000], y[:1000], rng)
assert (m.predict(moved) == follow).all()
p = m.parameters()
assert m.facts["contexts"] > 100_000 and p.nonzero < 6_000 <= m.facts["contexts"] / 17 and p.nonzero <= m.bound()
assert seen == sorted(seen) and seen[-1] == 12_800
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
def test_more_than_100_000_contexts_in_less_than_8_gigabytes():
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, timeout=1200)
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) * 1024 < 8e9
