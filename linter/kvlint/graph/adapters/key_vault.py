"""Key vaults, their secrets and access policies, in Terraform."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from kvlint.evaluate.resources import EvaluatedResource, Language, Mode
from kvlint.evaluate.values import (
    MapValue,
    PartialText,
    Scalar,
    Symbol,
    Unknown,
    Value,
    alternatives,
    known_text,
    text_of,
    truth_of,
)
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
from kvlint.source import Span

#: Types that are a vault, lie in one, or may hold one.
_VAULT_SCOPES = frozenset(
    {
        "azurerm_client_config",
        "azurerm_key_vault",
        "azurerm_key_vault_certificate",
        "azurerm_key_vault_key",
        "azurerm_key_vault_secret",
        "azurerm_management_group",
        "azurerm_resource_group",
        "azurerm_resources",
        "azurerm_subscription",
    }
)
#: The attributes of each type that are the url under which a vault gives a secret, or a certificate
#: with its private key: the one for the newest version, and the one for the version of the last run.
_URLS = {
    "azurerm_key_vault_secret": ("versionless_id", "id"),
    "azurerm_key_vault_certificate": ("versionless_secret_id", "secret_id"),
}
#: The name since provider 4.42, and the one before it (removed in 5.0).
_RBAC_ARGUMENTS = ("rbac_authorization_enabled", "enable_rbac_authorization")


def vault(resource: EvaluatedResource, facts: Facts) -> None:
    """``azurerm_key_vault``, as a resource or a data source, with its inline access policies."""
    model, model_span = _permission_model(resource)
    policies = entries(resource.config, "access_policy")
    ignored = resource.leaves_alone("access_policy")
    facts.vaults.append(
        Vault(
            **origin(resource),
            name=attribute(resource.config, "name") or Unknown("the vault has no name", span=resource.span),
            ids=[Symbol(resource, ("id",), span=resource.span)],
            urls=[Symbol(resource, ("vault_uri",), span=resource.span)],
            resource_group=attribute(resource.config, "resource_group_name"),
            permission_model=model,
            model_span=model_span,
            policies_open=policies.open
            or (
                Unknown("its access policies may be changed elsewhere", span=resource.span)
                if ignored
                else None
            ),
            purge_protected=_purge_protected(resource),
            retention_days=_retention_days(resource),
        )
    )
    for number, policy in enumerate(policies):
        _policy(
            resource,
            policy,
            Symbol(resource, ("id",), span=resource.span),
            facts,
            f".access_policy[{number}]",
        )


def _purge_protected(resource: EvaluatedResource) -> bool | None:
    """Off unless it is turned on; what is only looked up does not tell."""
    if not resource.managed or resource.leaves_alone("purge_protection_enabled"):
        return None
    value = attribute(resource.config, "purge_protection_enabled")
    return False if value is None else truth_of(value)


def _retention_days(resource: EvaluatedResource) -> int | None:
    if not resource.managed or resource.leaves_alone("soft_delete_retention_days"):
        return None
    value = attribute(resource.config, "soft_delete_retention_days")
    return FULL_RETENTION if value is None else whole_number(value)


def whole_number(value: Value | None) -> int | None:
    """A known whole number, also one that is written as text."""
    text = known_text(value)
    return int(text) if text is not None and text.isdecimal() else None


def _permission_model(resource: EvaluatedResource) -> tuple[PermissionModel | None, Span | None]:
    """Unset means access policies: providers before 5.0 say so, and 5.0 does not allow it."""
    if any(resource.leaves_alone(name) for name in _RBAC_ARGUMENTS):
        return None, None
    for name in _RBAC_ARGUMENTS:
        value = attribute(resource.config, name)
        if value is not None:
            enabled = truth_of(value)
            span = resource.config.keys.get(name) or value.span
            if enabled is None:
                return None, span
            return (PermissionModel.RBAC if enabled else PermissionModel.ACCESS_POLICY), span
    if resource.mode is Mode.LOOKED_UP or resource.config.rest is not None:
        return None, None
    return PermissionModel.ACCESS_POLICY, None


def access_policy(resource: EvaluatedResource, facts: Facts) -> None:
    """``azurerm_key_vault_access_policy``."""
    target = attribute(resource.config, "key_vault_id")
    _policy(
        resource, resource.config, target or Unknown("the policy names no vault", span=resource.span), facts
    )


def _policy(
    resource: EvaluatedResource, config: MapValue, target: Value, facts: Facts, suffix: str = ""
) -> None:
    principal = attribute(config, "object_id")
    if principal is not None and resource.leaves_alone("object_id"):
        principal = Unknown("ignore_changes leaves it to others", span=principal.span)
    span = span_of(config, resource.span)
    facts.grants.append(
        Grant(
            address=resource.address + suffix,
            display=resource.display + suffix,
            span=span,
            deployment=resource.deployment,
            language=Language.TERRAFORM,
            conditional=resource.conditional,
            order=resource.order,
            kind=GrantKind.POLICY,
            principal=principal or Unknown("the policy names no principal", span=span),
            scope=target,
            application=given(config, "application_id"),
            permissions={kind: _allowed(resource, config, kind) for kind in VaultObjectKind},
            principal_span=_written_at(config, "object_id"),
            role_span=_written_at(config, "secret_permissions"),
        )
    )


def _allowed(resource: EvaluatedResource, config: MapValue, kind: VaultObjectKind) -> list[Value] | None:
    """What a policy allows for objects of a kind, ``None`` where that is not known."""
    name = f"{kind.value}_permissions"
    written, more = elements(attribute(config, name))
    return None if more is not None or resource.leaves_alone(name) else written


def vault_object(resource: EvaluatedResource, facts: Facts) -> None:
    """``azurerm_key_vault_secret``, and the certificates and keys that share its name rule."""
    attributes = _URLS.get(resource.type)
    urls = [] if attributes is None else [Symbol(resource, (one,), span=resource.span) for one in attributes]
    made = VaultObject(
        **origin(resource),
        kind=VaultObjectKind(resource.type.removeprefix("azurerm_key_vault_")),
        name=attribute(resource.config, "name") or Unknown("it has no name", span=resource.span),
        vault=attribute(resource.config, "key_vault_id"),
        value=attribute(resource.config, "value") or attribute(resource.config, "value_wo"),
        urls=urls[:1],
        version_urls=urls[1:],
        expires=_expiry(resource),
    )
    facts.vault_objects.append(made)
    if not resource.managed:
        facts.object_references.append(
            ObjectReference(
                **origin(resource) | {"span": argument_span(resource.config, "name", resource.span)},
                kind=made.kind,
                vault=made.vault or Unknown("no vault is named", span=resource.span),
                name=made.name,
                version=attribute(resource.config, "version"),
                owner=resource.address,
            )
        )


def _expiry(resource: EvaluatedResource) -> datetime | Unknown | None:
    value = attribute(resource.config, "expiration_date")
    if resource.leaves_alone("expiration_date"):
        return Unknown("ignore_changes leaves it to others", span=resource.span)
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(text_of(value) or "")
    except ValueError:
        return Unknown("the date is not known", span=value.span)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def role_assignment(resource: EvaluatedResource, facts: Facts) -> None:
    """``azurerm_role_assignment``."""
    config = resource.config
    role = _kept(resource, "role_definition_name") or _kept(resource, "role_definition_id")
    principal = _kept(resource, "principal_id")
    missing = Unknown("it is not set", span=resource.span)
    scope = _kept(resource, "scope") or missing
    facts.grants.append(
        Grant(
            **origin(resource),
            kind=GrantKind.ROLE,
            principal=principal or missing,
            scope=scope,
            elsewhere=all(_is_elsewhere(option) for option in alternatives(scope)),
            scope_provider=provider_of(scope),
            scope_span=_written_at(config, "scope"),
            role=_role(role) if role is not None else missing,
            principal_span=_written_at(config, "principal_id"),
            role_span=_written_at(config, "role_definition_name")
            or _written_at(config, "role_definition_id"),
        )
    )


def _role(role: Value) -> Value:
    """The role's name or id; a role looked up by name is that name."""
    found = role.parts[-1] if isinstance(role, PartialText) else role
    if (
        isinstance(found, Symbol)
        and found.resource.type == "azurerm_role_definition"
        and not found.resource.managed
    ):
        for path in (("name",), ("role_definition_id",)):
            written = found.resource.configured(path)
            if written is not None and all(isinstance(one, Scalar) for one in alternatives(written)):
                return written
    return role


def _kept(resource: EvaluatedResource, name: str) -> Value | None:
    """An argument that stays as it is written, unknown where others may change it."""
    value = attribute(resource.config, name)
    if value is not None and resource.leaves_alone(name):
        return Unknown("ignore_changes leaves it to others", span=value.span)
    return value


def _written_at(config: MapValue, name: str) -> Span | None:
    """Where an argument stands, ``None`` where it is not set."""
    value = attribute(config, name)
    place = value.span or config.keys.get(name) if value is not None else None
    return argument_span(config, name, place) if place is not None else None


def resource_group(resource: EvaluatedResource, facts: Facts) -> None:
    """``azurerm_resource_group``, as a resource or a data source."""
    facts.resource_groups.append(
        ResourceGroup(
            **origin(resource),
            name=attribute(resource.config, "name"),
            ids=[Symbol(resource, ("id",), span=resource.span)],
        )
    )


def _is_elsewhere(scope: Value) -> bool:
    """Whether a scope is the id of a resource that neither is nor holds a vault.

    Only types of azurerm tell: what azapi manages may be anything.
    """
    if isinstance(scope, PartialText):
        scope = scope.parts[0]
    if not isinstance(scope, Symbol) or scope.path != ("id",):
        return False
    return scope.resource.type.startswith("azurerm_") and scope.resource.type not in _VAULT_SCOPES


TERRAFORM_ADAPTERS: Mapping[str, Adapter] = {
    "azurerm_key_vault": vault,
    "azurerm_key_vault_access_policy": access_policy,
    "azurerm_key_vault_secret": vault_object,
    "azurerm_key_vault_certificate": vault_object,
    "azurerm_key_vault_key": vault_object,
    "azurerm_resource_group": resource_group,
    "azurerm_role_assignment": role_assignment,
}
