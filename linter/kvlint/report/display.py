"""Text as a terminal shows it: columns, tabs, wide characters, nothing that is obeyed."""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass
from typing import TextIO

TAB = 4

#: Control, format, surrogate and separator characters: a terminal may obey them or hide text with them.
_OBEYED = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))


@dataclass(slots=True, frozen=True)
class Cells:
    """A line as shown. ``columns[i]`` is the display column, from 0, of character ``i`` of the original.

    It has one entry more than the original has characters: the width of the whole.
    """

    text: str
    columns: list[int]


def cells(line: str) -> Cells:
    """A line with tabs expanded and control characters made visible, and where each character went."""
    parts: list[str] = []
    columns = [0]
    column = 0
    for character in line:
        shown = " " * (TAB - column % TAB) if character == "\t" else visible(character)
        column += width(shown)
        parts.append(shown)
        columns.append(column)
    return Cells("".join(parts), columns)


def visible(text: str, keep: str = "") -> str:
    """A text with every character that a terminal would obey written as an escape, but for ``keep``."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        _escape(character)
        if unicodedata.category(character) in _OBEYED and character not in keep
        else character
        for character in text
    )


def width(text: str) -> int:
    """How many columns a text without control characters takes."""
    if text.isascii():
        return len(text)
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _escape(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def crop(shown: Cells, start: int, end: int, room: int) -> Cells:
    """A line cut to ``room`` columns around the characters ``start`` to ``end``.

    What is left out is marked with ``…``; the columns of what is left out are those of the
    nearer edge.
    """
    columns = shown.columns
    total = columns[-1]
    if total <= room:
        return shown
    first, last = columns[start], columns[end]
    spare = max(room - 2 - (last - first), 0)
    left = max(min(first - spare // 3, total - (room - 1)), 0)
    left = next(column for column in columns if column >= left)
    begin = 0 if left <= 1 else left
    right = max(column for column in columns if column <= begin + room - (1 if begin == 0 else 2))
    head, tail = "…" if begin else "", "…" if right < total else ""
    cut = "".join(_slice(shown.text, begin, right))
    shift = begin - len(head)
    moved = [min(max(column, begin), right) - shift for column in columns]
    return Cells(head + cut + tail, moved)


def _slice(text: str, begin: int, end: int) -> list[str]:
    """The characters between two display columns."""
    taken: list[str] = []
    column = 0
    for character in text:
        if begin <= column < end or (column == end and taken and not _width(character)):
            taken.append(character)
        column += _width(character)
    return taken


def wants_color(choice: str, stream: TextIO) -> bool:
    """What ``--color`` says, else the conventions of ``NO_COLOR``, ``FORCE_COLOR`` and ``TERM``."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"
