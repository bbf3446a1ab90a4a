"""A Key Vault reference of an app that names no identity.

## What it flags

A secret with a Key Vault url and no `identity`.

## Why it fails in Azure

Container Apps has no default identity for secrets. The deployment fails with
`ContainerAppSecretInvalid: … value or keyVaultUrl and identity should be provided`; azurerm
rejects it while it plans.

## Example

```yaml title="bad/app.yaml"
type: Microsoft.App/containerApps
name: api
properties:
  configuration:
    secrets:
      - name: db-password # expect: KV202
        keyVaultUrl: https://kv-shop.vault.azure.net/secrets/db-password
  template:
    containers:
      - name: api
        image: shop.azurecr.io/api:1.4.0
        env:
          - name: DB_PASSWORD
            secretRef: db-password
```

```yaml title="good/app.yaml"
type: Microsoft.App/containerApps
name: api
identity:
  type: SystemAssigned
properties:
  configuration:
    secrets:
      - name: db-password
        keyVaultUrl: https://kv-shop.vault.azure.net/secrets/db-password
        identity: system
  template:
    containers:
      - name: api
        image: shop.azurecr.io/api:1.4.0
        env:
          - name: DB_PASSWORD
            secretRef: db-password
```

## Silent when

Either of the two is not known.

## Verify

`az containerapp secret list --name APP --resource-group GROUP --query "[].{name:name, identity:identity}"`

## References

- https://learn.microsoft.com/azure/container-apps/manage-secrets#reference-secret-from-key-vault
- https://learn.microsoft.com/azure/container-apps/managed-identity
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import (
    AppKind,
    CheckInfo,
    Finding,
    Graph,
    Language,
    Level,
    Unknown,
    alternatives,
    app_name,
    is_null,
    known_text,
)

CHECK = CheckInfo(
    id="KV202",
    name="key-vault-reference-without-identity",
    level=Level.ERROR,
    summary="A Key Vault reference that names no identity",
    severity=7.0,
    tags=("azure", "container-apps", "key-vault", "identity"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """The Key Vault references of every app that surely have no identity."""
    for app in graph.containerapps.apps:
        for secret in app.secrets:
            urls = alternatives(secret.key_vault_url)
            if not urls or any(is_null(url) or isinstance(url, Unknown) for url in urls):
                continue
            if not all(is_null(identity) for identity in alternatives(secret.identity)):
                continue
            name = known_text(secret.name)
            system = "`System`" if app.language is Language.TERRAFORM else "`system`"
            own = "" if app.kind is AppKind.DAPR_COMPONENT else f", or {system} for the app's own identity"
            yield Finding(
                check=CHECK,
                span=secret.span,
                message=(
                    f'The secret "{name or "…"}" of {app.title} refers to Key Vault but names no'
                    " identity to read it with. The deployment fails with ContainerAppSecretInvalid."
                ),
                subject=f"{app.display} secret {name or ''} identity",
                level=CHECK.level,
                label="no identity",
                help=f"Set `identity` to the resource id of a user-assigned identity of the app{own}.",
                verify=(
                    f"az containerapp secret list --name {app_name(app)} --resource-group <group>"
                    ' --query "[].{name:name, identity:identity}"'
                ),
                deployments={app.deployment},
            )
