"""What the Bicep compiler says of a file: lines on standard error, or entries of JSON-RPC."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from kvlint.source import Source, Span

#: The word before the path is what the Azure CLI puts there.
_LINE = re.compile(
    r"(?:(?:ERROR|WARNING): )?(?P<path>.+?)\((?P<line>\d{1,9}),(?P<column>\d{1,9})\) : "
    r"(?P<level>Info|Warning|Error) (?P<code>[^\s:]+): (?P<message>.*?)(?: \[(?P<link>https?://[^\]\s]+)\])?$"
)
_MAX_LINE = 20_000
_COLORS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_COMPILER_CODE = re.compile(r"BCP\d+")
_DRIVE = re.compile(r"/[A-Za-z]:")
_WORD = re.compile(r"\w+")
_LINK = "https://aka.ms/bicep/core-diagnostics#"

#: Errors that tell of the surroundings and not of the file: a module or file that is not at
#: hand (not restored, unreadable, broken itself), the compiler's own configuration, and a
#: parameter that takes its value from an environment variable, none of which are passed on.
_SURROUNDINGS = frozenset(
    f"BCP{number:03}" for number in (91, 104, 188, 190, 191, 192, 271, 272, 273, 338, 427)
)


@dataclass(slots=True, frozen=True)
class Diagnostic:
    """One diagnostic. Line and column count from 1, columns in UTF-16 units.

    ``level`` is ``Info``, ``Warning`` or ``Error``; ``code`` is ``BCPnnn`` or the name of a
    linter rule. ``end`` is the position behind the place, where it is known.
    """

    path: str
    line: int
    column: int
    level: str
    code: str
    message: str
    link: str = ""
    end: tuple[int, int] | None = None

    @property
    def is_error(self) -> bool:
        """Whether it made the compiler refuse its file."""
        return self.level == "Error"

    @property
    def rejects(self) -> bool:
        """Whether it says that the file itself is wrong. Linter rules and warnings never do."""
        return (
            self.is_error
            and _COMPILER_CODE.fullmatch(self.code) is not None
            and self.code not in _SURROUNDINGS
        )

    def span(self, source: Source) -> Span:
        """The place in the source: as far as it is known, else the word that begins there."""
        start = _offset(source, self.line, self.column)
        if self.end is not None:
            end = _offset(source, *self.end)
        else:
            word = _WORD.match(source.text, start)
            end = word.end() if word else start + 1
        stop = start + len(source.line(source.position(start).line)) - source.position(start).column + 1
        return Span(source, start, max(start, min(end, stop)))


def clean(data: bytes) -> str:
    """Text of the program without what a terminal would obey, line ends as LF."""
    text = data.decode("utf-8", "replace").replace("\r\n", "\n")
    return _CONTROLS.sub("", _COLORS.sub("", text))


def from_lines(text: str) -> Iterator[Diagnostic]:
    """The diagnostics in what the program wrote to standard error; other lines are passed over."""
    for line in text.split("\n"):
        found = _LINE.match(line.rstrip()) if len(line) <= _MAX_LINE else None
        if found:
            path, number, column, level, code, message, link = found.groups()
            yield Diagnostic(path, int(number), int(column), level, code, message, link or _link(code))


def from_entry(entry: Any, path: str) -> Diagnostic | None:
    """A diagnostic of JSON-RPC; ``path`` is the file asked about, which older versions leave out.

    ``None`` for something that is no diagnostic.
    """
    try:
        start, end = entry["range"]["start"], entry["range"]["end"]
        first, column = int(start["line"]) + 1, int(start["char"]) + 1
        code, level = str(entry["code"]), str(entry["level"])
        last = int(end["line"]) + 1, int(end["char"]) + 1
        message = clean(str(entry["message"]).encode("utf-8", "replace")).replace("\n", " ")
        where = _path(str(entry.get("source") or path))
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    return Diagnostic(where, first, column, level, code, message, _link(code), last)


def _link(code: str) -> str:
    """Where the compiler's diagnostics are explained."""
    return _LINK + code if _COMPILER_CODE.fullmatch(code) else ""


def _path(source: str) -> str:
    """A file as a path: some versions give a URI."""
    if not source.startswith("file:"):
        return source
    path = unquote(urlsplit(source).path)
    return os.path.normpath(path[1:] if _DRIVE.match(path) else path)


def _offset(source: Source, line: int, column: int) -> int:
    """The offset of a line and a column in UTF-16 units; past an end gives that end."""
    if not 1 <= line <= len(source.line_starts):
        return len(source.text) if line > 1 else 0
    offset = source.line_starts[line - 1]
    units = max(column, 1) - 1
    for character in source.line(line):
        units -= 2 if ord(character) > 0xFFFF else 1
        if units < 0:
            break
        offset += 1
    return offset
