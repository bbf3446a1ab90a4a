"""An identity is named by the wrong one of its ids.

## What it flags

A role assignment (of any role) or an access policy whose principal is an identity's client id or
resource id; and, the other way round, a place for a client id that gets the principal id: the
`azure.workload.identity/client-id` annotation, a SecretProviderClass's `clientID`, or
`AZURE_CLIENT_ID`.

## Why it fails in Azure

An identity has three ids, and all look alike. A grant is for the principal (object) id: with
another one the assignment fails with `PrincipalNotFound`, or the policy names nobody. A token is
asked for with the client id: with another one the login fails with `AADSTS700016`.

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
  principal_id         = azurerm_user_assigned_identity.api.client_id # expect: KV207
}

resource "azurerm_container_app" "api" {
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

  depends_on = [azurerm_role_assignment.api]
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

  depends_on = [azurerm_role_assignment.api]
}
```

## Silent when

The value is a literal, or comes from something that is not in the analysed set.

## Verify

`az identity show --name NAME --resource-group GROUP --query '{client: clientId, principal: principalId}'`

## References

- https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/overview
- https://learn.microsoft.com/azure/key-vault/general/rbac-guide
"""

from __future__ import annotations

from collections.abc import Iterator

from kvlint.checks import (
    CheckInfo,
    Finding,
    Graph,
    Identity,
    IdentityKind,
    IdKind,
    Level,
    NamedIdentity,
    Related,
    text_of,
)

CHECK = CheckInfo(
    id="KV207",
    name="wrong-principal-attribute",
    level=Level.ERROR,
    summary="An identity is named by the wrong one of its ids",
    severity=7.0,
    tags=("azure", "identity", "rbac"),
)


def find(graph: Graph) -> Iterator[Finding]:
    """One finding for each argument that gets the wrong id."""
    for mistake in graph.identity_ids.mistaken():
        identity, given, wanted = mistake.given.identity, mistake.given.label, mistake.wanted.value
        owned = identity.kind is IdentityKind.SYSTEM_ASSIGNED and mistake.wanted is IdKind.CLIENT
        yield Finding(
            CHECK,
            mistake.span,
            f"{mistake.place} takes the {wanted} of an identity, but gets {_given(mistake.given)}.",
            subject=f"{mistake.display}: {given} of {identity.display}",
            level=CHECK.level if mistake.certain else Level.WARNING,
            label=f"this is the {given}",
            related=[Related(identity.span, "the identity")],
            steps=mistake.value.steps,
            help=(
                "Leave it out: a system-assigned identity needs no client id."
                if owned
                else f"Use the identity's {wanted}."
            ),
            verify=_command(identity),
            deployments={mistake.deployment},
        )


def _given(given: NamedIdentity) -> str:
    """The id that stands there, and whose it is."""
    owner = given.identity.title
    if given.kind is IdKind.APPLICATION:
        return f"the object id of {owner} itself"
    if given.label.endswith(" of its app"):
        return f"the resource id of the app, not an id of {owner}"
    return f"the {given.label} of {owner}"


def _command(identity: Identity) -> str:
    """The command that shows the ids of an identity, by what sort of principal it is."""
    name, group = text_of(identity.name), "--resource-group <group>"
    match identity.kind:
        case IdentityKind.USER_ASSIGNED:
            ids = "{clientId: clientId, principalId: principalId, id: id}"
            return f'az identity show --name {name or "<identity>"} {group} --query "{ids}"'
        case IdentityKind.CONTROL_PLANE | IdentityKind.KUBELET | IdentityKind.SECRETS_PROVIDER:
            ids = "[identity, identityProfile, addonProfiles.azureKeyvaultSecretsProvider.identity]"
            return f'az aks show --name {name or "<cluster>"} {group} --query "{ids}"'
        case IdentityKind.ENVIRONMENT:
            return f"az containerapp env show --name {name or '<environment>'} {group} --query identity"
        case IdentityKind.SYSTEM_ASSIGNED:
            return "az resource show --ids <resource id of the app> --query identity"
        case IdentityKind.GROUP:
            return f"az ad group show --group {name or '<group>'} --query id"
    return 'az ad sp show --id <client id> --query "{clientId: appId, principalId: id}"'
