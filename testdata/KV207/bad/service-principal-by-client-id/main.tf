resource "azuread_application" "deploy" {
  display_name = "deploy"
}

resource "azuread_service_principal" "deploy" {
  client_id = azuread_application.deploy.client_id
}

data "azurerm_resource_group" "shop" {
  name = "rg-shop"
}

resource "azurerm_role_assignment" "deploy" {
  scope                = data.azurerm_resource_group.shop.id
  role_definition_name = "Contributor"
  principal_id         = azuread_service_principal.deploy.client_id # expect: KV207
}
