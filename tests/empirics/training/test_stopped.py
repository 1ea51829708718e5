"""What is wrong stops a run in one line, and the last good checkpoint stays good."""
from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch: install the extra `empirics`")

from empirics.training import TrainingError, checkpoints  # noqa: E402
from empirics.training.data import WHOLE, Stream  # noqa: E402
from empirics.training.ddp import World, pick_device  # noqa: E402
from empirics.training.loop import evaluate, train  # noqa: E402
from empirics.training.model import Transformer  # noqa: E402
from tests.empirics.training.loops_for_tests import PLAN, SHAPE, same, stream, weights  # noqa: E402


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def broken_after(step, monkeypatch):
    """From this step on the gradients are no numbers."""
    clip = torch.nn.utils.clip_grad_norm_
    calls = []
    def clipped(parameters, most):
        parameters = list(parameters)
        calls.append(1)
        if len(calls) > step:
            for p in parameters:
                p.grad.fill_(float("nan"))
        return clip(parameters, most)
    monkeypatch.setattr(torch.nn.utils, "clip_grad_norm_", clipped)


def test_a_loss_that_is_no_number_stops_the_run_and_keeps_the_last_good_checkpoint(tmp_path, monkeypatch):
    broken_after(6, monkeypatch)
    with pytest.raises(TrainingError, match=r"not finite at step 7 .*checkpoint of step 4 .* is kept") as caught:
        train(SHAPE, replace(PLAN, checkpoint_every=4), stream(), None, tmp_path)
    assert "\n" not in str(caught.value) and checkpoints.steps(tmp_path) == [4]
    monkeypatch.undo()
    assert train(SHAPE, replace(PLAN, checkpoint_every=4), stream(), None, tmp_path).steps == 12


def test_a_rate_that_explodes_is_told_with_the_step():
    with pytest.raises(TrainingError, match="not finite at step .*no checkpoint was written yet; lower the learning rate"):
        train(SHAPE, replace(PLAN, rate=1e38, warmup=0, steps=40), stream())


EXPLODES = {"rate": 1e38, "clip": 1e30, "warmup": 0, "checkpoint_every": 1}


@pytest.mark.parametrize("steps, held_out", [(40, None), (1, None), (1, stream(1))])
def test_what_an_update_breaks_is_never_saved(tmp_path, steps, held_out):
    """The loss and the gradient of step 1 are fine, its update is not."""
    words = "the weights are not finite at step 1: no checkpoint was written yet; lower the learning rate$"
    with pytest.raises(TrainingError, match=words):
        train(SHAPE, replace(PLAN, steps=steps, **EXPLODES), stream(), held_out, tmp_path)
    assert checkpoints.steps(tmp_path) == []


@pytest.mark.parametrize("what", ["weights", "exp_avg_sq"])
def test_the_last_checkpoint_is_one_of_numbers(tmp_path, monkeypatch, what):
    """Broken by the update of step 7, told at the checkpoint of step 8; the run goes on from step 4."""
    plan, calls, step = replace(PLAN, checkpoint_every=4, evaluate_every=0), [], torch.optim.AdamW.step
    whole = train(SHAPE, plan, stream(), None)
    def breaking(self, *given, **named):
        out = step(self, *given, **named)
        calls.append(1)
        if len(calls) == 8:
            p = self.param_groups[0]["params"][0]
            (p.data if what == "weights" else self.state[p][what])[0, 0] = math.inf
        return out
    monkeypatch.setattr(torch.optim.AdamW, "step", breaking)
    named = "weights" if what == "weights" else "moments of Adam"
    with pytest.raises(TrainingError, match=f"the {named} are not finite at step 8: the checkpoint of step 4 in .* is kept"):
        train(SHAPE, plan, stream(), None, tmp_path)
    monkeypatch.undo()
    assert checkpoints.steps(tmp_path) == [4]
    assert same(weights(train(SHAPE, plan, stream(), None, tmp_path)), weights(whole))


def test_a_held_out_loss_that_is_no_number_is_one_line(tmp_path, monkeypatch):
    """The weights are numbers, and still the loss on other data may overflow."""
    data, forward = stream(1), Transformer.forward
    monkeypatch.setattr(Transformer, "forward", lambda m, x, y, r="sum": forward(m, x, y, r) * (1 if m.training else math.inf))
    with pytest.raises(TrainingError, match="the loss on stream is not finite .inf. after step 5: .*step 4 in .* is kept; lower"):
        train(SHAPE, replace(PLAN, checkpoint_every=4), stream(), data, tmp_path)
    with pytest.raises(TrainingError, match="the loss on stream is not finite"):
        evaluate(Transformer(SHAPE), data, 8, 0)


def test_a_file_in_the_place_of_the_folder_is_told_before_training(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(TrainingError, match="cannot write a checkpoint in .*file"):
        train(SHAPE, PLAN, stream(), None, tmp_path / "file", on_entry=lambda entry: pytest.fail("it was trained"))


def test_a_bad_token_far_into_a_long_stream_is_one_line():
    long = np.zeros(WHOLE + 100, dtype=np.uint8)
    long[2::5] = 60
    data = Stream("long", long, 9, 6)
    for draw in (lambda: train(SHAPE, PLAN, data), lambda: evaluate(Transformer(SHAPE), data, 8, 0)):
        with pytest.raises(TrainingError, match="long: token 60 does not fit a vocabulary of 9"):
            draw()


def test_a_vocabulary_or_length_that_does_not_fit():
    with pytest.raises(TrainingError, match="vocabulary of 9 tokens and the model one of 12"):
        train(replace(SHAPE, vocabulary=12), PLAN, stream())
    with pytest.raises(TrainingError, match="sequences of 6 tokens, and the model reads 5"):
        train(replace(SHAPE, length=5), PLAN, stream())


@pytest.mark.parametrize("changes, words", [({"rate": -1.0}, "cannot train"), ({"steps": 0}, "at least one step"),
                                            ({"schedule": "x"}, "no schedule"),
                                            ({"precision": "half"}, "no precision"), ({"part": 0}, "at least one step"),
                                            ({"clip": 0}, "cannot train")])
def test_impossible_plans_are_one_line(changes, words):
    with pytest.raises(TrainingError, match=words):
        replace(PLAN, **changes)


def test_a_checkpoint_of_another_configuration_says_what_differs(tmp_path):
    train(SHAPE, PLAN, stream(), None, tmp_path)
    for other, words in (((replace(SHAPE, width=16), PLAN, stream()), "shape.width is 8 there and 16 here"),
                         ((SHAPE, replace(PLAN, rate=2e-2), stream()), "plan.rate is 0.01 there and 0.02 here"),
                         ((SHAPE, PLAN, stream(5)), "training is")):
        with pytest.raises(TrainingError, match=f"belongs to another run .{words}"):
            train(*other, None, tmp_path)
    assert train(SHAPE, replace(PLAN, part=2), stream(), None, tmp_path).steps == 12       # how it is computed may change


@pytest.mark.parametrize("damage", ["truncate", "flip", "remove", "json"])
def test_a_damaged_checkpoint_is_told_and_the_one_before_still_counts(tmp_path, damage):
    plan = replace(PLAN, checkpoint_every=4)
    whole = train(SHAPE, plan, stream(), None, tmp_path)
    last = tmp_path / "step-00000012.safetensors"
    data = last.read_bytes()
    if damage == "json":
        last.with_suffix(".json").write_text('{"schema": 1, "st')
    elif damage == "remove":
        last.unlink()
    else:
        last.write_bytes(data[:len(data) // 2] if damage == "truncate" else data[:-4] + bytes(4 * [data[-1] ^ 1]))
    with pytest.raises(TrainingError, match="damaged .*delete its two files to go on from step 8") as caught:
        train(SHAPE, plan, stream(), None, tmp_path)
    assert "\n" not in str(caught.value)
    last.unlink(missing_ok=True)
    last.with_suffix(".json").unlink()
    assert same(weights(train(SHAPE, plan, stream(), None, tmp_path)), weights(whole))


def test_processes_share_a_batch_evenly():
    assert [World(r, 4).rows(12) for r in range(4)] == [slice(0, 3), slice(3, 6), slice(6, 9), slice(9, 12)]
    with pytest.raises(TrainingError, match="batch of 10 cannot be shared by 4"):
        World(0, 4).rows(10)


def test_devices_that_are_not_there():
    with pytest.raises(TrainingError, match="no device 'tpu'"):
        pick_device("tpu")
    if not torch.cuda.is_available():
        with pytest.raises(TrainingError, match="cuda is not there: .*--device cpu"):
            pick_device("cuda")
        assert pick_device("auto") == "cpu"
