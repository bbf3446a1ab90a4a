variable "admin" {
  type    = bool
  default = false
}

resource "azurerm_container_registry" "shop" {
  name                = "acrshop"
  resource_group_name = "rg-shop"
  location            = "westeurope"
  sku                 = "Basic"
  admin_enabled       = var.admin # expect: KV311
}
