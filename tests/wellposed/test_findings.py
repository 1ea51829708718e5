"""The gravest findings: ordered by what falls with them, told from the results, the same bytes for the same results."""
from __future__ import annotations

import re

from tests.wellposed.samples import NASTY, entry, evidence, paper
from tests.wellposed.test_experiments import measured, waiting
from wellposed.report import findings


def test_the_order_is_by_rows_that_fall_then_by_verdict():
    results = [entry("toy.a", "conditional", covers=["A1"]), entry("toy.b", "refuted", covers=["A2"], falls=["toy.e"]),
               entry("toy.c", "ill-posed", covers=["A3"]), entry("toy.d", "refuted", covers=["A4"], falls=["toy.e", "toy.f"]),
               entry("toy.e", covers=["A5"]), entry("toy.f", covers=["A6"]), entry("toy.g", "refuted", reading_of="toy.a", covers=[])]
    assert [r["id"] for r in findings.gravest(results)] == ["toy.d", "toy.b", "toy.c", "toy.a"]
    results[0]["falls"] = ["toy.b", "toy.e", "toy.f"]
    assert findings.gravest(results)[-1]["id"] == "toy.a", "what a hypothesis mends comes last"
    assert len(findings.gravest(results, most=2)) == 2
    known = {r["id"]: r for r in results}
    assert findings.fallen_rows(known["toy.d"], known) == ["A5", "A6"]


def test_a_finding_tells_where_it_fails_and_what_holds_instead():
    text = findings.page(paper())
    assert "## 1. Lemma 1 is false as printed" in text and "`n ≤ n + 1`" in text
    assert "It fails at n = 1, x = (0, 1/2): left side 2, right side 1 (found by proof, enclosure)." in text
    assert "What holds instead (proved): `n <= n + 1`" in text and "2 further rows rests on it: A2 A3." in text


def test_seconds_do_not_show_and_nothing_failing_is_said():
    slow = [r | {"evidence": [evidence(outcome="fails", seconds=9.75)], "counterexample": None} for r in paper()]
    assert "9.75" not in findings.page(slow)
    assert "Nothing was found to fail" in findings.page([entry("toy.a")])


def test_words_are_not_markup():
    text = findings.page([entry("toy.a", "refuted", notes=NASTY, location=NASTY, printed=NASTY, ill_posed=NASTY)])
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", text)
    assert "<script>" not in outside and "&lt;script&gt;" in outside


def test_experiments_are_told_by_claim_and_what_waits_by_experiment():
    text = findings.page([measured(), waiting(), entry("toy.a")])
    assert "- `toy.slope` is supported: slope = 0.45 (0.4 to 0.5) where the claim needs at least 0.4. The rival (one per weight) says at " \
           "most 0.2; the control (one per weight) gives 1." in text
    assert "- Without a record of `toy.gpu` nothing is said about `toy.large`." in text
    assert "experiments say" not in findings.page([entry("toy.a")])
    assert "<script>" not in findings.page([measured(words=NASTY)])
