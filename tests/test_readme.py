"""What the README shows runs as written."""
from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.S)


def test_the_memorizer_memorises(tmp_path, monkeypatch):
    pytest.importorskip("torch")
    monkeypatch.chdir(tmp_path)
    code = next(b for b in BLOCKS if "Memorizer.fit" in b)
    space: dict = {}
    exec(compile(code, "README.md", "exec"), space)
    assert space["m"].predict([[2, 1, 3]]).tolist() == [["noun", "verb", "noun"]]
    assert {p.name for p in tmp_path.iterdir()} == {"net.json", "net.safetensors"}


def test_the_claim_of_your_own_is_refuted_and_its_amendment_makes_it_conditional(tmp_path):
    paper = tmp_path / "mypaper"
    paper.mkdir()
    (paper / "__init__.py").write_text("")
    (paper / "inventory.csv").write_text("id,location,statement\nL1,\"Section 2, Lemma 1\",max is below log-sum-exp\n")
    claim, amendment = (b for b in BLOCKS if "mypaper.lemma1" in b)
    def verdict():
        done = subprocess.run([sys.executable, "-m", "wellposed", "verify", "--papers", str(paper), "--color", "never"], cwd=tmp_path,
                              env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=300)
        assert not done.stderr.strip().startswith("wellposed:"), done.stderr
        return re.search(r"L1 +mypaper.lemma1 +(\S+)", done.stdout)[1]
    (paper / "section2.py").write_text(claim)
    assert verdict() == "refuted"
    (paper / "section2.py").write_text(claim + amendment)
    assert verdict() == "conditional"
