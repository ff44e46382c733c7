"""Active learning on the corpus: draws nest, budgets are words, and every order is fitted and scored."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import tiny_models
from annotated import task
from tiny_runs import report

from annotations import gold, ranking
from infer.schema import InputError
from train import active, config
from train.__main__ import main


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("active")
    for name, numbers in (("train", range(10)), ("dev", range(10, 12))):
        (folder / f"{name}.json").write_text(json.dumps([report(n) for n in numbers]), encoding="utf-8")
    content = {
        "name": "tiny",
        "base_model": str(tiny_models.base_model(folder / "base")),
        "runs": str(folder / "runs"),
        "data": {split: str(folder / f"{split}.json") for split in ("train", "dev")},
        "windows": {"size": 48, "stride": 24},
        "fit": {"learning_rate": 5e-3, "epochs": 2, "batch_tokens": 128},
    }
    (folder / "run.yaml").write_text(json.dumps(content))
    return config.load(folder / "run.yaml")


@pytest.fixture(scope="module")
def result(settings):
    return json.loads((active.simulate(settings, 3, [40, 20], seeds=2) / "active.json").read_text())


def fitted_on(settings, name: str) -> list[str]:
    return [t.id for t in gold.read(settings.folder.parent / "tiny-active" / f"{name}.json")]


def test_every_order_and_budget_is_a_point_of_every_seed(settings, result):
    keys = {(p["order"], p["words"], p["seed"]) for p in result["points"]}
    added = {(order, words) for order in active.ORDERS for words in (20, 40)} | {("start", 0)}
    assert keys == {(*point, seed) for point in added for seed in (settings.seed, settings.seed + 1)}
    assert len(result["points"]) == len(keys) and all(0 <= p["f1"] <= 1 for p in result["points"])


def test_what_is_added_comes_from_the_rest_and_a_smaller_budget_is_part_of_a_larger(settings, result):
    for seed in (settings.seed, settings.seed + 1):
        start = fitted_on(settings, f"{seed}-start")
        assert len(start) == 3
        for order in active.ORDERS:
            less, more = (fitted_on(settings, f"{seed}-{order}-{words}") for words in (20, 40))
            assert set(start) < set(less) < set(more) and len(more) == len(set(more))
    assert fitted_on(settings, f"{settings.seed}-start") != fitted_on(settings, f"{settings.seed + 1}-start")


def test_the_queue_of_a_run_is_that_of_its_model(settings, result):
    """The least sure report of all opens it, by the probabilities that the run's own model gives."""
    run = config.load(settings.folder.parent / "tiny-active" / f"{settings.seed}-start" / "config.yaml")
    rest = gold.read(Path(settings.data.train))
    orders = [[t.id for t in active.ranked(run, rest, measure)] for measure in ranking.MEASURES.values()]
    assert all(sorted(order) == sorted(t.id for t in rest) for order in orders)
    backwards = active.ranked(run, rest, lambda rows: 1 - ranking.of_words(rows))
    assert [t.id for t in backwards] == orders[list(ranking.MEASURES).index("words")][::-1]


def test_reports_are_taken_until_the_words_are_reached():
    tasks = [replace(task("x"), data={"doc_id": str(n), "text": "word " * n}) for n in (5, 3, 9)]
    assert [t.id for t in active.taken(tasks, 5)] == ["5"]
    assert [t.id for t in active.taken(tasks, 6)] == ["5", "3"]
    assert [t.id for t in active.taken(tasks, 17)] == ["5", "3", "9"]
    with pytest.raises(InputError, match="only 17 words are left"):
        active.taken(tasks, 18)


def test_what_is_done_is_not_done_again(settings, result, monkeypatch):
    monkeypatch.setattr(active, "fit", lambda run: pytest.fail(f"{run.name} was fitted again"))
    folder = active.simulate(settings, 3, [20, 40], seeds=2)
    assert json.loads((folder / "active.json").read_text())["points"] == result["points"]


def test_the_table_tells_mean_and_deviation_over_seeds():
    points = [
        {"order": order, "words": words, "seed": seed, "f1": f1 + seed / 50}
        for order, words, f1 in (("start", 0, 0.5), *((o, 100, 0.6) for o in active.ORDERS))
        for seed in (0, 1)
    ]
    lines = active.table({"first": 7, "points": points}).splitlines()
    assert lines[0] == "7 reports: 51.0 ± 1.4"
    assert [line.split() for line in lines[2:]] == [[order, "61.0", "±", "1.4"] for order in active.ORDERS]


@pytest.mark.parametrize(("first", "more"), [(0, [5]), (10, [5]), (3, []), (3, [0])])
def test_a_draw_the_corpus_does_not_hold_is_refused(settings, first, more):
    with pytest.raises(InputError, match="--first is 1 to 9 reports"):
        active.simulate(settings, first, more)


def test_the_command_prints_the_table(settings, capsys):
    file = settings.folder.parent / "again.yaml"
    file.write_text(settings.to_yaml(), encoding="utf-8")
    assert main(["active", str(file), "--first", "3", "--more", "20,40", "--seeds", "2"]) == 0
    assert "added by" in capsys.readouterr().out
