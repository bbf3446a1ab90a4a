terraform {
  backend "azurerm" {
    resource_group_name  = "rg-state"
    storage_account_name = "stordersstate"
    container_name       = "state"
    key                  = "platform.tfstate"
  }
}

resource "azurerm_user_assigned_identity" "orders" {
  name                = "id-orders"
  resource_group_name = "rg-orders"
  location            = "westeurope"
}

resource "azurerm_key_vault" "orders" {
  name                       = "kv-orders"
  resource_group_name        = "rg-orders"
  location                   = "westeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
}

output "identity" {
  value = {
    id           = azurerm_user_assigned_identity.orders.id
    principal_id = azurerm_user_assigned_identity.orders.principal_id
  }
}

output "vault_uri" {
  value = azurerm_key_vault.orders.vault_uri
}

output "vault_id" {
  value = azurerm_key_vault.orders.id
}
