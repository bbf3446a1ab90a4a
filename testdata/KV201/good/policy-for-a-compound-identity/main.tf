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
  rbac_authorization_enabled = false
}

resource "azurerm_key_vault_access_policy" "api" {
  key_vault_id       = azurerm_key_vault.shop.id
  tenant_id          = "00000000-0000-0000-0000-000000000000"
  object_id          = azurerm_user_assigned_identity.api.principal_id
  application_id     = "11111111-1111-1111-1111-111111111111"
  secret_permissions = ["Get"]
}

resource "azurerm_linux_web_app" "web" {
  name                            = "app-web"
  resource_group_name             = "rg-shop"
  location                        = "westeurope"
  service_plan_id                 = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop/providers/Microsoft.Web/serverFarms/plan"
  key_vault_reference_identity_id = azurerm_user_assigned_identity.api.id

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.api.id]
  }

  site_config {}

  app_settings = {
    DB_PASSWORD = "@Microsoft.KeyVault(SecretUri=${azurerm_key_vault.shop.vault_uri}secrets/db-password)"
  }
}
