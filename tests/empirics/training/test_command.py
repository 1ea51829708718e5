"""Command lines: what they print, and exit 2 with one line on bad input."""
from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from empirics.experiment import RECORDS
from empirics.training import TrainingError
from empirics.training import __main__ as command
from empirics.training import paper
from tests.empirics.training import jobs_for_tests as small

torch = pytest.importorskip("torch", reason="training needs torch: install the extra `empirics`")


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def run(capsys, *argv) -> tuple[int, str, str]:
    status = command.main([str(a) for a in argv])
    out, err = capsys.readouterr()
    return status, out, err


def fit(capsys, tmp_path, job, *more):
    file = tmp_path / "job.json"
    file.write_text(json.dumps(job))
    return run(capsys, "fit", "--job", file, "--out", tmp_path / "out", "--device", "cpu", "--quiet", *more)


def test_a_run_writes_its_result_and_a_second_call_trains_nothing(capsys, tmp_path):
    status, out, _ = fit(capsys, tmp_path, small.job(steps=10))
    assert status == 0 and "training loss" in out
    first = small.result(tmp_path / "out")
    stamp = (tmp_path / "out" / "step-00000010.json").stat().st_mtime_ns
    assert fit(capsys, tmp_path, small.job(steps=10))[0] == 0
    assert small.result(tmp_path / "out") == first and (tmp_path / "out" / "step-00000010.json").stat().st_mtime_ns == stamp


@pytest.mark.parametrize("change, words", [
    ({"kind": "poem"}, '"kind" is one of'), ({"grammar": "unwritten"}, "no grammar 'unwritten'"),
                                           ({"grammar": "0.7"}, "tuned to 0.7"),
    ({"lines": 0}, "0 lines cannot be generated"), ({"model": {"layers": 1, "width": 15, "heads": 2}}, "multiple of 2 heads"),
    ({"model": {"depth": 1}}, "is not understood"), ({"plan": {"steps": 3}}, "is not understood"),
    ({"plan": {"steps": 3, "batch": 8, "rate": 1e38, "clip": 1e30}}, "not finite at step"),
    ({"kind": "text", "source": "none.txt", "tokenizer": "characters", "tokens": 50, "held_out": 9, "model": {"length": 4}},
     "cannot read the text"),
    ({"kind": "tokens", "file": "none", "tokens": 50, "held_out": 9, "model": {"length": 4}}, "cannot read the token file")])
def test_bad_jobs_end_with_one_line_and_exit_2(capsys, tmp_path, change, words):
    status, out, err = fit(capsys, tmp_path, {**small.job(steps=5), **change})
    assert (status, out) == (2, "") and words in err and err.count("\n") == 1 and err.startswith("training: ")
    assert not (tmp_path / "out" / "result.json").exists()


def test_a_checkpoint_of_another_run_and_a_truncated_one_end_with_2_and_lose_nothing(capsys, tmp_path):
    assert fit(capsys, tmp_path, small.job(steps=10))[0] == 0
    kept = {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()}
    status, _, err = fit(capsys, tmp_path, small.job(steps=12))
    assert status == 2 and "belongs to another run (plan.steps is 10 there and 12 here)" in err and err.count("\n") == 1
    assert kept == {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()}
    weights = tmp_path / "out" / "step-00000010.safetensors"
    weights.write_bytes(weights.read_bytes()[:99])
    status, _, err = fit(capsys, tmp_path, small.job(steps=10))
    assert status == 2 and "is damaged" in err and "go on from step 5" in err and err.count("\n") == 1
    assert (tmp_path / "out" / "step-00000005.json").exists()


def test_a_machine_without_flint_and_z3_can_train(tmp_path):
    """A GPU machine makes result.json; the record is written from it where the engines are."""
    file = tmp_path / "job.json"
    file.write_text(json.dumps(small.job(steps=2)))
    code = (f"import sys; sys.modules['flint'] = sys.modules['z3'] = None; from empirics.training.__main__ import main; "
            f"sys.exit(main(['fit', '--job', {str(file)!r}, '--out', {str(tmp_path / 'out')!r}, '--device', 'cpu']))")
    done = subprocess.run([sys.executable, "-c", code], cwd=small.ROOT, env=small.environment(), capture_output=True, text=True,
                          timeout=120)
    assert done.returncode == 0, done.stderr
    assert small.result(tmp_path / "out")["tokens"] > 0


def test_unreadable_jobs_and_unknown_names(capsys, tmp_path):
    bad = tmp_path / "bad.json"
    bad.write_text("{")
    for argv in (["fit", "--job", bad, "--out", tmp_path], ["fit", "--job", tmp_path / "none", "--out", tmp_path],
                 ["--rerun", "training.none"],
                 ["jobs", "training.none"], ["--rerun", "training.offline", "--set", "steps=3"],
                 ["--rerun", "training.offline", "--set", "seeds=x"], ["--set", "seeds=3"], ["--only", "gpt2 9M"],
                 ["--rerun", "training.offline", "--only", "list 100"], ["--rerun", "training.gpt2", "--only", "gpt2 8M"],
                 ["--rerun", "training.gpt2", "training.question", "--only", "gpt2 9M"],
                 *(["--rerun", "training.offline", "--records", tmp_path, "--set", given] for given in (
                     'ratios={"9": 1}', 'depths={"two": 900}', 'tuned={"0.7": 5, "1.5": 5}', 'tuned={"1.5": 5}', "lists={}",
                     "seeds=0", "lines=0"))):
        status, _, err = run(capsys, *argv)
        assert status == 2 and err.count("\n") == 1 and err.startswith("training: "), argv


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_without_a_gpu_cuda_is_refused(capsys, tmp_path):
    status, _, err = fit(capsys, tmp_path, small.job(steps=5), "--device", "cuda")
    assert status == 2 and "use --device cpu" in err


def test_the_overview_and_the_table_fit_80_columns(capsys):
    for argv in ([], ["table"]):
        status, out, _ = run(capsys, *argv)
        assert status == 0 and "training.gpt2" in out or "not run" in out
        assert max(map(len, out.splitlines())) <= 80


def test_the_table_is_data_too(capsys):
    status, out, _ = run(capsys, "table", "--json")
    rows = json.loads(out)
    assert status == 0 and {"experiment", "printed", "entropy", "measured", "right"} <= set(rows[0])
    assert {r["right"] for r in rows if r["measured"] is None} == {"not run"}


def test_the_jobs_of_an_experiment_are_what_fit_reads(capsys, tmp_path):
    status, out, _ = run(capsys, "jobs", "training.question")
    jobs = json.loads(out)
    assert status == 0 and [j["model"]["layers"] for j in jobs] == [6, 10, 6, 6]
    assert jobs[0]["model"] == {"width": 512, "heads": 8, "dropout": 0.1, "layers": 6} and jobs[0]["plan"]["batch"] == 8


@pytest.mark.parametrize("change, words", [
    ({"model": {"hidden": 2.5}}, "hidden in the model of the job small is a whole number"),
    ({"model": {"dropout": "some"}}, "dropout in the model"), ({"model": {"layers": True}}, "layers in the model"),
    ({"plan": {"decay": "a"}}, "decay in the plan of the job small is a number from 0, not 'a'"),
    ({"plan": {"decay": -1}}, "decay in the plan"), ({"plan": {"least_rate": -1}}, "least_rate in the plan"),
    ({"plan": {"compile": "x"}}, "compile in the plan of the job small is true, false or null"),
    ({"plan": {"seed": 2 ** 70}}, "seed in the plan"), ({"seed": 2 ** 70}, "seed of the job small"),
    ({"seed": -1}, "seed of the job"),
    ({"lines": 2.5}, "lines of the job small is a whole number from 0 to 2^62, not 2.5"),
    ({"grammar": 0.5}, "is a text, not 0.5"),
    ({"plan": [1]}, "are objects"), ({"plan": {"rate": float("inf")}}, "rate in the plan"), ({"name": ""}, "name of the job")])
def test_odd_fields_are_one_line_before_anything_is_trained(capsys, tmp_path, change, words):
    job = small.job(steps=5)
    job = {**job, **{k: {**job[k], **v} if isinstance(v, dict) else v for k, v in change.items()}}
    status, out, err = fit(capsys, tmp_path, job)
    assert (status, out) == (2, "") and words in err and err.count("\n") == 1 and not (tmp_path / "out").exists()


def test_a_file_in_the_place_of_the_folder_is_said_before_training(capsys, tmp_path):
    (tmp_path / "out").write_text("mine")
    status, _, err = fit(capsys, tmp_path, small.job(steps=10 ** 9))           # would never end
    assert status == 2 and "nothing can be written into" in err and "nothing was trained" in err and err.count("\n") == 1
    assert (tmp_path / "out").read_text() == "mine"


def test_the_overview_ranks_the_runs_by_what_they_decide(capsys):
    _, out, _ = run(capsys)
    names = [line.split()[0] for line in out.splitlines() if line.startswith("training.")]
    assert names == [name for name, *_ in paper.RANKED] and set(names) == {"training.offline", *paper.PLANNED}
    assert "20 min" in out and "X17" in out and "X13" in out and '--only\n' in out
    assert [f"training.{n}" for n in re.findall(r"^  \d  training\.(\w+)", paper.__doc__, re.M)] == [
        "training.question", "training.overfit", "training.gpt2", "training.gpt2"]


TINY = {"training.overfit": {"source": "TEXT", "tokenizer": "characters", "model": {"length": 8, "layers": 1, "width": 8,
                                                                                    "heads": 2},
                             "tokens": {"9M": 60, "90M": 200, "9B": 600}, "held_out": {"9M": 20, "90M": 40, "9B": 60},
                             "recall": 8, "steps": 4,
                             "batch": 4, "warmup": 1},
        "training.question": {"layers": [1, 2], "sizes": {"width": 16, "heads": 2, "dropout": 0.1}, "lines": 60, "steps": 8,
                              "warmup": 2}}
TINY["training.gpt2"] = TINY["training.overfit"]


def tiny(tmp_path, name) -> list[str]:
    text = tmp_path / "text.txt"
    text.write_text("".join(f"line {k} of a text that is long enough\n<|endoftext|>\n" for k in range(40)))
    changes = {**TINY[name], "work": str(tmp_path / "work"), "device": "cpu"} | ({"source": str(text)}
                                                                                 if "source" in TINY[name] else {})
    return ["--rerun", name, *(a for k, v in changes.items() for a in ("--set", f"{k}={json.dumps(v)}"))]


@pytest.mark.parametrize("name", list(TINY))
def test_the_papers_scale_runs_through_at_a_tiny_one_and_decides_nothing(capsys, tmp_path, name):
    """The whole path from jobs to a record, with runs picked up from their folders; and a toy decides no printed claim, wherever
    its record is put."""
    from empirics import registry
    from empirics.training import table
    from empirics.training.experiments import claims
    given, records = tiny(tmp_path, name), tmp_path / "records"
    status, out, err = run(capsys, *given, "--records", records)
    assert status == 0, err
    record = registry.base.read(records / f"{name}.json")
    assert record["device"].startswith("cpu") and "torch" in record["versions"]
    assert set(record["measured"]) == set(registry.find(name).controls)
    assert run(capsys, *given, "--records", records)[0] == 0          # now from result.json
    assert registry.base.read(records / f"{name}.json")["raw"] == record["raw"]
    status, _, err = run(capsys, *given, "--set", "steps=16", "--records", records)
    assert status == 2 and "is of another job" in err
    about = [c for c in claims().values() if c.experiment == name]
    assert about
    for c in about:
        with pytest.raises(TrainingError, match="decides no printed claim: .* than the paper's") as caught:
            registry.evidence_for(c, records)
        assert "\n" not in str(caught.value)
    with pytest.raises(TrainingError, match="decides no printed claim"):
        table.rows(records)


@pytest.mark.parametrize("folder", [(), ("--records", RECORDS)])
@pytest.mark.parametrize("name", list(TINY))
def test_a_toy_needs_a_folder_of_its_own(capsys, tmp_path, name, folder):
    before = sorted(RECORDS.iterdir())
    status, _, err = run(capsys, *tiny(tmp_path, name), *folder)
    assert status == 2 and "give another folder (--records DIR)" in err and err.count("\n") == 1
    assert sorted(RECORDS.iterdir()) == before and not (tmp_path / "work").exists()     # nothing trained, nothing written


def test_one_size_at_a_time(capsys, tmp_path):
    """GPT-2 at one size takes hours: each is made alone, and only then there is a record."""
    given, records = tiny(tmp_path, "training.gpt2"), tmp_path / "records"
    status, out, _ = run(capsys, *given, "--records", records, "--only", "gpt2 90M")
    assert status == 0 and "no record is written before gpt2 9M, gpt2 9B" in out and not records.exists()
    assert [p.name for p in (tmp_path / "work").iterdir()] == ["gpt2_90M"]
    for size in ("9M", "9B"):
        status, out, _ = run(capsys, *given, "--records", records, "--only", f"gpt2 {size}")
    assert status == 0 and "all are there" in out and not records.exists()
    assert run(capsys, *given, "--records", records)[0] == 0 and (records / "training.gpt2.json").exists()
