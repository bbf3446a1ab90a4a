resource "azurerm_user_assigned_identity" "orders" {
  name                = "id-orders"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_federated_identity_credential" "orders" {
  name                      = "orders"
  user_assigned_identity_id = azurerm_user_assigned_identity.orders.id
  issuer                    = "https://vstoken.dev.azure.com/00000000-0000-0000-0000-000000000000"
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = "sc://shop/orders/production"
}
