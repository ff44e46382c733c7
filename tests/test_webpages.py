"""A page's report comes out as lines in reading order, without the page around it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infer.webpages import declared_charset, text_of, title_of

PAGE = """<!DOCTYPE html><html><head><title>Monitor</title><style>p {color: red}</style>
<script>document.write("<p>12 killed</p>")</script></head><body>
<nav><ul><li>Home</li><li>All attacks</li></ul></nav>
<main><h1>A quiet  month</h1><p>In June,<br>cells carried out <a href="#">14&nbsp;operations</a> &amp; left
<b>nine</b> dead.</p><ul><li>Homs: 9 operations</li><li>Hama: 5 operations</li></ul>
<table><tr><th>Place</th><th>Dead</th></tr><tr><td>Homs</td><td>6</td></tr></table>
<p>• مدينة 🚑</p><form><input><button>Subscribe</button></form></main>
<aside><p>Related: 30 killed elsewhere</p></aside><footer>All rights reserved</footer></body></html>"""


def test_headings_paragraphs_bullets_and_rows_are_lines_in_order():
    lines = [line.strip() for line in text_of(PAGE).split("\n") if line.strip()]
    assert lines == [
        "A quiet month",
        "In June,",
        "cells carried out 14 operations & left nine dead.",
        "* Homs: 9 operations",
        "* Hama: 5 operations",
        "Place  Dead",
        "Homs   6",
        "• مدينة 🚑",
    ]


def test_blocks_are_parted_by_a_blank_line():
    assert "A quiet month\n\nIn June," in text_of(PAGE)


@pytest.mark.parametrize("page", ["", "   ", "<html></html>", "<!-- nothing -->", "<script>x</script>"])
def test_a_page_without_text_is_an_empty_report(page):
    assert text_of(page) == ""


def test_an_xml_declaration_is_no_obstacle():
    assert text_of('<?xml version="1.0" encoding="utf-8"?><html><body><p>x</p></body></html>') == "x"


@settings(deadline=None)
@given(st.text(st.sampled_from("<>/!-&;pdivul \n\"'=\0é🚑")))
def test_any_string_gives_some_text(page):
    assert isinstance(text_of(page), str)


@pytest.mark.parametrize(
    "page, charset",
    [
        (b'<html><head><meta charset="windows-1256">', "windows-1256"),
        (b"<META content='text/html; charset=koi8-r' http-equiv=Content-Type>", "koi8-r"),
        (b"<p>charset=utf-8</p>", None),
    ],
)
def test_the_charset_that_a_page_declares_is_found(page, charset):
    assert declared_charset(page) == charset


@pytest.mark.parametrize(
    "page, title",
    [
        ("<title>Nine dead &amp; two wounded</title><p>x", "Nine dead & two wounded"),
        ("<!-- <title>old</title> --><TITLE lang=en>\nNine\ndead</TITLE>", "\nNine\ndead"),
        ("<p>x</p><svg><title>icon</title></svg>", None),
        ("<p>The title: x</p>", None),
        ("<title></title>", ""),
    ],
)
def test_the_title_a_page_gives_itself(page, title):
    assert title_of(page) == title
