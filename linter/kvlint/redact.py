"""The last line of defence: what is shown of a text that may hold a secret.

A secret is shown as a mask of fixed width, which tells nothing of its length. Checks never
put secrets into messages; the reports pass everything through here all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from kvlint.secrets import (
    MAX_LENGTH,
    MIN_LENGTH,
    assigned_secrets,
    find_secrets,
    is_placeholder,
    is_random,
)
from kvlint.source import Source, Span

MASK = "***"

_QUOTES = "\"'`"
_SEPARATOR = re.compile(r"[\"']?\s*[:=]\s*")


@dataclass(slots=True, frozen=True)
class ShownLine:
    """A source line as it may be shown.

    ``cuts`` are the masked ranges, as offsets into the original line, ascending and apart.
    """

    text: str
    cuts: tuple[tuple[int, int], ...] = ()

    def shown(self, start: int, end: int) -> tuple[int, int]:
        """Where a range of the original line lies in :attr:`text`; it grows to whole masks."""
        return self._moved(start, grow=0), self._moved(end, grow=len(MASK))

    def _moved(self, offset: int, grow: int) -> int:
        shift = 0
        for left, right in self.cuts:
            if offset <= left:
                break
            if offset < right:
                return left + shift + grow
            shift += len(MASK) - (right - left)
        return offset + shift


def redact_text(text: str) -> str:
    """A message, label or note with everything masked that has the shape of a secret."""
    return _redact_text(text)


@lru_cache(maxsize=4096)
def _redact_text(text: str) -> str:
    ranges = [(start, end) for start, end, _ in find_secrets(text)]
    if len(text) > MAX_LENGTH:
        ranges.append((MAX_LENGTH, len(text)))
    return _masked(text, _merged(ranges)).text if ranges else text


class Redactor:
    """Masks, beside the known shapes, the very secrets that the sources registered."""

    def __init__(self, sources: Iterable[Source]) -> None:
        #: The values by their first characters, so that a text is gone through only once.
        self._values: dict[str, set[str]] = {}
        for source in sources:
            for found in source.secrets:
                start, end = _inner(source, *found)
                value = source.text[start:end].strip()
                if is_random(value) and not is_placeholder(value):
                    self._values.setdefault(value[:MIN_LENGTH], set()).add(value)

    def __call__(self, text: str) -> str:
        """The text as it may be shown."""
        return _redact_text(_masked(text, _merged(self._copies(text))).text)

    def line(self, source: Source, number: int, secret: Span | None = None) -> ShownLine:
        """A line of a source, counted from 1, with its secrets masked.

        Masked are the registered ranges of the source and copies of what any source registered,
        everything of a known shape or behind a name that says secret, and ``secret``: the range
        of a finding that says that its line holds one. Where that range is only the key, the
        value behind it is masked.
        """
        line = source.line(number)
        begin = source.line_starts[number - 1] if 1 <= number <= len(source.line_starts) else 0
        finish = begin + len(line)
        ranges = [
            _inner(source, *found) for found in source.secrets if found[0] < finish and found[1] > begin
        ]
        if secret is not None and secret.source is source:
            ranges += _secret_ranges(secret)
        local = [
            (max(start - begin, 0), min(end - begin, len(line)))
            for start, end in ranges
            if start < finish and end > begin
        ]
        local += [(start, end) for start, end, _ in find_secrets(line)]
        local += self._copies(line)
        local += assigned_secrets(line)
        if len(line) > MAX_LENGTH:
            local.append((MAX_LENGTH, len(line)))
        return _masked(line, _merged(local))

    def _copies(self, text: str) -> list[tuple[int, int]]:
        """Where a text holds a registered value."""
        if not self._values:
            return []
        return [
            (place, place + len(value))
            for place in range(min(len(text) - MIN_LENGTH + 1, MAX_LENGTH))
            for value in self._values.get(text[place : place + MIN_LENGTH], ())
            if text.startswith(value, place)
        ]


def _inner(source: Source, start: int, end: int) -> tuple[int, int]:
    """A registered range without the quotes around it."""
    text = source.text
    end = min(end, len(text))
    if end - start >= 2 and text[start] == text[end - 1] and text[start] in _QUOTES:
        return start + 1, end - 1
    return start, end


def _secret_ranges(span: Span) -> list[tuple[int, int]]:
    """What to mask for a finding that stands on a secret, or on the key of one."""
    source = span.source
    line_end = source.text.find("\n", span.end)
    line_end = len(source.text) if line_end < 0 else line_end
    separator = _SEPARATOR.match(source.text, span.end, line_end)
    if separator is None:
        return [_inner(source, span.start, span.end)]
    ranges = [(separator.end(), line_end)]
    before = source.line(span.first.line)[: span.first.column - 1].rstrip(" \t\"'")
    if before and before[-1] not in "-{,":
        # No key: the middle of a conditional, for one.
        ranges.append(_inner(source, span.start, span.end))
    return ranges


def _merged(ranges: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return tuple(merged)


def _masked(text: str, cuts: tuple[tuple[int, int], ...]) -> ShownLine:
    if not cuts:
        return ShownLine(text)
    parts: list[str] = []
    position = 0
    for start, end in cuts:
        parts += text[position:start], MASK
        position = end
    return ShownLine("".join(parts) + text[position:], cuts)
