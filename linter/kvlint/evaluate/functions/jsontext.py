"""JSON text as Terraform writes it."""

from __future__ import annotations

import json

from kvlint.evaluate.functions.arguments import NotKnown, too_big
from kvlint.evaluate.operators import MAX_TEXT, scalar_text
from kvlint.evaluate.values import ListValue, MapValue, Scalar, Value

_ESCAPED = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029", "\x7f": "\x7f"}
)


def json_text(value: Value) -> str:
    """The JSON text of a value that is known in every part."""
    pieces: list[str] = []
    _write(value, pieces, [MAX_TEXT])
    return "".join(pieces)


def _write(value: Value, pieces: list[str], left: list[int]) -> None:
    match value:
        case Scalar(data=None):
            _put("null", pieces, left)
        case Scalar(data=str() as text):
            _put(quoted(text), pieces, left)
        case Scalar(data=data):
            _put(scalar_text(data) or "", pieces, left)
        case ListValue(items=items):
            for number, item in enumerate(items):
                _put("," if number else "[", pieces, left)
                _write(item, pieces, left)
            _put("]" if items else "[]", pieces, left)
        case MapValue(entries=entries):
            for number, name in enumerate(sorted(entries)):
                _put("," if number else "{", pieces, left)
                _put(quoted(name) + ":", pieces, left)
                _write(entries[name], pieces, left)
            _put("}" if entries else "{}", pieces, left)
        case _:
            raise NotKnown("", value)


def _put(piece: str, pieces: list[str], left: list[int]) -> None:
    left[0] -= len(piece)
    if left[0] < 0:
        raise too_big()
    pieces.append(piece)


def quoted(text: str) -> str:
    """A text as a JSON string."""
    return json.dumps(text, ensure_ascii=False).translate(_ESCAPED)
