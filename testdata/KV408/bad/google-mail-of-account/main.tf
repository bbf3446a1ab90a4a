resource "azurerm_user_assigned_identity" "orders" {
  name                = "id-orders"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_federated_identity_credential" "orders" {
  name                      = "orders"
  user_assigned_identity_id = azurerm_user_assigned_identity.orders.id
  issuer                    = "https://accounts.google.com"
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = google_service_account.orders.email # expect: KV408
}

resource "google_service_account" "orders" {
  account_id = "orders"
}
