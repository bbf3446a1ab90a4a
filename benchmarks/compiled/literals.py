"""The compiled JSON read without kvlint: what it says literally must be what Bicep evaluates to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.compiled.agreement import show
from benchmarks.compiled.tally import Outcome, Tally
from kvlint.evaluate.values import (
    Choice,
    ListValue,
    MapValue,
    PartialText,
    Scalar,
    Unknown,
    Value,
    alternatives,
)

#: Entries of a compiled resource that say where it belongs, or how it is deployed.
NOT_CONFIGURED = frozenset(
    {
        "type",
        "apiversion",
        "name",
        "copy",
        "dependson",
        "condition",
        "existing",
        "scope",
        "resourcegroup",
        "subscriptionid",
        "metadata",
        "import",
        "extension",
        "@options",
    }
)


def compare_literals(tally: Tally, place: str, raw: Any, value: Value | None) -> None:
    """Count every literal of plain JSON that the value is known at, and differences from it."""
    for path, literal, found in _leaves(place, raw, value):
        if isinstance(found, Unknown | Choice) or (found is None and literal is None):
            tally.add("literals", Outcome.COMPILED_ONLY if found is not None else Outcome.EQUAL)
        elif isinstance(found, PartialText):
            # A literal that reads like a placeholder is taken for one.
            tally.left_out["literal texts that look as if a tool put values into them"] += 1
        elif isinstance(found, Scalar) and type(found.data) is type(literal) and found.data == literal:
            tally.add("literals", Outcome.EQUAL)
        else:
            tally.differ("literals", path, show(found), repr(literal))


def _leaves(place: str, raw: Any, value: Value | None) -> Iterator[tuple[str, Any, Value | None]]:
    if isinstance(value, Choice):
        # What is literal in one branch need not be in the other.
        if raw is None or isinstance(raw, bool | int | float | str):
            yield place, raw, value
        return
    if isinstance(raw, dict) and isinstance(value, MapValue):
        for name, inside in raw.items():
            if name == "copy" or name.startswith("["):
                continue
            found = value.entries.get(name)
            if found is None and value.rest is not None:
                found = value.rest
            yield from _leaves(f"{place}.{name}", inside, found)
    elif isinstance(raw, list) and isinstance(value, ListValue):
        for number, inside in enumerate(raw):
            known = number < len(value.items)
            yield from _leaves(f"{place}[{number}]", inside, value.items[number] if known else value.rest)
    elif isinstance(raw, str):
        text = raw[1:] if raw.startswith("[[") else raw
        if text is not raw or not (raw.startswith("[") and raw.endswith("]")):
            yield place, text, value
    elif raw is None or isinstance(raw, bool | int | float):
        yield place, raw, value
    elif isinstance(raw, dict | list) and not isinstance(value, Unknown):
        empty = all(isinstance(option, Unknown) for option in alternatives(value))
        if raw and not empty:
            yield place, raw, value
