"""Texts that a tool fills in before they are deployed: ``${NAME}``, ``#{NAME}#`` and their like."""

from __future__ import annotations

from dataclasses import replace

from kvlint.evaluate.values import ListValue, MapValue, PartialText, Scalar, Unknown, Value
from kvlint.syntax.placeholders import placeholder_ranges


def with_placeholders(value: Value) -> Value:
    """The value with unknown parts where its texts hold placeholders."""
    if isinstance(value, ListValue):
        return replace(value, items=tuple(with_placeholders(item) for item in value.items))
    if isinstance(value, MapValue):
        return replace(value, entries={key: with_placeholders(one) for key, one in value.entries.items()})
    if not isinstance(value, Scalar) or not isinstance(value.data, str):
        return value
    parts: list[Value] = []
    end = 0
    for start, stop in placeholder_ranges(value.data):
        if start > end:
            parts.append(Scalar(value.data[end:start], span=value.span))
        text = value.data[start:stop]
        path = value.span.path if value.span is not None else ""
        parts.append(Unknown(f"placeholder {text[:60]}", span=value.span, key=("placeholder", path, text)))
        end = stop
    if not parts:
        return value
    if end < len(value.data):
        parts.append(Scalar(value.data[end:], span=value.span))
    return parts[0] if len(parts) == 1 else PartialText(tuple(parts), span=value.span)
