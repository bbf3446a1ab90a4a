"""A reference to a Key Vault secret that is disabled, or that has expired.

## What it flags

A reference to a secret that the analysed set makes and disables (`attributes.enabled: false`) is an error.
One to a secret whose expiration date is written out and lies in the past is a warning: Key Vault still
gives its value, but somebody decided that it should have been rotated by then.

## Why it fails in Azure

A disabled secret is refused with `403 Forbidden` (`SecretDisabled`), whatever rights the reader has.

## Example

```bicep title="bad/main.bicep"
@secure()
param dbPassword string

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: 'kv-shop'
}

resource secret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'db-password'
  properties: {
    value: dbPassword
    attributes: {
      enabled: false
      exp: 32472144000
    }
  }
}

resource site 'Microsoft.Web/sites@2023-12-01' = {
  name: 'shop'
  location: 'westeurope'
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    siteConfig: {
      appSettings: [
        {
          name: 'DB_PASSWORD'
          value: '@Microsoft.KeyVault(SecretUri=${secret.properties.secretUri})' // expect: KV603
        }
      ]
    }
  }
}
```

```bicep title="good/main.bicep"
@secure()
param dbPassword string

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: 'kv-shop'
}

resource secret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'db-password'
  properties: {
    value: dbPassword
    attributes: {
      enabled: true
      exp: 32472144000
    }
  }
}

resource site 'Microsoft.Web/sites@2023-12-01' = {
  name: 'shop'
  location: 'westeurope'
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    siteConfig: {
      appSettings: [
        {
          name: 'DB_PASSWORD'
          value: '@Microsoft.KeyVault(SecretUri=${secret.properties.secretUri})'
        }
      ]
    }
  }
}
```

## Silent when

Whether it is enabled, or when it expires, is not known; the date is 0, which templates write for none; the
vault holds another secret of that name.

## Verify

`az keyvault secret show --vault-name VAULT --name NAME --query attributes`

## References

- https://learn.microsoft.com/azure/key-vault/secrets/about-secrets#secret-attributes
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import CheckInfo, Finding, Graph, Level, Related, Unusable, known_text, reference_name

CHECK = CheckInfo(
    id="KV603",
    name="unusable-secret",
    level=Level.ERROR,
    summary="A reference to a Key Vault secret that is disabled or has expired",
    severity=6.0,
    tags=("azure", "key-vault", "secrets"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """One finding for each reference to what cannot, or should not, be read any more."""
    for unusable in graph.vault_objects.unusable():
        reference, made = unusable.reference, unusable.made
        name, vault = known_text(made.name), graph.vault_objects.vault_name(made)
        yield Finding(
            CHECK,
            reference.span,
            _message(unusable, f'"{name}"' if name else made.display),
            subject=f"{reference.display} -> {made.display}",
            level=Level.ERROR if unusable.expired is None else Level.WARNING,
            label="disabled" if unusable.expired is None else "expired",
            related=[Related(made.span, f"the {made.kind.value}")],
            help=(
                f"Enable the {made.kind.value}, or refer to another one."
                if unusable.expired is None
                else f"Rotate the {made.kind.value} and give it a new expiration date."
            ),
            verify=(
                f"az keyvault {made.kind.value} show --vault-name {vault or '<vault>'}"
                f" --name {name or f'<{made.kind.value}>'} --query attributes"
            ),
            deployments={reference.deployment},
        )


def _message(unusable: Unusable, name: str) -> str:
    start = f"{reference_name(unusable.reference)} reads the {unusable.made.kind.value} {name}, which"
    if unusable.expired is None:
        return f"{start} is disabled: Key Vault refuses to give its value."
    return f"{start} expired on {unusable.expired.date()}: it can still be read, but its rotation is overdue."
