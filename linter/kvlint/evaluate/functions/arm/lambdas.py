"""Functions that take a function without a name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cmp_to_key

from kvlint.evaluate.combine import unknown_of
from kvlint.evaluate.functions.arguments import (
    Arguments,
    NotKnown,
    Wrong,
    arity,
    inside,
    mapping,
    sequence,
    special,
    too_big,
)
from kvlint.evaluate.functions.arm.common import array_of
from kvlint.evaluate.growing import MapMaker
from kvlint.evaluate.scope import Function, FunctionCall, NameScope
from kvlint.evaluate.values import (
    Choice,
    ListValue,
    MapValue,
    PartialText,
    Scalar,
    Symbol,
    Unknown,
    Value,
    following,
    truth_of,
)
from kvlint.syntax.expr import Lambda

#: What a round costs of the budget.
_ROUND_COST = 200


class _Applied:
    """A lambda that is an argument of a call, ready to be applied."""

    def __init__(self, call: FunctionCall, position: int, least: int, most: int | None = None) -> None:
        node = call.node.arguments[position]
        if not isinstance(node, Lambda):
            raise Wrong("an argument is not a function")
        if not least <= len(node.parameters) <= (least if most is None else most):
            raise Wrong("the function has the wrong number of parameters")
        self._node = node
        self._call = call

    def __call__(self, *values: Value) -> Value:
        """The value of the body; what it does not take of the arguments is left out."""
        if not self._call.evaluator.charge(_ROUND_COST):
            raise too_big()
        names = dict(zip(self._node.parameters, values, strict=False))
        return self._call.evaluate(self._node.body, NameScope(self._call.scope, names))


def _filter(arguments: Arguments, call: FunctionCall) -> Value:
    """An element that may or may not fit is put in and ``rest`` set."""
    arity(arguments, 2)
    held = sequence(arguments[0])
    fits = _Applied(call, 1, 1, 2)
    kept: list[Value] = []
    rest = held.rest
    for number, item in enumerate(inside(held)):
        result = fits(item, Scalar(number, span=call.span))
        truth = truth_of(result)
        if truth is None:
            if isinstance(result, Scalar | ListValue | MapValue | PartialText):
                raise Wrong("the function does not return a boolean")
            if isinstance(result, Unknown) and result.failed:
                raise NotKnown("", result)
            rest = rest or unknown_of((result,), call.span)
        if truth is not False:
            kept.append(item)
    return array_of(kept, call, rest)


def _map(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 2)
    held = sequence(arguments[0])
    change = _Applied(call, 1, 1, 2)
    found = [change(item, Scalar(number, span=call.span)) for number, item in enumerate(inside(held))]
    return array_of(found, call, held.rest)


def _map_values(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 2)
    held = mapping(arguments[0])
    change = _Applied(call, 1, 1)
    return MapValue(
        {name: change(following(entry, held)) for name, entry in held.entries.items()},
        held.keys,
        rest=held.rest,
        computed=tuple([(key, change(following(entry, held))) for key, entry in held.computed]),
        complete=held.complete,
        span=call.span,
    )


def _reduce(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 3)
    held = sequence(arguments[0])
    if held.rest is not None:
        raise NotKnown("", held.rest)
    fold = _Applied(call, 2, 2, 3)
    found = arguments[1]
    for number, item in enumerate(inside(held)):
        found = fold(found, item, Scalar(number, span=call.span))
    return found


def _sort(arguments: Arguments, call: FunctionCall) -> Value:
    """Where the order cannot be told the elements are there, and ``rest`` set."""
    arity(arguments, 2)
    held = sequence(arguments[0])
    before = _Applied(call, 1, 2)
    items = list(inside(held))

    def compare(left: Value, right: Value) -> int:
        return -1 if certain(before(left, right)) else 1 if certain(before(right, left)) else 0

    def certain(result: Value) -> bool:
        truth = truth_of(result)
        if truth is None:
            if isinstance(result, Unknown | Symbol | Choice):
                raise NotKnown("", result)
            raise Wrong("the function does not return a boolean")
        return truth

    try:
        return array_of(sorted(items, key=cmp_to_key(compare)), call, held.rest)
    except NotKnown as unknown:
        if unknown.value is None or (isinstance(unknown.value, Unknown) and unknown.value.failed):
            raise
        return array_of(items, call, held.rest or unknown_of((unknown.value,), call.span))


def _to_object(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 2, 3)
    held = sequence(arguments[0])
    name = _Applied(call, 1, 1)
    change = _Applied(call, 2, 1) if len(arguments) == 3 else None
    made = MapMaker(call.span)
    if held.rest is not None:
        made.open(held.rest)
    for item in inside(held):
        made.put(name(item), item if change is None else change(item), call.span)
    return made.value()


def _group_by(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 2, 3)
    held = sequence(arguments[0])
    name = _Applied(call, 1, 1)
    change = _Applied(call, 2, 1) if len(arguments) == 3 else None
    groups: dict[str, list[Value]] = {}
    rest = held.rest
    for item in inside(held):
        key = name(item)
        value = item if change is None else change(item)
        if isinstance(key, Scalar) and isinstance(key.data, str):
            groups.setdefault(key.data, []).append(value)
        elif isinstance(key, Scalar | ListValue | MapValue):
            raise Wrong("a key is not a text")
        elif isinstance(key, Unknown) and key.failed:
            raise NotKnown("", key)
        else:
            rest = rest or unknown_of((key, value), call.span)
    entries: dict[str, Value] = {key: array_of(group, call, rest) for key, group in groups.items()}
    return MapValue(entries, rest=rest, span=call.span)


LAMBDAS: Mapping[str, Function] = {
    "filter": special(_filter),
    "groupby": special(_group_by),
    "map": special(_map),
    "mapvalues": special(_map_values),
    "reduce": special(_reduce),
    "sort": special(_sort),
    "toobject": special(_to_object),
}
