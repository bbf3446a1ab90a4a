"""From argument values to Python values and back: what all plain functions share.

A plain function is a Python function of known arguments. :func:`plain` checks the number
of arguments, converts each as its :data:`Parameter` says and makes a value of the result;
an argument that is not known makes the result unknown, with its reason and all sources.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from kvlint.evaluate.access import contents
from kvlint.evaluate.combine import TOO_LARGE, first_unknown, sources_of, unknown_of
from kvlint.evaluate.conversion import LIST_OF_TEXT, Primitive, convert
from kvlint.evaluate.numbers import Number
from kvlint.evaluate.operators import MAX_TEXT
from kvlint.evaluate.scope import Function, FunctionCall
from kvlint.evaluate.values import ListKind, ListValue, MapValue, Scalar, Unknown, Value, following, is_null

#: Larger collections are not made.
MAX_ITEMS = 10_000

#: The evaluated arguments of a call.
Arguments = tuple[Value, ...]


class Wrong(Exception):  # noqa: N818  it is an outcome, not an accident
    """The call is an error in Terraform."""


class NotKnown(Exception):  # noqa: N818  so is this
    """The result cannot be told; ``value`` is what is not known, if it is a value."""

    def __init__(self, reason: str, value: Value | None = None) -> None:
        super().__init__(reason)
        self.value = value


def too_big() -> NotKnown:
    """The result is beyond the limits."""
    return NotKnown(TOO_LARGE)


#: Turns an argument into what the Python function takes, or raises one of the above.
Parameter = Callable[[Value], object]
#: What a plain function returns: data, a list of texts, or a value made already.
Result = str | int | Decimal | bool | None | list[str] | Value


def known(value: Value, type_: Primitive) -> Scalar:
    """A scalar of a type, not null."""
    found = convert(value, type_)
    if isinstance(found, Scalar):
        if found.data is None:
            raise Wrong("an argument is null")
        return found
    if isinstance(found, ListValue | MapValue):
        raise Wrong("an argument is a collection")
    raise NotKnown("", found)


# The fallbacks below never come to be: ``known`` has made sure of the type.


def text(value: Value) -> str:
    """A text."""
    data = known(value, Primitive.STRING).data
    return data if isinstance(data, str) else ""


def number(value: Value) -> Number:
    """A number."""
    data = known(value, Primitive.NUMBER).data
    return data if isinstance(data, int | Decimal) else 0


def whole(value: Value) -> int:
    """A whole number."""
    data = number(value)
    if not isinstance(data, int):
        raise Wrong("an argument is not a whole number")
    return data


def boolean(value: Value) -> bool:
    """A boolean."""
    return known(value, Primitive.BOOL).data is True


def anything(value: Value) -> Value:
    """Whatever it is, a symbol as the container that it is."""
    opened = contents(value)
    return value if isinstance(opened, Unknown) else opened


def settled(value: Value) -> Value:
    """Whatever it is, known in every part."""
    opened = anything(value)
    part = first_unknown((opened,))
    if part is not None:
        raise NotKnown("", part)
    return opened


def sequence(value: Value) -> ListValue:
    """A list, tuple or set; there may be a rest."""
    opened = contents(value)
    if isinstance(opened, ListValue):
        return opened
    if isinstance(opened, Scalar | MapValue):
        raise Wrong("an argument is not a list")
    raise NotKnown("", opened)


def whole_sequence(value: Value) -> ListValue:
    """A list, tuple or set of which every element is there, if not known."""
    found = sequence(value)
    if found.rest is not None:
        raise NotKnown("", found.rest)
    return found


def mapping(value: Value) -> MapValue:
    """A map or object; there may be a rest."""
    opened = contents(value)
    if isinstance(opened, MapValue):
        return opened
    if isinstance(opened, Scalar | ListValue):
        raise Wrong("an argument is not a map")
    raise NotKnown("", opened)


def inside(value: ListValue | MapValue) -> tuple[Value, ...]:
    """The elements, which have come the container's way."""
    held = value.items if isinstance(value, ListValue) else value.entries.values()
    return tuple([following(item, value) for item in held])


def texts(value: Value) -> list[str]:
    """A list of known texts."""
    found = convert(value, LIST_OF_TEXT)
    if not isinstance(found, ListValue):
        found = sequence(found)
    return [text(item) for item in whole_sequence(found).items]


def plain(
    compute: Callable[..., Result], *parameters: Parameter, more: Parameter | None = None, optional: int = 0
) -> Function:
    """A function of known arguments.

    The last ``optional`` parameters may be left out; ``more`` takes any number of further
    arguments.
    """
    least = len(parameters) - optional

    def call(arguments: Arguments, call: FunctionCall) -> Value:
        if len(arguments) < least or (more is None and len(arguments) > len(parameters)):
            raise Wrong("the number of arguments is wrong")
        takes: list[Parameter] = list(parameters[: len(arguments)])
        if more is not None:
            takes += [more] * (len(arguments) - len(takes))
        taken: list[object] = []
        missing: NotKnown | None = None
        for take, argument in zip(takes, arguments, strict=True):
            try:
                taken.append(take(argument))
            except NotKnown as unknown:
                missing = missing or unknown
        if missing is not None:
            raise missing
        return made(compute(*taken), arguments, call)

    return Function(guarded(call))


def guarded(
    compute: Callable[[Arguments, FunctionCall], Value],
) -> Callable[[Arguments, FunctionCall], Value]:
    """The same function with :class:`Wrong` and :class:`NotKnown` turned into values."""

    def call(arguments: Arguments, call: FunctionCall) -> Value:
        try:
            return compute(arguments, call)
        except Wrong as wrong:
            reason = f"{call.node.name}: {wrong}"
            part = first_unknown(arguments)
            if isinstance(part, Unknown) and part.failed:
                reason = part.reason
            return Unknown(reason, failed=True, span=call.span, sources=sources_of(arguments))
        except NotKnown as unknown:
            part = first_unknown(arguments)
            if isinstance(part, Unknown) and part.failed:
                return unknown_of(arguments, call.span)
            if unknown.value is not None:
                found = unknown_of((unknown.value,), call.span)
                return Unknown(
                    found.reason, failed=found.failed, span=call.span, sources=sources_of(arguments)
                )
            return Unknown(str(unknown), span=call.span, sources=sources_of(arguments))

    return call


def special(
    compute: Callable[[Arguments, FunctionCall], Value],
    *,
    deep: bool = True,
    open_ended: bool = False,
) -> Function:
    """A function that looks at its arguments itself."""
    return Function(guarded(compute), deep, open_ended)


def made(result: Result, arguments: Sequence[Value], call: FunctionCall) -> Value:
    """The value of a plain function's result."""
    if isinstance(result, Value):
        if result.span is None:
            result.span = call.span
        return result
    if isinstance(result, list):
        return text_list(result, arguments, call)
    if isinstance(result, str) and len(result) > MAX_TEXT:
        raise too_big()
    sources = () if isinstance(result, bool) or result is None else sources_of(arguments)
    return Scalar(result, span=call.span, sources=sources)


def text_list(items: Sequence[str], arguments: Sequence[Value], call: FunctionCall) -> ListValue:
    """A list of texts that were made of the arguments."""
    if len(items) > MAX_ITEMS:
        raise too_big()
    sources = sources_of(arguments)
    scalars = tuple([Scalar(item, span=call.span, sources=sources) for item in items])
    return ListValue(scalars, ListKind.LIST, span=call.span)


def list_of(
    items: Sequence[Value], call: FunctionCall, rest: Unknown | None = None, kind: ListKind = ListKind.LIST
) -> ListValue:
    """A list of values, made by a call."""
    if len(items) > MAX_ITEMS:
        raise too_big()
    return ListValue(tuple(items), kind, rest, span=call.span)


def arity(arguments: Sequence[Value], least: int, most: int | None = None) -> None:
    """Make sure of the number of arguments; ``most`` is ``least`` where it is not given."""
    if not least <= len(arguments) <= (least if most is None else most):
        raise Wrong("the number of arguments is wrong")


def not_null(value: Value) -> Value:
    """The value, which must not be null."""
    if is_null(value):
        raise Wrong("an argument is null")
    return value


def no_failure(rest: Unknown | None) -> None:
    """Make sure that what is left open is not an error."""
    if rest is not None and rest.failed:
        raise NotKnown("", rest)


def never(reason: str) -> Function:
    """A function whose result nobody can know before deployment."""

    def compute(arguments: Arguments, call: FunctionCall) -> Value:
        return Unknown(reason, span=call.span, sources=sources_of(arguments))

    return Function(compute)
