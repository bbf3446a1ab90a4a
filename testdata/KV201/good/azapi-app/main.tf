resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azapi_resource" "vault" {
  type      = "Microsoft.KeyVault/vaults@2023-07-01"
  name      = "kv-shop"
  parent_id = "/subscriptions/0/resourceGroups/rg-shop"
  location  = "westeurope"
  body = {
    properties = {
      tenantId                = "00000000-0000-0000-0000-000000000000"
      sku                     = { family = "A", name = "standard" }
      enableRbacAuthorization = true
    }
  }
}

resource "azapi_resource" "grant" {
  type      = "Microsoft.Authorization/roleAssignments@2022-04-01"
  name      = "7d4e7d5a-8c8c-4e55-9d36-31b1a4f3d1a1"
  parent_id = azapi_resource.vault.id
  body = {
    properties = {
      principalId      = azurerm_user_assigned_identity.api.principal_id
      roleDefinitionId = "/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6"
    }
  }
}

resource "azapi_resource" "app" {
  type      = "Microsoft.App/containerApps@2024-03-01"
  name      = "api"
  parent_id = "/subscriptions/0/resourceGroups/rg-shop"
  location  = "westeurope"

  depends_on = [azapi_resource.grant]

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.api.id]
  }

  body = {
    properties = {
      configuration = {
        secrets = [{
          name        = "db-password"
          keyVaultUrl = "${azapi_resource.vault.output.properties.vaultUri}secrets/db-password"
          identity    = azurerm_user_assigned_identity.api.id
        }]
      }
      template = {
        containers = [{
          name  = "api"
          image = "shop.azurecr.io/api:1.4.0"
          env   = [{ name = "DB_PASSWORD", secretRef = "db-password" }]
        }]
      }
    }
  }
}
