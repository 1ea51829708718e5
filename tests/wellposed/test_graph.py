"""What a verdict needs, what falls, and the order of reading."""
from __future__ import annotations

from tests.wellposed.samples import entry
from theory.claim import Claim, size
from theory.terms import fam, lt
from wellposed import graph

n = fam("n")


def claim(name, covers=(), **links) -> Claim:
    return Claim(name, "Sec.1", None, (size("n"),), lt(0 * n, n), covers=covers, **links)


CLAIMS = {c.id: c for c in [
    claim("toy.z", ("A1",)), claim("toy.y", ("A2",), rests_on=("toy.z",)), claim("toy.a", ("A3",), rests_on=("toy.y",)),
    claim("toy.z.mended", amends="toy.z"), claim("toy.z.other", reading_of="toy.z"), claim("toy.z.none"),
    claim("toy.far", ("A3",), no_amendment="toy.z.none"),
]}


def test_a_verdict_needs_what_it_rests_on_and_the_mends_of_those():
    assert graph.needed(["toy.a"], CLAIMS) == {"toy.a", "toy.y", "toy.z", "toy.z.mended"}
    assert graph.needed(["toy.far"], CLAIMS) == {"toy.far", "toy.z.none"}
    assert graph.needed(["toy.z.mended"], CLAIMS) == {"toy.z", "toy.z.mended"}


def test_dependents_are_found_through_others():
    assert graph.dependents("toy.z", CLAIMS) == ["toy.a", "toy.y"]
    assert graph.dependents("toy.a", CLAIMS) == []


def test_what_falls_is_everything_above_a_failing_claim_even_if_it_was_not_run():
    results = {"toy.z": entry("toy.z", "refuted"), "toy.a": entry("toy.a"), "toy.z.mended": entry("toy.z.mended")}
    assert graph.falls(results, CLAIMS) == {"toy.z": ["toy.a", "toy.y"]}


def test_reading_order_follows_the_inventory_and_keeps_families_together():
    rows = {"toy": {"A1": ("", ""), "A2": ("", ""), "A3": ("", "")}}
    assert graph.reading_order(CLAIMS, rows) == [
        "toy.z",
        "toy.z.other",
        "toy.z.mended",
        "toy.y",
        "toy.a",
        "toy.far",
        "toy.z.none",
    ]


def test_impact_tells_what_an_amendment_restores_and_what_stays_blocked():
    claims = {c.id: c for c in [
        claim("toy.a"), claim("toy.a.mended", amends="toy.a"), claim("toy.b"), claim("toy.c", rests_on=("toy.a",)),
        claim("toy.d", rests_on=("toy.c", "toy.b")), claim("toy.e", rests_on=("toy.d",)), claim("toy.f", rests_on=("toy.c",)),
    ]}
    bad = {"toy.a": "refuted", "toy.b": "ill-posed", "toy.f": "conditional"}
    results = {name: entry(name, bad.get(name, "proved")) for name in claims}
    found = graph.impact("toy.a", results, claims)
    assert found.falls == ("toy.c", "toy.d", "toy.e", "toy.f") and found.amendment == "toy.a.mended"
    assert found.restored == ("toy.c",) and found.broken == ("toy.f",)
    assert found.blocked == {"toy.d": ("toy.b",), "toy.e": ("toy.b",)}
    assert graph.impact("toy.e", results, claims).falls == ()
