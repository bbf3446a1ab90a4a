variable "issuer" {
  type = string
}

variable "audience" {
  type = string
}

variable "account" {
  type = string
}

resource "azurerm_user_assigned_identity" "orders" {
  name                = "id-orders"
  resource_group_name = "rg-shop"
  location            = "westeurope"
}

resource "azurerm_federated_identity_credential" "orders" {
  name                      = "orders"
  user_assigned_identity_id = azurerm_user_assigned_identity.orders.id
  issuer                    = var.issuer
  audience                  = [var.audience]
  subject                   = "system:serviceaccount:${var.account}"
}

resource "azurerm_federated_identity_credential" "other" {
  name                      = "other"
  user_assigned_identity_id = azurerm_user_assigned_identity.orders.id
  issuer                    = "${var.issuer}/"
  audience                  = ["api://AzureADTokenExchange"]
  subject                   = var.account
}
