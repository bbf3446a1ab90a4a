variable "owner" {
  type = string
}

variable "repository" {
  type = string
}

variable "context" {
  type = string
}

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
  subject                   = "repo:${var.owner}/${var.repository}:${var.context}"
}

resource "azurerm_federated_identity_credential" "main" {
  name                      = "main"
  user_assigned_identity_id = azurerm_user_assigned_identity.orders.id
  issuer                    = "https://token.actions.githubusercontent.com"
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = "repo:${var.repository}:ref:refs/heads/${var.context}"
}
