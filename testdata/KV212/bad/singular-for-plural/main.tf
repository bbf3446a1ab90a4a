variable "principal_id" {
  type = string
}

resource "azurerm_role_assignment" "api" {
  scope                = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop"
  role_definition_name = "Storage Blobs Data Reader" # expect: KV212
  principal_id         = var.principal_id
}
