"""A secret, registry or scale rule names an identity that is not attached to the app.

## What it flags

- the id of a user-assigned identity that is not in the app's identity block, also its client id,
  principal id or name instead of its resource id (API Management takes the client id, nothing else);
- `system` (`System`) where the app has no system-assigned identity, also unsaid: an App Service app
  resolves `@Microsoft.KeyVault(…)` with it unless `key_vault_reference_identity_id` names another, API
  Management reads with it where no client id is named, and the environment of Container Apps takes
  certificates with it.

Ids compare without case, and symbols such as `azurerm_user_assigned_identity.api.id` compare with
literal ids by name.

## Why it fails in Azure

The platform can use only identities that are assigned to the app. The deployment fails with
`Unable to get value using Managed identity …` for a secret, and the image pull or the scaler fails
for the others.

## Example

```hcl title="bad/main.tf"
resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_user_assigned_identity" "worker" {
  name                = "id-worker"
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
    identity_ids = [azurerm_user_assigned_identity.worker.id]
  }

  secret {
    name                = "db-password"
    key_vault_secret_id = "https://kv-shop.vault.azure.net/secrets/db-password"
    identity            = azurerm_user_assigned_identity.api.id # expect: KV203
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
  type: SystemAssigned,UserAssigned
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

The identity, or part of the app's identity block, is not known; a document that is only an update
leaves out the identity block.

## Verify

`az containerapp identity show --name APP --resource-group GROUP`

## References

- https://learn.microsoft.com/azure/container-apps/managed-identity
- https://learn.microsoft.com/azure/container-apps/manage-secrets#reference-secret-from-key-vault
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import (
    App,
    AppKind,
    CheckInfo,
    Finding,
    Graph,
    Identity,
    IdentitySite,
    IdentityUse,
    IdKind,
    Language,
    Level,
    Related,
    Symbol,
    Value,
    alternatives,
    app_name,
    is_system,
    text_of,
)

CHECK = CheckInfo(
    id="KV203",
    name="identity-not-attached",
    level=Level.ERROR,
    summary="A reference through an identity that is not attached to the app",
    severity=7.0,
    tags=("azure", "container-apps", "key-vault", "identity"),
)


#: What the command line calls those that are no Container Apps.
_COMMANDS = {
    AppKind.API_MANAGEMENT: "apim",
    AppKind.APP_SERVICE: "webapp",
    AppKind.ENVIRONMENT: "containerapp env",
    AppKind.JOB: "containerapp job",
}

#: What messages call those that are no apps.
_NOUNS = {
    AppKind.API_MANAGEMENT: "service",
    AppKind.APPLICATION_GATEWAY: "gateway",
    AppKind.CONTAINER_GROUP: "container group",
    AppKind.ENVIRONMENT: "environment",
    AppKind.JOB: "job",
}


def find(graph: Graph) -> Iterator[Finding]:
    """Every use of an identity, each alternative that is not attached to the app."""
    for app in graph.facts.apps:
        for use in app.identity_uses:
            options = alternatives(use.identity)
            missing = [
                option for option in options if graph.containerapps.carries(app, option, use.by) is False
            ]
            for option in missing:
                shown, defect, help_text = _explain(graph, app, use, option)
                yield Finding(
                    check=CHECK,
                    span=use.span,
                    message=(
                        f"The {use.place} of {app.title} uses {shown}, but {defect}."
                        f" {_consequence(app, use.site)}"
                    ),
                    subject=f"{app.display} {use.place} {shown}",
                    level=CHECK.level if len(missing) == len(options) else CHECK.level.lowered(),
                    label=f"not an identity of the {_noun(app)}",
                    related=[Related(app.identity.span, f"the identities of the {_noun(app)}")]
                    if app.identity.span
                    else [],
                    steps=option.steps,
                    help=help_text,
                    verify=(
                        f"az {_COMMANDS.get(app.kind, 'containerapp')} show --name {app_name(app)}"
                        " --resource-group <group> --query identity"
                    ),
                    deployments={app.deployment},
                )


def _noun(app: App) -> str:
    """The owner of the identities in one word."""
    return _NOUNS.get(app.kind, "app")


def _consequence(app: App, site: IdentitySite) -> str:
    if app.kind is AppKind.API_MANAGEMENT:
        return "API Management cannot read it from the vault."
    if app.kind is AppKind.ENVIRONMENT:
        return "The environment cannot take it from the vault."
    if app.kind is AppKind.APP_SERVICE:
        return "The reference is not resolved, and the app gets its text instead of the secret."
    if site is IdentitySite.REGISTRY:
        return "The image cannot be pulled."
    if site is IdentitySite.SCALE_RULE:
        return "The rule cannot read what it scales by."
    return 'The deployment fails with "Unable to get value using Managed identity".'


def _explain(graph: Graph, app: App, use: IdentityUse, identity: Value) -> tuple[str, str, str]:
    """The identity, what is wrong with it, and the remedy, in words."""
    text = text_of(identity)
    ids = "`identity_ids`" if app.language is Language.TERRAFORM else "`userAssignedIdentities`"
    noun = _noun(app)
    if is_system(identity):
        defect = f"the {noun} has no system-assigned identity"
        return f"`{text}`", defect, f"Add SystemAssigned to the type of the {noun}'s `identity`."
    named = graph.identity_ids.named(identity)
    if named is not None and named.kind is not use.by:
        wanted = use.by.value
        return (
            f"the {named.label} of an identity",
            f"the {wanted} is expected here",
            f"Use the identity's {wanted}.",
        )
    if text is not None and "/" not in text and use.by is IdKind.RESOURCE:
        return (
            f'"{text}"',
            "that is not the resource id of an identity",
            "Give the identity's whole resource id.",
        )
    name = (
        text.rstrip("/").rpartition("/")[2]
        if text
        else _symbol_name(identity, named.identity if named else None)
    )
    return (
        f'the identity "{name}"',
        f"it is not attached to the {noun}",
        f"Add the identity to {ids} of the {noun}.",
    )


def _symbol_name(value: Value, identity: Identity | None) -> str:
    if identity is not None:
        return text_of(identity.name) or identity.display
    return value.resource.address.rpartition("|")[2] if isinstance(value, Symbol) else "…"
