"""The loop: repeatable, resumable, the same in parts, and what it says while it goes on."""
from __future__ import annotations

import io
import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch: install the extra `empirics`")

from empirics.training import checkpoints  # noqa: E402
from empirics.training.data import Stream  # noqa: E402
from empirics.training.loop import evaluate, products, train  # noqa: E402
from empirics.training.model import Shape, Transformer, vanilla  # noqa: E402
from empirics.training.progress import Progress, matrix_rate  # noqa: E402
from tests.empirics.training.loops_for_tests import PLAN, SHAPE, ragged, same, stream, weights  # noqa: E402


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


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


def test_an_evaluation_drops_nothing_and_leaves_the_model_as_it_was():
    torch.manual_seed(0)
    dropping = Transformer(replace(SHAPE, dropout=0.5))
    model = Transformer(SHAPE)
    model.load_state_dict(dropping.state_dict())
    assert evaluate(dropping, ragged(), 40, 0) == evaluate(model, ragged(), 40, 0) and dropping.training
    dropping.eval()
    evaluate(dropping, ragged(), 40, 0)
    assert not dropping.training


def test_the_precision_of_products_is_set_and_given_back():
    """On CUDA only; what another library set is left as it was."""
    was = torch.get_float32_matmul_precision()
    for kind in ("high", "highest"):
        with products(kind, "cuda:0"):
            assert torch.get_float32_matmul_precision() == kind
        with products(kind, "cpu"):
            assert torch.get_float32_matmul_precision() == was
    assert torch.get_float32_matmul_precision() == was


def losses_of_steps(shape, **plan):
    """Every batch is the same crop, and nothing is learnt: what differs is the dropout."""
    data = Stream("one crop", np.arange(7), 9, 6)
    run = train(shape, replace(PLAN, rate=1e-30, warmup=0, evaluate_every=1, **plan), data)
    return [entry["train"] for entry in run.history]


def test_every_step_and_every_part_has_its_own_dropout():
    dropping = replace(SHAPE, dropout=0.4)
    steps = losses_of_steps(dropping, batch=1)
    assert len(set(steps)) == len(steps) == 12 and len(set(losses_of_steps(SHAPE, batch=1))) == 1
    parts = losses_of_steps(dropping, batch=2, part=1)
    assert all(abs(a - b) > 1e-4 for a, b in zip(steps, parts))         # the first part's masks are those of batch 1
    assert losses_of_steps(SHAPE, batch=2, part=1) == pytest.approx(losses_of_steps(SHAPE, batch=1), abs=1e-6)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_half_precision_runs_on_cpu_and_stays_close(precision):
    run = train(SHAPE, replace(PLAN, precision=precision), stream())
    assert run.history[-1]["train"] == pytest.approx(train(SHAPE, PLAN, stream()).history[-1]["train"], abs=0.02)


# ---------------------------------------------------------------- progress

def test_the_progress_line_says_speed_share_and_time_left():
    bar = Progress(100, 1000, 2e3, 1e9, io.StringIO(), "run ")
    bar.losses(1.5, 2.25)
    line = bar.line(25, bar.start + 5.0)        # 25 steps of 1000 tokens in 5 s; 2000 flops a token over 1e9
    assert line == "run [##        ] 25/100 loss 1.500 held-out 2.250 5,000 tokens/s MFU 1 % 0:15 left"


def test_what_was_computed_counts_and_not_what_was_expected():
    """Of 2000 tokens a step expected, 500 counted; the share is of the operations, those of padding too."""
    bar = Progress(100, 2000, 2e3, 1e9, io.StringIO())
    for _ in range(20):
        bar.add(500, 1e6)
    assert bar.line(20, bar.start + 2.0).endswith(" 5,000 tokens/s MFU 1 % 0:08 left")


@pytest.mark.parametrize("data", [stream(), ragged()], ids=["stream", "lines"])
def test_tokens_are_the_targets_that_counted(tmp_path, data):
    """Also in a resumed run, whose last entry was before its checkpoint. Operations are those of the computed positions."""
    plan, bar = replace(PLAN, checkpoint_every=4), Progress(PLAN.steps, 1, 1.0, None, None)
    run = train(SHAPE, plan, data, None, tmp_path, progress=bar)
    drawn = [data.batch(plan.seed, k, plan.batch) for k in range(plan.steps)]
    counts = np.cumsum([(y != -100).sum() for _, y in drawn])
    assert [e["tokens"] for e in run.history] == [counts[4], counts[9], counts[11]] and bar.tokens == counts[-1]
    assert bar.work == pytest.approx(sum(x.size * SHAPE.flops_at(x.shape[1]) for x, _ in drawn))
    for file in tmp_path.glob("step-00000012.*"):
        file.unlink()
    assert train(SHAPE, plan, data, None, tmp_path).history == run.history


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
