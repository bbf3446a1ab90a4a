resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_user_assigned_identity" "web" {
  name                = "id-web"
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

resource "azurerm_api_management" "shop" {
  name                = "apim-shop"
  resource_group_name = "rg-shop"
  location            = "westeurope"
  publisher_name      = "Shop"
  publisher_email     = "shop@example.com"
  sku_name            = "Developer_1"

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.api.id]
  }
}

resource "azurerm_role_assignment" "reader" {
  scope                = azurerm_key_vault.shop.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.web.principal_id
}

resource "azurerm_api_management_named_value" "key" {
  name                = "backend-key"
  resource_group_name = "rg-shop"
  api_management_name = azurerm_api_management.shop.name
  display_name        = "backend-key"
  secret              = true

  value_from_key_vault {
    secret_id = "${azurerm_key_vault.shop.vault_uri}secrets/backend-key"
    identity_client_id = azurerm_user_assigned_identity.web.client_id # expect: KV203
  }
}
