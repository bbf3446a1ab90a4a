variable "principal_id" {
  type = string
}

resource "azurerm_role_assignment" "api" {
  scope                = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop"
  role_definition_name = "Shop image puller"
  principal_id         = var.principal_id
}

resource "azurerm_role_assignment" "blobs" {
  scope                = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop"
  role_definition_name = "blob-reader"
  principal_id         = var.principal_id
}
