"""``yamldecode`` and ``yamlencode``."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kvlint.evaluate.functions.arguments import (
    MAX_ITEMS,
    NotKnown,
    Result,
    Wrong,
    plain,
    settled,
    text,
    too_big,
)
from kvlint.evaluate.numbers import canonical
from kvlint.evaluate.operators import MAX_TEXT, scalar_text
from kvlint.evaluate.scope import Function
from kvlint.evaluate.values import ListValue, MapValue, Scalar, Value
from kvlint.source import Source
from kvlint.syntax.expr import Array, Expr, Literal, Object
from kvlint.syntax.yaml import read_yaml

_MAX_DEPTH = 60
_BOOLEANS = {
    form: truth
    for truth, words in ((True, ("y", "yes", "on")), (False, ("n", "no", "off")))
    for word in words
    for form in (word, word.capitalize(), word.upper())
}
#: Plain scalars that versions of YAML read differently.
_AMBIGUOUS = re.compile(
    r"[-+]?0[0-9_]+|[-+]?0[box].*|\d{4}-\d\d?-\d\d?.*|[-+\d][\d_:]*[_:][\d_.:]*|[-+]?\.(?:inf|nan)|=|<<",
    re.IGNORECASE,
)


def _yamldecode(value: str) -> Result:
    found = read_yaml(Source("yamldecode", value))
    if found.problems:
        raise Wrong("it is not YAML") if len(found.documents) < 2 else NotKnown("the text cannot be read")
    documents = found.documents
    if len(documents) > 1:
        raise Wrong("there are several documents")
    if not documents:
        raise NotKnown("there is no document")
    if "<<" in value or "&" in value:
        raise NotKnown("anchors and merge keys are not supported")
    return _value_of(documents[0], _MAX_DEPTH, [MAX_ITEMS])


def _value_of(node: Expr, depth: int, left: list[int]) -> Value:
    left[0] -= 1
    if depth == 0 or left[0] < 0:
        raise too_big()
    match node:
        case Literal(value=data):
            written = node.span.text
            if written in _BOOLEANS:
                return Scalar(_BOOLEANS[written])
            if _AMBIGUOUS.fullmatch(written):
                raise NotKnown("versions of YAML differ about a value")
            return Scalar(canonical(data))
        case Array(items=items):
            return ListValue(tuple([_value_of(item, depth - 1, left) for item in items]))
        case Object(items=items):
            entries: dict[str, Value] = {}
            for item in items:
                key = _value_of(item.key, depth - 1, left)
                name = scalar_text(key.data) if isinstance(key, Scalar) else None
                if name is None or name in entries:
                    raise NotKnown("a key is not plain")
                entries[name] = _value_of(item.value, depth - 1, left)
            return MapValue(entries)
    raise NotKnown("a part of the text cannot be read")


def _yamlencode(value: Value) -> Result:
    lines: list[str] = []
    _write(value, lines, "", "", [MAX_TEXT])
    if isinstance(value, Scalar) and not isinstance(value.data, str):
        lines.append("...")
    return "\n".join(lines) + "\n"


def _write(value: Value, lines: list[str], first: str, indent: str, left: list[int]) -> None:
    """Write a value whose first line begins with ``first``, further ones with ``indent``."""
    if isinstance(value, ListValue) and value.items:
        for number, item in enumerate(value.items):
            _write(item, lines, (first if not number else indent) + "- ", indent + "  ", left)
    elif isinstance(value, MapValue) and value.entries:
        for number, name in enumerate(sorted(value.entries)):
            begin = (first if not number else indent) + _plain(name) + ":"
            item = value.entries[name]
            if isinstance(item, MapValue) and item.entries:
                _line(begin, lines, left)
                _write(item, lines, indent + "  ", indent + "  ", left)
            elif isinstance(item, ListValue) and item.items:
                _line(begin, lines, left)
                _write(item, lines, indent, indent, left)
            else:
                _write(item, lines, begin + " ", indent, left)
    else:
        _line(first + _scalar(value), lines, left)


def _line(line: str, lines: list[str], left: list[int]) -> None:
    left[0] -= len(line)
    if left[0] < 0:
        raise too_big()
    lines.append(line)


def _scalar(value: Value) -> str:
    match value:
        case ListValue():
            return "[]"
        case MapValue():
            return "{}"
        case Scalar(data=None):
            return "null"
        case Scalar(data=str() as written):
            return _plain(written)
        case Scalar(data=data):
            return scalar_text(data) or ""
    raise NotKnown("", value)


def _plain(written: str) -> str:
    if "\n" in written or not written.isascii() or not written.isprintable():
        raise NotKnown("the layout of a text of several lines or with special signs is not known")
    return '"' + written.replace("\\", "\\\\").replace('"', '\\"') + '"'


YAML: Mapping[str, Function] = {
    "yamldecode": plain(_yamldecode, text),
    "yamlencode": plain(_yamlencode, settled),
}
