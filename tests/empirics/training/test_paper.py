"""The paper's scale, from made-up runs: what could be measured there and what it would decide; and what decides nothing."""
from __future__ import annotations

import copy
import json

import pytest

from empirics.training import TrainingError, genuine, paper
from empirics.training.experiments import claims

torch = pytest.importorskip("torch", reason="shapes of models need torch: install the extra `empirics`")
BY_NAME = {e.name: e for e in paper.EXPERIMENTS}


def made(name: str, losses: dict[str, float]) -> dict:
    """Raw figures of runs of the paper's own configuration, settled at these losses, by the first word of their data."""
    e = BY_NAME[name]
    wanted = json.loads(json.dumps(paper.PLANNED[name](e.configuration, e.seed)))
    runs = {}
    for job in wanted:
        loss = next(v for k, v in losses.items() if k in (job["name"], job.get("grammar"), "all"))
        curve = [[k, k, loss, loss, loss + 0.3, 0.001, 0.001] for k in range(1, 41)]
        runs[job["name"]] = {
            "parameters": genuine.parameters(job), "tokens": job.get("tokens", 1), "curve": curve, "epochs": 50.0,
            "source": f"grammar {job['grammar']}" if "grammar" in job else "openwebtext",
            "train": {"value": loss, "error": 0.001}, "held_out": {"value": loss + 0.3, "error": 0.001},
            "recalled": {"train": {"exact": 120, "of": 128}, "held_out": {"exact": 0, "of": 128}}}
    return {"jobs": wanted, "runs": runs, "device": "made up"}


def outcome(name: str, raw: dict, claim: str) -> str:
    from empirics import experiment as base
    e, c = BY_NAME[name], claims()[f"niu2024.{claim}"]
    found = e.analyse(raw)
    predicted, rival = base._ranges(e, {c.id: c})
    record = {"schema": 1, "name": name, "numbers": dict(e.numbers), "seeds": [1], "raw": raw, "predicted": predicted,
              "rival": rival, "device": "made up",
              **{k: {q: dict(i[k]) for q, i in found.items()} for k in ("measured", "control")}}
    record = json.loads(json.dumps(record))
    return base.evidence(e, c, {**record, "digest": base.digest(record)}).outcome.value


@pytest.mark.parametrize("losses, expected", [
    ({"all": 1.0}, "holds"),                                                # 1 whatever the data
    ({"published": 0.99, "0.5": 0.51, "1.5": 1.51}, "fails"),               # each at its entropy
    ({"published": 1.05, "0.5": 0.56, "1.5": 1.58}, "fails"),               # the same with some hundredths for dropout
    ({"published": 1.0, "0.5": 1.1, "1.5": 1.19}, "holds"),
    ({"published": 1.0, "0.5": 0.81, "1.5": 1.1995}, "holds"), ({"published": 1.4, "0.5": 0.5, "1.5": 1.5}, "fails")])
def test_a_measurement_can_tell_the_constant_from_the_entropy(losses, expected):
    """On the published grammar alone, a loss of exactly 1 lay in the ranges of both."""
    assert outcome("training.question", made("training.question", losses), "losses_near_one") == expected


def test_the_plateau_is_compared_with_the_entropy_of_batches():
    """The curve averages losses of batches of 8, in which a long line counts less than in the ratio over all lines, 0.98852. A
    model that knows the grammar, on drawn batches: nats of the lines of a batch over their tokens, averaged over batches."""
    import math
    from empirics import question_formation as q
    from numerics.entropy import lines_of, templates
    grammar, exact = q.PUBLISHED, paper.batch_entropy("published")
    assert exact == pytest.approx(0.98695, abs=1e-5) and lines_of(grammar).per_token.value - exact > 1.5e-3
    from empirics.question_formation.fit import sentences_of
    from numerics.entropy import tag
    law = templates(grammar)
    cost = {t: math.log(sentences_of(t)) - math.log(p) for t, p in law.items()}
    found = tag(grammar, q.prompts(q.generate(grammar, 80_000, 3)))
    batches = [found[k: k + paper.BATCH] for k in range(0, len(found), paper.BATCH)]
    drawn = [sum(cost[t] for t in b) / sum(2 * len(t) for t in b) for b in batches]
    mean = sum(drawn) / len(drawn)
    error = (sum((x - mean) ** 2 for x in drawn) / len(drawn) ** 2) ** 0.5
    assert abs(mean - exact) < 4 * error < 0.0015


def test_a_loss_that_still_falls_does_not_fail_the_vanishing_one():
    raw = made("training.overfit", {"all": 0.14})
    assert outcome("training.overfit", raw, "overfit") == "fails"
    run = raw["runs"]["overfit 9M"]
    for row in run["curve"]:
        row[3] = 0.14 + (40 - row[0]) * 0.01            # 0.1 in the last quarter: it may vanish yet
    assert outcome("training.overfit", raw, "overfit") == "undecided"
    assert outcome("training.overfit", made("training.overfit", {"all": 0.02}), "overfit") == "holds"


def test_the_plan_has_the_epochs_that_its_claim_needs():
    """The paper's 600 steps are 33 epochs of the 9M tokens; a run of fewer would let the claim fail for being short."""
    job, = paper.planned_overfit(BY_NAME["training.overfit"].configuration, 1)
    tokens = job["plan"]["steps"] * job["plan"]["batch"] * job["model"]["length"]
    assert tokens / job["tokens"] > 50 > 600 * 491_520 / job["tokens"] > 32
    three = paper.planned_gpt2(BY_NAME["training.gpt2"].configuration, 1)
    assert [j["name"] for j in three] == ["gpt2 9M", "gpt2 90M", "gpt2 9B"]


CHANGES = {
    "training.overfit": [("tokens", lambda r: r["jobs"][0].update(tokens=9)),
                         ("number of tokens", lambda r: r["runs"]["overfit 9M"].update(tokens=9)),
                         ("layers of the model", lambda r: r["jobs"][0]["model"].update(layers=1)),
                         ("width of the model", lambda r: r["jobs"][0]["model"].update(width=48)),
                         ("number of parameters", lambda r: r["runs"]["overfit 9M"].update(parameters=30_000)),
                         ("text", lambda r: r["runs"]["overfit 9M"].update(source="text.txt")),
                         ("text", lambda r: r["jobs"][0].update(source="text.txt")),
                         ("text", lambda r: r["runs"]["overfit 9M"].pop("source")),
                         ("tokenizer", lambda r: r["jobs"][0].update(tokenizer="characters")),
                         ("steps of the plan", lambda r: r["jobs"][0]["plan"].update(steps=4)),
                         ("has other runs .toy. than", lambda r: r["jobs"][0].update(name="toy"))],
    "training.question": [("grammar", lambda r: r["jobs"][0].update(grammar="0.5")),
                          ("lines", lambda r: r["jobs"][1].update(lines=60)),
                          ("dropout of the model", lambda r: r["jobs"][2]["model"].update(dropout=0.0)),
                          ("grammar in the run", lambda r: r["runs"]["question 6 layers"].update(source="grammar 1.5")),
                          ("has other runs", lambda r: r["runs"].pop("question 1.5 nats"))],
    "training.gpt2": [("has other runs", lambda r: r["jobs"].pop()), ("held_out", lambda r: r["jobs"][1].update(held_out=9))]}


@pytest.mark.parametrize("name, words, change", [(n, w, c) for n, found in CHANGES.items() for w, c in found])
def test_only_the_papers_own_configuration_decides_a_printed_claim(name, words, change):
    raw = made(name, {"all": 1.0})
    BY_NAME[name].analyse(copy.deepcopy(raw))
    change(raw)
    with pytest.raises(TrainingError, match=words) as caught:
        BY_NAME[name].analyse(raw)
    assert "\n" not in str(caught.value)


def test_a_token_file_of_the_papers_text_and_smaller_parts_are_the_same_run():
    raw = made("training.overfit", {"all": 0.05})
    job = raw["jobs"][0]
    del job["source"], job["tokenizer"]
    job.update(kind="tokens", file="anywhere/owt")
    job["plan"].update(part=4, seed=77)
    assert BY_NAME["training.overfit"].analyse(raw)["train"]["measured"]["value"] == 0.05


def test_the_counts_of_parameters_are_those_of_the_models():
    from empirics.gpt2.shapes import count
    from empirics.training.model import Transformer, parameters_of, vanilla
    shape = vanilla(71, 64, 2, 16, 2)
    assert count(shape) == parameters_of(Transformer(shape))
    e = BY_NAME["training.overfit"]
    biases = 12 * (3 * 768 + 768 + 4 * 768 + 768 + 2 * 768) + 768
    assert genuine.parameters(paper.planned_overfit(e.configuration, 1)[0]) == 124_439_808 - biases
