resource "azurerm_user_assigned_identity" "worker" {
  name                = "id-worker"
  resource_group_name = "rg-billing"
  location            = "westeurope"
}

resource "azurerm_key_vault" "billing" {
  name                       = "kv-billing"
  resource_group_name        = "rg-billing"
  location                   = "westeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
}
