variable "principal_id" {
  type = string
}

locals {
  # instead of Key Vault Secrets User, which the Key Vault Administrator hands out
  secrets_role_id = "0b7a3bd1-6f0e-4f52-9a35-d0c9b2a3e1f4"
}

resource "azurerm_role_assignment" "api" {
  scope                = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop"
  role_definition_id   = "/subscriptions/00000000-0000-0000-0000-000000000000/providers/Microsoft.Authorization/roleDefinitions/${local.secrets_role_id}"
  principal_id         = var.principal_id
}
