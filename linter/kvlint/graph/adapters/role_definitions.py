"""Custom roles, in Terraform and in templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from kvlint.evaluate.resources import EvaluatedResource
from kvlint.evaluate.values import MapValue, Symbol, Value
from kvlint.graph.adapters.arm_reading import properties, symbols
from kvlint.graph.adapters.reading import Adapter, attribute, elements, entries, origin
from kvlint.graph.entities import RoleDefinition, RolePermissions
from kvlint.graph.facts import Facts


class _Names(NamedTuple):
    """What a language calls the parts of a role definition."""

    data_actions: str
    not_data_actions: str


_TERRAFORM = _Names("data_actions", "not_data_actions")
_ARM = _Names("dataActions", "notDataActions")


def terraform_role(resource: EvaluatedResource, facts: Facts) -> None:
    """``azurerm_role_definition``; its ``id`` is not the id of the role, but people use it so."""
    paths = (("role_definition_resource_id",), ("role_definition_id",), ("id",))
    ids = [Symbol(resource, path, span=resource.span) for path in paths]
    _add(resource, facts, ids, resource.config, attribute(resource.config, "name"), _TERRAFORM)


def arm_role(resource: EvaluatedResource, facts: Facts) -> None:
    """``Microsoft.Authorization/roleDefinitions``."""
    ids = [*symbols(resource, "id"), *symbols(resource, "name")]
    config = properties(resource)
    _add(
        resource,
        facts,
        [one for one in ids if isinstance(one, Symbol)],
        config,
        attribute(config, "roleName"),
        _ARM,
    )


def _add(
    resource: EvaluatedResource,
    facts: Facts,
    ids: list[Symbol],
    config: MapValue,
    name: Value | None,
    names: _Names,
) -> None:
    blocks = entries(config, "permissions")
    closed = resource.managed and blocks.open is None and not resource.leaves_alone("permissions")
    permissions = [
        RolePermissions(_listed(block, names.data_actions), _listed(block, names.not_data_actions))
        for block in blocks
    ]
    facts.role_definitions.append(
        RoleDefinition(
            **origin(resource),
            name=name,
            ids=ids,
            permissions=permissions if closed else None,
        )
    )


def _listed(block: MapValue, name: str) -> list[Value] | None:
    items, more = elements(attribute(block, name))
    return items if more is None else None


TERRAFORM_ADAPTERS: Mapping[str, Adapter] = {"azurerm_role_definition": terraform_role}
ARM_ADAPTERS: Mapping[str, Adapter] = {"microsoft.authorization/roledefinitions": arm_role}
