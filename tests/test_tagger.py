"""Tagging: whole texts, whatever their length and company; broken models are refused in one line."""

import json
import os
import platform
import subprocess
import sys

import pytest
import tiny_checkpoint
from hypothesis import given, settings
from hypothesis import strategies as st

from infer import checkpoint, linker, pipeline
from infer.schema import Document, InputError, Span
from infer.tagger import Tagger

REPORT = "Red Column claimed 14 operations near Homs in June 2023."
FOUND = (
    Span(0, 10, "ACTOR"),
    Span(19, 32, "ATTACK_COUNT"),
    Span(38, 42, "LOCATION"),
    Span(46, 55, "PERIOD"),
)


@pytest.fixture(scope="module")
def tagger(tmp_path_factory):
    return Tagger(tiny_checkpoint.write(tmp_path_factory.mktemp("tagger") / "model"))


def test_spans_come_with_their_confidence(tagger):
    (spans,) = tagger.tag([REPORT])
    assert spans == FOUND
    assert all(span.confidence == pytest.approx(0.9, abs=1e-4) for span in spans)


def test_a_report_longer_than_a_window_loses_nothing(tagger):
    """The same sentence 40 times, in windows of 16 tokens that cut it anywhere."""
    (spans,) = tagger.tag([f"{REPORT}\r\n" * 40])
    step = len(REPORT) + 2
    assert spans == tuple(
        Span(s.start + i * step, s.end + i * step, s.label) for i in range(40) for s in FOUND
    )


@given(
    st.lists(
        st.one_of(st.text(max_size=50), st.sampled_from([REPORT, "", " \r\n", f"😀 {REPORT * 3}"])),
        max_size=6,
    )
)
@settings(deadline=None, max_examples=60)
def test_a_texts_spans_do_not_depend_on_its_company(tagger, texts):
    """A folder and its files one by one give the same, in the order asked, for any string."""
    assert tagger.tag(texts) == [tagger.tag([text])[0] for text in texts]


def test_the_checkpoints_thresholds_hold(tmp_path):
    """Tuned with the weights, they travel with them: spans below their label's are not given out."""
    folder = tiny_checkpoint.write(tmp_path / "model")
    config = json.loads((folder / checkpoint.CONFIG).read_text())
    config[checkpoint.SETTINGS]["thresholds"] = {"ACTOR": 0.95, "PERIOD": 0.5}
    (folder / checkpoint.CONFIG).write_text(json.dumps(config))
    assert Tagger(folder).tag([REPORT]) == [FOUND[1:]]


def test_empty_texts_have_no_spans(tagger):
    assert tagger.tag([]) == []
    assert tagger.tag(["", " \t\r\n"]) == [(), ()]


def test_one_thread_and_several_agree(tagger):
    again = Tagger(tagger.checkpoint.folder, threads=1)
    (one,), (several,) = again.tag([REPORT]), tagger.tag([REPORT])
    assert [(s, s.confidence) for s in one] == [(s, s.confidence) for s in several]


def test_a_file_that_is_no_model_is_refused_in_one_line(tmp_path):
    folder = tiny_checkpoint.write(tmp_path / "model")
    (folder / checkpoint.MODEL).write_bytes(b"not a model")
    with pytest.raises(InputError, match="is no ONNX model") as error:
        Tagger(folder)
    assert "\n" not in str(error.value)


def test_a_model_of_another_label_set_is_refused(tmp_path, monkeypatch):
    """Else its tags would be read under the wrong names."""
    folder = tiny_checkpoint.write(tmp_path / "model")
    monkeypatch.setattr(tiny_checkpoint, "LABELS", ("ACTOR",))
    monkeypatch.setattr(tiny_checkpoint, "WORDS", {})
    other = tiny_checkpoint.write(tmp_path / "other")
    (folder / checkpoint.MODEL).write_bytes((other / checkpoint.MODEL).read_bytes())
    with pytest.raises(InputError, match="gives 3 tags; the labels in config.json need 11"):
        Tagger(folder)


def test_the_checkpoints_linker_makes_the_events(tmp_path):
    """Which the tiny network makes of every figure; without one the rules do."""
    folder = tiny_checkpoint.write(tmp_path / "model")
    report = Document("d", "Red Column claimed 14 operations near Homs, killing two soldiers.")
    alone = Tagger(folder)
    assert alone.linker is None and len(pipeline.read(report, alone).events) == 1
    linked = Tagger(tiny_checkpoint.add_linker(folder))
    found = pipeline.read(report, linked)
    assert [(e.anchor.label, e.kind, e.actors) for e in found.events] == [
        ("ATTACK_COUNT", "incident", ()),
        ("CASUALTY", "incident", ()),
    ]
    assert linked.linker is linked.linker, "loaded once"
    assert found.spans == pipeline.read(report, alone).spans


def test_a_linker_that_is_no_model_is_refused_in_one_line(tmp_path):
    """When it is first wanted: tagging alone does not need it."""
    folder = tiny_checkpoint.add_linker(tiny_checkpoint.write(tmp_path / "model"))
    (folder / checkpoint.LINKER).write_bytes(b"not a model")
    tagger = Tagger(folder)
    assert tagger.tag([REPORT]) == [FOUND]
    with pytest.raises(InputError, match=f"{checkpoint.LINKER} is no ONNX model") as error:
        tagger.linker  # noqa: B018
    assert "\n" not in str(error.value)


def test_a_linker_of_another_version_is_refused_in_one_line(tmp_path, monkeypatch):
    """One that tells less of each figure; else its scores would be read under the wrong names."""
    folder = tiny_checkpoint.add_linker(tiny_checkpoint.write(tmp_path / "model"))
    monkeypatch.setitem(linker.WIDTHS, "attributes", 99)
    with pytest.raises(InputError, match=r"gives .*; this version reads .*'attributes': 99") as error:
        Tagger(folder).linker  # noqa: B018
    assert "\n" not in str(error.value)


def test_tagging_loads_no_training_library():
    """A cold start has no time for torch, and a user of the base install has none."""
    code = (
        "import sys, infer.tagger; heavy = {'torch', 'transformers', 'datasets', 'train', 'annotations'};"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=os.environ)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="a setting of glibc")
def test_freed_memory_goes_back_at_once_in_the_command_alone(tmp_path):
    """Training opens the old weights first, and would fault in each block of memory anew."""
    folder = tiny_checkpoint.write(tmp_path / "model")
    library = f"from infer.tagger import Tagger; Tagger({str(folder)!r}).tag(['Gunmen killed two farmers.'])"
    command = "from infer.__main__ import main; main(['no-such-file.txt'])"
    assert faults_of_large_arrays(library) < 2000 < 20_000 < faults_of_large_arrays(command)


def faults_of_large_arrays(before: str) -> int:
    """Pages faulted in while 100 arrays of 1 MB (244 pages) are made and freed, in a process of its own."""
    script = f"""
import resource
import numpy as np
{before}
for _ in range(3):
    np.ones(125_000)
start = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(100):
    np.ones(125_000)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - start)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return int(done.stdout)
