variable "key_vault_name" {
  type = string
}

variable "principal_id" {
  type = string
}

data "azurerm_key_vault" "this" {
  name                = var.key_vault_name
  resource_group_name = "rg-shop"
}

resource "azurerm_role_assignment" "this" {
  scope                = data.azurerm_key_vault.this.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = var.principal_id
}
