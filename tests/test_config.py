"""Configurations: what is wrong is named with what would be right; nothing unknown slips through."""

from pathlib import Path

import pytest
import yaml

from infer.schema import LABELS, InputError
from train import config

CONFIGS = sorted((Path(__file__).parent.parent / "configs").glob("*.yaml"))


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "run.yaml"
    file.write_text("name: first\nbase_model: some/model\nfit: {epochs: 3, learning_rate: 3e-5}\n")
    return file


def test_values_defaults_and_overrides(file):
    """The file over the defaults, overrides over the file; 3e-5 is a number though YAML calls it a string."""
    read = config.load(file, ["fit.epochs=7", "labels=[PERSON, PLACE]", "export.thresholds={PERSON: 1e-1}"])
    assert (read.name, read.fit.epochs, read.fit.learning_rate) == ("first", 7, 3e-5)
    assert read.labels == ("PERSON", "PLACE") and read.export.thresholds == {"PERSON": 0.1}
    assert config.load(file).labels == LABELS and read.folder == Path("runs/first")


def test_the_resolved_configuration_reads_back_as_itself(file, tmp_path):
    """What a run folder keeps is enough to repeat the run."""
    read = config.load(file, ["fit.attention=eager", "data.test=x.conll", "labels=[A]"])
    again = tmp_path / "again.yaml"
    again.write_text(read.to_yaml())
    assert config.load(again) == read


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("fit.learnin_rate=1", "no setting 'fit.learnin_rate'; did you mean fit.learning_rate?"),
        ("epochs=1", "no setting 'epochs'; did you mean fit.epochs?"),
        ("seeed=1", "no setting 'seeed'; did you mean seed?"),
        ("fit.epochs=many", "fit.epochs is 'many'; needed: a whole number"),
        ("fit.epochs=true", "fit.epochs is True; needed: a whole number"),
        ("fit.epochs=0", "fit.epochs is 0; needed: at least 1"),
        ("fit.learning_rate=fast", "fit.learning_rate is 'fast'; needed: a number"),
        ("fit.frozen_embeddings=1", "fit.frozen_embeddings is 1; needed: true or false"),
        ("data.limit=0", "data.limit is 0; needed: at least 1"),
        ("data.limit=some", "data.limit is 'some'; needed: a whole number"),
        ("augment.copies=-1", "augment.copies is -1; needed: 0 or more"),
        ("augment.swap=1.1", "augment.swap is 1.1; needed: 0 to 1"),
        ("augment.swap=-0.1", "augment.swap is -0.1; needed: 0 to 1"),
        ("augment.markers=2", "augment.markers is 2.0; needed: 0 to 1"),
        ("augment.typos=-1", "augment.typos is -1.0; needed: 0 to 1"),
        ("augment.copy=1", "no setting 'augment.copy'; did you mean augment.copies?"),
        ("fit.precision=int4", "fit.precision is 'int4'; needed: auto, float32"),
        ("linker.epochs=-1", "linker.epochs is -1; needed: 0 (no linker) or more"),
        ("linker.score_every=0", "linker.score_every is 0; needed: at least 1"),
        ("linker.masked=1", "linker.masked is 1.0; needed: 0 to 1"),
        ("linker.dropout=-0.1", "linker.dropout is -0.1; needed: 0 to 1"),
        ("linker.warmup=1", "linker.warmup is 1.0; needed: 0 to 1"),
        ("linker.epoch=1", "no setting 'linker.epoch'; did you mean linker.epochs?"),
        ("linker=3", "linker is 3; needed: linker.epochs"),
        ("fit=3", "fit is 3; needed: fit.learning_rate"),
        ("data.add=3", "data.add is 3; needed: a list of strings"),
        ("data.add=[3]", "data.add is 3; needed: a string"),
        ("data.ad=x", "no setting 'data.ad'; did you mean data.add?"),
        ("labels=ACTOR", "labels is 'ACTOR'; needed: a list of strings"),
        ("labels=[A, A]", "needed: different, non-empty names"),
        ("name=../up", "name is '../up'; needed: a plain folder name"),
        ("export.thresholds={X: 0.5}", "needed: known labels"),
        ("fit.epochs", "'fit.epochs' is no setting; write key=value"),
        ("name.first=1", "name holds no settings of its own"),
        ("name=[", "no readable value"),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_needed(file, override, message):
    with pytest.raises(InputError) as error:
        config.load(file, [override])
    assert message in str(error.value) and "\n" not in str(error.value)


def test_the_ends_of_what_is_allowed_are_allowed(file):
    read = config.load(
        file, ["augment.copies=0", "augment.swap=0", "augment.markers=1", "augment.typos=1", "data.limit=1"]
    )
    assert read.augment == config.Augment(copies=0, swap=0, markers=1, typos=1) and read.data.limit == 1
    assert config.load(file, ["data.limit=null"]).data.limit is None


def test_a_linker_needs_our_labels_and_annotated_relations(file):
    """Else the run would break after its tagger is fitted; without a linker all labels and columns do."""
    for other, needed in (
        ("labels=[PERSON]", "labels are not ACTOR"),
        ("data.train=x.conll", "no Label Studio"),
    ):
        assert config.load(file, [other]).linker.epochs == 0
        with pytest.raises(InputError, match=f"linker.epochs is 2; needed: 0 where .*{needed}"):
            config.load(file, [other, "linker.epochs=2"])
    assert config.load(file, ["linker.epochs=2"]).linker == config.Linker(epochs=2)


def test_added_files_are_one_or_several(file, tmp_path):
    """A run without any resolves as it did before there were any, so that its folder stays its own."""
    for words, files in (("a.json", ("a.json",)), ("[a.json, b.json]", ("a.json", "b.json")), ("[]", ())):
        read = config.load(file, [f"data.add={words}"])
        again = tmp_path / "again.yaml"
        again.write_text(read.to_yaml())
        assert read.data.add == files and config.load(again) == read
        assert ("add:" in read.to_yaml()) == bool(files)
    for other in ("labels=[PERSON]", "data.train=x.conll"):
        with pytest.raises(
            InputError, match=r"data.add is \['a.json'\]; needed: none where .* or data.train"
        ):
            config.load(file, [other, "data.add=a.json"])


@pytest.mark.parametrize("content", [None, "- a\n- b\n", "a: [", "base_model: x\n", "\xff"])
def test_a_file_that_is_no_configuration_is_refused(tmp_path, content):
    file = tmp_path / "run.yaml"
    if content:
        file.write_bytes(content.encode("latin-1"))
    with pytest.raises(InputError) as error:
        config.load(file)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("shipped", CONFIGS, ids=lambda path: path.name)
def test_every_shipped_configuration_loads(shipped):
    """Each names its own run, so that two never share a folder."""
    read = config.load(shipped)
    assert read.name == shipped.stem
    assert set(yaml.safe_load(shipped.read_text())) >= {"name", "base_model"}
