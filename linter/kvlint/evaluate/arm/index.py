"""Finds the resources and deployments that a template declares by id, as functions of ARM JSON do."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Protocol

from kvlint.evaluate.arm.ids import parsed_id, segments_key, segments_of
from kvlint.evaluate.arm.place import Place
from kvlint.evaluate.arm.resource import ArmResource, Home
from kvlint.evaluate.arm.template import Template
from kvlint.evaluate.combine import name_key
from kvlint.evaluate.values import Symbol, Value
from kvlint.source import Span

#: The type of a resource in lower case, and what its names have in common with equal ones.
_Key = tuple[str, tuple[Hashable, ...]]
#: What equal scopes have in common.
_Scope = tuple[Hashable, ...]

#: Types whose names are unique in a tenant: an id at any scope names the same thing.
_TENANT_WIDE = frozenset({"microsoft.authorization/roledefinitions"})
#: The key of the place that the template itself is deployed to.
_HERE: _Scope = ("(here)",)
#: Resources extend each other in so many steps at most, and ids have so many segments.
_MAX_EXTENSIONS = 16
_MAX_SEGMENTS = 100


class Declaring(Home, Protocol):
    """The template instance whose resources are found."""

    template: Template

    def own_resources(self) -> Iterator[ArmResource]:
        """The resources of the template itself."""


class ResourceIndex:
    """The resources that one instance of a template declares.

    Resources of one type and name at several scopes are several resources. Where it cannot be
    told that two scopes are the same nothing is found.
    """

    def __init__(self, home: Declaring) -> None:
        self._home = home
        self._found: dict[_Key, list[ArmResource]] | None = None
        self._by_name: dict[Hashable, list[ArmResource]] = {}
        self._scopes: dict[ArmResource, _Scope] = {}
        #: Resources whose scope is being told.
        self._asked: set[ArmResource] = set()
        self._own_place: tuple[_Scope | None] | None = None

    def find(self, type_: str, names: Sequence[Value], scope: Value | None) -> Symbol | None:
        """The resource of this type with these names; ``scope`` is an id, ``None`` for the template's place."""
        return self._at(type_, names, None if scope is None else segments_of(scope))

    def by_id(self, target: Value) -> Symbol | None:
        """The resource that an id names."""
        wanted = parsed_id(target)
        return None if wanted is None else self._at(wanted.type, wanted.names, wanted.scope)

    def named(self, name: Value) -> Symbol | None:
        """The only resource that the template declares with this name, of whatever type."""
        self._resources()
        found = self._by_name.get(name_key(name), [])
        first = found[0] if found else None
        if first is None or any(not self._is_same(one, first) for one in found[1:]):
            return None
        return _symbol(found)

    def _is_same(self, one: ArmResource, other: ArmResource) -> bool:
        scope = self._scope_of(one)
        return scope is not None and scope == self._scope_of(other) and one.key() == other.key()

    def is_at(self, place: Place, scope: Sequence[Value] | None) -> bool:
        """Whether a place surely is the scope that these segments of an id name."""
        key = self._scope_key(None if place is self._home.place else segments_of(place.id(self._span())))
        return key is not None and key == self._scope_key(scope)

    def _at(self, type_: str, names: Sequence[Value], scope: Sequence[Value] | None) -> Symbol | None:
        keys = tuple(name_key(name) for name in names)
        if None in keys:
            return None
        found = self._resources().get((type_.casefold(), keys), [])
        if not found or type_.casefold() in _TENANT_WIDE:
            return _symbol(found)
        wanted = self._scope_key(scope)
        return None if wanted is None else _symbol(one for one in found if self._scope_of(one) == wanted)

    def _scope_of(self, resource: ArmResource) -> _Scope | None:
        """The key of what a resource lies in or extends."""
        known = self._scopes.get(resource)
        if known is not None or resource in self._asked or len(self._asked) > _MAX_EXTENSIONS:
            return known
        self._asked.add(resource)
        try:
            scope = resource.scope_elsewhere()
            key = self._scope_key(None if scope is None else segments_of(scope))
        finally:
            self._asked.remove(resource)
        if key is not None:  # else it may be known to whoever does not ask on the way to it
            self._scopes[resource] = key
        return key

    def _scope_key(self, scope: Sequence[Value] | None) -> _Scope | None:
        """What equal scopes have in common, whether they are written as texts or name resources."""
        if scope is None:
            return _HERE
        start: _Scope | None = ()
        first = scope[0] if scope else None
        named = first.resource if isinstance(first, Symbol) and first.path == ("id",) else None
        if isinstance(named, ArmResource) and named.home is self._home:
            start, scope = self._id_key(named), scope[1:]
        rest = segments_key(scope)
        if start is None or rest is None or len(start) + len(rest) > _MAX_SEGMENTS:
            return None
        own = self._place_key() if not start else None
        if own is not None and rest[: len(own)] == own:
            return (*_HERE, *rest[len(own) :])
        return (*start, *rest)

    def _id_key(self, resource: ArmResource) -> _Scope | None:
        """The key of a resource's own id."""
        scope, key = self._scope_of(resource), resource.key()
        if scope is None or key is None or resource.address.endswith("[*]"):
            return None
        provider, *types = key[0].split("/")
        named = [one for pair in zip(types, key[1], strict=False) for one in pair]
        if key[0] == "microsoft.resources/resourcegroups":
            return (*scope, *named)
        return (*scope, "providers", provider, *named)

    def _place_key(self) -> _Scope | None:
        if self._own_place is None:
            self._own_place = (segments_key(segments_of(self._home.place.id(self._span()))),)
        return self._own_place[0]

    def _span(self) -> Span:
        return Span(self._home.template.source, 0, 0)

    def _resources(self) -> dict[_Key, list[ArmResource]]:
        if self._found is None:
            self._found = {}  # while it is being made nothing is found
            made: dict[_Key, list[ArmResource]] = {}
            for resource in self._home.own_resources():
                key = resource.key()
                if key is not None and not resource.address.endswith("[*]"):
                    made.setdefault(key, []).append(resource)
            self._found = made
            for key, resources in made.items():
                self._by_name.setdefault(key[1][-1], []).extend(resources)
        return self._found


def _symbol(found: Iterable[ArmResource]) -> Symbol | None:
    """The first of several declarations of one resource, those that make it before those that look it up."""
    chosen: ArmResource | None = None
    for one in found:
        if one.managed or chosen is None:
            chosen = one
        if one.managed:
            break
    return None if chosen is None else Symbol(chosen, span=chosen.declaration.span)
