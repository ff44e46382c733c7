"""A tiny run from annotated reports to a checkpoint whose linker decides, where the rules said otherwise."""

import json
import shutil
from dataclasses import replace

import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper
from safetensors.torch import load_file
from tiny_runs import calm, report, settings_file

from infer import assembly, checkpoint, pipeline
from infer.schema import Document, InputError, Span
from infer.tagger import Tagger
from train import config, dataset, export, export_linker, fit, fit_linker, linking, packing, rules
from train.__main__ import main
from train.evaluate import evaluate


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """(configuration, checkpoint folder) of a run from beginning to end, by the command."""
    folder = tmp_path_factory.mktemp("run")
    train, dev = [report(n) for n in range(8)], [report(n) for n in range(90, 93)]
    file = settings_file(folder, train=train, dev=dev)
    assert main(["fit", str(file)]) == 0 and main(["export", str(file)]) == 0
    made = config.load(file)
    return made, made.folder / "checkpoint"


def test_the_loss_falls_and_dev_is_scored_every_few_epochs_and_at_the_end(run):
    log = (run[0].folder / fit_linker.FOLDER / fit_linker.LOG).read_text().splitlines()
    lines = [json.loads(line) for line in log]
    assert [line["epoch"] for line in lines] == list(range(1, 18))
    assert [line["epoch"] for line in lines if "slots" in line] == [8, 16, 17]
    for name, share in (("heads", 0.5), ("actor", 0.75), ("event", 0.5)):  # runs differ in the last bits
        assert lines[-1][name] < lines[0][name] * share
    assert lines[-1]["slots"]["f1"] > 0.9 and set(lines[-1]["records"]) >= {"tp", "fp", "fn"}


def test_the_run_folder_holds_the_weights_and_the_spans_of_an_early_tagger(run):
    made, _ = run
    files = {file.name for file in (made.folder / fit_linker.FOLDER).iterdir()}
    assert files == {fit_linker.WEIGHTS, fit_linker.LOG}
    early = fit.early_spans(made)
    assert sorted(early) == [f"r{n:02}" for n in range(8)]
    assert all(isinstance(s, Span) for spans in early.values() for s in spans)


def test_the_checkpoint_reads_back_with_its_linker(run):
    _, folder = run
    assert checkpoint.load(folder).linker == (64, 40)
    assert (folder / checkpoint.LINKER).is_file() and not list(folder.glob("*float32*"))
    matrices = [t for t in onnx.load(folder / checkpoint.LINKER).graph.initializer if len(t.dims) == 2]
    assert onnx.TensorProto.FLOAT not in {t.data_type for t in matrices}


def test_the_forms_are_compared_and_the_comparison_is_written_down(run):
    parity = json.loads((run[0].folder / "parity.json").read_text())["linker"]
    assert set(parity) == {"torch_float32", "onnx_float32", "onnx_int8"}
    assert parity["onnx_float32"]["reports_that_differ"] == 0
    assert parity["torch_float32"]["tp"] > 10


def test_what_ships_links_as_was_learnt(run):
    """From gold spans: incidents without a place, where the rules say otherwise."""
    made, folder = run
    (document, *_) = dataset.load(made.data.dev)
    bare = replace(document, events=())
    kinds, rules = (
        [(e.kind, bool(e.actors), bool(e.locations)) for e in assembly.assemble_spans(bare, linker).events]
        for linker in (Tagger(folder).linker, None)
    )
    assert kinds == [("incident", True, False)] * 3 != rules


def test_evaluation_and_the_command_use_it(run, infer, tmp_path):
    made, folder = run
    with_linker = evaluate(folder, made.data.dev)["events_from_gold_spans"]["all slots"]
    text = dataset.load(made.data.dev)[0].text
    kinds = told(infer, folder, text)
    assert kinds and set(kinds) == {"incident"}
    file = folder / checkpoint.CONFIG
    kept = file.read_text()
    own = json.loads(kept)
    del own[checkpoint.SETTINGS]["linker"]
    try:
        file.write_text(json.dumps(own))
        rules = evaluate(folder, made.data.dev)["events_from_gold_spans"]["all slots"]
        without = told(infer, folder, text)
    finally:
        file.write_text(kept)
    assert with_linker["f1"] > rules["f1"] and set(without) == {"aggregate"}


def told(infer, folder, text) -> list[str]:
    done = infer("-", "--format", "json", "--model", folder, input=text.encode())
    assert done.returncode == 0, done.stderr
    return [event["kind"] for event in json.loads(done.stdout)["events"]]


def test_a_fitted_linker_is_read_as_it_was_written(run):
    made, folder = run
    reader = Tagger(folder).linker._tokenizer
    dev = linking.samples(made.data.dev, reader)
    model = fit_linker.load(made, dev[0])
    assert not model.training
    last = json.loads((made.folder / "linker" / fit_linker.LOG).read_text().splitlines()[-1])
    assert fit_linker.score(model, reader, dev).micro.as_dict() == last["slots"]


def test_the_same_seed_makes_the_same_weights(run, monkeypatch):
    made, _ = run
    few = replace(made, linker=replace(made.linker, epochs=1))
    kept = []
    monkeypatch.setattr(fit_linker, "save_file", lambda weights, file: kept.append(weights))
    log = made.folder / fit_linker.FOLDER / fit_linker.LOG
    before = log.read_bytes()
    for _ in range(2):
        fit_linker.fit_linker(few)
    log.write_bytes(before)
    first, second = kept
    assert first.keys() == second.keys() and all(torch.equal(first[n], second[n]) for n in first)


def test_training_goes_on_from_a_checkpoints_linker_and_leaves_frozen_layers_alone(run, tmp_path):
    made, folder = run
    again = short(made, tmp_path, train=[report(n) for n in range(8)])
    (again.folder / fit.EARLY_SPANS).write_bytes((made.folder / fit.EARLY_SPANS).read_bytes())
    own = replace(again.linker, epochs=3, start=str(folder), frozen_layers=1, averaged=0.0)
    again = replace(again, linker=replace(own, learning_rate=0.1, head_learning_rate=0.1))
    before = load_file(made.folder / fit_linker.FOLDER / fit_linker.WEIGHTS)
    after = load_file(fit_linker.fit_linker(again) / fit_linker.WEIGHTS)
    fixed = {n for n in before if n.startswith(("marks", "encoder.embeddings", "encoder.encoder.layer.0."))}
    assert len(fixed) > 10 and after.keys() == before.keys()
    moved = set()
    for name, weight in before.items():
        step = weight.abs().max() / 127  # int8, as the checkpoint keeps it
        assert name not in fixed or (after[name] - weight).abs().max() <= step
        if (after[name] - weight).abs().max() > step:
            moved.add(name.split(".")[0])
    assert {"encoder", "links", "query", "roots"} <= moved


def test_more_frozen_layers_than_there_are_and_a_start_without_a_linker_are_refused(run, tmp_path):
    made, _ = run
    again = short(made, tmp_path, train=[report(n) for n in range(8)])
    with pytest.raises(InputError, match="linker.frozen_layers is 9; the encoder has 2 layers"):
        fit_linker.fit_linker(replace(again, linker=replace(again.linker, frozen_layers=9)))
    with pytest.raises(
        InputError, match="linker.start is '.*'; needed: a checkpoint folder that holds linker.onnx"
    ):
        rules.check(replace(again, linker=replace(again.linker, start=str(tmp_path))))


def test_a_linker_that_links_otherwise_than_torch_is_refused(run, monkeypatch, tmp_path):
    """A wrong export, here a bias moved by hand."""
    made, folder = run
    write = packing.write_linker

    def spoil(model, inputs, file):
        write(model, inputs, file)
        spoiled = onnx.load(file)
        bias = next(t for t in spoiled.graph.initializer if t.name.endswith("attributes.3.bias"))
        moved = numpy_helper.to_array(bias) + np.float32([0] * 7 + [-90, 90])
        bias.CopyFrom(numpy_helper.from_array(moved, bias.name))
        onnx.save(spoiled, file)

    monkeypatch.setattr(packing, "write_linker", spoil)
    (tmp_path / checkpoint.TOKENIZER).write_bytes((folder / checkpoint.TOKENIZER).read_bytes())
    with pytest.raises(InputError, match="makes other events than torch in 3 reports of dev; not exported"):
        export_linker.export(made, tmp_path)


def test_packing_that_costs_too_much_is_refused(run, monkeypatch, tmp_path):
    made, folder = run
    monkeypatch.setattr(
        packing, "quantize", lambda m, keep=packing.quantize: (np.zeros_like(keep(m)[0]), keep(m)[1])
    )
    (tmp_path / checkpoint.TOKENIZER).write_bytes((folder / checkpoint.TOKENIZER).read_bytes())
    strict = replace(made, export=replace(made.export, tolerance=0.001))
    with pytest.raises(
        InputError, match="as int8 the linker loses .* slot F1 on dev; export.tolerance is 0.001"
    ):
        export_linker.export(strict, tmp_path)


def test_what_is_missing_is_named_with_what_to_type(run):
    made, folder = run
    never = replace(made, name="never")
    with pytest.raises(InputError, match="holds no fitted model; type: python -m train fit CONFIG"):
        fit_linker.fit_linker(never)
    sample = linking.samples(made.data.dev, Tagger(folder).linker._tokenizer)[0]
    with pytest.raises(InputError, match="holds no fitted linker; type: python -m train fit CONFIG"):
        fit_linker.load(never, sample)


def test_without_epochs_there_is_no_linker(run, tmp_path):
    """The same tagger, exported alone: the rules make the events."""
    made, _ = run
    alone = replace(made, linker=replace(made.linker, epochs=0))
    (made.folder / "checkpoint").rename(tmp_path / "kept")
    try:
        folder = export.export(alone)
        assert checkpoint.load(folder).linker is None and Tagger(folder).linker is None
        assert not (folder / checkpoint.LINKER).exists()
    finally:
        shutil.rmtree(made.folder / "checkpoint", ignore_errors=True)
        (tmp_path / "kept").rename(made.folder / "checkpoint")


def short(made, folder, **reports):
    """A run of one epoch on other reports that starts from the fitted tagger."""
    data = {}
    for name, raw in reports.items():
        (folder / f"{name}.json").write_text(json.dumps(raw), encoding="utf-8")
        data[name] = str(folder / f"{name}.json")
    again = replace(made, runs=str(folder), data=replace(made.data, **data))
    again = replace(again, linker=replace(made.linker, epochs=1))
    again.folder.mkdir()
    (again.folder / "model").symlink_to(made.folder / "model")
    (again.folder / fit.EARLY_SPANS).write_text("{}")
    return again


@pytest.mark.parametrize("kept", [0.0, 0.6])
def test_the_weights_are_the_average_of_those_after_each_step(run, tmp_path, monkeypatch, kept):
    """Recomputed from what the optimiser left after every step; with 0 they are the last."""
    again = short(run[0], tmp_path, train=[report(1), report(2)])
    again = replace(again, linker=replace(again.linker, epochs=16, averaged=kept))
    made, steps = fit_linker._optimizer, []

    def watched(config, model, count):
        optimizer, schedule = made(config, model, count)
        optimizer.register_step_post_hook(
            lambda *_: steps.append({n: p.detach().numpy().copy() for n, p in model.named_parameters()})
        )
        return optimizer, schedule

    monkeypatch.setattr(fit_linker, "_optimizer", watched)
    written = load_file(fit_linker.fit_linker(again) / fit_linker.WEIGHTS)
    assert len(steps) >= 16
    average = steps[0]
    for count, weights in enumerate(steps[1:], 1):
        stays = min(kept, count / (count + 10))
        average = {name: stays * average[name] + (1 - stays) * weights[name] for name in weights}
    for name, weights in average.items():
        np.testing.assert_allclose(written[name].numpy(), weights, atol=1e-6)


class Killed(Exception):
    """Stands for the power going off."""


def test_a_broken_run_goes_on_as_if_unbroken(run, tmp_path, monkeypatch):
    """Killed at the end of epoch 3: weights and log are those of a run that was never stopped."""
    made, note, epochs = [], fit_linker._note, []
    for name in ("whole", "broken"):
        (tmp_path / name).mkdir()
        again = short(run[0], tmp_path / name, train=[report(1), report(2)])
        made.append(replace(again, linker=replace(again.linker, epochs=4, dropout=0.2)))
    whole, broken = made

    def die(log, epoch, *rest):
        note(log, epoch, *rest)
        epochs.append(epoch)
        if epoch == 3:
            raise Killed

    fit_linker.fit_linker(whole)
    with monkeypatch.context() as patch:
        patch.setattr(fit_linker, "_note", die)
        with pytest.raises(Killed):
            fit_linker.fit_linker(broken)
        assert not fit_linker.is_done(broken)
        with pytest.raises(Killed):
            fit_linker.fit_linker(broken)
    fit_linker.fit_linker(broken)
    assert epochs == [1, 2, 3, 3] and fit_linker.is_done(broken)
    torn = broken.folder / fit_linker.FOLDER / fit_linker.STATE  # killed while the weights were written
    torn.touch()
    assert not fit_linker.is_done(broken)
    torn.unlink()
    weights, logs = [], []
    for each in made:
        folder = each.folder / fit_linker.FOLDER
        weights.append(load_file(folder / fit_linker.WEIGHTS))
        logs.append([json.loads(line) | {"seconds": 0} for line in (folder / fit_linker.LOG).open()])
        assert {file.name for file in folder.iterdir()} == {fit_linker.WEIGHTS, fit_linker.LOG}
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])
    assert logs[0] == logs[1] and [line["epoch"] for line in logs[0]] == [1, 2, 3, 4]


def test_what_a_run_on_other_reports_left_is_not_gone_on_with(run, tmp_path, monkeypatch):
    """Relations are no part of the fingerprint of the data, and yet what the linker learns."""
    again = short(run[0], tmp_path, train=[report(1), report(2)])
    again = replace(again, linker=replace(again.linker, epochs=2))
    keep, epochs = fit_linker._State.keep, []

    def die(self, epoch):
        keep(self, epoch)
        epochs.append(epoch)
        if epoch == 1:
            raise Killed

    monkeypatch.setattr(fit_linker._State, "keep", die)
    changed = report(2)
    del changed["annotations"][0]["result"][-1]
    for reports in ([report(1), report(2)], [report(1), changed]):
        (tmp_path / "train.json").write_text(json.dumps(reports), encoding="utf-8")
        with pytest.raises(Killed):
            fit_linker.fit_linker(again)
    fit_linker.fit_linker(again)
    assert epochs == [1, 1, 2]


def test_reports_without_figures_are_passed_over(run, tmp_path):
    again = short(run[0], tmp_path, train=[calm(), report(1)])
    assert (fit_linker.fit_linker(again) / fit_linker.WEIGHTS).is_file()


def test_a_dev_split_without_figures_is_no_score(run, tmp_path):
    again = short(run[0], tmp_path, train=[report(1)], dev=[calm()])
    assert (fit_linker.fit_linker(again) / fit_linker.WEIGHTS).is_file()


def test_a_text_without_spans_has_no_events(run):
    tagger = Tagger(run[1])
    assert pipeline.read(Document("d", ""), tagger).events == ()
