"""Parquet read back by pyarrow and pandas: the same values, typed; the same columns without events."""

import io
from datetime import date

import pandas
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet as reader
from sample_documents import documents, sample

from infer.render import flat, parquet
from infer.schema import Document


def written(*documents: Document) -> io.BytesIO:
    stream = io.BytesIO()
    parquet.write(documents, stream)
    return io.BytesIO(stream.getvalue())


def test_pandas_has_numbers_dates_and_lists():
    frame = pandas.read_parquet(written(sample()), dtype_backend="pyarrow")
    assert list(frame["event"]) == ["e1", "e2", "e3"]
    assert frame["killed"].sum() == 13 and frame["killed"].isna().tolist() == [False, False, True]
    assert list(frame["actors"][0]) == ["Red Column"] and list(frame["inherited"][1]) == ["actors", "period"]
    assert list(frame["killed_components"][0]) == ["a civilian", "seven soldiers"]
    assert frame["period_start"][0] == date(2023, 6, 1) and frame["report_date"][0] == date(2023, 7, 2)
    assert (frame["latitude"][1], frame["longitude"][1], frame["source"][0]) == (34.5, -38.25, "=cmd()")
    assert frame["input_lat"].tolist() == ["-12.5"] * 3


def test_every_figure_is_there_with_its_number_and_what_it_is_part_of():
    total, homs, _ = reader.read_table(written(sample())).column("casualties").to_pylist()
    assert [(c["value"], c["victims"], c["adds_up"], c["component_of"]) for c in total] == [
        (8, "mixed", True, None), (1, "civilian", False, 1), (7, "security_forces", False, 1),
    ]  # fmt: skip
    assert [(c["value"], c["alternative_to"]) for c in homs] == [(5, None), (30, 1)]


def test_the_columns_and_their_types_are_the_same_without_any_event():
    full, empty = (reader.read_schema(written(d)) for d in (sample(), Document("d", "")))
    assert full.names[: len(empty.names)] == empty.names == [*flat.COLUMNS, "casualties", "places"]
    assert [full.field(n).type for n in empty.names] == [empty.field(n).type for n in empty.names]
    assert full.names[len(empty.names) :] == ["input_source", "input_lat"]
    types = {name: empty.field(name).type for name in empty.names}
    assert types["killed"] == pa.int64() and types["latitude"] == pa.float64()
    assert types["period_start"] == pa.date32() and types["actors"] == pa.list_(pa.string())


@settings(deadline=None, max_examples=25)
@given(st.lists(documents(), max_size=3))
def test_any_documents_come_back_as_they_went_in(many):
    rows = reader.read_table(written(*many)).to_pylist()
    events = [(d, e) for d in many for e in d.events]
    assert len(rows) == len(events)
    for row, (document, event) in zip(rows, events, strict=True):
        expected = flat.row(document, event)
        assert {
            n: tuple(v) if isinstance(v, list) else v for n, v in row.items() if n in expected
        } == expected
        assert [c["text"] for c in row["casualties"]] == [
            c.span.text(document.text) for c in event.casualties
        ]
        assert [p["name"] for p in row["places"]] == [at.place.name for at in event.locations]
        for name, value in document.extra.items():
            assert (row[f"input_{name}"] is None) == (value is None)
