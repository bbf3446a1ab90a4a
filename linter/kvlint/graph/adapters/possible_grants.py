"""What may give access in a way that cannot be read: absent modules, groups, templates, commands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kvlint.evaluate.resources import Deployment, EvaluatedResource, Language
from kvlint.evaluate.terraform.module import MissingCall
from kvlint.evaluate.values import Scalar, Symbol, Value, leaves
from kvlint.graph.adapters.reading import Adapter, origin
from kvlint.graph.entities import PossibleGrant
from kvlint.graph.facts import Facts


def missing_module(call: MissingCall, deployment: Deployment, facts: Facts) -> None:
    """A module that is not on disk may grant whatever it is told about."""
    mentions, texts = _told(call.arguments)
    facts.possible_grants.append(
        PossibleGrant(
            address=f"{deployment}|{call.span}",
            display=f"module.{call.name}",
            span=call.span,
            deployment=deployment,
            language=Language.TERRAFORM,
            mentions=mentions,
            texts=texts,
        )
    )


def _opaque(resource: EvaluatedResource, facts: Facts) -> None:
    """A resource that may grant access to or for whatever its arguments name."""
    mentions, texts = _told(resource.config.entries.values())
    facts.possible_grants.append(
        PossibleGrant(
            **origin(resource),
            mentions=mentions,
            texts=texts,
        )
    )


def _told(arguments: Iterable[Value]) -> tuple[frozenset[str], frozenset[str]]:
    """The addresses of resources and the texts that arguments name.

    An unknown argument counts for what it was made of: a variable without a value cannot
    hold what the same deployment creates.
    """
    mentions: set[str] = set()
    texts: set[str] = set()
    for argument in arguments:
        for leaf in leaves(argument):
            if isinstance(leaf, Symbol):
                mentions.add(leaf.resource.address)
            elif isinstance(leaf, Scalar) and isinstance(leaf.data, str):
                texts.add(leaf.data.casefold())
    return frozenset(mentions), frozenset(texts)


TERRAFORM_ADAPTERS: Mapping[str, Adapter] = dict.fromkeys(
    (
        "azapi_resource",
        "azapi_resource_action",
        "azapi_update_resource",
        "azuread_group",
        "azuread_group_member",
        "azurerm_pim_active_role_assignment",
        "azurerm_pim_eligible_role_assignment",
        "azurerm_resource_deployment_script_azure_cli",
        "azurerm_resource_deployment_script_azure_power_shell",
        "azurerm_resource_group_template_deployment",
        "azurerm_subscription_template_deployment",
        "azurerm_template_deployment",
        "null_resource",
        "terraform_data",
    ),
    _opaque,
)
