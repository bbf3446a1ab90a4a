variable "kind" {
  type = string
}

variable "principal_id" {
  type = string
}

resource "azurerm_role_assignment" "api" {
  scope                = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop"
  role_definition_name = "Key Vault ${var.kind} User"
  principal_id         = var.principal_id
}
