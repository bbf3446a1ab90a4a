"""A Key Vault secret that never expires.

## What it flags

A secret that the analysed set makes (`azurerm_key_vault_secret`, `Microsoft.KeyVault/vaults/secrets`, the
secrets of the verified Key Vault modules) without an expiration date.

## Why it matters

Key Vault does not enforce the date of a secret: it is what monitors, Event Grid (`SecretNearExpiry`) and
policies go by to have it rotated. A secret without one is never found to be old.

## Example

```hcl title="bad/main.tf"
variable "db_password" {
  type      = string
  sensitive = true
}

resource "azurerm_key_vault_secret" "db" { # expect: KV602
  name         = "db-password"
  value        = var.db_password
  key_vault_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.KeyVault/vaults/kv-shop"
}
```

```hcl title="good/main.tf"
variable "db_password" {
  type      = string
  sensitive = true
}

resource "time_rotating" "quarter" {
  rotation_days = 90
}

resource "azurerm_key_vault_secret" "db" {
  name            = "db-password"
  value           = var.db_password
  key_vault_id    = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.KeyVault/vaults/kv-shop"
  expiration_date = timeadd(time_rotating.quarter.rotation_rfc3339, "168h")
}
```

## Silent when

The date is set to anything, known or not, or `ignore_changes` leaves it to others.

## Verify

`az keyvault secret show --vault-name VAULT --name NAME --query attributes.expires`

## References

- https://learn.microsoft.com/azure/key-vault/secrets/about-secrets#secret-attributes
- https://learn.microsoft.com/azure/key-vault/general/event-grid-overview
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import CheckInfo, Finding, Graph, Language, Level, VaultObject, known_text

CHECK = CheckInfo(
    id="KV602",
    name="secret-without-expiry",
    level=Level.NOTE,
    summary="A Key Vault secret with no expiration date",
    severity=2.0,
    tags=("azure", "key-vault", "rotation", "hygiene"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """One finding for each secret that never expires."""
    for secret in graph.vault_objects.without_expiry():
        name, vault = known_text(secret.name), graph.vault_objects.vault_name(secret)
        yield Finding(
            CHECK,
            secret.span,
            f"The secret {_title(secret)} never expires: nothing will tell that it is due for rotation.",
            subject=f"{secret.display} without expiry",
            level=CHECK.level,
            label="no expiration date",
            help=f"Set {_argument(secret)}.",
            verify=(
                f"az keyvault secret show --vault-name {vault or '<vault>'} --name {name or '<secret>'}"
                " --query attributes.expires"
            ),
            deployments={secret.deployment},
        )


def _title(secret: VaultObject) -> str:
    name = known_text(secret.name)
    return f'"{name}"' if name else secret.display


def _argument(secret: VaultObject) -> str:
    if secret.language is Language.TERRAFORM:
        return "`expiration_date`"
    return "`attributes.exp`, in seconds since 1970"
