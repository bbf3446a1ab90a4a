"""Managed identities, their federated credentials, and clusters' identities, in ARM resources."""

from __future__ import annotations

from collections.abc import Mapping

from kvlint.evaluate.resources import EvaluatedResource, Mode
from kvlint.evaluate.values import MapValue, Value, text_of
from kvlint.graph.adapters.arm_reading import carried_identities, parent_id, properties, section, symbols
from kvlint.graph.adapters.federation import add_cluster, add_credential, switched
from kvlint.graph.adapters.reading import Adapter, attribute, origin, single
from kvlint.graph.entities import Attachment, Identity, IdentityKind
from kvlint.graph.facts import Facts

#: The identities that a cluster comes with, and where it shows their ids.
_CLUSTER_IDENTITIES = {
    IdentityKind.KUBELET: ("properties", "identityProfile", "kubeletidentity"),
    IdentityKind.SECRETS_PROVIDER: (
        "properties",
        "addonProfiles",
        "azureKeyvaultSecretsProvider",
        "identity",
    ),
}


def user_assigned(resource: EvaluatedResource, facts: Facts) -> None:
    """``Microsoft.ManagedIdentity/userAssignedIdentities``, declared or ``existing``."""
    add_user_assigned(
        resource,
        facts,
        resource_ids=symbols(resource, "id"),
        client_ids=symbols(resource, "properties", "clientId"),
        principal_ids=symbols(resource, "properties", "principalId"),
    )


def add_user_assigned(
    resource: EvaluatedResource,
    facts: Facts,
    *,
    resource_ids: list[Value],
    client_ids: list[Value],
    principal_ids: list[Value],
) -> None:
    """Add a user-assigned identity with the values that name it."""
    facts.identities.append(
        Identity(
            **origin(resource),
            kind=IdentityKind.USER_ASSIGNED,
            name=attribute(resource.config, "name"),
            resource_group=resource.resource_group,
            resource_ids=resource_ids,
            client_ids=client_ids,
            principal_ids=principal_ids,
        )
    )


def federated_credential(resource: EvaluatedResource, facts: Facts) -> None:
    """``…/userAssignedIdentities/federatedIdentityCredentials``."""
    if resource.mode is Mode.MANAGED:
        add_credential(resource, properties(resource), parent_id(resource), facts)


def managed_cluster(resource: EvaluatedResource, facts: Facts) -> None:
    """``Microsoft.ContainerService/managedClusters``: its own identity and those it comes with."""
    for kind, path in _CLUSTER_IDENTITIES.items():
        _add_own(
            resource,
            facts,
            kind,
            path[-2] if path[-1] == "identity" else path[-1],
            resource_ids=symbols(resource, *path, "resourceId"),
            client_ids=symbols(resource, *path, "clientId"),
            principal_ids=symbols(resource, *path, "objectId"),
        )
    inner = properties(resource)
    add_cluster(
        resource,
        ("properties", "oidcIssuerProfile", "issuerURL"),
        facts,
        has_issuer=_enabled(section(inner, "oidcIssuerProfile"), absent=None),
        has_workload_identity=_enabled(
            section(section(inner, "securityProfile"), "workloadIdentity"),
            absent=False if _is_standard(resource) else None,
        ),
    )
    _add_host(resource, facts, IdentityKind.CONTROL_PLANE)
    kubelet = section(section(inner, "identityProfile"), "kubeletidentity")
    named = attribute(kubelet, "resourceId") if kubelet is not None else None
    if named is not None:
        _attach(resource, facts, IdentityKind.KUBELET, named)


def environment(resource: EvaluatedResource, facts: Facts) -> None:
    """``Microsoft.App/managedEnvironments``: it may have identities of its own."""
    _add_host(resource, facts, IdentityKind.ENVIRONMENT)


def _add_host(resource: EvaluatedResource, facts: Facts, kind: IdentityKind) -> None:
    """What a cluster or environment acts with: its system-assigned identity and those it carries."""
    if single(resource.config, "identity") is None:
        return
    own = symbols(resource, "identity", "principalId")
    _add_own(resource, facts, kind, "identity", principal_ids=own)
    for carried in carried_identities(resource.config).user_assigned:
        _attach(resource, facts, kind, carried)


def _attach(resource: EvaluatedResource, facts: Facts, kind: IdentityKind, identity: Value) -> None:
    facts.attachments.append(
        Attachment(**origin(resource), kind=kind, identity=identity, host=resource.address)
    )


def _enabled(config: MapValue | None, *, absent: bool | None) -> bool | None:
    return switched(attribute(config, "enabled") if config is not None else None, absent=absent)


def _is_standard(resource: EvaluatedResource) -> bool:
    """Whether the cluster surely is not of the kind that has workload identity by default."""
    sku = section(resource.config, "sku")
    name = attribute(sku, "name") if sku is not None else None
    return name is None or (text_of(name) or "automatic").casefold() != "automatic"


def _add_own(
    resource: EvaluatedResource,
    facts: Facts,
    kind: IdentityKind,
    name: str,
    *,
    principal_ids: list[Value],
    resource_ids: list[Value] | None = None,
    client_ids: list[Value] | None = None,
) -> None:
    found = origin(resource)
    found["address"] += f".{name}"
    found["display"] += f".{name}"
    facts.identities.append(
        Identity(
            **found,
            kind=kind,
            host=resource.address,
            name=attribute(resource.config, "name"),
            resource_ids=resource_ids or [],
            client_ids=client_ids or [],
            principal_ids=principal_ids,
        )
    )


ARM_ADAPTERS: Mapping[str, Adapter] = {
    "microsoft.managedidentity/userassignedidentities": user_assigned,
    "microsoft.managedidentity/userassignedidentities/federatedidentitycredentials": federated_credential,
    "microsoft.app/managedenvironments": environment,
    "microsoft.containerservice/managedclusters": managed_cluster,
}
