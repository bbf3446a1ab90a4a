resource "azurerm_key_vault" "shop" {
  name                       = "kv-shop"
  resource_group_name        = "rg-shop"
  location                   = "westeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
}

module "service" {
  source    = "./modules/service"
  vault_uri = azurerm_key_vault.shop.vault_uri
}

resource "azurerm_role_assignment" "api" {
  scope                = azurerm_key_vault.shop.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = module.service.principal_id
}
