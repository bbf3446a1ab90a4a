"""ARM resources that Terraform manages through azapi, as the resources that they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal

from kvlint.evaluate.resources import EvaluatedResource
from kvlint.evaluate.values import (
    ListValue,
    MapValue,
    PartialText,
    Scalar,
    Symbol,
    Unknown,
    Value,
    alternatives,
    following,
    is_null,
    text_of,
)
from kvlint.graph.adapters.arm_tables import ARM
from kvlint.graph.adapters.possible_grants import opaque
from kvlint.graph.adapters.reading import Adapter, attribute, elements, entries
from kvlint.graph.entities import App, AppKind
from kvlint.graph.facts import AppPart, Facts
from kvlint.graph.resource_ids import parse_id
from kvlint.source import Span

_LEFT = "ignore_changes leaves it to others"
#: Types that are nothing but a grant: with an unreadable body it may be any.
_GRANTS = ("/roleassignments", "/accesspolicies")
#: Those that may hold grants among others.
_HOLDERS = frozenset({"", "microsoft.keyvault/vaults"})
#: The types of apps whose identities and variables an update may change.
_APPS = {
    "microsoft.apimanagement/service": AppKind.API_MANAGEMENT,
    "microsoft.app/containerapps": AppKind.CONTAINER_APP,
    "microsoft.app/jobs": AppKind.JOB,
    "microsoft.app/managedenvironments": AppKind.ENVIRONMENT,
    "microsoft.web/sites": AppKind.APP_SERVICE,
}


def azapi_resource(resource: EvaluatedResource, facts: Facts) -> None:
    """``azapi_resource``: what its type says it is; of a type that is not known, whatever it is told about."""
    types = _types(resource)
    kind, version = next(iter(types.items())) if len(types) == 1 else ("", "")
    adapters = ARM.get(kind.casefold(), ())
    body = _body(resource)
    if not adapters or body is None:
        readable = body is not None and len(types) == 1
        opaque(resource, facts, grants=any(_may_grant(one, readable=readable) for one in types))
    if len(types) > 1 or (body is None and kind.casefold().endswith(_GRANTS)):
        return
    made = _arm_resource(resource, kind, version, body)
    for adapter in adapters:
        adapter(made, facts)


def azapi_update(resource: EvaluatedResource, facts: Facts) -> None:
    """``azapi_update_resource``: it may give access where what it changes is or holds grants.

    What it says of the identities and variables of an app is not told apart: the app may have others.
    """
    types = _types(resource)
    opaque(resource, facts, grants=any(_may_grant(kind, readable=False) for kind in types))
    changed, body = attribute(resource.config, "resource_id"), _body(resource)
    kinds = {_APPS[kind.casefold()] for kind in types if kind.casefold() in _APPS}
    if changed is None or len(kinds) != 1:
        return
    reason = Unknown(f"{resource.address.rpartition('|')[2]} may change it", span=resource.span)

    def add(app: App) -> None:
        if body is None or body.rest is not None or "identity" in body.entries:
            app.identity.open = app.identity.open or reason
            app.identity.system = app.identity.system or None
        if body is None or body.rest is not None or "properties" in body.entries:
            app.environment_open = app.environment_open or reason

    facts.app_parts.append(AppPart(changed, kinds.pop(), resource.deployment, add))


def _may_grant(kind: str, *, readable: bool) -> bool:
    """Whether a resource may be a grant or make some; one that is readable only if its type is not known."""
    folded = kind.casefold()
    if readable:
        return not kind
    return folded in _HOLDERS or folded.endswith(_GRANTS) or opaque in ARM.get(folded, ())


def _types(resource: EvaluatedResource) -> dict[str, str]:
    """The possible types, each with a version; either is empty where it is not known."""
    return dict(map(_type, alternatives(attribute(resource.config, "type")) or (Scalar(""),)))


def _type(value: Value) -> tuple[str, str]:
    first = value.parts[0] if isinstance(value, PartialText) else value
    kind, at, version = (text_of(first) or "").partition("@")
    if first is value:
        return kind, version
    return (kind, "") if at else ("", "")


def _arm_resource(
    resource: EvaluatedResource, kind: str, version: str, body: MapValue | None
) -> EvaluatedResource:
    config = resource.config
    parent = attribute(config, "parent_id")
    values: dict[str, Value] = {} if body is None else dict(body.entries)
    keys = {} if body is None else dict(body.keys)
    for name in ("name", "location", "tags"):
        value = attribute(config, name)
        if value is not None:
            values[name] = value
            keys[name] = config.keys.get(name, resource.span)
    identity = _identity(resource)
    if identity is not None:
        values["identity"] = identity
        keys["identity"] = config.keys.get("identity", resource.span)
    unknown = Unknown("its body is not readable", span=resource.span)
    return EvaluatedResource(
        deployment=resource.deployment,
        type=kind,
        name=resource.name,
        address=resource.address,
        span=resource.span,
        config=MapValue(values, keys, rest=unknown if body is None else body.rest, span=resource.span),
        mode=resource.mode,
        conditional=resource.conditional,
        extent=resource.extent,
        api_version=version,
        parent=parent,
        scope=parent,
        resource_group=_group(parent),
        order=resource.order,
    )


def _group(parent: Value | None) -> Value | None:
    """The resource group that a parent id is or lies in."""
    if isinstance(parent, Symbol):
        name = "name" if "resource_group" in parent.resource.type else "resource_group_name"
        return parent.resource.configured((name,))
    found = parse_id(parent)
    return None if found is None else found.group


def _identity(resource: EvaluatedResource) -> Value | None:
    """The ``identity`` block as ARM has it: the user-assigned identities are keys."""
    found = entries(resource.config, "identity")
    if found.open is not None:
        return found.open
    if resource.leaves_alone("identity"):
        return Unknown(_LEFT, span=resource.span)
    if not found.items:
        return None
    block = found.items[0]
    ids, more = elements(attribute(block, "identity_ids"))
    nothing = MapValue({})
    listed = MapValue(
        {},
        rest=more or Unknown("its keys are ids"),
        computed=tuple((one, nothing) for one in ids),
        complete=more is None,
        span=block.span,
    )
    values: dict[str, Value] = {"userAssignedIdentities": listed}
    kind = attribute(block, "type")
    if kind is not None:
        values["type"] = kind
    return MapValue(values, dict(block.keys), span=block.span)


def _body(resource: EvaluatedResource) -> MapValue | None:
    """The body with what is sensitive in it, ``None`` where it cannot be read."""
    body = _object(attribute(resource.config, "body"))
    if body is None or resource.ignored_changes & {"all", "body"}:
        return None
    secret = attribute(resource.config, "sensitive_body")
    if secret is not None:
        known = _object(secret)
        if known is None:
            return None
        body = _deep_merged(body, known)
    for path in resource.ignored_changes:
        if path.startswith("body."):
            body = _without(body, path.split(".")[1:], resource.span)
    return body


def _object(value: Value | None) -> MapValue | None:
    """An object, also where it is written as JSON text; nothing at all is an empty one."""
    if value is None or is_null(value):
        return MapValue({})
    if isinstance(value, MapValue):
        return value
    if len(value.sources) == 1 and isinstance(value.sources[0], MapValue):
        return following(value.sources[0], value)  # what jsonencode was given
    text = text_of(value)
    if text is not None:
        try:
            found = _value(json.loads(text, parse_float=Decimal), value.span)
        except (ValueError, RecursionError):
            return None
        return following(found, value) if isinstance(found, MapValue) else None
    return None


def _value(data: object, span: Span | None) -> Value:
    match data:
        case dict():
            return MapValue({str(key): _value(one, span) for key, one in data.items()}, span=span)
        case list():
            return ListValue(tuple(_value(one, span) for one in data), span=span)
        case str() | bool() | int() | Decimal() | None:
            return Scalar(data, span=span)
    return Unknown("it is no JSON value", span=span)


def _deep_merged(left: MapValue, right: MapValue) -> MapValue:
    """Two objects as one: what both have as objects is merged too, else the right one counts."""
    values = dict(left.entries)
    for key, value in right.entries.items():
        known = values.get(key)
        both = isinstance(known, MapValue) and isinstance(value, MapValue)
        values[key] = _deep_merged(known, value) if both else value  # type: ignore[arg-type]  # both are maps
    return MapValue(values, {**left.keys, **right.keys}, rest=left.rest or right.rest, span=left.span)


def _without(config: MapValue, path: list[str], span: Span) -> MapValue:
    """The same object with an unknown value at a path that others may change."""
    first, *below = path
    known = config.entries.get(first)
    if below and isinstance(known, MapValue):
        changed: Value = _without(known, below, span)
    else:
        changed = Unknown(_LEFT, span=span)
    return MapValue({**config.entries, first: changed}, config.keys, rest=config.rest, span=config.span)


TERRAFORM_ADAPTERS: Mapping[str, Adapter] = {
    "azapi_resource": azapi_resource,
    "azapi_update_resource": azapi_update,
}
