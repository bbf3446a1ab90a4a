"""Text functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from kvlint.evaluate.combine import each_way
from kvlint.evaluate.conversion import LIST_OF_TEXT, convert
from kvlint.evaluate.functions.arguments import (
    Arguments,
    NotKnown,
    Wrong,
    arity,
    guarded,
    made,
    plain,
    sequence,
    special,
    text,
    text_list,
    too_big,
    whole,
)
from kvlint.evaluate.functions.ids import (
    beginning,
    holds_ids,
    in_full,
    is_recased,
    respelled,
    split_partial,
    with_case,
)
from kvlint.evaluate.functions.patterns import Pattern
from kvlint.evaluate.operators import MAX_TEXT, joined_text
from kvlint.evaluate.scope import Function, FunctionCall
from kvlint.evaluate.values import ListKind, PartialText, Scalar, Value

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

    def of_ids(arguments: Arguments, call: FunctionCall) -> Value:
        arity(arguments, 1)
        return with_case(arguments[0], compute, call.node.name, call.span)

    return _unless_ids(plain(compute, text), of_ids)


def _unless_ids(function: Function, of_ids: Callable[[Arguments, FunctionCall], Value]) -> Function:
    """A function of texts that does something else if its first argument is an id, or begins with one."""
    compute = guarded(of_ids)

    def choose(arguments: Arguments, call: FunctionCall) -> Value:
        asked = bool(arguments) and not isinstance(arguments[0], Scalar) and holds_ids(arguments[0])
        return compute(arguments, call) if asked else function.compute(arguments, call)

    return Function(choose)


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


def _substr(arguments: Arguments, call: FunctionCall) -> Value:
    """Also what stands at the beginning of a text of which no more is known."""
    arity(arguments, 3)
    begin, (offset, length) = beginning(arguments[0], call.span), map(whole, arguments[1:])
    within = offset >= 0 and length >= 0 and offset + length <= len(begin) and begin.isascii()
    return made(_substring(begin if within else text(arguments[0]), offset, length), arguments, call)


def _starts_with(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 2)
    begin, wanted = beginning(arguments[0], call.span), text(arguments[1])
    told = begin and (len(begin) >= len(wanted) or not wanted.startswith(begin))
    known = begin if told else text(arguments[0])
    return made(known.startswith(wanted), arguments, call)


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


def _replace_in_id(arguments: Arguments, call: FunctionCall) -> Value:
    """What only changes the case of an id leaves it what it is."""
    arity(arguments, 3)
    value, old, new = arguments[0], text(arguments[1]), text(arguments[2])
    is_pattern = len(old) > 1 and old.startswith("/") and old.endswith("/")
    if not is_recased(old, new) or is_pattern or isinstance(value, PartialText):
        raise NotKnown("", value)
    return respelled(value, "replace", old, new)


def _same_id(arguments: Arguments, call: FunctionCall) -> Value:
    """There is no white space about an id."""
    arity(arguments, 1)
    if isinstance(arguments[0], PartialText):
        raise NotKnown("", arguments[0])
    return arguments[0]


def _trim_id(arguments: Arguments, call: FunctionCall) -> Value:
    """There is no slash at the end of an id."""
    arity(arguments, 2)
    value = arguments[0]
    if text(arguments[1]) != "/" or isinstance(value, PartialText):
        raise NotKnown("", value)
    return value


def _split(arguments: Arguments, call: FunctionCall) -> Value:
    """All pieces of a resource's id, and of another text those before what is not known of it."""
    arity(arguments, 2)
    separator = text(arguments[0])

    def pieces(value: str) -> list[str]:
        return value.split(separator) if separator else list(value)

    def split(value: Value) -> Value:
        if isinstance(value, PartialText) and len(separator) == 1:
            by_slash = separator == "/"
            return split_partial(value, pieces, call, ListKind.LIST, by_slash=by_slash)
        return text_list(pieces(text(value)), (value,), call)

    full = in_full(arguments[1], call.span) if separator == "/" else arguments[1]
    return each_way((full,), split, call.span)


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
    "chomp": _unless_ids(plain(lambda value: value.rstrip("\r\n"), text), _same_id),
    "endswith": plain(lambda value, end: value.endswith(end), text, text),
    "indent": plain(_indent, whole, text),
    "join": special(_join),
    "lower": _cased(str.lower),
    "replace": _unless_ids(plain(_replace, text, text, text), _replace_in_id),
    "split": special(_split),
    "startswith": special(_starts_with),
    "strcontains": plain(lambda value, part: part in value, text, text),
    "strrev": plain(lambda value: "".join(reversed(graphemes(value))), text),
    "substr": special(_substr),
    "title": plain(_title, text),
    "trim": _trim(str.strip),
    "trimprefix": _trim(str.removeprefix),
    "trimspace": _unless_ids(plain(lambda value: value.strip(_SPACES), text), _same_id),
    "trimsuffix": _unless_ids(_trim(str.removesuffix), _trim_id),
    "upper": _cased(str.upper),
}
