"""The learning curve: nested draws, one run a size, and a plot of what was measured."""

import json
from xml.etree import ElementTree

import pytest
import tiny_models

from infer.schema import Document, InputError
from train import config, curve, dataset


@pytest.fixture
def settings(tmp_path):
    for seed, (name, reports) in enumerate((("train", 8), ("dev", 2))):
        tiny_models.column_file(tmp_path / f"{name}.conll", reports, seed)
    file = tmp_path / "run.yaml"
    file.write_text(
        f"name: tiny\nbase_model: {tiny_models.base_model(tmp_path / 'base')}\nruns: {tmp_path / 'runs'}\n"
        f"labels: [ACTOR, PLACE]\ndata: {{train: {tmp_path}/train.conll, dev: {tmp_path}/dev.conll}}\n"
        "windows: {size: 24, stride: 12}\nfit: {learning_rate: 5e-3, epochs: 2, batch_tokens: 128}\n"
    )
    return config.load(file)


def test_a_smaller_draw_is_part_of_a_larger_one_in_the_order_of_the_file():
    documents = [Document(str(i), "x") for i in range(30)]
    for seed in range(5):
        draws = [dataset.sample(documents, limit, seed) for limit in (5, 12, None)]
        assert [len(draw) for draw in draws] == [5, 12, 30]
        ids = [[int(document.id) for document in draw] for draw in draws]
        assert all(one == sorted(one) for one in ids) and set(ids[0]) < set(ids[1])
    assert dataset.sample(documents, 5, 1) != dataset.sample(documents, 5, 2)


def test_every_size_is_a_run_and_the_best_epoch_of_each_is_plotted(settings):
    folder = curve.curve(settings, [2, 4])
    points = json.loads((folder / "curve.json").read_text())
    assert list(points) == ["2", "4", "8"] and all(
        set(p) == {"ACTOR", "PLACE", "all"} for p in points.values()
    )
    for size, epochs in ((2, 4), (4, 2), (8, 2)):
        run = config.load(settings.folder.parent / f"tiny-{size}" / "config.yaml")
        log = [json.loads(line) for line in (run.folder / "log.jsonl").read_text().splitlines()]
        assert (run.fit.epochs, run.data.limit, len(log)) == (epochs, size, epochs)
        assert points[str(size)]["all"] == max(line["dev"]["all"]["f1"] or 0 for line in log)
    ElementTree.parse(folder / "curve.svg")


def test_what_is_done_is_not_done_again(settings, monkeypatch):
    curve.curve(settings, [2])
    monkeypatch.setattr(curve, "fit", lambda run: pytest.fail(f"{run.name} was fitted again"))
    curve.curve(settings, [2])


@pytest.mark.parametrize("size", [0, 8, 9])
def test_a_size_that_is_no_part_of_the_whole_is_refused(settings, size):
    with pytest.raises(InputError, match=f"size {size}: .* holds 8 reports; sizes are 1 to 7"):
        curve.curve(settings, [2, size])
