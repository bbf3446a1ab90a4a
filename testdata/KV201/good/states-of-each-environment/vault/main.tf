terraform {
  backend "azurerm" {
    resource_group_name  = "rg-state"
    storage_account_name = "stordersstate"
    container_name       = "state"
    key                  = "vault.tfstate"
  }
}

variable "environment" {
  type = string
}

data "terraform_remote_state" "app" {
  backend = "azurerm"

  config = {
    resource_group_name  = "rg-state"
    storage_account_name = "stordersstate"
    container_name       = "state"
    key                  = "app.tfstate"
  }
}

resource "azurerm_key_vault" "orders" {
  name                       = "kv-orders-${var.environment}"
  resource_group_name        = "rg-orders"
  location                   = "westeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
}

resource "azurerm_role_assignment" "orders" {
  scope                = azurerm_key_vault.orders.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = data.terraform_remote_state.app.outputs.principal_id
}
