"""Column files: a token a line, its tag in the last column, an empty line between sentences.

Read into Documents, so that they take the same way as annotated reports: the text is the tokens with
one space between them and a line a sentence. `-DOCSTART-` begins a document; a file without any is one
document a sentence.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from infer.schema import Document, InputError, Span

SUFFIXES = (".conll", ".bio", ".iob", ".iob2", ".txt")
DOCUMENT = "-DOCSTART-"

_TAG = re.compile(r"O|([BI])-(\S+)")


def read(file: Path) -> list[Document]:
    """The documents of a column file; tags are IOB2 or IOB1 (an I- that opens a span is taken as B-).

    Raises InputError with the line number where a line has no tag column or a tag is not BIO.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{file}: cannot be read ({error}); needed: a UTF-8 file of tokens and tags"
        ) from None
    documents = [_join(f"{file.name}:{number}", sentences) for number, sentences in _documents(file, lines)]
    if not documents:
        raise InputError(f"{file}: holds no tokens; needed: a token and its BIO tag on each line")
    return documents


def _documents(file: Path, lines: list[str]) -> Iterator[tuple[int, list[list[tuple[str, str]]]]]:
    """(number of its first line, sentences of (token, tag)) of each document."""
    whole = any(line.split()[:1] == [DOCUMENT] for line in lines)
    sentences: list[list[tuple[str, str]]] = []
    sentence: list[tuple[str, str]] = []
    first = 1
    for number, line in enumerate([*lines, ""], start=1):
        columns = line.split()
        starts = columns[:1] == [DOCUMENT]
        if (starts or not columns) and sentence:
            sentences.append(sentence)
            sentence = []
        if sentences and (starts or not whole and not columns):
            yield first, sentences
            sentences = []
        if columns and not starts:
            first = first if sentences or sentence else number
            sentence.append(_token(file, number, columns))
    if sentences:
        yield first, sentences


def _token(file: Path, number: int, columns: list[str]) -> tuple[str, str]:
    if len(columns) < 2:
        raise InputError(
            f"{file}: line {number} is {columns[0]!r}; needed: a token and its tag, such as 'Halab B-PLACE'"
        )
    if not _TAG.fullmatch(columns[-1]):
        raise InputError(f"{file}: line {number} has the tag {columns[-1]!r}; allowed: O, B-LABEL, I-LABEL")
    return columns[0], columns[-1]


def _join(name: str, sentences: list[list[tuple[str, str]]]) -> Document:
    text = "\n".join(" ".join(token for token, _ in sentence) for sentence in sentences)
    spans: list[Span] = []
    at = 0
    for sentence in sentences:
        label = None
        for token, tag in sentence:
            mark, name_of = _TAG.fullmatch(tag).groups()
            end = at + len(token)
            if mark == "I" and name_of == label:
                spans[-1] = Span(spans[-1].start, end, label)
            elif mark:
                spans.append(Span(at, end, name_of))
            label = name_of
            at = end + 1
    return Document(id=name, text=text, spans=tuple(spans))
