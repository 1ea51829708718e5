"""The loop: repeatable, resumable, the same in parts, and stopped cleanly by what is wrong."""
from __future__ import annotations

import io
import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch: install the extra `empirics`")

from empirics.training import TrainingError, checkpoints  # noqa: E402
from empirics.training.data import Lines, Stream  # noqa: E402
from empirics.training.ddp import World, pick_device  # noqa: E402
from empirics.training.loop import Plan, evaluate, train  # noqa: E402
from empirics.training.model import Shape, Transformer, vanilla  # noqa: E402
from empirics.training.progress import Progress, matrix_rate  # noqa: E402

SHAPE = Shape(9, 6, 1, 8, 2)
PLAN = Plan(steps=12, batch=8, rate=1e-2, warmup=2, evaluate_every=5, evaluate=32, seed=3)


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def stream(seed=0, n=400) -> Stream:
    return Stream("stream", np.random.default_rng(seed).integers(0, 9, n), 9, 6)


def ragged(m=40) -> Lines:
    rng = np.random.default_rng(1)
    return Lines("ragged", rng.integers(1, 9, (m, 7)), rng.integers(2, 8, m), 9)


def weights(run):
    return {n: p.detach().clone() for n, p in run.model.named_parameters()}


def same(a, b):
    return a.keys() == b.keys() and all(torch.equal(a[k], b[k]) for k in a)


def test_the_same_seed_gives_the_same_bits_and_another_does_not():
    a, b = (train(SHAPE, PLAN, stream(), stream(1)) for _ in range(2))
    assert a.history == b.history and same(weights(a), weights(b))
    assert train(SHAPE, replace(PLAN, seed=4), stream(), stream(1)).history != a.history


def test_it_learns():
    data = Stream("cycle", np.arange(400) % 9, 9, 6)
    run = train(SHAPE, replace(PLAN, steps=150), data, data)
    assert run.history[-1]["held_out"] < 0.1 < run.history[0]["held_out"]


@pytest.mark.parametrize("shape, data", [(SHAPE, stream()), (vanilla(9, 6, 1, 8, 2, dropout=0.2), ragged())],
                         ids=["stream", "dropout, lines"])
@pytest.mark.parametrize("stop", [4, 5, 8])
def test_a_resumed_run_ends_with_the_same_bits(tmp_path, monkeypatch, shape, data, stop):
    plan = replace(PLAN, checkpoint_every=4)
    whole = train(shape, plan, data, stream(1), tmp_path / "whole")
    def stopping(*given, **named):
        if given[1] > stop:
            raise KeyboardInterrupt
        return save(*given, **named)
    save = checkpoints.save
    monkeypatch.setattr(checkpoints, "save", stopping)
    with pytest.raises(KeyboardInterrupt):
        train(shape, plan, data, stream(1), tmp_path / "cut")
    monkeypatch.undo()
    assert checkpoints.steps(tmp_path / "cut")[-1] == stop // 4 * 4
    resumed = train(shape, plan, data, stream(1), tmp_path / "cut")
    assert resumed.history == whole.history and same(weights(resumed), weights(whole))
    a, b = (json.loads(max((tmp_path / f).glob("*.json")).read_text()) for f in ("whole", "cut"))
    assert a["sha256"] == b["sha256"]                       # Adam's state too


def test_a_finished_run_trains_no_more(tmp_path):
    a = train(SHAPE, PLAN, stream(), stream(1), tmp_path)
    b = train(SHAPE, PLAN, stream(), stream(1), tmp_path)
    assert a.history == b.history and same(weights(a), weights(b)) and len(checkpoints.steps(tmp_path)) == 1


@pytest.mark.parametrize("data", [stream(), ragged()], ids=["stream", "lines"])
def test_parts_change_rounding_only(data):
    """Gradient accumulation weighs by counted tokens, also where lines are of different lengths."""
    whole = train(SHAPE, PLAN, data)
    parts = train(SHAPE, replace(PLAN, part=3), data)
    assert whole.history[-1]["train"] == pytest.approx(parts.history[-1]["train"], abs=1e-6)
    for name, p in weights(whole).items():
        # a key's bias changes nothing: its gradient is rounding, which Adam scales up
        if not name.endswith("attention_in.bias"):
            assert torch.allclose(p, weights(parts)[name], atol=2e-5), name


def test_the_step_is_that_of_plain_torch():
    """One AdamW step on the mean loss of the counted tokens, clipped."""
    data, plan = ragged(), replace(PLAN, steps=1, warmup=0, decay=0.1, clip=0.5)
    torch.manual_seed(plan.seed)
    model = Transformer(SHAPE)
    x, y = map(torch.from_numpy, data.batch(plan.seed, 0, plan.batch))
    loss = torch.nn.functional.cross_entropy(model.scores(x).flatten(0, 1), y.flatten(), ignore_index=-100)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)
    groups = [{"params": [p for p in model.parameters() if p.dim() >= 2], "weight_decay": 0.1},
              {"params": [p for p in model.parameters() if p.dim() < 2], "weight_decay": 0.0}]
    torch.optim.AdamW(groups, lr=plan.rate, betas=(0.9, 0.95)).step()
    run = train(SHAPE, plan, data)
    assert run.history[-1]["train"] == pytest.approx(loss.item(), abs=1e-6)
    for (name, p), q in zip(model.named_parameters(), run.model.parameters()):
        assert torch.allclose(p, q, atol=1e-6), name


def test_an_evaluation_is_the_ratio_of_sums_with_its_error():
    torch.manual_seed(0)
    model, data = Transformer(SHAPE), ragged()
    found = evaluate(model, data, 40, 0, at_once=7)
    x, y = map(torch.from_numpy, data.sweep(40, 0))
    each = model(x, y, "none").detach()
    assert found.value == pytest.approx(float(each.sum() / (y != -100).sum()), abs=1e-5) and found.sequences == 40
    rng, sums, counts = np.random.default_rng(0), each.sum(1).numpy(), (y != -100).sum(1).numpy()
    redrawn = [sums[k].sum() / counts[k].sum() for k in rng.integers(0, 40, (2000, 40))]
    assert found.error == pytest.approx(np.std(redrawn), rel=0.15)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_half_precision_runs_on_cpu_and_stays_close(precision):
    run = train(SHAPE, replace(PLAN, precision=precision), stream())
    assert run.history[-1]["train"] == pytest.approx(train(SHAPE, PLAN, stream()).history[-1]["train"], abs=0.02)


# ---------------------------------------------------------------- what is wrong

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


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(TrainingError, match="cannot write a checkpoint"):
        train(SHAPE, PLAN, stream(), None, tmp_path / "file")


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


# ---------------------------------------------------------------- progress

def test_the_progress_line_says_speed_share_and_time_left():
    bar = Progress(100, 1000, 2e3, 1e9, io.StringIO(), "run ")
    bar.losses(1.5, 2.25)
    line = bar.line(25, bar.start + 5.0)        # 25 steps of 1000 tokens in 5 s; 2000 flops a token over 1e9
    assert line == "run [##        ] 25/100 loss 1.500 held-out 2.250 5,000 tokens/s MFU 1 % 0:15 left"


def test_elsewhere_than_on_a_terminal_lines_are_rare():
    out = io.StringIO()
    bar = Progress(1000, 1, 1.0, None, out)
    for step in range(1, 1000):
        bar.at(step)
    assert out.getvalue() == ""
    bar.shown -= 30
    bar.at(1000)
    assert out.getvalue().count("\n") == 1


def test_the_matrix_rate_is_a_rate():
    assert 1e8 < matrix_rate("cpu", torch.float32, 0.05) < 1e14


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("g++") is None, reason="torch.compile needs a C++ compiler")
def test_compiled_it_computes_the_same():
    """Lines of all widths, and a padded vocabulary in bfloat16: what runs on CUDA, here on CPU."""
    big = Stream("big", np.random.default_rng(0).integers(0, 5000, 3000), 5000, 16)
    for shape, plan, data in ((vanilla(9, 6, 1, 8, 2, dropout=0.0), PLAN, ragged()),
                              (Shape(5000, 16, 1, 16, 2), replace(PLAN, steps=4, precision="bfloat16"), big)):
        plain, compiled = (train(shape, replace(plan, compile=c), data, data).history[-1] for c in (False, True))
        assert compiled["train"] == pytest.approx(plain["train"], abs=1e-4)
        assert compiled["held_out"] == pytest.approx(plain["held_out"], abs=1e-4)
