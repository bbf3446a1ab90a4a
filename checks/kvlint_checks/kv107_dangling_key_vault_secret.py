"""A reference to a Key Vault secret that the vault does not hold.

## What it flags

The name of a secret, certificate or key in a reference to Key Vault: the url of an app secret,
`@Microsoft.KeyVault(…)` in an app setting, the objects of a `SecretProviderClass`, the keys of an
`ExternalSecret`, `getSecret('NAME')`, and what is looked up (`data`, `existing`). The vault holds what
Terraform, Bicep and ARM templates of the analysed set make, what their scripts set with `az keyvault` or
PowerShell, and what `kvlint.toml` declares. A certificate is also a secret and a key of its name, and
upper and lower case are the same.

Most vaults also hold secrets that people put there by hand, so a name that is simply not in the set tells
nothing. It is an error where the name is a slip of one that the set makes and nobody reads, in a vault
that only the set fills, and where `kvlint.toml` declares what else the vault holds. It is a warning for any
other near miss, and where one deployment makes both the vault and the app, so that nobody can put the
secret there before the app needs it.

## Why it fails in Azure

The read is answered with `SecretNotFound`. A Container App is not created or updated
(`Unable to get value using Managed identity …`), an App Service app gets the text of the reference in
place of the secret, pods wait in `ContainerCreating`, and a deployment that reads the secret itself stops.

## Example

```hcl title="bad/main.tf"
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
    key_vault_secret_id = "${azurerm_key_vault.shop.vault_uri}secrets/db-pasword" # expect: KV107
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

- the vault or the name is not known, or the vault holds something whose name is not known (`for_each` over
  a variable without a value, a script that computes the name);
- no secret of the set has a name that is near, and the vault may be filled by hand;
- the nearest name differs in its number only (`key-1`, `key-2`) or in a whole word (`mail-host`,
  `mail-port`), or the same consumer reads that one, too;
- the url is none (KV106).

## Verify

`az keyvault secret list --vault-name VAULT --query "[].name"`

## References

- https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates
- https://learn.microsoft.com/azure/container-apps/manage-secrets#reference-secret-from-key-vault
- https://learn.microsoft.com/azure/app-service/app-service-key-vault-references
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import (
    CheckInfo,
    Finding,
    Graph,
    Level,
    Missing,
    Reader,
    Related,
    known_text,
    reference_name,
    vault_name,
)

CHECK = CheckInfo(
    id="KV107",
    name="dangling-key-vault-secret",
    level=Level.ERROR,
    summary="A reference to a Key Vault secret that the vault does not hold",
    severity=7.0,
    tags=("azure", "key-vault", "secrets"),
)

_CONSEQUENCES: dict[Reader | None, str] = {
    Reader.APP_SECRET: 'The deployment fails with "Unable to get value using Managed identity"',
    Reader.APP_SETTING: "The app gets the text of the reference instead",
    Reader.SECRET_PROVIDER_CLASS: "Pods that mount it do not start",
    Reader.SECRET_STORE: "The Kubernetes secret is not made",
    None: "The deployment fails",
}


def find(graph: Graph) -> Iterator[Finding]:
    """One finding for each name that a reference may have and the vault does not hold."""
    for missing in graph.vault_objects.missing():
        level = Level.ERROR if missing.proven else Level.WARNING
        yield _finding(missing, level if missing.always else level.lowered())


def _finding(missing: Missing, level: Level) -> Finding:
    reference, vault = missing.reference, missing.vault
    text = known_text(missing.name) or ""
    near = known_text(missing.near.name) if missing.near is not None else None
    verb = "names" if missing.always else "names, in one of the possible cases,"
    kind = reference.kind.value
    message = f'{reference_name(reference)} {verb} the {kind} "{text}", which {vault.title} does not hold'
    consequence = _CONSEQUENCES.get(reference.reader, "It cannot be read")
    if near is None and not missing.proven:
        message += (
            f". The deployment that creates the app also makes the vault and does not put the {kind} there:"
            ' it fails with "Unable to get value using Managed identity".'
        )
    else:
        message += f'; did you mean "{near}"?' if near else "."
        message += f" {consequence}."
    span = missing.name.span or reference.span
    related = []
    if missing.near is not None:
        related.append(Related(missing.near.name.span or missing.near.span, f'"{near}" is made here'))
    if reference.span.source is not span.source or reference.span.first.line != span.first.line:
        related.append(Related(reference.span, "the reference that uses it"))
    related.append(Related(vault.span, "the vault"))
    return Finding(
        CHECK,
        span,
        message,
        subject=f"{reference.display} -> {text} in {vault.display}",
        level=level,
        label=f"no {kind} of this name",
        related=related,
        steps=missing.name.steps,
        help=_help(text, near),
        verify=f'az keyvault {kind} list --vault-name {vault_name(vault)} --query "[].name"',
        deployments={reference.deployment},
    )


def _help(text: str, near: str | None) -> str:
    elsewhere = f'declare "{text}" under [[external.vault]] in kvlint.toml if it is made elsewhere'
    if near:
        return f'Write "{near}" here, or {elsewhere}.'
    return f'Make "{text}" in the vault before it is read, or {elsewhere}.'
