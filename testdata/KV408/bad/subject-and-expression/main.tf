resource "azurerm_user_assigned_identity" "orders" {
  name                = "id-orders"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azapi_resource" "deploy" {
  type      = "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2025-01-31-preview"
  name      = "deploy"
  parent_id = azurerm_user_assigned_identity.orders.id

  body = {
    properties = {
      issuer    = "https://token.actions.githubusercontent.com"
      audiences = ["api://AzureADTokenExchange"]
      subject   = "repo:shop/orders:ref:refs/heads/main"
      claimsMatchingExpression = { # expect: KV408
        languageVersion = 1
        value           = "claims['sub'] matches 'repo:shop/orders:ref:refs/heads/*'"
      }
    }
  }
}
