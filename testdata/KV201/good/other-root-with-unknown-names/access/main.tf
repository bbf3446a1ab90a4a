variable "key_vault_name" {
  type = string
}

variable "identity_name" {
  type = string
}

data "azurerm_key_vault" "shop" {
  name                = var.key_vault_name
  resource_group_name = "rg-shop"
}

data "azurerm_user_assigned_identity" "api" {
  name                = var.identity_name
  resource_group_name = "rg-shop"
}

resource "azurerm_role_assignment" "api" {
  scope                = data.azurerm_key_vault.shop.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = data.azurerm_user_assigned_identity.api.principal_id
}
