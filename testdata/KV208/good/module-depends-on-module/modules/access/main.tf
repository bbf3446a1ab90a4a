variable "vault_id" {
  type = string
}

variable "principal_id" {
  type = string
}

resource "azurerm_role_assignment" "api" {
  scope                = var.vault_id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = var.principal_id
}
