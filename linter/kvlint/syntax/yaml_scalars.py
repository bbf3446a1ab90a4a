"""The types of plain YAML scalars and tags, as Kubernetes reads them.

Its YAML reader follows YAML 1.2 for words (``yes`` and ``on`` are text) and Go's number
syntax for integers (``010`` and ``0o10`` are eight).
"""

from __future__ import annotations

import re

from kvlint.source import Source
from kvlint.syntax.expr import Expr, Hole, Literal, ScalarData
from kvlint.syntax.numbers import exact_number

_CORE = "tag:yaml.org,2002:"
_STRING_TAGS = frozenset({"!", f"{_CORE}str"})
_PLAIN_TAGS = frozenset(f"{_CORE}{name}" for name in ("int", "float", "bool", "null"))
_COLLECTION_TAGS = frozenset({"!", f"{_CORE}map", f"{_CORE}seq", f"{_CORE}omap", f"{_CORE}set"})

_WORDS: dict[str, ScalarData] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z")
_BASED = re.compile(r"([-+]?)0(?:[xX]([0-9a-fA-F]{1,64})|[oO]?([0-7]{1,64})|[bB]([01]{1,64}))\Z")
_BASES = (16, 8, 2)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")


def plain_value(text: str) -> ScalarData:
    """The value of a plain scalar; numbers beyond what can be represented stay text."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "0123456789+-.":
        return text
    digits = text.replace("_", "")
    if _INTEGER.match(digits):
        return _number(digits, text)
    based = _BASED.match(digits)
    if based:
        value = next(int(part, base) for part, base in zip(based.groups()[1:], _BASES, strict=True) if part)
        return -value if based[1] == "-" else value
    return _number(digits, text) if _FLOAT.match(digits) else text


def _number(digits: str, text: str) -> ScalarData:
    number = exact_number(digits)
    return text if number is None else number


def tagged_scalar(source: Source, start: int, end: int, tag: str, text: str) -> Expr:
    """The node of a scalar with a tag; one that an application defines is unknown."""
    if tag in _STRING_TAGS:
        return Literal(source, start, end, text)
    if tag in _PLAIN_TAGS:
        return Literal(source, start, end, plain_value(text))
    return Hole(source, start, end, tag_reason(tag))


def is_collection_tag(tag: str) -> bool:
    """Whether a collection with this tag is still the plain collection it shows."""
    return tag in _COLLECTION_TAGS


def tag_reason(tag: str) -> str:
    """Why a value with this tag is unknown."""
    return f"tag {tag.replace(_CORE, '!!')[:40]}"
