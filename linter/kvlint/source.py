"""Source texts and exact places in them.

Every tree node, value and finding points into a :class:`Source` with a :class:`Span`.
Offsets are code points into :attr:`Source.text`; lines and columns count from 1, a column
is a code point and the end of a span is the column after its last character.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

_LINE_END = re.compile(r"\r\n|\n|\r")


class Position(NamedTuple):
    """A place in a text: line and column, both from 1, the column in code points."""

    line: int
    column: int


class Source:
    """One text that kvlint read.

    ``path`` is what a person reads in a finding: relative to the analysed root where the
    file lies under it, with ``/`` between folders. ``text`` has no byte order mark; line
    endings are kept as they are in the file. A text that is no file of the set (a module out
    of a registry) ``stands_for`` the place that brought it in.
    """

    __slots__ = ("_line_starts", "path", "secrets", "stands_for", "text")

    def __init__(self, path: str, text: str, stands_for: Span | None = None) -> None:
        self.path = path
        self.text = text
        self.stands_for = stands_for
        #: Ranges that hold a secret; nothing that shows this text may show them.
        self.secrets: set[tuple[int, int]] = set()
        self._line_starts: list[int] | None = None

    def __repr__(self) -> str:
        return f"Source({self.path!r})"

    @property
    def line_starts(self) -> list[int]:
        """Offset of the first character of each line; LF, CR LF and a lone CR end one."""
        if self._line_starts is None:
            self._line_starts = [0, *(end.end() for end in _LINE_END.finditer(self.text))]
        return self._line_starts

    def position(self, offset: int) -> Position:
        """The line and column of an offset; an offset past the end gives the end."""
        offset = min(max(offset, 0), len(self.text))
        starts = self.line_starts
        line = bisect_right(starts, offset)
        return Position(line, offset - starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """The text of a line, counted from 1, without its line ending; empty past the end."""
        starts = self.line_starts
        if not 1 <= number <= len(starts):
            return ""
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")


class Span(NamedTuple):
    """A range of one source: ``text[start:end]``."""

    source: Source
    start: int
    end: int

    @property
    def first(self) -> Position:
        """Where the range begins."""
        return self.source.position(self.start)

    @property
    def last(self) -> Position:
        """The position after its last character."""
        return self.source.position(self.end)

    @property
    def text(self) -> str:
        """What the range holds."""
        return self.source.text[self.start : self.end]

    @property
    def path(self) -> str:
        """The path of the file it lies in."""
        return self.source.path

    def __str__(self) -> str:
        line, column = self.first
        return f"{self.source.path}:{line}:{column}"
