"""A workload's identity may do more with Key Vault than the workload does.

## What it flags

A grant of an identity that reads secrets as a Key Vault reference of an app, as a SecretProviderClass
or as an External Secrets store:

- the role Key Vault Administrator or Key Vault Secrets Officer (for the two Kubernetes consumers also
  Certificates Officer and Crypto Officer);
- an access policy with `Set`, `Delete`, `Purge`, `Recover`, `Backup`, `Restore` or `All` among its
  secret permissions;
- a role that reads secrets at a resource group, a subscription or a management group.

## Why it matters

Whoever takes over the workload has all that its identity has: it can replace or destroy secrets that
other workloads rely on, or read those of every vault in the scope, also of vaults that are created
later. A reference only ever reads the secrets of one vault.

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

resource "azurerm_role_assignment" "api" { # expect: KV206
  scope                = azurerm_key_vault.shop.id
  role_definition_name = "Key Vault Administrator"
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

The identity may be the one that deploys: whoever runs Terraform, one that holds Contributor, Owner or
another role that manages access, or one that a pipeline signs in as (a federated credential of GitHub
and the like); code may write: an environment variable tells it the vault; the role, scope or principal
is not known; the vault's permission model ignores the grant (KV205), or the consumer does not get
access by it (KV201, KV204).

## Verify

`az role assignment list --assignee PRINCIPAL_ID --all -o table`

## References

- https://learn.microsoft.com/azure/key-vault/general/rbac-guide#best-practices-for-individual-keys-secrets-and-certificates-role-assignments
- https://learn.microsoft.com/azure/key-vault/general/secure-key-vault
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import (
    CheckInfo,
    ExcessGrant,
    Finding,
    GrantKind,
    Graph,
    Level,
    Related,
    contents_name,
    principal_name,
    reader_name,
    role_label,
    vault_name,
)

CHECK = CheckInfo(
    id="KV206",
    name="excess-key-vault-grant",
    level=Level.WARNING,
    summary="A workload's identity may do more with Key Vault than the workload does",
    severity=5.5,
    tags=("azure", "key-vault", "identity", "rbac"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """One finding for each grant that is more than its identity's consumers use."""
    for excess in graph.privileges.excess():
        grant, identity, read = excess.grant, excess.identity, excess.reads[0]
        yield Finding(
            CHECK,
            grant.span,
            f"{_given(excess)}, but the {reader_name(read)} only reads {contents_name(read)} of"
            f" {excess.vaults[0].title}.",
            subject=f"{grant.display} for {identity.display}",
            level=CHECK.level,
            label="more than the workload uses",
            related=[
                Related(read.span, "what the identity is used for"),
                Related(identity.span, "the identity"),
            ],
            help=_remedy(graph, excess),
            verify=_command(excess),
            deployments={grant.deployment},
        )


def _given(excess: ExcessGrant) -> str:
    """What the grant gives, as the beginning of a sentence."""
    grant, identity = excess.grant, excess.identity
    if excess.writes:
        permissions = ", ".join(f'"{permission}"' for permission in excess.writes)
        return f"The access policy gives {identity.title} the secret permissions {permissions}"
    where = f" at {_article(excess.scope.value)}" if excess.scope is not None else ""
    if excess.manages:
        what = f"change and delete what {'the vault holds' if excess.scope is None else 'every vault in it holds'}"
    else:
        what = "read the secrets of every vault in it"
    return f'The role "{role_label(grant)}"{where} lets {identity.title} {what}'


def _article(scope: str) -> str:
    return f"a {scope}"


def _remedy(graph: Graph, excess: ExcessGrant) -> str:
    if excess.writes:
        return 'Leave only "Get" (and "List" where it is needed) among the secret permissions.'
    role, vault = graph.access.role_for(excess.reads[0]), excess.vaults[0]
    if excess.scope is None:
        return f'Use the role "{role}".'
    each = "each vault that it reads" if len(excess.vaults) > 1 else vault.title
    return f'Assign the role "{role}" at {each} instead.'


def _command(excess: ExcessGrant) -> str:
    if excess.grant.kind is GrantKind.POLICY:
        return f"az keyvault show --name {vault_name(excess.vaults[0])} --query properties.accessPolicies"
    return f"az role assignment list --assignee {principal_name(excess.identity)} --all --output table"
