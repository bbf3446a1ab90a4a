"""``format``: the composite format strings of .NET."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from kvlint.evaluate.combine import combinations, keyed, one_of, reason_of, sources_of
from kvlint.evaluate.functions.arguments import Arguments, NotKnown, Wrong, special, too_big
from kvlint.evaluate.functions.arm.common import text
from kvlint.evaluate.jsonform import interpolated, text_of_parts
from kvlint.evaluate.operators import MAX_TEXT
from kvlint.evaluate.placeholders import with_placeholders
from kvlint.evaluate.scope import Function, FunctionCall
from kvlint.evaluate.values import Scalar, Unknown, Value, alternatives
from kvlint.syntax.expr import Literal

_PIECE = re.compile(
    r"(?P<text>(?:[^{}]|\{\{|\}\})+)"
    r"|\{(?P<index>\d{1,7})\s*(?:,\s*(?P<width>-?\d{1,7})\s*)?(?::(?P<format>[^{}]*))?\}"
)
_STANDARD = re.compile(r"([DdXx])(\d{0,3})")
_ZEROS = re.compile(r"0+")


def _format(arguments: Arguments, call: FunctionCall) -> Value:
    """A plain ``{0}`` of something that is not known stays as a part of the result."""
    if not arguments:
        raise Wrong("the number of arguments is wrong")
    patterns = alternatives(arguments[0])
    node = call.node.arguments[0]
    if isinstance(node, Literal):
        # Its doubled braces look like placeholders, so its value may not be known.
        patterns = (Scalar(node.value, span=node.span),)
    results = [_filled(pattern, arguments[1:], call) for pattern in patterns]
    return one_of(results, call.span)


def _filled(pattern: Value, given: Sequence[Value], call: FunctionCall) -> Value:
    pieces = _pieces(text(pattern), len(given))
    ways = combinations(given)
    if ways is None:
        return _joined(pieces, given, pattern, call)
    return one_of([_joined(pieces, way, pattern, call) for way in ways], call.span)


def _pieces(pattern: str, given: int) -> list[str | re.Match[str]]:
    """The pieces of a format string: texts, and items with the number of their argument."""
    pieces: list[str | re.Match[str]] = []
    position = 0
    while position < len(pattern):
        match = _PIECE.match(pattern, position)
        if match is None:
            raise Wrong("the format is not valid")
        position = match.end()
        if match["text"] is not None:
            pieces.append(match["text"].replace("{{", "{").replace("}}", "}"))
            continue
        if int(match["index"]) >= given:
            raise Wrong("there are fewer arguments than the format uses")
        if abs(int(match["width"] or 0)) > MAX_TEXT:
            raise too_big()
        pieces.append(match)
    return pieces


def _joined(
    pieces: Sequence[str | re.Match[str]], given: Sequence[Value], pattern: Value, call: FunctionCall
) -> Value:
    place = pattern.span or call.span
    parts: list[Value] = []
    length = 0
    for piece in pieces:
        if isinstance(piece, str):
            parts.append(with_placeholders(Scalar(piece, span=place, steps=pattern.steps)))
            continue
        part = _item(piece, given[int(piece["index"])], call)
        length += len(part.data) if isinstance(part, Scalar) and isinstance(part.data, str) else 0
        if length > MAX_TEXT:
            raise too_big()
        parts.append(part)
    return text_of_parts(parts, call.span)


def _item(item: re.Match[str], argument: Value, call: FunctionCall) -> Value:
    layout, width = item["format"], int(item["width"] or 0)
    shown: Value = argument
    if layout and isinstance(argument, Scalar) and isinstance(argument.data, int | bool):
        shown = Scalar(_number(argument.data, layout), span=call.span, sources=(argument,))
    elif layout and not isinstance(argument, Scalar):
        return _unknown_item(item, argument, call)
    shown = interpolated(shown, call.span)
    if not width:
        return shown
    if not isinstance(shown, Scalar) or not isinstance(shown.data, str):
        return _unknown_item(item, argument, call)
    padded = shown.data.rjust(width) if width > 0 else shown.data.ljust(-width)
    return Scalar(padded, span=call.span, sources=sources_of((shown,)))


def _unknown_item(item: re.Match[str], argument: Value, call: FunctionCall) -> Value:
    if isinstance(argument, Unknown) and argument.failed:
        return argument
    unknown = Unknown(reason_of(argument), span=call.span, sources=sources_of((argument,)))
    return keyed(unknown, "format", (Scalar(item.group()), argument))


def _number(number: int, layout: str) -> str:
    if isinstance(number, bool):
        return "True" if number else "False"
    sign = "-" if number < 0 else ""
    standard = _STANDARD.fullmatch(layout)
    if standard is not None:
        digits = int(standard[2] or 0)
        if standard[1] in "Dd":
            return sign + str(abs(number)).zfill(digits)
        if number < 0:
            raise NotKnown("this format of a negative number is not supported")
        return format(number, standard[1]).zfill(digits)
    if _ZEROS.fullmatch(layout):
        return sign + str(abs(number)).zfill(len(layout))
    raise NotKnown("this format of a number is not supported")


FORMATTING: Mapping[str, Function] = {
    "format": Function(special(_format).compute, choices=True),
}
