terraform {
  backend "azurerm" {}
}

variable "principal_id" {
  type = string
}

resource "azurerm_key_vault" "orders" {
  name                       = "kv-orders"
  resource_group_name        = "rg-orders"
  location                   = "westeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
}

resource "azurerm_role_assignment" "orders" {
  scope                = azurerm_key_vault.orders.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = var.principal_id
}
