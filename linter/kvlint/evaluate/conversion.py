"""Types of values and conversion between them, by Terraform's rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum

from kvlint.evaluate.access import contents
from kvlint.evaluate.combine import each_way, failure, reason_of, sources_of, too_large, weight
from kvlint.evaluate.numbers import as_number
from kvlint.evaluate.operators import equal, scalar_text
from kvlint.evaluate.values import (
    ListKind,
    ListValue,
    MapValue,
    PartialText,
    Scalar,
    Symbol,
    Unknown,
    Value,
    cloned,
    is_null,
)

_LIMIT = 100_000


class Primitive(Enum):
    """The types without parts; ``ANY`` accepts everything and converts nothing by itself."""

    STRING = "string"
    NUMBER = "number"
    BOOL = "bool"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Collection:
    """``list(element)``, ``set(element)`` or ``map(element)``; ``kind`` is ``None`` for a map."""

    kind: ListKind | None
    element: Type


@dataclass(frozen=True, slots=True)
class TupleType:
    """``tuple([…])``."""

    items: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class ObjectType:
    """``object({…})``: ``optional`` names what may be left out, ``defaults`` what it is then."""

    attributes: Mapping[str, Type]
    optional: frozenset[str] = frozenset()
    defaults: Mapping[str, Value] = field(default_factory=dict)


Type = Primitive | Collection | TupleType | ObjectType

LIST_OF_TEXT = Collection(ListKind.LIST, Primitive.STRING)


def convert(value: Value, type_: Type) -> Value:
    """The value as this type; what is not known stays so, a wrong one is a failed unknown."""
    if weight(value, _LIMIT) > _LIMIT:
        return too_large(value.span, (value,))
    try:
        return _convert(value, type_)
    except RecursionError:
        return Unknown("it is nested too deeply", span=value.span)


def _convert(value: Value, type_: Type) -> Value:
    if type_ is Primitive.ANY or isinstance(value, Unknown):
        return value
    if isinstance(value, Scalar) and value.data is None:
        return value
    match type_:
        case Primitive():
            return each_way((value,), lambda option: _to_primitive(option, type_), value.span)
        case Collection(kind=None):
            return each_way((value,), lambda option: _to_map(option, type_.element), value.span)
        case Collection(kind=kind, element=element) if kind is not None:
            return each_way((value,), lambda option: _to_list(option, kind, element), value.span)
        case TupleType():
            return each_way((value,), lambda option: _to_tuple(option, type_), value.span)
        case ObjectType():
            return each_way((value,), lambda option: _to_object(option, type_), value.span)
    return value


def _to_primitive(value: Value, type_: Primitive) -> Value:
    if isinstance(value, ListValue | MapValue):
        return failure(f"a {type_.value} is needed, it is a collection", value.span, (value,))
    if isinstance(value, PartialText):
        if type_ is Primitive.STRING:
            return value
        return Unknown(reason_of(value), span=value.span, sources=sources_of((value,)))
    if not isinstance(value, Scalar):
        return value
    data = value.data
    if type_ is Primitive.STRING:
        if isinstance(data, str):
            return value
        return _same_place(value, scalar_text(data))
    if type_ is Primitive.NUMBER:
        if isinstance(data, int | Decimal) and not isinstance(data, bool):
            return value
        number = as_number(data)
        return (
            failure("it is not a number", value.span, (value,))
            if number is None
            else _same_place(value, number)
        )
    if isinstance(data, bool):
        return value
    truth = {"true": True, "1": True, "false": False, "0": False}.get(data) if isinstance(data, str) else None
    return (
        failure("it is not a boolean", value.span, (value,)) if truth is None else _same_place(value, truth)
    )


def _same_place(value: Scalar, data: str | int | Decimal | bool | None) -> Scalar:
    other = cloned(value)
    other.data = data
    return other


def _open(value: Value) -> Value:
    """A symbol as the container it is; itself when nothing tells."""
    found = contents(value)
    return value if isinstance(found, Unknown) else found


def _to_list(value: Value, kind: ListKind, element: Type) -> Value:
    value = _open(value)
    if isinstance(value, Symbol | Unknown):
        return value
    if not isinstance(value, ListValue):
        return failure(f"a {kind.value} is needed", value.span, (value,))
    items: Sequence[Value] | None
    if element is Primitive.ANY:
        items = unify_all(value.items)
        if items is None:
            return failure("the elements have different types", value.span, (value,))
    else:
        items = [_convert(item, element) for item in value.items]
    failed = _failed(items)
    if failed is not None:
        return failure(failed.reason, value.span, (value,))
    if kind is ListKind.SET:
        items = as_set(items)
    other = cloned(value)
    other.items, other.kind = tuple(items), kind
    return other


def _to_map(value: Value, element: Type) -> Value:
    value = _open(value)
    if isinstance(value, Symbol | Unknown):
        return value
    if not isinstance(value, MapValue):
        return failure("a map is needed", value.span, (value,))
    items: Sequence[Value] | None
    if element is Primitive.ANY:
        items = unify_all(tuple(value.entries.values()))
        if items is None:
            return failure("the elements have different types", value.span, (value,))
    else:
        items = [_convert(item, element) for item in value.entries.values()]
    failed = _failed(items)
    if failed is not None:
        return failure(failed.reason, value.span, (value,))
    other = cloned(value)
    other.entries, other.is_map = dict(zip(value.entries, items, strict=True)), True
    return other


def _to_tuple(value: Value, type_: TupleType) -> Value:
    value = _open(value)
    if isinstance(value, Symbol | Unknown):
        return value
    if not isinstance(value, ListValue) or (value.rest is None and len(value.items) != len(type_.items)):
        return failure(f"a tuple of {len(type_.items)} elements is needed", value.span, (value,))
    items = [_convert(item, wanted) for item, wanted in zip(value.items, type_.items, strict=False)]
    failed = _failed(items)
    if failed is not None:
        return failure(failed.reason, value.span, (value,))
    other = cloned(value)
    other.items, other.kind = tuple(items), ListKind.TUPLE
    return other


def _to_object(value: Value, type_: ObjectType) -> Value:
    value = _open(value)
    if isinstance(value, Symbol | Unknown):
        return value
    if not isinstance(value, MapValue):
        return failure("an object is needed", value.span, (value,))
    entries: dict[str, Value] = {}
    for name, wanted in type_.attributes.items():
        found = value.entries.get(name)
        if is_null(found) and name in type_.defaults and (found is not None or value.rest is None):
            entries[name] = _convert(type_.defaults[name], wanted)
        elif found is not None:
            entries[name] = _convert(found, wanted)
        elif value.rest is not None:
            entries[name] = value.rest
        elif name in type_.optional:
            entries[name] = Scalar(None, span=value.span)
        else:
            return failure(f"the attribute {name!r} is required", value.span, (value,))
    failed = _failed(entries.values())
    if failed is not None:
        return failure(failed.reason, value.span, (value,))
    other = cloned(value)
    other.entries, other.is_map, other.rest = entries, False, None
    return other


def _failed(items: Iterable[Value]) -> Unknown | None:
    return next((item for item in items if isinstance(item, Unknown) and item.failed), None)


def as_set(items: Iterable[Value]) -> list[Value]:
    """The elements of a set in the order in which Terraform goes over them, none twice."""
    kept: list[Value] = []
    seen: set[tuple[bool, object]] = set()
    for item in items:
        if isinstance(item, Scalar):
            mark = (isinstance(item.data, bool), item.data)
            if mark in seen:
                continue
            seen.add(mark)
        elif any(not isinstance(other, Scalar) and equal(other, item) is True for other in kept):
            continue
        kept.append(item)
    return sorted(kept, key=_order)


def _order(item: Value) -> tuple[int, int | Decimal, str]:
    """Nulls last, numbers by size, texts by their letters, what is not known behind them."""
    data = item.data if isinstance(item, Scalar) else None
    if isinstance(data, bool):
        return 0, int(data), ""
    if isinstance(data, str):
        return 0, 0, data
    if data is not None:
        return 0, data, ""
    return (1, 0, "") if isinstance(item, Scalar) else (0, 0, _written(item))


def _written(item: Value) -> str:
    """What Terraform sorts compound elements of a set by."""
    match item:
        case Scalar(data=None):
            return "null"
        case Scalar(data=str() as text):
            return f'"{text}"'
        case Scalar(data=data):
            return str(scalar_text(data))
        case ListValue(kind=kind, items=items):
            inside = "".join(f"{_written(part)};" for part in items)
            return f"<{inside}>" if kind is ListKind.TUPLE else f"[{inside}]"
        case MapValue(is_map=is_map, entries=entries):
            names = sorted(entries)
            if is_map:
                return "{" + "".join(f'"{name}":{_written(entries[name])};' for name in names) + "}"
            return "<" + "".join(f"{_written(entries[name])};" for name in names) + ">"
    return "~"


# Unification


def type_of(value: Value) -> Type:
    """The type of a value, ``ANY`` where it is not known or null."""
    match value:
        case Scalar(data=bool()):
            return Primitive.BOOL
        case Scalar(data=str()) | PartialText():
            return Primitive.STRING
        case Scalar(data=int() | Decimal()):
            return Primitive.NUMBER
        case ListValue(kind=ListKind.TUPLE, rest=None, items=items):
            return TupleType(tuple([type_of(item) for item in items]))
        case ListValue(kind=kind, items=items) if kind is not ListKind.TUPLE:
            return Collection(kind, type_of(items[0]) if items else Primitive.ANY)
        case MapValue(is_map=True, entries=entries):
            return Collection(None, next(map(type_of, entries.values()), Primitive.ANY))
        case MapValue(rest=None, entries=entries):
            return ObjectType({name: type_of(entry) for name, entry in entries.items()})
    return Primitive.ANY


def unify(types: Sequence[Type]) -> Type | None:
    """The type that all of these convert to, ``None`` where there is none.

    ``ANY`` among them says nothing about the result; only where nothing else is there the
    result is ``ANY``.
    """
    kinds = [type_ for type_ in types if type_ is not Primitive.ANY]
    if not kinds:
        return Primitive.ANY
    if all(isinstance(type_, Primitive) for type_ in kinds):
        if len(set(kinds)) == 1:
            return kinds[0]
        return Primitive.STRING if Primitive.STRING in kinds else None
    objects = [type_ for type_ in kinds if isinstance(type_, ObjectType)]
    tuples = [type_ for type_ in kinds if isinstance(type_, TupleType)]
    collections = [type_ for type_ in kinds if isinstance(type_, Collection)]
    if len(objects) + len([type_ for type_ in collections if type_.kind is None]) == len(kinds):
        return _unify_objects(objects, collections)
    if len(tuples) + len([type_ for type_ in collections if type_.kind is not None]) == len(kinds):
        return _unify_tuples(tuples, collections)
    return None


def _unify_objects(objects: Sequence[ObjectType], maps: Sequence[Collection]) -> Type | None:
    if not maps and all(type_.attributes.keys() == objects[0].attributes.keys() for type_ in objects):
        attributes: dict[str, Type] = {}
        for name in objects[0].attributes:
            found = unify([type_.attributes[name] for type_ in objects])
            if found is None:
                return None
            attributes[name] = found
        return ObjectType(attributes)
    inside = [type_ for each in objects for type_ in each.attributes.values()]
    element = unify([*inside, *(type_.element for type_ in maps)])
    return None if element is None else Collection(None, element)


def _unify_tuples(tuples: Sequence[TupleType], lists: Sequence[Collection]) -> Type | None:
    if not lists and len({len(type_.items) for type_ in tuples}) == 1:
        items = [unify(group) for group in zip(*(type_.items for type_ in tuples), strict=True)]
        known = [item for item in items if item is not None]
        return TupleType(tuple(known)) if len(known) == len(items) else None
    inside = [type_ for each in tuples for type_ in each.items]
    element = unify([*inside, *(type_.element for type_ in lists)])
    if element is None:
        return None
    only_sets = bool(lists) and not tuples and all(type_.kind is ListKind.SET for type_ in lists)
    return Collection(ListKind.SET if only_sets else ListKind.LIST, element)


def unify_all(values: Sequence[Value]) -> list[Value] | None:
    """The values converted to one type, ``None`` where their types do not go together."""
    if len(values) < 2:
        return list(values)
    target = unify([type_of(value) for value in values])
    if target is None:
        return None
    return [_convert(value, target) for value in values]


def unified(then: Value, otherwise: Value) -> tuple[Value, Value] | None:
    """The results of a conditional converted to one type, ``None`` where that is an error.

    Where the type of one is not known the other stays as it is.
    """
    known = (Scalar, ListValue, MapValue)
    if not isinstance(then, known) or not isinstance(otherwise, known):
        return then, otherwise
    try:
        pair = unify_all((then, otherwise))
    except RecursionError:
        return then, otherwise
    return None if pair is None else (pair[0], pair[1])
