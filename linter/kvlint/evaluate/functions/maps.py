"""Functions of maps and objects.

A collection that may have more elements (``rest``) stays useful where a true answer can
be given: what is there is there, and only absence and number are not known.
"""

from __future__ import annotations

from collections.abc import Mapping

from kvlint.evaluate.combine import reason_of, unknown_of
from kvlint.evaluate.conversion import unify_all
from kvlint.evaluate.functions.arguments import (
    MAX_ITEMS,
    Arguments,
    NotKnown,
    Wrong,
    anything,
    arity,
    inside,
    list_of,
    mapping,
    no_failure,
    sequence,
    special,
    text,
    texts,
    too_big,
)
from kvlint.evaluate.scope import Function, FunctionCall
from kvlint.evaluate.values import (
    ListKind,
    MapValue,
    Scalar,
    Symbol,
    Unknown,
    Value,
    choice,
    following,
    is_null,
)
from kvlint.source import Span


def _keys(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 1)
    found = mapping(arguments[0])
    names = [
        Scalar(name, span=found.keys.get(name, call.span), steps=found.steps)
        for name in sorted(found.entries)
    ]
    return list_of(names, call, found.rest, ListKind.LIST if found.is_map else ListKind.TUPLE)


def _values(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 1)
    found = mapping(arguments[0])
    held = [following(found.entries[name], found) for name in sorted(found.entries)]
    return list_of(held, call, found.rest, ListKind.LIST if found.is_map else ListKind.TUPLE)


def _lookup(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 2, 3)
    found = mapping(arguments[0])
    name = text(arguments[1])
    entry = found.entries.get(name)
    if entry is not None:
        return following(entry, found)
    if found.rest is not None:
        raise NotKnown("", found.rest)
    if len(arguments) == 2:
        raise Wrong(f"there is no {name!r}")
    if found.is_map and found.entries:
        sample = next(iter(found.entries.values()))
        converted = unify_all((arguments[2], sample))
        return converted[0] if converted is not None else arguments[2]
    return arguments[2]


def _merge(arguments: Arguments, call: FunctionCall) -> Value:
    """Later entries win; one that an unknown argument behind it may override is no longer known."""
    entries: dict[str, Value] = {}
    keys: dict[str, Span] = {}
    rest = call.rest
    maps_only = bool(arguments)
    for argument in arguments:
        if is_null(argument):
            continue
        found = anything(argument)
        if isinstance(found, MapValue):
            more = found.rest
            maps_only = maps_only and found.is_map
        elif isinstance(found, Unknown | Symbol):
            more = unknown_of((found,), call.span)
        else:
            raise Wrong("an argument is not a map")
        no_failure(more)
        if more is not None:
            entries = {name: _perhaps_other(entry, more) for name, entry in entries.items()}
            rest = rest or more
        if isinstance(found, MapValue):
            entries |= {name: following(entry, found) for name, entry in found.entries.items()}
            keys |= found.keys
    if call.rest is not None:
        no_failure(call.rest)
        entries = {name: _perhaps_other(entry, call.rest) for name, entry in entries.items()}
    if len(entries) > MAX_ITEMS:
        raise too_big()
    return MapValue(entries, keys, maps_only, rest, span=call.span)


def _perhaps_other(entry: Value, other: Unknown) -> Value:
    return choice([entry, Unknown(other.reason, span=other.span)], entry.span)


def _transpose(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 1)
    found = mapping(arguments[0])
    if found.rest is not None:
        raise NotKnown("", found.rest)
    turned: dict[str, list[Value]] = {}
    for name in sorted(found.entries):
        for item in texts(found.entries[name]):
            turned.setdefault(item, []).append(Scalar(name, span=found.keys.get(name, call.span)))
    return MapValue(
        {name: list_of(turned[name], call) for name in sorted(turned)}, is_map=True, span=call.span
    )


def _zipmap(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 2)
    names, held = sequence(arguments[0]), sequence(arguments[1])
    rest = names.rest or held.rest
    if rest is None and len(names.items) != len(held.items):
        raise Wrong("the lists have different lengths")
    entries: dict[str, Value] = {}
    keys = {}
    for name, item in zip(names.items, inside(held), strict=False):
        try:
            written = text(name)
        except NotKnown as unknown:
            rest = rest or Unknown(reason_of(unknown.value or name), span=call.span)
            continue
        entries[written] = item
        if name.span is not None:
            keys[written] = name.span
    return MapValue(entries, keys, held.kind is not ListKind.TUPLE, rest, span=call.span)


MAPS: Mapping[str, Function] = {
    "keys": special(_keys),
    "lookup": special(_lookup, deep=False),
    "merge": special(_merge, open_ended=True),
    "transpose": special(_transpose),
    "values": special(_values),
    "zipmap": special(_zipmap),
}
