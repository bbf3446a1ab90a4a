"""The rows that are measured, and how they are printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Row:
    """One measurement, as printed."""

    what: str
    size: str
    time: str
    memory: str = ""
    remark: str = ""


def print_table(rows: Sequence[Row]) -> None:
    """Print the rows in aligned columns."""
    cells = [("what", "on", "time", "peak memory", "")]
    cells += [(row.what, row.size, row.time, row.memory, row.remark) for row in rows]
    widths = [max(len(line[column]) for line in cells) for column in range(5)]
    for line in cells:
        what, size, seconds, memory, remark = line
        left = f"{what:{widths[0]}}  {size:{widths[1]}}"
        print(f"{left}  {seconds:>{widths[2]}}  {memory:>{widths[3]}}  {remark}".rstrip())


def milliseconds(seconds: float) -> str:
    """A time as printed."""
    return f"{seconds * 1e3:.0f} ms"


def megabytes(size: int) -> str:
    """A number of bytes as printed."""
    return f"{size / 1e6:.1f} MB"
