variable "key_vault_id" {
  type = string
}

variable "principal_id" {
  type = string
}

variable "role" {
  type = string
}

resource "azurerm_role_assignment" "this" {
  scope                = var.key_vault_id
  role_definition_name = var.role # expect: KV204
  principal_id         = var.principal_id
}
