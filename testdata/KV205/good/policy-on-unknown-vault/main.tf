variable "key_vault_id" {
  type = string
}

resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_key_vault_access_policy" "api" {
  key_vault_id       = var.key_vault_id
  tenant_id          = "00000000-0000-0000-0000-000000000000"
  object_id          = azurerm_user_assigned_identity.api.principal_id
  secret_permissions = ["Get", "List"]
}
