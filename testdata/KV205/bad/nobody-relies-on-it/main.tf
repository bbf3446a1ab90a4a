data "azurerm_client_config" "current" {}

resource "azurerm_key_vault" "shop" {
  name                       = "kv-shop"
  resource_group_name        = "rg-shop"
  location                   = "westeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
}

resource "azurerm_key_vault_access_policy" "deployer" { # expect: KV205
  key_vault_id       = azurerm_key_vault.shop.id
  tenant_id          = "00000000-0000-0000-0000-000000000000"
  object_id          = data.azurerm_client_config.current.object_id
  secret_permissions = ["Get", "Set"]
}
