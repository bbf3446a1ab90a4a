"""Reading resources of the Azure Resource Manager, from Bicep, ARM JSON or azapi."""

from __future__ import annotations

from collections.abc import Iterable

from kvlint.evaluate.resources import EvaluatedResource
from kvlint.evaluate.values import (
    Choice,
    ListValue,
    MapValue,
    Scalar,
    Symbol,
    Unknown,
    Value,
    choice,
    following,
)
from kvlint.graph.adapters.container_app import identity_block
from kvlint.graph.adapters.reading import attribute, entries
from kvlint.graph.entities import IdentityBlock
from kvlint.graph.resource_ids import bare, segments

Path = tuple[str | int, ...]

#: How azapi shows what an ARM resource has: all of it below ``output``, the identity also by itself.
_AZAPI_PATHS: dict[Path, Path] = {("identity", "principalId"): ("identity", 0, "principal_id")}


def symbols(resource: EvaluatedResource, *path: str) -> list[Value]:
    """An attribute of a resource in every way to name it, the one of Bicep first."""
    found: list[Path] = [path, ("output", *path)]
    if path in _AZAPI_PATHS:
        found.append(_AZAPI_PATHS[path])
    return [Symbol(resource, one, span=resource.span) for one in found]


def section(config: MapValue | None, name: str) -> MapValue | None:
    """The object under a key; one of several that a condition chooses between has all their keys.

    What is not known is an object of which no key is known. ``None`` where nothing is there.
    """
    found = entries(config, name)
    if not found.items:
        return MapValue({}, rest=found.open, span=found.open.span) if found.open is not None else None
    if len(found.items) == 1:
        (item,) = found.items
        if found.open is None or item.rest is not None:
            return item
        return MapValue(item.entries, item.keys, rest=found.open, span=item.span, steps=item.steps)
    return _merged(found.items, found.open)


def _merged(items: Iterable[MapValue], rest: Unknown | None) -> MapValue:
    values: dict[str, list[Value]] = {}
    keys = {}
    for item in items:
        rest = rest or item.rest
        for key, value in item.entries.items():
            values.setdefault(key, []).append(following(value, item))
        keys.update(item.keys)
    return MapValue({key: choice(found) for key, found in values.items()}, keys, rest=rest)


def properties(resource: EvaluatedResource) -> MapValue:
    """The ``properties`` of a resource, empty where it has none."""
    return section(resource.config, "properties") or MapValue({}, span=resource.span)


def name_of(resource: EvaluatedResource) -> Value:
    """The resource's own name: the last segment where the names of its parents are written with it."""
    name = attribute(resource.config, "name")
    if name is None:
        return Unknown("it has no name", span=resource.span)
    return segments(name)[-1] if resource.type.count("/") > 1 else name


def parent_id(resource: EvaluatedResource) -> Value | None:
    """The resource id of what a child resource lies in, ``None`` where that is not known."""
    parent = resource.parent
    if isinstance(parent, Symbol) and not parent.path:
        return Symbol(parent.resource, ("id",), span=parent.span, steps=parent.steps)
    return parent


def carried_identities(config: MapValue) -> IdentityBlock:
    """The identities of a resource by its ``identity`` object."""
    found = entries(config, "identity")
    block = section(config, "identity")
    if block is None:
        return IdentityBlock(False)
    if not found.items:
        return IdentityBlock(None, [], block.rest)
    ids, reason = identity_ids(block)
    kind = attribute(block, "type")
    if found.open is not None:
        return IdentityBlock(None, ids, found.open, config.keys.get("identity") or block.span)
    return identity_block(kind, ids, reason, config.keys.get("identity") or block.span)


def identity_ids(block: MapValue) -> tuple[list[Value], Unknown | None]:
    """The ids under ``userAssignedIdentities``, which are its keys, and why there may be more."""
    listed = block.entries.get("userAssignedIdentities")
    if listed is None:
        return [], block.rest
    return _ids_in(following(listed, block))


def _ids_in(listed: Value) -> tuple[list[Value], Unknown | None]:
    match listed:
        case MapValue():
            ids: list[Value] = [
                Scalar(key, span=listed.keys.get(key), steps=listed.steps) for key in listed.entries
            ]
            ids += [following(bare(key), listed) for key, _ in listed.computed]
            return ids, None if listed.complete else listed.rest
        case ListValue():
            return [following(bare(item), listed) for item in listed.items], listed.rest
        case Choice(options=options):
            ids = [one for option in options for one in _ids_in(option)[0]]
            return ids, Unknown("they depend on a condition", span=listed.span)
        case Scalar():
            return [], None
        case Unknown():
            return [], listed
    return [], Unknown("its user-assigned identities are not known", span=listed.span)
