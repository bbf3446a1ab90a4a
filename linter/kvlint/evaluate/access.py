"""Taking something out of a value: an attribute, an element, all elements.

What is only selected keeps its own place in the text; it gets the way of the container.
A symbol answers with what its resource configures, and stays a symbol where nothing is
configured or where a container is, so that computed attributes below it can be named.
"""

from __future__ import annotations

from collections.abc import Hashable
from decimal import Decimal

from kvlint.evaluate.combine import (
    each_way,
    failure,
    reason_of,
    sources_of,
    symbol_name,
    unknown_of,
)
from kvlint.evaluate.scope import Dialect
from kvlint.evaluate.values import (
    Choice,
    ListKind,
    ListValue,
    MapValue,
    PartialText,
    Scalar,
    Step,
    Symbol,
    Unknown,
    Value,
    choice,
    cloned,
    following,
    moved,
)
from kvlint.source import Span

#: The end of the address of an instance that stands for any number of them.
MANY = "[*]"


def attribute(value: Value, name: str, span: Span | None, dialect: Dialect = Dialect.TERRAFORM) -> Value:
    """``value.name``; ``span`` is that of the whole expression."""
    match value:
        case MapValue():
            return _entry(value, name, span, dialect)
        case Symbol():
            return _below(value, name, span)
        case Choice():
            return each_way((value,), lambda option: attribute(option, name, span, dialect), span)
        case Unknown():
            return _within(value, name)
        case Scalar(data=None):
            return failure(f"it takes the attribute {name!r} of null", span)
    return failure(f"it takes the attribute {name!r} of something that has no attributes", span)


def element(value: Value, key: Value, span: Span | None, dialect: Dialect = Dialect.TERRAFORM) -> Value:
    """``value[key]``; ``span`` is that of the whole expression."""
    if isinstance(value, Choice) or isinstance(key, Choice):
        return each_way((value, key), lambda one, at: element(one, at, span, dialect), span)
    if isinstance(value, Unknown):
        return _within(value, key.data if isinstance(key, Scalar) else None)
    if isinstance(key, Unknown) and key.failed:
        return key
    if isinstance(value, Symbol):
        return _symbol_element(value, key, span)
    if not isinstance(value, ListValue | MapValue):
        return failure("it takes an element of something that has none", span)
    if not isinstance(key, Scalar):
        return _any_element(value, key, span)
    if isinstance(value, MapValue):
        name = key_text(key)
        return _entry(value, name, span, dialect) if name is not None else failure("the key is null", span)
    return _item(value, key, span, dialect)


def _within(value: Unknown, step: Hashable) -> Unknown:
    """What an unknown value holds under a key: the same thing each time, where the key is known."""
    if value.key is None:
        return value
    inner = cloned(value)
    inner.key = None if step is None else (value.key, step)
    return inner


def _item(value: ListValue, key: Scalar, span: Span | None, dialect: Dialect) -> Value:
    position = whole_number(key)
    if value.kind is ListKind.SET:
        return failure("a set has no positions", span)
    if position is None:
        return failure("the position is not a whole number", span)
    if 0 <= position < len(value.items):
        found = following(value.items[position], value)
        # A rest may stand before it.
        return (
            found if value.rest is None or dialect is Dialect.TERRAFORM else perhaps(found, value.rest, span)
        )
    if value.rest is not None and position >= 0:
        return Unknown(value.rest.reason, span=span, sources=sources_of((value,)))
    return failure(f"the list has no element {position}", span)


def perhaps(value: Value, other: Unknown, span: Span | None) -> Value:
    """The value or, where an unknown one may take its place, that."""
    return choice([value, Unknown(other.reason, span=span, sources=other.sources)], span)


def spelled(value: MapValue, name: str) -> str:
    """A key as it is written in a map of Azure Resource Manager, which takes any case."""
    if name in value.entries:
        return name
    folded = name.lower()
    return next((key for key in value.entries if key.lower() == folded), name)


def from_the_end(value: Value, key: Value, span: Span | None) -> Value:
    """``value[^key]``: counted from the end, from one on. No argument is a choice."""
    held = contents(value)
    if isinstance(held, Unknown):
        position = whole_number(key)
        return _within(held, None if position is None else ("^", position))
    if isinstance(key, Unknown) and key.failed:
        return key
    if not isinstance(held, ListValue):
        return failure("it counts from the end of something that is no list", span)
    if not isinstance(key, Scalar):
        return _any_element(held, key, span)
    position = whole_number(key)
    if position is None or position < 1:
        return failure("the position is not a whole number from one on", span)
    if held.rest is not None:
        return Unknown(held.rest.reason, span=span, sources=sources_of((held,)))
    if position > len(held.items):
        return failure(f"the list has no element {position} from the end", span)
    return following(held.items[-position], held)


def lacks(value: Value, key: Value, *, from_end: bool = False) -> bool:
    """Whether a list or map certainly has nothing at a key, by the rules of Azure Resource Manager."""
    if isinstance(value, MapValue):
        name = key_text(key)
        return value.rest is None and name is not None and spelled(value, name) not in value.entries
    if isinstance(value, ListValue):
        position = whole_number(key)
        if value.rest is not None or position is None:
            return False
        return not 0 <= (position - 1 if from_end else position) < len(value.items)
    return False


def _entry(value: MapValue, name: str, span: Span | None, dialect: Dialect) -> Value:
    found = value.entries.get(name if dialect is Dialect.TERRAFORM else spelled(value, name))
    if found is not None:
        return following(found, value)
    if value.rest is not None:
        return Unknown(value.rest.reason, span=span, sources=sources_of((value.rest,)))
    return failure(f"there is no {name!r}", span)


def _any_element(value: ListValue | MapValue, key: Value, span: Span | None) -> Value:
    """The element at a key that is not known: any of them."""
    options = list(value.items) if isinstance(value, ListValue) else list(value.entries.values())
    if value.rest is not None or not options:
        return Unknown(reason_of(key), span=span, sources=sources_of((value,)))
    return choice([following(option, value) for option in options], span)


def _symbol_element(value: Symbol, key: Value, span: Span | None) -> Value:
    if not value.path and value.resource.address.endswith(MANY):
        return value
    if not isinstance(key, Scalar):
        inside = contents(value)
        if isinstance(inside, ListValue | MapValue):
            return _any_element(inside, key, span)
        return unknown_of((key, value), span)
    held = value.resource.configured(value.path)
    position = whole_number(key)
    if isinstance(held, ListValue):
        if position is None:
            return failure("the position is not a whole number", span)
        if held.rest is None and not 0 <= position < len(held.items):
            return failure(f"{symbol_name(value)} has no element {position}", span)
        return _below(value, position, span)
    name = key_text(key)
    if isinstance(held, MapValue) and name is not None:
        return _below(value, name, span)
    step = position if position is not None else name
    return _below(value, step, span) if step is not None else failure("the key is null", span)


def _below(symbol: Symbol, step: str | int, span: Span | None) -> Value:
    """What a resource has at one more step: its configured value, or the symbol of it."""
    path = (*symbol.path, step)
    held = symbol.resource.configured(path)
    inner = Symbol(symbol.resource, path, span=span, steps=symbol.steps, sources=symbol.sources)
    if held is None or isinstance(held, ListValue | MapValue):
        return inner
    place = span or symbol.span
    held = following(held, symbol)
    if isinstance(held, Unknown | PartialText):
        # Whatever it is, it is this attribute of this resource wherever it is read.
        held = cloned(held)
        held.sources = (*held.sources, inner)
        if isinstance(held, Unknown) and held.key is None and not symbol.resource.address.endswith(MANY):
            held.key = inner.key
    return moved(held, Step(place, symbol_name(inner))) if place is not None else held


def contents(value: Value) -> Value:
    """A symbol as the container it is, as far as its configuration tells; else the value.

    The attributes of an object that a deployment adds are a ``rest``. Where nothing tells
    what the symbol holds it is unknown.
    """
    if not isinstance(value, Symbol):
        return value
    held = value.resource.configured(value.path)
    reason = f"{symbol_name(value)} is known only after deployment"
    rest = Unknown(reason, span=value.span)
    if not value.path and value.resource.address.endswith(MANY):
        return ListValue((value,), rest=rest, span=value.span, steps=value.steps)
    if isinstance(held, ListValue):
        items = tuple(_below(value, number, value.span) for number in range(len(held.items)))
        return ListValue(items, held.kind, held.rest, span=value.span, steps=value.steps)
    if isinstance(held, MapValue):
        entries = {name: _below(value, name, value.span) for name in held.entries}
        return MapValue(entries, held.keys, held.is_map, rest, span=value.span, steps=value.steps)
    return Unknown(reason, span=value.span, steps=value.steps, sources=(value,))


def splat_items(value: Value, span: Span | None) -> ListValue | Unknown:
    """The elements that ``value[*]`` goes over: none for null, itself if it is no list.

    The value is not a choice.
    """
    match value:
        case Unknown():
            return value
        case Scalar(data=None):
            return ListValue((), span=span)
        case ListValue():
            return value
        case Symbol():
            held = value.resource.configured(value.path)
            inside = contents(value)
            if isinstance(inside, ListValue):
                return inside
            if not value.path or isinstance(held, MapValue):
                return ListValue((value,), span=span)
            return ListValue((), rest=Unknown(reason_of(value), span=span, sources=(value,)), span=span)
    return ListValue((value,), span=span)


def key_text(key: Value) -> str | None:
    """A known key as text, ``None`` where it is null or not known."""
    if isinstance(key, Scalar) and key.data is not None:
        if isinstance(key.data, bool):
            return "true" if key.data else "false"
        return (
            key.data
            if isinstance(key.data, str)
            else f"{key.data:f}"
            if isinstance(key.data, Decimal)
            else str(key.data)
        )
    return None


def whole_number(key: Value) -> int | None:
    """A known whole number, also written as text; ``None`` for anything else."""
    if isinstance(key, Scalar):
        if isinstance(key.data, int) and not isinstance(key.data, bool):
            return key.data
        if isinstance(key.data, str) and key.data.isascii() and key.data.lstrip("-").isdigit():
            return int(key.data) if len(key.data) < 20 else None
    return None
