variable "principal_id" {
  type = string
}

variable "role_name" {
  type = string
}

resource "azurerm_role_definition" "secrets" {
  name  = var.role_name
  scope = "/subscriptions/00000000-0000-0000-0000-000000000000"

  permissions {
    data_actions = ["Microsoft.KeyVault/vaults/secrets/getSecret/action"]
  }
}

resource "azurerm_role_assignment" "api" {
  scope                = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop"
  role_definition_name = "Key Vault Secret User"
  principal_id         = var.principal_id
}
