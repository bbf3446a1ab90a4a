"""How functions of Azure Resource Manager take their arguments and make lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kvlint.evaluate.access import contents
from kvlint.evaluate.combine import keyed, reason_of, sources_of
from kvlint.evaluate.functions.arguments import NotKnown, Wrong, list_of, too_big
from kvlint.evaluate.jsonform import UnknownPartError, json_form, text_of_parts
from kvlint.evaluate.operators import MAX_TEXT
from kvlint.evaluate.scope import Function, FunctionCall
from kvlint.evaluate.values import (
    Choice,
    ListKind,
    ListValue,
    MapValue,
    PartialText,
    Scalar,
    Unknown,
    Value,
    is_null,
    truth_of,
)


def scalar(value: Value) -> Scalar:
    """A scalar, not null."""
    held = contents(value)
    if isinstance(held, Scalar):
        if held.data is None:
            raise Wrong("an argument is null")
        return held
    if isinstance(held, ListValue | MapValue):
        raise Wrong("an argument is a collection")
    raise NotKnown("", held)


def text(value: Value) -> str:
    """A text; whole numbers count as such."""
    data = scalar(value).data
    if isinstance(data, bool) or not isinstance(data, str | int):
        raise Wrong("an argument is not a text")
    return str(data)


def whole(value: Value) -> int:
    """A whole number."""
    data = scalar(value).data
    if isinstance(data, bool) or not isinstance(data, int):
        raise Wrong("an argument is not a whole number")
    return data


def boolean(value: Value) -> bool:
    """A boolean."""
    truth = truth_of(scalar(value))
    if truth is None:
        raise Wrong("an argument is not a boolean")
    return truth


def units(written: str) -> str:
    """A text that is counted by characters: .NET counts some twice, such texts are left alone."""
    if any(character > "\uffff" for character in written):
        raise NotKnown("the text has characters that count twice")
    return written


def json_text(value: Value) -> str:
    """The JSON text of a value that is known in every part."""
    try:
        return json_form(value)
    except UnknownPartError as unknown:
        if unknown.part is None:
            raise too_big() from None
        raise NotKnown("", unknown.part) from None


def array_of(items: Sequence[Value], call: FunctionCall, rest: Unknown | None = None) -> ListValue:
    """A list, made by a call."""
    return list_of(items, call, rest, ListKind.TUPLE)


def texts_of(items: Sequence[str], call: FunctionCall, made_of: Sequence[Value]) -> ListValue:
    """A list of texts that were made of the arguments."""
    sources = sources_of(made_of)
    return array_of([Scalar(item, span=call.span, sources=sources) for item in items], call)


def perhaps_absent(entry: Value) -> bool:
    """Whether an entry may stand for none: it is null among others (see :class:`MapMaker`)."""
    return isinstance(entry, Choice) and any(is_null(option) for option in entry.options)


def closed(value: MapValue) -> MapValue:
    """A map of which all keys are known."""
    if value.rest is not None:
        raise NotKnown("", value.rest)
    doubtful = next((entry for entry in value.entries.values() if perhaps_absent(entry)), None)
    if doubtful is not None:
        raise NotKnown("", doubtful)
    return value


def by_parts(value: PartialText, compute: Callable[[str], str], call: FunctionCall, name: str) -> Value:
    """A partly known text with something done to each part: the unknown ones are the same each time."""
    parts: list[Value] = []
    for part in value.parts:
        if isinstance(part, Scalar) and isinstance(part.data, str):
            parts.append(Scalar(compute(part.data), span=part.span, steps=part.steps, sources=(part,)))
        elif isinstance(part, Unknown) and part.failed:
            raise NotKnown("", part)
        else:
            unknown = Unknown(reason_of(part), span=part.span or call.span, sources=sources_of((part,)))
            parts.append(keyed(unknown, name, (part,)))
    return text_of_parts(parts, call.span)


def leading(value: PartialText) -> str:
    """The known text that a partly known one begins with."""
    first = value.parts[0]
    return first.data if isinstance(first, Scalar) and isinstance(first.data, str) else ""


def trailing(value: PartialText) -> str:
    """The known text that a partly known one ends with."""
    last = value.parts[-1]
    return last.data if isinstance(last, Scalar) and isinstance(last.data, str) else ""


def bounded(written: str) -> str:
    """The text, if it is not too long."""
    if len(written) > MAX_TEXT:
        raise too_big()
    return written


def derived(result: str | int | bool, call: FunctionCall, *made_of: Value) -> Scalar:
    """A known result, with what it was made of."""
    sources = () if isinstance(result, bool) else sources_of(made_of)
    return Scalar(result, span=call.span, sources=sources)


def deterministic(name: str, function: Function) -> Function:
    """The function with the same unknown result for the same arguments each time."""

    def compute(arguments: tuple[Value, ...], call: FunctionCall) -> Value:
        return keyed(function.compute(arguments, call), name, arguments)

    return Function(compute, function.deep, function.open_ended, choices=function.choices, lazy=function.lazy)
