"""How many instances a block has: ``count`` and ``for_each``, as far as they are known.

Cost never multiplies with a count: a collection that is not known, or too large, stays one
instance that stands for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from kvlint.evaluate.access import contents
from kvlint.evaluate.combine import reason_of
from kvlint.evaluate.values import (
    ListKind,
    ListValue,
    MapValue,
    Scalar,
    Unknown,
    Value,
    alternatives,
    choice,
    following,
    is_null,
)

#: A block with more instances than this is not expanded.
MAX_INSTANCES = 500


@dataclass(slots=True)
class Budget:
    """How many blocks a whole deployment may still expand to."""

    remaining: int = 20_000

    def take(self, count: int, size: int = 1) -> bool:
        """Use up some for instances of so many blocks each, or say that they are not there."""
        if count > MAX_INSTANCES or count * size > self.remaining:
            return False
        self.remaining -= count * size
        return True


@dataclass(slots=True, frozen=True)
class Instance:
    """One instance: its key (``None`` where it stands for many) and the names that only it sees.

    One that is ``absent`` surely is not made, and keeps its position among the others.
    """

    key: str | int | None
    names: dict[str, Value]
    conditional: Unknown | None = None
    absent: bool = False


@dataclass(slots=True)
class Expansion:
    """The instances of a block. ``repeated`` is false where it has neither count nor for_each."""

    instances: list[Instance] = field(default_factory=list)
    repeated: bool = True
    by_position: bool = False


def by_count(value: Value, budget: Budget, size: int = 1) -> Expansion:
    """The instances of ``count = value``, each of ``size`` blocks."""
    counts = [_whole(option) for option in alternatives(value)]
    known = [count for count in counts if count is not None]
    if len(known) == len(counts) and known and budget.take(max(known), size):
        maybe = Unknown("its count depends on a condition", span=value.span)
        return Expansion(
            [
                Instance(
                    index, _count(Scalar(index, span=value.span)), maybe if index >= min(known) else None
                )
                for index in range(max(known))
            ],
            by_position=True,
        )
    if known and len(known) == len(counts) and min(known) > 0:
        return Expansion([_many_counted(value, None)], by_position=True)
    return Expansion([_many_counted(value, Unknown(reason_of(value), span=value.span))], by_position=True)


def by_each(value: Value, budget: Budget, size: int = 1) -> Expansion:
    """The instances of ``for_each = value``, each of ``size`` blocks."""
    options = [_pairs(option) for option in alternatives(value)]
    found: dict[str, list[tuple[Value, Value]]] = {}
    for option in options:
        for name, pair in option.pairs.items() if option is not None else ():
            found.setdefault(name, []).append(pair)
    if not budget.take(len(found), size):
        return Expansion(
            [_many_each(Unknown("there are too many instances to expand", span=value.span), None)]
        )
    instances = []
    for name in sorted(found):
        pairs = found[name]
        maybe = None
        if len(pairs) < len(options):
            maybe = Unknown("its for_each depends on a condition", span=value.span)
        each = MapValue({"key": pairs[0][0], "value": choice([item for _, item in pairs], value.span)})
        instances.append(Instance(name, {"each": each}, maybe))
    if any(option is None or option.open for option in options):
        reason = Unknown(reason_of(_open_part(value)), span=value.span)
        instances.append(_many_each(reason, reason))
    return Expansion(instances)


@dataclass(slots=True)
class Pairs:
    """The known entries of a collection (key and value by the key's text), and why there may be more."""

    pairs: dict[str, tuple[Value, Value]]
    open: Unknown | None


def _pairs(value: Value) -> Pairs | None:
    """The keys and values that a for_each goes over; ``None`` where unknown."""
    value = contents(value)
    if isinstance(value, MapValue):
        return Pairs({name: _entry(value, name) for name in value.entries}, value.rest)
    if isinstance(value, ListValue):
        pairs: dict[str, tuple[Value, Value]] = {}
        rest = value.rest
        for item in value.items:
            if isinstance(item, Scalar) and isinstance(item.data, str):
                element = following(item, value)
                pairs.setdefault(item.data, (element, element))
            else:
                rest = rest or Unknown(reason_of(item), span=item.span)
        return Pairs(pairs, rest)
    return None


def _entry(value: MapValue, name: str) -> tuple[Value, Value]:
    """Key and value of a map's entry; the key stands where it is written, if it is."""
    item = following(value.entries[name], value)
    return Scalar(name, span=value.keys.get(name) or item.span, steps=value.steps), item


@dataclass(slots=True)
class Elements:
    """The known elements of a collection, as keys and values.

    ``open`` is why there may be elements that nobody knows, ``rest`` why there may be
    others than these at all: it is also set where they depend on a condition.
    """

    pairs: list[tuple[Value, Value]]
    open: Unknown | None
    rest: Unknown | None


def elements_of(value: Value, limit: int) -> Elements:
    """What a ``dynamic`` block goes over, at most ``limit`` of it.

    Of several possible collections the elements at the same key or position are one element.
    """
    options = alternatives(value)
    found: dict[str | int, list[tuple[Value, Value]]] = {}
    unknown: Unknown | None = None
    for option in options:
        inside = contents(option)
        if isinstance(inside, MapValue):
            for name in sorted(inside.entries):
                found.setdefault(name, []).append(_entry(inside, name))
            unknown = unknown or inside.rest
        elif isinstance(inside, ListValue):
            for index, item in enumerate(inside.items):
                element = following(item, inside)
                key = element if inside.kind is ListKind.SET else Scalar(index, span=item.span)
                found.setdefault(index, []).append((key, element))
            unknown = unknown or inside.rest
        elif not is_null(inside):
            unknown = unknown or Unknown(reason_of(inside), span=inside.span)
    pairs = [
        (choice([key for key, _ in same]), choice([item for _, item in same], value.span))
        for same in found.values()
    ]
    if len(pairs) > limit:
        pairs, unknown = pairs[:limit], Unknown("there are too many elements to expand", span=value.span)
    rest = unknown
    if rest is None and len(options) > 1:
        rest = Unknown("it depends on a condition", span=value.span)
    return Elements(pairs, unknown, rest)


def _open_part(value: Value) -> Value:
    for option in alternatives(value):
        inside = contents(option)
        if isinstance(inside, ListValue | MapValue):
            if inside.rest is not None:
                return inside.rest
        elif not isinstance(inside, Scalar):
            return inside
    return value


def _whole(value: Value) -> int | None:
    if isinstance(value, Scalar):
        if isinstance(value.data, int) and not isinstance(value.data, bool) and value.data >= 0:
            return value.data
        if (
            isinstance(value.data, str)
            and value.data.isascii()
            and value.data.isdigit()
            and len(value.data) < 10
        ):
            return int(value.data)
    return None


def _count(index: Value) -> dict[str, Value]:
    return {"count": MapValue({"index": index})}


def _many_counted(value: Value, maybe: Unknown | None) -> Instance:
    return Instance(None, _count(Unknown("it stands for every index", span=value.span)), maybe)


def _many_each(reason: Unknown, maybe: Unknown | None) -> Instance:
    each = MapValue({"key": reason, "value": reason})
    return Instance(None, {"each": each}, maybe)
