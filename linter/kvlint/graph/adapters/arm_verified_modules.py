"""Azure Verified Modules whose source is not there, by what they make of their inputs.

A call of one is a resource of the type ``avm/res/…`` whose configuration are the inputs; what
it gives back is below ``outputs``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kvlint.evaluate.resources import EvaluatedResource
from kvlint.evaluate.values import (
    MapValue,
    PartialText,
    Scalar,
    Symbol,
    Unknown,
    Value,
    following,
    truth_of,
)
from kvlint.graph.adapters.arm_container_app import add_workload
from kvlint.graph.adapters.arm_identity import add_user_assigned
from kvlint.graph.adapters.arm_key_vault import add_role, add_vault, model_of, new_object
from kvlint.graph.adapters.arm_parts import add_authentication
from kvlint.graph.adapters.arm_reading import section
from kvlint.graph.adapters.federation import add_credential
from kvlint.graph.adapters.reading import (
    Adapter,
    Entries,
    attribute,
    elements,
    entries,
    entries_of,
    span_of,
)
from kvlint.graph.adapters.registries import add_registry
from kvlint.graph.entities import (
    App,
    AppKind,
    IdentityBlock,
    PermissionModel,
    VaultObjectKind,
)
from kvlint.graph.facts import Facts
from kvlint.source import Span


def container_app(resource: EvaluatedResource, facts: Facts) -> None:
    """``avm/res/app/container-app``."""
    app = _workload(resource, AppKind.CONTAINER_APP, "initContainersTemplate", facts)
    authentication = section(resource.config, "authConfig")
    if authentication is not None:
        add_authentication(app, authentication)
    _add_own_roles(resource, facts)


def job(resource: EvaluatedResource, facts: Facts) -> None:
    """``avm/res/app/job``."""
    _workload(resource, AppKind.JOB, "initContainers", facts)
    _add_own_roles(resource, facts)


def _workload(resource: EvaluatedResource, kind: AppKind, first: str, facts: Facts) -> App:
    inputs = resource.config
    secrets = _listed(inputs, "secrets")
    configuration = _renamed(inputs, {"registries": "registries", "eventTriggerConfig": "eventTriggerConfig"})
    _put(configuration, "secrets", secrets, inputs)
    template = _renamed(
        inputs,
        {"containers": "containers", first: "initContainers", "volumes": "volumes"}
        | {"revisionSuffix": "revisionSuffix", "scaleSettings": "scale"},
    )
    if "scaleRules" in inputs.entries:
        template.entries["scale"] = _renamed(inputs, {"scaleRules": "rules"})
    return add_workload(
        resource,
        kind,
        template,
        configuration,
        _identities(inputs, resource.span),
        attribute(inputs, "environmentResourceId"),
        facts,
    )


def _listed(inputs: MapValue, name: str) -> Value | None:
    """A list; older versions of a module take an object with ``secureList``."""
    value = attribute(inputs, name)
    if isinstance(value, MapValue):
        return attribute(value, "secureList")
    return value


def _renamed(inputs: MapValue, names: Mapping[str, str]) -> MapValue:
    """Some of the inputs under the names that ARM has for them."""
    found = MapValue({}, rest=inputs.rest, span=inputs.span)
    for name, wanted in names.items():
        value = inputs.entries.get(name)
        _put(found, wanted, None if value is None else following(value, inputs), inputs, name)
    return found


def _put(config: MapValue, name: str, value: Value | None, inputs: MapValue, key: str = "") -> None:
    if value is not None:
        config.entries[name] = value
        span = inputs.keys.get(key or name)
        if span is not None:
            config.keys[name] = span


def _identities(inputs: MapValue, span: Span) -> IdentityBlock:
    """The identities by ``managedIdentities``."""
    found = entries(inputs, "managedIdentities")
    block = section(inputs, "managedIdentities")
    if block is None:
        return IdentityBlock(False)
    place = inputs.keys.get("managedIdentities") or block.span or span
    ids, more = elements(attribute(block, "userAssignedResourceIds"))
    system = attribute(block, "systemAssigned")
    truth = False if system is None else truth_of(system)
    if found.open is not None:
        return IdentityBlock(None, ids, found.open, place)
    return IdentityBlock(truth, ids, more, place)


def key_vault(resource: EvaluatedResource, facts: Facts) -> None:
    """``avm/res/key-vault/vault``: it uses Azure RBAC unless it is told not to."""
    inputs = resource.config
    written = attribute(inputs, "enableRbacAuthorization")
    model = PermissionModel.RBAC if written is None else model_of(written)
    identifier = Symbol(resource, ("outputs", "resourceId"), span=resource.span)
    add_vault(
        resource,
        facts,
        ids=[identifier],
        urls=[Symbol(resource, ("outputs", "uri"), span=resource.span)],
        model=model,
        model_span=inputs.keys.get("enableRbacAuthorization"),
        policies=inputs,
        protected=True,
    )
    secrets = entries_of(_listed(inputs, "secrets"))
    for number, secret in enumerate(secrets):
        name = attribute(secret, "name") or Unknown("it has no name", span=secret.span)
        address = f"{resource.address}.secrets[{number}]"
        made = replace(resource, address=address, span=span_of(secret, resource.span))
        facts.vault_objects.append(new_object(made, secret, VaultObjectKind.SECRET, name, identifier))
    if secrets.open is not None:
        made = replace(resource, address=f"{resource.address}.secrets[*]")
        unknown = MapValue({}, rest=secrets.open, span=resource.span)
        facts.vault_objects.append(
            new_object(made, unknown, VaultObjectKind.SECRET, secrets.open, identifier)
        )
    _add_roles(resource, entries(inputs, "roleAssignments"), identifier, facts)


def _add_roles(resource: EvaluatedResource, listed: Entries, scope: Value, facts: Facts) -> None:
    for number, entry in enumerate(listed):
        role = attribute(entry, "roleDefinitionIdOrName")
        add_role(resource, entry, scope, role, facts, f".roleAssignments[{number}]")
    if listed.open is not None:
        unknown = MapValue({}, rest=listed.open, span=resource.span)
        add_role(resource, unknown, scope, listed.open, facts, ".roleAssignments[*]")


def _add_own_roles(resource: EvaluatedResource, facts: Facts) -> None:
    """The roles that others get on what the module makes; its own identity gets none of them."""
    identifier = Symbol(resource, ("outputs", "resourceId"), span=resource.span)
    _add_roles(resource, entries(resource.config, "roleAssignments"), identifier, facts)


def container_registry(resource: EvaluatedResource, facts: Facts) -> None:
    """``avm/res/container-registry/registry``."""
    identifier = Symbol(resource, ("outputs", "resourceId"), span=resource.span)
    add_registry(
        resource,
        resource.config,
        facts,
        ids=[identifier],
        servers=[Symbol(resource, ("outputs", "loginServer"), span=resource.span)],
        resource_group=resource.resource_group,
        admin_user="acrAdminUserEnabled",
        anonymous_pull="anonymousPullEnabled",
    )
    _add_own_roles(resource, facts)


def user_assigned_identity(resource: EvaluatedResource, facts: Facts) -> None:
    """``avm/res/managed-identity/user-assigned-identity``, with its federated credentials."""

    def output(name: str) -> list[Value]:
        return [Symbol(resource, ("outputs", name), span=resource.span)]

    add_user_assigned(
        resource,
        facts,
        resource_ids=output("resourceId"),
        client_ids=output("clientId"),
        principal_ids=output("principalId"),
    )
    credentials = entries(resource.config, "federatedIdentityCredentials")
    for number, credential in enumerate(credentials):
        address = f"{resource.address}.federatedIdentityCredentials[{number}]"
        made = replace(resource, address=address, span=span_of(credential, resource.span))
        add_credential(made, credential, output("resourceId")[0], facts)
    if credentials.open is not None:
        address = f"{resource.address}.federatedIdentityCredentials[*]"
        unknown = MapValue({}, rest=credentials.open, span=resource.span)
        add_credential(replace(resource, address=address), unknown, output("resourceId")[0], facts)
    _add_own_roles(resource, facts)


def group_role(resource: EvaluatedResource, facts: Facts) -> None:
    """``avm/res/authorization/role-assignment/rg-scope``: a role at the resource group."""
    _module_role(resource, resource.resource_group, facts)


def wide_role(resource: EvaluatedResource, facts: Facts) -> None:
    """A role at a subscription or management group, or at the resource group that it names."""
    _module_role(resource, attribute(resource.config, "resourceGroupName"), facts)


def _module_role(resource: EvaluatedResource, group: Value | None, facts: Facts) -> None:
    scope: Value = Unknown("it holds beyond a resource group", span=resource.span)
    if group is not None:
        scope = PartialText((Scalar("/resourceGroups/"), group), span=group.span)
    add_role(resource, resource.config, scope, attribute(resource.config, "roleDefinitionIdOrName"), facts)


def resource_role(resource: EvaluatedResource, facts: Facts) -> None:
    """``avm/ptn/authorization/resource-role-assignment``: a role at the resource that it is told."""
    inputs = resource.config
    add_role(resource, inputs, attribute(inputs, "resourceId"), attribute(inputs, "roleDefinitionId"), facts)


ARM_ADAPTERS: Mapping[str, Adapter] = {
    "avm/res/app/container-app": container_app,
    "avm/res/app/job": job,
    "avm/res/authorization/role-assignment": wide_role,
    "avm/res/authorization/role-assignment/mg-scope": wide_role,
    "avm/res/authorization/role-assignment/rg-scope": group_role,
    "avm/res/authorization/role-assignment/sub-scope": wide_role,
    "avm/ptn/authorization/resource-role-assignment": resource_role,
    "avm/ptn/authorization/role-assignment": wide_role,
    "avm/res/container-registry/registry": container_registry,
    "avm/res/key-vault/vault": key_vault,
    "avm/res/managed-identity/user-assigned-identity": user_assigned_identity,
}
