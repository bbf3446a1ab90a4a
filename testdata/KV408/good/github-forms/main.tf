resource "azurerm_user_assigned_identity" "orders" {
  name                = "id-orders"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_federated_identity_credential" "branch" {
  name                      = "branch"
  user_assigned_identity_id = azurerm_user_assigned_identity.orders.id
  issuer                    = "https://token.actions.githubusercontent.com"
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = "repo:shop/orders:ref:refs/heads/release/1.4"
}

resource "azurerm_federated_identity_credential" "tag" {
  name                      = "tag"
  user_assigned_identity_id = azurerm_user_assigned_identity.orders.id
  issuer                    = "https://token.actions.githubusercontent.com"
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = "repo:shop/orders:ref:refs/tags/v1.4.0"
}

resource "azurerm_federated_identity_credential" "environment" {
  name                      = "environment"
  user_assigned_identity_id = azurerm_user_assigned_identity.orders.id
  issuer                    = "https://token.actions.githubusercontent.com"
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = "repo:shop/orders:environment:production"
}

resource "azurerm_federated_identity_credential" "pull_request" {
  name                      = "pull_request"
  user_assigned_identity_id = azurerm_user_assigned_identity.orders.id
  issuer                    = "https://token.actions.githubusercontent.com"
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = "repo:shop/orders:pull_request"
}

resource "azurerm_federated_identity_credential" "immutable" {
  name                      = "immutable"
  user_assigned_identity_id = azurerm_user_assigned_identity.orders.id
  issuer                    = "https://token.actions.githubusercontent.com"
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = "repo:shop@1234567/orders@7654321:environment:production"
}
