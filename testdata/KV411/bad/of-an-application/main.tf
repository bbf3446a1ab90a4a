resource "azuread_application" "shop" {
  display_name = "shop"
}

resource "azuread_application_federated_identity_credential" "branch" { # expect: KV411
  count          = 30
  application_id = azuread_application.shop.id
  display_name   = "branch-${count.index}"
  issuer         = "https://token.actions.githubusercontent.com"
  audiences      = ["api://AzureADTokenExchange"]
  subject        = "repo:shop/api:environment:stage-${count.index}"
}
