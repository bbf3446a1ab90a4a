"""Functions of objects alone, and the compiled forms of accesses that may find nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kvlint.evaluate.access import from_the_end
from kvlint.evaluate.bicep import taken
from kvlint.evaluate.combine import unknown_of
from kvlint.evaluate.functions.arguments import (
    Arguments,
    Wrong,
    arity,
    inside,
    mapping,
    sequence,
    special,
)
from kvlint.evaluate.functions.arm.common import (
    array_of,
    perhaps_absent,
)
from kvlint.evaluate.growing import MapMaker
from kvlint.evaluate.scope import Function, FunctionCall
from kvlint.evaluate.values import (
    MapValue,
    Scalar,
    Unknown,
    Value,
    following,
)


def _create_object(arguments: Arguments, call: FunctionCall) -> Value:
    if len(arguments) % 2:
        raise Wrong("the number of arguments is odd")
    made = MapMaker(call.span)
    for key, value, node in zip(arguments[::2], arguments[1::2], call.node.arguments[::2], strict=True):
        made.put(key, value, node.span)
    return made.value()


def _shallow_merge(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 1)
    held = sequence(arguments[0])
    made = MapMaker(call.span)
    for item in inside(held):
        made.spread(item, call.span)
    if held.rest is not None:
        made.spread(held.rest, call.span)
    return made.value()


def _in_order(value: MapValue) -> list[str]:
    return sorted(value.entries, key=lambda name: (name.lower(), name.swapcase()))


def _items(arguments: Arguments, call: FunctionCall) -> Value:
    """Key and value of every entry, in the order of the keys."""
    arity(arguments, 1)
    held = mapping(arguments[0])
    pairs: list[tuple[Value, Value]] = [
        (Scalar(name, span=held.keys.get(name, call.span), steps=held.steps), held.entries[name])
        for name in _in_order(held)
    ]
    found = [
        MapValue({"key": key, "value": following(value, held)}, span=value.span or call.span)
        for key, value in [*pairs, *held.computed]
    ]
    return array_of(found, call, held.rest or _absence(held, call))


def _absence(held: MapValue, call: FunctionCall) -> Unknown | None:
    """Set where an entry may not be there."""
    doubtful = next((entry for entry in held.entries.values() if perhaps_absent(entry)), None)
    return None if doubtful is None else unknown_of((doubtful,), call.span)


def _object_keys(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 1)
    held = mapping(arguments[0])
    names: list[Value] = [
        Scalar(name, span=held.keys.get(name, call.span), steps=held.steps) for name in _in_order(held)
    ]
    names += [key for key, _ in held.computed]
    return array_of(names, call, held.rest or _absence(held, call))


def _try_get(arguments: Arguments, call: FunctionCall) -> Value:
    """``a.?b.c``: null where the first key is not there; what is taken of null is null."""
    if len(arguments) < 2:
        raise Wrong("the number of arguments is wrong")
    return _chain(arguments[0], arguments[1:], call, from_end=False)


def _try_from_end(arguments: Arguments, call: FunctionCall) -> Value:
    if len(arguments) < 2:
        raise Wrong("the number of arguments is wrong")
    return _chain(arguments[0], arguments[1:], call, from_end=True)


def _chain(value: Value, keys: Sequence[Value], call: FunctionCall, *, from_end: bool) -> Value:
    found = taken(value, keys[0], call.span, from_end=from_end, safe=True, nullable=True)
    for key in keys[1:]:
        found = taken(found, key, call.span, nullable=True)
    return found


def _from_end(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 2)
    return from_the_end(arguments[0], arguments[1], call.span)


OBJECTS: Mapping[str, Function] = {
    "createobject": Function(special(_create_object).compute, deep=False, choices=True),
    "indexfromend": special(_from_end, deep=False),
    "items": special(_items),
    "objectkeys": special(_object_keys),
    "shallowmerge": special(_shallow_merge),
    "tryget": special(_try_get, deep=False),
    "tryindexfromend": special(_try_from_end, deep=False),
}
