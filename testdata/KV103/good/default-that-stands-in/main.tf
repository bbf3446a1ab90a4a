variable "name" {
  default = "Set this for your team"
}

resource "azurerm_key_vault" "shop" {
  name                       = var.name
  resource_group_name        = "rg-shop"
  location                   = "westeurope"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  sku_name                   = "standard"
  rbac_authorization_enabled = true
}
