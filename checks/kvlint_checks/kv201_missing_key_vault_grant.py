"""An identity reads secrets of a vault on which it has no grant.

## What it flags

A consumer whose identity has no role assignment and no access policy, at the vault's scope or
above, that lets it read what it reads there. Consumers are

- Key Vault references of Container Apps, and certificates of their environments;
- `@Microsoft.KeyVault(…)` app settings, and the storage secret of a function app;
- named values and certificates of API Management, and certificates of application gateways;
- SecretProviderClasses and External Secrets stores, which may read keys and certificates, too;
- apps, container groups and pods with workload identity whose environment tells their code the url
  of a vault, or its name in a variable that is called so.

It is an error where the analysed set creates both the vault and the identity, a warning where the
vault is only looked up and the set holds other grants on it, or where an environment alone speaks
of the vault.

## Why it fails in Azure

Container Apps checks the access when the app is created or updated: the deployment fails with
`Unable to get value using Managed identity … for secret …`. App Service and the drivers of
Kubernetes fail when the app starts: Key Vault answers `ForbiddenByRbac` or `ForbiddenByPolicy`.

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
    key_vault_secret_id = "${azurerm_key_vault.shop.vault_uri}secrets/db-password" # expect: KV201
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

Any role assignment or policy whose principal, role or scope is not known could be the missing
one, and so could one that depends on a variable whose default a pipeline replaces, or that
Terragrunt generates; a module that is not on disk, a group, a template, a command or a Bicep file that is told
about the vault or the identity may give the access; the vault is managed elsewhere and the set
holds no grant on it. The run counts these references as unresolved, and `--show-unresolved` names
the reason. A defect that KV203, KV204, KV205 or KV207 explains is reported there alone.

## Verify

`az role assignment list --assignee PRINCIPAL_ID --scope VAULT_ID --include-inherited`

## References

- https://learn.microsoft.com/azure/container-apps/manage-secrets#reference-secret-from-key-vault
- https://learn.microsoft.com/azure/key-vault/general/rbac-guide
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import (
    CheckInfo,
    Finding,
    Graph,
    Level,
    Reader,
    Related,
    VaultRead,
    access_command,
    contents_name,
    objects_name,
    reader_name,
)

#: How many of the reads that one grant would mend are shown, and of the grants that are not it.
_MAX_SHOWN = 4

CHECK = CheckInfo(
    id="KV201",
    name="missing-key-vault-grant",
    level=Level.ERROR,
    summary="An identity reads secrets of a vault on which it has no grant",
    severity=7.5,
    tags=("azure", "key-vault", "identity", "rbac"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """One finding for each app (or other consumer) whose identity surely has no grant on a vault."""
    for answer, reads in graph.access.missing_grants():
        identity, vault, read = answer.identity, answer.vault, reads[0]
        if identity is None or vault is None:
            continue
        sure = vault.managed and read.reader is not Reader.SDK
        yield Finding(
            CHECK,
            read.span,
            f"{_reads(reads, vault.title)} as {identity.title}, which has no role assignment or access policy"
            f" there that gives it {objects_name(read)} read.",
            subject=f"{read.display} -> {vault.display} as {identity.display}",
            level=CHECK.level if sure else Level.WARNING,
            label="read without a grant",
            related=[
                Related(identity.span, "the identity that reads"),
                Related(vault.span, "the vault"),
                *(
                    Related(one.grant.span, f"this grant {one.reason}")
                    for one in graph.access.nearest(read, _MAX_SHOWN)
                ),
                *(Related(other.span, "read without a grant too") for other in reads[1:_MAX_SHOWN]),
            ],
            steps=read.vault.steps,
            help=graph.access.remedy(read),
            verify=access_command(identity, vault),
            deployments={one.deployment for one in reads},
        )


def _reads(reads: list[VaultRead], vault: str) -> str:
    """Who reads what of a vault, as the beginning of a sentence."""
    first, reader = reads[0], reader_name(reads[0])
    if first.reader is Reader.SDK:
        place = reader if first.app is None else f"environment of {reader}"
        return f"The {place} points to {vault}, and the code signs in"
    if len(first.objects) > 1:
        what = contents_name(first)
    else:
        what = f"a {objects_name(first)}" if len(reads) == 1 else f"{len(reads)} {contents_name(first)}"
    return f"The {reader} reads {what} of {vault}"
