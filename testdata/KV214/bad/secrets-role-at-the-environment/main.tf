resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_container_app_environment" "shop" {
  name                = "shop"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_role_assignment" "pull" {
  scope                = azurerm_container_app_environment.shop.id # expect: KV214
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.api.principal_id
}
