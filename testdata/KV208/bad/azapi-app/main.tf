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

resource "azapi_resource" "app" { # expect: KV208
  type      = "Microsoft.App/containerApps@2024-03-01"
  name      = "api"
  parent_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop"
  location  = "westeurope"

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.api.id]
  }

  body = {
    properties = {
      environmentId = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.App/managedEnvironments/shop"
      configuration = {
        secrets = [
          {
            name        = "db-password"
            keyVaultUrl = "${azurerm_key_vault.shop.vault_uri}secrets/db-password"
            identity    = azurerm_user_assigned_identity.api.id
          }
        ]
      }
      template = {
        containers = [
          {
            name  = "api"
            image = "shop.azurecr.io/api:1.4.0"
            env   = [{ name = "DB_PASSWORD", secretRef = "db-password" }]
          }
        ]
      }
    }
  }
}
