"""An app reads Key Vault while it is created, and does not wait for the grant that lets it.

## What it flags

A Container App or job in Terraform, Bicep or an ARM template with Key Vault references through a
user-assigned identity, where the same deployment makes the grants that give the identity access, and the
app depends on none of them: neither it nor a module around it names one, directly or over others. One
finding for each app.

## Why it fails in Azure

Container Apps checks the access to each referenced secret while it creates the app. A deployment creates
what does not depend on each other in any order, and an app that names its identity and its vault does not
name the role assignment between them. Where the app comes first, the first deployment fails with
`Unable to get value using Managed identity … for secret …`; the second one works.

In Bicep, using an output of a module waits for the whole module. In Terraform it waits only for what that
output is made of: `depends_on = [module.NAME]` waits for all of it.

## Example

```hcl title="bad/main.tf"
resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_key_vault" "shop" {
  name                       = "kv-shop"
  resource_group_name        = "rg-shop"
  location                   = "westeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
}

resource "azurerm_role_assignment" "api" {
  scope                = azurerm_key_vault.shop.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.api.principal_id
}

resource "azurerm_container_app" "api" { # expect: KV208
  name                         = "api"
  resource_group_name          = "rg-shop"
  container_app_environment_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.App/managedEnvironments/shop"
  revision_mode                = "Single"

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.api.id]
  }

  secret {
    name                = "db-password"
    key_vault_secret_id = "${azurerm_key_vault.shop.vault_uri}secrets/db-password"
    identity            = azurerm_user_assigned_identity.api.id
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

```hcl title="good/main.tf"
resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_key_vault" "shop" {
  name                       = "kv-shop"
  resource_group_name        = "rg-shop"
  location                   = "westeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
}

resource "azurerm_role_assignment" "api" {
  scope                = azurerm_key_vault.shop.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.api.principal_id
}

resource "azurerm_container_app" "api" {
  name                         = "api"
  resource_group_name          = "rg-shop"
  container_app_environment_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.App/managedEnvironments/shop"
  revision_mode                = "Single"
  depends_on                   = [azurerm_role_assignment.api]

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.api.id]
  }

  secret {
    name                = "db-password"
    key_vault_secret_id = "${azurerm_key_vault.shop.vault_uri}secrets/db-password"
    identity            = azurerm_user_assigned_identity.api.id
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

## Silent when

The app may depend on the grant in a way that cannot be read: over a module that is not on disk, or an
id in `dependsOn` that is computed. Another grant, here or in another deployment, gives the access or may
give it. There is none (KV201). The reference goes through the app's own identity (KV209). The app or the
reference stands under a condition that is not known and the grant does not, so that a first step may leave
it out. The app is a Container App YAML document, or the set defines it twice, as two steps do.

## Verify

`az containerapp show --name APP --resource-group GROUP --query properties.provisioningState`

## References

- https://learn.microsoft.com/azure/container-apps/manage-secrets#reference-secret-from-key-vault
- https://learn.microsoft.com/azure/azure-resource-manager/bicep/resource-dependencies
- https://developer.hashicorp.com/terraform/language/meta-arguments/depends_on
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import (
    AppKind,
    CheckInfo,
    Effect,
    Finding,
    Grant,
    Graph,
    Language,
    Level,
    Race,
    Related,
    app_name,
)

#: How many of the references that need the grant, and of the grants, are shown.
_MAX_SHOWN = 4

CHECK = CheckInfo(
    id="KV208",
    name="missing-grant-dependency",
    level=Level.WARNING,
    summary="An app reads Key Vault while it is created and does not wait for the grant that lets it",
    severity=4.0,
    tags=("azure", "container-apps", "key-vault", "identity"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """One finding for each app that may be created before its identity may read."""
    for race in graph.races():
        app = race.app
        yield Finding(
            CHECK,
            app.span,
            f"The {app.title} reads {_secrets(race)} from Key Vault while it is created, but {_fault(graph, race)}",
            subject=f"{app.display} does not wait for {race.grant.display}",
            level=CHECK.level,
            label="created without waiting for its grant",
            related=_related(graph, race),
            help=_remedy(race),
            verify=(
                f"{_command(race)} show --name {app_name(app)} --resource-group <group>"
                " --query properties.provisioningState"
            ),
            deployments={app.deployment},
        )


def _secrets(race: Race) -> str:
    return "a secret" if len(race.reads) == 1 else f"{len(race.reads)} secrets"


def _fault(graph: Graph, race: Race) -> str:
    gives = "gives" if _gives(graph, race, race.grant) else "may give"
    grant = f"the {race.grant.kind.value} {race.grant.display}, which {gives} it access"
    if race.grant_waits:
        return f"{grant}, is created only after it. The first deployment fails."
    return f"does not depend on {grant}. The first deployment fails where the app is created first."


def _gives(graph: Graph, race: Race, grant: Grant) -> bool:
    """Whether a grant surely gives the access; another one only may."""
    return any(
        verdict.grant is grant and verdict.effect is Effect.GIVES
        for read in race.reads
        for verdict in graph.access.verdicts(read)
    )


def _related(graph: Graph, race: Race) -> list[Related]:
    """The grants, and the references that need them."""
    found = [Related(race.grant.span, "the grant that it needs")]
    for grant in race.others[: _MAX_SHOWN - 1]:
        gives = _gives(graph, race, grant)
        found.append(Related(grant.span, "also gives access" if gives else "may give access, too"))
    found += [Related(read.span, "read with the grant") for read in race.reads[:_MAX_SHOWN]]
    return found


def _remedy(race: Race) -> str:
    """Where to write which dependency, in the language of the app."""
    link, language = race.link, race.app.language
    if link is None:
        return "Let the app, or the module that makes it, depend on the grant."
    where = f'module "{link.dependent}"' if link.dependent else "the app"
    if link.circular:
        return (
            f"The grant needs something that {where} makes: make the identity outside of it,"
            " and let the app depend on the grant."
        )
    if language is Language.TERRAFORM:
        return f"Add `depends_on = [{link.dependency}]` to {where}."
    if language is Language.BICEP and link.dependency:
        return f"Add `dependsOn: [{link.dependency}]` to {where}."
    return f'Add the grant, or the deployment that makes it, to the "dependsOn" of {where}.'


def _command(race: Race) -> str:
    return "az containerapp job" if race.app.kind is AppKind.JOB else "az containerapp"
