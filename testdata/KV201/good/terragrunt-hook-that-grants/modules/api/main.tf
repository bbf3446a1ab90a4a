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
}
