resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_container_registry" "shop" {
  name                = "acrshop"
  resource_group_name = "rg-shop"
  location            = "westeurope"
  sku                 = "Basic"
}

module "api" {
  source          = "./modules/service"
  registry_server = azurerm_container_registry.shop.login_server
  identity_id     = azurerm_user_assigned_identity.api.id
}
