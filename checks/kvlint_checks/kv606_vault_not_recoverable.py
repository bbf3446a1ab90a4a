"""A vault in use can lose what it holds for good.

## What it flags

A key vault that the analysed set makes and something in it reads, without purge protection, or with a
shorter time than 90 days in which what was deleted can be recovered. One finding for each vault.

## Why it matters

Deleted secrets, and deleted vaults, can be recovered for the time of soft delete. Without purge protection
whoever may purge, or a `terraform destroy` that purges, ends that time at once, and every consumer of the
vault is left without its secrets. The time cannot be changed once the vault exists.

## Example

```hcl title="bad/main.tf"
resource "azurerm_key_vault" "shop" { # expect: KV606
  name                       = "kv-shop"
  resource_group_name        = "rg-shop"
  location                   = "westeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
}

resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_role_assignment" "api" {
  scope                = azurerm_key_vault.shop.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.api.principal_id
}

variable "db_password" {
  type      = string
  sensitive = true
}

resource "azurerm_key_vault_secret" "db" {
  name            = "db-password"
  value           = var.db_password
  key_vault_id    = azurerm_key_vault.shop.id
  expiration_date = "2999-01-01T00:00:00Z"
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
    key_vault_secret_id = azurerm_key_vault_secret.db.versionless_id
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

```hcl title="good/main.tf"
resource "azurerm_key_vault" "shop" {
  name                       = "kv-shop"
  resource_group_name        = "rg-shop"
  location                   = "westeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
  purge_protection_enabled   = true
}

resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_role_assignment" "api" {
  scope                = azurerm_key_vault.shop.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.api.principal_id
}

variable "db_password" {
  type      = string
  sensitive = true
}

resource "azurerm_key_vault_secret" "db" {
  name            = "db-password"
  value           = var.db_password
  key_vault_id    = azurerm_key_vault.shop.id
  expiration_date = "2999-01-01T00:00:00Z"
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
    key_vault_secret_id = azurerm_key_vault_secret.db.versionless_id
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

Nothing in the analysed set reads the vault; the setting is not known, or `ignore_changes` leaves it to
others; the vault is recovered (`createMode: 'recover'`) or only looked up.

## Verify

`az keyvault show --name VAULT --query "[properties.enablePurgeProtection, properties.softDeleteRetentionInDays]"`

## References

- https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview
- https://learn.microsoft.com/azure/key-vault/general/key-vault-recovery
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import (
    FULL_RETENTION,
    CheckInfo,
    Finding,
    Graph,
    Language,
    Level,
    Unrecoverable,
    user_name,
    vault_name,
)

CHECK = CheckInfo(
    id="KV606",
    name="vault-not-recoverable",
    level=Level.NOTE,
    summary="A vault in use without purge protection, or with a short time to recover what was deleted",
    severity=2.0,
    tags=("azure", "key-vault", "hygiene"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """One finding for each vault that is read and could lose what it holds."""
    for found in graph.vault_objects.unrecoverable():
        vault = found.vault
        yield Finding(
            CHECK,
            vault.span,
            f"The {vault.title}, which {user_name(found.use)} reads, {_defects(found)}.",
            subject=f"{vault.display} is not recoverable",
            level=CHECK.level,
            label="what is deleted here may be lost",
            help=_help(found),
            verify=(
                f"az keyvault show --name {vault_name(vault)} --query"
                ' "[properties.enablePurgeProtection, properties.softDeleteRetentionInDays]"'
            ),
            deployments={vault.deployment},
        )


def _is_short(found: Unrecoverable) -> bool:
    days = found.vault.retention_days
    return days is not None and days < FULL_RETENTION


def _defects(found: Unrecoverable) -> str:
    defects = ["has no purge protection"] if found.vault.purge_protected is False else []
    if _is_short(found):
        defects.append(f"keeps what was deleted for {found.vault.retention_days} days only")
    return " and ".join(defects)


def _help(found: Unrecoverable) -> str:
    terraform = found.vault.language is Language.TERRAFORM
    wanted = []
    if found.vault.purge_protected is False:
        wanted.append("`purge_protection_enabled = true`" if terraform else "`enablePurgeProtection: true`")
    if _is_short(found):
        name = "soft_delete_retention_days" if terraform else "softDeleteRetentionInDays"
        wanted.append(f"no `{name}`, so that it is {FULL_RETENTION} (it cannot change once the vault exists)")
    return f"Set {' and '.join(wanted)}."
