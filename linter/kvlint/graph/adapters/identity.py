"""Managed identities and other principals, in Terraform, and whoever deploys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kvlint.evaluate.arm.deployer import principal_of
from kvlint.evaluate.resources import Deployment, EvaluatedResource, Language, Mode
from kvlint.evaluate.values import Symbol, Value
from kvlint.graph.adapters.reading import Adapter, attribute
from kvlint.graph.entities import App, Identity, IdentityKind
from kvlint.graph.facts import Facts
from kvlint.source import Span

Path = tuple[str | int, ...]


def _add(
    resource: EvaluatedResource,
    facts: Facts,
    kind: IdentityKind,
    *,
    resource_ids: Sequence[Path] = (),
    client_ids: Sequence[Path] = (),
    principal_ids: Sequence[Path] = (),
    suffix: str = "",
) -> None:
    def symbols(paths: Sequence[Path]) -> list[Value]:
        return [Symbol(resource, path, span=resource.span) for path in paths]

    facts.identities.append(
        Identity(
            address=resource.address + suffix,
            display=resource.display + suffix,
            span=resource.span,
            deployment=resource.deployment,
            language=Language.TERRAFORM,
            mode=resource.mode,
            conditional=resource.conditional,
            kind=kind,
            name=attribute(resource.config, "name"),
            resource_group=attribute(resource.config, "resource_group_name"),
            resource_ids=symbols(resource_ids),
            client_ids=symbols(client_ids),
            principal_ids=symbols(principal_ids),
        )
    )


def add_own_identity(app: App, principal_ids: list[Value], facts: Facts) -> None:
    """The system-assigned identity of an app, known by these principal ids."""
    facts.identities.append(
        Identity(
            address=f"{app.address}/identity",
            display=f"the system-assigned identity of {app.display}",
            span=app.identity.span or app.span,
            deployment=app.deployment,
            language=app.language,
            conditional=app.conditional,
            kind=IdentityKind.SYSTEM_ASSIGNED,
            principal_ids=principal_ids,
        )
    )


def user_assigned(resource: EvaluatedResource, facts: Facts) -> None:
    """``azurerm_user_assigned_identity``, as a resource or a data source."""
    _add(
        resource,
        facts,
        IdentityKind.USER_ASSIGNED,
        resource_ids=[("id",)],
        client_ids=[("client_id",)],
        principal_ids=[("principal_id",)],
    )


def kubernetes_cluster(resource: EvaluatedResource, facts: Facts) -> None:
    """The identities that a cluster comes with: the kubelet's and the secrets provider add-on's."""
    for owner in (("kubelet_identity", 0), ("key_vault_secrets_provider", 0, "secret_identity", 0)):
        _add(
            resource,
            facts,
            IdentityKind.OTHER,
            resource_ids=[(*owner, "user_assigned_identity_id")],
            client_ids=[(*owner, "client_id")],
            principal_ids=[(*owner, "object_id")],
            suffix=f".{owner[0]}",
        )


def service_principal(resource: EvaluatedResource, facts: Facts) -> None:
    """``azuread_service_principal``; what its ``id`` is depends on the provider's version."""
    _add(
        resource,
        facts,
        IdentityKind.APPLICATION,
        client_ids=[("client_id",), ("application_id",)],
        principal_ids=[("object_id",)],
    )


def application(resource: EvaluatedResource, facts: Facts) -> None:
    """``azuread_application``: grants go to its service principal, never to itself."""
    _add(
        resource,
        facts,
        IdentityKind.APPLICATION,
        resource_ids=[("id",), ("object_id",)],
        client_ids=[("client_id",), ("application_id",)],
    )


def client_config(resource: EvaluatedResource, facts: Facts) -> None:
    """``azurerm_client_config`` and ``azuread_client_config``: whoever deploys."""
    _add(
        resource,
        facts,
        IdentityKind.DEPLOYER,
        client_ids=[("client_id",)],
        principal_ids=[("object_id",)],
    )


def add_deployer(deployment: Deployment, span: Span, facts: Facts) -> None:
    """Whoever deploys a template."""
    principal = principal_of(deployment, span)
    facts.identities.append(
        Identity(
            address=principal.resource.address,
            display="deployer()",
            span=span,
            deployment=deployment,
            language=deployment.language,
            mode=Mode.LOOKED_UP,
            kind=IdentityKind.DEPLOYER,
            principal_ids=[principal],
        )
    )


def group(resource: EvaluatedResource, facts: Facts) -> None:
    """``azuread_group``: a grant to it counts for members that nobody here knows."""
    _add(resource, facts, IdentityKind.GROUP, principal_ids=[("object_id",), ("id",)])


TERRAFORM_ADAPTERS: Mapping[str, Adapter] = {
    "azurerm_user_assigned_identity": user_assigned,
    "azurerm_kubernetes_cluster": kubernetes_cluster,
    "azuread_application": application,
    "azuread_group": group,
    "azuread_service_principal": service_principal,
    "azuread_client_config": client_config,
    "azurerm_client_config": client_config,
}
