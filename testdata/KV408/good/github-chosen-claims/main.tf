resource "azurerm_user_assigned_identity" "orders" {
  name                = "id-orders"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_federated_identity_credential" "repository" {
  name                      = "repository"
  user_assigned_identity_id = azurerm_user_assigned_identity.orders.id
  issuer                    = "https://token.actions.githubusercontent.com"
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = "repo:shop/orders"
}

resource "azurerm_federated_identity_credential" "workflow" {
  name                      = "workflow"
  user_assigned_identity_id = azurerm_user_assigned_identity.orders.id
  issuer                    = "https://token.actions.githubusercontent.com"
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = "repo:shop/orders:job_workflow_ref:shop/workflows/.github/workflows/deploy.yml@refs/heads/main"
}

resource "azurerm_federated_identity_credential" "owner" {
  name                      = "owner"
  user_assigned_identity_id = azurerm_user_assigned_identity.orders.id
  issuer                    = "https://token.actions.githubusercontent.com"
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = "repository_owner:shop"
}

resource "azurerm_federated_identity_credential" "called" {
  name                      = "called"
  user_assigned_identity_id = azurerm_user_assigned_identity.orders.id
  issuer                    = "https://token.actions.githubusercontent.com"
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = "job_workflow_ref:shop/workflows/.github/workflows/deploy.yml@refs/heads/main"
}
