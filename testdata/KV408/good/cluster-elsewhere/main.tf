resource "azurerm_user_assigned_identity" "orders" {
  name                = "id-orders"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_federated_identity_credential" "orders" {
  name                      = "orders"
  user_assigned_identity_id = azurerm_user_assigned_identity.orders.id
  issuer                    = "https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF"
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = "system:serviceaccount:shop:orders"
}
