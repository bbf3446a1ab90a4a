"""An app reads Key Vault as itself before it exists.

## What it flags

A Container App or job in Terraform, Bicep or an ARM template with a Key Vault reference through its
system-assigned identity, where the same deployment creates the app. One finding for each app, at the
first of its references.

## Why it fails in Azure

Container Apps checks the access to each referenced secret while it creates the app. The identity gets
its principal id only then, so a role assignment for it comes after the app: the first deployment fails
with `Unable to get value using Managed identity system for secret …`, and the assignment, which waits for
the app, is never made. An app that exists already is updated without trouble.

## Example

```hcl title="bad/main.tf"
resource "azurerm_key_vault" "shop" {
  name                       = "kv-shop"
  resource_group_name        = "rg-shop"
  location                   = "westeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
}

resource "azurerm_container_app" "api" {
  name                         = "api"
  resource_group_name          = "rg-shop"
  container_app_environment_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.App/managedEnvironments/shop"
  revision_mode                = "Single"

  identity {
    type = "SystemAssigned"
  }

  secret {
    name                = "db-password"
    key_vault_secret_id = "${azurerm_key_vault.shop.vault_uri}secrets/db-password"
    identity            = "System" # expect: KV209
  }

  template {
    container {
      name   = "api"
      image  = "shop.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"

      env {
        name        = "DB_PASSWORD"
        secret_name = "db-password"
      }
    }
  }
}

resource "azurerm_role_assignment" "api" {
  scope                = azurerm_key_vault.shop.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_container_app.api.identity[0].principal_id
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

resource "azurerm_container_app" "api" {
  name                         = "api"
  resource_group_name          = "rg-shop"
  container_app_environment_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.App/managedEnvironments/shop"
  revision_mode                = "Single"
  depends_on                   = [azurerm_role_assignment.api]

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.api.id]
  }

  secret {
    name                = "db-password"
    key_vault_secret_id = "${azurerm_key_vault.shop.vault_uri}secrets/db-password"
    identity            = azurerm_user_assigned_identity.api.id
  }

  template {
    container {
      name   = "api"
      image  = "shop.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"

      env {
        name        = "DB_PASSWORD"
        secret_name = "db-password"
      }
    }
  }
}
```

## Silent when

The app is a Container App YAML document, which may be an update, or an App Service app, which resolves
its references later; it may not be created at all; its list of secrets is not known, or left to others
(`ignore_changes`, a script); the set defines the app twice, as two steps do; or the reference fails for
good, because the identity has no grant (KV201, KV204, KV205, KV207), is not the app's (KV203) or the url
is none (KV106).

## Verify

`az containerapp show --name APP --resource-group GROUP --query identity.principalId`

## References

- https://learn.microsoft.com/azure/container-apps/manage-secrets#reference-secret-from-key-vault
- https://learn.microsoft.com/azure/container-apps/managed-identity
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import Bootstrap, CheckInfo, Finding, Graph, Level, Related, app_name

#: How many of the references that fail together are shown.
_MAX_SHOWN = 4

CHECK = CheckInfo(
    id="KV209",
    name="system-identity-bootstrap",
    level=Level.WARNING,
    summary="An app reads Key Vault through an identity that gets its grant only after the app is created",
    severity=4.0,
    tags=("azure", "container-apps", "key-vault", "identity"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """One finding for each app that cannot be created with its references."""
    for bootstrap in graph.bootstraps():
        app, first = bootstrap.app, bootstrap.uses[0]
        yield Finding(
            CHECK,
            first.span,
            f"The {_places(bootstrap)} of {app.title} {_verb(bootstrap)} read with the app's own identity, which"
            " has no grant before the app is created. The first deployment fails with"
            ' "Unable to get value using Managed identity".',
            subject=f"{app.display} reads Key Vault as itself",
            level=CHECK.level,
            label="an identity that does not exist yet",
            related=_related(bootstrap),
            steps=first.identity.steps,
            help=(
                "Use a user-assigned identity, and let the app depend on its grant:"
                " both can be made before the app."
            ),
            verify=(
                f"az containerapp show --name {app_name(app)} --resource-group <group>"
                " --query identity.principalId"
            ),
            deployments={app.deployment},
        )


def _places(bootstrap: Bootstrap) -> str:
    if len(bootstrap.uses) == 1:
        return bootstrap.uses[0].place
    return f"{len(bootstrap.uses)} secrets"


def _verb(bootstrap: Bootstrap) -> str:
    return "is" if len(bootstrap.uses) == 1 else "are"


def _related(bootstrap: Bootstrap) -> list[Related]:
    """The other references, and the grants that come too late."""
    found = [
        Related(use.span, "read with the app's own identity too") for use in bootstrap.uses[1:_MAX_SHOWN]
    ]
    grants = {id(grant): grant for answer in bootstrap.answers for grant in answer.grants}
    found += [Related(grant.span, "this grant waits for the app") for grant in grants.values()]
    return found
