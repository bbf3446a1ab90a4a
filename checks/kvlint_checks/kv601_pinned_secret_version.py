"""A consumer that would follow rotation is told to stay at one version of a secret.

## What it flags

A Key Vault reference with a version, where the consumer fetches newer versions by itself if it is given
none: a secret of a Container App or job, `@Microsoft.KeyVault(…)` of App Service and Functions,
`objectVersion` of a `SecretProviderClass`, `version` of an `ExternalSecret`, what API Management reads, and
certificates of an Application Gateway. The version may be written in
the url, or come with an attribute that holds it: `azurerm_key_vault_secret.x.id`,
`azurerm_key_vault_certificate.x.secret_id`, `properties.secretUriWithVersion`.

## Why it matters

A rotated value never arrives. With a version that the deployment fills in, it arrives with the next
deployment, and what was rotated outside of it (by hand, by an event, by a rotation policy) leaves the app
with the old value until then; once the old version is disabled, the app stops. Pinning may be meant:
then suppress this check with the reason.

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
    key_vault_secret_id = azurerm_key_vault_secret.db.id # expect: KV601
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

The version is not known or empty; the reader is the deployment itself (`getSecret`, a data source), which
reads again each time.

## Verify

`az keyvault secret list-versions --vault-name VAULT --name NAME`

## References

- https://learn.microsoft.com/azure/container-apps/manage-secrets#key-vault-secret-uri-and-secret-rotation
- https://learn.microsoft.com/azure/app-service/app-service-key-vault-references#understand-rotation
- https://learn.microsoft.com/azure/key-vault/secrets/tutorial-rotation
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import (
    CheckInfo,
    Finding,
    Graph,
    Language,
    Level,
    Pin,
    Reader,
    Symbol,
    alternatives,
    reference_name,
)

CHECK = CheckInfo(
    id="KV601",
    name="pinned-secret-version",
    level=Level.WARNING,
    summary="A Key Vault reference with a version: a rotated value never arrives",
    severity=4.0,
    tags=("azure", "key-vault", "rotation"),
)

#: How soon a newer version arrives where none is named.
_OTHERWISE: dict[Reader | None, str] = {
    Reader.APP_SECRET: "Without a version, Container Apps fetches a newer one within 30 minutes.",
    Reader.APP_SETTING: "Without a version, App Service fetches a newer one within 24 hours.",
    Reader.SECRET_PROVIDER_CLASS: "Without a version, volumes that are mounted anew hold the newest.",
    Reader.SECRET_STORE: "Without a version, each refresh fetches the newest.",
    Reader.API_MANAGEMENT: "Without a version, API Management fetches a newer one within 4 hours.",
    Reader.GATEWAY: "Without a version, the gateway fetches a newer one by itself.",
    Reader.ENVIRONMENT: "Without a version, the environment fetches a newer one by itself.",
}


def find(graph: Graph) -> Iterator[Finding]:
    """One finding for each reference that stays at a version."""
    for pin in graph.vault_objects.pins():
        reference = pin.reference
        yield Finding(
            CHECK,
            reference.version_span or reference.span,
            _message(pin),
            subject=f"{reference.display} stays at a version of {pin.name}",
            level=CHECK.level,
            label="with a version",
            help=_help(pin),
            verify=(
                f"az keyvault secret list-versions --vault-name {pin.vault or '<vault>'}"
                f" --name {pin.name or '<secret>'}"
            ),
            deployments={reference.deployment},
        )


def _message(pin: Pin) -> str:
    what = f'"{pin.name}"' if pin.name else "a secret"
    if pin.live:
        when = (
            "the version of the last deployment, so a value that is rotated elsewhere waits for the next one"
        )
    else:
        when = "a fixed version, so a rotated value never arrives"
    otherwise = _OTHERWISE.get(pin.reference.reader, "")
    return f"{reference_name(pin.reference)} reads {what} at {when}. {otherwise}".rstrip()


def _help(pin: Pin) -> str:
    reference = pin.reference
    if reference.version is not None:
        return "Leave the version out."
    if not isinstance(alternatives(reference.vault)[0], Symbol):
        return "Drop the version from the url."
    if reference.language is Language.TERRAFORM:
        return "Use the url without a version: `versionless_id`, or `versionless_secret_id` of a certificate."
    return "Use the url without a version: `properties.secretUri`."
