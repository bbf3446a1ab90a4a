"""A secret, registry or scale rule names an identity that the app does not carry.

## What it flags

- the id of a user-assigned identity that is not in the app's identity block, also its client id,
  principal id or name instead of its resource id;
- `system` (`System`) where the app has no system-assigned identity, also unsaid: an App Service app
  resolves `@Microsoft.KeyVault(…)` with it unless `key_vault_reference_identity_id` names another.

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
    summary="A reference through an identity that the app does not carry",
    severity=7.0,
    tags=("azure", "container-apps", "key-vault", "identity"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """Every use of an identity, each alternative that the app does not carry."""
    for app in graph.facts.apps:
        for use in app.identity_uses:
            options = alternatives(use.identity)
            missing = [option for option in options if graph.containerapps.carries(app, option) is False]
            for option in missing:
                shown, defect, help_text = _explain(graph, app, option)
                yield Finding(
                    check=CHECK,
                    span=use.span,
                    message=(
                        f"The {use.place} of {app.title} uses {shown}, but {defect}."
                        f" {_consequence(app, use.site)}"
                    ),
                    subject=f"{app.display} {use.place} {shown}",
                    level=CHECK.level if len(missing) == len(options) else CHECK.level.lowered(),
                    label="not an identity of the app",
                    related=[Related(app.identity.span, "the identities of the app")]
                    if app.identity.span
                    else [],
                    steps=option.steps,
                    help=help_text,
                    verify=f"az {_command(app)} identity show --name {app_name(app)} --resource-group <group>",
                    deployments={app.deployment},
                )


def _consequence(app: App, site: IdentitySite) -> str:
    if app.kind is AppKind.APP_SERVICE:
        return "The reference is not resolved, and the app gets its text instead of the secret."
    if site is IdentitySite.REGISTRY:
        return "The image cannot be pulled."
    if site is IdentitySite.SCALE_RULE:
        return "The rule cannot read what it scales by."
    return 'The deployment fails with "Unable to get value using Managed identity".'


def _command(app: App) -> str:
    return "webapp" if app.kind is AppKind.APP_SERVICE else "containerapp"


def _explain(graph: Graph, app: App, identity: Value) -> tuple[str, str, str]:
    """The identity, what is wrong with it, and the remedy, in words."""
    text = text_of(identity)
    ids = "`identity_ids`" if app.language is Language.TERRAFORM else "`userAssignedIdentities`"
    if is_system(identity):
        defect = "the app has no system-assigned identity"
        return f"`{text}`", defect, "Add SystemAssigned to the type of the app's `identity`."
    named = graph.identity_ids.named(identity)
    if named is not None and named.kind is not IdKind.RESOURCE:
        return (
            f"the {named.label} of an identity",
            "only its resource id names it here",
            "Use the identity's `id`.",
        )
    if text is not None and "/" not in text:
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
    return f'the identity "{name}"', "the app does not carry it", f"Add the identity to {ids} of the app."


def _symbol_name(value: Value, identity: Identity | None) -> str:
    if identity is not None:
        return text_of(identity.name) or identity.display
    return value.resource.address.rpartition("|")[2] if isinstance(value, Symbol) else "…"
