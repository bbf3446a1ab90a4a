variable "principal_id" {
  type = string
}

resource "azurerm_role_assignment" "api" {
  scope                = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop"
  role_definition_id   = "/subscriptions/00000000-0000-0000-0000-000000000000/providers/Microsoft.Authorization/roleDefinitions/7f951dda-4ed3-4680-a7ca-43fe172d538e" # expect: KV212
  principal_id         = var.principal_id
}
