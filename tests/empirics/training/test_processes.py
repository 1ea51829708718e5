"""Several processes as one, killed and resumed: one history, no shared folder, and no process that waits for ever."""
from __future__ import annotations

import json
from dataclasses import asdict

import pytest

pytest.importorskip("torch", reason="training needs torch: install the extra `empirics`")

from empirics.training import TrainingError, checkpoints  # noqa: E402
from empirics.training.ddp import Window, World  # noqa: E402
from empirics.training.loop import Plan, train  # noqa: E402
from empirics.training.model import Shape  # noqa: E402
from tests.empirics.training.processes_for_tests import one_crop, ragged, together  # noqa: E402

SHAPE = asdict(Shape(9, 6, 1, 8, 2))
DROPPING = SHAPE | {"dropout": 0.4}
PLAN = {"steps": 20, "batch": 8, "rate": 1e-2, "warmup": 2, "evaluate_every": 10, "checkpoint_every": 4, "seed": 3}
KEYS = ("step", "tokens", "train", "held_out", "seen")


def close(found, expected, to=2e-6):
    return [[e[k] for k in KEYS] for e in found] == [pytest.approx([e[k] for k in KEYS], abs=to) for e in expected]


def test_a_window_that_goes_on_in_another_number_of_processes_is_summed_once():
    import torch
    class Two(World):
        def total(self, tensor):
            return tensor.mul_(2)           # the other process has the same share
    window = Window(Two(0, 2))
    window.add(torch.tensor(1.0), torch.tensor(0.5))
    assert window.settle() is None and window.settle() is None and window.losses().tolist() == [2.0]
    other = Window(World(), [window.losses()])
    other.add(torch.tensor(3.0), torch.tensor(0.5))
    other.settle()
    assert other.losses().tolist() == [2.0, 3.0]


def test_the_first_bad_step_is_told_and_not_the_one_that_found_it():
    import torch
    window = Window(World())
    for loss, norm in ((1.0, 1.0), (2.0, float("nan")), (float("nan"), float("nan")), (4.0, 1.0)):
        window.add(torch.tensor(loss), torch.tensor(norm))
    after, loss, norm = window.settle()
    assert after == 2 and loss == 2.0 and norm != norm


@pytest.mark.slow
@pytest.mark.parametrize("resumed", [1, 2])
@pytest.mark.parametrize("folders", [["a", "a"], ["a", "b"]], ids=["one folder", "a folder each"])
def test_a_killed_run_of_two_processes_ends_with_the_history_of_one(tmp_path, folders, resumed):
    """The evaluation at step 10 covers steps before and after the checkpoints of step 4 and 8. One process may finish what two
    began."""
    given = {"shape": SHAPE, "plan": PLAN, "data": "ragged", "folders": [str(tmp_path / f) for f in folders]}
    assert together(tmp_path, 2, die_after=4, **given)[0] is None
    assert checkpoints.steps(tmp_path / "a") == [4] and checkpoints.steps(tmp_path / "b") == []
    found = together(tmp_path, resumed, **given)
    whole = train(Shape(**SHAPE), Plan(**PLAN), ragged(), ragged())
    assert len(whole.history) == 2 and all(close(history, whole.history) for history in found)
    assert found[0] == found[-1]


@pytest.mark.slow
def test_two_processes_resume_bit_by_bit_and_where_the_newest_checkpoint_is(tmp_path):
    """Also what one process began; and machines that change places do not begin again."""
    given = {"shape": DROPPING, "plan": PLAN, "data": "ragged"}
    whole = together(tmp_path, 2, **given)
    a, b = str(tmp_path / "a"), str(tmp_path / "b")
    together(tmp_path, 2, die_after=16, folders=[a, b], **given)
    assert checkpoints.steps(tmp_path / "a") == [12, 16]
    assert together(tmp_path, 2, folders=[b, a], **given) == whole
    assert checkpoints.steps(tmp_path / "b") == [20] and checkpoints.steps(tmp_path / "a") == [12, 16]     # not 16: it went on


@pytest.mark.slow
def test_what_is_wrong_in_one_process_is_told_by_both(tmp_path):
    given = {"shape": SHAPE, "plan": PLAN, "data": "ragged"}
    other = together(tmp_path, 2, seeds=[1, 2], **given)
    assert other[0] == other[1] and "the processes are not of one run (held_out is" in other[0]
    file = tmp_path / "file"
    file.write_text("")
    assert together(tmp_path, 2, folders=[str(file), str(tmp_path)], **given)[1] == \
        f"cannot write a checkpoint in {file} (it is a file); choose another folder"
    bad = together(tmp_path, 2, **given | {"plan": PLAN | {"rate": 1e38, "clip": 1e30, "warmup": 0}})
    assert bad[0] == bad[1] == ("the loss is not finite at step 2 (nan, gradient nan): no checkpoint was written yet; lower the "
                                "learning rate")


@pytest.mark.slow
def test_processes_drop_differently(tmp_path):
    """Two processes with the same crop: were their masks the same, the loss would be that of the first alone."""
    plan = PLAN | {"steps": 1, "batch": 2, "checkpoint_every": 0, "warmup": 0}
    alone = train(Shape(**DROPPING), Plan(**plan | {"batch": 1}), one_crop()).history[0]["train"]
    both = together(tmp_path, 2, shape=DROPPING, plan=plan, data="one")[0][0]["train"]
    assert abs(both - alone) > 1e-3
    plain = together(tmp_path, 2, shape=SHAPE, plan=plan, data="one")[0][0]["train"]
    assert plain == pytest.approx(train(Shape(**SHAPE), Plan(**plan | {"batch": 1}), one_crop()).history[0]["train"], abs=1e-6)


@pytest.mark.parametrize("dropout, words", [(0.0, None), (0.4, "plan.part is 8 there and 2 here")])
def test_with_dropout_other_parts_are_another_run(tmp_path, dropout, words):
    """Their masks are others: refused in one line. Without dropout only rounding changes."""
    shape = Shape(**SHAPE | {"dropout": dropout})
    train(shape, Plan(**PLAN), ragged(), None, tmp_path)
    train(shape, Plan(**PLAN | {"part": 8}), ragged(), None, tmp_path)      # the whole batch: the same masks
    if words is None:
        assert train(shape, Plan(**PLAN | {"part": 2}), ragged(), None, tmp_path).steps == 20
        return
    with pytest.raises(TrainingError, match=f"belongs to another run .{words}.; choose another folder, or what it began with"):
        train(shape, Plan(**PLAN | {"part": 2}), ragged(), None, tmp_path)


def test_with_dropout_another_number_of_processes_is_another_run(tmp_path):
    train(Shape(**DROPPING), Plan(**PLAN | {"part": 2}), ragged(), None, tmp_path)
    file = max(tmp_path.glob("*.json"))
    record = json.loads(file.read_text())
    record["identity"]["plan"]["processes"] = 2
    file.write_text(json.dumps(record))
    with pytest.raises(TrainingError, match="belongs to another run .plan.processes is 2 there and 1 here"):
        train(Shape(**DROPPING), Plan(**PLAN | {"part": 2}), ragged(), None, tmp_path)
