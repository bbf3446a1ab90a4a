"""Managed identities and other principals, in Terraform, and whoever deploys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kvlint.evaluate.deployer import principal_of
from kvlint.evaluate.resources import Deployment, EvaluatedResource, Language, Mode
from kvlint.evaluate.values import Symbol, Unknown, Value
from kvlint.graph.adapters.possible_grants import opaque
from kvlint.graph.adapters.reading import Adapter, attribute, elements, entries, origin
from kvlint.graph.entities import App, Attachment, Identity, IdentityKind, Membership
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
    members: Sequence[Value] = (),
    members_open: Unknown | None = None,
    application: Value | None = None,
    host: str = "",
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
            members=list(members),
            members_open=members_open,
            application=application,
            host=host,
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


#: The identities that a cluster comes with, and where it shows their ids.
_CLUSTER_IDENTITIES: Mapping[IdentityKind, Path] = {
    IdentityKind.KUBELET: ("kubelet_identity", 0),
    IdentityKind.SECRETS_PROVIDER: ("key_vault_secrets_provider", 0, "secret_identity", 0),
}


def kubernetes_cluster(resource: EvaluatedResource, facts: Facts) -> None:
    """The identities of a cluster: its own, the kubelet's and the secrets provider add-on's."""
    for kind, path in _CLUSTER_IDENTITIES.items():
        _add(
            resource,
            facts,
            kind,
            resource_ids=[(*path, "user_assigned_identity_id")],
            client_ids=[(*path, "client_id")],
            principal_ids=[(*path, "object_id")],
            suffix=f".{path[0]}",
            host=resource.address,
        )
    _add_host(resource, facts, IdentityKind.CONTROL_PLANE)
    for kubelet in entries(resource.config, "kubelet_identity"):
        named = attribute(kubelet, "user_assigned_identity_id")
        if named is not None:
            _attach(resource, facts, IdentityKind.KUBELET, named)


def environment(resource: EvaluatedResource, facts: Facts) -> None:
    """``azurerm_container_app_environment``: it may have identities of its own."""
    _add_host(resource, facts, IdentityKind.ENVIRONMENT)


def _add_host(resource: EvaluatedResource, facts: Facts, kind: IdentityKind) -> None:
    """What a cluster or environment acts with: its system-assigned identity and those it carries."""
    path: Path = ("identity", 0, "principal_id")
    _add(resource, facts, kind, principal_ids=[path], suffix=".identity", host=resource.address)
    for block in entries(resource.config, "identity"):
        for carried in elements(attribute(block, "identity_ids"))[0]:
            _attach(resource, facts, kind, carried)


def _attach(resource: EvaluatedResource, facts: Facts, kind: IdentityKind, identity: Value) -> None:
    facts.attachments.append(
        Attachment(**origin(resource), kind=kind, identity=identity, host=resource.address)
    )


def service_principal(resource: EvaluatedResource, facts: Facts) -> None:
    """``azuread_service_principal``; what its ``id`` is depends on the provider's version."""
    config = resource.config
    of = attribute(config, "client_id") or attribute(config, "application_id")
    _add(
        resource,
        facts,
        IdentityKind.APPLICATION,
        client_ids=[("client_id",), ("application_id",)],
        principal_ids=[("object_id",)],
        application=of if resource.managed else None,
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
    """Whoever deploys a template or a configuration."""
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
    """``azuread_group``: where some ``members`` are written, Terraform removes all others."""
    members, more = elements(attribute(resource.config, "members"))
    if not members or resource.leaves_alone("members"):
        more = Unknown("the group may have members that are not in the set", span=resource.span)
    _add(
        resource,
        facts,
        IdentityKind.GROUP,
        principal_ids=[("object_id",), ("id",)],
        members=members,
        members_open=more,
    )


def group_member(resource: EvaluatedResource, facts: Facts) -> None:
    """``azuread_group_member``; what a group that is not in the set may do, nobody knows."""
    group = attribute(resource.config, "group_object_id")
    member = attribute(resource.config, "member_object_id")
    if group is None or member is None:
        return
    facts.memberships.append(Membership(**origin(resource), group=group, member=member))
    if not isinstance(group, Symbol) or not group.resource.managed:
        opaque(resource, facts)


TERRAFORM_ADAPTERS: Mapping[str, Adapter] = {
    "azurerm_container_app_environment": environment,
    "azurerm_user_assigned_identity": user_assigned,
    "azurerm_kubernetes_cluster": kubernetes_cluster,
    "azuread_application": application,
    "azuread_group": group,
    "azuread_group_without_members": group,
    "azuread_group_member": group_member,
    "azuread_service_principal": service_principal,
    "azuread_client_config": client_config,
    "azurerm_client_config": client_config,
}
