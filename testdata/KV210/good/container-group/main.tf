resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_container_group" "api" {
  name                = "api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
  os_type             = "Linux"

  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.api.id]
  }

  container {
    name   = "api"
    image  = "shop.azurecr.io/api:1.4.0"
    cpu    = 1
    memory = 1
  }
}
