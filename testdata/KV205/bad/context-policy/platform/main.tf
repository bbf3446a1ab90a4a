resource "azurerm_key_vault" "shared" {
  name                       = "kv-shared"
  resource_group_name        = "rg-platform"
  location                   = "westeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
}

data "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
}

resource "azurerm_key_vault_access_policy" "api" {
  key_vault_id       = azurerm_key_vault.shared.id
  tenant_id          = "00000000-0000-0000-0000-000000000000"
  object_id          = data.azurerm_user_assigned_identity.api.principal_id
  secret_permissions = ["Get"]
}
