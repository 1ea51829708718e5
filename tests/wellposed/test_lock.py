"""The lock: what is written is read back, a broken one is refused and left alone, every difference is named."""
from __future__ import annotations

import pytest

from tests.wellposed.samples import entry, evidence, paper
from theory.claim import EvidenceConflict, StoreError
from wellposed import lock


@pytest.fixture
def path(tmp_path):
    lock.write(tmp_path / "claims.lock", paper())
    return tmp_path / "claims.lock"


def test_written_sorted_one_line_each_and_read_back(path):
    lines = [x for x in path.read_text().splitlines() if not x.startswith("#")]
    assert [x.split()[0] for x in lines] == ["toy.lem", "toy.lem.mended", "toy.open", "toy.prop"]
    assert lines[0].split() == ["toy.lem", "0123456789abcdef", "refuted", "proof+enclosure"]
    assert lock.read(path)["toy.open"] == lock.Line("0123456789abcdef", "undecided", "-")
    assert lock.differences(paper(), lock.read(path)) == []


def test_evidence_counts_only_what_decided():
    item = entry("toy.a", evidence=[evidence("crosscheck"), evidence("search", "undecided"), evidence("proof")])
    assert lock.Line.of(item).evidence == "proof+crosscheck"


@pytest.mark.parametrize("changes, words", [
    ({"digest": "f" * 64}, "toy.lem: its statement changed, digest 0123456789abcdef -> ffffffffffffffff"),
    ({"verdict": "undecided", "reason": "budget"}, "toy.lem: verdict refuted -> undecided (budget)"),
    ({"evidence": [evidence(outcome="fails")]}, "toy.lem: evidence proof+enclosure -> proof"),
])
def test_every_difference_is_named(path, changes, words):
    now = [r | changes if r["id"] == "toy.lem" else r for r in paper()]
    assert lock.differences(now, lock.read(path)) == [words]


def test_new_and_missing_claims_count_when_all_were_run(path):
    now = [*paper()[1:], entry("toy.new")]
    said = lock.differences(now, lock.read(path))
    assert said == ["toy.lem: is in the lock as refuted, and no claim has that id now",
                    "toy.new: is not in the lock; it is proved now, digest 0123456789abcdef"]
    assert lock.differences(now, lock.read(path), complete=False) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "toy.a\n",
        "toy.a zzzzzzzzzzzzzzzz proved proof\n",
        "toy.a 0123456789abcdef maybe proof\n",
        "toy.a 0123456789abcdef proved magic\n",
        "toy.a 0123456789abcdef proved proof extra\n",
        "toy.a 0123456789abcdef proved proof\n" * 2,
        "<<<<<<< HEAD\n",
    ],
)
def test_a_corrupt_lock_is_refused(tmp_path, text):
    path = tmp_path / "claims.lock"
    path.write_text(text)
    with pytest.raises(StoreError, match="corrupt") as caught:
        lock.read(path)
    assert "\n" not in str(caught.value) and path.read_text() == text


def test_bytes_that_are_no_text_and_no_file(tmp_path):
    (tmp_path / "claims.lock").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(StoreError, match="cannot read"):
        lock.read(tmp_path / "claims.lock")
    with pytest.raises(StoreError, match="wellposed lock"):
        lock.read(tmp_path / "none.lock")


def test_a_surviving_mutant_is_not_locked(path):
    before = path.read_bytes()
    weak = entry("toy.weak", mutants={"total": 3, "killed": 2, "true": 0, "equivalent": 0, "survivors": ["n < n + 1"]})
    with pytest.raises(EvidenceConflict, match="toy.weak: a mutant survives"):
        lock.write(path, [*paper(), weak])
    assert path.read_bytes() == before
