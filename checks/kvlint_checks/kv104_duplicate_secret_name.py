"""Two secrets of one app have the same name.

## What it flags

The second of two secrets with the same name in one Container App, job or Dapr component.

## Why it fails in Azure

The Azure CLI rejects the app; other ways keep one of the two, and which one is not defined. The
other value never reaches the app.

## Example

```yaml title="bad/app.yaml"
type: Microsoft.App/containerApps
name: api
properties:
  configuration:
    secrets:
      - name: api-key
        value: ${PAYMENTS_KEY}
      - name: api-key # expect: KV104
        value: ${SHIPPING_KEY}
  template:
    containers:
      - name: api
        image: shop.azurecr.io/api:1.4.0
        env:
          - name: API_KEY
            secretRef: api-key
```

```yaml title="good/app.yaml"
type: Microsoft.App/containerApps
name: api
properties:
  configuration:
    secrets:
      - name: payments-key
        value: ${PAYMENTS_KEY}
      - name: shipping-key
        value: ${SHIPPING_KEY}
  template:
    containers:
      - name: api
        image: shop.azurecr.io/api:1.4.0
        env:
          - name: PAYMENTS_KEY
            secretRef: payments-key
          - name: SHIPPING_KEY
            secretRef: shipping-key
```

## Silent when

A name is not known, or has several possible values.

## Verify

`az containerapp secret list --name APP --resource-group GROUP --query "[].name"`

## References

- https://learn.microsoft.com/azure/container-apps/manage-secrets
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import AppSecret, CheckInfo, Finding, Graph, Level, Related, app_name, known_text

CHECK = CheckInfo(
    id="KV104",
    name="duplicate-secret-name",
    level=Level.WARNING,
    summary="Two secrets of one app with the same name",
    severity=4.0,
    tags=("azure", "container-apps", "secrets"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """Each secret whose name an earlier one of the app has."""
    for app in graph.containerapps.apps:
        first: dict[str, AppSecret] = {}
        for secret in app.secrets:
            name = known_text(secret.name)
            if name is None:
                continue
            earlier = first.setdefault(name, secret)
            # Where the list depends on a condition, two of its elements may never be there together.
            if earlier is secret or app.secrets_open is not None:
                continue
            same_text = earlier.name.span == secret.name.span
            yield Finding(
                check=CHECK,
                span=secret.span if same_text else secret.name.span or secret.span,
                message=(
                    f'{app.title[0].upper()}{app.title[1:]} declares the secret "{name}" twice.'
                    " The Azure CLI rejects that, and otherwise only one of the two values reaches the app."
                ),
                subject=f"{app.display} secret {name}",
                level=CHECK.level,
                label="declared before",
                related=[Related(earlier.name.span or earlier.span, "the first one")],
                steps=() if same_text else secret.name.steps,
                help="Give the second secret a name of its own, or remove it.",
                verify=(
                    f"az containerapp secret list --name {app_name(app)}"
                    ' --resource-group <group> --query "[].name"'
                ),
                deployments={app.deployment},
            )
