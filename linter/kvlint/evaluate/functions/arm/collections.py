"""Functions of what has parts: lists, objects and texts alike.

A list that may have more elements (``rest``) stays useful where a true answer can be given.
Its order is not known then: the rest may stand anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping

from kvlint.evaluate.access import contents, perhaps, spelled
from kvlint.evaluate.combine import first_unknown, unknown_of
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
    whole_sequence,
)
from kvlint.evaluate.functions.arm.common import (
    array_of,
    closed,
    derived,
    leading,
    perhaps_absent,
    text,
    trailing,
    units,
    whole,
)
from kvlint.evaluate.growing import MapMaker, joined_lists
from kvlint.evaluate.operators import equal
from kvlint.evaluate.scope import Function, FunctionCall
from kvlint.evaluate.values import (
    Choice,
    ListValue,
    MapValue,
    PartialText,
    Scalar,
    Symbol,
    Unknown,
    Value,
    alternatives,
)


def _array(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 1)
    held = contents(arguments[0])
    if isinstance(held, ListValue):
        return held
    if isinstance(held, Unknown):
        raise NotKnown("", held)
    return array_of(arguments, call)


def _create_array(arguments: Arguments, call: FunctionCall) -> Value:
    return array_of(arguments, call)


def _contains(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 2)
    container, item = contents(arguments[0]), arguments[1]
    match container:
        case ListValue():
            return _list_contains(container, item, call)
        case MapValue():
            name = spelled(container, text(item))
            found = container.entries.get(name)
            if found is None and container.rest is not None:
                raise NotKnown("", container.rest)
            if found is not None and perhaps_absent(found):
                raise NotKnown("", found)
            return derived(found is not None, call)
        case PartialText(parts=parts):
            wanted = text(item)
            if any(isinstance(part, Scalar) and wanted in str(part.data) for part in parts):
                return derived(True, call)
            raise NotKnown("", container)
        case Scalar(data=str() as written):
            return derived(text(item) in written, call)
        case Scalar():
            raise Wrong("it holds nothing")
    raise NotKnown("", container)


def _list_contains(container: ListValue, item: Value, call: FunctionCall) -> Value:
    doubt: Unknown | None = container.rest
    for element in container.items:
        for option in alternatives(element):
            same = equal(option, item)
            if same is True and not isinstance(element, Choice):
                return derived(True, call)
            if same is not False:
                doubt = doubt or (same if isinstance(same, Unknown) else unknown_of((element,), call.span))
    if doubt is not None:
        raise NotKnown("", doubt)
    return derived(False, call)


def _empty(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 1)
    value = arguments[0]
    if isinstance(value, Symbol) and value.path in ((), ("id",)):
        return derived(False, call)
    held = contents(value)
    match held:
        case Scalar(data=None):
            return derived(True, call)
        case Scalar(data=str() as written):
            return derived(not written, call)
        case PartialText(parts=parts) if any(isinstance(part, Scalar) and part.data != "" for part in parts):
            return derived(False, call)
        case ListValue(items=items, rest=rest):
            if not items and rest is not None:
                raise NotKnown("", rest)
            return derived(not items, call)
        case MapValue(entries=entries):
            if any(not perhaps_absent(entry) for entry in entries.values()):
                return derived(False, call)
            return derived(not closed(held).entries, call)
        case Scalar():
            raise Wrong("it cannot be empty")
    raise NotKnown("", held)


def _length(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 1)
    held = contents(arguments[0])
    match held:
        case ListValue():
            return derived(len(whole_sequence(held).items), call)
        case MapValue():
            return derived(len(closed(held).entries), call)
        case Scalar(data=str() as written):
            return derived(len(written.encode("utf-16-le", "surrogatepass")) // 2, call)
        case Scalar():
            raise Wrong("it has no length")
    raise NotKnown("", held)


def _end(*, last: bool) -> Function:
    def compute(arguments: Arguments, call: FunctionCall) -> Value:
        arity(arguments, 1)
        held = contents(arguments[0])
        match held:
            case ListValue(items=()):
                if held.rest is not None:
                    raise NotKnown("", held.rest)
                return Scalar(None, span=call.span)
            case ListValue():
                found = inside(held)[-1 if last else 0]
                return found if held.rest is None else perhaps(found, held.rest, call.span)
            case PartialText():
                known = units(trailing(held) if last else leading(held))
                if known:
                    return derived(known[-1] if last else known[0], call, held)
            case Scalar():
                known = units(text(held))
                return derived(known[-1:] if last else known[:1], call, held)
            case MapValue():
                raise Wrong("it is an object")
        raise NotKnown("", held)

    return special(compute)


def _part(*, skip: bool) -> Function:
    """``skip`` or ``take``."""

    def compute(arguments: Arguments, call: FunctionCall) -> Value:
        arity(arguments, 2)
        count = max(whole(arguments[1]), 0)
        held = contents(arguments[0])
        if isinstance(held, ListValue):
            items = inside(whole_sequence(held))
            return array_of(items[count:] if skip else items[:count], call)
        if isinstance(held, MapValue):
            raise Wrong("it is an object")
        if isinstance(held, PartialText) and not skip and count <= len(units(leading(held))):
            return derived(leading(held)[:count], call, held)
        written = units(text(held))
        return derived(written[count:] if skip else written[:count], call, held)

    return special(compute)


def _index_of(*, last: bool) -> Function:
    """Of a text in any case, of an element exactly; -1 where it is not there."""

    def compute(arguments: Arguments, call: FunctionCall) -> Value:
        arity(arguments, 2)
        held = contents(arguments[0])
        if isinstance(held, ListValue):
            return _position(whole_sequence(held), arguments[1], call, last=last)
        if isinstance(held, MapValue):
            raise Wrong("it is an object")
        written, wanted = units(text(held)).lower(), text(arguments[1]).lower()
        return derived(written.rfind(wanted) if last else written.find(wanted), call)

    return special(compute)


def _position(held: ListValue, item: Value, call: FunctionCall, *, last: bool) -> Value:
    places = range(len(held.items))
    for place in reversed(places) if last else places:
        for option in alternatives(held.items[place]):
            same = equal(option, item)
            if isinstance(same, Unknown):
                raise NotKnown("", same)
            if same:
                if isinstance(held.items[place], Choice):
                    raise NotKnown("", held.items[place])
                return derived(place, call)
    return derived(-1, call)


def _flatten(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 1)
    held = sequence(arguments[0])
    parts: list[Value] = list(inside(held))
    if held.rest is not None:
        parts.append(held.rest)
    return joined_lists(parts, call.span)


def _sides(arguments: Arguments) -> tuple[bool, bool]:
    """Whether there are lists and whether there are objects among the arguments."""
    held = [contents(option) for argument in arguments for option in alternatives(argument)]
    return any(isinstance(one, ListValue) for one in held), any(isinstance(one, MapValue) for one in held)


def _union(arguments: Arguments, call: FunctionCall) -> Value:
    """Of objects as deep as they go, the later ones win; of lists without doubles."""
    if not arguments:
        raise Wrong("the number of arguments is wrong")
    lists, objects = _sides(arguments)
    if lists and objects:
        raise Wrong("there are lists and objects among the arguments")
    if objects:
        made = MapMaker(call.span)
        for argument in arguments:
            made.spread(argument, call.span, deep=True)
        return made.value()
    if not lists:
        return unknown_of(arguments, call.span)
    joined = joined_lists(arguments, call.span)
    results = [_distinct_of(option, call) for option in alternatives(joined)]
    return results[0] if len(results) == 1 else Choice(tuple(results), span=call.span)


def _distinct_of(value: Value, call: FunctionCall) -> Value:
    if not isinstance(value, ListValue):
        return value
    kept: list[Value] = []
    seen: set[tuple[type, object]] = set()
    others: list[Value] = []
    for item in inside(value):
        if isinstance(item, Scalar):
            mark = (type(item.data), item.data)
            if mark in seen:
                continue
            seen.add(mark)
        else:
            if not call.evaluator.charge(len(others) * 10):
                raise too_big()
            if any(equal(item, other) is True for other in others):
                continue
            others.append(item)
        kept.append(item)
    rest = value.rest
    part = first_unknown(others)
    if part is not None and len(kept) > 1 and rest is None:
        # Two of them may be the same, so their number is not known.
        rest = unknown_of((part,), call.span)
    return array_of(kept, call, rest)


def _distinct(arguments: Arguments, call: FunctionCall) -> Value:
    arity(arguments, 1)
    return _distinct_of(sequence(arguments[0]), call)


def _intersection(arguments: Arguments, call: FunctionCall) -> Value:
    if len(arguments) < 2:
        raise Wrong("the number of arguments is wrong")
    lists, objects = _sides(arguments)
    if lists and not objects:
        groups = [whole_sequence(argument) for argument in arguments]
        kept = list(inside(groups[0]))
        for group in groups[1:]:
            if not call.evaluator.charge(len(kept) * len(group.items)):
                raise too_big()
            kept = [item for item in kept if _among(group, item)]
        return _distinct_of(array_of(kept, call), call)
    maps = [closed(mapping(argument)) for argument in arguments]
    entries = dict(maps[0].entries)
    for one in maps[1:]:
        entries = {
            name: entry
            for name, entry in entries.items()
            if name in one.entries and _certainly(equal(entry, one.entries[name]))
        }
    return MapValue(
        entries, {name: maps[0].keys[name] for name in entries if name in maps[0].keys}, span=call.span
    )


def _among(group: ListValue, item: Value) -> bool:
    results = [equal(item, other) for other in group.items]
    if True in results:
        return True
    return any(_certainly(result) for result in results)


def _certainly(result: bool | Unknown) -> bool:
    if isinstance(result, Unknown):
        raise NotKnown("", result)
    return result


COLLECTIONS: Mapping[str, Function] = {
    "array": special(_array),
    "contains": special(_contains),
    "createarray": Function(special(_create_array).compute, deep=False, choices=True),
    "distinct": special(_distinct),
    "empty": special(_empty, deep=False),
    "first": special(_end(last=False).compute, deep=False),
    "flatten": special(_flatten),
    "indexof": _index_of(last=False),
    "intersection": special(_intersection),
    "last": special(_end(last=True).compute, deep=False),
    "lastindexof": _index_of(last=True),
    "length": special(_length, deep=False),
    "skip": _part(skip=True),
    "take": _part(skip=False),
    "union": Function(special(_union).compute, choices=True),
}
