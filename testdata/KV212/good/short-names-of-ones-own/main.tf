variable "principal_id" {
  type = string
}

resource "azurerm_role_assignment" "loader" {
  scope                = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop"
  role_definition_name = "Loader"
  principal_id         = var.principal_id
}

resource "azurerm_role_assignment" "over" {
  scope                = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop"
  role_definition_name = "Over"
  principal_id         = var.principal_id
}
