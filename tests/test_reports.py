"""Reading several reports at once: the same results, in the same order, with the same lines told."""

import threading
from argparse import Namespace
from datetime import date

import pytest
import tiny_checkpoint
from hypothesis import given, settings
from hypothesis import strategies as st

from infer import reports, sources
from infer.reports import AHEAD, Reading, in_order
from infer.schema import Document

TEXTS = (
    "Red Column claimed 14 operations near Homs in June 2023.",
    "",
    "Red Column carried out 12 operations. Two soldiers were killed near Homs.",
    "Les combats ont fait dix morts dans la nuit et les habitants ont fui vers le nord de la ville.",
)


@given(st.lists(st.integers(0, 50), max_size=30), st.integers(1, 5))
@settings(deadline=None)
def test_results_come_in_order_whoever_is_done_first(items, workers):
    """A worker that waits for a later one would wait for ever if they went one after the other."""
    assert list(in_order(lambda item: item * 2, items, workers)) == [item * 2 for item in items]


def test_workers_are_at_work_at_the_same_time():
    meeting = threading.Barrier(3, timeout=20)
    assert list(in_order(lambda _: meeting.wait() >= 0, range(6), 3)) == [True] * 6


def test_no_more_is_read_ahead_than_said():
    """Or an archive would be in memory before its first report is written."""
    drawn = []
    results = in_order(lambda item: item, (drawn.append(i) or i for i in range(1000)), 2)
    for i in range(5):
        assert next(results) == i
    assert len(drawn) <= 2 * AHEAD + 5
    results.close()


def test_an_error_of_a_worker_is_raised_in_its_turn():
    def work(item):
        if item == 3:
            raise ValueError("three")
        return item

    results = in_order(work, range(100), 2)
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match="three"):
        next(results)


def reading(paths, model, told, **more):
    unset = dict.fromkeys(("report_date", "text_column", "id_column", "date_column"))
    options = Namespace(**unset | {"model": str(model), "min_confidence": 0.0} | more)
    found = sources.find([str(p) for p in paths], told.append) if paths else []
    return Reading(found, options, told.append)


def test_several_at_once_give_what_one_after_the_other_gives(tmp_path, monkeypatch):
    """Documents, their order and every line told, errors of bad files among them."""
    folder = tmp_path / "in"
    folder.mkdir()
    for i in range(12):
        (folder / f"{i:02}.txt").write_text(TEXTS[i % 4])
    (folder / "05.txt").write_bytes("éà".encode() * 20 + b"\xff")
    model = tiny_checkpoint.add_linker(tiny_checkpoint.write(tmp_path / "model"))
    found = {}
    for workers in (1, 4):
        monkeypatch.setattr(reports, "usable", lambda workers=workers: workers)
        told = []
        read = reading([folder], model, told, report_date=date(2024, 1, 31), min_confidence=0.95)
        assert read.workers == workers
        found[workers] = list(read), told, read.failed
    assert found[1] == found[4]
    documents, told, failed = found[1]
    assert failed == 1 and [d.id for d in documents] == [f"{i:02}.txt" for i in range(12) if i != 5]
    assert any("broken" in line for line in told) and any("'fr'" in line for line in told)
    assert any("events left out" in line for line in told)
    assert told.index("[6/12] 05.txt") < told.index("[7/12] 06.txt")


def test_a_report_from_elsewhere_is_read_alike(tmp_path):
    """What a worker on another machine does, one document after the other."""
    model = tiny_checkpoint.write(tmp_path / "model")
    (tmp_path / "r.txt").write_text(TEXTS[0])
    [expected] = reading([tmp_path / "r.txt"], model, [])
    told = []
    alone = reading([], model, told, min_confidence=0.95)
    assert alone.read(Document("r.txt", TEXTS[0])).spans == expected.spans and "left out" in told[0]


def test_one_report_has_all_processors_for_itself(tmp_path, monkeypatch):
    """Threads within the network, not reports beside each other; a table of reports is several."""
    monkeypatch.setattr(reports, "usable", lambda: 2)
    model = tiny_checkpoint.write(tmp_path / "model")
    (tmp_path / "r.txt").write_text(TEXTS[0])
    (tmp_path / "r.csv").write_text(f'text\n"{TEXTS[0]}"\n')
    assert reading([tmp_path / "r.txt"], model, []).workers == 1
    assert reading([tmp_path / "r.csv"], model, []).workers == 2
