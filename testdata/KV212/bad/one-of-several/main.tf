variable "principal_id" {
  type = string
}

resource "azurerm_role_assignment" "api" {
  for_each             = toset(["AcrPull", "Storage Blob Data Contributer"]) # expect: KV212
  scope                = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop"
  role_definition_name = each.value
  principal_id         = var.principal_id
}
