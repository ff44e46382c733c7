"""What the README and the card promise of the shipped model is true of it."""

import re
from pathlib import Path

from conftest import ROOT

from infer.checkpoint import DEFAULT

README = (ROOT / "README.md").read_text(encoding="utf-8")
LARGEST = 100_000_000  # bytes of all files of the shipped checkpoint: tagger twice, linker


def test_the_output_shown_is_the_output_printed(infer):
    shown = re.search(r"^prints\n\n((?:    .*\n|\n)+)", README, re.M).group(1)
    printed = infer("examples/liptako-october.txt").stdout.decode()
    assert [line[4:] for line in shown.strip("\n").split("\n")] == [
        line.rstrip() for line in printed.rstrip("\n").split("\n")
    ]


def test_two_runs_are_identical(infer):
    one, two = (infer("examples", "--format", "json").stdout for _ in range(2))
    assert one and one == two


def test_files_that_the_readme_names_are_there():
    for path in re.findall(r"\]\(([^)]+)\)", README):
        assert (ROOT / path).exists(), path


def test_the_shipped_checkpoint_is_small_enough():
    assert sum(f.stat().st_size for f in Path(DEFAULT).iterdir()) <= LARGEST
