resource "azuread_application" "orders" {
  display_name = "orders"
}

resource "azuread_application_federated_identity_credential" "deploy" {
  application_id = azuread_application.orders.id
  display_name   = "deploy"
  issuer         = "https://token.actions.githubusercontent.com"
  audiences      = ["api://AzureADTokenExchange", "api://shop"] # expect: KV408
  subject        = "repo:shop/orders:pull_request"
}
