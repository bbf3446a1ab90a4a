variable "vault_id" {
  type = string
}

variable "principal_id" {
  type = string
}

variable "role" {
  type = string
}

resource "azurerm_role_assignment" "this" { # expect: KV206
  scope                = var.vault_id
  role_definition_name = var.role
  principal_id         = var.principal_id
}
