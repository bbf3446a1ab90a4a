"""Source frames: the lines that a finding speaks of, with what is to be seen underlined.

Frames are lines of styled pieces; :mod:`kvlint.report.text` gives the styles their colours.
"""

from __future__ import annotations

from dataclasses import dataclass

from kvlint.findings import Finding
from kvlint.redact import Redactor
from kvlint.report.display import cells, crop, visible
from kvlint.source import Source, Span

#: Places of one file that are at most this many lines apart share a frame.
NEAR = 6
#: A line may always be at least this wide where no terminal tells otherwise.
MIN_CROP = 100
#: A narrower terminal is taken for one of this width.
MIN_WIDTH = 20

#: A piece of a line and the name of its style.
Piece = tuple[str, str]


@dataclass(slots=True, frozen=True, eq=False)
class Mark:
    """A range to underline, what to say under it and in which style."""

    span: Span
    label: str
    style: str
    primary: bool = False


def frames(finding: Finding, room: int, redact: Redactor) -> list[list[Piece]]:
    """The frames of a finding: its own place first, then the places it is related to.

    ``room`` is how many columns a line may take, the gutter included.
    """
    groups = _groups(finding, redact)
    gutter = max(len(str(mark.span.first.line)) for group in groups for mark in group)
    secret = finding.span if finding.secret else None
    out: list[list[Piece]] = []
    for number, group in enumerate(groups):
        arrow = ":::" if number else "-->"
        head = group[0].span
        out.append([(" " * gutter + arrow, "gutter"), (f" {visible(str(head))}", "place")])
        out.append([(" " * gutter + " |", "gutter")])
        out += _frame(group, gutter, room, secret, redact)
    return out


def _groups(finding: Finding, redact: Redactor) -> list[list[Mark]]:
    """The marks by frame; the first of each is the place that its heading names."""
    groups = [[Mark(finding.span, redact(finding.label), str(finding.level), primary=True)]]
    for related in finding.related:
        mark = Mark(related.span, redact(related.label), "secondary")
        home = next((group for group in groups if _is_near(group, mark)), None)
        if home is None:
            groups.append([mark])
        else:
            home.append(mark)
    return groups


def _is_near(group: list[Mark], mark: Mark) -> bool:
    return any(
        other.span.source is mark.span.source and abs(other.span.first.line - mark.span.first.line) <= NEAR
        for other in group
    )


def _frame(
    group: list[Mark], gutter: int, room: int, secret: Span | None, redact: Redactor
) -> list[list[Piece]]:
    source = group[0].span.source
    by_line: dict[int, list[Mark]] = {}
    for mark in sorted(group, key=lambda mark: (mark.span.first.line, mark.span.start)):
        by_line.setdefault(mark.span.first.line, []).append(mark)
    out: list[list[Piece]] = []
    before: int | None = None
    for number, marks in by_line.items():
        if before is not None and number == before + 2:
            out.append(
                _numbered(before + 1, _plain(source, before + 1, gutter, room, secret, redact), gutter)
            )
        elif before is not None and number > before + 1:
            out.append([("." * max(gutter + 2, 3), "gutter")])
        out += _marked_line(source, number, marks, gutter, room, secret, redact)
        before = number
    return out


def _plain(source: Source, number: int, gutter: int, room: int, secret: Span | None, redact: Redactor) -> str:
    line = cells(redact.line(source, number, secret).text)
    return crop(line, 0, 0, room - gutter - 3).text


def _marked_line(
    source: Source,
    number: int,
    marks: list[Mark],
    gutter: int,
    room: int,
    secret: Span | None,
    redact: Redactor,
) -> list[list[Piece]]:
    """A source line and one line of underline for each mark."""
    length = len(source.line(number))
    line = redact.line(source, number, secret)
    ranges = []
    for mark in marks:
        (_, start), last = mark.span.first, mark.span.last
        end = last.column - 1 if last.line == number else length
        start = min(start - 1, length)
        ranges.append(line.shown(start, max(min(end, length), start)))
    shown = cells(line.text)
    focus = next((place for place, mark in zip(ranges, marks, strict=True) if mark.primary), ranges[0])
    shown = crop(shown, *focus, room - gutter - 3)
    out = [_numbered(number, shown.text, gutter)]
    for (start, end), mark in zip(ranges, marks, strict=True):
        left, right = shown.columns[start], shown.columns[end]
        underline = ("^" if mark.primary else "-") * max(right - left, 1)
        pieces: list[Piece] = [(" " * gutter + " | ", "gutter"), (" " * left, "")]
        pieces.append((f"{underline} {visible(mark.label)}".rstrip(), mark.style))
        out.append(pieces)
    return out


def _numbered(number: int, text: str, gutter: int) -> list[Piece]:
    if not text.strip():
        return [(f"{number:>{gutter}} |", "gutter")]
    return [(f"{number:>{gutter}} | ", "gutter"), (text.rstrip(), "")]
