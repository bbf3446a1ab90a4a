data "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
}

data "azurerm_container_registry" "shop" {
  name                = "acrshop"
  resource_group_name = "rg-shop"
}

resource "azurerm_role_assignment" "pull" {
  scope                = data.azurerm_container_registry.shop.id
  role_definition_name = "AcrPull"
  principal_id         = data.azurerm_user_assigned_identity.api.principal_id
}
