resource "azurerm_user_assigned_identity" "api" {
  name                = "id-api"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_nginx_deployment" "shop" {
  name                = "nginx-shop"
  resource_group_name = "rg-shop"
  location            = "westeurope"
  sku                 = "standardv2_Monthly"
}

resource "azurerm_role_assignment" "pull" {
  scope                = azurerm_nginx_deployment.shop.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.api.principal_id
}
