variable "principal_id" {
  type = string
}

data "azurerm_role_definition" "secrets" {
  name = "Key Vault Secret User"
}

resource "azurerm_role_assignment" "api" {
  scope                = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop"
  role_definition_id   = data.azurerm_role_definition.secrets.id # expect: KV212
  principal_id         = var.principal_id
}
