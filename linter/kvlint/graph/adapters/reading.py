"""Reading evaluated configuration: attributes, nested blocks, and what may be missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypedDict

from kvlint.evaluate.resources import Deployment, EvaluatedResource, Language, Mode, Order
from kvlint.evaluate.values import (
    Choice,
    ListValue,
    MapValue,
    Scalar,
    Symbol,
    Unknown,
    Value,
    following,
    is_null,
)
from kvlint.graph.facts import Facts
from kvlint.source import Span

#: What turns one resource into entities.
Adapter = Callable[[EvaluatedResource, Facts], None]


def merged(families: Iterable[Mapping[str, Adapter]]) -> dict[str, list[Adapter]]:
    """All adapters of each type: a resource may mean several things."""
    table: dict[str, list[Adapter]] = {}
    for family in families:
        for resource_type, adapter in family.items():
            table.setdefault(resource_type, []).append(adapter)
    return table


class Origin(TypedDict):
    """The arguments of an entity that tell which resource it was made of."""

    address: str
    display: str
    span: Span
    deployment: Deployment
    language: Language
    mode: Mode
    conditional: Unknown | None
    order: Order | None


def origin(resource: EvaluatedResource) -> Origin:
    """What an entity takes over from the resource that it is made of."""
    return Origin(
        address=resource.address,
        display=resource.display,
        span=resource.span,
        deployment=resource.deployment,
        language=resource.deployment.language,
        mode=resource.mode,
        conditional=resource.conditional,
        order=resource.order,
    )


@dataclass(slots=True)
class Entries:
    """The elements of a list of blocks or objects, and why there may be further ones.

    ``doubtful`` are those of them that are there on a condition only.
    """

    items: list[MapValue] = field(default_factory=list)
    open: Unknown | None = None
    doubtful: list[MapValue] = field(default_factory=list)

    def __iter__(self) -> Iterator[MapValue]:
        return iter(self.items)


def attribute(config: MapValue, name: str) -> Value | None:
    """The value under a key, ``None`` where it is absent or null; unknown where it may be there."""
    value = config.entries.get(name)
    if value is None:
        return config.rest
    value = following(value, config)
    return None if is_null(value) else value


def given(config: MapValue, name: str) -> Value | None:
    """The value under a key; an empty text is what exports write for nothing, and so is none."""
    value = attribute(config, name)
    return None if isinstance(value, Scalar) and value.data == "" else value


def entries(config: MapValue | None, name: str) -> Entries:
    """The blocks (or objects) under a key: HCL blocks, a list of objects, or one object.

    Elements that are not objects make the list open, never an error.
    """
    if config is None:
        return Entries()
    value = config.entries.get(name)
    if value is None:
        return Entries([], config.rest)
    return entries_of(following(value, config))


def entries_of(value: Value | None) -> Entries:
    """The same for a value at hand."""
    if value is None or (isinstance(value, Scalar) and value.data is None):
        return Entries()
    if isinstance(value, Symbol):
        configured = value.resource.configured(value.path)
        if isinstance(configured, ListValue | MapValue):
            return entries_of(configured)
    if isinstance(value, MapValue):
        return Entries([value])
    if isinstance(value, ListValue):
        found = Entries([], value.rest)
        for item in value.items:
            item = following(item, value)
            if isinstance(item, MapValue):
                found.items.append(item)
            elif not is_null(item):
                found.open = found.open or _reason(item)
        return found
    if isinstance(value, Choice):
        merged = Entries([], Unknown("it depends on a condition", span=value.span))
        options = [entries_of(option).items for option in value.options]
        places = [{one.span for one in items} for items in options]
        for items in options:
            merged.items += items
            merged.doubtful += [one for one in items if not all(one.span in each for each in places)]
        return merged
    return Entries([], _reason(value))


def single(config: MapValue | None, name: str) -> MapValue | None:
    """The only block under a key, or the first of them; ``None`` where there is none."""
    found = entries(config, name)
    return found.items[0] if found.items else None


def elements(value: Value | None) -> tuple[list[Value], Unknown | None]:
    """The elements of a list of scalars, and why there may be further ones."""
    if value is None or is_null(value):
        return [], None
    if isinstance(value, Symbol):
        configured = value.resource.configured(value.path)
        if isinstance(configured, ListValue):
            return elements(configured)
    if isinstance(value, ListValue):
        return [following(item, value) for item in value.items], value.rest
    if isinstance(value, Choice):
        items: list[Value] = []
        for option in value.options:
            items.extend(elements(option)[0])
        return items, Unknown("it depends on a condition", span=value.span)
    return [], _reason(value)


def argument_span(config: MapValue, name: str, fallback: Span) -> Span:
    """Where an argument is set, whatever file its value was written in."""
    value = config.entries.get(name)
    if value is not None and value.span is not None and not value.steps and not config.steps:
        key = config.keys.get(name)
        if key is None or key.source is value.span.source:
            return value.span
    return config.keys.get(name) or (value.span if value is not None else None) or config.span or fallback


def span_of(config: MapValue, fallback: Span) -> Span:
    """Where an entry stands: its block header or its own text."""
    return config.span or fallback


def _reason(value: Value) -> Unknown:
    if isinstance(value, Unknown):
        return value
    return Unknown("it is known only after deployment", span=value.span)
