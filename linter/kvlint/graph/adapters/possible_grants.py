"""What may give access in a way that cannot be read: absent modules, groups, templates, commands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from kvlint.evaluate.resources import Deployment, EvaluatedResource, Language, MissingCall
from kvlint.evaluate.terraform.bodies import path_names
from kvlint.evaluate.terraform.remote_state import reads_state
from kvlint.evaluate.values import Choice, ListValue, MapValue, PartialText, Scalar, Symbol, Unknown, Value
from kvlint.graph.adapters.reading import Adapter, origin
from kvlint.graph.entities import PossibleGrant
from kvlint.graph.facts import Facts
from kvlint.syntax.bicep_tree import BicepFile
from kvlint.syntax.body import Block

#: No more parts of what something is told are looked at.
_MOST_PARTS = 20_000
#: Names of arguments that tell of principals.
_PRINCIPAL = re.compile(r"principal|object_?id|identit|assignee|member", re.IGNORECASE)
#: Types of resources that are grants, or may be.
_GRANTS = frozenset(
    {
        "azapi_resource",
        "azuread_group_member",
        "azurerm_key_vault",
        "azurerm_key_vault_access_policy",
        "azurerm_role_assignment",
    }
)


def missing_module(call: MissingCall, deployment: Deployment, facts: Facts) -> None:
    """A module that is not on disk may grant whatever it is told about."""
    mentions, texts, foreign = _told(call.arguments)
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
            foreign=foreign,
        )
    )


def forgotten(removed: Block, deployment: Deployment, facts: Facts) -> None:
    """A grant that Terraform manages no longer, and leaves in place, may be any."""
    names = path_names(removed.body.expression("from"))
    if _GRANTS.isdisjoint(names) and names[:-1][-1:] != ["module"]:
        return
    _add_any(removed, ".".join(names), deployment, facts)


def addition(block: Block, deployment: Deployment, facts: Facts) -> None:
    """A file that Terragrunt puts into the module, or a command that it runs, may make any grant."""
    label = block.labels[0].text if block.labels else ""
    _add_any(block, f'{block.kind} "{label}"', deployment, facts)


def _add_any(block: Block, display: str, deployment: Deployment, facts: Facts) -> None:
    facts.possible_grants.append(
        PossibleGrant(
            address=f"{deployment}|{block.header}",
            display=display,
            span=block.header,
            deployment=deployment,
            language=deployment.language,
            mentions=frozenset(),
            texts=frozenset(),
            anything=True,
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


def opaque(resource: EvaluatedResource, facts: Facts, *, grants: bool = True) -> None:
    """A resource that may grant access to or for whatever its arguments name, or only change that."""
    told = [one for one in (resource.parent, resource.scope) if one is not None]
    mentions, texts, foreign = _told([*resource.config.entries.values(), *told])
    facts.possible_grants.append(
        PossibleGrant(
            **origin(resource),
            mentions=mentions,
            texts=texts,
            foreign=foreign,
            grants=grants,
        )
    )


def commands(resource: EvaluatedResource, facts: Facts) -> None:
    """The commands that run where a resource is created may grant access to it, or for it."""
    run = resource.config.entries.get("provisioner")
    if run is None:
        return
    mentions, texts, foreign = _told([run])
    facts.possible_grants.append(
        PossibleGrant(
            **origin(resource), mentions=mentions | {resource.address}, texts=texts, foreign=foreign
        )
    )


def _told(arguments: Iterable[Value]) -> tuple[frozenset[str], frozenset[str], bool]:
    """The addresses of resources and the texts that arguments name, and whether there is something foreign.

    An unknown argument counts for what it was made of: a variable without a value cannot
    hold what the same deployment creates. It may hold a principal of another one, though.
    """
    mentions: set[str] = set()
    texts: set[str] = set()
    foreign = False
    stack = [(argument, False) for argument in arguments]
    seen: set[int] = set()
    while stack and len(seen) < _MOST_PARTS:
        current, principal = stack.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        match current:
            case Symbol(resource=resource):
                mentions.add(resource.address)
                foreign = foreign or reads_state(resource.type)
            case Scalar(data=str() as text):
                texts.add(text.casefold())
            case Unknown(failed=False):
                foreign = foreign or principal
            case ListValue(items=parts) | PartialText(parts=parts) | Choice(options=parts):
                stack.extend((part, principal) for part in parts)
            case MapValue(entries=entries, computed=computed):
                named = ((entry, bool(_PRINCIPAL.search(name))) for name, entry in entries.items())
                stack.extend((entry, principal or its) for entry, its in named)
                stack.extend((part, principal) for entry in computed for part in entry)
        stack.extend((source, principal) for source in current.sources)
    return frozenset(mentions), frozenset(texts), foreign


TERRAFORM_ADAPTERS: Mapping[str, Adapter] = dict.fromkeys(
    (
        "ansible_playbook",
        "azapi_data_plane_resource",
        "azapi_resource_action",
        "azurerm_app_service_connection",
        "azurerm_blueprint_assignment",
        "azurerm_function_app_connection",
        "azurerm_managed_application",
        "azurerm_management_group_template_deployment",
        "azurerm_pim_active_role_assignment",
        "azurerm_pim_eligible_role_assignment",
        "azurerm_resource_deployment_script_azure_cli",
        "azurerm_resource_deployment_script_azure_power_shell",
        "azurerm_resource_group_template_deployment",
        "azurerm_spring_cloud_connection",
        "azurerm_subscription_template_deployment",
        "azurerm_template_deployment",
        "azurerm_tenant_template_deployment",
        "external",
        "null_resource",
        "restapi_object",
        "shell_script",
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
        "microsoft.servicelinker/linkers",
        "microsoft.solutions/applications",
    ),
    opaque,
)
