"""A Key Vault reference of an app whose url is no url of a Key Vault secret.

## What it flags

A `keyVaultUrl` (`key_vault_secret_id`) that is not `https://VAULT.vault.azure.net/secrets/NAME`,
with or without `/VERSION`: an Azure resource id (`resource_id`, `resource_versionless_id`), the
path of a key or certificate, a host name with two dots in a row or a wrong end, a missing
`/secrets/`, a secret name with `_`, the name or the value of the secret instead of its url, the
syntax of App Service or of the az command line. Of a partly known url the known parts are checked.

## Why it fails in Azure

The deployment is rejected with `ContainerAppSecretKeyVaultUrlInvalid`; azurerm rejects most of
these while it plans.

## Example

```hcl title="bad/main.tf"
data "azurerm_key_vault" "shop" {
  name                = "kv-shop"
  resource_group_name = "rg-shop"
}

data "azurerm_key_vault_secret" "db" {
  name         = "db-password"
  key_vault_id = data.azurerm_key_vault.shop.id
}

resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
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
    identity            = azurerm_user_assigned_identity.api.id
    key_vault_secret_id = data.azurerm_key_vault_secret.db.resource_versionless_id # expect: KV106
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

```yaml title="good/app.yaml"
type: Microsoft.App/containerApps
name: api
identity:
  type: UserAssigned
  userAssignedIdentities:
    /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-api: {}
properties:
  configuration:
    secrets:
      - name: db-password
        keyVaultUrl: https://kv-shop.vault.azure.net/secrets/db-password
        identity: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-api
  template:
    containers:
      - name: api
        image: shop.azurecr.io/api:1.4.0
        env:
          - name: DB_PASSWORD
            secretRef: db-password
```

## Silent when

The wrong part would have to be one that is not known; a double slash in the path, which the
platform may take; a host name of a cloud that kvlint does not know. What App Service makes of such
a url in `@Microsoft.KeyVault(SecretUri=…)` is not documented: it counts as unresolved.

## Verify

`az keyvault secret show --id URL --query id`

## References

- https://learn.microsoft.com/azure/container-apps/manage-secrets#reference-secret-from-key-vault
- https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#vault-name-and-object-name
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import (
    CheckInfo,
    Finding,
    Graph,
    Level,
    Related,
    alternatives,
    known_text,
)

CHECK = CheckInfo(
    id="KV106",
    name="malformed-key-vault-url",
    level=Level.ERROR,
    summary="A Key Vault reference whose url is no url of a secret",
    severity=6.0,
    tags=("azure", "container-apps", "key-vault", "secrets"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """The urls of every app's secrets."""
    for app in graph.containerapps.apps:
        for secret in app.secrets:
            always = len(secret.url_defects) == len(alternatives(secret.key_vault_url))
            for defect in secret.url_defects:
                name = known_text(secret.name)
                elsewhere = defect.span.source is not secret.span.source
                which = f'secret "{name}"' if name else "a secret"
                yield Finding(
                    check=CHECK,
                    span=defect.span,
                    message=(
                        f"The Key Vault url of {which} of {app.title} is malformed: {defect.reason}."
                        " The deployment fails with ContainerAppSecretKeyVaultUrlInvalid."
                    ),
                    subject=f"{app.display} secret {name or ''} url",
                    level=CHECK.level if always else CHECK.level.lowered(),
                    label=defect.reason.removeprefix("it "),
                    related=[Related(secret.span, "the secret that uses it")] if elsewhere else [],
                    steps=defect.steps,
                    help="Give the url of the secret: https://VAULT.vault.azure.net/secrets/NAME"
                    " (in Terraform, `versionless_id` of the Key Vault secret).",
                    verify="az keyvault secret show --vault-name <vault> --name <secret> --query id",
                    deployments={app.deployment},
                )
