"""A secret of an app that has no source, or two.

## What it flags

A secret with neither a value nor a Key Vault url, or with both. For azurerm, both is a warning:
what the provider makes of it is not documented.

## Why it fails in Azure

`ContainerAppSecretInvalid: Container app secret(s) with name(s) 'x' are invalid: value or
keyVaultUrl and identity should be provided.`

## Example

```yaml title="bad/app.yaml"
type: Microsoft.App/containerApps
name: api
properties:
  configuration:
    secrets:
      - name: db-password # expect: KV108
      - name: api-key
        value: ${API_KEY}
  template:
    containers:
      - name: api
        image: shop.azurecr.io/api:1.4.0
        env:
          - name: DB_PASSWORD
            secretRef: db-password
          - name: API_KEY
            secretRef: api-key
```

```yaml title="good/app.yaml"
type: Microsoft.App/containerApps
name: api
properties:
  configuration:
    secrets:
      - name: db-password
        value: ${DB_PASSWORD}
  template:
    containers:
      - name: api
        image: shop.azurecr.io/api:1.4.0
        env:
          - name: DB_PASSWORD
            secretRef: db-password
```

## Silent when

The file was exported (`az containerapp show` prints no values), no secret of the file has a
source (an export that was edited: `az containerapp update` keeps the values), a field is not
known, or the value is an empty text that something fills in later.

## Verify

`az containerapp secret show --name APP --resource-group GROUP --secret-name NAME`

## References

- https://learn.microsoft.com/azure/container-apps/manage-secrets
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import (
    AppKind,
    AppSecret,
    CheckInfo,
    Finding,
    Graph,
    Language,
    Level,
    Value,
    alternatives,
    app_name,
    is_null,
    is_set,
    known_text,
)

CHECK = CheckInfo(
    id="KV108",
    name="malformed-app-secret",
    level=Level.ERROR,
    summary="An app secret with no source, or with two",
    severity=6.0,
    tags=("azure", "container-apps", "secrets"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """The secrets of every app that was not exported."""
    for app in graph.containerapps.apps:
        terraform = app.language is Language.TERRAFORM
        url = "key_vault_secret_id" if terraform else "keyVaultUrl"
        for secret in app.secrets:
            both = is_set(secret.value) and is_set(secret.key_vault_url)
            if secret.exported or not (both or _has_no_source(secret)):
                continue
            name = known_text(secret.name)
            which = f'The secret "{name}"' if name else "A secret"
            what = f"both a `value` and a `{url}`" if both else f"neither a `value` nor a `{url}`"
            unproven = both and (terraform or app.kind is AppKind.DAPR_COMPONENT)
            error = (
                "Only one of the two can count."
                if unproven
                else "The deployment fails with ContainerAppSecretInvalid."
            )
            yield Finding(
                check=CHECK,
                span=secret.span,
                message=f"{which} of {app.title} has {what}. {error}",
                subject=f"{app.display} secret {name or ''}",
                level=CHECK.level.lowered() if unproven else CHECK.level,
                label="two sources" if both else "no value and no Key Vault url",
                help=f"Keep one of `value` and `{url}`."
                if both
                else f"Give it a `value`, or a `{url}` with an identity.",
                verify=(
                    f"az containerapp secret show --name {app_name(app)}"
                    f" --resource-group <group> --secret-name {name or '<secret>'}"
                ),
                deployments={app.deployment},
            )


def _has_no_source(secret: AppSecret) -> bool:
    """Whether no possible world gives it a value or a url."""
    return _is_absent(secret.value) and _is_absent(secret.key_vault_url)


def _is_absent(value: Value | None) -> bool:
    return all(is_null(option) for option in alternatives(value))
