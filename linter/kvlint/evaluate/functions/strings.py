"""Text functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from kvlint.evaluate.conversion import LIST_OF_TEXT, convert
from kvlint.evaluate.functions.arguments import (
    NotKnown,
    Result,
    Wrong,
    plain,
    sequence,
    special,
    text,
    too_big,
    whole,
)
from kvlint.evaluate.functions.patterns import Pattern
from kvlint.evaluate.operators import MAX_TEXT, joined_text
from kvlint.evaluate.scope import Function, FunctionCall
from kvlint.evaluate.values import Scalar, Value

#: What Go calls white space.
_SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"

T = TypeVar("T")


def graphemes(value: str) -> list[str]:
    """What a person sees as characters.

    Not known for scripts and signs where several code points make one.
    """
    if value.isascii():
        return re.findall("\r\n|.", value, re.DOTALL)
    if any(ord(character) > 0x2FF and not 0x3041 <= ord(character) <= 0x9FFF for character in value):
        raise NotKnown("the text has characters of several code points")
    return re.findall("\r\n|.", value, re.DOTALL)


def _cased(convert_one: Callable[[str], str]) -> Function:
    def compute(value: str) -> str:
        if value.isascii():
            return convert_one(value)
        if "İ" in value or "ı" in value:
            raise NotKnown("the case of a letter depends on the language")
        changed = (convert_one(character) for character in value)
        return "".join(new if len(new) == 1 else old for old, new in zip(value, changed, strict=True))

    return plain(compute, text)


def _title(value: str) -> str:
    pieces = []
    previous = " "
    for character in value:
        begins = not (previous.isalnum() or previous == "_") and (previous.isascii() or previous.isspace())
        upper = character.upper()
        pieces.append(upper if begins and len(upper) == 1 else character)
        previous = character
    return "".join(pieces)


def _substring(value: str, offset: int, length: int) -> str:
    characters = graphemes(value)
    if offset < 0:
        offset = max(len(characters) + offset, 0)
    if length < 0:
        return "".join(characters[offset:])
    return "".join(characters[offset : offset + length])


def _replace(value: str, old: str, new: str) -> str:
    if len(old) > 1 and old.startswith("/") and old.endswith("/"):
        return Pattern(old[1:-1]).replace(value, new)
    if value.count(old) * max(len(new) - len(old), 0) + len(value) > MAX_TEXT:
        raise too_big()
    return value.replace(old, new)


def _indent(spaces: int, value: str) -> str:
    if spaces < 0:
        raise NotKnown("the indentation is negative")
    if value.count("\n") * spaces + len(value) > MAX_TEXT:
        raise too_big()
    return value.replace("\n", "\n" + " " * spaces)


def _split(separator: str, value: str) -> Result:
    return value.split(separator) if separator else list(value)


def _join(arguments: tuple[Value, ...], call: FunctionCall) -> Value:
    """Unknown elements make a partial text; a list that may have more is unknown."""
    if len(arguments) < 2:
        raise Wrong("the number of arguments is wrong")
    separator = Scalar(text(arguments[0]), span=arguments[0].span)
    parts: list[Value] = []
    for argument in arguments[1:]:
        found = sequence(convert(argument, LIST_OF_TEXT))
        if found.rest is not None:
            raise NotKnown("", found.rest)
        for item in found.items:
            if isinstance(item, Scalar) and item.data is None:
                raise Wrong("an element is null")
            parts += [separator, item]
    return joined_text(parts[1:], call.span)


def _trim(strip: Callable[[str, str], str]) -> Function:
    return plain(strip, text, text)


STRINGS: Mapping[str, Function] = {
    "chomp": plain(lambda value: value.rstrip("\r\n"), text),
    "endswith": plain(lambda value, end: value.endswith(end), text, text),
    "indent": plain(_indent, whole, text),
    "join": special(_join),
    "lower": _cased(str.lower),
    "replace": plain(_replace, text, text, text),
    "split": plain(_split, text, text),
    "startswith": plain(lambda value, begin: value.startswith(begin), text, text),
    "strcontains": plain(lambda value, part: part in value, text, text),
    "strrev": plain(lambda value: "".join(reversed(graphemes(value))), text),
    "substr": plain(_substring, text, whole, whole),
    "title": plain(_title, text),
    "trim": _trim(str.strip),
    "trimprefix": _trim(str.removeprefix),
    "trimspace": plain(lambda value: value.strip(_SPACES), text),
    "trimsuffix": _trim(str.removesuffix),
    "upper": _cased(str.upper),
}
