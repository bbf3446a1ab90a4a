"""The report for people: findings as source frames, then what was seen and proven.

Nothing of the analysed files reaches the terminal unfiltered: control characters are shown
as escapes, secrets as a mask.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TextIO

from kvlint.findings import Finding, Level
from kvlint.kinds import FileKind
from kvlint.redact import Redactor
from kvlint.report.display import visible
from kvlint.report.display import width as display_width
from kvlint.report.frames import MIN_CROP, MIN_WIDTH, Piece, frames
from kvlint.report.sources import redactor
from kvlint.result import ParseFailure, RunResult

_RESET = "\x1b[0m"
_STYLES = {
    "error": "\x1b[1;31m",
    "warning": "\x1b[1;33m",
    "note": "\x1b[1;36m",
    "message": "\x1b[1m",
    "gutter": "\x1b[1;34m",
    "secondary": "\x1b[1;34m",
    "good": "\x1b[1;32m",
}


def write_text(
    result: RunResult, stream: TextIO, *, color: bool, width: int, show_unresolved: bool = False
) -> None:
    """Write the report. ``width`` is that of the terminal, in columns.

    Prose is wrapped and lines are cropped at ``width`` on a terminal; elsewhere nothing is
    wrapped and lines are cropped only beyond 100 columns, so that logs stay complete.
    """
    terminal = stream.isatty()
    width = max(width, MIN_WIDTH)
    room = width if terminal else max(width, MIN_CROP)
    redact = redactor(result)

    def write(lines: Iterator[list[Piece]]) -> None:
        stream.writelines(_painted(line, color=color) + "\n" for line in lines)

    for finding in result.findings:
        write(_finding(finding, room, width if terminal else None, redact))
        stream.write("\n")
    if show_unresolved and result.unresolved:
        write(_unresolved(result, redact))
        stream.write("\n")
    write(_footer(result, redact))


def _painted(line: list[Piece], *, color: bool) -> str:
    if not color:
        return "".join(text for text, _ in line).rstrip()
    return "".join(
        f"{_STYLES[style]}{text}{_RESET}" if text.strip() and style in _STYLES else text
        for text, style in line
    )


def _finding(finding: Finding, room: int, wrap: int | None, redact: Redactor) -> Iterator[list[Piece]]:
    level = str(finding.level)
    message = visible(redact(finding.message).replace("\n", " "))
    yield [(f"{level}[{finding.check.id}]", level), (f": {message}", "message")]
    lines = frames(finding, room, redact)
    yield from lines
    gutter = lines[0][0][0].index("-->")
    trailer = list(_trailer(finding, redact))
    if trailer:
        yield [(" " * gutter + " |", "gutter")]
    for word, text, is_prose in trailer:
        yield from _remark(gutter, word, text, wrap if is_prose else None)


def _trailer(finding: Finding, redact: Redactor) -> Iterator[tuple[str, str, bool]]:
    """The remarks under the frames: the word, the text, and whether it is prose."""
    if finding.help:
        yield "help", redact(finding.help), True
    if finding.verify:
        yield "verify", redact(finding.verify), False
    if finding.steps:
        start = finding.span
        way = [f"{start.path}:{start.first.line}"]
        way += [f"{redact(step.label)} ({step.span.path}:{step.span.first.line})" for step in finding.steps]
        yield "note", f"value comes from {' → '.join(way)}", True
    for note in finding.notes:
        yield "note", redact(note), True


def _remark(gutter: int, word: str, text: str, wrap: int | None) -> Iterator[list[Piece]]:
    indent = gutter + len(f" = {word}: ")
    lines: list[str] = []
    for line in text.strip().splitlines():
        shown = visible(line)
        if wrap is None or indent + display_width(shown) <= wrap:
            lines.append(shown)
        else:
            room = max(wrap - indent, 20)
            lines += textwrap.wrap(shown, room, break_long_words=False, break_on_hyphens=False)
    for number, line in enumerate(lines):
        if number:
            yield [(" " * indent + line, "")]
        else:
            yield [(" " * gutter + " = ", "gutter"), (f"{word}: ", "message"), (line, "")]


def _unresolved(result: RunResult, redact: Redactor) -> Iterator[list[Piece]]:
    yield [("unresolved references:", "message")]
    for entry in result.unresolved:
        text = f"{redact(entry.subject)}: {redact(entry.reason)}"
        yield [(f"  {visible(str(entry.span))}: ", ""), (visible(text), "")]


def _footer(result: RunResult, redact: Redactor) -> Iterator[list[Piece]]:
    for failure in result.failures:
        yield [("could not be read: ", "warning"), (visible(_failure(failure, redact)), "")]
    for note in result.notes:
        yield [("note: ", "note"), (visible(redact(note)), "")]
    counts = [
        _counted(result.count(level), str(level))
        for level in sorted(Level, reverse=True)
        if result.count(level)
    ]
    worst = max((finding.level for finding in result.findings), default=None)
    headline = ", ".join(counts) or "No findings"
    yield [(headline, str(worst) if worst else "good"), (f" in {_files(result)}", "")]
    yield [
        (
            f"references: {result.proven} proven, {result.broken} broken, {len(result.unresolved)} unresolved",
            "",
        )
    ]
    if result.suppressed:
        yield [(f"suppressed: {_counted(len(result.suppressed), 'finding')}", "")]


def _failure(failure: ParseFailure, redact: Redactor) -> str:
    place = str(failure.span) if failure.span else failure.path
    return f"{place}: {redact(failure.message)}"


def _files(result: RunResult) -> str:
    kinds = [f"{result.files[kind]} {kind.value}" for kind in FileKind if result.files[kind]]
    total = _counted(sum(result.files.values()), "file")
    return f"{total} ({', '.join(kinds)})" if kinds else total


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
