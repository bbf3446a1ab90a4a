"""A key of a Container App YAML that the platform silently drops.

## What it flags

Keys at the wrong level (`secrets` at the root, `env` or `scale` outside of where they belong),
words of other tools for a known key (`valueFrom`, `password` in a registry), and near misses of
known keys (`secret_ref`, `keyvaultUrl`). What such a key was meant to declare counts as absent.

## Why it fails in Azure

`az containerapp create --yaml` and `update --yaml` ignore keys that they do not know, without a
word. The app then runs without the variable or the secret, or its deployment fails somewhere else.

## Example

```yaml title="bad/app.yaml"
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
          - name: DB_ADMIN_PASSWORD
            secret_ref: db-password # expect: KV109
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

A key is neither a known misplacement nor near a known key: it may be a newer version's. A key
that only holds a YAML anchor is used elsewhere and is no mistake.

## Verify

`az containerapp show --name APP --resource-group GROUP --output yaml` shows what the platform kept.

## References

- https://learn.microsoft.com/azure/container-apps/azure-resource-manager-api-spec
- https://learn.microsoft.com/cli/azure/containerapp#az-containerapp-create
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import CheckInfo, Finding, Graph, Level, app_name

CHECK = CheckInfo(
    id="KV109",
    name="ignored-key",
    level=Level.WARNING,
    summary="A key of a Container App YAML that the platform drops",
    severity=5.0,
    tags=("azure", "container-apps", "yaml"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """The keys that the adapter found to say nothing where they stand."""
    for app in graph.containerapps.apps:
        for ignored in app.ignored_keys:
            hint = f'did you mean "{ignored.meant}"?' if ignored.meant else f"{ignored.home}."
            yield Finding(
                check=CHECK,
                span=ignored.span,
                message=(
                    f"The key `{ignored.key}` of {app.title} is ignored here, without a word from"
                    f" the Azure CLI{';' if ignored.meant else ':'} {hint}"
                ),
                subject=f"{app.display} key {ignored.key}",
                level=CHECK.level,
                label="ignored",
                help=hint[0].upper() + hint[1:],
                verify=(
                    f"az containerapp show --name {app_name(app)} --resource-group <group> --output yaml"
                ),
                deployments={app.deployment},
            )
