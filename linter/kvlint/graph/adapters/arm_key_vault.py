"""Key vaults, what they hold and who may read it, in ARM resources."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from kvlint.evaluate.resources import EvaluatedResource, Mode
from kvlint.evaluate.values import (
    MapValue,
    PartialText,
    Scalar,
    Symbol,
    Unknown,
    Value,
    alternatives,
    text_of,
    truth_of,
)
from kvlint.graph.adapters.arm_reading import name_of, parent_id, properties, section, symbols
from kvlint.graph.adapters.key_vault import whole_number
from kvlint.graph.adapters.providers import provider_of
from kvlint.graph.adapters.reading import (
    Adapter,
    argument_span,
    attribute,
    elements,
    entries,
    given,
    origin,
    span_of,
)
from kvlint.graph.entities import (
    FULL_RETENTION,
    Grant,
    GrantKind,
    ObjectReference,
    PermissionModel,
    ResourceGroup,
    Vault,
    VaultObject,
    VaultObjectKind,
)
from kvlint.graph.facts import Facts
from kvlint.graph.resource_ids import segments
from kvlint.source import Span

VAULT_TYPE = "microsoft.keyvault/vaults"
_PROVIDER = "microsoft.keyvault"
#: The first version of the API in which a vault uses Azure RBAC where it does not say.
_RBAC_BY_DEFAULT = "2026-02-01"
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}")
#: Types that may hold a vault, beside what lies in one.
_WIDER_SCOPES = ("microsoft.resources/", "microsoft.management/", "microsoft.subscription/")
#: Dates behind the year 9999 are none.
_LAST_SECOND = 253_402_300_799
_KINDS = {
    "secrets": VaultObjectKind.SECRET,
    "keys": VaultObjectKind.KEY,
}


def vault(resource: EvaluatedResource, facts: Facts) -> None:
    """``Microsoft.KeyVault/vaults``, declared or ``existing``, with its inline access policies."""
    model, model_span = _permission_model(resource)
    add_vault(
        resource,
        facts,
        ids=symbols(resource, "id")[:1],
        urls=symbols(resource, "properties", "vaultUri"),
        model=model,
        model_span=model_span,
        policies=properties(resource),
    )


def add_vault(
    resource: EvaluatedResource,
    facts: Facts,
    *,
    ids: list[Value],
    urls: list[Value],
    model: PermissionModel | None,
    model_span: Span | None,
    policies: MapValue,
    protected: bool = False,
) -> None:
    """Add a vault, with the access policies that an object lists under ``accessPolicies``.

    The same object tells how what was deleted is kept; ``protected`` is what holds for purge
    protection where it does not.
    """
    listed = entries(policies, "accessPolicies")
    managed = resource.mode is Mode.MANAGED
    facts.vaults.append(
        Vault(
            **origin(resource),
            name=attribute(resource.config, "name") or Unknown("the vault has no name", span=resource.span),
            ids=[one for one in ids if isinstance(one, Symbol)],
            urls=[one for one in urls if isinstance(one, Symbol)],
            resource_group=resource.resource_group,
            permission_model=model,
            model_span=model_span,
            policies_open=listed.open if managed else None,
            purge_protected=_purge_protected(policies, protected) if managed else None,
            retention_days=_retention_days(policies) if managed else None,
        )
    )
    if managed:
        for number, policy in enumerate(listed):
            _policy(resource, policy, ids[0], facts, f".accessPolicies[{number}]")


def _purge_protected(config: MapValue, default: bool) -> bool | None:
    if text_of(attribute(config, "createMode")) == "recover":
        return None
    value = attribute(config, "enablePurgeProtection")
    return default if value is None else truth_of(value)


def _retention_days(config: MapValue) -> int | None:
    value = attribute(config, "softDeleteRetentionInDays")
    return FULL_RETENTION if value is None else whole_number(value)


def _permission_model(resource: EvaluatedResource) -> tuple[PermissionModel | None, Span | None]:
    """What the vault says, else the default of the API version that creates it."""
    inner = properties(resource)
    if resource.mode is Mode.LOOKED_UP or text_of(attribute(inner, "createMode")) == "recover":
        return None, None
    value = attribute(inner, "enableRbacAuthorization")
    if value is not None:
        return model_of(value), inner.keys.get("enableRbacAuthorization") or value.span
    if _VERSION.match(resource.api_version) is None:
        return None, None
    newer = resource.api_version[: len(_RBAC_BY_DEFAULT)] >= _RBAC_BY_DEFAULT
    return (PermissionModel.RBAC if newer else PermissionModel.ACCESS_POLICY), None


def model_of(enabled: Value) -> PermissionModel | None:
    """The permission model by whether Azure RBAC is enabled."""
    truth = truth_of(enabled)
    if truth is None:
        return None
    return PermissionModel.RBAC if truth else PermissionModel.ACCESS_POLICY


def access_policies(resource: EvaluatedResource, facts: Facts) -> None:
    """``Microsoft.KeyVault/vaults/accessPolicies``, whose name says what becomes of its policies."""
    if resource.mode is Mode.LOOKED_UP or text_of(name_of(resource)) == "remove":
        return
    target = _container(resource)
    listed = entries(properties(resource), "accessPolicies")
    for number, policy in enumerate(listed):
        _policy(resource, policy, target, facts, f".accessPolicies[{number}]")
    if listed.open is not None:
        config = MapValue({}, rest=listed.open, span=resource.span)
        _policy(resource, config, target, facts, ".accessPolicies[*]")


def _policy(resource: EvaluatedResource, config: MapValue, target: Value, facts: Facts, suffix: str) -> None:
    permissions = section(config, "permissions")
    span = span_of(config, resource.span)
    principal = attribute(config, "objectId")
    found = origin(resource)
    found["address"] += suffix
    found["display"] += suffix
    found["span"] = span
    facts.grants.append(
        Grant(
            **found,
            kind=GrantKind.POLICY,
            principal=principal or Unknown("the policy names no principal", span=span),
            scope=target,
            application=given(config, "applicationId"),
            permissions={kind: _allowed(permissions, f"{kind.value}s") for kind in VaultObjectKind},
            principal_span=written_at(config, "objectId"),
            role_span=written_at(permissions, "secrets") if permissions is not None else None,
        )
    )


def _allowed(permissions: MapValue | None, name: str) -> list[Value] | None:
    """What a policy allows for one kind of object, ``None`` where that is not known."""
    written, more = elements(attribute(permissions, name) if permissions is not None else None)
    return written if more is None else None


def vault_object(resource: EvaluatedResource, facts: Facts) -> None:
    """``Microsoft.KeyVault/vaults/secrets`` and ``keys``."""
    inner = properties(resource)
    kind = _KINDS[resource.type.casefold().rpartition("/")[2]]
    made = new_object(resource, inner, kind, name_of(resource), _container(resource))
    if kind is VaultObjectKind.SECRET:
        made.urls = _url_symbols(resource, "secretUri")
        made.version_urls = _url_symbols(resource, "secretUriWithVersion")
    facts.vault_objects.append(made)
    if not resource.managed:
        facts.object_references.append(
            ObjectReference(
                **origin(resource) | {"span": argument_span(resource.config, "name", resource.span)},
                kind=kind,
                vault=made.vault or Unknown("no vault is named", span=resource.span),
                name=made.name,
                owner=resource.address,
            )
        )


def new_object(
    resource: EvaluatedResource, config: MapValue, kind: VaultObjectKind, name: Value, vault: Value
) -> VaultObject:
    """An object of a vault, with the value and the attributes that ``config`` gives it."""
    attributes = section(config, "attributes") or MapValue({})
    enabled = attribute(attributes, "enabled")
    return VaultObject(
        **origin(resource),
        kind=kind,
        name=name,
        vault=vault,
        value=attribute(config, "value"),
        expires=_expiry(attribute(attributes, "exp")),
        enabled=True if enabled is None else truth_of(enabled),
    )


def _expiry(seconds: Value | None) -> datetime | Unknown | None:
    """When it expires, told in seconds since 1970."""
    if seconds is None:
        return None
    known = whole_number(seconds)
    if not known or known > _LAST_SECOND:  # templates write 0 for none
        return Unknown("the date is not known", span=seconds.span)
    return datetime.fromtimestamp(known, UTC)


def _url_symbols(resource: EvaluatedResource, name: str) -> list[Symbol]:
    return [one for one in symbols(resource, "properties", name) if isinstance(one, Symbol)]


def _container(resource: EvaluatedResource) -> Value:
    """The vault that a child resource lies in, by its parent or by the first part of its name."""
    parent = parent_id(resource)
    if parent is not None:
        return parent
    names = segments(attribute(resource.config, "name") or Scalar(""))
    if len(names) > 1:
        return vault_id(names[0])
    return Unknown("the vault is not named", span=resource.span)


def vault_id(name: Value) -> Value:
    """The resource id of a vault, as far as its name tells."""
    return PartialText((Scalar("/providers/Microsoft.KeyVault/vaults/"), name), span=name.span)


def role_assignment(resource: EvaluatedResource, facts: Facts) -> None:
    """``Microsoft.Authorization/roleAssignments``."""
    inner = properties(resource)
    add_role(resource, inner, resource.scope, attribute(inner, "roleDefinitionId"), facts)


def add_role(
    resource: EvaluatedResource,
    config: MapValue,
    scope: Value | None,
    role: Value | None,
    facts: Facts,
    suffix: str = "",
) -> None:
    """Add a role assignment whose ``principalId`` is in ``config``."""
    if resource.mode is Mode.LOOKED_UP:
        return
    missing = Unknown("it is not set", span=resource.span)
    provider = provider_of(scope)
    found = origin(resource)
    if suffix:
        found["address"] += suffix
        found["display"] += suffix
        found["span"] = span_of(config, resource.span)
    facts.grants.append(
        Grant(
            **found,
            kind=GrantKind.ROLE,
            principal=attribute(config, "principalId") or missing,
            scope=scope or missing,
            elsewhere=scope is not None
            and (
                provider not in ("", _PROVIDER)
                or all(_is_elsewhere(option) for option in alternatives(scope))
            ),
            scope_provider=provider,
            scope_span=resource.config.keys.get("scope"),
            role=_role(role) if role is not None else missing,
            principal_span=written_at(config, "principalId"),
            role_span=written_at(config, "roleDefinitionId") or written_at(config, "roleDefinitionIdOrName"),
        )
    )


def _role(role: Value) -> Value:
    """The role's definition id; one that is looked up is named by its GUID."""
    if (
        isinstance(role, Symbol)
        and role.resource.type.casefold() == "microsoft.authorization/roledefinitions"
    ):
        return role.resource.configured(("name",)) or role
    return role


def written_at(config: MapValue, name: str) -> Span | None:
    """Where a property stands, ``None`` where it is not set."""
    value = attribute(config, name)
    return argument_span(config, name, value.span) if value is not None and value.span is not None else None


def _is_elsewhere(scope: Value) -> bool:
    """Whether a scope is the id of an ARM resource that neither is nor holds a vault."""
    if isinstance(scope, PartialText):
        scope = scope.parts[0]
    if not isinstance(scope, Symbol) or scope.path != ("id",):
        return False
    kind = scope.resource.type.casefold()
    if kind.startswith(("avm/", "br/", "br:", "ts/", "ts:")) or "/" not in kind:
        return False
    return not kind.startswith((VAULT_TYPE, *_WIDER_SCOPES))


def resource_group(resource: EvaluatedResource, facts: Facts) -> None:
    """``Microsoft.Resources/resourceGroups``, declared or ``existing``."""
    facts.resource_groups.append(
        ResourceGroup(
            **origin(resource),
            name=attribute(resource.config, "name"),
            ids=[one for one in symbols(resource, "id")[:1] if isinstance(one, Symbol)],
        )
    )


ARM_ADAPTERS: Mapping[str, Adapter] = {
    VAULT_TYPE: vault,
    f"{VAULT_TYPE}/accesspolicies": access_policies,
    f"{VAULT_TYPE}/keys": vault_object,
    f"{VAULT_TYPE}/secrets": vault_object,
    "microsoft.authorization/roleassignments": role_assignment,
    "roleassignments": role_assignment,  # behind the type of what it is assigned at
    "microsoft.resources/resourcegroups": resource_group,
}
