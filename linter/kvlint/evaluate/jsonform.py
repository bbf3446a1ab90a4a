"""How Azure Resource Manager writes values as text: JSON, and the parts of interpolated strings."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from kvlint.evaluate.access import contents
from kvlint.evaluate.combine import keyed, sources_of, too_large, unknown_of
from kvlint.evaluate.operators import MAX_TEXT, joined_text
from kvlint.evaluate.values import ListValue, MapValue, PartialText, Scalar, Symbol, Unknown, Value
from kvlint.source import Span
from kvlint.syntax.expr import ScalarData

_MAX_DEPTH = 100
#: Texts of more parts are not known at all.
_MAX_PARTS = 1_000

_ESCAPES = {
    "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t",
    "\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029",
    **{chr(code): f"\\u{code:04x}" for code in range(32) if chr(code) not in "\b\f\n\r\t"},
}  # fmt: skip
_TABLES = {quote: str.maketrans(_ESCAPES | {quote: "\\" + quote}) for quote in "\"'"}


class UnknownPartError(Exception):
    """A part of the value is not known; ``part`` is it, ``None`` where the text is too long."""

    def __init__(self, part: Value | None) -> None:
        super().__init__()
        self.part = part


def scalar_form(data: ScalarData) -> str:
    """A scalar in a text: nothing for null, booleans with a capital."""
    if data is None:
        return ""
    if isinstance(data, bool):
        return "True" if data else "False"
    return format(data, "f") if isinstance(data, Decimal) else str(data)


def json_form(value: Value, quote: str = '"') -> str:
    """The compact JSON text of a value; raises :class:`UnknownPartError`."""
    pieces: list[str] = []
    _write(value, quote, pieces, [MAX_TEXT], _MAX_DEPTH)
    return "".join(pieces)


def _write(value: Value, quote: str, pieces: list[str], left: list[int], depth: int) -> None:
    if depth == 0:
        raise UnknownPartError(None)
    match contents(value):
        case Scalar(data=str() as text):
            _put(_quoted(text, quote), pieces, left)
        case Scalar(data=None):
            _put("null", pieces, left)
        case Scalar(data=bool() as truth):
            _put("true" if truth else "false", pieces, left)
        case Scalar(data=data):
            _put(scalar_form(data), pieces, left)
        case ListValue(items=items, rest=None):
            for number, item in enumerate(items):
                _put("," if number else "[", pieces, left)
                _write(item, quote, pieces, left, depth - 1)
            _put("]" if items else "[]", pieces, left)
        case MapValue(entries=entries, rest=None):
            for number, (name, entry) in enumerate(entries.items()):
                _put("," if number else "{", pieces, left)
                _put(_quoted(name, quote) + ":", pieces, left)
                _write(entry, quote, pieces, left, depth - 1)
            _put("}" if entries else "{}", pieces, left)
        case ListValue(rest=Unknown() as rest) | MapValue(rest=Unknown() as rest):
            raise UnknownPartError(rest)
        case _:
            raise UnknownPartError(value)


def _quoted(text: str, quote: str) -> str:
    return quote + text.translate(_TABLES[quote]) + quote


def _put(piece: str, pieces: list[str], left: list[int]) -> None:
    left[0] -= len(piece)
    if left[0] < 0:
        raise UnknownPartError(None)
    pieces.append(piece)


def interpolated(value: Value, span: Span) -> Value:
    """A value as a part of an interpolated string: a text, or what is not known of one."""
    match value:
        case Scalar(data=str()):
            return value
        case Scalar(data=data):
            return Scalar(scalar_form(data), span=value.span, steps=value.steps, sources=value.sources)
        case Unknown() | Symbol() | PartialText():
            return value
    try:
        return Scalar(json_form(value, "'"), span=span, sources=sources_of((value,)))
    except UnknownPartError as unknown:
        if unknown.part is None:
            return too_large(span, (value,))
        found = unknown_of((unknown.part,), span)
        found.sources = sources_of((value,))
        return keyed(found, "string", (value,))


def text_of_parts(parts: Sequence[Value], span: Span) -> Value:
    """The text of an interpolated string; what stands there alone and is not known stays itself."""
    if sum(len(part.parts) if isinstance(part, PartialText) else 1 for part in parts) > _MAX_PARTS:
        return too_large(span, parts)
    found = joined_text([interpolated(part, span) for part in parts], span)
    if isinstance(found, PartialText) and len(found.parts) == 1:
        return found.parts[0]
    return found
