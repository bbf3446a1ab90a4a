variable "key_vault_id" {
  type = string
}

variable "principal_ids" {
  type = map(string)
}

variable "role" {
  type    = string
  default = "Key Vault Secrets User"
}

resource "azurerm_role_assignment" "reader" {
  for_each = var.principal_ids

  scope                = var.key_vault_id
  role_definition_name = var.role
  principal_id         = each.value
}
