"""Functions that choose, convert or mark: ``try``, ``can``, ``coalesce``, ``tostring``."""

from __future__ import annotations

from collections.abc import Mapping

from kvlint.evaluate.combine import first_failure, one_of
from kvlint.evaluate.conversion import Collection, Primitive, Type, convert, type_of, unify
from kvlint.evaluate.functions.arguments import NotKnown, Wrong, arity, never, special
from kvlint.evaluate.scope import Function, FunctionCall
from kvlint.evaluate.values import (
    ListKind,
    PartialText,
    Scalar,
    Symbol,
    Unknown,
    Value,
    is_null,
)

Arguments = tuple[Value, ...]


def _try(arguments: Arguments, call: FunctionCall) -> Value:
    """The first that does not fail; one that may fail makes it a choice with the next."""
    options: list[Value] = []
    for argument in arguments:
        if first_failure(argument) is not None:
            continue
        options.append(argument)
        if not isinstance(argument, Unknown):
            break
    if not options:
        raise Wrong("every argument fails")
    return one_of(options, call.span)


def _can(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 1)
    if first_failure(arguments[0]) is not None:
        return Scalar(False, span=call.span)
    if isinstance(arguments[0], Unknown):
        return Unknown(arguments[0].reason, span=call.span)
    return Scalar(True, span=call.span)


def _coalesce(arguments: Arguments, call: FunctionCall) -> Value:
    """The first that is neither null nor an empty text; of unknown ones, each that it may be."""
    if not arguments and call.rest is None:
        raise Wrong("there is no argument")
    types = [type_of(argument) for argument in arguments if not is_null(argument)]
    target = unify(types) if types else Primitive.ANY
    if target is None:
        raise Wrong("the arguments have different types")
    options: list[Value] = []
    for argument in arguments:
        found = convert(argument, target)
        if isinstance(found, Unknown) and found.failed:
            raise NotKnown("", found)
        if isinstance(found, Scalar) and (found.data is None or found.data == ""):
            continue
        options.append(found)
        certain = isinstance(found, PartialText) and any(
            isinstance(part, Scalar) and part.data != "" for part in found.parts
        )
        if certain or not isinstance(found, Unknown | Symbol | PartialText):
            break
    else:
        if call.rest is not None:
            options.append(call.rest)
    if not options:
        raise Wrong("every argument is null or empty")
    return one_of(options, call.span)


def _converting(target: Type) -> Function:
    def compute(arguments: Arguments, call: FunctionCall) -> Value:
        arity(arguments, 1)
        found = convert(arguments[0], target)
        if isinstance(found, Unknown) and found.failed:
            raise NotKnown("", found)
        return found

    return special(compute)


def _same(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 1)
    return arguments[0]


FLOW: Mapping[str, Function] = {
    "can": special(_can),
    "coalesce": special(_coalesce, open_ended=True),
    "ephemeralasnull": special(_same, deep=False),
    "issensitive": never("it depends on marks that are not followed"),
    "nonsensitive": special(_same, deep=False),
    "sensitive": special(_same, deep=False),
    "tobool": _converting(Primitive.BOOL),
    "tolist": _converting(Collection(ListKind.LIST, Primitive.ANY)),
    "tomap": _converting(Collection(None, Primitive.ANY)),
    "tonumber": _converting(Primitive.NUMBER),
    "toset": _converting(Collection(ListKind.SET, Primitive.ANY)),
    "tostring": _converting(Primitive.STRING),
    "try": special(_try),
    "type": never("it is a name of a type, for the console only"),
}
