variable "principal_id" {
  type = string
}

variable "acr_pull_role_id" {
  type    = string
  default = "00000000-0000-0000-0000-000000000000"
}

resource "azurerm_role_assignment" "api" {
  scope                = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-shop"
  role_definition_id   = "/subscriptions/00000000-0000-0000-0000-000000000000/providers/Microsoft.Authorization/roleDefinitions/${var.acr_pull_role_id}"
  principal_id         = var.principal_id
}
