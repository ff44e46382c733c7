"""The learning curve: nested draws, one run a size, and a plot of what was measured."""

import json
import math
import re
import shutil
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
import tiny_models

from infer.schema import Document, InputError
from train import config, curve, dataset
from train.__main__ import main


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
    folder = curve.curve(settings, [1, 4])
    points = json.loads((folder / "curve.json").read_text())
    assert list(points) == ["1", "4", "8"] and all(
        set(p) == {"ACTOR", "PLACE", "all"} for p in points.values()
    )
    for size, epochs in ((1, 4), (4, 2), (8, 2)):
        run = config.load(settings.folder.parent / f"tiny-{size}" / "config.yaml")
        log = [json.loads(line) for line in (run.folder / "log.jsonl").read_text().splitlines()]
        assert (run.fit.epochs, run.data.limit, len(log)) == (epochs, size, epochs)
        assert points[str(size)]["all"] == max(line["dev"]["all"]["f1"] or 0 for line in log)
    ElementTree.parse(folder / "curve.svg")


def test_what_is_done_is_not_done_again(settings, monkeypatch):
    folder = curve.curve(settings, [2])
    monkeypatch.setattr(curve, "fit", lambda run: pytest.fail(f"{run.name} was fitted again"))
    assert curve.curve(settings, [2]) == folder
    other = replace(settings, fit=replace(settings.fit, learning_rate=1e-3))
    with pytest.raises(InputError, match="tiny-2 holds a run with another config.yaml; choose another name="):
        curve.curve(other, [2])
    tiny_models.column_file(Path(settings.data.train), 8, seed=9)
    with pytest.raises(InputError, match="tiny-2 holds a run with another data.json; choose another name="):
        curve.curve(settings, [2])


def test_a_run_whose_log_is_gone_is_not_done(settings):
    """It is fitted again; where nothing is left to fit, one line says what to do."""
    folder = curve.curve(settings, [])
    points, run = (folder / "curve.json").read_text(), settings.folder.parent / "tiny-8"
    (run / "log.jsonl").unlink()
    with pytest.raises(InputError, match="log.jsonl: holds no epoch of the run; delete .*tiny-8, and start"):
        curve.curve(settings, [])
    (run / "log.jsonl").write_text("")
    shutil.rmtree(run / "trainer")
    curve.curve(settings, [])
    assert (folder / "curve.json").read_text() == points


@pytest.mark.parametrize("size", [0, 8, 9])
def test_a_size_that_is_no_part_of_the_whole_is_refused(settings, size):
    with pytest.raises(InputError, match=f"size {size}: training takes 8 reports of .*; sizes are 1 to 7"):
        curve.curve(settings, [2, size])


def test_the_whole_is_the_limit_where_there_is_one_and_larger_default_sizes_drop_out(settings, monkeypatch):
    runs = []
    monkeypatch.setattr(curve, "is_done", lambda run: runs.append((run.data.limit, run.fit.epochs)) or True)
    monkeypatch.setattr(curve, "best", lambda folder: {"all": 0.5})
    monkeypatch.setattr(curve, "SIZES", (1, 3, 5, 50))
    curve.curve(replace(settings, data=replace(settings.data, limit=5)))
    assert runs == [(1, 3), (3, 2), (5, 2)]
    with pytest.raises(InputError, match="training takes 5 reports"):
        curve.curve(replace(settings, data=replace(settings.data, limit=5)), [5])


def test_what_is_drawn_is_what_was_measured_and_the_same_bytes_each_time(tmp_path):
    points = {
        10: {"ACTOR": None, "PLACE": 0.5, "all": 0.25},
        100: {"ACTOR": 0.4, "PLACE": 0.6, "all": 0.5},
        200: {"ACTOR": 0.8, "PLACE": 0.9, "all": 1.0},
    }
    for name in "ab":
        curve.draw(points, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    svg = "{http://www.w3.org/2000/svg}"
    lines = {
        group.get("id"): [pair.split() for pair in re.split("[ML]", group.find(f"{svg}path").get("d"))[1:]]
        for group in ElementTree.parse(tmp_path / "a").iter(f"{svg}g")
        if str(group.get("id")).startswith("curve-")
    }
    assert {name: len(line) for name, line in lines.items()} == {
        "curve-ACTOR": 2,
        "curve-PLACE": 3,
        "curve-all": 3,
    }
    (x0, y0), (x1, y1), (x2, y2) = [[float(n) for n in pair] for pair in lines["curve-all"]]
    assert (y1 - y2) / (y0 - y1) == pytest.approx(2) and y2 < y1
    assert (x2 - x1) / (x1 - x0) == pytest.approx(math.log10(2), rel=1e-3)


@pytest.mark.parametrize(
    ("words", "sizes"),
    [
        (["fit.epochs=1"], None),
        (["--sizes", "2,4", "fit.epochs=1"], [2, 4]),
        (["fit.epochs=1", "--sizes", "3"], [3]),
    ],
)
def test_the_command_takes_sizes_and_settings_in_any_order(settings, tmp_path, monkeypatch, words, sizes):
    asked = []
    monkeypatch.setattr(curve, "curve", lambda *given: asked.append(given) or tmp_path)
    assert main(["curve", str(tmp_path / "run.yaml"), *words]) == 0
    assert asked == [(replace(settings, fit=replace(settings.fit, epochs=1)), sizes)]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["curve", "x.yaml", "--sizes", "2,many"], "'2,many' is no list of numbers, such as 50,100,200"),
        (["curve", "x.yaml", "--size-of", "2"], "unrecognized arguments: --size-of"),
        (["evaluate", "x.yaml"], "unrecognized arguments: x.yaml"),
    ],
)
def test_a_wrong_command_line_is_refused(capsys, words, message):
    with pytest.raises(SystemExit):
        main(words)
    assert message in capsys.readouterr().err
