"""The identity's only grants on the vault are roles that do not read secrets.

## What it flags

A role assignment for the identity of a consumer, at the vault or above, whose role does not
give the right to read secret values, where no other grant does: Reader, Contributor, Owner, Key
Vault Reader, Key Vault Contributor, the Crypto roles and the like; also an access policy without
`Get` among its secret permissions. A SecretProviderClass and a store of External Secrets may read
keys and certificates, too: the `objectType` of the objects and the prefixes of the keys tell which,
and each kind that is read needs a grant that gives it. Reported instead of KV201.

## Why it fails in Azure

Roles such as Contributor and Key Vault Contributor manage the vault, and Key Vault Reader sees
names and metadata only. Reading a value is a data action (`getSecret`) that only Key Vault
Secrets User, Secrets Officer, Certificate User and Administrator have. The app's deployment, or
its start, fails with `ForbiddenByRbac`.

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
  scope                = azurerm_key_vault.shop.id
  role_definition_name = "Key Vault Reader" # expect: KV204
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

Another grant gives the access or may give it; the role is a custom one or not known.

## Verify

`az role assignment list --assignee PRINCIPAL_ID --scope VAULT_ID --include-inherited`

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
    Level,
    Proof,
    Related,
    access_command,
    contents_name,
    objects_name,
    reader_name,
)

CHECK = CheckInfo(
    id="KV204",
    name="role-without-secret-read",
    level=Level.ERROR,
    summary="The identity's only grants on the vault are roles that do not read secrets",
    severity=7.0,
    tags=("azure", "key-vault", "identity", "rbac"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """One finding for each grant that a consumer relies on in vain."""
    for read in graph.facts.vault_reads:
        answer = graph.access.answer(read)
        identity, vault = answer.identity, answer.vault
        if answer.proof is not Proof.WRONG_ROLE or identity is None or vault is None:
            continue
        wanted = objects_name(read)
        for verdict in answer.deciding:
            grant = verdict.grant
            if grant.kind is GrantKind.ROLE:
                remedy = f'Use the role "{graph.access.role_for(read)}".'
            else:
                remedy = f'Add "Get" to the {wanted} permissions.'
            yield Finding(
                CHECK,
                grant.role_span or grant.span,
                f"The {grant.kind.value} {grant.display} {verdict.reason}, but the {reader_name(read)} reads"
                f" {contents_name(read)} of {vault.title} as {identity.title}.",
                subject=f"{grant.display}: {read.display}",
                level=CHECK.level if vault.managed else Level.WARNING,
                label=f"does not give {wanted} read",
                related=[
                    Related(read.span, "the consumer that reads"),
                    Related(identity.span, "the identity that it reads with"),
                    Related(vault.span, "the vault"),
                ],
                steps=grant.role.steps if grant.role is not None else (),
                help=remedy,
                verify=access_command(identity, vault),
                deployments={read.deployment},
            )
