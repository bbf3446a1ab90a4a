"""A grant that the vault's permission model ignores.

## What it flags

An access policy on a vault in RBAC mode, or a Key Vault data role on a vault in access-policy
mode. An error where a consumer of the set relies on the grant, else a warning. Reported instead
of KV201 for that consumer.

## Why it fails in Azure

A vault heeds either role assignments or access policies, never both. The grant is created
without an error and has no effect; reads fail with `ForbiddenByRbac` or `ForbiddenByPolicy`. In
the azurerm provider before 5.0 a vault that does not say otherwise uses access policies.

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

resource "azurerm_key_vault_access_policy" "api" { # expect: KV205
  key_vault_id       = azurerm_key_vault.shop.id
  tenant_id          = "00000000-0000-0000-0000-000000000000"
  object_id          = azurerm_user_assigned_identity.api.principal_id
  secret_permissions = ["Get"]
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

  depends_on = [azurerm_key_vault_access_policy.api]
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

  depends_on = [azurerm_role_assignment.api]
}
```

## Silent when

The vault's mode is not known (looked up, or through a variable without a value), or the grant
stands at a wider scope, where it may serve another vault.

## Verify

`az keyvault show --name VAULT --query properties.enableRbacAuthorization`

## References

- https://learn.microsoft.com/azure/key-vault/general/rbac-guide
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import (
    CheckInfo,
    Finding,
    GrantKind,
    Graph,
    Language,
    Level,
    Related,
    reader_name,
    role_label,
    vault_name,
)

CHECK = CheckInfo(
    id="KV205",
    name="grant-in-wrong-permission-model",
    level=Level.ERROR,
    summary="A grant that the vault's permission model ignores",
    severity=6.5,
    tags=("azure", "key-vault", "rbac"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """One finding for each grant without effect."""
    for effect in graph.access.ignored_grants():
        grant, vault = effect.grant, effect.vault
        if grant.kind is GrantKind.POLICY:
            what = f"The access policy has no effect: {vault.title} uses Azure RBAC"
            remedy = "Assign a role such as Key Vault Secrets User at the vault instead."
        else:
            what = f'The role "{role_label(grant)}" has no effect: {vault.title} uses access policies'
            remedy = f"Set {_model_argument(vault.language)} on the vault, or write an access policy instead."
        relied = "".join(f" The {reader_name(read)} relies on it." for read in effect.readers[:1])
        yield Finding(
            CHECK,
            grant.span,
            f"{what}.{relied}",
            subject=f"{grant.display} on {vault.display}",
            level=CHECK.level if effect.readers else Level.WARNING,
            label="has no effect",
            related=[
                Related(vault.model_span or vault.span, "this decides the vault's permission model"),
                *(Related(read.span, "the consumer that relies on it") for read in effect.readers[:1]),
            ],
            help=remedy,
            verify=f"az keyvault show --name {vault_name(vault)} --query properties.enableRbacAuthorization",
            deployments={grant.deployment},
        )


def _model_argument(language: Language) -> str:
    """What turns a vault to Azure RBAC, as it is written in a language."""
    if language is Language.TERRAFORM:
        return "`rbac_authorization_enabled = true`"
    if language is Language.ARM:
        return '`"enableRbacAuthorization": true`'
    return "`enableRbacAuthorization: true`"
