"""Jobs as data: what they are made of, results that wait while others run, and what is recalled."""
from __future__ import annotations

import numpy as np
import pytest

from empirics.training import TrainingError, jobs
from empirics.training.data import Stream
from tests.empirics.training import jobs_for_tests as small


def test_a_list_is_held_out_from_its_own_lines():
    job = {**small.job(), "kind": "list", "grammar": "0.5"}
    train, held = jobs._lines(job)
    rows = {tuple(row[:n]) for row, n in zip(train.lines, train.lengths)}
    assert rows and not rows & {tuple(row[:n]) for row, n in zip(held.lines, held.lengths)}
    assert len(held.lines) == jobs.HELD_LINES and len(train.lines) == job["lines"] == len(jobs.lines_of(job))


def test_finished_jobs_wait_for_the_others_and_are_cleared_away(tmp_path):
    pytest.importorskip("torch", reason="training needs torch: install the extra `empirics`")
    one, two = small.job(), {**small.job(), "name": "other job"}
    for job, value in ((one, 1), (two, 2)):
        jobs.store(job, {"loss": value}, tmp_path / "kept" / job["name"].replace(" ", "_"))
    assert jobs._kept([one, two], tmp_path / "kept") == {"small": {"loss": 1}, "other job": {"loss": 2}}
    assert jobs._kept([one], None) == {}
    found = jobs.perform_all([two, one], folder=tmp_path / "kept")        # nothing is left to train
    assert list(found.items()) == [("other job", {"loss": 2}), ("small", {"loss": 1})] and not (tmp_path / "kept").exists()


def test_a_killed_call_goes_on_with_the_jobs_that_are_missing(tmp_path, capsys):
    pytest.importorskip("torch", reason="training needs torch: install the extra `empirics`")
    one, two = small.job(steps=2), {**small.job(steps=3), "name": "other job"}
    jobs.store(one, {"loss": "kept"}, tmp_path / "kept" / "small")
    found = jobs.perform_all([one, two], processes=1, folder=tmp_path / "kept")
    assert found["small"] == {"loss": "kept"} and found["other job"]["curve"][-1][0] == 3
    assert "training 2/2: other job" in capsys.readouterr().err


def test_results_of_another_job_or_unreadable_ones_are_refused(tmp_path):
    path = jobs.store(small.job(), {"loss": 1}, tmp_path)
    with pytest.raises(TrainingError, match="is of another job than small"):
        jobs.result_of(small.job(steps=41), tmp_path)
    path.write_text("{")
    with pytest.raises(TrainingError, match="cannot be read .*delete it to train small again") as caught:
        jobs.result_of(small.job(), tmp_path)
    assert "\n" not in str(caught.value) and jobs.result_of(small.job(), tmp_path / "none") is None


def test_what_is_recalled_is_counted_exactly():
    torch = pytest.importorskip("torch", reason="training needs torch: install the extra `empirics`")
    class Cycle(torch.nn.Module):
        """Always says the next of ten tokens; after a 7 it is wrong."""
        def likeliest(self, said):
            last = said[:, -1:]
            return torch.where(last == 7, last, (last + 1) % 10)
    data = Stream("cycle", np.arange(200) % 10, 10, 4)
    found = jobs.recalled(Cycle(), data, 1000, 0)
    starts = np.arange(196) % 10            # second halves: start + 2, start + 3; wrong where start + 1 or start + 2 is 7
    assert found == {"exact": int((~np.isin(starts, (5, 6))).sum()), "of": 196}


# ---------------------------------------------------------------- texts

TEXT = {"name": "text", "kind": "text", "source": jobs.PIECES, "tokenizer": "characters", "tokens": 5000, "held_out": 3000,
        "model": {"length": 16, "layers": 1, "width": 8, "heads": 2}, "plan": {"steps": 3, "batch": 4, "rate": 1e-2}}


def test_no_document_is_both_trained_on_and_held_out():
    """The held-out tokens start where a piece does, behind the one that the training tokens end in."""
    train, held = jobs.streams_of(TEXT)
    whole, size, separator = jobs._characters(jobs.PIECES)
    start = int(held.name.split(" from ")[1].split()[0])
    assert len(train.stream) == 5000 and whole[start - 1] == separator and (held.stream == whole[start: start + 3000]).all()
    assert (whole[5000: start] == separator).sum() == 1 and train.stream[-1] != separator   # the rest of a piece is left out


def test_pieces_are_whole_lines_of_all_novels_in_a_drawn_order():
    from collections import Counter
    from empirics.gpt2 import sources
    novels = list(sources.documents(sources.NOVELS))
    found = list(sources.pieces(novels))
    lines = [Counter(line for text in texts for line in text.split("\n")) for texts in (found, novels)]
    assert lines[0] == lines[1]
    assert list(sources.pieces(novels)) == found != sorted(found) and len(found) > 900
    assert sum(len(p) < 2000 for p in found) <= len(novels) and max(map(len, found)) < 10_000


def test_a_text_for_the_bpe_is_tokenised_once_and_only_as_far_as_needed(tmp_path, monkeypatch):
    pytest.importorskip("transformers", reason="GPT-2's tokenizer needs transformers: install the extra `empirics`")
    from empirics.gpt2 import sources
    monkeypatch.setattr(jobs, "TOKENS", tmp_path / "tokens")
    read = []
    def endless(source):
        assert source == "openwebtext"
        while True:
            read.append(1)
            yield "One more document, of some ten tokens or so. " * 40
    monkeypatch.setattr(sources, "documents", endless)
    job = {**TEXT, "source": "openwebtext", "tokenizer": "gpt2", "tokens": 9000, "held_out": 1000}
    train, held = jobs.streams_of(job)
    assert isinstance(train.stream, np.memmap) and (len(train.stream), len(held.stream)) == (9000, 1000) and len(read) <= 256
    monkeypatch.setattr(sources, "documents", lambda source: None)
    assert (jobs.streams_of(job)[0].stream == train.stream).all()


def test_billions_of_tokens_are_asked_for_as_a_file():
    from empirics.training import paper
    e = next(e for e in paper.EXPERIMENTS if e.name == "training.gpt2")
    job = paper.planned_gpt2(e.configuration, 1)[2]
    with pytest.raises(TrainingError, match="gpt2 9B: 9,030,082,198 tokens are prepared once, as a token file: .*--source "
                                            "openwebtext") as caught:
        jobs.streams_of(job)
    assert "\n" not in str(caught.value)
    with pytest.raises(TrainingError, match="use the tokenizer gpt2"):
        jobs.streams_of({**TEXT, "source": "openwebtext"})


def test_a_result_says_its_epochs_and_its_text(tmp_path):
    pytest.importorskip("torch", reason="training needs torch: install the extra `empirics`")
    found = jobs.perform({**TEXT, "tokens": 640})
    assert found["epochs"] == round(3 * 4 * 16 / 640, 3) and found["source"] == jobs.PIECES
    lines = jobs.perform(small.job(steps=6))
    assert lines["epochs"] == 6 * 8 / 24 and lines["source"] == "grammar published"
    from empirics.gpt2 import tokens
    letters = "abcdefghijklmnopqrstuvwxyz"
    tokens.write([letters] * 20, tokens.characters([letters]), tmp_path / "t", "letters")
    job = {**{k: v for k, v in TEXT.items() if k not in ("source", "tokenizer")}, "kind": "tokens", "file": str(tmp_path / "t"),
           "tokens": 200, "held_out": 100}
    assert jobs.perform(job)["source"] == "letters"


def test_a_grammar_file_can_be_trained_on(tmp_path):
    import json
    from empirics import question_formation as q
    from empirics.question_formation.grammars import load
    data = load()
    path = tmp_path / "own.json"
    path.write_text(json.dumps({**data["published"], "lexicon": data["lexicon"], "weights": "relative"}))
    own = jobs.grammar_named(str(path))
    assert q.generate(own, 5, 1) == q.generate(q.PUBLISHED, 5, 1)
    with pytest.raises(q.CorpusError, match="cannot read the grammars"):
        jobs.grammar_named(str(tmp_path / "none.json"))


def test_a_folder_that_cannot_hold_results_is_said_before_training(tmp_path):
    pytest.importorskip("torch", reason="training needs torch: install the extra `empirics`")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(TrainingError, match="nothing can be written into"):
        jobs.perform_all([small.job(steps=10 ** 9)], folder=tmp_path / "file")
