"""What may give access in a way that cannot be read: absent modules, groups, templates, commands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kvlint.evaluate.resources import Deployment, EvaluatedResource, Language, MissingCall
from kvlint.evaluate.values import Choice, ListValue, MapValue, PartialText, Scalar, Symbol, Value
from kvlint.graph.adapters.reading import Adapter, origin
from kvlint.graph.entities import PossibleGrant
from kvlint.graph.facts import Facts
from kvlint.syntax.bicep_tree import BicepFile

#: No more parts of what something is told are looked at.
_MOST_PARTS = 20_000


def missing_module(call: MissingCall, deployment: Deployment, facts: Facts) -> None:
    """A module that is not on disk may grant whatever it is told about."""
    mentions, texts = _told(call.arguments)
    terraform = deployment.language is Language.TERRAFORM
    facts.possible_grants.append(
        PossibleGrant(
            address=f"{deployment}|{call.span}",
            display=f"module.{call.name}" if terraform else f'the module "{call.name}"',
            span=call.span,
            deployment=deployment,
            language=deployment.language,
            mentions=mentions,
            texts=texts,
        )
    )


def unread_templates(files: Iterable[BicepFile], facts: Facts) -> None:
    """A Bicep file of which something could not be read may grant anything."""
    for file in files:
        if file.problems:
            path = file.source.path
            facts.possible_grants.append(
                PossibleGrant(
                    address=f"{path}|",
                    display=path,
                    span=file.problems[0].span,
                    deployment=Deployment(Language.BICEP, path),
                    language=Language.BICEP,
                    mentions=frozenset(),
                    texts=frozenset(),
                    anything=True,
                )
            )


def opaque(resource: EvaluatedResource, facts: Facts) -> None:
    """A resource that may grant access to or for whatever its arguments name."""
    told = [one for one in (resource.parent, resource.scope) if one is not None]
    mentions, texts = _told([*resource.config.entries.values(), *told])
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
    stack = list(arguments)
    seen: set[int] = set()
    while stack and len(seen) < _MOST_PARTS:
        current = stack.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        match current:
            case Symbol(resource=resource):
                mentions.add(resource.address)
            case Scalar(data=str() as text):
                texts.add(text.casefold())
            case ListValue(items=parts) | PartialText(parts=parts) | Choice(options=parts):
                stack.extend(parts)
            case MapValue(entries=entries, computed=computed):
                stack.extend(entries.values())
                stack.extend(part for entry in computed for part in entry)
        stack.extend(current.sources)
    return frozenset(mentions), frozenset(texts)


TERRAFORM_ADAPTERS: Mapping[str, Adapter] = dict.fromkeys(
    (
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
    opaque,
)

ARM_ADAPTERS: Mapping[str, Adapter] = dict.fromkeys(
    (
        "microsoft.authorization/roleassignmentschedulerequests",
        "microsoft.authorization/roleeligibilityschedulerequests",
        "microsoft.graph/groups",
        "microsoft.resources/deployments",
        "microsoft.resources/deploymentscripts",
        "microsoft.resources/deploymentstacks",
    ),
    opaque,
)
