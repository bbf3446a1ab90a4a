resource "azurerm_user_assigned_identity" "orders" {
  name                = "id-orders"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_federated_identity_credential" "orders" {
  name                      = "orders"
  user_assigned_identity_id = azurerm_user_assigned_identity.orders.id
  issuer                    = "https://gitlab.com"
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = "project_path:shop/orders:ref_type:branch:ref:main"
}
