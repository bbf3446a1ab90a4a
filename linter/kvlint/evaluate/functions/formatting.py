"""``format`` and ``formatlist``: the verbs of Terraform's format strings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from kvlint.evaluate.functions.arguments import (
    MAX_ITEMS,
    NotKnown,
    Wrong,
    boolean,
    number,
    settled,
    special,
    text,
    too_big,
    whole,
)
from kvlint.evaluate.functions.jsontext import json_text
from kvlint.evaluate.numbers import Number, number_text
from kvlint.evaluate.operators import MAX_TEXT, joined_text
from kvlint.evaluate.scope import Function, FunctionCall
from kvlint.evaluate.values import ListKind, ListValue, PartialText, Scalar, Symbol, Unknown, Value, is_null

_VERB = re.compile(
    r"%(?P<flags>[-+ #0]*)(?P<width>\d+)?(?:\.(?P<precision>\d*))?(?:\[(?P<index>\d+)\])?(?P<verb>[a-zA-Z%])"
)
_INTEGER_VERBS = {"d": "d", "b": "b", "o": "o", "x": "x", "X": "X"}


class _Verbs:
    """The pieces of a format string: texts, and verbs with the number of their argument."""

    def __init__(self, pattern: str) -> None:
        self.pieces: list[str | tuple[re.Match[str], int]] = []
        self.used = 0
        position = following = 0
        while (start := pattern.find("%", position)) >= 0:
            self.pieces.append(pattern[position:start])
            verb = _VERB.match(pattern, start)
            if verb is None:
                raise Wrong("the format is not valid")
            position = verb.end()
            if verb["verb"] == "%":
                self.pieces.append("%")
                continue
            if int(verb["width"] or 0) > MAX_TEXT or int(verb["precision"] or 0) > MAX_TEXT:
                raise too_big()
            if verb["index"]:
                following = int(verb["index"]) - 1
            self.pieces.append((verb, following))
            following += 1
            self.used = max(self.used, following)
        self.pieces.append(pattern[position:])


def _format(arguments: tuple[Value, ...], call: FunctionCall) -> Value:
    """A ``%s`` or ``%v`` of a text that is not known stays as a part of the result."""
    if not arguments:
        raise Wrong("the number of arguments is wrong")
    verbs = _Verbs(text(arguments[0]))
    given = arguments[1:]
    return _filled(verbs, given, call, arguments)


def _filled(verbs: _Verbs, given: Sequence[Value], call: FunctionCall, sources: Sequence[Value]) -> Value:
    if verbs.used > len(given):
        raise Wrong("there are fewer arguments than the format uses")
    if verbs.used < len(given):
        raise Wrong("there are more arguments than the format uses")
    parts: list[Value] = []
    place = sources[0].span or call.span
    for piece in verbs.pieces:
        if isinstance(piece, str):
            if piece:
                parts.append(Scalar(piece, span=place))
            continue
        verb, index = piece
        if not 0 <= index < len(given):
            raise Wrong("there is no such argument")
        parts.append(_one(verb, given[index], call))
    return joined_text(parts, call.span)


def _one(verb: re.Match[str], argument: Value, call: FunctionCall) -> Value:
    if isinstance(argument, Unknown) and argument.failed:
        raise NotKnown("", argument)
    if isinstance(argument, PartialText | Symbol | Unknown):
        if verb.group() in ("%s", "%v"):
            return argument
        raise NotKnown("", argument)
    if is_null(argument):
        raise NotKnown("an argument is null")
    shown = _shown(verb, argument)
    if isinstance(argument, Scalar) and argument.data == shown:
        return argument
    return Scalar(shown, span=call.span, sources=(argument,))


def _shown(verb: re.Match[str], argument: Value) -> str:
    flags, letter = verb["flags"], verb["verb"]
    precision = None if verb["precision"] is None else int(verb["precision"] or 0)
    if letter == "v":
        letter = _default_verb(argument)
        if "#" in flags:
            return _padded(json_text(settled(argument)), verb)
    match letter:
        case "s" | "q":
            shown = text(argument)
            if precision is not None:
                shown = shown[:precision]
            return _padded(json_text(Scalar(shown)) if letter == "q" else shown, verb)
        case "t":
            # Terraform does not look at the width here.
            return "true" if boolean(argument) else "false"
        case "j":
            return _padded(json_text(settled(argument)), verb)
        case "g" if precision is None and not flags.strip("-"):
            return _padded(_shortest(number(argument)), verb)
        case "d" | "b" | "o" | "x" | "X":
            return _number(verb, format(_integer(argument), _INTEGER_VERBS[letter]), number(argument))
        case "f" | "e" | "E":
            return _decimal(verb, letter, 6 if precision is None else precision, number(argument))
        case "g" | "G":
            raise NotKnown("this format of a number is not supported")
    raise Wrong("the format has an unknown verb")


def _integer(argument: Value) -> int:
    """The magnitude of a whole number."""
    return abs(whole(argument))


def _default_verb(argument: Value) -> str:
    if isinstance(argument, Scalar) and argument.data is not None:
        if isinstance(argument.data, bool):
            return "t"
        return "s" if isinstance(argument.data, str) else "g"
    return "j"


def _shortest(value: Number) -> str:
    """As Go's ``%g``: an exponent where it is under -4 or over 5."""
    decimal = Decimal(value)
    exponent = decimal.adjusted()
    if not value or -4 <= exponent < 6:
        return number_text(value)
    digits = "".join(map(str, decimal.as_tuple().digits)).rstrip("0")
    sign = "-" if value < 0 else ""
    point = "." if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{point}{digits[1:]}e{exponent:+03}"


def _decimal(verb: re.Match[str], letter: str, precision: int, value: Number) -> str:
    if precision > 300:
        raise too_big()
    magnitude = abs(Decimal(value)) if isinstance(value, int) else value.copy_abs()
    digits = format(magnitude, f".{precision}{letter}")
    if letter != "f":
        mantissa, _, exponent = digits.partition(letter)
        digits = f"{mantissa}{letter}{int(exponent):+03}"
    return _number(verb, digits, value)


def _number(verb: re.Match[str], digits: str, value: Number) -> str:
    flags = verb["flags"]
    if "#" in flags or (verb["precision"] is not None and verb["verb"] in _INTEGER_VERBS):
        raise NotKnown("this format of a number is not supported")
    sign = "-" if value < 0 else "+" if "+" in flags else " " if " " in flags else ""
    width = int(verb["width"] or 0)
    if "0" in flags and "-" not in flags:
        digits = digits.rjust(width - len(sign), "0")
    return _padded(sign + digits, verb)


def _padded(shown: str, verb: re.Match[str]) -> str:
    width = int(verb["width"] or 0)
    if width > len(shown) and not shown.isascii():
        raise NotKnown("the width of a text outside of ASCII is not known")
    if "-" in verb["flags"]:
        return shown.ljust(width)
    zeros = "0" in verb["flags"] and not shown.startswith(("-", "+", " "))
    return shown.rjust(width, "0" if zeros else " ")


def _formatlist(arguments: tuple[Value, ...], call: FunctionCall) -> Value:
    if not arguments:
        raise Wrong("the number of arguments is wrong")
    verbs = _Verbs(text(arguments[0]))
    rounds = None
    for argument in arguments[1:]:
        if isinstance(argument, ListValue):
            if argument.rest is not None:
                raise NotKnown("", argument.rest)
            if rounds is not None and rounds != len(argument.items):
                raise Wrong("the lists have different lengths")
            rounds = len(argument.items)
        elif isinstance(argument, Unknown | Symbol):
            raise NotKnown("", argument)
    if rounds is None:
        rounds = 1
    if rounds > MAX_ITEMS:
        raise too_big()
    items = []
    for number_ in range(rounds):
        given = [each.items[number_] if isinstance(each, ListValue) else each for each in arguments[1:]]
        items.append(_filled(verbs, given, call, arguments))
    return ListValue(tuple(items), ListKind.LIST, span=call.span)


FORMATTING: Mapping[str, Function] = {"format": special(_format), "formatlist": special(_formatlist)}
