"""Chains of a consumer as an indented list: what is known of each link, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TextIO

from kvlint.redact import redact_text
from kvlint.report.display import visible
from kvlint.result import Link, State, Trace

_WORDS = {State.PROVEN: "ok", State.BROKEN: "BROKEN", State.UNKNOWN: "unknown", State.STEP: ""}
_COLOURS = {State.PROVEN: "32", State.BROKEN: "1;31", State.UNKNOWN: "33", State.STEP: "2"}
#: The width of the column that the words stand in.
_COLUMN = 8


def write_traces(traces: Sequence[Trace], stream: TextIO, *, color: bool) -> None:
    """Write chains; equal ones of several deployments once, with the deployments that have them."""
    shown: dict[tuple[str, ...], list[Trace]] = {}
    for trace in traces:
        shown.setdefault(tuple(_lines(trace, color=color)), []).append(trace)
    for number, (lines, same) in enumerate(shown.items()):
        if number:
            stream.write("\n")
        variants = sorted({one.variant for one in same} - {""})
        where = f", deployed with {', '.join(variants)}" if variants else ""
        stream.write(f"{visible(same[0].title)}{visible(where)} ({visible(str(same[0].span))})\n")
        stream.writelines(f"{line}\n" for line in lines)


def _lines(trace: Trace, *, color: bool) -> Iterator[str]:
    if not trace.links:
        yield "  names no secret and reads no vault"
    for link in trace.links:
        yield from _link(link, 0, color=color)


def _link(link: Link, depth: int, *, color: bool) -> Iterator[str]:
    word = f"{_WORDS[link.state]:<{_COLUMN}}"
    if color and word.strip():
        word = f"\x1b[{_COLOURS[link.state]}m{word}\x1b[0m"
    place = f"  {visible(str(link.span))}" if link.span is not None else ""
    text = visible(redact_text(link.text).replace("\n", " "))
    yield f"  {'  ' * depth}{word}{text}{place}"
    for below in link.links:
        yield from _link(below, depth + 1, color=color)
