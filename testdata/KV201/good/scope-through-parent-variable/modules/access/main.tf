variable "scopes" {
  type = list(string)
}

variable "principal_id" {
  type = string
}

resource "azurerm_role_assignment" "this" {
  for_each = { for index, scope in var.scopes : tostring(index) => scope }

  scope                = each.value
  role_definition_name = "Key Vault Secrets User"
  principal_id         = var.principal_id
}
