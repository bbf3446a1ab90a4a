"""The code of an app signs in without saying as which of the app's identities.

## What it flags

A Container App, job, App Service or Functions app that carries user-assigned identities only and sets no
`AZURE_CLIENT_ID`, and whose Python code calls `DefaultAzureCredential()` or `ManagedIdentityCredential()`
without a client id.

Nothing is guessed: a folder holds the code of an app where

- `azure.yaml` has it as the `project` of a service, and one app of its infrastructure carries that service's
  name in the tag `azd-service-name`; or
- a script, workflow or compose file builds an image of it (`docker build`, `az acr build`,
  `docker/build-push-action`), and one app runs an image of that name.

Python files are parsed, never run. Tests, and tools that no other file imports or starts, do not count.

## Why it fails in Azure

Without a client id the credential asks for the system-assigned identity, and the token endpoint of Container
Apps and App Service takes it at its word: it does not fall back to a user-assigned identity, not even to the
only one. The request fails with `Unable to load the proper Managed Identity` (400). A virtual machine
answers otherwise, and a developer's machine has other credentials, so that it works everywhere but in the app.

## Example

```yaml title="bad/azure.yaml"
name: shop
infra:
  provider: terraform
services:
  api:
    project: src/api
    language: python
    host: containerapp
```

```python title="bad/src/api/main.py"
import os

from azure.identity import DefaultAzureCredential
from azure.keyvault.secrets import SecretClient

credential = DefaultAzureCredential()
secrets = SecretClient(os.environ["KEY_VAULT_URL"], credential)
```

```hcl title="bad/infra/main.tf"
resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_container_app" "api" { # expect: KV210
  name                         = "api"
  resource_group_name          = "rg-shop"
  container_app_environment_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.App/managedEnvironments/shop"
  revision_mode                = "Single"
  tags                         = { "azd-service-name" = "api" }

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.api.id]
  }

  template {
    container {
      name   = "api"
      image  = "shop.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"
    }
  }
}
```

```yaml title="good/azure.yaml"
name: shop
infra:
  provider: terraform
services:
  api:
    project: src/api
    language: python
    host: containerapp
```

```python title="good/src/api/main.py"
import os

from azure.identity import DefaultAzureCredential
from azure.keyvault.secrets import SecretClient

credential = DefaultAzureCredential()
secrets = SecretClient(os.environ["KEY_VAULT_URL"], credential)
```

```hcl title="good/infra/main.tf"
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
  tags                         = { "azd-service-name" = "api" }

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.api.id]
  }

  template {
    container {
      name   = "api"
      image  = "shop.azurecr.io/api:1.4.0"
      cpu    = 0.5
      memory = "1Gi"

      env {
        name  = "AZURE_CLIENT_ID"
        value = azurerm_user_assigned_identity.api.client_id
      }
    }
  }
}
```

## Silent when

No code is linked to the app, or more than one folder; an identity or a variable of the app is not known, or a
script sets some; the code names a client id anywhere, or mentions `AZURE_CLIENT_ID` (a Dockerfile or start
script does, too); a file cannot be read; the call stands on a condition, such as one that looks for a
connection string first; the app runs on Container Instances or virtual machines, whose endpoint may take the
only identity that there is.

## Verify

`az containerapp show --name APP --resource-group GROUP --query "[identity, properties.template.containers[].env]"`

## References

- https://learn.microsoft.com/azure/container-apps/managed-identity#connect-to-azure-services-in-app-code
- https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
- https://learn.microsoft.com/python/api/overview/azure/identity-readme#specify-a-user-assigned-managed-identity-with-defaultazurecredential
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import AmbiguousSignIn, AppKind, CheckInfo, Finding, Graph, Level, Related, app_name

#: How many calls are shown.
_MAX_SHOWN = 3

CHECK = CheckInfo(
    id="KV210",
    name="ambiguous-managed-identity",
    level=Level.WARNING,
    summary="Code that signs in without saying as which of the app's identities",
    severity=4.0,
    tags=("azure", "container-apps", "app-service", "identity"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """One finding for each app whose code asks for an identity that the app does not have."""
    for sign_in in graph.ambiguous_sign_ins():
        app, first = sign_in.app, sign_in.calls[0]
        yield Finding(
            CHECK,
            app.span,
            f"The code of {app.title} makes a {first.credential} without a client id, which signs in as the"
            " system-assigned identity; the app has user-assigned ones only. Requests for tokens fail with"
            ' "Unable to load the proper Managed Identity".',
            subject=f"{app.display} signs in as no identity of its own",
            level=CHECK.level,
            label="user-assigned identities only, and no AZURE_CLIENT_ID",
            related=_related(sign_in),
            help=_help(sign_in),
            verify=_verify(sign_in),
            deployments={app.deployment},
        )


def _related(sign_in: AmbiguousSignIn) -> list[Related]:
    calls = [Related(call.span, "names no identity") for call in sign_in.calls[:_MAX_SHOWN]]
    return [*calls, Related(sign_in.link, "this says that the code is the app's")]


def _help(sign_in: AmbiguousSignIn) -> str:
    """The remedy for the credentials at hand: only one of them looks at the environment."""
    if any(call.credential == "ManagedIdentityCredential" for call in sign_in.calls):
        return (
            "Pass the client id of the identity as `client_id`: the credential does not look for a variable."
        )
    return "Set `AZURE_CLIENT_ID` to the client id of the identity that the code is to sign in as."


def _verify(sign_in: AmbiguousSignIn) -> str:
    name = f"--name {app_name(sign_in.app)} --resource-group <group>"
    match sign_in.app.kind:
        case AppKind.APP_SERVICE:
            return f"az webapp config appsettings list {name} --query \"[?name=='AZURE_CLIENT_ID']\""
        case AppKind.JOB:
            return (
                f'az containerapp job show {name} --query "[identity, properties.template.containers[].env]"'
            )
    return f'az containerapp show {name} --query "[identity, properties.template.containers[].env]"'
