"""An environment variable of a Container App whose value cannot be what was meant.

## What it flags

- a value that begins with `secretref:`, `keyvaultref:`, `identityref:` or `@Microsoft.KeyVault(`:
  the first three are syntax of the az command line, the last one of App Service;
- as a warning, a variable with both a value and a secret reference.

## Why it fails in Azure

Container Apps hands the value to the container as it is written: the application gets the text
`@Microsoft.KeyVault(…)` for its password. Of a value and a reference only one counts.

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
          - name: DB_ADMIN_PASSWORD # expect: KV105
            value: secretref:db-password
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
          - name: DB_HOST
            value: db.internal
```

## Silent when

The value is not known or empty, and for variables with neither a value nor a reference.

## Verify

`az containerapp show --name APP --resource-group GROUP --query "properties.template.containers[].env"`

## References

- https://learn.microsoft.com/azure/container-apps/environment-variables
- https://learn.microsoft.com/azure/container-apps/manage-secrets
- https://learn.microsoft.com/azure/app-service/app-service-key-vault-references
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import (
    App,
    CheckInfo,
    Finding,
    Graph,
    Language,
    Level,
    PartialText,
    Value,
    alternatives,
    app_name,
    is_set,
    known_text,
)

CHECK = CheckInfo(
    id="KV105",
    name="malformed-env-var",
    level=Level.ERROR,
    summary="An environment variable whose value means nothing to Container Apps",
    severity=6.0,
    tags=("azure", "container-apps", "secrets"),
)

_FOREIGN = {
    "secretref:": "syntax of the az command line",
    "keyvaultref:": "syntax of the az command line",
    "identityref:": "syntax of the az command line",
    "@microsoft.keyvault(": "syntax of App Service",
}


def find(graph: Graph) -> Iterator[Finding]:
    """Variables with foreign syntax for a value, and those with both fields set."""
    for app in graph.containerapps.apps:
        for variable in app.environment:
            name = f'The environment variable "{known_text(variable.name) or "…"}"'
            place = f"{name} of {app.title}"
            reference = "secret_name" if app.language is Language.TERRAFORM else "secretRef"
            options = alternatives(variable.value)
            foreign = [word for option in options if (word := _foreign(option))]
            if foreign:
                always = len(foreign) == len(options)
                message = (
                    f"{place} has a value that begins with `{foreign[0]}`, which is {_FOREIGN[foreign[0].lower()]}."
                    " Container Apps does not resolve it: the container gets the text itself."
                )
                level = CHECK.level if always else CHECK.level.lowered()
                help_text = f"Declare a secret of the app and name it with `{reference}` instead of `value`."
            elif variable.secret_name is not None and is_set(variable.value) and is_set(variable.secret_name):
                message = f"{place} has both a `value` and a `{reference}`. Only one of the two can count."
                level = Level.WARNING
                help_text = f"Remove the `value`, or the `{reference}`."
            else:
                continue
            yield Finding(
                check=CHECK,
                span=variable.span,
                message=message,
                subject=f"{app.display} environment {known_text(variable.name) or ''}",
                level=level,
                label="not resolved here" if foreign else "both are set",
                help=help_text,
                verify=_verify(app),
                deployments={app.deployment},
            )


def _foreign(value: Value) -> str | None:
    """The foreign words that a value begins with, as written."""
    first = value.parts[0] if isinstance(value, PartialText) else value
    text = known_text(first) or ""
    return next((text[: len(word)] for word in _FOREIGN if text.lower().startswith(word)), None)


def _verify(app: App) -> str:
    return (
        f"az containerapp show --name {app_name(app)} --resource-group <group>"
        ' --query "properties.template.containers[].env"'
    )
