"""A report in another language is told from English, and names do not make English foreign."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infer.language import other_than_english

with (Path(__file__).parent / "cases" / "language.tsv").open(encoding="utf-8", newline="") as file:
    CASES = [(row["quote"], row["expected"] or None) for row in csv.DictReader(file, delimiter="\t")]


@pytest.mark.parametrize("text, language", CASES)
def test_the_language_of_a_line(text, language):
    assert other_than_english(text) == language


@pytest.mark.parametrize("text, language", [c for c in CASES if c[1] not in (None, "ar", "fa")])
def test_capitals_throughout_change_nothing_of_it(text, language):
    assert other_than_english(text.upper()) in (language, None)


@settings(deadline=None)
@given(st.text())
def test_any_string_has_an_answer(text):
    other_than_english(text)


def test_running_english_does_not_load_the_detector():
    code = (
        "import sys; from infer.language import other_than_english as other;"
        "assert other('Two soldiers were killed in an attack on the road to the town') is None;"
        "assert 'py3langid' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parent.parent)
