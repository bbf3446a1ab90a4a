data "azurerm_client_config" "current" {}

resource "random_password" "db" {
  length = 32
}

resource "azurerm_key_vault" "shop" {
  name                       = "kv-shop-production-westeurope" # expect: KV103
  location                   = "westeurope"
  resource_group_name        = "rg-shop"
  tenant_id                  = data.azurerm_client_config.current.tenant_id
  sku_name                   = "standard"
  rbac_authorization_enabled = true
  purge_protection_enabled   = true
}

resource "azurerm_key_vault_secret" "db" {
  name            = "db_password" # expect: KV103
  value           = random_password.db.result
  key_vault_id    = azurerm_key_vault.shop.id
  expiration_date = "2030-01-01T00:00:00Z"
}
