"""Container registries, in Terraform and in ARM resources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kvlint.evaluate.resources import EvaluatedResource
from kvlint.evaluate.values import MapValue, Symbol, Unknown, Value, text_of
from kvlint.graph.adapters.arm_reading import properties, symbols
from kvlint.graph.adapters.reading import Adapter, argument_span, attribute, given, origin
from kvlint.graph.entities import Registry, RegistryRoles
from kvlint.graph.facts import Facts

_MODES = {
    "abacrepositorypermissions": RegistryRoles.REPOSITORIES,
    "legacyregistrypermissions": RegistryRoles.REGISTRY,
}


def azurerm_registry(resource: EvaluatedResource, facts: Facts) -> None:
    """``azurerm_container_registry``, as a resource or a data source."""
    add_registry(
        resource,
        resource.config,
        facts,
        ids=[Symbol(resource, ("id",), span=resource.span)],
        servers=[Symbol(resource, ("login_server",), span=resource.span)],
        resource_group=attribute(resource.config, "resource_group_name"),
        admin_user="admin_enabled",
        anonymous_pull="anonymous_pull_enabled",
    )


def arm_registry(resource: EvaluatedResource, facts: Facts) -> None:
    """``Microsoft.ContainerRegistry/registries``, declared or ``existing``."""
    add_registry(
        resource,
        properties(resource),
        facts,
        ids=symbols(resource, "id"),
        servers=symbols(resource, "properties", "loginServer"),
        resource_group=resource.resource_group,
        admin_user="adminUserEnabled",
        anonymous_pull="anonymousPullEnabled",
    )


def add_registry(
    resource: EvaluatedResource,
    config: MapValue,
    facts: Facts,
    *,
    ids: Sequence[Value],
    servers: Sequence[Value],
    resource_group: Value | None,
    admin_user: str,
    anonymous_pull: str,
) -> None:
    """Add a registry; the last two are the names of the arguments that turn these on."""
    mode = text_of(given(config, "roleAssignmentMode"))
    facts.registries.append(
        Registry(
            **origin(resource),
            name=attribute(resource.config, "name")
            or Unknown("the registry has no name", span=resource.span),
            ids=[one for one in ids if isinstance(one, Symbol)],
            servers=[one for one in servers if isinstance(one, Symbol)],
            resource_group=resource_group,
            roles=_MODES.get((mode or "").casefold()),
            anonymous_pull=_kept(resource, config, anonymous_pull),
            admin_user=_kept(resource, config, admin_user),
            admin_user_span=argument_span(config, admin_user, resource.span),
        )
    )


def _kept(resource: EvaluatedResource, config: MapValue, name: str) -> Value | None:
    """An argument that stays as it is written, unknown where others may change it."""
    value = given(config, name)
    if resource.leaves_alone(name):
        return Unknown("ignore_changes leaves it to others", span=resource.span)
    return value


TERRAFORM_ADAPTERS: Mapping[str, Adapter] = {"azurerm_container_registry": azurerm_registry}
ARM_ADAPTERS: Mapping[str, Adapter] = {"microsoft.containerregistry/registries": arm_registry}
