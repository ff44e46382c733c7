"""Source, publisher, address and title of a report are found by their usual names and go into the record."""

import pytest
from sample_documents import sample

from infer import origin
from infer.origin import Origin
from infer.render import record
from infer.schema import Document


@pytest.mark.parametrize(
    "extra, found",
    [
        ({"Source": "wire", "TITLE": "Nine dead"}, Origin(source="wire", title="Nine dead")),
        ({"Link": "https://example.org", "Headline": "Nine dead", "Outlet": "Echo"},
         Origin(None, "Echo", "https://example.org", "Nine dead")),
        ({"source url": "u", "Media-Outlet": "m", " Source Name ": "s"}, Origin("s", "m", "u")),
        ({"headline": "second choice", "title": "first"}, Origin(title="first")),
        ({"Title": "first", "title": "second"}, Origin(title="first")),
        ({"title": " ", "headline": "Nine dead"}, Origin(title="Nine dead")),
        ({"source": 7, "title": None, "url": ["x"], "publisher": ""}, Origin()),
        ({"source_style": "wire", "subtitle": "x"}, Origin()),
    ],
)  # fmt: skip
def test_columns_by_their_usual_names(extra, found):
    assert origin.of(Document("d", "", extra=extra)) == found


def test_it_is_in_the_record_beside_the_untouched_columns(validate):
    document = Document("d", "", extra={"Outlet": "Echo", "link": "javascript:x", "n": 5})
    about = record.to_record(document)["document"]
    assert (about["publisher"], about["url"], "title" in about) == ("Echo", "javascript:x", False)
    assert about["extra"] == document.extra
    validate(record.to_record(document), "")
    validate(record.to_record(sample()), sample().text)
    assert origin.of(record.from_record(record.to_record(document), "")) == origin.of(document)


PROGRAMS = (
    *(None, "", "  ", "(anonymous)", "Untitled", "untitled document", "Document1", "report_v2.docx", "—"),
    *("Microsoft Word - bulletin 7.doc", "page.HTML"),
)
PERSONS = ("Sahel Monitor: October 2023", "Nine dead in Gao.", "The unknown front", "Mali")


@pytest.mark.parametrize("title", PROGRAMS)
def test_what_a_program_wrote_is_no_title(title):
    assert origin.titled(title) == {}


@pytest.mark.parametrize("title", PERSONS)
def test_what_a_person_wrote_is_one_with_single_spaces(title):
    assert origin.titled(f" {title.replace(' ', '  ')}\n") == {"title": title}
