"""An app pulls images as an identity that may not pull from the registry.

## What it flags

A registry entry of a Container App, a job or a session pool that signs in with a managed identity, where
the analysed set creates both the registry and the identity, and no role assignment at the registry, at
its resource group or above lets that identity pull. `AcrPull` does, and so do `AcrPush`, `Reader`,
`Contributor` and `Owner`. In a registry whose `roleAssignmentMode` is `AbacRepositoryPermissions` none
of these does: there it takes `Container Registry Repository Reader`.

## Why it fails in Azure

Container Apps signs in to the registry while it creates or updates the app. Without the role the
deployment fails with `Failed to provision revision … unable to pull image using Managed identity … for
registry …`, and so does every later revision.

## Example

```hcl title="bad/main.tf"
resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_container_registry" "shop" {
  name                = "acrshop"
  resource_group_name = "rg-shop"
  location            = "westeurope"
  sku                 = "Basic"
}

resource "azurerm_container_app" "api" {
  name                         = "api"
  resource_group_name          = "rg-shop"
  container_app_environment_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.App/managedEnvironments/shop"
  revision_mode                = "Single"

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.api.id]
  }

  registry { # expect: KV211
    server   = azurerm_container_registry.shop.login_server
    identity = azurerm_user_assigned_identity.api.id
  }

  template {
    container {
      name   = "api"
      image  = "acrshop.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"
    }
  }
}
```

```hcl title="good/main.tf"
resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_container_registry" "shop" {
  name                = "acrshop"
  resource_group_name = "rg-shop"
  location            = "westeurope"
  sku                 = "Basic"
}

resource "azurerm_role_assignment" "pull" {
  scope                = azurerm_container_registry.shop.id
  role_definition_name = "AcrPull"
  principal_id         = azurerm_user_assigned_identity.api.principal_id
}

resource "azurerm_container_app" "api" {
  name                         = "api"
  resource_group_name          = "rg-shop"
  container_app_environment_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.App/managedEnvironments/shop"
  revision_mode                = "Single"

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.api.id]
  }

  registry {
    server   = azurerm_container_registry.shop.login_server
    identity = azurerm_user_assigned_identity.api.id
  }

  template {
    container {
      name   = "api"
      image  = "acrshop.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"
    }
  }

  depends_on = [azurerm_role_assignment.pull]
}
```

## Silent when

The registry or the identity is managed elsewhere or cannot be told; a role assignment whose principal,
role or scope is not known could be the missing one, and so could a custom role, a module that is not on
disk, a group, a template, or a command of a script; the registry lets anybody pull, or may do so. What
KV203 (the app does not carry the identity), KV207 (a grant by the wrong id), KV213 (a grant to the
identity of the environment) or KV214 (the role at the wrong place) explains is reported there alone.

## Verify

`az role assignment list --assignee PRINCIPAL_ID --scope REGISTRY_ID --include-inherited`

## References

- https://learn.microsoft.com/azure/container-apps/managed-identity-image-pull
- https://learn.microsoft.com/azure/container-registry/container-registry-roles
- https://learn.microsoft.com/azure/container-registry/container-registry-rbac-abac-repository-permissions
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import (
    BrokenPull,
    CheckInfo,
    Finding,
    Graph,
    IdentityKind,
    Level,
    Related,
    principal_name,
    role_label,
    text_of,
)

CHECK = CheckInfo(
    id="KV211",
    name="missing-registry-pull-grant",
    level=Level.ERROR,
    summary="An app pulls images as an identity that has no pull role on the registry",
    severity=6.0,
    tags=("azure", "container-apps", "container-registry", "identity", "rbac"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """One finding for each registry entry that surely fails."""
    for pull in graph.registries.broken_pulls():
        identity, registry = pull.identity, pull.registry
        if pull.beside:
            continue
        own = identity.kind is IdentityKind.SYSTEM_ASSIGNED
        whom = "its system-assigned identity" if own else identity.title
        yield Finding(
            CHECK,
            pull.use.entry or pull.use.span,
            f"The {pull.app.title} pulls from {registry.title} as {whom}, {_why(pull)}. Its revisions fail"
            " to provision: unable to pull image using managed identity.",
            subject=f"{pull.app.display} -> {registry.display} as {identity.display}",
            level=CHECK.level if pull.sure else CHECK.level.lowered(),
            label="pulled without a grant",
            related=[
                Related(identity.span, "the identity that pulls"),
                Related(registry.span, "the registry"),
                *(Related(grant.role_span or grant.span, "this role does not pull") for grant in pull.idle),
            ],
            steps=pull.use.identity.steps,
            help=f'Assign the role "{pull.role}" at {registry.title} to the principal id of {identity.title}.',
            verify=(
                f"az role assignment list --assignee {principal_name(identity)}"
                f" --scope $(az acr show --name {text_of(registry.name) or '<registry>'} --query id --output tsv) --include-inherited"
            ),
            deployments={pull.app.deployment},
        )


def _why(pull: BrokenPull) -> str:
    if pull.ignored:
        return (
            f'whose role "{role_label(pull.ignored[0])}" does not let it pull from a registry that uses'
            " permissions by repository"
        )
    if pull.idle:
        return f'whose role "{role_label(pull.idle[0])}" does not let it pull'
    return "which has no role there that lets it pull"
