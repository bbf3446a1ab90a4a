resource "azuread_application" "orders" {
  display_name = "orders"
}

resource "azuread_application_flexible_federated_identity_credential" "deploy" {
  application_id             = azuread_application.orders.id
  display_name               = "deploy"
  issuer                     = "https://token.actions.githubusercontent.com"
  audience                   = "api://AzureADTokenExchange"
  claims_matching_expression = "claims['sub'] matches 'repo:shop/orders:ref:refs/heads/*'"
}
