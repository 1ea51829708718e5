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
