"""``[external]`` of ``kvlint.toml``: what lives outside of the analysed set, as a person declares it.

The file says nothing of places, so they are looked for in its text: the nth ``[[external.x]]``
is the nth entry of that table. Where an entry is written inline instead, its place is the line
that begins the table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from kvlint.source import Source, Span

_HEADER = re.compile(r"^[ \t]*\[\[?([^\[\]\r\n]+)\]\]?[ \t]*(?:#[^\r\n]*)?\r?$", re.MULTILINE)
_INLINE = re.compile(r"""^[ \t]*["']?external\b""", re.MULTILINE)
_QUOTES = str.maketrans("", "", "\"' \t")
_WORD = re.compile(r"[^\r\n#]*[^\s#]")
_PERMISSIONS = ("secret-permissions", "certificate-permissions", "key-permissions")


class DeclarationError(Exception):
    """A mistake in a declaration, with its line, from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


class Text(NamedTuple):
    """A text of a declaration, and where it stands."""

    text: str
    span: Span


@dataclass(slots=True, frozen=True)
class Declaration:
    """One entry of ``[external]``: ``table`` is its kind, ``texts`` what it says by key."""

    table: str
    span: Span
    texts: Mapping[str, tuple[Text, ...]]

    def text(self, key: str) -> Text | None:
        """The text of a key that holds one."""
        found = self.texts.get(key, ())
        return found[0] if found else None


@dataclass(slots=True, frozen=True)
class _Key:
    """What a key takes: a text or a list of texts, any or one of some; ``*`` only in a pattern."""

    required: bool = False
    many: bool = False
    pattern: bool = False
    among: tuple[str, ...] = ()


_NAME = _Key(required=True)
_PATTERN = _Key(required=True, pattern=True)
_TEXT = _Key()
_LIST = _Key(many=True)

_TABLES: Mapping[str, Mapping[str, _Key]] = {
    "vault": {
        "name": _PATTERN,
        **dict.fromkeys(("secrets", "certificates", "keys"), _Key(many=True, pattern=True)),
        "permission-model": _Key(among=("rbac", "access-policy")),
    },
    "grant": {
        "identity": _PATTERN,
        "vault": _PATTERN,
        "role": _TEXT,
        **dict.fromkeys(_PERMISSIONS, _LIST),
    },
    "identity": {"name": _NAME, "resource-group": _TEXT, "client-id": _TEXT, "principal-id": _TEXT},
    "service-account": {"namespace": _NAME, "name": _NAME, "client-id": _TEXT},
    "federated-credential": {"subject": _NAME, "issuer": _TEXT, "identity": _TEXT},
}


def declarations(external: object, source: Source) -> tuple[Declaration, ...]:
    """What the value of ``external`` declares.

    :raises DeclarationError: for the first mistake in it.
    """
    places = _Places(source)
    if not isinstance(external, dict):
        raise DeclarationError(places.line(places.of_table("external")), '"external" is a table')
    found: list[Declaration] = []
    for table, entries in external.items():
        place = places.of_table(f"external.{table}")
        if table not in _TABLES:
            raise DeclarationError(
                places.line(place), f'unknown key "external.{table}"; those that exist are {_listed(_TABLES)}'
            )
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise DeclarationError(places.line(place), f"write [[external.{table}]], once for each entry")
        for number, entry in enumerate(entries):
            found.append(_declaration(table, entry, places.entry(table, number, len(entries))))
    return tuple(found)


def _declaration(table: str, entry: Mapping[str, object], place: _Entry) -> Declaration:
    keys = _TABLES[table]
    texts = {name: _texts(table, name, value, keys, place) for name, value in entry.items()}

    def fail(message: str) -> None:
        raise DeclarationError(place.line, f"[[external.{table}]] {message}")

    for name, key in keys.items():
        if key.required and name not in texts:
            fail(f'needs "{name}"')
    if table == "grant" and ("role" in texts) is any(name in texts for name in _PERMISSIONS):
        fail(f'needs either "role" or some of {_listed(_PERMISSIONS)}')
    return Declaration(table, place.span, texts)


def _texts(table: str, name: str, value: object, keys: Mapping[str, _Key], place: _Entry) -> tuple[Text, ...]:
    key = keys.get(name)

    def fail(message: str) -> DeclarationError:
        return DeclarationError(place.line_of(name), message)

    if key is None:
        raise fail(f'unknown key "{name}" in [[external.{table}]]; those that exist are {_listed(keys)}')
    values = value if key.many else [value]
    if not isinstance(values, list) or not all(isinstance(one, str) and one for one in values):
        raise fail(f'"{name}" is {"a list of texts" if key.many else "a text"}')
    texts = [str(one) for one in values]
    if key.among and texts[0] not in key.among:
        raise fail(f'"{name}" is one of {_listed(key.among)}')
    if not key.pattern and any("*" in one for one in texts):
        raise fail(f'"{name}" takes no "*"')
    return tuple(Text(one, place.of_text(name, one)) for one in texts)


def _listed(names: Mapping[str, object] | tuple[str, ...]) -> str:
    *others, last = (f'"{name}"' for name in names)
    return f"{', '.join(others)} and {last}"


# --- Places -----------------------------------------------------------------------------------


class _Places:
    """Where tables and keys of a file stand."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._headers = [
            (found[1].translate(_QUOTES), found.start(), found.end())
            for found in _HEADER.finditer(source.text)
        ]

    def line(self, span: Span) -> int:
        """The line, from 1, on which a range begins."""
        return span.first.line

    def of_table(self, name: str) -> Span:
        """The first header of a table, or of one below or around it, else what sets it."""
        for form in (name, f"{name}.", name.rpartition(".")[0]):
            for header, start, _ in self._headers:
                if form and (header == form or (form.endswith(".") and header.startswith(form))):
                    return _written(self.source, start)
        found = _INLINE.search(self.source.text)
        return _written(self.source, found.start() if found else 0)

    def entry(self, table: str, number: int, count: int) -> _Entry:
        """The place of one entry of how many there are in a table."""
        found = [
            (start, self._next(end)) for name, start, end in self._headers if name == f"external.{table}"
        ]
        if len(found) != count:
            span = self.of_table(f"external.{table}")
            return _Entry(span, lambda key: None)
        start, end = found[number]
        return _Entry(_written(self.source, start), lambda key: self._set(key, start, end))

    def _next(self, position: int) -> int:
        """Where the next table begins."""
        return next((start for _, start, _ in self._headers if start >= position), len(self.source.text))

    def _set(self, key: str, start: int, end: int) -> Span | None:
        """What sets a key in a part of the file, up to the end of that part."""
        form = re.compile(rf"""^[ \t]*["']?{re.escape(key)}["']?[ \t]*=""", re.MULTILINE)
        found = form.search(self.source.text, start, end)
        return None if found is None else Span(self.source, found.start(), end)


@dataclass(slots=True, frozen=True)
class _Entry:
    """The place of an entry; ``_find`` gives what sets a key in it."""

    span: Span
    _find: Callable[[str], Span | None]

    @property
    def line(self) -> int:
        """The line, from 1, that begins it."""
        return self.span.first.line

    def line_of(self, key: str) -> int:
        """The line, from 1, that sets a key."""
        return (self._find(key) or self.span).first.line

    def of_text(self, key: str, text: str) -> Span:
        """Where a text stands that a key is set to."""
        around = self._find(key)
        if around is None:
            return self.span
        for quoted in (f'"{text}"', f"'{text}'"):
            start = around.text.find(quoted)
            if start >= 0:
                begin = around.start + start + 1
                return Span(around.source, begin, begin + len(text))
        return _written(around.source, around.start)


def _written(source: Source, start: int) -> Span:
    """What is written on a line from an offset on, without blanks around it and without a comment."""
    while source.text[start : start + 1] in (" ", "\t"):
        start += 1
    found = _WORD.match(source.text, start)
    return Span(source, start, found.end() if found else start)


def of_table(entries: tuple[Declaration, ...], table: str) -> Iterator[Declaration]:
    """The entries of one kind."""
    return (entry for entry in entries if entry.table == table)
