"""Functions of texts, some of which take lists too.

What is known of a partly known text is used where the answer is then certain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from kvlint.evaluate.access import contents
from kvlint.evaluate.combine import combinations, each_way, one_of, sources_of, unknown_of
from kvlint.evaluate.functions.arguments import (
    Arguments,
    NotKnown,
    Wrong,
    arity,
    plain,
    special,
    too_big,
    whole_sequence,
)
from kvlint.evaluate.functions.arm.common import (
    bounded,
    by_parts,
    derived,
    json_text,
    leading,
    text,
    texts_of,
    trailing,
    units,
    whole,
)
from kvlint.evaluate.functions.ids import (
    holds_ids,
    in_full,
    is_id,
    is_recased,
    respelled,
    split_partial,
    with_case,
)
from kvlint.evaluate.growing import joined_lists
from kvlint.evaluate.jsonform import scalar_form, text_of_parts
from kvlint.evaluate.operators import MAX_TEXT, joined_text
from kvlint.evaluate.scope import Function, FunctionCall
from kvlint.evaluate.values import (
    ListKind,
    ListValue,
    MapValue,
    PartialText,
    Scalar,
    Symbol,
    Unknown,
    Value,
    alternatives,
    following,
)


def _concat(arguments: Arguments, call: FunctionCall) -> Value:
    """Lists or texts; what is neither known to be takes the side of the others."""
    if not arguments:
        raise Wrong("the number of arguments is wrong")
    held = [contents(option) for argument in arguments for option in alternatives(argument)]
    if any(isinstance(one, ListValue) for one in held):
        return joined_lists(arguments, call.span)
    if not any(isinstance(one, Scalar | PartialText | MapValue) for one in held):
        if len(arguments) == 1:
            return arguments[0]
        return unknown_of(arguments, call.span)
    ways = combinations(arguments)
    if ways is None:
        return text_of_parts(arguments, call.span)
    return one_of([text_of_parts(way, call.span) for way in ways], call.span)


def _cased(name: str, convert: Callable[[str], str]) -> Function:
    def compute_text(written: str) -> str:
        if written.isascii():
            return convert(written)
        changed = [convert(character) for character in written]
        return "".join(new if len(new) == 1 else old for old, new in zip(written, changed, strict=True))

    return _part_by_part(name, compute_text)


def _part_by_part(name: str, compute_text: Callable[[str], str]) -> Function:
    """A function that does to a text what it does to its parts."""

    def compute(arguments: Arguments, call: FunctionCall) -> Value:
        arity(arguments, 1)
        value = arguments[0]
        if not isinstance(value, Scalar) and holds_ids(value):
            return with_case(value, compute_text, name, call.span)
        if isinstance(value, PartialText):
            return by_parts(value, compute_text, call, name)
        return derived(compute_text(text(value)), call, value)

    return special(compute)


def _trim(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 1)
    value = arguments[0]
    if is_id(value):
        return value
    if isinstance(value, PartialText):
        begin, end = leading(value), trailing(value)
        if begin.strip() and end.strip():
            parts = list(value.parts)
            parts[0] = Scalar(begin.lstrip(), span=parts[0].span, sources=(parts[0],))
            parts[-1] = Scalar(end.rstrip(), span=parts[-1].span, sources=(parts[-1],))
            return joined_text(parts, call.span)
    return derived(text(value).strip(), call, value)


def _replace(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 3)
    value, old, new = arguments[0], text(arguments[1]), text(arguments[2])
    if not old:
        raise Wrong("the text to replace is empty")

    def compute(written: str) -> str:
        if written.count(old) * max(len(new) - len(old), 0) + len(written) > MAX_TEXT:
            raise too_big()
        return written.replace(old, new)

    if is_id(value) and is_recased(old, new):
        return respelled(value, "replace", old, new)
    # A longer text may stand across two parts.
    if isinstance(value, PartialText) and len(old) == 1:
        return by_parts(value, compute, call, f"replace {old!r} {new!r}")
    return derived(compute(text(value)), call, value, arguments[2])


def _split(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 2)
    delimiters = _delimiters(arguments[1])

    def split(value: Value) -> Value:
        if isinstance(value, PartialText):
            if any(len(delimiter) > 1 for delimiter in delimiters):
                raise NotKnown("", value)
            by_slash = delimiters == ["/"]
            return split_partial(
                value, lambda text: _pieces(text, delimiters), call, ListKind.TUPLE, by_slash=by_slash
            )
        return texts_of(_pieces(text(value), delimiters), call, (value,))

    return each_way((in_full(arguments[0], call.span),), split, call.span)


def _delimiters(value: Value) -> list[str]:
    held = contents(value)
    if isinstance(held, ListValue):
        return [text(item) for item in whole_sequence(held).items]
    return [text(value)]


def _pieces(written: str, delimiters: Sequence[str]) -> list[str]:
    """The pieces between the delimiters, of which the first in order counts where several stand."""
    delimiters = [delimiter for delimiter in delimiters if delimiter]
    if len(delimiters) == 1:
        return written.split(delimiters[0])
    pieces: list[str] = []
    start = place = 0
    while delimiters and place < len(written):
        found = next((one for one in delimiters if written.startswith(one, place)), None)
        if found is None:
            place += 1
            continue
        pieces.append(written[start:place])
        start = place = place + len(found)
    return [*pieces, written[start:]]


def _join(arguments: Arguments, call: FunctionCall) -> Value:
    """Elements that are not known make a partly known text; a list that may have more is unknown."""
    arity(arguments, 2)
    separator = Scalar(text(arguments[1]), span=arguments[1].span)
    held = whole_sequence(arguments[0])
    parts: list[Value] = []
    for item in held.items:
        parts += [separator, following(item, held)]
    ways = combinations(parts[1:])
    if ways is None:
        return text_of_parts(parts[1:], call.span)
    return one_of([text_of_parts(way, call.span) for way in ways], call.span)


def _starts_with(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 2)
    value, begin = arguments[0], text(arguments[1]).lower()
    known = leading(value).lower() if isinstance(value, PartialText) else text(value).lower()
    if isinstance(value, PartialText) and len(known) < len(begin) and begin.startswith(known):
        raise NotKnown("", value)
    return derived(known.startswith(begin), call)


def _ends_with(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 2)
    value, end = arguments[0], text(arguments[1]).lower()
    known = trailing(value).lower() if isinstance(value, PartialText) else text(value).lower()
    if isinstance(value, PartialText) and len(known) < len(end) and end.endswith(known):
        raise NotKnown("", value)
    return derived(known.endswith(end), call)


def _substring(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 2, 3)
    value, start = arguments[0], whole(arguments[1])
    length = whole(arguments[2]) if len(arguments) == 3 else None
    if start < 0 or (length is not None and length < 0):
        raise Wrong("the position or length is negative")
    if isinstance(value, PartialText) and length is not None:
        known = units(leading(value))
        if start + length <= len(known):
            return derived(known[start : start + length], call, value)
    written = units(text(value))
    if start + (length or 0) > len(written):
        raise Wrong("the text is shorter")
    return derived(written[start:] if length is None else written[start : start + length], call, value)


def _pad_left(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 2, 3)
    written, width = units(text(arguments[0])), whole(arguments[1])
    fill = text(arguments[2]) if len(arguments) == 3 else " "
    if len(fill) != 1:
        raise Wrong("it is filled with what is not one character")
    if width > MAX_TEXT:
        raise too_big()
    return derived(written.rjust(width, fill), call, arguments[0])


def _string(arguments: Arguments, call: FunctionCall) -> Value:
    """A symbol or partly known text stays what it is: it is used as a text anyway."""
    arity(arguments, 1)
    value = arguments[0]
    if isinstance(value, PartialText | Symbol) or (isinstance(value, Scalar) and isinstance(value.data, str)):
        return value
    if isinstance(value, Scalar):
        return derived(scalar_form(value.data), call, value)
    return derived(json_text(value), call, value)


def _like(written: str, pattern: str) -> bool:
    """Whether a text fits a pattern with ``*`` for any text, in any case."""
    written, pattern = written.lower(), pattern.lower()
    first, *others = pattern.split("*")
    if not others:
        return written == pattern
    last = others.pop()
    if not written.startswith(first):
        return False
    place = len(first)
    for piece in others:
        found = written.find(piece, place)
        if found < 0:
            return False
        place = found + len(piece)
    return len(written) - place >= len(last) and written.endswith(last)


def _hashed(name: str) -> Function:
    """A function whose result depends on its arguments alone, which nobody computes here."""

    def compute(arguments: Arguments, call: FunctionCall) -> Value:
        if not arguments:
            raise Wrong("the number of arguments is wrong")
        for argument in arguments:
            if isinstance(argument, Unknown) and argument.failed:
                raise NotKnown("", argument)
        return Unknown(f"{name}(…) is computed at deployment", span=call.span, sources=sources_of(arguments))

    return special(compute)


STRINGS: Mapping[str, Function] = {
    "concat": Function(special(_concat).compute, choices=True),
    "endswith": special(_ends_with),
    "guid": _hashed("guid"),
    "join": special(_join),
    "like": plain(lambda written, pattern: _like(written, bounded(pattern)), text, text),
    "padleft": special(_pad_left),
    "replace": special(_replace),
    "split": special(_split),
    "startswith": special(_starts_with),
    "string": special(_string),
    "substring": special(_substring),
    "tolower": _cased("tolower", str.lower),
    "toupper": _cased("toupper", str.upper),
    "trim": special(_trim),
    "uniquestring": _hashed("uniqueString"),
}
