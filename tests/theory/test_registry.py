"""The registry accepts a consistent set of claims and names the fault of any other."""
from __future__ import annotations

import dataclasses
import sys

import pytest

from theory import registry
from theory.claim import Claim, ClaimError, family, index, scalar, size
from theory.terms import ZERO, fam, le, lt, sum_
from theory.registry import load, validate

ROWS = {"toy": {"A1": ("Sec.1", "one"), "A2": ("Sec.1", "two"), "A3": ("Sec.2", "three")}}
n, r = fam("n"), fam("r")


def claim(name="toy.one", **changes) -> Claim:
    fields = {"location": "Sec.1", "printed": "0 < n", "variables": (size("n"),), "conclusion": lt(ZERO, n), "covers": ("A1",)}
    return Claim(name, **(fields | changes))


def fault(*claims: Claim) -> str:
    with pytest.raises(ClaimError) as caught:
        validate(claims, ROWS)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_consistent_set_is_ordered_by_what_it_rests_on():
    made = validate([claim("toy.c", rests_on=("toy.b",)), claim("toy.b", rests_on=("toy.a",)), claim("toy.a"),
                     claim("toy.mend", amends="toy.c", covers=())], ROWS)
    order = made.order()
    assert sorted(order) == ["toy.a", "toy.b", "toy.c", "toy.mend"]
    assert order.index("toy.a") < order.index("toy.b") < order.index("toy.c") < order.index("toy.mend")


@pytest.mark.parametrize(
    "bad", ["toy", "Toy.one", "toy.", "toy.one two", "toy..one", "", "toy.a/b", "../toy.a", "toy." + "a" * 57]
)
def test_malformed_ids_are_refused(bad):
    assert "is no claim id" in fault(claim(bad))


def test_two_claims_with_one_id():
    assert fault(claim(), claim()).startswith("two claims have the id toy.one")


@pytest.mark.parametrize("relation, value", [("rests_on", ("toy.none",)), ("amends", "toy.none"), ("reading_of", "toy.none"),
                                             ("no_amendment", "toy.none")])
def test_dangling_references_are_named(relation, value):
    assert fault(claim(**{relation: value})) == f"toy.one: {relation} names toy.none, which is no claim"


@pytest.mark.parametrize("relation, value", [("rests_on", ("toy.one",)), ("amends", "toy.one"), ("reading_of", "toy.one")])
def test_a_claim_cannot_refer_to_itself(relation, value):
    assert f"{relation} names the claim itself" in fault(claim(**{relation: value}))


def test_a_circle_is_shown():
    message = fault(claim("toy.a", rests_on=("toy.b",)), claim("toy.b", rests_on=("toy.c",)), claim("toy.c", rests_on=("toy.a",)))
    assert "in a circle" in message and all(f"toy.{x}" in message for x in "abc")


def test_a_circle_through_an_amendment():
    assert "in a circle" in fault(claim("toy.a", rests_on=("toy.b",)), claim("toy.b", amends="toy.a"))


def test_an_unknown_row():
    assert fault(claim(covers=("A9",))) == "toy.one: covers A9, which is no row of toy/inventory.csv"


def test_a_paper_without_an_inventory():
    assert "there is no paper other" in fault(claim("other.one", covers=()))


def test_undeclared_and_doubly_declared_symbols():
    assert fault(claim(conclusion=lt(ZERO, r))) == "toy.one: the statement uses r, which is not declared"
    assert fault(claim(hypotheses=(lt(ZERO, r),))) == "toy.one: the statement uses r, which is not declared"
    assert fault(claim(variables=(size("n"), scalar("n")))) == "toy.one: n is declared twice"


def test_families_are_used_with_their_indices():
    x = family("x", "n")
    good = claim(variables=(size("n"), x), conclusion=le(sum_(n, lambda i: fam("x", i)), ZERO))
    assert validate([good], ROWS).claims["toy.one"].variables[1] == x
    assert fault(claim(variables=(size("n"), x), conclusion=le(fam("x"), ZERO))) == "toy.one: x has 1 indices, and is used with 0"
    assert "x is indexed by m, which is not declared as a size" in fault(claim(variables=(size("n"), family("x", "m"))))
    assert "k is indexed by r" in fault(claim(variables=(size("n"), scalar("r"), index("k", "r"))))


@pytest.mark.parametrize(
    "low, high, strict, empty", [(2, 1, False, True), (1, 1, True, True), (1, 1, False, False), (1, 2, True, False)]
)
def test_an_empty_domain_says_nothing(low, high, strict, empty):
    made = claim(variables=(size("n"), scalar("r", low, high, strict)))
    if empty:
        assert "the domain of r is empty" in fault(made)
    else:
        assert validate([made], ROWS).claims


def test_a_conclusion_must_be_a_formula():
    assert "is no closed formula" in fault(claim(conclusion=n))


def test_uncovered_rows_are_those_required_and_an_amendment_covers_none():
    made = validate([claim(), claim("toy.mend", amends="toy.one", covers=("A2",))], ROWS, {"toy": ("A1", "A2")})
    assert made.uncovered() == {"toy": ["A2"]}
    assert dataclasses.replace(made, required={"toy": ("A1",)}).uncovered() == {}


# papers on disk

def paper(folder, name, section="CLAIMS = []", init="", inventory="id,location,statement\nA1,Sec.1,one\nA2,Sec.1,two\n"):
    made = folder / name
    made.mkdir()
    (made / "inventory.csv").write_text(inventory)
    (made / "__init__.py").write_text(init)
    (made / "section1.py").write_text("from theory.claim import Claim\nfrom theory.terms import le, num\n" + section)
    return made


ONE = 'CLAIMS = [Claim("{0}.one", "Sec.1", None, (), le(num(1), num(2)), covers=("A1",))]\n'


@pytest.fixture(autouse=True)
def _forget_papers():
    modules, path = set(sys.modules), list(sys.path)
    yield
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        if name.startswith("paper_"):
            del sys.modules[name]


def test_a_paper_is_a_folder_and_nothing_else(tmp_path):
    made = paper(tmp_path, "paper_a", ONE.format("paper_a"), init='DECIDED_ROWS = ["A1:A2"]')
    for extra in (made, tmp_path):
        got = load([extra])
        assert got.claims["paper_a.one"].module == "paper_a.section1"
        assert got.uncovered()["paper_a"] == ["A2"]
    assert "niu2024" in got.rows and len(got.rows["niu2024"]) == 135


@pytest.mark.parametrize("section, words", [
    ("CLAIMS = [1 / 0]", "paper_b.section1 cannot be imported: ZeroDivisionError: division by zero at line 3 of section1.py"),
    ("CLAIMS = [", "paper_b.section1 cannot be imported: SyntaxError"),
    ("import no_such_module_at_all", "No module named 'no_such_module_at_all' at line 3 of section1.py"),
    ("CLAIMS = ['paper_b.one']", "CLAIMS holds a str, which is no Claim"),
    (ONE.format("niu2024"), "so its id must begin with paper_b."),
])
def test_a_module_that_is_broken_is_named_in_one_line(tmp_path, section, words):
    with pytest.raises(ClaimError) as caught:
        load([paper(tmp_path, "paper_b", section)])
    assert words in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "inventory", ["no,columns\n1,2\n", "id,location,statement\nA1,x,y\nA1,x,y\n", b"\xff\xfe\x00bad".decode("latin1")]
)
def test_a_broken_inventory_is_named(tmp_path, inventory):
    with pytest.raises(ClaimError, match="inventory.csv"):
        load([paper(tmp_path, "paper_c", inventory=inventory)])


def test_decided_rows_must_be_rows(tmp_path):
    with pytest.raises(ClaimError, match="DECIDED_ROWS names A7"):
        load([paper(tmp_path, "paper_d", init='DECIDED_ROWS = ["A1:A7"]')])


def test_a_folder_without_a_paper_and_a_hidden_one(tmp_path):
    with pytest.raises(ClaimError, match="holds no paper"):
        load([tmp_path])
    with pytest.raises(ClaimError, match="the paper json is hidden by another module"):
        load([paper(tmp_path, "json")])
    with pytest.raises(ClaimError, match="two papers are called niu2024"):
        load([paper(tmp_path, "niu2024")])


def test_the_repository_itself_is_consistent():
    got = load()
    assert set(got.rows) >= {"niu2024"}
    assert sorted(got.order()) == sorted(got.claims)
    assert all(c.module.startswith(f"theory.{c.paper}.") for c in got.claims.values())
    assert registry.uncovered(got.claims.values(), ["no such row"]) == ["no such row"]
