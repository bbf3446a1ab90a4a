"""YAML in a text of another file, with the places of its parts in that file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kvlint.evaluate.documents import document_value
from kvlint.evaluate.values import (
    ListValue,
    MapValue,
    PartialText,
    Unknown,
    Value,
    cloned,
    following,
    known_text,
    text_of,
)
from kvlint.source import Source, Span
from kvlint.syntax.expr import walk
from kvlint.syntax.yaml import read_yaml

#: A placeholder, as files that a deployment fills in have them, with the number of a part.
_HOLE = "${{part-{}}}"
_NUMBER = re.compile(r"\$\{part-(\d+)\}\Z")


def documents_in(value: Value, fallback: Span) -> Iterator[Value]:
    """The documents in a text; ``fallback`` is its place where the value has none.

    The parts have places of their own where the text stands in its file as it is, or as a block
    of YAML, placeholders and all; else that of the whole text.
    """
    span = value.span or fallback
    if isinstance(value, PartialText) and not _is_block(span):
        for document in read_yaml(Source(span.path, _with_holes(value))).documents:
            yield _filled(document_value(document), value, span)
        return
    text, offset = _content(value, span)
    for document in read_yaml(Source(span.path, text)).documents:
        for node in {id(node): node for node in walk(document)}.values():
            node.source = span.source
            node.start = span.start if offset < 0 else span.start + offset + node.start
            node.end = span.end if offset < 0 else span.start + offset + node.end
        yield document_value(document)


def _is_block(span: Span) -> bool:
    return span.text[:1] in ("|", ">") and "\n" in span.text


def _content(value: Value, span: Span) -> tuple[str, int]:
    """The text, and where in the span it begins; -1 where it is not written there like this."""
    written = span.text
    if _is_block(span):
        start = written.index("\n") + 1
        return written[start:], start
    text = text_of(value) or ""
    return text, written.find(text) if "\n" in text else -1


def _with_holes(value: PartialText) -> str:
    """The text with a placeholder for each part that is not known.

    Nothing where such a part begins a line: it may be any number of lines.
    """
    text = ""
    for number, part in enumerate(value.parts):
        known = known_text(part)
        if known is None and not text.rpartition("\n")[2].strip():
            return ""
        text += _HOLE.format(number) if known is None else known
    return text


def _filled(found: Value, whole: PartialText, place: Span) -> Value:
    """A document with the parts of the whole text in the place of their placeholders."""
    number = _NUMBER.match(found.span.text) if isinstance(found, Unknown) and found.span else None
    if number is not None:
        return following(whole.parts[int(number.group(1))], whole)
    other = cloned(found)
    other.span = place
    if isinstance(other, MapValue):
        other.entries = {key: _filled(one, whole, place) for key, one in other.entries.items()}
        other.keys = dict.fromkeys(other.keys, place)
    elif isinstance(other, ListValue):
        other.items = tuple(_filled(one, whole, place) for one in other.items)
    elif isinstance(other, PartialText):
        other.parts = tuple(_filled(one, whole, place) for one in other.parts)
    return other
