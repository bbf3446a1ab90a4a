"""Azure Verified Modules for Terraform that are not on disk, by what they make of their inputs.

A call of one is a resource whose type is the module's name in the registry and whose
configuration are the inputs; symbols of it are what the module gives out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from kvlint.evaluate.resources import EvaluatedResource
from kvlint.evaluate.values import (
    Choice,
    ListValue,
    MapValue,
    PartialText,
    Scalar,
    Symbol,
    Unknown,
    Value,
    following,
    truth_of,
)
from kvlint.graph.adapters.federation import add_credential
from kvlint.graph.adapters.key_vault import access_policy, role_assignment
from kvlint.graph.adapters.reading import Adapter, attribute, entries_of, origin, span_of
from kvlint.graph.entities import Identity, IdentityKind, PermissionModel, Vault, VaultObject, VaultObjectKind
from kvlint.graph.facts import Facts


def key_vault(resource: EvaluatedResource, facts: Facts) -> None:
    """``avm-res-keyvault-vault``: it uses Azure RBAC unless it is told to use legacy access policies."""
    inputs = resource.config
    identifier = Symbol(resource, ("resource_id",), span=resource.span)
    policies = attribute(inputs, "legacy_access_policies_enabled")
    legacy = False if policies is None else truth_of(policies)
    models = {True: PermissionModel.ACCESS_POLICY, False: PermissionModel.RBAC}
    facts.vaults.append(
        Vault(
            **origin(resource),
            name=attribute(inputs, "name") or Unknown("the vault has no name", span=resource.span),
            ids=[identifier, Symbol(resource, ("resource", "id"), span=resource.span)],
            urls=[
                Symbol(resource, ("uri",), span=resource.span),
                Symbol(resource, ("resource", "vault_uri"), span=resource.span),
            ],
            resource_group=attribute(inputs, "resource_group_name"),
            permission_model=None if legacy is None else models[legacy],
            model_span=inputs.keys.get("legacy_access_policies_enabled"),
            # Off only where the inputs say so: the module turns it on by itself.
            purge_protected=_told(inputs, "purge_protection_enabled", default=True),
        )
    )
    for made in _each(resource, "legacy_access_policies", {"key_vault_id": identifier}):
        access_policy(made, facts)
    for made in _roles(resource, {"scope": identifier}):
        role_assignment(made, facts)
    for kind in VaultObjectKind:
        _objects(resource, kind, identifier, facts)


def _objects(resource: EvaluatedResource, kind: VaultObjectKind, identifier: Symbol, facts: Facts) -> None:
    """The secrets, certificates or keys of a vault, with the roles at each of them."""
    for made in _each(resource, f"{kind.value}s", {}):
        name = attribute(made.config, "name") or Unknown("it has no name", span=made.span)
        facts.vault_objects.append(VaultObject(**origin(made), kind=kind, name=name, vault=identifier))
        within = PartialText((identifier, Scalar(f"/{kind.value}s/"), name), span=made.span)
        for granted in _roles(made, {"scope": within}):
            role_assignment(granted, facts)


def user_assigned_identity(resource: EvaluatedResource, facts: Facts) -> None:
    """``avm-res-managedidentity-userassignedidentity``, with its credentials and roles."""

    def outputs(name: str, attribute_name: str) -> list[Value]:
        paths = (name,), ("resource", attribute_name)
        return [Symbol(resource, path, span=resource.span) for path in paths]

    identity = Identity(
        **origin(resource),
        kind=IdentityKind.USER_ASSIGNED,
        name=attribute(resource.config, "name"),
        resource_group=attribute(resource.config, "resource_group_name"),
        resource_ids=outputs("resource_id", "id"),
        client_ids=outputs("client_id", "client_id"),
        principal_ids=outputs("principal_id", "principal_id"),
    )
    facts.identities.append(identity)
    for made in _each(resource, "federated_identity_credentials", {}):
        add_credential(made, made.config, identity.resource_ids[0], facts)
    for made in _roles(resource, {"principal_id": identity.principal_ids[0]}):
        role_assignment(made, facts)


def _told(inputs: MapValue, name: str, *, default: bool) -> bool | None:
    value = attribute(inputs, name)
    return default if value is None else truth_of(value)


def _roles(resource: EvaluatedResource, given: Mapping[str, Value]) -> Iterator[EvaluatedResource]:
    """The ``role_assignments`` of a module as azurerm would have them."""
    for made in _each(resource, "role_assignments", given):
        role = made.config.entries.get("role_definition_id_or_name")
        if role is not None:
            made.config.entries["role_definition_name"] = role
            place = made.config.keys.get("role_definition_id_or_name")
            if place is not None:
                made.config.keys["role_definition_name"] = place
        yield made


def _each(resource: EvaluatedResource, name: str, given: Mapping[str, Value]) -> Iterator[EvaluatedResource]:
    """What a module makes of each entry of a map: a resource with the entry and what it is given."""
    written = resource.config.entries.get(name, resource.config.rest)
    if written is None:
        return
    found = entries_of(_values(following(written, resource.config)))
    for number, entry in enumerate(found):
        config = MapValue(
            {**entry.entries, **given}, dict(entry.keys), rest=entry.rest, span=entry.span, steps=entry.steps
        )
        yield _part(resource, f"{name}[{number}]", config)
    if found.open is not None:
        yield _part(resource, f"{name}[*]", MapValue(dict(given), rest=found.open, span=found.open.span))


def _values(value: Value) -> Value:
    """The entries of a map as a list."""
    match value:
        case MapValue():
            items = tuple(following(value.entries[key], value) for key in value.entries)
            return ListValue(items, rest=value.rest, span=value.span)
        case Choice():
            return replace(value, options=tuple(_values(option) for option in value.options))
    return value


def _part(resource: EvaluatedResource, path: str, config: MapValue) -> EvaluatedResource:
    return replace(
        resource,
        address=f"{resource.address}.{path}",
        config=config,
        span=span_of(config, resource.span),
        ignored_changes=frozenset(),
    )


TERRAFORM_ADAPTERS: Mapping[str, Adapter] = {
    "azure/avm-res-keyvault-vault/azurerm": key_vault,
    "azure/avm-res-managedidentity-userassignedidentity/azurerm": user_assigned_identity,
}
