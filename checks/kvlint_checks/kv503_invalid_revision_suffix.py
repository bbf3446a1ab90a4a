"""A revision suffix that the platform rejects.

## What it flags

A suffix with other characters than lower-case letters, digits and `-`, with `--`, with a `-` at
either end, or with which the app's name comes to more than 54 characters. A leading digit is fine.
Of a partly known suffix the known parts are checked.

## Why it fails in Azure

The name of the revision is `APP--SUFFIX`, and an invalid one is rejected with
`ContainerAppInvalidRevisionName`. Versions such as `1.4.0` and branch names are the usual cause.

## Example

```hcl title="bad/main.tf"
resource "azurerm_container_app" "api" {
  name                         = "api"
  resource_group_name          = "rg-shop"
  container_app_environment_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.App/managedEnvironments/shop"
  revision_mode                = "Multiple"

  template {
    revision_suffix = "v1.4.0" # expect: KV503

    container {
      name   = "api"
      image  = "shop.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"
    }
  }
}
```

```hcl title="good/main.tf"
resource "azurerm_container_app" "api" {
  name                         = "api"
  resource_group_name          = "rg-shop"
  container_app_environment_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.App/managedEnvironments/shop"
  revision_mode                = "Multiple"

  template {
    revision_suffix = "v1-4-0"

    container {
      name   = "api"
      image  = "shop.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"
    }
  }
}
```

## Silent when

The suffix is not known; for the length also where the app's name is not known.

## Verify

`az containerapp revision list --name APP --resource-group GROUP --all --query "[].name"`

## References

- https://learn.microsoft.com/azure/container-apps/revisions
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kvlint.checks import (
    CheckInfo,
    Finding,
    Graph,
    Level,
    PartialText,
    Value,
    alternatives,
    app_name,
    known_text,
)

CHECK = CheckInfo(
    id="KV503",
    name="invalid-revision-suffix",
    level=Level.ERROR,
    summary="A revision suffix that the platform rejects",
    severity=4.0,
    tags=("azure", "container-apps", "revisions"),
)

#: What the app's name and the suffix may come to together.
_LONGEST = 54


def find(graph: Graph) -> Iterator[Finding]:
    """The suffixes of every app, each alternative that is invalid."""
    for app in graph.containerapps.apps:
        if app.revision is None:
            continue
        options = alternatives(app.revision.suffix)
        defects = [
            (option, defect) for option in options if (defect := _defect(option, known_text(app.name)))
        ]
        for option, defect in defects:
            shown = _shown(option)
            yield Finding(
                check=CHECK,
                span=option.span or app.span,
                message=(
                    f'The revision suffix "{shown}" of {app.title} is invalid: {defect}.'
                    " The deployment fails with ContainerAppInvalidRevisionName."
                ),
                subject=f"{app.display} revision {shown}",
                level=CHECK.level if len(defects) == len(options) else CHECK.level.lowered(),
                label=defect.removeprefix("it "),
                steps=option.steps,
                help="Use lower-case letters, digits and single hyphens only"
                ' (in Terraform, for example, `replace(lower(var.version), ".", "-")`).',
                verify=(
                    f"az containerapp revision list --name {app_name(app)} --resource-group <group>"
                    ' --all --query "[].name"'
                ),
                deployments={app.deployment},
            )


def _defect(suffix: Value, app_name: str | None) -> str | None:
    if isinstance(suffix, PartialText):
        texts = (known_text(part) for part in suffix.parts)
        return next((defect for text in texts if text and (defect := _wrong_characters(text))), None)
    text = known_text(suffix)
    if not text:
        return None
    defect = _wrong_characters(text)
    if defect is None and (text.startswith("-") or text.endswith("-")):
        defect = "it begins or ends with a hyphen"
    if defect is None and app_name is not None and len(app_name) + len(text) > _LONGEST:
        defect = f"together with the app's name it has more than {_LONGEST} characters"
    return defect


def _wrong_characters(text: str) -> str | None:
    if re.search(r"[A-Z]", text):
        return "it holds upper-case letters"
    found = re.search(r"[^a-z0-9-]", text)
    if found:
        return f'it holds "{found[0]}"'
    return "it holds two hyphens in a row" if "--" in text else None


def _shown(suffix: Value) -> str:
    if isinstance(suffix, PartialText):
        return "".join(known_text(part) or "…" for part in suffix.parts)
    return known_text(suffix) or ""
