variable "stage" {
  type = string
}

resource "azurerm_container_registry" "shop" {
  name                = "acrshop"
  resource_group_name = "rg-shop"
  location            = "westeurope"
  sku                 = "Basic"
  admin_enabled       = var.stage == "dev" ? true : false
}
