"""A role assignment names a role that does not exist, but almost does.

## What it flags

A role assignment whose role is misspelt: a name that is nearly that of a built-in role
("Key Vault Secret User"), a GUID that is nearly one of a built-in role, a GUID that a comment, a
description or the name of its variable calls by the whole name of a built-in role although it is not
that role's, or a name where a definition id takes a GUID only. The message names the right role. Where
the GUID is that of another built-in role, so that the assignment gives something else than it says, it
is a warning.

## Why it fails in Azure

Names are looked up when the plan is applied: azurerm stops with `loading Role Definition List: could
not find role`. A definition id that exists nowhere is rejected by the Resource Manager with
`RoleDefinitionDoesNotExist`. Either way the identity never gets its rights.

## Example

```hcl title="bad/main.tf"
resource "azurerm_role_assignment" "api" {
  scope                = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop"
  role_definition_name = "Key Vault Secret User" # expect: KV212
  principal_id         = var.principal_id
}

variable "principal_id" {
  type = string
}
```

```hcl title="good/main.tf"
resource "azurerm_role_assignment" "api" {
  scope                = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop"
  role_definition_name = "Key Vault Secrets User"
  principal_id         = var.principal_id
}

variable "principal_id" {
  type = string
}
```

## Silent when

The name is like none of the built-in ones, or a role of the set has it: custom roles may be defined
anywhere, and Azure has built-in roles that are newer than this list. A GUID is judged by what stands
beside it only where that is the whole name of one built-in role, such as `acrPullRoleId` or
`// Key Vault Secrets User`; `readerRole` may be anything.

## Verify

`az role definition list --name "ROLE NAME OR GUID" --query "[].{name:roleName, guid:name}"`

## References

- https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
- https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
- https://learn.microsoft.com/azure/azure-resource-manager/bicep/scenarios-rbac
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import CheckInfo, Finding, Graph, Level, Related, RoleDefect

CHECK = CheckInfo(
    id="KV212",
    name="unknown-role",
    level=Level.ERROR,
    summary="A role assignment whose role is misspelt, or is not the one it is called",
    severity=5.0,
    tags=("azure", "rbac", "identity"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """One finding for each assignment of a misspelt role."""
    for defect in graph.role_defects():
        grant = defect.grant
        sure = defect.always and defect.given is None
        at = grant.role_span or grant.span
        related = []
        if defect.label is not None and defect.label != at:
            related = [Related(defect.label, f'called "{defect.meant.name}" here')]
        yield Finding(
            CHECK,
            at,
            _message(defect),
            subject=f"{grant.display} role {defect.written}",
            level=CHECK.level if sure else CHECK.level.lowered(),
            label="another role" if defect.given is not None else "no such role",
            related=related,
            steps=defect.steps,
            help=_help(defect),
            verify=(
                f'az role definition list --name "{defect.written}" --query "[].{{name:roleName, guid:name}}"'
            ),
            deployments={grant.deployment},
        )


def _message(defect: RoleDefect) -> str:
    written, meant = defect.written, defect.meant
    if defect.name_as_id:
        return f'The definition id ends in the name "{written}", where only the GUID of the role can stand.'
    if not defect.by_guid:
        return f'There is no built-in role "{written}": did you mean "{meant.name}"?'
    if defect.given is not None:
        return (
            f'The role is called "{meant.name}", but its GUID is that of "{defect.given.name}":'
            " the assignment gives another role than it says."
        )
    if defect.label is not None:
        return f'The role is called "{meant.name}", but no built-in role has the GUID {written}.'
    return f'No built-in role has the GUID {written}: did you mean {meant.guid} ("{meant.name}")?'


def _help(defect: RoleDefect) -> str:
    meant = defect.meant
    if defect.name_as_id or defect.by_guid:
        return f'Use {meant.guid}, the GUID of "{meant.name}".'
    return f'Use "{meant.name}".'
