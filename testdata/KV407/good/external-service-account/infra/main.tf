resource "azurerm_user_assigned_identity" "orders" {
  name                = "id-orders"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_federated_identity_credential" "orders" {
  name                      = "orders"
  user_assigned_identity_id = azurerm_user_assigned_identity.orders.id
  issuer                    = "https://westeurope.oic.prod-aks.azure.com/0f1c2b3a/5d6e7f80/"
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = "system:serviceaccount:shop:order-api"
}
