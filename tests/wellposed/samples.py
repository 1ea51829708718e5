"""Entries of report.json made by hand, to look at the face alone."""
from __future__ import annotations

from typing import Any

NASTY = "<script>alert('x')</script> & \"quotes\" `ticks` | bar \x1b[31mred\x07"


def evidence(route="proof", outcome="holds", **changes) -> dict[str, Any]:
    return {"route": route, "outcome": outcome, "coverage": "all n", "seed": None, "seconds": 0.25, "artefact": None} | changes


def entry(name: str, verdict: str = "proved", **changes) -> dict[str, Any]:
    outcome = "holds" if verdict == "proved" else "fails"
    return {
        "id": name,
        "paper": name.split(".")[0],
        "location": "Sec.1",
        "printed": r"n \le n + 1",
        "statement": "n in {1, 2, ...} |- n <= n + 1",
        "covers": ["A1"],
        "rests_on": [],
        "verdict": verdict,
        "effective": verdict,
        "reason": None,
        "reconstruction": False,
        "amends": None,
        "amendment": None,
        "no_amendment": None,
        "evidence": [evidence(outcome=outcome), evidence("enclosure", outcome)],
        "mutants": {"total": 3, "killed": 2, "true": 1, "equivalent": 0, "survivors": []} if verdict == "proved" else None,
        "counterexample": None if verdict == "proved" else {"values": {"n": "1", "x": ["0", "1/2"]}, "lhs": "2", "rhs": "1"},
        "digest": "0123456789abcdef" * 4,
        "falls": [],
        "notes": None,
        "reading_of": None,
        "formal": {"variables": ["n in {1, 2, ...}"], "hypotheses": [], "conclusion": "n <= n + 1", "where": [["n", "the size"]]},
        "latex": {"variables": [r"n\in \{1,2,\ldots\}"], "hypotheses": [], "conclusion": r"n \le n + 1", "where": [["n", "x"]]},
        "experiment": None,
        "ill_posed": None,
    } | changes


def paper() -> list[dict[str, Any]]:
    """A failing lemma, its amendment, what falls with it, and one that nothing decided."""
    proof = {
        "kind": "proof",
        "summary": {"trace": ["1  arithmetic: n <= n + 1"], "axioms": ["order"], "witness": {"n": "1"}, "denial": False},
        "file": "certificates/toy.lem.mended.proof.json",
        "sha256": "0" * 64,
    }
    return [
        entry("toy.lem", "refuted", amendment="toy.lem.mended", falls=["toy.prop"], location="Lemma 1"),
        entry("toy.lem.mended", amends="toy.lem", covers=[], evidence=[evidence(artefact=proof), evidence("enclosure")]),
        entry("toy.prop", effective="unsupported", rests_on=["toy.lem"], covers=["A2", "A3"]),
        entry("toy.open", "undecided", reason="no record of training at 90M tokens", evidence=[], counterexample=None),
    ]
