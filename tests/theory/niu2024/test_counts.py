"""Sections 1 to 3, 6, 7, Table 2 and Appendix D: the rows covered, the verdicts, and the terms against plain arithmetic."""
from __future__ import annotations

import importlib
import math
from fractions import Fraction

import pytest

from numerics import gpt2_counts
from theory import prooflog
from theory.decide import decide
from theory.evaluate import exact_value
from theory.ground import enclose
from theory.niu2024 import table2
from theory.niu2024.proofs import counts, density, figures
from theory.terms import log
from theory.verdict import rule

MODULES = ("section1", "section2", "section3", "section6", "section6_training", "section7", "table2", "appendix_d", "prose")
CLAIMS = {c.id: c for m in MODULES for c in importlib.import_module(f"theory.niu2024.{m}").CLAIMS}
VERDICTS = {
    "refuted": "A1 A9 S1 S4 S8 S11 S13 D1 D2 D3 D5 X3 X15 X18 L4 L6",
    "conditional": "A3 A6 S2 S10 L2 L3",
    "ill-posed": "S7 S9 X5",
    "proved": "A2 A7 S3 S12 T2 R3 X1 X4 X7 X8 X9 X11 X12 D4 D6 D7 D8",
    "cited": "A4 A5 A8 X6 X16 D9 L7",
    "undecided": "S5 S6 X2 X10 X13 X14 X17 L1 L5",
}
ROWS = {row: verdict for verdict, rows in VERDICTS.items() for row in rows.split()}
EMPIRICAL = set(VERDICTS["undecided"].split())


@pytest.fixture(scope="module")
def findings():
    return {name: decide(c, CLAIMS) for name, c in CLAIMS.items()}


def test_every_row_has_one_literal_claim_and_its_verdict(findings):
    rulings = rule(CLAIMS, findings)
    literal = [(row, c.id) for c in CLAIMS.values() if c.amends is None for row in c.covers]
    assert sorted(row for row, _ in literal) == sorted(ROWS)
    assert {row: rulings[name].verdict for row, name in literal} == ROWS
    assert all(rulings[name].reason.startswith("no record") for row, name in literal if row in EMPIRICAL)


def test_what_fails_is_amended_and_readings_are_decided(findings):
    rulings = rule(CLAIMS, findings)
    for name, c in CLAIMS.items():
        r = rulings[name]
        if r.verdict in ("refuted", "conditional", "ill-posed"):
            assert r.amendment and rulings[r.amendment].verdict == "proved", name
        if r.verdict == "undecided":
            assert (c.experiment or "").split(".")[0] in ("training", "radius"), (name, r.reason)


def test_no_mutant_survives(findings):
    assert {name: f.mutants["survivors"] for name, f in findings.items() if f.mutants and f.mutants["survivors"]} == {}


def test_proofs_are_of_the_statements():
    for c in CLAIMS.values():
        if c.proof is not None:
            theorem = c.proof()
            assert theorem.concl == c.conclusion and theorem.hyps <= set(c.premises), c.id
            assert prooflog.log(theorem)


def test_experiments_state_a_range_for_one_quantity():
    """What a record can decide: `low <= q` and `q <= high` for the one variable of the claim."""
    for c in CLAIMS.values():
        if c.experiment:
            (variable,) = c.variables
            parts = c.conclusion.args if c.conclusion.op == "and" else (c.conclusion,)
            assert all(p.op == "le" and {(variable.name, 0)} == set(p.free) for p in parts), c.id


@pytest.mark.parametrize("shape", [gpt2_counts.SMALL, gpt2_counts.MEDIUM, gpt2_counts.XL, gpt2_counts.Shape(2, 12, 7, 11, 5, 3)])
def test_terms_count_as_the_table_of_components_does(shape):
    table = gpt2_counts.by_formula(shape)
    layers, emb, hidden = shape.layers, shape.embedding, shape.hidden
    value = lambda t: exact_value(t, {})
    named = lambda *parts: sum(table[p] for p in parts)
    assert value(counts.total(layers, emb, hidden, shape.vocabulary, shape.length)) == sum(table.values())
    assert value(counts.qkv(layers, emb)) == named("query, key, value weights", "query, key, value biases")
    output = named("attention output weights", "attention output biases")
    assert value(counts.attention(layers, emb)) - value(counts.qkv(layers, emb)) == output
    assert value(counts.dense_and_norms(layers, emb)) == output + table["block norms"]
    assert value(counts.feed_forward(layers, emb, hidden)) == named("feed-forward weights", "feed-forward biases")
    assert value(counts.embeddings(emb, shape.vocabulary, shape.length)) == named("token embedding", "position embedding")


def test_terms_count_as_the_real_model_does():
    pytest.importorskip("torch", reason="counting real models needs torch: install the extra `empirics`")
    pytest.importorskip("transformers", reason="counting real models needs transformers: install the extra `empirics`")
    found = gpt2_counts.measured(gpt2_counts.MEDIUM)
    assert exact_value(counts.gpt2(24, 1024), {}) == sum(found.values()) == 354_823_168
    printed = {"query, key, value weights": 75_497_472, "feed-forward": 151_093_248}
    assert found["query, key, value weights"] == printed["query, key, value weights"]
    assert found["feed-forward weights"] + found["feed-forward biases"] == 201_449_472 != printed["feed-forward"]


def test_eq2_at_the_rows_of_table_2():
    for (_, (m, e), (t, f), _), k in zip(table2.ROWS, table2.PREDICTED):
        plain = 1.61 + 406.4 / float(m * 10 ** e) ** 0.34 + 410.7 / float(t * 10 ** f) ** 0.28
        assert math.floor(plain * 100_000) == k


def test_figures_of_section_6():
    assert abs(float(enclose(figures.RHO).mid()) - math.sqrt(1024 / (2 * math.pi * math.e))) < 1e-12
    plain = 512 * math.log(math.pi) + 1024 * math.log(10) - math.lgamma(513)
    assert abs(float(enclose(log(figures.VOLUME_AT_TEN)).mid()) - plain) < 1e-9
    assert counts.LARGEST == math.floor(32 * 124_439_808 * math.log(2) / math.log(50257))


def test_the_weights_of_the_small_ball_bracket_its_partition_function():
    """1/Z_t at n = 1, r = 1/10 lies where the denial of the abstract's floor looks."""
    z = math.sqrt(math.pi) * math.erf(0.1)
    low, high = density.WEIGHTS
    assert float(low) < 1 / z < float(high) and density.TINY == Fraction(1, 10)
