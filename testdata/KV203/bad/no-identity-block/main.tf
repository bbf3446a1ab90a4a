variable "environment_id" {
  type = string
}

resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

module "worker" {
  source = "./worker"

  environment_id = var.environment_id
  identity_id    = azurerm_user_assigned_identity.api.id
}
