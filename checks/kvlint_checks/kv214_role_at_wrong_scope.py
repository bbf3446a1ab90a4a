"""A role is assigned at a resource that has nothing the role speaks of.

## What it flags

A built-in role for the contents of one kind of resource, assigned at a resource of another kind: `AcrPull`
or `Key Vault Secrets User` at the Container App that needs it, at its identity or at its environment. The
roles are those for the contents of Key Vault, for registries, and the data roles of Storage, Service Bus,
Event Hubs and App Configuration.

## Why it fails in Azure

A role assignment holds for its scope and for what lies in it. A Container App holds no images and no
secrets, so the assignment is made and gives nothing: the app fails with `Forbidden` or `UNAUTHORIZED`,
while the list of its roles looks right. The scope is the thing that is read, the principal is the one
that reads it.

## Example

```hcl title="bad/main.tf"
resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_key_vault" "shop" {
  name                       = "kv-shop"
  resource_group_name        = "rg-shop"
  location                   = "westeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
}

resource "azurerm_role_assignment" "api" {
  scope                = azurerm_user_assigned_identity.api.id # expect: KV214
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.api.principal_id
}
```

```hcl title="good/main.tf"
resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_key_vault" "shop" {
  name                       = "kv-shop"
  resource_group_name        = "rg-shop"
  location                   = "westeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
}

resource "azurerm_role_assignment" "api" {
  scope                = azurerm_key_vault.shop.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.api.principal_id
}
```

## Silent when

The scope is not known, or a resource group, a subscription or a management group; the role is not known,
a custom one, or one that also manages resources (`Reader`, `Contributor`, `Key Vault Contributor`).

## Verify

`az role assignment list --scope RESOURCE_ID --query "[].{role:roleDefinitionName, principal:principalId}"`

## References

- https://learn.microsoft.com/azure/role-based-access-control/scope-overview
- https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
- https://learn.microsoft.com/azure/container-apps/managed-identity-image-pull
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import CheckInfo, Finding, Graph, Level

CHECK = CheckInfo(
    id="KV214",
    name="role-at-wrong-scope",
    level=Level.ERROR,
    summary="A role assigned at a resource that has nothing the role speaks of",
    severity=5.0,
    tags=("azure", "rbac", "identity"),
)

#: Resource providers as Azure spells them; any other is shown in lower case.
_SPELLINGS = {
    name.casefold(): name
    for name in (
        "Microsoft.ApiManagement",
        "Microsoft.App",
        "Microsoft.AppConfiguration",
        "Microsoft.ContainerInstance",
        "Microsoft.ContainerRegistry",
        "Microsoft.ContainerService",
        "Microsoft.DocumentDB",
        "Microsoft.EventHub",
        "Microsoft.KeyVault",
        "Microsoft.ManagedIdentity",
        "Microsoft.Network",
        "Microsoft.ServiceBus",
        "Microsoft.Sql",
        "Microsoft.Storage",
        "Microsoft.Web",
    )
}


def find(graph: Graph) -> Iterator[Finding]:
    """Every misplaced role, at the scope."""
    for misplaced in graph.role_scopes.misplaced:
        grant, role = misplaced.grant, misplaced.role
        yield Finding(
            CHECK,
            grant.scope_span or grant.span,
            f'The role "{role.name}" is assigned at a resource of {_cased(grant.scope_provider)}, but it is for what'
            f" is in {misplaced.place}: here it gives no right to anything.",
            subject=f"{grant.display} {role.name} at {grant.scope_provider}",
            level=CHECK.level,
            label="holds nothing that the role is for",
            steps=grant.scope.steps,
            help=f"Assign it at {misplaced.place}: the scope is what is read, the principal is who reads it.",
            verify=f'az role assignment list --scope <resource id> --role "{role.name}"',
            deployments={grant.deployment},
        )


def _cased(provider: str) -> str:
    return _SPELLINGS.get(provider, provider)
