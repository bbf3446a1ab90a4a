"""Managed identities, their federated credentials, and clusters' identities, in ARM resources."""

from __future__ import annotations

from collections.abc import Mapping

from kvlint.evaluate.resources import EvaluatedResource, Mode
from kvlint.evaluate.values import Value
from kvlint.graph.adapters.arm_reading import parent_id, properties, symbols
from kvlint.graph.adapters.federation import add_cluster, add_credential
from kvlint.graph.adapters.reading import Adapter, attribute, origin, single
from kvlint.graph.entities import Identity, IdentityKind
from kvlint.graph.facts import Facts

#: The identities that a cluster comes with: what to call each, and where it shows its ids.
_CLUSTER_IDENTITIES = {
    "kubeletidentity": ("properties", "identityProfile", "kubeletidentity"),
    "azureKeyvaultSecretsProvider": (
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
    for name, path in _CLUSTER_IDENTITIES.items():
        _add_cluster_identity(
            resource,
            facts,
            name,
            resource_ids=symbols(resource, *path, "resourceId"),
            client_ids=symbols(resource, *path, "clientId"),
            principal_ids=symbols(resource, *path, "objectId"),
        )
    add_cluster(resource, ("properties", "oidcIssuerProfile", "issuerURL"), facts)
    if single(resource.config, "identity") is not None:
        _add_cluster_identity(
            resource, facts, "identity", principal_ids=symbols(resource, "identity", "principalId")
        )


def _add_cluster_identity(
    resource: EvaluatedResource,
    facts: Facts,
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
            kind=IdentityKind.OTHER,
            name=attribute(resource.config, "name"),
            resource_ids=resource_ids or [],
            client_ids=client_ids or [],
            principal_ids=principal_ids,
        )
    )


ARM_ADAPTERS: Mapping[str, Adapter] = {
    "microsoft.managedidentity/userassignedidentities": user_assigned,
    "microsoft.managedidentity/userassignedidentities/federatedidentitycredentials": federated_credential,
    "microsoft.containerservice/managedclusters": managed_cluster,
}
