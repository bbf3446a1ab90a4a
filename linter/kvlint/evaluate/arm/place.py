"""Where templates are deployed, and the ids that things get there."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

from kvlint.evaluate.arm.template import TargetScope
from kvlint.evaluate.combine import combinations, key_of, one_of, reason_of
from kvlint.evaluate.operators import joined_text
from kvlint.evaluate.resources import Deployment
from kvlint.evaluate.values import (
    MapValue,
    PartialText,
    Scalar,
    Symbol,
    Unknown,
    Value,
    alternatives,
    text_of,
)
from kvlint.source import Span

#: How the id of a management group or of a subscription begins.
_SCOPE_ID = re.compile(
    r"(?P<group>(?:/providers/)?Microsoft\.Management/managementGroups/)|/subscriptions/", re.IGNORECASE
)
#: The ARM types of the scopes, as ``resourceGroup().type`` and its like have them.
_GROUP, _SUBSCRIPTION = "Microsoft.Resources/resourceGroups", "Microsoft.Resources/subscriptions"
_MANAGEMENT_GROUP, _TENANT = "Microsoft.Management/managementGroups", "Microsoft.Resources/tenants"


@dataclass(slots=True, frozen=True)
class Place:
    """What a template is deployed to; ``group`` is the resource group's name, if it is one.

    Names that are chosen at deployment are unknown values with a key: one place is the same
    as itself.
    """

    kind: TargetScope
    subscription: Value
    group: Value | None = None
    #: Of a management group.
    name: Value | None = None

    def group_value(self, span: Span | None) -> Value:
        """What ``resourceGroup()`` gives."""
        if self.group is None:
            return Unknown("it is not deployed to a resource group", span=span)
        return self._object(_GROUP, self.group, span)

    def subscription_value(self, span: Span | None) -> Value:
        """What ``subscription()`` gives."""
        found = self._object(_SUBSCRIPTION, self.subscription, span)
        found.entries["subscriptionId"] = self.subscription
        found.entries["tenantId"] = chosen("tenant", "the tenant is chosen at deployment", self)
        return found

    def value(self, span: Span | None) -> Value:
        """The scope that it is, as an expression sees it."""
        if self.kind is TargetScope.RESOURCE_GROUP:
            return self.group_value(span)
        if self.kind is TargetScope.SUBSCRIPTION:
            return self.subscription_value(span)
        if self.kind is TargetScope.TENANT:
            return self._object(_TENANT, Scalar("/", span=span), span)
        name = self.name or chosen("management group", "the management group is chosen at deployment", self)
        return self._object(_MANAGEMENT_GROUP, name, span)

    def _object(self, type_: str, name: Value, span: Span | None) -> MapValue:
        rest = Unknown("it is known only after deployment", span=span)
        entries: dict[str, Value] = {
            "id": self._id(type_, name, span),
            "name": name,
            "type": Scalar(type_, span=span),
            "location": chosen("location", "the location is chosen at deployment", self),
        }
        return MapValue(entries, rest=rest, span=span)

    def _id(self, type_: str, name: Value, span: Span | None) -> Value:
        if type_ == _TENANT:
            return Scalar("/", span=span)
        if type_ == _MANAGEMENT_GROUP:
            return _joined(["/providers/Microsoft.Management/managementGroups/", name], span)
        parts: list[str | Value] = ["/subscriptions/", self.subscription]
        if type_ == _GROUP:
            parts += ["/resourceGroups/", name]
        return _joined(parts, span)

    def id(self, span: Span | None) -> Value:
        """The resource id of the place."""
        return scope_id(self.value(span), span)

    @property
    def key(self) -> Hashable:
        """What two equal places have in common."""
        names = (self.subscription, self.group, self.name)
        return (self.kind, *(None if one is None else key_of(one) for one in names))


def chosen(what: str, reason: str, place: Place) -> Unknown:
    """Something about a place that is chosen when it is deployed to."""
    return Unknown(reason, key=(what, place.key))


def first_place(kind: TargetScope | None, deployment: Deployment) -> Place:
    """Where the entry template of a deployment goes."""
    mark = (deployment.language, deployment.root)
    subscription = Unknown("the subscription is chosen at deployment", key=("subscription", mark))
    if kind is None or kind is TargetScope.RESOURCE_GROUP:
        group = Unknown("the resource group is chosen at deployment", key=("resource group", mark))
        return Place(TargetScope.RESOURCE_GROUP, subscription, group)
    return Place(kind, subscription)


def place_of(scope: Value, around: Place) -> Place:
    """The place that a module's ``scope`` means, seen from the place around it."""
    options = alternatives(scope)
    if len(options) != 1:
        return _unknown_place(scope)
    if isinstance(scope, Symbol) and scope.path in ((), ("id",)):  # ARM JSON writes the id
        name = scope.resource.configured(("name",)) or Unknown(reason_of(scope))
        if scope.resource.type.casefold() == _GROUP.casefold():
            return Place(TargetScope.RESOURCE_GROUP, around.subscription, name)
        if scope.resource.type.casefold() == _MANAGEMENT_GROUP.casefold():
            return Place(TargetScope.MANAGEMENT_GROUP, around.subscription, name=name)
        return around  # a resource: the module is deployed where its caller is
    if not isinstance(scope, MapValue):
        return _place_of_text(scope, around) or _unknown_place(scope)
    name = scope.entries.get("name") or Unknown(reason_of(scope))
    subscription = scope.entries.get("subscriptionId") or around.subscription
    match text_of(scope.entries.get("type")):
        case "Microsoft.Resources/resourceGroups":
            return Place(TargetScope.RESOURCE_GROUP, subscription, name)
        case "Microsoft.Resources/subscriptions":
            return Place(TargetScope.SUBSCRIPTION, subscription)
        case "Microsoft.Management/managementGroups":
            return Place(TargetScope.MANAGEMENT_GROUP, around.subscription, name=name)
        case "Microsoft.Resources/tenants":
            return Place(TargetScope.TENANT, around.subscription)
    return _unknown_place(scope)


def _place_of_text(scope: Value, around: Place) -> Place | None:
    """The management group, subscription or tenant that an id names, as ARM JSON writes scopes."""
    parts = scope.parts if isinstance(scope, PartialText) else (scope,)
    first = text_of(parts[0]) or ""
    if first == "/" and len(parts) == 1:
        return Place(TargetScope.TENANT, around.subscription)
    found = _SCOPE_ID.match(first)
    if found is None:
        return None
    name = _joined([first[found.end() :], *parts[1:]], scope.span)
    if any(
        "/" in (text_of(part) or "") for part in (name.parts if isinstance(name, PartialText) else (name,))
    ):
        return None
    if found["group"]:
        return Place(TargetScope.MANAGEMENT_GROUP, around.subscription, name=name)
    return Place(TargetScope.SUBSCRIPTION, name)


def of_kind(place: Place, kind: TargetScope | None) -> Place:
    """The place of a template that is written for this kind; of one of another kind little is known."""
    if kind is None or kind is place.kind or place.group is None:
        return place
    return Place(kind, place.subscription, name=place.group)


def _unknown_place(scope: Value) -> Place:
    reason = reason_of(scope)
    return Place(TargetScope.RESOURCE_GROUP, Unknown(reason), Unknown(reason))


def group_scope(arguments: Sequence[Value], around: Place, span: Span | None) -> Value:
    """What ``resourceGroup([subscription,] name)`` gives."""
    if not arguments:
        return around.group_value(span)
    place = replace(around, kind=TargetScope.RESOURCE_GROUP, group=arguments[-1])
    if len(arguments) > 1:
        place = replace(place, subscription=arguments[0])
    found = place.group_value(span)
    if isinstance(found, MapValue) and len(arguments) > 1:
        found.entries["subscriptionId"] = arguments[0]
    return found


def subscription_scope(arguments: Sequence[Value], around: Place, span: Span | None) -> Value:
    """What ``subscription([id])`` gives."""
    if arguments:
        around = replace(around, subscription=arguments[0])
    return around.subscription_value(span)


def scope_id(scope: Value, span: Span | None) -> Value:
    """The resource id of what a ``scope`` property names: a scope object, or a resource."""
    if isinstance(scope, Symbol) and not scope.path:
        return Symbol(scope.resource, ("id",), span=scope.span, steps=scope.steps)
    if isinstance(scope, MapValue) and "id" in scope.entries:
        return scope.entries["id"]
    is_id = isinstance(scope, Symbol) and scope.path == ("id",)
    if is_id or isinstance(scope, PartialText) or text_of(scope) is not None:
        return scope  # ARM JSON writes the id itself
    return Unknown(reason_of(scope), span=span)


def resource_id_text(type_: str, names: Sequence[Value], base: Value | None, span: Span | None) -> Value:
    """``BASE/providers/TYPE/NAME``, names between the segments of the type."""
    provider, *segments = type_.split("/")
    if text_of(base) == "/" or provider.casefold() == "microsoft.management":
        base = None  # the tenant's, as management groups are
    parts: list[str | Value] = ([base] if base is not None else []) + [f"/providers/{provider}"]
    for segment, name in zip(segments, names, strict=False):
        parts += [f"/{segment}/", name]
    return _joined(parts, span)


def _joined(parts: Sequence[str | Value], span: Span | None) -> Value:
    values = [Scalar(part) if isinstance(part, str) else part for part in parts]
    place = span or next((value.span for value in values if value.span is not None), None)
    if place is None:
        return Unknown("it is known only after deployment")
    ways = combinations(values)
    return joined_text(values, place) if ways is None else one_of([joined_text(way, place) for way in ways])
