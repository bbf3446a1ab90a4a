resource "azurerm_key_vault" "orders" {
  name                       = "kv-orders"
  resource_group_name        = "rg-orders"
  location                   = "northeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
}

variable "broker_password" {
  type      = string
  sensitive = true
}

resource "azurerm_key_vault_secret" "broker" {
  name         = "broker-password"
  value        = var.broker_password
  key_vault_id = azurerm_key_vault.orders.id
}

resource "azurerm_key_vault_certificate" "ingress" {
  name         = "ingress-tls"
  key_vault_id = azurerm_key_vault.orders.id
}
