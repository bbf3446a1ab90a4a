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

variable "apim" {
  type = string
}

resource "azurerm_api_management_named_value" "key" {
  name                = "backend-key"
  resource_group_name = "rg-shop"
  api_management_name = var.apim
  display_name        = "backend-key"
  secret              = true

  value_from_key_vault {
    secret_id = "${azurerm_key_vault.shop.vault_uri}secrets/backend-key"
  }
}
